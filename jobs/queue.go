package jobs

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"hearth"
	"hearth/bus"
	"hearth/db"
)

// ID numbers a job within the installation; later jobs have higher ones.
type ID int64

// State is how a job is.
type State string

const (
	Waiting   State = "waiting" // for a worker, its time, or the next attempt
	Running   State = "running"
	Done      State = "done"
	Dead      State = "dead" // its attempts are used up: a dead letter
	Cancelled State = "cancelled"
)

// Priorities. A job waits for all those above it.
const (
	Low    = -10
	Normal = 0
	High   = 10
)

// Draft is a job to be.
type Draft struct {
	Kind string // of one of the kinds that Run is given, in whichever process
	Args any    // JSON of at most 64 KiB is made of it

	// Key makes enqueueing idempotent: while a job of the kind with the key is
	// kept, in whatever state, it is not enqueued again. With KeyUntilDone the
	// key is free again when the job has ended. "": none.
	Key          string
	KeyUntilDone bool

	// Serial lets jobs of the workspace with the same name run one at a time.
	// "": any number.
	Serial string

	Priority int
	At       time.Time // not before; zero: now

	schedule string
}

// Job is work and how far it is.
type Job struct {
	Workspace hearth.WorkspaceID
	ID        ID
	Kind      string
	Args      json.RawMessage
	Key       string
	Serial    string
	Priority  int
	State     State
	Due       time.Time // when it is, or was, to begin
	Attempts  int       // begun
	Cancel    bool      // it was told to end
	Error     string    // of the last attempt that failed
	Progress  Progress
	Result    json.RawMessage // of a job that is done; nil: none
	Schedule  string          // that began it; "": none
	Created   time.Time
	Begun     time.Time // the last attempt
	Ended     time.Time

	fence   int64
	process string
}

// Progress is how far a job is.
type Progress struct {
	Done  int64
	Total int64  // 0: nobody knows
	Note  string // a sentence for a person
}

// Options of the queue. State, Process, Clock and Log are required.
type Options struct {
	State   *db.DB // hearth.db, with StateSchema
	Process *Process
	Clock   hearth.Clock
	Log     *slog.Logger
	Offers  []Offer        // what a person may put on a schedule
	Workers int            // jobs that this process runs at once; 0: 4
	Random  func() float64 // spreads retries, in [0, 1); nil: the runtime's
}

const (
	defaultWorkers = 4
	maxArgs        = 64 << 10
	maxKey         = 200
	maxError       = 2000
	maxNote        = 500
	maxWaiting     = 10_000 // jobs of a workspace

	// How late this process notices what another one enqueued, or that a clock
	// jumped.
	pollShared = 2 * time.Second
	pollAlone  = 5 * time.Second
)

// Queue is the jobs and schedules of all workspaces. It is safe for concurrent
// use. Make one with New; Run works on it.
type Queue struct {
	o       Options
	changes bus.Topic[Change]
	poke    chan struct{} // a wake-up, at most one waits

	mu      sync.Mutex
	running map[ID]*Run // in this process
}

// Change is told on the bus when something happened to a job or schedule, so
// that whoever shows it looks again.
type Change struct {
	Job      ID     // 0: a schedule
	Schedule string // "": a job
}

// New makes ready; Run works.
func New(o Options) *Queue {
	if o.Workers <= 0 {
		o.Workers = defaultWorkers
	}
	if o.Random == nil {
		o.Random = rand.Float64
	}
	return &Queue{o: o, poke: make(chan struct{}, 1), running: map[ID]*Run{}}
}

// Changes is where changes are told.
func (q *Queue) Changes() *bus.Topic[Change] { return &q.changes }

// wake lets Run look for work.
func (q *Queue) wake() {
	select {
	case q.poke <- struct{}{}:
	default:
	}
}

