package index

import "math/bits"

// windowDocs is how many documents one bitmap covers. Postings are cut at its
// multiples, and expressions are evaluated window by window.
const (
	windowBits = 16
	windowDocs = 1 << windowBits
)

// bitmap is the documents of one window.
type bitmap [windowDocs / 64]uint64

func (b *bitmap) set(i uint16) { b[i>>6] |= 1 << (i & 63) }

func (b *bitmap) has(i uint16) bool { return b[i>>6]>>(i&63)&1 != 0 }

func (b *bitmap) clear() { *b = bitmap{} }

// setRange sets the bits from ≤ i ≤ to.
func (b *bitmap) setRange(from, to uint16) {
	first, last := int(from>>6), int(to>>6)
	low, high := ^uint64(0)<<(from&63), ^uint64(0)>>(63-to&63)
	if first == last {
		b[first] |= low & high
		return
	}
	b[first] |= low
	for i := first + 1; i < last; i++ {
		b[i] = ^uint64(0)
	}
	b[last] |= high
}

func (b *bitmap) or(o *bitmap) {
	for i := range b {
		b[i] |= o[i]
	}
}

func (b *bitmap) and(o *bitmap) (any bool) {
	var all uint64
	for i := range b {
		b[i] &= o[i]
		all |= b[i]
	}
	return all != 0
}

func (b *bitmap) andNot(o *bitmap) (any bool) {
	var all uint64
	for i := range b {
		b[i] &^= o[i]
		all |= b[i]
	}
	return all != 0
}

// keep clears the bits outside from ≤ i < to.
func (b *bitmap) keep(from, to int) (any bool) {
	var all uint64
	for i := range b {
		at := i << 6
		switch {
		case at+64 <= from || at >= to:
			b[i] = 0
		default:
			if at < from {
				b[i] &= ^uint64(0) << (from - at)
			}
			if at+64 > to {
				b[i] &= ^uint64(0) >> (at + 64 - to)
			}
		}
		all |= b[i]
	}
	return all != 0
}

func (b *bitmap) count() (n int) {
	for _, w := range b {
		n += bits.OnesCount64(w)
	}
	return n
}

// countRange counts the bits from ≤ i < to.
func (b *bitmap) countRange(from, to int) (n int) {
	for i := from >> 6; i < len(b) && i<<6 < to; i++ {
		w, at := b[i], i<<6
		if at < from {
			w &= ^uint64(0) << (from - at)
		}
		if at+64 > to {
			w &= ^uint64(0) >> (at + 64 - to)
		}
		n += bits.OnesCount64(w)
	}
	return n
}

// nth is the set bit before which n others are set, windowDocs if there is none.
func (b *bitmap) nth(n int) int {
	for i, w := range b {
		here := bits.OnesCount64(w)
		if n >= here {
			n -= here
			continue
		}
		for ; n > 0; n-- {
			w &= w - 1
		}
		return i<<6 + bits.TrailingZeros64(w)
	}
	return windowDocs
}

// below is the highest set bit less than i, -1 if there is none.
func (b *bitmap) below(i int) int {
	for w := (i - 1) >> 6; w >= 0; w-- {
		word := b[w]
		if w == (i-1)>>6 {
			word &= ^uint64(0) >> (63 - (i-1)&63)
		}
		if word != 0 {
			return w<<6 + 63 - bits.LeadingZeros64(word)
		}
	}
	return -1
}

// from is the lowest set bit not less than i, windowDocs if there is none.
func (b *bitmap) from(i int) int {
	for w := i >> 6; w < len(b); w++ {
		word := b[w]
		if w == i>>6 {
			word &= ^uint64(0) << (i & 63)
		}
		if word != 0 {
			return w<<6 + bits.TrailingZeros64(word)
		}
	}
	return windowDocs
}
