package cli

import (
	"time"

	"hearth/client"
)

type scheduleGroup struct {
	List   scheduleList   `cmd:"" help:"List the schedules and when they are due."`
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
	t := &table{columns: []column{{title: "name", paint: s.style.bold}, {title: "when"}, {title: "zone"}, {title: "next"}, {title: "last"},
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
		t.add(safe(one.Name), one.When, zone, next, momentOrNever(one.Last), grouped(one.Fired), grouped(one.Skipped))
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