// Enqueue adds a job in a transaction of the state database: it is there if the
// transaction commits. Fresh is false if there is a job with the key already;
// then that one is returned.
func (q *Queue) Enqueue(tx *db.Tx, ws hearth.WorkspaceID, d Draft) (id ID, fresh bool, err error) {
	args, err := json.Marshal(d.Args)
	switch {
	case err != nil:
		return 0, false, hearth.Errorf(hearth.Internal, "The arguments of a job of the kind %q cannot be written: %v.", d.Kind, err)
	case ws <= 0, d.Kind == "", len(d.Kind) > maxKey, len(d.Key) > maxKey, len(d.Serial) > maxKey, len(args) > maxArgs:
		return 0, false, hearth.Errorf(hearth.Invalid, "A job needs a workspace, a kind, keys of at most %d bytes and arguments of at most %d bytes.", maxKey, maxArgs)
	}
	if id, err := keyed(tx, ws, &d); err != nil || id != 0 {
		return id, false, err
	}
	if err := roomFor(tx, ws); err != nil {
		return 0, false, err
	}
	if err := tx.QueryRow("UPDATE job_number SET last = last + 1 WHERE id = 1 RETURNING last").Scan(&id); err != nil {
		return 0, false, err
	}
	now := q.o.Clock()
	due := d.At
	if due.IsZero() {
		due = now
	}
	done, err := tx.Exec(`
		INSERT INTO job (workspace_id, id, kind, args, unique_key, passing_key, serial_key, priority, state, due, attempts, process_id,
			fence, cancel, error, done, total, note, result, schedule, created, begun, ended)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'waiting', ?, 0, '', 0, 0, '', 0, 0, '', '', ?, ?, 0, 0)
		ON CONFLICT (workspace_id, kind, unique_key) WHERE unique_key <> '' DO NOTHING`,
		int64(ws), int64(id), d.Kind, string(args), d.Key, db.Truth(d.KeyUntilDone), d.Serial, d.Priority, db.Micros(due), d.schedule, db.Micros(now))
	if err != nil {
		return 0, false, err
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 { // another process was quicker
		id, again := keyed(tx, ws, &d)
		return id, false, errors.Join(err, again)
	}
	tx.AfterCommit(func() {
		q.wake()
		q.changes.Publish(ws, Change{Job: id})
	})
	return id, true, nil
}

// Add is Enqueue in a transaction of its own.
func (q *Queue) Add(ctx context.Context, ws hearth.WorkspaceID, d Draft) (id ID, fresh bool, err error) {
	err = q.o.State.Write(ctx, func(tx *db.Tx) error {
		id, fresh, err = q.Enqueue(tx, ws, d)
		return err
	})
	return id, fresh, err
}

// keyed is the job that has the key of a draft, 0 if there is none.
func keyed(tx *db.Tx, ws hearth.WorkspaceID, d *Draft) (id ID, err error) {
	if d.Key == "" {
		return 0, nil
	}
	err = tx.QueryRow("SELECT id FROM job WHERE workspace_id = ? AND kind = ? AND unique_key = ? AND unique_key <> ''",
		int64(ws), d.Kind, d.Key).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return id, err
}

// roomFor keeps a workspace from filling the disk with work.
func roomFor(tx *db.Tx, ws hearth.WorkspaceID) error {
	var waiting int64
	err := tx.QueryRow(`
		SELECT count(*) FROM (SELECT 1 AS one FROM job WHERE workspace_id = ? AND state = 'waiting' LIMIT ?) AS first`,
		int64(ws), maxWaiting).Scan(&waiting)
	if err == nil && waiting >= maxWaiting {
		return hearth.Errorf(hearth.Unavailable, "%d jobs wait already; wait until some are done, or cancel some. See: hearth job list", waiting)
	}
	return err
}

const selectJob = `
SELECT workspace_id, id, kind, args, unique_key, serial_key, priority, state, due, attempts, process_id, fence, cancel, error,
	done, total, note, result, schedule, created, begun, ended
FROM job`

func scanJob(row db.Scanner) (*Job, error) {
	j := new(Job)
	var args, result string
	var due, created, begun, ended int64
	err := row.Scan(&j.Workspace, &j.ID, &j.Kind, &args, &j.Key, &j.Serial, &j.Priority, &j.State, &due, &j.Attempts, &j.process, &j.fence, &j.Cancel,
		&j.Error, &j.Progress.Done, &j.Progress.Total, &j.Progress.Note, &result, &j.Schedule, &created, &begun, &ended)
	j.Args = json.RawMessage(args)
	if result != "" {
		j.Result = json.RawMessage(result)
	}
	j.Due, j.Created, j.Begun, j.Ended = db.FromMicros(due), db.FromMicros(created), db.FromMicros(begun), db.FromMicros(ended)
	return j, err
}

// readJob finds a job of a workspace.
func readJob(tx *db.Tx, ws hearth.WorkspaceID, id ID) (*Job, error) {
	j, err := scanJob(tx.QueryRow(selectJob+` WHERE workspace_id = ? AND id = ?`, int64(ws), int64(id)))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, hearth.Errorf(hearth.NotFound, "There is no job %d.", id)
	}
	return j, err
}

// shorten cuts a text to so many bytes, at the beginning of a letter.
func shorten(text string, most int) string {
	if len(text) > most {
		text = text[:most]
	}
	return strings.ToValidUTF8(text, "")
}
