package archive

import (
	"database/sql"
	"fmt"

	"hearth"
	"hearth/archive/index"
	"hearth/db"
)

// storeMany stores posts that are new for certain, all at a time.
func (l *log) storeMany(rows []prepared, results []Result) error {
	ws, first := int64(l.workspace), l.next
	args := make([]any, 0, 5*len(rows))
	for i := range rows {
		args = append(args, ws, rows[i].key[:], int64(first)+int64(i))
	}
	if _, err := l.tx.Many("INSERT INTO post_key (workspace_id, key, seq, state) VALUES (?, ?, ?, 0)", args); err != nil {
		return fmt.Errorf("storing keys: %w", err)
	}
	args = args[:0]
	for i := range rows {
		r := row{seq: first + hearth.Seq(i), workspace: l.workspace, op: Create, body: rows[i].body}
		args = append(args, int64(r.seq), ws, int64(Create), r.body, int64(r.checksum()))
		results[i] = Result{Seq: r.seq, Stored: true}
		l.keep(r, &rows[i].content)
	}
	if _, err := l.tx.Many("INSERT INTO post (seq, workspace_id, op, replaces, body, sum) VALUES (?, ?, ?, 0, ?, ?)", args); err != nil {
		return fmt.Errorf("storing posts: %w", err)
	}
	l.next += hearth.Seq(len(rows))
	return l.takePlaces(rows, first)
}

// takePlaces puts new versions at the places they want, and those whose place
// is taken near it, and all into the index.
func (l *log) takePlaces(rows []prepared, first hearth.Seq) error {
	ws := int64(l.workspace)
	places := make([]int64, len(rows))
	args := make([]any, 0, 3*len(rows))
	for i := range rows {
		seq := first + hearth.Seq(i)
		places[i] = wantedPlace(rows[i].content.timeOf(), seq)
		args = append(args, ws, places[i], int64(seq))
	}
	n, err := l.tx.Many("INSERT INTO post_time (workspace_id, place, seq) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", args)
	if err != nil {
		return fmt.Errorf("storing times: %w", err)
	}
	var standing map[int64]hearth.Seq // nil: all stand where they want
	if n < int64(len(rows)) {
		if standing, err = seqsAt(l.tx, l.workspace, places); err != nil {
			return err
		}
	}
	for i := range rows {
		seq := first + hearth.Seq(i)
		if standing != nil && standing[places[i]] != seq {
			if err := l.takePlace(seq, places[i], rows[i].terms); err != nil {
				return err
			}
			continue
		}
		l.added = append(l.added, index.Addition{Doc: index.Doc{Place: places[i], Seq: int64(seq)}, Terms: rows[i].terms})
	}
	return nil
}

// seqsAt is what stands at some places.
func seqsAt(tx *db.Tx, ws hearth.WorkspaceID, places []int64) (map[int64]hearth.Seq, error) {
	const find = "SELECT (SELECT seq FROM post_time WHERE workspace_id = ? AND place = list.column1), list.column1 FROM (?...) AS list"
	rows, err := tx.Query(find, int64(ws), db.Ints(places))
	if err != nil {
		return nil, err
	}
	at := make(map[int64]hearth.Seq, len(places))
	err = db.EachRow(rows, func() error {
		var seq, place sql.NullInt64
		err := rows.Scan(&seq, &place)
		if seq.Valid {
			at[place.Int64] = hearth.Seq(seq.Int64)
		}
		return err
	})
	return at, err
}
