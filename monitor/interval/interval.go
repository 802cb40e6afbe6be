// Package interval says how sure a share is.
//
// Shares of posts are counted exactly; an interval treats the posts as a sample
// of what people say, and answers how much the share would move if as many
// others had spoken. It knows nothing of people who post in bursts, so with very
// active authors the truth is wider.
package interval

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// Share is a part of a whole with its 95 % interval.
type Share struct {
	Value, Low, High float64
	N                int64 // of the whole; of 0 nothing is known: 0 to 1
}

const (
	normal975 = 1.959963984540054 // quantile of the normal distribution
	tail      = 0.025
)

// Wilson is x of n with Wilson's score interval (1927).
func Wilson(x, n int64) Share {
	if n <= 0 {
		return Share{High: 1}
	}
	s := wilson(float64(x)/float64(n), float64(n))
	s.N = n
	return s
}

// Drawn is the share of a whole of which n were drawn by chance, none twice,
// and x of these counted. It is Wilson's interval with correction for continuity
// (Newcombe 1998), which is rather too wide than too narrow, for as many as would
// tell as much of an endless whole: n·(of−1)/(of−n), the correction for a finite
// population (Cochran, Sampling Techniques, 1977, 2.6).
func Drawn(x, n, of int64) Share {
	switch {
	case n <= 0:
		return Share{High: 1}
	case n >= of:
		p := float64(x) / float64(n)
		return Share{Value: p, Low: p, High: p, N: n}
	}
	m := float64(n) * float64(of-1) / float64(of-n)
	s := Share{Value: float64(x) / float64(n), High: 1, N: n}
	if x > 0 {
		s.Low = wilson((float64(x)-0.5)/float64(n), m).Low
	}
	if x < n {
		s.High = wilson((float64(x)+0.5)/float64(n), m).High
	}
	return s
}

// wilson is the interval of a share of m.
func wilson(p, m float64) Share {
	z := normal975
	middle := (p + z*z/(2*m)) / (1 + z*z/m)
	half := z / (1 + z*z/m) * math.Sqrt(p*(1-p)/m+z*z/(4*m*m))
	return Share{Value: p, Low: max(0, middle-half), High: min(1, middle+half)}
}

// Shares are the parts of a whole, each with the interval of its share in the
// Dirichlet posterior under Jeffreys' prior, which is Beta(x+½, rest+½·(k−1)).
// A part that is nothing begins at 0, one that is everything ends at 1.
func Shares(parts []int64) []Share {
	var n int64
	for _, x := range parts {
		n += x
	}
	list := make([]Share, len(parts))
	for i, x := range parts {
		list[i] = Share{High: 1}
		if n == 0 {
			continue
		}
		a, b := float64(x)+0.5, float64(n-x)+0.5*float64(max(len(parts)-1, 1))
		list[i] = Share{Value: float64(x) / float64(n), Low: mathext.InvRegIncBeta(a, b, tail), High: mathext.InvRegIncBeta(a, b, 1-tail), N: n}
		if x == 0 {
			list[i].Low = 0
		}
		if x == n {
			list[i].High = 1
		}
		list[i].Low, list[i].High = min(list[i].Low, list[i].Value), max(list[i].High, list[i].Value)
	}
	return list
}
