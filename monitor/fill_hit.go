package monitor

import (
	"database/sql"
	"errors"
	"slices"

	"hearth"
	"hearth/archive"
	"hearth/db"
)

// addHits notes which stored posts a monitor found in the past, and gives the
// number of those that it did not have before. Those that are counted already
// count for it from now on; the others when their turn comes.
func addHits(tx *db.Tx, ws hearth.WorkspaceID, id hearth.MonitorID, posts []*archive.Stored) (fresh int64, err error) {
	moved, named := newRollups(), newNames(tx, &namer{})
	for _, s := range posts {
		if slices.Contains(s.Monitors, id) {
			continue // it was caught when it arrived
		}
		done, err := tx.Exec(`INSERT INTO monitor_hit (workspace_id, seq, monitor_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`, ws, s.Seq, id)
		if err != nil {
			return 0, err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			continue
		}
		fresh++
		if err := addToTally(tx, s, ws, id, moved, named); err != nil {
			return 0, err
		}
	}
	if err := moved.write(tx); err != nil {
		return 0, err
	}
	return fresh, named.flush()
}

func addToTally(tx *db.Tx, s *archive.Stored, ws hearth.WorkspaceID, id hearth.MonitorID, moved *rollups, named *names) error {
	t := tally{workspace: ws, seq: s.Seq}
	var ids string
	var list []byte
	err := tx.QueryRow(`SELECT at, dimension_id, hidden, monitors, names FROM tally WHERE workspace_id = ? AND seq = ?`, ws, s.Seq).
		Scan(&t.at, &t.dimension, &t.hidden, &ids, &list)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := t.read(ids, list); err != nil {
		return err
	}
	if slices.Contains(t.monitors, id) {
		return nil
	}
	if len(t.monitors) == 0 { // nobody asked for its names so far
		if t.names, err = named.put(ws, &s.Post); err != nil {
			return err
		}
	}
	t.monitors = append(t.monitors, id)
	slices.Sort(t.monitors)
	_, err = tx.Exec(`UPDATE tally SET monitors = ?, names = ? WHERE workspace_id = ? AND seq = ?`, idsText(t.monitors), packIDs(t.names), ws, s.Seq)
	if err != nil || t.hidden {
		return err
	}
	moved.add(&t, id, +1)
	_, err = tx.Exec(`INSERT INTO mention (workspace_id, monitor_id, at, seq) VALUES (?, ?, ?, ?)`, ws, id, t.at, t.seq)
	return err
}
