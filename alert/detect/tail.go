package detect

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// CountTail is log10 P(Y ≥ y) for a count Y with the mean mu and the variance
// phi·mu: negative binomial with r = mu/(phi−1) and p = 1/phi. It is exact where
// the probability itself is too small for a float64. mu must be positive and phi
// greater than 1.
func CountTail(y, mu, phi float64) float64 {
	if y <= 0 {
		return 0
	}
	r := mu / (phi - 1)
	return logBeta(y, r, 1-1/phi) / math.Ln10
}

// ShareTail is log10 P(X ≥ x) for the number X of n posts that are of a kind
// whose share is mean, where posts resemble each other with the correlation
// rho: beta-binomial with a = mean(1−rho)/rho and b = (1−mean)(1−rho)/rho.
func ShareTail(x, n int64, mean, rho float64) float64 {
	if x <= 0 {
		return 0
	}
	if x > n {
		return math.Inf(-1)
	}
	a, b := mean*(1-rho)/rho, (1-mean)*(1-rho)/rho
	total, floor := math.Inf(-1), math.Inf(-1)
	for k := x; k <= n; k++ {
		term := lchoose(n, k) + mathext.Lbeta(float64(k)+a, float64(n-k)+b) - mathext.Lbeta(a, b)
		total = logAdd(total, term)
		if k > x && term < floor && term < total-negligible {
			break
		}
		floor = term
	}
	return min(total, 0) / math.Ln10
}

// negligible is how much smaller, as a natural logarithm, a term must be to be
// left out of a sum.
const negligible = 40

func lchoose(n, k int64) float64 {
	return lgamma(float64(n)+1) - lgamma(float64(k)+1) - lgamma(float64(n-k)+1)
}

func lgamma(x float64) float64 {
	v, _ := math.Lgamma(x)
	return v
}

func logAdd(a, b float64) float64 {
	if a < b {
		a, b = b, a
	}
	if math.IsInf(b, -1) {
		return a
	}
	return a + math.Log1p(math.Exp(b-a))
}

// logBeta is the natural logarithm of the regularised incomplete beta function
// I_x(a, b). Far out in the tail it is computed as a logarithm from the
// beginning, by the continued fraction of DLMF 8.17.22.
func logBeta(a, b, x float64) float64 {
	const safe = 1e-280
	if v := mathext.RegIncBeta(a, b, x); v > safe {
		return math.Log(v)
	}
	front := a*math.Log(x) + b*math.Log1p(-x) - math.Log(a) - mathext.Lbeta(a, b)
	return front + math.Log(betaFraction(a, b, x))
}

// betaFraction is the continued fraction of I_x(a, b) by Lentz's method. It
// converges for x < (a+1)/(a+b+2), which every count above its mean fulfils.
func betaFraction(a, b, x float64) float64 {
	const tiny, close, most = 1e-300, 1e-14, 10_000
	apart := func(v float64) float64 {
		if math.Abs(v) < tiny {
			return tiny
		}
		return v
	}
	c, d := 1.0, 1/apart(1-(a+b)*x/(a+1))
	f := d
	for m := 1.0; m < most; m++ {
		for _, numerator := range [...]float64{
			m * (b - m) * x / ((a + 2*m - 1) * (a + 2*m)),
			-(a + m) * (a + b + m) * x / ((a + 2*m) * (a + 2*m + 1)),
		} {
			d = 1 / apart(1+numerator*d)
			c = apart(1 + numerator/c)
			f *= c * d
		}
		if math.Abs(c*d-1) < close {
			break
		}
	}
	return f
}
