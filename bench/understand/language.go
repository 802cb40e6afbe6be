package main

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/abadojack/whatlanggo"
	"github.com/pemistahl/lingua-go"

	"hearth"
	"hearth/analysis/corpus"
)

// core are the languages that the goals of accuracy are for.
var core = []string{"ar", "de", "en", "es", "fi", "fr", "it", "ja", "ko", "pt", "ru", "th", "zh"}

var lengths = []struct {
	below int
	name  string
}{{20, "below 20"}, {40, "20–39"}, {80, "40–79"}, {1 << 30, "80 and more"}}

// languageSets are texts that Hearth did not learn from.
func languageSets() (names []string, sets [][]example, err error) {
	add := func(name, file string, keep func(corpus.Row) bool, cuts ...int) error {
		rows, err := corpus.Read(file)
		if err != nil {
			return err
		}
		random := rand.New(rand.NewPCG(7, 7))
		var set []example
		for _, row := range corpus.Distinct(rows) {
			if !keep(row) {
				continue
			}
			if len(cuts) == 0 {
				set = append(set, example{text: row.Text, want: row.Lang})
			}
			for _, most := range cuts {
				set = append(set, example{text: corpus.Stretch(row.Text, most, random), want: row.Lang})
			}
		}
		names, sets = append(names, name), append(sets, set)
		return nil
	}
	if err := add("Sentences of the press (Lingua), in stretches of all lengths, 13 languages", "lid/lingua-sentences.jsonl.gz", func(r corpus.Row) bool {
		return corpus.Bucket(r.Text, 10) == 0 && slices.Contains(core, r.Lang)
	}, 19, 39, 79, 1000); err != nil {
		return nil, nil, err
	}
	if err := add("Tweets in seven languages (XLM-T, test)", "sentiment-multi/xlmt.jsonl.gz", func(r corpus.Row) bool {
		return r.Split == "test" && r.Lang != "hi"
	}); err != nil {
		return nil, nil, err
	}
	err = add("Tweets in six languages (LIGA), every third", "lid/liga-tweets.jsonl.gz", func(r corpus.Row) bool { return corpus.Bucket(r.Text, 3) == 0 })
	return names, sets, err
}

// contestant tells the languages of texts.
type contestant struct {
	name string
	tell func(*report, []example) (answers, error)
}

func languageContestants() []contestant {
	low := lingua.NewLanguageDetectorBuilder().FromAllLanguages().WithLowAccuracyMode().WithPreloadedLanguageModels().Build()
	high := lingua.NewLanguageDetectorBuilder().FromAllLanguages().WithPreloadedLanguageModels().Build()
	return []contestant{
		{"Hearth", func(_ *report, set []example) (answers, error) { return hearthTells(set), nil }},
		{"Hearth, of words that are cut", func(_ *report, set []example) (answers, error) {
			a := hearthTells(set)
			a.took -= a.cut
			return a, nil
		}},
		{"whatlanggo", each(func(s string) string {
			if code := whatlanggo.DetectLang(s).Iso6391(); code != "" {
				return code
			}
			return "und"
		})},
		{"lingua-go, low accuracy mode", each(linguaCode(low))},
		{"lingua-go", each(linguaCode(high))},
		{"CLD2", cld2},
		{"fastText lid.176.ftz", func(_ *report, set []example) (answers, error) {
			model, err := corpus.Path("models/lid.176.ftz")
			if err != nil {
				return answers{}, err
			}
			return fastText(model, false, set)
		}},
	}
}

// hearthTells is what the product says that has just been started: no word of the
// set was met before.
func hearthTells(set []example) answers {
	plain := make([]example, len(set))
	for i, e := range set {
		plain[i].text = e.text
	}
	return analyzed(plain, "language", func(p *hearth.Post) string { return p.Lang })
}

func linguaCode(d lingua.LanguageDetector) func(string) string {
	return func(s string) string {
		language, known := d.DetectLanguageOf(s)
		if !known {
			return "und"
		}
		return strings.ToLower(language.IsoCode639_1().String())
	}
}

// each asks one text after the other.
func each(tell func(string) string) func(*report, []example) (answers, error) {
	return func(_ *report, set []example) (answers, error) {
		a := answers{got: make([]string, len(set))}
		begun := worked()
		for i, e := range set {
			a.got[i] = tell(e.text)
		}
		a.took = worked() - begun
		return a, nil
	}
}

//go:embed cld2/main.cc
var cld2Source []byte

// cld2 builds the small program beside this file and asks it.
func cld2(r *report, set []example) (answers, error) {
	source, program := filepath.Join(r.dir, "cld2.cc"), filepath.Join(r.dir, "cld2")
	if _, err := os.Stat(program); err != nil {
		if err := os.WriteFile(source, cld2Source, 0o600); err != nil {
			return answers{}, err
		}
		if _, err := exec.CommandContext(context.Background(), "g++", "-O2", "-o", program, source, "-lcld2").CombinedOutput(); err != nil {
			return answers{}, fmt.Errorf("libcld2-dev or g++ is %w", errAbsent)
		}
	}
	var in, told bytes.Buffer
	for _, e := range set {
		fmt.Fprintln(&in, readied(e.text, false))
	}
	command := exec.CommandContext(context.Background(), program)
	command.Stdin, command.Stderr = &in, &told
	out, err := command.Output()
	if err != nil {
		return answers{}, err
	}
	seconds, err := strconv.ParseFloat(strings.TrimSpace(told.String()), 64)
	a := answers{took: time.Duration(seconds * float64(time.Second))}
	for line := range strings.Lines(string(out)) {
		code, _, _ := strings.Cut(strings.TrimSpace(line), "-")
		a.got = append(a.got, code)
	}
	return a, err
}

func languages(r *report) error {
	names, sets, err := languageSets()
	if err != nil {
		return err
	}
	contestants := languageContestants()
	r.print("### Language beside others\n\nShare of right answers by the length of the text in characters, addresses and mentions not counted. No answer is a wrong one.\nAll tell among all the languages they know.\n\n")
	for i, set := range sets {
		parts := make([][]int, len(lengths))
		for at, e := range set {
			n := corpus.Characters(e.text)
			class := 0
			for n >= lengths[class].below {
				class++
			}
			parts[class] = append(parts[class], at)
		}
		r.print("%s, %s texts:\n\n| |", names[i], thousands(float64(len(set))))
		for k, l := range lengths {
			r.print(" %s (n %s) |", l.name, thousands(float64(len(parts[k]))))
		}
		r.print(" all | texts a second |\n|---|--:|--:|--:|--:|--:|--:|\n")
		for _, c := range contestants {
			fmt.Fprintf(os.Stderr, "%s: %s …\n", names[i], c.name)
			a, err := c.tell(r, set)
			if err != nil {
				r.print("| %s | not here: %v | | | | | |\n", c.name, err)
				continue
			}
			r.print("| %s |", c.name)
			for _, part := range parts {
				right := 0
				for _, at := range part {
					if a.got[at] == set[at].want {
						right++
					}
				}
				r.print(" %s |", share(float64(right)/float64(max(1, len(part)))))
			}
			r.print(" %s | %s |\n", share(count(set, a.got).accuracy()), a.speed())
		}
		r.print("\n")
	}
	r.print("Hearth learnt from other sentences of the first set and from the training part of the second; the Lingua sentences are lingua-go's own test data.\nfastText's model was trained on Wikipedia, Tatoeba and SETimes.\nSpeeds are by time of a processor, each set read once by a program just started.\nThe cutting of words is done once for matching, search and all analyzers; the second line is what the language costs on top.\n\n")
	return nil
}
