package web

import (
	"net/url"
	"slices"
	"strconv"
	"time"

	"hearth"
	"hearth/access"
	"hearth/alert"
	"hearth/monitor"
)

// alertsPage lists what was out of the ordinary.
type alertsPage struct {
	Tabs     []link
	States   []link
	Monitors []choice
	State    string
	Rows     []alertRow
	Older    string
	Newest   string
	Judged   string // how many were useful, in a sentence
	None     *emptyState
}

// alertRow is an alert in a list.
type alertRow struct {
	ID       int64
	Link     string
	Class    string
	Title    string
	Why      string
	When     moment
	Posts    int64
	Open     bool
	Incident string // address; "": none
}

const alertsShown = 30

// crisisTabs are the pages of alerts and incidents.
func (v *visit) crisisTabs(here string) (list []link) {
	list = []link{{v.say("alerts.tab"), "/alerts", false}, {v.say("incidents.tab"), "/incidents", false}, {v.say("watching.tab"), "/watching", false}}
	for i := range list {
		list[i].Here = list[i].Href == here
	}
	return list
}

// alerts is the list.
func (web *Web) alerts(v *visit) error {
	s := alert.Search{Before: alert.ID(v.queryNumber("before")), Limit: alertsShown, Monitor: hearth.MonitorID(v.queryNumber("monitor"))}
	if state := alert.State(v.query("state")); state == alert.Open || state == alert.Over {
		s.State = state
	}
	monitors, err := web.o.Monitors.List(v.ctx(), v.by)
	if err != nil {
		return err
	}
	page, err := web.o.Alerts.List(v.ctx(), v.by, s)
	if err != nil {
		return err
	}
	precision, err := web.o.Alerts.Precision(v.ctx(), v.by)
	if err != nil {
		return err
	}
	at := func(state alert.State, before alert.ID) string {
		q := url.Values{}
		if state != "" {
			q.Set("state", string(state))
		}
		if s.Monitor != 0 {
			q.Set("monitor", s.Monitor.String())
		}
		if before != 0 {
			q.Set("before", strconv.FormatInt(int64(before), 10))
		}
		if len(q) == 0 {
			return "/alerts"
		}
		return "/alerts?" + q.Encode()
	}
	p := &alertsPage{Tabs: v.crisisTabs("/alerts"), State: string(s.State)}
	for _, state := range []alert.State{"", alert.Open, alert.Over} {
		p.States = append(p.States, link{v.name("alerts-state", "is-"+string(state)), at(state, 0), state == s.State})
	}
	for i := range monitors {
		p.Monitors = append(p.Monitors, choice{monitors[i].ID.String(), shorten(60, monitors[i].Name), monitors[i].ID == s.Monitor})
	}
	for i := range page.Alerts {
		p.Rows = append(p.Rows, v.alertRow(&page.Alerts[i], monitors))
	}
	if precision.Judged > 0 {
		p.Judged = v.say("alerts.judged", "n", precision.Useful, "judged", precision.Judged)
	}
	if page.Next != 0 {
		p.Older = at(s.State, page.Next)
	}
	if s.Before != 0 {
		p.Newest = at(s.State, 0)
	}
	if len(p.Rows) == 0 {
		p.None = &emptyState{Title: v.say("alerts.none.title"), Sentence: v.say("alerts.none.sentence"), Action: v.say("alerts.none.action"), Link: "/watching"}
		if len(monitors) == 0 {
			p.None = &emptyState{Title: v.say("alerts.nomonitor.title"), Sentence: v.say("alerts.nomonitor.sentence"), Action: v.say("monitors.new"), Link: "/monitors/new"}
		}
	}
	return v.show("alerts", v.say("nav.alerts"), p)
}

func (v *visit) alertRow(one *alert.Alert, monitors []monitor.Monitor) alertRow {
	row := alertRow{
		ID: int64(one.ID), Link: alertPath(one.ID), Class: string(one.Class), Title: v.alertTitle(one.Class, one.Evidence.Kinds, v.monitorCalled(monitors, one.Monitor)),
		Why: v.whyMore(&one.Evidence), When: v.when(one.Began), Posts: one.Evidence.Posts, Open: one.State == alert.Open,
	}
	if one.Incident != 0 {
		row.Incident = incidentPath(one.Incident)
	}
	return row
}

