package cli

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"hearth"
	"hearth/client"
)

type sourceGroup struct {
	Add      sourceAdd      `cmd:"" help:"Begin to read a network."`
	List     sourceList     `cmd:"" help:"List the sources and how they are doing."`
	Show     sourceShow     `cmd:"" help:"Show one source: settings, counters, gaps."`
	Pause    sourcePause    `cmd:"" help:"Stop reading; the place is kept."`
	Resume   sourceResume   `cmd:"" help:"Go on reading where it stopped."`
	Rotate   sourceRotate   `cmd:"" help:"Give a source another address for webhooks; the old one is closed at once."`
	Remove   sourceRemove   `cmd:"" help:"Forget a source; its posts stay."`
	Limits   sourceLimits   `cmd:"" help:"Show the limits that hosts set, who waits for them, and hosts that fail."`
	Networks sourceNetworks `cmd:"" help:"List the networks that can be read, with their settings."`
	Letters  sourceLetters  `cmd:"" help:"Show what could not be read, and why."`
	Replay   sourceReplay   `cmd:"" help:"Try again to read dead letters."`
	Dismiss  sourceDismiss  `cmd:"" help:"Put dead letters aside; they are thrown away after seven days."`
	Restore  sourceRestore  `cmd:"" help:"Bring dismissed dead letters back."`
}

// source finds a source by its number or its name.
func (s *session) source(api *client.Client, named string) (client.Source, error) {
	if id, err := strconv.ParseInt(named, 10, 64); err == nil {
		return api.Source(s.ctx, id)
	}
	list, err := api.Sources(s.ctx)
	if err != nil {
		return client.Source{}, err
	}
	for _, src := range list {
		if strings.EqualFold(src.Name, named) {
			return src, nil
		}
	}
	return client.Source{}, hearth.Errorf(hearth.NotFound, "There is no source %q. See: hearth source list", named)
}

type sourceAdd struct {
	Network string            `arg:"" help:"The network. See: hearth source networks"`
	Name    string            `placeholder:"NAME" help:"What to call it."`
	Set     map[string]string `placeholder:"NAME=VALUE" help:"A setting of the network."`
}

func (c *sourceAdd) Run(s *session) error {
	return s.withNew(func(api *client.Client) error {
		src, err := api.AddSource(s.ctx, client.SourceDraft{Name: c.Name, Network: c.Network, Settings: c.Set})
		if err != nil {
			return err
		}
		if err := s.printSource(&src); err != nil || s.json {
			return err
		}
		s.printDelivery(&src)
		return nil
	})
}

// printDelivery says how to send to a source that was added or given another
// address.
func (s *session) printDelivery(src *client.Source) {
	d := src.Deliveries
	if d == nil || d.Example == "" { // or the network knows by itself
		return
	}
	if !strings.Contains(d.Address, "://") {
		s.note("No server takes webhooks yet. Start one with: hearth serve --webhooks ADDRESS")
	}
	s.printf("\nTo send a post by hand:\n\n%s", safeLines(d.Example))
	if len(src.Made) > 0 {
		s.note("Keep the secret: it is not shown again.")
	}
}

type sourceRotate struct{ sourceNaming }

func (c *sourceRotate) Run(s *session) error {
	return s.withSource(c.Source, func(api *client.Client, src client.Source) (err error) {
		if src, err = api.RotateCallback(s.ctx, src.ID); err != nil {
			return err
		}
		if err := s.printSource(&src); err != nil || s.json {
			return err
		}
		s.printDelivery(&src)
		return nil
	})
}

type sourceList struct{}

func (sourceList) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		list, err := api.Sources(s.ctx)
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
			s.note("No sources yet. Begin with: hearth source add bluesky")
			return nil
		}
		return s.sourceTable(list).print(s.env.Stdout, s.out, s.style)
	})
}

func (s *session) sourceTable(list []client.Source) *table {
	t := &table{columns: []column{{title: "no.", right: true, paint: s.style.faint}, {title: "name", grow: true, paint: s.style.bold}, {title: "network"},
		{title: "state"}, {title: "age", right: true}, {title: "read", right: true}, {title: "kept", right: true},
		{title: "unreadable", right: true}, {title: "gaps", right: true}, {title: "trouble", grow: true, paint: s.style.warn}}}
	for _, src := range list {
		t.add(strconv.FormatInt(src.ID, 10), safe(src.Name), safe(src.Network), src.State, dataAge(&src),
			grouped(src.Counters.Events), grouped(src.Counters.Stored), grouped(src.Counters.Rejects), grouped(src.Counters.Gaps), safe(src.Trouble))
	}
	return t
}

func dataAge(src *client.Source) string {
	if src.DataAge == nil {
		return "–"
	}
	return span(time.Duration(*src.DataAge * float64(time.Second)))
}

