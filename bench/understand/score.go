package main

import (
	"fmt"
	"syscall"
	"time"
)

// example is a text and what is right.
type example struct{ text, lang, want string }

// answers are what a contestant says to examples, in their order, and how much
// time of a processor it took over all of them.
type answers struct {
	got  []string
	took time.Duration
	cut  time.Duration // of took: cutting of words
}

// worked is the time of processors that this program has taken so far. Unlike the
// clock's it does not count what others do on the machine meanwhile.
func worked() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		return 0
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

func (a *answers) speed() string {
	if a.took <= 0 {
		return "–"
	}
	return thousands(float64(len(a.got)) / a.took.Seconds())
}

// tally counts answers by what is right and what was said.
type tally map[[2]string]int

func count(examples []example, got []string) tally {
	t := tally{}
	for i, e := range examples {
		t[[2]string{e.want, got[i]}]++
	}
	return t
}

func (t tally) of(label string) (right, wanted, answered float64) {
	for pair, n := range t {
		if pair[0] == label {
			wanted += float64(n)
		}
		if pair[1] == label {
			answered += float64(n)
		}
	}
	return float64(t[[2]string{label, label}]), wanted, answered
}

// accuracy is the share of right answers; no answer is a wrong one.
func (t tally) accuracy() float64 {
	right, all := 0, 0
	for pair, n := range t {
		all += n
		if pair[0] == pair[1] {
			right += n
		}
	}
	return float64(right) / float64(max(all, 1))
}

// means are the average recall and the macro-averaged F1 over the labels that
// occur.
func (t tally) means() (recall, f1 float64) {
	labels := map[string]bool{}
	for pair := range t {
		labels[pair[0]] = true
	}
	for label := range labels {
		right, wanted, answered := t.of(label)
		recall += right / wanted / float64(len(labels))
		f1 += 2 * right / (wanted + answered) / float64(len(labels))
	}
	return recall, f1
}

// found are precision, recall and F1 of one label.
func (t tally) found(label string) (precision, recall, f1 float64) {
	right, wanted, answered := t.of(label)
	return right / max(answered, 1), right / max(wanted, 1), 2 * right / max(wanted+answered, 1)
}

// share is a share as a table shows it.
func share(x float64) string { return fmt.Sprintf("%.3f", x) }

func thousands(v float64) string {
	text := fmt.Sprintf("%.0f", v)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
