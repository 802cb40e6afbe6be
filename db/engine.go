package db

import (
	"context"
	"database/sql"
	"strings"
)

// engine is what SQLite and PostgreSQL do each in its own way. All else (the
// one writer, groups that share a commit, savepoints, schema files, snapshots)
// is the same for both.
type engine interface {
	// open connects c and proves that what must be in force on it is. It may
	// be called again for a connection that was lost.
	open(ctx context.Context, c *conn) error

	// alone keeps other processes from changing the schema until release.
	alone(ctx context.Context, c *conn) (release func(), err error)

	// script runs the text of a schema file.
	script(ctx context.Context, c *conn, text string) error

	// translate turns a statement in the common subset into the engine's.
	translate(query string) string

	// begin starts a transaction of the connection's role.
	begin(c *conn) error

	// commit ends a write. certain is false if nobody knows whether it did;
	// with an error that is certain, nothing was saved.
	commit(c *conn) (certain bool, err error)

	// compact gives back the room of what was deleted.
	compact(c *conn) error

	// stamp writes two numbers to the head of the file, where there is one.
	stamp(tx *Tx, mark, stamp uint32) error

	// checkpoint moves what was committed into the database file, where there
	// is one.
	checkpoint(c *conn) error

	// tables lists the tables but schema_file, in any order.
	tables(tx *Tx) ([]table, error)

	// integrity lists what is wrong with the engine's own structures.
	integrity(tx *Tx, limit int) ([]string, error)

	// lost says that an error means that the connection is of no use any more.
	lost(c *conn, err error) bool

	// explain turns the engine's words into an error that says what to do.
	explain(err error) error

	// claim tries to become the one process that does what name says.
	claim(ctx context.Context, d *DB, name string) (*Claim, error)

	// shared says that other processes may have the database open too.
	shared() bool

	// leave is called once before the connections are closed; sound is false
	// after a commit of unknown outcome.
	leave(writer *conn, sound bool) error

	// release gives back what was taken beside the connections.
	release() error
}

// role is what a connection is for.
type role int

const (
	writing role = iota
	reading
	claiming
)

// conn is one connection with the statements prepared on it. One goroutine at
// a time holds it.
type conn struct {
	engine engine
	role   role
	sql    *sql.Conn
	stmts  map[string]*sql.Stmt
	chunks map[chunked]string // see Many
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
	s, err := c.sql.PrepareContext(context.Background(), c.engine.translate(query))
	if err != nil {
		return nil, &statementError{query, err}
	}
	c.stmts[query] = s
	return s, nil
}

// statement is the prepared statement of a query, and its arguments as the
// engine takes them.
func (c *conn) statement(query string, args []any) (*sql.Stmt, []any, error) {
	if strings.Contains(query, listMark) {
		if c.engine.shared() {
			query = lists(query, args)
		} else {
			query, args = spread(query, args)
		}
	}
	s, err := c.prepared(query)
	return s, args, err
}

func (c *conn) forget() {
	for q, s := range c.stmts {
		s.Close()
		delete(c.stmts, q)
	}
}

func (c *conn) close() error {
	if c.sql == nil {
		return nil
	}
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

// begin starts a transaction of the connection's role, on a new connection if
// the old one was lost: nothing had begun.
func (c *conn) begin(ctx context.Context) error {
	err := c.engine.begin(c)
	if err == nil || !c.engine.lost(c, err) {
		return err
	}
	if err := c.engine.open(ctx, c); err != nil {
		return err
	}
	return c.engine.begin(c)
}
