package web

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"hearth/access"
	"hearth/jobs"
)

// Machine is how the process and its stores are, of all workspaces.
type Machine struct {
	Ready  bool    // for work, as /readyz says
	Stores []Store // as they stand on the disk
	Room   Room
	Memory int64 // bytes that the process holds; 0: not known
}

// Store is a database.
type Store struct {
	Name string
	Size int64 // bytes
}

// Room is how much room the disk has.
type Room string

const (
	Roomy Room = ""      // enough
	Short Room = "short" // history is left out
	Full  Room = "full"  // nothing more is kept
)

// healthPart is the first look of whoever runs this Hearth: one line for each
// thing that can be wrong, with what to do.
type healthPart struct {
	Lines []healthLine
	Wrong int64 // that need somebody
}

// healthLine is one thing: how it is, and where more is to be seen.
type healthLine struct {
	Name  string
	Mood  string // good, busy, wait or bad
	Says  string
	Do    string // what to do; "": nothing
	Link  string // where; "": nowhere
	Where string
}

const (
	lateBackup = 48 * time.Hour
	behind     = 1000 // rows of the log that are not worth a word
)

// health gathers what is known. Who may not see a part of it has no line of it.
func (v *visit) health(view *View) (*healthPart, error) {
	p := &healthPart{}
	v.healthOfMachine(p, view)
	v.healthOfData(p, view)
	v.healthOfSources(p, view)
	if err := v.healthOfJobs(p); err != nil {
		return nil, err
	}
	if err := v.healthOfChannels(p); err != nil {
		return nil, err
	}
	for i := range p.Lines {
		if p.Lines[i].Mood == "bad" {
			p.Wrong++
		}
	}
	slices.SortStableFunc(p.Lines, func(a, b healthLine) int { // what needs somebody stands first
		return cmp.Compare(wrongFirst(a.Mood), wrongFirst(b.Mood))
	})
	return p, nil
}

func wrongFirst(mood string) int {
	if mood == "bad" {
		return 0
	}
	return 1
}

// add is a line about a thing.
func (p *healthPart) add(v *visit, name, mood, says string) *healthLine {
	p.Lines = append(p.Lines, healthLine{Name: v.name("health-name", name), Mood: mood, Says: says})
	return &p.Lines[len(p.Lines)-1]
}

// ask says what to do, and where.
func (l *healthLine) ask(do, link, where string) { l.Do, l.Link, l.Where = do, link, where }

func (v *visit) healthOfMachine(p *healthPart, view *View) {
	s, m := &view.Status, &view.Machine
	switch {
	case m.Ready:
		p.add(v, "server", "good", v.say("health.server.good", "version", shorten(60, s.Version)))
	case s.State != "running":
		p.add(v, "server", "busy", v.say("health.server.busy", "state", v.name("server", s.State)))
	default:
		p.add(v, "server", "bad", v.say("health.server.bad")).ask(v.say("health.doctor"), "", "")
	}
	var sizes []string
	for _, store := range m.Stores {
		sizes = append(sizes, isolated(40, store.Name)+" "+v.size(store.Size))
	}
	if len(sizes) > 0 {
		p.add(v, "stores", "good", v.say("health.stores.good", "list", strings.Join(sizes, " · ")))
	}
	free := v.size(s.Storage.Free)
	switch {
	case m.Room == Full:
		p.add(v, "disk", "bad", v.say("health.disk.full", "size", free)).ask(v.say("health.disk.do"), "/help/operating", v.say("health.how"))
	case m.Room == Short:
		p.add(v, "disk", "bad", v.say("health.disk.short", "size", free)).ask(v.say("health.disk.do"), "/help/operating", v.say("health.how"))
	case s.Storage.Free < 0:
		p.add(v, "disk", "wait", v.say("health.disk.unknown"))
	default:
		p.add(v, "disk", "good", v.say("health.disk.good", "size", free))
	}
	if m.Memory > 0 {
		p.add(v, "memory", "good", v.say("health.memory.good", "size", v.size(m.Memory)))
	}
}

func (v *visit) healthOfData(p *healthPart, view *View) {
	s := &view.Status
	age := v.now.Sub(s.Backup)
	switch {
	case s.Backup.IsZero():
		p.add(v, "backup", "bad", v.say("health.backup.none")).ask(v.say("health.backup.do"), dataPath, v.say("health.backup.where"))
	case age > lateBackup:
		p.add(v, "backup", "bad", v.say("health.backup.late", "span", v.span(age))).ask(v.say("health.backup.look"), "/settings/jobs", v.say("health.jobs.where"))
	default:
		p.add(v, "backup", "good", v.say("health.backup.good", "span", v.span(age)))
	}
	if late := s.Rows - s.Counted; s.Rows == 0 {
		p.add(v, "log", "good", v.say("health.log.none"))
	} else if late > behind {
		p.add(v, "log", "busy", v.say("health.log.behind", "n", late))
	} else {
		p.add(v, "log", "good", v.say("health.log.good", "n", s.Rows))
	}
	v.healthOfConsumers(p, view)
	switch w := s.Window; {
	case w == nil:
		p.add(v, "window", "wait", v.say("health.window.off"))
	case w.Trouble != "" || w.Damaged > 0:
		p.add(v, "window", "bad", v.say("health.window.bad")).ask(v.gist(w.Trouble), dataPath, v.say("health.backup.where"))
	default:
		p.add(v, "window", "good", v.say("health.window.good", "span", v.span(w.To.Sub(w.From)), "size", v.size(w.Bytes), "limit", v.size(w.Limit)))
	}
}

