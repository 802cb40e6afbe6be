package monitor

import (
	"cmp"
	"context"
	"slices"
	"time"

	"hearth"
	"hearth/access"
	"hearth/db"
	"hearth/query"
)

// Charts answers what screens draw: series, tops, comparisons and what is known
// of an audience. What it gives is exact as of a row of the log unless it says
// otherwise; docs/numbers.md has every formula.
type Charts struct{ m *Monitors }

// NewCharts reads the monitors' roll-ups.
func NewCharts(m *Monitors) *Charts { return &Charts{m} }

// SeriesSearch says what a chart over time shows.
type SeriesSearch struct {
	Monitors []hearth.MonitorID // a line for each; none: one line of all stored posts
	From, To time.Time          // cut to quarters of an hour; zero: where the posts begin or end
	Step     Interval           // Whole gives one point
	Split    Dimension          // lines for each of its values
	Top      int                // of a split, the values with the most posts; the rest is one line; 0: 12
	Zone     *time.Location     // of days, weeks and months; nil: UTC
	Query    string             // "": all; else only posts that it selects
	Before   bool               // also how many there were in the same time just before

	// Exact has posts that must be read all read, as far as they come in the time
	// there is, where a sample would do.
	Exact bool

	// Beside are further splits of the same posts, read in one go with the lines,
	// of which the totals of the whole time are wanted; of one monitor. What posts
	// are read for has none.
	Beside []Dimension
}

// Series is the lines of a chart, all with the same points.
type Series struct {
	From, To time.Time   // as it was counted; equal if there is nothing
	Starts   []time.Time // of the points
	Lines    []Line      // in the order asked for; of a split the most posts first
	Upto     hearth.Seq  // row of the log that the numbers stand for

	// Beside is the lines of each further split that was asked for, without
	// points; nil where posts were read.
	Beside [][]Line

	// FromPosts says that roll-ups could not answer the query, so posts were asked.
	// What the index knows is exact. Else Exact is false: where Until is zero, the
	// numbers are judged by a sample, of which Looked of the Of posts that hold the
	// words were read; where it is not, time ran out, what was published before
	// Until is missing, and Looked of Of posts were looked at.
	FromPosts  bool
	Exact      bool
	Until      time.Time
	Looked, Of int64
}

// Line is the posts of one monitor, or of one value of a split, over time.
type Line struct {
	Monitor hearth.MonitorID // 0: all posts
	Value   string           // of the split; "" is not known, or no intent
	Rest    bool             // all values that are not among the top
	Points  []int64
	Total   int64
	Before  int64 // with SeriesSearch.Before

	// Low and High are between what the true total lies, nineteen times out of
	// twenty, where it is judged by a sample; else both are the total.
	Low, High int64

	Query string // selects the line's posts among those of its monitor; "": all of them
}

const (
	mostLines  = 200    // monitors of one chart
	mostPoints = 20_000 // of one line
	topOfSplit = 12
)

// Series counts the posts of a chart.
func (c *Charts) Series(ctx context.Context, by access.Actor, s SeriesSearch) (out Series, err error) {
	scope, err := by.Scope(access.ReadMonitors)
	if err != nil {
		return out, err
	}
	if err := s.check(); err != nil {
		return out, err
	}
	if err := c.exist(ctx, by, s.Monitors); err != nil {
		return out, err
	}
	var q *query.Query
	if s.Query != "" {
		from := s.From
		switch {
		case !s.Before || from.IsZero():
		case s.To.IsZero():
			from = time.Time{}
		default:
			from = from.Add(-s.To.Sub(from))
		}
		if q, err = c.m.ask(ctx, by, s.Query, from, s.To); err != nil {
			return out, err
		}
	}
	if !scope.Whole() && slices.Contains(s.Monitors, 0) {
		return c.countSeen(ctx, by, &s, q)
	}
	if q != nil && !ofDimensions(q.Root) {
		return c.countSeries(ctx, by, &s, q, nil)
	}
	out.Exact = true
	err = c.m.o.Store.Read(ctx, func(tx *db.Tx) error { return readSeries(tx, by.Workspace, &s, q, &out) })
	return out, err
}

