package main

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"hearth/analysis/feature"
)

//go:embed words.txt
var ownWords string

// readWords reads words.txt.
func readWords(list string) ([]feature.Entry, error) {
	var entries []feature.Entry
	for line := range strings.Lines(list) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		head, phrases, ok := strings.Cut(line, ": ")
		lang, valence, _ := strings.Cut(head, " ")
		value, err := strconv.ParseInt(valence, 10, 8)
		if !ok || err != nil {
			return nil, fmt.Errorf("words.txt: %q does not begin with a language and a value", line)
		}
		for _, phrase := range splitOutside(phrases) {
			for _, form := range forms(lang, phrase) {
				entries = append(entries, feature.Entry{Lang: lang, Phrase: form, Value: int8(value)})
			}
		}
	}
	return entries, nil
}

// splitOutside splits at the commas outside of braces.
func splitOutside(s string) (parts []string) {
	from, inside := 0, false
	for i, r := range s {
		switch {
		case r == '{':
			inside = true
		case r == '}':
			inside = false
		case r == ',' && !inside:
			parts = append(parts, strings.TrimSpace(s[from:i]))
			from = i + 1
		}
	}
	return append(parts, strings.TrimSpace(s[from:]))
}

// forms are what a phrase with one pair of braces stands for. Arabic words are
// also met with the article, and with "and" before them.
func forms(lang, phrase string) []string {
	before, rest, braced := strings.Cut(phrase, "{")
	endings, after, _ := strings.Cut(rest, "}")
	out := []string{phrase}
	if braced {
		out = out[:0]
		for ending := range strings.SplitSeq(endings, ",") {
			out = append(out, before+ending+after)
		}
	}
	if lang == "ar" && !strings.Contains(phrase, " ") && utf8.RuneCountInString(phrase) > 2 {
		out = append(out, "ال"+phrase, "و"+phrase, "وال"+phrase)
	}
	return out
}
