package intent_test

import (
	"compress/gzip"
	"encoding/json"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"hearth"
	"hearth/analysis"
	"hearth/analysis/analysistest"
	"hearth/analysis/corpus"
	"hearth/analysis/intent"
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

// f1 measures one intent against yes and no answers.
type f1 struct{ right, got, wanted, all int }

func (f *f1) add(got, want bool) {
	f.all++
	if got {
		f.got++
	}
	if want {
		f.wanted++
	}
	if got && want {
		f.right++
	}
}

func (f *f1) log(t *testing.T, name string) (score float64) {
	t.Helper()
	score = 2 * float64(f.right) / float64(f.got+f.wanted)
	t.Logf("%s: F1 %.3f, precision %.3f, recall %.3f of %d", name, score,
		float64(f.right)/float64(f.got), float64(f.right)/float64(f.wanted), f.all)
	return score
}

func intentsOf(analyzers []analysis.Analyzer, doc *text.Doc, lang, s string) []hearth.Intent {
	post := &hearth.Post{Lang: lang, Text: s}
	analysistest.Read(doc, post)
	analysis.Run(analyzers, []analysis.Item{{Post: post, Doc: doc}})
	return post.Intent
}

func measure(t *testing.T, rows []corpus.Row, which hearth.Intent, yes string) f1 {
	t.Helper()
	analyzers := []analysis.Analyzer{sentiment.Analyzer(), intent.Analyzer()}
	var (
		doc text.Doc
		f   f1
	)
	for _, row := range rows {
		f.add(slices.Contains(intentsOf(analyzers, &doc, "en", row.Text), which), row.Label == yes)
	}
	return f
}

// TestSuggestionsInAForum measures with SemEval-2019 task 9, which the model may
// not be trained on; the best systems of the task, trained on it, had 0.78 of
// "evaluation". Of that, 87 texts suggest, so chance alone moves it by .05; in
// "train", every fourth text does, in "trial" every second.
func TestSuggestionsInAForum(t *testing.T) {
	t.Parallel()
	splits := map[string][]corpus.Row{}
	for _, row := range read(t, "intent/suggestions-forum-en.jsonl.gz") {
		splits[row.Split] = append(splits[row.Split], row)
	}
	for split, want := range map[string]float64{"train": .69, "trial": .73, "evaluation": .58} {
		f := measure(t, splits[split], hearth.Suggestion, "suggestion")
		if got := f.log(t, "suggestions, forum, "+split); got < want {
			t.Errorf("suggestions, %s: F1 %.3f, want at least %.2f", split, got, want)
		}
	}
}

// TestFewPostsOfAStreamAreSuggestions counts what is found in posts about anything
// that the trainer left out, as it takes the first 4,000 of each label. The set
// does not say which of them are suggestions; few are.
func TestFewPostsOfAStreamAreSuggestions(t *testing.T) {
	t.Parallel()
	taken := map[string]int{}
	var rows []corpus.Row
	for _, r := range corpus.Distinct(read(t, "sentiment-en/semeval2013-2016.jsonl.gz")) {
		if taken[r.Label]++; taken[r.Label] > 4000 && r.Label != "negative" {
			rows = append(rows, r)
		}
	}
	f := measure(t, rows, hearth.Suggestion, "suggestion")
	t.Logf("%d of %d posts found to suggest", f.got, f.all)
	if f.all < 4000 || float64(f.got) > 0.006*float64(f.all) {
		t.Errorf("%d of %d posts are found to suggest, want at least 4,000 posts and at most 0.6 %% of them", f.got, f.all)
	}
}

func TestPurchases(t *testing.T) {
	t.Parallel()
	rows := slices.DeleteFunc(corpus.Distinct(read(t, "intent/purchase-iphone-en.jsonl.gz")), func(r corpus.Row) bool {
		return r.Conflict || r.Label == "undefined"
	})
	f := measure(t, rows, hearth.Purchase, "purchase_intent")
	// Seen in training: the honest figure, by cross-validation, is in MODEL.md.
	if got := f.log(t, "purchases, one product"); got < .7 {
		t.Errorf("purchases: F1 %.3f, want at least .7", got)
	}
}

// TestQuestionsOfCustomers measures against whether a customer's message holds a
// question mark, which is not the truth but near it: most marks end questions.
func TestQuestionsOfCustomers(t *testing.T) {
	t.Parallel()
	path, err := corpus.Path("support/ibm-conversations-dev.jsonl.gz")
	if errors.Is(err, corpus.ErrAbsent) {
		t.Skip(err)
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	plain, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	analyzers := []analysis.Analyzer{sentiment.Analyzer(), intent.Analyzer()}
	var doc text.Doc
	messages, asked, marks, both := 0, 0, 0, 0
	for decoder := json.NewDecoder(plain); decoder.More(); {
		var session struct {
			Messages []struct{ Role, Text string }
		}
		if err := decoder.Decode(&session); err != nil {
			t.Fatal(err)
		}
		for _, m := range session.Messages {
			if m.Role != "client" {
				continue
			}
			messages++
			s := corpus.Clean(m.Text)
			marked := strings.Contains(s, "?")
			if slices.Contains(intentsOf(analyzers, &doc, "en", s), hearth.Asking) {
				asked++
				if marked {
					both++
				}
			}
			if marked {
				marks++
			}
		}
	}
	t.Logf("of %d messages %d hold a question mark, %d ask, %d both", messages, marks, asked, both)
	if float64(both) < .9*float64(asked) || float64(both) < .8*float64(marks) {
		t.Errorf("of %d questions found and %d with a mark only %d are the same", asked, marks, both)
	}
}
