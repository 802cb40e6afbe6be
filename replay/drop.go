package replay

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"time"

	"hearth/db"
)

// dropEvery is how often the window is cut to its age.
const dropEvery = time.Minute

// drop takes away what is older than the window.
func (w *Window) drop() {
	before := w.o.Clock().Add(-w.o.Age).UnixMicro()
	err := w.d.Write(context.Background(), func(tx *db.Tx) error {
		for _, statement := range [...]struct {
			text string
			arg  int64
		}{ // all workspaces: age is the same for all
			{`DELETE FROM replay_block WHERE last < ?`, before},
			{`DELETE FROM replay_grave WHERE span < ?`, spanOf(before) - 1},
			{`DELETE FROM replay_gap WHERE gap_to < ?`, before},
		} {
			if _, err := tx.Exec(statement.text, statement.arg); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		w.o.Log.Error("the replay window cannot be cut to its age; it is tried again", "error", err)
	}
	w.shrink()
}

// shrink drops the oldest blocks until the window is within its size.
func (w *Window) shrink() {
	err := w.d.Write(context.Background(), func(tx *db.Tx) error {
		var size int64
		if err := tx.QueryRow(`SELECT coalesce(sum(size), 0) FROM replay_block`).Scan(&size); err != nil { // all workspaces: they share the size
			return err
		}
		limit := w.o.Size
		if w.o.Crowded != nil && w.o.Crowded() { // what is dropped makes room for what comes until the next cut
			limit = min(limit, size-w.o.Size/growth)
		}
		for size > max(0, limit) {
			var dropped int64
			err := tx.QueryRow(`
				DELETE FROM replay_block WHERE id = (SELECT min(id) FROM replay_block) RETURNING size`).Scan(&dropped) // all workspaces: the oldest goes first
			if err != nil {
				return err
			}
			size -= dropped
		}
		return nil
	})
	if err != nil {
		w.o.Log.Error("the replay window cannot be cut to its size; it is tried again", "error", err)
	}
}

// Discard removes the file of a window that is not wanted any more. That it is
// not there is no error. Nothing may have it open.
func Discard(path string) error {
	for _, suffix := range []string{"", "-wal", "-shm", ".lock"} {
		if err := os.Remove(path + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}