func (s *session) printSource(src *client.Source) error {
	if s.json {
		return s.printLine(src)
	}
	t := table{columns: []column{{paint: s.style.faint}, {}}}
	t.add("source", strconv.FormatInt(src.ID, 10)+"  "+safe(src.Name))
	t.add("network", safe(src.Network))
	t.add("state", src.State)
	if src.Trouble != "" {
		t.add("trouble", safe(src.Trouble))
	}
	t.add("age of data", dataAge(src))
	if next := src.NextLook; !next.IsZero() {
		t.add("next look", "in "+span(next.Sub(s.env.Clock())))
	}
	c := &src.Counters
	t.add("read", fmt.Sprintf("%s records, %s events", grouped(c.Frames), grouped(c.Events)))
	t.add("kept", fmt.Sprintf("%s (%s wanted, %s there before)", grouped(c.Stored), grouped(c.Matched), grouped(c.Duplicates)))
	t.add("unreadable", grouped(c.Rejects))
	t.add("gaps", grouped(c.Gaps))
	names := make([]string, 0, len(src.Settings))
	for name := range src.Settings {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		t.add("set "+safe(name), safe(src.Settings[name]))
	}
	for _, name := range slices.Sorted(maps.Keys(src.Made)) {
		t.add(safe(name), safe(src.Made[name]))
	}
	addDeliveries(&t, src.Deliveries)
	for _, g := range src.Gaps {
		t.add("gap", fmt.Sprintf("%s to %s: %s", safe(g.From), safe(g.To), safe(g.Reason)))
	}
	return t.printRows(s.env.Stdout, terminal{})
}

// addDeliveries adds what a network sent by itself.
func addDeliveries(t *table, d *client.Deliveries) {
	if d == nil || d.Example == "" && d.Accepted+d.Duplicates+d.Waiting == 0 && len(d.Refused) == 0 && d.Last.IsZero() {
		return
	}
	if d.Address != "" {
		t.add("address", safe(d.Address))
	}
	last := "none yet"
	if !d.Last.IsZero() {
		last = d.Last.UTC().Format("2006-01-02 15:04:05")
	}
	t.add("last delivery", last)
	t.add("deliveries", fmt.Sprintf("%s taken, %s there before, %s to be read", grouped(d.Accepted), grouped(d.Duplicates), grouped(d.Waiting)))
	for _, r := range d.Refused {
		t.add("refused", grouped(r.Count)+"  "+safe(r.Reason))
	}
}

// sourceNaming is the argument of commands about one source.
type sourceNaming struct {
	Source string `arg:"" help:"Its name or number."`
}

type sourceShow struct{ sourceNaming }

func (c *sourceShow) Run(s *session) error {
	return s.withSource(c.Source, func(api *client.Client, src client.Source) error { return s.printSource(&src) })
}

type sourcePause struct{ sourceNaming }

func (c *sourcePause) Run(s *session) error {
	return s.withSource(c.Source, func(api *client.Client, src client.Source) (err error) {
		if src, err = api.PauseSource(s.ctx, src.ID); err != nil {
			return err
		}
		return s.printSource(&src)
	})
}

type sourceResume struct{ sourceNaming }

func (c *sourceResume) Run(s *session) error {
	return s.withSource(c.Source, func(api *client.Client, src client.Source) (err error) {
		if src, err = api.ResumeSource(s.ctx, src.ID); err != nil {
			return err
		}
		return s.printSource(&src)
	})
}

type sourceRemove struct{ sourceNaming }

func (c *sourceRemove) Run(s *session) error {
	return s.withSource(c.Source, func(api *client.Client, src client.Source) error {
		if err := api.RemoveSource(s.ctx, src.ID); err != nil {
			return err
		}
		s.note("Removed source %d, %s. Its posts stay in the archive.", src.ID, safe(src.Name))
		return nil
	})
}

func (s *session) withSource(named string, do func(*client.Client, client.Source) error) error {
	return s.with(func(api *client.Client) error {
		src, err := s.source(api, named)
		if err != nil {
			return err
		}
		return do(api, src)
	})
}

type sourceNetworks struct{}

func (sourceNetworks) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		list, err := api.Networks(s.ctx)
		if err != nil {
			return err
		}
		for _, n := range list {
			if s.json {
				if err := s.printLine(n); err != nil {
					return err
				}
				continue
			}
			s.printf("%s  %s\n", s.style.bold(pad(n.Name, 12)), n.Title)
			for _, f := range n.Fields {
				s.printf("    %s\n", s.style.faint(fieldLine(&f)))
			}
		}
		return nil
	})
}

func fieldLine(f *client.Field) string {
	line := f.Name + "  " + f.Help
	switch {
	case f.Required:
		line += " Required."
	case f.Default != "":
		line += " Default: " + f.Default + "."
	}
	if len(f.Choices) > 0 {
		line += " One of: " + strings.Join(f.Choices, ", ") + "."
	}
	return line
}
