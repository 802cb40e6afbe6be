package hearth

import (
	"strings"
	"unicode"
)

// mostMarks is how many marks one letter keeps; more only climb over the lines
// around.
const mostMarks = 8

// Visible makes text from outside fit to be shown on one line of a terminal or
// a page: white space becomes a single space, control characters, direction
// marks and invisible characters are written out as escapes (\u202e), and towers
// of marks are cut. What scripts and emoji need (joiners, selectors, the tags of
// flags) stays.
func Visible(s string) string {
	if isPlain(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	marks := 0
	space := false
	for _, r := range s {
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
		case unicode.Is(unicode.M, r):
			if marks++; marks <= mostMarks {
				b.WriteRune(r)
			}
			continue
		case joiner(r):
			b.WriteRune(r)
			continue
		default:
			b.WriteRune(r)
		}
		marks = 0
	}
	return b.String()
}

// isPlain says whether s is printable ASCII with single spaces at most.
func isPlain(s string) bool {
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
	case joiner(r):
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

func joiner(r rune) bool { return r == 0x200C || r == 0x200D }

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
