package query

import (
	"strings"
	"unicode/utf8"

	"hearth/text"
)

// Limits of section 8.
const (
	mostBytes     = 1 << 20
	mostTerms     = 50_000
	mostNesting   = 100
	mostDistance  = 1000
	mostParts     = 8
	mostWildcards = 8
	mostCost      = 400_000
	costlyAbove   = 100_000
)

// item is one element of the grammar as the parser sees it.
type item struct {
	kind itemKind
	at   int // in the source
	link Link

	apart   bool   // a minus that does not touch what follows
	node    Node   // of an operand; nil if it is broken
	spot    bool   // an operand that proximity takes
	isField bool   // an operand that is a field other than raw
	scope   *field // the text field before the colon
}

type itemKind uint8

const (
	itemEnd itemKind = iota
	itemOpen
	itemClose
	itemAnd
	itemOr
	itemLink
	itemNot     // NOT or minus
	itemOperand // a term, window, raw or field
	itemScope   // a text field and its colon; afterColon reads on
	itemMissing // nothing stands after the colon
)

// lexer cuts a query into items. It reports all that is wrong within one item
// and steps over what has no place in the grammar.
type lexer struct {
	source
	reporter
	at        int  // next byte of text
	terms     int  // text operands and field values met so far
	swallowed bool // something was never closed and took the rest
	stopped   bool // too many terms: the work is over
	scoped    bool // inside a text field
	lists     Lists
	listed    bool // a list was named
	likely    bool // bot: was asked, and lists know accounts
	accounts  bool // expand puts them in its place
	stored    bool // fields that look at what is known of stored posts are taken
}

// report notes a problem at a byte of the source.
func (l *lexer) report(code Code, at int) { l.say(code, at, "", "") }

// say is report with a sentence of its own, or what the sentence quotes.
func (l *lexer) say(code Code, at int, sentence, about string) {
	l.add(problem{code: code, at: l.moved.before(at), sentence: sentence, about: about})
}

// count counts a term that begins at a byte of the source.
func (l *lexer) count(at int) {
	l.terms++
	if l.terms > mostTerms && !l.stopped {
		l.stopped = true
		l.reporter = reporter{}
		l.report(TooManyTerms, at)
	}
}

// next is the next item. After the end it is the end again.
func (l *lexer) next() item {
	for {
		l.skipBlank()
		if l.at >= len(l.text) || l.stopped {
			return item{kind: itemEnd, at: len(l.text)}
		}
		at := l.at
		r, size := l.peek()
		switch {
		case r == '(':
			l.at++
			return item{kind: itemOpen, at: at}
		case r == ')':
			l.at++
			return item{kind: itemClose, at: at}
		case r == '{':
			return l.braces()
		case isQuote(r):
			return l.quotes()
		case r == '}' || r == '[' || r == ']':
			l.say(UnexpectedCharacter, at, "", string(r))
			l.at++
		case r == '~':
			l.report(BadTilde, at)
			l.at += size
			l.digits()
		case r == ':':
			l.report(SpaceBeforeColon, at)
			l.at++
			l.skipValue()
		case r == '-':
			l.at++
			return item{kind: itemNot, at: at, apart: l.blankOrEnd()}
		default:
			return l.word()
		}
	}
}

// afterColon is the item directly after the colon of a text field: brackets, a
// term, a window or raw; itemMissing if there is nothing.
func (l *lexer) afterColon(scope item) item {
	if l.stopped {
		return item{kind: itemEnd}
	}
	at := l.at
	r, _ := l.peek()
	switch {
	case r == '[':
		l.say(BadRange, at, takesNoRange, "")
		l.skipRange(at)
		return item{kind: itemOperand, at: at}
	case r == '-':
		l.say(BadValue, at, "", scope.scope.takes())
		for l.at < len(l.text) && l.text[l.at] == '-' {
			l.at++
		}
		if l.blankOrEnd() {
			return item{kind: itemOperand, at: at}
		}
		sub := l.afterColon(scope)
		sub.node = nil
		return sub
	case l.blankOrEnd() || r == ')' || r == '}' || r == ']' || r == '~':
		l.say(MissingValue, scope.at, "", string(scope.scope.name))
		return item{kind: itemMissing, at: at}
	case r == '(':
		l.at++
		return item{kind: itemOpen, at: at}
	case r == '{':
		return l.braces()
	case isQuote(r):
		return l.quotes()
	}
	if name := l.fieldName(); name != "" {
		return l.field(name)
	}
	return l.term(l.run())
}

