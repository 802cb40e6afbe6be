package jsonread

import (
	"math/bits"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Eight bytes of a string are looked at in one step (the "SWAR" way, see
// Lamport, Multiple Byte Processing with Full-Word Instructions, CACM 1975):
// a bit set in the mask marks a byte that ends the plain part of a string.
const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

func load(s string, i int) uint64 {
	s = s[i : i+8]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// special marks the bytes of w that are a quote, a backslash or a control
// character. Only the lowest mark is exact.
func special(w uint64) uint64 {
	quote := w ^ ones*'"'
	slash := w ^ ones*'\\'
	return ((quote-ones)&^quote | (slash-ones)&^slash | (w-ones*' ')&^w) & highs
}

// plain is the first quote, backslash or control character from i on, or
// len(s); wide is not 0 if a byte before it is outside ASCII (it may also be
// so for one behind it).
func plain(s string, i int) (at int, wide uint64) {
	for i+8 <= len(s) {
		w := load(s, i)
		wide |= w & highs
		if m := special(w); m != 0 {
			return i + bits.TrailingZeros64(m)>>3, wide
		}
		i += 8
	}
	for ; i < len(s); i++ {
		c := s[i]
		if c == '"' || c == '\\' || c < ' ' {
			return i, wide
		}
		wide |= uint64(c) & 0x80
	}
	return i, wide
}

func (r *Reader) space() {
	for r.i < len(r.s) {
		switch r.s[r.i] {
		case ' ', '\t', '\n', '\r':
			r.i++
		default:
			return
		}
	}
}

// str reads the string whose opening quote is at hand.
func (r *Reader) str() (string, bool) {
	start := r.i + 1
	at, wide := plain(r.s, start)
	if at < len(r.s) && r.s[at] == '"' {
		r.i = at + 1
		s := r.s[start:at]
		if wide == 0 || utf8.ValidString(s) {
			return s, true
		}
		return r.rewrite(s), true
	}
	if !r.skipString() {
		return "", false
	}
	return r.rewrite(r.s[start : r.i-1]), true
}

// skipString passes over the string whose opening quote is at hand and checks
// its escapes and control characters.
func (r *Reader) skipString() bool {
	i := r.i + 1
	for {
		i, _ = plain(r.s, i)
		if i == len(r.s) {
			r.i = i
			return r.cut()
		}
		switch r.s[i] {
		case '"':
			r.i = i + 1
			return true
		case '\\':
			n := escape(r.s[i:])
			if n == 0 {
				return r.fail(i, "the escape is not one of JSON's")
			}
			i += n
		default:
			return r.fail(i, "a control character stands in a string")
		}
	}
}

// escape is the length of the escape that s begins with, 0 if it is none.
func escape(s string) int {
	if len(s) < 2 {
		return 0
	}
	switch s[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		if _, ok := hex4(s); ok {
			return 6
		}
	}
	return 0
}

// hex4 is the number of the escape \uXXXX that s begins with.
func hex4(s string) (u rune, ok bool) {
	if len(s) < 6 || s[0] != '\\' || s[1] != 'u' {
		return 0, false
	}
	for _, c := range []byte(s[2:6]) {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		u = u<<4 | rune(c)
	}
	return u, true
}

// rewrite resolves the escapes of a checked string and replaces what is not
// UTF-8.
func (r *Reader) rewrite(s string) string {
	b := r.arena.begin(len(s))
	unescape(b, s)
	return r.arena.end()
}

func unescape(b *strings.Builder, s string) {
	for len(s) > 0 {
		n := strings.IndexByte(s, '\\')
		if n < 0 {
			n = len(s)
		}
		writeValid(b, s[:n])
		if s = s[n:]; s == "" {
			return
		}
		switch s[1] {
		case 'b':
			b.WriteByte('\b')
		case 'f':
			b.WriteByte('\f')
		case 'n':
			b.WriteByte('\n')
		case 'r':
			b.WriteByte('\r')
		case 't':
			b.WriteByte('\t')
		case 'u':
			u, _ := hex4(s)
			if utf16.IsSurrogate(u) {
				low, ok := hex4(s[6:])
				if u = utf16.DecodeRune(u, low); ok && u != utf8.RuneError {
					s = s[6:]
				}
			}
			b.WriteRune(u) // a lone surrogate has become U+FFFD
			s = s[6:]
			continue
		default: // " \ /
			b.WriteByte(s[1])
		}
		s = s[2:]
	}
}

func writeValid(b *strings.Builder, s string) {
	if utf8.ValidString(s) {
		b.WriteString(s)
		return
	}
	for _, c := range s { // an ill-formed byte is U+FFFD
		b.WriteRune(c)
	}
}

// number passes over a number.
func (r *Reader) number() bool {
	s, i := r.s, r.i
	if i < len(s) && s[i] == '-' {
		i++
	}
	switch {
	case i == len(s):
		return r.fail(r.i, "a number was expected")
	case s[i] == '0':
		i++
	case '1' <= s[i] && s[i] <= '9':
		i = digits(s, i)
	default:
		return r.fail(r.i, "a number was expected")
	}
	if i < len(s) && s[i] == '.' {
		from := i + 1
		if i = digits(s, from); i == from {
			return r.fail(i, "a digit was expected")
		}
	}
	if i < len(s) && s[i]|0x20 == 'e' {
		i++
		if i < len(s) && (s[i] == '+' || s[i] == '-') {
			i++
		}
		from := i
		if i = digits(s, from); i == from {
			return r.fail(i, "a digit was expected")
		}
	}
	r.i = i
	return true
}

func digits(s string, i int) int {
	for i < len(s) && '0' <= s[i] && s[i] <= '9' {
		i++
	}
	return i
}

func (r *Reader) word(w string) bool {
	if !strings.HasPrefix(r.s[r.i:], w) {
		return false
	}
	r.i += len(w)
	return true
}
