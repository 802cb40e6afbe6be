package topic

import (
	"cmp"
	"encoding/binary"
	"math"
	"slices"
	"time"
)

// MaxGroups is how many groups a Model compares posts with at most.
const MaxGroups = 5000

// The likeness (cosine) from which a post belongs to a group, and from which two
// groups are one.
const (
	Near = 0.35
	Same = 0.70
)

const (
	dfFade         = float64(14 * 24 * time.Hour / time.Microsecond)
	largestGain    = 1 << 20
	leastIDF       = 0.2 // what stands in five of six posts says nothing
	leastDocs      = 20
	leastTerms     = 2   // that say something; a post of fewer is about nothing
	asked          = 24  // terms of a post by which groups are looked for
	mostCandidates = 512 // groups that a post is compared with
	mostCopies     = 1 << 16
)

// Model sorts posts into groups. It belongs to one goroutine.
type Model struct {
	docs   float64 // posts, faded
	df     []float32
	epoch  int64 // µs; the time at which a post weighs 1
	newest int64 // µs
	copies map[uint32]struct{}
	prints []uint32 // a ring
	next   int

	groups map[int64]*Group
	index  map[uint32][]*Group // by their best terms, in the order of ids
	post   vector
	heavy  vector
	seen   map[*Group]struct{}
}

// NewModel has seen nothing.
func NewModel() *Model {
	return &Model{
		df: make([]float32, Terms), copies: map[uint32]struct{}{}, groups: map[int64]*Group{}, index: map[uint32][]*Group{}, seen: map[*Group]struct{}{},
	}
}

// Len is how many groups there are.
func (m *Model) Len() int { return len(m.groups) }

// Newest is the time of the newest post in µs, math.MinInt64 if there was none.
func (m *Model) Newest() int64 {
	if m.docs == 0 {
		return math.MinInt64
	}
	return m.newest
}

// Group is one by its id, nil if it is not here.
func (m *Model) Group(id int64) *Group { return m.groups[id] }

// Groups are all, in the order of their ids.
func (m *Model) Groups() []*Group {
	list := make([]*Group, 0, len(m.groups))
	for _, g := range m.groups {
		list = append(list, g)
	}
	slices.SortFunc(list, func(a, b *Group) int { return cmp.Compare(a.ID, b.ID) })
	return list
}

// Put adds a group that was read, or changed from outside.
func (m *Model) Put(g *Group) {
	m.Drop(g.ID)
	m.groups[g.ID] = g
	m.enlist(g)
}

// Drop forgets a group.
func (m *Model) Drop(id int64) {
	if g := m.groups[id]; g != nil {
		m.strike(g)
		delete(m.groups, id)
	}
}

// Sort finds the group a post belongs to, and moves what is known by it. A post that
// belongs to none begins a group with the id that fresh gives. It returns nil for a
// post that says too little. at is in µs and may lie before that of other posts. A
// copy of an earlier post belongs where it belongs and moves nothing.
func (m *Model) Sort(r *Reader, at int64, fresh func() int64) *Group {
	m.weigh(r.Terms)
	copied := m.copied(r.Print)
	if !copied {
		m.learn(r.Terms, at)
	}
	return m.place(at, copied, fresh)
}

// Place is Sort for a post that Learn has learned from before.
func (m *Model) Place(r *Reader, at int64, fresh func() int64) *Group {
	m.weigh(r.Terms)
	return m.place(at, false, fresh)
}

// place finds the group of the post that was weighed, and moves it.
func (m *Model) place(at int64, copied bool, fresh func() int64) *Group {
	if len(m.post) < leastTerms {
		return nil
	}
	best := m.nearest()
	if best == nil {
		best = &Group{ID: fresh(), At: at}
		m.groups[best.ID] = best
	} else if copied {
		return best
	} else {
		m.strike(best)
	}
	best.take(m.post, at)
	m.enlist(best)
	return best
}

