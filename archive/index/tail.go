package index

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"hash/maphash"
	"slices"
	"sync"
)

// Tail is the documents that are in no segment yet, in memory. It may be
// searched while one goroutine adds to it. Its memory holds hardly a pointer,
// so that it costs the garbage collector nothing.
type Tail struct {
	mu      sync.RWMutex
	docs    []Doc
	removed []bool
	dead    int

	seed  maphash.Seed
	found map[uint64]uint32 // by hash of the term, to terms
	terms []tailTerm
	text  []byte    // of all terms
	posts []posting // of all terms, each a chain
}

// tailTerm is one term: where its spelling stands and where its chain of
// postings begins and ends.
type tailTerm struct {
	at          uint32
	length      uint32
	first, last uint32
	docs        uint32
}

// posting is one document that holds a term, and the next one of the chain.
type posting struct {
	term, doc, next uint32
}

// none ends a chain.
const none = ^uint32(0)

// NewTail is an empty tail.
func NewTail() *Tail {
	return &Tail{seed: maphash.MakeSeed(), found: make(map[uint64]uint32)}
}

// Addition is a document with its terms.
type Addition struct {
	Doc
	Terms List
}

// Add adds documents.
func (t *Tail) Add(list []Addition) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := range list {
		n := uint32(len(t.docs))
		t.docs = append(t.docs, list[i].Doc)
		t.removed = append(t.removed, false)
		for k := range list[i].Terms.Len() {
			t.addTerm(list[i].Terms.At(k), n)
		}
	}
}

func (t *Tail) addTerm(term []byte, doc uint32) {
	at := uint32(len(t.posts))
	i, key, ok := t.lookup(term)
	if ok {
		p := &t.terms[i]
		t.posts[p.last].next = at
		p.last = at
		p.docs++
	} else {
		i = uint32(len(t.terms))
		t.found[key] = i
		t.terms = append(t.terms, tailTerm{at: uint32(len(t.text)), length: uint32(len(term)), first: at, last: at, docs: 1})
		t.text = append(t.text, term...)
	}
	t.posts = append(t.posts, posting{term: i, doc: doc, next: none})
}

// lookup finds a term, or the key that it would have: terms of one hash have
// neighbouring keys.
func (t *Tail) lookup(term []byte) (i uint32, key uint64, ok bool) {
	for key = maphash.Bytes(t.seed, term); ; key++ {
		i, ok = t.found[key]
		if !ok || string(t.spelling(i)) == string(term) {
			return i, key, ok
		}
	}
}

func (t *Tail) spelling(i uint32) []byte {
	p := &t.terms[i]
	return t.text[p.at : p.at+p.length]
}

// appendDocs adds the documents of a term to docs.
func (t *Tail) appendDocs(docs []uint32, i uint32) []uint32 {
	for at := t.terms[i].first; at != none; at = t.posts[at].next {
		docs = append(docs, t.posts[at].doc)
	}
	return docs
}

// Docs is the number of documents, removed ones included.
func (t *Tail) Docs() int {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return len(t.docs)
}

// Has says whether the tail holds a document that is not removed.
func (t *Tail) Has(d Doc) bool {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.place(d) >= 0
}

// Remove marks a document as removed; false if the tail does not hold it.
func (t *Tail) Remove(d Doc) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	i := t.place(d)
	if i < 0 {
		return false
	}
	t.removed[i] = true
	t.dead++
	return true
}

// place is the number of a document, -1 if it is not there.
func (t *Tail) place(d Doc) int {
	for i := len(t.docs) - 1; i >= 0; i-- {
		if t.docs[i] == d && !t.removed[i] {
			return i
		}
	}
	return -1
}

// Removed is the documents that are removed now.
func (t *Tail) Removed() (list []Doc) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	for i, r := range t.removed {
		if r {
			list = append(list, t.docs[i])
		}
	}
	return list
}

// Write writes the tail as a segment and returns its head. What was removed
// before the call is left out and returned as dropped. Nobody may add any
// more; removing is allowed, and concerns the segment if it comes later: see
// Removed.
func (t *Tail) Write(w *Writer) (head []byte, dropped []Doc, err error) {
	t.mu.RLock()
	removed := slices.Clone(t.removed)
	t.mu.RUnlock()
	order := make([]uint32, 0, len(t.docs))
	for i := range t.docs {
		if removed[i] {
			dropped = append(dropped, t.docs[i])
			continue
		}
		order = append(order, uint32(i))
	}
	slices.SortFunc(order, func(a, b uint32) int { return compare(t.docs[a], t.docs[b]) })
	number := make([]uint32, len(t.docs))
	for i := range number {
		number[i] = noDoc
	}
	for _, i := range order {
		if number[i], err = w.Doc(t.docs[i]); err != nil {
			return nil, nil, err
		}
	}
	if err := t.writeTerms(w, number); err != nil {
		return nil, nil, err
	}
	head, err = w.Close()
	return head, dropped, err
}

// writeTerms writes the terms with the new numbers of their documents. All
// postings are sorted into place in one pass: following the chains would read
// all over the memory.
func (t *Tail) writeTerms(w *Writer, number []uint32) error {
	order := t.sorted()
	ends := make([]uint32, len(t.terms)) // of each term's documents, as they are filled in
	at := uint32(0)
	for _, term := range order {
		ends[term] = at
		at += t.terms[term].docs
	}
	docs := make([]uint32, at)
	for _, p := range t.posts {
		if n := number[p.doc]; n != noDoc {
			docs[ends[p.term]] = n
			ends[p.term]++
		}
	}
	at = 0
	for _, term := range order {
		held := docs[at:ends[term]]
		at += t.terms[term].docs
		if len(held) == 0 {
			continue
		}
		slices.Sort(held)
		if err := w.Term(t.spelling(term), held); err != nil {
			return err
		}
	}
	return nil
}

// sorted is the terms in the order of their spellings.
func (t *Tail) sorted() []uint32 {
	// Eight bytes decide nearly always; the first two are the same for most.
	type key struct {
		head uint64
		term uint32
	}
	keys := make([]key, len(t.terms))
	for i := range keys {
		var b [8]byte
		copy(b[:], t.spelling(uint32(i)))
		keys[i] = key{binary.BigEndian.Uint64(b[:]), uint32(i)}
	}
	slices.SortFunc(keys, func(a, b key) int {
		if a.head != b.head {
			return cmp.Compare(a.head, b.head)
		}
		return bytes.Compare(t.spelling(a.term), t.spelling(b.term))
	})
	terms := make([]uint32, len(keys))
	for i := range keys {
		terms[i] = keys[i].term
	}
	return terms
}
