package api

import (
	"context"
	"net/http"

	"hearth/access"
	"hearth/client"
	"hearth/jobs"
)

func (a *API) jobs() {
	q := a.o.Jobs
	type pageInput struct {
		State    string `query:"state" enum:"waiting,running,done,dead,cancelled" doc:"Of this state only; dead ones are the dead letters"`
		Kind     string `query:"kind" maxLength:"200" doc:"Of this kind only"`
		Schedule string `query:"schedule" maxLength:"200" doc:"Begun by this schedule only"`
		Before   int64  `query:"before" minimum:"0" doc:"Next of the page before"`
		Limit    int    `query:"limit" minimum:"0" maximum:"1000"`
	}
	route(a, verb{id: "jobs", may: access.ReadOperations, method: http.MethodGet, path: "/jobs", tag: "jobs", summary: "List the jobs and how far they are, the newest first"},
		func(ctx context.Context, by access.Actor, in *pageInput) (client.JobPage, error) {
			page, err := q.List(ctx, by, jobs.Search{
				State: jobs.State(in.State), Kind: in.Kind, Schedule: in.Schedule, Before: jobs.ID(in.Before), Limit: in.Limit,
			})
			return jobPage(&page), err
		})
	route(a, verb{id: "job", may: access.ReadOperations, method: http.MethodGet, path: "/jobs/{id}", tag: "jobs", summary: "One job and how far it is"},
		func(ctx context.Context, by access.Actor, in *byID) (client.Job, error) {
			return jobAnswer(q.Get(ctx, by, jobs.ID(in.ID)))
		})
	route(a, verb{id: "cancel-job", may: access.WriteOperations, method: http.MethodPost, path: "/jobs/{id}/cancel", tag: "jobs", summary: "End a job that waits or runs"},
		func(ctx context.Context, by access.Actor, in *byID) (client.Job, error) {
			return jobAnswer(q.Cancel(ctx, by, jobs.ID(in.ID)))
		})
	route(a, verb{id: "retry-job", may: access.WriteOperations, method: http.MethodPost, path: "/jobs/{id}/retry", tag: "jobs", summary: "Begin a dead or cancelled job anew"},
		func(ctx context.Context, by access.Actor, in *byID) (client.Job, error) {
			return jobAnswer(q.Retry(ctx, by, jobs.ID(in.ID)))
		})
	act(a, verb{id: "drop-job", may: access.WriteOperations, method: http.MethodDelete, path: "/jobs/{id}", tag: "jobs", summary: "Forget a job that has ended"},
		func(ctx context.Context, by access.Actor, in *byID) error { return q.Drop(ctx, by, jobs.ID(in.ID)) })
	a.schedules()
}

func (a *API) schedules() {
	q := a.o.Jobs
	route(a, verb{id: "schedules", may: access.ReadOperations, method: http.MethodGet, path: "/schedules", tag: "jobs", summary: "List the schedules and when they are due"},
		func(ctx context.Context, by access.Actor, _ *struct{}) (client.ScheduleList, error) {
			list := client.ScheduleList{Schedules: []client.Schedule{}}
			all, err := q.Schedules(ctx, by)
			for i := range all {
				list.Schedules = append(list.Schedules, scheduleDocument(&all[i]))
			}
			return list, err
		})
	type byName struct {
		Name string `path:"name" minLength:"1" maxLength:"200"`
	}
	type putInput struct {
		Name string `path:"name" minLength:"1" maxLength:"200"`
		Body client.ScheduleDraft
	}
	route(a, verb{id: "put-schedule", may: access.WriteOperations, method: http.MethodPut, path: "/schedules/{name}", tag: "jobs", summary: "Make a schedule, or change the one of the name"},
		func(ctx context.Context, by access.Actor, in *putInput) (client.Schedule, error) {
			d := in.Body
			s, err := q.PutSchedule(ctx, by, jobs.ScheduleDraft{Name: in.Name, When: d.When, Zone: d.Zone, Kind: d.Kind, Args: d.Args})
			return scheduleDocument(&s), err
		})
	act(a, verb{id: "remove-schedule", may: access.WriteOperations, method: http.MethodDelete, path: "/schedules/{name}", tag: "jobs",
		summary: "Forget a schedule that a person has made; a job that it has begun goes on"},
		func(ctx context.Context, by access.Actor, in *byName) error {
			return q.RemoveSchedule(ctx, by, in.Name)
		})
	route(a, verb{id: "pause-schedule", may: access.WriteOperations, method: http.MethodPost, path: "/schedules/{name}/pause", tag: "jobs", summary: "Let a schedule sleep"},
		func(ctx context.Context, by access.Actor, in *byName) (client.Schedule, error) {
			s, err := q.PauseSchedule(ctx, by, in.Name)
			return scheduleDocument(&s), err
		})
	route(a, verb{id: "resume-schedule", may: access.WriteOperations, method: http.MethodPost, path: "/schedules/{name}/resume", tag: "jobs",
		summary: "Wake a schedule; what it slept through is made up for once"},
		func(ctx context.Context, by access.Actor, in *byName) (client.Schedule, error) {
			s, err := q.ResumeSchedule(ctx, by, in.Name)
			return scheduleDocument(&s), err
		})
	route(a, verb{id: "run-schedule", may: access.WriteOperations, method: http.MethodPost, path: "/schedules/{name}/run", tag: "jobs", summary: "Begin the job of a schedule now"},
		func(ctx context.Context, by access.Actor, in *byName) (client.Job, error) {
			return jobAnswer(q.RunSchedule(ctx, by, in.Name))
		})
}

func jobPage(page *jobs.Page) client.JobPage {
	n := page.Counts
	doc := client.JobPage{Jobs: []client.Job{}, Next: int64(page.Next), Counts: client.JobCounts{
		Waiting: n[jobs.Waiting], Running: n[jobs.Running], Done: n[jobs.Done], Dead: n[jobs.Dead], Cancelled: n[jobs.Cancelled],
	}}
	for i := range page.Jobs {
		doc.Jobs = append(doc.Jobs, jobDocument(&page.Jobs[i]))
	}
	return doc
}

func jobAnswer(j jobs.Job, err error) (client.Job, error) { return jobDocument(&j), err }

func jobDocument(j *jobs.Job) client.Job {
	return client.Job{
		ID: int64(j.ID), Kind: j.Kind, Args: j.Args, State: string(j.State), Ending: j.Cancel && j.State == jobs.Running, Schedule: j.Schedule,
		Priority: j.Priority, Attempts: j.Attempts, Error: j.Error, Done: j.Progress.Done, Total: j.Progress.Total, Note: j.Progress.Note,
		Result: j.Result, Created: j.Created, Due: j.Due, Begun: j.Begun, Ended: j.Ended,
	}
}

func scheduleDocument(s *jobs.Schedule) client.Schedule {
	return client.Schedule{
		Name: s.Name, When: s.When.String(), Zone: s.Zone, Kind: s.Kind, Paused: s.Paused, Next: s.Next, Last: s.Last,
		Fired: s.Fired, Skipped: s.Skipped, Job: int64(s.Job), Args: s.Args, Good: s.Good,
	}
}
