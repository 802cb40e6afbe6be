package main

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"hearth/analysis/corpus"
)

// The classes of the head, in its order.
const (
	negative = iota
	neutral
	positive
	classes
)

// row is a text to learn from or to measure with.
type row struct {
	set   string // where it comes from
	lang  string
	text  string
	wants [classes]float32
	test  bool
	plain bool // a plain statement, beside the posts: evens out and calibrates nothing
}

// source is one data set. README.md of its folder states its licence; none of
// these forbids a trained model. Left out for their licence: airline-2015,
// suggestions-forum-en (both CC BY-NC-SA).
type source struct {
	file   string
	lang   string
	labels map[string]int // others are skipped
	test   func(corpus.Row) bool
	keep   func(corpus.Row) bool
	weight float32 // of a row against one of a hand-labelled post
	most   int
	plain  bool   // see row
	spared string // a label that is learnt from, and not measured with
}

var three = map[string]int{"negative": negative, "neutral": neutral, "positive": positive}

// tenth holds a tenth of a set back, by text.
func tenth(r corpus.Row) bool { return corpus.Bucket(r.Text, 10) == 0 }

func split(names ...string) func(corpus.Row) bool {
	return func(r corpus.Row) bool { return slices.Contains(names, r.Split) }
}

var sources = []source{
	{file: "sentiment-en/semeval2017-test.jsonl.gz", labels: three, test: split("2017test")},
	{file: "sentiment-en/semeval2013-2016.jsonl.gz", labels: three, weight: 1},
	{file: "sentiment-multi/xlmt.jsonl.gz", labels: three, test: split("test"), weight: 1},
	{file: "sentiment-multi/nusax.jsonl.gz", labels: three, test: split("valid"), weight: 1},
	{file: "sentiment-de/sb10k-rest.jsonl.gz", labels: three, weight: 1},
	// "speech" is greeting, thanking and congratulating.
	{file: "sentiment-ru/rusentitweet-train.jsonl.gz", labels: map[string]int{"negative": negative, "neutral": neutral, "positive": positive, "speech": positive}, spared: "speech", test: tenth, weight: 1},
	{file: "sentiment-th/wisesight-train.jsonl.gz", labels: map[string]int{"negative": negative, "neutral": neutral, "positive": positive, "question": neutral}, test: tenth, weight: 1},
	{file: "sentiment-zh/bdci-car.jsonl.gz", labels: three, test: tenth, weight: 1},
	{file: "sentiment-zh/weibo-emotion.jsonl.gz", labels: map[string]int{"fear": negative, "disgust": negative, "sadness": negative, "anger": negative, "optimism": positive, "gratitude": positive}, test: tenth, weight: 0.7},
	{file: "sentiment-zh/online-shopping.jsonl.gz", labels: three, test: tenth, weight: 0.3, most: 20000},
	{file: "sentiment-zh/waimai-delivery.jsonl.gz", labels: three, test: tenth, weight: 0.5},
	{file: "sentiment-zh/hotel.jsonl.gz", labels: three, test: tenth, weight: 0.5},
	{file: "sentiment-fi/opensubtitles-binary.jsonl.gz", labels: three, test: split("test"), weight: 0.7},
	// News, for the languages whose labelled sets have no or hardly any neutral.
	{file: "lid/lingua-sentences.jsonl.gz", labels: map[string]int{"": neutral}, weight: 1,
		keep: func(r corpus.Row) bool { return r.Lang == "fi" || r.Lang == "zh" }},
	{file: "lid/lingua-sentences.jsonl.gz", labels: map[string]int{"": neutral}, weight: 0.2, plain: true,
		keep: func(r corpus.Row) bool { return slices.Contains([]string{"de", "en", "es", "fr", "it", "pt"}, r.Lang) }},
	{file: "brand/crowdflower-sxsw-2011.jsonl.gz", labels: three, weight: 0.5},
}

