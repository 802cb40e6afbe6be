package db

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
)

// table is what a copy must know of one.
type table struct {
	name    string
	columns []column
	key     []string // of the primary key, in its order
	parents []string // tables that foreign keys name
}

type column struct {
	name string
	kind kind
	null bool
}

type kind string

const (
	integer kind = "INTEGER"
	text    kind = "TEXT"
	blob    kind = "BLOB"
)

// tables lists the tables of the schemas, parents before those that name them.
func tables(ctx context.Context, d *DB) (list []table, err error) {
	err = d.Read(ctx, func(tx *Tx) error {
		list, err = d.engine.tables(tx)
		return err
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(list, func(a, b table) int { return cmp.Compare(a.name, b.name) })
	var sorted []table
	done := map[string]bool{}
	for len(sorted) < len(list) {
		before := len(sorted)
		for _, t := range list {
			waits := slices.ContainsFunc(t.parents, func(p string) bool { return p != t.name && !done[p] })
			if done[t.name] || waits {
				continue
			}
			done[t.name] = true
			sorted = append(sorted, t)
		}
		if len(sorted) == before {
			return nil, fmt.Errorf("the foreign keys of %d tables go round in a circle", len(list)-before)
		}
	}
	return sorted, nil
}

func (e *sqliteEngine) tables(tx *Tx) (list []table, err error) {
	names, err := words(tx, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'schema_file' ORDER BY name")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		t := table{name: name}
		rows, err := tx.Query("SELECT name, type, \"notnull\", pk FROM pragma_table_info(?) ORDER BY cid", name)
		if err != nil {
			return nil, err
		}
		places := map[string]int{}
		err = EachRow(rows, func() error {
			var c column
			var kept bool
			var place int
			if err := rows.Scan(&c.name, &c.kind, &kept, &place); err != nil {
				return err
			}
			if c.null = !kept; place > 0 {
				places[c.name] = place
				t.key = append(t.key, c.name)
			}
			t.columns = append(t.columns, c)
			return nil
		})
		if err != nil {
			return nil, err
		}
		slices.SortFunc(t.key, func(a, b string) int { return cmp.Compare(places[a], places[b]) })
		if t.parents, err = words(tx, "SELECT DISTINCT \"table\" FROM pragma_foreign_key_list(?)", name); err != nil {
			return nil, err
		}
		list = append(list, t)
	}
	return list, nil
}

func (e *postgresEngine) tables(tx *Tx) (list []table, err error) {
	names, err := words(tx, "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND tablename <> 'schema_file'")
	if err != nil {
		return nil, err
	}
	kinds := map[string]kind{"bigint": integer, "text": text, "bytea": blob}
	for _, name := range names {
		t := table{name: name}
		rows, err := tx.Query(`SELECT column_name, data_type, is_nullable FROM information_schema.columns
WHERE table_schema = current_schema() AND table_name = ? ORDER BY ordinal_position`, name)
		if err != nil {
			return nil, err
		}
		err = EachRow(rows, func() error {
			var c column
			var own, null string
			if err := rows.Scan(&c.name, &own, &null); err != nil {
				return err
			}
			c.kind, c.null = kinds[own], null == "YES"
			t.columns = append(t.columns, c)
			return nil
		})
		if err != nil {
			return nil, err
		}
		t.key, err = words(tx, `SELECT a.attname FROM pg_index i, unnest(i.indkey::int2[]) WITH ORDINALITY k(number, place), pg_attribute a
WHERE i.indisprimary AND i.indrelid = quote_ident(?)::regclass AND a.attrelid = i.indrelid AND a.attnum = k.number ORDER BY k.place`, name)
		if err != nil {
			return nil, err
		}
		t.parents, err = words(tx, "SELECT p.relname FROM pg_constraint f JOIN pg_class p ON p.oid = f.confrelid WHERE f.contype = 'f' AND f.conrelid = quote_ident(?)::regclass", name)
		if err != nil {
			return nil, err
		}
		list = append(list, t)
	}
	return list, nil
}

// words is the one column of a query.
func words(tx *Tx, query string, args ...any) (list []string, err error) {
	rows, err := tx.Query(query, args...)
	if err != nil {
		return nil, err
	}
	err = EachRow(rows, func() error {
		var s string
		err := rows.Scan(&s)
		list = append(list, s)
		return err
	})
	return list, err
}

// names is the columns as a list, quoted: some are words of SQL.
func (t *table) names() string {
	var quoted []string
	for _, c := range t.columns {
		quoted = append(quoted, quote(c.name))
	}
	return strings.Join(quoted, ", ")
}

// keys is the columns of the primary key as a list.
func (t *table) keys() string {
	var quoted []string
	for _, name := range t.key {
		quoted = append(quoted, quote(name))
	}
	return strings.Join(quoted, ", ")
}

func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
