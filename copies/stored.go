package copies

import (
	"context"
	"fmt"
	"math"
	"sync"
	"time"

	"hearth"
	"hearth/access"
	"hearth/archive"
	"hearth/db"
	"hearth/monitor"
	"hearth/query"
)

// What copies: and copy: select in searches (monitor.Knower).

const (
	mostRows    = 500_000 // posts that one value may select
	mostSeen    = 10_000  // copied posts that are looked at for somebody who does not see all
	mostAsked   = 20      // posts of one id, on different networks
	mostAnswers = 8       // that are remembered
)

// answerKey is what an answer of copies: is good for.
type answerKey struct {
	ws       hearth.WorkspaceID
	ask      query.CountValue
	from, to int64
	place    hearth.Seq // the last row of the log that was taken in
}

// answers are the last ones: a page asks the same several times.
type answers struct {
	mu   sync.Mutex
	rows map[answerKey]query.Rows
}

func (a *answers) get(key answerKey) (query.Rows, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	rows, ok := a.rows[key]
	return rows, ok
}

func (a *answers) put(key answerKey, rows query.Rows) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.rows == nil || len(a.rows) >= mostAnswers {
		a.rows = map[answerKey]query.Rows{}
	}
	a.rows[key] = rows
}

// selected gives the posts of copies: (how many posts tell the same text, itself counted)
// and copy: (those that tell the same text as the post with an id). Hidden posts count
// for nothing. Of copies, whoever does not see all posts is told by those that they
// see: of the newest 10,000 that somebody copied.
func (c *Copies) selected(ctx context.Context, by access.Actor, ask monitor.StoredAsk) (query.Rows, error) {
	scope, err := by.Scope(access.ReadPosts)
	if err != nil {
		return query.Rows{}, err
	}
	switch v := ask.Value.(type) {
	case query.IDValue:
		return c.likeOf(ctx, by, v)
	case query.CountValue:
		if v.Holds(1) { // most posts are told once
			rows, err := c.toldTimes(ctx, by, scope, ask, without(v))
			return rows.Without(), err
		}
		return c.toldTimes(ctx, by, scope, ask, []query.CountValue{v})
	}
	return query.Rows{}, hearth.Errorf(hearth.Internal, "copies does not answer for %s:", ask.Name)
}

// without is the numbers above 1 for which a condition that holds for 1 does not hold.
func without(v query.CountValue) []query.CountValue {
	most := int64(math.MaxInt64)
	above := func(n int64) []query.CountValue { return []query.CountValue{{Op: query.Over, From: n, To: n}} }
	switch v.Op {
	case query.Under:
		return above(v.From - 1)
	case query.AtMost:
		return above(v.From)
	case query.Between:
		return above(v.To)
	case query.Over, query.AtLeast:
		return above(most)
	}
	return above(1)
}

// bounds is the least and the most number for which a condition holds.
func bounds(v query.CountValue) (least, most int64) {
	least, most = 2, math.MaxInt64
	switch v.Op {
	case query.Over:
		if v.From == math.MaxInt64 {
			return 1, 0
		}
		least = v.From + 1
	case query.AtLeast:
		least = v.From
	case query.Under:
		most = v.From - 1
	case query.AtMost:
		most = v.From
	case query.Between:
		least, most = v.From, v.To
	default:
		least, most = v.From, v.From
	}
	return max(least, 2), most
}

// toldTimes is the posts whose text is told so many times, twice or more.
func (c *Copies) toldTimes(ctx context.Context, by access.Actor, scope access.Scope, ask monitor.StoredAsk, values []query.CountValue) (rows query.Rows, err error) {
	from, to := span(ask)
	key := answerKey{ws: by.Workspace, ask: values[0], from: from, to: to}
	if scope.Whole() {
		if key.place, err = c.Place(ctx); err != nil {
			return rows, err
		}
		if rows, ok := c.told.get(key); ok {
			return rows, nil
		}
	}
	least, most := bounds(values[0])
	if least > most {
		return rows, nil
	}
	var seqs []int64
	if scope.Whole() {
		seqs, err = c.toldRows(ctx, by.Workspace, from, to, least, most)
	} else {
		seqs, err = c.toldSeen(ctx, by, from, to, least, most)
	}
	if err != nil {
		return rows, err
	}
	if len(seqs) > mostRows {
		return rows, tooMany
	}
	rows = query.NewRows(seqs)
	if scope.Whole() {
		c.told.put(key, rows)
	}
	return rows, nil
}

var tooMany = &hearth.Error{Code: hearth.Invalid, Field: "query",
	Message: "More than 500,000 posts have so many copies; ask for a shorter time, or for more copies."}

// span is the time of an ask in µs, with a minute to spare on both sides.
func span(ask monitor.StoredAsk) (from, to int64) {
	from, to = math.MinInt64, math.MaxInt64
	if !ask.From.IsZero() {
		from = db.Micros(ask.From.Add(-time.Minute))
	}
	if !ask.To.IsZero() {
		to = db.Micros(ask.To.Add(time.Minute))
	}
	return from, to
}

