package topic

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"hearth/text"
)

// Phrase is a candidate for what a post is about.
type Phrase struct {
	Key   string  // as it is compared: folded, one space between words
	Text  string  // as it is written
	Words int     // or characters
	Run   bool    // of characters, written without spaces
	Score float64 // after YAKE: the lower, the better. Of a run the negative of its length
}

const (
	mostPhraseWords = 3
	mostRun         = 4  // characters
	mostPhrases     = 48 // of one post, the best
	mostPhraseBytes = 80
)

// yake is the statistics of the words of one post.
type yake struct {
	words map[uint64]*wordFacts
}

type wordFacts struct {
	count, upper, acronym int
	left, right           map[uint64]struct{}
	sentences             []int
	score                 float64
}

// Phrases gives the keyphrases of the post that was read last, the best first, at
// most 48, each once.
//
// Words are scored after Campos et al., "YAKE! Keyword extraction from single
// documents using multiple local features" (2020): casing, position, frequency,
// relatedness to context and spread over sentences. Runs of characters have no
// such features; which of them are words shows only in many posts (Corpus).
func (r *Reader) Phrases() []Phrase {
	r.score()
	found := map[string]*Phrase{}
	counts := map[string]int{}
	r.eachCandidate(func(units []unit) {
		p := r.phrase(units)
		if p.Key == "" {
			return
		}
		counts[p.Key]++
		if found[p.Key] == nil {
			found[p.Key] = &p
		}
	})
	list := make([]Phrase, 0, len(found))
	for key, p := range found {
		if !p.Run {
			p.Score /= float64(counts[key])
		}
		list = append(list, *p)
	}
	slices.SortFunc(list, func(a, b Phrase) int { return cmp.Or(cmp.Compare(a.Score, b.Score), cmp.Compare(a.Key, b.Key)) })
	return list[:min(len(list), mostPhrases)]
}

// eachCandidate hands out every stretch of up to three words, or of two to four
// characters, without a stop word or a mark in between.
func (r *Reader) eachCandidate(do func([]unit)) {
	for i := range r.units {
		first := &r.units[i]
		if first.stop {
			continue
		}
		most := mostPhraseWords
		if first.character {
			most = mostRun
		}
		for n := 1; n <= most && i+n <= len(r.units); n++ {
			if n > 1 && !r.joined(i+n-1) {
				break
			}
			if n > 1 || !first.character {
				do(r.units[i : i+n])
			}
		}
	}
}

// joined says that a unit goes on with a phrase that the unit before is in.
func (r *Reader) joined(i int) bool {
	a, b := &r.units[i-1], &r.units[i]
	if b.stop || a.stream != b.stream || a.sentence != b.sentence || a.character != b.character || b.start < a.end {
		return false
	}
	if a.character {
		return b.touches
	}
	between := r.doc.Streams[a.stream].Source[a.end:b.start]
	return between == " " || between == "-"
}

// phrase is a candidate with its score.
func (r *Reader) phrase(units []unit) Phrase {
	last := &units[len(units)-1]
	source := r.doc.Streams[units[0].stream].Source[units[0].start:last.end]
	if len(source) > mostPhraseBytes || !utf8.ValidString(source) {
		return Phrase{}
	}
	p := Phrase{Text: source, Words: len(units), Run: units[0].character}
	if p.Run {
		p.Key, p.Score = text.Fold(source), -float64(len(units))
		return p
	}
	p.Key = strings.ReplaceAll(text.Fold(source), "-", " ")
	product, sum := 1.0, 0.0
	for i := range units {
		s := r.yake.words[units[i].folded].score
		product, sum = product*s, sum+s
	}
	p.Score = product / (1 + sum)
	return p
}

// score takes the statistics of all words.
func (r *Reader) score() {
	r.yake.words = map[uint64]*wordFacts{}
	most, sentences := 0, 1
	var before *unit
	place := -1
	for i := range r.units {
		u := &r.units[i]
		fresh := before == nil || before.stream != u.stream || before.sentence != u.sentence
		if fresh {
			place++
		}
		sentences = place + 1
		w := r.yake.words[u.folded]
		if w == nil {
			w = &wordFacts{left: map[uint64]struct{}{}, right: map[uint64]struct{}{}}
			r.yake.words[u.folded] = w
		}
		w.count++
		most = max(most, w.count)
		if len(w.sentences) == 0 || w.sentences[len(w.sentences)-1] != place {
			w.sentences = append(w.sentences, place)
		}
		written := r.doc.Streams[u.stream].Source[u.start:u.end]
		letter, size := utf8.DecodeRuneInString(written)
		switch {
		case len(written) > size && strings.ToUpper(written) == written && unicode.IsUpper(letter):
			w.acronym++
		case unicode.IsUpper(letter) && !fresh:
			w.upper++
		}
		if !fresh {
			w.left[before.folded] = struct{}{}
			r.yake.words[before.folded].right[u.folded] = struct{}{}
		}
		before = u
	}
	mean, deviation := r.yake.spread()
	for _, w := range r.yake.words {
		n := float64(w.count)
		casing := float64(max(w.upper, w.acronym)) / (1 + math.Log(n))
		position := math.Log(math.Log(3 + float64(w.sentences[len(w.sentences)/2])))
		frequency := n / (mean + deviation)
		related := 1 + (float64(len(w.left))/n+float64(len(w.right))/n)*n/float64(most)
		spread := float64(len(w.sentences)) / float64(sentences)
		w.score = related * max(position, 0.05) / (casing + frequency/related + spread/related)
	}
}

// spread is the mean and the standard deviation of the frequency of words.
func (y *yake) spread() (mean, deviation float64) {
	if len(y.words) == 0 {
		return 1, 0
	}
	sum, squares := 0, 0
	for _, w := range y.words {
		sum += w.count
		squares += w.count * w.count
	}
	n := float64(len(y.words))
	mean = float64(sum) / n
	return mean, math.Sqrt(max(0, float64(squares)/n-mean*mean))
}
