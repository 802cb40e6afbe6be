package cli

import (
	"context"
	"strconv"

	"hearth"
	"hearth/client"
)

type sourceLetters struct {
	Source string `arg:"" optional:"" help:"Of this source only: its name or number."`
	Error  string `placeholder:"ERROR" help:"With this error only, as --errors shows it."`
	Errors bool   `help:"Show what is wrong with those of the source, and how often."`
	Limit  int    `short:"n" default:"20" help:"Most to show."`
}

func (c *sourceLetters) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		var id int64
		if c.Source != "" {
			src, err := s.source(api, c.Source)
			if err != nil {
				return err
			}
			id = src.ID
		}
		if c.Errors {
			return s.letterErrors(api, id)
		}
		page, err := api.DeadLetters(s.ctx, client.DeadLetterSearch{Source: id, Error: c.Error, Limit: c.Limit})
		if err != nil {
			return err
		}
		for i := range page.Letters {
			l := &page.Letters[i]
			if s.json {
				if err := s.printLine(l); err != nil {
					return err
				}
				continue
			}
			s.printf("%s  %s  %s\n  %s\n", s.style.bold("no. "+strconv.FormatInt(l.ID, 10)), s.style.faint(l.Noted.UTC().Format("2006-01-02 15:04:05")), safe(l.Reason),
				s.style.faint(cut(safe(clip(l.Raw, false)), max(s.out.width-2, 0))))
		}
		if !s.json {
			s.note("%s could not be read.", grouped(page.Total))
		}
		return nil
	})
}

func (s *session) letterErrors(api *client.Client, source int64) error {
	if source == 0 {
		return hearth.Errorf(hearth.Invalid, "Say of which source: hearth source letters --errors SOURCE")
	}
	list, err := api.LetterErrors(s.ctx, source)
	if err != nil {
		return err
	}
	t := &table{columns: []column{{title: "letters", right: true}, {title: "error", grow: true, paint: s.style.bold}}}
	for i := range list {
		if s.json {
			if err := s.printLine(&list[i]); err != nil {
				return err
			}
			continue
		}
		t.add(grouped(list[i].Count), safe(list[i].Error))
	}
	if s.json {
		return nil
	}
	if len(list) == 0 {
		s.note("The source has no dead letters.")
		return nil
	}
	return t.print(s.env.Stdout, s.out, s.style)
}

// letterNaming is the argument of commands about dead letters: some by their
// numbers, or all of a source.
type letterNaming struct {
	Letter []int64 `arg:"" optional:"" help:"Their numbers, as source letters shows them."`
	All    string  `placeholder:"SOURCE" help:"All of this source, in a job."`
	Error  string  `placeholder:"ERROR" help:"With --all: those with this error only, as source letters --errors shows it."`
}

// act does something with the letters.
func (c *letterNaming) act(s *session, task client.LetterTask, do func(*client.Client, context.Context, int64) error, became string) error {
	if (c.All == "") == (len(c.Letter) == 0) {
		return hearth.Errorf(hearth.Invalid, "Name dead letters by their numbers, or a source with --all SOURCE. See: hearth source letters")
	}
	if c.All == "" {
		return s.each("dead letter", c.Letter, do, became)
	}
	return s.with(func(api *client.Client) error {
		src, err := s.source(api, c.All)
		if err != nil {
			return err
		}
		task.Error = c.Error
		run, err := api.StartLetterRun(s.ctx, src.ID, task)
		if err != nil || s.json {
			return s.printed(&run, err)
		}
		s.note("Job %d works on %s dead letters. See: hearth job show %d", run.Job.ID, grouped(run.Letters), run.Job.ID)
		return nil
	})
}

// printed prints what a call gave as JSON.
func (s *session) printed(v any, err error) error {
	if err != nil {
		return err
	}
	return s.printLine(v)
}

type sourceReplay struct{ letterNaming }

func (c *sourceReplay) Run(s *session) error {
	return c.act(s, client.LetterTask{Act: "replay"}, (*client.Client).ReplayDeadLetter, "could be read now.")
}

type sourceDismiss struct{ letterNaming }

func (c *sourceDismiss) Run(s *session) error {
	return c.act(s, client.LetterTask{Act: "dismiss"}, (*client.Client).DismissDeadLetter, "is put aside; hearth source restore brings it back.")
}

type sourceRestore struct {
	letterSource
	Letter []int64 `arg:"" optional:"" help:"Their numbers."`
}

// letterSource names what a run has dismissed.
type letterSource struct {
	All string `placeholder:"SOURCE" help:"All of this source that a run has dismissed, in a job."`
	Job int64  `placeholder:"JOB" help:"With --all: the job of that run."`
}

func (c *sourceRestore) Run(s *session) error {
	names := letterNaming{Letter: c.Letter, All: c.All}
	return names.act(s, client.LetterTask{Act: "restore", Run: c.Job}, (*client.Client).RestoreDeadLetter, "is back.")
}
