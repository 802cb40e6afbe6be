package query

import (
	"strings"
	"unicode/utf8"

	"hearth/text"
)

// piece is a stretch of an imported query.
type importPiece struct {
	kind       pieceClass
	start, end int
}

type pieceClass uint8

const (
	pieceWord pieceClass = iota
	pieceQuote
	pieceBraces
	pieceOpen
	pieceClose
	pieceMinus
	pieceTilde // ~ and the digits behind it
	pieceField // a name and its colon
	pieceValue // a run or range behind the colon
)

// read cuts the query into pieces. Comments and white space are left out, so
// they stay as they are.
func (im *importer) read() []importPiece {
	l := lexer{source: source{text: im.source}}
	var pieces []importPiece
	add := func(kind pieceClass, start int) {
		pieces = append(pieces, importPiece{kind, start, l.at})
	}
	for {
		l.skipBlank()
		start := l.at
		if start >= len(l.text) {
			return pieces
		}
		switch r, size := l.peek(); {
		case r == '(':
			l.at++
			add(pieceOpen, start)
		case r == ')':
			l.at++
			add(pieceClose, start)
		case isQuote(r):
			l.quoted(false)
			add(pieceQuote, start)
		case r == '{':
			if end := strings.IndexByte(l.text[start:], '}'); end >= 0 {
				l.at = start + end + 1
			} else {
				l.swallow()
			}
			add(pieceBraces, start)
		case r == '~':
			l.at++
			l.digits()
			add(pieceTilde, start)
		case r == '-':
			l.at++
			add(pieceMinus, start)
		case endsWord(r):
			l.at += size
			add(pieceWord, start)
		default:
			if l.fieldName() != "" {
				add(pieceField, start)
				if start = l.at; l.importedValue() {
					add(pieceValue, start)
				}
				continue
			}
			l.importedWord(im.dialect == Meltwater)
			add(pieceWord, start)
		}
	}
}

// importedValue reads a run or range; false if quotes, brackets or nothing
// follow the colon.
func (l *lexer) importedValue() bool {
	start := l.at
	if start < len(l.text) && l.text[start] == '[' && l.skipRange(start) {
		return true
	}
	l.valueRun()
	return l.at > start
}

// importedWord reads a bare word. With escapes a backslash takes away the
// meaning of the character behind it.
func (l *lexer) importedWord(escapes bool) {
	for l.at < len(l.text) {
		r, size := l.peek()
		if escapes && r == '\\' && l.at+1 < len(l.text) {
			_, next := utf8.DecodeRuneInString(l.text[l.at+1:])
			l.at += 1 + next
			continue
		}
		if endsWord(r) || text.IsSpace(r) || strings.HasPrefix(l.text[l.at:], "<<<") {
			return
		}
		l.at += size
	}
}

// imported is an operand or operator of a level, with the NOTs before it.
type imported struct {
	operator   string // in capitals; "" for an operand
	family     family // of an operator
	start, end int    // NOTs included
	core       int    // where it begins without them

	word  bool       // a bare word
	name  string     // of a field, as it was written
	value int        // where its value begins
	inner []imported // inside its brackets
	group bool       // it has brackets
	open  int        // where they begin
	close int        // where they end
	tilde int        // where ~n begins behind it; end if there is none

	plus      int // of a Talkwalker term: how many + stand before it
	frequency int // of a Meltwater word: where {2,5} begins; 0 if there is none
	compared  int // of a Meltwater field: where > or its like begins; 0 if there is none
}

// level gathers pieces up to the closing bracket. rest is what follows it.
func (im *importer) level(pieces []importPiece, depth int) (units []imported, rest []importPiece) {
	if depth > mostNesting {
		im.deep = true
		return nil, nil
	}
	not := -1 // where the NOTs before the next operand begin
	for len(pieces) > 0 && !im.deep {
		p := pieces[0]
		if p.kind == pieceClose {
			return units, pieces
		}
		if f, word, ok := im.operator(p); ok {
			pieces = pieces[1:]
			if word == "NOT" || p.kind == pieceMinus {
				if not < 0 {
					not = p.start
				}
				if p.kind == pieceWord {
					im.capitals(p)
				}
				continue
			}
			units = append(units, imported{operator: word, family: f, start: p.start, end: p.end, core: p.start})
			continue
		}
		var u imported
		u, pieces = im.operand(pieces, depth)
		if u.start = u.core; not >= 0 {
			u.start, not = not, -1
		}
		units = append(units, u)
	}
	return units, nil
}

