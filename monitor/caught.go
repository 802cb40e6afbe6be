package monitor

import (
	"context"

	"hearth"
	"hearth/archive"
	"hearth/db"
)

// Caught is a mention as it is counted.
type Caught struct {
	Seq       hearth.Seq
	At        int64 // µs; published, else received
	Sentiment hearth.Sentiment
}

// Caught gives the visible mentions of a monitor in a time, the newest first, at most
// so many, from behind a place on that Caught gave before (the zero value: from the
// newest). It is for parts of the program that count by what they know themselves; it
// asks nobody's permission.
func (m *Monitors) Caught(ctx context.Context, ws hearth.WorkspaceID, id hearth.MonitorID, from, to int64, after Caught, most int) (list []Caught, err error) {
	before := place{at: to}
	if after.Seq != 0 {
		before = place{after.At, after.Seq}
	}
	err = m.o.Store.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(`
			SELECT m.at, m.seq, coalesce((
				SELECT d.sentiment FROM tally t JOIN dimension d ON d.id = t.dimension_id AND d.workspace_id = t.workspace_id
				WHERE t.workspace_id = m.workspace_id AND t.seq = m.seq), '')
			FROM mention m WHERE m.workspace_id = ? AND m.monitor_id = ? AND m.at >= ? AND (m.at, m.seq) < (?, ?)
			ORDER BY m.at DESC, m.seq DESC LIMIT ?`, ws, id, from, before.at, before.seq, most)
		if err != nil {
			return err
		}
		return db.EachRow(rows, func() error {
			var c Caught
			err := rows.Scan(&c.At, &c.Seq, &c.Sentiment)
			list = append(list, c)
			return err
		})
	})
	return list, err
}

// CaughtBy says of versions who has them: who caught them on arrival or later, without
// those that are gone. It is for parts of the program that count by what they know
// themselves; it asks nobody's permission.
func (m *Monitors) CaughtBy(ctx context.Context, ws hearth.WorkspaceID, rows []archive.Stored) ([][]hearth.MonitorID, error) {
	list := make([][]hearth.MonitorID, len(rows))
	if len(rows) == 0 {
		return list, nil
	}
	seqs := make(db.Ints, len(rows))
	for i := range rows {
		seqs[i] = int64(rows[i].Seq)
	}
	hits := map[hearth.Seq][]hearth.MonitorID{}
	var purged map[hearth.MonitorID]bool
	err := m.o.Store.Read(ctx, func(tx *db.Tx) (err error) {
		if purged, err = readPurged(tx, ws); err != nil {
			return err
		}
		found, err := tx.Query(`SELECT seq, monitor_id FROM monitor_hit WHERE workspace_id = ? AND seq IN (?...)`, ws, seqs)
		if err != nil {
			return err
		}
		return db.EachRow(found, func() error {
			var seq hearth.Seq
			var id hearth.MonitorID
			err := found.Scan(&seq, &id)
			hits[seq] = append(hits[seq], id)
			return err
		})
	})
	b := batch{known: map[hearth.WorkspaceID]*extras{ws: {hits: hits, purged: purged}}}
	for i := range rows {
		s := rows[i]
		s.Workspace = ws
		list[i] = b.monitorsOf(&s)
	}
	return list, err
}
