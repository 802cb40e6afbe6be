package cli

import (
	"strconv"
	"strings"
	"time"

	"hearth"
	"hearth/client"
)

type ruleGroup struct {
	List   ruleList   `cmd:"" help:"List the rules that tag, in the order in which they are asked."`
	Add    ruleAdd    `cmd:"" help:"Make a rule that tags what arrives."`
	Change ruleChange `cmd:"" help:"Make another rule of one."`
	Pause  rulePause  `cmd:"" help:"Let a rule rest."`
	Resume ruleResume `cmd:"" help:"Wake a rule."`
	Remove ruleRemove `cmd:"" help:"Take a rule away; what it tagged stays so."`
	Try    ruleTry    `cmd:"" help:"Say what a rule would do to what is kept, and do nothing."`
	Apply  ruleApply  `cmd:"" help:"Have a rule look at what is kept."`
}

// rule finds a rule by its number or its name.
func (s *session) rule(api *client.Client, named string) (client.Rule, error) {
	list, err := api.Rules(s.ctx)
	if err != nil {
		return client.Rule{}, err
	}
	for _, r := range list {
		if strconv.FormatInt(r.ID, 10) == named || strings.EqualFold(r.Name, named) {
			return r, nil
		}
	}
	return client.Rule{}, hearth.Errorf(hearth.NotFound, "There is no rule %q. See: hearth rule list", named)
}

func (s *session) printTagRule(r *client.Rule) error {
	if s.json {
		return s.printLine(r)
	}
	state := ""
	if r.Paused {
		state = "; it rests"
	}
	return s.printf("rule %d  %s, sets %s%s\n", r.ID, safe(r.Name), safe(strings.Join(r.Tags, ", ")), state)
}

type ruleList struct{}

func (ruleList) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		list, err := api.Rules(s.ctx)
		if err != nil {
			return err
		}
		t := &table{columns: []column{{title: "no.", right: true, paint: s.style.faint}, {title: "place", right: true}, {title: "name", grow: true, paint: s.style.bold}, {title: "tags", grow: true},
			{title: "query", grow: true}, {title: "then"}}}
		for i := range list {
			r := &list[i]
			if s.json {
				if err := s.printLine(r); err != nil {
					return err
				}
				continue
			}
			then := "go on"
			switch {
			case r.Paused:
				then = "rests"
			case r.Stop:
				then = "stop"
			}
			t.add(strconv.FormatInt(r.ID, 10), strconv.FormatInt(r.Place, 10), safe(r.Name), safe(strings.Join(r.Tags, ", ")), safe(r.Query), then)
		}
		switch {
		case s.json:
			return nil
		case len(list) == 0:
			s.note("No rules yet. Begin with: hearth rule add Complaints --query 'intent:complaint' --tag urgent")
			return nil
		}
		return t.print(s.env.Stdout, s.out, s.style)
	})
}

// ruleWhat says what a rule does.
type ruleWhat struct {
	Query   string   `placeholder:"QUERY" help:"Which posts, in the query language."`
	Monitor string   `placeholder:"MONITOR" help:"Only what this monitor catches on arrival; its name or number."`
	Tag     []string `sep:"none" placeholder:"TAG" help:"A tag to set; may be given again."`
	Place   int64    `placeholder:"N" help:"Rules are asked in this order."`
	Stop    bool     `help:"No later rule is asked about a post that matches."`
}

// put puts what was said into a draft.
func (w *ruleWhat) put(s *session, api *client.Client, d *client.RuleDraft) error {
	if w.Query != "" {
		d.Query = w.Query
	}
	if w.Monitor != "" {
		m, err := s.monitor(api, w.Monitor)
		if err != nil {
			return err
		}
		d.Monitor = m.ID
	}
	if len(w.Tag) > 0 {
		d.Tags = w.Tag
	}
	if w.Place != 0 {
		d.Place = w.Place
	}
	d.Stop = d.Stop || w.Stop
	return nil
}

