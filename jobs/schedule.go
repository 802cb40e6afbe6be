package jobs

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"hearth"
	"hearth/db"
)

// Schedule begins a job at certain times. The times are worked out anew at each
// look, by the rules of the time zones that this process knows, so a change of
// those rules holds from then on.
type Schedule struct {
	Workspace hearth.WorkspaceID
	Name      string
	When      When
	Zone      string // IANA name, such as Europe/Berlin; "" is UTC
	Kind      string
	Args      json.RawMessage
	Paused    bool
	Next      time.Time // zero if paused
	Last      time.Time // the last time that was dealt with; zero: none yet
	Fired     int64     // how often it has begun a job
	Skipped   int64     // how often the job before was not done
	Job       ID        // that it began last; 0: none
	Good      time.Time // when a job of it was done last; zero: never

	zone  *time.Location
	after occurrence
}

// ScheduleDraft is a schedule to be.
type ScheduleDraft struct {
	Name string
	When string // as ParseWhen reads it
	Zone string
	Kind string
	Args any
}

const maxSchedules = 200 // of a workspace

// Put makes a schedule in a transaction of the state database, or gives the one
// of the name another time, zone, kind or arguments. What was dealt with stays
// so: moved to another time, it begins on no day twice. A paused one stays
// paused.
func (q *Queue) Put(tx *db.Tx, ws hearth.WorkspaceID, d ScheduleDraft) error {
	w, err := ParseWhen(d.When)
	if err != nil {
		return err
	}
	if _, err := location(d.Zone); err != nil {
		return err
	}
	args, err := json.Marshal(d.Args)
	if err != nil || ws <= 0 || d.Name == "" || len(d.Name) > maxKey || d.Kind == "" || len(d.Kind) > maxKey || len(args) > maxArgs {
		return hearth.Errorf(hearth.Invalid, "A schedule needs a workspace, a name and a kind of at most %d bytes, and arguments of at most %d bytes.", maxKey, maxArgs)
	}
	old, err := readSchedule(tx, ws, d.Name)
	switch {
	case err == nil:
		if old.When == w && old.Zone == d.Zone && old.Kind == d.Kind && bytes.Equal(old.Args, args) {
			return nil
		}
	case hearth.ErrorCode(err) != hearth.NotFound:
		return err
	default:
		var n int
		if err := tx.QueryRow("SELECT count(*) FROM schedule WHERE workspace_id = ?", int64(ws)).Scan(&n); err != nil {
			return err
		}
		if n >= maxSchedules {
			return hearth.Errorf(hearth.Invalid, "There are %d schedules already.", n)
		}
	}
	_, err = tx.Exec(`
		INSERT INTO schedule (workspace_id, name, timing, zone, kind, args, paused, last, last_day, fired, skipped, job_id)
		VALUES (?, ?, ?, ?, ?, ?, 0, ?, 0, 0, 0, 0)
		ON CONFLICT (workspace_id, name) DO UPDATE SET timing = excluded.timing, zone = excluded.zone, kind = excluded.kind, args = excluded.args`,
		int64(ws), d.Name, w.String(), d.Zone, d.Kind, string(args), db.Micros(q.o.Clock()))
	if err == nil {
		q.toldSchedule(tx, ws, d.Name)
	}
	return err
}

// toldSchedule tells of a change once it is committed.
func (q *Queue) toldSchedule(tx *db.Tx, ws hearth.WorkspaceID, name string) {
	tx.AfterCommit(func() {
		q.wake()
		q.changes.Publish(ws, Change{Schedule: name})
	})
}

func location(zone string) (*time.Location, error) {
	at, err := time.LoadLocation(zone)
	if err != nil || zone == "Local" || len(zone) > maxKey {
		return nil, &hearth.Error{Code: hearth.Invalid, Field: "zone", Message: "There is no time zone " + zone + ". Name one such as Europe/Berlin or UTC."}
	}
	return at, nil
}

// fire begins what is due and says when the next is; zero: none.
func (q *Queue) fire(ctx context.Context) (next time.Time, err error) {
	var list []*Schedule
	err = q.o.State.Read(ctx, func(tx *db.Tx) error {
		list, err = schedules(tx, ` WHERE paused = 0 ORDER BY workspace_id, name`) // all workspaces: the program's own loop
		return err
	})
	now := q.o.Clock()
	for _, s := range list {
		if s.zone == nil { // a zone that this process does not know
			continue
		}
		at := s.Next
		if due := s.due(now); due != nil {
			if err := q.begin(ctx, s, *due, now); err != nil {
				return next, err
			}
			at = s.When.after(*due, s.zone).at
		}
		if next.IsZero() || at.Before(next) {
			next = at
		}
	}
	return next, err
}

