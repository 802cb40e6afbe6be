package interval_test

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/mathext"
	"pgregory.net/rapid"

	"hearth/monitor/interval"
)

func TestWilsonOfKnownCases(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		x, n      int64
		low, high float64
	}{{0, 10, 0, .2775}, {5, 10, .2366, .7634}, {10, 10, .7225, 1}, {1, 29, .0061, .1718}, {81, 263, .2553, .3662}} { // the last two: Newcombe 1998
		s := interval.Wilson(c.x, c.n)
		if math.Abs(s.Low-c.low) > 6e-5 || math.Abs(s.High-c.high) > 6e-5 {
			t.Errorf("%d of %d: %.4f to %.4f, want %.4f to %.4f", c.x, c.n, s.Low, s.High, c.low, c.high)
		}
	}
}

func TestAShareOfThoseDrawnIsKnownTheBetterTheMoreAreDrawn(t *testing.T) {
	t.Parallel()
	const endless = 1 << 40
	for _, c := range []struct { // Newcombe 1998, score method with continuity correction
		x, n      int64
		low, high float64
	}{{81, 263, .2535, .3682}, {15, 148, .0598, .1644}, {0, 20, 0, .2005}, {1, 29, .0018, .1963}} {
		s := interval.Drawn(c.x, c.n, endless)
		if math.Abs(s.Low-c.low) > 6e-5 || math.Abs(s.High-c.high) > 6e-5 || s.N != c.n {
			t.Errorf("%d of %d: %.4f to %.4f, want %.4f to %.4f", c.x, c.n, s.Low, s.High, c.low, c.high)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(0, 300).Draw(t, "n")
		x := rapid.Int64Range(0, n).Draw(t, "x")
		of := n + rapid.Int64Range(0, 1000).Draw(t, "others")
		s, more := interval.Drawn(x, n, of), interval.Drawn(x, n, 2*of)
		if n > 0 && (s.Low < 0 || s.Low > s.Value || s.Value > s.High || s.High > 1 || n < of && s.High-s.Low > more.High-more.Low+1e-9) {
			t.Fatalf("%d of %d of %d: %+v, of twice as many %+v", x, n, of, s, more)
		}
		if n == of && n > 0 && s.Low != s.High {
			t.Fatalf("of everything: %+v", s)
		}
	})
}

func TestSharesHoldTheirQuantiles(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.Int64Range(0, 500), 1, 6).Draw(t, "parts")
		var n int64
		for _, x := range parts {
			n += x
		}
		sum := 0.0
		for i, s := range interval.Shares(parts) {
			sum += s.Value
			if s.N != n || s.Low < 0 || s.Low > s.Value || s.Value > s.High || s.High > 1 {
				t.Fatalf("%v: %+v", parts, s)
			}
			x := parts[i]
			if x > 3 && n-x > 3 && len(parts) > 1 {
				a, b := float64(x)+.5, float64(n-x)+.5*float64(len(parts)-1)
				if q := mathext.RegIncBeta(a, b, s.Low); math.Abs(q-.025) > 1e-6 {
					t.Fatalf("%v: %.6f lies below the interval", parts, q)
				}
				if q := mathext.RegIncBeta(a, b, s.High); math.Abs(q-.975) > 1e-6 {
					t.Fatalf("%v: %.6f lies below its end", parts, q)
				}
			}
		}
		if n > 0 && math.Abs(sum-1) > 1e-9 {
			t.Fatalf("%v: the shares are %g in all", parts, sum)
		}
	})
}
