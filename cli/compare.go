package cli

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"hearth"
	"hearth/client"
)

type compareGroup struct {
	Show   compareShow   `cmd:"" help:"Show share of voice and sentiment of a comparison, or of monitors."`
	List   compareList   `cmd:"" help:"List the comparisons."`
	Add    compareAdd    `cmd:"" help:"Name a set of monitors that are looked at side by side."`
	Change compareChange `cmd:"" help:"Give a comparison another name or other monitors."`
	Remove compareRemove `cmd:"" help:"Take a comparison away; its monitors stay."`
}

// comparison finds a comparison by its number or its name.
func (s *session) comparison(api *client.Client, named string) (client.Comparison, error) {
	if id, err := strconv.ParseInt(named, 10, 64); err == nil {
		return api.Comparison(s.ctx, id)
	}
	list, err := api.Comparisons(s.ctx)
	if err != nil {
		return client.Comparison{}, err
	}
	for _, c := range list {
		if strings.EqualFold(c.Name, named) {
			return c, nil
		}
	}
	return client.Comparison{}, hearth.Errorf(hearth.NotFound, "There is no comparison %q. See: hearth compare list", named)
}

// monitorIDs finds monitors by their numbers or names.
func (s *session) monitorIDs(api *client.Client, named []string) (ids []int64, err error) {
	for _, name := range named {
		m, err := s.monitor(api, name)
		if err != nil {
			return nil, err
		}
		ids = append(ids, m.ID)
	}
	return ids, nil
}

type compareShow struct {
	Names []string `arg:"" help:"One comparison, or several monitors; names or numbers."`
	period
}

func (c *compareShow) Run(s *session) error {
	return s.with(func(api *client.Client) (err error) {
		var ask client.CompareRequest
		if ask.From, ask.To, err = c.read(s); err != nil {
			return err
		}
		if len(c.Names) == 1 {
			one, err := s.comparison(api, c.Names[0])
			if err != nil {
				return err
			}
			ask.Comparison = one.ID
		} else if ask.Monitors, err = s.monitorIDs(api, c.Names); err != nil {
			return err
		}
		found, err := api.Compare(s.ctx, ask)
		if err != nil || s.json {
			return cmp.Or(err, s.printLine(found))
		}
		t := &table{columns: []column{{title: "monitor", grow: true, paint: s.style.bold}, {title: "posts", right: true}, {title: "before", right: true, paint: s.style.faint},
			{title: "share of voice", right: true}, {title: "negative", right: true}, {title: "positive", right: true}}}
		for _, p := range found.Parts {
			t.add(safe(p.Name), grouped(p.Posts), grouped(p.Before), measured(p.Voice), measured(p.NegativeShare), measured(p.PositiveShare))
		}
		return t.print(s.env.Stdout, s.out, s.style)
	})
}

// measured writes a share with its interval, in percent.
func measured(m client.Measure) string {
	if m.N == 0 {
		return "not known"
	}
	return fmt.Sprintf("%.0f %% (%.0f to %.0f)", 100*m.Value, 100*m.Low, 100*m.High)
}

type compareList struct{}

func (compareList) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		list, err := api.Comparisons(s.ctx)
		if err != nil {
			return err
		}
		t := &table{columns: []column{{title: "no.", right: true, paint: s.style.faint}, {title: "name", grow: true, paint: s.style.bold}, {title: "monitors"}}}
		for i := range list {
			if s.json {
				if err := s.printLine(&list[i]); err != nil {
					return err
				}
				continue
			}
			t.add(strconv.FormatInt(list[i].ID, 10), safe(list[i].Name), strings.Trim(fmt.Sprint(list[i].Monitors), "[]"))
		}
		switch {
		case s.json:
			return nil
		case len(list) == 0:
			s.note("No comparisons yet. Begin with: hearth compare add Rivals Acme 'Other brand'")
			return nil
		}
		return t.print(s.env.Stdout, s.out, s.style)
	})
}

type compareAdd struct {
	Name     string   `arg:"" help:"What to call it."`
	Monitors []string `arg:"" help:"Two monitors or more; names or numbers."`
}

func (c *compareAdd) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		ids, err := s.monitorIDs(api, c.Monitors)
		if err != nil {
			return err
		}
		one, err := api.AddComparison(s.ctx, client.ComparisonDraft{Name: c.Name, Monitors: ids})
		return cmp.Or(err, s.printComparison(&one))
	})
}

func (s *session) printComparison(c *client.Comparison) error {
	if s.json {
		return s.printLine(c)
	}
	return s.printf("comparison %d  %s, of %s\n", c.ID, safe(c.Name), counted(int64(len(c.Monitors)), "monitor"))
}

type compareChange struct {
	Comparison string   `arg:"" help:"Its name or number."`
	Monitors   []string `arg:"" optional:"" help:"Other monitors, in the order in which they are shown."`
	Name       string   `placeholder:"NAME" help:"A new name."`
}

func (c *compareChange) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		one, err := s.comparison(api, c.Comparison)
		if err != nil {
			return err
		}
		change := client.ComparisonChange{Version: one.Version}
		if c.Name != "" {
			change.Name = &c.Name
		}
		if change.Monitors, err = s.monitorIDs(api, c.Monitors); err != nil {
			return err
		}
		if change.Name == nil && change.Monitors == nil {
			return hearth.Errorf(hearth.Invalid, "Say what to change: --name NAME, the monitors, or both.")
		}
		one, err = api.ChangeComparison(s.ctx, one.ID, change)
		return cmp.Or(err, s.printComparison(&one))
	})
}

type compareRemove struct {
	Comparison string `arg:"" help:"Its name or number."`
}

func (c *compareRemove) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		one, err := s.comparison(api, c.Comparison)
		if err != nil {
			return err
		}
		return api.RemoveComparison(s.ctx, one.ID)
	})
}
