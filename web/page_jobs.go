package web

import (
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"hearth"
	"hearth/access"
	"hearth/jobs"
	"hearth/monitor"
)

// jobsPage is the work that goes on by itself: what runs and waits, what came
// of the rest, and what begins it.
type jobsPage struct {
	Write     bool
	Done      *jobDone
	States    []stateLink
	Jobs      []jobLine
	Older     string // address of the next page; "": there is none
	None      *emptyState
	Fills     []fillLine
	Schedules []scheduleLine
	Self      string // where the page looks again
	Every     string // how often
}

// stateLink is a filter by state, with how many there are.
type stateLink struct {
	link
	N int64
}

type jobLine struct {
	ID              int64
	Kind, Schedule  string
	State, Mood     string
	Note, Error     string
	Percent         int // done of the present step; below 0: nobody knows
	Left            string
	When            moment // begun, ended or due
	Word            string // which of these
	Took            string
	Attempts        int
	Cancel, Retry   bool // what can be done
	Drop            bool
	Ending, Running bool
}

// fillLine is a monitor that searches the past.
type fillLine struct {
	Name, Link string
	Percent    int
	Left       string
}

type scheduleLine struct {
	Name, Title, About string
	When, Zone         string
	Next, Good         moment
	Late, Paused       bool
	Own                bool // a person made it: it can be removed
}

// jobDone is what the form before did, and what takes it back.
type jobDone struct{ Sentence, Undo, ID string }

const shownJobs = 40

// jobs is the page of work.
func (web *Web) jobs(v *visit) error {
	state := jobs.State(v.query("state"))
	if !slices.Contains(jobStates, state) {
		state = ""
	}
	page, err := web.o.Jobs.List(v.ctx(), v.by, jobs.Search{State: state, Before: jobs.ID(v.queryNumber("before")), Limit: shownJobs})
	if err != nil {
		return err
	}
	schedules, err := web.o.Jobs.Schedules(v.ctx(), v.by)
	if err != nil {
		return err
	}
	p := &jobsPage{Write: v.by.Check(access.WriteOperations) == nil, Done: v.jobDone(), Self: v.r.URL.RequestURI(), Every: "every 10s"}
	if page.Counts[jobs.Running]+page.Counts[jobs.Waiting] > 0 {
		p.Every = "every 2s"
	}
	all := int64(0)
	for _, s := range jobStates {
		all += page.Counts[s]
	}
	p.States = append(p.States, stateLink{link{v.say("jobs.all"), "/settings/jobs", state == ""}, all})
	for _, s := range jobStates {
		p.States = append(p.States, stateLink{link{v.name("job-state", string(s)), "/settings/jobs?state=" + string(s), state == s}, page.Counts[s]})
	}
	for i := range page.Jobs {
		p.Jobs = append(p.Jobs, v.jobLine(&page.Jobs[i]))
	}
	if page.Next > 0 {
		p.Older = "/settings/jobs?" + url.Values{"state": {string(state)}, "before": {strconv.FormatInt(int64(page.Next), 10)}}.Encode()
	}
	if len(page.Jobs) == 0 {
		p.None = &emptyState{Title: v.say("jobs.none.title"), Sentence: v.say("jobs.none.sentence")}
		if state != "" {
			p.None = &emptyState{Title: v.say("jobs.none.state"), Sentence: v.say("jobs.none.sentence"), Action: v.say("jobs.all"), Link: "/settings/jobs"}
		}
	}
	for i := range schedules {
		p.Schedules = append(p.Schedules, v.scheduleLine(&schedules[i]))
	}
	if err := v.fills(p); err != nil {
		return err
	}
	return v.show("jobs", v.say("jobs.title"), p)
}

var jobStates = []jobs.State{jobs.Running, jobs.Waiting, jobs.Dead, jobs.Done, jobs.Cancelled}

func (v *visit) jobLine(j *jobs.Job) jobLine {
	line := jobLine{
		ID: int64(j.ID), Kind: v.name("job-kind", j.Kind), State: v.name("job-state", string(j.State)), Note: shorten(300, j.Progress.Note), Error: v.gist(j.Error),
		Percent: -1, Attempts: j.Attempts, Ending: j.Cancel && j.State == jobs.Running, Running: j.State == jobs.Running,
	}
	if j.Schedule != "" {
		line.Schedule = shorten(60, j.Schedule)
	}
	switch j.State {
	case jobs.Running:
		line.Mood, line.Word, line.When, line.Cancel = "busy", v.say("jobs.begun"), v.when(j.Begun), !j.Cancel
		line.Percent, line.Left = v.headway(&j.Progress, v.now.Sub(j.Begun))
	case jobs.Waiting:
		line.Mood, line.Word, line.When, line.Cancel = "wait", v.say("jobs.due"), v.when(j.Due), true
	case jobs.Done:
		line.Mood = "good"
	case jobs.Dead:
		line.Mood, line.Retry = "bad", true
	case jobs.Cancelled:
		line.Mood, line.Retry = "wait", true
	}
	if !j.Ended.IsZero() && line.When == (moment{}) {
		line.Word, line.When, line.Drop = v.say("jobs.ended"), v.when(j.Ended), true
		if took := j.Ended.Sub(j.Begun); !j.Begun.IsZero() && took >= time.Second {
			line.Took = v.say("jobs.took", "span", v.span(took))
		}
	}
	return line
}