// monitorCalled is a monitor's name; one that is gone says so.
func (v *visit) monitorCalled(monitors []monitor.Monitor, id hearth.MonitorID) string {
	if name := monitorName(monitors, id); name != "" {
		return name
	}
	return v.say("alert.gone")
}

func alertPath(id alert.ID) string { return "/alerts/" + strconv.FormatInt(int64(id), 10) }

func alertID(text string) (alert.ID, error) {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || id <= 0 {
		return 0, hearth.Errorf(hearth.NotFound, "There is no such alert.")
	}
	return alert.ID(id), nil
}

// alertPage is one alert and why it was raised.
type alertPage struct {
	Row      alertRow
	Sentence string
	State    string
	Monitor  string
	Mentions string // address of its posts
	Rule     string // address of how it is watched
	Raised   moment
	Ended    moment // of the last time it fired
	Stats    []stat
	Chart    *chart
	Terms    []link
	Voices   []loudVoice
	Samples  []card
	Same     string // address of the alert about the same posts
	Useful   int64
	Noise    int64
	Thanks   bool
	Write    bool
}

type loudVoice struct {
	Name, Network, Link string
	Followers, Posts    int64
}

// alert is the page of one alert.
func (web *Web) alert(v *visit) error {
	id, err := alertID(v.r.PathValue("id"))
	if err != nil {
		return err
	}
	one, err := web.o.Alerts.Get(v.ctx(), v.by, id)
	if err != nil {
		return err
	}
	monitors, err := web.o.Monitors.List(v.ctx(), v.by)
	if err != nil {
		return err
	}
	e := &one.Evidence
	since := look{Monitor: one.Monitor, From: one.Began, To: v.alertEnd(&one)}
	p := &alertPage{
		Row: v.alertRow(&one, monitors), Sentence: v.why(e), State: v.name("alerts-state", "is-"+string(one.State)),
		Monitor: shorten(60, v.monitorCalled(monitors, one.Monitor)), Mentions: since.at("/mentions"), Rule: rulePath(one.Monitor),
		Raised: v.when(one.Raised), Ended: v.when(one.Last), Useful: one.Useful, Noise: one.Noise, Thanks: v.query("did") == "voted",
		Write: v.by.CheckSome(access.WriteAlerts) == nil,
	}
	if one.SameAs != 0 {
		p.Same = alertPath(one.SameAs)
	}
	p.Stats = v.alertStats(&one)
	for _, t := range e.Terms {
		term := since
		term.Query = quoted(t.Text)
		p.Terms = append(p.Terms, link{Label: shorten(40, t.Text), Href: term.at("/mentions")})
	}
	for _, a := range e.Authors {
		by := since
		by.Query = "author:" + quoted(a.Handle)
		row := loudVoice{Name: shorten(60, a.Name), Network: a.Network, Followers: a.Followers, Posts: int64(a.Posts), Link: by.at("/mentions")}
		if a.Handle == "" {
			row.Link = since.at("/mentions")
		} else {
			row.Name = "@" + shorten(60, a.Handle)
		}
		p.Voices = append(p.Voices, row)
	}
	samples, err := web.o.Alerts.Samples(v.ctx(), v.by, id)
	if err != nil {
		return err
	}
	for i := range samples {
		p.Samples = append(p.Samples, v.newCard(samples[i].Seq, &samples[i].Post, nil, listed))
	}
	if p.Chart, err = v.alertChart(&one); err != nil {
		return err
	}
	return v.showCharts("alert", p.Row.Title, p)
}

// alertEnd is until when the posts of an alert are looked at; zero while it
// goes on.
func (v *visit) alertEnd(one *alert.Alert) time.Time {
	if one.State == alert.Open {
		return time.Time{}
	}
	return one.Last.Add(time.Hour).Truncate(time.Hour)
}

func (v *visit) alertStats(one *alert.Alert) []stat {
	e := &one.Evidence
	list := []stat{{Name: v.say("alert.posts"), Value: v.number(e.Posts), Explain: []string{v.say("alert.posts.how")}}}
	if slices.Contains(e.Kinds, alert.Volume) {
		list = append(list, stat{
			Name: v.say("alert.ratio"), Value: "× " + v.brief(e.Ratio), Beside: v.say("alert.ratio.beside", "n", e.Count, "usual", v.brief(e.Expected)),
			Explain: []string{v.say("alert.ratio.how", "span", v.span(time.Duration(e.Minutes)*time.Minute)),
				v.say("alert.score.how", "score", v.decimal(e.Score, 1), "threshold", v.decimal(e.Threshold, 1))},
		})
	}
	if e.Known > 0 {
		low, high := wilson(int64(e.Part*float64(e.Known)+0.5), e.Known)
		list = append(list, stat{
			Name: v.say("stat.negative"), Value: v.percent(e.Part), Beside: v.say("alert.negative.beside", "usual", v.percent(e.Usual)),
			Explain: []string{v.say("alert.negative.how", "n", e.Known, "low", v.percent(low), "high", v.percent(high))},
		})
	}
	return list
}

