package fit

import (
	"math"
	"math/rand/v2"

	"hearth/analysis/feature"
)

// run is one way through the examples; each has another order of them and leaves
// out other features.
type run struct {
	o       Options
	ratios  []float32
	cells   []float32 // of each feature a weight for each output, then their gradients' squares added up
	biases  []float32
	bsquare []float32
	total   []float32 // weights added up
	random  *rand.Rand
	order   []int
	kept    []uint32
}

func (l *learner) newRun(number uint64) *run {
	return &run{
		o: l.o, ratios: l.ratios,
		cells: make([]float32, 2*len(l.weights)), total: make([]float32, len(l.weights)),
		biases: make([]float32, l.o.Outputs), bsquare: make([]float32, l.o.Outputs),
		random: rand.New(rand.NewPCG(l.o.Seed+number, uint64(l.o.Outputs))),
	}
}

// add adds the weights to the total.
func (r *run) add() {
	n := r.o.Outputs
	for f := range len(r.total) / n {
		for k, w := range r.cells[f*2*n:][:n] {
			r.total[f*n+k] += w
		}
	}
}

func (r *run) epoch(examples []Example, rate float64) {
	r.random.Shuffle(len(r.order), func(i, j int) { r.order[i], r.order[j] = r.order[j], r.order[i] })
	for _, i := range r.order {
		e := &examples[i]
		r.kept = r.kept[:0]
		for _, f := range e.Features {
			if r.o.Drop == 0 || r.random.Float64() >= r.o.Drop {
				r.kept = append(r.kept, f)
			}
		}
		if len(r.kept) > 0 {
			r.step(r.kept, e, rate)
		}
	}
}

func (r *run) step(features []uint32, e *Example, rate float64) {
	n := r.o.Outputs
	norm := 1 / math.Sqrt(float64(len(features)))
	var scores [feature.MaxOutputs]float64
	for _, f := range features {
		for k, w := range r.cells[int(f)*2*n:][:n] {
			scores[k] += float64(w)
		}
	}
	for k := range n {
		scores[k] = scores[k]*norm + float64(r.biases[k])
	}
	r.errors(scores[:n], e)
	for k := range n {
		g := scores[k] * float64(e.Weight)
		r.bsquare[k] += float32(g * g)
		r.biases[k] -= float32(rate * g / math.Sqrt(float64(r.bsquare[k])+1))
		scores[k] = g * norm
	}
	for _, f := range features {
		cell := r.cells[int(f)*2*n:][:2*n]
		weights, squares := cell[:n], cell[n:]
		for k := range weights {
			g := scores[k] + r.o.Decay*float64(weights[k])
			squares[k] += float32(g * g)
			by := rate
			if r.ratios != nil {
				by = float64(r.ratios[int(f)*n+k]) * rate
			}
			weights[k] -= float32(by * g / (math.Sqrt(float64(squares[k])) + 1e-3))
		}
	}
}

// errors turns scores into predicted minus wanted probabilities.
func (r *run) errors(scores []float64, e *Example) {
	if r.o.Softmax {
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
