package ingest

import (
	"context"
	"sync"
	"time"

	"hearth"
	"hearth/db"
)

// cache is a source's network.Cache: in memory, written with the next commit of
// the source, bounded in both places. When it is full the oldest entries go.
type cache struct {
	mu      sync.Mutex
	values  map[string]string
	order   []string // as first put; a ring once it is full
	next    int
	changed map[string]bool // not written yet; false: evicted
}

const (
	maxCacheEntries = 20_000
	maxCacheName    = 512
	maxCacheValue   = 1_000
)

func newCache() *cache {
	return &cache{values: map[string]string{}, changed: map[string]bool{}}
}

// loadCache reads what a source knew at its last commit.
func loadCache(ctx context.Context, d *db.DB, ws hearth.WorkspaceID, id hearth.SourceID) (*cache, error) {
	c := newCache()
	err := d.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(`
			SELECT name, value FROM source_cache WHERE workspace_id = ? AND source_id = ?
			ORDER BY written LIMIT ?`, ws, id, maxCacheEntries)
		if err != nil {
			return err
		}
		return db.EachRow(rows, func() error {
			var name, value string
			err := rows.Scan(&name, &value)
			c.Put(name, value)
			return err
		})
	})
	clear(c.changed)
	return c, err
}

// Get implements network.Cache.
func (c *cache) Get(key string) (string, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	v, ok := c.values[key]
	return v, ok
}

// Put implements network.Cache. What is too long is forgotten at once.
func (c *cache) Put(key, value string) {
	if len(key) > maxCacheName || len(value) > maxCacheValue {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	old, known := c.values[key]
	if known && old == value {
		return
	}
	c.values[key] = value
	c.changed[key] = true
	switch {
	case known:
	case len(c.order) < maxCacheEntries:
		c.order = append(c.order, key)
	default:
		evicted := c.order[c.next]
		delete(c.values, evicted)
		c.changed[evicted] = false
		c.order[c.next] = key
		c.next = (c.next + 1) % maxCacheEntries
	}
}

// cacheWritesPerCommit keeps a commit short however much was learnt.
const cacheWritesPerCommit = 500

// write stores a part of what changed. An entry is taken for written before the
// commit: if that fails, a small fact is learnt again.
func (c *cache) write(tx *db.Tx, ws hearth.WorkspaceID, id hearth.SourceID, now time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := 0
	for key, put := range c.changed {
		if n++; n > cacheWritesPerCommit {
			break
		}
		delete(c.changed, key)
		var err error
		if put {
			_, err = tx.Exec(`
				INSERT INTO source_cache (workspace_id, source_id, name, value, written) VALUES (?, ?, ?, ?, ?)
				ON CONFLICT (workspace_id, source_id, name) DO UPDATE SET value = excluded.value, written = excluded.written`,
				ws, id, key, c.values[key], db.Micros(now))
		} else {
			_, err = tx.Exec(`DELETE FROM source_cache WHERE workspace_id = ? AND source_id = ? AND name = ?`, ws, id, key)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
