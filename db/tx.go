package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Tx is one transaction: a write under way or a snapshot being read. It ends
// with the function it was given to and belongs to that function's goroutine.
// Statements are compiled once per connection, so pass constant texts.
type Tx struct {
	c     *conn
	ctx   context.Context // the reader's, for Query; never cancelled in a write
	after []func()        // see AfterCommit
}

// AfterCommit has f called once the transaction is on the disk, in the order of
// commits, before Write returns. f runs on the writer's goroutine, so it must
// be quick. Of a write that fails nothing is called.
func (tx *Tx) AfterCommit(f func()) { tx.after = append(tx.after, f) }

// Err is why a read should end: its context's error. A write is never ended.
func (tx *Tx) Err() error { return tx.ctx.Err() }

// Exec runs a statement that returns no rows. A statement is never cancelled
// half-way.
func (tx *Tx) Exec(query string, args ...any) (sql.Result, error) {
	s, args, err := tx.c.statement(query, args)
	if err != nil {
		return nil, err
	}
	return s.ExecContext(context.Background(), args...)
}

// Try is Exec for a statement that may break a constraint (see IsConstraint)
// and whose error is not the end of the transaction. Of other statements that
// fail nothing can be expected but that the whole write is undone.
func (tx *Tx) Try(query string, args ...any) (sql.Result, error) {
	if !tx.c.engine.shared() { // SQLite undoes a failed statement by itself
		return tx.Exec(query, args...)
	}
	if err := tx.c.run("SAVEPOINT try"); err != nil {
		return nil, err
	}
	done, err := tx.Exec(query, args...)
	if err != nil {
		if e := tx.c.run("ROLLBACK TO try"); e != nil {
			return nil, errors.Join(err, e)
		}
	}
	return done, errors.Join(err, tx.c.run("RELEASE try"))
}

// Integrity lists at most limit things that are wrong with the engine's own
// structures, as far as it can tell; see also the checksums of the rows.
func (tx *Tx) Integrity(limit int) ([]string, error) { return tx.c.engine.integrity(tx, limit) }

// Stamp writes two numbers to the head of a SQLite file, which ReadFiles gives
// back without opening it. PostgreSQL has no such place: nothing is written.
func (tx *Tx) Stamp(mark, stamp uint32) error { return tx.c.engine.stamp(tx, mark, stamp) }

// Query runs a statement that returns rows; close them before the next call
// with the same text. In a read it ends when the read's context does. SQLite
// finds the rows step by step; PostgreSQL sends them all, so give what may be
// long a LIMIT and go on from the last row.
func (tx *Tx) Query(query string, args ...any) (*sql.Rows, error) {
	s, args, err := tx.c.statement(query, args)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(tx.ctx, args...)
}

// QueryRow runs a statement that returns at most one row, found quickly: it
// cannot be cancelled. Scan of the row is sql.ErrNoRows if there is none.
func (tx *Tx) QueryRow(query string, args ...any) *Row {
	s, args, err := tx.c.statement(query, args)
	if err != nil {
		return &Row{err: err}
	}
	return &Row{row: s.QueryRowContext(context.Background(), args...)}
}

// Row is the answer of QueryRow.
type Row struct {
	row *sql.Row
	err error
}

// Scan copies the columns into what dest points to, as sql.Row does.
func (r *Row) Scan(dest ...any) error {
	if r.err != nil {
		return r.err
	}
	return r.row.Scan(dest...)
}

// Read calls f with a snapshot of the database. It waits for a free reader as
// long as ctx allows. Keep a read short where writes go on: the WAL cannot be
// reused while an old snapshot is open.
func (d *DB) Read(ctx context.Context, f func(*Tx) error) error {
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
	case <-d.readers.free:
	}
	c := d.readers.take()
	defer d.readers.put(c)
	if err := c.begin(ctx); err != nil {
		return fmt.Errorf("beginning to read: %w", d.engine.explain(err))
	}
	defer c.run("ROLLBACK")
	return d.engine.explain(f(&Tx{c: c, ctx: ctx}))
}

// refusal is why no work is taken any more, nil while it is.
func (d *DB) refusal() error {
	select {
	case <-d.broken:
		return ErrUnknownOutcome
	case <-d.closing:
		return errClosed
	default:
		return nil
	}
}
