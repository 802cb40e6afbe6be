package web

import (
	"cmp"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"hearth"
	"hearth/access"
	"hearth/archive"
	"hearth/monitor"
	"hearth/reanalysis"
)

const againPath = "/settings/reanalysis"

// againsPage is what was judged again, and what begins it.
type againsPage struct {
	Runs  []againRow
	May   bool
	Form  againForm
	Tried *againTrial
	Every string // how often the list looks again; "": not
	None  bool   // nothing was judged again yet
}

// againForm says what to judge again.
type againForm struct {
	Query, From, To string
	Monitors        []choice
	QueryWhy, Why   string
}

// againTrial is what it would do.
type againTrial struct {
	Finding, Kept, Cost string
	Fields              []againField
	Figures             []againFigure
	Nothing             bool
}

// againRow is one re-analysis.
type againRow struct {
	ID                    int64
	Link, What, Who       string
	State, Mood, Reason   string
	When                  moment
	Percent               int // below 0: there is no bar
	Far, Left, Changed    string
	Pause, Resume, Cancel bool
	Undo                  bool
}

// againPage is one with what it changed.
type againPage struct {
	Row     againRow
	May     bool
	Every   string
	Self    string
	Did     *undo
	Stats   []stat
	Models  string
	Fields  []againField
	Figures []againFigure
	Empty   string // why nothing changed
}

// againField is what changed in a field.
type againField struct {
	Title string
	Posts string
	Langs bool // there is a column of languages
	Rows  []againMove
	More  string
}

// againMove is that so many posts say another word.
type againMove struct {
	Lang, Was, Becomes string
	Posts              int64
	Examples           []link // to posts
	Now                string // where all posts stand that say so now; "": nowhere
}

// againFigure is what became of a monitor.
type againFigure struct {
	Name, Link               string
	PostsBefore, PostsAfter  int64
	Before, After, Step, Way string // negative shares; Step "": there is none
}

const (
	movesShown   = 12 // of a field
	figuresShown = 30
)

// reanalyses is the page.
func (web *Web) reanalyses(v *visit) error { return v.againsPage(http.StatusOK, nil, nil) }

// tryReanalysis says what it would change.
func (web *Web) tryReanalysis(v *visit) error {
	s, err := againSelection(v.r.URL.Query())
	var trial reanalysis.Trial
	if err == nil {
		trial, err = web.o.Reanalyses.Try(v.ctx(), v.by, s)
	}
	if err != nil {
		return v.againRefused(err, v.r.URL.Query())
	}
	return v.againsPage(http.StatusOK, v.r.URL.Query(), func(p *againsPage, names map[hearth.MonitorID]string) {
		p.Tried = v.againTrial(&trial, names)
	})
}

// startReanalysis begins one.
func (web *Web) startReanalysis(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	s, err := againSelection(form)
	var one reanalysis.Run
	if err == nil {
		one, err = web.o.Reanalyses.Start(v.ctx(), v.by, s)
	}
	if err != nil {
		return v.againRefused(err, form)
	}
	return v.back(addParameter(againLink(one.ID), "did", "begun"))
}

// againRefused shows what is wrong beside what was typed.
func (v *visit) againRefused(err error, typed url.Values) error {
	code := hearth.ErrorCode(err)
	if code != hearth.Invalid && code != hearth.Conflict {
		return err
	}
	field, why := faultOf(err)
	return v.againsPage(statuses[code], typed, func(p *againsPage, _ map[hearth.MonitorID]string) {
		if field == "query" || field == "" && code == hearth.Invalid && p.Form.Query != "" {
			p.Form.QueryWhy = why
		} else {
			p.Form.Why = why
		}
	})
}

