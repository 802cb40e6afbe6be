package evaluation_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"hearth"
	"hearth/analysis"
	"hearth/evaluation"
)

// says is an analyzer that takes its answer from the text: "SENTIMENT SCORE" of
// a post, or nothing.
func says(name string, add func(p *hearth.Post, words []string)) []analysis.Analyzer {
	return []analysis.Analyzer{{Name: name, Run: func(items []analysis.Item) {
		for _, item := range items {
			add(item.Post, strings.Fields(item.Post.Text))
		}
	}}}
}

// ticking is a clock that goes on by a second each time it is asked.
func ticking() hearth.Clock {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	return func() time.Time {
		now = now.Add(time.Second)
		return now
	}
}

func run(t *testing.T, task, set string, analyzers []analysis.Analyzer) *evaluation.Report {
	t.Helper()
	r, err := evaluation.Run(t.Context(), strings.NewReader(set), evaluation.Options{Task: task, File: "set.jsonl", Analyzers: analyzers, Clock: ticking()})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-6 {
		t.Errorf("%s is %.6f, want %.6f", what, got, want)
	}
}

func TestSentimentIsMeasuredByHand(t *testing.T) {
	t.Parallel()
	analyzers := says("sentiment", func(p *hearth.Post, words []string) {
		switch words[0] {
		case "good":
			p.Sentiment, p.SentimentScore = hearth.Positive, hearth.KnownNumber(.9)
		case "bad":
			p.Sentiment, p.SentimentScore = hearth.Negative, hearth.KnownNumber(-.5)
		case "plain":
			p.Sentiment, p.SentimentScore = hearth.Neutral, hearth.KnownNumber(0)
		}
	})
	r := run(t, "sentiment", `
{"text":"good","label":"positive","lang":"en"}
{"text":"good","label":"pos","lang":"en"}
{"text":"plain","label":"positive","lang":"de"}
{"text":"bad","label":"negative","lang":"en"}
{"text":"good","label":-1,"lang":"deu"}
{"text":"hm","label":"neutral"}
{"text":"plain","label":"NEUTRAL","lang":"de-AT"}
{"text":"who knows","label":"mixed"}
`, analyzers)
	if r.N != 7 || r.Unanswered != 1 || !reflect.DeepEqual(r.Skipped, map[string]int{"mixed": 1}) {
		t.Errorf("%d texts, %d without an answer, left out %v", r.N, r.Unanswered, r.Skipped)
	}
	near(t, "accuracy", r.Accuracy, 4./7)
	near(t, "recall", r.AverageRecall, (2./3+1./2+1./2)/3)
	near(t, "macro F1", r.MacroF1, (2./3+2./3+1./2)/3)
	near(t, "F1 of positive", *r.F1Positive, 2./3)
	// .9: three posts of mean label 1/3; −.5: one of −1; 0: two of mean 1/2.
	near(t, "calibration", *r.CalibrationError, (3*.9-1+math.Abs(-.5+1)+1)/6)
	near(t, "speed", r.TextsPerSecond, 7)
	if len(r.PerLanguage) != 3 || r.PerLanguage["de"].N != 3 || r.PerLanguage["und"].N != 1 {
		t.Errorf("languages are %v", r.PerLanguage)
	}
	near(t, "accuracy in German", r.PerLanguage["de"].Accuracy, 1./3)
	if l := r.PerLabel["negative"]; l.N != 2 || l.Answered != 1 || l.Precision != 1 || l.Recall != .5 {
		t.Errorf("negative is %+v", l)
	}
}

func TestLanguagesAreTheSameByAnyCode(t *testing.T) {
	t.Parallel()
	analyzers := says("language", func(p *hearth.Post, words []string) { p.Lang = words[0] })
	r := run(t, "language", `{"text":"de eins","lang":"de"}
{"text":"nb en","label":"nno"}
{"text":"zh yi","label":"cmn"}
{"text":"en one, two, three, four","label":"deu","lang":"en"}
{"text":"en","label":"gibberish!"}
`, analyzers)
	near(t, "accuracy", r.Accuracy, 3./4)
	if r.F1Positive != nil || r.CalibrationError != nil {
		t.Error("language has no positive label and no score")
	}
	if r.PerLength["1-19"].N != 3 || r.PerLength["20-39"].N != 1 || r.Skipped["gibberish!"] != 1 {
		t.Errorf("lengths are %v, left out %v", r.PerLength, r.Skipped)
	}
}

