package detect_test

import (
	"math"
	"testing"
	"time"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/rapid"

	"hearth/alert/detect"
)

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if math.IsNaN(got) || math.Abs(got-want) > within {
		t.Errorf("%s is %.10g, want %.10g ± %g", what, got, want, within)
	}
}

// The tails of algorithms.md 2, test (b), and the example of its negative share.
func TestTailsAreThoseOfTheReference(t *testing.T) {
	t.Parallel()
	near(t, "P(Y≥30) at mean 10, phi 3", math.Pow(10, detect.CountTail(30, 10, 3)), 0.0039194, 5e-8)
	near(t, "P(Y≥25) after gamma(20, 2)", math.Pow(10, detect.CountTail(25, 10, 1.5)), 0.0011533, 5e-8)
	near(t, "P(14 of 40 or more) at 0.12", math.Pow(10, detect.ShareTail(14, 40, .12, .02)), 0.00494, 5e-6)
	near(t, "the same, binomial", math.Pow(10, detect.ShareTail(14, 40, .12, 1e-9)), 0.000139, 5e-7)
}

func TestCountTailEqualsTheSumOfItsTerms(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		mu := rapid.Float64Range(0.05, 300).Draw(t, "mean")
		phi := rapid.Float64Range(1.05, 200).Draw(t, "phi")
		y := rapid.IntRange(1, 400).Draw(t, "count")
		r, p := mu/(phi-1), 1/phi
		below := 0.0
		for k := range y {
			n := float64(k)
			a, _ := math.Lgamma(n + r)
			b, _ := math.Lgamma(r)
			c, _ := math.Lgamma(n + 1)
			below += math.Exp(a - b - c + r*math.Log(p) + n*math.Log1p(-p))
		}
		want, got := 1-below, math.Pow(10, detect.CountTail(float64(y), mu, phi))
		if math.Abs(got-want) > 1e-9+1e-6*want {
			t.Fatalf("the tail is %g, its terms say %g", got, want)
		}
	})
}

func TestCountTailFallsWithEveryPostHoweverFarOut(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		mu := rapid.Float64Range(0.02, 500).Draw(t, "mean")
		phi := rapid.Float64Range(1.05, 200).Draw(t, "phi")
		y := rapid.Float64Range(1, 1e6).Draw(t, "count")
		a, b := detect.CountTail(y, mu, phi), detect.CountTail(y*1.1+1, mu, phi)
		if math.IsNaN(a) || math.IsInf(a, 0) || math.IsInf(b, 0) || b > a+1e-9 || a > 0 {
			t.Fatalf("P(≥%g) has the logarithm %g, P(≥%g) %g", y, a, y*1.1+1, b)
		}
	})
	near(t, "a Poisson-like tail", detect.CountTail(25, 10, 1.00001), math.Log10(distuv.Poisson{Lambda: 10}.Survival(24)), 1e-3)
}

// runLength is the mean number of steps until a Markov chain that starts in
// start leaves its states (Brook and Evans 1972).
func runLength(states, start int, step func(i, j int) float64) float64 {
	a := mat.NewDense(states, states, nil)
	ones := mat.NewVecDense(states, nil)
	for i := range states {
		ones.SetVec(i, 1)
		for j := range states {
			v := -step(i, j)
			if i == j {
				v++
			}
			a.Set(i, j, v)
		}
	}
	var lengths mat.VecDense
	if err := lengths.SolveVec(a, ones); err != nil {
		panic(err)
	}
	return lengths.AtVec(start)
}

func ewmaRunLength(weight, limit, shift float64) float64 {
	const states = 401
	h := limit * math.Sqrt(weight/(2-weight))
	width := 2 * h / states
	n := distuv.UnitNormal
	return runLength(states, states/2, func(i, j int) float64 {
		from := -h + (float64(i)+.5)*width
		low := (-h + float64(j)*width - (1-weight)*from) / weight
		return n.CDF(low+width/weight-shift) - n.CDF(low-shift)
	})
}

func cusumRunLength(k, h, shift float64) float64 {
	const states = 1000
	width := h / (states - .5)
	n := distuv.UnitNormal
	return runLength(states, 0, func(i, j int) float64 {
		from := float64(i) * width
		high := float64(j)*width + width/2 - from + k - shift
		if j == 0 {
			return n.CDF(high)
		}
		return n.CDF(high) - n.CDF(high-width)
	})
}

