// Package ngram holds the inner parts of language identification that the
// analyzer and its trainer share: scripts, the cutting of words into hashed
// character n-grams, and the tables that score them.
package ngram

import (
	"unicode/utf8"

	"hearth/analysis/feature"
)

// MaxWord is how many characters of a word are read.
const MaxWord = 48

const (
	longest = 5 // characters of an n-gram, word edges counted
	edge    = 1 // stands for the beginning and end of a word
)

// Cut appends the hashes of a word's character n-grams and of the whole
// word. The spelling is folded UTF-8; n-grams are of characters, so that all
// scripts are cut alike. One character that is only an edge is none.
func Cut(into []uint64, folded []byte) []uint64 {
	var runes [MaxWord + 2]uint32
	runes[0] = edge
	n := 1
	for len(folded) > 0 && n <= MaxWord {
		r, size := rune(folded[0]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRune(folded)
		}
		folded = folded[size:]
		runes[n] = uint32(r)
		n++
	}
	runes[n] = edge
	n++
	for i := 0; i < n; i++ {
		h := uint64(0x9e3779b97f4a7c15)
		for j := i; j < n && j < i+longest; j++ {
			h = (h ^ uint64(runes[j])) * 0xff51afd7ed558ccd
			h ^= h >> 32
			if j == 0 || i == n-1 {
				continue
			}
			into = append(into, h)
		}
	}
	if n > longest {
		h := uint64(0xc2b2ae3d27d4eb4f)
		for j := 0; j < n; j++ {
			h = (h ^ uint64(runes[j])) * 0xff51afd7ed558ccd
			h ^= h >> 32
		}
		into = append(into, h)
	}
	return into
}

// CutHan appends the hashes of a Han character, given by the hash of its
// spelling, and of the pair it makes with the one it touches (0 for none).
func CutHan(into []uint64, before, folded uint64) []uint64 {
	into = append(into, feature.Mix(folded, 0))
	if before != 0 {
		into = append(into, feature.Mix(before, folded))
	}
	return into
}
