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
	moved := rollups{}
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
		if err := addToTally(tx, ws, s.Seq, id, moved); err != nil {
			return 0, err
		}
	}
	return fresh, moved.write(tx)
}

func addToTally(tx *db.Tx, ws hearth.WorkspaceID, seq hearth.Seq, id hearth.MonitorID, moved rollups) error {
	t := tally{workspace: ws, seq: seq}
	var ids string
	err := tx.QueryRow(`SELECT at, dimension_id, hidden, monitors FROM tally WHERE workspace_id = ? AND seq = ?`, ws, seq).
		Scan(&t.at, &t.dimension, &t.hidden, &ids)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	if t.monitors, err = idsOf(ids); err != nil {
		return err
	}
	if slices.Contains(t.monitors, id) {
		return nil
	}
	t.monitors = append(t.monitors, id)
	slices.Sort(t.monitors)
	if _, err := tx.Exec(`UPDATE tally SET monitors = ? WHERE workspace_id = ? AND seq = ?`, idsText(t.monitors), ws, seq); err != nil || t.hidden {
		return err
	}
	moved.add(&t, id, +1)
	return writeMention(tx, &t, id, +1)
}
