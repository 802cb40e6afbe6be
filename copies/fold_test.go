package copies_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"hearth"
	"hearth/analysis/duplicate"
	"hearth/archive"
	"hearth/copies"
	"hearth/db"
	"hearth/db/dbtest"
	"hearth/query"
	"hearth/text"
)

func TestCopiesAreOneCluster(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.arrive(create(post("a", "ann", giveaway, noon)), create(post("b", "bob", weather, noon)),
		create(post("c", "cat", edited, noon.Add(time.Hour))), create(post("d", "dan", "RT @ann.example: "+giveaway, noon.Add(2*time.Hour))),
		create(post("e", "eve", "Thank you so much!", noon)), create(post("f", "fay", "Thank you so much!", noon)))
	h.fold(copies.Consumer())
	h.want("a c d")
}

func TestWhatIsToldAgainAfterAWeekIsNoStoryAnyMore(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.arrive(create(post("a", "ann", giveaway, noon)), create(post("b", "bob", edited, noon.Add(8*24*time.Hour))))
	h.fold(copies.Consumer())
	h.want()
	// A copy between them holds them together, whenever it arrives.
	h.arrive(create(post("c", "cat", giveaway, noon.Add(4*24*time.Hour))))
	h.fold(copies.Consumer())
	h.want("a b c")
}

func TestErasingWhatHeldAClusterTogetherTakesItApart(t *testing.T) {
	t.Parallel()
	h := open(t)
	words := strings.Fields(giveaway)
	mid := strings.Join(append(slices.Clone(words[:9]), "now yesterday tomorrow everywhere", strings.Join(words[12:], " ")), " ")
	far := strings.Replace(strings.Replace(mid, "Brewlytic gives away", "Fjordbank hands out", 1), "harbour", "station", 1)
	if relate(giveaway, mid) == duplicate.Unrelated || relate(mid, far) == duplicate.Unrelated || relate(giveaway, far) != duplicate.Unrelated {
		t.Fatalf("the texts of the test are %d, %d and %d", relate(giveaway, mid), relate(mid, far), relate(giveaway, far))
	}
	h.arrive(create(post("a", "ann", giveaway, noon)), create(post("b", "bob", mid, noon)), create(post("c", "cat", far, noon)))
	h.fold(copies.Consumer())
	h.want("a b c")
	h.arrive(archive.Entry{Op: archive.Delete, Post: &hearth.Post{Network: "bluesky", ID: "b"}})
	h.fold(copies.Consumer())
	h.want()
	h.arrive(create(post("d", "dan", far, noon)))
	h.fold(copies.Consumer())
	h.want("c d")
}

func TestAnEditLeavesOneClusterForAnother(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.arrive(create(post("a", "ann", giveaway, noon)), create(post("b", "bob", giveaway, noon)), create(post("c", "cat", weather, noon)))
	h.fold(copies.Consumer())
	h.want("a b")
	h.arrive(archive.Entry{Op: archive.Update, Revision: "2", Post: post("b", "bob", weather, noon)})
	liked := post("a", "ann", giveaway, noon)
	liked.Engagement.Likes = hearth.KnownCount(7)
	h.arrive(archive.Entry{Op: archive.Update, Revision: "2", Post: liked})
	h.fold(copies.Consumer())
	h.want("b c")
}

func TestWhatStandsAloneIsForgottenAfterAWeek(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.arrive(create(post("a", "ann", giveaway, noon)), create(post("b", "bob", weather, noon)), create(post("c", "cat", weather, noon)))
	h.fold(copies.Consumer())
	h.now = noon.Add(8 * 24 * time.Hour)
	h.arrive(create(post("d", "dan", giveaway, noon)), create(post("e", "eve", weather, noon)))
	h.fold(copies.Consumer())
	h.want("b c e")
	if n := h.count(`SELECT count(*) FROM copy_text WHERE workspace_id = ?`); n != 2 {
		t.Errorf("%d texts are kept, not 2", n)
	}
}

func (h *house) count(query string) (n int) {
	h.t.Helper()
	if err := h.store.Read(h.t.Context(), func(tx *db.Tx) error { return tx.QueryRow(query, here).Scan(&n) }); err != nil {
		h.t.Fatal(err)
	}
	return n
}

func sketch(s string) (k duplicate.Sketch) {
	var doc text.Doc
	var r duplicate.Reader
	query.AddPost(&doc, &hearth.Post{Text: s})
	r.Read(&doc, &k)
	return k
}

func relate(a, b string) duplicate.Relation {
	x, y := sketch(a), sketch(b)
	return duplicate.Relate(&x, &y)
}

