package web

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"time"

	"hearth"
	"hearth/access"
	"hearth/monitor"
)

// comparePage is share of voice and sentiment side by side.
type comparePage struct {
	Saved   []link
	Periods []link
	Period  string
	Finding string
	Parts   []comparePart
	Over    *chart
	Form    compareForm
	Write   bool
	Removed *compareForm // can be brought back
	Kept    bool         // just now
	None    *emptyState
}

// comparePart is one monitor. Places and lengths are those of a picture, in
// percent.
type comparePart struct {
	Name, Link         string
	Colour             int // 1 to compareColours
	Posts              int64
	Beside, Mood       string
	Share, Low, High   string
	Bar, From, To      string
	Feelings           []compareFeeling
	Negative, Positive measured
	Known              int64
}

type compareFeeling struct{ Class, X, Width string }

// measured is a share with its interval, and the posts behind it.
type measured struct{ Value, Low, High, Link string }

// compareForm makes a comparison or changes one.
type compareForm struct {
	ID, Version int64
	Name        string
	Monitors    []choice
	Why, Field  string

	chosen []hearth.MonitorID
}

const (
	compareColours = 6
	compareUsual   = 4 // monitors that are compared where nothing is chosen
)

// compare is the page: a comparison that is kept, or monitors named in the
// address.
func (web *Web) compare(v *visit) error { return v.comparePage(200, nil) }

// comparePage shows a comparison; form, where there is one, is what was written
// and could not be kept.
func (v *visit) comparePage(status int, form *compareForm) error {
	list, err := v.web.o.Monitors.List(v.ctx(), v.by)
	if err != nil {
		return err
	}
	p := &comparePage{Write: v.by.CheckSome(access.WriteMonitors) == nil, Kept: v.query("did") == "saved"}
	switch {
	case len(list) == 0:
		p.None = v.noMonitors()
	case len(list) == 1:
		p.None = v.noMonitors()
		p.None.Title, p.None.Sentence = v.say("compare.one.title"), v.say("compare.one.sentence")
	default:
		if err := v.fillCompare(p, list, form); err != nil {
			return err
		}
	}
	return v.block(status, "compare", "shell", v.shell(v.say("nav.compare"), true, p))
}

func (v *visit) fillCompare(p *comparePage, list []monitor.Monitor, form *compareForm) error {
	saved, err := v.web.o.Comparisons.List(v.ctx(), v.by)
	if err != nil {
		return err
	}
	values := v.r.URL.Query()
	id, chosen := v.queryNumber("id"), monitorsOf(values["m"], list)
	if form != nil {
		id = form.ID
	}
	if id == 0 && len(chosen) < 2 && len(saved) > 0 && values.Get("removed") == "" {
		id = saved[0].ID
	}
	if len(chosen) < 2 {
		chosen = nil
	}
	at := slices.IndexFunc(saved, func(c monitor.Comparison) bool { return c.ID == id })
	if id != 0 && at < 0 {
		return hearth.Errorf(hearth.NotFound, "%s", v.say("compare.gone"))
	}
	switch {
	case at >= 0:
		p.Form.ID, p.Form.Version, p.Form.Name, chosen = id, saved[at].Version, saved[at].Name, saved[at].Monitors
	case chosen == nil:
		if chosen, err = v.busiest(list, compareUsual); err != nil {
			return err
		}
	}
	ticked := chosen
	if form != nil {
		p.Form, ticked = *form, form.chosen
	}
	for i := range list {
		p.Form.Monitors = append(p.Form.Monitors, choice{list[i].ID.String(), shorten(60, list[i].Name), slices.Contains(ticked, list[i].ID)})
	}
	l := readLook(url.Values{"period": {cmp.Or(values.Get("period"), "30d")}}, v.now)
	p.Period = l.Period
	address := func(period string, id int64) string {
		to := url.Values{"period": {period}}
		if id != 0 {
			to.Set("id", strconv.FormatInt(id, 10))
		} else {
			for _, m := range chosen {
				to.Add("m", m.String())
			}
		}
		return "/compare?" + to.Encode()
	}
	for _, period := range periods {
		p.Periods = append(p.Periods, link{v.say("period." + period.name), address(period.name, id), period.name == l.Period})
	}
	for _, c := range saved {
		p.Saved = append(p.Saved, link{shorten(40, c.Name), address(l.Period, c.ID), c.ID == id})
	}
	if name := values.Get("removed"); name != "" && p.Write {
		p.Removed = &compareForm{Name: shorten(200, name)}
		for _, m := range monitorsOf(values["m"], list) {
			p.Removed.Monitors = append(p.Removed.Monitors, choice{Value: m.String()})
		}
	}
	return v.compareParts(p, l, chosen)
}

