package jobs

import (
	"context"
	"fmt"
	"sync"
	"time"

	"hearth/db"
)

// Run works on jobs of the kinds and on the schedules until ctx ends; then it
// ends the jobs that run, puts them back and returns nil. Its error is one for
// which the process must stop: db.ErrUnknownOutcome. Jobs of other kinds wait
// for a process that knows them. Run once only.
func (q *Queue) Run(ctx context.Context, kinds ...Kind) error {
	for _, k := range kinds {
		if k.Name == "" || len(k.Name) > maxKey || k.do == nil {
			return fmt.Errorf("the kind %q was not made with Handle", k.Name)
		}
	}
	w := &work{q: q, claims: newClaims(q, kinds), busy: map[string]int{}}
	w.ctx, w.stop = context.WithCancelCause(context.WithoutCancel(ctx))
	defer w.group.Wait()
	defer w.stop(errStopping)
	for {
		wait, err := w.look(ctx)
		switch {
		case fatal(err):
			return err
		case ctx.Err() != nil:
			return nil
		case err != nil:
			q.o.Log.Error("the jobs cannot be looked at; it will be tried again", "error", err)
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-w.ctx.Done():
			return context.Cause(w.ctx)
		case <-q.poke:
		case <-q.o.Process.Looked():
		case <-timer.C:
		}
		timer.Stop()
	}
}

// work is one Run.
type work struct {
	q      *Queue
	claims *claims
	ctx    context.Context
	stop   context.CancelCauseFunc
	group  sync.WaitGroup

	tidied time.Time

	mu      sync.Mutex
	workers int
	busy    map[string]int // by kind
}

// look does what is due and says how long there is nothing more.
func (w *work) look(ctx context.Context) (time.Duration, error) {
	poll := pollShared
	if w.q.o.Process.o.Alone {
		poll = pollAlone
	}
	if err := w.claims.reap(ctx); err != nil {
		return poll, err
	}
	due, err := w.q.fire(ctx)
	if err != nil {
		return poll, err
	}
	if err := w.q.endCancelled(ctx); err != nil {
		return poll, err
	}
	if err := w.tidy(ctx); err != nil {
		return poll, err
	}
	if err := w.begin(ctx); err != nil {
		return poll, err
	}
	now := w.q.o.Clock()
	next, err := w.claims.nextDue(ctx, now)
	for _, at := range [...]time.Time{due, next} {
		if !at.IsZero() {
			poll = min(poll, max(at.Sub(now), time.Millisecond))
		}
	}
	return poll, err
}

// begin starts jobs as long as there are workers free.
func (w *work) begin(ctx context.Context) error {
	for {
		w.mu.Lock()
		free := w.workers < w.q.o.Workers
		busy := make(map[string]int, len(w.busy))
		for kind, n := range w.busy {
			busy[kind] = n
		}
		w.mu.Unlock()
		if !free {
			return nil
		}
		_, life := w.q.o.Process.self()
		j, err := w.claims.claim(ctx, busy)
		if err != nil || j == nil {
			return err
		}
		w.run(j, life)
	}
}

// run runs a job on a worker of its own. life ends when this process may not
// run it any more.
func (w *work) run(j *Job, life context.Context) {
	ctx, end := context.WithCancelCause(w.ctx)
	r := &Run{q: w.q, job: j, kind: w.claims.kinds[j.Kind], end: end, told: j.Progress}
	forget := context.AfterFunc(life, func() { end(ErrFenced) })
	w.mu.Lock()
	w.workers++
	w.busy[j.Kind]++
	w.mu.Unlock()
	w.q.mu.Lock()
	w.q.running[j.ID] = r
	w.q.mu.Unlock()
	w.q.changes.Publish(j.Workspace, Change{Job: j.ID})
	w.group.Go(func() {
		defer w.q.wake()
		defer func() {
			forget()
			end(nil)
			w.q.mu.Lock()
			if w.q.running[j.ID] == r { // not one that took it over meanwhile
				delete(w.q.running, j.ID)
			}
			w.q.mu.Unlock()
			w.mu.Lock()
			w.workers--
			w.busy[j.Kind]--
			w.mu.Unlock()
		}()
		if err := r.attempt(ctx); err != nil {
			w.stop(err)
		}
	})
}

// endCancelled ends jobs of this process that somebody, maybe elsewhere, wants
// cancelled.
func (q *Queue) endCancelled(ctx context.Context) error {
	self, _ := q.o.Process.self()
	q.mu.Lock()
	idle := len(q.running) == 0
	q.mu.Unlock()
	if idle {
		return nil
	}
	var ids []ID
	err := q.o.State.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query("SELECT id FROM job WHERE process_id = ? AND state = 'running' AND cancel = 1", self)
		if err != nil {
			return err
		}
		return db.EachRow(rows, func() error {
			var id ID
			err := rows.Scan(&id)
			ids = append(ids, id)
			return err
		})
	})
	for _, id := range ids {
		q.end(id)
	}
	return err
}

// end cancels a job that runs in this process.
func (q *Queue) end(id ID) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if r := q.running[id]; r != nil {
		r.end(errCancelled)
	}
}

// How long jobs are kept that have ended, and how many of a workspace.
const (
	keepDone  = 7 * 24 * time.Hour
	keepDead  = 90 * 24 * time.Hour
	keepMost  = 10_000
	tidyEvery = 10 * time.Minute
)

// tidy forgets jobs that ended long ago, and the oldest of too many.
func (w *work) tidy(ctx context.Context) error {
	now := w.q.o.Clock()
	if since := now.Sub(w.tidied); since >= 0 && since < tidyEvery {
		return nil
	}
	w.tidied = now
	return w.q.o.State.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(`
			DELETE FROM job WHERE state IN ('done', 'cancelled') AND ended < ? OR state = 'dead' AND ended < ?`,
			now.Add(-keepDone).UnixMicro(), now.Add(-keepDead).UnixMicro())
		if err != nil {
			return err
		}
		return w.crowdOut(tx)
	})
}

// crowdOut forgets the oldest of too many.
func (w *work) crowdOut(tx *db.Tx) error {
	type crowd struct {
		workspace, n int64
		state        State
	}
	var crowds []crowd
	rows, err := tx.Query(`
		SELECT workspace_id, state, count(*) FROM job WHERE state IN ('done', 'cancelled', 'dead')
		GROUP BY workspace_id, state HAVING count(*) > ?`, keepMost)
	if err != nil {
		return err
	}
	err = db.EachRow(rows, func() error {
		var c crowd
		err := rows.Scan(&c.workspace, &c.state, &c.n)
		crowds = append(crowds, c)
		return err
	})
	for i := 0; err == nil && i < len(crowds); i++ {
		c := &crowds[i]
		_, err = tx.Exec(`
			DELETE FROM job WHERE workspace_id = ? AND state = ? AND id <= (
				SELECT id FROM job WHERE workspace_id = ? AND state = ? ORDER BY id DESC LIMIT 1 OFFSET ?)`,
			c.workspace, string(c.state), c.workspace, string(c.state), keepMost)
		if c.state == Dead {
			w.q.o.Log.Warn("the oldest dead jobs had to make room", "workspace", c.workspace, "jobs", c.n-keepMost)
		}
	}
	return err
}
