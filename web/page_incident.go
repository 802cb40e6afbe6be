package web

import (
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"hearth"
	"hearth/access"
	"hearth/alert"
	"hearth/alert/forecast"
)

// incidentPage is the room in which people work on an incident.
type incidentPage struct {
	ID, Version int64
	Link        string
	Live        string // address of its stream; "": it is closed, and nothing is followed
	Title       string
	Class       string
	Status      string
	Row         incidentRow
	Alert       string // address; "": opened by hand
	Mentions    string // address of its posts; "": of no monitor
	Write       bool
	Done        string // what was done just now, in words
	Entries     int    // in the timeline
	Mark        string // of what is shown; see roomNews
	Undo        string // the status to go back to; "": nothing to take back
	Owners      []choice
	Classes     []choice
	Threshold   string
	Steps       []stepRow
	Timeline    []entryRow
	Statement   textForm
	Report      textForm
	HasReport   bool
	Paused      bool
	PausedBy    string // who, and when
	Why         map[string]string
	Note        string
	Forecast    *forecastPart
}

type stepRow struct {
	N    int
	Text string
	Done bool
	By   string
	When moment
}

type entryRow struct {
	Kind, Icon string
	Words      string
	Text       string // of a note, or a text that was kept
	Who        string
	When       moment
}

// textForm is a text that several people may write at the same time.
type textForm struct {
	Text   string
	Theirs string // what somebody else saved while this was written
	Why    string
}

// forecastPart is how far it will spread.
type forecastPart struct {
	Sentence string
	Method   string
	Stats    []stat
	Chart    *chart
	Seismic  string
}

// incident is the page of one incident.
func (web *Web) incident(v *visit) error {
	id, err := incidentID(v.r.PathValue("id"))
	if err != nil {
		return err
	}
	p, _, err := v.incidentPage(id)
	if err != nil {
		return err
	}
	if v.part() {
		return v.block(http.StatusOK, "incident", "incident-now", p)
	}
	switch did := v.query("did"); did {
	case "opened", "noted", "saved", string(alert.Ongoing), string(alert.Mitigated), string(alert.Closed):
		p.Done = v.name("incident-did", did)
		if from := alert.Status(v.query("from")); slices.Contains(incidentStatuses[:], from) && string(from) != p.Status && p.Status == did {
			p.Undo = string(from)
		}
	}
	return v.showCharts("incident", p.Title, p)
}

func (v *visit) incidentPage(id alert.IncidentID) (*incidentPage, *alert.Incident, error) {
	one, err := v.web.o.Incidents.Get(v.ctx(), v.by, id)
	if err != nil {
		return nil, nil, err
	}
	people := v.people()
	p := &incidentPage{
		ID: int64(id), Version: one.Version, Link: incidentPath(id), Title: shorten(300, one.Title), Class: string(one.Class), Status: string(one.Status),
		Row: v.incidentRow(&one, people), Write: v.by.CheckSome(access.WriteAlerts) == nil, Threshold: strconv.FormatInt(one.Threshold, 10),
		Statement: textForm{Text: one.Statement}, Report: textForm{Text: one.Report}, HasReport: one.Report != "" || one.Status == alert.Closed, Why: map[string]string{},
	}
	if p.Entries = len(one.Timeline); one.Status != alert.Closed {
		p.Live = p.Link + "/live"
	}
	if one.Alert != 0 {
		p.Alert = alertPath(one.Alert)
	}
	if one.Monitor != 0 {
		p.Mentions = look{Monitor: one.Monitor, From: one.Began}.at("/mentions")
	}
	for _, c := range classes {
		p.Classes = append(p.Classes, choice{string(c), v.name("class", string(c)), c == one.Class})
	}
	p.Owners = v.owners(one.Owner, people)
	for i, s := range one.Runbook {
		row := stepRow{N: i + 1, Text: s.Text, Done: s.Done}
		if s.Done {
			row.When, row.By = v.when(s.At), v.actorName(s.By, people)
		}
		p.Steps = append(p.Steps, row)
	}
	for i := len(one.Timeline) - 1; i >= 0; i-- { // the newest first
		p.Timeline = append(p.Timeline, v.entryRow(&one.Timeline[i], people))
	}
	publishing, err := v.web.o.Incidents.Publishing(v.ctx(), v.by)
	if err != nil {
		return nil, nil, err
	}
	if p.Paused = publishing.Paused; p.Paused {
		p.PausedBy = v.actorName(publishing.By, people) + ", " + v.when(publishing.At).Ago
	}
	p.Mark = roomMark(&one, publishing.Paused)
	p.Forecast, err = v.forecast(&one)
	return p, &one, err
}

