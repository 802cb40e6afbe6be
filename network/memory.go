package network

import (
	"strconv"
	"strings"
)

// Memory is what a connector that asks again and again remembers of the posts
// it gave out: which version, of whom, and which ids were the latest, so that
// edits and deletions are noticed. It lives in a Cache and may forget like one.
// One goroutine at a time.
//
// What is noted is remembered from the next Settle on, and a connector settles
// when a round of asking begins: a crash that loses the batch in which a post
// was given out then loses the note with it, so the post is given out again.
type Memory struct {
	cache Cache
	name  string
	fresh map[string]Known
	order []string // the ids of fresh
	slots []string // the latest ids, each with a space before it
	at    int      // the slot that is being filled
}

// Known is what is remembered of a post. Version and Author hold no spaces.
type Known struct {
	Version string // of the post, in the connector's words; Gone after its deletion
	Author  string // its id
	Note    string // whatever the connector likes
}

// Gone is the Version of a post whose deletion was given out.
const Gone = "gone"

// slotSize is how many bytes of ids an entry of the cache holds.
const slotSize = 900

// NewMemory is the memory of that name in a cache, with room for the latest
// ids in some slots of 900 bytes.
func NewMemory(c Cache, name string, slots int) *Memory {
	m := &Memory{cache: c, name: name, fresh: map[string]Known{}, slots: make([]string, slots)}
	for i := range m.slots {
		m.slots[i], _ = c.Get(m.slotKey(i))
	}
	at, _ := c.Get(m.name + " at")
	if n, err := strconv.Atoi(at); err == nil && 0 <= n && n < slots {
		m.at = n
	}
	return m
}

func (m *Memory) slotKey(i int) string { return m.name + " latest " + strconv.Itoa(i) }

// Get is what is known of a post, that which is not settled yet included.
func (m *Memory) Get(id string) (Known, bool) {
	if k, ok := m.fresh[id]; ok {
		return k, true
	}
	return m.settled(id)
}

func (m *Memory) settled(id string) (k Known, ok bool) {
	s, ok := m.cache.Get(m.name + " " + id)
	if !ok {
		return k, false
	}
	k.Version, s, _ = strings.Cut(s, " ")
	k.Author, k.Note, _ = strings.Cut(s, " ")
	return k, true
}

// Put notes a post for the next Settle.
func (m *Memory) Put(id string, k Known) {
	if _, ok := m.fresh[id]; !ok {
		m.order = append(m.order, id)
	}
	m.fresh[id] = k
}

// Settle remembers what was noted since the last time.
func (m *Memory) Settle() {
	for _, id := range m.order {
		k := m.fresh[id]
		if _, ok := m.settled(id); !ok {
			m.latest(id)
		}
		m.cache.Put(m.name+" "+id, k.Version+" "+k.Author+" "+k.Note)
	}
	clear(m.fresh)
	m.order = m.order[:0]
}

// latest adds an id to the slot at hand, or to the next one, whose ids are
// dropped.
func (m *Memory) latest(id string) {
	if len(m.slots) == 0 || len(id) >= slotSize || strings.Contains(id, " ") {
		return
	}
	if len(m.slots[m.at])+1+len(id) > slotSize {
		m.at = (m.at + 1) % len(m.slots)
		m.slots[m.at] = ""
		m.cache.Put(m.name+" at", strconv.Itoa(m.at))
	}
	m.slots[m.at] += " " + id
	m.cache.Put(m.slotKey(m.at), m.slots[m.at])
}

// Latest is the ids of the posts that were settled last, at most n of them, the
// newest first; those that are gone or forgotten are left out.
func (m *Memory) Latest(n int) (ids []string) {
	for back := range m.slots {
		slot := strings.Fields(m.slots[(m.at-back+len(m.slots))%len(m.slots)])
		for i := len(slot) - 1; i >= 0 && len(ids) < n; i-- {
			if k, ok := m.Get(slot[i]); ok && k.Version != Gone {
				ids = append(ids, slot[i])
			}
		}
	}
	return ids
}
