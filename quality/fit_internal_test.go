package quality

import (
	"math"
	"math/rand/v2"
	"reflect"
	"testing"

	"pgregory.net/rapid"
)

// worlds draws posts of a world where the classes are likelier by odds than the
// model thinks.
func worlds(n int, lang string, odds [3]float64, seed uint64) (all []example) {
	r := rand.New(rand.NewPCG(seed, 3))
	for range n {
		p := shift([3]float64{.1 + r.Float64(), .1 + r.Float64(), .1 + r.Float64()}, [3]float64{})
		q := shift(p, odds)
		is, at := 0, r.Float64()
		for at > q[is] && is < 2 {
			at -= q[is]
			is++
		}
		all = append(all, example{lang, p, is})
	}
	return all
}

func TestAFitFindsHowMuchLikelierTheClassesAre(t *testing.T) {
	t.Parallel()
	layer := fit(append(worlds(4000, "en", [3]float64{.8, 0, -.8}, 1), worlds(4000, "de", [3]float64{}, 2)...))
	for k, want := range [3]float64{.8, 0, -.8} {
		if got := layer["en"][k]; math.Abs(got-want) > .15 {
			t.Errorf("class %d of English is shifted by %.2f, want %.2f", k, got, want)
		}
		if got := layer["de"][k]; math.Abs(got) > .15 {
			t.Errorf("class %d of German is shifted by %.2f, want nothing", k, got)
		}
	}
	before, after := crossed(worlds(1000, "en", [3]float64{1, 0, -1}, 3))
	if after <= before+50 {
		t.Errorf("%d are right before, %d after", before, after)
	}
}

func TestFewAnswersMoveLittleAndNoneNothing(t *testing.T) {
	t.Parallel()
	if layer := fit(nil); layer[""] != [3]float64{} || len(layer) != 1 {
		t.Errorf("nothing was said, and it is %v", layer)
	}
	one := fit([]example{{"en", [3]float64{.8, .1, .1}, 2}})
	if got := one[""]; math.Abs(got[2]) > .1 || got[2] <= 0 || got[0] >= 0 {
		t.Errorf("one answer moves it by %v", got)
	}
	if _, own := fit(worlds(leastOfLanguage-1, "fi", [3]float64{2, 0, 0}, 4))["fi"]; own {
		t.Error("a language of few answers has a shift of its own")
	}
}

// Whatever was said: a shift is bounded, the same answers give the same, and of
// two posts in a language the one that was likelier of a class stays so.
func TestAShiftKeepsTheOrderOfPosts(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		odds := [3]float64{rapid.Float64Range(-9, 9).Draw(r, "a"), 0, rapid.Float64Range(-9, 9).Draw(r, "c")}
		all := worlds(rapid.IntRange(0, 60).Draw(r, "n"), "en", odds, rapid.Uint64().Draw(r, "seed"))
		layer := fit(all)
		if !reflect.DeepEqual(layer, fit(all)) {
			r.Fatal("the same answers give something else")
		}
		for _, by := range layer {
			for k, b := range by {
				if math.IsNaN(b) || math.Abs(b) > farthest {
					r.Fatalf("class %d is shifted by %v", k, b)
				}
			}
			// In odds against another class nothing changes its place.
			x, y := shift([3]float64{.5, .3, .2}, by), shift([3]float64{.4, .4, .2}, by)
			if x[0]/x[1] <= y[0]/y[1] {
				r.Fatalf("the order of two posts is turned by %v", by)
			}
		}
	})
}
