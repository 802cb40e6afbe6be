package archive

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sort"
	"time"

	"hearth"
	"hearth/archive/index"
	"hearth/db"
)

// Counts is how many posts a search finds.
type Counts struct {
	Total   int
	Buckets []Bucket // oldest first, empty ones included; nil if none were asked for

	// Exact says that every post was counted.
	Exact bool

	// If it does not and Sampled is not zero, the numbers are estimates: so many
	// of the Of posts that hold the words were looked at, spread over all of them,
	// and the true total lies between Low and High nineteen times out of twenty.
	// Of an exact total both are the total.
	Sampled, Of int
	Low, High   int

	// Else time ran out, and what was published before Until is missing.
	Until time.Time
}

// Bucket is the posts of one stretch of time. Where Counts are not exact, its true
// number lies between Low and High, taken alone; else both are the count.
type Bucket struct {
	Start     time.Time
	Count     int
	Low, High int
}

// maxBuckets bounds one answer of Count.
const maxBuckets = 10_000

// Count counts what Search finds on all its pages, in stretches of an interval
// that begin at From, or else at multiples of it since 1970 (of a week since the
// first Monday of 1970); interval 0 counts the total alone. What the index knows for
// certain is counted there, in milliseconds; else candidates are read: all of them
// where they are few or the search asks for it, for five seconds at most, else a
// sample. Limit and Cursor mean nothing here.
func (a *Archive) Count(ctx context.Context, ws hearth.WorkspaceID, s Search, interval time.Duration) (Counts, error) {
	s.Cursor, s.Oldest = "", false
	plan, err := s.plan(ws)
	if err != nil {
		return Counts{}, err
	}
	if interval != 0 && interval < time.Millisecond {
		return Counts{}, hearth.Errorf(hearth.Invalid, "Count over a millisecond or more.")
	}
	var over stretches
	if interval != 0 {
		over = func(first, last int64) ([]int64, error) { return boundsOf(&s, first, last, interval) }
	}
	if plan.exact && plan.ids == nil {
		return a.countIndex(ctx, ws, &plan, over)
	}
	return a.countRead(ctx, ws, &s, &plan, over)
}

// countRead counts what the index does not know for certain.
func (a *Archive) countRead(ctx context.Context, ws hearth.WorkspaceID, s *Search, p *plan, over stretches) (Counts, error) {
	if s.Exact || p.ids != nil {
		return a.countPosts(ctx, ws, s, over)
	}
	return a.countSample(ctx, ws, s, p, over)
}

// CountBetween is Count in stretches that begin at the given moments, rising;
// the last one ends at To. What was published before the first is not counted.
func (a *Archive) CountBetween(ctx context.Context, ws hearth.WorkspaceID, s Search, starts []time.Time) (Counts, error) {
	s.Cursor, s.Oldest = "", false
	if len(starts) == 0 || len(starts) > maxStretches || s.To.IsZero() {
		return Counts{}, hearth.Errorf(hearth.Internal, "Count between 1 to %d moments and an end.", maxStretches)
	}
	s.From = starts[0]
	plan, err := s.plan(ws)
	if err != nil {
		return Counts{}, err
	}
	bounds := make([]int64, 0, len(starts)+1)
	for _, at := range starts {
		bounds = append(bounds, placeAt(at))
	}
	bounds = append(bounds, max(placeAt(s.To), bounds[len(bounds)-1]))
	given := func(int64, int64) ([]int64, error) { return bounds, nil }
	if plan.exact && plan.ids == nil {
		return a.countIndex(ctx, ws, &plan, given)
	}
	return a.countRead(ctx, ws, &s, &plan, given)
}

// maxStretches bounds the moments of CountBetween.
const maxStretches = 20_000

// stretches says where the stretches of a count begin and the last one ends,
// from the first and the last place of what was found. Nil: one total is wanted.
type stretches func(first, last int64) ([]int64, error)

// countIndex counts without reading posts.
func (a *Archive) countIndex(ctx context.Context, ws hearth.WorkspaceID, p *plan, over stretches) (Counts, error) {
	counts := Counts{Exact: true}
	err := a.indexed(ctx, func(tx *db.Tx, x *index.Index) error {
		expr := p.expr
		if p.all {
			expr = allPosts(ws)
		}
		result, err := x.Search(&expr, p.within)
		if err != nil {
			return err
		}
		if over == nil {
			counts.Total, err = result.Count()
			counts.Low, counts.High = counts.Total, counts.Total
			return err
		}
		first, last, err := ends(result)
		if err != nil || last < first {
			return err
		}
		bounds, err := over(first, last)
		if err != nil {
			return err
		}
		numbers, err := result.CountBetween(bounds)
		if err != nil {
			return err
		}
		counts.fill(bounds, numbers)
		return nil
	})
	if err != nil {
		return Counts{}, fmt.Errorf("counting posts: %w", err)
	}
	return counts, nil
}

