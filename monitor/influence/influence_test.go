package influence_test

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"hearth/monitor/influence"
)

// karate is Zachary's karate club (1977), both directions.
func karate() *influence.Graph {
	var edges []influence.Edge
	for u, friends := range map[int][]int{
		0: {1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 17, 19, 21, 31}, 1: {2, 3, 7, 13, 17, 19, 21, 30}, 2: {3, 7, 8, 9, 13, 27, 28, 32},
		3: {7, 12, 13}, 4: {6, 10}, 5: {6, 10, 16}, 6: {16}, 8: {30, 32, 33}, 9: {33}, 13: {33}, 14: {32, 33}, 15: {32, 33}, 18: {32, 33},
		19: {33}, 20: {32, 33}, 22: {32, 33}, 23: {25, 27, 29, 32, 33}, 24: {25, 27, 31}, 25: {31}, 26: {29, 33}, 27: {33}, 28: {31, 33},
		29: {32, 33}, 30: {32, 33}, 31: {32, 33}, 32: {33},
	} {
		for _, v := range friends {
			edges = append(edges, influence.Edge{From: u, To: v, Weight: 1}, influence.Edge{From: v, To: u, Weight: 1})
		}
	}
	return influence.New(34, edges)
}

func near(t *testing.T, what string, got, want, by float64) {
	t.Helper()
	if math.Abs(got-want) > by {
		t.Errorf("%s: %.6f, want %.6f", what, got, want)
	}
}

// proves the published numbers of section 1 of the algorithms.
func TestWalksOverTheKarateClub(t *testing.T) {
	t.Parallel()
	g := karate()
	even := make([]float64, 34)
	for i := range even {
		even[i] = 1.0 / 34
	}
	rank := g.Walk(even)
	for v, want := range map[int]float64{33: .100919, 0: .096997, 32: .071693, 2: .057079} {
		near(t, "PageRank", rank[v], want, 6e-7)
	}
	one := make([]float64, 34)
	one[0] = 1
	walk := g.Walk(one)
	for v, want := range map[int]float64{0: .266374, 1: .064888, 2: .054948, 33: .051200} {
		near(t, "the walk from 0", walk[v], want, 6e-7)
	}
	near(t, "constraint of 0", g.Constraint(0), .1554, 6e-5)
	near(t, "constraint of 33", g.Constraint(33), .1564, 6e-5)
	for v, want := range map[int]float64{0: .437635, 33: .304075, 32: .145247} {
		near(t, "betweenness", g.Betweenness()[v], want, 6e-7)
	}
}

func TestPushIsNearTheWalkAndLosesNothing(t *testing.T) {
	t.Parallel()
	g := karate()
	one := make([]float64, 34)
	one[0] = 1
	walk := g.Walk(one)
	const eps = 1e-4
	p, r := g.Push(0, eps)
	sum, worst := 0.0, 0.0
	for v := range 34 {
		sum += p[v] + r[v]
		worst = max(worst, math.Abs(p[v]-walk[v])/float64(g.Amplifiers(v)))
	}
	near(t, "what is pushed and left", sum, 1, 1e-12)
	if worst > eps || worst == 0 {
		t.Errorf("off by %g a degree, at most %g is allowed", worst, eps)
	}
}

func TestHIndex(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		numbers []int
		want    int
	}{{[]int{10, 8, 5, 4, 3}, 4}, {[]int{25, 8, 5, 3, 3}, 3}, {nil, 0}, {[]int{0, 0}, 0}, {[]int{9}, 1}, {[]int{3, 3, 3}, 3}} {
		if got := influence.HIndex(c.numbers); got != c.want {
			t.Errorf("HIndex(%v) = %d, want %d", c.numbers, got, c.want)
		}
	}
}

// attack is one way to make a farm look important.
type attack struct {
	name     string
	back     bool // the target reposts its bots
	careless int  // honest people who repost the target
	camo     int  // reposts of popular people by each bot
	inside   int  // reposts of other bots by each bot
	times    int  // reposts of the target by each bot
}

const (
	honest = 4000
	bots   = 400
	target = honest + bots
)

// farm is the simulation of the appendix.
func farm(a attack, seed uint64) (edges []influence.Edge, trusted []int) {
	dice := rand.New(rand.NewPCG(seed, 77))
	ladder := make([]float64, honest)
	sum := 0.0
	for i := range ladder {
		sum += math.Pow(float64(i+5), -0.9)
		ladder[i] = sum
	}
	popular := func() int {
		i, _ := slices.BinarySearch(ladder, dice.Float64()*sum)
		return min(i, honest-1)
	}
	add := func(from, to int, times float64) {
		edges = append(edges, influence.Edge{From: from, To: to, Weight: times})
	}
	for u := range honest {
		for range 1 << dice.IntN(5) {
			add(u, popular(), 1)
		}
	}
	for b := honest; b < honest+bots; b++ {
		add(b, target, float64(a.times))
		for range a.inside {
			add(b, honest+dice.IntN(bots), 1)
		}
		for range a.camo {
			add(b, popular(), 1)
		}
		if a.back {
			add(target, b, 1)
		}
	}
	for _, u := range dice.Perm(honest - 201)[:a.careless] {
		add(201+u, target, 1)
	}
	for _, u := range dice.Perm(honest - 50)[:40] {
		trusted = append(trusted, 50+u)
	}
	return edges, trusted
}

