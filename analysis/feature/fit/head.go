package fit

import (
	"cmp"
	"math"
	"slices"

	"hearth/analysis/feature"
)

// keep leaves out all features but the Options.Keep that move scores most: those
// with weights far from one another that are seen often.
func (l *learner) keep() {
	type worth struct {
		feature int
		value   float64
	}
	var list []worth
	for f := range l.off {
		if !l.off[f] {
			list = append(list, worth{f, l.spread(f) * math.Sqrt(float64(l.counts[f]))})
		}
	}
	slices.SortFunc(list, func(a, b worth) int {
		return cmp.Or(cmp.Compare(b.value, a.value), cmp.Compare(a.feature, b.feature))
	})
	for _, w := range list[min(l.o.Keep, len(list)):] {
		l.off[w.feature] = true
	}
}

// spread is the size of a feature's weights, for softmax around their mean.
func (l *learner) spread(f int) float64 {
	weights := l.weights[f*l.o.Outputs:][:l.o.Outputs]
	mean, sum := 0.0, 0.0
	if l.o.Softmax {
		for _, w := range weights {
			mean += float64(w) / float64(len(weights))
		}
	}
	for _, w := range weights {
		sum += (float64(w) - mean) * (float64(w) - mean)
	}
	return math.Sqrt(sum)
}

// head rounds the weights of the kept features to bytes, each output by its own
// unit, and lays them into buckets, the weightiest first; one that finds its
// bucket full is dropped. The few weights beyond 127 units are cut off.
func (l *learner) head() *feature.Head {
	n := l.o.Outputs
	var kept []int
	for f, off := range l.off {
		if !off {
			kept = append(kept, f)
		}
	}
	slices.SortStableFunc(kept, func(a, b int) int { return cmp.Compare(l.spread(b), l.spread(a)) })
	h := &feature.Head{Outputs: n, Biases: l.biases, Buckets: uint64(len(kept)*10/9/feature.Slots + 1)}
	for k := range n {
		h.Units = append(h.Units, l.unit(kept, k))
	}
	h.Table = make([]byte, int(h.Buckets)*h.Size())
	for _, f := range kept {
		at, mark := h.Place(l.hashes[f])
		bucket := h.Table[int(at)*h.Size():][:h.Size()]
		for slot := range feature.Slots {
			if bucket[slot*2] != 0 || bucket[slot*2+1] != 0 {
				continue
			}
			bucket[slot*2], bucket[slot*2+1] = byte(mark), byte(mark>>8)
			for k, w := range l.weights[f*n:][:n] {
				bucket[feature.Slots*2+slot*n+k] = byte(int8(math.Round(float64(max(-127, min(127, w/h.Units[k]))))))
			}
			break
		}
	}
	return h
}

// unit is the weight of one step of an output's byte.
func (l *learner) unit(kept []int, k int) float32 {
	sizes := make([]float32, len(kept))
	for i, f := range kept {
		w := l.weights[f*l.o.Outputs+k]
		sizes[i] = max(w, -w)
	}
	slices.Sort(sizes)
	if len(sizes) == 0 {
		return 1
	}
	return max(sizes[len(sizes)*9995/10000]/127, 1e-6)
}
