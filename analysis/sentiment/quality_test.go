package sentiment_test

import (
	"errors"
	"math"
	"slices"
	"testing"

	"hearth"
	"hearth/analysis"
	"hearth/analysis/analysistest"
	"hearth/analysis/corpus"
	"hearth/analysis/sentiment"
	"hearth/text"
)

func read(t *testing.T, name string) []corpus.Row {
	t.Helper()
	rows, err := corpus.Read(name)
	if errors.Is(err, corpus.ErrAbsent) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

var classes = []string{"negative", "neutral", "positive"}

// result is answers against labels. An answer left out counts as wrong.
type result struct {
	wanted, got, right map[string]int
	none, n            int
}

func judge(rows []corpus.Row) *result {
	a := sentiment.Analyzer()
	r := &result{wanted: map[string]int{}, got: map[string]int{}, right: map[string]int{}}
	var doc text.Doc
	for _, row := range rows {
		if !slices.Contains(classes, row.Label) {
			continue
		}
		post := &hearth.Post{Lang: row.Lang, Text: row.Text}
		analysistest.Read(&doc, post)
		a.Run([]analysis.Item{{Post: post, Doc: &doc}})
		got := string(post.Sentiment)
		r.n++
		r.wanted[row.Label]++
		r.got[got]++
		if got == "" {
			r.none++
		}
		if got == row.Label {
			r.right[got]++
		}
	}
	return r
}

func (r *result) accuracy() float64 {
	right := 0
	for _, n := range r.right {
		right += n
	}
	return float64(right) / float64(r.n)
}

// recall is the macro-averaged recall, the official measure of SemEval-2017
// task 4A; f1 is the macro-averaged F1. Both are over the classes that occur.
func (r *result) recall() float64 {
	sum := 0.0
	for class, n := range r.wanted {
		sum += float64(r.right[class]) / float64(n)
	}
	return sum / float64(len(r.wanted))
}

func (r *result) f1() float64 {
	sum := 0.0
	for class, n := range r.wanted {
		sum += 2 * float64(r.right[class]) / float64(n+r.got[class])
	}
	return sum / float64(len(r.wanted))
}

func (r *result) log(t *testing.T, name string) {
	t.Helper()
	t.Logf("%-24s accuracy %.3f, recall %.3f, F1 %.3f, without an answer %.3f of %d",
		name, r.accuracy(), r.recall(), r.f1(), float64(r.none)/float64(r.n), r.n)
}

func only(rows []corpus.Row, keep func(corpus.Row) bool) []corpus.Row {
	return slices.DeleteFunc(rows, func(r corpus.Row) bool { return !keep(r) })
}

// tenth is the part of a set that the trainer leaves out.
func tenth(r corpus.Row) bool { return corpus.Bucket(r.Text, 10) == 0 }

func TestSemEval2017(t *testing.T) {
	t.Parallel()
	r := judge(read(t, "sentiment-en/semeval2017-test.jsonl.gz"))
	r.log(t, "SemEval-2017 4A")
	if r.recall() < .64 {
		t.Errorf("average recall %.4f, want at least .64", r.recall())
	}
}

func TestXLMT(t *testing.T) {
	t.Parallel()
	rows := only(read(t, "sentiment-multi/xlmt.jsonl.gz"), func(r corpus.Row) bool { return r.Split == "test" })
	mean := 0.0
	langs := []string{"ar", "de", "en", "es", "fr", "hi", "it", "pt"}
	for _, lang := range langs {
		r := judge(only(slices.Clone(rows), func(r corpus.Row) bool { return r.Lang == lang }))
		r.log(t, "XLM-T "+lang)
		mean += r.f1() / float64(len(langs))
	}
	t.Logf("XLM-T mean macro-F1 %.4f", mean)
	if mean < .58 {
		t.Errorf("mean macro-F1 %.4f, want at least .58", mean)
	}
}

func TestOtherLanguages(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		rows []corpus.Row
		want float64 // macro-F1
	}{
		{"Wisesight (th)", only(read(t, "sentiment-th/wisesight-train.jsonl.gz"), tenth), .63},
		{"RuSentiTweet (ru)", only(read(t, "sentiment-ru/rusentitweet-train.jsonl.gz"), tenth), .68},
		{"NusaX (id)", only(read(t, "sentiment-multi/nusax.jsonl.gz"), func(r corpus.Row) bool { return r.Lang == "id" && r.Split == "valid" }), .74},
		{"hotel reviews (zh)", only(read(t, "sentiment-zh/hotel.jsonl.gz"), tenth), .80},
		{"food delivery (zh)", only(read(t, "sentiment-zh/waimai-delivery.jsonl.gz"), tenth), .80},
		{"subtitles (fi)", only(read(t, "sentiment-fi/opensubtitles-binary.jsonl.gz"), func(r corpus.Row) bool { return r.Split == "test" }), .70},
	} {
		r := judge(c.rows)
		r.log(t, c.name)
		if r.f1() < c.want {
			t.Errorf("%s: macro-F1 %.4f, want at least %.2f", c.name, r.f1(), c.want)
		}
	}
}

// TestAirlines measures with posts at brands whose licence keeps them out of
// training.
func TestAirlines(t *testing.T) {
	t.Parallel()
	rows := corpus.Distinct(read(t, "brand/airline-2015.jsonl.gz"))
	for i := range rows {
		rows[i].Lang = "en"
	}
	r := judge(rows)
	r.log(t, "airlines (en)")
	if r.recall() < .67 {
		t.Errorf("average recall %.4f, want at least .67", r.recall())
	}
}

// TestScoresMeanWhatTheySay takes the share of positive less that of negative
// posts among those with like scores, on a set with equal classes, and compares
// it with the scores: the mean difference is at most .05.
func TestScoresMeanWhatTheySay(t *testing.T) {
	t.Parallel()
	rows := only(read(t, "sentiment-multi/xlmt.jsonl.gz"), func(r corpus.Row) bool { return r.Split == "test" })
	a := sentiment.Analyzer()
	var (
		doc  text.Doc
		bins [10]struct{ n, score, label float64 }
		n    float64
	)
	for _, row := range rows {
		post := &hearth.Post{Lang: row.Lang, Text: row.Text}
		analysistest.Read(&doc, post)
		a.Run([]analysis.Item{{Post: post, Doc: &doc}})
		if !post.SentimentScore.Known {
			continue
		}
		bin := &bins[min(9, int((post.SentimentScore.V+1)*5))]
		bin.n++
		bin.score += post.SentimentScore.V
		bin.label += float64(slices.Index(classes, row.Label) - 1)
		n++
	}
	off := 0.0
	for i, bin := range bins {
		if bin.n > 0 {
			t.Logf("scores from %+.1f: %4.0f posts, mean score %+.3f, positive less negative %+.3f", float64(i)/5-1, bin.n, bin.score/bin.n, bin.label/bin.n)
			off += math.Abs(bin.score - bin.label)
		}
	}
	t.Logf("mean difference %.4f", off/n)
	if off/n > .05 {
		t.Errorf("scores are off by %.4f on average", off/n)
	}
}
