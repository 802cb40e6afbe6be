package alert

import (
	"context"
	"time"

	"hearth"
	"hearth/access"
	"hearth/alert/detect"
	"hearth/db"
	"hearth/monitor"
)

// Timeline is the hours of a monitor with what is usual for them.
type Timeline struct {
	Hours  []HourPoint
	Usual  bool // enough is known to say what is usual
	Alerts []Alert
	Bursts []detect.Burst // stretches of more than usual, for the eye only
}

// HourPoint is one hour.
type HourPoint struct {
	Start    time.Time
	Posts    int64
	Known    int64 // of these, whose sentiment is known
	Negative int64 // of these
	Mean     float64
	Low      float64
	High     float64
}

const longestTimeline = 31 * 24 * time.Hour

// Timeline gives the hours from one time to another, at most 31 days. What is
// usual is said as it is known today.
func (a *Alerts) Timeline(ctx context.Context, by access.Actor, id hearth.MonitorID, from, to time.Time) (t Timeline, err error) {
	if err := by.CheckSome(access.ReadAlerts); err != nil {
		return t, err
	}
	now := a.o.Clock()
	if to.IsZero() || to.After(now) {
		to = now
	}
	if from.IsZero() {
		from = to.Add(-7 * 24 * time.Hour)
	}
	from = from.UTC().Truncate(time.Hour)
	if !from.Before(to) || to.Sub(from) > longestTimeline {
		return t, wrong("from", "A timeline begins before it ends, at most 31 days.")
	}
	counts, err := a.o.Monitors.Count(ctx, by, monitor.CountSearch{Monitor: id, From: from, To: to.Add(time.Hour).Truncate(time.Hour),
		Interval: monitor.Hour, By: monitor.BySentiment})
	if err != nil {
		return t, err
	}
	l, zone, err := a.experience(ctx, by.Workspace, id, now)
	if err != nil {
		return t, err
	}
	t.Usual = l.Hour.Ready(now)
	at := map[int64]int{}
	for h := from; h.Before(to); h = h.Add(time.Hour) {
		e := l.Hour.Expect(h.In(zone))
		at[h.Unix()] = len(t.Hours)
		t.Hours = append(t.Hours, HourPoint{Start: h, Mean: e.Mean, Low: e.Low, High: e.High})
	}
	for _, b := range counts.Buckets {
		k, ok := at[b.Start.Unix()]
		if !ok {
			continue
		}
		p := &t.Hours[k]
		p.Posts += b.Posts
		if b.Value != "" {
			p.Known += b.Posts
		}
		if b.Value == string(hearth.Negative) {
			p.Negative += b.Posts
		}
	}
	t.Bursts = burstsOf(t.Hours)
	page, err := a.List(ctx, by, Search{Monitor: id, Same: true, Limit: 100})
	for i := range page.Alerts {
		if one := &page.Alerts[i]; one.Began.Before(to) && one.Last.After(from) {
			t.Alerts = append(t.Alerts, *one)
		}
	}
	return t, err
}

// experience is what is usual for a monitor, from what was watched or from its
// past.
func (a *Alerts) experience(ctx context.Context, ws hearth.WorkspaceID, id hearth.MonitorID, now time.Time) (l *learned, zone *time.Location, err error) {
	var rule MonitorRule
	err = a.o.State.Read(ctx, func(tx *db.Tx) error {
		if rule, err = readRule(tx, ws, id); err != nil {
			return err
		}
		l, _, err = readLearned(tx, ws, id)
		return err
	})
	zone = rule.Rule.zone()
	if err != nil || l != nil && l.Lived >= liveBins {
		return l, zone, err
	}
	past, err := a.newLearned(ctx, ws, id, zone, now)
	if err == nil && (l == nil || past.Hour.Ready(now)) {
		l = past
	}
	return l, zone, err
}

// burstsOf spreads the posts of each hour evenly and looks for bursts.
func burstsOf(hours []HourPoint) []detect.Burst {
	var times []time.Time
	var total int64
	for _, h := range hours {
		total += h.Posts
	}
	const most = 4000
	each := max(1, (total+most-1)/most)
	for _, h := range hours {
		n := h.Posts / each
		for k := range n {
			times = append(times, h.Start.Add(time.Duration(k)*time.Hour/time.Duration(n)))
		}
	}
	return detect.Bursts(times, 1)
}