// word reads a bare word: an operator, a field or a term.
func (l *lexer) word() item {
	if name := l.fieldName(); name != "" {
		return l.field(name)
	}
	word, at := l.run()
	if it, ok := l.operator(word, at); ok {
		return it
	}
	if !l.scoped && looksLikeOperator(word) {
		l.say(LowercaseOperator, at, "", word)
	}
	return l.term(word, at)
}

// term makes a term of a bare word.
func (l *lexer) term(word string, at int) item {
	l.count(at)
	it := item{kind: itemOperand, at: at, spot: true}
	if name := comparedField(word); name != "" {
		l.say(MissingColon, at, "", name)
		return it
	}
	if t, ok := l.analyse(word, at, at, bare); ok {
		it.node = t
	}
	return it
}

// operator reads a bare word as an operator.
func (l *lexer) operator(word string, at int) (item, bool) {
	switch word {
	case "AND":
		return item{kind: itemAnd, at: at}, true
	case "OR":
		return item{kind: itemOr, at: at}, true
	case "NOT":
		return item{kind: itemNot, at: at}, true
	case "SENTENCE":
		return item{kind: itemLink, at: at, link: Link{Kind: LinkSentence}}, true
	}
	link, ok, sound := readNear(word)
	if ok && !sound {
		l.report(BadNear, at)
	}
	return item{kind: itemLink, at: at, link: link}, ok
}

// braces reads {…}.
func (l *lexer) braces() item {
	at := l.at
	it := item{kind: itemOperand, at: at, spot: true}
	l.count(at)
	length := strings.IndexByte(l.text[at:], '}')
	if length < 0 {
		l.report(UnclosedBrace, at)
		l.swallow()
		return it
	}
	l.at = at + length + 1
	if t, ok := l.analyse(l.text[at+1:at+length], at+1, at, exact); ok {
		it.node = t
	}
	return it
}

// quotes reads a phrase or a window.
func (l *lexer) quotes() item {
	at := l.at
	it := item{kind: itemOperand, at: at, spot: true}
	l.count(at)
	inside, ok := l.quoted(true)
	if !ok {
		return it
	}
	// A backslash separates like the quote behind it, so escapes may stay.
	phrase := l.text[inside.at : inside.at+inside.size]
	tilde := l.at
	if n, ok := l.tilde(); ok {
		return l.window(phrase, inside.at, n, it, tilde)
	}
	if t, ok := l.analyse(phrase, inside.at, at, quoted); ok {
		it.node = t
	}
	return it
}

// tilde reads ~n directly after a closing quote.
func (l *lexer) tilde() (n int, ok bool) {
	if l.at >= len(l.text) || l.text[l.at] != '~' {
		return 0, false
	}
	at := l.at
	l.at++
	digits := l.digits()
	n, ok = distance(digits)
	if !ok {
		l.report(BadTilde, at)
	}
	return n, ok
}

// stretch is what stands between two quotation marks, escapes and all.
type stretch struct{ at, size int }

// quoted reads a quoted string and its closing mark.
func (l *lexer) quoted(warn bool) (stretch, bool) {
	at := l.at
	opening, size := l.peek()
	if warn && opening != '"' {
		l.report(TypographicQuotes, at)
	}
	for i := at + size; i < len(l.text); {
		switch r, n := utf8.DecodeRuneInString(l.text[i:]); {
		case r == '\\' && i+1 < len(l.text) && (l.text[i+1] == '"' || l.text[i+1] == '\\'):
			i += 2
		case r == '"' || opening != '"' && isQuote(r):
			l.at = i + n
			return stretch{at + size, i - at - size}, true
		default:
			i += n
		}
	}
	l.report(UnclosedQuote, at)
	l.swallow()
	return stretch{}, false
}

