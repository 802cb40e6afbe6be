package fit

import "math"

// What the ratios are tempered by.
const (
	ratioSmooth = 2.0 // weight added to every feature, by the shares of the classes
	ratioMost   = 2.0
	ratioFloor  = 0.5 // of the rate that every feature has
)

// ratios are factors to the rate, around 1: half of each is the same for all, half
// the size of the feature's log-count ratio, class against the rest. Scaling the
// rate of a weight so is scaling the value of its feature, as in the NB-SVM of
// Wang and Manning (ACL 2012), with the ratio folded into the weight. Only for
// Options.Softmax.
func ratios(examples []Example, counts []int32, outputs int) []float32 {
	sums, all, total := make([]float64, outputs*len(counts)), make([]float64, outputs), 0.0
	for i := range examples {
		e := &examples[i]
		for k := range outputs {
			w := float64(e.Weight * e.Targets[k])
			all[k] += w
			total += w
			for _, f := range e.Features {
				sums[int(f)*outputs+k] += w
			}
		}
	}
	factors := make([]float32, len(sums))
	mean, seen := 0.0, 0.0
	for f, n := range counts {
		row, sum := sums[f*outputs:][:outputs], 0.0
		for _, x := range row {
			sum += x
		}
		for k, x := range row {
			share := all[k] / total
			r := math.Log((x+ratioSmooth*share)/(sum-x+ratioSmooth*(1-share))) - math.Log(share/(1-share))
			factors[f*outputs+k] = float32(min(math.Abs(r), ratioMost))
			mean += min(math.Abs(r), ratioMost) * float64(n)
			seen += float64(n)
		}
	}
	mean /= seen
	for i, r := range factors {
		factors[i] = float32(ratioFloor + (1-ratioFloor)*float64(r)/mean)
	}
	return factors
}
