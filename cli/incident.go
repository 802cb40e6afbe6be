package cli

import (
	"fmt"
	"strconv"
	"strings"

	"hearth"
	"hearth/client"
)

type incidentGroup struct {
	List       incidentList       `cmd:"" help:"List the incidents, the newest first."`
	Show       incidentShow       `cmd:"" help:"Show an incident with its runbook and timeline."`
	Open       incidentOpen       `cmd:"" help:"Open an incident, from an alert or by hand."`
	Change     incidentChange     `cmd:"" help:"Change title, class, status or owner."`
	Note       incidentNote       `cmd:"" help:"Add a note to the timeline."`
	Tick       incidentTick       `cmd:"" help:"Mark a step of the runbook as done."`
	Forecast   incidentForecast   `cmd:"" help:"Say how far an incident will spread."`
	Publishing incidentPublishing `cmd:"" help:"Show or set whether all scheduled publishing is held back."`
}

type incidentList struct {
	Status string `enum:"open,mitigated,closed," default:"" placeholder:"STATUS" help:"In this status only: open, mitigated or closed."`
	Limit  int    `short:"n" default:"20" help:"Most to show."`
}

func (c *incidentList) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		page, err := api.Incidents(s.ctx, c.Status, 0, c.Limit)
		if err != nil {
			return err
		}
		t := &table{columns: []column{{title: "no.", right: true, paint: s.style.faint}, {title: "class", paint: s.style.bold}, {title: "status"}, {title: "opened"}, {title: "title", grow: true}}}
		now := s.env.Clock()
		for i := range page.Incidents {
			one := &page.Incidents[i]
			if s.json {
				if err := s.printLine(one); err != nil {
					return err
				}
				continue
			}
			t.add(strconv.FormatInt(one.ID, 10), one.Class, one.Status, ago(one.Opened, now), safe(one.Title))
		}
		switch {
		case s.json:
			return nil
		case len(page.Incidents) == 0:
			s.note("No incidents.")
			return nil
		}
		return t.print(s.env.Stdout, s.out, s.style)
	})
}

type incidentShow struct {
	Incident int64 `arg:"" help:"Its number, as incident list shows it."`
}

func (c *incidentShow) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		one, err := api.Incident(s.ctx, c.Incident)
		if err != nil {
			return err
		}
		return s.printIncident(&one)
	})
}

func (s *session) printIncident(one *client.Incident) error {
	if s.json {
		return s.printLine(one)
	}
	t := table{columns: []column{{paint: s.style.faint}, {}}}
	t.add("incident", fmt.Sprintf("%d  %s, %s, version %d", one.ID, one.Class, one.Status, one.Version))
	t.add("title", safe(one.Title))
	t.add("began", moment(one.Began))
	t.add("opened", moment(one.Opened))
	if !one.Closed.IsZero() {
		t.add("closed", moment(one.Closed))
	}
	for i, step := range one.Runbook {
		mark := "[ ]"
		if step.Done {
			mark = "[x]"
		}
		t.add(fmt.Sprintf("step %d", i+1), mark+" "+safe(step.Text))
	}
	for _, e := range one.Timeline {
		t.add(e.At.UTC().Format("01-02 15:04"), e.Kind+": "+safe(strings.ReplaceAll(e.Text, "\n", " ")))
	}
	return t.printRows(s.env.Stdout, terminal{})
}

type incidentOpen struct {
	Alert   int64  `help:"The alert that it is about."`
	Title   string `help:"What to call it; that of the alert, if it is left out."`
	Class   string `enum:"watch,act,all-hands," default:"" placeholder:"CLASS" help:"How serious: watch, act or all-hands."`
	Monitor string `help:"The monitor that it is about, by name or number."`
	Runbook string `help:"The checklist: standard, product, outage, words or data."`
}

func (c *incidentOpen) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		draft := client.IncidentDraft{Alert: c.Alert, Title: c.Title, Class: c.Class, Runbook: c.Runbook}
		if c.Monitor != "" {
			m, err := s.monitor(api, c.Monitor)
			if err != nil {
				return err
			}
			draft.Monitor = m.ID
		}
		one, err := api.OpenIncident(s.ctx, draft)
		if err != nil {
			return err
		}
		return s.printIncident(&one)
	})
}

