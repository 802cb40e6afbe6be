package index

import (
	"slices"
	"sync"
)

// Tail is the documents that are in no segment yet, in memory. It may be
// searched while one goroutine adds to it.
type Tail struct {
	mu       sync.RWMutex
	docs     []Doc
	removed  []bool
	dead     int
	terms    map[string]int32 // to postings
	postings [][]uint32       // numbers of documents, in the order of arrival
}

// NewTail is an empty tail.
func NewTail() *Tail {
	return &Tail{terms: make(map[string]int32)}
}

// Terms is the terms of one document, put into one piece of memory. The zero
// value is empty.
type Terms struct {
	buf  []byte
	ends []uint32
	seen map[string]struct{} // nil while the terms are few
}

// Len is the number of terms.
func (t *Terms) Len() int { return len(t.ends) }

// At is the i-th term.
func (t *Terms) At(i int) []byte {
	from := uint32(0)
	if i > 0 {
		from = t.ends[i-1]
	}
	return t.buf[from:t.ends[i]]
}

// Reset empties it and keeps the memory.
func (t *Terms) Reset() { t.buf, t.ends, t.seen = t.buf[:0], t.ends[:0], nil }

// Begin returns the memory to which the bytes of a term are appended; End is
// given the result.
func (t *Terms) Begin() []byte { return t.buf }

// End takes what Begin gave, with the bytes of one more term. A term that is
// there already is not added again.
func (t *Terms) End(buf []byte) {
	term := buf[len(t.buf):]
	if t.has(term) {
		return
	}
	t.buf = buf
	t.ends = append(t.ends, uint32(len(buf)))
	if t.seen != nil {
		t.seen[string(term)] = struct{}{}
	}
}

// fewTerms is how many terms are compared one by one; posts have thirty.
const fewTerms = 96

func (t *Terms) has(term []byte) bool {
	if t.seen == nil && len(t.ends) >= fewTerms {
		t.seen = make(map[string]struct{}, 4*fewTerms)
		for i := range t.ends {
			t.seen[string(t.At(i))] = struct{}{}
		}
	}
	if t.seen != nil {
		_, ok := t.seen[string(term)]
		return ok
	}
	for i := range t.ends {
		if string(t.At(i)) == string(term) {
			return true
		}
	}
	return false
}

// Clone copies the terms.
func (t *Terms) Clone() Terms {
	return Terms{buf: slices.Clone(t.buf), ends: slices.Clone(t.ends)}
}

// Addition is a document with its terms.
type Addition struct {
	Doc
	Terms Terms
}

// Add adds documents.
func (t *Tail) Add(list []Addition) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := range list {
		n := uint32(len(t.docs))
		t.docs = append(t.docs, list[i].Doc)
		t.removed = append(t.removed, false)
		for j := range list[i].Terms.Len() {
			t.addTerm(list[i].Terms.At(j), n)
		}
	}
}

func (t *Tail) addTerm(term []byte, n uint32) {
	if p, ok := t.terms[string(term)]; ok {
		t.postings[p] = append(t.postings[p], n)
		return
	}
	t.terms[string(term)] = int32(len(t.postings))
	t.postings = append(t.postings, []uint32{n})
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
	for i := range t.docs {
		if t.docs[i] == d && !t.removed[i] {
			return true
		}
	}
	return false
}

// Remove marks a document as removed; false if the tail does not hold it.
func (t *Tail) Remove(d Doc) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := len(t.docs) - 1; i >= 0; i-- {
		if t.docs[i] == d && !t.removed[i] {
			t.removed[i] = true
			t.dead++
			return true
		}
	}
	return false
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
	slices.SortFunc(order, func(a, b uint32) int {
		switch x, y := t.docs[a], t.docs[b]; {
		case x.before(y):
			return -1
		case y.before(x):
			return 1
		}
		return 0
	})
	const none = ^uint32(0)
	number := make([]uint32, len(t.docs))
	for i := range number {
		number[i] = none
	}
	for _, i := range order {
		if number[i], err = w.Doc(t.docs[i]); err != nil {
			return nil, nil, err
		}
	}
	terms := make([]string, 0, len(t.terms))
	for term := range t.terms {
		terms = append(terms, term)
	}
	slices.Sort(terms)
	var docs []uint32
	for _, term := range terms {
		docs = docs[:0]
		for _, i := range t.postings[t.terms[term]] {
			if number[i] != none {
				docs = append(docs, number[i])
			}
		}
		if len(docs) == 0 {
			continue
		}
		slices.Sort(docs)
		if err := w.Term([]byte(term), docs); err != nil {
			return nil, nil, err
		}
	}
	head, err = w.Close()
	return head, dropped, err
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