// againSelection reads what is to be judged again.
func againSelection(form url.Values) (s monitor.Selection, err error) {
	s.Query = strings.TrimSpace(form.Get("query"))
	if text := form.Get("monitor"); text != "" && text != "0" {
		if s.Monitor, err = monitorID(text); err != nil {
			return s, err
		}
	}
	for name, to := range map[string]*time.Time{"from": &s.From, "to": &s.To} {
		text := form.Get(name)
		if text == "" {
			continue
		}
		if *to, err = time.Parse(time.DateOnly, text); err != nil {
			return s, &hearth.Error{Code: hearth.Invalid, Field: name, Message: "A day is written as 2026-11-22."}
		}
	}
	if !s.To.IsZero() {
		s.To = s.To.AddDate(0, 0, 1) // that day as well
	}
	return s, nil
}

func (v *visit) againsPage(status int, typed url.Values, add func(*againsPage, map[hearth.MonitorID]string)) error {
	list, err := v.web.o.Reanalyses.List(v.ctx(), v.by)
	if err != nil {
		return err
	}
	names, err := v.monitorNames()
	if err != nil {
		return err
	}
	p := &againsPage{May: v.by.May(access.WriteMonitors), None: len(list) == 0}
	people := v.people()
	for i := range list {
		p.Runs = append(p.Runs, v.againRow(&list[i], names, people))
		if s := list[i].State; s == reanalysis.Running || s == reanalysis.Undoing {
			p.Every = "every 2s"
		}
	}
	p.Form = againForm{Query: shorten(4000, typed.Get("query")), From: shorten(20, typed.Get("from")), To: shorten(20, typed.Get("to"))}
	p.Form.Monitors = []choice{{Value: "0", Label: v.say("again.all-posts"), Chosen: typed.Get("monitor") == "" || typed.Get("monitor") == "0"}}
	monitors, err := v.web.o.Monitors.List(v.ctx(), v.by)
	if err != nil {
		return err
	}
	for i := range monitors {
		id := monitors[i].ID.String()
		p.Form.Monitors = append(p.Form.Monitors, choice{Value: id, Label: shorten(80, monitors[i].Name), Chosen: typed.Get("monitor") == id})
	}
	if add != nil {
		add(p, names)
	}
	return v.showAt(status, "reanalyses", v.say("again.title"), p)
}

func againLink(id int64) string { return againPath + "/" + strconv.FormatInt(id, 10) }

var againMoods = map[reanalysis.State]string{
	reanalysis.Running: "busy", reanalysis.Undoing: "busy", reanalysis.Finished: "good", reanalysis.Failed: "bad",
	reanalysis.Paused: "wait", reanalysis.Cancelled: "wait", reanalysis.Undone: "wait",
}

func (v *visit) againRow(r *reanalysis.Run, names map[hearth.MonitorID]string, people map[int64]string) againRow {
	row := againRow{
		ID: r.ID, Link: againLink(r.ID), What: v.againWhat(r, names), Who: v.say("again.by-itself"), State: v.name("again-state", string(r.State)),
		Mood: againMoods[r.State], Reason: v.gist(r.Reason), When: v.when(r.Begun), Percent: -1,
		Far: v.say("again.far", "n", r.Looked, "of", v.number(r.Total)), Changed: v.say("again.changed", "n", r.Changed),
		Pause: r.State == reanalysis.Running, Resume: r.State == reanalysis.Paused, Cancel: r.State == reanalysis.Running || r.State == reanalysis.Paused,
		Undo: r.State != reanalysis.Undoing && r.State != reanalysis.Undone && r.Changed > 0,
	}
	if r.By != 0 {
		row.Who = v.sayerName(r.By, people)
	} else if !r.Whole {
		row.Who = v.say("again.operator")
	}
	if row.Cancel {
		row.Percent = int(100 * min(1, float64(r.Looked)/float64(max(r.Total, 1))))
	}
	if r.Left > 0 {
		row.Left = v.say("jobs.left", "span", v.span(r.Left))
	}
	return row
}

