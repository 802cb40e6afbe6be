package web

import (
	"net/url"
	"slices"
	"strconv"
	"time"

	"hearth"
	"hearth/monitor"
)

// frame is what pages about the posts of a monitor have in common: which one,
// and of which time. Both stand in the address.
type frame struct {
	Monitors []choice
	Periods  []link
	Period   string // what the form carries along
	Name     string // of the monitor
	Mentions string // its posts of the time
	None     *emptyState

	path    string
	monitor hearth.MonitorID
	look    look
}

// frame reads the address of a page. Where it names no monitor that is there,
// the one with the most mentions is looked at.
func (v *visit) frame(path, period string) (frame, error) {
	values := v.r.URL.Query()
	if values.Get("period") == "" {
		values.Set("period", period)
	}
	f := frame{path: path, look: readLook(values, v.now)}
	f.look.Query, f.look.Facets, f.look.Cursor = "", nil, ""
	if f.Period = f.look.Period; f.Period == "" { // days are not chosen here
		f.look.Period, f.look.From, f.look.To = period, time.Time{}, time.Time{}
		f.Period = period
	}
	list, err := v.web.o.Monitors.List(v.ctx(), v.by)
	if err != nil {
		return f, err
	}
	if len(list) == 0 {
		f.None = v.noMonitors()
		return f, nil
	}
	at := slices.IndexFunc(list, func(m monitor.Monitor) bool { return m.ID == f.look.Monitor })
	if at < 0 {
		sums, err := v.web.o.Monitors.Summaries(v.ctx(), v.by)
		if err != nil {
			return f, err
		}
		at = 0
		for i := range list {
			if sums[list[i].ID].Mentions > sums[list[at].ID].Mentions {
				at = i
			}
		}
	}
	f.monitor, f.look.Monitor, f.Name = list[at].ID, list[at].ID, shorten(60, list[at].Name)
	for i := range list {
		f.Monitors = append(f.Monitors, choice{list[i].ID.String(), shorten(60, list[i].Name), i == at})
	}
	for _, p := range periods {
		f.Periods = append(f.Periods, link{v.say("period." + p.name), f.at("period", p.name), p.name == f.Period})
	}
	f.Mentions = f.look.at("/mentions")
	return f, nil
}

// at is the address of the page with other values; they come in pairs.
func (f *frame) at(pairs ...string) string {
	v := url.Values{"monitor": {f.monitor.String()}, "period": {f.Period}}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return f.path + "?" + v.Encode()
}

// span is the time looked at, with the quarter that goes on.
func (f *frame) span() (from, to time.Time) {
	if from, to = f.look.span(); !from.IsZero() && to.IsZero() {
		to = f.look.now.Add(quarter)
	}
	return from, to
}

// noMonitors teaches what every page of numbers needs.
func (v *visit) noMonitors() *emptyState {
	return &emptyState{
		Title: v.say("insight.none.title"), Sentence: v.say("insight.none.sentence"), Action: v.say("monitors.new"), Link: "/monitors/new",
		Example: `"Your Brand" OR @yourbrand`,
	}
}

// percentage is a place within a picture, as SVG has it.
func percentage(share float64) string {
	return strconv.FormatFloat(100*min(1, max(0, share)), 'f', 2, 64) + "%"
}

// topFacet shows names as filters of the mentions of a look.
func (v *visit) topFacet(l look, field string, tops []monitor.Top) facet {
	f := facet{Field: field, Title: v.say("facet." + field), Exact: true}
	for _, t := range tops {
		v.addFacet(l, &f, t.Value, t.Label, t.Posts)
	}
	return f
}
