package ingest

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"time"

	"hearth"
	"hearth/db"
)

// graves remembers the latest deletions of posts that are not kept, so that a
// create which comes after its own deletion (streams reorder, and read again
// what they read before) stays dead. Most deletions on a network are of posts
// that nobody wanted: rows for all of them would be more than the posts. So only
// a hash of each is kept, on the disk from the commit of the cursor that passed
// it on. What is forgotten, after maxGraves deletions or graveAge, is a post that
// arrived that long after it was deleted.
type graves struct {
	mu     sync.Mutex
	loaded bool
	known  map[uint64]struct{}
	ring   []uint64
	next   int
}

const (
	maxGraves = 1 << 17 // of a source on the disk, of a workspace in memory
	graveAge  = 7 * 24 * time.Hour

	graveBytes = 8
	chunkBytes = 1024 * graveBytes // a chunk that has as much is left as it is
)

func newGraves() *graves { return &graves{known: map[uint64]struct{}{}} }

// graveOf holds the author too: a deletion counts for its own author's posts
// only, unless it names nobody. It cannot be forged by choosing ids.
func graveOf(p *hearth.Post, author string) uint64 {
	h := sha256.New()
	for _, part := range [...]string{p.Network, p.ID, author} {
		var size [8]byte
		binary.LittleEndian.PutUint64(size[:], uint64(len(part)))
		h.Write(size[:])
		h.Write([]byte(part))
	}
	var sum [sha256.Size]byte
	return binary.LittleEndian.Uint64(h.Sum(sum[:0]))
}

// load reads those of a workspace from the disk, the first time.
func (g *graves) load(ctx context.Context, d *db.DB, ws hearth.WorkspaceID) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.loaded {
		return nil
	}
	err := d.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query("SELECT hashes FROM grave WHERE workspace_id = ? ORDER BY dug, source_id, id", ws)
		if err != nil {
			return err
		}
		return db.EachRow(rows, func() error {
			var hashes []byte
			if err := rows.Scan(&hashes); err != nil {
				return err
			}
			for ; len(hashes) >= graveBytes; hashes = hashes[graveBytes:] {
				g.put(binary.LittleEndian.Uint64(hashes))
			}
			return nil
		})
	})
	if err != nil {
		return fmt.Errorf("reading which posts were deleted: %w", err)
	}
	g.loaded = true
	return nil
}

// put adds a hash. The caller holds the lock.
func (g *graves) put(k uint64) {
	if _, ok := g.known[k]; ok {
		return
	}
	g.known[k] = struct{}{}
	if len(g.ring) < maxGraves {
		g.ring = append(g.ring, k)
		return
	}
	delete(g.known, g.ring[g.next])
	g.ring[g.next] = k
	g.next = (g.next + 1) % maxGraves
}

// dig notes a deletion and appends its hash to pending, to be written. One that
// is known may not be on the disk yet: the commit that was to write it failed.
func (g *graves) dig(p *hearth.Post, pending []byte) []byte {
	k := graveOf(p, p.Author.ID)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.put(k)
	return binary.LittleEndian.AppendUint64(pending, k)
}

// holds says whether the post was deleted before it came.
func (g *graves) holds(p *hearth.Post) bool {
	named, unnamed := graveOf(p, p.Author.ID), graveOf(p, "")
	g.mu.Lock()
	defer g.mu.Unlock()
	_, ok := g.known[named]
	if !ok {
		_, ok = g.known[unnamed]
	}
	return ok
}

// writeGraves adds hashes to a source's newest chunk, or begins one and drops
// what is too old or too much.
func writeGraves(tx *db.Tx, key sourceKey, hashes []byte, now time.Time) error {
	if len(hashes) == 0 {
		return nil
	}
	var id int64
	var chunk []byte
	err := tx.QueryRow("SELECT id, hashes FROM grave WHERE workspace_id = ? AND source_id = ? ORDER BY id DESC LIMIT 1", key.workspace, key.id).Scan(&id, &chunk)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	begun := id == 0 || len(chunk)+len(hashes) > chunkBytes
	if begun {
		id, chunk = id+1, nil
	}
	_, err = tx.Exec(`
		INSERT INTO grave (workspace_id, source_id, id, dug, hashes) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (workspace_id, source_id, id) DO UPDATE SET dug = excluded.dug, hashes = excluded.hashes`,
		key.workspace, key.id, id, db.Micros(now), append(chunk, hashes...))
	if err != nil || !begun {
		return err
	}
	_, err = tx.Exec("DELETE FROM grave WHERE workspace_id = ?1 AND (dug < ?2 OR source_id = ?3 AND id <= ?4)",
		key.workspace, db.Micros(now.Add(-graveAge)), key.id, id-maxGraves*graveBytes/chunkBytes)
	return err
}
