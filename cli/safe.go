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