func TestAnIntentIsYesOrNo(t *testing.T) {
	t.Parallel()
	analyzers := says("intent", func(p *hearth.Post, words []string) {
		if p.Lang != "en" {
			t.Errorf("the language given is %q", p.Lang)
		}
		if words[0] == "broken" {
			p.Intent = []hearth.Intent{hearth.Praise, hearth.Complaint}
		}
	})
	r := run(t, "complaint", `{"text":"broken","label":"complaint","lang":"en"}
{"text":"fine","label":"complaint","lang":"en"}
{"text":"broken","label":"not_complaint","lang":"en"}
{"text":"fine","label":0,"lang":"en"}
{"text":"fine","label":true,"lang":"en"}
{"text":"fine","label":"undefined","lang":"en"}`, analyzers)
	near(t, "accuracy", r.Accuracy, 2./5)
	near(t, "F1 of positive", *r.F1Positive, 2./5)
	near(t, "macro F1", r.MacroF1, (2./5+2./5)/2)
}

func TestALabelMayBeOneOfSeveralAndOfAnyForm(t *testing.T) {
	t.Parallel()
	yes := says("spam", func(p *hearth.Post, _ []string) { p.Spam = hearth.True })
	r := run(t, "spam", "\ufeff"+`{"text":"a","label":["advert","spam"]}
{"text":"b","label":1.0}
{"text":"c","label":"Y"}
{"text":"d","label":["spam"]}
{"text":"e","label":[]}
{"text":"f","label":"ham"}
{"text":"g","label":["ham","fun"]}
{"text":"h","label":"not-spam"}
{"label":"spam"}
{"text":null,"label":"spam"}`, yes)
	near(t, "accuracy", r.Accuracy, 4./8)
	if want := map[string]int{"ham": 1, `["ham","fun"]`: 1, "[]": 1}; r.Textless != 2 || !reflect.DeepEqual(r.ReadAsNo, want) {
		t.Errorf("%d without text, read as not spam: %v", r.Textless, r.ReadAsNo)
	}
	feels := says("sentiment", func(p *hearth.Post, _ []string) { p.Sentiment = hearth.Positive })
	r = run(t, "sentiment", `{"text":"a","label":["positive"]}
{"text":"b","label":["positive","negative"]}`, feels)
	if r.N != 1 || len(r.Skipped) != 1 || len(r.ReadAsNo) != 0 {
		t.Errorf("of sentiment %d texts are measured, left out %v, read as no %v", r.N, r.Skipped, r.ReadAsNo)
	}
}

func TestAPackedSetIsRead(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write([]byte(`{"text":"x","label":"en"}`))
	z.Close()
	r := run(t, "language", b.String(), says("language", func(p *hearth.Post, _ []string) { p.Lang = "en" }))
	near(t, "accuracy", r.Accuracy, 1)
}

func TestBadSetsAreRefusedByLine(t *testing.T) {
	t.Parallel()
	nothing := says("language", func(*hearth.Post, []string) {})
	for set, want := range map[string]string{
		"{\"text\":\"x\",\"label\":\"en\"}\nhello": "Line 2",
		"":                           "f is empty",
		`{"text":5,"label":"en"}`:    "Line 1 of f is not a JSON object with text and label: text is no string but a number.",
		`["x"]`:                      "and label: it is no object but an array.",
		strings.Repeat(" ", 1<<26+1): "longer than 64 MiB",
		`{"text":"x"}`:               "no row",
		"\x1f\x8bnot gzip":           "damaged",
	} {
		_, err := evaluation.Run(t.Context(), strings.NewReader(set), evaluation.Options{Task: "language", File: "f", Analyzers: nothing, Clock: ticking()})
		if e := (*hearth.Error)(nil); !errors.As(err, &e) || e.Code != hearth.Invalid || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", set, err, want)
		}
	}
	if _, err := evaluation.Run(t.Context(), strings.NewReader(""), evaluation.Options{Task: "mood"}); err == nil || !strings.Contains(err.Error(), "sentiment") {
		t.Errorf("an unknown task: %v", err)
	}
}
