package cli

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/graphemes"
	"golang.org/x/text/width"
)

// Most marks that one letter keeps; more only climb over the lines around.
const mostMarks = 8

// safe makes text from outside fit for a terminal line: white space becomes a
// single space, control characters, direction marks and invisible characters
// are written out as escapes, and towers of marks are cut. What emoji and
// scripts need (joiners, emoji selectors) stays.
func safe(s string) string {
	if plain(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	marks := 0
	space := false
	for i, r := range s {
		if r == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(s[i:]); size == 1 {
				r = '\uFFFD'
			}
		}
		if unicode.IsSpace(r) {
			if !space {
				b.WriteByte(' ')
			}
			space, marks = true, 0
			continue
		}
		space = false
		switch {
		case hidden(r):
			writeEscape(&b, r)
		case unicode.Is(unicode.M, r) && !selector(r):
			if marks++; marks <= mostMarks {
				b.WriteRune(r)
			}
			continue
		default:
			b.WriteRune(r)
		}
		marks = 0
	}
	return b.String()
}

// plain says whether s is printable ASCII with single spaces at most.
func plain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c >= 0x7F || c == ' ' && i > 0 && s[i-1] == ' ' {
			return false
		}
	}
	return true
}

// hidden says whether r could act on the terminal or mislead the eye.
func hidden(r rune) bool {
	switch {
	case r < ' ', 0x7F <= r && r <= 0x9F: // controls
		return true
	case r == 0x200C, r == 0x200D: // joiners, which scripts and emoji need
		return false
	case r == 0xAD, r == 0x61C, r == 0x180E,
		0x200B <= r && r <= 0x200F, 0x202A <= r && r <= 0x202E, 0x2060 <= r && r <= 0x206F,
		r == 0xFEFF, 0xFFF0 <= r && r <= 0xFFFB:
		return true
	case 0xE0000 <= r && r <= 0xE0FFF: // tags: flags need E0020–E007F
		return r < 0xE0020 || r > 0xE007F
	}
	return false
}

func selector(r rune) bool { return 0xFE00 <= r && r <= 0xFE0F }

func writeEscape(b *strings.Builder, r rune) {
	const hex = "0123456789abcdef"
	b.WriteString("\\u")
	if r > 0xFFFF {
		b.WriteByte('{')
		for shift := 16; shift >= 0; shift -= 4 {
			b.WriteByte(hex[r>>shift&15])
		}
		b.WriteByte('}')
		return
	}
	for shift := 12; shift >= 0; shift -= 4 {
		b.WriteByte(hex[r>>shift&15])
	}
}

// cells is how many columns s takes on a terminal.
func cells(s string) int {
	if plain(s) {
		return len(s)
	}
	n := 0
	for g := graphemes.FromString(s); g.Next(); {
		n += clusterCells(g.Value())
	}
	return n
}

func clusterCells(cluster string) int {
	n := 0
	for _, r := range cluster {
		switch {
		case r == 0xFE0F: // shown as a picture
			return 2
		case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		case n == 0:
			n = 1
			if k := width.LookupRune(r).Kind(); k == width.EastAsianWide || k == width.EastAsianFullwidth {
				return 2
			}
		}
	}
	return n
}

// cut shortens s to at most the given columns, with an ellipsis where it had
// to. 0 columns mean: any.
func cut(s string, columns int) string {
	if columns <= 0 || cells(s) <= columns {
		return s
	}
	n, end := 0, 0
	for g := graphemes.FromString(s); g.Next(); {
		c := clusterCells(g.Value())
		if n+c > columns-1 {
			break
		}
		n += c
		end = g.End()
	}
	return s[:end] + "…"
}

// pad fills s up with spaces to the given columns.
func pad(s string, columns int) string {
	if n := columns - cells(s); n > 0 {
		return s + strings.Repeat(" ", n)
	}
	return s
}

// padLeft puts the spaces before it.
func padLeft(s string, columns int) string {
	if n := columns - cells(s); n > 0 {
		return strings.Repeat(" ", n) + s
	}
	return s
}
