package cli

import (
	"strconv"
	"time"

	"hearth/client"
)

type jobGroup struct {
	List   jobList   `cmd:"" help:"List the jobs and how far they are, the newest first."`
	Show   jobShow   `cmd:"" help:"Show one job: progress, attempts, error, result."`
	Cancel jobCancel `cmd:"" help:"End jobs that wait or run."`
	Retry  jobRetry  `cmd:"" help:"Begin dead or cancelled jobs anew."`
	Drop   jobDrop   `cmd:"" help:"Forget jobs that have ended."`
}

type jobList struct {
	State    string `enum:"waiting,running,done,dead,cancelled," default:"" placeholder:"STATE" help:"Of this state only: waiting, running, done, dead or cancelled."`
	Kind     string `placeholder:"KIND" help:"Of this kind only."`
	Schedule string `placeholder:"NAME" help:"Begun by this schedule only."`
	Limit    int    `short:"n" default:"20" help:"Most to show."`
}

func (c *jobList) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		page, err := api.Jobs(s.ctx, client.JobSearch{State: c.State, Kind: c.Kind, Schedule: c.Schedule, Limit: c.Limit})
		if err != nil {
			return err
		}
		if s.json {
			for i := range page.Jobs {
				if err := s.printLine(&page.Jobs[i]); err != nil {
					return err
				}
			}
			return nil
		}
		t := &table{columns: []column{{title: "no.", right: true, paint: s.style.faint}, {title: "kind", paint: s.style.bold}, {title: "state"},
			{title: "since"}, {title: "tries", right: true}, {title: "progress", grow: true}, {title: "trouble", grow: true, paint: s.style.warn}}}
		now := s.env.Clock()
		for i := range page.Jobs {
			j := &page.Jobs[i]
			t.add(strconv.FormatInt(j.ID, 10), safe(j.Kind), jobState(j), ago(jobSince(j), now), strconv.Itoa(j.Attempts), jobProgress(j), safe(j.Error))
		}
		if len(page.Jobs) > 0 {
			if err := t.print(s.env.Stdout, s.out, s.style); err != nil {
				return err
			}
		}
		n := &page.Counts
		s.note("%s waiting, %s running, %s done, %s dead, %s cancelled.",
			grouped(n.Waiting), grouped(n.Running), grouped(n.Done), grouped(n.Dead), grouped(n.Cancelled))
		return nil
	})
}

func jobState(j *client.Job) string {
	if j.Ending {
		return "ending"
	}
	return j.State
}

// jobSince is when a job came into its state.
func jobSince(j *client.Job) time.Time {
	switch {
	case !j.Ended.IsZero():
		return j.Ended
	case j.State == "running":
		return j.Begun
	}
	return j.Created
}

func jobProgress(j *client.Job) string {
	text := safe(j.Note)
	switch {
	case j.Total > 0:
		text = bar(float64(j.Done)/float64(j.Total)) + "  " + text
	case j.Done > 0:
		text = grouped(j.Done) + "  " + text
	}
	return text
}

// jobNaming is the argument of commands about jobs.
type jobNaming struct {
	Job []int64 `arg:"" help:"Their numbers, as job list shows them."`
}

type jobShow struct {
	Job int64 `arg:"" help:"Its number, as job list shows it."`
}

func (c *jobShow) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		j, err := api.Job(s.ctx, c.Job)
		if err != nil {
			return err
		}
		return s.printJob(&j)
	})
}

func (s *session) printJob(j *client.Job) error {
	if s.json {
		return s.printLine(j)
	}
	t := table{columns: []column{{paint: s.style.faint}, {}}}
	t.add("job", strconv.FormatInt(j.ID, 10)+"  "+safe(j.Kind))
	t.add("state", jobState(j))
	t.add("attempts", strconv.Itoa(j.Attempts))
	for _, row := range [...]struct{ name, text string }{
		{"schedule", j.Schedule}, {"with", string(j.Args)}, {"trouble", j.Error}, {"result", string(j.Result)},
	} {
		if row.text != "" && row.text != "null" {
			t.add(row.name, safe(row.text))
		}
	}
	if progress := jobProgress(j); progress != "" {
		t.add("progress", progress)
	}
	for _, row := range [...]struct {
		name string
		at   time.Time
	}{{"created", j.Created}, {"due", j.Due}, {"begun", j.Begun}, {"ended", j.Ended}} {
		if !row.at.IsZero() {
			t.add(row.name, moment(row.at))
		}
	}
	return t.printRows(s.env.Stdout, terminal{})
}

// moment writes a time for a person.
func moment(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }

type jobCancel struct{ jobNaming }

func (c *jobCancel) Run(s *session) error {
	return s.eachJob(c.Job, func(api *client.Client, id int64) error {
		j, err := api.CancelJob(s.ctx, id)
		if err == nil {
			s.note("Job %d is %s.", id, jobState(&j))
		}
		return err
	})
}

type jobRetry struct{ jobNaming }

func (c *jobRetry) Run(s *session) error {
	return s.eachJob(c.Job, func(api *client.Client, id int64) error {
		_, err := api.RetryJob(s.ctx, id)
		if err == nil {
			s.note("Job %d begins anew.", id)
		}
		return err
	})
}

type jobDrop struct{ jobNaming }

func (c *jobDrop) Run(s *session) error {
	return s.eachJob(c.Job, func(api *client.Client, id int64) error {
		err := api.DropJob(s.ctx, id)
		if err == nil {
			s.note("Job %d is forgotten.", id)
		}
		return err
	})
}

// eachJob does something to jobs, one after the other, until one fails.
func (s *session) eachJob(ids []int64, do func(*client.Client, int64) error) error {
	return s.with(func(api *client.Client) error {
		for _, id := range ids {
			if err := do(api, id); err != nil {
				return err
			}
		}
		return nil
	})
}
