// Package fit trains the heads of package feature: logistic regression by
// AdaGrad, either softmax over classes or one yes-or-no question for each
// output. The same examples, options and seed give the same head to the byte.
// Only trainers import it.
package fit

import (
	"math"
	"slices"
	"sync"

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
	Runs    int  // over the same examples in other orders, averaged; 0 is 1
	Ratios  bool // a feature that is about as frequent with each class learns more slowly
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

// learner is a head in the making: the mean of the runs.
type learner struct {
	o       Options
	hashes  []uint64
	weights []float32
	biases  []float32
	counts  []int32
	off     []bool
	ratios  []float32 // of each feature and output, to the rate; none without Options.Ratios
}

// Train fits a head to the examples: first with all features, then, from where
// that ended, with those that say most. Its weights are the averages after each
// epoch of the last half of all runs, which is steadier than where one run ends.
// Runs work side by side.
func Train(v *Vocabulary, examples []Example, o Options) *feature.Head {
	l, examples := newLearner(v, examples, o)
	runs := make([]*run, max(1, o.Runs))
	each := func(do func(r *run)) {
		var all sync.WaitGroup
		for _, r := range runs {
			all.Go(func() { do(r) })
		}
		all.Wait()
	}
	for i := range runs {
		runs[i] = l.newRun(uint64(i))
	}
	each(func(r *run) {
		r.order = r.random.Perm(len(examples))
		for epoch := range o.Epochs {
			r.epoch(examples, o.Rate*(1-0.6*float64(epoch)/float64(o.Epochs)))
		}
		r.add()
	})
	l.mean(runs, 1)
	l.keep()
	for i := range examples {
		examples[i].Features = slices.DeleteFunc(examples[i].Features, func(f uint32) bool { return l.off[f] })
	}
	last := max(1, o.Epochs/2)
	each(func(r *run) {
		clear(r.total)
		for range last {
			r.epoch(examples, o.Rate*0.4)
			r.add()
		}
	})
	l.mean(runs, last)
	return l.head()
}

// newLearner counts in how many examples each feature is, leaves out rare ones
// and numbers the others anew, in the same order; the examples it returns are
// its own.
func newLearner(v *Vocabulary, examples []Example, o Options) (*learner, []Example) {
	counts, last := make([]int32, len(v.Hashes)), make([]int32, len(v.Hashes))
	for i := range examples {
		for _, f := range examples[i].Features {
			if last[f] != int32(i+1) {
				last[f] = int32(i + 1)
				counts[f]++
			}
		}
	}
	l := &learner{o: o}
	numbers := last
	for f, n := range counts {
		numbers[f] = -1
		if int(n) >= o.Rare {
			numbers[f] = int32(len(l.hashes))
			l.hashes, l.counts = append(l.hashes, v.Hashes[f]), append(l.counts, n)
		}
	}
	l.weights, l.biases, l.off = make([]float32, o.Outputs*len(l.hashes)), make([]float32, o.Outputs), make([]bool, len(l.hashes))
	own := slices.Clone(examples)
	for i := range own {
		own[i].Features = make([]uint32, 0, len(examples[i].Features))
		for _, f := range examples[i].Features {
			if numbers[f] >= 0 {
				own[i].Features = append(own[i].Features, uint32(numbers[f]))
			}
		}
	}
	if o.Ratios {
		l.ratios = ratios(own, l.counts, o.Outputs)
	}
	return l, own
}

// mean sets the weights to the mean of what the runs added up over so many
// epochs, and the biases to the mean of theirs.
func (l *learner) mean(runs []*run, epochs int) {
	clear(l.weights)
	clear(l.biases)
	for _, r := range runs {
		for i, w := range r.total {
			l.weights[i] += w
		}
		for k, b := range r.biases {
			l.biases[k] += b / float32(len(runs))
		}
	}
	for i := range l.weights {
		l.weights[i] /= float32(epochs * len(runs))
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
