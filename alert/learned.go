package alert

import (
	"context"
	"database/sql"
	"errors"
	"math"
	"slices"
	"time"

	"hearth"
	"hearth/access"
	"hearth/alert/detect"
	"hearth/db"
	"hearth/monitor"
)

// learned is what is usual for a monitor.
type learned struct {
	Quarter *detect.Series `json:"quarter"`
	Hour    *detect.Series `json:"hour"`
	Share   detect.Share   `json:"share"`
	Days    days           `json:"days"`
	Lived   int64          `json:"lived"` // bins that were watched live
}

// liveBins is how many quarters must be watched before what was learned from the
// past is not made anew any more.
const liveBins = 48

// pastSpan is how far back a monitor's past is learned from.
const pastSpan = 28 * 24 * time.Hour

// newLearned learns from the roll-ups of the time before now, so that a monitor
// with a past needs no warm-up. History raises nothing: it only says what is
// usual. Posts of the running hour are left out.
func (a *Alerts) newLearned(ctx context.Context, ws hearth.WorkspaceID, id hearth.MonitorID, zone *time.Location, now time.Time) (*learned, error) {
	l := &learned{Quarter: detect.NewSeries(binWidth), Hour: detect.NewSeries(time.Hour)}
	by := access.LocalOwner(ws)
	until := now.Truncate(time.Hour)
	counts, err := a.o.Monitors.Count(ctx, by, monitor.CountSearch{
		Monitor: id, From: until.Add(-pastSpan), To: until, Interval: monitor.Hour, By: monitor.BySentiment,
	})
	if err != nil || len(counts.Buckets) == 0 {
		return l, err
	}
	type hour struct{ all, known, negative int64 }
	hours := map[int64]*hour{}
	for _, b := range counts.Buckets {
		at := b.Start.Unix()
		if hours[at] == nil {
			hours[at] = new(hour)
		}
		hours[at].all += b.Posts
		if b.Value != "" {
			hours[at].known += b.Posts
		}
		if b.Value == string(hearth.Negative) {
			hours[at].negative += b.Posts
		}
	}
	for at := counts.Buckets[0].Start; at.Before(until); at = at.Add(time.Hour) {
		h := hours[at.Unix()]
		if h == nil {
			h = new(hour)
		}
		l.Hour.Learn(at.In(zone), float64(h.all), 1)
		l.Share.Learn(at, h.negative, h.known)
		l.Days.add(at.In(zone), h.all)
	}
	l.Hour.Budget = detect.Budget{} // history has no alerts to be compared with
	l.quarterFromHour()
	return l, nil
}

// quarterFromHour lets the quarters begin with what is known of hours.
func (l *learned) quarterFromHour() {
	q := detect.NewSeries(binWidth)
	q.Begun, q.Warm, q.Phi, q.Level = l.Hour.Begun, nil, l.Hour.Phi, l.Hour.Level/binHour
	q.Hours, q.Week = l.Hour.Hours, l.Hour.Week
	for i := range q.Hours {
		q.Hours[i].Bins *= binHour
	}
	for i := range q.Week {
		q.Week[i].Bins *= binHour
	}
	l.Quarter = q
}

// fewPosts says that quarters are too narrow to say anything.
const fewPosts = 2

// coarse says that only whole hours are judged.
func (l *learned) coarse() bool { return l.Quarter.Level < fewPosts }

// readLearned is what is stored, nil if nothing is.
func readLearned(tx *db.Tx, ws hearth.WorkspaceID, id hearth.MonitorID) (l *learned, done int64, err error) {
	var text string
	err = tx.QueryRow(`SELECT done, learned FROM alert_series WHERE workspace_id = ? AND monitor_id = ?`, int64(ws), int64(id)).Scan(&done, &text)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, 0, nil
	}
	if err != nil {
		return nil, 0, err
	}
	l = new(learned)
	return l, done, read(text, l, "experience of a monitor")
}

// writeLearned stores it, if nobody else has meanwhile.
func writeLearned(tx *db.Tx, ws hearth.WorkspaceID, id hearth.MonitorID, l *learned, was, done int64) error {
	result, err := tx.Exec(`
		INSERT INTO alert_series (workspace_id, monitor_id, done, learned) VALUES (?1, ?2, ?3, ?4)
		ON CONFLICT (workspace_id, monitor_id) DO UPDATE SET done = excluded.done, learned = excluded.learned WHERE alert_series.done = ?5`,
		int64(ws), int64(id), done, written(l), was)
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, errElsewhere)
	}
	return nil
}

// days are the totals of the last days, for drift.
type days struct {
	Day    int64       `json:"day"` // of the last total, days since 1970
	Totals []int64     `json:"totals"`
	Chart  detect.EWMA `json:"chart"`
	Off    float64     `json:"off"` // of the limit
}

const (
	keptDays     = 35
	leastDays    = 14 // to know what is usual
	recentDays   = 3  // left out of what is usual
	leastDrifted = 20 // posts of a day
	clipDay      = 4  // deviations
)

// add counts posts for the day of a time. It says whether a day was completed by
// that; then its total is part of the chart.
func (d *days) add(at time.Time, posts int64) (over bool) {
	_, offset := at.Zone()
	day := (at.Unix() + int64(offset)) / (24 * 60 * 60)
	switch {
	case len(d.Totals) == 0 || day-d.Day > keptDays:
		d.Totals, d.Day = []int64{0}, day
	case day > d.Day:
		d.complete()
		over = true
		for ; d.Day < day; d.Day++ {
			d.Totals = append(d.Totals, 0)
		}
	}
	if n := len(d.Totals); n > keptDays {
		d.Totals = slices.Delete(d.Totals, 0, n-keptDays)
	}
	d.Totals[len(d.Totals)-1] += posts
	return over
}

// complete judges the last day by those before, on the logarithmic scale and by
// their median, so that spikes do not count.
func (d *days) complete() {
	n := len(d.Totals)
	if n-1-recentDays < leastDays {
		return
	}
	usual := make([]float64, n-1-recentDays)
	for i := range usual {
		usual[i] = math.Log1p(float64(d.Totals[i]))
	}
	center := middle(usual)
	for i := range usual {
		usual[i] = math.Abs(usual[i] - center)
	}
	spread := max(0.05, 1.4826*middle(usual))
	z := (math.Log1p(float64(d.Totals[n-1])) - center) / spread
	d.Off = d.Chart.Step(min(clipDay, max(-clipDay, z)))
	if d.Totals[n-1] < leastDrifted {
		d.Off = min(d.Off, 0)
	}
}

// drifts says that the last completed day went over the limit; the chart begins
// anew then.
func (d *days) drifts() (off float64, yes bool) {
	if d.Off < 1 {
		return d.Off, false
	}
	off = d.Off
	d.Chart, d.Off = detect.EWMA{}, 0
	return off, true
}

func middle(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}