// crowd is posts of a few texts and of variants of them, over three weeks.
func crowd(random *rand.Rand, n int) []*hearth.Post {
	words := strings.Fields("harbour ferry grinder ticket refund kettle morning platform delivery machine voucher counter window receipt cashier napkin saucer teapot barista pastry")
	texts := make([][]string, 4)
	for i := range texts {
		for range 14 {
			texts[i] = append(texts[i], words[random.IntN(len(words))])
		}
	}
	posts := make([]*hearth.Post, n)
	for i := range posts {
		said := slices.Clone(texts[random.IntN(len(texts))])
		for range random.IntN(5) {
			said[random.IntN(len(said))] = words[random.IntN(len(words))]
		}
		posts[i] = post(number(i), "p"+number(random.IntN(8)), strings.Join(said, " "), noon.Add(time.Duration(random.IntN(21*24))*time.Hour))
	}
	return posts
}

// plain are the clusters of some posts, as the package comment says them.
func plain(posts []*hearth.Post) (list []string) {
	type one struct {
		sketch      duplicate.Sketch
		first, last time.Time
		ids         []string
	}
	var texts []one
	for _, p := range posts {
		s := sketch(p.Text)
		i := slices.IndexFunc(texts, func(t one) bool { return t.sketch.Hash == s.Hash })
		if i < 0 {
			i = len(texts)
			texts = append(texts, one{sketch: s, first: p.Published, last: p.Published})
		}
		t := &texts[i]
		t.ids = append(t.ids, p.ID)
		if p.Published.Before(t.first) {
			t.first = p.Published
		}
		if p.Published.After(t.last) {
			t.last = p.Published
		}
	}
	label := make([]int, len(texts))
	for i := range label {
		label[i] = i
	}
	const week = 7 * 24 * time.Hour
	for changed := true; changed; {
		changed = false
		for i := range texts {
			for k := range texts[:i] {
				a, b := &texts[i], &texts[k]
				x, y := a.sketch.Bands(), b.sketch.Bands()
				meet := false
				for n := range x {
					meet = meet || x[n] == y[n]
				}
				near := a.first.Sub(b.last) <= week && b.first.Sub(a.last) <= week
				if label[i] != label[k] && meet && near && duplicate.Relate(&a.sketch, &b.sketch) != duplicate.Unrelated {
					low := min(label[i], label[k])
					label[i], label[k], changed = low, low, true
				}
			}
		}
	}
	byLabel := map[int][]string{}
	for i := range texts {
		byLabel[label[i]] = append(byLabel[label[i]], texts[i].ids...)
	}
	for _, ids := range byLabel {
		if len(ids) > 1 {
			slices.Sort(ids)
			list = append(list, strings.Join(ids, " "))
		}
	}
	slices.Sort(list)
	return list
}

// proves I10 for copies: in any order, with rows that fail on the way and with posts
// that are erased again, the clusters are those of the plain reading of what is left.
func TestClustersDoNotDependOnTheOrderOfArrival(t *testing.T) {
	t.Parallel()
	check := func(seed uint64) int {
		random := rand.New(rand.NewPCG(seed, 1))
		posts := crowd(random, 20+random.IntN(50))
		h := open(t)
		faulty := copies.Consumer()
		apply := faulty.Apply
		faulty.Apply = func(ctx context.Context, tx *db.Tx, rows []archive.Stored) error {
			if err := apply(ctx, tx, rows); err != nil {
				return err
			}
			if random.IntN(3) == 0 {
				return hearth.Errorf(hearth.Unavailable, "The test says so.")
			}
			if len(rows) > 1 && random.IntN(2) == 0 {
				return errors.New("the test says so") // it is given again in halves
			}
			return nil
		}
		left := map[string]*hearth.Post{}
		for _, i := range random.Perm(len(posts)) {
			p := posts[i]
			h.arrive(create(p))
			left[p.ID] = p
			switch random.IntN(8) {
			case 0:
				h.arrive(archive.Entry{Op: archive.Delete, Post: &hearth.Post{Network: p.Network, ID: p.ID}})
				delete(left, p.ID)
			case 1:
				again := *p
				again.Text = posts[random.IntN(len(posts))].Text
				h.arrive(archive.Entry{Op: archive.Update, Revision: "2", Post: &again})
				left[p.ID] = &again
			case 2:
				h.fold(faulty)
			}
		}
		h.fold(faulty)
		var kept []*hearth.Post
		for _, p := range left {
			kept = append(kept, p)
		}
		slices.SortFunc(kept, func(a, b *hearth.Post) int { return strings.Compare(a.ID, b.ID) })
		want := plain(kept)
		if got := h.clusters(); !slices.Equal(got, want) {
			t.Fatalf("seed %d: the clusters are\n%s\nnot\n%s", seed, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		return len(want)
	}
	several := 0
	for seed := range uint64(crowds()) {
		if check(seed) > 1 {
			several++
		}
	}
	if several*3 < crowds() {
		t.Errorf("only %d of %d crowds had several clusters: the test hardly sees any", several, crowds())
	}
}

// crowds is how many are tried: each makes two databases.
func crowds() int {
	if dbtest.OnPostgreSQL() || testing.Short() {
		return 3
	}
	return 12
}
