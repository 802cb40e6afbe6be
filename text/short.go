package text

import (
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/graphemes"
	"golang.org/x/text/unicode/norm"
)

// Key is key(s) of section 2.7, by which short strings are compared: blank the
// marks of trade, NFKC, drop ignorable characters, fold, collapse and trim
// white space.
func Key(s string) string {
	var c scanner
	b := c.normalise(s)
	kept := make([]byte, 0, len(b))
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		if !table.of(r).is(ignorable) {
			kept = utf8.AppendRune(kept, r)
		}
		i += n
	}
	return string(collapse(c.fold(nil, kept)))
}

// RawForm is raw(s) of section 2.7: the units joined, folded, white space
// collapsed and trimmed.
func RawForm(s string) string {
	var d Doc
	d.Add(Text, s)
	return string(collapse(d.scan.fold(nil, d.Units(&d.Streams[0]))))
}

// collapse makes each stretch of white space one space, in place, and trims.
func collapse(b []byte) []byte {
	kept := b[:0]
	gap := false
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		if table.of(r).is(space) {
			gap = true
			i += n
			continue
		}
		if gap && len(kept) > 0 {
			kept = append(kept, ' ')
		}
		gap = false
		kept = append(kept, b[i:i+n]...)
		i += n
	}
	return kept
}

// NFKC is the compatibility form of s.
func NFKC(s string) string { return norm.NFKC.String(s) }

// Ignorable says that the language reads a character as nothing at all.
func Ignorable(r rune) bool { return table.of(r).is(ignorable) }

// IsSpace says that a character is white space of section 2.7.
func IsSpace(r rune) bool { return table.of(r).is(space) }

// IsLetter says that a character is a letter or digit of section 2.3.
func IsLetter(r rune) bool { return table.of(r).is(letter) }

// IsMark says that a character is of category M.
func IsMark(r rune) bool { return table.of(r).is(mark) }

// ClassOf is the token class of a letter or digit.
func ClassOf(r rune) Class { return table.of(r).class() }

// ScriptOf is the script of a character.
func ScriptOf(r rune) Script { return table.of(r).script() }

// Graphemes counts what people call characters, as networks do that limit a
// post to 300 of them (UAX #29).
func Graphemes(s string) int {
	if ascii(s) {
		return asciiGraphemes(s)
	}
	count := 0
	for it := graphemes.FromString(s); it.Next(); {
		count++
	}
	return count
}

// asciiGraphemes counts each byte, and CR LF as one.
func asciiGraphemes(s string) int {
	count := len(s)
	for i := 1; i < len(s); i++ {
		if s[i] == '\n' && s[i-1] == '\r' {
			count--
		}
	}
	return count
}