// Learn is Sort without groups: for a post whose group is known already.
func (m *Model) Learn(r *Reader, at int64) {
	if !m.copied(r.Print) {
		m.learn(r.Terms, at)
	}
}

// weigh makes the unit vector of a post: (1 + ln tf) · ln((N+1)/(df+½)),
// where N and df fade by half in two weeks.
func (m *Model) weigh(terms []Term) {
	m.post = m.post[:0]
	one := math.Exp2(float64(m.newest-m.epoch) / dfFade) // what a post weighs now
	for _, t := range terms {
		idf := math.Log((m.docs + one) / (float64(m.df[t.Bucket]) + one/2))
		if idf <= leastIDF {
			if m.docs >= leastDocs*one {
				continue // it stands in nearly all
			}
			idf = leastIDF // or so it seems, by a few
		}
		m.post = append(m.post, weight{t.Bucket, float32((1 + math.Log(float64(t.Count))) * idf)})
	}
	norm := m.post.norm()
	for i := range m.post {
		m.post[i].w /= float32(norm)
	}
}

// learn counts the terms of a post. Weights grow with time instead of fading, and
// are brought down together now and then.
func (m *Model) learn(terms []Term, at int64) {
	if m.docs == 0 {
		m.epoch, m.newest = at, at
	}
	m.newest = max(m.newest, at)
	share := math.Exp2(float64(at-m.epoch) / dfFade)
	if share > largestGain {
		down := 1 / share
		for i := range m.df {
			m.df[i] *= float32(down)
		}
		m.docs *= down
		m.epoch, share = at, 1
	}
	m.docs += share
	for _, t := range terms {
		m.df[t.Bucket] += float32(share)
	}
}

// copied says whether a text was here lately, and remembers it.
func (m *Model) copied(print [4]uint32) (was bool) {
	for _, p := range print {
		if _, ok := m.copies[p]; ok {
			was = true
		}
	}
	for _, p := range print {
		if _, ok := m.copies[p]; ok || p == 0 {
			continue
		}
		if len(m.prints) < mostCopies {
			m.prints = append(m.prints, p)
		} else {
			delete(m.copies, m.prints[m.next])
			m.prints[m.next] = p
			m.next = (m.next + 1) % mostCopies
		}
		m.copies[p] = struct{}{}
	}
	return was
}

// nearest is the group that the post is most like, if it is near enough.
func (m *Model) nearest() *Group {
	m.heavy = append(m.heavy[:0], m.post...)
	slices.SortFunc(m.heavy, heavier)
	clear(m.seen)
	var best *Group
	likeness := Near
	for _, t := range m.heavy[:min(asked, len(m.heavy))] {
		for _, g := range m.index[t.bucket] {
			if _, ok := m.seen[g]; ok {
				continue
			}
			if len(m.seen) == mostCandidates {
				return best
			}
			m.seen[g] = struct{}{}
			like := cosine(m.post, g.heart())
			if like > likeness || like == likeness && (best == nil || g.ID < best.ID) {
				best, likeness = g, like
			}
		}
	}
	return best
}

// enlist puts a group into the index, strike takes it out again.
func (m *Model) enlist(g *Group) {
	terms, n := g.heart().best()
	for _, bucket := range terms[:n] {
		list := m.index[bucket]
		i, _ := slices.BinarySearchFunc(list, g.ID, func(o *Group, id int64) int { return cmp.Compare(o.ID, id) })
		m.index[bucket] = slices.Insert(list, i, g)
	}
}

func (m *Model) strike(g *Group) {
	terms, n := g.heart().best()
	for _, bucket := range terms[:n] {
		list := m.index[bucket]
		if i := slices.Index(list, g); i >= 0 {
			m.index[bucket] = slices.Delete(list, i, i+1)
		}
		if len(m.index[bucket]) == 0 {
			delete(m.index, bucket)
		}
	}
}

// Merging is that a group went up in another.
type Merging struct{ Into, From int64 }

