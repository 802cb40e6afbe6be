package index

import "encoding/binary"

// Terms is the terms of one document, each once, in one piece of memory. The
// zero value is empty.
type Terms struct {
	buf  []byte
	ends []uint32

	// Which terms there are: a small table by hash while they are few.
	few  [fewSlots]uint8 // number of the term, plus one
	many map[string]struct{}
}

const (
	fewSlots = 256
	fewTerms = 128
)

// Len is the number of terms.
func (t *Terms) Len() int { return len(t.ends) }

// At is the i-th term.
func (t *Terms) At(i int) []byte { return at(t.buf, t.ends, i) }

func at(buf []byte, ends []uint32, i int) []byte {
	from := uint32(0)
	if i > 0 {
		from = ends[i-1]
	}
	return buf[from:ends[i]]
}

// Reset empties it and keeps the memory.
func (t *Terms) Reset() {
	t.buf, t.ends, t.many = t.buf[:0], t.ends[:0], nil
	t.few = [fewSlots]uint8{}
}

// Begin returns the memory to which the bytes of a term are appended; End is
// given the result.
func (t *Terms) Begin() []byte { return t.buf }

// End takes what Begin gave, with the bytes of one more term. A term that is
// there already is not added again.
func (t *Terms) End(buf []byte) {
	if t.add(buf[len(t.buf):]) {
		t.buf = buf
		t.ends = append(t.ends, uint32(len(buf)))
	}
}

// add notes a term; false if it was noted before.
func (t *Terms) add(term []byte) bool {
	if t.many == nil && len(t.ends) == fewTerms {
		t.many = make(map[string]struct{}, 4*fewTerms)
		for i := range t.ends {
			t.many[string(t.At(i))] = struct{}{}
		}
	}
	if t.many != nil {
		if _, there := t.many[string(term)]; there {
			return false
		}
		t.many[string(term)] = struct{}{}
		return true
	}
	slot := quickHash(term)
	for ; t.few[slot] != 0; slot = (slot + 1) % fewSlots {
		if string(t.At(int(t.few[slot])-1)) == string(term) {
			return false
		}
	}
	t.few[slot] = uint8(len(t.ends) + 1)
	return true
}

// quickHash tells the terms of one document apart; it need not be good.
func quickHash(b []byte) uint64 {
	var tail [8]byte
	copy(tail[:], b[max(len(b)-8, 0):])
	v := binary.LittleEndian.Uint64(tail[:]) + uint64(len(b))
	return v * 0x9E3779B97F4A7C15 >> 56
}

// List is terms that are to be added to an index.
type List struct {
	buf  []byte
	ends []uint32
}

// Len is the number of terms.
func (l *List) Len() int { return len(l.ends) }

// At is the i-th term.
func (l *List) At(i int) []byte { return at(l.buf, l.ends, i) }

// Store copies terms into memory that many documents share. The zero value is
// empty; what it returned stays when it grows.
type Store struct {
	buf  []byte
	ends []uint32
}

// Copy copies the terms.
func (s *Store) Copy(t *Terms) List {
	if cap(s.buf)-len(s.buf) < len(t.buf) {
		s.buf = make([]byte, 0, max(32<<10, len(t.buf)))
	}
	if cap(s.ends)-len(s.ends) < len(t.ends) {
		s.ends = make([]uint32, 0, max(4<<10, len(t.ends)))
	}
	b, e := len(s.buf), len(s.ends)
	s.buf, s.ends = append(s.buf, t.buf...), append(s.ends, t.ends...)
	return List{s.buf[b:len(s.buf):len(s.buf)], s.ends[e:len(s.ends):len(s.ends)]}
}