// capitals writes an operator in capitals.
func (im *importer) capitals(p importPiece) {
	word := im.source[p.start:p.end]
	if upper := strings.ToUpper(word); upper != word {
		im.replace(p.start, p.end, upper)
	}
}

// operand gathers one operand: a field with its value, brackets, a phrase or a
// word, and ~n directly behind it.
func (im *importer) operand(pieces []importPiece, depth int) (imported, []importPiece) {
	p := pieces[0]
	u := imported{core: p.start, end: p.end, word: p.kind == pieceWord}
	if p.kind == pieceField {
		u.name, u.value = im.source[p.start:p.end-1], p.end
		if len(pieces) > 1 && pieces[1].start == p.end && pieces[1].kind != pieceClose {
			pieces = pieces[1:]
			p = pieces[0]
			u.end = p.end
		}
	}
	pieces = pieces[1:]
	if p.kind == pieceOpen {
		u.group, u.open = true, p.start
		u.inner, pieces = im.level(pieces, depth+1)
		u.close, u.end = len(im.source), len(im.source)
		if len(pieces) > 0 {
			u.close, u.end = pieces[0].start, pieces[0].end
			pieces = pieces[1:]
		}
	}
	if u.word {
		pieces = im.extend(&u, pieces)
	}
	u.tilde = u.end
	if len(pieces) > 0 && pieces[0].kind == pieceTilde && pieces[0].start == u.end {
		u.end = pieces[0].end
		pieces = pieces[1:]
	}
	return u, pieces
}

// extend takes into a bare word what belongs to it in its dialect although it
// is a piece of its own.
func (im *importer) extend(u *imported, pieces []importPiece) []importPiece {
	word := im.source[u.core:u.end]
	if im.dialect == Talkwalker {
		for u.plus < len(word) && u.plus < 2 && word[u.plus] == '+' {
			u.plus++
		}
		if u.plus == len(word) && len(pieces) > 0 && pieces[0].kind == pieceQuote && pieces[0].start == u.end {
			u.end = pieces[0].end
			return pieces[1:]
		}
	}
	if im.dialect != Meltwater || len(pieces) == 0 {
		return pieces
	}
	next := im.source[pieces[0].start:pieces[0].end]
	if pieces[0].kind == pieceBraces && isFrequency(next) {
		u.frequency, u.end = pieces[0].start, pieces[0].end
		return pieces[1:]
	}
	if f := lookup(word); f == nil || !f.numeric() || pieces[0].kind != pieceWord || strings.IndexAny(next, "<>=") != 0 {
		return pieces
	}
	u.compared, u.end = pieces[0].start, pieces[0].end
	pieces = pieces[1:]
	if strings.Trim(next, "<>=") == "" && len(pieces) > 0 && pieces[0].kind == pieceWord {
		u.end = pieces[0].end
		pieces = pieces[1:]
	}
	return pieces
}

// isFrequency says that braces hold numbers: {2}, {2,5}.
func isFrequency(s string) bool {
	inside := strings.TrimSuffix(strings.TrimPrefix(s, "{"), "}")
	return inside != "" && strings.Trim(inside, "0123456789, ") == "" && inside[0] >= '0' && inside[0] <= '9'
}

// operator says whether a piece is an operator of the dialect, of which
// family, and spells it in capitals.
func (im *importer) operator(p importPiece) (f family, word string, ok bool) {
	if p.kind == pieceMinus {
		return familyAnd, "-", true
	}
	if p.kind != pieceWord {
		return familyNone, "", false
	}
	word = im.source[p.start:p.end]
	if im.dialect == Meltwater {
		switch upper := strings.ToUpper(word); upper {
		case "AND", "OR", "NOT":
			word = upper
		}
	}
	switch word {
	case "AND", "NOT":
		return familyAnd, word, true
	case "XNOT":
		return familyAnd, word, im.dialect == Meltwater
	case "OR":
		return familyOr, word, true
	case "SENTENCE":
		return familyNear, word, true
	case "OSENTENCE":
		return familyNear, word, im.dialect == Talkwalker
	}
	_, ok, _ = readNear(word)
	return familyNear, word, ok
}