// Merge makes groups one that have become alike, the later one into the earlier, or
// into that which is frozen; two that are frozen stay apart, and so do those of
// which apart says so. Call it about every hour. Two that did not change since they
// were compared are not compared again.
func (m *Model) Merge(apart func(a, b *Group) bool) (done []Merging) {
	all := m.Groups()
	again := map[*Group]bool{} // are to be compared the next time too
	for _, g := range all {
		if m.groups[g.ID] == nil || g.Frozen() {
			continue
		}
		var into *Group
		likeness := Same
		terms, n := g.heart().best()
		clear(m.seen)
		for _, bucket := range terms[:n] {
			for _, o := range m.index[bucket] {
				if g.settled && o.settled || o == g || o.ID > g.ID && !o.Frozen() {
					continue
				}
				if _, ok := m.seen[o]; ok {
					continue
				}
				m.seen[o] = struct{}{}
				like := g.Likeness(o)
				if like <= likeness {
					continue
				}
				if apart(o, g) { // perhaps not for ever
					again[o], again[g] = true, true
					continue
				}
				into, likeness = o, like
			}
		}
		if into == nil {
			continue
		}
		m.Drop(g.ID)
		m.strike(into)
		into.absorb(g)
		again[into] = true
		m.enlist(into)
		done = append(done, Merging{into.ID, g.ID})
	}
	for _, g := range all {
		g.settled = !again[g]
	}
	return done
}

// Forget drops the groups that nothing was added to since a time and that nobody gave
// a name, and the smallest of those that are more than MaxGroups. It gives their ids.
func (m *Model) Forget(before int64) (gone []int64) {
	all := m.Groups()
	for _, g := range all {
		if g.At < before && !g.Frozen() {
			m.Drop(g.ID)
			gone = append(gone, g.ID)
		}
	}
	if len(m.groups) <= MaxGroups {
		return gone
	}
	now := int64(math.MinInt64)
	all = m.Groups()
	for _, g := range all {
		now = max(now, g.At)
	}
	mass := func(g *Group) float64 { return g.Mass * math.Exp2(-float64(now-g.At)/fade) }
	slices.SortStableFunc(all, func(a, b *Group) int { return cmp.Compare(mass(a), mass(b)) })
	for _, g := range all {
		if len(m.groups) <= MaxGroups*9/10 {
			break
		}
		if !g.Frozen() {
			m.Drop(g.ID)
			gone = append(gone, g.ID)
		}
	}
	return gone
}

// Bytes writes down what is known of terms and copies, exactly, but no groups.
func (m *Model) Bytes() []byte {
	b := binary.LittleEndian.AppendUint64(nil, math.Float64bits(m.docs))
	b = binary.AppendVarint(b, m.epoch)
	b = binary.AppendVarint(b, m.newest)
	b = binary.AppendUvarint(b, uint64(m.next))
	b = binary.AppendUvarint(b, uint64(len(m.prints)))
	for _, p := range m.prints {
		b = binary.LittleEndian.AppendUint32(b, p)
	}
	before := 0
	for i, n := range m.df {
		if n > 0 {
			b = binary.AppendUvarint(b, uint64(i-before))
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(n))
			before = i
		}
	}
	return b
}

// ReadModel reads what Bytes wrote; false if it is something else.
func ReadModel(b []byte) (*Model, bool) {
	m, d := NewModel(), decoder{b: b}
	m.docs = math.Float64frombits(d.uint64())
	m.epoch, m.newest = d.varint(), d.varint()
	next, n := d.uvarint(), d.uvarint()
	if n > mostCopies || next >= mostCopies || n*4 > uint64(len(d.b)) {
		return nil, false
	}
	m.next = int(next)
	for range n {
		p := math.Float32bits(d.float32())
		m.prints = append(m.prints, p)
		m.copies[p] = struct{}{}
	}
	for i := uint64(0); len(d.b) > 0; {
		if i += d.uvarint(); i >= Terms {
			return nil, false
		}
		m.df[i] = d.float32()
	}
	return m, !d.bad
}
