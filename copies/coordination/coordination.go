// Package coordination finds accounts that share the same things in step, more often
// than chance makes them.
//
// Two accounts that share an object within its window are a pair; how often they are
// is the weight of the edge between them (Pacheco and others 2021; Giglietto and
// others 2020). How many edges of each weight chance makes is seen by shuffling the
// accounts over all posts, which keeps when posts were written, what they share and
// how many each account wrote. From the smallest weight on at which chance makes at
// most 5 % of the edges, they are kept; accounts that edges join are a group.
//
// Find is deterministic, and bounded in time whatever is shared. It knows nothing of
// reasons: who acts in step need not be fake, or paid, or one person.
package coordination

import (
	"cmp"
	"math/rand/v2"
	"slices"
)

// Share is one post. Posts that share nothing with others belong to it as well: they
// are what chance is measured with.
type Share struct {
	Account int   // 0, 1, …
	Object  int   // what it shares; below 0: nothing
	At      int64 // µs
	Window  int64 // µs within which another share of the object is in step
}

// Edge is two accounts that act in step, A < B.
type Edge struct {
	A, B   int
	Weight int // how many times
}

// Result is what was found.
type Result struct {
	Weight   int     // edges are kept from this weight on; 0: no edge can be told from chance
	Observed int     // edges of this weight and more
	Expected float64 // of them, how many chance makes
	Edges    []Edge  // those that are kept, by A, then B
	Groups   [][]int // accounts that edges join, each rising, the largest first
	Pairs    int     // shares in step, of all weights
	Cut      bool    // there were more pairs than are looked at
}

const (
	shuffles    = 200
	chance      = 0.05
	lightest    = 2      // shares in step that an edge needs
	mostPairs   = 60_000 // looked at
	heaviest    = 64     // weights above count as this
	mostReached = 400    // later shares that one is paired with
)

// Find looks for accounts in step. Shares may come in any order.
func Find(shares []Share) (r Result) {
	shares = slices.Clone(shares)
	slices.SortFunc(shares, func(a, b Share) int {
		return cmp.Or(cmp.Compare(a.Object, b.Object), cmp.Compare(a.At, b.At), cmp.Compare(a.Account, b.Account))
	})
	pairs, cut := pairsOf(shares)
	accounts := make([]int32, len(shares))
	for i := range shares {
		accounts[i] = int32(shares[i].Account)
	}
	w := newWeights(len(pairs))
	observed := w.count(pairs, accounts)
	for _, e := range w.edges(1) {
		r.Pairs += e.Weight
	}
	r.Cut = cut
	all := w.edges(lightest)
	if len(all) == 0 {
		return r
	}
	var made [heaviest + 1]int
	random := rand.New(rand.NewPCG(4, 2021))
	shuffled := slices.Clone(accounts)
	for range shuffles {
		random.Shuffle(len(shuffled), func(i, k int) { shuffled[i], shuffled[k] = shuffled[k], shuffled[i] })
		for weight, n := range w.count(pairs, shuffled) {
			made[weight] += n
		}
	}
	for weight := lightest; weight <= heaviest && observed[weight] > 0; weight++ {
		if expected := float64(made[weight]) / shuffles; expected <= chance*float64(observed[weight]) {
			r.Weight, r.Observed, r.Expected = weight, observed[weight], expected
			break
		}
	}
	if r.Weight == 0 {
		return r
	}
	for _, e := range all {
		if e.Weight >= r.Weight {
			r.Edges = append(r.Edges, e)
		}
	}
	r.Groups = groups(r.Edges)
	return r
}

// pairsOf are the pairs of shares of one object in step, by their places.
func pairsOf(shares []Share) (pairs [][2]int32, cut bool) {
	for i := range shares {
		s := &shares[i]
		if s.Object < 0 {
			continue
		}
		for k := i + 1; k < len(shares) && shares[k].Object == s.Object && shares[k].At-s.At <= s.Window; k++ {
			if k-i > mostReached || len(pairs) == mostPairs {
				cut = true
				break
			}
			pairs = append(pairs, [2]int32{int32(i), int32(k)})
		}
	}
	return pairs, cut
}

// weights counts how often two accounts are a pair, again and again.
type weights struct {
	keys  []uint64 // 0: free
	times []int32
	used  []int32
}

func newWeights(pairs int) *weights {
	size := 16
	for size < 2*pairs {
		size *= 2
	}
	return &weights{keys: make([]uint64, size), times: make([]int32, size)}
}

// count gives the number of edges of each weight and more.
func (w *weights) count(pairs [][2]int32, accounts []int32) (atLeast [heaviest + 1]int) {
	for _, at := range w.used {
		w.keys[at], w.times[at] = 0, 0
	}
	w.used = w.used[:0]
	mask := uint64(len(w.keys) - 1)
	for _, p := range pairs {
		a, b := accounts[p[0]], accounts[p[1]]
		if a == b {
			continue
		}
		key := uint64(min(a, b))<<32 | uint64(max(a, b)) + 1
		at := key * 0x9e3779b97f4a7c15 >> 20 & mask
		for w.keys[at] != 0 && w.keys[at] != key {
			at = (at + 1) & mask
		}
		if w.keys[at] == 0 {
			w.keys[at] = key
			w.used = append(w.used, int32(at))
		}
		w.times[at]++
	}
	for _, at := range w.used {
		atLeast[min(w.times[at], heaviest)]++
	}
	for weight := heaviest - 1; weight >= 0; weight-- {
		atLeast[weight] += atLeast[weight+1]
	}
	return atLeast
}

// edges are those of the last count with a weight and more, by A, then B.
func (w *weights) edges(least int) (list []Edge) {
	for _, at := range w.used {
		if int(w.times[at]) >= least {
			key := w.keys[at] - 1
			list = append(list, Edge{A: int(key >> 32), B: int(uint32(key)), Weight: int(w.times[at])})
		}
	}
	slices.SortFunc(list, func(a, b Edge) int { return cmp.Or(cmp.Compare(a.A, b.A), cmp.Compare(a.B, b.B)) })
	return list
}

// groups are the accounts that edges join.
func groups(edges []Edge) (list [][]int) {
	parent := map[int]int{}
	var root func(int) int
	root = func(a int) int {
		p, ok := parent[a]
		if !ok || p == a {
			parent[a] = a
			return a
		}
		parent[a] = root(p)
		return parent[a]
	}
	for _, e := range edges {
		x, y := root(e.A), root(e.B)
		parent[max(x, y)] = min(x, y)
	}
	members := map[int][]int{}
	for a := range parent {
		r := root(a)
		members[r] = append(members[r], a)
	}
	for _, m := range members {
		slices.Sort(m)
		list = append(list, m)
	}
	slices.SortFunc(list, func(a, b []int) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a[0], b[0])) })
	return list
}
