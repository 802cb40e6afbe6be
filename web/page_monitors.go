package web

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"hearth"
	"hearth/access"
	"hearth/monitor"
)

// monitorsPage lists the saved queries and how each is doing.
type monitorsPage struct {
	Rows    []monitorLine
	All     int    // there are, with those the filter leaves out
	Filter  string // of names and queries
	Write   bool   // the visitor may change them
	Done    *done
	Removed []removedLine
	None    *emptyState
}

// monitorLine is a monitor in the list.
type monitorLine struct {
	ID          int64
	Name, Query string
	Link, Edit  string
	Spark       string // the path of the last days
	SparkLabel  string
	Week        int64 // mentions of the last seven days
	Beside      string
	Mood        string
	Total       int64
	Latest      moment
	Paused      bool
	Filling     string // how far the search of its past is; "": it is over
}

type removedLine struct {
	ID   int64
	Name string
	When moment
}

// done tells what was just done, and takes it back.
type done struct {
	Sentence string
	Undo     string // value of the form's field "do"; "": it cannot be taken back
	IDs      []string
}

// sparkDays is how many days the small charts of the list show.
const sparkDays = 30

// monitors is the list.
func (web *Web) monitors(v *visit) error {
	list, err := web.o.Monitors.List(v.ctx(), v.by)
	if err != nil {
		return err
	}
	p := &monitorsPage{All: len(list), Filter: strings.TrimSpace(v.query("q")), Write: v.by.CheckSome(access.WriteMonitors) == nil}
	shown := list[:0:0]
	for i := range list {
		if holdsFold(list[i].Name, p.Filter) || holdsFold(list[i].Query, p.Filter) {
			shown = append(shown, list[i])
		}
	}
	if err := v.monitorLines(p, shown); err != nil {
		return err
	}
	removed, err := web.o.Monitors.Removed(v.ctx(), v.by)
	if err != nil {
		return err
	}
	for i := range removed {
		p.Removed = append(p.Removed, removedLine{int64(removed[i].ID), shorten(60, removed[i].Name), v.when(removed[i].Removed)})
	}
	p.Done = v.whatWasDone()
	switch {
	case len(list) == 0:
		p.None = &emptyState{Title: v.say("monitors.none.title"), Sentence: v.say("monitors.none.sentence"), Example: `"Your Brand" OR @yourbrand OR yourbrand.example`}
		if p.Write {
			p.None.Action, p.None.Link = v.say("monitors.new"), "/monitors/new"
		}
	case len(shown) == 0:
		p.None = &emptyState{Title: v.say("monitors.nofit.title"), Sentence: v.say("monitors.nofit.sentence", "text", p.Filter), Action: v.say("monitors.nofit.action"), Link: "/monitors"}
	}
	return v.show("monitors", v.say("nav.monitors"), p)
}

// monitorLines counts what each monitor of a list caught.
func (v *visit) monitorLines(p *monitorsPage, list []monitor.Monitor) error {
	if len(list) == 0 {
		return nil
	}
	sums, err := v.web.o.Monitors.Summaries(v.ctx(), v.by)
	if err != nil {
		return err
	}
	today := time.Date(v.now.In(v.zone).Year(), v.now.In(v.zone).Month(), v.now.In(v.zone).Day(), 0, 0, 0, 0, v.zone)
	first := today.AddDate(0, 0, 1-sparkDays)
	// The days and the weeks are of the same quarters of an hour, read once.
	search := monitor.SeriesSearch{From: first, To: today.AddDate(0, 0, 1), Step: monitor.Quarter}
	week := quarterAt(first, v.now.Add(-7*24*time.Hour))
	now := quarterAt(first, v.now)
	const together = 200 // of a chart
	for from := 0; from < len(list); from += together {
		part := list[from:min(from+together, len(list))]
		search.Monitors = nil
		for i := range part {
			search.Monitors = append(search.Monitors, part[i].ID)
		}
		quarters, err := v.web.o.Charts.Series(v.ctx(), v.by, search)
		if err != nil {
			return err
		}
		days := daysOf(quarters.Starts, first, v.zone)
		for i := range part {
			points := quarters.Lines[i].Points
			spark := make([]int64, sparkDays)
			for k, n := range points {
				spark[days[k]] += n
			}
			p.Rows = append(p.Rows, v.monitorLine(&part[i], sums[part[i].ID], spark, total(points[2*week-now:week]), total(points[week:now])))
		}
	}
	return nil
}

// quarterAt numbers the quarter of an hour that a moment is in, counted from
// another that begins one.
func quarterAt(from, at time.Time) int { return int(at.Sub(from) / quarter) }

