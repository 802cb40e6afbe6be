package main

import (
	"errors"
	"testing"

	"hearth/analysis/corpus"
	"hearth/analysis/feature/fit"
	"hearth/analysis/spam/sign"
)

// The gate of the design: comments under each video, by a head that was trained
// on those under the others, without the campaigns they share.
func TestSpamUnderAVideoThatWasNotTrainedOn(t *testing.T) {
	t.Parallel()
	rows, aside, err := read()
	if errors.Is(err, corpus.ErrAbsent) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	signs, err := sign.New()
	if err != nil {
		t.Fatal(err)
	}
	v := &fit.Vocabulary{}
	examples, found := cut(v, signs, rows)
	mean := 0.0
	for _, video := range videos {
		f, _ := leaveOut(video, v, rows, examples, found)
		t.Logf("%s: F1 %.3f, precision %.3f, recall %.3f", video, f.f1(), f.precision(), f.recall())
		mean += f.f1() / float64(len(videos))
	}
	if mean < .93 {
		t.Errorf("mean F1 %.4f, want at least .93", mean)
	}
	n := alarms(fit.Train(v, examples, options), v, signs, aside)
	t.Logf("%d false alarms on %d ordinary posts", n, len(aside))
	if n*200 > len(aside) {
		t.Errorf("%d false alarms on %d ordinary posts, want at most one of 200", n, len(aside))
	}
}
