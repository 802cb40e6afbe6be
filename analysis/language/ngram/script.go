package ngram

import "hearth/text"

// Shared lists the scripts that several languages are written in: each has a
// table, at its place in this list. Any other script decides alone.
var Shared = [...]text.Script{text.Latin, text.Cyrillic, text.Arabic, text.Devanagari, text.Han}

// TableOf is the place of a script's table in Shared, or -1.
func TableOf(s text.Script) int {
	for i, shared := range Shared {
		if s == shared {
			return i
		}
	}
	return -1
}

// OnlyLanguage is the language of a script that one language writes on public
// networks, or "".
func OnlyLanguage(s text.Script) string { return onlyLanguage[s] }

var onlyLanguage = [text.Korean + 1]string{
	text.Greek: "el", text.Armenian: "hy", text.Hebrew: "he", text.Bengali: "bn", text.Gurmukhi: "pa",
	text.Gujarati: "gu", text.Oriya: "or", text.Tamil: "ta", text.Telugu: "te", text.Kannada: "kn",
	text.Malayalam: "ml", text.Sinhala: "si", text.Thai: "th", text.Lao: "lo", text.Tibetan: "bo",
	text.Myanmar: "my", text.Georgian: "ka", text.Ethiopic: "am", text.Khmer: "km",
	text.Hiragana: "ja", text.Katakana: "ja", text.Korean: "ko", text.Bopomofo: "zh", text.Mongolian: "mn",
}

// Weight is how many letters of an alphabet one letter of the script is worth,
// doubled: a sentence takes about that many times fewer of them.
func Weight(s text.Script) int {
	switch s {
	case text.Han:
		return 5
	case text.Hiragana, text.Katakana, text.Korean:
		return 4
	}
	return 2
}
