package db

import (
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	"hearth"
	"hearth/fault"
)

// ErrUnknownOutcome means that a commit failed: the rows may or may not be
// there after a restart. Never retry and never say "not saved": stop the
// process and let the next start read what is on the disk.
var ErrUnknownOutcome = &hearth.Error{Code: hearth.Unavailable, Message: "The disk did not confirm a write, so it is unknown " +
	"whether it was saved. Hearth stops now; check the disk, start it again and it goes on from what is really there."}

var errClosed = &hearth.Error{Code: hearth.Unavailable, Message: "Hearth is shutting down; try again in a moment."}

// maxGroup is the largest number of writes that share one commit, and the
// number that may wait for the writer before callers do.
const maxGroup = 64

// write is one call of Write on its way, or, with alone, of something that
// cannot stand in a transaction.
type write struct {
	ctx   context.Context
	f     func(*Tx) error
	alone func(*conn) error
	done  chan error
}

// Write calls f with the one write transaction and returns when its effects
// are on the disk. An error of f undoes f's effects alone and is returned.
//
// Writes that wait at the same moment share a commit, so f runs on the
// writer's goroutine, each f seeing what those before it wrote. f must be
// quick, must not call Write, and is never called if ctx ended before its turn.
// Once it has run, Write waits for the commit whatever ctx says.
func (d *DB) Write(ctx context.Context, f func(*Tx) error) error {
	return d.enqueue(ctx, &write{ctx: ctx, f: f, done: make(chan error, 1)})
}

// Compact gives back the room of what was deleted, so that it is on the disk no
// longer. It is slow in proportion to what was freed, and other writes wait. A
// reader with an old snapshot can keep it from succeeding: then the error is
// Unavailable, and it may be tried again. PostgreSQL's own WAL keeps what was
// deleted until the server recycles it.
func (d *DB) Compact(ctx context.Context) error {
	return d.enqueue(ctx, &write{ctx: ctx, alone: d.engine.compact, done: make(chan error, 1)})
}

// Checkpoint moves everything that was committed from the WAL into the SQLite
// file and empties the WAL. The error is Unavailable while a reader has an old
// snapshot. PostgreSQL does such things by itself.
func (d *DB) Checkpoint(ctx context.Context) error {
	return d.enqueue(ctx, &write{ctx: ctx, alone: d.engine.checkpoint, done: make(chan error, 1)})
}

// Accepted is how many writes were asked for since Open, by this process. Whoever
// writes much and has time sees by it whether others want to.
func (d *DB) Accepted() int64 { return d.accepted.Load() }

// enqueue hands something to the writer and waits for its outcome.
func (d *DB) enqueue(ctx context.Context, w *write) error {
	if err := d.refusal(); err != nil {
		return err
	}
	select {
	case <-d.broken:
		return ErrUnknownOutcome
	case <-d.closing:
		return errClosed
	case <-ctx.Done():
		return ctx.Err()
	case d.writes <- w:
		d.accepted.Add(1)
	}
	select {
	case err := <-w.done:
		return err
	case <-d.written: // the writer ended; it may have answered on its way out
		select {
		case err := <-w.done:
			return err
		default:
			return errClosed
		}
	}
}

// writeLoop is the only goroutine that writes.
func (d *DB) writeLoop() {
	defer close(d.written)
	group := make([]*write, 0, maxGroup)
	for {
		select {
		case w := <-d.writes:
			group = append(group[:0], w)
		case <-d.closing:
			d.drain(group[:0])
			return
		}
		if !d.commit(d.fill(group)) {
			d.refuse()
			return
		}
	}
}

// fill adds the writes that wait already.
func (d *DB) fill(group []*write) []*write {
	for len(group) < maxGroup {
		select {
		case w := <-d.writes:
			group = append(group, w)
		default:
			return group
		}
	}
	return group
}

// drain commits what was accepted before Close.
func (d *DB) drain(group []*write) {
	for {
		group = d.fill(group[:0])
		if len(group) == 0 {
			return
		}
		if !d.commit(group) {
			d.refuse()
			return
		}
	}
}

// refuse answers everything that still comes after a commit of unknown outcome.
func (d *DB) refuse() {
	for {
		select {
		case w := <-d.writes:
			w.done <- ErrUnknownOutcome
		case <-d.closing:
			return
		}
	}
}

