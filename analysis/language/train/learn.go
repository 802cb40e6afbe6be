package main

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"

	"hearth/analysis/language/ngram"
)

// plan is what is trained for one script.
type plan struct {
	langs []string
	rows  int // n-grams to keep
}

var plans = [len(ngram.Shared)]plan{
	{rows: 30000, langs: []string{
		"en", "es", "pt", "fr", "de", "it", "fi", // core
		"id", "tr", "nl", "pl", "sv", "vi", "da", "nb", "ro", "cs", "hu", "tl", "ms", "ca", "hr",
		"sk", "sl", "et", "lv", "lt", "sq", "sw", "af", "az", "is", "eu", "ga", "cy", "nn",
		"eo", "la", "lg", "mi", "sn", "so", "st", "tn", "ts", "xh", "yo", "zu"}},
	{rows: 12000, langs: []string{"ru", "uk", "bg", "sr", "be", "mk", "kk", "mn"}},
	{rows: 8000, langs: []string{"ar", "fa", "ur"}},
	{rows: 4000, langs: []string{"hi", "mr"}},
	{rows: 8000, langs: []string{"zh", "ja"}},
}

// handicap is taken from a language's score, in natural log odds: how much
// rarer its posts are on public networks than those of the core languages.
func handicap(lang string) float64 {
	switch lang {
	case "en":
		return -0.4
	case "es", "pt", "fr", "de", "it", "fi", "ru", "ar", "zh", "ja", "hi":
		return 0
	case "nl", "id", "tr", "pl", "sv":
		return 0.4
	case "vi", "da", "nb", "ro", "cs", "hu", "tl", "uk", "bg", "sr", "fa", "ur":
		return 0.7
	case "eo", "la", "lg", "mi", "sn", "so", "st", "tn", "ts", "xh", "yo", "zu":
		return 3
	}
	return 1.5
}

const (
	windows   = 5000 // of each language in an epoch
	wide      = 6    // epochs over all n-grams
	narrow    = 4    // epochs over the kept ones
	rate      = 0.25
	decay     = 1e-6 // L2
	marginOdd = 0.2  // natural log odds of the first language over the second to be sure
	enoughOdd = 8.0
)

// train fits a softmax regression on the n-grams of random stretches of the
// texts, mostly short ones, keeps the n-grams that say most, fits again, and
// rounds to bytes.
func train(g *group, p plan, seed uint64) ngram.Table {
	random := rand.New(rand.NewPCG(seed, uint64(len(p.langs))))
	counts := count(g)
	l := newLearner(len(p.langs), len(g.grams))
	for i := range l.off {
		l.off[i] = counts[i] < 2
	}
	byLang := make([][]sample, len(p.langs))
	for _, t := range g.texts {
		byLang[t.lang] = append(byLang[t.lang], t)
	}
	l.fit(byLang, wide, random)
	l.keep(p.rows, counts)
	l.fit(byLang, narrow, random)
	return l.table(g, p)
}

// count is in how many texts each n-gram occurs.
func count(g *group) []int32 {
	counts := make([]int32, len(g.grams))
	last := make([]int32, len(g.grams))
	for i, t := range g.texts {
		for _, word := range t.words {
			for _, gram := range word {
				if last[gram] != int32(i+1) {
					last[gram] = int32(i + 1)
					counts[gram]++
				}
			}
		}
	}
	return counts
}

type learner struct {
	n       int // languages
	weights []float32
	squares []float32 // AdaGrad's sum of squared gradients, one a row
	off     []bool    // n-grams that are not used
}

func newLearner(n, rows int) *learner {
	return &learner{n: n, weights: make([]float32, n*rows), squares: make([]float32, rows), off: make([]bool, rows)}
}

func (l *learner) fit(byLang [][]sample, epochs int, random *rand.Rand) {
	order := make([]int, 0, l.n*windows)
	for lang := range byLang {
		if len(byLang[lang]) > 0 {
			for range windows {
				order = append(order, lang)
			}
		}
	}
	scores := make([]float64, l.n)
	var grams []int32
	for range epochs {
		random.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		for _, lang := range order {
			t := byLang[lang][random.IntN(len(byLang[lang]))]
			grams = grams[:0]
			for _, word := range stretch(t.words, random) {
				for _, gram := range word {
					if !l.off[gram] {
						grams = append(grams, gram)
					}
				}
			}
			if len(grams) > 0 {
				l.step(grams, lang, scores)
			}
		}
	}
}

// stretch is a run of words of random place and length, mostly a short one.
func stretch(words [][]int32, random *rand.Rand) [][]int32 {
	n := [...]int{1, 2, 2, 3, 3, 4, 5, 6, 8, 12, 20}[random.IntN(11)]
	if n >= len(words) {
		return words
	}
	at := random.IntN(len(words) - n + 1)
	return words[at : at+n]
}

