package main

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"hearth"
	"hearth/analysis/corpus"
)

// crossed are the sets whose rows Hearth's heads learn from: they are measured by
// leaving out a part of them in turn.
var crossed = []struct{ trainer, task, lang, how string }{
	{"intent", "complaint", "en", "ten folds, the head"},
	{"intent", "complaint", "th", "ten folds, the head"},
	{"intent", "suggestion", "en", "ten folds, the head"},
	{"intent", "purchase", "en", "ten folds, the head"},
	{"spam", "spam", "en", "one video left out in turn"},
}

// least is how many rows with and without a label a set needs to be shown.
const least = 50

func intents(r *report) error {
	r.print("### Intent and spam beside others\n\nPrecision, recall and F1 of the posts that have it; macro F1 is the mean with the F1 of those that have not.\n\n")
	r.print("| | set | n (of them yes) | how | who | precision | recall | F1 | macro F1 |\n|---|---|--:|---|---|--:|--:|--:|--:|\n")
	if err := questions(r); err != nil {
		return err
	}
	files := map[string][]corpus.Lesson{}
	for _, trainer := range []string{"intent", "spam"} {
		file, err := r.lessons(trainer, "-out", filepath.Join(r.dir, "head.bin"))
		if err != nil {
			return err
		}
		if files[trainer], err = corpus.ReadLessons(file); err != nil {
			return err
		}
	}
	for _, c := range crossed {
		lessons := slices.Clone(files[c.trainer])
		lessons = slices.DeleteFunc(lessons, func(l corpus.Lesson) bool { return l.Task != c.task || l.Lang != c.lang })
		fmt.Fprintf(os.Stderr, "%s %s: fastText learns …\n", c.task, c.lang)
		theirs, err := crossLearnt(r.dir, lessons)
		if err != nil {
			return err
		}
		sets, ours, fast := map[string][]example{}, map[string][]string{}, map[string][]string{}
		var order []string
		for i, l := range lessons {
			if l.Fold < 0 {
				continue
			}
			set := l.Set
			if c.trainer == "spam" {
				set = "youtube01-04"
			}
			if sets[set] == nil {
				order = append(order, set)
			}
			sets[set] = append(sets[set], example{l.Text, l.Lang, l.Want})
			ours[set], fast[set] = append(ours[set], l.Got), append(fast[set], theirs.got[i])
		}
		for _, set := range order {
			if yes := wanted(sets[set], c.task); yes < least || len(sets[set])-yes < least {
				continue
			}
			r.line(c.task, c.lang, set, c.how, "Hearth", sets[set], ours[set])
			r.line(c.task, c.lang, set, c.how, "fastText", sets[set], fast[set])
		}
		if c.task == "suggestion" {
			if err := forum(r, lessons); err != nil {
				return err
			}
		}
	}
	return speeds(r, files["intent"])
}

// line is one contestant's on one set.
func (r *report) line(task, lang, set, how, who string, examples []example, got []string) {
	t := count(examples, got)
	precision, recall, f1 := t.found(task)
	_, macro := t.means()
	r.print("| %s, %s | `%s` | %s (%s) | %s | %s | %s | %s | %s | %s |\n", task, lang, set, thousands(float64(len(examples))),
		thousands(float64(wanted(examples, task))), how, who, share(precision), share(recall), share(f1), share(macro))
}

func wanted(examples []example, label string) (n int) {
	for _, e := range examples {
		if e.want == label {
			n++
		}
	}
	return n
}

// forum is the developers' forum of SemEval 2019, whose licence keeps it out of
// Hearth's training. What fastText reaches with it and without it says what that
// costs.
func forum(r *report, lessons []corpus.Lesson) error {
	rows, err := corpus.Read("intent/suggestions-forum-en.jsonl.gz")
	if err != nil {
		return err
	}
	var learn, own, asked []example
	for _, l := range lessons {
		learn = append(learn, example{l.Text, l.Lang, l.Want})
	}
	for _, row := range rows {
		e := example{row.Text, "en", row.Label}
		if row.Split == "evaluation" {
			asked = append(asked, e)
		} else {
			own = append(own, e)
		}
	}
	const set = "suggestions-forum-en"
	r.line("suggestion", "en", set, "never learnt from, the analyzer", "Hearth", asked, analyzed(asked, "intent", has(hearth.Suggestion)).got)
	for _, other := range []struct {
		how  string
		from []example
	}{{"learnt from what Hearth did", learn}, {"learnt from the forum itself", own}} {
		a, err := learnt(r.dir, other.from, asked)
		if err != nil {
			return err
		}
		r.line("suggestion", "en", set, other.how, "fastText", asked, a.got)
	}
	return nil
}

// questions are measured with customers' messages, of which it is known whether
// they hold a question mark, and with posts that people called questions.
func questions(r *report) error {
	const task = "question"
	messages, err := customers()
	if err != nil {
		return err
	}
	asks := has(hearth.Asking)
	r.line(task, "en", "ibm-conversations-dev", "against question marks, the analyzer", "Hearth", messages, analyzed(messages, "intent", asks).got)
	rows, err := corpus.Read("sentiment-th/wisesight-train.jsonl.gz")
	if err != nil {
		return err
	}
	var learn, asked []example
	for _, row := range corpus.Distinct(rows) {
		e := example{row.Text, "th", yesNo(task, row.Label == task)}
		if corpus.Bucket(row.Text, 10) == 0 {
			asked = append(asked, e)
		} else {
			learn = append(learn, e)
		}
	}
	r.line(task, "th", "wisesight-train", "a tenth; only fastText learnt from the rest", "Hearth", asked, analyzed(asked, "intent", asks).got)
	a, err := learnt(r.dir, learn, asked)
	if err != nil {
		return err
	}
	r.line(task, "th", "wisesight-train", "a tenth; only fastText learnt from the rest", "fastText", asked, a.got)
	return nil
}

// customers are the messages of customers in the conversations of IBM.
func customers() ([]example, error) {
	path, err := corpus.Path("support/ibm-conversations-dev.jsonl.gz")
	if err != nil {
		return nil, err
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	plain, err := gzip.NewReader(file)
	if err != nil {
		return nil, err
	}
	var messages []example
	for decoder := json.NewDecoder(plain); decoder.More(); {
		var session struct {
			Messages []struct{ Role, Text string }
		}
		if err := decoder.Decode(&session); err != nil {
			return nil, err
		}
		for _, m := range session.Messages {
			if s := corpus.Clean(m.Text); m.Role == "client" {
				messages = append(messages, example{s, "en", yesNo("question", strings.Contains(s, "?"))})
			}
		}
	}
	return messages, nil
}

// speeds ends the table with how many texts a second all of it takes.
func speeds(r *report, lessons []corpus.Lesson) error {
	var asked []example
	for _, l := range lessons {
		if l.Task == "complaint" {
			asked = append(asked, example{l.Text, l.Lang, l.Want})
		}
	}
	all := analyzed(asked, "intent", has(hearth.Complaint))
	every := analyzed(asked, "spam", func(p *hearth.Post) string { return yesNo("spam", p.Spam == hearth.True) })
	r.print("\nHearth cuts words and tells sentiment and all five intents of %s texts a second, and spam besides of %s.\nfastText is trained here on the rows that Hearth's heads learn from, one model a task.\nNeither govader nor the language libraries answer these questions.\n\n", all.speed(), every.speed())
	return nil
}
