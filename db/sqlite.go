package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"modernc.org/sqlite"

	"hearth"
)

// sqliteEngine keeps everything in one file, for one process.
type sqliteEngine struct {
	path                     string
	writerCache, readerCache int // KiB
	lock                     *fileLock
	pool                     *sql.DB
}

// checkpointBytes is the length of the WAL at which a commit moves it into the
// database file: long enough that pages written often (right edges of trees) are
// moved once for many commits.
const checkpointBytes = 32 << 20

const defaultPageSize = 4096

// newSQLite takes the file, creating it if need be.
func newSQLite(path string, o *Options) (*sqliteEngine, error) {
	e := &sqliteEngine{writerCache: o.WriterCache, readerCache: o.ReaderCache}
	if e.writerCache <= 0 {
		e.writerCache = 32 << 10
	}
	if e.readerCache <= 0 {
		e.readerCache = 8 << 10
	}
	var err error
	if e.path, err = filepath.Abs(path); err != nil {
		return nil, fmt.Errorf("opening %s: %w", path, err)
	}
	if err := refuseNetworkFS(filepath.Dir(e.path)); err != nil {
		return nil, err
	}
	// Locks that outlive the closing of other descriptors of the file, where
	// the platform has them; it is no error where it has not, or where another
	// database was opened before.
	sqlite.OFDLocking(true)
	if e.lock, err = lockFile(e.path + ".lock"); err != nil {
		return nil, err
	}
	if o.Locked != nil {
		if err := o.Locked(); err != nil {
			return nil, errors.Join(err, e.lock.release())
		}
	}
	if err := createPrivately(e.path); err != nil {
		return nil, errors.Join(err, e.lock.release())
	}
	if e.pool, err = sql.Open("sqlite", sqliteDSN(e.path, pageSize(o))); err != nil {
		return nil, errors.Join(fmt.Errorf("opening %s: %w", e.path, err), e.lock.release())
	}
	e.pool.SetMaxOpenConns(o.Readers + 2) // the writer, and one for Snapshot
	e.pool.SetMaxIdleConns(o.Readers + 1)
	return e, nil
}

// createPrivately makes the file before SQLite would, readable by nobody else.
func createPrivately(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("creating the database: %w", err)
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("creating the database: %w", err)
	}
	return SyncFile(filepath.Dir(path)) // SQLite syncs the names of its journals only
}

func pageSize(o *Options) int {
	if o.PageSize <= 0 {
		return defaultPageSize
	}
	return o.PageSize
}

// sqliteDSN holds what must stand before the first page is written or be the
// same on every connection. secure_delete overwrites what erasure frees.
func sqliteDSN(path string, pageSize int) string {
	q := url.Values{}
	q.Set("_defensive", "1")
	q.Set("_dqs", "0")
	for _, p := range []string{
		"busy_timeout(10000)",
		"page_size(" + strconv.Itoa(pageSize) + ")",
		"auto_vacuum(INCREMENTAL)",
		"journal_mode(WAL)",
		"synchronous(FULL)",
		"foreign_keys(ON)",
		"trusted_schema(OFF)",
		"secure_delete(ON)",
		"temp_store(MEMORY)",
		"journal_size_limit(67108864)",
		"wal_autocheckpoint(" + strconv.Itoa(checkpointBytes/pageSize) + ")",
	} {
		q.Add("_pragma", p)
	}
	return (&url.URL{Scheme: "file", OmitHost: true, Path: filepath.ToSlash(path), RawQuery: q.Encode()}).String()
}

// open opens one connection and reads back what must be in force on it.
func (e *sqliteEngine) open(ctx context.Context, c *conn) (err error) {
	if c.sql, err = e.pool.Conn(ctx); err != nil {
		return e.openError(err)
	}
	set := "PRAGMA cache_size=-" + strconv.Itoa(e.writerCache)
	if c.role == reading {
		set = "PRAGMA cache_size=-" + strconv.Itoa(e.readerCache) + "; PRAGMA query_only=ON"
	}
	if _, err := c.sql.ExecContext(ctx, set); err != nil {
		return e.openError(err)
	}
	return verifySQLite(ctx, c)
}

