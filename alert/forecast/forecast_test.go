package forecast_test

import (
	"compress/gzip"
	"encoding/csv"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"hearth/alert/forecast"
)

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if math.IsNaN(got) || math.Abs(got-want) > within {
		t.Errorf("%s is %.12g, want %.12g ± %g", what, got, want, within)
	}
}

// TestSeismicSaysOfTheReferenceWhatItsAuthorsSay is the test of algorithms.md 3
// on the example that comes with the authors' package.
func TestSeismicSaysOfTheReferenceWhatItsAuthorsSay(t *testing.T) {
	t.Parallel()
	cascade := readCascade(t)
	for _, c := range []struct {
		age    time.Duration
		count  int
		rate   float64
		final  float64
		within float64
	}{
		{600 * time.Second, 32, .0075217888, 262.9657, 1e-3},
		{3600 * time.Second, 906, .0079088433, 7580.789526, 1e-4},
		{21600 * time.Second, 8329, .0044448041, 15144.958, 1e-2},
	} {
		s, ok := forecast.SeismicAt(cascade, c.age)
		if !ok || s.Reshares != c.count {
			t.Errorf("%s: %d reposts, want %d", c.age, s.Reshares, c.count)
		}
		near(t, c.age.String()+": infectious", s.Infectious, c.rate, 1e-9)
		near(t, c.age.String()+": final", s.Final, c.final, c.within)
	}
	if s, ok := forecast.SeismicAt(cascade, 30*time.Minute); !ok || !s.Explosive {
		t.Errorf("after half an hour it is not explosive: %+v", s)
	}
	s, _ := forecast.SeismicAt(cascade, time.Hour)
	near(t, "low", s.Low, .00745765, 1e-7)
	near(t, "high", s.High, .00837112, 1e-7)
}

func TestSeismicIsSilentWhereLittleIsKnown(t *testing.T) {
	t.Parallel()
	if _, ok := forecast.SeismicAt(nil, time.Hour); ok {
		t.Error("nothing is judged")
	}
	few := []forecast.Reshare{{0, 1000}, {time.Minute, 10}, {2 * time.Minute, 10}}
	if _, ok := forecast.SeismicAt(few, time.Hour); ok {
		t.Error("two reposts are judged")
	}
}

