package influence

import "math"

// restart is the part of the walk that begins again at the trusted people in
// each step: a of the formula pi = a·s + (1−a)·Pᵀ·pi.
const restart = 0.15

const (
	mostSteps = 200
	closeTo   = 1e-9 // of the whole, between two steps
	nobody    = -1
)

// Walk is where a random walk over the graph is found that begins again at a
// trusted person with probability 0.15 in each step, and always where somebody
// amplifies nobody (personalised PageRank). trusted is a distribution over all
// people. It stops when a step moves less than 1e-9 of the whole.
func (g *Graph) Walk(trusted []float64) []float64 { return g.walk(trusted, nil, nobody, closeTo) }

// walk is Walk without what one person does, from where another walk ended.
func (g *Graph) walk(trusted, from []float64, without int, close float64) []float64 {
	at := make([]float64, g.Len())
	if from == nil {
		from = trusted
	}
	copy(at, from)
	next := make([]float64, g.Len())
	for range mostSteps {
		clear(next)
		dangling := 0.0
		for u, p := range at {
			if p == 0 {
				continue
			}
			if g.sum[u] == 0 || u == without {
				dangling += p
				continue
			}
			share := (1 - restart) * p / g.sum[u]
			for _, a := range g.out[u] {
				next[a.person] += share * a.weight
			}
		}
		moved := 0.0
		begin := restart + (1-restart)*dangling
		for u := range next {
			next[u] += begin * trusted[u]
			moved += math.Abs(next[u] - at[u])
		}
		at, next = next, at
		if moved < close {
			break
		}
	}
	return at
}

// Push is the walk from one person by forward push (Andersen, Chung, Lang 2006):
// at most 1/(eps·0.15) pushes, however large the graph. p is too small by what
// is left in r: on an undirected graph by at most eps times a person's degree,
// and p and r together are always 1. It answers "how near is this person" where
// a walk over everybody would take too long.
func (g *Graph) Push(from int, eps float64) (p, r map[int]float64) {
	p, r = map[int]float64{}, map[int]float64{from: 1}
	queue := []int{from}
	for len(queue) > 0 {
		u := queue[0]
		queue = queue[1:]
		degree := max(float64(len(g.out[u])), 1)
		if r[u] < eps*degree {
			continue
		}
		mass := r[u]
		delete(r, u)
		p[u] += restart * mass
		pass := (1 - restart) * mass
		if g.sum[u] == 0 {
			r[from] += pass
			queue = append(queue, from)
			continue
		}
		for _, a := range g.out[u] {
			v := int(a.person)
			r[v] += pass * a.weight / g.sum[u]
			if r[v] >= eps*max(float64(len(g.out[v])), 1) {
				queue = append(queue, v)
			}
		}
	}
	return p, r
}
