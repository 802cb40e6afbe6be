package query

import (
	"unicode/utf8"

	"hearth/text"
)

// wordElement makes an element of a word, a Hangul run or a character.
func wordElement(class text.Class, spelling string, how manner, hasWild bool) Element {
	e := Element{Kind: Token, Class: class}
	e.Prefix = class == text.Hangul && how != exact
	e.spell(spelling, how, hasWild)
	if class == text.Character && how != exact {
		e.By = Folded
	}
	return e
}

// spell says which spelling is asked for. Without case and diacritics it is
// the plain one.
func (e *Element) spell(spelling string, how manner, hasWild bool) {
	if how == exact {
		e.By, e.Text = Exact, spelling
		return
	}
	e.By, e.Text = spellingOf(spelling)
	if hasWild {
		e.Pattern = readPattern(e.Text, nil)
		e.Text = e.Pattern.String()
	}
}

// spellingOf is the folded spelling, and Plain if that has no diacritics.
func spellingOf(s string) (Spelling, string) {
	if isASCII(s) {
		return Plain, lowerASCII(s)
	}
	folded := text.Fold(s)
	if text.Plain(folded) == folded {
		return Plain, folded
	}
	return Folded, folded
}

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// emojiElement makes an element of an emoji. Outside quotes and braces its
// skin tones are dropped after the first character (section 2.3).
func emojiElement(sequence string, how manner) Element {
	e := Element{Kind: Token, Class: text.Emoji, By: Exact, Text: sequence}
	if how != bare {
		return e
	}
	e.By = Folded
	toneless := make([]rune, 0, len(sequence))
	for i, r := range sequence {
		if i == 0 || r < 0x1F3FB || r > 0x1F3FF {
			toneless = append(toneless, r)
		}
	}
	e.Text = string(toneless)
	return e
}
