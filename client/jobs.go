package client

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Job is work that Hearth does later, once, and how far it is.
type Job struct {
	ID       int64           `json:"id"`
	Kind     string          `json:"kind" doc:"What it does, such as purge-archive"`
	Args     json.RawMessage `json:"args,omitempty"`
	State    string          `json:"state" enum:"waiting,running,done,dead,cancelled" doc:"dead: its attempts are used up; a dead letter"`
	Ending   bool            `json:"ending,omitempty" doc:"It was told to end and has not yet"`
	Schedule string          `json:"schedule,omitempty" doc:"The schedule that began it"`
	Priority int             `json:"priority,omitempty"`
	Attempts int             `json:"attempts"`
	Error    string          `json:"error,omitempty" doc:"Of the last attempt that failed"`
	Done     int64           `json:"done,omitempty" doc:"How far it is, of total"`
	Total    int64           `json:"total,omitempty" doc:"0: nobody knows"`
	Note     string          `json:"note,omitempty" doc:"How far it is, in words"`
	Result   json.RawMessage `json:"result,omitempty"`
	Created  time.Time       `json:"created"`
	Due      time.Time       `json:"due" doc:"When it is, or was, to begin"`
	Begun    time.Time       `json:"begun,omitzero" doc:"The last attempt"`
	Ended    time.Time       `json:"ended,omitzero"`
}

// JobPage is one page of jobs, the newest first.
type JobPage struct {
	Jobs   []Job     `json:"jobs" nullable:"false"`
	Counts JobCounts `json:"counts" doc:"Of all jobs that are kept"`
	Next   int64     `json:"next,omitempty" doc:"Give it as before to get the page that follows"`
}

// JobCounts is how many jobs there are of each state.
type JobCounts struct {
	Waiting   int64 `json:"waiting"`
	Running   int64 `json:"running"`
	Done      int64 `json:"done"`
	Dead      int64 `json:"dead"`
	Cancelled int64 `json:"cancelled"`
}

// JobSearch says which jobs are meant.
type JobSearch struct {
	State    string // "": any
	Kind     string // "": any
	Schedule string // "": any
	Before   int64  // 0: from the newest on
	Limit    int    // 0: 50; at most 1,000
}

// Jobs gives a page of jobs, the newest first.
func (c *Client) Jobs(ctx context.Context, search JobSearch) (JobPage, error) {
	ask := url.Values{}
	for name, text := range map[string]string{"state": search.State, "kind": search.Kind, "schedule": search.Schedule} {
		if text != "" {
			ask.Set(name, text)
		}
	}
	for name, n := range map[string]int64{"before": search.Before, "limit": int64(search.Limit)} {
		if n > 0 {
			ask.Set(name, strconv.FormatInt(n, 10))
		}
	}
	var page JobPage
	err := c.call(ctx, http.MethodGet, "/jobs?"+ask.Encode(), nil, &page)
	return page, err
}

// Job gives one job.
func (c *Client) Job(ctx context.Context, id int64) (Job, error) {
	var j Job
	err := c.call(ctx, http.MethodGet, path("/jobs", id), nil, &j)
	return j, err
}

// CancelJob ends a job that waits or runs; one that runs may take a moment.
func (c *Client) CancelJob(ctx context.Context, id int64) (Job, error) {
	var j Job
	err := c.call(ctx, http.MethodPost, path("/jobs", id)+"/cancel", nil, &j)
	return j, err
}

// RetryJob begins a job anew that is dead or was cancelled.
func (c *Client) RetryJob(ctx context.Context, id int64) (Job, error) {
	var j Job
	err := c.call(ctx, http.MethodPost, path("/jobs", id)+"/retry", nil, &j)
	return j, err
}

// DropJob forgets a job that has ended.
func (c *Client) DropJob(ctx context.Context, id int64) error {
	return c.call(ctx, http.MethodDelete, path("/jobs", id), nil, nil)
}

