package pack

import (
	"encoding/binary"
	"math/bits"
)

// seenSlots is the memory of where something stood in the text.
const seenSlots = 1 << 10

// parser goes through a text and says symbol by symbol how it is written.
type parser struct {
	t    *Table
	text []byte
	at   int
	seen [seenSlots]uint16 // place by hash, plus one, within the stretch
	base int               // of the stretch: places are 16 bits
}

// step is one symbol.
type step struct {
	symbol   uint16
	length   int // bytes of text
	distance int // of a copy: how far back
}

// next is the next symbol.
func (p *parser) next() step {
	rest := p.text[p.at:]
	symbol, length := p.t.phrase(rest)
	if length == 0 {
		symbol, length = uint16(rest[0]), 1
	}
	s := step{symbol: symbol, length: length}
	if len(rest) >= minCopy {
		// A copy takes some ten bits more than a phrase.
		if distance, n := p.copy(); n >= max(minCopy, length+3) {
			s = step{symbol: firstCopy + uint16(bits.Len(uint(n-minCopy))), length: n, distance: distance}
		}
	}
	p.at += s.length
	return s
}

// copy looks for an earlier place where the text went on as it does here, and
// remembers this one. Only places where a symbol began are remembered.
func (p *parser) copy() (distance, length int) {
	if p.at-p.base >= 1<<16-1 {
		p.seen, p.base = [seenSlots]uint16{}, p.at
	}
	seen := &p.seen[hashSix(p.text[p.at:])]
	from := p.base + int(*seen) - 1
	*seen = uint16(p.at - p.base + 1)
	if from < p.base {
		return 0, 0
	}
	longest := min(len(p.text)-p.at, maxCopy)
	for length < longest && p.text[from+length] == p.text[p.at+length] {
		length++
	}
	return p.at - from, length
}

// maxCopy is the longest copy that a symbol can say.
const maxCopy = minCopy + 1<<(copies-1) - 1

func hashSix(b []byte) uint32 {
	v := uint64(binary.LittleEndian.Uint32(b)) | uint64(binary.LittleEndian.Uint16(b[4:]))<<32
	return uint32(v * 0x9E3779B97F4A7C15 >> (64 - 10))
}

// Pack appends the packed form of text to dst.
func (t *Table) Pack(dst, text []byte) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(text)))
	p := parser{t: t, text: text}
	var hold uint64 // bits to be written, the next one highest
	var held uint
	put := func(v uint64, n uint) {
		held += n
		hold |= v << (64 - held)
		for held >= 8 {
			dst = append(dst, byte(hold>>56))
			hold <<= 8
			held -= 8
		}
	}
	for p.at < len(text) {
		before := p.at
		s := p.next()
		c := t.codes[s.symbol]
		put(uint64(c.bits), uint(c.length))
		if s.distance == 0 {
			continue
		}
		if n := uint(s.symbol - firstCopy); n > 1 {
			put(uint64(s.length-minCopy)&(1<<(n-1)-1), n-1)
		}
		put(uint64(s.distance), distanceBits(before))
	}
	if held > 0 {
		dst = append(dst, byte(hold>>56))
	}
	return dst
}

// distanceBits is how many bits a distance takes after so many bytes.
func distanceBits(at int) uint { return uint(bits.Len(uint(min(at, 1<<16-1)))) }

// Unpack appends the text to dst. A text longer than limit is an error.
func (t *Table) Unpack(dst, packed []byte, limit int) ([]byte, error) {
	n, size := binary.Uvarint(packed)
	if size <= 0 || n > uint64(limit) {
		return dst, ErrBroken
	}
	// The shortest code gives the longest text, so no claim allocates more
	// than the bytes could hold.
	if room := (len(packed)-size)*8*maxCopy + maxPhrase; n > uint64(room) {
		return dst, ErrBroken
	}
	r := bitReader{b: packed[size:]}
	start := len(dst)
	end := start + int(n)
	if cap(dst) < end {
		dst = append(make([]byte, 0, end), dst...)
	}
	for len(dst) < end {
		e := t.decode[r.peek(maxCode)]
		r.skip(uint(e.length))
		switch {
		case e.symbol < firstCopy:
			dst = append(dst, byte(e.symbol))
			continue
		case e.symbol >= firstPhrase:
			dst = append(dst, t.phrases[e.symbol-firstPhrase]...)
			continue
		}
		length := minCopy
		if bit := uint(e.symbol - firstCopy); bit > 0 {
			length += 1<<(bit-1) | int(r.take(bit-1))
		}
		distance := int(r.take(distanceBits(len(dst) - start)))
		if distance == 0 || distance > len(dst)-start || length > end-len(dst) {
			return dst, ErrBroken
		}
		for from := len(dst) - distance; length > 0; length-- {
			dst = append(dst, dst[from])
			from++
		}
	}
	if len(dst) != end || r.over() {
		return dst[:min(len(dst), end)], ErrBroken
	}
	return dst, nil
}

// bitReader takes bits off the front of b. Behind its end there are zeros.
type bitReader struct {
	b    []byte
	hold uint64 // the next bit highest
	held uint
	past int // bytes that were not there
}

func (r *bitReader) fill() {
	for r.held <= 56 {
		if len(r.b) > 0 {
			r.hold |= uint64(r.b[0]) << (56 - r.held)
			r.b = r.b[1:]
		} else {
			r.past++
		}
		r.held += 8
	}
}

func (r *bitReader) peek(n uint) uint64 {
	if r.held < n {
		r.fill()
	}
	return r.hold >> (64 - n)
}

func (r *bitReader) skip(n uint) {
	r.hold <<= n
	r.held -= n
}

func (r *bitReader) take(n uint) uint64 {
	if n == 0 {
		return 0
	}
	v := r.peek(n)
	r.skip(n)
	return v
}

// over says that bits were taken which are not there, or that whole bytes are
// left.
func (r *bitReader) over() bool {
	missing := uint(r.past) * 8
	return missing > r.held || len(r.b) > 0 || r.held-missing >= 8
}
