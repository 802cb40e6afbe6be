package influence

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
)

// Standing is how somebody stands in a topic.
type Standing struct {
	Person     int
	Amplifiers int
	Reach      float64

	// Trusted is the trusted share tau: of the reach, what comes from people
	// whom trust reaches. Relative is that against the median of the
	// candidates; both are 0 where nobody is trusted.
	Trusted, Relative float64

	// Rank is the key to rank by: Reach × min(1, Relative); where nobody is
	// trusted the reach alone. Low and High are its 95 % bootstrap interval over
	// the amplifiers.
	Rank, Low, High float64

	// Confirmed says that Relative is at least a fifth.
	Confirmed bool

	trust []float64 // of the amplifiers, in their order
}

const (
	candidates    = 60
	fewAmplifiers = 5    // fewer give no rank
	confirmed     = 0.2  // of the median
	trustScale    = 4    // who gets four times the average trust counts in full
	walkClose     = 1e-7 // candidates' walks begin where the common one ended
	resamples     = 200
)

// Rank gives the people of a topic, the most influential first: of the sixty who
// are amplified most, those with five amplifiers or more. trusted are the people
// whom trust begins at.
func (g *Graph) Rank(trusted []int) []Standing {
	list := g.candidates()
	if len(list) == 0 {
		return nil
	}
	if seeds := g.distribution(trusted); seeds != nil {
		common := g.Walk(seeds)
		taus := make([]float64, len(list))
		for i := range list {
			g.trustOf(&list[i], seeds, common)
			taus[i] = list[i].Trusted
		}
		middle := median(taus)
		for i := range list {
			s := &list[i]
			if middle > 0 {
				s.Relative = s.Trusted / middle
			}
			s.Rank = s.Reach * min(1, s.Relative)
			s.Confirmed = s.Relative >= confirmed
			g.interval(s, middle)
		}
	} else {
		for i := range list {
			list[i].Rank = list[i].Reach
			g.interval(&list[i], 0)
		}
	}
	slices.SortStableFunc(list, func(a, b Standing) int {
		return cmp.Or(cmp.Compare(b.Rank, a.Rank), cmp.Compare(b.Reach, a.Reach), cmp.Compare(a.Person, b.Person))
	})
	return list
}

// candidates is those with the greatest reach.
func (g *Graph) candidates() []Standing {
	var list []Standing
	for v := range g.in {
		if n := g.Amplifiers(v); n >= fewAmplifiers {
			list = append(list, Standing{Person: v, Amplifiers: n, Reach: g.Reach(v)})
		}
	}
	slices.SortFunc(list, func(a, b Standing) int { return cmp.Or(cmp.Compare(b.Reach, a.Reach), cmp.Compare(a.Person, b.Person)) })
	return list[:min(candidates, len(list))]
}

func (g *Graph) distribution(trusted []int) []float64 {
	seeds := make([]float64, g.Len())
	n := 0
	for _, u := range trusted {
		if u >= 0 && u < g.Len() && seeds[u] == 0 {
			seeds[u] = 1
			n++
		}
	}
	if n == 0 {
		return nil
	}
	for u := range seeds {
		seeds[u] /= float64(n)
	}
	return seeds
}

// trustOf works out the trusted share of a candidate, without the candidate's
// own responses.
func (g *Graph) trustOf(s *Standing, seeds, common []float64) {
	at := g.walk(seeds, common, s.Person, walkClose)
	scale := float64(g.Len()) / trustScale
	s.trust = make([]float64, len(g.in[s.Person]))
	whole := 0.0
	for i, a := range g.in[s.Person] {
		s.trust[i] = min(1, at[a.person]*scale)
		s.Trusted += s.trust[i] * a.weight
		whole += a.weight
	}
	s.Trusted /= whole
}

// Trusts is how far trust reaches each amplifier, between 0 and 1, where
// anybody is trusted.
func (g *Graph) Trusts(s *Standing) map[int]float64 {
	if s.trust == nil {
		return nil
	}
	trusts := make(map[int]float64, len(s.trust))
	for i, a := range g.in[s.Person] {
		trusts[int(a.person)] = s.trust[i]
	}
	return trusts
}

// interval draws anew, again and again, how often each amplifier counts: a
// Poisson bootstrap, because their number is by chance, too.
func (g *Graph) interval(s *Standing, middle float64) {
	dice := rand.New(rand.NewPCG(1, uint64(s.Person)))
	arcs := g.in[s.Person]
	drawn := make([]float64, resamples)
	for i := range drawn {
		reach, trusted := 0.0, 0.0
		for k := range arcs {
			weight := poisson(dice) * arcs[k].weight
			reach += weight
			if s.trust != nil {
				trusted += s.trust[k] * weight
			}
		}
		switch {
		case s.trust == nil:
			drawn[i] = reach
		case reach > 0 && middle > 0:
			drawn[i] = reach * min(1, trusted/reach/middle)
		}
	}
	slices.Sort(drawn)
	s.Low, s.High = drawn[resamples*25/1000], drawn[resamples*975/1000-1]
}

// poisson is a random number with mean 1 (Knuth 1969).
func poisson(dice *rand.Rand) (n float64) {
	for p := dice.Float64(); p > 1/math.E; p *= dice.Float64() {
		n++
	}
	return n
}

func median(list []float64) float64 {
	list = slices.Sorted(slices.Values(list))
	if n := len(list); n%2 == 0 {
		return (list[n/2-1] + list[n/2]) / 2
	}
	return list[len(list)/2]
}

// HIndex is the largest h such that h of the numbers are at least h (Hirsch
// 2005): of a person's posts, how many trusted people amplified each.
func HIndex(numbers []int) (h int) {
	numbers = slices.Clone(numbers)
	slices.SortFunc(numbers, func(a, b int) int { return cmp.Compare(b, a) })
	for h < len(numbers) && numbers[h] > h {
		h++
	}
	return h
}
