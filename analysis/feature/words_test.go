package feature_test

import (
	"slices"
	"strings"
	"testing"

	"hearth/analysis/feature"
	"hearth/text"
)

func wordsOf(s string) []string {
	var (
		doc   text.Doc
		words feature.Words
		out   []string
	)
	doc.Reset()
	doc.Add(text.Text, s)
	words.Read(&doc)
	for _, w := range words.List {
		out = append(out, string(doc.FoldedOf(&doc.Tokens[w.Token])))
	}
	return out
}

func TestWordsLeaveOutWhatTheAuthorDidNotWriteAsText(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want string }{
		{"see https://shop.example/a-b/c?d=e#f now", "see now"},
		{"see www.shop.example/a now", "see now"},
		{"see Shop.com/a now", "see now"},
		{"see shop.example. Then go", "see then go"},
		{"mail ann.b@shop.example today", "mail today"},
		{"@ann.example thanks @bob", "thanks"},
		{"$TSLA is up", "is up"},
		{"#coffee is #Good", "coffee is good"},
		{"the end.Start again", "the end start again"},
		{"U.S. and e.g. this", "u s and e g this"},
		{"https://t.co/x今天很好", "今 天 很 好"},
		{"www is a word. www", "www is a word www"},
		{"3.5 of 4", "3 5 of 4"},
		{"so...what", "so what"},
		{"", ""},
	} {
		if got := strings.Join(wordsOf(c.text), " "); got != c.want {
			t.Errorf("%q: got %q, want %q", c.text, got, c.want)
		}
	}
}

func TestWordsReadTitleAndTextButNoDescriptions(t *testing.T) {
	t.Parallel()
	var (
		doc   text.Doc
		words feature.Words
	)
	doc.Add(text.Title, "one two")
	doc.Add(text.Text, "three")
	doc.Add(text.Alt, "four")
	words.Read(&doc)
	fresh := 0
	for _, w := range words.List {
		if w.Fresh {
			fresh++
		}
	}
	if len(words.List) != 3 || fresh != 2 {
		t.Errorf("got %d words, %d of them first of their stream; want 3 and 2", len(words.List), fresh)
	}
}

func TestWordsAreBounded(t *testing.T) {
	t.Parallel()
	if n := len(wordsOf(strings.Repeat("word ", 5000))); n != feature.MaxWords {
		t.Errorf("got %d words, want %d", n, feature.MaxWords)
	}
}

func gramsOf(s, lang string) *feature.Grams {
	var doc text.Doc
	doc.Add(text.Text, s)
	g := &feature.Grams{}
	g.Read(&doc, lang)
	return g
}

func TestDrawnOutLettersMakeOneWord(t *testing.T) {
	t.Parallel()
	a, b := gramsOf("soooo", ""), gramsOf("soooooooo", "")
	if !slices.Equal(a.Hashes, b.Hashes) || a.DrawnOut != 1 {
		t.Error("soooo and soooooooo differ")
	}
	if slices.Equal(a.Hashes, gramsOf("soon", "").Hashes) || gramsOf("soon", "").DrawnOut != 0 {
		t.Error("soooo is soon")
	}
}

func TestNegationReachesThreeWordsOfItsClause(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"not good":               1,
		"good":                   0,
		"not a very good day":    3,
		"not, good":              0,
		"No. Good":               0,
		"nicht good":             0, // another language
		"not good not good":      3,
		"never ever ever so bad": 3,
	} {
		got := gramsOf(text, "en")
		if n := got.Negated; n != want {
			t.Errorf("%q: %d words negated, want %d", text, n, want)
		}
	}
}

func TestSignsAreEmojiEmoticonsAndRuns(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"fine.":         0,
		"fine, really":  0,
		"fine :-)":      1,
		"fine!!!":       1,
		"fine 😀":        1,
		"хорошо)))":     1,
		":(":            1,
		"wait... what?": 2,
	} {
		if got := gramsOf(text, "").Signs; got != want {
			t.Errorf("%q: %d signs, want %d", text, got, want)
		}
	}
}

func TestAFloodSaysNoMoreThanItsBeginning(t *testing.T) {
	t.Parallel()
	few, many := gramsOf("😂😂😂", ""), gramsOf(strings.Repeat("😂", 500), "")
	if len(few.Hashes) != len(many.Hashes) {
		t.Errorf("3 emoji have %d features, 500 have %d", len(few.Hashes), len(many.Hashes))
	}
}

func TestLangHashIgnoresRegion(t *testing.T) {
	t.Parallel()
	if feature.LangHash("pt-BR") != feature.LangHash("pt") || feature.LangHash("") != 0 || feature.LangHash("pt") == feature.LangHash("es") {
		t.Error("pt-BR is pt, es is not, and none is 0")
	}
}