// Test (c) of algorithms.md 2: the limits that drift is judged by mean what the
// comments say.
func TestControlChartsHaveTheRunLengthsOfTheReference(t *testing.T) {
	t.Parallel()
	near(t, "EWMA .1, no drift", ewmaRunLength(detect.EWMAWeight, detect.EWMALimit, 0), 499.5, 1)
	near(t, "EWMA .1, one deviation", ewmaRunLength(detect.EWMAWeight, detect.EWMALimit, 1), 10.3, .06)
	near(t, "EWMA .2, no drift", ewmaRunLength(.2, 2.962, 0), 499.7, 1)
	near(t, "EWMA .2, one deviation", ewmaRunLength(.2, 2.962, 1), 10.5, .06)
	near(t, "CUSUM 4, no drift", cusumRunLength(.5, 4, 0), 335.4, .3)
	near(t, "CUSUM 4, one deviation", cusumRunLength(.5, 4, 1), 8.38, .01)
	near(t, "CUSUM 5, no drift", cusumRunLength(.5, 5, 0), 930.9, 1)
	near(t, "CUSUM 5, one deviation", cusumRunLength(.5, 5, 1), 10.38, .01)
}

func TestEWMASeesDriftThatNoSingleDayShows(t *testing.T) {
	t.Parallel()
	var e detect.EWMA
	for day := range 40 {
		e.Step(math.Sin(float64(day) * 2.4)) // nothing but noise
	}
	if v := e.Step(0); math.Abs(v) > 1 {
		t.Fatalf("noise alone is %g times the limit", v)
	}
	days := 1
	for e.Step(1) < 1 {
		if days++; days > 20 {
			t.Fatal("a drift of one deviation is not seen in 20 days")
		}
	}
	if days < 4 {
		t.Errorf("seen after %d days: a single day is enough", days)
	}
}

// Test (e): R's package numbers the whole history as level 1, we leave it out.
func TestBurstsAreThoseOfTheReference(t *testing.T) {
	t.Parallel()
	base := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	var times []time.Time
	for _, s := range []float64{10, 20, 22, 25, 27, 30, 31, 31.5, 32, 33, 60, 80, 100, 140} {
		times = append(times, base.Add(time.Duration(s*float64(time.Second))))
	}
	want := func(gamma float64, list ...[3]float64) {
		t.Helper()
		got := detect.Bursts(times, gamma)
		if len(got) != len(list) {
			t.Fatalf("gamma %g: %d bursts %v, want %v", gamma, len(got), got, list)
		}
		for i, w := range list {
			g := [3]float64{float64(got[i].Level) + 1, got[i].From.Sub(base).Seconds(), got[i].To.Sub(base).Seconds()}
			if g != w {
				t.Errorf("gamma %g: burst %v, want %v", gamma, g, w)
			}
		}
	}
	want(1, [3]float64{2, 20, 33}, [3]float64{3, 20, 33})
	want(.1, [3]float64{2, 20, 33}, [3]float64{3, 20, 33}, [3]float64{4, 30, 33}, [3]float64{5, 31, 32})
}

func TestBurstsStayBounded(t *testing.T) {
	t.Parallel()
	base := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	var times []time.Time
	for i := range 20_000 {
		times = append(times, base.Add(time.Duration(i*i)))
	}
	for _, b := range detect.Bursts(times, 1) {
		if b.Level < 1 || b.Level > 24 || b.To.Before(b.From) {
			t.Fatalf("burst %+v", b)
		}
	}
	if got := detect.Bursts(times[:1], 1); got != nil {
		t.Errorf("one post has bursts %v", got)
	}
}

const bin = 15 * time.Minute

var monday = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)

// noise is a repeatable number from 0 to 1.
func noise(i int) float64 {
	v := math.Sin(float64(i)*12.9898) * 43758.5453
	return v - math.Floor(v)
}

func days(s *detect.Series, from time.Time, n int, mean func(time.Time) float64) time.Time {
	at := from
	for i := range n * 96 {
		s.Learn(at, math.Round(mean(at)*(0.6+0.8*noise(i))), 0.5)
		at = at.Add(bin)
	}
	return at
}

