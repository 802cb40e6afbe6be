package query

import "hearth/text"

// arrangement is a choice of one occurrence for each of some parts of a
// window, from left to right.
type arrangement struct {
	last   occurrence
	before *arrangement
	passed int // width in half words of the tokens passed over so far
}

// in is where a window holds in a stream: arrangements of all its parts.
//
// It sweeps the tokens once. best[set] is the arrangement of a set of parts
// that leaves least between its end and any later token; an arrangement is
// offered only once the sweep has come to its end, so nothing overlaps.
func (w Window) in(d *text.Doc, s *text.Stream) []*arrangement {
	all := 1<<len(w.Parts) - 1
	best := make([]*arrangement, all+1)
	type offer struct {
		set int
		*arrangement
	}
	offers := map[int][]offer{} // by the token at which they come into play
	var found []*arrangement
	for i := s.FirstToken; i < s.EndToken; i++ {
		for _, o := range offers[i] {
			if b := best[o.set]; b == nil || b.passed+gap(d, b.last.end, i) > o.passed {
				best[o.set] = o.arrangement
			}
		}
		delete(offers, i)
		for part := range w.Parts {
			end, ok := w.Parts[part].at(d, s, i)
			if !ok {
				continue
			}
			for set := range best {
				if set&(1<<part) != 0 || set != 0 && best[set] == nil {
					continue
				}
				a := &arrangement{last: occurrence{i, end}, before: best[set]}
				if set != 0 {
					a.passed = a.before.passed + gap(d, a.before.last.end, i)
				}
				if a.passed > 2*w.N {
					continue
				}
				if set |= 1 << part; set == all {
					found = append(found, a)
				} else {
					offers[end] = append(offers[end], offer{set, a})
				}
			}
		}
	}
	return found
}
