package monitor

import (
	"context"

	"hearth/db"
)

// Purge clears away, in all workspaces, the mentions and counts of monitors
// that were removed longer ago than they can be restored. Call it now and then.
func (m *Monitors) Purge(ctx context.Context) error {
	before := m.o.Clock().Add(-restoreTime)
	var old []monitorKey
	err := m.o.State.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(`
			SELECT workspace_id, id FROM monitor WHERE removed < ? AND purged < 2`, db.Micros(before)) // all workspaces: the program's own tidying
		if err != nil {
			return err
		}
		return db.EachRow(rows, func() error {
			var key monitorKey
			err := rows.Scan(&key.workspace, &key.monitor)
			old = append(old, key)
			return err
		})
	})
	if err != nil {
		return err
	}
	for _, key := range old {
		if err := m.purge(ctx, key); err != nil {
			return err
		}
	}
	return nil
}

// purge first makes sure that the monitor cannot be restored, then clears its
// rows away bit by bit. Broken off, it begins again: the last mark is set last.
func (m *Monitors) purge(ctx context.Context, key monitorKey) error {
	if err := m.markPurged(ctx, key, 1); err != nil {
		return err
	}
	err := m.o.Store.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(`INSERT INTO monitor_purged (workspace_id, monitor_id) VALUES (?, ?) ON CONFLICT DO NOTHING`, key.workspace, key.monitor)
		return err
	})
	if err != nil {
		return err
	}
	for more := true; more; {
		if more, err = m.purgeSome(ctx, key); err != nil {
			return err
		}
	}
	return m.markPurged(ctx, key, 2)
}

func (m *Monitors) markPurged(ctx context.Context, key monitorKey, mark int) error {
	return m.o.State.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(`UPDATE monitor SET purged = ? WHERE workspace_id = ? AND id = ? AND removed IS NOT NULL`, mark, key.workspace, key.monitor)
		return err
	})
}

const purgeRows = 2000

func (m *Monitors) purgeSome(ctx context.Context, key monitorKey) (more bool, err error) {
	err = m.o.Store.Write(ctx, func(tx *db.Tx) error {
		more = false
		for _, statement := range [...]string{
			`DELETE FROM mention WHERE (workspace_id, monitor_id, at, seq) IN (
				SELECT workspace_id, monitor_id, at, seq FROM mention WHERE workspace_id = ? AND monitor_id = ? LIMIT ?)`,
			`DELETE FROM total WHERE (workspace_id, monitor_id, dimension_id) IN (
				SELECT workspace_id, monitor_id, dimension_id FROM total WHERE workspace_id = ? AND monitor_id = ? LIMIT ?)`,
			`DELETE FROM tile WHERE (workspace_id, monitor_id, start) IN (
				SELECT workspace_id, monitor_id, start FROM tile WHERE workspace_id = ? AND monitor_id = ? LIMIT ?)`,
			`DELETE FROM monitor_hit WHERE (workspace_id, seq, monitor_id) IN (
				SELECT workspace_id, seq, monitor_id FROM monitor_hit WHERE workspace_id = ? AND monitor_id = ? LIMIT ?)`,
			`DELETE FROM backfill WHERE (workspace_id, monitor_id) IN (
				SELECT workspace_id, monitor_id FROM backfill WHERE workspace_id = ? AND monitor_id = ? LIMIT ?)`,
			`DELETE FROM monitor_effect WHERE (workspace_id, monitor_id, version, base) IN (
				SELECT workspace_id, monitor_id, version, base FROM monitor_effect WHERE workspace_id = ? AND monitor_id = ? LIMIT ?)`,
		} {
			done, err := tx.Exec(statement, key.workspace, key.monitor, purgeRows)
			if err != nil {
				return err
			}
			if n, _ := done.RowsAffected(); n == purgeRows {
				more = true
			}
		}
		return nil
	})
	return more, err
}
