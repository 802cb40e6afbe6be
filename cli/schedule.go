package cli

import (
	"encoding/json"
	"path/filepath"
	"time"

	"hearth"
	"hearth/client"
)

type scheduleGroup struct {
	List   scheduleList   `cmd:"" help:"List the schedules and when they are due."`
	Add    scheduleAdd    `cmd:"" help:"Make a schedule, or change the one of the name."`
	Remove scheduleRemove `cmd:"" help:"Forget a schedule that was added."`
	Pause  schedulePause  `cmd:"" help:"Let a schedule sleep."`
	Resume scheduleResume `cmd:"" help:"Wake a schedule; what it slept through is made up for once."`
	Run    scheduleRun    `cmd:"" help:"Begin the job of a schedule now."`
}

type scheduleList struct{}

func (scheduleList) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		list, err := api.Schedules(s.ctx)
		if err != nil {
			return err
		}
		if !s.json && len(list) == 0 {
			s.note("No schedules yet; a running Hearth makes its own.")
			return nil
		}
		return s.printSchedules(list)
	})
}

func (s *session) printSchedules(list []client.Schedule) error {
	t := &table{columns: []column{{title: "name", paint: s.style.bold}, {title: "when"}, {title: "zone"}, {title: "next"}, {title: "last"}, {title: "done"},
		{title: "begun", right: true}, {title: "skipped", right: true}}}
	for i := range list {
		one := &list[i]
		if s.json {
			if err := s.printLine(one); err != nil {
				return err
			}
			continue
		}
		zone := one.Zone
		if zone == "" {
			zone = "UTC"
		}
		next := "paused"
		if !one.Paused {
			next = moment(one.Next)
		}
		t.add(safe(one.Name), one.When, zone, next, momentOrNever(one.Last), momentOrNever(one.Good), grouped(one.Fired), grouped(one.Skipped))
	}
	if s.json {
		return nil
	}
	return t.print(s.env.Stdout, s.out, s.style)
}

func momentOrNever(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return moment(t)
}

type scheduleAdd struct {
	Backup scheduleAddBackup `cmd:"" help:"Make backups again and again, and keep the newest."`
}

type scheduleAddBackup struct {
	To        string   `required:"" placeholder:"DIR" help:"Where they go: a directory on the machine of the server, better on another disk."`
	At        string   `xor:"when" placeholder:"HH:MM" help:"Every day at this time."`
	Every     string   `xor:"when" placeholder:"TIME" help:"In this interval, such as 6h."`
	Days      string   `placeholder:"DAYS" help:"With --at: only on these, such as mon,thu."`
	Zone      string   `placeholder:"ZONE" help:"Time zone of --at, such as Europe/Berlin; not given: UTC."`
	Keep      int      `default:"7" help:"How many stay. Older ones go when the new one was read again."`
	Recipient []string `short:"r" placeholder:"KEY" help:"Encrypt them to this public key (age1…); may be given several times."`
	Name      string   `default:"backup" placeholder:"NAME" help:"Of the schedule, where there are several."`
}

func (c *scheduleAddBackup) Run(s *session) error {
	when := "every " + c.Every
	switch {
	case c.At == "" && c.Every == "":
		return hearth.Errorf(hearth.Invalid, "Say when: --at 03:00, or --every 6h.")
	case c.Days != "" && c.At == "":
		return hearth.Errorf(hearth.Invalid, "--days needs a time of day: --at 03:00.")
	case c.Days != "":
		when = "weekly " + c.Days + " " + c.At
	case c.At != "":
		when = "daily " + c.At
	}
	to := c.To
	if !filepath.IsAbs(to) {
		var err error
		if to, err = filepath.Abs(to); err != nil {
			return err
		}
	}
	args, err := json.Marshal(client.BackupSeries{Directory: filepath.Clean(to), Keep: c.Keep, Recipients: c.Recipient})
	if err != nil {
		return err
	}
	return s.with(func(api *client.Client) error {
		one, err := api.PutSchedule(s.ctx, c.Name, client.ScheduleDraft{When: when, Zone: c.Zone, Kind: "backup", Args: args})
		if err != nil {
			return err
		}
		return s.printSchedules([]client.Schedule{one})
	})
}

type scheduleRemove struct{ scheduleNaming }

func (c *scheduleRemove) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		err := api.RemoveSchedule(s.ctx, c.Schedule)
		if err == nil {
			s.note("The schedule %s is forgotten.", safe(c.Schedule))
		}
		return err
	})
}

// scheduleNaming is the argument of commands about one schedule.
type scheduleNaming struct {
	Schedule string `arg:"" help:"Its name, as schedule list shows it."`
}

type schedulePause struct{ scheduleNaming }

func (c *schedulePause) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		one, err := api.PauseSchedule(s.ctx, c.Schedule)
		if err != nil {
			return err
		}
		return s.printSchedules([]client.Schedule{one})
	})
}

type scheduleResume struct{ scheduleNaming }

func (c *scheduleResume) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		one, err := api.ResumeSchedule(s.ctx, c.Schedule)
		if err != nil {
			return err
		}
		return s.printSchedules([]client.Schedule{one})
	})
}

type scheduleRun struct{ scheduleNaming }

func (c *scheduleRun) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		j, err := api.RunSchedule(s.ctx, c.Schedule)
		if err != nil {
			return err
		}
		return s.printJob(&j)
	})
}
