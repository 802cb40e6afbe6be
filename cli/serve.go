package cli

import (
	"fmt"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"hearth"
	"hearth/client"
)

type serveCommand struct{ kong.Plugins }

func (c *serveCommand) Run(s *session) error {
	return s.tools.Serve(s.ctx, s.given(), func(address string) {
		if s.json {
			s.printLine(struct {
				Address string `json:"address"`
			}{address})
			return
		}
		s.note("Hearth listens at %s", s.errStyle.bold(address))
		s.welcome(address)
		s.note("%s", s.errStyle.faint("Next: hearth source add bluesky   hearth monitor add NAME 'QUERY'   Ctrl-C ends it"))
	})
}

// welcome shows a person the way in while nobody owns this Hearth. The link is
// for their eyes only, so it goes to a terminal and into no log.
func (s *session) welcome(address string) {
	err := s.with(func(api *client.Client) error {
		if !s.err.is {
			list, err := api.Users(s.ctx)
			if err == nil && len(list) == 0 {
				s.note("Nobody owns this Hearth yet. On this machine run: hearth user setup-link")
			}
			return err
		}
		link, err := api.SetUpLink(s.ctx)
		if err == nil {
			s.note("Nobody owns this Hearth yet. Open this link, once, within a day:\n  %s", s.errStyle.bold(address+link.Path))
		}
		return err
	})
	if err != nil && hearth.ErrorCode(err) != hearth.Conflict {
		s.note("%s", s.errStyle.warn(safe(err.Error())))
	}
}

type statusCommand struct{}

func (c *statusCommand) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		st, err := api.Status(s.ctx)
		if err != nil {
			return err
		}
		if s.json {
			return s.printLine(st)
		}
		now := s.env.Clock()
		t := table{columns: []column{{paint: s.style.faint}, {}}}
		t.add("version", st.Version)
		t.add("state", st.State+", started "+ago(st.Started, now))
		t.add("posts", grouped(st.Posts))
		t.add("mentions", grouped(st.Mentions))
		t.add("rate", fmt.Sprintf("%.1f events a second read, %.1f posts a second kept", st.Rate.Read, st.Rate.Stored))
		disk := size(st.Storage.Used)
		if st.Storage.Free >= 0 {
			disk += " used, " + size(st.Storage.Free) + " free"
		}
		t.add("disk", disk)
		if st.Window != nil {
			t.add("replay window", windowText(st.Window, now))
		}
		t.add("dead letters", grouped(st.DeadLetters))
		if !st.Backup.IsZero() {
			t.add("last backup", ago(st.Backup, now))
		}
		if err := t.printRows(s.env.Stdout, terminal{}); err != nil {
			return err
		}
		for _, trouble := range st.Trouble {
			s.printf("%s %s\n", s.style.warn("!"), safe(trouble))
		}
		if len(st.Sources) > 0 {
			s.printf("\n%s\n", s.style.bold("Sources"))
			s.sourceTable(st.Sources).print(s.env.Stdout, s.out, s.style)
		}
		if len(st.Monitors) > 0 {
			s.printf("\n%s\n", s.style.bold("Monitors"))
			s.monitorTable(st.Monitors).print(s.env.Stdout, s.out, s.style)
		}
		return nil
	})
}

// windowText words what the replay window holds.
func windowText(w *client.Window, now time.Time) string {
	limits := fmt.Sprintf("of at most %s and %s", span(time.Duration(w.Hours*float64(time.Hour))), size(w.Limit))
	if w.Posts == 0 {
		return "empty, " + limits
	}
	text := fmt.Sprintf("%s of the last %s, %s, %s", counted(w.Posts, "post"), span(now.Sub(w.From)), size(w.Bytes), limits)
	if n := int64(len(w.Gaps)); n > 0 {
		text += fmt.Sprintf("; %s, the newest %s", counted(n, "gap"), ago(w.Gaps[0].To, now))
	}
	if w.Damaged > 0 {
		text += "; " + counted(w.Damaged, "damaged block") + " passed over"
	}
	return text
}

type configGroup struct {
	kong.Plugins
	Check configCheck `cmd:"" help:"Explain every setting: its value, where it comes from, what is wrong with it."`
}

type configCheck struct{}

