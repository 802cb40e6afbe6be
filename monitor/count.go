package monitor

import (
	"cmp"
	"context"
	"slices"
	"time"

	"hearth"
	"hearth/access"
	"hearth/db"
)

// Interval is the width of the buckets of a count.
type Interval string

const (
	Whole   Interval = ""        // no buckets: one total
	Quarter Interval = "quarter" // of an hour
	Hour    Interval = "hour"    // of the clock
	Day     Interval = "day"
	Week    Interval = "week" // from Monday
	Month   Interval = "month"
)

// Dimension is what a count is broken down by.
type Dimension string

const (
	ByNothing   Dimension = ""
	ByNetwork   Dimension = "network"
	ByLanguage  Dimension = "lang"
	BySentiment Dimension = "sentiment"
	ByIntent    Dimension = "intent" // a post counts under each of its intents
	ByKind      Dimension = "kind"
)

func (d Dimension) known() bool {
	switch d {
	case ByNothing, ByNetwork, ByLanguage, BySentiment, ByIntent, ByKind:
		return true
	}
	return false
}

// CountSearch says what is counted.
type CountSearch struct {
	Monitor  hearth.MonitorID // 0: all stored posts
	From, To time.Time        // in whole hours: from the hour of From to the hour before To; zero: no bound
	Interval Interval
	By       Dimension
	Zone     *time.Location // of days, weeks and months; nil: UTC
}

// Counts is how many posts there are, and how they spread.
type Counts struct {
	Total   int64
	Buckets []Bucket // rising by time, then by value; empty ones are left out
	Upto    hearth.Seq
}

// Bucket is the posts of an interval that have a value.
type Bucket struct {
	Start time.Time // zero with Whole
	Value string    // of the dimension; "" is not known, or no intent
	Posts int64
}

// maxBuckets bounds an answer: more is refused with the advice to ask for
// wider intervals.
const maxBuckets = 100_000

// Count counts the posts of a monitor, exactly as they stand at row Upto of the
// log. It reads roll-ups only, so it costs the same for a busy hour as for a
// quiet one.
func (m *Monitors) Count(ctx context.Context, by access.Actor, s CountSearch) (counts Counts, err error) {
	scope, err := by.Scope(access.ReadMonitors)
	if err != nil {
		return counts, err
	}
	if !s.By.known() {
		return counts, &hearth.Error{Code: hearth.Invalid, Field: "by", Message: "Count by network, lang, sentiment, intent or kind."}
	}
	start, ok := intervalStarts[s.Interval]
	if !ok {
		return counts, &hearth.Error{Code: hearth.Invalid, Field: "interval", Message: "Count by hour, day, week or month."}
	}
	nothing := !s.From.IsZero() && s.From.Equal(s.To) // only how far the counting is
	if s.Monitor == 0 && !nothing && scope.Bound() {
		return counts, &hearth.Error{Code: hearth.Denied, Field: "monitor", Message: "Only who may see the whole workspace counts all that is stored; name a monitor, or count by a query."}
	}
	if s.Monitor != 0 {
		if _, err := m.Get(ctx, by, s.Monitor); err != nil {
			return counts, err
		}
	}
	zone := s.Zone
	if zone == nil {
		zone = time.UTC
	}
	err = m.o.Store.Read(ctx, func(tx *db.Tx) error {
		if err := tx.QueryRow(`SELECT seq FROM monitor_build WHERE id = 1`).Scan(&counts.Upto); err != nil {
			return err
		}
		if s.From.IsZero() && s.To.IsZero() && s.Interval == Whole && s.By == ByNothing {
			return tx.QueryRow(`SELECT coalesce(sum(posts), 0) FROM total WHERE workspace_id = ? AND monitor_id = ?`, by.Workspace, s.Monitor).Scan(&counts.Total)
		}
		values, err := readAxis(tx, by.Workspace, s.By)
		if err != nil {
			return err
		}
		row := bucketRow{counts: &counts, axis: values, sums: make([]int64, len(values.values))}
		last := int64(-maxQuarter - 1)
		err = eachCount(tx, by.Workspace, s.Monitor, hourBound(s.From, -maxQuarter), hourBound(s.To, maxQuarter), func(quarter, dimension, posts int64) error {
			if quarter != last {
				last = quarter
				if err := row.begin(start(quarterTime(quarter).In(zone))); err != nil {
					return err
				}
			}
			counts.Total += posts
			values.add(row.sums, dimension, posts)
			return nil
		})
		if err != nil {
			return err
		}
		return row.flush()
	})
	if err != nil {
		return Counts{}, err
	}
	if s.Interval == Whole && s.By == ByNothing {
		counts.Buckets = nil
	}
	return counts, nil
}

// bucketRow is the buckets of one interval, as they are summed up.
type bucketRow struct {
	counts *Counts
	axis   *axis
	at     time.Time
	sums   []int64
}

// begin goes on to another interval, if it is another one.
func (r *bucketRow) begin(at time.Time) error {
	if at.Equal(r.at) {
		return nil
	}
	err := r.flush()
	r.at = at
	return err
}

func (r *bucketRow) flush() error {
	from := len(r.counts.Buckets)
	for i, posts := range r.sums {
		if posts > 0 {
			r.counts.Buckets = append(r.counts.Buckets, Bucket{Start: r.at, Value: r.axis.values[i], Posts: posts})
		}
		r.sums[i] = 0
	}
	if len(r.counts.Buckets) > maxBuckets {
		return hearth.Errorf(hearth.Invalid, "That would be more than 100,000 numbers; ask for a shorter time or wider intervals.")
	}
	slices.SortFunc(r.counts.Buckets[from:], func(a, b Bucket) int { return cmp.Compare(a.Value, b.Value) })
	return nil
}

// intervalStarts give the beginning of the interval that a time is in, by the
// clock of the time's zone.
var intervalStarts = map[Interval]func(time.Time) time.Time{
	Whole:   func(time.Time) time.Time { return time.Time{} },
	Quarter: func(t time.Time) time.Time { return clockStart(t, 15*time.Minute) },
	Hour:    func(t time.Time) time.Time { return clockStart(t, time.Hour) },
	Day:     func(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location()) },
	Week: func(t time.Time) time.Time {
		back := (int(t.Weekday()) + 6) % 7 // days since Monday
		return time.Date(t.Year(), t.Month(), t.Day()-back, 0, 0, 0, 0, t.Location())
	},
	Month: func(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, t.Location()) },
}

// clockStart is the last multiple of a step on the clock of a time's zone; the
// hour that a clock is put back by comes twice.
func clockStart(t time.Time, step time.Duration) time.Time {
	_, offset := t.Zone()
	seconds := int64(step / time.Second)
	local := t.Unix() + int64(offset)
	return time.Unix(floor(local, seconds)*seconds-int64(offset), 0).In(t.Location())
}

func hourBound(t time.Time, none int64) int64 {
	if t.IsZero() {
		return none
	}
	return floor(t.UnixMicro(), 4*microsPerQuarter) * 4
}
