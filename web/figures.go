package web

import (
	"encoding/json"
	"math"
	"slices"
	"time"

	"hearth"
	"hearth/monitor"
)

// figures is what stands beside a stream: numbers, charts, facets.
type figures struct {
	Stats  []stat
	Charts []chart
	Facets []facet
}

// stat is a number that explains itself.
type stat struct {
	Name, Value  string
	Beside, Mood string // what it was before; Mood: up, down or ""
	Explain      []string
}

// chart is a finding and the numbers behind it.
type chart struct {
	ID, Finding, About string
	Height             string // low or high
	Spec               string // for charts.js
	Columns            []string
	Rows               []chartRow
}

type chartRow struct {
	Label, Link string
	Cells       []string
}

// chartSpec is what charts.js draws. It holds no markup and no functions.
type chartSpec struct {
	Kind   string        `json:"kind"` // bars or lines
	Labels []string      `json:"labels"`
	Links  []string      `json:"links,omitempty"`
	Series []chartSeries `json:"series"`
	Unit   string        `json:"unit,omitempty"` // %: a share
}

type chartSeries struct {
	Name   string    `json:"name"`
	Role   string    `json:"role"` // positive, neutral, negative, main: its colour
	Values []float64 `json:"values"`
}

type facet struct {
	Field, Title string
	Exact        bool
	Values       []facetValue
}

type facetValue struct {
	Label, Link string
	N           int64
	Share       int // of the most frequent, in percent
	Chosen      bool
}

// mentionFigures is the part of the page that costs more than the stream.
func (web *Web) mentionFigures(v *visit) error {
	l := readLook(v.r.URL.Query(), v.now)
	f, err := v.figures(l)
	if err != nil {
		return err
	}
	return v.block(200, "mentions", "figures", f)
}

func (v *visit) figures(l look) (*figures, error) {
	vol, err := v.volume(l)
	if err != nil {
		return nil, err
	}
	f := &figures{}
	f.Stats, err = v.volumeStats(l, vol)
	if err != nil {
		return nil, err
	}
	if vol.sum.all > 0 {
		f.Charts = []chart{v.volumeChart(l, vol)}
	}
	switch {
	case l.asksFor("sentiment"):
		f.Stats = f.Stats[:1] // all of them feel the same
	case vol.sum.all > 0:
		f.Charts = append(f.Charts, v.moodChart(l, vol))
	}
	f.Facets, err = v.facets(l)
	return f, err
}

// volume is how many posts there were over time, by sentiment.
type volume struct {
	step time.Duration
	bins []volumeBin
	sum  volumeBin
}

type volumeBin struct {
	at                          time.Time
	all                         int64
	positive, neutral, negative int64
}

// volume counts a look. Where nothing but a monitor and the time are asked for
// the roll-ups know; else posts are counted.
func (v *visit) volume(l look) (vol volume, err error) {
	vol.step = 24 * time.Hour
	for _, p := range periods {
		if p.name == l.Period {
			vol.step = p.step
		}
	}
	from, to := l.span()
	if l.Period == "" && to.Sub(from) <= 3*24*time.Hour && !from.IsZero() && !to.IsZero() {
		vol.step = time.Hour
	}
	if l.text() == "" {
		err = v.volumeOfMonitor(l, &vol, from, to)
	} else {
		err = v.volumeOfQuery(l, &vol)
	}
	if err != nil {
		return vol, err
	}
	vol.fill(from, to, v.now, v.zone)
	for _, b := range vol.bins {
		vol.sum.all += b.all
		vol.sum.positive += b.positive
		vol.sum.neutral += b.neutral
		vol.sum.negative += b.negative
	}
	return vol, nil
}