// Schedule begins a job at certain times.
type Schedule struct {
	Name    string          `json:"name"`
	When    string          `json:"when" doc:"every 15m, daily 03:30 or weekly mon,thu 09:00"`
	Zone    string          `json:"zone,omitempty" doc:"Time zone, such as Europe/Berlin; left out: UTC"`
	Kind    string          `json:"kind" doc:"Of the jobs that it begins"`
	Args    json.RawMessage `json:"args,omitempty" doc:"What it gives them"`
	Paused  bool            `json:"paused"`
	Next    time.Time       `json:"next,omitzero"`
	Last    time.Time       `json:"last,omitzero" doc:"The last time that was dealt with"`
	Fired   int64           `json:"fired" doc:"How many jobs it began"`
	Skipped int64           `json:"skipped,omitempty" doc:"How often it began none, because the one before was not done"`
	Job     int64           `json:"job,omitempty" doc:"The last one that it began"`
	Good    time.Time       `json:"good,omitzero" doc:"When a job of it was done last"`
}

// ScheduleDraft is a schedule to be.
type ScheduleDraft struct {
	When string          `json:"when" maxLength:"200" doc:"every 15m, daily 03:30 or weekly mon,thu 09:00"`
	Zone string          `json:"zone,omitempty" maxLength:"200" doc:"Time zone, such as Europe/Berlin; left out: UTC"`
	Kind string          `json:"kind" maxLength:"200" doc:"Of the jobs: backup"`
	Args json.RawMessage `json:"args,omitempty" doc:"What the jobs are given; of a backup: directory, keep and, if they are to be encrypted, recipients"`
}

// BackupSeries is the args of a schedule of the kind backup.
type BackupSeries struct {
	Directory  string   `json:"directory" doc:"On the server's machine, from the root on; each backup becomes a directory in it"`
	Keep       int      `json:"keep" doc:"How many of them stay; 1 to 1,000"`
	Recipients []string `json:"recipients,omitempty" doc:"Public keys (age1…) that they are encrypted to"`
}

// ScheduleList is the schedules of a workspace.
type ScheduleList struct {
	Schedules []Schedule `json:"schedules" nullable:"false"`
}

// Schedules lists the schedules by name.
func (c *Client) Schedules(ctx context.Context) ([]Schedule, error) {
	var list ScheduleList
	err := c.call(ctx, http.MethodGet, "/schedules", nil, &list)
	return list.Schedules, err
}

// PutSchedule makes a schedule, or changes the one of the name.
func (c *Client) PutSchedule(ctx context.Context, name string, d ScheduleDraft) (Schedule, error) {
	var s Schedule
	err := c.call(ctx, http.MethodPut, "/schedules/"+url.PathEscape(name), d, &s)
	return s, err
}

// RemoveSchedule forgets a schedule that a person has made; a job that it has
// begun goes on.
func (c *Client) RemoveSchedule(ctx context.Context, name string) error {
	return c.call(ctx, http.MethodDelete, "/schedules/"+url.PathEscape(name), nil, nil)
}

// PauseSchedule lets a schedule sleep.
func (c *Client) PauseSchedule(ctx context.Context, name string) (Schedule, error) {
	var s Schedule
	err := c.call(ctx, http.MethodPost, "/schedules/"+url.PathEscape(name)+"/pause", nil, &s)
	return s, err
}

// ResumeSchedule wakes a schedule; what it slept through is made up for once.
func (c *Client) ResumeSchedule(ctx context.Context, name string) (Schedule, error) {
	var s Schedule
	err := c.call(ctx, http.MethodPost, "/schedules/"+url.PathEscape(name)+"/resume", nil, &s)
	return s, err
}

// RunSchedule begins the job of a schedule now.
func (c *Client) RunSchedule(ctx context.Context, name string) (Job, error) {
	var j Job
	err := c.call(ctx, http.MethodPost, "/schedules/"+url.PathEscape(name)+"/run", nil, &j)
	return j, err
}