// choosing is how rows are parted to choose among ways to train: those to measure
// with are left out, and these are measured with instead of being learnt from.
func choosing(s *source, r corpus.Row) bool {
	if strings.HasSuffix(s.file, "/nusax.jsonl.gz") {
		return false // the same texts in twelve languages
	}
	return corpus.Bucket(r.Text, 10) == 2 || strings.HasSuffix(s.file, "/xlmt.jsonl.gz") && r.Split == "val"
}

// read is all rows to learn from and to measure with. A text to measure with is
// never one to learn from, whatever set it comes from. To choose, those to
// measure with stay unseen.
func read(choose bool) (train, test []row, err error) {
	tested := map[string]bool{}
	for _, s := range sources {
		all, err := corpus.Read(s.file)
		if err != nil {
			return nil, nil, err
		}
		taken := 0
		for _, r := range corpus.Distinct(all) {
			label, ok := s.labels[r.Label]
			if !ok || s.keep != nil && !s.keep(r) {
				continue
			}
			out := row{set: s.file, lang: cmp.Or(r.Lang, s.lang, "en"), text: r.Text, test: s.test != nil && s.test(r), plain: s.plain}
			chosen := choose && !out.test && choosing(&s, r)
			if out.test || chosen {
				tested[key(r.Text)] = true
				if chosen == choose && r.Label != s.spared {
					out.test, out.wants[label] = true, 1
					test = append(test, out)
				}
				continue
			}
			if s.most > 0 && taken >= s.most {
				continue
			}
			taken++
			out.wants[label] = s.weight
			train = append(train, out)
		}
	}
	emoji, err := emojiRows()
	if err != nil {
		return nil, nil, err
	}
	train = append(train, emoji...)
	train = slices.DeleteFunc(train, func(r row) bool { return tested[key(r.text)] })
	return train, test, nil
}

// writeLessons writes all rows in a language for others to learn and to be
// measured with.
func writeLessons(path string) error {
	train, test, err := read(false)
	if err != nil {
		return err
	}
	var lessons []corpus.Lesson
	for _, r := range append(train, test...) {
		if class, _ := r.class(); r.lang != "" {
			lessons = append(lessons, corpus.Lesson{Set: r.set, Lang: r.lang, Text: r.text, Task: "sentiment", Want: labels[class], Fold: -1, Test: r.test})
		}
	}
	return corpus.WriteLessons(path, lessons)
}

var labels = [classes]string{"negative", "neutral", "positive"}

func key(s string) string { return strings.Join(strings.Fields(strings.ToLower(s)), " ") }

// weigh evens out the rows to learn from: within a language the three classes
// weigh the same, and no language weighs more than a quarter of all.
func weigh(rows []row) []float32 {
	type cell struct {
		lang  string
		class int
	}
	sums := map[cell]float64{}
	langs := map[string]float64{}
	for i := range rows {
		if rows[i].plain {
			continue
		}
		class, w := rows[i].class()
		sums[cell{rows[i].lang, class}] += w
		langs[rows[i].lang] += w
	}
	total := 0.0
	for _, lang := range slices.Sorted(maps.Keys(langs)) {
		total += langs[lang]
	}
	factor := map[string]float64{}
	for lang, w := range langs {
		// Small languages count for more than their share, so that large ones
		// do not decide the weights of what all share.
		factor[lang] = min(1, maxShare*total/w) * min(3, max(1, 6000/w))
	}
	weights := make([]float32, len(rows))
	for i := range rows {
		class, w := rows[i].class()
		if rows[i].lang == "" || rows[i].plain {
			weights[i] = float32(w) // the shares are the data
			continue
		}
		present := 0
		for k := range classes {
			if sums[cell{rows[i].lang, k}] > 0 {
				present++
			}
		}
		balance := langs[rows[i].lang] / float64(present) / sums[cell{rows[i].lang, class}]
		weights[i] = float32(w * factor[rows[i].lang] * min(balance, 4))
	}
	return weights
}

const maxShare = 0.25

// class is the class that is wanted most and the row's weight.
func (r *row) class() (int, float64) {
	best, weight := 0, float32(0)
	for k := range r.wants {
		weight += r.wants[k]
		if r.wants[k] > r.wants[best] {
			best = k
		}
	}
	return best, float64(weight)
}
