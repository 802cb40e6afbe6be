package monitor

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"hearth"
	"hearth/access"
	"hearth/db"
)

// Interval is the width of the buckets of a count.
type Interval string

const (
	Whole Interval = ""     // no buckets: one total
	Hour  Interval = "hour" // of the clock
	Day   Interval = "day"
	Week  Interval = "week" // from Monday
	Month Interval = "month"
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
	if err := by.Check(access.ReadMonitors); err != nil {
		return counts, err
	}
	column, ok := dimensionColumns[s.By]
	if !ok {
		return counts, &hearth.Error{Code: hearth.Invalid, Field: "by", Message: "Count by network, lang, sentiment, intent or kind."}
	}
	start, ok := intervalStarts[s.Interval]
	if !ok {
		return counts, &hearth.Error{Code: hearth.Invalid, Field: "interval", Message: "Count by hour, day, week or month."}
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
	sums := map[bucketKey]int64{}
	add := func(us int64, value string, posts int64) error {
		at := start(time.UnixMicro(us).In(zone))
		counts.Total += posts
		if s.By == ByIntent {
			addIntents(sums, at, value, posts)
		} else {
			sums[bucketKey{at, value}] += posts
		}
		if len(sums) > maxBuckets {
			return hearth.Errorf(hearth.Invalid, "That would be more than 100,000 numbers; ask for a shorter time or wider intervals.")
		}
		return nil
	}
	err = m.o.Store.Read(ctx, func(tx *db.Tx) error {
		if err := tx.QueryRow(`SELECT seq FROM monitor_build WHERE id = 1`).Scan(&counts.Upto); err != nil {
			return err
		}
		for _, r := range rangesOf(&s, zone) {
			if err := r.count(tx, by.Workspace, s.Monitor, column, add); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return Counts{}, err
	}
	if s.Interval == Whole && s.By == ByNothing {
		return counts, nil
	}
	for _, k := range slices.SortedFunc(maps.Keys(sums), bucketKey.compare) {
		counts.Buckets = append(counts.Buckets, Bucket{Start: k.at, Value: k.value, Posts: sums[k]})
	}
	return counts, nil
}

type bucketKey struct {
	at    time.Time
	value string
}

func (k bucketKey) compare(other bucketKey) int {
	return cmp.Or(k.at.Compare(other.at), cmp.Compare(k.value, other.value))
}

// addIntents spreads the posts of a combination of intents over each of them.
func addIntents(sums map[bucketKey]int64, at time.Time, bits string, posts int64) {
	if bits == "0" {
		sums[bucketKey{at, ""}] += posts
		return
	}
	set := 0
	for _, c := range bits {
		set = set*10 + int(c-'0')
	}
	for i, intent := range hearth.Intents {
		if set&(1<<i) != 0 {
			sums[bucketKey{at, string(intent)}] += posts
		}
	}
}

// dimensionColumn is the statement that counts by start and one column.
type dimensionColumn struct{ count string }

const (
	countWhere = `
WHERE r.workspace_id = ? AND r.span = ? AND r.monitor_id = ? AND r.start >= ? AND r.start < ?
GROUP BY r.start, value`
	countFrom = ` AS value, sum(r.posts) FROM rollup r JOIN dimension d ON d.id = r.dimension_id` + countWhere
)

var dimensionColumns = map[Dimension]dimensionColumn{
	ByNothing:   {`SELECT r.start, '' AS value, sum(r.posts) FROM rollup r` + countWhere},
	ByNetwork:   {`SELECT r.start, d.network` + countFrom},
	ByLanguage:  {`SELECT r.start, d.lang` + countFrom},
	BySentiment: {`SELECT r.start, d.sentiment` + countFrom},
	ByIntent:    {`SELECT r.start, CAST(d.intents AS TEXT)` + countFrom},
	ByKind:      {`SELECT r.start, d.kind` + countFrom},
}

// spanRange is the roll-ups of one span from one to another.
type spanRange struct {
	span     span
	from, to int64
}

// rangesOf is the fewest roll-ups that answer a search: whole days by days, the
// hours at both ends by hours. Where the zone's days are not the roll-ups' and
// the buckets ask for days, only hours will do.
func rangesOf(s *CountSearch, zone *time.Location) []spanRange {
	if s.From.IsZero() && s.To.IsZero() && s.Interval == Whole {
		return []spanRange{{ever, 0, 1}}
	}
	from, to := hourBound(s.From, minHour), hourBound(s.To, maxHour)
	if s.Interval == Hour || s.Interval != Whole && zone != time.UTC {
		return []spanRange{{hourly, from, to}}
	}
	firstDay, lastDay := -floor(-from, 24), floor(to, 24)
	if firstDay >= lastDay {
		return []spanRange{{hourly, from, to}}
	}
	return []spanRange{{hourly, from, firstDay * 24}, {daily, firstDay, lastDay}, {hourly, lastDay * 24, to}}
}

func (r spanRange) count(tx *db.Tx, ws hearth.WorkspaceID, id hearth.MonitorID, column dimensionColumn, add func(us int64, value string, posts int64) error) error {
	if r.from >= r.to {
		return nil
	}
	width := microsPerHour
	if r.span == daily {
		width = microsPerDay
	}
	rows, err := tx.Query(column.count, ws, r.span, id, r.from, r.to)
	if err != nil {
		return err
	}
	return db.EachRow(rows, func() error {
		var start, posts int64
		var value string
		if err := rows.Scan(&start, &value, &posts); err != nil {
			return err
		}
		return add(start*width, value, posts)
	})
}

// intervalStarts give the beginning of the interval that a time is in.
var intervalStarts = map[Interval]func(time.Time) time.Time{
	Whole: func(time.Time) time.Time { return time.Time{} },
	Hour:  func(t time.Time) time.Time { return t },
	Day:   func(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location()) },
	Week: func(t time.Time) time.Time {
		back := (int(t.Weekday()) + 6) % 7 // days since Monday
		return time.Date(t.Year(), t.Month(), t.Day()-back, 0, 0, 0, 0, t.Location())
	},
	Month: func(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, t.Location()) },
}

const (
	minHour = -24 << 36
	maxHour = 24 << 36
)

func hourBound(t time.Time, none int64) int64 {
	if t.IsZero() {
		return none
	}
	return hourly.start(t.UnixMicro())
}
