package index

import (
	"bytes"
	"sort"
	"strings"
)

// segmentSource looks terms up in a segment.
type segmentSource struct {
	s    *Segment
	read Read
}

// segmentLeaf is containers by window.
type segmentLeaf struct {
	windows [][]container
	read    Read
}

func (s segmentSource) leaf(terms, prefixes []string) (leaf, error) {
	l := &segmentLeaf{windows: make([][]container, s.s.windows()), read: s.read}
	var list []container
	keep := func() error {
		for _, c := range list {
			if int(c.window) >= len(l.windows) {
				return ErrBroken
			}
			l.windows[c.window] = append(l.windows[c.window], c)
		}
		list = list[:0]
		return nil
	}
	d := dictWalk{s: s.s, read: s.read}
	for _, t := range terms {
		found, err := d.find(t)
		if err != nil {
			return nil, err
		}
		if found {
			list = d.r.entry(list)
			if err := keep(); err != nil {
				return nil, err
			}
		}
	}
	for _, p := range prefixes {
		err := s.s.each(s.read, p, func(d *dictReader) error {
			list = d.entry(list)
			return keep()
		})
		if err != nil {
			return nil, err
		}
	}
	return l, nil
}

// dictWalk finds terms in ascending order, reading each block once.
type dictWalk struct {
	s     *Segment
	read  Read
	r     *dictReader
	ready bool // r stands before the entry of a term that is not asked for yet
}

// find goes to a term; its entry is to be read next if it is there.
func (w *dictWalk) find(term string) (bool, error) {
	if block := sort.Search(len(w.s.dictHeads), func(i int) bool { return w.s.dictHeads[i].term > term }); w.r == nil || block > w.r.next {
		w.r, w.ready = w.s.seek(w.read, term), false
	}
	for {
		if !w.ready {
			if !w.r.step() {
				return false, w.r.err
			}
		}
		w.ready = false
		switch c := strings.Compare(string(w.r.term), term); {
		case c == 0:
			return true, nil
		case c > 0:
			w.ready = true
			return false, nil
		}
		w.r.skip()
	}
}

func (l *segmentLeaf) fill(window int, b *bitmap) (bool, error) {
	list := l.windows[window]
	for i := range list {
		data, err := list[i].bytes(l.read)
		if err == nil {
			err = orContainer(b, int(list[i].form), data)
		}
		if err != nil {
			return false, err
		}
	}
	return len(list) > 0, nil
}

// bytes is the container's written form.
func (c *container) bytes(read Read) ([]byte, error) {
	if c.no == 0 {
		return c.data, nil
	}
	block, err := read(c.no)
	if err != nil {
		return nil, err
	}
	if block, err = checked(block); err == nil && len(block) != int(c.length) {
		err = ErrBroken
	}
	return block, err
}

// tailLeaf is the documents of each term as they were when it was looked up.
type tailLeaf [][]uint32

// leaf expects t.mu to be held.
func (t *Tail) leaf(terms, prefixes []string) (leaf, error) {
	var l tailLeaf
	for _, term := range terms {
		if i, _, ok := t.lookup([]byte(term)); ok {
			l = append(l, t.appendDocs(nil, i))
		}
	}
	if len(prefixes) == 0 {
		return l, nil
	}
	for i := range t.terms {
		term := t.spelling(uint32(i))
		// As no prefix begins with another, only the last one that is not
		// after the term can be its own.
		k := sort.Search(len(prefixes), func(k int) bool { return prefixes[k] > string(term) })
		if k > 0 && bytes.HasPrefix(term, []byte(prefixes[k-1])) {
			l = append(l, t.appendDocs(nil, uint32(i)))
		}
	}
	return l, nil
}

func (l tailLeaf) fill(window int, b *bitmap) (any bool, err error) {
	from, to := uint32(window)<<windowBits, uint32(window+1)<<windowBits
	for _, docs := range l {
		i := sort.Search(len(docs), func(i int) bool { return docs[i] >= from })
		for ; i < len(docs) && docs[i] < to; i++ {
			b.set(uint16(docs[i]))
			any = true
		}
	}
	return any, nil
}
