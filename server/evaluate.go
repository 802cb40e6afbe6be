package server

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"hearth"
	"hearth/analysis"
	"hearth/cli"
	"hearth/evaluation"
)

func models(analyzers []analysis.Analyzer) (list []cli.Model) {
	for _, a := range analyzers {
		list = append(list, cli.Model{Name: a.Name, Version: a.Version, Adds: a.Adds, Card: a.Card})
	}
	return list
}

// evaluate measures and lays the report out for a person.
func evaluate(ctx context.Context, set io.Reader, analyzers []analysis.Analyzer, clock hearth.Clock, o cli.EvaluateOptions) (*cli.Evaluation, error) {
	r, err := evaluation.Run(ctx, set, evaluation.Options{
		Task: o.Task, File: o.File, Analyzers: analyzers, Clock: clock, Detect: o.Detect, Network: o.Network, Progress: o.Progress,
	})
	if err != nil {
		return nil, err
	}
	e := &cli.Evaluation{}
	if e.JSON, err = json.Marshal(r); err != nil {
		return nil, err
	}
	line := func(name, format string, values ...any) {
		e.Lines = append(e.Lines, cli.BenchLine{Name: name, Value: fmt.Sprintf(format, values...)})
	}
	line("texts", "%d", r.N)
	for _, label := range evaluation.ByCount(r.Skipped, func(n int) int { return n }) {
		if label == "" {
			line("left out", "%d without a label", r.Skipped[label])
			continue
		}
		line("left out", "%d labelled %q", r.Skipped[label], label)
	}
	if r.Textless > 0 {
		line("left out", "%d without text", r.Textless)
	}
	for _, label := range evaluation.ByCount(r.ReadAsNo, func(n int) int { return n }) {
		line("read as not_"+r.Task, "%d labelled %q", r.ReadAsNo[label], label)
	}
	if r.Unanswered > 0 {
		line("no answer", "%d, counted as wrong", r.Unanswered)
	}
	line("accuracy", "%.4f", r.Accuracy)
	line("macro F1", "%.4f", r.MacroF1)
	line("average recall", "%.4f", r.AverageRecall)
	if r.F1Positive != nil {
		line("F1 of positive", "%.4f", *r.F1Positive)
	}
	if r.CalibrationError != nil {
		line("calibration error", "%.4f", *r.CalibrationError)
	}
	line("speed", "%.0f texts a second on one core", r.TextsPerSecond)

	labels := cli.EvaluationTable{Columns: []string{"LABEL", "TEXTS", "ANSWERS", "PRECISION", "RECALL", "F1"}}
	for _, name := range evaluation.ByCount(r.PerLabel, func(l evaluation.Label) int { return l.N }) {
		l := r.PerLabel[name]
		labels.Rows = append(labels.Rows, []string{name, fmt.Sprint(l.N), fmt.Sprint(l.Answered), share(l.Precision), share(l.Recall), share(l.F1)})
	}
	e.Tables = append(e.Tables, labels)
	if len(r.PerLength) > 0 {
		e.Tables = append(e.Tables, parts("CHARACTERS", r.PerLength))
	}
	if len(r.PerLanguage) > 1 {
		e.Tables = append(e.Tables, parts("LANGUAGE", r.PerLanguage))
	}
	return e, nil
}

// parts is a table of figures by part, the largest first.
func parts(title string, m map[string]evaluation.Measure) cli.EvaluationTable {
	t := cli.EvaluationTable{Columns: []string{title, "TEXTS", "ACCURACY", "MACRO F1", "RECALL"}}
	for _, name := range evaluation.ByCount(m, func(v evaluation.Measure) int { return v.N }) {
		v := m[name]
		t.Rows = append(t.Rows, []string{strings.ReplaceAll(name, "-", "–"), fmt.Sprint(v.N), share(v.Accuracy), share(v.MacroF1), share(v.AverageRecall)})
	}
	return t
}

func share(x float64) string { return fmt.Sprintf("%.4f", x) }