func readCascade(t *testing.T) (list []forecast.Reshare) {
	t.Helper()
	f, err := os.Open("../../../shared/data/network/seismic-retweet-cascade.csv.gz")
	if err != nil {
		t.Skip("the example cascade of SEISMIC is not at ../../../shared/data/network")
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(z).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[1:] {
		at, err := strconv.ParseFloat(row[0], 64)
		if err != nil {
			t.Fatal(err)
		}
		n, err := strconv.ParseInt(row[1], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, forecast.Reshare{After: time.Duration(at * float64(time.Second)), Followers: n})
	}
	return list
}

// cascades are the simulated ones of the appendix of algorithms.md.
func cascades(seed uint64, n int) [][]forecast.Reshare {
	r := rand.New(rand.NewPCG(seed, 11))
	var all [][]forecast.Reshare
	for len(all) < n {
		if c := cascade(r); len(c) > 50 {
			all = append(all, c)
		}
	}
	return all
}

func cascade(r *rand.Rand) []forecast.Reshare {
	const horizon, most = 7 * 24 * time.Hour, 20_000
	infectious := .006 * (.4 + .9*r.Float64())
	all := []forecast.Reshare{{0, int64(math.Exp(7 + r.NormFloat64()))}}
	for i := 0; i < len(all) && len(all) < most; i++ {
		for range poisson(r, infectious*float64(all[i].Followers)) {
			if at := all[i].After + delay(r); at < horizon {
				audience := min(20_000, 5+math.Floor(30*(math.Pow(1-r.Float64(), -1/1.4)-1)))
				all = append(all, forecast.Reshare{After: at, Followers: int64(audience)})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b forecast.Reshare) int { return int(a.After - b.After) })
	return all
}

// delay is drawn from the memory of SEISMIC.
func delay(r *rand.Rand) time.Duration {
	const c, flat, theta = 6.265725e-4, 300.0, .2314843
	u := 1 - r.Float64() // what is left after
	s := (1 - u) / c
	if s > flat {
		s = flat * math.Pow(u*theta/(c*flat), -1/theta)
	}
	return time.Duration(min(s, 1e8) * float64(time.Second))
}

func poisson(r *rand.Rand, mean float64) (n int) {
	for sum := r.ExpFloat64(); sum < mean && n < 20_000; n++ {
		sum += r.ExpFloat64()
	}
	return n
}

func history(c []forecast.Reshare, age time.Duration) (h forecast.History) {
	for _, r := range c[1:] {
		if r.After <= age {
			h.Count++
			if r.After > age/2 {
				h.Recent++
			}
		}
	}
	for _, r := range c {
		if r.After <= age {
			h.Audience += float64(r.Followers)
		}
	}
	h.Final = float64(len(c) - 1)
	return h
}

// TestForecastsAreAsGoodAsMeasured trains on 300 simulated cascades and judges
// 300 others, four times: median absolute error within the bands of
// algorithms.md 3, better than "count so far", and eight of ten inside the band.
func TestForecastsAreAsGoodAsMeasured(t *testing.T) {
	t.Parallel()
	const worlds, half = 4, 300
	var all [worlds][][]forecast.Reshare
	for w := range all {
		all[w] = cascades(uint64(w)+7, 2*half)
	}
	for _, c := range []struct {
		age             time.Duration
		most, mostShift float64
	}{{10 * time.Minute, .31, .50}, {time.Hour, .29, .35}, {6 * time.Hour, .25, .26}} {
		var errs, shiftErrs, naive []float64
		inside := 0
		for _, world := range all {
			var train []forecast.History
			for _, one := range world[:half] {
				train = append(train, history(one, c.age))
			}
			full, shift := forecast.Fit(train), forecast.Fit(train[:99])
			for _, one := range world[half:] {
				h := history(one, c.age)
				f, s := full.Predict(h.Sample), shift.Predict(h.Sample)
				errs = append(errs, math.Abs(f.Value-h.Final)/h.Final)
				shiftErrs = append(shiftErrs, math.Abs(s.Value-h.Final)/h.Final)
				naive = append(naive, math.Abs(h.Count-h.Final)/h.Final)
				if f.Low <= h.Final && h.Final <= f.High {
					inside++
				}
				if s.Method != forecast.Shift || c.age < time.Hour && f.Method != forecast.Regression {
					t.Fatalf("methods %s and %s", f.Method, s.Method)
				}
			}
		}
		got, gotShift, was := middle(errs), middle(shiftErrs), middle(naive)
		part := float64(inside) / (worlds * half)
		t.Logf("%s: median error so far %.2f, shift %.2f, best %.2f; %.3f inside the band", c.age, was, gotShift, got, part)
		if got > c.most || gotShift > c.mostShift || got >= was {
			t.Errorf("%s: error %.2f (at most %.2f), shift %.2f (at most %.2f), so far %.2f", c.age, got, c.most, gotShift, c.mostShift, was)
		}
		if part < .75 || part > .85 {
			t.Errorf("%s: %.3f of the cascades end inside the band, want 0.75 to 0.85", c.age, part)
		}
	}
}

func middle(v []float64) float64 {
	slices.Sort(v)
	return v[len(v)/2]
}

func TestProbabilitiesFallWithTheSize(t *testing.T) {
	t.Parallel()
	var list []forecast.History
	for _, c := range cascades(7, 60) {
		list = append(list, history(c, time.Hour))
	}
	f := forecast.Fit(list).Predict(forecast.Sample{Count: 100, Recent: 40, Audience: 10_000})
	last := 1.0
	for _, size := range []float64{50, 101, 200, 400, 1000, 1e5} {
		p := f.Reaches(size)
		if p > last || p < 0 {
			t.Errorf("P(≥%g) is %g after %g", size, p, last)
		}
		last = p
	}
	if f.Reaches(99) != 1 {
		t.Error("what is there already is not certain")
	}
	if f.Doubles() != f.Reaches(200) {
		t.Error("doubling is not twice the count")
	}
}

func TestWithoutHistoryThereIsNoForecast(t *testing.T) {
	t.Parallel()
	f := forecast.Fit(nil).Predict(forecast.Sample{Count: 12})
	if f.Method != forecast.None || !math.IsInf(f.High, 1) || !math.IsNaN(f.Reaches(100)) {
		t.Errorf("a forecast out of nothing: %+v", f)
	}
	if f.Reaches(10) != 1 {
		t.Error("twelve is less than ten")
	}
}
