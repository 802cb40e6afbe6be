package query_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"hearth"
	"hearth/query"
	"hearth/query/querytest"
	"hearth/text"
)

// TestPrintedQueriesMeanTheSame holds generated queries to section 9.
func TestPrintedQueriesMeanTheSame(t *testing.T) {
	t.Parallel()
	g := querytest.New(3)
	for range 5000 {
		source, q, p := g.Pair()
		checkPrinting(t, q)
		checkHighlights(t, q, &p)
		if t.Failed() {
			t.Fatalf("for %q", source)
		}
	}
}

// TestMatchingQueriesShowWhere: a query of text alone that matches and asks
// for nothing under NOT has at least one highlight.
func TestMatchingQueriesShowWhere(t *testing.T) {
	t.Parallel()
	g := querytest.New(4)
	shown := 0
	for range 5000 {
		source, q, p := g.Pair()
		p.Hashtags, p.Mentions = nil, nil
		if !textAlone(q.Root) {
			continue
		}
		var d text.Doc
		query.AddPost(&d, &p)
		ranges := q.Highlights(&p, &d)
		if q.MatchDoc(&p, &d) {
			shown++
			if len(ranges) == 0 {
				t.Errorf("%q matches %q and %q but shows nothing", source, p.Title, p.Text)
			}
		}
	}
	if shown < 500 {
		t.Errorf("only %d queries were looked at", shown)
	}
}

// textAlone says that a query asks for terms and their like only.
func textAlone(n query.Node) bool {
	var parts []query.Node
	switch n := n.(type) {
	case query.Field, query.Not:
		return false
	case query.Scope:
		parts = []query.Node{n.Part}
	case query.And:
		parts = n.Parts
	case query.Or:
		parts = n.Parts
	}
	for _, p := range parts {
		if !textAlone(p) {
			return false
		}
	}
	return true
}

// TestAnySoupIsRead joins pieces of the language at random, right and wrong.
func TestAnySoupIsRead(t *testing.T) {
	t.Parallel()
	pieces := []string{
		" ", " ", " ", "\n", "　", "a", "b", "ab", "apple", "AND", " AND ", " OR ", " NOT ", "-", " NEAR/3 ", " NEAR/1f ", " ONEAR/2 ", " SENTENCE ", "NEAR",
		"(", ")", "(", ")", "[", "]", "{", "}", `"`, `"`, "“", "”", "«", "~", "~3", "~99999", "<<<", ">>>", "<", ">", "=", ":", "：", "（", "）", `\`, `\"`,
		"*", "?", "＊", "？", "ab*", "手", "手机", "手?", "삼성", "삼", "ก้", "ー", "ア", "👍", "🏽", "\u200d", "\ufe0f", "1️⃣", "*️⃣", "🇫", "\u0301", "\u3099", "é", "ß", "ŉ", "İ", "ﬁ", "\u0345", "ᾳ",
		"#", "@", "$", "_", ".", "&", "/", "#a", "@b.c", "$TSLA", "title:", "text:", "alt:", "raw:", "lang:", "likes:", "author:", "hashtag:", "published:", "url:", "site:", "tld:", "id:",
		"foo:", "lnag:", "reach:", "en", "fi", "5", ">5", "[1 TO 5]", "TO", "2024-02-29", "2024-02-29T10:00:00Z", "https://", "www.", "example.com", "/x", "?y", "%",
		"\u00ad", "\u2060", "™", "ℹ", "\u02bc", "\ue000", "\ufffd", "\u0000", "\u1100", "\u1161", "\u11a8", "\uac00", "\u20e3", "\u0130", "\u03c3", "\u03c2",
	}
	r := rand.New(rand.NewPCG(5, 5))
	sound := 0
	for range 60_000 {
		var b strings.Builder
		for range 1 + r.IntN(12) {
			b.WriteString(pieces[r.IntN(len(pieces))])
		}
		source := b.String()
		q, diagnostics := query.Parse(source)
		if q == nil {
			if len(diagnostics) == 0 {
				t.Fatalf("%q is refused without a word", source)
			}
			continue
		}
		sound++
		checkPrinting(t, q)
		q.Explain()
		p := hearth.Post{Network: "test", ID: "1", Text: source, Title: "a ab apple 手机 👍"}
		checkHighlights(t, q, &p)
		printed, _ := query.Parse(q.String())
		if printed != nil && printed.Match(&p) != q.Match(&p) {
			t.Errorf("%q and its canonical form disagree", source)
		}
		if t.Failed() {
			t.Fatalf("for %q", source)
		}
	}
	if sound < 5000 {
		t.Errorf("only %d soups were sound", sound)
	}
}
