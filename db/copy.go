package db

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"hearth"
)

// CopyProgress is how far a copy has come.
type CopyProgress struct {
	Table string
	Rows  int64 // of all tables, done
	Total int64 // of all tables, twice: they are written, and then read again
}

// Limits of what a copy reads and writes at once.
const (
	copyRows  = 500
	copyBytes = 4 << 20
	copyArgs  = 30_000 // SQLite takes 32,766, PostgreSQL 65,535
)

// unfinished stands in the list of schema files of a database that a copy is
// being made into. It cannot be opened meanwhile.
const unfinished = "copy that is not done"

var errUnfinished = &hearth.Error{Code: hearth.Conflict,
	Message: "A copy into this database was cut off, so it is not whole. Give the same hearth db copy again: it begins anew."}

// CopyJob is one database to be copied: one that nobody writes, where to, and
// the schemas that it was opened with.
type CopyJob struct {
	From    *DB
	To      string
	Schemas []Schema
}

// Copy copies databases into ones that are not there yet or empty, on either
// engine, and compares both: the rows of each table are counted and summed up.
// What an earlier copy that was cut off has left is removed first. It returns
// the number of rows. The targets are closed when it returns; after an error
// they cannot be opened but by another copy.
func Copy(ctx context.Context, jobs []CopyJob, progress func(CopyProgress)) (rows int64, err error) {
	if progress == nil {
		progress = func(CopyProgress) {}
	}
	targets := make([]*DB, len(jobs))
	defer func() {
		for _, t := range targets {
			if t != nil {
				err = errors.Join(err, t.Close())
			}
		}
	}()
	for i, j := range jobs {
		if targets[i], err = openEmpty(ctx, j.To, j.Schemas); err != nil {
			return 0, err
		}
	}
	c := copying{ctx: ctx, progress: progress}
	for _, j := range jobs {
		if err := c.count(j.From); err != nil {
			return 0, err
		}
	}
	for i, j := range jobs {
		if err := c.database(j.From, targets[i]); err != nil {
			return 0, err
		}
	}
	for _, t := range targets {
		err := t.Write(ctx, func(tx *Tx) error {
			_, err := tx.Exec("DELETE FROM schema_file WHERE schema = ?", unfinished)
			return err
		})
		if err != nil {
			return 0, err
		}
	}
	return c.at.Rows / 2, nil
}

// openEmpty opens a database for a copy to be made into it.
func openEmpty(ctx context.Context, location string, schemas []Schema) (*DB, error) {
	o := Options{Schemas: schemas, copying: true}
	d, err := Open(ctx, location, o)
	if !errors.Is(err, errUnfinished) {
		return d, err
	}
	if err := wipe(ctx, location); err != nil {
		return nil, fmt.Errorf("removing what a copy that was cut off has left: %w", err)
	}
	return Open(ctx, location, o)
}

// wipe removes a database that an unfinished copy has left.
func wipe(ctx context.Context, location string) error {
	if !IsURL(location) {
		for _, end := range []string{"", "-wal", "-shm"} {
			if err := os.Remove(location + end); err != nil && !errors.Is(err, os.ErrNotExist) {
				return err
			}
		}
		return nil
	}
	e, err := newPostgres(location, &Options{})
	if err != nil {
		return err
	}
	defer e.release()
	c := &conn{engine: e, role: claiming}
	if err := e.open(ctx, c); err != nil {
		return err
	}
	defer c.close()
	return e.explain(c.script(ctx, "DROP SCHEMA "+pgx.Identifier{e.schema}.Sanitize()+" CASCADE"))
}

