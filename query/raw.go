package query

import "hearth/text"

// rawValue reads a value of raw:.
func (l *lexer) rawValue(v lexeme) (string, bool) {
	s := text.RawForm(v.text)
	if s == "" {
		l.report(EmptyTerm, v.at)
	}
	return s, s != ""
}
