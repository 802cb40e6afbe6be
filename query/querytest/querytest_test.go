package querytest_test

import (
	"testing"

	"hearth/query/querytest"
)

// TestPairsHitEachOtherOften keeps the generator useful: with too few matches,
// or too few misses, a wrong engine would pass.
func TestPairsHitEachOtherOften(t *testing.T) {
	t.Parallel()
	g := querytest.New(1)
	const pairs = 4000
	hits := 0
	for range pairs {
		_, q, p := g.Pair()
		if q.Match(&p) {
			hits++
		}
	}
	if hits < pairs/6 || hits > pairs*5/6 {
		t.Errorf("%d of %d pairs match", hits, pairs)
	}
	t.Logf("%d of %d pairs match", hits, pairs)
}

func TestTheSameSeedGivesTheSamePairs(t *testing.T) {
	t.Parallel()
	a, b := querytest.New(7), querytest.New(7)
	for range 100 {
		x, _, p := a.Pair()
		y, _, q := b.Pair()
		if x != y || p.Text != q.Text {
			t.Fatalf("%q and %q", x, y)
		}
	}
}
