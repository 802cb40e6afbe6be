package quality

import (
	"math"
	"slices"
)

// example is a post that somebody judged: what the shared model makes of it, and
// the class that it is.
type example struct {
	lang string
	p    [3]float64 // of negative, neutral, positive; none is 0
	is   int
}

// How strongly a fit is held: as if so many judged posts spoke for leaving things
// as they are. A language needs leastOfLanguage for a shift of its own.
const (
	hold            = 10.0
	leastOfLanguage = 20
	rounds          = 400
	farthest        = 2.0 // a shift at most, in log-odds
)

// fit is the shift of the classes' log-odds, by language, that makes the examples
// likeliest: multinomial logistic regression on biases alone (the correction for
// other priors of Saerens et al., Neural Computation 14, 2002, by maximum a
// posteriori), with a Gaussian prior around no shift, and for a language around
// the shift of all. It depends on the examples and their order only.
func fit(all []example) map[string][3]float64 {
	layer := map[string][3]float64{"": ascend(all, [3]float64{})}
	of := map[string][]example{}
	for _, e := range all {
		of[e.lang] = append(of[e.lang], e)
	}
	for lang, list := range of {
		if lang != "" && len(list) >= leastOfLanguage {
			layer[lang] = ascend(list, layer[""])
		}
	}
	return layer
}

// ascend goes up the posterior; it is concave, and the step is below one over
// the most that it bends.
func ascend(list []example, prior [3]float64) [3]float64 {
	b := prior
	step := 1 / (0.5*float64(len(list)) + hold)
	for range rounds {
		var slope [3]float64
		for i := range list {
			q := shift(list[i].p, b)
			for k := range slope {
				slope[k] -= q[k]
			}
			slope[list[i].is]++
		}
		for k := range b {
			b[k] += step * (slope[k] - hold*(b[k]-prior[k]))
			b[k] = max(-farthest, min(farthest, b[k]))
		}
	}
	for k := range b {
		b[k] = math.Round(b[k]*1e6) / 1e6
	}
	return b
}

func shift(p, b [3]float64) [3]float64 {
	sum := 0.0
	for k := range p {
		p[k] *= math.Exp(b[k])
		sum += p[k]
	}
	for k := range p {
		p[k] /= sum
	}
	return p
}

const folds = 5

// crossed counts the examples that the shared model gets right, and those that a
// layer gets right which was fitted on others only.
func crossed(all []example) (before, after int64) {
	for fold := range folds {
		var others []example
		for i, e := range all {
			if i%folds != fold {
				others = append(others, e)
			}
		}
		layer := fit(others)
		for i, e := range all {
			if i%folds != fold {
				continue
			}
			if likeliest(e.p) == e.is {
				before++
			}
			by, ok := layer[e.lang]
			if !ok {
				by = layer[""]
			}
			if likeliest(shift(e.p, by)) == e.is {
				after++
			}
		}
	}
	return before, after
}

func likeliest(p [3]float64) int { return slices.Index(p[:], slices.Max(p[:])) }
