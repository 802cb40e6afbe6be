package language

import "hearth/analysis/language/ngram"

// A memo has room for memoSets × memoWays words, a megabyte: two of three words of
// a stream in seven languages are found there.
const (
	memoBits = 12
	memoSets = 1 << memoBits
	memoWays = 2
)

// memo remembers what the words say that a reader read: a few thousand words are
// most of every stream. It changes no answer, only how soon it is there. A word
// is known by the hash of its spelling; the spellings of two scripts differ.
type memo struct {
	sets []memoSet // memoSets of them, made when first needed
	last int       // way that was given to a new word last
}

type memoSet [memoWays]struct {
	folded uint64
	part   ngram.Part
}

// find is where what a word says is kept, and whether it is there already. If it
// is not, whoever asks puts it there.
func (m *memo) find(folded uint64) (part *ngram.Part, known bool) {
	if m.sets == nil {
		m.sets = make([]memoSet, memoSets)
	}
	set := &m.sets[folded>>(64-memoBits)]
	for way := range set {
		if set[way].folded == folded {
			return &set[way].part, true
		}
	}
	m.last = (m.last + 1) % memoWays
	way := &set[m.last]
	way.folded = folded
	return &way.part, false
}
