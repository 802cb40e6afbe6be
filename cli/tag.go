package cli

import (
	"cmp"
	"context"
	"strconv"
	"strings"
	"time"

	"hearth/client"
)

type tagGroup struct {
	Add    tagAdd    `cmd:"" help:"Set tags on what a query finds."`
	Remove tagRemove `cmd:"" help:"Take tags away from what a query finds."`
	Runs   tagRuns   `cmd:"" help:"Show what was tagged, and how far it is."`
	Pause  tagPause  `cmd:"" help:"Let tagging rest."`
	Resume tagResume `cmd:"" help:"Go on with tagging."`
	Cancel tagCancel `cmd:"" help:"End tagging; what is tagged stays so."`
	Undo   tagUndo   `cmd:"" help:"Take tagging back, as if it had never been."`
	Show   tagShow   `cmd:"" help:"Show what people and rules said of a post."`
}

type tagAdd struct {
	Tags []string `arg:"" help:"Tags to set."`
	tagWhere
}

type tagRemove struct {
	Tags []string `arg:"" help:"Tags to take away."`
	tagWhere
}

// tagWhere says which posts are meant.
type tagWhere struct {
	Query   string `required:"" placeholder:"QUERY" help:"What to tag, in the query language."`
	Monitor string `placeholder:"MONITOR" help:"Only what this monitor caught; its name or number."`
	Wait    bool   `help:"Return when it is done."`
}

func (c *tagAdd) Run(s *session) error { return c.run(s, client.TagChange{Set: c.Tags}) }

func (c *tagRemove) Run(s *session) error { return c.run(s, client.TagChange{Drop: c.Tags}) }

func (w *tagWhere) run(s *session, change client.TagChange) error {
	return s.with(func(api *client.Client) error {
		d := client.TagRunDraft{Search: client.Search{Query: w.Query}, TagChange: change}
		if w.Monitor != "" {
			m, err := s.monitor(api, w.Monitor)
			if err != nil {
				return err
			}
			d.Monitor = m.ID
		}
		run, err := api.StartTagRun(s.ctx, d)
		for err == nil && w.Wait && (run.State == "running" || run.State == "paused") {
			if err = rest(s.ctx); err == nil {
				run, err = api.TagRun(s.ctx, run.ID)
			}
		}
		if err != nil {
			return err
		}
		return s.printTagRun(&run)
	})
}

// waitEvery is how often a command that waits asks.
const waitEvery = 300 * time.Millisecond

func rest(ctx context.Context) error {
	t := time.NewTimer(waitEvery)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

func (s *session) printTagRun(r *client.TagRun) error {
	if s.json {
		return s.printLine(r)
	}
	return s.printf("run %d  %s, %s of %s looked at, %s changed\n", r.ID, r.State, grouped(r.Looked), grouped(r.Total), grouped(r.Changed))
}

type tagRuns struct{}

func (tagRuns) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		list, err := api.TagRuns(s.ctx)
		if err != nil {
			return err
		}
		t := &table{columns: []column{{title: "no.", right: true, paint: s.style.faint}, {title: "state"}, {title: "tags", grow: true, paint: s.style.bold}, {title: "query", grow: true},
			{title: "looked", right: true}, {title: "of", right: true}, {title: "changed", right: true}}}
		for i := range list {
			r := &list[i]
			if s.json {
				if err := s.printLine(r); err != nil {
					return err
				}
				continue
			}
			tags := strings.Join(r.Set, ", ")
			for _, c := range r.Correct {
				tags = strings.TrimSpace(tags + " " + c.Field + "=" + cmp.Or(c.Value, "machine"))
			}
			if len(r.Drop) > 0 {
				tags = strings.TrimSpace(tags + " without " + strings.Join(r.Drop, ", "))
			}
			t.add(strconv.FormatInt(r.ID, 10), r.State, safe(tags), safe(r.Query), grouped(r.Looked), grouped(r.Total), grouped(r.Changed))
		}
		switch {
		case s.json:
			return nil
		case len(list) == 0:
			s.note("Nothing was tagged yet. Begin with: hearth tag add urgent --query 'intent:complaint'")
			return nil
		}
		return t.print(s.env.Stdout, s.out, s.style)
	})
}

type tagRun struct {
	Number int64 `arg:"" help:"Its number; see hearth tag runs."`
}

func (c *tagRun) steer(s *session, step string) error {
	return s.with(func(api *client.Client) error {
		run, err := api.SteerTagRun(s.ctx, c.Number, step)
		if err != nil {
			return err
		}
		return s.printTagRun(&run)
	})
}

type tagPause struct{ tagRun }
type tagResume struct{ tagRun }
type tagCancel struct{ tagRun }
type tagUndo struct{ tagRun }

func (c *tagPause) Run(s *session) error  { return c.steer(s, "pause") }
func (c *tagResume) Run(s *session) error { return c.steer(s, "resume") }
func (c *tagCancel) Run(s *session) error { return c.steer(s, "cancel") }
func (c *tagUndo) Run(s *session) error   { return c.steer(s, "undo") }

type tagShow struct {
	Network string `arg:"" help:"The post's network."`
	ID      string `arg:"" name:"id" help:"Its id there."`
}

func (c *tagShow) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		said, err := api.Annotations(s.ctx, c.Network, c.ID)
		if err != nil {
			return err
		}
		for i := range said {
			a := &said[i]
			if s.json {
				err = cmp.Or(err, s.printLine(a))
				continue
			}
			what := "set " + a.Field + " " + a.Value
			switch {
			case a.Field != "tag":
				what = "said " + a.Field + " is " + cmp.Or(a.Value, "what the analysis says")
			case a.Value == "":
				what = "took " + a.Field + " " + a.Was + " away"
			}
			who := "user " + strconv.FormatInt(a.User, 10)
			switch {
			case a.Rule != 0:
				who = "rule " + strconv.FormatInt(a.Rule, 10)
			case a.User == 0:
				who = "the operator"
			}
			if !a.Undone.IsZero() {
				what += ", undone"
			}
			err = cmp.Or(err, s.printf("%s  %s %s\n", a.At.Format("2006-01-02 15:04:05"), who, safe(what)))
		}
		if len(said) == 0 && !s.json {
			s.note("Nobody has said anything of this post.")
		}
		return err
	})
}
