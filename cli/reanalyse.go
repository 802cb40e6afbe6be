package cli

import (
	"cmp"
	"fmt"
	"strconv"
	"time"

	"hearth/client"
)

type reanalyseGroup struct {
	Start   reanalyseStart   `cmd:"" help:"Judge stored posts anew, or say first what that would change."`
	List    reanalyseList    `cmd:"" help:"Show what was judged anew, and how far it is."`
	Changes reanalyseChanges `cmd:"" help:"Show what one changed."`
	Models  reanalyseModels  `cmd:"" help:"Show by which versions posts were judged."`
	Pause   reanalysePause   `cmd:"" help:"Let one rest."`
	Resume  reanalyseResume  `cmd:"" help:"Go on with one."`
	Cancel  reanalyseCancel  `cmd:"" help:"End one; what it changed stays so."`
	Undo    reanalyseUndo    `cmd:"" help:"Go back to what posts said before one."`
}

type reanalyseStart struct {
	Query   string    `placeholder:"QUERY" help:"Only what this finds."`
	Monitor string    `placeholder:"MONITOR" help:"Only what this monitor caught; its name or number."`
	From    time.Time `format:"2006-01-02" placeholder:"DAY" help:"Only what was published from this day on."`
	To      time.Time `format:"2006-01-02" placeholder:"DAY" help:"Only what was published before this day."`
	DryRun  bool      `help:"Say from some of the posts what it would change, and change nothing."`
	Wait    bool      `help:"Return when it is done."`
}

func (c *reanalyseStart) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		d := client.ReanalysisDraft{Search: client.Search{Query: c.Query, From: c.From, To: c.To}}
		if c.Monitor != "" {
			m, err := s.monitor(api, c.Monitor)
			if err != nil {
				return err
			}
			d.Search.Monitor = m.ID
		}
		if c.DryRun {
			trial, err := api.TryReanalysis(s.ctx, d)
			if err != nil {
				return err
			}
			return s.printTrial(&trial)
		}
		one, err := api.StartReanalysis(s.ctx, d)
		for err == nil && c.Wait && (one.State == "running" || one.State == "paused") {
			if err = rest(s.ctx); err == nil {
				var now client.ReanalysisChanges
				now, err = api.Reanalysis(s.ctx, one.ID)
				one = now.Reanalysis
			}
		}
		if err != nil {
			return err
		}
		return s.printReanalysis(&one)
	})
}

func (s *session) printTrial(t *client.ReanalysisTrial) error {
	if s.json {
		return s.printLine(t)
	}
	if err := s.printf("Of %s posts %s were tried: %s would say something else; on %s a person’s word would hold.\n", grouped(t.Total), grouped(t.Looked), grouped(t.Changed), grouped(t.Kept)); err != nil {
		return err
	}
	if err := s.printf("All of them would take about %s on a quiet machine, and %s on the disk.\n", (time.Duration(t.Takes * float64(time.Second))).Round(time.Second), fmt.Sprintf("%.1f MB", float64(t.Bytes)/1e6)); err != nil {
		return err
	}
	return s.printMoves(t.Moves, t.Figures)
}

func (s *session) printMoves(moves []client.JudgementMove, figures []client.JudgementFigure) error {
	if len(moves) > 0 {
		t := &table{columns: []column{{title: "what", paint: s.style.bold}, {title: "language"}, {title: "was"}, {title: "becomes"}, {title: "posts", right: true}, {title: "one of them", grow: true}}}
		for _, m := range moves {
			example := ""
			if len(m.Examples) > 0 {
				example = m.Examples[0].Network + "/" + m.Examples[0].ID
			}
			t.add(m.Field, cmp.Or(safe(m.Lang), "none"), cmp.Or(safe(m.Was), "nothing"), cmp.Or(safe(m.Becomes), "nothing"), grouped(m.Posts), safe(example))
		}
		if err := t.print(s.env.Stdout, s.out, s.style); err != nil {
			return err
		}
	}
	if len(figures) == 0 {
		return nil
	}
	share := func(n, of int64) string {
		if of == 0 {
			return "none"
		}
		return fmt.Sprintf("%.1f %%", 100*float64(n)/float64(of))
	}
	t := &table{columns: []column{{title: "monitor", right: true, paint: s.style.bold}, {title: "posts before", right: true}, {title: "after", right: true}, {title: "negative before", right: true}, {title: "after", right: true}}}
	for _, f := range figures {
		t.add(strconv.FormatInt(f.Monitor, 10), grouped(f.PostsBefore), grouped(f.PostsAfter), share(f.NegativeBefore, f.SaidBefore), share(f.NegativeAfter, f.SaidAfter))
	}
	return t.print(s.env.Stdout, s.out, s.style)
}

