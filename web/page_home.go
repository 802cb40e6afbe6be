package web

import (
	"cmp"
	"slices"
	"time"

	"hearth"
	"hearth/access"
	"hearth/ingest"
	"hearth/monitor"
)

// homePage says what needs somebody now, and what today is like.
type homePage struct {
	Needs    []need
	Next     *emptyState // the next step on the road; nil: all are done
	Stats    []stat
	Today    []todayRow
	Until    string // when today's numbers end
	Newest   []card
	Rising   string // where what is rising is found; "": nowhere
	Mentions bool   // the visitor may read posts
}

// need is something that a person has to look at.
type need struct{ Icon, Title, Detail, Link, Action string }

// todayRow is what a monitor caught in the last day, beside what is usual.
type todayRow struct {
	Name, Link  string
	N           int64
	Usual       string // "" where too few days are known
	Verdict     string
	Loud        bool // out of the usual
	Spark       string
	SparkLabel  string
	more        bool
	strangeness float64 // how many times the usual, or the usual it
}

const (
	homeMonitors  = 40 // are counted, those with the most mentions
	homeRows      = 8  // are shown, the strangest first
	homeNeeds     = 3  // times the usual are something to look at
	homeNewest    = 5
	usualDays     = 28
	leastDays     = 7 // to know what is usual
	quartersOfDay = 96
)

// home is where people come in. What somebody may not read is not on it.
func (web *Web) home(v *visit) error {
	p := &homePage{Until: v.now.Truncate(quarter).Add(quarter).In(v.zone).Format("15:04"), Mentions: v.by.CheckSome(access.ReadPosts) == nil}
	sources, err := v.homeSources(p)
	if err != nil {
		return err
	}
	monitors := 0
	if v.by.CheckSome(access.ReadMonitors) == nil {
		if monitors, err = v.homeToday(p); err != nil {
			return err
		}
	}
	if p.Mentions {
		found, err := web.o.Posts.Search(v.ctx(), v.by, monitor.PageSearch{Limit: homeNewest})
		if err != nil {
			return err
		}
		for i := range found.Posts {
			h := &found.Posts[i]
			p.Newest = append(p.Newest, v.newCard(h.Seq, &h.Post, nil, 200))
		}
	}
	waiting := v.toApprove()
	if bell := v.bell(); bell != nil && bell.Unread > waiting {
		p.Needs = append([]need{{Icon: "bell", Title: v.say("notices.unread", "n", bell.Unread-waiting), Link: "/notices", Action: v.say("home.look")}}, p.Needs...)
	}
	if waiting > 0 {
		p.Needs = append([]need{{Icon: "eye", Title: v.say("approvals.wait-for-you", "n", waiting), Link: approvalsPath, Action: v.say("home.look")}}, p.Needs...)
	}
	if p.Next, err = v.nextStep(sources, monitors); err != nil {
		return err
	}
	return v.show("home", v.say("nav.home"), p)
}

// homeSources looks after the sources; it is -1 where the visitor may not see
// them.
func (v *visit) homeSources(p *homePage) (int, error) {
	if v.by.Check(access.ReadSources) != nil {
		return -1, nil
	}
	list, err := v.web.o.Sources.Status(v.ctx(), v.by)
	if err != nil {
		return 0, err
	}
	well := 0
	for i := range list {
		st := &list[i]
		switch {
		case mood(string(st.State)) == "bad":
			p.Needs = append(p.Needs, need{
				Icon: "rss", Title: v.say("home.source", "name", shorten(60, st.Name), "state", v.name("source", string(st.State))),
				Detail: v.gist(st.Trouble), Link: sourcePath(st.ID), Action: v.say("home.look"),
			})
		case st.State == ingest.Listening:
			well++
		}
	}
	if len(list) > 0 {
		p.Stats = append(p.Stats, stat{
			Name: v.say("home.sources"), Value: v.say("home.sources.of", "n", well, "all", v.number(int64(len(list)))), Explain: []string{v.say("home.sources.how")},
		})
	}
	return len(list), nil
}

// homeToday counts the last day of each monitor, and of everything kept, beside
// the four weeks before; the answer is how many monitors there are.
func (v *visit) homeToday(p *homePage) (int, error) {
	list, err := v.web.o.Monitors.List(v.ctx(), v.by)
	if err != nil || len(list) == 0 {
		return 0, err
	}
	ids, err := v.busiest(list, homeMonitors)
	if err != nil {
		return 0, err
	}
	end := v.now.Truncate(quarter).Add(quarter)
	s := monitor.SeriesSearch{From: end.AddDate(0, 0, -usualDays-1), To: end, Step: monitor.Quarter, Zone: time.UTC, Split: monitor.BySentiment}
	all, err := v.web.o.Charts.Series(v.ctx(), v.by, s)
	if err != nil {
		return 0, err
	}
	stats, first := v.homeStats(&all)
	p.Stats = append(stats, p.Stats...)
	s.Split, s.Monitors = monitor.ByNothing, ids
	each, err := v.web.o.Charts.Series(v.ctx(), v.by, s)
	if err != nil {
		return 0, err
	}
	for _, l := range each.Lines {
		row := v.todayRow(l.Monitor, monitorName(list, l.Monitor), byDay(l.Points), first)
		if row.strangeness >= homeNeeds && row.more {
			p.Needs = append(p.Needs, need{
				Icon: "trending-up", Title: v.say("home.many", "name", row.Name), Detail: v.say("home.many.detail", "n", row.N, "verdict", row.Verdict, "usual", row.Usual),
				Link: row.Link, Action: v.say("home.look"),
			})
		}
		p.Today = append(p.Today, row)
	}
	slices.SortStableFunc(p.Today, func(a, b todayRow) int {
		return cmp.Or(cmp.Compare(b.strangeness, a.strangeness), cmp.Compare(b.N, a.N))
	})
	p.Today = p.Today[:min(homeRows, len(p.Today))]
	if p.Mentions {
		p.Rising = "/home/rising"
	}
	return len(list), nil
}

