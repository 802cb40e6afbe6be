package index

import (
	"encoding/binary"
	"sort"
	"sync/atomic"
)

// Read gives a block of a segment as Emit was given it. The bytes must stay as
// they are.
type Read func(no uint32) ([]byte, error)

// Segment is the head of one written segment. It never changes, but for the
// documents that were removed since.
type Segment struct {
	docs      uint32
	lastPlace int64
	docHeads  []docHead
	dictHeads []dictHead

	removed []atomic.Pointer[bitmap] // by window; nil: none
	dead    atomic.Int64             // how many are removed
}

// OpenSegment reads what Writer.Close returned.
func OpenSegment(head []byte) (*Segment, error) {
	head, err := checked(head)
	if err != nil {
		return nil, err
	}
	r := reader{b: head}
	s := &Segment{docs: uint32(r.number()), lastPlace: r.signed()}
	s.docHeads = make([]docHead, r.length(2))
	for i := range s.docHeads {
		s.docHeads[i] = docHead{place: r.signed(), no: uint32(r.number())}
	}
	s.dictHeads = make([]dictHead, r.length(2))
	for i := range s.dictHeads {
		s.dictHeads[i] = dictHead{term: string(r.bytes(r.number())), no: uint32(r.number())}
	}
	if r.failed || len(r.b) > 0 {
		return nil, ErrBroken
	}
	s.removed = make([]atomic.Pointer[bitmap], s.windows())
	return s, nil
}

// Docs is the number of documents, removed ones included.
func (s *Segment) Docs() int { return int(s.docs) }

// Removed is how many of them are removed.
func (s *Segment) Removed() int { return int(s.dead.Load()) }

func (s *Segment) windows() int { return int((s.docs + windowDocs - 1) >> windowBits) }

// reader takes values off the front of b. After the first bad one it gives
// zeros and failed is set.
type reader struct {
	b      []byte
	failed bool
}

func (r *reader) fail() { r.b, r.failed = nil, true }

func (r *reader) number() uint64 {
	if len(r.b) > 0 && r.b[0] < 0x80 { // most are small
		n := uint64(r.b[0])
		r.b = r.b[1:]
		return n
	}
	n, size := binary.Uvarint(r.b)
	if size <= 0 {
		r.fail()
		return 0
	}
	r.b = r.b[size:]
	return n
}

func (r *reader) signed() int64 {
	n, size := binary.Varint(r.b)
	if size <= 0 {
		r.fail()
		return 0
	}
	r.b = r.b[size:]
	return n
}

func (r *reader) bytes(n uint64) []byte {
	if n > uint64(len(r.b)) {
		r.fail()
		return nil
	}
	b := r.b[:n]
	r.b = r.b[n:]
	return b
}

// length is the length of a list whose entries take least bytes or more each.
func (r *reader) length(least int) int {
	n := r.number()
	if n > uint64(len(r.b)/least) {
		r.fail()
		return 0
	}
	return int(n)
}

// container points to the documents of one posting in one window.
type container struct {
	window uint32
	count  uint32
	form   uint8
	data   []byte // inline, else nil
	no     uint32 // the block that holds it
	length uint32 // of its bytes
}

// entry reads the containers of a dictionary entry into list.
func (r *reader) entry(list []container) []container {
	window := uint64(0)
	for n := r.length(2); n > 0; n-- {
		var c container
		window = r.container(window, &c)
		list = append(list, c)
	}
	return list
}

// container reads one of an entry, behind that of a window, and returns its own.
func (r *reader) container(window uint64, c *container) uint64 {
	window += r.number()
	head := r.number()
	*c = container{window: uint32(window), count: uint32(head>>2) + 1, form: uint8(head & 3)}
	if c.count == 1 {
		rest := r.b
		r.number()
		c.form, c.data = formGaps, rest[:len(rest)-len(r.b)]
	} else if length := r.number(); length <= inline {
		c.data = r.bytes(length)
	} else {
		c.length, c.no = uint32(length), uint32(r.number())
	}
	return window
}

// skip passes over an entry.
func (r *reader) skip() {
	for n := r.length(2); n > 0; n-- {
		r.number()
		if head := r.number(); head>>2 == 0 {
			r.number()
		} else if length := r.number(); length <= inline {
			r.bytes(length)
		} else {
			r.number()
		}
	}
}

// dictReader reads terms and entries in order.
type dictReader struct {
	s    *Segment
	read Read
	next int // block to be read
	r    reader
	term []byte
	err  error
}

// seek is a reader that stands before the block that term would be in.
func (s *Segment) seek(read Read, term string) *dictReader {
	i := sort.Search(len(s.dictHeads), func(i int) bool { return s.dictHeads[i].term > term })
	return &dictReader{s: s, read: read, next: max(i-1, 0)}
}

