package cli

import (
	"fmt"
	"strconv"
	"strings"

	"hearth"
	"hearth/client"
)

type alertGroup struct {
	List alertList `cmd:"" help:"List the alerts, the newest first."`
	Show alertShow `cmd:"" help:"Show why an alert was raised."`
	Vote alertVote `cmd:"" help:"Say whether an alert was useful."`
	Rule alertRule `cmd:"" help:"Show or change how a monitor is watched."`
	Test alertTest `cmd:"" help:"Send a test message through every channel."`
}

type alertList struct {
	Monitor string `placeholder:"MONITOR" help:"Of this monitor only."`
	State   string `enum:"open,over," default:"" placeholder:"STATE" help:"In this state only: open or over."`
	Same    bool   `help:"Those, too, that are about the same posts as another."`
	Limit   int    `short:"n" default:"20" help:"Most to show."`
}

func (c *alertList) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		search := client.AlertSearch{State: c.State, Same: c.Same, Limit: c.Limit}
		if c.Monitor != "" {
			m, err := s.monitor(api, c.Monitor)
			if err != nil {
				return err
			}
			search.Monitor = m.ID
		}
		page, err := api.Alerts(s.ctx, search)
		if err != nil {
			return err
		}
		if s.json {
			for i := range page.Alerts {
				if err := s.printLine(&page.Alerts[i]); err != nil {
					return err
				}
			}
			return nil
		}
		t := &table{columns: []column{{title: "no.", right: true, paint: s.style.faint}, {title: "class", paint: s.style.bold}, {title: "state"}, {title: "began"}, {title: "why", grow: true}}}
		now := s.env.Clock()
		for i := range page.Alerts {
			a := &page.Alerts[i]
			t.add(strconv.FormatInt(a.ID, 10), a.Class, a.State, ago(a.Began, now), safe(a.Evidence.Sentence))
		}
		if len(page.Alerts) == 0 {
			s.note("No alerts.")
		} else if err := t.print(s.env.Stdout, s.out, s.style); err != nil {
			return err
		}
		if p := page.Precision; p.Judged > 0 {
			s.note("%s of %s that people judged in 90 days were useful.", grouped(p.Useful), grouped(p.Judged))
		}
		return nil
	})
}

type alertShow struct {
	Alert int64 `arg:"" help:"Its number, as alert list shows it."`
}

func (c *alertShow) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		a, err := api.Alert(s.ctx, c.Alert)
		if err != nil {
			return err
		}
		if s.json {
			return s.printLine(&a)
		}
		e := &a.Evidence
		t := table{columns: []column{{paint: s.style.faint}, {}}}
		t.add("alert", fmt.Sprintf("%d  %s, %s", a.ID, a.Class, a.State))
		t.add("why", safe(e.Sentence))
		t.add("began", moment(a.Began))
		t.add("last", moment(a.Last))
		t.add("posts", fmt.Sprintf("%s since it began", grouped(e.Posts)))
		if e.Count > 0 {
			t.add("volume", fmt.Sprintf("%s in %d minutes, usually %.1f; score %.1f, the budget asked for %.1f", grouped(e.Count), e.Minutes, e.Expected, e.Score, e.Threshold))
		}
		if e.Known > 0 {
			t.add("negative", fmt.Sprintf("%.0f of 100, usually %.0f (of %s whose sentiment is known)", 100*e.Part, 100*e.Usual, grouped(e.Known)))
		}
		for _, v := range e.Authors {
			t.add("author", fmt.Sprintf("@%s on %s, %s followers, %d posts", safe(v.Handle), safe(v.Network), grouped(v.Followers), v.Posts))
		}
		if a.Incident != 0 {
			t.add("incident", strconv.FormatInt(a.Incident, 10))
		}
		t.add("judged", fmt.Sprintf("useful %d, noise %d", a.Useful, a.Noise))
		return t.printRows(s.env.Stdout, terminal{})
	})
}

