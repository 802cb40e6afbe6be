package match

import (
	"hearth"
	"hearth/query"
	"hearth/text"
)

// manyFrom is how many alternatives make it worth asking a table which of them
// a post can hold at all.
const manyFrom = 12

// manyTerms is an OR of many alternatives. Like a Set, it looks only at those
// whose anchors the post holds, and at those without.
type manyTerms struct {
	parts  []program
	table  *table
	always []int32
}

func newMany(nodes []query.Node, parts []program) many {
	m := &manyTerms{parts: parts}
	var pairs []anchored
	for i, n := range nodes {
		c := coverOf(n)
		if !c.some() {
			m.always = append(m.always, int32(i))
			continue
		}
		for _, k := range c.keys {
			pairs = append(pairs, anchored{k, int32(i)})
		}
	}
	m.table = newTable(pairs)
	return many{m}
}

func (m many) decide(sc *Scratch, p *hearth.Post, d *text.Doc) verdict {
	v := no
	ask := func(places []int32) bool {
		for _, i := range places {
			if v = max(v, m.parts[i].decide(sc, p, d)); v == yes {
				return true
			}
		}
		return false
	}
	for _, key := range sc.keys {
		if ask(m.table.find(key)) {
			return yes
		}
	}
	ask(m.always)
	return v
}
