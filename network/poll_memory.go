package network

import (
	"math"
	"net/url"
	"strconv"
	"strings"

	"hearth"
)

// list is a listing and what is known of it.
type list struct {
	*Listing
	begun  bool
	order  int64 // the greatest that was given out
	window []memory
	next   int            // slot of the window that is written next
	index  map[string]int // id → slot
	dirty  map[int]bool   // slots that the cache does not have yet
}

// memory is what is known of one post.
type memory struct {
	id, ref, version, author string
	order                    int64
	missed                   int // looks in which it was not listed
}

func (l *list) find(id string) *memory {
	if i, ok := l.index[id]; ok {
		return &l.window[i]
	}
	return nil
}

// remember writes a post into the window, over the one that was written first.
func (l *list) remember(k memory) {
	i, ok := l.index[k.id]
	if !ok {
		i = l.next
		l.next = (l.next + 1) % len(l.window)
		if old := l.window[i].id; old != "" {
			delete(l.index, old)
		}
		l.index[k.id] = i
	}
	l.window[i] = k
	l.touch(i)
}

func (l *list) touch(i int) { l.dirty[i] = true }

// lift moves the place of the listing up.
func (l *list) lift(order int64) { l.order = max(l.order, order) }

// oldest is the least order in the window.
func (l *list) oldest() int64 {
	least := int64(math.MaxInt64)
	for i := range l.window {
		if k := &l.window[i]; k.id != "" && k.id[0] != '!' {
			least = min(least, k.order)
		}
	}
	return least
}

// save writes what has changed into the cache.
func (l *list) save(c Cache) {
	for i := range l.dirty {
		k := &l.window[i]
		c.Put(l.slot(i), strings.Join([]string{
			url.QueryEscape(k.id), url.QueryEscape(k.ref), url.QueryEscape(k.version), url.QueryEscape(k.author), strconv.FormatInt(k.order, 10),
		}, " "))
	}
	clear(l.dirty)
}

func (l *list) load(c Cache) {
	for i := range l.window {
		value, ok := c.Get(l.slot(i))
		parts := strings.Split(value, " ")
		if !ok || len(parts) != 5 {
			continue
		}
		var k memory
		for n, to := range []*string{&k.id, &k.ref, &k.version, &k.author} {
			*to, _ = url.QueryUnescape(parts[n])
		}
		k.order, _ = strconv.ParseInt(parts[4], 10, 64)
		if _, twice := l.index[k.id]; k.id != "" && !twice {
			l.window[i] = k
			l.index[k.id] = i
		}
	}
}

func (l *list) slot(i int) string { return "poll " + l.Name + " " + strconv.Itoa(i) }

// open reads the cursor and what the cache knows. A listing that the cursor
// does not name begins now.
func (p *Poll) open(from Cursor) error {
	p.lists = nil
	byName := map[string]*list{}
	for i := range p.Listings {
		l := &list{Listing: &p.Listings[i], window: make([]memory, p.Window), index: map[string]int{}, dirty: map[int]bool{}}
		byName[l.Name] = l
		p.lists = append(p.lists, l)
	}
	if from == "" {
		return nil
	}
	damaged := hearth.Errorf(hearth.Damaged, "The place where reading stopped is damaged: %.60q.", string(from))
	parts := strings.Split(string(from), " ")
	if parts[0] != "p1" || len(parts)%3 != 1 {
		return damaged
	}
	for i := 1; i < len(parts); i += 3 {
		name, err1 := url.QueryUnescape(parts[i])
		order, err2 := strconv.ParseInt(parts[i+1], 10, 64)
		next, err3 := strconv.Atoi(parts[i+2])
		if err1 != nil || err2 != nil || err3 != nil || next < 0 {
			return damaged
		}
		l := byName[name]
		if l == nil {
			continue // of a setting that was changed
		}
		l.begun, l.order, l.next = true, order, next%p.Window
		l.load(p.Session.Cache)
	}
	return nil
}

func (p *Poll) cursor() Cursor {
	var b strings.Builder
	b.WriteString("p1")
	for _, l := range p.lists {
		if l.begun || len(l.index) > 0 {
			b.WriteString(" " + url.QueryEscape(l.Name) + " " + strconv.FormatInt(l.order, 10) + " " + strconv.Itoa(l.next))
		}
	}
	return Cursor(b.String())
}
