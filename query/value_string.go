package query

import (
	"strings"
	"unicode/utf8"

	"hearth/text"
)

// stringValue reads the value of a StringType field.
func (l *lexer) stringValue(f *field, v lexeme) (Value, bool) {
	key := Key(f.name, v.text)
	if key == "" {
		l.say(BadValue, v.at, "", f.takes())
		return nil, false
	}
	value := StringValue{By: Folded, Text: key}
	if text.Plain(key) == key {
		value.By = Plain
	}
	if !strings.ContainsAny(v.text, "*?") {
		return value, true
	}
	signs := wildSigns(v.text)
	if code, at := checkSigns(key, signs); code != "" {
		l.report(code, v.offset(at))
		return nil, false
	}
	pattern := readPattern(key, signs)
	if len(pattern) > 1 { // the only sign may be that of a keycap emoji
		value.Text, value.Pattern = pattern.String(), pattern
	}
	return value, true
}

// Key is the string by which a value of a string field is compared: key(s) of
// section 2.7 without the leading signs that the field drops.
func Key(name FieldName, s string) string {
	key := text.Key(s)
	if f := lookup(string(name)); f.sign != 0 {
		key = strings.TrimLeft(key, string(rune(f.sign))+" ")
	}
	return key
}

// Holds says that a string of a post, as Key gives it, is spelt so. An empty
// one never is.
func (v StringValue) Holds(key string) bool {
	if v.By == Plain {
		key = text.Plain(key)
	}
	if v.Pattern != nil {
		return v.Pattern.Match(key)
	}
	return key != "" && key == v.Text
}

// HoldsName says that a hashtag's or mention's name is spelt so.
func (v StringValue) HoldsName(folded, plain string) bool {
	name := folded
	if v.By == Plain {
		name = plain
	}
	if v.Pattern != nil {
		return v.Pattern.Match(name)
	}
	return name == v.Text
}

// notWild stands for a * or ? that is no wildcard.
const notWild = -1

// wildSigns is where each * and ? of a value's key stood in the value, notWild
// for the full-width ones and the * of a keycap emoji.
func wildSigns(s string) []int {
	var signs []int
	for i, r := range s {
		if r == '*' || r == '?' {
			at := notWild
			if wildcardAt(s, i) {
				at = i
			}
			signs = append(signs, at)
			continue
		}
		if r < utf8.RuneSelf {
			continue
		}
		for _, c := range text.NFKC(string(r)) {
			if c == '*' || c == '?' {
				signs = append(signs, notWild)
			}
		}
	}
	return signs
}

// checkSigns finds the first wrong wildcard of a value with this key.
func checkSigns(key string, signs []int) (wrong Code, at int) {
	var w wildcards
	for i, r := range key {
		if r != '*' && r != '?' {
			w.character(text.IsMark(r))
			continue
		}
		at, signs = signs[0], signs[1:]
		if at == notWild {
			w.character(false)
			continue
		}
		if i == 0 {
			return LeadingWildcard, at
		}
		if wrong = w.wildcard(key[i]); wrong != "" {
			return wrong, at
		}
	}
	return "", 0
}

// wildcardAt says that byte i is a wildcard.
func wildcardAt(s string, i int) bool {
	switch s[i] {
	case '?':
		return true
	case '*':
		return !strings.HasPrefix(s[i+1:], "\u20E3") && !strings.HasPrefix(s[i+1:], "\uFE0F\u20E3")
	}
	return false
}

// String is the value, bare where that can be read back.
func (v StringValue) String() string {
	if v.Pattern == nil {
		return v.bare(literal(v.Text))
	}
	var b strings.Builder
	for _, piece := range v.Pattern {
		if piece.Kind == Literal {
			b.WriteString(literal(piece.Literal))
		} else {
			b.WriteString(Pattern{piece}.String())
		}
	}
	return v.bare(noKeycapStar(b.String()))
}

// noKeycapStar keeps a wildcard from being read back as the * of a keycap.
func noKeycapStar(s string) string { return strings.ReplaceAll(s, "*\u20E3", "*\u200D\u20E3") }

func (v StringValue) bare(s string) string { return bareOr(s, "_.@*?-") }

// literal writes a * or ? that is no wildcard so that it is read back as none.
func literal(s string) string { return strings.NewReplacer("*", "＊", "?", "？").Replace(s) }

func (v StringValue) words(*phrasebook) string { return v.String() }

func (v StringValue) cost() int {
	if v.Pattern != nil {
		return 20
	}
	return 1
}
