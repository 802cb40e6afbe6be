package language_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"hearth"
	"hearth/analysis"
	"hearth/analysis/corpus"
	"hearth/analysis/language"
	"hearth/text"
)

// core are the languages that the accuracy goals of design/analysis.md are for.
var core = []string{"en", "de", "fi", "zh", "ja", "ko", "th", "ru", "ar", "es", "fr", "pt", "it"}

// lengths are the classes of those goals: up to how many characters, and the
// share of right answers wanted.
var lengths = [...]length{
	{20, .85, "below 20"}, {40, .92, "20 to 39"}, {80, .97, "40 to 79"}, {1 << 30, .985, "80 and more"},
}

type length struct {
	below int
	want  float64
	name  string
}

type tally struct{ right, n, none [len(lengths)]int }

func (t *tally) add(text string, right, none bool) {
	n := corpus.Characters(text)
	class := slices.IndexFunc(lengths[:], func(l length) bool { return n < l.below })
	t.n[class]++
	if right {
		t.right[class]++
	}
	if none {
		t.none[class]++
	}
}

func detectAll(rows []corpus.Row) []string {
	a := language.Analyzer()
	var doc text.Doc
	out := make([]string, len(rows))
	for i, row := range rows {
		post := &hearth.Post{Text: row.Text}
		doc.Reset()
		doc.Add(text.Text, row.Text)
		a.Run([]analysis.Item{{Post: post, Doc: &doc}})
		out[i] = post.Lang
	}
	return out
}

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

func measure(t *testing.T, rows []corpus.Row) (all tally) {
	t.Helper()
	by := map[string]*tally{}
	wrong := map[string]int{}
	for i, got := range detectAll(rows) {
		row := rows[i]
		if by[row.Lang] == nil {
			by[row.Lang] = &tally{}
		}
		by[row.Lang].add(row.Text, got == row.Lang, got == "")
		all.add(row.Text, got == row.Lang, got == "")
		if got != row.Lang {
			wrong[row.Lang+" as "+got]++
		}
	}
	langs := make([]string, 0, len(by))
	for lang := range by {
		langs = append(langs, lang)
	}
	slices.Sort(langs)
	for _, lang := range langs {
		t.Logf("%s %s", lang, by[lang])
	}
	t.Logf("all %s", &all)
	for k, n := range wrong {
		if n >= max(8, len(rows)/200) {
			t.Logf("%s: %d", k, n)
		}
	}
	return all
}

func (t *tally) String() string {
	var b strings.Builder
	for i, l := range lengths {
		if t.n[i] > 0 {
			b.WriteString("  " + l.name + ": " + share(t.right[i], t.n[i]))
		}
	}
	return b.String()
}

// TestAccuracyOnSentencesNotTrainedOn cuts the tenth of the Lingua sentences
// that the trainer left out to stretches of all lengths.
func TestAccuracyOnSentencesNotTrainedOn(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(7, 7))
	var rows []corpus.Row
	for _, row := range corpus.Distinct(read(t, "lid/lingua-sentences.jsonl.gz")) {
		if corpus.Bucket(row.Text, 10) != 0 || !slices.Contains(core, row.Lang) {
			continue
		}
		for _, most := range []int{19, 39, 79, 1000} {
			rows = append(rows, corpus.Row{Lang: row.Lang, Text: corpus.Stretch(row.Text, most, random)})
		}
	}
	goals(t, measure(t, rows))
}

// TestAccuracyOnTweets measures with the test part of XLM-T, as its authors
// wrote them: hashtags, names, foreign words and all.
func TestAccuracyOnTweets(t *testing.T) {
	t.Parallel()
	rows := slices.DeleteFunc(read(t, "sentiment-multi/xlmt.jsonl.gz"), func(r corpus.Row) bool {
		return r.Split != "test" || r.Lang == "hi"
	})
	measure(t, rows)
}

func TestAccuracyOnLIGA(t *testing.T) {
	t.Parallel()
	rows := read(t, "lid/liga-tweets.jsonl.gz")
	all := measure(t, rows)
	right := 0
	for _, n := range all.right {
		right += n
	}
	if got := float64(right) / float64(len(rows)); got < .985 {
		t.Errorf("LIGA: %.4f of the tweets right, want .985", got)
	}
}

func goals(t *testing.T, all tally) {
	t.Helper()
	for i, l := range lengths {
		if got := float64(all.right[i]) / float64(all.n[i]); got < l.want {
			t.Errorf("%s characters: %.4f right, want %.3f", l.name, got, l.want)
		}
	}
}

func share(n, of int) string { return fmt.Sprintf("%.3f of %d", float64(n)/float64(of), of) }
