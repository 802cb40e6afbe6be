// Package fit trains the heads of package feature: logistic regression by
// AdaGrad, either softmax over classes or one yes-or-no question for each
// output. The same examples, options and seed give the same head to the byte.
// Only trainers import it.
package fit

import (
	"math"
	"math/rand/v2"
	"slices"

	"hearth/analysis/feature"
)

// Example is a post's features, as indices of the head, and what is right.
type Example struct {
	Features []uint32
	Targets  [feature.MaxOutputs]float32 // softmax: probabilities; else 1 yes, 0 no, Skip unknown
	Weight   float32
}

// Skip is the target of an output that an example says nothing about.
const Skip = -1

// Options say how to train.
type Options struct {
	Outputs int
	Bits    int
	Softmax bool
	Epochs  int
	Rate    float64 // of AdaGrad
	Decay   float64 // L2, for each step a feature takes part in
	Drop    float64 // share of features left out of each step, at random
	Seed    uint64
}

type learner struct {
	o       Options
	weights []float32
	squares []float32
	biases  []float32
	bsquare []float32
}

// Train fits a head to the examples.
func Train(examples []Example, o Options) *feature.Head {
	l := &learner{
		o:       o,
		weights: make([]float32, o.Outputs<<o.Bits), squares: make([]float32, o.Outputs<<o.Bits),
		biases: make([]float32, o.Outputs), bsquare: make([]float32, o.Outputs),
	}
	random := rand.New(rand.NewPCG(o.Seed, uint64(o.Bits)))
	order := random.Perm(len(examples))
	var kept []uint32
	for epoch := range o.Epochs {
		random.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		rate := o.Rate * (1 - 0.8*float64(epoch)/float64(o.Epochs))
		for _, i := range order {
			e := &examples[i]
			kept = kept[:0]
			for _, f := range e.Features {
				if o.Drop == 0 || random.Float64() >= o.Drop {
					kept = append(kept, f)
				}
			}
			if len(kept) > 0 {
				l.step(kept, e, rate)
			}
		}
	}
	return l.head()
}

func (l *learner) step(features []uint32, e *Example, rate float64) {
	n := l.o.Outputs
	norm := 1 / math.Sqrt(float64(len(features)))
	var scores [feature.MaxOutputs]float64
	for _, f := range features {
		for k, w := range l.weights[int(f)*n:][:n] {
			scores[k] += float64(w)
		}
	}
	for k := range n {
		scores[k] = scores[k]*norm + float64(l.biases[k])
	}
	l.errors(scores[:n], e)
	for k := range n {
		g := scores[k] * float64(e.Weight)
		l.bsquare[k] += float32(g * g)
		l.biases[k] -= float32(rate * g / math.Sqrt(float64(l.bsquare[k])+1))
		scores[k] = g * norm
	}
	for _, f := range features {
		weights := l.weights[int(f)*n:][:n]
		squares := l.squares[int(f)*n:][:n]
		for k := range weights {
			g := scores[k] + l.o.Decay*float64(weights[k])
			squares[k] += float32(g * g)
			weights[k] -= float32(rate * g / (math.Sqrt(float64(squares[k])) + 1e-3))
		}
	}
}

// errors turns scores into predicted minus wanted probabilities.
func (l *learner) errors(scores []float64, e *Example) {
	if l.o.Softmax {
		Softmax(scores)
		for k := range scores {
			scores[k] -= float64(e.Targets[k])
		}
		return
	}
	for k := range scores {
		if e.Targets[k] == Skip {
			scores[k] = 0
			continue
		}
		scores[k] = 1/(1+math.Exp(-scores[k])) - float64(e.Targets[k])
	}
}

// Softmax turns scores into probabilities.
func Softmax(scores []float64) {
	top, sum := slices.Max(scores), 0.0
	for k := range scores {
		scores[k] = math.Exp(scores[k] - top)
		sum += scores[k]
	}
	for k := range scores {
		scores[k] /= sum
	}
}

// head rounds the weights to bytes, each output by its own unit. The few
// weights beyond 127 units are cut off.
func (l *learner) head() *feature.Head {
	n := l.o.Outputs
	h := &feature.Head{Outputs: n, Bits: l.o.Bits, Biases: l.biases, Weights: make([]byte, len(l.weights))}
	for k := range n {
		var sizes []float32
		for i := k; i < len(l.weights); i += n {
			if w := l.weights[i]; w != 0 {
				sizes = append(sizes, max(w, -w))
			}
		}
		slices.Sort(sizes)
		unit := float32(1)
		if len(sizes) > 0 {
			unit = max(sizes[len(sizes)*9995/10000]/127, 1e-6)
		}
		h.Units = append(h.Units, unit)
		for i := k; i < len(l.weights); i += n {
			h.Weights[i] = byte(int8(math.Round(float64(max(-127, min(127, l.weights[i]/unit))))))
		}
	}
	return h
}