type alertVote struct {
	Alert int64 `arg:"" help:"Its number, as alert list shows it."`
	Noise bool  `help:"It was not useful."`
}

func (c *alertVote) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		a, err := api.VoteAlert(s.ctx, c.Alert, !c.Noise)
		if err == nil {
			s.note("Alert %d: useful %d, noise %d.", a.ID, a.Useful, a.Noise)
		}
		return err
	})
}

type alertRule struct {
	Monitor   string   `arg:"" help:"The monitor, by its name or number."`
	Budget    *float64 `help:"About so many alerts a week."`
	Zone      *string  `help:"The time zone of its hours, such as Europe/Helsinki."`
	Own       *string  `help:"A query: these posts are your own campaign's and do not count for volume."`
	Quiet     []string `name:"quiet-time" placeholder:"FROM-TO" help:"Times such as 22:00-07:00 in which only all-hands is sent; none: no such times."`
	Threshold *int64   `help:"Posts in an alert that would be a crisis."`
	Off       bool     `help:"Raise nothing." xor:"on"`
	On        bool     `help:"Raise alerts again." xor:"on"`
}

func (c *alertRule) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		m, err := s.monitor(api, c.Monitor)
		if err != nil {
			return err
		}
		r, err := api.AlertRule(s.ctx, m.ID)
		if err != nil {
			return err
		}
		changed, err := c.apply(&r.Rule)
		if err != nil {
			return err
		}
		if changed {
			if r, err = api.SetAlertRule(s.ctx, m.ID, client.RuleChange{Version: r.Version, Rule: r.Rule}); err != nil {
				return err
			}
		}
		return s.printRule(&m, &r)
	})
}

// apply changes a rule as the flags say.
func (c *alertRule) apply(r *client.AlertRule) (changed bool, err error) {
	if c.Budget != nil {
		r.Budget, changed = *c.Budget, true
	}
	if c.Zone != nil {
		r.Zone, changed = *c.Zone, true
	}
	if c.Own != nil {
		r.Own, changed = *c.Own, true
	}
	if c.Threshold != nil {
		r.Threshold, changed = *c.Threshold, true
	}
	if c.Off || c.On {
		r.Off, changed = c.Off, true
	}
	if len(c.Quiet) > 0 {
		r.Quiet, changed = nil, true
	}
	for _, text := range c.Quiet {
		from, to, ok := strings.Cut(text, "-")
		switch {
		case text == "none":
		case !ok:
			return false, hearth.Errorf(hearth.Invalid, "Write quiet times like 22:00-07:00, not %q.", text)
		default:
			r.Quiet = append(r.Quiet, client.QuietTime{From: from, To: to})
		}
	}
	return changed, nil
}

func (s *session) printRule(m *client.Monitor, r *client.MonitorRule) error {
	if s.json {
		return s.printLine(r)
	}
	t := table{columns: []column{{paint: s.style.faint}, {}}}
	state := "raises alerts"
	if r.Rule.Off {
		state = "raises nothing"
	}
	t.add("monitor", safe(m.Name)+"  "+state)
	t.add("budget", strconv.FormatFloat(r.Rule.Budget, 'f', -1, 64)+" alerts a week")
	t.add("zone", safe(r.Rule.Zone))
	t.add("crisis", "from "+grouped(r.Rule.Threshold)+" posts on")
	if r.Rule.Own != "" {
		t.add("own", safe(r.Rule.Own))
	}
	for _, q := range r.Rule.Quiet {
		t.add("quiet", q.From+"-"+q.To)
	}
	return t.printRows(s.env.Stdout, terminal{})
}

type alertTest struct{}

func (alertTest) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		list, err := api.Channels(s.ctx)
		if err != nil {
			return err
		}
		for _, c := range list.Channels {
			if _, err := api.TestChannel(s.ctx, c.ID); err != nil {
				return err
			}
		}
		s.note("A test message goes out through %d channels. See: hearth webhook log", len(list.Channels))
		return nil
	})
}
