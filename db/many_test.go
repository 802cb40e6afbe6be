package db_test

import (
	"bytes"
	"fmt"
	"slices"
	"testing"
	"testing/fstest"

	"hearth/db"
	"hearth/db/dbtest"
)

var things = db.Schema{Name: "things", Files: fstest.MapFS{"0001_thing.sql": {Data: []byte(
	"CREATE TABLE thing (id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, name TEXT, data BLOB, n INTEGER);")}}}

// Many rows and lists give on both engines what single rows and values give, at
// lengths around every size of chunk and list.
func TestManyRowsAndListsAreSingleOnes(t *testing.T) {
	t.Parallel()
	d := open(t, dbtest.Location(t), things)
	for _, n := range []int{0, 1, 2, 7, 8, 9, 31, 33, 64, 75, 300} {
		var ids db.Ints
		var names db.Texts
		var blobs db.Blobs
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			if _, err := tx.Exec("DELETE FROM thing"); err != nil {
				return err
			}
			var args []any
			for i := range n {
				name, data := fmt.Sprintf("thing\x00%d\xff", i), []byte{byte(i), byte(i >> 8), 0}
				ids, names, blobs = append(ids, int64(i*i)), append(names, name), append(blobs, data)
				var extra any
				if i%3 == 0 {
					extra = i
				}
				args = append(args, i*i, name, data, extra)
			}
			written, err := tx.Many("INSERT INTO thing (id, kind, name, data, n) VALUES (?, 7, ?, ?, ?)", args)
			if err == nil && written != int64(n) {
				err = fmt.Errorf("%d of %d rows were written", written, n)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		err = d.Read(t.Context(), func(tx *db.Tx) error {
			for _, ask := range []struct {
				query string
				args  []any
			}{
				{"SELECT id, name, data, n FROM thing WHERE kind = ? AND id IN (?...) ORDER BY id", []any{7, ids}},
				{"SELECT id, name, data, n FROM thing WHERE name IN (?...) AND kind = ? ORDER BY id", []any{names, 7}},
				{"SELECT id, name, data, n FROM thing WHERE data IN (?...) ORDER BY id", []any{blobs}},
				{"SELECT id, name, data, n FROM thing WHERE id IN (SELECT DISTINCT (SELECT id FROM thing WHERE kind = ? AND name = list.column1) FROM (?...) AS list) ORDER BY id", []any{7, names}},
				{"SELECT DISTINCT list.column1, (SELECT name FROM thing WHERE id = list.column1), (SELECT data FROM thing WHERE id = list.column1), (SELECT n FROM thing WHERE id = list.column1) FROM (?...) AS list WHERE list.column1 IS NOT NULL ORDER BY list.column1", []any{ids}},
			} {
				rows, err := tx.Query(ask.query, ask.args...)
				if err != nil {
					return err
				}
				i := 0
				err = db.EachRow(rows, func() error {
					var id int64
					var name string
					var data []byte
					var extra *int64
					if err := rows.Scan(&id, &name, &data, &extra); err != nil {
						return err
					}
					if i >= n || id != ids[i] || name != names[i] || !bytes.Equal(data, blobs[i]) || (extra != nil) != (i%3 == 0) {
						return fmt.Errorf("row %d is %d %q %x %v", i, id, name, data, extra)
					}
					i++
					return nil
				})
				if err != nil || i != n {
					return fmt.Errorf("%s gives %d of %d rows: %v", ask.query, i, n, err)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// What stands behind the row of values counts for each row.
func TestManyRowsMayMeetRowsThatAreThere(t *testing.T) {
	t.Parallel()
	d := open(t, dbtest.Location(t), things)
	err := d.Write(t.Context(), func(tx *db.Tx) error {
		add := func(tail string, ids ...int) int64 {
			var args []any
			for _, id := range ids {
				args = append(args, id, 1)
			}
			written, err := tx.Many("INSERT INTO thing (id, kind) VALUES (?, ?) "+tail, args)
			if err != nil {
				t.Error(err)
			}
			return written
		}
		add("", 1, 2, 3)
		if n := add("ON CONFLICT DO NOTHING", 2, 3, 4); n != 1 {
			t.Errorf("%d rows were written, want one", n)
		}
		add("ON CONFLICT (id) DO UPDATE SET kind = thing.kind + excluded.kind", 1, 4)
		rows, err := tx.Query("SELECT kind FROM thing ORDER BY id")
		if err != nil {
			return err
		}
		var kinds []int
		err = db.EachRow(rows, func() error {
			var kind int
			err := rows.Scan(&kind)
			kinds = append(kinds, kind)
			return err
		})
		if !slices.Equal(kinds, []int{2, 1, 1, 2}) {
			t.Errorf("kinds %v", kinds)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestManyRowsThatAreNoneAreRefused(t *testing.T) {
	t.Parallel()
	d := open(t, dbtest.Location(t), things)
	for _, bad := range []struct {
		query string
		args  []any
	}{
		{"INSERT INTO thing (id, kind) VALUES (?, ?)", []any{1, 2, 3}},
		{"INSERT INTO thing (id, kind) VALUES (?, abs(?))", []any{1, 2}},
		{"INSERT INTO thing (id, kind) SELECT ?, ?", []any{1, 2}},
	} {
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			_, err := tx.Many(bad.query, bad.args)
			return err
		})
		if err == nil {
			t.Errorf("%s with %v is taken", bad.query, bad.args)
		}
	}
}

// A write of many rows and a read by a list are a round trip each, besides
// beginning and end.
func TestManyRowsAreOneRoundTrip(t *testing.T) {
	t.Parallel()
	d, _ := onPostgres(t, things)
	var ids db.Ints
	var args []any
	for i := range 2000 {
		ids, args = append(ids, int64(i)), append(args, i, 1)
	}
	write := func(tx *db.Tx) error {
		_, err := tx.Many("INSERT INTO thing (id, kind) VALUES (?, ?) ON CONFLICT DO NOTHING", args)
		return err
	}
	read := func(tx *db.Tx) error {
		rows, err := tx.Query("SELECT id FROM thing WHERE id IN (?...)", ids)
		if err != nil {
			return err
		}
		return rows.Close()
	}
	measure := func() (toWrite, toRead int64) {
		before := d.RoundTrips()
		if err := d.Write(t.Context(), write); err != nil {
			t.Fatal(err)
		}
		written := d.RoundTrips()
		if err := d.Read(t.Context(), read); err != nil {
			t.Fatal(err)
		}
		return written - before, d.RoundTrips() - written
	}
	for range 4 { // each reader prepares its statements once
		measure()
	}
	if toWrite, toRead := measure(); toWrite != 3 || toRead != 3 {
		t.Errorf("%d round trips to write and %d to read, want 3 each: begin, do, end", toWrite, toRead)
	}
}
