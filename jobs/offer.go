package jobs

import (
	"context"
	"encoding/json"
	"time"

	"hearth"
	"hearth/access"
	"hearth/db"
)

// Offer is a kind of job that a person may put on a schedule. All other
// schedules are Hearth's own: these may be paused and run, not changed.
type Offer struct {
	Kind  string
	Check func(args json.RawMessage) error // says what is wrong with the arguments
}

func (q *Queue) offer(kind string) *Offer {
	for i := range q.o.Offers {
		if q.o.Offers[i].Kind == kind {
			return &q.o.Offers[i]
		}
	}
	return nil
}

// PutSchedule makes a schedule of a kind that is offered, or changes the one of
// the name: its time, zone and arguments. Args is JSON.
func (q *Queue) PutSchedule(ctx context.Context, by access.Actor, d ScheduleDraft) (s Schedule, err error) {
	if err := by.Check(access.WriteOperations); err != nil {
		return s, err
	}
	o := q.offer(d.Kind)
	if o == nil {
		return s, &hearth.Error{Code: hearth.Invalid, Field: "kind", Message: "Jobs of the kind " + shorten(d.Kind, maxKey) + " cannot be put on a schedule; backup can."}
	}
	args, err := json.Marshal(d.Args)
	if err != nil {
		return s, hearth.Errorf(hearth.Invalid, "The arguments of the schedule are no JSON.")
	}
	if err := o.Check(args); err != nil {
		return s, err
	}
	err = q.o.State.Write(ctx, func(tx *db.Tx) error {
		old, err := readSchedule(tx, by.Workspace, d.Name)
		var was any
		switch {
		case err == nil && q.offer(old.Kind) == nil:
			return hearth.Errorf(hearth.Conflict, "The schedule %s is Hearth's own. Choose another name.", old.Name)
		case err == nil:
			was = scheduleState{old.When.String(), old.Paused}
		case hearth.ErrorCode(err) != hearth.NotFound:
			return err
		}
		if err := q.Put(tx, by.Workspace, d); err != nil {
			return err
		}
		now, err := readSchedule(tx, by.Workspace, d.Name)
		if err != nil {
			return err
		}
		s = *now
		return access.Record(tx, q.o.Clock(), by, "schedule.put", access.Of("schedule", d.Name), was, scheduleState{s.When.String(), s.Paused})
	})
	return s, err
}

// RemoveSchedule forgets a schedule that a person has made. A job that it has
// begun goes on.
func (q *Queue) RemoveSchedule(ctx context.Context, by access.Actor, name string) error {
	if err := by.Check(access.WriteOperations); err != nil {
		return err
	}
	return q.o.State.Write(ctx, func(tx *db.Tx) error {
		s, err := readSchedule(tx, by.Workspace, name)
		if err != nil {
			return err
		}
		if q.offer(s.Kind) == nil {
			return hearth.Errorf(hearth.Conflict, "The schedule %s is Hearth's own and comes back. Let it sleep: hearth schedule pause %s", s.Name, s.Name)
		}
		q.toldSchedule(tx, by.Workspace, name)
		if _, err = tx.Exec("DELETE FROM schedule WHERE workspace_id = ? AND name = ?", int64(by.Workspace), name); err != nil {
			return err
		}
		return access.Record(tx, q.o.Clock(), by, "schedule.remove", access.Of("schedule", name), scheduleState{s.When.String(), s.Paused}, nil)
	})
}

// Overdue says that a schedule has done no good for more than two of its
// intervals. One that sleeps is not expected to.
func (s *Schedule) Overdue(now time.Time) bool {
	if s.Paused {
		return false
	}
	since := s.Good
	if since.IsZero() {
		if s.Fired+s.Skipped >= 2 {
			return true
		}
		since = s.after.at
	}
	return now.Sub(since) > 2*s.When.period()
}

// wasGood notes that a job of a schedule was done.
func wasGood(tx *db.Tx, j *Job, at time.Time) error {
	if j.Schedule == "" {
		return nil
	}
	_, err := tx.Exec("UPDATE schedule SET good = ? WHERE workspace_id = ? AND name = ? AND kind = ?",
		db.Micros(at), int64(j.Workspace), j.Schedule, j.Kind)
	return err
}
