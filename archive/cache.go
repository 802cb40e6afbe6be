package archive

import (
	"hash/fnv"
	"sync"

	"hearth/archive/index"
	"hearth/db"
)

// blockCache keeps blocks of the index that were read lately. On PostgreSQL it
// saves a round trip for each; SQLite has pages in memory, but finding a block,
// whose bytes stand in a chain of them, takes longer than what is done with it. A
// block never changes; a segment is told from an older one of its number by a hash
// of its head.
type blockCache struct {
	mu         sync.Mutex
	young, old map[blockKey][]byte
	bytes      int // in young
}

type blockKey struct {
	block int64
	head  uint64
}

// cacheBytes is what one generation of the cache may hold: when the young one
// is full it becomes the old one, of which what is still read becomes young again.
// All that facets of ten million posts read is some 30 MB.
const cacheBytes = 32 << 20

func (c *blockCache) get(k blockKey) []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	if data := c.young[k]; data != nil {
		return data
	}
	data := c.old[k]
	if data != nil {
		delete(c.old, k)
		c.add(k, data)
	}
	return data
}

func (c *blockCache) put(k blockKey, data []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.add(k, data)
}

func (c *blockCache) add(k blockKey, data []byte) {
	if c.young == nil || c.bytes+len(data) > cacheBytes {
		c.young, c.old, c.bytes = map[blockKey][]byte{}, c.young, 0
	}
	if _, ok := c.young[k]; !ok {
		c.young[k] = data
		c.bytes += len(data)
	}
}

// headOf tells segments apart.
func headOf(head []byte) uint64 {
	h := fnv.New64a()
	h.Write(head)
	return h.Sum64()
}

// reader reads the blocks of a segment within a transaction, or from memory.
func (f *finder) reader(tx *db.Tx, s *segment) index.Read {
	read := blockReader(tx, s.number)
	return func(no uint32) ([]byte, error) {
		if err := tx.Err(); err != nil {
			return nil, err
		}
		k := blockKey{s.number<<32 | int64(no), s.head}
		if data := f.cache.get(k); data != nil {
			return data, nil
		}
		data, err := read(no)
		if err == nil {
			f.cache.put(k, data)
		}
		return data, err
	}
}
