package pairing_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hearth"
	"hearth/db"
	"hearth/db/dbtest"
	"hearth/pairing"
)

func TestTheSuiteOnPostgreSQL(t *testing.T) { dbtest.Again(t) }

// open opens the two stores of a home and pairs them, the log having head rows.
func open(t *testing.T, home string, head hearth.Seq, accept bool) (*pairing.Pairing, pairing.Stores, error) {
	t.Helper()
	o := pairing.Options{Dir: home, Clock: hearth.SystemClock, Accept: accept}
	if db.IsURL(home) {
		o.Dir = ""
	}
	p := pairing.New(o)
	var stores pairing.Stores
	schemas := []db.Schema{pairing.Schema()}
	var err error
	if stores.State, err = db.Open(t.Context(), db.At(home, pairing.State), db.Options{Schemas: schemas, Locked: p.Look, Readers: 1}); err != nil {
		return p, stores, err
	}
	t.Cleanup(func() { stores.State.Close() })
	if stores.Archive, err = db.Open(t.Context(), db.At(home, pairing.Archive), db.Options{Schemas: schemas, Readers: 1}); err != nil {
		return p, stores, err
	}
	t.Cleanup(func() { stores.Archive.Close() })
	return p, stores, p.Join(t.Context(), stores, func() (hearth.Seq, error) { return head, nil })
}

func closeAll(t *testing.T, p *pairing.Pairing, stores pairing.Stores) {
	t.Helper()
	if err := errors.Join(p.Close(), stores.Archive.Close(), stores.State.Close()); err != nil {
		t.Fatal(err)
	}
}

func set(t *testing.T, d *db.DB, statement string, args ...any) {
	t.Helper()
	if err := d.Write(context.Background(), func(tx *db.Tx) error {
		_, err := tx.Exec(statement, args...)
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// What only the rows say, which is all there is on PostgreSQL.
//
// proves F8 and I26 on both engines
func TestStoresAreComparedByTheirRows(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name           string
		state, archive string // done to them after three starts
		says           string // "": it starts
	}{
		{name: "nothing"},
		{name: "cut off between the two", archive: "UPDATE installation SET start = 2"},
		{name: "an older archive", archive: "UPDATE installation SET start = 1", says: "is an older copy: it has seen 1 starts of Hearth, but there were 3."},
		{name: "an archive from before", archive: "DELETE FROM installation", says: "is an older copy"},
		{name: "an older state", state: "UPDATE installation SET start = 2", says: "is older than"},
		{name: "a state from before", state: "DELETE FROM installation", says: "is new or from before the others"},
		{name: "another archive", archive: "UPDATE installation SET name = 'another'", says: "is of another installation"},
		{name: "a mark beyond the log", state: "UPDATE installation SET head = 12", says: "ends at row 9, but had 12 rows: rows 10 to 12 are missing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			home := dbtest.Home(t)
			var p *pairing.Pairing
			var stores pairing.Stores
			var err error
			for range 3 {
				if p, stores, err = open(t, home, 9, false); err != nil {
					t.Fatal(err)
				}
				if err := p.Mark(t.Context(), 9); err != nil {
					t.Fatal(err)
				}
				closeAll(t, p, stores)
			}
			if p, stores, err = open(t, home, 9, false); err != nil {
				t.Fatal(err)
			}
			set(t, stores.State, "UPDATE installation SET start = 3")
			set(t, stores.Archive, "UPDATE installation SET start = 3")
			for d, statement := range map[*db.DB]string{stores.State: c.state, stores.Archive: c.archive} {
				if statement != "" {
					set(t, d, statement)
				}
				// In the files nothing can be seen.
				if err := d.Write(t.Context(), func(tx *db.Tx) error { return tx.Stamp(0, 0) }); err != nil {
					t.Fatal(err)
				}
			}
			closeAll(t, p, stores)
			if !db.IsURL(home) {
				remove(t, home)
			}
			p, stores, err = open(t, home, 9, false)
			if c.says == "" {
				if err != nil {
					t.Errorf("it does not start: %v", err)
				}
				return
			}
			if hearth.ErrorCode(err) != hearth.Damaged || !strings.Contains(err.Error(), c.says) {
				t.Fatalf("it says %v", err)
			}
			closeAll(t, p, stores)
			for _, accept := range []bool{true, false} {
				if p, stores, err = open(t, home, 9, accept); err != nil {
					t.Fatalf("accepted (%v), it is refused: %v", accept, err)
				}
				closeAll(t, p, stores)
			}
		})
	}
}

func TestSeveralProcessesStartAtOnce(t *testing.T) {
	t.Parallel()
	if !dbtest.OnPostgreSQL() {
		t.Skip("a SQLite file is for one process")
	}
	home := dbtest.Home(t) // empty: the first starts are at once, too
	ended := make(chan error, 8)
	for range cap(ended) {
		go func() {
			for range 5 {
				p, stores, err := open(t, home, 0, false)
				if err == nil {
					err = errors.Join(p.Close(), stores.Archive.Close(), stores.State.Close())
				}
				if err != nil {
					ended <- err
					return
				}
			}
			ended <- nil
		}()
	}
	for range cap(ended) {
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}

// remove takes the record away, so that the databases alone are compared.
func remove(t *testing.T, dir string) {
	t.Helper()
	if err := os.Remove(filepath.Join(dir, pairing.File)); err != nil {
		t.Fatal(err)
	}
}