// step goes to the next term, whose entry is read next; false at the end.
func (d *dictReader) step() bool {
	for len(d.r.b) == 0 {
		if d.err != nil || d.next >= len(d.s.dictHeads) {
			return false
		}
		block, err := d.read(d.s.dictHeads[d.next].no)
		if err == nil {
			block, err = checked(block)
		}
		if err != nil {
			d.err = err
			return false
		}
		d.next++
		d.r, d.term = reader{b: block}, d.term[:0]
	}
	shared := d.r.number()
	suffix := d.r.bytes(d.r.number())
	if d.r.failed || shared > uint64(len(d.term)) {
		d.err = ErrBroken
		return false
	}
	d.term = append(d.term[:shared], suffix...)
	return true
}

// skip passes over the entry of the term.
func (d *dictReader) skip() {
	d.r.skip()
	d.check()
}

// entry reads it.
func (d *dictReader) entry(list []container) []container {
	list = d.r.entry(list)
	d.check()
	return list
}

func (d *dictReader) check() {
	if d.r.failed {
		d.err = ErrBroken
	}
}

// each calls f for every term that begins with prefix, in order. f must read
// or skip the entry.
func (s *Segment) each(read Read, prefix string, f func(d *dictReader) error) error {
	d := s.seek(read, prefix)
	for d.step() {
		if begins(d.term, prefix) {
			if err := f(d); err != nil {
				return err
			}
			continue
		}
		if string(d.term) > prefix {
			break
		}
		d.skip()
	}
	return d.err
}

// begins is bytes.HasPrefix, which is asked of a hundred thousand terms for a facet: the
// compiler compares without copying.
func begins(term []byte, prefix string) bool {
	return len(term) >= len(prefix) && string(term[:len(prefix)]) == prefix
}

// docReader reads documents by number and keeps the block of the last one.
type docReader struct {
	s    *Segment
	read Read
	at   int // block that is read, plus one
	docs []Doc
}

// block makes sure that docs is the block with the given index.
func (r *docReader) block(i int) error {
	if r.at == i+1 {
		return nil
	}
	b, err := r.read(r.s.docHeads[i].no)
	if err == nil {
		b, err = checked(b)
	}
	if err != nil {
		return err
	}
	in := reader{b: b}
	r.at, r.docs = 0, r.docs[:0]
	last := Doc{}
	for len(in.b) > 0 {
		last = Doc{last.Place + in.signed(), last.Seq + in.signed()}
		r.docs = append(r.docs, last)
	}
	if in.failed || len(r.docs) != min(docBlock, int(r.s.docs)-i*docBlock) {
		return ErrBroken
	}
	r.at = i + 1
	return nil
}

// doc is the document with a number.
func (r *docReader) doc(n uint32) (Doc, error) {
	if err := r.block(int(n / docBlock)); err != nil {
		return Doc{}, err
	}
	return r.docs[n%docBlock], nil
}

// search is the number of the first document that is not before d.
func (r *docReader) search(d Doc) (uint32, error) {
	heads := r.s.docHeads
	// The first block that begins at or after the place; what is looked for
	// may also stand at the end of the one before.
	i := sort.Search(len(heads), func(i int) bool { return heads[i].place >= d.Place })
	for i = max(i-1, 0); i < len(heads); i++ {
		if err := r.block(i); err != nil {
			return 0, err
		}
		if n := sort.Search(len(r.docs), func(n int) bool { return !r.docs[n].before(d) }); n < len(r.docs) {
			return uint32(i*docBlock + n), nil
		}
	}
	return r.s.docs, nil
}

// Has says whether the segment holds a document that is not removed.
func (s *Segment) Has(read Read, d Doc) (bool, error) {
	n, found, err := s.find(read, d)
	return found && !s.isRemoved(n), err
}

// Remove marks a document as removed; false if the segment does not hold it.
// Only one goroutine at a time may remove.
func (s *Segment) Remove(read Read, d Doc) (bool, error) {
	n, found, err := s.find(read, d)
	if found {
		s.remove(n)
	}
	return found, err
}

// find is the number of a document.
func (s *Segment) find(read Read, d Doc) (n uint32, found bool, err error) {
	if s.docs == 0 || d.Place < s.docHeads[0].place || d.Place > s.lastPlace {
		return 0, false, nil
	}
	r := docReader{s: s, read: read}
	if n, err = r.search(d); err != nil || n == s.docs {
		return 0, false, err
	}
	at, err := r.doc(n)
	return n, err == nil && at == d, err
}

func (s *Segment) remove(n uint32) {
	slot := &s.removed[n>>windowBits]
	var b bitmap
	if old := slot.Load(); old != nil {
		if old.has(uint16(n)) {
			return
		}
		b = *old
	}
	b.set(uint16(n))
	slot.Store(&b)
	s.dead.Add(1)
}

func (s *Segment) isRemoved(n uint32) bool {
	b := s.removed[n>>windowBits].Load()
	return b != nil && b.has(uint16(n))
}

// RemovedDocs is the documents that are removed now.
func (s *Segment) RemovedDocs(read Read) (list []Doc, err error) {
	r := docReader{s: s, read: read}
	for w := range s.removed {
		b := s.removed[w].Load()
		if b == nil {
			continue
		}
		for i := b.from(0); i < windowDocs; i = b.from(i + 1) {
			d, err := r.doc(uint32(w<<windowBits + i))
			if err != nil {
				return nil, err
			}
			list = append(list, d)
		}
	}
	return list, nil
}