func (s *SeriesSearch) check() error {
	if !s.Split.known() || slices.ContainsFunc(s.Beside, func(d Dimension) bool { return d == ByNothing || !d.known() }) {
		return &hearth.Error{Code: hearth.Invalid, Field: "split", Message: "Split by network, lang, sentiment, intent or kind."}
	}
	if _, ok := intervalStarts[s.Step]; !ok {
		return &hearth.Error{Code: hearth.Invalid, Field: "step", Message: "Count by quarter, hour, day, week or month."}
	}
	if len(s.Monitors) > mostLines {
		return &hearth.Error{Code: hearth.Invalid, Field: "monitors", Message: "One chart shows at most 200 monitors; ask for fewer."}
	}
	if len(s.Beside) > 0 && len(s.Monitors) > 1 {
		return &hearth.Error{Code: hearth.Invalid, Field: "beside", Message: "Splits beside the lines are those of one monitor."}
	}
	if s.Zone == nil {
		s.Zone = time.UTC
	}
	if s.Top <= 0 {
		s.Top = topOfSplit
	}
	if len(s.Monitors) == 0 {
		s.Monitors = []hearth.MonitorID{0}
	}
	return nil
}

// exist refuses monitors that are not there, or not for the actor.
func (c *Charts) exist(ctx context.Context, by access.Actor, ids []hearth.MonitorID) error {
	scope, err := by.Scope(access.ReadMonitors)
	if err != nil {
		return err
	}
	return c.m.o.State.Read(ctx, func(tx *db.Tx) error {
		var brands map[hearth.MonitorID][]access.BrandID
		if !scope.Whole() {
			var err error
			if brands, err = allBrands(tx, by.Workspace); err != nil {
				return err
			}
		}
		rows, err := tx.Query(`SELECT id FROM monitor WHERE id IN (?...) AND workspace_id = ? AND removed IS NULL`, intsOf(ids), by.Workspace)
		if err != nil {
			return err
		}
		there := map[hearth.MonitorID]bool{0: true}
		err = db.EachRow(rows, func() error {
			var id hearth.MonitorID
			err := rows.Scan(&id)
			there[id] = scope.Whole() || scope.Sees(brands[id])
			return err
		})
		if i := slices.IndexFunc(ids, func(id hearth.MonitorID) bool { return !there[id] }); err == nil && i >= 0 {
			err = noMonitor(ids[i])
		}
		return err
	})
}

func intsOf(ids []hearth.MonitorID) db.Ints {
	list := make(db.Ints, len(ids))
	for i, id := range ids {
		list[i] = int64(id)
	}
	return list
}

// readSeries answers from tiles.
func readSeries(tx *db.Tx, ws hearth.WorkspaceID, s *SeriesSearch, q *query.Query, out *Series) error {
	if err := tx.QueryRow(`SELECT seq FROM monitor_build WHERE id = 1`).Scan(&out.Upto); err != nil {
		return err
	}
	span, err := s.span(tx, ws)
	if err != nil {
		return err
	}
	if err := out.steps(s, span); err != nil {
		return err
	}
	sum, err := newSumming(tx, ws, s, q, span, out.Starts)
	if err != nil {
		return err
	}
	if err := sum.read(tx, ws); err != nil {
		return err
	}
	for _, id := range s.Monitors {
		out.Lines = append(out.Lines, sum.lines(s, id)...)
	}
	for k := range s.Beside {
		out.Beside = append(out.Beside, sum.beside(s, k))
	}
	out.also(s.Query)
	return nil
}

// also adds the chart's own condition to the queries of its lines.
func (out *Series) also(q string) {
	for _, lines := range append(slices.Clip(out.Beside), out.Lines) {
		for i := range lines {
			lines[i].Query = together(q, lines[i].Query)
		}
	}
}

// quarters is a time in quarters of an hour.
type quarters struct{ from, to int64 }