// checkCopy refuses a database that a copy was being made into, or one to copy
// into that is not empty; that is marked.
func checkCopy(ctx context.Context, c *conn, into bool) error {
	var files, marks int
	const look = "SELECT count(*), count(*) FILTER (WHERE schema = ?) FROM schema_file"
	if err := c.sql.QueryRowContext(ctx, c.engine.translate(look), unfinished).Scan(&files, &marks); err != nil {
		return err
	}
	switch {
	case marks > 0:
		return errUnfinished
	case !into:
		return nil
	case files > 0:
		return hearth.Errorf(hearth.Conflict, "There is a Hearth database at the target already. Name an empty one.")
	}
	const mark = "INSERT INTO schema_file (schema, number, name, sum) VALUES (?, 0, '', '')"
	_, err := c.sql.ExecContext(ctx, c.engine.translate(mark), unfinished)
	return err
}

// sameTables is the tables of both, if they are the same.
func sameTables(ctx context.Context, from, to *DB) ([]table, error) {
	a, err := tables(ctx, from)
	if err != nil {
		return nil, err
	}
	b, err := tables(ctx, to)
	if err != nil {
		return nil, err
	}
	same := slices.EqualFunc(a, b, func(x, y table) bool {
		return x.name == y.name && slices.Equal(x.key, y.key) && slices.Equal(columnsByName(x), columnsByName(y))
	})
	if !same {
		return nil, hearth.Errorf(hearth.Conflict, "The tables of %s are not those of this Hearth. Start the newest version on it once, then copy.", from.location)
	}
	for _, t := range a {
		if len(t.key) == 0 {
			return nil, fmt.Errorf("the table %s has no primary key", t.name)
		}
	}
	return a, nil
}

func columnsByName(t table) []string {
	var list []string
	for _, c := range t.columns {
		list = append(list, c.name+" "+string(c.kind))
	}
	slices.Sort(list)
	return list
}

func countRows(tx *Tx, name string) (n int64, err error) {
	err = tx.QueryRow("SELECT count(*) FROM " + quote(name)).Scan(&n)
	return n, err
}

// copying is a copy under way.
type copying struct {
	ctx      context.Context
	from     *Tx
	to       *DB
	progress func(CopyProgress)
	at       CopyProgress
}

// count adds the rows of a database to what there is to do.
func (c *copying) count(from *DB) error {
	list, err := tables(c.ctx, from)
	if err != nil {
		return err
	}
	return from.Read(c.ctx, func(tx *Tx) error {
		for _, t := range list {
			n, err := countRows(tx, t.name)
			if err != nil {
				return err
			}
			c.at.Total += 2 * n
		}
		return nil
	})
}

// database copies one. One snapshot of the source is read from beginning to
// end.
func (c *copying) database(from, to *DB) error {
	list, err := sameTables(c.ctx, from, to)
	if err != nil {
		return err
	}
	c.to = to
	return from.Read(c.ctx, func(tx *Tx) error {
		c.from = tx
		for _, t := range list {
			if err := c.table(&t); err != nil {
				return fmt.Errorf("copying the table %s: %w", t.name, err)
			}
		}
		return nil
	})
}

// table copies one and compares it with what was read.
func (c *copying) table(t *table) error {
	c.at.Table = t.name
	c.progress(c.at)
	// What the schema files put there comes with the others.
	err := c.to.Write(c.ctx, func(tx *Tx) error {
		_, err := tx.Exec("DELETE FROM " + quote(t.name))
		return err
	})
	if err != nil {
		return err
	}
	var read, kept sum
	err = c.each(c.from, t, &read, func(rows [][]any) error {
		return c.to.Write(c.ctx, func(tx *Tx) error { return insert(tx, t, rows) })
	})
	if err != nil {
		return err
	}
	err = c.to.Read(c.ctx, func(tx *Tx) error { return c.each(tx, t, &kept, func([][]any) error { return nil }) })
	if err != nil {
		return err
	}
	if read != kept {
		return hearth.Errorf(hearth.Damaged, "%d rows were read but %d are there, or their content differs. Give the same command again.", read.rows, kept.rows)
	}
	return nil
}

