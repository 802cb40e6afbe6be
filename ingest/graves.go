package ingest

import (
	"hash/maphash"
	"sync"

	"hearth"
)

// graves remembers the latest deletions of posts that are not kept, so that a
// create which comes after its own deletion (streams reorder, and read again
// what they read before) stays dead. Most deletions on a network are of posts
// that nobody wanted: rows for all of them would be more than the posts. What
// it forgets after maxGraves deletions, or at a restart before which the cursor
// had passed the deletion, is a post that arrived long after it was deleted.
type graves struct {
	mu    sync.Mutex
	seed  maphash.Seed
	known map[uint64]struct{}
	ring  []uint64
	next  int
}

const maxGraves = 1 << 17

func newGraves() *graves {
	return &graves{seed: maphash.MakeSeed(), known: map[uint64]struct{}{}}
}

// key holds the author too: a deletion counts for its own author's posts only.
func (g *graves) key(p *hearth.Post) uint64 {
	type name struct{ network, id, author string }
	return maphash.Comparable(g.seed, name{p.Network, p.ID, p.Author.ID})
}

// dig notes a deletion.
func (g *graves) dig(p *hearth.Post) {
	k := g.key(p)
	g.mu.Lock()
	defer g.mu.Unlock()
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

// holds says whether the post was deleted before it came.
func (g *graves) holds(p *hearth.Post) bool {
	k := g.key(p)
	g.mu.Lock()
	defer g.mu.Unlock()
	_, ok := g.known[k]
	return ok
}
