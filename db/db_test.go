package db_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"hearth"
	"hearth/db"
	"hearth/db/dbtest"
)

// proves the parity half of G2: the same promises on the other engine.
func TestTheSuiteOnPostgreSQL(t *testing.T) { dbtest.Again(t) }

var notes = db.Schema{Name: "notes", Files: fstest.MapFS{
	"0001_note.sql": {Data: []byte(`
CREATE TABLE note (id INTEGER PRIMARY KEY, body TEXT NOT NULL);
CREATE TRIGGER note_stays BEFORE DELETE ON note BEGIN SELECT RAISE(ABORT, 'notes stay'); END;`)},
}}

func open(t testing.TB, path string, schemas ...db.Schema) *db.DB {
	t.Helper()
	d, err := db.Open(t.Context(), path, db.Options{Schemas: schemas})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

func count(t testing.TB, d *db.DB) (n int) {
	t.Helper()
	err := d.Read(t.Context(), func(tx *db.Tx) error {
		return tx.QueryRow("SELECT count(*) FROM note").Scan(&n)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func add(d *db.DB, body string) error {
	return d.Write(context.Background(), func(tx *db.Tx) error {
		_, err := tx.Exec("INSERT INTO note (id, body) SELECT coalesce(max(id), 0) + 1, ? FROM note", body)
		return err
	})
}

func wantCode(t *testing.T, err error, code hearth.Code, words string) {
	t.Helper()
	if hearth.ErrorCode(err) != code || err == nil || !strings.Contains(err.Error(), words) {
		t.Errorf("got %v, want a %s error with %q", err, code, words)
	}
}

func TestAWriteIsThereAfterReopening(t *testing.T) {
	t.Parallel()
	path := dbtest.Location(t)
	d := open(t, path, notes)
	if err := add(d, "kept"); err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if got := count(t, open(t, path, notes)); got != 1 {
		t.Errorf("%d notes after reopening, want 1", got)
	}
}

func TestWritesThatShareACommitFailAlone(t *testing.T) {
	t.Parallel()
	d := open(t, dbtest.Location(t), notes)
	refused := errors.New("no")

	// The first write holds the writer until all others wait behind it.
	entered, release := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		d.Write(context.Background(), func(*db.Tx) error { close(entered); <-release; return nil })
	})
	<-entered
	errs := make([]error, 30)
	for i := range errs {
		wg.Go(func() {
			errs[i] = d.Write(context.Background(), func(tx *db.Tx) error {
				if _, err := tx.Exec("INSERT INTO note (id, body) SELECT coalesce(max(id), 0) + 1, ? FROM note", fmt.Sprint(i)); err != nil {
					return err
				}
				switch i % 3 {
				case 0:
					return refused
				case 1:
					panic("poison")
				}
				return nil
			})
		})
	}
	close(release)
	wg.Wait()
	for i, err := range errs {
		switch i % 3 {
		case 0:
			if !errors.Is(err, refused) {
				t.Errorf("write %d: %v, want its own error", i, err)
			}
		case 1:
			if err == nil || !strings.Contains(err.Error(), "poison") {
				t.Errorf("write %d: %v, want its panic as an error", i, err)
			}
		default:
			if err != nil {
				t.Errorf("write %d: %v", i, err)
			}
		}
	}
	if got := count(t, d); got != 10 {
		t.Errorf("%d notes, want the 10 of the writes without an error", got)
	}
}

func TestAReadSeesOneSnapshot(t *testing.T) {
	t.Parallel()
	d := open(t, dbtest.Location(t), notes)
	err := d.Read(t.Context(), func(tx *db.Tx) error {
		var before, after int
		if err := tx.QueryRow("SELECT count(*) FROM note").Scan(&before); err != nil {
			return err
		}
		if err := add(d, "late"); err != nil {
			return err
		}
		if err := tx.QueryRow("SELECT count(*) FROM note").Scan(&after); err != nil {
			return err
		}
		if before != 0 || after != 0 {
			t.Errorf("counted %d and then %d in one read, want 0 and 0", before, after)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := count(t, d); got != 1 {
		t.Errorf("%d notes in the next read, want 1", got)
	}
}

func TestAReaderCannotWrite(t *testing.T) {
	t.Parallel()
	d := open(t, dbtest.Location(t), notes)
	err := d.Read(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec("INSERT INTO note (id, body) VALUES (1, 'x')")
		return err
	})
	if err == nil {
		t.Error("a read wrote a row")
	}
}

func TestACancelledWriteNeverRuns(t *testing.T) {
	t.Parallel()
	d := open(t, dbtest.Location(t), notes)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := d.Write(ctx, func(*db.Tx) error { t.Error("it ran"); return nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want Canceled", err)
	}
}

func TestAfterCommitRunsForWritesThatSucceed(t *testing.T) {
	t.Parallel()
	d := open(t, dbtest.Location(t), notes)
	var ran []int
	for i := range 4 {
		d.Write(t.Context(), func(tx *db.Tx) error {
			tx.AfterCommit(func() { ran = append(ran, i) })
			if i == 2 {
				return errors.New("no")
			}
			return nil
		})
	}
	if fmt.Sprint(ran) != "[0 1 3]" {
		t.Errorf("ran after %v, want 0, 1 and 3", ran)
	}
}

// proves I26
func TestOpenRefusesWhatCannotKeepItsPromises(t *testing.T) {
	t.Parallel()
	home := dbtest.Home(t)
	openIt := func(path string, schemas ...db.Schema) error {
		d, err := db.Open(t.Context(), path, db.Options{Schemas: schemas})
		if err == nil {
			d.Close()
		}
		return err
	}

	t.Run("a second writer", func(t *testing.T) {
		dbtest.SQLiteOnly(t, "there may be many processes")
		path := db.At(home, "twice")
		open(t, path)
		wantCode(t, openIt(path), hearth.Conflict, "Another Hearth")
	})
	t.Run("a file that is no database", func(t *testing.T) {
		dbtest.SQLiteOnly(t, "there is no file")
		path := db.At(home, "noise")
		if err := os.WriteFile(path, bytes.Repeat([]byte("noise "), 2000), 0o600); err != nil {
			t.Fatal(err)
		}
		wantCode(t, openIt(path), hearth.Damaged, "restore it from a backup")
	})
	t.Run("a directory that is missing", func(t *testing.T) {
		dbtest.SQLiteOnly(t, "there is no directory")
		if err := openIt(filepath.Join(home, "no", "such.db")); err == nil {
			t.Error("opened a file in a directory that does not exist")
		}
	})
	t.Run("a newer schema", func(t *testing.T) {
		path := db.At(home, "newer")
		if err := openIt(path, notes); err != nil {
			t.Fatal(err)
		}
		older := db.Schema{Name: notes.Name, Files: fstest.MapFS{}}
		wantCode(t, openIt(path, older), hearth.Conflict, "newer Hearth")
	})
	t.Run("a changed schema", func(t *testing.T) {
		path := db.At(home, "changed")
		if err := openIt(path, notes); err != nil {
			t.Fatal(err)
		}
		changed := db.Schema{Name: notes.Name, Files: fstest.MapFS{"0001_note.sql": {Data: []byte("CREATE TABLE other (x INTEGER)")}}}
		wantCode(t, openIt(path, changed), hearth.Damaged, "different Hearth")
	})
	t.Run("a schema file out of order", func(t *testing.T) {
		hole := db.Schema{Name: "hole", Files: fstest.MapFS{"0002_x.sql": {Data: []byte("CREATE TABLE x (y INTEGER)")}}}
		if err := openIt(db.At(home, "hole"), hole); err == nil {
			t.Error("applied 0002 without 0001")
		}
	})
	t.Run("a schema that fails half-way leaves nothing", func(t *testing.T) {
		path := db.At(home, "half")
		half := db.Schema{Name: "half", Files: fstest.MapFS{"0001_x.sql": {Data: []byte("CREATE TABLE x (y INTEGER); CREATE TABLE x (y INTEGER)")}}}
		if err := openIt(path, half); err == nil {
			t.Fatal("applied a file that fails")
		}
		whole := db.Schema{Name: "half", Files: fstest.MapFS{"0001_x.sql": {Data: []byte("CREATE TABLE x (y INTEGER)")}}}
		if err := openIt(path, whole); err != nil {
			t.Errorf("after the repair: %v", err)
		}
	})
}

// proves part of I37 and F7: damage met while reading is named with what to do.
func TestDamagedPagesAreNamedWithTheirRepair(t *testing.T) {
	dbtest.SQLiteOnly(t, "it flips bytes of the file")
	t.Parallel()
	path := filepath.Join(t.TempDir(), "broken.db")
	d, err := db.Open(t.Context(), path, db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	err = d.Write(t.Context(), func(tx *db.Tx) error {
		if _, err := tx.Exec("CREATE TABLE word (id INTEGER PRIMARY KEY, text TEXT NOT NULL)"); err != nil {
			return err
		}
		for i := range 2000 {
			if _, err := tx.Exec("INSERT INTO word (id, text) VALUES (?, ?)", i, strings.Repeat("word ", 20)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := len(raw) / 2; i < len(raw); i++ {
		raw[i] ^= 0x5A
	}
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	d, err = db.Open(t.Context(), path, db.Options{})
	if err == nil {
		defer d.Close()
		err = d.Read(t.Context(), func(tx *db.Tx) error {
			var n int
			return tx.QueryRow("SELECT sum(length(text)) FROM word").Scan(&n)
		})
	}
	if hearth.ErrorCode(err) != hearth.Damaged || !strings.Contains(err.Error(), "restore") {
		t.Errorf("reading damaged pages gives %v", err)
	}
}
