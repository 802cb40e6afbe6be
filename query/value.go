package query

import (
	"strings"

	"hearth/text"
)

// Value is one value of a field: StringValue, IDValue, AddressValue,
// HostValue, CountValue, DecimalValue, DateValue, BoolValue, WordValue,
// LanguageValue, ListValue, TopicValue or RowsValue.
type Value interface {
	// String is the value as it stands in the canonical form.
	String() string

	cost() int
	words(*phrasebook) string // in a sentence, with what the field is called
}

// lexeme is one value as it was written.
type lexeme struct {
	text   string
	at     int    // of its first character, an opening quote included
	inside int    // of text
	moved  shifts // by escapes, within text
	quoted bool
}

// offset is where byte i of the text stood in the source.
func (v lexeme) offset(i int) int { return v.inside + v.moved.before(i) }

// field reads the values of a field whose name and colon have been read.
func (l *lexer) field(name string) item {
	at := l.at - len(name) - 1
	it := item{kind: itemOperand, at: at}
	f := lookup(name)
	switch {
	case f == nil:
		code := UnknownField
		if _, known := unsupported[lowerASCII(name)]; known {
			code = UnsupportedField
		}
		l.say(code, at, "", name)
		l.count(l.at)
		l.skipValue()
		it.spot = true
		return it
	case f.kind == TextType:
		return item{kind: itemScope, at: at, scope: f}
	case f.kind == RawType:
		if values, ok := values(l, f, at, l.rawValue); ok {
			it.node = Raw{values}
		}
		return it
	}
	it.isField = true
	if takesStored(f.name) && !l.stored {
		l.say(StoredOnly, at, "", string(f.name))
		l.count(l.at)
		l.skipValue()
		return it
	}
	read := func(v lexeme) (Value, bool) { return l.fieldValue(f, v) }
	if values, ok := values(l, f, at, read); ok {
		it.node = Field{f.name, values}
	}
	return it
}

// values reads one value or a bracketed list of them.
func values[V any](l *lexer, f *field, at int, read func(lexeme) (V, bool)) ([]V, bool) {
	list := valueList[V]{lexer: l, field: f, read: read, sound: true}
	r, _ := l.peek()
	switch {
	case l.at >= len(l.text) || r == ')' || text.IsSpace(r):
		l.say(MissingValue, at, "", string(f.name))
		return nil, false
	case r == '(':
		list.brackets(at)
	default:
		list.one()
	}
	return list.values, list.sound
}

// valueList reads the values behind one colon.
type valueList[V any] struct {
	*lexer
	field  *field
	read   func(lexeme) (V, bool)
	values []V
	sound  bool // nothing wrong so far
	told   bool // field-list has been reported
}

// one reads a single value.
func (l *valueList[V]) one() {
	l.count(l.at)
	v, ok := l.lexeme()
	if ok && l.field.kind != RawType && !v.quoted && v.text == "" {
		l.say(BadValue, v.at, "", l.field.takes())
		ok = false
	}
	if !ok {
		l.sound = false
		return
	}
	value, ok := l.read(v)
	if !ok {
		l.sound = false
		return
	}
	l.values = append(l.values, value)
}

// brackets reads "(" value { OR value } ")".
func (l *valueList[V]) brackets(name int) {
	open := l.at
	l.at++
	depth, met := 0, 0 // nested brackets; values so far
	or := -1           // an OR without its right value
	wanted := true     // a value comes next
	for !l.stopped {
		if l.field.kind == RawType {
			l.skipSpace()
		} else {
			l.skipBlank()
		}
		if l.at >= len(l.text) {
			l.sound = false
			if !l.swallowed {
				l.report(UnmatchedBracket, open)
			}
			return
		}
		at := l.at
		switch c := l.text[at]; {
		case c == '(':
			l.wrong(at)
			depth++
			l.at++
			continue
		case c == ')':
			l.at++
			if depth > 0 {
				depth--
				continue
			}
			switch {
			case or >= 0:
				l.wrong(or)
			case met == 0 && !l.told:
				l.say(MissingValue, name, "", string(l.field.name))
				l.sound = false
			}
			return
		}
		if word := l.valueRun(); isOperator(word) {
			if word != "OR" || wanted {
				l.wrong(at)
			} else {
				or, wanted = at, true
			}
			continue
		}
		l.at = at
		if !wanted {
			l.wrong(at)
		}
		l.one()
		met++
		or, wanted = -1, false
	}
}

// wrong reports that the list holds something but values and OR.
func (l *valueList[V]) wrong(at int) {
	if !l.told {
		l.report(FieldList, at)
	}
	l.told, l.sound = true, false
}

// lexeme reads the characters of one value.
func (l *valueList[V]) lexeme() (lexeme, bool) {
	at := l.at
	r, _ := l.peek()
	if isQuote(r) {
		inside, ok := l.quoted(true)
		if !ok {
			return lexeme{}, false
		}
		s, moved := unescape(l.text[inside.at : inside.at+inside.size])
		return lexeme{text: s, at: at, inside: inside.at, moved: moved, quoted: true}, true
	}
	if r == '[' && l.field.kind != RawType {
		closed := l.skipRange(at)
		if closed && l.field.numeric() {
			return lexeme{text: l.text[at:l.at], at: at, inside: at}, true
		}
		sentence := ""
		if !l.field.numeric() {
			sentence = takesNoRange
		}
		l.say(BadRange, at, sentence, "")
		return lexeme{}, false
	}
	return lexeme{text: l.valueRun(), at: at, inside: at}, true
}

