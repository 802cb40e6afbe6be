package replay

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"hearth/db"
)

const (
	// rush is the part of a processor beyond which packing small is too much: 2 %.
	rush = 50
	// repackEvery and repackFor bound what packing again takes: 2 % of a
	// processor, and nothing while posts rush in.
	repackEvery = time.Second
	repackFor   = 20 * time.Millisecond
)

// effort is how long packing small takes, as it was last seen.
type effort struct {
	took  time.Duration
	bytes int
}

// rushes says whether packing n bytes small would take too much of the time in
// which they came. What is remembered fades, so that it is looked at again.
func (e *effort) rushes(n int, within time.Duration) bool {
	if e.bytes == 0 || e.took*time.Duration(n)/time.Duration(e.bytes)*rush <= within {
		return false
	}
	e.took -= e.took / 64
	return true
}

// packFull packs a block that has just become full.
func (w *Window) packFull(o *open) *packed {
	now := w.o.Clock()
	if w.effort.rushes(len(o.b), now.Sub(o.born)) {
		w.rushed = true
		return w.pack(o, fast)
	}
	b := w.pack(o, small)
	w.effort = effort{w.o.Clock().Sub(now), len(o.b)}
	return b
}

// repack packs blocks small that were packed fast, the oldest first, for as long
// as it may.
func (w *Window) repack() {
	if rushed := w.rushed; rushed || len(w.full) > 0 {
		w.rushed = false
		return
	}
	for begun := w.o.Clock(); ; {
		more, err := w.repackOne()
		if err != nil {
			w.o.Log.Error("a block of the replay window cannot be packed smaller; it stays as it is", "error", err)
		}
		if !more || err != nil || len(w.full) > 0 || w.o.Clock().Sub(begun) > repackFor {
			return
		}
	}
}

// repackOne packs the next block and says whether there was one.
func (w *Window) repackOne() (bool, error) {
	var b Block
	var body []byte
	err := w.d.Read(context.Background(), func(tx *db.Tx) error {
		var sum, how int64
		err := tx.QueryRow(`
			SELECT workspace_id, id, posts, plain, checksum, codec, body FROM replay_block
			WHERE codec = 1 AND id > ? AND id < ? ORDER BY id LIMIT 1`, w.repacked, w.firstOpen()). // all workspaces: each block for itself
			Scan(&b.key.workspace, &b.key.id, &b.Posts, &b.plain, &sum, &how, &body)
		b.ID, b.sum, b.codec = b.key.id, uint32(sum), codec(how)
		return err
	})
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	w.repacked = b.ID
	if !w.unpack(&b, body) {
		return true, nil
	}
	body = w.packer.pack(small, b.body)
	return true, w.d.Write(context.Background(), func(tx *db.Tx) error {
		_, err := tx.Exec(`UPDATE replay_block SET size = size - length(body) + ?, checksum = ?, codec = ?, body = ? WHERE workspace_id = ? AND id = ?`,
			len(body), int64(checksum(b.key, body)), int64(small), body, b.key.workspace, b.key.id)
		return err
	})
}

// firstOpen is the id of the oldest block that is still being filled, or of the
// next one: blocks before it are finished.
func (w *Window) firstOpen() int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	first := w.nextID
	for _, o := range w.opens {
		first = min(first, o.key.id)
	}
	return first
}
