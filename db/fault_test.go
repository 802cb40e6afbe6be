package db_test

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"hearth"
	"hearth/db"
	"hearth/db/dbfault"
	"hearth/db/dbtest"
)

// torture is how much more is tried by `make torture`.
func torture() bool { return os.Getenv("HEARTH_KILL_ROUNDS") != "" }

// faultAt fails the n-th call of a kind, and says whether it did.
type faultAt struct {
	op      dbfault.Op
	n       int64
	verdict dbfault.Verdict
	passed  atomic.Int64
	fired   atomic.Bool
}

func (f *faultAt) hook(c dbfault.Call) dbfault.Verdict {
	if c.Op != f.op || f.passed.Add(1) != f.n {
		return dbfault.Verdict{}
	}
	f.fired.Store(true)
	return f.verdict
}

// body of a note that takes pages of its own.
func body(id int) string { return strings.Repeat(fmt.Sprintf("note %d ", id), 600) }

// work writes notes, each with a number of its own, and moves them from the WAL
// into the file now and then. It gives those that were acknowledged, those that
// certainly failed, and those of which nobody knows.
func work(d *db.DB, from, n int, acked func(id int)) (saved, failed, unknown []int) {
	for id := from; id < from+n; id++ {
		err := d.Write(context.Background(), func(tx *db.Tx) error {
			_, err := tx.Exec("INSERT INTO note (id, body) VALUES (?, ?)", id, body(id))
			return err
		})
		switch {
		case err == nil:
			saved = append(saved, id)
			if acked != nil {
				acked(id)
			}
		case errors.Is(err, db.ErrUnknownOutcome):
			return saved, failed, append(unknown, id)
		default:
			failed = append(failed, id)
		}
		if id%4 == 3 {
			d.Compact(context.Background()) // may fail; what it moves is safe in the WAL
		}
	}
	return saved, failed, unknown
}

// notesIn reads all notes; one that is not as it was written is an error.
func notesIn(d *db.DB) (map[int]bool, error) {
	found := map[int]bool{}
	err := d.Read(context.Background(), func(tx *db.Tx) error {
		rows, err := tx.Query("SELECT id, body FROM note ORDER BY id")
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var id int
			var text string
			if err := rows.Scan(&id, &text); err != nil {
				return err
			}
			if text != body(id) {
				return fmt.Errorf("note %d is not as it was written", id)
			}
			found[id] = true
		}
		return rows.Err()
	})
	return found, err
}

// judge compares what is in the file with what was said.
func judge(t *testing.T, what, path string, saved, failed, unknown []int) {
	t.Helper()
	d, err := db.Open(t.Context(), path, db.Options{Schemas: []db.Schema{notes}})
	if err != nil {
		t.Errorf("%s: the next start: %v", what, err)
		return
	}
	defer d.Close()
	found, err := notesIn(d)
	if err != nil {
		t.Errorf("%s: %v", what, err)
	}
	for _, id := range saved {
		if !found[id] {
			t.Errorf("%s: note %d was acknowledged and is gone", what, id)
		}
		delete(found, id)
	}
	for _, id := range failed {
		if found[id] {
			t.Errorf("%s: note %d was refused and is there", what, id)
		}
	}
	for _, id := range unknown {
		delete(found, id)
	}
	if len(found) > 0 {
		t.Errorf("%s: nobody wrote %v", what, found)
	}
	if err := d.Read(t.Context(), func(tx *db.Tx) error {
		problems, err := tx.Integrity(1)
		if err == nil && len(problems) > 0 {
			err = errors.New(problems[0])
		}
		return err
	}); err != nil {
		t.Errorf("%s: %v", what, err)
	}
}

// kinds are the ways a disk fails.
var kinds = []struct {
	name    string
	op      dbfault.Op
	verdict dbfault.Verdict
	passes  bool // it is certain that nothing was saved, so the process goes on
}{
	{"full", dbfault.Write, dbfault.Verdict{Code: dbfault.Full}, true},
	{"full after a part", dbfault.Write, dbfault.Verdict{Code: dbfault.Full, Written: 700}, true},
	{"error on write", dbfault.Write, dbfault.Verdict{Code: dbfault.IOErrWrite}, false},
	{"error on a part of a write", dbfault.Write, dbfault.Verdict{Code: dbfault.IOErrWrite, Written: 700}, false},
	{"error on sync", dbfault.Sync, dbfault.Verdict{Code: dbfault.IOErrSync}, false},
	{"error on read", dbfault.Read, dbfault.Verdict{Code: dbfault.IOErrRead}, false},
	{"error on truncate", dbfault.Truncate, dbfault.Verdict{Code: dbfault.IOErrTrunc}, false},
	{"no shared memory", dbfault.Grow, dbfault.Verdict{Code: dbfault.IOErrGrow}, false},
}

