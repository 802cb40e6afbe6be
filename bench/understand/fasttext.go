package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
	"unicode"

	"hearth/analysis/corpus"
)

// errAbsent says that a contestant is not installed.
var errAbsent = errors.New("not installed")

// readied is a text on one line. Of trained models it is also in lower case, its
// punctuation apart, its addresses and mentions one word each, which raises what
// fastText reaches.
func readied(s string, apart bool) string {
	var b strings.Builder
	for _, word := range strings.Fields(s) {
		switch {
		case apart && strings.Contains(word, "://"):
			word = "<link>"
		case apart && strings.HasPrefix(word, "@"):
			word = "<user>"
		}
		for _, r := range word {
			if apart && (unicode.IsPunct(r) || unicode.IsSymbol(r)) && word[0] != '<' {
				b.WriteRune(' ')
				b.WriteRune(r)
				b.WriteRune(' ')
				continue
			}
			if apart {
				r = unicode.ToLower(r)
			}
			b.WriteRune(r)
		}
		b.WriteByte(' ')
	}
	return b.String()
}

// fastText asks a model of fastText's own file format. The time is that of its
// program less that of a run over one text, which reads the model.
func fastText(model string, trained bool, examples []example) (answers, error) {
	path, err := exec.LookPath("fasttext")
	if err != nil {
		return answers{}, fmt.Errorf("fasttext is %w", errAbsent)
	}
	ask := func(examples []example) ([]string, time.Duration, error) {
		var in bytes.Buffer
		for _, e := range examples {
			fmt.Fprintln(&in, readied(e.text, trained))
		}
		command := exec.CommandContext(context.Background(), path, "predict", model, "-")
		command.Stdin = &in
		out, err := command.Output()
		if err != nil {
			return nil, 0, err
		}
		took := command.ProcessState.UserTime() + command.ProcessState.SystemTime()
		var got []string
		for line := range strings.Lines(string(out)) {
			got = append(got, strings.TrimPrefix(strings.TrimSpace(line), "__label__"))
		}
		if len(got) != len(examples) {
			err = fmt.Errorf("fasttext gives %d answers to %d texts", len(got), len(examples))
		}
		return got, took, err
	}
	_, start, err := ask([]example{{text: "x"}})
	if err != nil {
		return answers{}, err
	}
	got, took, err := ask(examples)
	return answers{got: got, took: took - start}, err
}

// learnt trains fastText and asks it: words, pairs of words and pieces of words,
// classes evened out up to four times as Hearth's trainers do, one thread so that
// two runs give the same. Few lessons are repeated more often: with eight times
// over 500 of them it learns nothing but which class is the most frequent.
func learnt(dir string, lessons, asked []example) (answers, error) {
	path, err := exec.LookPath("fasttext")
	if err != nil {
		return answers{}, fmt.Errorf("fasttext is %w", errAbsent)
	}
	const least, most, enough = 8, 50, 400_000
	labels := map[string]int{}
	for _, e := range lessons {
		labels[e.want]++
	}
	var in bytes.Buffer
	for _, e := range lessons {
		times := min(4, max(1, len(lessons)/len(labels)/labels[e.want]))
		for range times {
			fmt.Fprintf(&in, "__label__%s %s\n", e.want, readied(e.text, true))
		}
	}
	file, model := filepath.Join(dir, "lessons.txt"), filepath.Join(dir, "model")
	if err := os.WriteFile(file, in.Bytes(), 0o600); err != nil {
		return answers{}, err
	}
	epochs := min(most, max(least, enough/len(lessons)))
	command := exec.CommandContext(context.Background(), path, "supervised", "-input", file, "-output", model,
		"-epoch", strconv.Itoa(epochs), "-lr", "0.5", "-dim", "32", "-wordNgrams", "2", "-minn", "2", "-maxn", "5", "-bucket", "500000", "-thread", "1", "-verbose", "0")
	if out, err := command.CombinedOutput(); err != nil {
		return answers{}, fmt.Errorf("fasttext: %w: %s", err, out)
	}
	return fastText(model+".bin", true, asked)
}

// crossLearnt asks each lesson with a fold to a fastText that learnt from all
// folds but that one.
func crossLearnt(dir string, lessons []corpus.Lesson) (answers, error) {
	all := answers{got: make([]string, len(lessons))}
	folds := 0
	for _, l := range lessons {
		folds = max(folds, l.Fold+1)
	}
	for fold := range folds {
		var from, asked []example
		var at []int
		for i, l := range lessons {
			e := example{l.Text, l.Lang, l.Want}
			if l.Fold == fold {
				asked, at = append(asked, e), append(at, i)
			} else {
				from = append(from, e)
			}
		}
		a, err := learnt(dir, from, asked)
		if err != nil {
			return answers{}, err
		}
		for k, i := range at {
			all.got[i] = a.got[k]
		}
		all.took += a.took
	}
	return all, nil
}