func (c *Counts) fill(bounds []int64, numbers []int) {
	c.Buckets = make([]Bucket, len(numbers))
	for i, n := range numbers {
		c.Buckets[i] = Bucket{Start: placeTime(bounds[i]), Count: n, Low: n, High: n}
		c.Total += n
	}
	c.Low, c.High = c.Total, c.Total
}

// allPosts is an expression that every post of a workspace fulfils: it has a
// network.
func allPosts(ws hearth.WorkspaceID) index.Expr {
	planner := planner{begin: string(appendWorkspace(nil, ws))}
	return planner.fieldPrefix(fieldNetwork, "").expr
}

// ends is the first and last place of what was found; last < first if nothing
// was.
func ends(r *index.Result) (first, last int64, err error) {
	oldest, ok, err := r.Documents(true).Next()
	if err != nil || !ok {
		return 0, -1, err
	}
	newest, _, err := r.Documents(false).Next()
	return oldest.Place, newest.Place, err
}

const week = 7 * 24 * time.Hour

var firstMonday = time.Date(1970, 1, 5, 0, 0, 0, 0, time.UTC)

// boundsOf is where stretches begin that cover a search's time, or where it has
// no bound the places first to last; behind them stands the end of the last.
func boundsOf(s *Search, first, last int64, interval time.Duration) ([]int64, error) {
	start, end := s.From, s.To
	if start.IsZero() {
		var zero int64
		if interval%week == 0 {
			zero = firstMonday.UnixMilli()
		}
		start = time.UnixMilli(zero + floor(placeTime(first).UnixMilli()-zero, interval.Milliseconds()))
	}
	if end.IsZero() {
		end = placeTime(last).Add(time.Millisecond)
	}
	n := int64(math.Ceil(float64(end.Sub(start)) / float64(interval)))
	if end.Sub(start) == math.MaxInt64 || n > maxBuckets {
		return nil, hearth.Errorf(hearth.Invalid, "Counting every %s from %s to %s gives more than %d numbers; choose a longer interval or a shorter time.",
			interval, start.UTC().Format(time.DateOnly), end.UTC().Format(time.DateOnly), maxBuckets)
	}
	bounds := make([]int64, 0, n+1)
	for i := range n {
		bounds = append(bounds, placeAt(start.Add(time.Duration(i)*interval)))
	}
	return append(bounds, max(placeAt(end), bounds[len(bounds)-1])), nil
}

// floor is the multiple of step not above n.
func floor(n, step int64) int64 {
	m := n % step
	if m < 0 {
		m += step
	}
	return n - m
}

// countPosts reads every candidate.
func (a *Archive) countPosts(ctx context.Context, ws hearth.WorkspaceID, s *Search, over stretches) (Counts, error) {
	var places []int64
	end, err := a.candidates(ctx, ws, s, a.searchTime, func(d *decision) error {
		if d.holds() {
			places = append(places, d.place)
		}
		return nil
	})
	if err != nil {
		return Counts{}, err
	}
	counts, err := countPlaces(places, over)
	if err != nil || end.done {
		return counts, err
	}
	if !end.passed {
		return Counts{}, errTooSlow
	}
	counts.Exact, counts.Until = false, placeTime(end.last)
	return counts, nil
}

// countPlaces counts what stands at the given places.
func countPlaces(places []int64, over stretches) (Counts, error) {
	n := len(places)
	counts := Counts{Total: n, Exact: true, Low: n, High: n}
	if over == nil || n == 0 {
		return counts, nil
	}
	bounds, err := over(slices.Min(places), slices.Max(places))
	if err != nil {
		return Counts{}, err
	}
	counts.Total = 0
	counts.fill(bounds, spread(bounds, places))
	return counts, nil
}

// spread counts the places between neighbouring bounds.
func spread(bounds, places []int64) []int {
	numbers := make([]int, len(bounds)-1)
	for _, p := range places {
		i := sort.Search(len(bounds), func(i int) bool { return bounds[i] > p }) - 1
		numbers[min(max(i, 0), len(numbers)-1)]++
	}
	return numbers
}
