package query

import (
	"strings"
	"unicode/utf8"

	"hearth/text"
)

// readPattern makes a pattern of a spelling. signs says of each * and ? of it,
// in order, whether it is a wildcard; nil says that all are.
func readPattern(spelling string, signs []int) Pattern {
	var p Pattern
	var literal strings.Builder
	flush := func() {
		if literal.Len() > 0 {
			p = append(p, Piece{Kind: Literal, Literal: literal.String()})
			literal.Reset()
		}
	}
	for _, r := range spelling {
		if r != '*' && r != '?' {
			literal.WriteRune(r)
			continue
		}
		wild := true
		if signs != nil {
			wild, signs = signs[0] != notWild, signs[1:]
		}
		switch {
		case !wild:
			literal.WriteRune(r)
		case r == '?':
			flush()
			p = append(p, Piece{Kind: AnyOne})
		default:
			flush()
			if n := len(p); n == 0 || p[n-1].Kind != AnyRun {
				p = append(p, Piece{Kind: AnyRun})
			}
		}
	}
	flush()
	return p
}

// String is the pattern as it is written.
func (p Pattern) String() string {
	var b strings.Builder
	for _, piece := range p {
		switch piece.Kind {
		case Literal:
			b.WriteString(piece.Literal)
		case AnyRun:
			b.WriteByte('*')
		case AnyOne:
			b.WriteByte('?')
		}
	}
	return b.String()
}

// Match says that the whole of s is spelt so.
func (p Pattern) Match(s string) bool {
	ends, ok := p.ends(s)
	return ok && ends[len(s)]
}

// MatchPrefix says that s begins so.
func (p Pattern) MatchPrefix(s string) bool {
	_, ok := p.ends(s)
	return ok
}

// ends says at which offsets of s the pattern can end, and whether at any. It
// carries the set of possible ends from piece to piece, so its time is linear
// in the length of s for each piece and nothing is ever tried twice.
func (p Pattern) ends(s string) ([]bool, bool) {
	if len(p) > 0 && !strings.HasPrefix(s, p[0].Literal) || p.least() > len(s) {
		return nil, false
	}
	ends := make([]bool, len(s)+1)
	ends[0] = true
	for _, piece := range p {
		next := make([]bool, len(s)+1)
		any := false
		switch piece.Kind {
		case Literal:
			for _, at := range occurrences(s, piece.Literal) {
				if ends[at] {
					next[at+len(piece.Literal)] = true
					any = true
				}
			}
		case AnyRun:
			for at := range next {
				any = any || ends[at]
				next[at] = any
			}
		case AnyOne:
			for at, r := range s {
				if ends[at] && !text.IsMark(r) {
					next[behindCharacter(s, at)] = true
					any = true
				}
			}
		}
		if !any {
			return nil, false
		}
		ends = next
	}
	return ends, true
}

// least is the length of the shortest text that a pattern matches.
func (p Pattern) least() int {
	n := 0
	for _, piece := range p {
		switch piece.Kind {
		case Literal:
			n += len(piece.Literal)
		case AnyOne:
			n++
		}
	}
	return n
}

// behindCharacter is the offset behind the character at an offset and the marks
// that follow it.
func behindCharacter(s string, at int) int {
	_, size := utf8.DecodeRuneInString(s[at:])
	for at += size; at < len(s); at += size {
		var r rune
		if r, size = utf8.DecodeRuneInString(s[at:]); !text.IsMark(r) {
			break
		}
	}
	return at
}

// occurrences are the offsets at which word stands in s, overlapping ones
// too, in linear time (Knuth, Morris, Pratt 1977).
func occurrences(s, word string) []int {
	if !strings.Contains(s, word) {
		return nil
	}
	border := make([]int, len(word)+1) // longest proper border of each prefix
	border[0] = -1
	for i, b := 0, -1; i < len(word); i++ {
		for b >= 0 && word[b] != word[i] {
			b = border[b]
		}
		b++
		border[i+1] = b
	}
	var at []int
	for i, b := 0, 0; i < len(s); i++ {
		for b >= 0 && (b == len(word) || word[b] != s[i]) {
			b = border[b]
		}
		if b++; b == len(word) {
			at = append(at, i+1-b)
		}
	}
	return at
}

// cost is that of a wildcard word (section 8).
func (p Pattern) cost() int {
	switch charactersIn(p[0].Literal) {
	case 0, 1, 2:
		return 20
	case 3:
		return 10
	}
	return 5
}

// charactersIn counts characters, but not marks, up to four.
func charactersIn(s string) int {
	n := 0
	for _, r := range s {
		if !text.IsMark(r) {
			if n++; n == 4 {
				break
			}
		}
	}
	return n
}

// wildcards checks the wildcards of one token or value, first to last.
type wildcards struct {
	characters int // before this place, marks not counted
	count      int // a run of * counts as one
	star       bool
}

// character steps over a character that is no wildcard.
func (w *wildcards) character(isMark bool) {
	if !isMark {
		w.characters++
	}
	w.star = false
}

// wildcard steps over a wildcard; wrong is the code of what is wrong with it,
// or "".
func (w *wildcards) wildcard(sign byte) (wrong Code) {
	if sign == '*' && w.star {
		return ""
	}
	w.star = sign == '*'
	w.count++
	switch {
	case w.star && w.characters < 2:
		return ShortWildcard
	case w.count == mostWildcards+1:
		return TooManyWildcards
	}
	return ""
}