func (configCheck) Run(s *session) error {
	settings, err := s.tools.Config(s.given())
	if err != nil {
		return err
	}
	wrong := 0
	for _, set := range settings {
		if set.Problem != "" {
			wrong++
		}
		if s.json {
			if err := s.printLine(set); err != nil {
				return err
			}
			continue
		}
		value := set.Value
		if value == "" {
			value = "(empty)"
		}
		s.printf("%s %s  %s\n", s.style.bold(pad(set.Name, 18)), safe(value), s.style.faint("from "+set.From))
		s.printf("  %s\n", s.style.faint(set.Help+" ("+set.Env+")"))
		if set.Problem != "" {
			s.printf("  %s %s\n", s.style.bad("wrong:"), safe(set.Problem))
		}
	}
	if wrong > 0 {
		return hearth.Errorf(hearth.Invalid, "%d of the settings are wrong.", wrong)
	}
	return nil
}

type doctorCommand struct {
	kong.Plugins
	Deep    bool `help:"Also read everything that is stored: every row, its checksum, the search index and the counts. Needs the server stopped."`
	Reindex bool `help:"Rebuild the search index first. Needs the server stopped."`
	Rebuild bool `help:"Find copies, bots and topics anew first, from all that is stored. What people said of them stays. Needs the server stopped."`
	Accept  bool `help:"Go on with what is here where a start refuses files that do not belong together. What is missing stays missing."`
}

func (c *doctorCommand) Run(s *session) error {
	line := s.statusLine()
	findings := s.tools.Doctor(s.ctx, s.given(), DoctorOptions{Deep: c.Deep, Reindex: c.Reindex, Rebuild: c.Rebuild, Accept: c.Accept,
		Progress: func(stage string, share float64) { line.set(stage + "  " + bar(share)) }})
	line.clear()
	for _, f := range findings {
		if s.json {
			if err := s.printLine(f); err != nil {
				return err
			}
			continue
		}
		s.printFinding(&f)
	}
	if worst := worstOf(findings); worst != nil {
		return hearth.Errorf(worst.Code, "Something is wrong: %s. %s", strings.TrimSuffix(worst.Saw, "."), worst.Advice)
	}
	if !s.json {
		s.note("%s", verdict(findings, c.Deep))
	}
	return nil
}

func (s *session) printFinding(f *Finding) {
	mark := s.style.good("ok   ")
	switch f.Grade {
	case Fair:
		mark = s.style.warn("note ")
	case Bad:
		mark = s.style.bad("wrong")
	}
	s.printf("%s  %s  %s\n", mark, s.style.bold(pad(f.Name, 16)), safe(f.Saw))
	if f.Means != "" {
		s.printf("       %s\n", s.style.faint(safe(f.Means)))
	}
	if f.Advice != "" {
		s.printf("       %s\n", safe(f.Advice))
	}
}

// worstOf is the finding that decides the exit code, nil if nothing is bad:
// damaged data before everything else, then the first.
func worstOf(findings []Finding) (worst *Finding) {
	for i := range findings {
		f := &findings[i]
		if f.Grade != Bad {
			continue
		}
		if f.Code == "" {
			f.Code = hearth.Internal
		}
		if worst == nil || f.Code == hearth.Damaged && worst.Code != hearth.Damaged {
			worst = f
		}
	}
	return worst
}

// verdict is the last line where nothing is bad.
func verdict(findings []Finding, deep bool) string {
	notes := 0
	for _, f := range findings {
		if f.Grade == Fair {
			notes++
		}
	}
	line := "Nothing is wrong"
	switch {
	case notes == 1:
		line += "; one thing should be looked at"
	case notes > 1:
		line += fmt.Sprintf("; %d things should be looked at", notes)
	}
	if !deep {
		line += ". hearth doctor --deep, with the server stopped, reads everything that is stored"
	}
	return line + "."
}

type demoCommand struct {
	kong.Plugins
	Seed uint64 `default:"1" help:"The same number gives the same world."`
	Days int    `default:"60" help:"How many days of history the world has, at most 60."`
	Fast bool   `help:"Everything at once, then end."`
}

func (c *demoCommand) Run(s *session) error {
	given := s.given()
	if c.Days < 1 || c.Days > 60 {
		return hearth.Errorf(hearth.Invalid, "The world has between 1 and 60 days of history, not %d.", c.Days)
	}
	o := DemoOptions{Directory: given["data"], Seed: c.Seed, Days: c.Days, Fast: c.Fast, Out: s.env.Stdout}
	o.Heard = func(monitor string, p *client.Hit) {
		if s.json {
			s.printLine(p)
			return
		}
		s.printf("%s %s", s.style.warn("["+safe(monitor)+"]"), s.postLines(&p.Post.Post, nil, false))
	}
	return s.tools.Demo(s.ctx, given, o)
}