// daysOf numbers the days of a zone's calendar that moments are in.
func daysOf(moments []time.Time, first time.Time, zone *time.Location) []int {
	days, at, end := make([]int, len(moments)), 0, first.AddDate(0, 0, 1)
	for i, m := range moments {
		for !m.Before(end) {
			at++
			end = first.In(zone).AddDate(0, 0, at+1)
		}
		days[i] = at
	}
	return days
}

func total(points []int64) (sum int64) {
	for _, n := range points {
		sum += n
	}
	return sum
}

func (v *visit) monitorLine(m *monitor.Monitor, sum monitor.Summary, days []int64, before, week int64) monitorLine {
	line := monitorLine{
		ID: int64(m.ID), Name: shorten(60, m.Name), Query: shorten(160, m.Query), Link: look{Monitor: m.ID}.at("/mentions"),
		Edit: monitorPath(m.ID), Spark: sparkPath(days), Week: week, Total: sum.Mentions, Latest: v.when(sum.Latest), Paused: m.Paused,
	}
	line.Beside, line.Mood = v.change(before, week)
	most := int64(0)
	for _, n := range days {
		most = max(most, n)
	}
	line.SparkLabel = v.say("monitors.spark", "n", most, "days", sparkDays)
	if f := &sum.Fill; f.State == monitor.FillRunning || f.State == monitor.FillWaiting {
		line.Filling = v.percent(f.Share())
	}
	return line
}

func monitorPath(id hearth.MonitorID) string { return "/monitors/" + id.String() }

// sparkPath draws numbers as an area 100 wide and 24 high, the greatest at the
// top, zero at the bottom.
func sparkPath(points []int64) string {
	if len(points) < 2 {
		return ""
	}
	most := int64(1)
	for _, n := range points {
		most = max(most, n)
	}
	var b strings.Builder
	b.WriteString("M0 24")
	for i, n := range points {
		fmt.Fprintf(&b, "L%s %s", coordinate(100*float64(i)/float64(len(points)-1)), coordinate(24-22*float64(n)/float64(most)))
	}
	b.WriteString("L100 24Z")
	return b.String()
}

func coordinate(f float64) string { return strconv.FormatFloat(f, 'f', 1, 64) }

// whatWasDone is what the form before this page did, as its address says.
func (v *visit) whatWasDone() *done {
	for did, undo := range map[string]string{"removed": "restore", "paused": "resume", "resumed": "pause", "restored": ""} {
		ids := v.r.URL.Query()[did]
		for _, id := range ids {
			if _, err := monitorID(id); err != nil {
				return nil
			}
		}
		if len(ids) > 0 && len(ids) <= mostAtOnce {
			return &done{Sentence: v.say("monitors.did."+did, "n", len(ids)), Undo: undo, IDs: ids}
		}
	}
	return nil
}

// mostAtOnce is how many monitors one form may act on.
const mostAtOnce = 500

// actOnMonitors pauses, resumes, removes or restores monitors. What was done is
// said, and can be taken back, on the list.
func (web *Web) actOnMonitors(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	do, ids := form.Get("do"), form["id"]
	if name, id, one := strings.Cut(form.Get("one"), " "); one { // the button of one line
		do, ids = name, []string{id}
	}
	if len(ids) == 0 {
		return hearth.Errorf(hearth.Invalid, "Choose the monitors first.")
	}
	if len(ids) > mostAtOnce {
		return hearth.Errorf(hearth.Invalid, "Choose at most %d monitors at once.", mostAtOnce)
	}
	did := map[string]string{"pause": "paused", "resume": "resumed", "remove": "removed", "restore": "restored"}[do]
	if did == "" {
		return hearth.Errorf(hearth.Invalid, "Monitors can be paused, resumed, removed and restored.")
	}
	to := "/monitors"
	for _, text := range ids {
		id, err := monitorID(text)
		if err != nil {
			return err
		}
		switch do {
		case "pause":
			_, err = web.o.Monitors.Pause(v.ctx(), v.by, id)
		case "resume":
			_, err = web.o.Monitors.Resume(v.ctx(), v.by, id)
		case "remove":
			err = web.o.Monitors.Remove(v.ctx(), v.by, id)
		case "restore":
			_, err = web.o.Monitors.Restore(v.ctx(), v.by, id)
		}
		if err != nil {
			return err
		}
		to = addParameter(to, did, id.String())
	}
	return v.back(to)
}

// holdsFold says whether a text holds another, whatever the case.
func holdsFold(text, part string) bool {
	return part == "" || strings.Contains(strings.ToLower(text), strings.ToLower(part))
}
