package topic

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"hearth"
	"hearth/access"
	"hearth/db"
	"hearth/monitor"
	"hearth/query"
)

const (
	mostSorted = 2_000_000 // posts that a facet tells apart
	mostNames  = 500
)

// sorted gives the facet of topics what it counts (monitor.Sorter): the topics that are
// listed, with the posts that topic: selects for each. Whoever does not see all posts is
// told the numbers of topics only, of which topic: finds them their own posts.
func (t *Topics) sorted(ctx context.Context, by access.Actor, from, to time.Time) (s monitor.Sorted, err error) {
	scope, err := by.Scope(access.ReadPosts)
	if err != nil {
		return s, err
	}
	first, end := span(from, to)
	var all *family
	shown := map[int64]ID{} // what a topic or a part is counted for
	topics := map[int64]ID{}
	var seqs []int64
	err = t.o.State.Read(ctx, func(tx *db.Tx) error {
		if all, err = readFamily(tx, by.Workspace); err != nil {
			return err
		}
		var ids db.Ints
		for id := range all.rows {
			if root := all.root(id); root != nil && root.shown() != "" && !root.muted {
				shown[int64(id)] = root.id
				ids = append(ids, int64(id))
			}
		}
		if len(ids) == 0 {
			return nil
		}
		slices.Sort(ids)
		rows, err := tx.Query(postsByTopic, by.Workspace, ids, first, end, mostSorted+1)
		if err != nil {
			return fmt.Errorf("reading the posts of topics: %w", err)
		}
		return db.EachRow(rows, func() error {
			var seq, id int64
			err := rows.Scan(&seq, &id)
			topics[seq] = shown[id]
			seqs = append(seqs, seq)
			return err
		})
	})
	if err == nil && len(seqs) > mostSorted {
		err = &hearth.Error{Code: hearth.Invalid, Field: "from", Message: "Topics have more than 2,000,000 posts in this time; ask for a shorter time."}
	}
	values := make(map[ID]string, len(shown))
	for _, root := range shown {
		values[root] = strconv.FormatInt(int64(root), 10)
	}
	s.Rows = query.NewRows(seqs)
	s.Of = func(seq hearth.Seq) string { return values[topics[int64(seq)]] }
	s.Label = func(value string) string {
		id, err := strconv.ParseInt(value, 10, 64)
		if root := all.rows[ID(id)]; err == nil && root != nil && scope.Whole() {
			return root.shown()
		}
		return value
	}
	return s, err
}

// span is a time in µs, with a minute to spare on both sides; zero: no bound.
func span(from, to time.Time) (first, end int64) {
	first, end = math.MinInt64, math.MaxInt64
	if !from.IsZero() {
		first = db.Micros(from.Add(-time.Minute))
	}
	if !to.IsZero() {
		end = db.Micros(to.Add(time.Minute))
	}
	return first, end
}

// Called is a topic and what it is called.
type Called struct {
	ID   ID
	Name string
}

// Names are those of the topics that are listed, of 500 at most, the one with the most
// posts first. Whoever does not see all posts is told none.
func (t *Topics) Names(ctx context.Context, by access.Actor) (list []Called, err error) {
	scope, err := by.Scope(access.ReadPosts)
	if err != nil || !scope.Whole() {
		return nil, err
	}
	err = t.o.State.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(`
			SELECT id, CASE WHEN name <> '' THEN name ELSE label END FROM topic
			WHERE workspace_id = ? AND parent_id = 0 AND muted = 0 AND (name <> '' OR label <> '') ORDER BY posts DESC, id LIMIT ?`, by.Workspace, mostNames)
		if err != nil {
			return fmt.Errorf("reading the names of topics: %w", err)
		}
		return db.EachRow(rows, func() error {
			var one Called
			err := rows.Scan(&one.ID, &one.Name)
			list = append(list, one)
			return err
		})
	})
	return list, err
}