type ruleAdd struct {
	Name string `arg:"" help:"What to call it."`
	ruleWhat
}

func (c *ruleAdd) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		d := client.RuleDraft{Name: c.Name}
		if err := c.put(s, api, &d); err != nil {
			return err
		}
		r, err := api.AddRule(s.ctx, d)
		if err != nil {
			return err
		}
		return s.printTagRule(&r)
	})
}

type ruleChange struct {
	Rule string `arg:"" help:"Its name or number."`
	Name string `placeholder:"NAME" help:"A new name."`
	ruleWhat
}

func (c *ruleChange) Run(s *session) error {
	return s.changeRule(c.Rule, func(api *client.Client, d *client.RuleDraft) error {
		if c.Name != "" {
			d.Name = c.Name
		}
		return c.put(s, api, d)
	})
}

func (s *session) changeRule(named string, change func(*client.Client, *client.RuleDraft) error) error {
	return s.with(func(api *client.Client) error {
		r, err := s.rule(api, named)
		if err != nil {
			return err
		}
		next := client.TagRuleChange{Version: r.Version, RuleDraft: r.RuleDraft}
		if err := change(api, &next.RuleDraft); err != nil {
			return err
		}
		if r, err = api.ChangeRule(s.ctx, r.ID, next); err != nil {
			return err
		}
		return s.printTagRule(&r)
	})
}

type ruleNamed struct {
	Rule string `arg:"" help:"Its name or number."`
}

type rulePause struct{ ruleNamed }
type ruleResume struct{ ruleNamed }
type ruleRemove struct{ ruleNamed }

func (c *rulePause) Run(s *session) error {
	return s.changeRule(c.Rule, func(_ *client.Client, d *client.RuleDraft) error { d.Paused = true; return nil })
}

func (c *ruleResume) Run(s *session) error {
	return s.changeRule(c.Rule, func(_ *client.Client, d *client.RuleDraft) error { d.Paused = false; return nil })
}

func (c *ruleRemove) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		r, err := s.rule(api, c.Rule)
		if err != nil {
			return err
		}
		return api.RemoveRule(s.ctx, r.ID)
	})
}

// rulePast says how far back a rule looks.
type rulePast struct {
	From string `placeholder:"TIME" help:"Only posts from then on, such as 30d or 2026-11-01; all of them if not said."`
}

func (p *rulePast) read(s *session) (time.Time, error) {
	if p.From == "" {
		return time.Time{}, nil
	}
	return s.moment("--from", p.From)
}

type ruleTry struct {
	ruleNamed
	rulePast
}

func (c *ruleTry) Run(s *session) error {
	from, err := c.read(s)
	if err != nil {
		return err
	}
	return s.with(func(api *client.Client) error {
		r, err := s.rule(api, c.Rule)
		if err != nil {
			return err
		}
		tried, err := api.TryRule(s.ctx, client.RuleTrial{RuleDraft: r.RuleDraft, From: from})
		if err != nil {
			return err
		}
		if s.json {
			return s.printLine(&tried)
		}
		about := "about "
		if tried.Exact {
			about = ""
		}
		if err := s.printf("%s%s match, %s%s would be tagged\n", about, counted(tried.Matches, "post"), about, grouped(tried.Changes)); err != nil {
			return err
		}
		for i := range tried.Posts {
			if err := s.printHit(&tried.Posts[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

type ruleApply struct {
	ruleNamed
	rulePast
}

func (c *ruleApply) Run(s *session) error {
	from, err := c.read(s)
	if err != nil {
		return err
	}
	return s.with(func(api *client.Client) error {
		r, err := s.rule(api, c.Rule)
		if err != nil {
			return err
		}
		run, err := api.ApplyRule(s.ctx, r.ID, client.RuleApplication{From: from})
		if err != nil {
			return err
		}
		return s.printTagRun(&run)
	})
}