// proves the bands of section 1: a farm gains nothing by any of six attacks, and
// those who are really listened to stay on top.
func TestAFarmGainsNothing(t *testing.T) {
	t.Parallel()
	for i, a := range []attack{
		{"a farm", false, 8, 5, 10, 20},
		{"the target reposts its bots", true, 8, 5, 10, 20},
		{"and forty careless people", true, 40, 5, 10, 20},
		{"bots that look like people", false, 8, 15, 0, 20},
		{"and repost the target once", false, 8, 15, 0, 1},
		{"and forty careless people too", false, 40, 15, 0, 1},
	} {
		t.Run(a.name, func(t *testing.T) {
			t.Parallel()
			edges, trusted := farm(a, uint64(i+1))
			g := influence.New(target+1, edges)
			if byReach := placeOf(g, g.Reach); byReach > 6 {
				t.Fatalf("by reach alone the target is only number %d: the attack did not work", byReach)
			}
			list := g.Rank(trusted)
			found, seen := 0, false
			for place, s := range list {
				switch {
				case s.Person == target:
					seen = true
					if s.Relative >= .2 || s.Confirmed {
						t.Errorf("the target has %.3f of the median trust", s.Relative)
					}
					if place < len(list)-2 {
						t.Errorf("the target is number %d of %d", place+1, len(list))
					}
				case s.Person >= honest:
				default:
					if s.Relative <= .3 {
						t.Errorf("honest person %d has only %.3f of the median trust", s.Person, s.Relative)
					}
					if s.Person < 20 && place < 20 {
						found++
					}
				}
				if s.Low > s.Rank || s.High < s.Rank || s.Low == s.High {
					t.Errorf("person %d ranks by %.2f, between %.2f and %.2f", s.Person, s.Rank, s.Low, s.High)
				}
			}
			if !seen {
				t.Error("the target is no candidate: the attack did not work")
			}
			if found < 17 {
				t.Errorf("%d of the twenty who are listened to are on top", found)
			}
			t.Logf("%d of 20 on top", found)
		})
	}
}

func placeOf(g *influence.Graph, key func(int) float64) int {
	order := make([]int, g.Len())
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(key(b), key(a)) })
	return slices.Index(order, target) + 1
}

func TestWhatSomebodyDoesNeverChangesTheirReach(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		edges := rapid.SliceOf(rapid.Custom(func(t *rapid.T) influence.Edge {
			return influence.Edge{From: rapid.IntRange(0, 9).Draw(t, "from"), To: rapid.IntRange(0, 9).Draw(t, "to"), Weight: rapid.Float64Range(0, 5).Draw(t, "weight")}
		})).Draw(t, "edges")
		v := rapid.IntRange(0, 9).Draw(t, "person")
		without := slices.DeleteFunc(slices.Clone(edges), func(e influence.Edge) bool { return e.From == v })
		if a, b := influence.New(10, edges).Reach(v), influence.New(10, without).Reach(v); a != b {
			t.Fatalf("%g with, %g without what they do", a, b)
		}
		again := influence.New(10, rapid.Permutation(edges).Draw(t, "order"))
		for u := range 10 {
			if a, b := influence.New(10, edges).Reach(u), again.Reach(u); math.Abs(a-b) > 1e-12 {
				t.Fatalf("the order of edges changes the reach from %g to %g", a, b)
			}
		}
	})
}

func TestFewerThanFiveAmplifiersGiveNoRank(t *testing.T) {
	t.Parallel()
	var edges []influence.Edge
	for u := range 5 {
		edges = append(edges, influence.Edge{From: u, To: 9, Weight: 1})
		if u < 4 {
			edges = append(edges, influence.Edge{From: u, To: 8, Weight: 50})
		}
	}
	list := influence.New(10, edges).Rank(nil)
	if len(list) != 1 || list[0].Person != 9 || list[0].Rank != list[0].Reach {
		t.Errorf("%+v", list)
	}
	if list := influence.New(3, nil).Rank([]int{1}); list != nil {
		t.Errorf("of nobody: %+v", list)
	}
}

func BenchmarkRank(b *testing.B) {
	edges, trusted := farm(attack{careless: 8, camo: 5, inside: 10, times: 20}, 1)
	g := influence.New(target+1, edges)
	for b.Loop() {
		g.Rank(trusted)
	}
}