// byDay puts quarters of an hour together to days, of which the last one ends
// now.
func byDay(quarters []int64) []int64 {
	days := make([]int64, usualDays+1)
	for i, n := range quarters {
		back := (len(quarters) - 1 - i) / quartersOfDay
		if back <= usualDays {
			days[usualDays-back] += n
		}
	}
	return days
}

// usual is what most of the days before had, from the first that is known: their
// median, and the range of the middle eight of ten.
func usual(days []int64, first int) (low, middle, high int64, known bool) {
	before := days[:len(days)-1]
	if first < 0 || len(before)-first < leastDays {
		return 0, 0, 0, false
	}
	sorted := slices.Sorted(slices.Values(before[first:]))
	return sorted[len(sorted)/10], sorted[len(sorted)/2], sorted[len(sorted)-1-len(sorted)/10], true
}

func (v *visit) todayRow(id hearth.MonitorID, name string, days []int64, first int) todayRow {
	n := days[len(days)-1]
	row := todayRow{
		Name: shorten(60, name), Link: look{Monitor: id, Period: "24h"}.at("/mentions"), N: n, Spark: sparkPath(days),
		SparkLabel: v.say("monitors.spark", "n", slices.Max(days), "days", len(days)), Verdict: v.say("home.unknown"),
	}
	low, middle, high, known := usual(days, first)
	if !known {
		return row
	}
	row.Usual = v.say("home.usual", "low", low, "high", high)
	switch {
	case n > high+high/10+3 && middle == 0:
		row.Verdict, row.Loud, row.more = v.say("home.first"), true, true
	case n > high+high/10+3:
		row.more = true
		row.Verdict, row.Loud = v.say("home.more", "times", v.decimal(float64(n)/float64(max(1, middle)), 1)), true
	case n+3 < low-low/10:
		row.Verdict, row.Loud = v.say("home.less"), true
	default:
		row.Verdict = v.say("home.same")
	}
	if row.Loud {
		row.strangeness = float64(max(n, middle)+1) / float64(min(n, middle)+1)
	}
	return row
}

// homeStats are the numbers of all that is kept, and the first day of which
// anything is.
func (v *visit) homeStats(all *monitor.Series) (list []stat, first int) {
	total, negative := make([]int64, usualDays+1), make([]int64, usualDays+1)
	for _, l := range all.Lines {
		for i, n := range byDay(l.Points) {
			total[i] += n
			if hearth.Sentiment(l.Value) == hearth.Negative {
				negative[i] += n
			}
		}
	}
	last := usualDays
	first = slices.IndexFunc(total[:last], func(n int64) bool { return n > 0 })
	posts := stat{Name: v.say("home.posts"), Value: v.number(total[last]), Explain: []string{v.say("home.posts.how")}}
	if low, _, high, known := usual(total, first); known {
		posts.Beside = v.say("home.usual", "low", low, "high", high)
		posts.Explain = append(posts.Explain, v.say("home.usual.how"))
	}
	feeling := stat{Name: v.say("stat.negative"), Value: "–", Explain: []string{v.say("stat.negative.how")}}
	if total[last] > 0 {
		feeling.Value = v.percent(float64(negative[last]) / float64(total[last]))
		low, high := wilson(negative[last], total[last])
		feeling.Explain = append(feeling.Explain, v.say("stat.between", "low", v.percent(low), "high", v.percent(high)))
	}
	var sum, bad int64
	for i := range last {
		sum, bad = sum+total[i], bad+negative[i]
	}
	if sum > 0 {
		feeling.Beside = v.say("home.else", "share", v.percent(float64(bad)/float64(sum)))
	}
	return []stat{posts, feeling}, first
}

// nextStep is the first thing on the road that was not done yet.
func (v *visit) nextStep(sources, monitors int) (*emptyState, error) {
	step := func(name, link, example string) *emptyState {
		return &emptyState{Title: v.say("next." + name), Sentence: v.say("next." + name + ".sentence"), Action: v.say("next." + name + ".action"), Link: link, Example: example}
	}
	switch {
	case sources == 0 && v.by.Check(access.WriteSources) == nil:
		return step("source", "/sources", ""), nil
	case v.by.CheckSome(access.WriteMonitors) != nil:
		return nil, nil
	case monitors == 0:
		return step("monitor", "/monitors/new", `"Your Brand" OR @yourbrand`), nil
	case monitors == 1:
		return step("rival", "/monitors/new", ""), nil
	}
	compared, err := v.web.o.Comparisons.List(v.ctx(), v.by)
	if err != nil || len(compared) == 0 {
		return step("compare", "/compare", ""), err
	}
	trusted, err := v.web.o.Trusted.List(v.ctx(), v.by)
	if err != nil || len(trusted) == 0 {
		return step("trust", "/voices#trusted", ""), err
	}
	return nil, nil
}
