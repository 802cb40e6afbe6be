package query

import (
	"cmp"
	"slices"

	"hearth"
	"hearth/text"
)

// Range is a matched place of a post.
type Range struct {
	Field      text.Field
	Stream     int // index of Doc.Streams
	Start, End int // bytes of that stream's Source
}

// Highlights are the places of the terms, windows, proximities and raw values
// of the query that occur in the post, those under a NOT left out: sorted,
// without overlap. d must hold the post's streams as AddPost puts them. The
// query need not match.
func (q *Query) Highlights(p *hearth.Post, d *text.Doc) []Range {
	h := highlighter{matcher: newMatcher(p, d)}
	h.node(q.Root, false)
	return h.merged()
}

type highlighter struct {
	matcher
	ranges []Range
}

func (h *highlighter) node(n Node, negated bool) {
	switch n := n.(type) {
	case And:
		h.nodes(n.Parts, negated)
		return
	case Or:
		h.nodes(n.Parts, negated)
		return
	case Not:
		h.node(n.Part, !negated)
		return
	case Scope:
		outside := h.matcher
		h.matcher = h.on(n.Field)
		h.node(n.Part, negated)
		h.matcher = outside
		return
	}
	if negated {
		return
	}
	for i := range h.doc.Streams {
		if s := &h.doc.Streams[i]; h.look[s.Field] {
			h.operand(n, i, s)
		}
	}
}

func (h *highlighter) nodes(parts []Node, negated bool) {
	for _, n := range parts {
		h.node(n, negated)
	}
}

// operand notes where an operand occurs in a stream.
func (h *highlighter) operand(n Node, stream int, s *text.Stream) {
	switch n := n.(type) {
	case Term:
		h.occurrences(n.in(h.doc, s), stream, s)
	case Near:
		for _, spot := range n.in(h.doc, s) {
			h.occurrences(spot, stream, s)
		}
	case Window:
		for _, a := range n.in(h.doc, s) {
			for ; a != nil; a = a.before {
				h.occurrences([]occurrence{a.last}, stream, s)
			}
		}
	case Raw:
		if found := n.in(h.raw(stream)); len(found) > 0 {
			places := rawPlaces(s.Source)
			for _, o := range found {
				h.add(stream, s, places[o.first].start, places[o.end-1].end)
			}
		}
	}
}

func (h *highlighter) occurrences(list []occurrence, stream int, s *text.Stream) {
	for _, o := range list {
		first, last := &h.doc.Tokens[o.first], &h.doc.Tokens[o.end-1]
		start := int(first.Start)
		if t := tagAt(h.doc, s, o.first); t != nil && t.EndToken <= o.end {
			start = int(t.Start)
		}
		h.add(stream, s, start, int(last.End))
	}
}

func (h *highlighter) add(stream int, s *text.Stream, start, end int) {
	if start < end {
		h.ranges = append(h.ranges, Range{s.Field, stream, start, end})
	}
}

// merged sorts the ranges and joins those that overlap.
func (h *highlighter) merged() []Range {
	slices.SortFunc(h.ranges, func(a, b Range) int {
		return cmp.Or(cmp.Compare(a.Stream, b.Stream), cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End))
	})
	merged := h.ranges[:0]
	for _, r := range h.ranges {
		if n := len(merged); n > 0 && merged[n-1].Stream == r.Stream && r.Start < merged[n-1].End {
			merged[n-1].End = max(merged[n-1].End, r.End)
			continue
		}
		merged = append(merged, r)
	}
	return merged
}

// place is a stretch of a stream's source.
type place struct{ start, end int }

// rawPlaces is where in the source each byte of its raw form came from. It
// folds unit by unit; should the whole fold to another length, every byte
// stands for all of the source.
func rawPlaces(source string) []place {
	var places []place
	var gap *place
	for _, u := range text.Units(source) {
		if u.IsSpace {
			if gap == nil {
				gap = &place{start: u.Start}
			}
			gap.end = u.End
			continue
		}
		if gap != nil && len(places) > 0 {
			places = append(places, *gap)
		}
		gap = nil
		_, folded := spellingOf(u.Text)
		for range len(folded) {
			places = append(places, place{u.Start, u.End})
		}
	}
	if n := len(text.RawForm(source)); n != len(places) {
		return slices.Repeat([]place{{0, len(source)}}, n)
	}
	return places
}