// demand is a setting that must be in force, with what to do if it is not.
type demand struct {
	query, want, repair string
}

var demands = []demand{
	{"PRAGMA journal_mode", "wal", "Move the data directory to a local disk: WAL needs shared memory, which this file system does not give."},
	{"PRAGMA synchronous", "2", "Hearth asked for synchronous=FULL and did not get it; do not build SQLite with SQLITE_DEFAULT_SYNCHRONOUS tricks or a wrapping driver."},
	{"PRAGMA foreign_keys", "1", "Hearth asked for foreign_keys=ON and did not get it; use the SQLite that is built into Hearth."},
	{"PRAGMA secure_delete", "1", "Hearth asked for secure_delete=ON and did not get it; use the SQLite that is built into Hearth."},
}

// verifySQLite proves I26 on one connection.
func verifySQLite(ctx context.Context, c *conn) error {
	var version string
	if err := c.sql.QueryRowContext(ctx, "SELECT sqlite_version()").Scan(&version); err != nil {
		return fmt.Errorf("asking SQLite for its version: %w", err)
	}
	if !atLeast(version, 3, 53) {
		return hearth.Errorf(hearth.Unavailable, "SQLite %s is too old: Hearth needs 3.53 or newer. Use an unmodified Hearth binary.", version)
	}
	for _, d := range demands {
		var got string
		if err := c.sql.QueryRowContext(ctx, d.query).Scan(&got); err != nil {
			return fmt.Errorf("reading back %s: %w", d.query, err)
		}
		if got != d.want {
			return hearth.Errorf(hearth.Unavailable, "The database answers %q to %s, but it must be %q. %s", got, d.query, d.want, d.repair)
		}
	}
	return nil
}

func atLeast(version string, major, minor int) bool {
	parts := strings.SplitN(version, ".", 3)
	if len(parts) < 2 {
		return false
	}
	gotMajor, err1 := strconv.Atoi(parts[0])
	gotMinor, err2 := strconv.Atoi(parts[1])
	return err1 == nil && err2 == nil && (gotMajor > major || gotMajor == major && gotMinor >= minor)
}

func (e *sqliteEngine) alone(context.Context, *conn) (func(), error) { return func() {}, nil }

func (e *sqliteEngine) script(ctx context.Context, c *conn, text string) error {
	_, err := c.sql.ExecContext(ctx, text)
	return err
}

func (e *sqliteEngine) translate(query string) string { return query }

func (e *sqliteEngine) begin(c *conn) error {
	if c.role == writing {
		return c.run("BEGIN IMMEDIATE")
	}
	return c.run("BEGIN")
}

func (e *sqliteEngine) commit(c *conn) (certain bool, err error) {
	err = c.run("COMMIT")
	if err == nil {
		return true, nil
	}
	if sqliteCode(err) == codeFull {
		// A write came out short for want of room, so the frame that ends a
		// transaction in the WAL is not whole, or the database file it was to
		// be moved to is not touched yet; SQLite has rolled back by itself. (A
		// disk that finds out only when it syncs answers with an I/O error.)
		c.run("ROLLBACK")
		return true, err
	}
	return refusedToCommit(err) && c.run("ROLLBACK") == nil, err
}

// compact gives free pages back to the file system and empties the WAL.
func (e *sqliteEngine) compact(c *conn) error {
	// Each step of the statement frees a page, so it has to be read to its end.
	rows, err := c.sql.QueryContext(context.Background(), "PRAGMA incremental_vacuum")
	if err != nil {
		return fmt.Errorf("giving pages back: %w", err)
	}
	for rows.Next() {
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return fmt.Errorf("giving pages back: %w", err)
	}
	return e.checkpoint(c)
}

func (e *sqliteEngine) stamp(tx *Tx, mark, stamp uint32) error {
	if _, err := tx.Exec("PRAGMA application_id=" + strconv.Itoa(int(int32(mark)))); err != nil {
		return err
	}
	_, err := tx.Exec("PRAGMA user_version=" + strconv.Itoa(int(int32(stamp))))
	return err
}

