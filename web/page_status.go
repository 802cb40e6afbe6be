package web

import (
	"strings"
	"time"

	"hearth"
	"hearth/client"
)

// statusPage says how everything is doing.
type statusPage struct {
	State    string
	Good     bool
	Started  moment
	Version  string
	Trouble  []string
	Health   *healthPart
	Stats    []stat
	Sources  []sourceRow
	Monitors []monitorRow
	More     int64 // monitors that are not shown
	Letters  []letterRow
	Dead     int64
}

type sourceRow struct {
	Name, Network    string
	State, Mood      string // Mood: good, busy, wait or bad
	Trouble          string
	Age, Rate        string
	Heard, Kept      int64
	Rejected, Missed int64
}

type monitorRow struct {
	Name, Link      string
	Mentions        int64
	Share           int // of the one with most mentions, in percent
	Latest          moment
	Paused, Filling bool
}

type letterRow struct {
	Reason, Raw string
	Noted       moment
}

// shownMonitors is how many monitors the status page shows.
const shownMonitors = 24

func (web *Web) status(v *visit) error {
	view, err := web.o.Look(v.r)
	if err != nil {
		return err
	}
	s := &view.Status
	p := &statusPage{
		State: v.name("server", s.State), Good: s.State == "running", Started: v.when(s.Started), Version: s.Version, Dead: s.DeadLetters,
	}
	for _, t := range s.Trouble {
		p.Trouble = append(p.Trouble, v.gist(t))
	}
	if p.Health, err = v.health(&view); err != nil {
		return err
	}
	free := ""
	if s.Storage.Free >= 0 {
		free = v.say("status.free", "size", v.size(s.Storage.Free))
	}
	p.Stats = []stat{
		{Name: v.say("status.posts"), Value: v.number(s.Posts), Explain: []string{v.say("status.posts.how")}},
		{Name: v.say("status.mentions"), Value: v.number(s.Mentions), Explain: []string{v.say("status.mentions.how")}},
		{Name: v.say("status.heard"), Value: v.rate(s.Rate.Read), Explain: []string{v.say("status.heard.how")}},
		{Name: v.say("status.kept"), Value: v.rate(s.Rate.Stored), Explain: []string{v.say("status.kept.how")}},
		{Name: v.say("status.disk"), Value: v.size(s.Storage.Used), Beside: free, Explain: []string{v.say("status.disk.how")}},
	}
	for i := range s.Sources {
		p.Sources = append(p.Sources, v.sourceRow(&s.Sources[i]))
	}
	most := int64(1)
	for _, m := range s.Monitors {
		most = max(most, m.Mentions)
	}
	for i := range s.Monitors[:min(shownMonitors, len(s.Monitors))] {
		m := &s.Monitors[i]
		p.Monitors = append(p.Monitors, monitorRow{
			Name: shorten(60, m.Name), Link: look{Monitor: hearth.MonitorID(m.ID)}.at("/mentions"), Mentions: m.Mentions,
			Share: int(100 * m.Mentions / most), Latest: v.when(m.LastSeen), Paused: m.Paused, Filling: m.Filling,
		})
	}
	p.More = s.MonitorsAll - int64(len(p.Monitors))
	for i := range view.Letters {
		d := &view.Letters[i]
		p.Letters = append(p.Letters, letterRow{v.gist(d.Reason), shorten(160, d.Raw), v.when(d.Noted)})
	}
	return v.show("status", v.say("nav.status"), p)
}

func (v *visit) sourceRow(s *client.Source) sourceRow {
	row := sourceRow{
		Name: shorten(60, s.Name), Network: s.Network, State: v.name("source", s.State), Mood: mood(s.State), Trouble: v.gist(s.Trouble), Age: "–",
		Rate: v.rate(s.Rate.Read), Heard: s.Counters.Events, Kept: s.Counters.Stored, Rejected: s.Counters.Rejects, Missed: s.Counters.Gaps,
	}
	if s.DataAge != nil {
		row.Age = v.span(time.Duration(*s.DataAge * float64(time.Second)))
	}
	return row
}

// mood sorts the states of a source by what the eye should know.
func mood(state string) string {
	switch state {
	case "listening":
		return "good"
	case "starting", "catching up":
		return "busy"
	case "retrying", "failed":
		return "bad"
	}
	return "wait"
}

// statusJSON is the status for machines.
func (web *Web) statusJSON(v *visit) error {
	view, err := web.o.Look(v.r)
	if err != nil {
		return err
	}
	document, err := client.Marshal(view.Status)
	if err != nil {
		return err
	}
	v.w.Header().Set("Content-Type", "application/json")
	v.w.Write(append(document, '\n'))
	return nil
}

// rate writes how much happens in a second.
func (v *visit) rate(perSecond float64) string {
	switch {
	case perSecond == 0:
		return v.say("rate", "rate", "0")
	case perSecond < 10:
		return v.say("rate", "rate", v.decimal(perSecond, 1))
	}
	return v.say("rate", "rate", v.number(int64(perSecond+0.5)))
}

// size writes a number of bytes.
func (v *visit) size(n int64) string {
	const units = "kMGTP"
	if n < 1000 {
		return v.number(n) + " B"
	}
	size, i := float64(n)/1000, 0
	for size >= 999.95 && i < len(units)-1 {
		size, i = size/1000, i+1
	}
	return v.decimal(size, 1) + " " + units[i:i+1] + "B"
}

// gist keeps the beginning and the end of a long message: the end is where the
// cause stands.
func (w *words) gist(s string) string {
	const head, tail = 80, 140
	r := []rune(hearth.Visible(w.ours(s)))
	if len(r) <= head+tail {
		return string(r)
	}
	return strings.TrimSpace(string(r[:head])) + " … " + strings.TrimSpace(string(r[len(r)-tail:]))
}
