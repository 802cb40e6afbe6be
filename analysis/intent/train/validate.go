package main

import (
	"log"
	"slices"

	"hearth/analysis/corpus"
	"hearth/analysis/feature"
	"hearth/analysis/feature/fit"
	"hearth/analysis/intent/cue"
)

var names = [cue.Outputs]string{cue.Complaint: "complaint", cue.Praise: "praise", cue.Suggestion: "suggestion", cue.Purchase: "purchase"}

// crossValidate scores every row by a head that was not trained on its fold.
func crossValidate(v *fit.Vocabulary, rows []row, examples []fit.Example, folds uint32, o fit.Options) [][cue.Outputs]float64 {
	scores := make([][cue.Outputs]float64, len(rows))
	for fold := range folds {
		var kept []fit.Example
		for i := range rows {
			if rows[i].fold%folds != fold {
				kept = append(kept, examples[i])
			}
		}
		head := fit.Train(v, kept, o)
		for i := range rows {
			if rows[i].fold%folds == fold {
				scores[i] = score(head, v, examples[i].Features)
				scores[i][cue.Suggestion] += rows[i].ease
			}
		}
	}
	return scores
}

func score(head *feature.Head, v *fit.Vocabulary, numbers []uint32) (out [cue.Outputs]float64) {
	features := make([]uint64, len(numbers))
	for i, n := range numbers {
		features[i] = v.Hashes[n]
	}
	var scores [feature.MaxOutputs]float32
	head.Score(features, &scores)
	for k := range out {
		out[k] = float64(scores[k])
	}
	return out
}

// thresholds are, for each trained language and output, the score from which on
// an answer is yes.
func thresholds(rows []row, scores [][cue.Outputs]float64) []cue.Setting {
	langs := make([]string, 0, len(trained))
	for lang := range trained {
		langs = append(langs, lang)
	}
	slices.Sort(langs)
	var settings []cue.Setting
	for _, lang := range langs {
		s := cue.Setting{Lang: lang}
		for k := range s.From {
			s.From[k] = cue.Never
			if slices.Contains(trained[lang], k) {
				s.From[k] = best(rows, scores, lang, k)
			}
		}
		settings = append(settings, s)
	}
	return settings
}

// gates are sets with a macro-F1 to hold. The threshold of an output that has one
// is the highest that holds it, a margin included: false alarms are worse than
// misses, as suggestions are far rarer in streams than in the sets.
var gates = map[int]struct {
	set  string
	from float64
}{cue.Suggestion: {"appreviews-en", 0.782}}

// lowest keeps thresholds near even odds or above them: in a stream yes is much
// rarer than in the sets.
const lowest = -0.2

// best is the threshold with the highest macro-F1, averaged over the sets that
// have both answers by the weight of their rows, less the share of false alarms
// in the sets without a yes; or what gates says.
func best(rows []row, scores [][cue.Outputs]float64, lang string, k int) float64 {
	type point struct {
		score float64
		yes   bool
	}
	sets, weights := map[string][]point{}, map[string]float64{}
	for i, r := range rows {
		if r.lang == lang && r.wants[k] != unknown {
			weights[r.set] = float64(r.weight)
			sets[r.set] = append(sets[r.set], point{scores[i][k], r.wants[k] == yes})
		}
	}
	names := make([]string, 0, len(sets))
	for name := range sets {
		names = append(names, name)
	}
	slices.Sort(names)
	from, top := lowest, -1.0
	gate, gated := gates[k]
	for step := range 64 {
		candidate := lowest + 0.05*float64(step)
		value, mixed := 0.0, 0.0
		alarms := 0.0
		for _, name := range names {
			var c counts
			for _, p := range sets[name] {
				c.add(p.score >= candidate, p.yes)
			}
			switch {
			case c.truePositive+c.falseNegative == 0:
				alarms += c.falsePositive / (c.falsePositive + c.trueNegative)
			case c.falsePositive+c.trueNegative > 0:
				value += weights[name] * c.macroF1()
				mixed += weights[name]
				if gated && gate.set == name && c.macroF1() >= gate.from {
					from, top = candidate, 2
				}
			}
		}
		if value = value/mixed - alarms/float64(len(names)); value > top {
			top, from = value, candidate
		}
	}
	return from
}

// counts are answers against what is right.
type counts struct{ truePositive, falsePositive, falseNegative, trueNegative float64 }

func (c *counts) add(got, want bool) {
	switch {
	case got && want:
		c.truePositive++
	case got:
		c.falsePositive++
	case want:
		c.falseNegative++
	default:
		c.trueNegative++
	}
}

func (c *counts) f1() float64 {
	return 2 * c.truePositive / (2*c.truePositive + c.falsePositive + c.falseNegative)
}

func (c *counts) macroF1() float64 {
	return (c.f1() + 2*c.trueNegative/(2*c.trueNegative+c.falsePositive+c.falseNegative)) / 2
}

// report prints, for each set and output, what cross-validation says at the
// thresholds.
func report(rows []row, scores [][cue.Outputs]float64, settings []cue.Setting) {
	type cell struct {
		set string
		k   int
	}
	cells := map[cell]*counts{}
	for i, r := range rows {
		at := slices.IndexFunc(settings, func(s cue.Setting) bool { return s.Lang == r.lang })
		for k := range cue.Outputs {
			if at < 0 || r.wants[k] == unknown || settings[at].From[k] >= cue.Never {
				continue
			}
			c := cells[cell{r.set, k}]
			if c == nil {
				c = &counts{}
				cells[cell{r.set, k}] = c
			}
			c.add(scores[i][k] >= settings[at].From[k], r.wants[k] == yes)
		}
	}
	keys := make([]cell, 0, len(cells))
	for key := range cells {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b cell) int {
		if a.k != b.k {
			return a.k - b.k
		}
		if a.set < b.set {
			return -1
		}
		return 1
	})
	for _, key := range keys {
		c := cells[key]
		log.Printf("%-11s %-28s F1 %.3f macro-F1 %.3f precision %.3f recall %.3f %v", names[key.k], key.set, c.f1(), c.macroF1(),
			c.truePositive/(c.truePositive+c.falsePositive), c.truePositive/(c.truePositive+c.falseNegative), *c)
	}
}

// writeLessons writes what is known of each row, and what the head says that did
// not learn from it, for others to learn and to be measured with.
func writeLessons(path string, rows []row, scores [][cue.Outputs]float64, settings []cue.Setting, folds uint32) error {
	var lessons []corpus.Lesson
	for i, r := range rows {
		at := slices.IndexFunc(settings, func(s cue.Setting) bool { return s.Lang == r.lang })
		for k, want := range r.wants {
			if at < 0 || want == unknown || settings[at].From[k] >= cue.Never {
				continue
			}
			lessons = append(lessons, corpus.Lesson{Set: r.set, Lang: r.lang, Text: r.text, Task: names[k],
				Want: answer(names[k], want == yes), Got: answer(names[k], scores[i][k] >= settings[at].From[k]), Fold: int(r.fold % folds)})
		}
	}
	return corpus.WriteLessons(path, lessons)
}

func answer(task string, holds bool) string {
	if holds {
		return task
	}
	return "not_" + task
}
