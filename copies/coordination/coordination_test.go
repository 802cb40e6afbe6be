package coordination_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"hearth/copies/coordination"
)

const minute = int64(time.Minute / time.Microsecond)

// everyday is what people share by themselves in a month: many post now and then, some
// a lot, and popular things are shared by many within hours.
func everyday(random *rand.Rand, people, posts int) (shares []coordination.Share) {
	for range posts {
		s := coordination.Share{Account: int(float64(people) * random.Float64() * random.Float64()), Object: -1, At: random.Int64N(30 * 24 * 60 * minute), Window: minute}
		if random.IntN(3) == 0 {
			s.Object = random.IntN(200)
			s.At = int64(s.Object)*200*minute + int64(random.ExpFloat64()*120*float64(minute))
		}
		shares = append(shares, s)
	}
	return shares
}

// farm is accounts that share some things within a minute of each other.
func farm(random *rand.Rand, first, accounts, objects int) (shares []coordination.Share) {
	for o := range objects {
		at := random.Int64N(30 * 24 * 60 * minute)
		for a := range accounts {
			if random.IntN(10) < 7 {
				shares = append(shares, coordination.Share{Account: first + a, Object: 1000 + o, At: at + random.Int64N(minute), Window: minute})
			}
		}
	}
	return shares
}

func TestAccountsThatActInStepAreFound(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 1))
	shares := append(everyday(random, 400, 4000), farm(random, 400, 12, 10)...)
	r := coordination.Find(shares)
	if len(r.Groups) == 0 || len(r.Groups[0]) < 12 {
		t.Fatalf("%+v: the farm was not found", r)
	}
	members := 0
	for _, a := range r.Groups[0] {
		if a >= 400 {
			members++
		}
	}
	if members != 12 || len(r.Groups[0]) > 13 {
		t.Errorf("the group is %v: %d of 12", r.Groups[0], members)
	}
	if r.Expected > 0.05*float64(r.Observed) || r.Observed != len(r.Edges) {
		t.Errorf("%d edges, %.1f by chance, %d kept", r.Observed, r.Expected, len(r.Edges))
	}
}

// proves the property of algorithms.md, section 4: permuted input yields at most 5 %
// flagged.
func TestChanceIsNotFlagged(t *testing.T) {
	t.Parallel()
	flagged, accounts := 0, 0
	for seed := range uint64(12) {
		random := rand.New(rand.NewPCG(seed, 2))
		shares := append(everyday(random, 200, 2000), farm(random, 200, 10, 8)...)
		if r := coordination.Find(shares); len(r.Groups) == 0 {
			t.Errorf("seed %d: nothing is found before it is permuted", seed)
		}
		who := random.Perm(len(shares))
		permuted := slices.Clone(shares)
		for i := range permuted {
			permuted[i].Account = shares[who[i]].Account
		}
		for _, g := range coordination.Find(permuted).Groups {
			flagged += len(g)
		}
		accounts += 210
	}
	t.Logf("%d of %d accounts are flagged by chance", flagged, accounts)
	if float64(flagged) > 0.05*float64(accounts) {
		t.Errorf("%d of %d accounts are flagged although nobody acts in step", flagged, accounts)
	}
}

func TestWhatAllDoCannotBeToldFromChance(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(3, 3))
	if r := coordination.Find(farm(random, 0, 30, 6)); len(r.Groups) != 0 {
		t.Errorf("%+v: everybody does it, so chance makes it, too", r)
	}
}

func TestTheOrderOfSharesDoesNotMatter(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(5, 5))
	shares := append(everyday(random, 100, 900), farm(random, 100, 6, 8)...)
	one := coordination.Find(shares)
	random.Shuffle(len(shares), func(i, k int) { shares[i], shares[k] = shares[k], shares[i] })
	two := coordination.Find(shares)
	if one.Weight == 0 || one.Weight != two.Weight || !slices.Equal(one.Edges, two.Edges) || one.Expected != two.Expected {
		t.Errorf("%+v and %+v", one, two)
	}
}

func TestAFloodIsBounded(t *testing.T) {
	t.Parallel()
	shares := make([]coordination.Share, 20_000)
	for i := range shares {
		shares[i] = coordination.Share{Account: i % 997, At: int64(i), Window: 60 * minute}
	}
	if r := coordination.Find(shares); !r.Cut {
		t.Errorf("%d pairs were looked at, of two hundred million", r.Pairs)
	}
	if r := coordination.Find(nil); r.Weight != 0 {
		t.Errorf("%+v of nothing", r)
	}
}