// monitorsOf reads monitors by number; what is not there is left out.
func monitorsOf(texts []string, list []monitor.Monitor) (ids []hearth.MonitorID) {
	for _, text := range texts {
		id, err := monitorID(text)
		if err == nil && !slices.Contains(ids, id) && monitorName(list, id) != "" {
			ids = append(ids, id)
		}
	}
	return ids
}

// busiest are the monitors with the most mentions.
func (v *visit) busiest(list []monitor.Monitor, n int) (ids []hearth.MonitorID, err error) {
	sums, err := v.web.o.Monitors.Summaries(v.ctx(), v.by)
	if err != nil {
		return nil, err
	}
	ordered := slices.Clone(list)
	slices.SortStableFunc(ordered, func(a, b monitor.Monitor) int { return cmp.Compare(sums[b.ID].Mentions, sums[a.ID].Mentions) })
	for _, m := range ordered[:min(n, len(ordered))] {
		ids = append(ids, m.ID)
	}
	return ids, nil
}

// compareParts counts what is compared.
func (v *visit) compareParts(p *comparePage, l look, chosen []hearth.MonitorID) error {
	s := l.series(monitor.ByNothing, stepOf(l.Period), v.zone)
	found, err := v.web.o.Comparisons.Compare(v.ctx(), v.by, monitor.CompareSearch{Monitors: chosen, From: s.From, To: s.To})
	if err != nil {
		return err
	}
	s.Monitors = chosen
	over, err := v.web.o.Charts.Series(v.ctx(), v.by, s)
	if err != nil {
		return err
	}
	if found.Posts == 0 {
		p.None = &emptyState{Title: v.say("mentions.none.title"), Sentence: v.say("compare.nothing"), Action: v.say("mentions.none.action"), Link: addParameter("/compare", "period", "all")}
		return nil
	}
	widest := 0.0
	for i := range found.Parts {
		widest = max(widest, found.Parts[i].Voice.High)
	}
	for i := range found.Parts {
		p.Parts = append(p.Parts, v.comparePart(l, &found.Parts[i], 1+i%compareColours, widest, !s.From.IsZero()))
	}
	p.Finding = v.compareFinding(found.Parts)
	p.Over = v.compareOver(l, &over, found.Parts)
	return nil
}

func (v *visit) comparePart(l look, part *monitor.Part, colour int, widest float64, hasBefore bool) comparePart {
	l.Monitor = part.Monitor
	feeling := func(value hearth.Sentiment) string {
		return l.with(func(l *look) { l.Facets = []facetChoice{{"sentiment", string(value)}} }).at("/mentions")
	}
	one := comparePart{
		Name: shorten(60, part.Name), Link: l.at("/mentions"), Colour: colour, Posts: part.Posts,
		Share: v.percent(part.Voice.Value), Low: v.percent(part.Voice.Low), High: v.percent(part.Voice.High),
		Bar: percentage(part.Voice.Value / widest), From: percentage(part.Voice.Low / widest), To: percentage(part.Voice.High / widest),
		Negative: measured{v.percent(part.NegativeShare.Value), v.percent(part.NegativeShare.Low), v.percent(part.NegativeShare.High), feeling(hearth.Negative)},
		Positive: measured{v.percent(part.PositiveShare.Value), v.percent(part.PositiveShare.Low), v.percent(part.PositiveShare.High), feeling(hearth.Positive)},
		Known:    part.Positive + part.Neutral + part.Negative,
	}
	if hasBefore {
		one.Beside, one.Mood = v.change(part.Before, part.Posts)
	}
	x := 0.0
	for _, f := range []struct {
		class string
		n     int64
	}{{"negative", part.Negative}, {"neutral", part.Neutral}, {"positive", part.Positive}} {
		width := float64(f.n) / float64(max(1, one.Known))
		one.Feelings = append(one.Feelings, compareFeeling{f.class, percentage(x), percentage(width)})
		x += width
	}
	return one
}

