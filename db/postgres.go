package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"hash/fnv"
	"net"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
	"github.com/jackc/pgx/v5/stdlib"

	"hearth"
)

// postgresEngine keeps everything in one schema of a PostgreSQL database, for
// any number of processes. All writes of all of them take one lock, so that
// what is written for one writer stays right, and numbers that a transaction
// counts on from are gapless in the order of commits.
type postgresEngine struct {
	shown    string // the location, for people
	schema   string
	accept   []string
	sole     bool // nobody else may have it open
	pool     *sql.DB
	writing  int64 // key of the advisory lock of writes
	mu       sync.Mutex
	timeline string // of the server's history, as it was at the first connection
	turns    atomic.Int64
}

// Weaknesses of a server that accept= in the URL takes on, as a list with
// commas.
const (
	acceptFsync     = "no-fsync"
	acceptPages     = "no-full-page-writes"
	acceptChecksums = "no-checksums"
)

const (
	oldestServer = 150000
	maxClaims    = 8
	connectTime  = 10 * time.Second

	// frozenWriter is how long the server lets a transaction that holds the
	// lock of writes stand idle. A process that was frozen for longer has
	// lost it, and nothing of it was saved.
	frozenWriter = "60s"
)

func newPostgres(location string, o *Options) (*postgresEngine, error) {
	e := &postgresEngine{shown: Shown(location), sole: o.Alone || o.copying}
	config, err := e.parse(location)
	if err != nil {
		return nil, err
	}
	e.writing = e.key("write")
	e.pool = sql.OpenDB(pgConnector{stdlib.GetConnector(*config)})
	e.pool.SetMaxOpenConns(o.Readers + 1 + maxClaims)
	e.pool.SetMaxIdleConns(o.Readers + 1 + maxClaims)
	return e, nil
}

// parse reads the URL. What it does not say comes from libpq's environment
// (PGPASSWORD, PGPASSFILE, PGSERVICE, PGSSLMODE and so on).
func (e *postgresEngine) parse(location string) (*pgx.ConnConfig, error) {
	wrong := func(cause any) error {
		return &hearth.Error{Code: hearth.Invalid, Field: "db", Message: fmt.Sprintf("Write the database as postgres://USER@HOST:PORT/NAME; %s cannot be read (%v).", e.shown, cause)}
	}
	u, err := url.Parse(location)
	if err != nil {
		return nil, wrong("it is no URL")
	}
	q := u.Query()
	if text := q.Get("accept"); text != "" {
		e.accept = strings.Split(text, ",")
	}
	for _, a := range e.accept {
		if a != acceptFsync && a != acceptPages && a != acceptChecksums {
			return nil, wrong("accept knows " + acceptFsync + ", " + acceptPages + " and " + acceptChecksums)
		}
	}
	q.Del("accept")
	u.RawQuery = q.Encode()
	config, err := pgx.ParseConfig(u.String())
	if err != nil {
		return nil, wrong(err)
	}
	if e.schema = config.RuntimeParams["search_path"]; e.schema == "" {
		e.schema = "public"
	}
	config.RuntimeParams["search_path"] = pgx.Identifier{e.schema}.Sanitize()
	for name, value := range map[string]string{
		// A plan that is kept from when a table was empty would read all of it
		// for ever; every statement here has an index that serves it.
		"enable_seqscan":   "off",
		"application_name": "hearth", "jit": "off", "client_min_messages": "warning",
		"tcp_keepalives_idle": "10", "tcp_keepalives_interval": "5", "tcp_keepalives_count": "3",
	} {
		if config.RuntimeParams[name] == "" {
			config.RuntimeParams[name] = value
		}
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = connectTime
	}
	if config.ValidateConnect == nil {
		config.ValidateConnect = pgconn.ValidateConnectTargetSessionAttrsReadWrite
	}
	dialer := net.Dialer{Timeout: config.ConnectTimeout, KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 10 * time.Second, Interval: 5 * time.Second, Count: 3}}
	config.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := dialer.DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return &countedConn{Conn: c, turns: &e.turns}, nil
	}
	config.BuildContextWatcherHandler = func(c *pgconn.PgConn) ctxwatch.Handler {
		return &pgconn.CancelRequestContextWatcherHandler{Conn: c, DeadlineDelay: connectTime}
	}
	return config, nil
}