// againWhat words what a run goes over.
func (v *visit) againWhat(r *reanalysis.Run, names map[hearth.MonitorID]string) string {
	if r.Whole {
		return v.say("again.everything")
	}
	var parts []string
	s := &r.Selection
	if s.Monitor != 0 {
		parts = append(parts, cmp.Or(names[s.Monitor], v.say("again.monitor-gone", "id", s.Monitor.String())))
	}
	if s.Query != "" {
		parts = append(parts, shorten(120, s.Query))
	}
	if !s.From.IsZero() {
		parts = append(parts, v.say("again.from", "day", v.day(s.From)))
	}
	if !s.To.IsZero() {
		parts = append(parts, v.say("again.to", "day", v.day(s.To.AddDate(0, 0, -1))))
	}
	return strings.Join(parts, " · ")
}

func (v *visit) againTrial(t *reanalysis.Trial, names map[hearth.MonitorID]string) *againTrial {
	shown := &againTrial{
		Finding: v.say("again.would", "n", t.Changed, "looked", v.number(t.Looked), "of", v.number(t.Total)),
		Fields:  v.againFields(t.Moves, monitor.Selection{}), Figures: v.againFigures(t.Figures, names), Nothing: t.Changed == 0,
		Cost: v.say("again.cost", "span", v.span(max(t.Takes, time.Second)), "size", v.size(t.Bytes)),
	}
	if shown.Nothing {
		shown.Figures = nil
	}
	if t.Kept > 0 {
		shown.Kept = v.say("again.kept", "n", t.Kept)
	}
	return shown
}

// againFields are moves by what they changed; those of the trial lead to no list.
func (v *visit) againFields(moves []reanalysis.Move, s monitor.Selection) (list []againField) {
	for _, field := range archive.Corrected {
		f := againField{Title: v.say("correct.field." + string(field)), Langs: field != archive.LangField}
		posts, rest := int64(0), int64(0)
		for i := range moves {
			m := &moves[i]
			if m.Field != field {
				continue
			}
			posts += m.Posts
			if len(f.Rows) == movesShown {
				rest += m.Posts
				continue
			}
			row := againMove{Was: v.sayingOf(field, m.Was), Becomes: v.sayingOf(field, m.Becomes), Posts: m.Posts, Lang: v.say("correct.nothing")}
			if m.Lang != "" {
				row.Lang = v.language(m.Lang)
			}
			for n, key := range m.Examples {
				row.Examples = append(row.Examples, link{v.number(int64(n + 1)), postLink(key), false})
			}
			if m.Becomes != "" && !strings.Contains(m.Becomes, " ") {
				text := string(field) + ":" + m.Becomes
				if m.Lang != "" && field != archive.LangField {
					text += " lang:" + m.Lang
				}
				row.Now = look{Monitor: s.Monitor, Query: text, Period: "all"}.at("/mentions")
			}
			f.Rows = append(f.Rows, row)
		}
		if len(f.Rows) == 0 {
			continue
		}
		f.Posts = v.say("again.changed", "n", posts)
		if rest > 0 {
			f.More = v.say("again.more", "n", rest)
		}
		list = append(list, f)
	}
	return list
}

func (v *visit) againFigures(figures []reanalysis.Figure, names map[hearth.MonitorID]string) (list []againFigure) {
	for i := range figures[:min(len(figures), figuresShown)] {
		f := &figures[i]
		row := againFigure{
			Name: cmp.Or(names[f.Monitor], v.say("again.monitor-gone", "id", f.Monitor.String())), PostsBefore: f.PostsBefore, PostsAfter: f.PostsAfter,
			Before: v.say("correct.nothing"), After: v.say("correct.nothing"),
		}
		if names[f.Monitor] != "" {
			row.Link = monitorPath(f.Monitor)
		}
		share := func(n, of int64) (float64, string) {
			if of == 0 {
				return 0, v.say("correct.nothing")
			}
			part := float64(n) / float64(of)
			return part, v.say("again.negative", "share", v.decimal(100*part, 1))
		}
		var before, after float64
		before, row.Before = share(f.NegativeBefore, f.SaidBefore)
		after, row.After = share(f.NegativeAfter, f.SaidAfter)
		if step := 100 * (after - before); f.SaidBefore > 0 && f.SaidAfter > 0 && (step >= 0.05 || step <= -0.05) {
			row.Step, row.Way = v.say("again.points", "n", v.decimal(step, 1)), "down"
			if step > 0 {
				row.Step, row.Way = v.say("again.points", "n", "+"+v.decimal(step, 1)), "up"
			}
		}
		list = append(list, row)
	}
	return list
}