// compareFinding says who is heard most, as far as that is sure.
func (v *visit) compareFinding(parts []monitor.Part) string {
	ordered := slices.Clone(parts)
	slices.SortStableFunc(ordered, func(a, b monitor.Part) int { return cmp.Compare(b.Posts, a.Posts) })
	first, second := &ordered[0], &ordered[1]
	if first.Voice.Low <= second.Voice.High {
		return v.say("compare.even", "one", shorten(40, first.Name), "other", shorten(40, second.Name), "share", v.percent(first.Voice.Value), "share2", v.percent(second.Voice.Value))
	}
	return v.say("compare.first", "one", shorten(40, first.Name), "share", v.percent(first.Voice.Value), "other", shorten(40, second.Name), "share2", v.percent(second.Voice.Value))
}

// stepOf is how wide the points of a period are.
func stepOf(period string) monitor.Interval {
	switch period {
	case "24h", "7d":
		return monitor.Hour
	case "all":
		return monitor.Week
	}
	return monitor.Day
}

// compareOver draws the monitors' posts over time.
func (v *visit) compareOver(l look, over *monitor.Series, parts []monitor.Part) *chart {
	c := &chart{ID: "over", Height: "high", Finding: v.say("compare.over"), About: v.say("compare.over.about")}
	step := 1
	if l.Period == "7d" { // an hour of a week is a hair
		step = 6
	}
	spec := chartSpec{Kind: "lines"}
	for i := range parts {
		c.Columns = append(c.Columns, shorten(24, parts[i].Name))
		spec.Series = append(spec.Series, chartSeries{Name: shorten(18, parts[i].Name), Role: "c" + strconv.Itoa(1+i%compareColours)})
	}
	vol := &volume{step: 24 * time.Hour}
	if stepOf(l.Period) == monitor.Hour {
		vol.step = time.Hour
	}
	for at := 0; at < len(over.Starts); at += step {
		end := min(at+step, len(over.Starts))
		from := over.Starts[at].In(v.zone)
		to := over.To
		if end < len(over.Starts) {
			to = over.Starts[end]
		}
		row := chartRow{Label: v.label(vol, from)}
		for i := range over.Lines {
			var n int64
			for _, k := range over.Lines[i].Points[at:end] {
				n += k
			}
			spec.Series[i].Values = append(spec.Series[i].Values, float64(n))
			row.Cells = append(row.Cells, v.number(n))
			row.Links = append(row.Links, look{Monitor: parts[i].Monitor, From: from, To: to}.at("/mentions"))
		}
		spec.Labels = append(spec.Labels, row.Label)
		c.Rows = append(c.Rows, row)
	}
	c.Spec = specText(spec)
	return c
}

// saveComparison makes, changes or removes a comparison.
func (web *Web) saveComparison(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	id, _ := strconv.ParseInt(form.Get("id"), 10, 64)
	version, _ := strconv.ParseInt(form.Get("version"), 10, 64)
	name := form.Get("name")
	var ids []hearth.MonitorID
	for _, text := range form["m"] {
		one, err := monitorID(text)
		if err != nil {
			return err
		}
		ids = append(ids, one)
	}
	if form.Get("do") == "remove" {
		one, err := web.o.Comparisons.Get(v.ctx(), v.by, id)
		if err != nil {
			return err
		}
		if err := web.o.Comparisons.Remove(v.ctx(), v.by, id); err != nil {
			return err
		}
		to := addParameter("/compare", "removed", one.Name)
		for _, m := range one.Monitors {
			to = addParameter(to, "m", m.String())
		}
		return v.back(to)
	}
	var one monitor.Comparison
	if id == 0 {
		one, err = web.o.Comparisons.Create(v.ctx(), v.by, name, ids)
	} else {
		one, err = web.o.Comparisons.Change(v.ctx(), v.by, id, version, monitor.ComparisonEdit{Name: &name, Monitors: ids})
	}
	if code := hearth.ErrorCode(err); code == hearth.Invalid || code == hearth.Conflict {
		wrong := &compareForm{ID: id, Version: version, Name: name, chosen: ids}
		wrong.Field, wrong.Why = faultOf(err)
		if id != 0 && code == hearth.Conflict && wrong.Field == "" { // saved over it by the next try, which has seen this
			if now, err := web.o.Comparisons.Get(v.ctx(), v.by, id); err == nil {
				wrong.Version = now.Version
			}
		}
		return v.comparePage(statuses[code], wrong)
	}
	if err != nil {
		return err
	}
	return v.back(addParameter(addParameter("/compare", "id", strconv.FormatInt(one.ID, 10)), "did", "saved"))
}