// swallow takes the rest of the query.
func (l *lexer) swallow() {
	l.at = len(l.text)
	l.swallowed = true
}

// skipBlank passes over white space and comments.
func (l *lexer) skipBlank() {
	for l.at < len(l.text) {
		if l.text[l.at] == '<' && strings.HasPrefix(l.text[l.at:], "<<<") {
			end := strings.Index(l.text[l.at+3:], ">>>")
			if end < 0 {
				l.report(UnclosedComment, l.at)
				l.swallow()
				return
			}
			l.at += 3 + end + 3
			continue
		}
		r, size := l.peek()
		if !text.IsSpace(r) {
			return
		}
		l.at += size
	}
}

// skipRange passes over [ … ] and says whether it was closed.
func (l *lexer) skipRange(at int) bool {
	end := strings.IndexByte(l.text[at:], ']')
	if end < 0 {
		l.swallow()
		return false
	}
	l.at = at + end + 1
	return true
}

// run reads a bare word.
func (l *lexer) run() (word string, at int) {
	at = l.at
	for l.at < len(l.text) {
		r, size := l.peek()
		if endsWord(r) || text.IsSpace(r) || r == '<' && strings.HasPrefix(l.text[l.at:], "<<<") {
			break
		}
		l.at += size
	}
	return l.text[at:l.at], at
}

func endsWord(r rune) bool {
	switch r {
	case '(', ')', '{', '}', '[', ']', '~':
		return true
	}
	return isQuote(r)
}

// isQuote says that a character opens or closes a phrase.
func isQuote(r rune) bool {
	switch r {
	case '"', '“', '”', '„', '‟', '«', '»', '＂':
		return true
	}
	return false
}

// fieldName reads a field's name and its colon; "" if there is none.
func (l *lexer) fieldName() string {
	const longest = 40
	for i := l.at; i < len(l.text) && i-l.at <= longest; i++ {
		c := l.text[i]
		switch {
		case c|0x20 >= 'a' && c|0x20 <= 'z':
		case (c >= '0' && c <= '9' || c == '_') && i > l.at:
		case c == ':' && i > l.at:
			name := l.text[l.at:i]
			l.at = i + 1
			return name
		default:
			return ""
		}
	}
	return ""
}

// digits reads ASCII digits.
func (l *lexer) digits() string {
	from := l.at
	for l.at < len(l.text) && l.text[l.at] >= '0' && l.text[l.at] <= '9' {
		l.at++
	}
	return l.text[from:l.at]
}

func (l *lexer) peek() (rune, int) {
	if l.at < len(l.text) && l.text[l.at] < utf8.RuneSelf {
		return rune(l.text[l.at]), 1
	}
	return utf8.DecodeRuneInString(l.text[l.at:])
}

// blankOrEnd says that white space, a comment, a closing bracket or the end
// comes next.
func (l *lexer) blankOrEnd() bool {
	if l.at >= len(l.text) {
		return true
	}
	r, _ := l.peek()
	return text.IsSpace(r) || r == ')' || strings.HasPrefix(l.text[l.at:], "<<<")
}

// looksLikeOperator says that a word is an operator but for its case.
func looksLikeOperator(word string) bool {
	if len(word) > len("onear/1000f") {
		return false
	}
	switch upper := strings.ToUpper(word); upper {
	case "AND", "OR", "NOT":
		return true
	default:
		name, n, ok := strings.Cut(upper, "/")
		n = strings.TrimSuffix(n, "F")
		return ok && (name == "NEAR" || name == "ONEAR") && n != "" && strings.Trim(n, "0123456789") == ""
	}
}

// isOperator says that a run inside a list of values is an operator.
func isOperator(run string) bool {
	switch run {
	case "AND", "OR", "NOT", "SENTENCE":
		return true
	}
	_, ok, _ := readNear(run)
	return ok
}

// comparedField is the name before < > or = of a word like likes>5, if it is
// that of a field that compares.
func comparedField(word string) string {
	end := strings.IndexAny(word, "<>=")
	if end <= 0 {
		return ""
	}
	if f := lookup(word[:end]); f != nil && f.numeric() {
		return word[:end]
	}
	return ""
}
