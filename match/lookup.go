package match

import "hearth/text"

// words finds the tokens of a post by their plain hash.
type words struct {
	slots []int32 // 1 + the first token of a hash; 0: none
	after []int32 // the next token of the same hash, or −1
	doc   *text.Doc
	mask  uint64
}

// build reads a document. Hashes that collide share a chain: who asks compares.
func (w *words) build(d *text.Doc) {
	size := 16
	for size < 2*len(d.Tokens) {
		size *= 2
	}
	if cap(w.slots) < size {
		w.slots = make([]int32, size)
	}
	w.slots = w.slots[:size]
	clear(w.slots)
	w.mask = uint64(size - 1)
	w.doc = d
	if cap(w.after) < len(d.Tokens) {
		w.after = make([]int32, 2*len(d.Tokens))
	}
	w.after = w.after[:len(d.Tokens)]
	for i := len(d.Tokens) - 1; i >= 0; i-- {
		h := d.Tokens[i].Plain
		at := h & w.mask
		for w.slots[at] != 0 && d.Tokens[w.slots[at]-1].Plain != h {
			at = (at + 1) & w.mask
		}
		w.after[i] = w.slots[at] - 1
		w.slots[at] = int32(i) + 1
	}
}

// first is the first token with a plain hash, or −1.
func (w *words) first(h uint64) int32 {
	for at := h & w.mask; ; at = (at + 1) & w.mask {
		i := w.slots[at] - 1
		if i < 0 || w.doc.Tokens[i].Plain == h {
			return i
		}
	}
}

// next is the token after i with the same plain hash, or −1.
func (w *words) next(i int32) int32 { return w.after[i] }