type incidentChange struct {
	Incident int64   `arg:"" help:"Its number, as incident list shows it."`
	Title    *string `help:"Another title."`
	Class    *string `help:"watch, act or all-hands."`
	Status   *string `help:"open, mitigated or closed."`
	Owner    *int64  `help:"The number of the user who looks after it."`
}

func (c *incidentChange) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		one, err := api.Incident(s.ctx, c.Incident)
		if err != nil {
			return err
		}
		one, err = api.ChangeIncident(s.ctx, c.Incident, client.IncidentChange{Version: one.Version, Title: c.Title, Class: c.Class, Status: c.Status, Owner: c.Owner})
		if err != nil {
			return err
		}
		return s.printIncident(&one)
	})
}

type incidentNote struct {
	Incident int64    `arg:"" help:"Its number, as incident list shows it."`
	Text     []string `arg:"" help:"The note."`
}

func (c *incidentNote) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		one, err := api.NoteIncident(s.ctx, c.Incident, strings.Join(c.Text, " "))
		if err != nil {
			return err
		}
		return s.printIncident(&one)
	})
}

type incidentTick struct {
	Incident int64 `arg:"" help:"Its number, as incident list shows it."`
	Step     int   `arg:"" help:"The number of the step, as incident show shows it."`
	Undo     bool  `help:"It is not done after all."`
}

func (c *incidentTick) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		one, err := api.Incident(s.ctx, c.Incident)
		if err != nil {
			return err
		}
		if c.Step < 1 || c.Step > len(one.Runbook) {
			return hearth.Errorf(hearth.Invalid, "There is no step %d; the runbook has %d.", c.Step, len(one.Runbook))
		}
		one, err = api.MarkIncident(s.ctx, c.Incident, client.IncidentMark{Step: c.Step, Text: one.Runbook[c.Step-1].Text, Done: !c.Undo})
		if err != nil {
			return err
		}
		return s.printIncident(&one)
	})
}

type incidentForecast struct {
	Incident int64 `arg:"" help:"Its number, as incident list shows it."`
}

func (c *incidentForecast) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		f, err := api.ForecastIncident(s.ctx, c.Incident)
		if err != nil {
			return err
		}
		if s.json {
			return s.printLine(&f)
		}
		t := table{columns: []column{{paint: s.style.faint}, {}}}
		t.add("posts", grouped(f.Posts)+" so far")
		if f.Method == "none" || f.Low == nil || f.High == nil {
			t.add("forecast", "not known: there are fewer than five earlier alerts to learn from")
		} else {
			t.add("forecast", fmt.Sprintf("80 of 100 end between %s and %s posts (%s, learned from %d earlier alerts)",
				grouped(int64(*f.Low)), grouped(int64(*f.High)), f.Method, f.Histories))
			t.add("crisis", fmt.Sprintf("%s posts with a probability of %s; it doubles with %s", grouped(f.Threshold), chance(f.Reaches), chance(f.Doubles)))
		}
		if f.PastPeak {
			t.add("peak", "it seems to be over")
		}
		if o := f.Seismic; o != nil {
			text := "each repost brings more than one: still in its explosive phase"
			if !o.Explosive && o.Final != nil {
				text = "about " + grouped(int64(*o.Final)) + " reposts in the end"
			}
			t.add("post", fmt.Sprintf("passed on most, %d times: %s", o.Reshares, text))
		}
		return t.printRows(s.env.Stdout, terminal{})
	})
}

// chance writes a probability.
func chance(p *float64) string {
	if p == nil {
		return "not known"
	}
	return fmt.Sprintf("%.0f of 100", 100**p)
}

type incidentPublishing struct {
	Pause    bool  `help:"Hold everything scheduled back." xor:"do"`
	Resume   bool  `help:"Let scheduled posts out again." xor:"do"`
	Incident int64 `help:"The incident that it is about."`
}

func (c *incidentPublishing) Run(s *session) error {
	return s.with(func(api *client.Client) (err error) {
		var p client.Publishing
		switch {
		case c.Pause:
			p, err = api.PausePublishing(s.ctx, c.Incident)
		case c.Resume:
			p, err = api.ResumePublishing(s.ctx, c.Incident)
		default:
			p, err = api.Publishing(s.ctx)
		}
		if err != nil {
			return err
		}
		if s.json {
			return s.printLine(&p)
		}
		if p.Paused {
			return s.printf("All scheduled publishing is held back since %s.\n", moment(p.At))
		}
		return s.printf("Scheduled publishing goes on.\n")
	})
}
