package match

import (
	"slices"

	"hearth"
	"hearth/query"
	"hearth/text"
)

// Standing is a query that listens.
type Standing struct {
	ID    hearth.MonitorID
	Query *query.Query
}

// Set is standing queries made ready. It is immutable and safe for concurrent
// use, each goroutine with its own Scratch.
type Set struct {
	layers   []*layer
	families family // of all layers
	affixes  affixes
	live     int
}

// layer is a stretch of a set that was made ready together.
type layer struct {
	ids      []hearth.MonitorID
	queries  []*query.Query
	programs []program
	places   map[hearth.MonitorID]int32
	table    *table
	families family
	affixes  affixes
	always   []int32  // looked at for every post
	gone     []uint64 // bits of places replaced or removed since; copied on write
	dead     int
}

// Scratch is the working space of one goroutine.
type Scratch struct {
	keys     []uint64
	seen     [][]uint32 // for each layer and place, the post that last looked at it
	post     uint32
	analysed bool
	words    words
	looked   bool
}

// NewScratch makes working space.
func NewScratch() *Scratch { return &Scratch{} }

// NewSet makes queries ready. An id that stands twice counts with its last
// query.
func NewSet(standing []Standing) *Set { return setOf([]*layer{newLayer(standing)}) }

func setOf(layers []*layer) *Set {
	s := &Set{layers: layers}
	for _, l := range layers {
		s.families |= l.families
		s.affixes.join(&l.affixes)
		s.live += len(l.ids) - l.dead
	}
	return s
}

func newLayer(standing []Standing) *layer {
	l := &layer{places: make(map[hearth.MonitorID]int32, len(standing))}
	for _, s := range standing {
		if place, ok := l.places[s.ID]; ok {
			l.queries[place] = s.Query
			continue
		}
		l.places[s.ID] = int32(len(l.ids))
		l.ids = append(l.ids, s.ID)
		l.queries = append(l.queries, s.Query)
	}
	var pairs []anchored
	for place, q := range l.queries {
		l.programs = append(l.programs, compile(q.Root))
		c := coverOf(q.Root)
		if !c.some() {
			l.always = append(l.always, int32(place))
		}
		l.use(c)
		l.useInside(q.Root)
		for _, k := range c.keys {
			pairs = append(pairs, anchored{k, int32(place)})
		}
	}
	l.table = newTable(pairs)
	l.gone = make([]uint64, (len(l.ids)+63)/64)
	return l
}

// use notes which keys of a post a cover is looked up by.
func (l *layer) use(c cover) {
	l.families |= c.families
	for _, a := range c.affixes {
		l.affixes.add(a)
	}
}

// useInside does the same for the large ORs inside a query.
func (l *layer) useInside(n query.Node) {
	switch n := n.(type) {
	case query.And:
		for _, p := range n.Parts {
			l.useInside(p)
		}
	case query.Or:
		for _, p := range n.Parts {
			l.useInside(p)
			if len(n.Parts) > manyFrom {
				l.use(coverOf(p))
			}
		}
	case query.Not:
		l.useInside(n.Part)
	}
}

// Len is how many queries listen.
func (s *Set) Len() int { return s.live }

// Wanted appends the places of the queries that match the post, or may match
// it once analysis has filled in what is missing of lang, sentiment, intent
// and spam. The document must hold the post's title, text and alt streams
// (query.AddPost). Places mean something to this set's Decide alone.
func (s *Set) Wanted(sc *Scratch, p *hearth.Post, d *text.Doc, dst []int32) []int32 {
	sc.begin(s, p, d, false)
	base := int32(0)
	for i, l := range s.layers {
		seen := sc.seen[i]
		for _, key := range sc.keys {
			for _, place := range l.table.find(key) {
				if seen[place] != sc.post {
					seen[place] = sc.post
					dst = l.ask(sc, p, d, place, base, dst)
				}
			}
		}
		for _, place := range l.always {
			dst = l.ask(sc, p, d, place, base, dst)
		}
		base += int32(len(l.ids))
	}
	return dst
}

func (l *layer) ask(sc *Scratch, p *hearth.Post, d *text.Doc, place, base int32, dst []int32) []int32 {
	if l.gone[place>>6]&(1<<(place&63)) == 0 && l.programs[place].decide(sc, p, d) != no {
		dst = append(dst, base+place)
	}
	return dst
}

// Decide appends the ids of those wanted queries that match the post as it now
// stands, ascending.
func (s *Set) Decide(sc *Scratch, p *hearth.Post, d *text.Doc, wanted []int32, dst []hearth.MonitorID) []hearth.MonitorID {
	sc.begin(s, p, d, true)
	from := len(dst)
	for _, w := range wanted {
		l := s.layers[0]
		for i := 1; int(w) >= len(l.ids); i++ {
			w -= int32(len(l.ids))
			l = s.layers[i]
		}
		if l.programs[w].decide(sc, p, d) == yes {
			dst = append(dst, l.ids[w])
		}
	}
	slices.Sort(dst[from:])
	return dst
}

// Catches is the ids of the queries that match a post as it stands, ascending. It
// is for one post now and then; a stream of them keeps its scratch.
func (s *Set) Catches(p *hearth.Post) []hearth.MonitorID {
	var d text.Doc
	query.AddPost(&d, p)
	sc := NewScratch()
	return s.Decide(sc, p, &d, s.Wanted(sc, p, &d, nil), nil)
}

// begin readies the scratch for a post.
func (sc *Scratch) begin(s *Set, p *hearth.Post, d *text.Doc, analysed bool) {
	sc.analysed, sc.looked = analysed, false
	sc.collect(s.families, &s.affixes, p, d)
	if analysed {
		return
	}
	sc.post++
	if sc.post == 0 { // after 2³² posts the marks begin anew
		sc.seen, sc.post = nil, 1
	}
	for len(sc.seen) < len(s.layers) {
		sc.seen = append(sc.seen, nil)
	}
	for i, l := range s.layers {
		if len(sc.seen[i]) < len(l.ids) {
			sc.seen[i] = make([]uint32, len(l.ids))
		}
	}
}

// lookup is the post's words, read when the first candidate asks.
func (sc *Scratch) lookup(d *text.Doc) *words {
	if !sc.looked {
		sc.words.build(d)
		sc.looked = true
	}
	return &sc.words
}