// commit runs a group in one transaction and answers each of its writes. It
// reports false if the outcome is unknown.
func (d *DB) commit(group []*write) bool {
	c := d.writer
	group = slices.DeleteFunc(group, func(w *write) bool {
		if w.alone != nil {
			w.done <- w.alone(c)
		}
		return w.alone != nil
	})
	group = slices.DeleteFunc(group, func(w *write) bool {
		err := w.ctx.Err()
		if err != nil {
			w.done <- err
		}
		return err != nil
	})
	if len(group) == 0 {
		return true
	}
	begun := d.clock()
	if err := c.begin(context.Background()); err != nil {
		answer(group, nil, fmt.Errorf("beginning to write: %w", d.engine.explain(err)))
		return true
	}
	results := make([]error, len(group))
	var after []func()
	if len(group) == 1 && d.engine.shared() {
		// Nobody else's effects are to be spared, so a savepoint would be two
		// round trips for nothing.
		tx := &Tx{c: c, ctx: context.Background()}
		if err := call(group[0].f, tx); err != nil {
			c.run("ROLLBACK")
			answer(group, nil, d.engine.explain(err))
			return true
		}
		return d.confirm(group, begun, results, tx.after)
	}
	for i, w := range group {
		if results[i] = w.ctx.Err(); results[i] != nil {
			continue
		}
		tx := &Tx{c: c, ctx: context.Background()}
		undone, err := runWrite(c, w, tx)
		results[i] = d.engine.explain(err)
		if err == nil {
			after = append(after, tx.after...)
		}
		if !undone {
			// The whole transaction was rolled back (disk full, I/O error,
			// connection lost): nothing of the group was saved, and that is
			// certain.
			c.run("ROLLBACK")
			answer(group, results, fmt.Errorf("writing together with others: %w", results[i]))
			return true
		}
	}
	return d.confirm(group, begun, results, after)
}

// confirm commits what a group has written and answers each of its writes.
func (d *DB) confirm(group []*write, begun time.Time, results []error, after []func()) bool {
	fault.Point("db.commit.due")
	if certain, err := d.engine.commit(d.writer); !certain {
		close(d.broken)
		answer(group, results, ErrUnknownOutcome)
		return false
	} else if err != nil {
		answer(group, results, fmt.Errorf("committing: %w", d.engine.explain(err)))
		return true
	}
	if d.committed != nil {
		d.committed(len(group), d.clock().Sub(begun))
	}
	fault.Point("db.commit.done")
	for _, f := range after {
		f()
	}
	answer(group, results, nil)
	return true
}

// runWrite calls one write under a savepoint. undone is false if the
// transaction is gone altogether.
func runWrite(c *conn, w *write, tx *Tx) (undone bool, err error) {
	if err := c.run("SAVEPOINT w"); err != nil {
		return false, err
	}
	if err = call(w.f, tx); err == nil {
		if err = c.run("RELEASE w"); err == nil {
			return true, nil
		}
	}
	if e := c.run("ROLLBACK TO w"); e != nil {
		return false, err
	}
	return c.run("RELEASE w") == nil, err
}

// call turns a panic of f into its error: one poisonous write must not take
// the writer, and everybody's data with it, down.
func call(f func(*Tx) error, tx *Tx) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic while writing: %v\n%s", r, debug.Stack())
		}
	}()
	return f(tx)
}

// answer gives each write its own error, or else everybody's.
func answer(group []*write, own []error, all error) {
	for i, w := range group {
		if own != nil && own[i] != nil {
			w.done <- own[i]
			continue
		}
		w.done <- all
	}
}

// IsConstraint says that a statement broke a constraint, such as a unique key.
// The statement did nothing; the transaction goes on if it was run by Try.
func IsConstraint(err error) bool {
	return sqliteCode(err) == codeConstraint || isPostgresConstraint(err)
}

// statementError says which statement could not be prepared.
type statementError struct {
	query string
	err   error
}

func (e *statementError) Error() string { return fmt.Sprintf("preparing %.80q: %v", e.query, e.err) }
func (e *statementError) Unwrap() error { return e.err }
