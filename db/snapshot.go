package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"

	"hearth"
)

// Snapshot writes a copy of the database, as of one moment, to a file that is
// not there yet, while reads and writes go on. The copy is whole and on the
// disk when it returns; after an error or the end of ctx nothing is left. It
// has no free pages, so nothing that was erased before is in it. The WAL cannot
// be reused meanwhile, so it grows by what is written. A PostgreSQL database
// cannot be copied so; that is an Invalid error.
func (d *DB) Snapshot(ctx context.Context, path string) (err error) {
	if err := d.refusal(); err != nil {
		return err
	}
	e, ok := d.engine.(*sqliteEngine)
	if !ok {
		return hearth.Errorf(hearth.Invalid, "%s is a PostgreSQL database: back it up with pg_dump or pg_basebackup, as the others on that server are.", d.location)
	}
	// SQLite takes an empty file for none; this one nobody else can read.
	if err := createNew(path); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(path)
			os.Remove(path + "-journal")
		}
	}()
	c, err := e.pool.Conn(ctx)
	if err != nil {
		return fmt.Errorf("copying %s: %w", e.path, err)
	}
	defer c.Close()
	if _, err := c.ExecContext(ctx, "PRAGMA cache_size=-2048"); err != nil {
		return fmt.Errorf("copying %s: %w", e.path, e.explain(err))
	}
	if _, err := c.ExecContext(ctx, "VACUUM INTO ?", path); err != nil {
		if sqliteCode(err) == codeFull {
			return hearth.Errorf(hearth.Unavailable, "There is no room left on the disk of %s.", filepath.Dir(path))
		}
		return fmt.Errorf("copying %s: %w", e.path, e.explain(err))
	}
	return SyncFile(path)
}

func createNew(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return hearth.Errorf(hearth.Invalid, "A copy cannot be written: %v.", err)
	}
	return f.Close()
}

// SyncFile brings a file that is no open database, or a directory's entries, to
// the disk. Windows keeps entries by itself and refuses to be asked.
func SyncFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	if info, err := f.Stat(); err == nil && info.IsDir() && runtime.GOOS == "windows" {
		return f.Close()
	}
	return errors.Join(f.Sync(), f.Close())
}

// Examine opens a copy that Snapshot made, reads all of it, and calls f with
// it. It writes nothing, not even beside the file. What is wrong with the copy
// is a Damaged error. Never call it on a database that is in use.
func Examine(ctx context.Context, path string, f func(*Tx) error) error {
	abs, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	if _, err := os.Stat(abs); err != nil {
		return hearth.Errorf(hearth.NotFound, "%s cannot be opened: %v.", path, err)
	}
	q := url.Values{"mode": {"ro"}, "immutable": {"1"}, "_defensive": {"1"}, "_pragma": {"trusted_schema(OFF)", "query_only(ON)"}}
	pool, err := sql.Open("sqlite", (&url.URL{Scheme: "file", OmitHost: true, Path: filepath.ToSlash(abs), RawQuery: q.Encode()}).String())
	if err != nil {
		return err
	}
	defer pool.Close()
	e := &sqliteEngine{path: abs, pool: pool}
	c := &conn{engine: e, role: reading, stmts: map[string]*sql.Stmt{}}
	if c.sql, err = pool.Conn(ctx); err != nil {
		return e.openError(err)
	}
	defer c.close()
	if err := e.begin(c); err != nil {
		return e.openError(err)
	}
	defer c.run("ROLLBACK")
	tx := &Tx{c: c, ctx: ctx}
	problems, err := e.integrity(tx, 1)
	if err != nil {
		return e.openError(err)
	}
	if len(problems) > 0 {
		return hearth.Errorf(hearth.Damaged, "%s is damaged (%s). Use another backup.", path, problems[0])
	}
	return e.explain(f(tx))
}

// Schemas is how many files of each schema were applied to the database, by the
// schema's name.
func Schemas(tx *Tx) (map[string]int, error) {
	rows, err := tx.Query("SELECT schema, max(number) FROM schema_file GROUP BY schema ORDER BY schema")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	applied := map[string]int{}
	for rows.Next() {
		var name string
		var number int
		if err := rows.Scan(&name, &number); err != nil {
			return nil, err
		}
		applied[name] = number
	}
	return applied, rows.Err()
}