func (v *visit) volumeOfMonitor(l look, vol *volume, from, to time.Time) error {
	interval := monitor.Hour
	switch {
	case vol.step > 24*time.Hour:
		interval = monitor.Week
	case vol.step == 24*time.Hour:
		interval = monitor.Day
	}
	counts, err := v.web.o.Monitors.Count(v.ctx(), v.by, monitor.CountSearch{
		Monitor: l.Monitor, From: from, To: to, Interval: interval, By: monitor.BySentiment, Zone: v.zone,
	})
	if err != nil {
		return err
	}
	for _, b := range counts.Buckets {
		vol.add(vol.start(b.Start, v.zone), b.Value, b.Posts)
	}
	return nil
}

func (v *visit) volumeOfQuery(l look, vol *volume) error {
	for _, feeling := range []hearth.Sentiment{"", hearth.Positive, hearth.Negative} {
		s := l.selection()
		if feeling != "" {
			s.Query = "(" + s.Query + ") AND sentiment:" + string(feeling)
		}
		counts, err := v.web.o.Posts.Count(v.ctx(), v.by, s, min(vol.step, 24*time.Hour))
		if err != nil {
			return err
		}
		for _, b := range counts.Buckets {
			n := int64(b.Count)
			switch at := vol.start(b.Start, v.zone); feeling {
			case "":
				vol.add(at, string(hearth.Neutral), n)
			default: // was counted as neutral above
				vol.add(at, string(feeling), n)
				vol.add(at, string(hearth.Neutral), -n)
			}
		}
	}
	return nil
}

// start is the beginning of the bin of a moment.
func (vol *volume) start(t time.Time, zone *time.Location) time.Time {
	t = t.In(zone)
	midnight := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, zone)
	switch {
	case vol.step > 24*time.Hour:
		return midnight.AddDate(0, 0, -(int(t.Weekday())+6)%7)
	case vol.step == 24*time.Hour:
		return midnight
	}
	hour := t.Hour() / int(vol.step.Hours()) * int(vol.step.Hours())
	return time.Date(t.Year(), t.Month(), t.Day(), hour, 0, 0, 0, zone)
}

func (vol *volume) add(at time.Time, feeling string, n int64) {
	i, found := slices.BinarySearchFunc(vol.bins, at, func(b volumeBin, at time.Time) int { return b.at.Compare(at) })
	if !found {
		vol.bins = slices.Insert(vol.bins, i, volumeBin{at: at})
	}
	b := &vol.bins[i]
	b.all += n
	switch hearth.Sentiment(feeling) {
	case hearth.Positive:
		b.positive += n
	case hearth.Negative:
		b.negative += n
	default:
		b.neutral += n
	}
}

// fill puts in the bins in which nothing was.
func (vol *volume) fill(from, to, now time.Time, zone *time.Location) {
	if to.IsZero() || to.After(now) {
		to = now
	}
	if from.IsZero() {
		if len(vol.bins) == 0 {
			return
		}
		from = vol.bins[0].at
	}
	const most = 800
	for at, n := vol.start(from, zone), 0; at.Before(to) && n < most; at, n = vol.next(at), n+1 {
		vol.add(at, "", 0)
	}
}

func (vol *volume) next(at time.Time) time.Time {
	switch {
	case vol.step > 24*time.Hour:
		return at.AddDate(0, 0, 7)
	case vol.step == 24*time.Hour:
		return at.AddDate(0, 0, 1)
	}
	return vol.start(at.Add(vol.step+time.Minute), at.Location())
}

// label words the time of a bin.
func (v *visit) label(vol *volume, at time.Time) string {
	if vol.step < 24*time.Hour {
		return v.day(at) + ", " + at.Format("15:04")
	}
	return v.day(at)
}

