package query

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"hearth/text"
)

// naive is the meaning of a pattern by backtracking.
func naive(p Pattern, s string) bool {
	if len(p) == 0 {
		return s == ""
	}
	switch p[0].Kind {
	case Literal:
		rest, ok := strings.CutPrefix(s, p[0].Literal)
		return ok && naive(p[1:], rest)
	case AnyOne:
		if s == "" || text.IsMark([]rune(s)[0]) {
			return false
		}
		return naive(p[1:], s[behindCharacter(s, 0):])
	}
	for i := range s {
		if naive(p[1:], s[i:]) {
			return true
		}
	}
	return naive(p[1:], "")
}

func TestPatternsMatchAsByBacktracking(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 3))
	some := func(letters string, most int) string {
		list := []rune(letters)
		var b strings.Builder
		for range r.IntN(most) {
			b.WriteRune(list[r.IntN(len(list))])
		}
		return b.String()
	}
	hits := 0
	for range 100_000 {
		p := readPattern("a"+some("ab\u0301é**??", 7), nil)
		s := "a" + some("aabé\u0301", 9)
		want := naive(p, s)
		if want {
			hits++
		}
		if got := p.Match(s); got != want {
			t.Fatalf("%q matches %q: %v, want %v", p, s, got, want)
		}
		prefix := false
		for i := range s + "." {
			if i == len(s) || !text.IsMark([]rune(s[i:])[0]) {
				prefix = prefix || naive(p, s[:i])
			}
		}
		if prefix && !p.MatchPrefix(s) {
			t.Fatalf("%q begins %q", p, s)
		}
	}
	if hits < 5000 {
		t.Errorf("only %d hits", hits)
	}
}

func TestOccurrencesOverlap(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		s, word string
		want    []int
	}{
		{"aaaa", "aa", []int{0, 1, 2}},
		{"abcabcab", "abcab", []int{0, 3}},
		{"abab", "x", nil},
		{"", "a", nil},
		{"手机手机", "机", []int{3, 9}},
		{"aabaabaaa", "aabaaa", []int{3}},
	} {
		if got := occurrences(c.s, c.word); !slices.Equal(got, c.want) {
			t.Errorf("%q in %q: %v, want %v", c.word, c.s, got, c.want)
		}
	}
}
