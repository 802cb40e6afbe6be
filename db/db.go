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
	"sync"

	"modernc.org/sqlite"

	"hearth"
)

// DB is one open database file. It may be used by many goroutines at once.
type DB struct {
	path    string
	lock    *fileLock
	pool    *sql.DB // of all connections: the writer's and the readers'
	writer  *conn
	readers chan *conn
	all     []*conn

	writes  chan *write
	closing chan struct{} // closed by Close
	written chan struct{} // closed when the writer's goroutine has ended

	broken    chan struct{} // closed after a commit of unknown outcome
	closeOnce sync.Once
	closeErr  error
}

// Options of Open. The zero value is sound.
type Options struct {
	// Readers is the number of reading connections; 0 means 4.
	Readers int

	// Schemas are applied in order before anything else touches the file.
	Schemas []Schema

	// WriterCache and ReaderCache are the page caches of the writer and of
	// each reader in KiB; 0 means 32 MiB and 8 MiB. They fill only with use.
	WriterCache, ReaderCache int
}

// checkpointPages is the length of the WAL, in pages, at which a commit moves
// it into the database file: long enough that pages written often (right edges
// of trees) are moved once for many commits.
const checkpointPages = 8192

// Open opens the file, creating it if need be, applies the schemas and starts
// the writer. It refuses, with a Conflict or Unavailable error that names the
// repair: a second process on the same file, a network file system, a SQLite
// older than 3.53, settings that are not in force when read back, a schema from
// a newer or different Hearth, and with a Damaged error a file that is no
// database.
func Open(ctx context.Context, path string, o Options) (_ *DB, err error) {
	if o.Readers <= 0 {
		o.Readers = 4
	}
	if o.WriterCache <= 0 {
		o.WriterCache = 32 << 10
	}
	if o.ReaderCache <= 0 {
		o.ReaderCache = 8 << 10
	}
	path, err = filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", path, err)
	}
	if err := refuseNetworkFS(filepath.Dir(path)); err != nil {
		return nil, err
	}
	// Locks that outlive the closing of other descriptors of the file, where
	// the platform has them; it is no error where it has not, or where another
	// database was opened before.
	sqlite.OFDLocking(true)
	lock, err := lockFile(path + ".lock")
	if err != nil {
		return nil, err
	}
	d := &DB{
		path: path, lock: lock,
		readers: make(chan *conn, o.Readers),
		writes:  make(chan *write, maxGroup),
		closing: make(chan struct{}),
		written: make(chan struct{}),
		broken:  make(chan struct{}),
	}
	defer func() {
		if err != nil {
			d.release()
		}
	}()
	if err := createPrivately(path); err != nil {
		return nil, err
	}
	if d.pool, err = sql.Open("sqlite", dsn(path)); err != nil {
		return nil, fmt.Errorf("opening %s: %w", path, err)
	}
	d.pool.SetMaxOpenConns(o.Readers + 1)
	d.pool.SetMaxIdleConns(o.Readers + 1)
	if d.writer, err = d.connect(ctx, o.WriterCache, false); err != nil {
		return nil, err
	}
	if err := migrate(ctx, d.writer, o.Schemas); err != nil {
		return nil, err
	}
	for range o.Readers {
		r, err := d.connect(ctx, o.ReaderCache, true)
		if err != nil {
			return nil, err
		}
		d.readers <- r
	}
	go d.writeLoop()
	return d, nil
}

// Path is the absolute path of the file.
func (d *DB) Path() string { return d.path }

// Broken is closed when a commit had an unknown outcome. Whoever runs the
// process must stop it then; until it does, every call fails with
// ErrUnknownOutcome.
func (d *DB) Broken() <-chan struct{} { return d.broken }

// Close waits for the writes that were accepted, moves the WAL into the file
// and gives it back. Reads that are still running end with an error.
func (d *DB) Close() error {
	d.closeOnce.Do(func() {
		close(d.closing)
		<-d.written
		var err error
		select {
		case <-d.broken: // touch nothing: the next start decides what is there
		default:
			_, err = d.writer.sql.ExecContext(context.Background(), "PRAGMA wal_checkpoint(TRUNCATE)")
		}
		d.closeErr = errors.Join(err, d.release())
	})
	return d.closeErr
}

func (d *DB) release() error {
	var errs []error
	for _, c := range d.all {
		errs = append(errs, c.close())
	}
	if d.pool != nil {
		errs = append(errs, d.pool.Close())
	}
	return errors.Join(append(errs, d.lock.release())...)
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
	return f.Close()
}

// dsn holds what must stand before the first page is written or be the same on
// every connection. secure_delete overwrites what erasure frees.
func dsn(path string) string {
	q := url.Values{}
	q.Set("_defensive", "1")
	q.Set("_dqs", "0")
	for _, p := range []string{
		"busy_timeout(10000)",
		"page_size(4096)",
		"auto_vacuum(INCREMENTAL)",
		"journal_mode(WAL)",
		"synchronous(FULL)",
		"foreign_keys(ON)",
		"trusted_schema(OFF)",
		"secure_delete(ON)",
		"temp_store(MEMORY)",
		"journal_size_limit(67108864)",
		"wal_autocheckpoint(" + strconv.Itoa(checkpointPages) + ")",
	} {
		q.Add("_pragma", p)
	}
	return (&url.URL{Scheme: "file", OmitHost: true, Path: filepath.ToSlash(path), RawQuery: q.Encode()}).String()
}

// connect opens one connection and reads back what must be in force on it.
func (d *DB) connect(ctx context.Context, cacheKiB int, readOnly bool) (*conn, error) {
	sc, err := d.pool.Conn(ctx)
	if err != nil {
		return nil, openError(d.path, err)
	}
	c := &conn{sql: sc, stmts: make(map[string]*sql.Stmt)}
	d.all = append(d.all, c)
	set := "PRAGMA cache_size=-" + strconv.Itoa(cacheKiB)
	if readOnly {
		set += "; PRAGMA query_only=ON"
	}
	if _, err := sc.ExecContext(ctx, set); err != nil {
		return nil, openError(d.path, err)
	}
	if err := c.verify(ctx); err != nil {
		return nil, err
	}
	return c, nil
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

// verify proves I26 on one connection.
func (c *conn) verify(ctx context.Context) error {
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
