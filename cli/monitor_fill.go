package cli

import (
	"fmt"
	"strings"
	"time"

	"hearth/client"
)

type monitorFill struct {
	naming
	Since    string `placeholder:"TIME" help:"How far back: a day, a moment, or 7d, 12h ago; all the way if not said."`
	Estimate bool   `xor:"do" help:"Say what would be gone through and found, and begin nothing."`
	Pause    bool   `xor:"do" help:"Let the search rest, also over a restart."`
	Resume   bool   `xor:"do" help:"Let it go on."`
	Cancel   bool   `xor:"do" help:"End it; what was found stays."`
	Status   bool   `xor:"do" help:"Say how far it is."`
}

func (c *monitorFill) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		m, err := s.monitor(api, c.Monitor)
		if err != nil {
			return err
		}
		since, err := s.moment("since", c.Since)
		if err != nil {
			return err
		}
		if c.Estimate {
			e, err := api.EstimateFilling(s.ctx, m.ID, since)
			if err != nil {
				return err
			}
			return s.printEstimate(&e)
		}
		var f client.Filling
		switch {
		case c.Pause:
			f, err = api.PauseFilling(s.ctx, m.ID)
		case c.Resume:
			f, err = api.ResumeFilling(s.ctx, m.ID)
		case c.Cancel:
			if err = api.CancelFilling(s.ctx, m.ID); err == nil {
				f, err = api.Filling(s.ctx, m.ID)
			}
		case c.Status:
			f, err = api.Filling(s.ctx, m.ID)
		default:
			return s.fill(api, &m, since)
		}
		if err != nil {
			return err
		}
		return s.printFilling(&f)
	})
}

// fillLook is how often the search of the past is asked how far it is.
const fillLook = 200 * time.Millisecond

// fill begins the search of the past, if it is not at work, and shows how far it
// is until it has ended. Breaking the command off leaves it at work.
func (s *session) fill(api *client.Client, m *client.Monitor, since time.Time) error {
	f, err := api.Filling(s.ctx, m.ID)
	if err != nil {
		return err
	}
	if f.State != "running" && f.State != "waiting" {
		if f, err = api.StartFilling(s.ctx, m.ID, since); err != nil {
			return err
		}
	}
	st, err := api.Status(s.ctx)
	if err != nil {
		return err
	}
	if st.State != "running" {
		s.note("No server runs here; the search begins when hearth serve does.")
		return s.printFilling(&f)
	}
	line := s.statusLine()
	defer line.clear()
	tick := time.NewTicker(fillLook)
	defer tick.Stop()
	for f.State == "running" || f.State == "waiting" {
		line.set(fillingLine(&f))
		select {
		case <-s.ctx.Done():
			return s.ctx.Err()
		case <-tick.C:
		}
		if f, err = api.Filling(s.ctx, m.ID); err != nil {
			return err
		}
	}
	line.clear()
	return s.printFilling(&f)
}

// stages words the stages of the search of the past.
var stages = map[string]string{"stored": "what is stored", "window": "the replay window", "networks": "the networks' own search"}

func fillingLine(f *client.Filling) string {
	text := fmt.Sprintf("%s  %s  %s of %s, %s found", bar(f.Share), stages[f.Stage], grouped(f.Looked), counted(f.Total, "post"), grouped(f.Found))
	if f.Rate > 0 {
		text += fmt.Sprintf("  %s a second", grouped(int64(f.Rate)))
	}
	if f.Left > 0 {
		text += "  " + span(time.Duration(f.Left*float64(time.Second))) + " left"
	}
	return text
}

func (s *session) printFilling(f *client.Filling) error {
	if s.json {
		return s.printLine(f)
	}
	t := table{columns: []column{{paint: s.style.faint}, {}}}
	state := f.State
	if state == "running" || state == "paused" {
		state += fmt.Sprintf(", %.0f %%, in %s", 100*f.Share, stages[f.Stage])
	}
	t.add("state", state)
	if !f.Since.IsZero() {
		t.add("back to", f.Since.UTC().Format(time.DateTime))
	}
	if !f.Reached.IsZero() && state != "done" {
		t.add("has reached", f.Reached.UTC().Format(time.DateTime))
	}
	t.add("looked at", grouped(f.Looked)+" of "+counted(f.Total, "post"))
	t.add("found", counted(f.Found, "mention")+", "+grouped(f.Brought)+" of them not stored before")
	if err := t.printRows(s.env.Stdout, terminal{}); err != nil {
		return err
	}
	return s.printNotes(f.Notes)
}

func (s *session) printNotes(notes []string) error {
	for _, note := range notes {
		if err := s.printf("%s %s\n", s.style.warn("!"), safe(note)); err != nil {
			return err
		}
	}
	return nil
}

func (s *session) printEstimate(e *client.FillingEstimate) error {
	if s.json {
		return s.printLine(e)
	}
	t := table{columns: []column{{paint: s.style.faint}, {}}}
	t.add("stored", fmt.Sprintf("%s, of which %s match", counted(e.Stored, "post"), unsure(grouped(e.FoundStored), e.Exact, e.FoundLow, e.FoundHigh)))
	if e.Window > 0 {
		t.add("replay window", fmt.Sprintf("%s read since %s, of which about %s match (judged by %s)",
			counted(e.Window, "post"), e.WindowFrom.UTC().Format(time.DateTime), grouped(e.FoundWindow), grouped(e.Sampled)))
	}
	if len(e.Networks) > 0 {
		t.add("networks", safe(strings.Join(e.Networks, ", ")+", asked for: "+strings.Join(e.Phrases, ", ")))
	}
	if e.Takes > 0 {
		t.add("takes", "about "+span(time.Duration(e.Takes*float64(time.Second)))+", networks left out")
	}
	if err := t.printRows(s.env.Stdout, terminal{}); err != nil {
		return err
	}
	return s.printNotes(e.Notes)
}
