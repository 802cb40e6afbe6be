package query_test

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"hearth/query"
	"hearth/query/querytest"
	"hearth/text"
)

func TestPhrasesAreWhatAForeignSearchIsAskedFor(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`coffee`:                          "coffee",
		`"apple pie"`:                     "apple pie",
		`coffee OR "apple pie" OR #tea`:   "coffee|apple pie|#tea",
		`the AND (kaffora OR brightbean)`: "kaffora|brightbean",
		`coffee NOT tea`:                  "coffee",
		`kaff*`:                           "",
		`kaff* AND machine`:               "machine",
		`lang:en`:                         "",
		`coffee OR lang:en`:               "",
		`NOT coffee`:                      "",
		`title:espresso`:                  "espresso",
		`espresso NEAR/3 machine`:         "espresso",
	} {
		q, problems := query.Parse(text)
		if q == nil {
			if text == `NOT coffee` {
				continue // refused by itself
			}
			t.Fatalf("%s: %v", text, problems)
		}
		if got := strings.Join(q.Phrases(), "|"); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

// Every post that matches holds the words of one of the phrases.
func TestEveryPostThatMatchesHoldsOneOfThePhrases(t *testing.T) {
	t.Parallel()
	asked := 0
	rapid.Check(t, func(t *rapid.T) {
		g := querytest.New(rapid.Uint64().Draw(t, "seed"))
		for range 20 {
			_, q := g.Query()
			phrases := q.Phrases()
			if phrases == nil {
				continue
			}
			for range 20 {
				p := g.Post()
				if !q.Match(&p) {
					continue
				}
				asked++
				all := p.Title + " " + p.Text + " " + strings.Join(p.Hashtags, " ") + " " + strings.Join(p.Mentions, " ")
				for _, m := range p.Media {
					all += " " + m.Alt
				}
				all = letters(all)
				if !slices.ContainsFunc(phrases, func(phrase string) bool { return strings.Contains(all, letters(phrase)) }) {
					t.Fatalf("%s matches %q, which holds none of %q", q, all, phrases)
				}
			}
		}
	})
	if asked == 0 {
		t.Error("nothing matched")
	}
}

// letters is what is left of a text for a rough look: letters and digits, plain.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, text.Plain(text.Key(s)))
}
