package db

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"hearth"
	"hearth/fault"
)

// Schema is the tables of one package: files at the root of Files named
// NNNN_what.sql, numbered from 0001 without holes. Each is applied once, in
// order, in a transaction of its own. A file that was released is never edited
// again (the start refuses that); the next number changes what it made.
type Schema struct {
	Name  string // of the package, the same for ever
	Files fs.FS
}

// SchemaIn is the schema of a package, from a folder of its embedded files.
func SchemaIn(files fs.FS, name, folder string) Schema {
	sub, err := fs.Sub(files, folder)
	if err != nil {
		panic(err) // no valid path
	}
	return Schema{Name: name, Files: sub}
}

type schemaFile struct {
	number int
	name   string
	text   string
	sum    string
}

// migrate brings every schema up to date.
func migrate(ctx context.Context, c *conn, schemas []Schema, copying bool) error {
	const table = `
CREATE TABLE IF NOT EXISTS schema_file (
    schema TEXT NOT NULL,
    number INTEGER NOT NULL,
    name   TEXT NOT NULL,
    sum    TEXT NOT NULL,
    PRIMARY KEY (schema, number)
) WITHOUT ROWID`
	release, err := c.engine.alone(ctx, c)
	if err != nil {
		return err
	}
	defer release()
	if err := c.engine.script(ctx, c, table); err != nil {
		return c.engine.explain(err)
	}
	if err := checkCopy(ctx, c, copying); err != nil {
		return c.engine.explain(err)
	}
	for _, s := range schemas {
		files, err := s.read()
		if err != nil {
			return fmt.Errorf("reading the schema %s: %w", s.Name, err)
		}
		if err := s.apply(ctx, c, files); err != nil {
			return fmt.Errorf("applying the schema %s: %w", s.Name, err)
		}
	}
	return nil
}

func (s Schema) read() ([]schemaFile, error) {
	names, err := fs.Glob(s.Files, "*.sql")
	if err != nil {
		return nil, err
	}
	slices.Sort(names)
	files := make([]schemaFile, len(names))
	for i, name := range names {
		digits, _, _ := strings.Cut(name, "_")
		number, err := strconv.Atoi(digits)
		if err != nil || number != i+1 {
			return nil, fmt.Errorf("%s is not numbered %04d", name, i+1)
		}
		text, err := fs.ReadFile(s.Files, name)
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(text)
		files[i] = schemaFile{number: number, name: name, text: string(text), sum: hex.EncodeToString(sum[:])}
	}
	return files, nil
}

// apply runs the files that are not in the database yet, after checking that
// those which are were the same files.
func (s Schema) apply(ctx context.Context, c *conn, files []schemaFile) error {
	applied, err := s.applied(ctx, c)
	if err != nil {
		return err
	}
	if len(applied) > len(files) {
		return hearth.Errorf(hearth.Conflict, "This data was written by a newer Hearth (%s %d is unknown here). Start that version or a later one.",
			s.Name, len(applied))
	}
	for i, sum := range applied {
		if sum != files[i].sum {
			return hearth.Errorf(hearth.Damaged, "This data was written by a different Hearth (%s/%s is another file there), or it is damaged. Start the changed build that wrote it; if there never was one, restore a backup.",
				s.Name, files[i].name)
		}
	}
	for _, f := range files[len(applied):] {
		if err := s.applyFile(ctx, c, f); err != nil {
			return fmt.Errorf("%s: %w", f.name, err)
		}
	}
	return nil
}

func (s Schema) applied(ctx context.Context, c *conn) (sums []string, err error) {
	rows, err := c.sql.QueryContext(ctx, c.engine.translate("SELECT sum FROM schema_file WHERE schema = ? ORDER BY number"), s.Name)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var sum string
		if err := rows.Scan(&sum); err != nil {
			return nil, err
		}
		sums = append(sums, sum)
	}
	return sums, rows.Err()
}

func (s Schema) applyFile(ctx context.Context, c *conn, f schemaFile) (err error) {
	if err := c.engine.begin(c); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			c.run("ROLLBACK")
		}
	}()
	if err := c.engine.script(ctx, c, f.text); err != nil {
		return err
	}
	if err := fault.Point("db.schema.run"); err != nil {
		return err
	}
	const note = "INSERT INTO schema_file (schema, number, name, sum) VALUES (?, ?, ?, ?)"
	if _, err := c.sql.ExecContext(ctx, c.engine.translate(note), s.Name, f.number, f.name, f.sum); err != nil {
		return err
	}
	if err := fault.Point("db.schema.noted"); err != nil {
		return err
	}
	_, err = c.engine.commit(c)
	return err
}