// copiedTexts leaves out the texts that are told once and like no other, which are most:
// by an index of the others. A cluster may have one more text, told once, that gave it
// its number.
const copiedTexts = `SELECT cluster FROM copy_text WHERE workspace_id = ? AND (posts > 1 OR cluster <> id) GROUP BY cluster HAVING sum(posts) >= ?`

// rowsToldTimes is the posts of a time whose text is told at least and at most so many
// times.
const rowsToldTimes = `WITH many AS (` + copiedTexts + `),
	counted AS (SELECT m.cluster AS cluster FROM many m CROSS JOIN ` + postsOfTexts + `
		WHERE t.workspace_id = ? AND t.cluster = m.cluster AND p.workspace_id = ? AND ` + ofText + `
		GROUP BY m.cluster HAVING count(*) >= ? AND count(*) <= ?)
	SELECT p.seq FROM counted c CROSS JOIN ` + postsOfTexts + `
	WHERE t.workspace_id = ? AND t.cluster = c.cluster AND p.workspace_id = ? AND ` + ofText + ` AND p.at >= ? AND p.at < ? LIMIT ?`

// toldRows reads the posts of clusters of so many visible posts.
func (c *Copies) toldRows(ctx context.Context, ws hearth.WorkspaceID, from, to, least, most int64) (seqs []int64, err error) {
	err = c.o.Store.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(rowsToldTimes, ws, least-1, ws, ws, least, most, ws, ws, from, to, mostRows+1)
		if err != nil {
			return fmt.Errorf("reading what is copied: %w", err)
		}
		return db.EachRow(rows, func() error {
			var seq int64
			err := rows.Scan(&seq)
			seqs = append(seqs, seq)
			return err
		})
	})
	return seqs, err
}

// toldSeen is toldRows by the posts that an actor sees.
func (c *Copies) toldSeen(ctx context.Context, by access.Actor, from, to, least, most int64) (seqs []int64, err error) {
	var copied []hearth.Seq
	cluster := map[hearth.Seq]int64{}
	err = c.o.Store.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(`WITH many AS (`+copiedTexts+`)
			SELECT p.seq, t.cluster FROM many m CROSS JOIN `+postsOfTexts+`
			WHERE t.workspace_id = ? AND t.cluster = m.cluster AND p.workspace_id = ? AND `+ofText+`
			ORDER BY p.at DESC, p.seq DESC LIMIT ?`, by.Workspace, 1, by.Workspace, by.Workspace, mostSeen)
		if err != nil {
			return fmt.Errorf("reading what is copied: %w", err)
		}
		return db.EachRow(rows, func() error {
			var seq hearth.Seq
			var id int64
			err := rows.Scan(&seq, &id)
			copied, cluster[seq] = append(copied, seq), id
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	count, seen := map[int64]int64{}, []hearth.Seq{}
	for len(copied) > 0 {
		part := copied[:min(len(copied), 500)]
		copied = copied[len(part):]
		list, err := c.o.Archive.BySeq(ctx, by.Workspace, part)
		if err != nil {
			return nil, err
		}
		if list, err = c.o.Posts.See(ctx, by, list); err != nil {
			return nil, err
		}
		for i := range list {
			count[cluster[list[i].Seq]]++
			if at := micros(&list[i]); at >= from && at < to {
				seen = append(seen, list[i].Seq)
			}
		}
	}
	for _, seq := range seen {
		if n := count[cluster[seq]]; n >= least && n <= most {
			seqs = append(seqs, int64(seq))
		}
	}
	return seqs, nil
}

func micros(s *archive.Stored) int64 {
	if s.Post.Published.IsZero() {
		return db.Micros(s.Received)
	}
	return db.Micros(s.Post.Published)
}

// likeOf is the posts that tell the same text as one, itself among them. A post that
// the actor does not see is none.
func (c *Copies) likeOf(ctx context.Context, by access.Actor, id query.IDValue) (query.Rows, error) {
	found, err := c.o.Posts.Search(ctx, by, monitor.PageSearch{Selection: monitor.Selection{Query: "id:" + id.String()}, Limit: mostAsked})
	if err != nil {
		return query.Rows{}, err
	}
	if len(found.Posts) == 0 {
		return query.Rows{}, &hearth.Error{Code: hearth.Invalid, Field: "query", Message: fmt.Sprintf("There is no post with the id %s; take the id of copy: from a post.", id)}
	}
	seqs := make([]hearth.Seq, len(found.Posts))
	list := make([]int64, len(found.Posts))
	for i := range found.Posts {
		seqs[i], list[i] = found.Posts[i].Seq, int64(found.Posts[i].Seq)
	}
	err = c.o.Store.Read(ctx, func(tx *db.Tx) error {
		known, err := clustersOf(tx, by.Workspace, seqs)
		if err != nil {
			return err
		}
		done := map[int64]bool{}
		for _, cluster := range known {
			if done[cluster] {
				continue
			}
			done[cluster] = true
			members, err := membersOf(tx, by.Workspace, cluster, mostRows+1)
			if err != nil {
				return err
			}
			for _, seq := range members {
				list = append(list, int64(seq))
			}
		}
		return nil
	})
	if err == nil && len(list) > mostRows {
		err = tooMany
	}
	return query.NewRows(list), err
}
