package index

import (
	"math"
	"slices"
	"sort"
)

// Part is a segment with the function that reads its blocks.
type Part struct {
	*Segment
	Read Read
}

// Index is what is searched: segments and tails, as they stood at one moment.
type Index struct {
	Parts []Part
	Tails []*Tail
}

// Range is the places First ≤ place < End.
type Range struct{ First, End int64 }

// Everything is all places.
var Everything = Range{math.MinInt64, math.MaxInt64}

// Search finds the documents of an expression within a range.
func (x *Index) Search(e *Expr, r Range) (*Result, error) {
	result := &Result{}
	for _, p := range x.Parts {
		s, err := searchSegment(p, e, r)
		if err != nil {
			return nil, err
		}
		if s.from < s.to {
			result.segments = append(result.segments, s)
		}
	}
	for _, t := range x.Tails {
		docs, err := t.search(e, r)
		if err != nil {
			return nil, err
		}
		result.tail = append(result.tail, docs...)
	}
	slices.SortFunc(result.tail, compare)
	return result, nil
}

func compare(a, b Doc) int {
	switch {
	case a.before(b):
		return -1
	case b.before(a):
		return 1
	}
	return 0
}

// Result is the documents that were found. They are looked for as they are
// asked for, so the first ones are there at once. One goroutine may use it.
type Result struct {
	segments []*segmentSearch
	tail     []Doc // ascending
}

// segmentSearch is an expression looked up in one segment.
type segmentSearch struct {
	Part
	root     node
	from, to uint32 // numbers of the documents within the range
	docs     docReader
	free     scratch
	found    []*bitmap // see all
}

func searchSegment(p Part, e *Expr, r Range) (*segmentSearch, error) {
	s := &segmentSearch{Part: p, docs: docReader{s: p.Segment, read: p.Read}}
	var err error
	if s.from, err = s.number(r.First); err != nil {
		return nil, err
	}
	if s.to, err = s.number(r.End); err != nil || s.from >= s.to {
		return s, err
	}
	s.root, err = resolve(segmentSource{p.Segment, p.Read}, e)
	return s, err
}

// number is the number of the first document at or after a place.
func (s *segmentSearch) number(place int64) (uint32, error) {
	switch {
	case s.Segment.docs == 0 || place == math.MinInt64:
		return 0, nil
	case place == math.MaxInt64:
		return s.Segment.docs, nil
	}
	return s.docs.search(Doc{Place: place, Seq: math.MinInt64})
}

// window sets b to what was found in one window.
func (s *segmentSearch) window(w int, b *bitmap) (any bool, err error) {
	if s.found != nil {
		if s.found[w] == nil {
			return false, nil
		}
		*b = *s.found[w]
		return true, nil
	}
	b.clear()
	if any, err = s.root.eval(w, b, &s.free); !any || err != nil {
		return false, err
	}
	if removed := s.removed[w].Load(); removed != nil {
		b.andNot(removed)
	}
	base := w << windowBits
	return b.keep(int(s.from)-base, min(int(s.to)-base, windowDocs)), nil
}

func (s *segmentSearch) firstWindow() int { return int(s.from >> windowBits) }
func (s *segmentSearch) lastWindow() int  { return int((s.to - 1) >> windowBits) }

// search finds the documents of a tail, in no order.
func (t *Tail) search(e *Expr, r Range) ([]Doc, error) {
	t.mu.RLock()
	docs := t.docs
	var removed []bool
	if t.dead > 0 {
		removed = slices.Clone(t.removed)
	}
	root, err := resolve(t, e)
	t.mu.RUnlock()
	if err != nil {
		return nil, err
	}
	var found []Doc
	var b bitmap
	var free scratch
	for w := 0; w<<windowBits < len(docs); w++ {
		b.clear()
		any, err := root.eval(w, &b, &free)
		if err != nil {
			return nil, err
		}
		if !any {
			continue
		}
		for i := b.from(0); i < windowDocs; i = b.from(i + 1) {
			n := w<<windowBits + i
			if n >= len(docs) {
				break
			}
			if d := docs[n]; d.Place >= r.First && d.Place < r.End && (removed == nil || !removed[n]) {
				found = append(found, d)
			}
		}
	}
	return found, nil
}