// healthOfConsumers says how far those are that follow the log, besides counting.
func (v *visit) healthOfConsumers(p *healthPart, view *View) {
	var late []string
	for i := range view.Status.Consumers {
		c := &view.Status.Consumers[i]
		if c.Name == "monitor" || c.Behind <= behind {
			continue
		}
		says := v.say("health.consumers.late", "name", v.name("consumer", c.Name), "n", c.Behind)
		if c.BehindSeconds != nil {
			says = v.say("health.consumers.since", "says", says, "span", v.span(time.Duration(*c.BehindSeconds*float64(time.Second))))
		}
		late = append(late, says)
	}
	if len(late) == 0 {
		p.add(v, "consumers", "good", v.say("health.consumers.good"))
		return
	}
	p.add(v, "consumers", "busy", v.say("health.consumers.behind", "list", strings.Join(late, " · ")))
}

func (v *visit) healthOfSources(p *healthPart, view *View) {
	s := &view.Status
	var bad, gaps int64
	var oldest time.Duration
	for i := range s.Sources {
		src := &s.Sources[i]
		if gaps += src.Counters.Gaps; mood(src.State) == "bad" {
			bad++
		}
		if src.DataAge != nil && mood(src.State) == "good" {
			oldest = max(oldest, time.Duration(*src.DataAge*float64(time.Second)))
		}
	}
	switch {
	case len(s.Sources) == 0:
		p.add(v, "sources", "wait", v.say("health.sources.none")).ask("", "/sources", v.say("health.sources.where"))
	case bad > 0:
		p.add(v, "sources", "bad", v.say("health.sources.bad", "n", bad)).ask(v.say("health.sources.do"), "/sources", v.say("health.sources.where"))
	default:
		p.add(v, "sources", "good", v.say("health.sources.good", "n", len(s.Sources), "span", v.span(oldest)))
	}
	if gaps > 0 {
		p.add(v, "gaps", "wait", v.say("health.gaps.some", "n", gaps)).ask("", "/sources", v.say("health.sources.where"))
	}
	if s.DeadLetters > 0 {
		p.add(v, "letters", "bad", v.say("health.letters.some", "n", s.DeadLetters)).ask(v.say("health.letters.do"), "/sources", v.say("health.sources.where"))
	} else {
		p.add(v, "letters", "good", v.say("health.letters.none"))
	}
}

func (v *visit) healthOfJobs(p *healthPart) error {
	page, err := v.web.o.Jobs.List(v.ctx(), v.by, jobs.Search{Limit: 1})
	if err != nil {
		return err
	}
	if n := page.Counts[jobs.Dead]; n > 0 {
		p.add(v, "jobs", "bad", v.say("health.jobs.dead", "n", n)).ask(v.say("health.jobs.do"), "/settings/jobs?state=dead", v.say("health.jobs.where"))
	} else if n := page.Counts[jobs.Waiting] + page.Counts[jobs.Running]; n > 0 {
		p.add(v, "jobs", "good", v.say("health.jobs.good", "n", n))
	} else {
		p.add(v, "jobs", "good", v.say("health.jobs.none"))
	}
	return nil
}

func (v *visit) healthOfChannels(p *healthPart) error {
	if v.by.Check(access.ReadChannels) != nil {
		return nil
	}
	o, err := v.web.o.Outbox.Overview(v.ctx(), v.by)
	if err != nil {
		return err
	}
	switch where := v.say("health.out.where"); {
	case o.Paused:
		p.add(v, "out", "bad", v.say("health.out.paused")).ask(v.say("health.out.resume"), channelsPath, where)
	case o.Unknown > 0:
		p.add(v, "out", "bad", v.say("health.out.unknown", "n", o.Unknown)).ask(v.say("health.out.settle"), unknownPath, where)
	case o.Dead > 0:
		p.add(v, "out", "bad", v.say("health.out.dead", "n", o.Dead)).ask(v.say("health.out.again"), channelsPath, where)
	case o.Waiting > 0:
		p.add(v, "out", "good", v.say("health.out.waiting", "n", o.Waiting))
	default:
		p.add(v, "out", "good", v.say("health.out.good"))
	}
	return nil
}