// headway is how far a step is in percent, and about how long the rest of it
// takes if it goes on as it did.
func (v *visit) headway(p *jobs.Progress, since time.Duration) (percent int, left string) {
	if p.Total <= 0 {
		return -1, ""
	}
	share := min(1, max(0, float64(p.Done)/float64(p.Total)))
	if share > 0.02 && share < 1 && since > 2*time.Second {
		left = v.say("jobs.left", "span", v.span(time.Duration(float64(since)*(1-share)/share)))
	}
	return int(100 * share), left
}

func (v *visit) scheduleLine(s *jobs.Schedule) scheduleLine {
	line := scheduleLine{
		Name: s.Name, Title: v.name("job-kind", s.Kind), When: v.timing(s.When.String()), Zone: shorten(40, s.Zone), Next: v.when(s.Next), Good: v.when(s.Good),
		Late: s.Overdue(v.now), Paused: s.Paused, Own: s.Kind == backupJob,
	}
	if line.Own {
		var series struct {
			Directory string `json:"directory"`
			Keep      int    `json:"keep"`
		}
		if json.Unmarshal(s.Args, &series) == nil && series.Directory != "" {
			line.About = v.say("jobs.backup.to", "directory", shorten(80, series.Directory), "n", series.Keep)
		}
	}
	return line
}

// backupJob is the kind of the jobs that make backups.
const backupJob = "backup"

// timing words the times of a schedule, as jobs.When writes them.
func (v *visit) timing(when string) string {
	word, rest, _ := strings.Cut(when, " ")
	switch word {
	case "every":
		if d, err := time.ParseDuration(rest); err == nil {
			return v.say("jobs.every", "span", v.span(d))
		}
	case "daily":
		return v.say("jobs.daily", "at", rest)
	case "weekly":
		names, at, _ := strings.Cut(rest, " ")
		var days []string
		for name := range strings.SplitSeq(names, ",") {
			days = append(days, v.name("jobs-day", name))
		}
		return v.say("jobs.weekly", "days", strings.Join(days, ", "), "at", at)
	}
	return shorten(40, when)
}

// fills lists the monitors that search the past: long work, too.
func (v *visit) fills(p *jobsPage) error {
	if v.by.CheckSome(access.ReadMonitors) != nil {
		return nil
	}
	list, err := v.web.o.Monitors.List(v.ctx(), v.by)
	if err != nil {
		return err
	}
	sums, err := v.web.o.Monitors.Summaries(v.ctx(), v.by)
	if err != nil {
		return err
	}
	const most = 20
	for i := range list {
		f := sums[list[i].ID].Fill
		if f.State != monitor.FillRunning || len(p.Fills) == most {
			continue
		}
		line := fillLine{Name: shorten(60, list[i].Name), Link: monitorPath(list[i].ID), Percent: int(100 * f.Share())}
		if left := f.Left(); left > 0 {
			line.Left = v.say("jobs.left", "span", v.span(left))
		}
		p.Fills = append(p.Fills, line)
		p.Every = "every 2s"
	}
	return nil
}

// jobDone is what the address says was done.
func (v *visit) jobDone() *jobDone {
	did, id := v.query("did"), v.query("id")
	undo := map[string]string{"cancelled": "retry", "retried": "cancel", "paused": "resume", "resumed": "pause", "begun": "", "dropped": "", "removed": "", "made": ""}
	back, known := undo[did]
	if !known || len(id) > 200 {
		return nil
	}
	return &jobDone{Sentence: v.name("job-did", did), Undo: back, ID: id}
}

// actOnJobs cancels, retries and forgets jobs, and steers schedules.
func (web *Web) actOnJobs(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	do, id := form.Get("do"), form.Get("id")
	q, did := web.o.Jobs, ""
	switch do {
	case "run":
		_, err = q.RunSchedule(v.ctx(), v.by, id)
		did, id = "begun", ""
	case "pause":
		_, err = q.PauseSchedule(v.ctx(), v.by, id)
		did = "paused"
	case "resume":
		_, err = q.ResumeSchedule(v.ctx(), v.by, id)
		did = "resumed"
	case "remove":
		err = q.RemoveSchedule(v.ctx(), v.by, id)
		did, id = "removed", ""
	case "cancel", "retry", "drop":
		did, err = v.actOnJob(do, id)
	default:
		err = hearth.Errorf(hearth.Invalid, "Jobs can be cancelled, retried and dropped; schedules can be run, paused, resumed and removed.")
	}
	if err != nil {
		return err
	}
	to := "/settings/jobs"
	if form.Get("back") == "/settings/data" {
		to = "/settings/data"
	}
	return v.back(to + "?" + url.Values{"did": {did}, "id": {id}}.Encode())
}

func (v *visit) actOnJob(do, text string) (did string, err error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n <= 0 {
		return "", hearth.Errorf(hearth.NotFound, "There is no such job.")
	}
	q, id := v.web.o.Jobs, jobs.ID(n)
	switch do {
	case "cancel":
		_, err = q.Cancel(v.ctx(), v.by, id)
		return "cancelled", err
	case "retry":
		_, err = q.Retry(v.ctx(), v.by, id)
		return "retried", err
	}
	return "dropped", q.Drop(v.ctx(), v.by, id)
}
