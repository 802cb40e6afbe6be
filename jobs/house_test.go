package jobs_test

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"hearth"
	"hearth/access"
	"hearth/db"
	"hearth/db/dbtest"
	"hearth/jobs"
)

const here = hearth.DefaultWorkspace

var owner = access.LocalOwner(here)

// wall is a clock that a test sets.
type wall struct {
	mu  sync.Mutex
	now time.Time
}

func newWall() *wall { return &wall{now: time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)} }

func (w *wall) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *wall) move(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

// house is the databases and their processes.
type house struct {
	t     testing.TB
	state *db.DB
	store *db.DB
	clock hearth.Clock
	alone bool
}

func open(t testing.TB) *house {
	t.Helper()
	h := &house{t: t, clock: hearth.SystemClock}
	home := dbtest.Home(t)
	var err error
	if h.state, err = db.Open(t.Context(), db.At(home, "hearth"), db.Options{Schemas: []db.Schema{access.StateSchema(), jobs.StateSchema(), effects}}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.state.Close() })
	if h.store, err = db.Open(t.Context(), db.At(home, "archive"), db.Options{Schemas: []db.Schema{jobs.LeaseSchema(), effects}}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.store.Close() })
	return h
}

// effects is a table that what is done under a lease or a fence writes into.
var effects = db.Schema{Name: "effect", Files: fstest.MapFS{
	"0001_effect.sql": {Data: []byte("CREATE TABLE effect (n INTEGER NOT NULL PRIMARY KEY, what TEXT NOT NULL)")},
}}

const addEffect = "INSERT INTO effect (n, what) SELECT coalesce(max(n), 0) + 1, ? FROM effect"

// TestOnPostgreSQL runs this package's tests there.
func TestOnPostgreSQL(t *testing.T) { dbtest.Again(t) }

func (h *house) write(d *db.DB, statement string, args ...any) {
	h.t.Helper()
	err := d.Write(context.Background(), func(tx *db.Tx) error {
		_, err := tx.Exec(statement, args...)
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

// effects is how often something was written.
func (h *house) effects(d *db.DB, what string) (n int) {
	h.t.Helper()
	err := d.Read(context.Background(), func(tx *db.Tx) error {
		return tx.QueryRow("SELECT count(*) FROM effect WHERE what = ?", what).Scan(&n)
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return n
}

// member is a process of the house, with a queue.
type member struct {
	*jobs.Process
	queue  *jobs.Queue
	freeze context.CancelFunc // it falls silent, as a stopped process does, and does not know
}

const beat = 20 * time.Millisecond

func (h *house) join(name string) *member {
	h.t.Helper()
	log := slog.New(slog.DiscardHandler)
	p, err := jobs.Join(h.t.Context(), jobs.ProcessOptions{State: h.state, Clock: h.clock, Log: log, Name: name, Alone: h.alone, Beat: beat})
	if err != nil {
		h.t.Fatal(err)
	}
	m := &member{Process: p}
	m.queue = jobs.New(jobs.Options{State: h.state, Process: p, Clock: h.clock, Log: log, Random: func() float64 { return 0 },
		Offers: []jobs.Offer{{Kind: "copy", Check: checkCopy}}})
	ctx, cancel := context.WithCancel(context.Background())
	m.freeze = cancel
	done := make(chan error, 1)
	go func() { done <- p.Run(ctx) }()
	h.t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			h.t.Errorf("the process %s ended with %v", name, err)
		}
	})
	return m
}

// work runs kinds until the test ends or stop is called.
func (h *house) work(m *member, kinds ...jobs.Kind) (stop func()) {
	h.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- m.queue.Run(ctx, kinds...) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			h.t.Errorf("the queue ended with %v", err)
		}
	})
	h.t.Cleanup(stop)
	return stop
}

func (h *house) add(m *member, d jobs.Draft) jobs.ID {
	h.t.Helper()
	id, _, err := m.queue.Add(h.t.Context(), here, d)
	if err != nil {
		h.t.Fatal(err)
	}
	return id
}

func (h *house) job(m *member, id jobs.ID) jobs.Job {
	h.t.Helper()
	j, err := m.queue.Get(context.Background(), owner, id)
	if err != nil {
		h.t.Fatal(err)
	}
	return j
}

// beats is how often a process said that it lives.
func (h *house) beats(name string) (n int64) {
	h.t.Helper()
	err := h.state.Read(context.Background(), func(tx *db.Tx) error {
		return tx.QueryRow("SELECT beat FROM process WHERE name = ?", name).Scan(&n)
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return n
}

// becomes waits until a job is in a state.
func (h *house) becomes(m *member, id jobs.ID, want jobs.State) (j jobs.Job) {
	h.t.Helper()
	within(h.t, func() bool { j = h.job(m, id); return j.State == want }, "job %d is %s", id, want)
	return j
}

// within polls until the condition holds.
func within(t testing.TB, condition func() bool, format string, args ...any) {
	t.Helper()
	deadline := time.NewTimer(time.Minute)
	defer deadline.Stop()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !condition() {
		select {
		case <-deadline.C:
			t.Fatalf("never: "+format, args...)
		case <-tick.C:
		}
	}
}

// receive gets from a channel, within a minute.
func receive[T any](t testing.TB, c <-chan T, what string) (v T) {
	t.Helper()
	select {
	case v = <-c:
	case <-time.After(time.Minute):
		t.Fatalf("never: %s", what)
	}
	return v
}
