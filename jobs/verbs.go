package jobs

import (
	"context"
	"database/sql"

	"hearth"
	"hearth/access"
	"hearth/db"
)

// Search says which jobs are meant.
type Search struct {
	State    State  // "": any
	Kind     string // "": any
	Schedule string // "": any
	Before   ID     // 0: from the newest on
	Limit    int    // 0: 50; at most 1,000
}

// Page is a page of jobs, the newest first.
type Page struct {
	Jobs   []Job
	Counts map[State]int64 // of all jobs of the workspace
	Next   ID              // Before of the page that follows; 0: there is none
}

// List gives a page of jobs. Those that are dead are the dead letters.
func (q *Queue) List(ctx context.Context, by access.Actor, s Search) (Page, error) {
	page := Page{Counts: map[State]int64{}}
	if err := by.Check(access.ReadOperations); err != nil {
		return page, err
	}
	limit := s.Limit
	if limit <= 0 {
		limit = 50
	}
	limit = min(limit, 1000)
	where, args := " WHERE workspace_id = ?", []any{int64(by.Workspace)}
	for _, part := range [...]struct{ column, value string }{{"state", string(s.State)}, {"kind", s.Kind}, {"schedule", s.Schedule}} {
		if part.value != "" {
			where += " AND " + part.column + " = ?"
			args = append(args, part.value)
		}
	}
	if s.Before > 0 {
		where += " AND id < ?"
		args = append(args, int64(s.Before))
	}
	err := q.o.State.Read(ctx, func(tx *db.Tx) error {
		if err := countStates(tx, by.Workspace, page.Counts); err != nil {
			return err
		}
		rows, err := tx.Query(selectJob+where+" ORDER BY id DESC LIMIT ?", append(args, limit+1)...)
		if err != nil {
			return err
		}
		return db.EachRow(rows, func() error {
			j, err := scanJob(rows)
			page.Jobs = append(page.Jobs, *j)
			return err
		})
	})
	if len(page.Jobs) > limit {
		page.Jobs = page.Jobs[:limit]
		page.Next = page.Jobs[limit-1].ID
	}
	return page, err
}

func countStates(tx *db.Tx, ws hearth.WorkspaceID, counts map[State]int64) error {
	rows, err := tx.Query("SELECT state, count(*) FROM job WHERE workspace_id = ? GROUP BY state", int64(ws))
	if err != nil {
		return err
	}
	return db.EachRow(rows, func() error {
		var state State
		var n int64
		err := rows.Scan(&state, &n)
		counts[state] = n
		return err
	})
}

// Get gives one job.
func (q *Queue) Get(ctx context.Context, by access.Actor, id ID) (Job, error) {
	if err := by.Check(access.ReadOperations); err != nil {
		return Job{}, err
	}
	return q.readOne(ctx, by.Workspace, id)
}

// Cancel ends a job: one that waits is not begun, one that runs is told to end,
// which may take a moment. Of a job that has ended it is a Conflict.
func (q *Queue) Cancel(ctx context.Context, by access.Actor, id ID) (Job, error) {
	return q.edit(ctx, by, "job.cancel", id, func(tx *db.Tx, j *Job) error {
		switch j.State {
		case Running:
			tx.AfterCommit(func() { q.end(id) })
			return changed(tx.Exec("UPDATE job SET cancel = 1 WHERE workspace_id = ? AND id = ? AND state = 'running'", int64(j.Workspace), int64(id)))
		case Waiting:
			return changed(tx.Exec(`
				UPDATE job SET state = 'cancelled', ended = ?, unique_key = CASE WHEN passing_key = 1 THEN '' ELSE unique_key END
				WHERE workspace_id = ? AND id = ? AND state = 'waiting'`, db.Micros(q.o.Clock()), int64(j.Workspace), int64(id)))
		}
		return hearth.Errorf(hearth.Conflict, "Job %d is %s; there is nothing to cancel.", id, j.State)
	})
}

// Retry begins a job anew that is dead or was cancelled, with all its attempts
// before it.
func (q *Queue) Retry(ctx context.Context, by access.Actor, id ID) (Job, error) {
	return q.edit(ctx, by, "job.retry", id, func(tx *db.Tx, j *Job) error {
		if j.State != Dead && j.State != Cancelled {
			return hearth.Errorf(hearth.Conflict, "Job %d is %s; only a dead or a cancelled one can be retried.", id, j.State)
		}
		if err := roomFor(tx, j.Workspace); err != nil {
			return err
		}
		return changed(tx.Exec(`
			UPDATE job SET state = 'waiting', attempts = 0, cancel = 0, due = ?, ended = 0
			WHERE workspace_id = ? AND id = ? AND state IN ('dead', 'cancelled')`, db.Micros(q.o.Clock()), int64(j.Workspace), int64(id)))
	})
}

// Drop forgets a job that has ended: a dead letter that nobody needs any more.
func (q *Queue) Drop(ctx context.Context, by access.Actor, id ID) error {
	_, err := q.edit(ctx, by, "job.drop", id, func(tx *db.Tx, j *Job) error {
		if j.State == Waiting || j.State == Running {
			return hearth.Errorf(hearth.Conflict, "Job %d is %s; cancel it first.", id, j.State)
		}
		return changed(tx.Exec("DELETE FROM job WHERE workspace_id = ? AND id = ? AND state IN ('done', 'dead', 'cancelled')", int64(j.Workspace), int64(id)))
	})
	return err
}