// owners are those who can take an incident, nobody first.
func (v *visit) owners(now hearth.UserID, people map[int64]string) []choice {
	list := []choice{{"0", v.say("incident.nobody"), now == 0}}
	ids := make([]int64, 0, len(people))
	for id := range people {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b int64) int { return strings.Compare(people[a], people[b]) })
	for _, id := range ids {
		list = append(list, choice{strconv.FormatInt(id, 10), shorten(60, people[id]), id == int64(now)})
	}
	if now != 0 && people[int64(now)] == "" {
		list = append(list, choice{now.String(), plain(v.person(int64(now), people)), true})
	}
	return list
}

// actorName is who did something; user 0 is Hearth itself or the local owner.
func (v *visit) actorName(id hearth.UserID, people map[int64]string) string {
	if id == 0 {
		return "Hearth"
	}
	return plain(v.person(int64(id), people))
}

// entryIcons are the pictures of what happens in an incident.
var entryIcons = map[alert.EntryKind]string{
	alert.EntryOpened: "siren", alert.EntryAlert: "trending-up", alert.EntryChanged: "pencil", alert.EntryNote: "message-circle", alert.EntryStep: "check",
	alert.EntryPublishing: "megaphone", alert.EntryConflict: "git-compare",
}

func (v *visit) entryRow(e *alert.Entry, people map[int64]string) entryRow {
	row := entryRow{Kind: string(e.Kind), Icon: entryIcons[e.Kind], When: v.when(e.At), Who: v.actorName(e.By, people)}
	if row.Icon == "" {
		row.Icon = "circle-dot"
	}
	switch {
	case len(e.Facts) > 0:
		row.Words = v.facts(e.Facts, people)
		if e.Kind == alert.EntryConflict {
			row.Text = visibleLines(e.Facts[0].To)
		}
	case e.Kind == alert.EntryOpened:
		row.Words = v.say("fact.opened")
	case e.Kind == alert.EntryNote:
		row.Text = visibleLines(e.Text)
	default: // of an older version
		row.Words = visibleLines(e.Text)
	}
	return row
}

// forecast words how far an incident will spread; nil where it is about no
// monitor.
func (v *visit) forecast(one *alert.Incident) (*forecastPart, error) {
	if one.Monitor == 0 || one.Status == alert.Closed {
		return nil, nil
	}
	s, err := v.web.o.Incidents.Forecast(v.ctx(), v.by, one.ID)
	if hearth.ErrorCode(err) == hearth.NotFound {
		return nil, nil // the monitor is gone
	}
	if err != nil {
		return nil, err
	}
	p := &forecastPart{}
	p.Stats = []stat{{Name: v.say("forecast.sofar"), Value: v.number(s.Posts), Explain: []string{v.say("alert.posts.how")}}}
	if s.Seismic != nil {
		if s.Seismic.Explosive {
			p.Seismic = v.say("forecast.seismic.explosive", "n", int64(s.Seismic.Reshares))
		} else {
			p.Seismic = v.say("forecast.seismic", "n", int64(s.Seismic.Reshares), "final", v.brief(s.Seismic.Final))
		}
	}
	if s.Method == forecast.None {
		p.Sentence = v.say("forecast.unknown")
		return p, nil
	}
	p.Sentence = v.say("forecast.sentence", "low", v.brief(s.Low), "high", v.brief(s.High), "share", v.percent(s.Reaches), "n", s.Threshold)
	p.Method = v.say("forecast.method", "n", s.Histories)
	if s.PastPeak {
		p.Method += " " + v.say("forecast.past")
	}
	p.Stats = append(p.Stats,
		stat{Name: v.say("forecast.crisis"), Value: v.percent(s.Reaches), Explain: []string{v.say("forecast.crisis.how", "n", s.Threshold)}},
		stat{Name: v.say("forecast.doubles"), Value: v.percent(s.Doubles), Explain: []string{v.say("forecast.doubles.how")}})
	p.Chart, err = v.fan(one, &s)
	return p, err
}