// Whatever call fails: what was acknowledged is there, what was refused is not,
// and where nobody can know the process is told to stop. A full disk never
// stops it: once there is room, it goes on.
//
// proves I25, F4 and F5 for the databases
func TestNoFailureOfTheDiskMakesAWrongAnswer(t *testing.T) {
	dbtest.SQLiteOnly(t, "it is about SQLite's files")
	t.Parallel()
	for _, kind := range kinds {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			stops, step := 0, int64(3)
			if torture() {
				step = 1
			}
			n := int64(1)
			for ; ; n += step {
				dir := t.TempDir()
				path := filepath.Join(dir, "x.db")
				what := fmt.Sprintf("%s, time %d", kind.name, n)
				f := &faultAt{op: kind.op, n: n, verdict: kind.verdict}
				stop, err := dbfault.Watch(dir, f.hook)
				if err != nil {
					t.Fatal(err)
				}
				var saved, failed, unknown []int
				d, err := db.Open(t.Context(), path, db.Options{Schemas: []db.Schema{notes}, Readers: 1})
				if err == nil {
					saved, failed, unknown = work(d, 1, 10, nil)
					if len(unknown) > 0 {
						stops++
						if kind.passes {
							t.Errorf("%s: the process has to stop", what)
						}
						select {
						case <-d.Broken():
						default:
							t.Errorf("%s: nobody is told to stop", what)
						}
						if err := add(d, "after"); !errors.Is(err, db.ErrUnknownOutcome) {
							t.Errorf("%s: the next write answered %v", what, err)
						}
					}
					d.Close() // may fail: what it moves is safe in the WAL
				}
				stop()
				if !f.fired.Load() {
					break
				}
				judge(t, what, path, saved, failed, unknown)
			}
			if n == 1 {
				t.Errorf("the fault never fired")
			}
			if !kind.passes && stops == 0 && (kind.op == dbfault.Write || kind.op == dbfault.Sync) {
				t.Errorf("no failure came in the middle of a commit: the test is blind")
			}
		})
	}
}

// proves F4: nothing has to be restarted
func TestAfterTheDiskWasFullTheSameProcessGoesOn(t *testing.T) {
	dbtest.SQLiteOnly(t, "it is about SQLite's files")
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "x.db")
	var full atomic.Bool
	refused := 0
	stop, err := dbfault.Watch(dir, func(c dbfault.Call) dbfault.Verdict {
		if full.Load() && c.Op == dbfault.Write {
			refused++
			return dbfault.Verdict{Code: dbfault.Full}
		}
		return dbfault.Verdict{}
	})
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	d := open(t, path, notes)
	saved, _, _ := work(d, 1, 5, nil)
	full.Store(true)
	for i := range 5 {
		err := add(d, "no room")
		wantCode(t, err, hearth.Unavailable, "The disk is full: nothing was saved.")
		if found, err := notesIn(d); err != nil || len(found) != len(saved) {
			t.Errorf("round %d: reading gave %d notes, %v", i, len(found), err)
		}
	}
	if refused == 0 {
		t.Error("the fault did not fire")
	}
	full.Store(false)
	more, failed, unknown := work(d, 100, 5, nil)
	if len(failed)+len(unknown) > 0 {
		t.Errorf("with room again: %v failed, %v unknown", failed, unknown)
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
	judge(t, "after a full disk", path, append(saved, more...), []int{6, 7, 8, 9, 10}, nil)
}

// ack is a note and the moment by which it was acknowledged.
type ack struct{ id, moment int }

// images cuts the power at many moments of a record, and counts the images that
// lack an acknowledged note, those that are no sound database, and those whose
// WAL ReadFiles takes for damaged.
func images(t *testing.T, r *dbfault.Recorder, acks []ack, cuts int) (lost, destroyed, torn int, examples []string) {
	t.Helper()
	dice := rand.New(rand.NewPCG(1, 2))
	for i := range cuts {
		cut := r.Len() * (i + 1) / cuts
		dir := t.TempDir()
		if err := r.Image(dir, cut, dice); err != nil {
			t.Fatal(err)
		}
		if f, err := db.ReadFiles(filepath.Join(dir, "x.db")); err != nil || f.WAL.Torn {
			torn++
		}
		found, err := look(t, filepath.Join(dir, "x.db"))
		if err != nil {
			destroyed++
			examples = append(examples, fmt.Sprintf("cut %d of %d: %v", cut, r.Len(), err))
			continue
		}
		for _, a := range acks {
			if a.moment <= cut && !found[a.id] {
				lost++
				examples = append(examples, fmt.Sprintf("cut %d of %d: note %d is gone", cut, r.Len(), a.id))
				break
			}
		}
	}
	return lost, destroyed, torn, examples
}

