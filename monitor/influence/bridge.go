package influence

import (
	"maps"
	"slices"
)

// Constraint is Burt's (1992): how far a person's contacts are contacts of each
// other. Small where somebody joins people who have nothing to do with one
// another, a bridge; near 1 and above where all are of one group. Ties count in
// both directions. Somebody without contacts has none: 0.
func (g *Graph) Constraint(v int) (c float64) {
	own := g.ties(v)
	if len(own) == 0 {
		return 0
	}
	whole := total(own)
	through := map[int32]float64{} // to whom v has an indirect tie
	for _, q := range slices.Sorted(maps.Keys(own)) {
		theirs := g.ties(int(q))
		all := total(theirs)
		for j, x := range theirs {
			if j != int32(v) {
				through[j] += own[q] / whole * x / all
			}
		}
	}
	for _, j := range slices.Sorted(maps.Keys(own)) {
		p := own[j]/whole + through[j]
		c += p * p
	}
	return c
}

// ties is whom a person amplifies or is amplified by, and how much.
func (g *Graph) ties(v int) map[int32]float64 {
	ties := make(map[int32]float64, len(g.out[v])+len(g.in[v]))
	for _, a := range g.out[v] {
		ties[a.person] += a.weight
	}
	for _, a := range g.in[v] {
		ties[a.person] += a.weight
	}
	return ties
}

func total(m map[int32]float64) (sum float64) {
	for _, k := range slices.Sorted(maps.Keys(m)) { // the same sum each time
		sum += m[k]
	}
	return sum
}

// Betweenness is, for each person, on which part of the shortest ways between
// all others they stand (Freeman 1977, by Brandes' algorithm 2001), whatever the
// direction and the weight of the ties. It takes people × ties steps, so it is
// for some thousand people at most.
func (g *Graph) Betweenness() []float64 {
	n := g.Len()
	between := make([]float64, n)
	ties := make([][]int32, n)
	for v := range ties {
		for u := range g.ties(v) {
			ties[v] = append(ties[v], u)
		}
	}
	ways, far, part := make([]float64, n), make([]int, n), make([]float64, n)
	for s := range n {
		for v := range n {
			ways[v], far[v], part[v] = 0, -1, 0
		}
		ways[s], far[s] = 1, 0
		order := []int32{int32(s)}
		for i := 0; i < len(order); i++ {
			v := order[i]
			for _, u := range ties[v] {
				if far[u] < 0 {
					far[u] = far[v] + 1
					order = append(order, u)
				}
				if far[u] == far[v]+1 {
					ways[u] += ways[v]
				}
			}
		}
		for i := len(order) - 1; i > 0; i-- {
			u := order[i]
			for _, v := range ties[u] {
				if far[v] == far[u]-1 {
					part[v] += ways[v] / ways[u] * (1 + part[u])
				}
			}
			between[u] += part[u]
		}
	}
	if n > 2 {
		for v := range between {
			between[v] /= float64((n - 1) * (n - 2))
		}
	}
	return between
}