// each reads a table by its key, some rows at a time.
func (c *copying) each(tx *Tx, t *table, s *sum, take func([][]any) error) error {
	places := make([]string, len(t.key))
	for i := range places {
		places[i] = "?"
	}
	first := "SELECT " + t.names() + " FROM " + quote(t.name)
	order := " ORDER BY " + t.keys() + " LIMIT ?"
	next := first + " WHERE (" + t.keys() + ") > (" + strings.Join(places, ", ") + ")" + order
	first += order
	query, args := first, []any{copyRows}
	for {
		if err := c.ctx.Err(); err != nil {
			return err
		}
		rows, n, err := c.part(tx, t, s, query, args, take)
		if err != nil || n < copyRows {
			return err
		}
		query, args = next, append(rows, copyRows)
	}
}

// part reads some rows, hands them on in parts of bounded size, and returns the
// key of the last one.
func (c *copying) part(tx *Tx, t *table, s *sum, query string, args []any, take func([][]any) error) (key []any, n int, err error) {
	rows, err := tx.Query(query, args...)
	if err != nil {
		return nil, 0, err
	}
	var batch [][]any
	size := 0
	hand := func() error {
		c.at.Rows += int64(len(batch))
		c.progress(c.at)
		err := take(batch)
		batch, size = batch[:0], 0
		return err
	}
	err = EachRow(rows, func() error {
		values, into := make([]any, len(t.columns)), make([]any, len(t.columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return err
		}
		for i := range values {
			values[i] = t.columns[i].value(values[i])
		}
		n++
		size += s.add(t, values)
		batch = append(batch, values)
		key = key[:0]
		for _, name := range t.key {
			key = append(key, values[slices.IndexFunc(t.columns, func(c column) bool { return c.name == name })])
		}
		if size >= copyBytes || len(batch)*len(t.columns) >= copyArgs-len(t.columns) {
			return hand()
		}
		return nil
	})
	if err != nil {
		return nil, 0, err
	}
	return key, n, hand()
}

// value gives a value the type of its column: SQLite keeps what it was given,
// and says nothing of an empty blob.
func (c *column) value(v any) any {
	switch x := v.(type) {
	case []byte:
		if c.kind == text {
			return string(x)
		}
		if x == nil {
			return []byte{}
		}
		return bytes.Clone(x)
	case string:
		if c.kind == blob {
			return []byte(x)
		}
	case nil:
		if c.kind == blob && !c.null {
			return []byte{}
		}
	}
	return v
}

func insert(tx *Tx, t *table, rows [][]any) error {
	if len(rows) == 0 {
		return nil
	}
	one := "(" + strings.Repeat("?, ", len(t.columns)-1) + "?)"
	args := make([]any, 0, len(rows)*len(t.columns))
	for _, r := range rows {
		args = append(args, r...)
	}
	_, err := tx.Exec("INSERT INTO "+quote(t.name)+" ("+t.names()+") VALUES "+strings.Repeat(one+", ", len(rows)-1)+one, args...)
	return err
}

// sum is what a table comes to, whatever the order of its rows: how many, and
// the sum of their hashes.
type sum struct {
	rows      int64
	high, low uint64
}

// add takes a row in and returns about how many bytes it has.
func (s *sum) add(t *table, values []any) int {
	var b []byte
	order := make([]int, len(values))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int { return strings.Compare(t.columns[i].name, t.columns[j].name) })
	for _, i := range order {
		switch v := values[i].(type) {
		case nil:
			b = append(b, 0)
		case int64:
			b = binary.BigEndian.AppendUint64(append(b, 1), uint64(v))
		case string:
			b = append(binary.AppendUvarint(append(b, 2), uint64(len(v))), v...)
		case []byte:
			b = append(binary.AppendUvarint(append(b, 3), uint64(len(v))), v...)
		default:
			b = fmt.Appendf(append(b, 4), "%T %v", v, v)
		}
	}
	hash := sha256.Sum256(b)
	s.rows++
	s.high += binary.BigEndian.Uint64(hash[:8])
	s.low += binary.BigEndian.Uint64(hash[8:16])
	return len(b)
}
