package cli

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"hearth"
)

type evalCommand struct {
	Task    string   `arg:"" help:"language, sentiment, complaint, question, suggestion, purchase or spam."`
	Files   []string `arg:"" name:"file" help:"JSON lines with text, label and, if known, lang; also packed by gzip."`
	Detect  bool     `help:"Find the language of each text, also where the file gives it."`
	Network string   `placeholder:"NAME" help:"Read the texts as if they came from this network; spam is much rarer elsewhere than under videos (youtube, the default for spam)."`
}

func (c *evalCommand) Run(s *session) error {
	if !slices.Contains(s.tools.EvaluateTasks, c.Task) {
		return hearth.Errorf(hearth.Invalid, "There is no task %q; choose one of %s.", c.Task, strings.Join(s.tools.EvaluateTasks, ", "))
	}
	var failed error
	shown := false
	for _, file := range c.Files {
		e, err := c.measure(s, file)
		switch {
		case err != nil && (len(c.Files) == 1 || s.ctx.Err() != nil):
			return err
		case err != nil: // the others are measured all the same
			if code := s.finish(err); failed == nil {
				failed = quietExit(code)
			}
			continue
		}
		if s.json {
			if err := s.printf("%s\n", e.JSON); err != nil {
				return err
			}
			continue
		}
		if shown {
			if err := s.printf("\n"); err != nil {
				return err
			}
		}
		shown = true
		if err := s.showEvaluation(file, e); err != nil {
			return err
		}
	}
	return failed
}

func (c *evalCommand) measure(s *session, file string) (*Evaluation, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, hearth.Errorf(hearth.NotFound, "The file %s cannot be opened: %v.", file, unwrapped(err))
	}
	defer f.Close()
	if about, err := f.Stat(); err == nil && about.IsDir() {
		return nil, hearth.Errorf(hearth.Invalid, "%s is a directory; name the files in it.", file)
	}
	line := s.statusLine()
	defer line.clear()
	return s.tools.Evaluate(s.ctx, f, EvaluateOptions{
		Task: c.Task, File: filepath.Base(file), Detect: c.Detect, Network: c.Network,
		Progress: func(rows int) { line.set(fmt.Sprintf("%s  %s texts", filepath.Base(file), grouped(int64(rows)))) },
	})
}

func (s *session) showEvaluation(file string, e *Evaluation) error {
	if err := s.printf("%s\n", s.style.bold(safe(file))); err != nil {
		return err
	}
	t := table{columns: []column{{paint: s.style.faint}, {}}}
	for _, l := range e.Lines {
		t.add(l.Name, safe(l.Value))
	}
	if err := t.printRows(s.env.Stdout, s.out); err != nil {
		return err
	}
	for _, part := range e.Tables {
		if err := s.printf("\n"); err != nil {
			return err
		}
		t := table{columns: []column{{title: part.Columns[0]}}}
		for _, title := range part.Columns[1:] {
			t.columns = append(t.columns, column{title: title, right: true})
		}
		for _, row := range part.Rows {
			t.add(row...)
		}
		if err := t.print(s.env.Stdout, s.out, s.style); err != nil {
			return err
		}
	}
	return nil
}

type modelCommand struct {
	Name string `arg:"" optional:"" help:"Print this model's card: data, licences, date, scores, limits."`
}

func (c *modelCommand) Run(s *session) error {
	models := s.tools.Models()
	if c.Name == "" {
		if s.json {
			for _, m := range models {
				m.Card = ""
				if err := s.printJSON(m); err != nil {
					return err
				}
			}
			return nil
		}
		t := table{columns: []column{{title: "MODEL"}, {title: "VERSION", right: true}, {title: "FIELDS"}}}
		for _, m := range models {
			t.add(m.Name, fmt.Sprint(m.Version), strings.Join(m.Adds, ", "))
		}
		if err := t.print(s.env.Stdout, s.out, s.style); err != nil {
			return err
		}
		return s.printf("\nhearth model NAME prints the card of one.\n")
	}
	var names []string
	for _, m := range models {
		if names = append(names, m.Name); m.Name != c.Name {
			continue
		}
		if s.json {
			return s.printJSON(m)
		}
		return s.printf("%s\n", strings.TrimSpace(m.Card))
	}
	return hearth.Errorf(hearth.NotFound, "There is no model %q; there are %s.", c.Name, strings.Join(names, ", "))
}

// printJSON prints a document on a line.
func (s *session) printJSON(v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return s.printf("%s\n", b)
}
