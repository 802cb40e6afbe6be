package jobs

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"hearth/db"
	"hearth/fault"
)

// claims takes jobs for the workers of one Run.
type claims struct {
	q     *Queue
	kinds map[string]*Kind
	names []string
	next  string // the statement that finds the next job: as many ? as there are kinds
}

func newClaims(q *Queue, kinds []Kind) *claims {
	c := &claims{q: q, kinds: map[string]*Kind{}}
	for i := range kinds {
		c.kinds[kinds[i].Name] = &kinds[i]
		c.names = append(c.names, kinds[i].Name)
	}
	c.next = `
		SELECT workspace_id, id FROM job AS j
		WHERE state = 'waiting' AND (due <= ? OR due = created OR attempts > 0 AND due > ?)
			AND kind IN (''` + strings.Repeat(", ?", len(kinds)) + `)
			AND (serial_key = '' OR NOT EXISTS (
				SELECT 1 FROM job AS r WHERE r.workspace_id = j.workspace_id AND r.serial_key = j.serial_key AND r.state = 'running' AND r.serial_key <> ''))
		ORDER BY priority DESC, due, id LIMIT 1`
	return c
}

// find looks for the next job to run, without a write. A retry that is further
// away than any wait is due, and so is whatever was to be done at once: the clock was
// put back.
func (c *claims) find(tx *db.Tx, now time.Time, busy map[string]int) (ws, id int64, err error) {
	args := []any{now.UnixMicro(), now.Add(longestWait).UnixMicro()}
	for _, name := range c.names {
		if most := c.kinds[name].AtOnce; most > 0 && busy[name] >= most {
			name = ""
		}
		args = append(args, name)
	}
	err = tx.QueryRow(c.next, args...).Scan(&ws, &id)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, 0, nil
	}
	return ws, id, err
}

// claim takes the next job, nil if there is none. What another process took at
// the same moment is not there any more, or breaks the key of jobs that run one
// at a time; then it is asked again.
func (c *claims) claim(ctx context.Context, busy map[string]int) (*Job, error) {
	now := c.q.o.Clock()
	for range 100 {
		var ws, id int64
		err := c.q.o.State.Read(ctx, func(tx *db.Tx) (err error) {
			ws, id, err = c.find(tx, now, busy)
			return err
		})
		self, _ := c.q.o.Process.self()
		if err != nil || id == 0 || self == "" {
			return nil, err
		}
		var j *Job
		err = c.q.o.State.Write(ctx, func(tx *db.Tx) (err error) {
			j, err = take(tx, self, ws, id, now)
			return err
		})
		if err == nil {
			return j, nil
		}
		if !errors.Is(err, sql.ErrNoRows) && !db.IsConstraint(err) {
			return nil, err
		}
	}
	return nil, nil
}

// take makes a waiting job this process's.
func take(tx *db.Tx, process string, ws, id int64, now time.Time) (*Job, error) {
	j, err := scanJob(tx.QueryRow(`
		UPDATE job SET state = 'running', process_id = ?, fence = fence + 1, attempts = attempts + 1, cancel = 0, begun = ?, ended = 0
		WHERE workspace_id = ? AND id = ? AND state = 'waiting'
		RETURNING workspace_id, id, kind, args, unique_key, serial_key, priority, state, due, attempts, process_id, fence, cancel, error,
			done, total, note, result, schedule, created, begun, ended`, process, now.UnixMicro(), ws, id))
	if err == nil {
		err = fault.Point("jobs.claim.taken")
	}
	return j, err
}

const deathNote = "The process that ran it ended."

// reap lets jobs wait again whose process is gone.
func (c *claims) reap(ctx context.Context) error {
	const orphans = ` state = 'running' AND process_id NOT IN (SELECT id FROM process)`
	var n int
	err := c.q.o.State.Read(ctx, func(tx *db.Tx) error {
		return tx.QueryRow("SELECT count(*) FROM job WHERE" + orphans).Scan(&n)
	})
	if err != nil || n == 0 {
		return err
	}
	c.q.o.Log.Warn("jobs are run again whose process ended", "jobs", n)
	due := c.q.o.Clock().Add(backoff(1, c.q.o.Random()))
	return c.q.o.State.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec("UPDATE job SET state = 'waiting', process_id = '', error = ?, due = ? WHERE"+orphans, deathNote, due.UnixMicro())
		return err
	})
}

// nextDue is when the next job that waits for its time is due, and whether any
// does.
func (c *claims) nextDue(ctx context.Context, now time.Time) (due time.Time, err error) {
	err = c.q.o.State.Read(ctx, func(tx *db.Tx) error {
		var us int64
		err := tx.QueryRow("SELECT coalesce(min(due), 0) FROM job WHERE state = 'waiting' AND due > ?", now.UnixMicro()).Scan(&us)
		due = db.FromMicros(us)
		return err
	})
	return due, err
}
