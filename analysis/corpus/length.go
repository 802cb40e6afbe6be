package corpus

import (
	"math/rand/v2"
	"strings"
	"unicode/utf8"
)

// Characters is how long a text is without what language identification does not
// read: addresses and mentions.
func Characters(s string) (n int) {
	for _, word := range strings.Fields(s) {
		if !strings.HasPrefix(word, "@") && !strings.Contains(word, "://") {
			n += utf8.RuneCountInString(word) + 1
		}
	}
	return max(n-1, 0)
}

// Stretch is a stretch of whole words of at most most characters from a random
// place; scripts without spaces are cut anywhere.
func Stretch(s string, most int, random *rand.Rand) string {
	runes := []rune(s)
	if len(runes) <= most {
		return s
	}
	from := random.IntN(len(runes) - most + 1)
	to := from + most
	spaced := strings.ContainsRune(s, ' ')
	for spaced && from > 0 && from < to && runes[from-1] != ' ' {
		from++
	}
	for spaced && to < len(runes) && to > from && runes[to] != ' ' {
		to--
	}
	if to == from {
		return string(runes[len(runes)-most:])
	}
	return string(runes[from:to])
}
