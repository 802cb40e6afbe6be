package cli

import (
	"strings"
	"unicode"

	"github.com/clipperhouse/uax29/v2/graphemes"
	"golang.org/x/text/width"

	"hearth"
)

// safe makes text from outside fit for a terminal.
func safe(s string) string { return hearth.Visible(s) }

// cells is how many columns s takes on a terminal.
func cells(s string) int {
	if ascii(s) {
		return len(s)
	}
	n := 0
	for g := graphemes.FromString(s); g.Next(); {
		n += clusterCells(g.Value())
	}
	return n
}

func ascii(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c >= 0x7F {
			return false
		}
	}
	return true
}

// clusterCells is the columns of one grapheme cluster: two for pictures and wide
// characters whatever is joined to them, else one for each spacing character.
func clusterCells(cluster string) int {
	n := 0
	for _, r := range cluster {
		switch {
		case r == 0xFE0F, 0x1F1E6 <= r && r <= 0x1F1FF: // shown as a picture; a flag
			return 2
		case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		case wide(r):
			return 2
		default:
			n++
		}
	}
	return n
}

func wide(r rune) bool {
	k := width.LookupRune(r).Kind()
	return k == width.EastAsianWide || k == width.EastAsianFullwidth
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