// changed is a Conflict if a statement found its row in another state.
func changed(done sql.Result, err error) error {
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); err != nil || n == 1 {
		return err
	}
	return hearth.Errorf(hearth.Conflict, "The job has just changed; look at it again.")
}

// edit changes a job in one transaction and gives it as it is then, or, if it
// is gone then, as it was.
func (q *Queue) edit(ctx context.Context, by access.Actor, verb string, id ID, change func(*db.Tx, *Job) error) (Job, error) {
	if err := by.Check(access.WriteOperations); err != nil {
		return Job{}, err
	}
	var j Job
	err := q.o.State.Write(ctx, func(tx *db.Tx) error {
		found, err := readJob(tx, by.Workspace, id)
		if err != nil {
			return err
		}
		j = *found
		was := jobState{j.Kind, j.State}
		if err := change(tx, found); err != nil {
			return err
		}
		if now, err := readJob(tx, by.Workspace, id); err == nil {
			j = *now
		} else if hearth.ErrorCode(err) != hearth.NotFound {
			return err
		}
		tx.AfterCommit(func() {
			q.wake()
			q.changes.Publish(by.Workspace, Change{Job: id})
		})
		return access.Record(tx, q.o.Clock(), by, verb, access.Of("job", id), was, jobState{j.Kind, j.State})
	})
	return j, err
}

// jobState and scheduleState are what the audit log shows.
type (
	jobState struct {
		Kind  string `json:"kind"`
		State State  `json:"state"`
	}
	scheduleState struct {
		When   string `json:"when"`
		Paused bool   `json:"paused,omitempty"`
	}
)

// Schedules lists the schedules of the workspace by name.
func (q *Queue) Schedules(ctx context.Context, by access.Actor) ([]Schedule, error) {
	if err := by.Check(access.ReadOperations); err != nil {
		return nil, err
	}
	var list []Schedule
	err := q.o.State.Read(ctx, func(tx *db.Tx) error {
		found, err := schedules(tx, ` WHERE workspace_id = ? ORDER BY name`, int64(by.Workspace))
		for _, s := range found {
			list = append(list, *s)
		}
		return err
	})
	return list, err
}

// PauseSchedule lets a schedule sleep.
func (q *Queue) PauseSchedule(ctx context.Context, by access.Actor, name string) (Schedule, error) {
	return q.editSchedule(ctx, by, "schedule.pause", name, func(tx *db.Tx, s *Schedule) error { return setPaused(tx, s, true) })
}

// ResumeSchedule wakes a schedule. What it slept through is made up for once.
func (q *Queue) ResumeSchedule(ctx context.Context, by access.Actor, name string) (Schedule, error) {
	return q.editSchedule(ctx, by, "schedule.resume", name, func(tx *db.Tx, s *Schedule) error { return setPaused(tx, s, false) })
}

func setPaused(tx *db.Tx, s *Schedule, paused bool) error {
	_, err := tx.Exec("UPDATE schedule SET paused = ? WHERE workspace_id = ? AND name = ?", db.Truth(paused), int64(s.Workspace), s.Name)
	return err
}

// RunSchedule begins the job of a schedule now, beside its times, paused or
// not. If the job before is not done, that one is meant.
func (q *Queue) RunSchedule(ctx context.Context, by access.Actor, name string) (Job, error) {
	var id ID
	_, err := q.editSchedule(ctx, by, "schedule.run", name, func(tx *db.Tx, s *Schedule) (err error) {
		id, err = q.enqueueScheduled(tx, s)
		return err
	})
	if err != nil {
		return Job{}, err
	}
	return q.readOne(ctx, by.Workspace, id)
}

func (q *Queue) readOne(ctx context.Context, ws hearth.WorkspaceID, id ID) (j Job, err error) {
	err = q.o.State.Read(ctx, func(tx *db.Tx) error {
		found, err := readJob(tx, ws, id)
		if err == nil {
			j = *found
		}
		return err
	})
	return j, err
}

func (q *Queue) editSchedule(ctx context.Context, by access.Actor, verb, name string, change func(*db.Tx, *Schedule) error) (Schedule, error) {
	if err := by.Check(access.WriteOperations); err != nil {
		return Schedule{}, err
	}
	var s Schedule
	err := q.o.State.Write(ctx, func(tx *db.Tx) error {
		found, err := readSchedule(tx, by.Workspace, name)
		if err != nil {
			return err
		}
		was := scheduleState{found.When.String(), found.Paused}
		if err := change(tx, found); err != nil {
			return err
		}
		if found, err = readSchedule(tx, by.Workspace, name); err != nil {
			return err
		}
		s = *found
		q.toldSchedule(tx, by.Workspace, name)
		return access.Record(tx, q.o.Clock(), by, verb, access.Of("schedule", name), was, scheduleState{s.When.String(), s.Paused})
	})
	return s, err
}