// due is the occurrence to be dealt with now: the latest, so that many that
// were missed are made up for once. A schedule that was dealt with in the
// future, before a clock was put back, goes on from now.
func (s *Schedule) due(now time.Time) *occurrence {
	if s.after.at.Sub(now) > s.When.period() || !s.Next.After(now) {
		latest := s.When.latest(now, s.zone)
		return &latest
	}
	return nil
}

// begin deals with an occurrence: the schedule moves on and the job is
// enqueued in one transaction, or, if another process did so, nothing happens.
func (q *Queue) begin(ctx context.Context, s *Schedule, o occurrence, now time.Time) error {
	missed := s.after.at.Before(o.at) // else the clock was put back over it
	return q.o.State.Write(ctx, func(tx *db.Tx) error {
		done, err := tx.Exec(`
			UPDATE schedule SET last = ?, last_day = ? WHERE workspace_id = ? AND name = ? AND last = ? AND paused = 0`,
			o.at.UnixMicro(), o.day, int64(s.Workspace), s.Name, s.after.at.UnixMicro())
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 || !missed {
			return err
		}
		_, err = q.enqueueScheduled(tx, s)
		return err
	})
}

// enqueueScheduled enqueues the job of a schedule unless the one before is not
// done.
func (q *Queue) enqueueScheduled(tx *db.Tx, s *Schedule) (ID, error) {
	id, fresh, err := q.Enqueue(tx, s.Workspace, Draft{
		Kind: s.Kind, Args: s.Args, Key: "schedule " + s.Name, KeyUntilDone: true, Serial: "schedule " + s.Name, schedule: s.Name,
	})
	if err != nil {
		return 0, err
	}
	_, err = tx.Exec(`UPDATE schedule SET fired = fired + ?, skipped = skipped + ?, job_id = ? WHERE workspace_id = ? AND name = ?`,
		db.Truth(fresh), db.Truth(!fresh), int64(id), int64(s.Workspace), s.Name)
	if err == nil {
		q.toldSchedule(tx, s.Workspace, s.Name)
	}
	return id, err
}

const selectSchedule = `
SELECT workspace_id, name, timing, zone, kind, args, paused, last, last_day, fired, skipped, job_id, good FROM schedule`

func readSchedule(tx *db.Tx, ws hearth.WorkspaceID, name string) (*Schedule, error) {
	s, err := scanSchedule(tx.QueryRow(selectSchedule+` WHERE workspace_id = ? AND name = ?`, int64(ws), name))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, hearth.Errorf(hearth.NotFound, "There is no schedule %q.", shorten(name, maxKey))
	}
	return s, err
}

func schedules(tx *db.Tx, where string, args ...any) (list []*Schedule, err error) {
	rows, err := tx.Query(selectSchedule+where, args...)
	if err != nil {
		return nil, err
	}
	err = db.EachRow(rows, func() error {
		s, err := scanSchedule(rows)
		list = append(list, s)
		return err
	})
	return list, err
}

func scanSchedule(row db.Scanner) (*Schedule, error) {
	s := new(Schedule)
	var timing, args string
	var last, good int64
	err := row.Scan(&s.Workspace, &s.Name, &timing, &s.Zone, &s.Kind, &args, &s.Paused, &last, &s.after.day, &s.Fired, &s.Skipped, &s.Job, &good)
	if err != nil {
		return nil, err
	}
	s.Args, s.Good = json.RawMessage(args), db.FromMicros(good)
	s.after.at = time.UnixMicro(last).UTC()
	if s.Fired+s.Skipped > 0 {
		s.Last = s.after.at
	}
	if s.When, err = ParseWhen(timing); err != nil {
		return nil, hearth.Errorf(hearth.Damaged, "The schedule %q cannot be read (%v). Restore hearth.db from a backup.", s.Name, err)
	}
	if s.zone, err = location(s.Zone); err == nil && !s.Paused {
		s.Next = s.When.after(s.after, s.zone).at
	}
	return s, nil
}
