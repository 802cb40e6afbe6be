package topic

import (
	"cmp"
	"encoding/binary"
	"math"
	"slices"
	"time"
)

// MaxTerms is how many terms a group's centroid has at most.
const MaxTerms = 128

const (
	bestTerms = 20 // by which a group is found
	fade      = float64(3 * 24 * time.Hour / time.Microsecond)
)

// Group is posts that say the same, as a centroid.
type Group struct {
	ID    int64
	Count int64   // posts that moved the centroid
	At    int64   // µs; the time its weights are of: the newest post
	Mass  float64 // posts that moved it, those three days old half

	centroid vector
	frozen   vector // by which posts are compared, where somebody gave it a name; empty: by the centroid

	settled bool // it was compared with all others as it is, and is like none
}

// vector is weights of terms, rising by bucket.
type vector []weight

type weight struct {
	bucket uint32
	w      float32
}

// Frozen says that posts are compared with what the group was when it was frozen.
func (g *Group) Frozen() bool { return len(g.frozen) > 0 }

// Freeze lets posts be compared with what the group is now, whatever comes; Thaw
// lets them be compared with what it has become.
func (g *Group) Freeze() { g.frozen, g.settled = slices.Clone(g.centroid), false }

// Thaw is the contrary of Freeze.
func (g *Group) Thaw() { g.frozen, g.settled = nil, false }

// Drift is how far the posts have moved away from what the group was frozen as: 0
// not at all, 1 altogether.
func (g *Group) Drift() float64 {
	if !g.Frozen() {
		return 0
	}
	return max(0, 1-cosine(g.centroid, g.frozen))
}

// Likeness is how alike two groups are: the cosine of their centroids.
func (g *Group) Likeness(o *Group) float64 { return cosine(g.heart(), o.heart()) }

// heart is what posts are compared with.
func (g *Group) heart() vector {
	if g.Frozen() {
		return g.frozen
	}
	return g.centroid
}

// take moves the centroid by a post.
func (g *Group) take(v vector, at int64) {
	share := 1.0
	if at > g.At {
		g.scale(math.Exp2(-float64(at-g.At) / fade))
		g.At = at
	} else {
		share = math.Exp2(-float64(g.At-at) / fade)
	}
	g.centroid = sum(g.centroid, v, float32(share))
	g.Mass += share
	g.Count++
	g.settled = false
}

// absorb takes another group in.
func (g *Group) absorb(o *Group) {
	if o.At > g.At {
		g.scale(math.Exp2(-float64(o.At-g.At) / fade))
		g.At = o.At
	}
	share := math.Exp2(-float64(g.At-o.At) / fade)
	g.centroid = sum(g.centroid, o.centroid, float32(share))
	g.Mass += share * o.Mass
	g.Count += o.Count
	g.settled = false
}

func (g *Group) scale(by float64) {
	for i := range g.centroid {
		g.centroid[i].w *= float32(by)
	}
	g.Mass *= by
}

// sum adds share times b to a, and keeps the heaviest terms.
func sum(a, b vector, share float32) vector {
	out := make(vector, 0, len(a)+len(b))
	i, k := 0, 0
	for i < len(a) || k < len(b) {
		switch {
		case k == len(b) || i < len(a) && a[i].bucket < b[k].bucket:
			out = append(out, a[i])
			i++
		case i == len(a) || b[k].bucket < a[i].bucket:
			out = append(out, weight{b[k].bucket, b[k].w * share})
			k++
		default:
			out = append(out, weight{a[i].bucket, a[i].w + b[k].w*share})
			i, k = i+1, k+1
		}
	}
	if len(out) > MaxTerms {
		slices.SortFunc(out, heavier)
		out = out[:MaxTerms]
		slices.SortFunc(out, func(a, b weight) int { return cmp.Compare(a.bucket, b.bucket) })
	}
	return out
}

func heavier(a, b weight) int {
	return cmp.Or(cmp.Compare(b.w, a.w), cmp.Compare(a.bucket, b.bucket))
}

func (v vector) norm() float64 {
	squares := 0.0
	for _, t := range v {
		squares += float64(t.w) * float64(t.w)
	}
	return math.Sqrt(squares)
}

func cosine(a, b vector) float64 {
	dot, k := 0.0, 0
	for _, t := range a {
		for k < len(b) && b[k].bucket < t.bucket {
			k++
		}
		if k < len(b) && b[k].bucket == t.bucket {
			dot += float64(t.w) * float64(b[k].w)
		}
	}
	if dot == 0 {
		return 0
	}
	return dot / (a.norm() * b.norm())
}

// best are the heaviest terms of a vector.
func (v vector) best() (list [bestTerms]uint32, n int) {
	var top [bestTerms]weight
	for _, t := range v {
		if n == bestTerms && heavier(t, top[n-1]) > 0 {
			continue
		}
		i := n
		if n < bestTerms {
			n++
		} else {
			i--
		}
		for ; i > 0 && heavier(t, top[i-1]) < 0; i-- {
			top[i] = top[i-1]
		}
		top[i] = t
	}
	for i := range n {
		list[i] = top[i].bucket
	}
	return list, n
}

// Bytes writes a group down, exactly.
func (g *Group) Bytes() []byte {
	b := binary.AppendVarint(nil, g.Count)
	b = binary.AppendVarint(b, g.At)
	b = binary.LittleEndian.AppendUint64(b, math.Float64bits(g.Mass))
	b = g.centroid.append(b)
	return g.frozen.append(b)
}

func (v vector) append(b []byte) []byte {
	b = binary.AppendUvarint(b, uint64(len(v)))
	before := uint32(0)
	for _, t := range v {
		b = binary.AppendUvarint(b, uint64(t.bucket-before))
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(t.w))
		before = t.bucket
	}
	return b
}

// ReadGroup reads what Bytes wrote; false if it is something else.
func ReadGroup(id int64, b []byte) (*Group, bool) {
	g := &Group{ID: id}
	d := decoder{b: b}
	g.Count, g.At = d.varint(), d.varint()
	g.Mass = math.Float64frombits(d.uint64())
	g.centroid = d.vector()
	g.frozen = d.vector()
	return g, !d.bad && len(d.b) == 0
}

// decoder reads what was written down.
type decoder struct {
	b   []byte
	bad bool
}

func (d *decoder) varint() int64 {
	n, size := binary.Varint(d.b)
	d.skip(size)
	return n
}

func (d *decoder) uvarint() uint64 {
	n, size := binary.Uvarint(d.b)
	d.skip(size)
	return n
}

// skip goes on by a size; a bad one ends the reading.
func (d *decoder) skip(size int) {
	if size <= 0 {
		d.bad, d.b = true, nil
		return
	}
	d.b = d.b[size:]
}

func (d *decoder) uint64() uint64 {
	if len(d.b) < 8 {
		d.bad, d.b = true, nil
		return 0
	}
	n := binary.LittleEndian.Uint64(d.b)
	d.b = d.b[8:]
	return n
}

func (d *decoder) float32() float32 {
	if len(d.b) < 4 {
		d.bad, d.b = true, nil
		return 0
	}
	n := binary.LittleEndian.Uint32(d.b)
	d.b = d.b[4:]
	return math.Float32frombits(n)
}

func (d *decoder) vector() (v vector) {
	n := d.uvarint()
	if n > MaxTerms {
		d.bad = true
		return nil
	}
	bucket := uint32(0)
	for range n {
		bucket += uint32(d.uvarint())
		if v = append(v, weight{bucket, d.float32()}); bucket >= Terms || d.bad {
			d.bad = true
			return nil
		}
	}
	return v
}
