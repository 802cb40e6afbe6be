package cli

import (
	"strconv"
	"strings"

	"hearth"
	"hearth/client"
)

type monitorGroup struct {
	Add      monitorAdd      `cmd:"" help:"Save a query; it listens at once."`
	List     monitorList     `cmd:"" help:"List the monitors."`
	Show     monitorShow     `cmd:"" help:"Show a monitor and its latest mentions."`
	Change   monitorChange   `cmd:"" help:"Give a monitor another name or query."`
	Pause    monitorPause    `cmd:"" help:"Let a monitor sleep; its mentions stay."`
	Resume   monitorResume   `cmd:"" help:"Wake it again."`
	Remove   monitorRemove   `cmd:"" help:"Take a monitor away; it can be restored for 30 days, its posts stay."`
	Restore  monitorRestore  `cmd:"" help:"Bring a removed monitor back."`
	Count    monitorCount    `cmd:"" help:"Count a monitor's mentions over time and by a field."`
	Chart    monitorChart    `cmd:"" help:"Draw the posts of monitors over time."`
	Tops     monitorTops     `cmd:"" help:"Show whom and what a monitor's mentions name most."`
	Audience monitorAudience `cmd:"" help:"Show when, where and about what else the authors of a monitor's mentions write."`
	Accuracy monitorAccuracy `cmd:"" help:"Show how often the analysis is right, as people judge."`
	Voices   monitorVoices   `cmd:"" help:"Show who is listened to on a monitor's topic."`
	Template monitorTemplate `cmd:"" name:"templates" help:"List queries to begin with, by industry."`
	Preview  monitorPreview  `cmd:"" help:"Say what a query would have caught in the last days."`
	Mentions monitorMentions `cmd:"" help:"Show what a monitor caught, newest first."`
	Letters  monitorLetters  `cmd:"" help:"Show stored posts that could not be counted, and why."`
	Replay   monitorReplay   `cmd:"" help:"Try again to count them."`
	Dismiss  monitorDismiss  `cmd:"" help:"Let them be; they stay in the archive."`
	Versions monitorVersions `cmd:"" help:"Show how a monitor stood before."`
	Diff     monitorDiff     `cmd:"" help:"Show what a change of a monitor gained and lost."`
	Fill     monitorFill     `cmd:"" help:"Search the past for a monitor again, or say how far that is."`
}

// monitor finds a monitor by its number or its name.
func (s *session) monitor(api *client.Client, named string) (client.Monitor, error) {
	if id, err := strconv.ParseInt(named, 10, 64); err == nil {
		return api.Monitor(s.ctx, id)
	}
	list, err := api.Monitors(s.ctx)
	if err != nil {
		return client.Monitor{}, err
	}
	for _, m := range list {
		if strings.EqualFold(m.Name, named) {
			return api.Monitor(s.ctx, m.ID)
		}
	}
	return client.Monitor{}, hearth.Errorf(hearth.NotFound, "There is no monitor %q. See: hearth monitor list", named)
}

type monitorAdd struct {
	Name  string   `arg:"" help:"What to call it."`
	Query []string `arg:"" help:"The query."`
	Brand []string `placeholder:"BRAND" sep:"none" help:"A brand that it belongs to; say it again for more."`
}

func (c *monitorAdd) Run(s *session) error {
	return s.withNew(func(api *client.Client) error {
		text := strings.Join(c.Query, " ")
		brands, err := s.brandsNamed(api, c.Brand)
		if err != nil {
			return err
		}
		m, err := api.AddMonitor(s.ctx, client.MonitorDraft{Name: c.Name, Query: text, Brands: brands})
		if err != nil {
			return s.queryTrouble(text, err)
		}
		return s.printMonitor(&m)
	})
}

type monitorList struct{}

func (monitorList) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		list, err := api.Monitors(s.ctx)
		if err != nil {
			return err
		}
		if s.json {
			for i := range list {
				if err := s.printLine(&list[i]); err != nil {
					return err
				}
			}
			return nil
		}
		if len(list) == 0 {
			s.note("No monitors yet. Begin with: hearth monitor add Coffee 'coffee OR espresso'")
			return nil
		}
		return s.monitorTable(list).print(s.env.Stdout, s.out, s.style)
	})
}

func (s *session) monitorTable(list []client.Monitor) *table {
	t := &table{columns: []column{{title: "no.", right: true, paint: s.style.faint}, {title: "name", grow: true, paint: s.style.bold},
		{title: "mentions", right: true}, {title: "latest", paint: s.style.faint}, {title: "state"}, {title: "query", grow: true, paint: s.style.faint}}}
	for _, m := range list {
		t.add(strconv.FormatInt(m.ID, 10), safe(m.Name), grouped(m.Mentions), ago(m.LastSeen, s.env.Clock()), monitorState(&m), safe(clip(m.Query, false)))
	}
	return t
}

