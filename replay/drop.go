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
	w.grown = 0
	err := w.d.Write(context.Background(), func(tx *db.Tx) error {
		var size int64
		if err := tx.QueryRow(`SELECT coalesce(sum(size), 0) FROM replay_block`).Scan(&size); err != nil { // all workspaces: they share the size
			return err
		}
		for limit := w.limit(size); size > limit; {
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

// limit is the size that the window may have, of the size it has. On a crowded
// disk that is what it had when the disk became crowded, less what may come until
// the next cut.
func (w *Window) limit(size int64) int64 {
	if w.o.Crowded == nil || !w.o.Crowded() {
		w.ceiling = -1
		return w.o.Size
	}
	if w.ceiling < 0 {
		w.ceiling = max(0, min(w.o.Size, size-w.o.Size/growth))
	}
	return w.ceiling
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
