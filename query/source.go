package query

import (
	"sort"
	"strings"
	"unicode/utf8"

	"hearth/text"
)

// source is a query as it is read: without ignorable characters, with the
// full-width brackets and colon as their ASCII forms (section 3).
type source struct {
	text  string
	moved shifts
}

// shifts maps offsets of a shortened text back to the text it came from. It is
// empty where nothing was taken out.
type shifts []shift

// shift says that everything from at on stood by bytes further to the right.
type shift struct{ at, by int }

// before is the offset in the longer text.
func (s shifts) before(at int) int {
	n := sort.Search(len(s), func(i int) bool { return s[i].at > at })
	if n == 0 {
		return at
	}
	return at + s[n-1].by
}

// add notes that n bytes were taken out before offset at of the shorter text.
func (s shifts) add(at, n int) shifts {
	if len(s) == 0 {
		return append(s, shift{at, n})
	}
	last := s[len(s)-1]
	if last.at == at {
		s[len(s)-1].by += n
		return s
	}
	return append(s, shift{at, last.by + n})
}

// read prepares a valid UTF-8 query.
func read(query string) source {
	from := strings.IndexFunc(query, func(r rune) bool { return replaced(r) != r })
	if from < 0 {
		return source{text: query}
	}
	var kept strings.Builder
	kept.WriteString(query[:from])
	var moved shifts
	for _, r := range query[from:] {
		size := utf8.RuneLen(r)
		if to := replaced(r); to >= 0 {
			kept.WriteRune(to)
			size -= utf8.RuneLen(to)
		}
		if size > 0 {
			moved = moved.add(kept.Len(), size)
		}
	}
	return source{kept.String(), moved}
}

// replaced is the character that r is read as, -1 if it is dropped.
func replaced(r rune) rune {
	switch {
	case r < utf8.RuneSelf:
		return r
	case r == '（':
		return '('
	case r == '）':
		return ')'
	case r == '：':
		return ':'
	case r == 0x200D || r == 0xFE0E || r == 0xFE0F || r >= 0xE0020 && r <= 0xE007F: // emoji need these
		return r
	case text.Ignorable(r):
		return -1
	}
	return r
}

// firstBadByte is the offset of the first byte that is not valid UTF-8, or -1.
func firstBadByte(s string) int {
	for i := 0; i < len(s); {
		if s[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return -1
}
