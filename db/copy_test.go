package db_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"hearth"
	"hearth/db"
	"hearth/db/dbtest"
)

// mixed has every kind of column, keys of several, a reference to a table that
// comes later in the alphabet, and rows that the schema file writes.
var mixed = db.Schema{Name: "mixed", Files: fstest.MapFS{"0001_mixed.sql": {Data: []byte(`
CREATE TABLE shelf (
    room TEXT    NOT NULL,
    "row" INTEGER NOT NULL,
    PRIMARY KEY (room, "row")
) WITHOUT ROWID;
CREATE TABLE book (
    id    INTEGER PRIMARY KEY,
    room  TEXT    NOT NULL,
    "row" INTEGER NOT NULL,
    body  BLOB    NOT NULL,
    spare BLOB,
    lent  INTEGER,
    FOREIGN KEY (room, "row") REFERENCES shelf (room, "row")
);
CREATE TABLE head (id INTEGER PRIMARY KEY CHECK (id = 1), last INTEGER NOT NULL);
INSERT INTO head (id, last) VALUES (1, 0);
CREATE TRIGGER book_stays BEFORE DELETE ON book BEGIN SELECT RAISE(ABORT, 'books stay'); END;`)}}}

// fill writes more books than are copied at once.
func fill(t *testing.T, d *db.DB, books int) {
	t.Helper()
	err := d.Write(t.Context(), func(tx *db.Tx) error {
		rooms := []string{"", "a\x00b", "\xff", "ä", "Z", "\ufdd0"}
		for i, room := range rooms {
			if _, err := tx.Exec(`INSERT INTO shelf (room, "row") VALUES (?, ?)`, room, int64(i)-3); err != nil {
				return err
			}
		}
		for i := range books {
			var spare []byte
			var lent any
			switch i % 3 {
			case 1:
				spare, lent = []byte{}, int64(-1)<<63
			case 2:
				spare = []byte{0, 255}
			}
			room := i % len(rooms)
			_, err := tx.Exec(`INSERT INTO book (id, room, "row", body, spare, lent) VALUES (?, ?, ?, ?, ?, ?)`,
				i+1, rooms[room], int64(room)-3, []byte(strings.Repeat("x", i%40)), spare, lent)
			if err != nil {
				return err
			}
		}
		_, err := tx.Exec("UPDATE head SET last = ? WHERE id = 1", books)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func copyOf(from *db.DB, to string) []db.CopyJob {
	return []db.CopyJob{{From: from, To: to, Schemas: []db.Schema{mixed}}}
}

func dump(t *testing.T, d *db.DB) string {
	t.Helper()
	var b strings.Builder
	err := d.Read(t.Context(), func(tx *db.Tx) error {
		rows, err := tx.Query(`SELECT b.id, b.room, b."row", b.body, b.spare IS NULL, coalesce(b.lent, 7), h.last
FROM book b JOIN shelf s ON s.room = b.room AND s."row" = b."row" JOIN head h ON h.id = 1 ORDER BY b.id`)
		if err != nil {
			return err
		}
		return db.EachRow(rows, func() error {
			var id, row, lent, last int64
			var room string
			var body []byte
			var null bool
			err := rows.Scan(&id, &room, &row, &body, &null, &lent, &last)
			fmt.Fprintf(&b, "%d %q %d %x %v %d %d\n", id, room, row, body, null, lent, last)
			return err
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// proves part of F28: there and back, every value is what it was.
func TestACopyToTheOtherEngineAndBackIsTheSame(t *testing.T) {
	t.Parallel()
	onlyOnce(t)
	ctx := t.Context()
	first := open(t, filepath.Join(t.TempDir(), "first.db"), mixed)
	fill(t, first, 1234)
	want := dump(t, first)

	there := db.At(dbtest.Postgres(t).Home(), "there")
	var last db.CopyProgress
	rows, err := db.Copy(ctx, copyOf(first, there), func(p db.CopyProgress) { last = p })
	if err != nil || rows != 1234+6+1 || last.Rows != last.Total || last.Rows != 2*rows {
		t.Fatalf("%d rows, %+v, %v", rows, last, err)
	}
	second := open(t, there, mixed)
	if got := dump(t, second); got != want {
		t.Error("PostgreSQL has something else")
	}
	back := filepath.Join(t.TempDir(), "back.db")
	if _, err := db.Copy(ctx, copyOf(second, back), nil); err != nil {
		t.Fatal(err)
	}
	if got := dump(t, open(t, back, mixed)); got != want {
		t.Error("back in SQLite there is something else")
	}
}

func TestACopyGoesOnlyWhereNothingIs(t *testing.T) {
	t.Parallel()
	home := dbtest.Home(t)
	from := open(t, db.At(home, "from"), mixed)
	to := db.At(home, "to")
	if err := open(t, to, mixed).Close(); err != nil {
		t.Fatal(err)
	}
	_, err := db.Copy(t.Context(), copyOf(from, to), nil)
	wantCode(t, err, hearth.Conflict, "already")
}

// A copy that was cut off cannot be opened, and the next one begins anew.
func TestACopyThatWasCutOffBeginsAnew(t *testing.T) {
	t.Parallel()
	home := dbtest.Home(t)
	from := open(t, db.At(home, "from"), mixed)
	fill(t, from, 2000)
	to := db.At(home, "to")
	ctx, cancel := context.WithCancel(t.Context())
	_, err := db.Copy(ctx, copyOf(from, to), func(p db.CopyProgress) {
		if p.Rows > 1000 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("the copy was not cut off: %v", err)
	}
	_, err = db.Open(t.Context(), to, db.Options{Schemas: []db.Schema{mixed}})
	wantCode(t, err, hearth.Conflict, "cut off")
	if _, err := db.Copy(t.Context(), copyOf(from, to), nil); err != nil {
		t.Fatal(err)
	}
	if got, want := dump(t, open(t, to, mixed)), dump(t, from); got != want {
		t.Error("the second copy is not the same")
	}
}