func monitorState(m *client.Monitor) string {
	switch {
	case m.Paused:
		return "paused"
	case m.Filling:
		return "filling"
	}
	return "listening"
}

func (s *session) printMonitor(m *client.Monitor) error {
	if s.json {
		return s.printLine(m)
	}
	t := table{columns: []column{{paint: s.style.faint}, {}}}
	t.add("monitor", strconv.FormatInt(m.ID, 10)+"  "+safe(m.Name))
	t.add("state", monitorState(m))
	t.add("mentions", grouped(m.Mentions))
	t.add("latest", ago(m.LastSeen, s.env.Clock()))
	t.add("version", strconv.FormatInt(m.Version, 10))
	t.add("query", safe(m.Query))
	t.add("finds", safe(m.Explain))
	return t.printRows(s.env.Stdout, terminal{})
}

// naming is the argument of commands about one monitor.
type naming struct {
	Monitor string `arg:"" help:"Its name or number."`
}

type monitorShow struct{ naming }

func (c *monitorShow) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		m, err := s.monitor(api, c.Monitor)
		if err != nil {
			return err
		}
		if err := s.printMonitor(&m); err != nil || s.json {
			return err
		}
		page, err := api.Mentions(s.ctx, m.ID, 3, "")
		if err != nil {
			return err
		}
		for i := range page.Posts {
			s.printf("\n")
			if err := s.printHit(&page.Posts[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

type monitorChange struct {
	naming
	Name    string   `placeholder:"NAME" help:"A new name."`
	Query   []string `arg:"" optional:"" help:"A new query."`
	Version int64    `help:"Change only if the monitor still has this version."`
	Brand   []string `placeholder:"BRAND" sep:"none" xor:"brands" help:"A brand that it shall belong to; say it again for more."`
	NoBrand bool     `xor:"brands" help:"It shall belong to no brand, but to the whole workspace."`
	DryRun  bool     `help:"Change nothing, and say what the new query would gain and lose."`
}

func (c *monitorChange) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		m, err := s.monitor(api, c.Monitor)
		if err != nil {
			return err
		}
		change := client.MonitorChange{Version: m.Version}
		if c.Version > 0 {
			change.Version = c.Version
		}
		if c.Name != "" {
			change.Name = &c.Name
		}
		text := strings.Join(c.Query, " ")
		if text != "" {
			change.Query = &text
		}
		if c.DryRun {
			return s.previewChange(api, m.ID, text)
		}
		if len(c.Brand) > 0 || c.NoBrand {
			brands, err := s.brandsNamed(api, c.Brand)
			if err != nil {
				return err
			}
			change.Brands = &brands
		}
		if change.Name == nil && change.Query == nil && change.Brands == nil {
			return hearth.Errorf(hearth.Invalid, "Say what to change: --name NAME, --brand BRAND, a new query, or all of them.")
		}
		if m, err = api.ChangeMonitor(s.ctx, m.ID, change); err != nil {
			return s.queryTrouble(text, err)
		}
		return s.printMonitor(&m)
	})
}

type monitorPause struct{ naming }

func (c *monitorPause) Run(s *session) error { return s.switchMonitor(c.Monitor, true) }

type monitorResume struct{ naming }

func (c *monitorResume) Run(s *session) error { return s.switchMonitor(c.Monitor, false) }

func (s *session) switchMonitor(named string, off bool) error {
	return s.with(func(api *client.Client) error {
		m, err := s.monitor(api, named)
		if err != nil {
			return err
		}
		if off {
			m, err = api.PauseMonitor(s.ctx, m.ID)
		} else {
			m, err = api.ResumeMonitor(s.ctx, m.ID)
		}
		if err != nil {
			return err
		}
		return s.printMonitor(&m)
	})
}

type monitorRemove struct{ naming }

func (c *monitorRemove) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		m, err := s.monitor(api, c.Monitor)
		if err != nil {
			return err
		}
		if err := api.RemoveMonitor(s.ctx, m.ID); err != nil {
			return err
		}
		s.note("Removed monitor %d, %s. Its posts stay; hearth monitor restore %d brings it back within 30 days.", m.ID, safe(m.Name), m.ID)
		return nil
	})
}

type monitorPreview struct {
	Query []string `arg:"" help:"The query."`
}