// How much of the time before and after an alert is drawn.
const (
	chartBefore = 72 * time.Hour
	chartAfter  = 12 * time.Hour
)

// alertChart is the hours around an alert and what is usual for them.
func (v *visit) alertChart(one *alert.Alert) (*chart, error) {
	to := one.Last.Add(chartAfter)
	t, err := v.web.o.Alerts.Timeline(v.ctx(), v.by, one.Monitor, one.Began.Add(-chartBefore), to)
	if hearth.ErrorCode(err) == hearth.NotFound || hearth.ErrorCode(err) == hearth.Invalid || len(t.Hours) == 0 {
		return nil, nil // the monitor is gone, or the alert longer than a timeline
	}
	if err != nil {
		return nil, err
	}
	c := &chart{ID: "hours", Height: "high", Finding: v.say("alert.chart"), Columns: []string{v.say("chart.all"), v.say("alert.chart.usual"), v.say("sentiment.negative")}}
	spec := chartSpec{Kind: "bars", Series: []chartSeries{{Name: v.say("chart.all"), Role: "main"}}}
	if t.Usual {
		spec.Band = &chartBand{Name: v.say("alert.chart.usual")}
		c.About = v.say("alert.chart.about")
	} else {
		c.About = v.say("alert.chart.learning")
	}
	for i := range t.Hours {
		h := &t.Hours[i]
		local := h.Start.In(v.zone)
		label := v.day(local) + ", " + local.Format("15:04")
		href := look{Monitor: one.Monitor, From: h.Start, To: h.Start.Add(time.Hour)}.at("/mentions")
		usual := "–"
		if t.Usual {
			usual = v.brief(h.Low) + "–" + v.brief(h.High)
			spec.Band.Low, spec.Band.High = append(spec.Band.Low, h.Low), append(spec.Band.High, h.High)
		}
		if !h.Start.After(one.Began) && one.Began.Before(h.Start.Add(time.Hour)) {
			spec.Marks = append(spec.Marks, chartMark{i, v.say("alert.chart.began")})
		}
		spec.Labels, spec.Links = append(spec.Labels, label), append(spec.Links, href)
		spec.Series[0].Values = append(spec.Series[0].Values, float64(h.Posts))
		c.Rows = append(c.Rows, chartRow{Label: label, Link: href, Cells: []string{v.number(h.Posts), usual, v.number(h.Negative)}})
	}
	c.Spec = specText(spec)
	return c, nil
}

// voteAlert keeps whether an alert was useful.
func (web *Web) voteAlert(v *visit) error {
	id, err := alertID(v.r.PathValue("id"))
	if err != nil {
		return err
	}
	form, err := v.form()
	if err != nil {
		return err
	}
	vote := form.Get("vote")
	if vote != "useful" && vote != "noise" {
		return hearth.Errorf(hearth.Invalid, "An alert was useful or it was noise.")
	}
	if _, err := web.o.Alerts.Vote(v.ctx(), v.by, id, vote == "useful"); err != nil {
		return err
	}
	return v.back(alertPath(id) + "?did=voted#vote")
}

// openIncident makes an incident of an alert.
func (web *Web) openIncident(v *visit) error {
	id, err := alertID(v.r.PathValue("id"))
	if err != nil {
		return err
	}
	one, err := web.o.Alerts.Get(v.ctx(), v.by, id)
	if err != nil {
		return err
	}
	monitors, err := web.o.Monitors.List(v.ctx(), v.by)
	if err != nil {
		return err
	}
	title := plain(v.alertTitle(one.Class, one.Evidence.Kinds, v.monitorCalled(monitors, one.Monitor)))
	incident, err := web.o.Incidents.Open(v.ctx(), v.by, alert.IncidentDraft{Alert: id, Title: title, Owner: v.by.User})
	if err != nil {
		return err
	}
	return v.back(incidentPath(incident.ID) + "?did=opened")
}