// volumeChart shows when people talked.
func (v *visit) volumeChart(l look, vol volume) chart {
	c := chart{
		ID: "volume", Height: "high", Finding: v.volumeFinding(&vol), About: v.say("chart.volume.about"),
		Columns: []string{v.say("chart.all"), v.say("sentiment.negative"), v.say("sentiment.neutral"), v.say("sentiment.positive")},
	}
	spec := chartSpec{Kind: "bars", Series: []chartSeries{
		{Name: v.say("sentiment.negative"), Role: "negative"}, {Name: v.say("sentiment.neutral"), Role: "neutral"}, {Name: v.say("sentiment.positive"), Role: "positive"},
	}}
	for _, b := range vol.bins {
		to := vol.next(b.at)
		href := l.with(func(l *look) { l.Period, l.From, l.To = "", b.at, to }).at("/mentions")
		spec.Labels = append(spec.Labels, v.label(&vol, b.at))
		spec.Links = append(spec.Links, href)
		for i, n := range []int64{b.negative, b.neutral, b.positive} {
			spec.Series[i].Values = append(spec.Series[i].Values, float64(n))
		}
		c.Rows = append(c.Rows, chartRow{v.label(&vol, b.at), href, []string{v.number(b.all), v.number(b.negative), v.number(b.neutral), v.number(b.positive)}})
	}
	c.Spec = specText(spec)
	return c
}

// volumeFinding says in a sentence what the chart shows.
func (v *visit) volumeFinding(vol *volume) string {
	if vol.sum.all == 0 {
		return v.say("chart.volume.none")
	}
	var counts []int64
	peak := volumeBin{}
	for _, b := range vol.bins {
		counts = append(counts, b.all)
		if b.all > peak.all {
			peak = b
		}
	}
	slices.Sort(counts)
	usual := max(counts[len(counts)/2], 1)
	if len(counts) >= 5 && peak.all >= 10 && peak.all >= 2*usual {
		return v.say("chart.volume.peak", "when", v.label(vol, peak.at), "n", peak.all, "times", int(math.Round(float64(peak.all)/float64(usual))))
	}
	days := max(1, vol.next(vol.bins[len(vol.bins)-1].at).Sub(vol.bins[0].at).Hours()/24)
	return v.say("chart.volume.even", "n", int64(math.Round(float64(vol.sum.all)/days)))
}

// moodChart shows the share of negative and positive posts.
func (v *visit) moodChart(l look, vol volume) chart {
	c := chart{
		ID: "mood", Height: "low", About: v.say("chart.mood.about"),
		Columns: []string{v.say("sentiment.negative"), v.say("sentiment.positive"), v.say("chart.all")},
	}
	share := func(n, of int64) float64 {
		if of == 0 {
			return 0
		}
		return float64(n) / float64(of)
	}
	spec := chartSpec{Kind: "lines", Unit: "%", Series: []chartSeries{
		{Name: v.say("sentiment.negative"), Role: "negative"}, {Name: v.say("sentiment.positive"), Role: "positive"},
	}}
	// Shares of single posts say nothing: bins are put together to some dozen.
	for _, b := range vol.wider(12) {
		spec.Labels = append(spec.Labels, v.label(&vol, b.at))
		spec.Series[0].Values = append(spec.Series[0].Values, math.Round(1000*share(b.negative, b.all))/10)
		spec.Series[1].Values = append(spec.Series[1].Values, math.Round(1000*share(b.positive, b.all))/10)
		c.Rows = append(c.Rows, chartRow{Label: v.label(&vol, b.at), Cells: []string{v.percent(share(b.negative, b.all)), v.percent(share(b.positive, b.all)), v.number(b.all)}})
	}
	negative, positive := share(vol.sum.negative, vol.sum.all), share(vol.sum.positive, vol.sum.all)
	switch {
	case vol.sum.all == 0:
		c.Finding = v.say("chart.mood.none")
	case negative > 1.25*positive:
		c.Finding = v.say("chart.mood.negative", "share", v.percent(negative), "other", v.percent(positive))
	case positive > 1.25*negative:
		c.Finding = v.say("chart.mood.positive", "share", v.percent(positive), "other", v.percent(negative))
	default:
		c.Finding = v.say("chart.mood.balanced", "share", v.percent(negative), "other", v.percent(positive))
	}
	c.Spec = specText(spec)
	return c
}

