package query

import (
	"slices"
	"sort"

	"hearth/text"
)

// in is where a chain holds in a stream: for each spot the occurrences that
// have a part in it; nil if it holds nowhere.
func (n Near) in(d *text.Doc, s *text.Stream) [][]occurrence {
	spots := make([][]occurrence, len(n.Spots))
	for i, spot := range n.Spots {
		spots[i] = spotIn(spot, d, s)
		if i > 0 {
			spots[i] = n.Links[i-1].join(d, spots[i-1], spots[i], false)
		}
		if len(spots[i]) == 0 {
			return nil
		}
	}
	for i := len(spots) - 2; i >= 0; i-- {
		spots[i] = n.Links[i].join(d, spots[i+1], spots[i], true)
	}
	return spots
}

// spotIn is where a spot occurs.
func spotIn(n Node, d *text.Doc, s *text.Stream) []occurrence {
	switch n := n.(type) {
	case Term:
		return n.in(d, s)
	case Or:
		var found []occurrence
		for _, part := range n.Parts {
			found = append(found, spotIn(part, d, s)...)
		}
		return found
	}
	return nil
}

// join keeps the occurrences of a spot that stand as the link wants to one of
// its neighbour's. backward says that the neighbour is the one on the right.
func (l Link) join(d *text.Doc, neighbour, spot []occurrence, backward bool) []occurrence {
	if l.Kind == LinkSentence {
		return joinSentence(d, neighbour, spot)
	}
	ends, firsts := make([]int, len(neighbour)), make([]int, len(neighbour))
	for i, o := range neighbour {
		ends[i], firsts[i] = o.end, o.first
	}
	slices.Sort(ends)
	slices.Sort(firsts)
	var kept []occurrence
	for _, o := range spot {
		// The nearest neighbour to the left ends last, that to the right
		// begins first.
		left := sort.SearchInts(ends, o.first+1) - 1
		right := sort.SearchInts(firsts, o.end)
		near := left >= 0 && gap(d, ends[left], o.first) <= 2*l.N && (l.Kind == LinkNear || !backward)
		near = near || right < len(firsts) && gap(d, o.end, firsts[right]) <= 2*l.N && (l.Kind == LinkNear || backward)
		if near {
			kept = append(kept, o)
		}
	}
	return kept
}

// gap is the width in half words of the tokens from end up to first.
func gap(d *text.Doc, end, first int) int {
	return int(d.Tokens[first].At) - edge(d, end)
}

// edge is the width in half words of a stream up to the end of an occurrence.
func edge(d *text.Doc, end int) int {
	last := &d.Tokens[end-1]
	return int(last.At + last.Width())
}

// joinSentence keeps the occurrences that lie in one sentence with one of the
// neighbour's, without overlap.
func joinSentence(d *text.Doc, neighbour, spot []occurrence) []occurrence {
	type extremes struct{ end, first int } // of a sentence's occurrences: least end, greatest first
	sentences := map[uint32]extremes{}
	for _, o := range neighbour {
		number, ok := sentence(d, o)
		if !ok {
			continue
		}
		x, known := sentences[number]
		if !known || o.end < x.end {
			x.end = o.end
		}
		if !known || o.first > x.first {
			x.first = o.first
		}
		sentences[number] = x
	}
	var kept []occurrence
	for _, o := range spot {
		number, ok := sentence(d, o)
		x, known := sentences[number]
		if ok && known && (x.end <= o.first || o.end <= x.first) {
			kept = append(kept, o)
		}
	}
	return kept
}

// sentence is the number of the sentence that holds all of an occurrence.
func sentence(d *text.Doc, o occurrence) (number uint32, ok bool) {
	number = d.Tokens[o.first].Sentence
	return number, number == d.Tokens[o.end-1].Sentence
}
