package match_test

import (
	"testing"

	"pgregory.net/rapid"

	"hearth"
	"hearth/match"
	"hearth/query"
	"hearth/query/querytest"
	"hearth/text"
)

// TestNoPostIsMissedThatASummaryLetsPassOver is the law of summaries: where
// MayHold says no, no query matches any of the posts, before or after analysis.
func TestNoPostIsMissedThatASummaryLetsPassOver(t *testing.T) {
	t.Parallel()
	denied := 0
	rapid.Check(t, func(t *rapid.T) {
		g := querytest.New(rapid.Uint64().Draw(t, "seed"))
		sc, d := match.NewScratch(), &text.Doc{}
		posts, keys := make([]hearth.Post, 5), map[uint64]bool{}
		for i := range posts {
			posts[i] = g.Post()
			d.Reset()
			query.AddPost(d, &posts[i])
			for _, key := range sc.AppendKeys(nil, &posts[i], d) {
				keys[key] = true
			}
		}
		for range 30 {
			_, q := g.Query()
			set := match.NewSet([]match.Standing{{ID: 1, Query: q}})
			if set.MayHold(func(key uint64) bool { return keys[key] }) {
				continue
			}
			denied++
			for i := range posts {
				d.Reset()
				query.AddPost(d, &posts[i])
				if len(set.Wanted(sc, &posts[i], d, nil)) > 0 || q.MatchDoc(&posts[i], d) {
					t.Fatalf("%s is denied but matches %s", q, hearth.AppendPost(nil, &posts[i]))
				}
			}
		}
	})
	if denied == 0 {
		t.Error("nothing was ever denied")
	}
}

// TestASummaryIsAskedForEveryWordOfAPhrase also shows what cannot be denied.
func TestASummaryIsAskedForEveryWordOfAPhrase(t *testing.T) {
	t.Parallel()
	var d text.Doc
	p := hearth.Post{Network: "town", ID: "1", Author: hearth.Author{Handle: "anna"}, Text: "Warm apple pie #bakery", Links: []string{"https://pies.example/a"}}
	query.AddPost(&d, &p)
	keys := map[uint64]bool{}
	for _, key := range match.NewScratch().AppendKeys(nil, &p, &d) {
		keys[key] = true
	}
	for text, want := range map[string]bool{
		`apple`: true, `"apple pie"`: true, `"pie apple"`: true, `"apple tart"`: false, `tart OR pie`: true, `tart OR cake`: false,
		`apple AND tart`: false, `#bakery`: true, `#tart`: false, `author:anna`: true, `author:bert`: false, `tart*`: true, `lang:en`: true,
		`apple NEAR/3 pie`: true, `tart NOT apple`: false,
	} {
		set := match.NewSet([]match.Standing{{ID: 1, Query: parse(t, text)}})
		if got := set.MayHold(func(key uint64) bool { return keys[key] }); got != want {
			t.Errorf("%s: may hold is %v", text, got)
		}
	}
}
