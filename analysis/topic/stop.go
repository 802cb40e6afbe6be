package topic

import (
	_ "embed"
	"strings"
	"sync"

	"hearth/text"
)

// stopList is a language a line: its code, then words that no topic is made of,
// function words and those that stand in any post.
//
//go:embed stop.txt
var stopList string

// stops are words by the hash of their folded spelling; pairs of characters by the
// hashes of both.
type stops map[uint64]struct{}

// stopWords are the stop words by language; "" has those of all.
var stopWords = sync.OnceValue(func() map[string]stops {
	all := map[string]stops{"": {}}
	for line := range strings.Lines(stopList) {
		lang, words, _ := strings.Cut(strings.TrimSpace(line), " ")
		all[lang] = stops{}
		for word := range strings.FieldsSeq(words) {
			h := text.Hash(text.Fold(word))
			if runes := []rune(word); len(runes) == 2 && text.ClassOf(runes[0]) == text.Character {
				h = mix(text.Hash(string(runes[:1])), text.Hash(string(runes[1:])))
			}
			all[lang][h], all[""][h] = struct{}{}, struct{}{}
		}
	}
	return all
})

// stopsOf are the stop words of a language, or of all if it is not known.
func stopsOf(lang string) stops {
	primary, _, _ := strings.Cut(lang, "-")
	if s, ok := stopWords()[strings.ToLower(primary)]; ok {
		return s
	}
	return stopWords()[""]
}

// Common says whether a folded word of a language ("": not known) is one that no
// topic is made of: a function word, or one that stands in any post.
func Common(lang, folded string) bool {
	_, common := stopsOf(lang)[text.Hash(folded)]
	return common
}
