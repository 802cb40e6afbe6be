package db

import (
	"context"
	"database/sql"
	"fmt"
)

// conn is one connection with the statements prepared on it. One goroutine at
// a time holds it.
type conn struct {
	sql   *sql.Conn
	stmts map[string]*sql.Stmt
}

// maxStatements bounds the statements kept on one connection.
const maxStatements = 256

// prepared compiles a statement once per connection.
func (c *conn) prepared(query string) (*sql.Stmt, error) {
	if s, ok := c.stmts[query]; ok {
		return s, nil
	}
	if len(c.stmts) >= maxStatements {
		c.forget()
	}
	s, err := c.sql.PrepareContext(context.Background(), query)
	if err != nil {
		return nil, fmt.Errorf("preparing %.80q: %w", query, err)
	}
	c.stmts[query] = s
	return s, nil
}

func (c *conn) forget() {
	for q, s := range c.stmts {
		s.Close()
		delete(c.stmts, q)
	}
}

func (c *conn) close() error {
	c.forget()
	return c.sql.Close()
}

// run executes a statement of transaction control.
func (c *conn) run(query string) error {
	s, err := c.prepared(query)
	if err != nil {
		return err
	}
	_, err = s.ExecContext(context.Background())
	return err
}

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
	s, err := tx.c.prepared(query)
	if err != nil {
		return nil, err
	}
	return s.ExecContext(context.Background(), args...)
}

// Query runs a statement that returns rows; close them before the next call
// with the same text. In a read it ends when the read's context does.
func (tx *Tx) Query(query string, args ...any) (*sql.Rows, error) {
	s, err := tx.c.prepared(query)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(tx.ctx, args...)
}

// QueryRow runs a statement that returns at most one row, found quickly: it
// cannot be cancelled. Scan of the row is sql.ErrNoRows if there is none.
func (tx *Tx) QueryRow(query string, args ...any) *Row {
	s, err := tx.c.prepared(query)
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
	var c *conn
	select {
	case <-d.broken:
		return ErrUnknownOutcome
	case <-d.closing:
		return errClosed
	case <-ctx.Done():
		return ctx.Err()
	case c = <-d.readers:
	}
	defer func() { d.readers <- c }()
	if err := c.run("BEGIN"); err != nil {
		return fmt.Errorf("beginning to read: %w", err)
	}
	defer c.run("ROLLBACK")
	return d.explain(f(&Tx{c: c, ctx: ctx}))
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
