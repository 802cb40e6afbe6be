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

// Example is a post's features, by their numbers in a Vocabulary, and what is
// right.
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
	Softmax bool
	Epochs  int     // over all features; half as many again over the kept ones
	Keep    int     // features that the head has room for
	Rare    int     // a feature in fewer examples than this is left out
	Rate    float64 // of AdaGrad
	Decay   float64 // L2, for each step a feature takes part in
	Drop    float64 // share of features left out of each step, at random
	Seed    uint64
}

// Vocabulary numbers features.
type Vocabulary struct {
	Hashes []uint64
	index  map[uint64]uint32
}

// Number is the numbers of the features, new ones included.
func (v *Vocabulary) Number(features []uint64) []uint32 {
	if v.index == nil {
		v.index = map[uint64]uint32{}
	}
	numbers := make([]uint32, len(features))
	for i, f := range features {
		n, ok := v.index[f]
		if !ok {
			n = uint32(len(v.Hashes))
			v.index[f] = n
			v.Hashes = append(v.Hashes, f)
		}
		numbers[i] = n
	}
	return numbers
}

type learner struct {
	o       Options
	weights []float32
	squares []float32
	biases  []float32
	bsquare []float32
	counts  []int32
	off     []bool
	random  *rand.Rand
	kept    []uint32
}

// Train fits a head to the examples: first with all features, then, from where
// that ended, with those that say most. Its weights are the averages after each
// epoch of the last half, which is steadier than where the last one ends.
func Train(v *Vocabulary, examples []Example, o Options) *feature.Head {
	rows := len(v.Hashes)
	l := &learner{
		o:       o,
		weights: make([]float32, o.Outputs*rows), squares: make([]float32, o.Outputs*rows),
		biases: make([]float32, o.Outputs), bsquare: make([]float32, o.Outputs),
		counts: make([]int32, rows), off: make([]bool, rows),
		random: rand.New(rand.NewPCG(o.Seed, uint64(o.Outputs))),
	}
	l.count(examples)
	order := l.random.Perm(len(examples))
	for epoch := range o.Epochs {
		l.epoch(examples, order, o.Rate*(1-0.6*float64(epoch)/float64(o.Epochs)))
	}
	l.keep()
	total := make([]float32, len(l.weights))
	last := max(1, o.Epochs/2)
	for range last {
		l.epoch(examples, order, o.Rate*0.4)
		for i, w := range l.weights {
			total[i] += w
		}
	}
	for i := range total {
		l.weights[i] = total[i] / float32(last)
	}
	return l.head(v)
}

// count counts in how many examples each feature is and leaves out rare ones.
func (l *learner) count(examples []Example) {
	last := make([]int32, len(l.counts))
	for i := range examples {
		for _, f := range examples[i].Features {
			if last[f] != int32(i+1) {
				last[f] = int32(i + 1)
				l.counts[f]++
			}
		}
	}
	for f, n := range l.counts {
		l.off[f] = int(n) < l.o.Rare
	}
}

func (l *learner) epoch(examples []Example, order []int, rate float64) {
	l.random.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	for _, i := range order {
		e := &examples[i]
		l.kept = l.kept[:0]
		for _, f := range e.Features {
			if !l.off[f] && (l.o.Drop == 0 || l.random.Float64() >= l.o.Drop) {
				l.kept = append(l.kept, f)
			}
		}
		if len(l.kept) > 0 {
			l.step(l.kept, e, rate)
		}
	}
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