func (e *sqliteEngine) checkpoint(c *conn) error {
	var busy, pages, moved int
	if err := c.sql.QueryRowContext(context.Background(), "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &pages, &moved); err != nil {
		return fmt.Errorf("emptying the WAL: %w", err)
	}
	if busy != 0 {
		return hearth.Errorf(hearth.Unavailable, "A long read keeps the database from being compacted; try again later.")
	}
	return nil
}

func (e *sqliteEngine) integrity(tx *Tx, limit int) (problems []string, err error) {
	rows, err := tx.Query("PRAGMA integrity_check(" + strconv.Itoa(limit) + ")")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		if s != "ok" {
			problems = append(problems, "SQLite: "+s)
		}
	}
	return problems, rows.Err()
}

func (e *sqliteEngine) lost(*conn, error) bool { return false }

func (e *sqliteEngine) claim(context.Context, *DB, string) (*Claim, error) { return &Claim{}, nil }

func (e *sqliteEngine) shared() bool { return false }

func (e *sqliteEngine) leave(writer *conn, sound bool) error {
	if !sound {
		return nil // touch nothing: the next start decides what is there
	}
	_, err := writer.sql.ExecContext(context.Background(), "PRAGMA wal_checkpoint(TRUNCATE)")
	return err
}

func (e *sqliteEngine) release() error { return errors.Join(e.pool.Close(), e.lock.release()) }

// Primary result codes of sqlite.org/rescode.html.
const (
	codeBusy       = 5
	codeLocked     = 6
	codeCorrupt    = 11
	codeFull       = 13
	codeCantOpen   = 14
	codeConstraint = 19
	codeNotADB     = 26

	codeShortRead = 522 // extended: the file ends before a page that it should have
)

// sqliteCode is SQLite's primary result code of an error, 0 if it is not
// SQLite's. A file that is cut off counts as damaged.
func sqliteCode(err error) int {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return 0
	}
	if e.Code() == codeShortRead {
		return codeCorrupt
	}
	return e.Code() & 0xff
}

// refusedToCommit says that SQLite found a reason not to commit before it
// wrote (a lock, a deferred foreign key): the transaction is still open and
// can be rolled back.
func refusedToCommit(err error) bool {
	code := sqliteCode(err)
	return code == codeBusy || code == codeLocked || code == codeConstraint
}

// openError says what to do about a file that SQLite cannot open.
func (e *sqliteEngine) openError(err error) error {
	switch sqliteCode(err) {
	case codeNotADB, codeCorrupt:
		return e.damaged(err)
	case codeFull:
		return hearth.Errorf(hearth.Unavailable, "%s cannot be opened: the disk is full. Free some space and start Hearth again; nothing is lost.", e.path)
	case codeCantOpen:
		return hearth.Errorf(hearth.Unavailable, "%s cannot be opened (%v). Check that its directory exists and that Hearth may write there.", e.path, err)
	case codeBusy:
		return hearth.Errorf(hearth.Conflict, "%s is in use by another program. Stop it and start Hearth again.", e.path)
	}
	return fmt.Errorf("opening %s: %w", e.path, err)
}

// damaged says that the file is broken, and what to do.
func (e *sqliteEngine) damaged(err error) error {
	return hearth.Errorf(hearth.Damaged, "%s is damaged or no Hearth database (%v). Stop Hearth, keep a copy of the data directory and restore it from a backup; hearth doctor --deep says what else is broken.", e.path, err)
}

// scanFailed begins what database/sql says of a column that does not hold what
// it always holds: its page is not as it was written.
const scanFailed = "sql: Scan error on column"

func (e *sqliteEngine) explain(err error) error {
	if err != nil && strings.Contains(err.Error(), scanFailed) && hearth.ErrorCode(err) == hearth.Internal {
		return e.damaged(err)
	}
	switch sqliteCode(err) {
	case codeNotADB, codeCorrupt:
		return e.damaged(err)
	case codeFull:
		return &hearth.Error{Code: hearth.Unavailable, Message: "The disk is full: nothing was saved. Free some space; Hearth goes on by itself."}
	}
	return err
}
