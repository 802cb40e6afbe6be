package monitor

import (
	"context"

	"hearth"
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
