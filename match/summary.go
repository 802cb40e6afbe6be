package match

import (
	"slices"

	"hearth"
	"hearth/query"
	"hearth/text"
)

// KeyRules names the way in which AppendKeys makes keys; keys of other rules
// cannot be compared.
const KeyRules = 1000*text.Version + 1

// summarised is the families of keys by which many posts are summarised: words,
// tags, people and places.
const summarised = word | tagged | author | authorID | site | domain | link

// AppendKeys appends keys of a post, cut into d, for a summary of many posts
// that MayHold is asked about.
func (sc *Scratch) AppendKeys(dst []uint64, p *hearth.Post, d *text.Doc) []uint64 {
	sc.collect(summarised, nil, p, d) // no affixes among them
	return append(dst, sc.keys...)
}

// MayHold says whether one of many posts may match one of the set's queries;
// false is certain. holds says whether one of the posts may have a key of
// AppendKeys; where it says no, none has.
func (s *Set) MayHold(holds func(key uint64) bool) bool {
	for _, l := range s.layers {
		for place, q := range l.queries {
			if l.gone[place>>6]&(1<<(place&63)) == 0 && mayHold(q.Root, holds) {
				return true
			}
		}
	}
	return false
}

// mayHold asks for what a part of a query cannot do without.
func mayHold(n query.Node, holds func(uint64) bool) bool {
	all := func(parts []query.Node) bool {
		return !slices.ContainsFunc(parts, func(p query.Node) bool { return !mayHold(p, holds) })
	}
	switch n := n.(type) {
	case query.And:
		return all(n.Parts)
	case query.Near:
		return all(n.Spots)
	case query.Or:
		return slices.ContainsFunc(n.Parts, func(p query.Node) bool { return mayHold(p, holds) })
	case query.Window:
		return !slices.ContainsFunc(n.Parts, func(t query.Term) bool { return !termMayHold(t, holds) })
	case query.Term:
		return termMayHold(n, holds)
	case query.Scope:
		return mayHold(n.Part, holds)
	case query.Raw, query.Field:
		c := coverOf(n)
		return !c.some() || c.families&^summarised != 0 || slices.ContainsFunc(c.keys, holds)
	}
	return true
}

// termMayHold asks for every word and tag of a phrase.
func termMayHold(t query.Term, holds func(uint64) bool) bool {
	for i := range t.Elements {
		e := &t.Elements[i]
		plain, simple := plainOf(e)
		switch {
		case !simple:
		case e.Kind == query.Tag && !holds(tagKey(e.Tag, text.Hash(plain))),
			e.Kind == query.Token && !holds(word.key(text.Hash(plain))):
			return false
		}
	}
	return true
}
