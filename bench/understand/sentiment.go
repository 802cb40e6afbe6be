package main

import (
	"fmt"
	"maps"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/jonreiter/govader"

	"hearth/analysis/corpus"
)

// vader is govader with the limits that its authors name for three classes.
func vader(set []example) answers {
	analyzer := govader.NewSentimentIntensityAnalyzer()
	a := answers{got: make([]string, len(set))}
	begun := worked()
	for i, e := range set {
		switch compound := analyzer.PolarityScores(e.text).Compound; {
		case compound >= 0.05:
			a.got[i] = "positive"
		case compound <= -0.05:
			a.got[i] = "negative"
		default:
			a.got[i] = "neutral"
		}
	}
	a.took = worked() - begun
	return a
}

// sentimentSets are the rows that Hearth is measured with, by set and language,
// and those that it learnt from, by language.
func sentimentSets(r *report) (sets, learn map[string][]example, err error) {
	file, err := r.lessons("sentiment")
	if err != nil {
		return nil, nil, err
	}
	lessons, err := corpus.ReadLessons(file)
	if err != nil {
		return nil, nil, err
	}
	sets, learn = map[string][]example{}, map[string][]example{}
	for _, l := range lessons {
		e := example{l.Text, l.Lang, l.Want}
		if !l.Test {
			learn[l.Lang] = append(learn[l.Lang], e)
			continue
		}
		name := l.Lang + " " + strings.TrimSuffix(path.Base(l.Set), ".jsonl.gz")
		sets[name] = append(sets[name], e)
	}
	airline, err := corpus.Read("brand/airline-2015.jsonl.gz")
	if err != nil {
		return nil, nil, err
	}
	for _, row := range corpus.Distinct(airline) {
		sets["en airline-2015"] = append(sets["en airline-2015"], example{row.Text, "en", row.Label})
	}
	return sets, learn, nil
}

func sentiments(r *report) error {
	sets, learn, err := sentimentSets(r)
	if err != nil {
		return err
	}
	r.print("### Sentiment beside others\n\nAverage recall / macro-averaged F1 over the classes that occur; no answer is a wrong one.\n\n| | set | n | classes | Hearth | fastText | govader |\n|---|---|--:|--:|--:|--:|--:|\n")
	cell := func(set []example, got []string) string {
		recall, f1 := count(set, got).means()
		return share(recall) + " / " + share(f1)
	}
	var speeds [3]answers // of all that each was asked
	note := func(k int, a answers) answers {
		speeds[k].got, speeds[k].took = append(speeds[k].got, a.got...), speeds[k].took+a.took
		return a
	}
	xlmt := [2]float64{}
	for lang, set := range byLanguage(sets) {
		names := slices.Sorted(maps.Keys(set))
		var asked []example
		for _, name := range names {
			asked = append(asked, set[name]...)
		}
		fmt.Fprintf(os.Stderr, "sentiment: fastText learns %s …\n", lang)
		theirs, err := learnt(r.dir, learn[lang], asked)
		if err != nil {
			theirs = answers{}
		}
		note(1, theirs)
		for _, name := range names {
			examples := set[name]
			labels := map[string]bool{}
			for _, e := range examples {
				labels[e.want] = true
			}
			ours := note(0, analyzed(examples, "sentiment", sentimentOf))
			fast, english := "not here: fasttext is not installed", "–"
			if err == nil {
				part := theirs.got[:len(examples)]
				theirs.got = theirs.got[len(examples):]
				fast = cell(examples, part)
				if _, f1 := count(examples, part).means(); strings.HasSuffix(name, "xlmt") {
					xlmt[1] += f1 / 8
				}
			}
			if _, f1 := count(examples, ours.got).means(); strings.HasSuffix(name, "xlmt") {
				xlmt[0] += f1 / 8
			}
			if lang == "en" {
				english = cell(examples, note(2, vader(examples)).got)
			}
			r.print("| %s | `%s` | %s | %d | %s | %s | %s |\n", lang, strings.TrimPrefix(name, lang+" "), thousands(float64(len(examples))), len(labels), cell(examples, ours.got), fast, english)
		}
	}
	r.print("| eight | `xlmt`, mean F1 | | 3 | %s | %s | – |\n| | texts a second | | | %s | %s | %s |\n\n", share(xlmt[0]), share(xlmt[1]), speeds[0].speed(), speeds[1].speed(), speeds[2].speed())
	r.print("fastText is trained here, one model a language, on the rows that Hearth learnt from (no pretrained one can be had); govader reads English only.\n`airline-2015` is a set that neither learnt from.\n\n")
	return nil
}

// byLanguage goes through the sets of each language, in order.
func byLanguage(sets map[string][]example) func(func(string, map[string][]example) bool) {
	langs := map[string]map[string][]example{}
	for name, set := range sets {
		lang, _, _ := strings.Cut(name, " ")
		if langs[lang] == nil {
			langs[lang] = map[string][]example{}
		}
		langs[lang][name] = set
	}
	return func(yield func(string, map[string][]example) bool) {
		for _, lang := range slices.Sorted(maps.Keys(langs)) {
			if !yield(lang, langs[lang]) {
				return
			}
		}
	}
}