// wider puts bins together until there are about n.
func (vol *volume) wider(n int) []volumeBin {
	each := max(1, (len(vol.bins)+n-1)/n)
	var list []volumeBin
	for i, b := range vol.bins {
		if i%each == 0 {
			list = append(list, b)
			continue
		}
		w := &list[len(list)-1]
		w.all, w.positive, w.neutral, w.negative = w.all+b.all, w.positive+b.positive, w.neutral+b.neutral, w.negative+b.negative
	}
	return list
}

func specText(s chartSpec) string {
	body, err := json.Marshal(s)
	if err != nil {
		return "{}" // no such value is in it
	}
	return string(body)
}

// volumeStats are the numbers above the charts.
func (v *visit) volumeStats(l look, vol volume) ([]stat, error) {
	total := stat{Name: v.say("stat.mentions"), Value: v.number(vol.sum.all), Explain: []string{v.say("stat.mentions.how")}}
	from, to := l.span()
	if !from.IsZero() {
		if to.IsZero() {
			to = v.now
		}
		before := l.with(func(l *look) { l.Period, l.From, l.To = "", from.Add(from.Sub(to)), from })
		counts, err := v.web.o.Posts.Count(v.ctx(), v.by, before.selection(), 0)
		if err != nil {
			return nil, err
		}
		total.Beside, total.Mood = v.change(int64(counts.Total), vol.sum.all)
		total.Explain = append(total.Explain, v.say("stat.before.how", "n", counts.Total, "span", v.betweenDays(before.From, before.To)))
	}
	low, high := wilson(vol.sum.negative, vol.sum.all)
	negative := stat{Name: v.say("stat.negative"), Value: "–", Explain: []string{v.say("stat.negative.how")}}
	if vol.sum.all > 0 {
		negative.Value = v.percent(float64(vol.sum.negative) / float64(vol.sum.all))
		negative.Beside = v.say("stat.between", "low", v.percent(low), "high", v.percent(high))
		negative.Explain = append(negative.Explain, v.say("stat.negative.n", "part", vol.sum.negative, "n", vol.sum.all))
	}
	return []stat{total, negative}, nil
}

// change words how a number stands to the one before.
func (v *visit) change(before, now int64) (words, mood string) {
	switch {
	case before == 0 && now == 0, before > 0 && math.Abs(float64(now-before))/float64(before) < 0.005: // it would read 0 %
		return v.say("stat.same"), ""
	case before == 0:
		return v.say("stat.new"), "up"
	case now > before:
		return v.say("stat.more", "share", v.percent(float64(now-before)/float64(before))), "up"
	case now < before:
		return v.say("stat.less", "share", v.percent(float64(before-now)/float64(before))), "down"
	}
	return v.say("stat.same"), ""
}

// wilson is the 95 % score interval of a share (Wilson 1927).
func wilson(part, all int64) (low, high float64) {
	if all == 0 {
		return 0, 1
	}
	const z = 1.959964
	n := float64(all)
	p := float64(part) / n
	middle := (p + z*z/(2*n)) / (1 + z*z/n)
	half := z / (1 + z*z/n) * math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	return max(0, middle-half), min(1, middle+half)
}

const facetTop = 6

// facets are the most frequent values of each field.
func (v *visit) facets(l look) ([]facet, error) {
	fields := make([]string, len(facetFields))
	for i, f := range facetFields {
		fields[i] = f.name
	}
	found, err := v.web.o.Posts.Facets(v.ctx(), v.by, l.selection(), fields, facetTop)
	if err != nil {
		return nil, err
	}
	var list []facet
	for _, f := range found {
		shown := facet{Field: f.Field, Title: v.say("facet." + f.Field), Exact: f.Exact}
		for _, value := range f.Values {
			choice := facetChoice{f.Field, value.Value}
			shown.Values = append(shown.Values, facetValue{
				Label: v.facetLabel(f.Field, value.Value, value.Label), Link: l.toggle(choice).at("/mentions"), N: int64(value.Count),
				Share: 100 * value.Count / max(1, f.Values[0].Count), Chosen: l.has(choice),
			})
		}
		if len(shown.Values) > 0 {
			list = append(list, shown)
		}
	}
	return list, nil
}