// fan draws what there was hour by hour, and the band in which it will end.
func (v *visit) fan(one *alert.Incident, s *alert.Spread) (*chart, error) {
	const longest = 72 * time.Hour
	from := one.Began
	if s.AsOf.Sub(from) > longest {
		from = s.AsOf.Add(-longest)
	}
	t, err := v.web.o.Alerts.Timeline(v.ctx(), v.by, one.Monitor, from, s.AsOf)
	if hearth.ErrorCode(err) == hearth.Invalid || err == nil && len(t.Hours) == 0 {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	c := &chart{ID: "fan", Height: "high", Finding: v.say("forecast.chart"), About: v.say("forecast.chart.about"), Columns: []string{v.say("forecast.sofar"), v.say("forecast.band")}}
	spec := chartSpec{Kind: "lines", Series: []chartSeries{{Name: v.say("forecast.posts"), Role: "main"}}, Band: &chartBand{Name: v.say("forecast.band")},
		Line: &chartLine{v.say("forecast.crisis.line"), float64(s.Threshold)}}
	var sum int64
	for _, h := range t.Hours {
		sum += h.Posts
	}
	all := max(0, s.Posts-sum) // before what is drawn, and what counts were late for
	point := func(label string, at, low, high float64, cells ...string) {
		spec.Labels = append(spec.Labels, label)
		spec.Series[0].Values = append(spec.Series[0].Values, at)
		spec.Band.Low, spec.Band.High = append(spec.Band.Low, low), append(spec.Band.High, high)
		c.Rows = append(c.Rows, chartRow{Label: label, Cells: cells})
	}
	for i, h := range t.Hours {
		all += h.Posts
		local := h.Start.In(v.zone)
		n := float64(all)
		if i == len(t.Hours)-1 {
			n = float64(s.Posts)
		}
		point(v.day(local)+", "+local.Format("15:04"), n, n, n, v.number(int64(n)), "")
	}
	const ahead = 6 // points from now to the end, none of which claims a time
	for i := 1; i <= ahead; i++ {
		share := float64(i) / ahead
		grow := func(to float64) float64 { return float64(s.Posts) + (to-float64(s.Posts))*(1-(1-share)*(1-share)) }
		label, cells := v.say("forecast.later"), []string{"", ""}
		if i == ahead {
			label, cells = v.say("forecast.end"), []string{"≈ " + v.brief(s.Value), v.brief(s.Low) + "–" + v.brief(s.High)}
		}
		point(label, math.Round(grow(s.Value)), math.Round(grow(s.Low)), math.Round(grow(s.High)), cells...)
	}
	c.Rows = slices.DeleteFunc(c.Rows, func(r chartRow) bool { return len(r.Cells) == 2 && r.Cells[0] == "" })
	c.Spec = specText(spec)
	return c, nil
}

// changeIncident changes what a form of the room names.
func (web *Web) changeIncident(v *visit) error {
	id, err := incidentID(v.r.PathValue("id"))
	if err != nil {
		return err
	}
	form, err := v.form()
	if err != nil {
		return err
	}
	version, err := strconv.ParseInt(form.Get("version"), 10, 64)
	if err != nil {
		return hearth.Errorf(hearth.Invalid, "This form is too old; open the incident again.")
	}
	var e alert.IncidentEdit
	did, from := "saved", ""
	if s := alert.Status(form.Get("status")); s != "" {
		e.Status, did, from = &s, string(s), form.Get("from")
	}
	if c := alert.Class(form.Get("class")); c != "" {
		e.Class = &c
	}
	if form.Has("owner") {
		n, _ := strconv.ParseInt(form.Get("owner"), 10, 64)
		owner := hearth.UserID(max(0, n))
		e.Owner = &owner
	}
	if form.Has("threshold") {
		n, _ := strconv.ParseInt(strings.TrimSpace(form.Get("threshold")), 10, 64)
		e.Threshold = &n
	}
	text := func(name string) *string {
		if !form.Has(name) {
			return nil
		}
		s := strings.ReplaceAll(form.Get(name), "\r\n", "\n")
		return &s
	}
	e.Title, e.Statement, e.Report = text("title"), text("statement"), text("report")
	_, err = web.o.Incidents.Change(v.ctx(), v.by, id, version, e)
	if err == nil {
		to := addParameter(incidentPath(id), "did", did)
		if from != "" {
			to = addParameter(to, "from", from)
		}
		return v.back(to)
	}
	return v.incidentRefused(id, &e, err)
}

// incidentRefused shows what could not be saved, where it was written; after a
// conflict both texts.
func (v *visit) incidentRefused(id alert.IncidentID, e *alert.IncidentEdit, why error) error {
	code := hearth.ErrorCode(why)
	if code != hearth.Invalid && code != hearth.Conflict {
		return why
	}
	p, one, err := v.incidentPage(id)
	if err != nil {
		return err
	}
	field, sentence := faultOf(why)
	for _, t := range [...]struct {
		name   string
		mine   *string
		theirs string
		form   *textForm
	}{{"statement", e.Statement, one.Statement, &p.Statement}, {"report", e.Report, one.Report, &p.Report}} {
		if t.mine == nil {
			continue
		}
		t.form.Text = *t.mine
		if code == hearth.Conflict {
			t.form.Theirs, sentence = t.theirs, v.say("incident.conflict.sentence")
		}
		t.form.Why, sentence = sentence, ""
	}
	if sentence != "" {
		if code == hearth.Conflict {
			field, sentence = "", v.say("incident.conflict.sentence")
		}
		p.Why[field] = sentence
	}
	if e.Threshold != nil && field == "threshold" {
		p.Threshold = strconv.FormatInt(*e.Threshold, 10)
	}
	return v.block(statuses[code], "incident", "shell", v.shell(p.Title, true, p))
}

// noteIncident adds a note to the timeline.
func (web *Web) noteIncident(v *visit) error {
	id, err := incidentID(v.r.PathValue("id"))
	if err != nil {
		return err
	}
	form, err := v.form()
	if err != nil {
		return err
	}
	text := strings.ReplaceAll(form.Get("text"), "\r\n", "\n")
	_, err = web.o.Incidents.Note(v.ctx(), v.by, id, text)
	if hearth.ErrorCode(err) == hearth.Invalid {
		p, _, gone := v.incidentPage(id)
		if gone != nil {
			return gone
		}
		p.Note, p.Why["text"] = text, err.Error()
		return v.block(statuses[hearth.Invalid], "incident", "shell", v.shell(p.Title, true, p))
	}
	if err != nil {
		return err
	}
	return v.back(incidentPath(id) + "?did=noted#timeline")
}

// markStep marks a step of the runbook as done, or as not done.
func (web *Web) markStep(v *visit) error {
	id, err := incidentID(v.r.PathValue("id"))
	if err != nil {
		return err
	}
	form, err := v.form()
	if err != nil {
		return err
	}
	step, err := strconv.Atoi(form.Get("step"))
	if err != nil {
		return hearth.Errorf(hearth.Invalid, "This form is too old; open the incident again.")
	}
	if _, err := web.o.Incidents.Mark(v.ctx(), v.by, id, step, form.Get("text"), form.Get("do") == "done"); err != nil {
		return err
	}
	return v.back(incidentPath(id) + "#runbook")
}