func (s *session) printReanalysis(r *client.Reanalysis) error {
	if s.json {
		return s.printLine(r)
	}
	return s.printf("re-analysis %d  %s, %s of %s looked at, %s changed\n", r.ID, r.State, grouped(r.Looked), grouped(r.Total), grouped(r.Changed))
}

type reanalyseList struct{}

func (reanalyseList) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		list, err := api.Reanalyses(s.ctx)
		if err != nil {
			return err
		}
		t := &table{columns: []column{{title: "no.", right: true, paint: s.style.faint}, {title: "state"}, {title: "begun"}, {title: "what", grow: true, paint: s.style.bold}, {title: "looked", right: true},
			{title: "of", right: true}, {title: "changed", right: true}, {title: "left", right: true}}}
		for i := range list {
			r := &list[i]
			if s.json {
				if err := s.printLine(r); err != nil {
					return err
				}
				continue
			}
			what := "everything"
			if !r.Whole {
				what = r.Search.Query
				if r.Search.Monitor != 0 {
					what = "monitor " + strconv.FormatInt(r.Search.Monitor, 10) + " " + what
				}
			}
			left := ""
			if r.Left > 0 {
				left = time.Duration(r.Left * float64(time.Second)).Round(time.Second).String()
			}
			t.add(strconv.FormatInt(r.ID, 10), r.State, r.Begun.Format("2006-01-02 15:04"), safe(what), grouped(r.Looked), grouped(r.Total), grouped(r.Changed), left)
		}
		switch {
		case s.json:
			return nil
		case len(list) == 0:
			s.note("Nothing was judged anew yet. See what it would change with: hearth reanalyse start --dry-run")
			return nil
		}
		return t.print(s.env.Stdout, s.out, s.style)
	})
}

type reanalyseModels struct{}

func (reanalyseModels) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		list, err := api.Models(s.ctx)
		if err != nil {
			return err
		}
		if s.json {
			return s.printLine(list)
		}
		t := &table{columns: []column{{title: "model", paint: s.style.bold}, {title: "version", right: true}, {title: "judged by", right: true}, {title: "share", right: true}}}
		for _, m := range list.Models {
			for _, share := range m.Judged {
				version := strconv.Itoa(share.Version)
				if share.Version == 0 {
					version = "unknown"
				}
				t.add(m.Name, strconv.Itoa(m.Version), version, fmt.Sprintf("%.0f %%", 100*float64(share.Posts)/float64(max(list.Drawn, 1))))
			}
		}
		return t.print(s.env.Stdout, s.out, s.style)
	})
}

type reanalyseOne struct {
	Number int64 `arg:"" help:"Its number; see hearth reanalyse list."`
}

type reanalyseChanges struct{ reanalyseOne }

func (c *reanalyseChanges) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		one, err := api.Reanalysis(s.ctx, c.Number)
		if err != nil {
			return err
		}
		if s.json {
			return s.printLine(one)
		}
		if err := s.printReanalysis(&one.Reanalysis); err != nil {
			return err
		}
		return s.printMoves(one.Moves, one.Figures)
	})
}

func (c *reanalyseOne) steer(s *session, step string) error {
	return s.with(func(api *client.Client) error {
		one, err := api.SteerReanalysis(s.ctx, c.Number, step)
		if err != nil {
			return err
		}
		return s.printReanalysis(&one)
	})
}

type reanalysePause struct{ reanalyseOne }
type reanalyseResume struct{ reanalyseOne }
type reanalyseCancel struct{ reanalyseOne }
type reanalyseUndo struct{ reanalyseOne }

func (c *reanalysePause) Run(s *session) error  { return c.steer(s, "pause") }
func (c *reanalyseResume) Run(s *session) error { return c.steer(s, "resume") }
func (c *reanalyseCancel) Run(s *session) error { return c.steer(s, "cancel") }
func (c *reanalyseUndo) Run(s *session) error   { return c.steer(s, "undo") }