// look opens an image as a start does.
func look(t *testing.T, path string) (map[int]bool, error) {
	d, err := db.Open(t.Context(), path, db.Options{Schemas: []db.Schema{notes}, Readers: 1})
	if err != nil {
		return nil, err
	}
	defer d.Close()
	err = d.Read(t.Context(), func(tx *db.Tx) error {
		problems, err := tx.Integrity(1)
		if err == nil && len(problems) > 0 {
			err = errors.New(problems[0])
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return notesIn(d)
}

func cuts() int {
	if torture() {
		return 2000
	}
	return 60
}

// proves F3, and I24 with it
func TestNoPowerCutTakesWhatWasAcknowledged(t *testing.T) {
	dbtest.SQLiteOnly(t, "it is about SQLite's files")
	t.Parallel()
	dir := t.TempDir()
	r := new(dbfault.Recorder)
	stop, err := dbfault.Watch(dir, r.Hook)
	if err != nil {
		t.Fatal(err)
	}
	var acks []ack
	d, err := db.Open(t.Context(), filepath.Join(dir, "x.db"), db.Options{Schemas: []db.Schema{notes}, Readers: 1})
	if err != nil {
		t.Fatal(err)
	}
	work(d, 1, 30, func(id int) { acks = append(acks, ack{id, r.Len()}) })
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	stop()
	if len(acks) != 30 {
		t.Fatalf("only %d notes were acknowledged", len(acks))
	}
	lost, destroyed, torn, examples := images(t, r, acks, cuts())
	if torn > 0 {
		t.Errorf("%d images are taken for damaged, but the power was cut", torn)
	}
	if lost+destroyed > 0 {
		t.Errorf("%d images lack what was acknowledged, %d are no sound database: %s", lost, destroyed, strings.Join(examples, "; "))
	}
}

// Databases that sync less must fail the test above, or its images prove
// nothing.
func TestThePowerCutsFindDatabasesThatDoNotSync(t *testing.T) {
	dbtest.SQLiteOnly(t, "it is about SQLite's files")
	t.Parallel()
	for _, c := range []struct {
		synchronous     string
		loses, destroys bool
	}{{"FULL", false, false}, {"NORMAL", true, false}, {"OFF", true, true}} {
		dir := t.TempDir()
		r := new(dbfault.Recorder)
		stop, err := dbfault.Watch(dir, r.Hook)
		if err != nil {
			t.Fatal(err)
		}
		acks := careless(t, filepath.Join(dir, "x.db"), c.synchronous, r)
		stop()
		lost, destroyed, _, examples := images(t, r, acks, cuts())
		t.Logf("synchronous=%s: of %d images %d lack something, %d are destroyed", c.synchronous, cuts(), lost, destroyed)
		if (lost > 0) != c.loses && !c.destroys {
			t.Errorf("synchronous=%s: %d images lack what was acknowledged: %s", c.synchronous, lost, strings.Join(examples, "; "))
		}
		if (destroyed > 0) != c.destroys {
			t.Errorf("synchronous=%s: %d images are destroyed: %s", c.synchronous, destroyed, strings.Join(examples, "; "))
		}
	}
}

// careless writes notes with a setting that db.Open refuses, and checkpoints
// often.
func careless(t *testing.T, path, synchronous string, r *dbfault.Recorder) (acks []ack) {
	t.Helper()
	q := url.Values{"_pragma": {"journal_mode(WAL)", "synchronous(" + synchronous + ")", "wal_autocheckpoint(" + strconv.Itoa(16) + ")"}}
	pool, err := sql.Open("sqlite", "file:"+path+"?"+q.Encode())
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	pool.SetMaxOpenConns(1)
	exec := func(statement string, args ...any) {
		if _, err := pool.Exec(statement, args...); err != nil {
			t.Fatal(err)
		}
	}
	text, err := fs.ReadFile(notes.Files, "0001_note.sql")
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(text)
	exec("BEGIN")
	exec("CREATE TABLE note (id INTEGER PRIMARY KEY, body TEXT NOT NULL)")
	exec("CREATE TABLE schema_file (schema TEXT NOT NULL, number INTEGER NOT NULL, name TEXT NOT NULL, sum TEXT NOT NULL, PRIMARY KEY (schema, number)) WITHOUT ROWID")
	exec("INSERT INTO schema_file VALUES ('notes', 1, '0001_note.sql', ?)", hex.EncodeToString(sum[:]))
	exec("COMMIT")
	for id := 1; id <= 30; id++ {
		exec("INSERT INTO note (id, body) VALUES (?, ?)", id, body(id))
		acks = append(acks, ack{id, r.Len()})
	}
	return acks
}