// Documents goes through the result, newest first or oldest first.
func (r *Result) Documents(oldest bool) *Documents {
	d := &Documents{oldest: oldest}
	for _, s := range r.segments {
		d.streams = append(d.streams, &stream{search: s, oldest: oldest})
	}
	if len(r.tail) > 0 {
		list := slices.Clone(r.tail)
		if !oldest {
			slices.Reverse(list)
		}
		d.streams = append(d.streams, &stream{list: list})
	}
	return d
}

// Documents merges what several parts have found.
type Documents struct {
	streams []*stream
	oldest  bool
	started bool
}

// Next is the next document; false at the end.
func (d *Documents) Next() (Doc, bool, error) {
	if !d.started {
		d.started = true
		for _, s := range d.streams {
			if err := s.step(); err != nil {
				return Doc{}, false, err
			}
		}
	}
	// There are a few dozen streams at most, so the best is looked for.
	var best *stream
	for _, s := range d.streams {
		if s.ok && (best == nil || s.doc.before(best.doc) == d.oldest) {
			best = s
		}
	}
	if best == nil {
		return Doc{}, false, nil
	}
	doc := best.doc
	return doc, true, best.step()
}

// stream is what one part has found, in order.
type stream struct {
	doc Doc
	ok  bool

	list []Doc // of the tails, in the order wanted

	search *segmentSearch
	oldest bool
	passed int // windows entered
	inside bool
	window int
	bits   bitmap
	at     int // bit of doc
}

// step goes to the next document.
func (s *stream) step() (err error) {
	s.ok = false
	if s.search == nil {
		if len(s.list) > 0 {
			s.doc, s.ok, s.list = s.list[0], true, s.list[1:]
		}
		return nil
	}
	for {
		if s.inside && s.nextBit() {
			s.doc, err = s.search.docs.doc(uint32(s.window<<windowBits + s.at))
			s.ok = err == nil
			return err
		}
		first, last := s.search.firstWindow(), s.search.lastWindow()
		if s.passed > last-first {
			s.inside = false
			return nil
		}
		if s.window, s.at = last-s.passed, windowDocs; s.oldest {
			s.window, s.at = first+s.passed, -1
		}
		s.passed++
		if s.inside, err = s.search.window(s.window, &s.bits); err != nil {
			return err
		}
	}
}

func (s *stream) nextBit() bool {
	if s.oldest {
		s.at = s.bits.from(s.at + 1)
		return s.at < windowDocs
	}
	s.at = s.bits.below(s.at)
	return s.at >= 0
}

// Count is the number of documents found.
func (r *Result) Count() (n int, err error) {
	var b bitmap
	for _, s := range r.segments {
		for w := s.firstWindow(); w <= s.lastWindow(); w++ {
			any, err := s.window(w, &b)
			if err != nil {
				return 0, err
			}
			if any {
				n += b.count()
			}
		}
	}
	return n + len(r.tail), nil
}

// CountBetween counts the documents between neighbouring bounds, which rise:
// counts[i] is those with bounds[i] ≤ place < bounds[i+1].
func (r *Result) CountBetween(bounds []int64) (counts []int, err error) {
	if len(bounds) < 2 {
		return nil, nil
	}
	counts = make([]int, len(bounds)-1)
	for _, d := range r.tail {
		if i := sort.Search(len(bounds), func(i int) bool { return bounds[i] > d.Place }) - 1; i >= 0 && i < len(counts) {
			counts[i]++
		}
	}
	for _, s := range r.segments {
		if err := s.countBetween(bounds, counts); err != nil {
			return nil, err
		}
	}
	return counts, nil
}

func (s *segmentSearch) countBetween(bounds []int64, counts []int) error {
	numbers := make([]int, len(bounds))
	for i, p := range bounds {
		n, err := s.number(p)
		if err != nil {
			return err
		}
		numbers[i] = int(n)
	}
	var b bitmap
	for w := s.firstWindow(); w <= s.lastWindow(); w++ {
		any, err := s.window(w, &b)
		if err != nil {
			return err
		}
		if !any {
			continue
		}
		base := w << windowBits
		i := max(sort.SearchInts(numbers, base+1)-1, 0)
		for ; i < len(counts) && numbers[i] < base+windowDocs; i++ {
			if from, to := max(numbers[i]-base, 0), min(numbers[i+1]-base, windowDocs); from < to {
				counts[i] += b.countRange(from, to)
			}
		}
	}
	return nil
}
