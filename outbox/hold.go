package outbox

import (
	"context"
	"time"

	"hearth"
	"hearth/db"
)

// Hold is for a store that was just put back from a backup: what was being sent
// or due could have left since the backup was made, so nobody knows whether it
// did. It becomes unknown, and nothing leaves any workspace that has channels
// until a person has looked and lets it out again with Resume. It gives how many
// dispatches that are.
func Hold(ctx context.Context, state *db.DB, now time.Time) (held int64, err error) {
	const why = "Hearth was put back from a backup: it may have been sent already."
	err = state.Write(ctx, func(tx *db.Tx) error {
		// What waits becomes unknown by way of being sent, as everything does.
		if _, err := tx.Exec(`UPDATE dispatch SET state = 'sending', fence = fence + 1 WHERE state = 'queued' AND due <= ?`, db.Micros(now)); err != nil {
			return err
		}
		done, err := tx.Exec(`UPDATE dispatch SET state = 'unknown', error = ?, fence = fence + 1 WHERE state = 'sending'`, why)
		if err != nil {
			return err
		}
		if held, err = done.RowsAffected(); err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE dispatch_attempt SET result = 'unknown', error = ? WHERE result = 'sending'`, why); err != nil {
			return err
		}
		return pauseAll(tx, now)
	})
	return held, err
}

// pauseAll stops every workspace that has channels.
func pauseAll(tx *db.Tx, now time.Time) error {
	rows, err := tx.Query(`SELECT DISTINCT workspace_id FROM channel ORDER BY workspace_id`) // all workspaces: the whole store was put back
	if err != nil {
		return err
	}
	var list []hearth.WorkspaceID
	if err := db.EachRow(rows, func() error {
		var ws hearth.WorkspaceID
		err := rows.Scan(&ws)
		list = append(list, ws)
		return err
	}); err != nil {
		return err
	}
	for _, ws := range list {
		_, err := tx.Exec(`
			INSERT INTO outbox_pause (workspace_id, paused, by_user, at) VALUES (?, 1, 0, ?)
			ON CONFLICT (workspace_id) DO UPDATE SET paused = excluded.paused, by_user = excluded.by_user, at = excluded.at`, int64(ws), db.Micros(now))
		if err != nil {
			return err
		}
	}
	return nil
}
