package monitor

import (
	"context"
	"errors"
	"slices"
	"sort"
	"time"

	"hearth"
	"hearth/access"
	"hearth/archive"
	"hearth/db"
	"hearth/query"
	"hearth/text"
)

const (
	mostCounts  = 60 // of one chart that is counted from posts
	postsBudget = 4 * time.Second
	hitsAtOnce  = 500
)

// countSeries answers a query that roll-ups cannot answer: by the index of the
// archive where that knows for certain, else by a sample of posts, or all of them.
func (c *Charts) countSeries(ctx context.Context, by access.Actor, s *SeriesSearch, q *query.Query, among []hearth.MonitorID) (out Series, err error) {
	if err := by.CheckSome(access.ReadPosts); err != nil {
		return out, err
	}
	plain := *s
	plain.Query, plain.Before = "", false
	err = c.m.o.Store.Read(ctx, func(tx *db.Tx) error { return readPlain(tx, by.Workspace, &plain, among, &out) })
	if err != nil {
		return out, err
	}
	out.FromPosts, out.Exact = true, true
	if len(out.Lines) > mostCounts {
		return out, hearth.Errorf(hearth.Invalid, "That would be %d lines counted from posts; ask for at most %d.", len(out.Lines), mostCounts)
	}
	limited, cancel := context.WithTimeout(ctx, postsBudget)
	defer cancel()
	var all int64
	for i := range out.Lines {
		l := &out.Lines[i]
		all += l.Total
		if err := c.countLine(limited, by.Workspace, s, q, &out, l); err != nil {
			return out, err
		}
	}
	switch {
	case out.Exact:
		out.Looked, out.Of = all, all
	case !out.Until.IsZero():
		out.Looked, out.Of, plain.From = 0, all, out.Until
		var looked Series
		if err := c.m.o.Store.Read(ctx, func(tx *db.Tx) error { return readPlain(tx, by.Workspace, &plain, among, &looked) }); err != nil {
			return out, err
		}
		for _, l := range looked.Lines {
			out.Looked += l.Total
		}
	}
	out.also(s.Query)
	return out, nil
}

// countLine counts one line anew: what its monitor caught on arrival, and what
// it found later.
func (c *Charts) countLine(ctx context.Context, ws hearth.WorkspaceID, s *SeriesSearch, q *query.Query, out *Series, l *Line) error {
	l.Points, l.Total = make([]int64, len(out.Starts)), 0
	if len(out.Starts) == 0 {
		return nil
	}
	if l.Query != "" {
		line, err := c.m.parse(ws, l.Query)
		if err != nil {
			return err
		}
		q = both(q, line)
	}
	starts := slices.Clone(out.Starts)
	starts[0] = out.From
	search := archive.Search{Query: q, Monitor: l.Monitor, To: out.To, Exact: s.Exact}
	counts, err := c.m.o.Archive.CountBetween(ctx, ws, search, starts)
	if err := out.missing(ctx, counts.Exact || counts.Sampled > 0, counts.Until, err); err != nil {
		return err
	}
	out.judged(&counts)
	for i, b := range counts.Buckets {
		l.Points[i] += int64(b.Count)
	}
	if l.Monitor != 0 {
		if err := c.countHits(ctx, ws, q, out, l.Monitor, stretch{starts, out.To, l.Points}); err != nil {
			return err
		}
	}
	for _, n := range l.Points {
		l.Total += n
	}
	found := l.Total - int64(counts.Total) // beside what was judged
	l.Low, l.High = int64(counts.Low)+found, int64(counts.High)+found
	if !s.Before || ctx.Err() != nil {
		return nil
	}
	search.To, starts = out.From, []time.Time{out.From.Add(-out.To.Sub(out.From))}
	counts, err = c.m.o.Archive.CountBetween(ctx, ws, search, starts)
	if err := out.missing(ctx, counts.Exact || counts.Sampled > 0, out.From, err); err != nil || l.Monitor == 0 {
		l.Before = int64(counts.Total)
		return err
	}
	before := []int64{int64(counts.Total)}
	err = c.countHits(ctx, ws, q, out, l.Monitor, stretch{starts, out.From, before})
	l.Before = before[0]
	return err
}

// judged notes that a count is an estimate, if it is.
func (out *Series) judged(c *archive.Counts) {
	if c.Sampled > 0 {
		out.Exact = false
		out.Looked += int64(c.Sampled)
		out.Of += int64(c.Of)
	}
}

// stretch is points that begin at the given moments and the end of the last.
type stretch struct {
	starts []time.Time
	to     time.Time
	points []int64
}

// missing notes that a count is not complete.
func (out *Series) missing(ctx context.Context, exact bool, until time.Time, err error) error {
	late := errors.Is(ctx.Err(), context.DeadlineExceeded)
	if err != nil && !late && hearth.ErrorCode(err) != hearth.Unavailable {
		return err
	}
	if err != nil || late {
		until = out.To
	}
	if err != nil || late || !exact {
		out.Exact = false
		if until.After(out.Until) {
			out.Until = until
		}
	}
	return nil
}

// countHits counts what a monitor found after it had arrived, the newest first.
func (c *Charts) countHits(ctx context.Context, ws hearth.WorkspaceID, q *query.Query, out *Series, id hearth.MonitorID, over stretch) error {
	before := place{at: over.to.UnixMicro()}
	var doc text.Doc
	for {
		var places []place
		err := c.m.o.Store.Read(ctx, func(tx *db.Tx) (err error) {
			places, err = hitPlaces(tx, ws, id, before, over.starts[0].UnixMicro())
			return err
		})
		if err != nil || len(places) == 0 {
			return out.missing(ctx, err == nil, db.FromMicros(before.at), err)
		}
		seqs := make([]hearth.Seq, len(places))
		for i, p := range places {
			seqs[i] = p.seq
		}
		rows, err := c.m.o.Archive.BySeq(ctx, ws, seqs)
		if err != nil {
			return out.missing(ctx, false, db.FromMicros(before.at), err)
		}
		for i := range rows {
			r := &rows[i]
			if r.Erased || r.Hidden {
				continue
			}
			query.AddPost(&doc, &r.Post)
			if !q.MatchStored(r.Seq, &r.Post, &doc) {
				continue
			}
			at := timeOf(r)
			k := sort.Search(len(over.starts), func(k int) bool { return over.starts[k].After(at) }) - 1
			if k >= 0 && at.Before(over.to) {
				over.points[k]++
			}
		}
		before = places[len(places)-1]
	}
}

func hitPlaces(tx *db.Tx, ws hearth.WorkspaceID, id hearth.MonitorID, before place, from int64) (places []place, err error) {
	rows, err := tx.Query(`
		SELECT m.at, m.seq FROM mention m JOIN monitor_hit h ON h.workspace_id = m.workspace_id AND h.seq = m.seq AND h.monitor_id = m.monitor_id
		WHERE m.workspace_id = ? AND m.monitor_id = ? AND m.at >= ? AND (m.at, m.seq) < (?, ?)
		ORDER BY m.at DESC, m.seq DESC LIMIT ?`, ws, id, from, before.at, before.seq, hitsAtOnce)
	if err != nil {
		return nil, err
	}
	return placesOf(rows)
}