func (c *monitorPreview) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		text := strings.Join(c.Query, " ")
		p, err := api.PreviewMonitor(s.ctx, text)
		if err != nil {
			return s.queryTrouble(text, err)
		}
		if s.json {
			return s.printLine(p)
		}
		if !p.Check.OK {
			if err := s.printCheck(text, &p.Check); err != nil {
				return err
			}
			return quietExit(ExitUsage)
		}
		s.printf("%s\n\n", safe(p.Check.Explain))
		if err := s.printCounts(&client.Counts{Total: p.Total, Exact: p.Exact, Low: p.Low, High: p.High, Buckets: p.Buckets}, "day"); err != nil {
			return err
		}
		for i := range p.Samples {
			s.printf("\n")
			if err := s.printHit(&p.Samples[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

type monitorMentions struct {
	naming
	Limit  int    `short:"n" default:"20" help:"Most posts to show."`
	Cursor string `placeholder:"CURSOR" help:"Where the page before ended."`
}

func (c *monitorMentions) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		m, err := s.monitor(api, c.Monitor)
		if err != nil {
			return err
		}
		shown, cursor := 0, c.Cursor
		for shown < c.Limit {
			page, err := api.Mentions(s.ctx, m.ID, min(c.Limit-shown, largestPage), cursor)
			if err != nil {
				return err
			}
			for i := range page.Posts {
				if err := s.printHit(&page.Posts[i]); err != nil {
					return err
				}
			}
			shown += len(page.Posts)
			if cursor = page.Next; cursor == "" {
				break
			}
		}
		s.moreToCome(shown, cursor)
		return nil
	})
}

type monitorVersions struct{ naming }

func (c *monitorVersions) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		m, err := s.monitor(api, c.Monitor)
		if err != nil {
			return err
		}
		list, err := api.MonitorVersions(s.ctx, m.ID)
		if err != nil {
			return err
		}
		t := table{columns: []column{{title: "version", right: true}, {title: "changed", paint: s.style.faint}, {title: "name", grow: true}, {title: "query", grow: true}}}
		for _, v := range list {
			if s.json {
				if err := s.printLine(v); err != nil {
					return err
				}
				continue
			}
			t.add(strconv.FormatInt(v.Version, 10), v.Changed.UTC().Format("2006-01-02 15:04:05"), safe(v.Name), safe(clip(v.Query, false)))
		}
		if s.json {
			return nil
		}
		return t.print(s.env.Stdout, s.out, s.style)
	})
}

type monitorRestore struct{ naming }

func (c *monitorRestore) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		list, err := api.RemovedMonitors(s.ctx)
		if err != nil {
			return err
		}
		for _, m := range list {
			if strings.EqualFold(m.Name, c.Monitor) || strconv.FormatInt(m.ID, 10) == c.Monitor {
				if m, err = api.RestoreMonitor(s.ctx, m.ID); err != nil {
					return err
				}
				return s.printMonitor(&m)
			}
		}
		return hearth.Errorf(hearth.NotFound, "There is no removed monitor %q that could be restored.", c.Monitor)
	})
}

type monitorCount struct {
	naming
	By   string `enum:"network,lang,sentiment,intent,kind,nothing" default:"nothing" help:"Break down by: ${enum}."`
	Over string `enum:"hour,day,week,month,all" default:"all" help:"Width of the intervals: ${enum}."`
	From string `placeholder:"TIME" help:"Published at or after: a day, a moment, or 7d, 12h ago; counted in whole hours."`
	To   string `placeholder:"TIME" help:"Published before."`
}

func (c *monitorCount) Run(s *session) error {
	return s.with(func(api *client.Client) (err error) {
		m, err := s.monitor(api, c.Monitor)
		if err != nil {
			return err
		}
		var count client.MentionCount
		if count.From, err = s.moment("from", c.From); err != nil {
			return err
		}
		if count.To, err = s.moment("to", c.To); err != nil {
			return err
		}
		if c.By != "nothing" {
			count.By = c.By
		}
		if c.Over != "all" {
			count.Interval = c.Over
		}
		counts, err := api.CountMentions(s.ctx, m.ID, count)
		if err != nil {
			return err
		}
		if s.json {
			return s.printLine(counts)
		}
		return s.printMentionCounts(&counts, &count)
	})
}

func (s *session) printMentionCounts(counts *client.MentionCounts, asked *client.MentionCount) error {
	t := table{columns: []column{{title: asked.Interval, paint: s.style.faint}, {title: asked.By, grow: true}, {title: "posts", right: true}, {paint: s.style.good}}}
	most := int64(1)
	for _, b := range counts.Buckets {
		most = max(most, b.Count)
	}
	layout := "2006-01-02"
	if asked.Interval == "hour" {
		layout = "2006-01-02 15:04"
	}
	for _, b := range counts.Buckets {
		start := ""
		if !b.Start.IsZero() {
			start = b.Start.UTC().Format(layout)
		}
		value := safe(b.Value)
		if asked.By != "" && value == "" {
			value = "(none)"
		}
		t.add(start, value, grouped(b.Count), strings.Repeat("█", int(30*b.Count/most)))
	}
	if len(counts.Buckets) > 0 {
		if err := t.print(s.env.Stdout, s.out, s.style); err != nil {
			return err
		}
	}
	return s.printf("%s\n", counted(counts.Total, "mention"))
}