func daily(at time.Time) float64 { return 20 + 15*math.Sin(float64(at.Hour())*math.Pi/12) }

func TestSeriesLearnsTheHourOfTheDayAndOfTheWeek(t *testing.T) {
	t.Parallel()
	s := detect.NewSeries(bin)
	weekend := func(at time.Time) float64 {
		if at.Weekday() == time.Sunday {
			return daily(at) / 4
		}
		return daily(at)
	}
	at := days(s, monday, 28, weekend)
	near(t, "the mean at six on Monday", s.Expect(at.Add(6*time.Hour)).Mean, 35, 6)
	near(t, "the mean at eighteen on Monday", s.Expect(at.Add(18*time.Hour)).Mean, 5, 3)
	near(t, "the mean at six on Sunday, of which only four are known", s.Expect(at.Add((6*24+6)*time.Hour)).Mean, 15, 4)
}

func TestACrisisDoesNotBecomeTheUsual(t *testing.T) {
	t.Parallel()
	s := detect.NewSeries(bin)
	at := days(s, monday, 14, daily)
	before := s.Expect(at)
	first := s.Learn(at, 400, 0.5)
	if !first.Fires || !first.Begins {
		t.Fatalf("twenty times the usual does not fire: %+v", first)
	}
	for i := 1; i < 48; i++ {
		v := s.Learn(at.Add(time.Duration(i)*bin), 400, 0.5)
		if v.Begins {
			t.Errorf("the crisis begins again after %d bins", i)
		}
	}
	if after := s.Expect(at.Add(24 * time.Hour)); after.Mean > 2*before.Mean {
		t.Errorf("after half a day of crisis %g posts are usual, before %g", after.Mean, before.Mean)
	}
}

func TestTheBudgetHoldsWhateverTheNoiseIsLike(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		weekly float64
		most   int
	}{{0.5, 6}, {2, 14}} {
		s := detect.NewSeries(bin)
		fired := 0
		random := 0
		for i := range 6 * 7 * 96 {
			count := 3.0
			if noise(i) > 0.99 { // a burst now and then, wilder than any model
				random++
				count = 20 + 400*noise(i+7)
			}
			if s.Learn(monday.Add(time.Duration(i)*bin), count, c.weekly).Begins {
				fired++
			}
		}
		if random < 20 || fired > c.most || fired == 0 {
			t.Errorf("%d alerts in six weeks of %d bursts, with a budget of %g a week", fired, random, c.weekly)
		}
	}
}

func TestLookingChangesNothing(t *testing.T) {
	t.Parallel()
	s := detect.NewSeries(bin)
	at := days(s, monday, 3, daily)
	before := *s
	if v := s.Look(at, 500, 0.5); !v.Fires {
		t.Fatalf("%+v", v)
	}
	if len(before.Budget.Peaks) != len(s.Budget.Peaks) || before.Level != s.Level || !s.Budget.Fired.Equal(before.Budget.Fired) {
		t.Error("looking taught the series something")
	}
}

func TestTheNegativeShareFiresWhereTheVolumeIsUsual(t *testing.T) {
	t.Parallel()
	var s detect.Share
	at := monday
	for i := range 24 * 14 {
		x := int64(3 + 3*noise(i))
		if v := s.Judge(at, x, 40, 0.5); v.Fires {
			t.Fatalf("hour %d: %d of 40 fires: %+v", i, x, v)
		}
		s.Learn(at, x, 40)
		at = at.Add(time.Hour)
	}
	near(t, "the usual part", s.Mean(), 4.5/40, .03)
	if v := s.Look(at, 22, 40, 0.5); !v.Fires || v.Part != 22.0/40 {
		t.Errorf("22 of 40 negative: %+v", v)
	}
	if v := s.Look(at, 4, 4, 0.5); v.Fires {
		t.Error("four posts are enough for an alarm")
	}
	mean := s.Mean()
	for range 24 {
		s.Learn(at, 40, 40)
		at = at.Add(time.Hour)
	}
	if s.Mean() > 4*mean {
		t.Errorf("a day of crisis makes %.2f usual, before %.2f", s.Mean(), mean)
	}
}
