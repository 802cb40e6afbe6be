package replay

import (
	"context"
	"database/sql"
	"errors"
	"hash/fnv"
	"time"

	"hearth"
	"hearth/db"
)

// grave is what a network said of a post or an author, by a hash of the name.
type grave struct {
	hash int64
	dead bool
}

// graveKey is where a grave stands.
type graveKey struct {
	workspace hearth.WorkspaceID
	span      int64
	hash      int64
}

// Graves stand in spans of six hours: few enough to look into each, and dropped
// as a whole.
const graveSpan = 6 * time.Hour

func spanOf(us int64) int64 { return us / graveSpan.Microseconds() }

// A deletion counts for its own author's post only.
func postHash(p *hearth.Post) int64   { return hashOf("post", p.Network, p.ID, p.Author.ID) }
func authorHash(p *hearth.Post) int64 { return hashOf("author", p.Network, p.Author.ID) }

func hashOf(parts ...string) int64 {
	h := fnv.New64a()
	for _, part := range parts {
		h.Write([]byte(part))
		h.Write([]byte{0xFF}) // stands in no UTF-8
	}
	return int64(h.Sum64())
}

// Dead says of each entry whether its network has taken the post back since, or
// its author is gone or hidden.
func (w *Window) Dead(ctx context.Context, ws hearth.WorkspaceID, entries []Entry) ([]bool, error) {
	dead := make([]bool, len(entries))
	now := spanOf(w.o.Clock().UnixMicro()) + 1
	err := w.d.Read(ctx, func(tx *db.Tx) error {
		for i := range entries {
			p, from := &entries[i].Event.Post, spanOf(entries[i].Received.UnixMicro())-1 // clocks are set back
			for _, hash := range [...]int64{postHash(p), authorHash(p)} {
				last, err := w.lastSaid(tx, ws, hash, from, now)
				if err != nil {
					return err
				}
				dead[i] = dead[i] || last
			}
		}
		return nil
	})
	return dead, err
}

// lastSaid is the newest word about a name.
func (w *Window) lastSaid(tx *db.Tx, ws hearth.WorkspaceID, hash, from, to int64) (dead bool, err error) {
	w.mu.Lock()
	for span := to; span >= from; span-- {
		if dead, ok := w.graves[graveKey{ws, span, hash}]; ok {
			w.mu.Unlock()
			return dead, nil
		}
	}
	w.mu.Unlock()
	for span := to; span >= from; span-- {
		err := tx.QueryRow(`SELECT dead FROM replay_grave WHERE workspace_id = ? AND span = ? AND hash = ?`, ws, span, hash).Scan(&dead)
		if !errors.Is(err, sql.ErrNoRows) {
			return dead, err
		}
	}
	return false, nil
}

// writeGraves writes what is pending.
func writeGraves(tx *db.Tx, graves map[graveKey]bool) error {
	for key, dead := range graves {
		_, err := tx.Exec(`
			INSERT INTO replay_grave (workspace_id, span, hash, dead) VALUES (?, ?, ?, ?)
			ON CONFLICT (workspace_id, span, hash) DO UPDATE SET dead = excluded.dead`, key.workspace, key.span, key.hash, db.Truth(dead))
		if err != nil {
			return err
		}
	}
	return nil
}
