package archive

import (
	"fmt"
	"strings"

	"hearth"
	"hearth/archive/index"
	"hearth/db"
)

// New posts are written many at a time: one statement for chunk rows costs
// half of what the rows cost one by one. Both sizes have their own statements.
const (
	chunk      = 32
	smallChunk = 8
)

var (
	insertPosts = manyRows("INSERT INTO post (seq, workspace_id, op, replaces, body, sum) VALUES ", "(?, ?, ?, 0, ?, ?)")
	insertKeys  = manyRows("INSERT INTO post_key (workspace_id, key, seq, state) VALUES ", "(?, ?, ?, 0)")
	insertTimes = manyRows("INSERT INTO post_time (workspace_id, place, seq) VALUES ", "(?, ?, ?)")
)

// manyRows is a statement for chunk and for smallChunk rows.
func manyRows(head, row string) map[int]string {
	texts := make(map[int]string)
	for _, n := range []int{chunk, smallChunk} {
		texts[n] = head + strings.Repeat(row+", ", n-1) + row
	}
	return texts
}

// storeMany stores posts that all seem to be new. It reports false, with
// nothing written, if one of them is not.
func (l *log) storeMany(rows []prepared, results []Result) (bool, error) {
	n := len(rows)
	ws := int64(l.workspace)
	args := make([]any, 0, 5*n)
	for i := range rows {
		args = append(args, ws, rows[i].key[:], int64(l.next)+int64(i))
	}
	if _, err := l.tx.Try(insertKeys[n], args...); err != nil {
		if db.IsConstraint(err) {
			return false, nil
		}
		return false, fmt.Errorf("storing keys: %w", err)
	}
	args = args[:0]
	for i := range rows {
		r := row{seq: l.next + hearth.Seq(i), workspace: l.workspace, op: Create, body: rows[i].body}
		args = append(args, int64(r.seq), ws, int64(Create), r.body, int64(r.checksum()))
		results[i] = Result{Seq: r.seq, Stored: true}
		l.keep(r, &rows[i].content)
	}
	if _, err := l.tx.Exec(insertPosts[n], args...); err != nil {
		return false, fmt.Errorf("storing posts: %w", err)
	}
	args = args[:0]
	known := len(l.added)
	for i := range rows {
		seq := l.next + hearth.Seq(i)
		place := wantedPlace(rows[i].content.timeOf(), seq)
		args = append(args, ws, place, int64(seq))
		l.added = append(l.added, index.Addition{Doc: index.Doc{Place: place, Seq: int64(seq)}, Terms: rows[i].terms})
	}
	first := l.next
	l.next += hearth.Seq(n)
	if _, err := l.tx.Try(insertTimes[n], args...); err == nil {
		return true, nil
	} else if !db.IsConstraint(err) {
		return false, fmt.Errorf("storing times: %w", err)
	}
	l.added = l.added[:known] // some places are taken
	for i := range rows {
		if err := l.takePlace(first+hearth.Seq(i), wantedPlace(rows[i].content.timeOf(), first+hearth.Seq(i)), rows[i].terms); err != nil {
			return false, err
		}
	}
	return true, nil
}