// valueRun reads a run without white space, brackets ( ) or quotes.
func (l *lexer) valueRun() string {
	from := l.at
	for l.at < len(l.text) {
		r, size := l.peek()
		if r == '(' || r == ')' || isQuote(r) || text.IsSpace(r) {
			break
		}
		l.at += size
	}
	return l.text[from:l.at]
}

func (l *lexer) skipSpace() {
	for l.at < len(l.text) {
		r, size := l.peek()
		if !text.IsSpace(r) {
			return
		}
		l.at += size
	}
}

// skipValue passes over the value of an unknown field: a quoted string, a
// bracket with its nesting, a range, or a run.
func (l *lexer) skipValue() {
	at := l.at
	r, _ := l.peek()
	switch {
	case isQuote(r):
		l.quoted(false)
	case r == '[':
		if !l.skipRange(at) {
			l.report(BadRange, at)
		}
	case r == '(':
		l.skipBrackets()
	default:
		l.valueRun()
	}
}

func (l *lexer) skipBrackets() {
	open, depth := l.at, 0
	for l.at < len(l.text) {
		r, size := l.peek()
		switch {
		case isQuote(r):
			if _, ok := l.quoted(false); !ok {
				return
			}
			continue
		case r == '(':
			depth++
		case r == ')':
			depth--
		}
		l.at += size
		if depth == 0 {
			return
		}
	}
	l.report(UnmatchedBracket, open)
}

// fieldValue reads a value by the type of its field and reports what is wrong.
func (l *lexer) fieldValue(f *field, v lexeme) (Value, bool) {
	if !v.quoted && !f.numeric() && (v.text[0] == '<' || v.text[0] == '>') ||
		!v.quoted && v.text[0] == '-' && f.kind != DecimalType {
		l.say(BadValue, v.at, "", f.takes())
		return nil, false
	}
	var value Value
	var ok bool
	if f.name == FieldCopies {
		if value, ok = readCopies(v.text); ok {
			return value, true
		}
	}
	if f.numeric() {
		return l.comparison(f, v)
	}
	switch f.kind {
	case StringType:
		return l.stringValue(f, v)
	case ListType:
		return l.listValue(v)
	case TopicType:
		value, ok = readTopic(v.text)
	case IDType:
		value, ok = IDValue(v.text), v.text != ""
	case AddressType:
		value, ok = readAddress(v.text)
	case HostType:
		value, ok = readHost(v.text, f.name == FieldTLD)
	case BoolType:
		value, ok = readBool(v.text)
	case WordType:
		value, ok = readWord(f, v.text)
		l.likely = l.likely || f.name == FieldBot && l.lists != nil
	case LanguageType:
		value, ok = readLanguage(v.text)
	case CountryType:
		value, ok = readCountry(v.text)
	}
	if !ok {
		l.say(BadValue, v.at, "", f.takes())
	}
	return value, ok
}

// comparison reads a number or date: plain, behind an operator, or a range.
func (l *lexer) comparison(f *field, v lexeme) (Value, bool) {
	if !v.quoted && v.text[0] == '[' {
		return l.valueRange(f, v)
	}
	op, rest := Equal, v.text
	if !v.quoted {
		op, rest = readOp(v.text)
	}
	value, ok := f.compare(op, rest, rest)
	if !ok {
		l.say(BadValue, v.at, "", f.takes())
	}
	return value, ok
}

// valueRange reads [a TO b].
func (l *lexer) valueRange(f *field, v lexeme) (Value, bool) {
	inside := v.text[1 : len(v.text)-1]
	ends := strings.FieldsFunc(inside, text.IsSpace)
	if len(ends) != 3 || ends[1] != "TO" {
		l.report(BadRange, v.at)
		return nil, false
	}
	first := strings.Index(inside, ends[0])
	last := strings.LastIndex(inside, ends[2])
	sound := true
	for _, end := range [...]struct {
		text string
		at   int
	}{{ends[0], first}, {ends[2], last}} {
		if _, ok := f.compare(Equal, end.text, end.text); !ok {
			l.say(BadValue, v.offset(1+end.at), "", f.takes())
			sound = false
		}
	}
	if !sound {
		return nil, false
	}
	value, ok := f.compare(Between, ends[0], ends[2])
	if !ok {
		l.say(BadRange, v.at, endsBeforeItBegins, "")
	}
	return value, ok
}

// compare makes a comparison of the field's type; false if an end is not a
// value of the field or the range is empty.
func (f *field) compare(op Op, from, to string) (Value, bool) {
	switch f.kind {
	case CountType:
		return readCounts(f, op, from, to)
	case DecimalType:
		return readDecimals(f, op, from, to)
	}
	return readDates(op, from, to)
}

// unescape reads \" and \\ and says what moved.
func unescape(s string) (string, shifts) {
	from := strings.IndexByte(s, '\\')
	if from < 0 {
		return s, nil
	}
	var moved shifts
	b := []byte(s[:from])
	for i := from; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) && (s[i+1] == '"' || s[i+1] == '\\') {
			moved = moved.add(len(b), 1)
			i++
		}
		b = append(b, s[i])
	}
	return string(b), moved
}

// quote writes a string between quotation marks.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := 0; i < len(s); i++ {
		if s[i] == '"' || s[i] == '\\' {
			b.WriteByte('\\')
		}
		b.WriteByte(s[i])
	}
	b.WriteByte('"')
	return b.String()
}