// span is the quarters asked for, where nothing is asked the ones with posts.
func (s *SeriesSearch) span(tx *db.Tx, ws hearth.WorkspaceID) (span quarters, err error) {
	span.from, span.to = quarterOf(boundary(s.From)), quarterOf(boundary(s.To))
	if !s.From.IsZero() && !s.To.IsZero() {
		span.to = max(span.from, span.to)
		return span, nil
	}
	first, last := maxQuarter, -maxQuarter
	for _, id := range s.Monitors {
		from, to, ok, err := tileEnds(tx, ws, id)
		if err != nil {
			return span, err
		}
		if ok {
			first, last = min(first, from), max(last, to)
		}
	}
	if s.To.IsZero() {
		span.to = last
	}
	if s.From.IsZero() {
		span.from = min(first, span.to)
	}
	span.to = max(span.from, span.to)
	if first > last {
		span.from, span.to = 0, 0
	}
	return span, nil
}

// steps works out where the points begin.
func (out *Series) steps(s *SeriesSearch, span quarters) error {
	out.From, out.To = quarterTime(span.from), quarterTime(span.to)
	if span.from == span.to {
		return nil
	}
	if s.Step == Whole {
		out.Starts = []time.Time{out.From.In(s.Zone)}
		return nil
	}
	start := intervalStarts[s.Step]
	for at := start(out.From.In(s.Zone)); at.Before(out.To); at = s.Step.next(at) {
		if len(out.Starts) == mostPoints {
			return hearth.Errorf(hearth.Invalid, "That would be more than 20,000 points a line; ask for a shorter time or wider steps.")
		}
		out.Starts = append(out.Starts, at)
	}
	return nil
}

// next is where the interval after the one that begins at a time begins.
func (i Interval) next(at time.Time) time.Time {
	y, m, d := at.Date()
	switch i {
	case Quarter:
		return at.Add(15 * time.Minute)
	case Hour:
		return at.Add(time.Hour)
	case Day:
		d++
	case Week:
		d += 7
	case Month:
		m++
	}
	return time.Date(y, m, d, 0, 0, 0, 0, at.Location())
}

func newLine(id hearth.MonitorID, value string, points []int64, before int64) Line {
	l := Line{Monitor: id, Value: value, Points: points, Before: before}
	for _, n := range points {
		l.Total += n
	}
	l.Low, l.High = l.Total, l.Total
	return l
}

// cut orders the lines of a split, says how to select their posts, and makes
// one line of those beyond the top. Of intents, of which a post may have
// several, the rest is the sum over its values.
func (s *SeriesSearch) cut(by Dimension, lines []Line) []Line {
	slices.SortFunc(lines, func(a, b Line) int {
		return cmp.Or(cmp.Compare(b.Total, a.Total), cmp.Compare(b.Before, a.Before), cmp.Compare(a.Value, b.Value))
	})
	known := make([]string, 0, len(lines))
	for i := range lines {
		if lines[i].Value != "" {
			known = append(known, lines[i].Value)
		}
	}
	for i := range lines {
		if lines[i].Value != "" {
			lines[i].Query = selecting(by, lines[i].Value)
		} else {
			lines[i].Query = without(by, known)
		}
	}
	if len(lines) <= s.Top {
		return lines
	}
	rest := Line{Monitor: lines[0].Monitor, Rest: true, Points: make([]int64, len(lines[0].Points))}
	for _, l := range lines[s.Top:] {
		rest.Total += l.Total
		rest.Low, rest.High = rest.Total, rest.Total
		rest.Before += l.Before
		for i, n := range l.Points {
			rest.Points[i] += n
		}
	}
	top := lines[:s.Top:s.Top]
	shown := make([]string, 0, s.Top)
	unknown := false
	for _, l := range top {
		if l.Value != "" {
			shown = append(shown, l.Value)
		}
		unknown = unknown || l.Value == ""
	}
	if rest.Query = without(by, shown); unknown { // those that say nothing are among the top
		rest.Query = selecting(by, slices.DeleteFunc(known, func(v string) bool { return slices.Contains(shown, v) })...)
	}
	return append(top, rest)
}