// reanalysis shows one.
func (web *Web) reanalysis(v *visit) error {
	id, err := idOf(v.r.PathValue("id"), v.say("again.gone"))
	if err != nil {
		return err
	}
	c, err := web.o.Reanalyses.Get(v.ctx(), v.by, id)
	if err != nil {
		return err
	}
	names, err := v.monitorNames()
	if err != nil {
		return err
	}
	r := &c.Run
	p := &againPage{
		Row: v.againRow(r, names, v.people()), May: v.by.May(access.WriteMonitors), Self: againLink(id), Did: v.againDone(r),
		Fields: v.againFields(c.Moves, r.Selection), Figures: v.againFigures(c.Figures, names),
	}
	if r.State == reanalysis.Running || r.State == reanalysis.Undoing {
		p.Every = "every 2s"
	}
	p.Stats = []stat{
		{Name: v.say("again.stat.looked"), Value: v.number(r.Looked), Beside: v.say("again.of", "n", v.number(r.Total)), Explain: []string{v.say("again.stat.looked.how")}},
		{Name: v.say("again.stat.changed"), Value: v.number(r.Changed), Explain: []string{v.say("again.stat.changed.how")}},
		{Name: v.say("again.stat.kept"), Value: v.number(r.Kept), Explain: []string{v.say("again.stat.kept.how")}},
	}
	if r.Same > 0 {
		p.Stats = append(p.Stats, stat{Name: v.say("again.stat.same"), Value: v.number(r.Same), Explain: []string{v.say("again.stat.same.how")}})
	}
	if r.Skipped > 0 {
		p.Stats = append(p.Stats, stat{Name: v.say("again.stat.skipped"), Value: v.number(r.Skipped), Explain: []string{v.say("again.stat.skipped.how")}})
	}
	var models []string
	for i, field := range archive.Corrected {
		models = append(models, v.say("again.model", "name", v.say("correct.field."+string(field)), "version", strconv.Itoa(r.Models.Fields[i].Version)))
	}
	p.Models = strings.Join(models, " · ")
	if r.Changed == 0 {
		p.Empty = v.say("again.nothing")
	}
	return v.show("reanalysis", v.say("again.one", "id", strconv.FormatInt(id, 10)), p)
}

// againDone is what the address says was done.
func (v *visit) againDone(r *reanalysis.Run) *undo {
	did := v.query("did")
	back, known := map[string]string{"begun": "cancel", "pause": "resume", "resume": "pause", "cancel": "", "undo": ""}[did]
	if !known {
		return nil
	}
	u := &undo{Sentence: v.name("again-did", did)}
	possible := map[string]bool{"cancel": r.State == reanalysis.Running, "resume": r.State == reanalysis.Paused, "pause": r.State == reanalysis.Running}
	if possible[back] {
		u.Action, u.Fields = againLink(r.ID), []doorField{{Name: "do", Value: back}}
	}
	return u
}

// steerReanalysis pauses, resumes, cancels or undoes one.
func (web *Web) steerReanalysis(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	id, err := idOf(v.r.PathValue("id"), v.say("again.gone"))
	if err != nil {
		return err
	}
	step := reanalysis.Step(form.Get("do"))
	switch step {
	case reanalysis.Pause, reanalysis.Resume, reanalysis.Cancel, reanalysis.Undo:
	default:
		return hearth.Errorf(hearth.Invalid, "A re-analysis can be paused, resumed, cancelled and undone.")
	}
	if _, err := web.o.Reanalyses.Steer(v.ctx(), v.by, id, step); err != nil {
		return err
	}
	return v.back(addParameter(againLink(id), "did", string(step)))
}
