// Package influence ranks the people of a topic by demonstrated, trusted
// response: unique reach times trusted share.
//
// Who answers, quotes, reposts or names somebody amplifies them. How often and
// how lately is weighed logarithmically, so that nobody can shout; and each
// amplifier counts as far as trust reaches them from people whom the workspace
// trusts, by a random walk with restart. For every candidate the walk is made
// without the candidate's own responses, so that nobody can pass trust to their
// own farm. Followers are never looked at.
//
// A farm without edges from honest people gets no trust, however it is wired;
// one that is really amplified by many honest people looks real, and is. With
// few trusted people the shares are uncertain, and tight groups far from all of
// them look unconfirmed.
//
// The package is pure: the same graph gives the same numbers.
package influence

import (
	"cmp"
	"math"
	"slices"
)

// Graph is who amplifies whom. People are numbered from 0. It is made by New and
// then only read.
type Graph struct {
	out [][]arc // by person: whom they amplify
	in  [][]arc // and by whom they are amplified
	sum []float64
}

type arc struct {
	person int32
	weight float64 // log2(1+W)
}

// Edge is that one person amplified another. Edges between the same two add up.
type Edge struct {
	From, To int
	Weight   float64 // kind × decay, of one interaction or of several
}

// New makes the graph of people 0 to n-1. Edges from a person to themselves, and
// such without weight, are left out.
func New(n int, edges []Edge) *Graph {
	edges = slices.Clone(edges)
	slices.SortFunc(edges, func(a, b Edge) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To), cmp.Compare(a.Weight, b.Weight))
	})
	g := &Graph{out: make([][]arc, n), in: make([][]arc, n), sum: make([]float64, n)}
	for i := 0; i < len(edges); {
		e := edges[i]
		weight := 0.0
		for ; i < len(edges) && edges[i].From == e.From && edges[i].To == e.To; i++ {
			weight += edges[i].Weight
		}
		if e.From == e.To || weight <= 0 {
			continue
		}
		w := math.Log2(1 + weight)
		g.out[e.From] = append(g.out[e.From], arc{int32(e.To), w})
		g.in[e.To] = append(g.in[e.To], arc{int32(e.From), w})
		g.sum[e.From] += w
	}
	return g
}

// Len is how many people there are.
func (g *Graph) Len() int { return len(g.out) }

// Reach is how much a person is amplified: the sum over those who do of
// log2(1+W). What a person does never changes their own reach.
func (g *Graph) Reach(v int) (reach float64) {
	for _, a := range g.in[v] {
		reach += a.weight
	}
	return reach
}

// Amplifiers is by how many different people a person is amplified.
func (g *Graph) Amplifiers(v int) int { return len(g.in[v]) }