// key is the number of an advisory lock of this store.
func (e *postgresEngine) key(what string) int64 {
	h := fnv.New64a()
	fmt.Fprintf(h, "hearth\x00%s\x00%s", e.schema, what)
	return int64(h.Sum64())
}

// open connects, or connects again, and reads back what must be in force.
func (e *postgresEngine) open(ctx context.Context, c *conn) error {
	c.close() // what there was is lost
	fresh, err := e.pool.Conn(ctx)
	if err != nil {
		return e.unreachable(err)
	}
	c.sql = fresh
	err = e.verify(ctx, c)
	if err == nil && c.role == writing {
		err = e.enter(ctx, c)
	}
	if err != nil {
		return errors.Join(err, c.discard())
	}
	return nil
}

// enter notes on the writer's connection that the database is open, in a lock
// that all who have it open share, unless one wants to be alone. The server
// gives back what a process that has ended held, some moments later.
func (e *postgresEngine) enter(ctx context.Context, c *conn) error {
	try := "SELECT pg_try_advisory_lock_shared($1)"
	if e.sole {
		try = "SELECT pg_try_advisory_lock($1)"
	}
	tick := time.NewTicker(enterPatience / enterTries)
	defer tick.Stop()
	for range enterTries {
		var got bool
		if err := c.sql.QueryRowContext(ctx, try, e.key("open")).Scan(&got); err != nil || got {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
	if e.sole {
		return hearth.Errorf(hearth.Conflict, "Another Hearth works on the database %s. Stop it, then give the command again.", e.shown)
	}
	return hearth.Errorf(hearth.Conflict, "The database %s is being copied (hearth db copy). Start Hearth when that is done.", e.shown)
}

const (
	enterPatience = 2 * time.Second
	enterTries    = 20
)

func (e *postgresEngine) unreachable(err error) error {
	return hearth.Errorf(hearth.Unavailable, "The database %s cannot be reached (%v). Check that PostgreSQL runs there and lets this user in.", e.shown, err)
}

// verify proves I26 on one connection, and that the server's history is still
// the one this process has read: one that another server has taken over may
// lack what was read, so the process must begin anew.
func (e *postgresEngine) verify(ctx context.Context, c *conn) error {
	const look = `SELECT current_setting('server_version_num')::int, current_setting('server_encoding'), current_setting('fsync'),
current_setting('full_page_writes'), current_setting('data_checksums'), pg_is_in_recovery(),
CASE WHEN pg_is_in_recovery() THEN '' ELSE left(pg_walfile_name(pg_current_wal_lsn()), 8) END`
	var version int
	var encoding, fsync, pages, checksums, timeline string
	var follows bool
	if err := c.sql.QueryRowContext(ctx, look).Scan(&version, &encoding, &fsync, &pages, &checksums, &follows, &timeline); err != nil {
		return e.unreachable(err)
	}
	refuse := func(format string, args ...any) error {
		return hearth.Errorf(hearth.Unavailable, "The database %s cannot be used: %s", e.shown, fmt.Sprintf(format, args...))
	}
	switch {
	case version < oldestServer:
		return refuse("PostgreSQL %d is too old. Hearth needs 15 or newer.", version/10000)
	case encoding != "UTF8":
		return refuse("its encoding is %s. Create one with ENCODING 'UTF8'.", encoding)
	case follows:
		return refuse("it is a standby that cannot be written. Name the primary, or all servers and target_session_attrs=read-write.")
	case fsync != "on" && !e.accepts(acceptFsync):
		return refuse("fsync is off, so a crash destroys it. Set fsync = on, or for data that may be lost add accept=%s to the URL.", acceptFsync)
	case pages != "on" && !e.accepts(acceptPages):
		return refuse("full_page_writes is off, so a crash can tear pages. Set full_page_writes = on, or where the file system rules that out add accept=%s to the URL.", acceptPages)
	case checksums != "on" && !e.accepts(acceptChecksums):
		return refuse("it has no data checksums, so damage of the disk goes unnoticed. Stop the server and run pg_checksums --enable, or add accept=%s to the URL.", acceptChecksums)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.timeline == "" {
		e.timeline = timeline
	}
	if e.timeline != timeline {
		return refuse("another server has taken over, and what this process remembers may be lost there. Start Hearth again.")
	}
	settings := "SET synchronous_commit = on"
	if c.role == writing {
		settings += "; SET idle_in_transaction_session_timeout = '" + frozenWriter + "'"
	}
	return c.script(ctx, settings)
}

func (e *postgresEngine) accepts(weakness string) bool { return slices.Contains(e.accept, weakness) }

// raw gives f the connection itself.
func (c *conn) raw(f func(*pgconn.PgConn) error) error {
	return c.sql.Raw(func(d any) error {
		p, ok := d.(*pgConn)
		if !ok || p.pg().IsClosed() {
			return driver.ErrBadConn
		}
		return f(p.pg())
	})
}

// script runs statements without parameters in one round trip.
func (c *conn) script(ctx context.Context, text string) error {
	return c.raw(func(p *pgconn.PgConn) error {
		_, err := p.Exec(ctx, text).ReadAll()
		return err
	})
}

// discard ends the connection instead of keeping it for another use.
func (c *conn) discard() error {
	c.forget()
	c.sql.Raw(func(any) error { return driver.ErrBadConn })
	return nil
}

func (e *postgresEngine) alone(ctx context.Context, c *conn) (release func(), err error) {
	key := e.key("schema")
	if err := c.script(ctx, fmt.Sprintf("SELECT pg_advisory_lock(%d)", key)); err != nil {
		return nil, e.explain(err)
	}
	release = func() { c.script(context.WithoutCancel(ctx), fmt.Sprintf("SELECT pg_advisory_unlock(%d)", key)) }
	if err := e.setUp(ctx, c); err != nil {
		release()
		return nil, e.explain(fmt.Errorf("making the schema %s: %w", e.schema, err))
	}
	return release, nil
}

// setUp makes what the tables need.
func (e *postgresEngine) setUp(ctx context.Context, c *conn) error {
	var schema, function bool
	const look = "SELECT to_regnamespace(quote_ident($1)) IS NOT NULL, to_regprocedure('refuse_change()') IS NOT NULL"
	if err := c.sql.QueryRowContext(ctx, look, e.schema).Scan(&schema, &function); err != nil {
		return err
	}
	text := ""
	if !schema {
		text = "CREATE SCHEMA " + pgx.Identifier{e.schema}.Sanitize() + ";\n"
	}
	if !function {
		text += refuseChange
	}
	if text == "" {
		return nil
	}
	return c.script(ctx, text)
}

func (e *postgresEngine) script(ctx context.Context, c *conn, text string) error {
	return c.script(ctx, schemaText(text))
}

func (e *postgresEngine) translate(query string) string { return placeholders(query) }

func (e *postgresEngine) begin(c *conn) error {
	if c.role == writing {
		return c.script(context.Background(), fmt.Sprintf("BEGIN; SELECT pg_advisory_xact_lock(%d)", e.writing))
	}
	return c.script(context.Background(), "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
}

// commit sees to it that a COMMIT is one: of a transaction in which a statement
// failed the server makes a ROLLBACK without a word.
func (e *postgresEngine) commit(c *conn) (certain bool, err error) {
	certain = true // as long as nothing was sent
	err = c.raw(func(p *pgconn.PgConn) error {
		if p.TxStatus() != 'T' {
			p.Exec(context.Background(), "ROLLBACK").ReadAll()
			return errors.New("a statement failed, so the transaction was rolled back")
		}
		results, err := p.Exec(context.Background(), "COMMIT").ReadAll()
		// Only the server's own word counts: what pgx says of an error (such
		// as SafeToRetry) may be about what came after the commit.
		certain = err == nil || severityOf(err) == "ERROR"
		if err == nil && (len(results) != 1 || results[0].CommandTag.String() != "COMMIT") {
			return errors.New("the transaction was rolled back")
		}
		return err
	})
	return certain, err
}

// severityOf is ERROR if only the transaction has ended, FATAL or PANIC if the
// connection did, "" if the server did not say anything.
func severityOf(err error) string {
	var p *pgconn.PgError
	if errors.As(err, &p) {
		return p.SeverityUnlocalized
	}
	return ""
}

// compact lets the room of deleted rows be used again.
func (e *postgresEngine) compact(c *conn) error {
	rows, err := c.sql.QueryContext(context.Background(), "SELECT tablename FROM pg_tables WHERE schemaname = $1 ORDER BY tablename", e.schema)
	if err != nil {
		return e.explain(err)
	}
	defer rows.Close()
	for rows.Next() {
		var table string
		if err := rows.Scan(&table); err != nil {
			return err
		}
		if err := c.script(context.Background(), "VACUUM "+pgx.Identifier{e.schema, table}.Sanitize()); err != nil {
			return e.explain(fmt.Errorf("vacuuming %s: %w", table, err))
		}
	}
	return rows.Err()
}

func (e *postgresEngine) stamp(*Tx, uint32, uint32) error { return nil }

func (e *postgresEngine) checkpoint(*conn) error { return nil }

// integrity knows what the server has met: a page is only checked when it is
// read, and whoever asks reads the tables too.
func (e *postgresEngine) integrity(tx *Tx, _ int) ([]string, error) {
	var n int64
	err := tx.QueryRow("SELECT coalesce(max(checksum_failures), 0) FROM pg_stat_database WHERE datname = current_database()").Scan(&n)
	if err != nil || n == 0 {
		return nil, err
	}
	return []string{fmt.Sprintf("PostgreSQL: %d pages of this database had a wrong checksum.", n)}, nil
}

func (e *postgresEngine) lost(c *conn, _ error) bool {
	return c.raw(func(*pgconn.PgConn) error { return nil }) != nil
}

func (e *postgresEngine) claim(ctx context.Context, _ *DB, name string) (*Claim, error) {
	c := &conn{engine: e, role: claiming, stmts: make(map[string]*sql.Stmt)}
	if err := e.open(ctx, c); err != nil {
		return nil, err
	}
	var got bool
	if err := c.sql.QueryRowContext(ctx, "SELECT pg_try_advisory_lock($1)", e.key("claim "+name)).Scan(&got); err != nil {
		return nil, errors.Join(e.explain(err), c.discard())
	}
	if !got {
		return nil, c.close()
	}
	return &Claim{c: c}, nil
}

func (e *postgresEngine) shared() bool { return true }

// leave lets those in who want the database alone, without waiting until the
// server notices.
func (e *postgresEngine) leave(writer *conn, sound bool) error {
	if sound {
		writer.script(context.Background(), "SELECT pg_advisory_unlock_all()")
	}
	return nil
}

func (e *postgresEngine) release() error { return e.pool.Close() }

func isPostgresConstraint(err error) bool {
	var p *pgconn.PgError
	return errors.As(err, &p) && strings.HasPrefix(p.Code, "23")
}

// explain follows the classes of PostgreSQL's error codes (appendix A of its
// manual).
func (e *postgresEngine) explain(err error) error {
	var ours *hearth.Error
	if err == nil || errors.As(err, &ours) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	var p *pgconn.PgError
	if !errors.As(err, &p) {
		if pgconn.SafeToRetry(err) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) || isNetwork(err) {
			return e.interrupted(err)
		}
		return err
	}
	switch {
	case p.Code == "57014": // the read's context ended
		return fmt.Errorf("%w: %w", context.Canceled, err)
	case p.Code == "53100":
		return &hearth.Error{Code: hearth.Unavailable, Message: "The disk of the database server is full: nothing was saved. Free some space; Hearth goes on by itself."}
	case p.Code == "XX001", p.Code == "XX002":
		return hearth.Errorf(hearth.Damaged, "The database %s is damaged (%s). Stop Hearth and restore it from a backup; hearth doctor --deep says what else is broken.", e.shown, p.Message)
	case p.Code == "42501", strings.HasPrefix(p.Code, "28"):
		return hearth.Errorf(hearth.Unavailable, "The database %s does not let this user do it (%s). Let the user own the database.", e.shown, p.Message)
	case strings.HasPrefix(p.Code, "08"), strings.HasPrefix(p.Code, "53"), strings.HasPrefix(p.Code, "57P"), p.Code == "25P03", severityOf(err) == "FATAL":
		return e.interrupted(err)
	}
	return err
}

func (e *postgresEngine) interrupted(err error) error {
	return hearth.Errorf(hearth.Unavailable, "The database %s broke off (%v): nothing of this was saved. Hearth connects again by itself.", e.shown, err)
}

func isNetwork(err error) bool {
	var n net.Error
	return errors.As(err, &n) || errors.Is(err, net.ErrClosed) || strings.Contains(err.Error(), "unexpected EOF")
}
