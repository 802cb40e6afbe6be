package web

import (
	"math"
	"slices"
	"time"

	"hearth"
	"hearth/monitor"
)

// volume is how many posts there were over time, by sentiment.
type volume struct {
	step     time.Duration
	bins     []volumeBin
	sum      volumeBin
	from, to time.Time // as it was counted

	splits                map[string][]monitor.Line // by field: posts of its values, where the roll-ups know
	before                int64                     // in the same time just before; -1: there is no such time
	low, high, looked, of int64                     // of an estimate: between what the truth lies, and by how many of how many posts; of is 0 of none

	partly int64 // per mille of the posts that were looked at, where time ran out; 0: all
}

type volumeBin struct {
	at                          time.Time
	all                         int64
	positive, neutral, negative int64
}

// volume counts a look: by the roll-ups where they know, else from posts.
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
	step := monitor.Hour
	switch {
	case vol.step > 24*time.Hour:
		step = monitor.Week
	case vol.step == 24*time.Hour:
		step = monitor.Day
	}
	s := l.series(monitor.BySentiment, step, v.zone)
	s.Before = !from.IsZero()
	var beside []string
	if l.ofSplits() {
		for _, f := range facetFields {
			if split := facetSplits[f.name]; split != "" {
				beside, s.Beside = append(beside, f.name), append(s.Beside, split)
			}
		}
	}
	counted, err := v.web.o.Charts.Series(v.ctx(), v.by, s)
	if err != nil {
		return vol, err
	}
	vol.from, vol.to, vol.before = counted.From, counted.To, -1
	vol.splits = map[string][]monitor.Line{}
	for i, lines := range counted.Beside {
		vol.splits[beside[i]] = lines
	}
	if s.Before {
		vol.before = 0
	}
	for _, line := range counted.Lines {
		for i, n := range line.Points {
			if n != 0 {
				vol.add(vol.start(counted.Starts[i], v.zone), line.Value, n)
			}
		}
		if s.Before {
			vol.before += line.Before
		}
		vol.low, vol.high = vol.low+line.Low, vol.high+line.High
	}
	switch {
	case counted.Exact:
	case counted.Until.IsZero():
		vol.looked, vol.of = counted.Looked, counted.Of
	case counted.Of > 0:
		vol.partly = max(1, 1000*counted.Looked/counted.Of)
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

// series is what the look asks charts for.
func (l look) series(split monitor.Dimension, step monitor.Interval, zone *time.Location) monitor.SeriesSearch {
	s := monitor.SeriesSearch{Query: l.text(), Split: split, Step: step, Zone: zone}
	if l.Monitor != 0 {
		s.Monitors = []hearth.MonitorID{l.Monitor}
	}
	if s.From, s.To = l.span(); !s.From.IsZero() && s.To.IsZero() {
		s.To = l.now.Add(quarter) // with the one that goes on
	}
	return s
}

const quarter = 15 * time.Minute

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
		c.Rows = append(c.Rows, chartRow{Label: v.label(&vol, b.at), Link: href, Cells: []string{v.number(b.all), v.number(b.negative), v.number(b.neutral), v.number(b.positive)}})
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

// volumeStats are the numbers above the charts.
func (v *visit) volumeStats(vol *volume) []stat {
	total := stat{Name: v.say("stat.mentions"), Value: v.number(vol.sum.all), Explain: []string{v.say("stat.mentions.how")}}
	if vol.before >= 0 {
		total.Beside, total.Mood = v.change(vol.before, vol.sum.all)
		total.Explain = append(total.Explain, v.say("stat.before.how", "n", vol.before, "span", v.betweenDays(vol.from.Add(vol.from.Sub(vol.to)), vol.from)))
	}
	if vol.of > 0 {
		total.Value = "≈ " + total.Value
		total.Explain = append(total.Explain, v.say("facet.between", "low", v.number(vol.low), "high", v.number(vol.high)),
			v.say("facet.judged", "n", v.number(vol.looked), "of", v.number(vol.of)))
	}
	if vol.partly > 0 {
		total.Value = "≥ " + total.Value
		total.Explain = append(total.Explain, v.say("stat.partly", "share", v.percent(float64(vol.partly)/1000)))
	}
	low, high := wilson(vol.sum.negative, vol.sum.all)
	negative := stat{Name: v.say("stat.negative"), Value: "–", Explain: []string{v.say("stat.negative.how")}}
	if vol.sum.all > 0 {
		negative.Value = v.percent(float64(vol.sum.negative) / float64(vol.sum.all))
		negative.Beside = v.say("stat.between", "low", v.percent(low), "high", v.percent(high))
		negative.Explain = append(negative.Explain, v.say("stat.negative.n", "part", vol.sum.negative, "n", vol.sum.all))
	}
	return []stat{total, negative}
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
