package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"hearth"
	"hearth/db"
	"hearth/fault"
)

var (
	errCancelled = errors.New("the job was cancelled")
	errStopping  = errors.New("the process stops")
)

// Run is one attempt at a job. It is safe for concurrent use.
type Run struct {
	q       *Queue
	job     *Job
	kind    *Kind
	end     context.CancelCauseFunc
	mu      sync.Mutex
	told    Progress
	written time.Time // when progress was stored last
	ended   bool      // Finish has committed
}

// progressEvery is how often progress is stored.
const progressEvery = 500 * time.Millisecond

// Job is the job as it was when the attempt began.
func (r *Run) Job() Job { return *r.job }

// Progress tells how far the job is: so many of total (0: nobody knows), and a
// sentence. It may be called as often as one likes; the database hears of it
// twice a second. An error says that the job is not this attempt's any more;
// then the handler returns it.
func (r *Run) Progress(ctx context.Context, done, total int64, note string) error {
	p := Progress{Done: done, Total: total, Note: shorten(note, maxNote)}
	if !r.tell(p) {
		return context.Cause(ctx)
	}
	err := r.q.o.State.Write(ctx, func(tx *db.Tx) error {
		done, err := tx.Exec(`UPDATE job SET done = ?, total = ?, note = ? WHERE workspace_id = ? AND id = ? AND fence = ? AND state = 'running'`,
			p.Done, p.Total, p.Note, int64(r.job.Workspace), int64(r.job.ID), r.job.fence)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, ErrFenced)
		}
		return nil
	})
	if err == nil {
		r.q.changes.Publish(r.job.Workspace, Change{Job: r.job.ID})
	}
	return err
}

// tell notes progress and says whether it is time to store it. Nothing is
// locked while it is stored: the writer may be in Finish.
func (r *Run) tell(p Progress) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.q.o.Clock()
	since := now.Sub(r.written)
	if r.told == p || since >= 0 && since < progressEvery {
		r.told = p
		return false
	}
	r.told, r.written = p, now
	return true
}

// Hold is nil if the job is still this attempt's when tx, of the state
// database, commits; else ErrFenced, with which the transaction must end. For
// effects in another database take a lease there, by the name of what is
// written.
func (r *Run) Hold(tx *db.Tx) error {
	return holds(tx, "SELECT count(*) FROM job WHERE workspace_id = ? AND id = ? AND fence = ? AND state = 'running'",
		int64(r.job.Workspace), int64(r.job.ID), r.job.fence)
}

// Finish ends the job well in the transaction of its effects, in the state
// database, so that both are there or neither. Result, if not nil, is kept as
// JSON of at most 64 KiB. A handler that only returns nil is finished as well.
func (r *Run) Finish(tx *db.Tx, result any) error {
	text := ""
	if result != nil {
		raw, err := json.Marshal(result)
		if err != nil || len(raw) > maxArgs {
			return hearth.Errorf(hearth.Internal, "The result of a job of the kind %q is not JSON of at most %d bytes.", r.kind.Name, maxArgs)
		}
		text = string(raw)
	}
	if err := r.finish(tx, outcome{state: Done, result: text}); err != nil {
		return err
	}
	tx.AfterCommit(func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.ended = true
	})
	return nil
}

// outcome is what becomes of a job after an attempt.
type outcome struct {
	state   State
	error   string
	result  string
	due     time.Time // of a job that waits again
	forgive bool      // the attempt does not count
}

