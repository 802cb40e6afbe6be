package db

import (
	"strings"
	"unicode/utf8"
)

// PostgreSQL takes only UTF-8 without NUL as text; SQLite takes all bytes. So
// that both give back what they were given, a byte that PostgreSQL refuses is
// written as escape, followed by one of the next 256 code points, and the escape
// itself as two of it. It is a noncharacter of Unicode (section 23.7): texts for
// people do not have it.
const (
	escape   = "\ufdd0"
	firstRaw = 0xF0000 // plane 15, private use
)

// storable is a text as PostgreSQL takes it.
func storable(s string) string {
	if !strings.Contains(s, "\x00") && utf8.ValidString(s) && !strings.Contains(s, escape) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == 0 || r == utf8.RuneError && n == 1:
			b.WriteString(escape)
			b.WriteRune(firstRaw + rune(s[i]))
		case s[i:i+n] == escape:
			b.WriteString(escape + escape)
		default:
			b.WriteString(s[i : i+n])
		}
		i += n
	}
	return b.String()
}

// stored is the text that storable was given. What never came from there is
// left as it is.
func stored(s string) string {
	if !strings.Contains(s, escape) {
		return s
	}
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(s, escape)
		b.WriteString(before)
		if !found {
			return b.String()
		}
		r, n := utf8.DecodeRuneInString(rest)
		switch {
		case strings.HasPrefix(rest, escape):
			b.WriteString(escape)
		case r >= firstRaw && r <= firstRaw+0xFF:
			b.WriteByte(byte(r - firstRaw))
		default:
			b.WriteString(escape)
			n = 0
		}
		s = rest[n:]
	}
}
