package query

import (
	"unicode/utf8"

	"hearth/text"
)

// window makes an operand of a phrase with ~n: of parts between white space,
// each a phrase of its own.
func (l *lexer) window(phrase string, at, n int, it item, tilde int) item {
	var parts []Term
	var all cutting
	count := 0
	for start, end := nextPart(phrase, 0); start < end; start, end = nextPart(phrase, end) {
		c := cut(phrase[start:end], quoted)
		if len(c.elements) == 0 && len(c.errors) == 0 {
			continue
		}
		count++
		if len(c.elements) > 0 {
			parts = append(parts, Term{Elements: c.elements})
		}
		all.add(c, start)
	}
	if count < 2 {
		t, ok := l.analyse(phrase, at, it.at, quoted)
		if count == 1 {
			l.report(TildeOneWord, tilde)
		}
		if ok {
			it.node = t
		}
		return it
	}
	it.spot = false
	l.reportCut(all, at)
	if count > mostParts {
		l.report(TooManyWords, it.at)
		return it
	}
	if len(all.errors) == 0 {
		it.node = Window{parts, n}
	}
	return it
}

// add takes over what is to be said about a part that begins at a byte.
func (c *cutting) add(part cutting, at int) {
	for _, e := range part.errors {
		c.errors = append(c.errors, mistake{e.code, at + e.at})
	}
	for _, i := range part.ignored {
		c.ignored = append(c.ignored, at+i)
	}
	for _, i := range part.questions {
		c.questions = append(c.questions, at+i)
	}
}

// nextPart is the next stretch without white space.
func nextPart(s string, from int) (start, end int) {
	start = from
	for start < len(s) {
		r, size := utf8.DecodeRuneInString(s[start:])
		if !text.IsSpace(r) {
			break
		}
		start += size
	}
	end = start
	for end < len(s) {
		r, size := utf8.DecodeRuneInString(s[end:])
		if text.IsSpace(r) {
			break
		}
		end += size
	}
	return start, end
}