func (r *Run) finish(tx *db.Tx, o outcome) error {
	now := r.q.o.Clock()
	due, ended := r.job.Due, now
	if o.state == Waiting {
		due, ended = o.due, time.Time{}
	}
	r.mu.Lock()
	p := r.told
	r.mu.Unlock()
	done, err := tx.Exec(`
		UPDATE job SET state = ?, process_id = '', error = ?, result = ?, due = ?, ended = ?, done = ?, total = ?, note = ?,
			attempts = attempts - ?, unique_key = CASE WHEN passing_key = 1 AND ? = 1 THEN '' ELSE unique_key END
		WHERE workspace_id = ? AND id = ? AND fence = ? AND state = 'running'`,
		string(o.state), o.error, o.result, db.Micros(due), db.Micros(ended), p.Done, p.Total, p.Note,
		db.Truth(o.forgive), db.Truth(o.state != Waiting), int64(r.job.Workspace), int64(r.job.ID), r.job.fence)
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, ErrFenced)
	}
	if o.state == Done {
		if err := wasGood(tx, r.job, now); err != nil {
			return err
		}
	}
	if err := fault.Point("jobs.end.written"); err != nil {
		return err
	}
	tx.AfterCommit(func() {
		r.q.wake()
		r.q.changes.Publish(r.job.Workspace, Change{Job: r.job.ID})
	})
	return nil
}

// attempt runs the handler once and stores what came of it. Its error is one
// that the process must stop for.
func (r *Run) attempt(ctx context.Context) error {
	if r.job.Attempts > r.kind.attempts() { // each of them ended with its process
		return r.store(ctx, outcome{state: Dead, error: r.job.Error})
	}
	within, end := context.WithTimeoutCause(ctx, r.kind.timeout(),
		hearth.Errorf(hearth.Unavailable, "The job took longer than %s and was ended.", r.kind.timeout()))
	err := r.call(within)
	cause := context.Cause(within)
	end()
	r.mu.Lock()
	ended := r.ended
	r.mu.Unlock()
	if ended || errors.Is(cause, ErrFenced) {
		return nil
	}
	return r.store(ctx, r.judge(err, cause))
}

// call turns a panic of the handler into its error.
func (r *Run) call(ctx context.Context) (err error) {
	defer func() {
		if trouble := recover(); trouble != nil {
			r.q.o.Log.Error("a job failed", "kind", r.kind.Name, "job", r.job.ID, "panic", fmt.Sprint(trouble), "stack", string(debug.Stack()))
			err = hearth.Errorf(hearth.Internal, "Hearth failed while it did this: %v", trouble)
		}
	}()
	return r.kind.do(ctx, r, r.job.Args)
}

// judge says what becomes of the job.
func (r *Run) judge(err, cause error) outcome {
	now := r.q.o.Clock()
	switch {
	case err == nil:
		return outcome{state: Done}
	case errors.Is(cause, errCancelled):
		return outcome{state: Cancelled}
	case errors.Is(cause, errStopping):
		return outcome{state: Waiting, due: now, error: r.job.Error, forgive: true}
	case cause != nil:
		err = cause // it ran too long; what it says of that tells less
	}
	text := shorten(err.Error(), maxError)
	if permanent(err) || r.job.Attempts >= r.kind.attempts() {
		r.q.o.Log.Warn("a job is a dead letter", "workspace", r.job.Workspace, "job", r.job.ID, "kind", r.kind.Name, "error", err)
		return outcome{state: Dead, error: text}
	}
	return outcome{state: Waiting, error: text, due: now.Add(backoff(r.job.Attempts, r.q.o.Random()))}
}

// storePause is how long to wait when an outcome cannot be stored.
const storePause = time.Second

// store writes an outcome, and tries until it can or the process stops: then
// the job is run again.
func (r *Run) store(ctx context.Context, o outcome) error {
	for {
		err := r.q.o.State.Write(context.WithoutCancel(ctx), func(tx *db.Tx) error { return r.finish(tx, o) })
		switch {
		case err == nil, errors.Is(err, ErrFenced):
			return nil
		case fatal(err):
			return err
		}
		r.q.o.Log.Warn("what became of a job cannot be stored; it will be tried again", "job", r.job.ID, "error", err)
		timer := time.NewTimer(storePause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case <-timer.C:
		}
	}
}
