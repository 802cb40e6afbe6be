package evaluation

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"
)

// Report is what a set says of an analyzer. Shares are from 0 to 1; averages
// over labels give each label that occurs in the set the same weight.
type Report struct {
	Task          string             `json:"task"`
	File          string             `json:"file"`
	N             int                `json:"n"`
	Accuracy      float64            `json:"accuracy"`
	MacroF1       float64            `json:"macro_f1"`
	AverageRecall float64            `json:"average_recall"`
	F1Positive    *float64           `json:"f1_positive"` // nil: no label is the positive one
	PerLabel      map[string]Label   `json:"per_label"`
	PerLanguage   map[string]Measure `json:"per_language"`
	// CalibrationError is the mean difference between score and truth over ten
	// classes of score, each weighing as its posts; nil where no score is given.
	CalibrationError *float64 `json:"calibration_error"`
	TextsPerSecond   float64  `json:"texts_per_second"` // words cut included, on one core

	PerLength  map[string]Measure `json:"per_length,omitempty"` // characters; only of language
	Unanswered int                `json:"unanswered"`           // counted as wrong
	Skipped    map[string]int     `json:"skipped,omitempty"`    // rows left out, by their label
	Textless   int                `json:"textless,omitempty"`   // rows left out as they have no text
	// ReadAsNo counts the labels of a task with two that were taken for the
	// second and do not say so themselves: "ham" does not, "not_spam" and "no" do.
	ReadAsNo map[string]int `json:"read_as_no,omitempty"`
}

// Measure is what one part of a set says.
type Measure struct {
	N             int     `json:"n"`
	Accuracy      float64 `json:"accuracy"`
	MacroF1       float64 `json:"macro_f1"`
	AverageRecall float64 `json:"average_recall"`
}

// Label is how one label was found.
type Label struct {
	N         int     `json:"n"`        // posts that have it
	Answered  int     `json:"answered"` // posts it was found in
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
	F1        float64 `json:"f1"`
}

// pair is a label and what was answered.
type pair struct{ want, got string }

type tally struct {
	task       *task
	n          int
	all        map[pair]int
	byLang     map[string]map[pair]int
	byLength   map[string]map[pair]int
	unanswered int
	skipped    map[string]int
	readAsNo   map[string]int
	textless   int
	bins       [10]struct{ n, score, value float64 }
}

func newTally(t *task) *tally {
	return &tally{task: t, all: map[pair]int{}, byLang: map[string]map[pair]int{}, byLength: map[string]map[pair]int{}, skipped: map[string]int{}, readAsNo: map[string]int{}}
}

// The most different labels that are named among those left out.
const skippedMost = 20

func (t *tally) skip(label string) { count(t.skipped, label) }

// read notes that a set's label was taken for one of the task's.
func (t *tally) read(given, label string) {
	if label != t.task.no() || label == "" {
		return
	}
	switch given {
	case label, strings.ReplaceAll(label, "_", " "), strings.ReplaceAll(label, "_", "-"), "no", "n", "false", "f", "0", "-1", "negative", "none":
		return
	}
	count(t.readAsNo, given)
}

func count(labels map[string]int, label string) {
	if _, ok := labels[label]; !ok && len(labels) >= skippedMost {
		label = "…"
	}
	labels[label]++
}

func (t *tally) add(want, got, lang string, characters int) {
	p := pair{want, got}
	t.n++
	t.all[p]++
	if got == "" || (got == "und" && want != got) {
		t.unanswered++
	}
	into(t.byLang, lang)[p]++
	if t.task.name == "language" {
		into(t.byLength, lengthOf(characters))[p]++
	}
}

func into(m map[string]map[pair]int, key string) map[pair]int {
	if m[key] == nil {
		m[key] = map[pair]int{}
	}
	return m[key]
}

func lengthOf(characters int) string {
	switch {
	case characters < 20:
		return "1-19"
	case characters < 40:
		return "20-39"
	case characters < 80:
		return "40-79"
	}
	return "80+"
}

// score notes how a score, from −1 to 1, stands to the label's value.
func (t *tally) score(score, value float64) {
	bin := &t.bins[max(0, min(9, int((score+1)*5)))]
	bin.n++
	bin.score += score
	bin.value += value
}

func (t *tally) report(o Options, took time.Duration) *Report {
	whole := measure(t.all)
	r := &Report{
		Task: t.task.name, File: o.File, N: t.n,
		Accuracy: whole.Accuracy, MacroF1: whole.MacroF1, AverageRecall: whole.AverageRecall,
		PerLabel: labels(t.all), PerLanguage: measures(t.byLang), PerLength: measures(t.byLength),
		Unanswered: t.unanswered, Skipped: t.skipped, Textless: t.textless, ReadAsNo: t.readAsNo,
	}
	if took > 0 {
		r.TextsPerSecond = math.Round(float64(t.n) / took.Seconds())
	}
	if t.task.positive != "" {
		f1 := r.PerLabel[t.task.positive].F1
		r.F1Positive = &f1
	}
	if off, n := 0.0, 0.0; t.task.score != nil {
		for _, bin := range t.bins {
			n += bin.n
			off += math.Abs(bin.score - bin.value)
		}
		if n > 0 {
			off = rounded(off / n)
			r.CalibrationError = &off
		}
	}
	return r
}

func measures(parts map[string]map[pair]int) map[string]Measure {
	m := map[string]Measure{}
	for name, part := range parts {
		m[name] = measure(part)
	}
	return m
}

// measure averages over the labels that occur: answers that no post of the part
// has a label for lower the recall of others, and have none of their own.
func measure(counts map[pair]int) (m Measure) {
	right := 0
	for p, n := range counts {
		m.N += n
		if p.want == p.got {
			right += n
		}
	}
	with := 0.0
	for _, l := range labels(counts) {
		if l.N > 0 {
			with++
			m.MacroF1 += l.F1
			m.AverageRecall += l.Recall
		}
	}
	m.Accuracy, m.MacroF1, m.AverageRecall = rounded(float64(right)/float64(m.N)), rounded(m.MacroF1/with), rounded(m.AverageRecall/with)
	return m
}

// labels are the labels that occur or were answered.
func labels(counts map[pair]int) map[string]Label {
	all := map[string]Label{}
	right := map[string]int{}
	for p, n := range counts {
		l := all[p.want]
		l.N += n
		all[p.want] = l
		if p.got == "" {
			continue
		}
		l = all[p.got]
		l.Answered += n
		all[p.got] = l
		if p.want == p.got {
			right[p.want] += n
		}
	}
	for name, l := range all {
		r := float64(right[name])
		if l.Answered > 0 {
			l.Precision = rounded(r / float64(l.Answered))
		}
		if l.N > 0 {
			l.Recall = rounded(r / float64(l.N))
		}
		l.F1 = rounded(2 * r / float64(l.N+l.Answered))
		all[name] = l
	}
	return all
}

// rounded is a share with six digits, so that reports can be compared.
func rounded(x float64) float64 { return math.Round(x*1e6) / 1e6 }

// ByCount is the names of a table, the most frequent first.
func ByCount[V any](m map[string]V, n func(V) int) []string {
	var names []string
	for name := range m {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(cmp.Compare(n(m[b]), n(m[a])), cmp.Compare(a, b)) })
	return names
}