// step is one step of stochastic gradient descent on the log loss.
func (l *learner) step(grams []int32, lang int, scores []float64) {
	clear(scores)
	for _, gram := range grams {
		row := l.weights[int(gram)*l.n:][:l.n]
		for i, w := range row {
			scores[i] += float64(w)
		}
	}
	top := slices.Max(scores)
	sum := 0.0
	for i := range scores {
		scores[i] = math.Exp(scores[i] - top)
		sum += scores[i]
	}
	norm := 0.0
	for i := range scores {
		scores[i] /= sum
		if i == lang {
			scores[i]--
		}
		norm += scores[i] * scores[i]
	}
	if norm < 1e-6 {
		return
	}
	for _, gram := range grams {
		l.squares[gram] += float32(norm)
		step := float32(rate / math.Sqrt(float64(l.squares[gram])+1))
		row := l.weights[int(gram)*l.n:][:l.n]
		for i := range row {
			row[i] -= step * (float32(scores[i]) + decay*row[i])
		}
	}
}

// keep switches all n-grams off but the rows that move scores most: those with
// much weight that are seen often.
func (l *learner) keep(rows int, counts []int32) {
	type worth struct {
		gram  int32
		value float64
	}
	var list []worth
	for gram := range l.off {
		if l.off[gram] {
			continue
		}
		mean, sum := 0.0, 0.0
		row := l.weights[gram*l.n:][:l.n]
		for _, w := range row {
			mean += float64(w)
		}
		mean /= float64(l.n)
		for _, w := range row {
			sum += (float64(w) - mean) * (float64(w) - mean)
		}
		list = append(list, worth{int32(gram), sum * math.Sqrt(float64(counts[gram]))})
	}
	slices.SortFunc(list, func(a, b worth) int {
		return cmp.Or(cmp.Compare(b.value, a.value), cmp.Compare(a.gram, b.gram))
	})
	for _, w := range list[min(rows, len(list)):] {
		l.off[w.gram] = true
	}
}

// table rounds the rows to bytes and lays them into buckets, the weightiest
// first; one that finds its bucket full is dropped.
func (l *learner) table(g *group, p plan) ngram.Table {
	var kept []int
	for gram, off := range l.off {
		if !off {
			kept = append(kept, gram)
		}
	}
	peak := l.centre(kept)
	unit := 127 / peak
	t := ngram.Table{
		Langs:   p.langs,
		Lanes:   (len(p.langs) + 7) &^ 7,
		Buckets: uint64(len(kept)*10/9/ngram.Slots + 1),
		Margin:  int32(marginOdd * unit),
		Enough:  int32(enoughOdd * unit),
	}
	for _, lang := range p.langs {
		t.Priors = append(t.Priors, int32(-handicap(lang)*unit))
	}
	t.Marks = make([]byte, t.Buckets*ngram.Slots*2)
	t.Rows = make([]byte, int(t.Buckets)*ngram.Slots*t.Lanes)
	slices.SortStableFunc(kept, func(a, b int) int { return cmp.Compare(l.size(b), l.size(a)) })
	for _, gram := range kept {
		bucket, mark := t.Place(g.grams[gram])
		for slot := bucket * ngram.Slots; slot < (bucket+1)*ngram.Slots; slot++ {
			if t.Marks[slot*2] != 0 || t.Marks[slot*2+1] != 0 {
				continue
			}
			t.Marks[slot*2], t.Marks[slot*2+1] = byte(mark), byte(mark>>8)
			row := t.Rows[int(slot)*t.Lanes:][:t.Lanes]
			for i, w := range l.weights[gram*l.n:][:l.n] {
				row[i] = byte(128 + int(math.Round(max(-127, min(127, float64(w)*unit)))))
			}
			break
		}
	}
	return t
}

// centre moves each row to the middle of its range, which changes no order of
// scores, and returns the size that all but one row in a thousand keep below.
func (l *learner) centre(kept []int) float64 {
	var sizes []float64
	for _, gram := range kept {
		row := l.weights[gram*l.n:][:l.n]
		middle := (slices.Max(row) + slices.Min(row)) / 2
		for i := range row {
			row[i] -= middle
		}
		sizes = append(sizes, l.size(gram))
	}
	slices.Sort(sizes)
	return max(sizes[len(sizes)*999/1000], 1e-6)
}

func (l *learner) size(gram int) float64 {
	row := l.weights[gram*l.n:][:l.n]
	return float64(max(slices.Max(row), -slices.Min(row)))
}
