package monitor

import (
	"maps"
	"slices"
	"time"

	"hearth"
	"hearth/db"
	"hearth/query"
)

// summing adds up the posts of a chart's monitors, in one reading of their
// tiles whatever the splits. First come the sums by combination of the point at
// hand; when it is over they are spread over the values of each split.
type summing struct {
	span   quarters // of the points
	before int64    // the first quarter before them that counts
	ends   []int64  // of the points
	split  *axis
	more   []*axis // of SeriesSearch.Beside
	of     map[hearth.MonitorID]*monitorSums

	at    *monitorSums // of the monitor at hand
	point int          // beforePoints: of the time before
	now   []int64      // posts of the point by combination
	some  []int64      // combinations of which there are some
}

// beforePoints is the number of the point that is the time before all others.
const beforePoints = -1

// monitorSums is the posts of one monitor.
type monitorSums struct {
	points    []int64 // a row of values for each point; none of one value
	all       []int64 // by point, of what a split counts more than once
	before    []int64 // by value
	beforeAll int64
	more      [][]int64 // by further split, then by value
}

func newSumming(tx *db.Tx, ws hearth.WorkspaceID, s *SeriesSearch, q *query.Query, span quarters, starts []time.Time) (*summing, error) {
	dimensions, err := readDimensions(tx, ws)
	if err != nil {
		return nil, err
	}
	if q != nil {
		maps.DeleteFunc(dimensions, func(_ int64, d dimension) bool { return !d.selectedBy(q) })
	}
	sum := &summing{span: span, before: span.from, split: axisOf(dimensions, s.Split), of: map[hearth.MonitorID]*monitorSums{}}
	for _, by := range s.Beside {
		sum.more = append(sum.more, axisOf(dimensions, by))
	}
	if s.Before {
		sum.before -= span.to - span.from
	}
	sum.now = make([]int64, len(sum.split.one))
	sum.ends = make([]int64, len(starts))
	for i := range starts {
		if sum.ends[i] = span.to; i > 0 {
			sum.ends[i-1] = quarterOf(starts[i].UnixMicro())
		}
	}
	values := len(sum.split.values)
	for _, id := range s.Monitors {
		one := &monitorSums{all: make([]int64, len(starts)), before: make([]int64, values)}
		if values > 1 {
			one.points = make([]int64, len(starts)*values)
		}
		for _, a := range sum.more {
			one.more = append(one.more, make([]int64, len(a.values)))
		}
		sum.of[id] = one
	}
	return sum, nil
}

// read reads the tiles of all monitors.
func (sum *summing) read(tx *db.Tx, ws hearth.WorkspaceID) error {
	end, last := sum.span.from, hearth.MonitorID(-1) // of the point at hand
	err := eachCounts(tx, ws, slices.Sorted(maps.Keys(sum.of)), sum.before, sum.span.to, func(id hearth.MonitorID, quarter, dimension, posts int64) error {
		if id != last {
			sum.close()
			sum.at, sum.point, end, last = sum.of[id], beforePoints, sum.span.from, id
		}
		if quarter >= end {
			sum.close()
			for quarter >= end {
				sum.point++
				end = sum.ends[sum.point]
			}
		}
		if dimension >= int64(len(sum.now)) || sum.split.one[dimension] == notCounted {
			return nil
		}
		if sum.now[dimension] == 0 {
			sum.some = append(sum.some, dimension)
		}
		sum.now[dimension] += posts
		return nil
	})
	sum.close()
	return err
}

// close spreads what was counted of a point, if there is one.
func (sum *summing) close() {
	values := len(sum.split.values)
	for _, dimension := range sum.some {
		posts := sum.now[dimension]
		sum.now[dimension] = 0
		if sum.point == beforePoints {
			sum.split.add(sum.at.before, dimension, posts)
			sum.at.beforeAll += posts
			continue
		}
		sum.at.all[sum.point] += posts
		if values > 1 {
			sum.split.add(sum.at.points[sum.point*values:], dimension, posts)
		}
		for k, a := range sum.more {
			a.add(sum.at.more[k], dimension, posts)
		}
	}
	sum.some = sum.some[:0]
}

// lines are those of a monitor.
func (sum *summing) lines(s *SeriesSearch, id hearth.MonitorID) []Line {
	one := sum.of[id]
	if s.Split == ByNothing {
		return []Line{newLine(id, "", one.all, one.beforeAll)}
	}
	var lines []Line
	values := len(sum.split.values)
	for k, value := range sum.split.values {
		points := one.all // of the only value there is
		if values > 1 {
			points = make([]int64, len(one.all))
			for i := range points {
				points[i] = one.points[i*values+k]
			}
		}
		if l := newLine(id, value, points, one.before[k]); l.Total+l.Before > 0 {
			lines = append(lines, l)
		}
	}
	return s.cut(s.Split, lines)
}

// beside is the lines of a further split.
func (sum *summing) beside(s *SeriesSearch, k int) []Line {
	id := s.Monitors[0]
	var lines []Line
	for i, value := range sum.more[k].values {
		if posts := sum.of[id].more[k][i]; posts > 0 {
			lines = append(lines, Line{Monitor: id, Value: value, Total: posts, Low: posts, High: posts})
		}
	}
	return s.cut(s.Beside[k], lines)
}
