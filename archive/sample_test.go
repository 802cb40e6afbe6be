package archive_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"hearth"
	"hearth/archive"
)

// pairs are phrases that posts hold in one order or in the other, so that the
// index proposes every post for each of them.
const (
	pairs      = 48
	pairPosts  = 3000
	pairSample = 200
)

// orders stores posts and says how many of each hour have which pair in order.
// How often that is changes with time: slowly, and in bursts.
func orders(t testing.TB, s *store) (truth [pairs][]int, languages map[string][pairs]int) {
	t.Helper()
	r := rand.New(rand.NewPCG(1906, 4))
	languages = map[string][pairs]int{}
	var batch []archive.Entry
	for i := range pairPosts {
		hour := i * 24 / pairPosts
		p := post(fmt.Sprint(i), fmt.Sprint("a", r.IntN(50)), "")
		p.Lang = []string{"en", "de", "fi", "ja"}[min(int(r.ExpFloat64()), 3)]
		p.Published = start.Add(time.Duration(i) * 24 * time.Hour / pairPosts)
		var text strings.Builder
		for k := range pairs {
			share := float64(k%12+1) / 26
			switch k / 12 {
			case 1: // ever more
				share *= 2 * float64(i) / pairPosts
			case 2: // an hour of it
				if hour == k%24 {
					share = 1 - share
				}
			case 3: // rarely
				share /= 10
			}
			if p.Lang == "de" {
				share /= 2
			}
			first, second := "left", "right"
			if r.Float64() >= share {
				first, second = second, first
			} else {
				if truth[k] == nil {
					truth[k] = make([]int, 24)
				}
				truth[k][hour]++
				byPair := languages[p.Lang]
				byPair[k]++
				languages[p.Lang] = byPair
			}
			fmt.Fprintf(&text, "%s%d %s%d. ", first, k, second, k)
		}
		p.Text = text.String()
		if batch = append(batch, archive.Entry{Op: archive.Create, Post: p, Source: 1}); len(batch) == 250 {
			s.append(t, batch...)
			batch = batch[:0]
		}
	}
	return truth, languages
}

// tried counts how often something held.
type tried struct{ held, of int }

func (c *tried) add(held bool) {
	c.of++
	if held {
		c.held++
	}
}

func (c *tried) want(t *testing.T, what string, percent int) {
	t.Helper()
	if 100*c.held < percent*c.of {
		t.Errorf("%s: the truth lay in %d of %d intervals, want %d %%", what, c.held, c.of, percent)
	}
	t.Logf("%s: %d of %d", what, c.held, c.of)
}

func TestAnEstimateHoldsTheTruthNineteenTimesOutOfTwenty(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.SmallSegments(700)
	s.SmallSamples(pairSample)
	truth, languages := orders(t, s)
	var totals, hours, byLanguage tried
	for k := range pairs {
		what := archive.Search{Query: parse(t, fmt.Sprintf(`"left%d right%d"`, k, k)), From: start, To: start.Add(24 * time.Hour)}
		for _, to := range []int{24, 18, 12, 8} {
			part := what
			part.To = start.Add(time.Duration(to) * time.Hour)
			n, err := s.Count(t.Context(), ws, part, time.Hour)
			if err != nil {
				t.Fatal(err)
			}
			if n.Exact || n.Sampled != pairSample || n.Of != pairPosts*to/24 || len(n.Buckets) != to {
				t.Fatalf("an estimate: %+v", n)
			}
			want, sum := 0, 0
			for i, b := range n.Buckets {
				want, sum = want+truth[k][i], sum+b.Count
				if b.Low > b.Count || b.Count > b.High {
					t.Errorf("%d is not between %d and %d", b.Count, b.Low, b.High)
				}
				hours.add(b.Low <= truth[k][i] && truth[k][i] <= b.High)
			}
			if sum != n.Total {
				t.Errorf("the buckets sum up to %d, the total is %d", sum, n.Total)
			}
			if n.Low > n.Total || n.Total > n.High || n.High-n.Low > n.Of/4 {
				t.Errorf("an estimate of %d between %d and %d", n.Total, n.Low, n.High)
			}
			totals.add(n.Low <= want && want <= n.High)
		}
		facets, err := s.Facets(t.Context(), ws, what, []string{"lang"}, 4)
		if err != nil || facets[0].Exact || facets[0].Sampled != pairSample || facets[0].Of != pairPosts {
			t.Fatalf("facets: %+v, %v", facets, err)
		}
		for _, v := range facets[0].Values {
			byLanguage.add(v.Low <= languages[v.Value][k] && languages[v.Value][k] <= v.High)
		}
	}
	totals.want(t, "totals", 95)
	hours.want(t, "hours", 95)
	byLanguage.want(t, "languages", 95)
}

func TestAnEstimateIsTheSameAgainAndExactWhenAskedFor(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.SmallSamples(pairSample)
	truth, languages := orders(t, s)
	what := archive.Search{Query: parse(t, `"left3 right3"`)}
	n, err := s.Count(t.Context(), ws, what, 0)
	again, errAgain := s.Count(t.Context(), ws, what, 0)
	if err != nil || errAgain != nil || n.Exact || n.Total != again.Total || n.High != again.High {
		t.Errorf("%+v, then %+v (%v, %v)", n, again, err, errAgain)
	}
	what.Exact = true
	want := 0
	for _, n := range truth[3] {
		want += n
	}
	if n, err := s.Count(t.Context(), ws, what, 0); err != nil || !n.Exact || n.Total != want || n.Low != want || n.High != want || n.Sampled != 0 {
		t.Errorf("all counted: %+v, %v, want %d", n, err, want)
	}
	facets, err := s.Facets(t.Context(), ws, what, []string{"lang"}, 4)
	if err != nil || !facets[0].Exact {
		t.Fatalf("%+v, %v", facets, err)
	}
	for _, v := range facets[0].Values {
		if v.Count != languages[v.Value][3] || v.Low != v.Count || v.High != v.Count {
			t.Errorf("%+v, want %d", v, languages[v.Value][3])
		}
	}
	s.SmallSamples(pairPosts)
	what.Exact = false
	if n, err := s.Count(t.Context(), ws, what, time.Hour); err != nil || !n.Exact || n.Total != want {
		t.Errorf("few enough to be counted: %+v, %v, want %d", n, err, want)
	}
}

// A query that says nothing of words is judged by a sample of all posts.
func TestAnEstimateOfWhatNoWordSays(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.SmallSamples(100)
	want := 0
	for batch := range slices.Chunk(manyPosts(1000), 250) {
		for _, e := range batch {
			if e.Post.Author.Followers.N > 600 {
				want++
			}
		}
		s.append(t, batch...)
	}
	n, err := s.Count(t.Context(), ws, archive.Search{Query: parse(t, "followers:>600")}, 0)
	if err != nil || n.Exact || n.Of != 1000 || n.Low > want || n.High < want || n.High-n.Low > 250 {
		t.Errorf("%+v, %v, want %d", n, err, want)
	}
}

func manyPosts(n int) (list []archive.Entry) {
	r := rand.New(rand.NewPCG(11, 3))
	for i := range n {
		e := create(fmt.Sprint(i), "ann", "nothing")
		e.Post.Published = start.Add(time.Duration(i) * time.Minute)
		e.Post.Author.Followers = hearth.KnownCount(r.Int64N(1000))
		list = append(list, e)
	}
	return list
}
