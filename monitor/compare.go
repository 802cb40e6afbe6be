package monitor

import (
	"context"
	"slices"
	"time"

	"hearth"
	"hearth/access"
	"hearth/monitor/interval"
)

// CompareSearch says what is compared: a comparison, or the monitors named.
type CompareSearch struct {
	Comparison int64
	Monitors   []hearth.MonitorID // where Comparison is 0
	From, To   time.Time          // cut to quarters of an hour; zero: where the posts begin or end
}

// Compared is share of voice and sentiment side by side.
type Compared struct {
	Name     string // of the comparison
	From, To time.Time
	Posts    int64 // of all monitors together; a post that several caught counts for each
	Before   int64 // in the same time just before
	Parts    []Part
	Upto     hearth.Seq
}

// Part is one monitor of a comparison. The counts are exact; the intervals say
// how far the shares would move if as many others had spoken.
type Part struct {
	Monitor hearth.MonitorID
	Name    string
	Posts   int64
	Before  int64

	Voice       interval.Share // of all monitors' posts (Dirichlet)
	VoiceBefore float64

	Positive, Neutral, Negative, Unknown int64

	PositiveShare interval.Share // of the posts whose sentiment is known (Wilson)
	NegativeShare interval.Share

	Queries [4]string // that find the posts of each sentiment: positive, neutral, negative, unknown
}

// Compare counts the monitors of a comparison.
func (c *Comparisons) Compare(ctx context.Context, by access.Actor, s CompareSearch) (out Compared, err error) {
	if err := by.CheckSome(access.ReadMonitors); err != nil {
		return out, err
	}
	if s.Comparison != 0 {
		one, err := c.Get(ctx, by, s.Comparison)
		if err != nil {
			return out, err
		}
		out.Name, s.Monitors = one.Name, one.Monitors
	}
	ids := slices.Sorted(slices.Values(s.Monitors))
	if len(ids) == 0 || len(ids) > mostCompared || len(slices.Compact(ids)) < len(s.Monitors) {
		return out, &hearth.Error{Code: hearth.Invalid, Field: "monitors", Message: "Compare 2 to 30 monitors, each once."}
	}
	series, err := NewCharts(c.m).Series(ctx, by, SeriesSearch{Monitors: s.Monitors, From: s.From, To: s.To, Split: BySentiment, Before: true})
	if err != nil {
		return out, err
	}
	out.From, out.To, out.Upto = series.From, series.To, series.Upto
	sentiments := [...]hearth.Sentiment{hearth.Positive, hearth.Neutral, hearth.Negative}
	place := map[hearth.MonitorID]int{}
	for i, id := range s.Monitors {
		mon, err := c.m.Get(ctx, by, id)
		if err != nil {
			return out, err
		}
		place[id] = i
		p := Part{Monitor: id, Name: mon.Name}
		known := make([]string, len(sentiments))
		for k, sentiment := range sentiments {
			known[k] = string(sentiment)
			p.Queries[k] = selecting(BySentiment, known[k])
		}
		p.Queries[3] = without(BySentiment, known)
		out.Parts = append(out.Parts, p)
	}
	for _, l := range series.Lines {
		p := &out.Parts[place[l.Monitor]]
		p.Posts += l.Total
		p.Before += l.Before
		switch hearth.Sentiment(l.Value) {
		case hearth.Positive:
			p.Positive = l.Total
		case hearth.Neutral:
			p.Neutral = l.Total
		case hearth.Negative:
			p.Negative = l.Total
		default:
			p.Unknown += l.Total
		}
	}
	posts := make([]int64, len(out.Parts))
	for i := range out.Parts {
		posts[i] = out.Parts[i].Posts
		out.Posts += out.Parts[i].Posts
		out.Before += out.Parts[i].Before
	}
	for i, share := range interval.Shares(posts) {
		p := &out.Parts[i]
		p.Voice = share
		if out.Before > 0 {
			p.VoiceBefore = float64(p.Before) / float64(out.Before)
		}
		known := p.Positive + p.Neutral + p.Negative
		p.PositiveShare, p.NegativeShare = interval.Wilson(p.Positive, known), interval.Wilson(p.Negative, known)
	}
	return out, nil
}
