package query

import (
	"slices"
	"strings"
)

func readBool(s string) (Value, bool) {
	switch lowerASCII(s) {
	case "true":
		return BoolValue(true), true
	case "false":
		return BoolValue(false), true
	}
	return nil, false
}

func readWord(f *field, s string) (Value, bool) {
	word := lowerASCII(s)
	if f.name == FieldIs && word == "retweet" {
		word = "repost"
	}
	return WordValue(word), slices.Contains(f.words, word)
}

// readLanguage reads 2–3 letters, then subtags of 2–8 letters or digits.
func readLanguage(s string) (Value, bool) {
	tag := language(s)
	for i, sub := range strings.Split(tag, "-") {
		if i == 0 && (len(sub) < 2 || len(sub) > 3 || strings.Trim(sub, lowerLetters) != "") {
			return nil, false
		}
		if len(sub) < 2 || len(sub) > 8 || strings.Trim(sub, lowerLetters+"0123456789") != "" {
			return nil, false
		}
	}
	return LanguageValue(tag), true
}

const lowerLetters = "abcdefghijklmnopqrstuvwxyz"

// language is the compared form of a language tag.
func language(s string) string { return strings.ReplaceAll(lowerASCII(s), "_", "-") }

func readCountry(s string) (Value, bool) {
	code := lowerASCII(s)
	return WordValue(code), len(code) == 2 && strings.Trim(code, lowerLetters) == ""
}

// Holds says that a post's language is this one or extends it.
func (v LanguageValue) Holds(lang string) bool {
	rest, ok := strings.CutPrefix(language(lang), string(v))
	return ok && (rest == "" || rest[0] == '-')
}

// Holds says that a post's word is this one.
func (v WordValue) Holds(word string) bool { return lowerASCII(word) == string(v) }

func (v BoolValue) String() string {
	if v {
		return "true"
	}
	return "false"
}
func (v BoolValue) words(*phrasebook) string { return v.String() }
func (v BoolValue) cost() int                { return 1 }

func (v WordValue) String() string           { return string(v) }
func (v WordValue) words(*phrasebook) string { return string(v) }
func (v WordValue) cost() int                { return 1 }

func (v LanguageValue) String() string           { return string(v) }
func (v LanguageValue) words(*phrasebook) string { return string(v) }
func (v LanguageValue) cost() int                { return 1 }
