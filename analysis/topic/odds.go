package topic

import "math"

// Odds says how much more often something is among n1 than among n2 things: the
// difference d of the logarithms of the odds with an informative Dirichlet prior,
// and z, the same in standard deviations. y1 and y2 are how often it is in each, a
// is what the prior gives it and a0 what it gives all together (Monroe, Colaresi
// and Quinn, "Fightin' Words", 2008).
func Odds(y1, n1, y2, n2, a, a0 float64) (d, z float64) {
	d = math.Log((y1+a)/(n1+a0-y1-a)) - math.Log((y2+a)/(n2+a0-y2-a))
	return d, d / math.Sqrt(1/(y1+a)+1/(y2+a))
}

// Significant is the z beyond which a difference counts: 5 of 100 by chance, on
// both sides together.
const Significant = 1.96
