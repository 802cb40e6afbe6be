package db_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"hearth"
	"hearth/db"
	"hearth/db/dbtest"
)

// onPostgres is a database on a temporary PostgreSQL, whatever the run.
func onPostgres(t *testing.T, schemas ...db.Schema) (*db.DB, string) {
	t.Helper()
	onlyOnce(t)
	location := db.At(dbtest.Postgres(t).Home(), "test")
	return open(t, location, schemas...), location
}

// onlyOnce leaves to the first run what is about PostgreSQL anyway.
func onlyOnce(t *testing.T) {
	t.Helper()
	if dbtest.OnPostgreSQL() {
		t.Skip("the first run has it")
	}
}

// proves I26
func TestAWeakServerIsRefusedUnlessAccepted(t *testing.T) {
	t.Parallel()
	onlyOnce(t)
	home := dbtest.Postgres(t).Home() // fsync and full_page_writes are off
	u, err := url.Parse(home)
	if err != nil {
		t.Fatal(err)
	}
	openWith := func(accept string) error {
		q := u.Query()
		q.Set("accept", accept)
		u.RawQuery = q.Encode()
		d, err := db.Open(t.Context(), u.String(), db.Options{})
		if err == nil {
			d.Close()
		}
		return err
	}
	wantCode(t, openWith(""), hearth.Unavailable, "fsync")
	wantCode(t, openWith("no-fsync"), hearth.Unavailable, "full_page_writes")
	wantCode(t, openWith("no-pages"), hearth.Invalid, "accept knows")
	if err := openWith("no-fsync,no-full-page-writes"); err != nil {
		t.Error(err)
	}
}

func TestAServerThatIsNotThereIsNamedWithoutItsPassword(t *testing.T) {
	t.Parallel()
	_, err := db.Open(t.Context(), "postgres://ann:s3cret@127.0.0.1:1/hearth", db.Options{})
	wantCode(t, err, hearth.Unavailable, "cannot be reached")
	if err != nil && strings.Contains(err.Error(), "s3cret") {
		t.Errorf("the password is in %v", err)
	}
}

// proves part of F28
func TestBothEnginesGiveBackEveryText(t *testing.T) {
	t.Parallel()
	d := open(t, dbtest.Location(t), notes)
	texts := []string{"", "plain", "a\x00b", "\xff\xfe", "\ufdd0", "\ufdd0\U000F0000", "\xed\xa0\x80", "it's ? $1 \\x41"}
	err := d.Write(t.Context(), func(tx *db.Tx) error {
		for i, s := range texts {
			if _, err := tx.Exec("INSERT INTO note (id, body) VALUES (?, ?)", i, s); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	err = d.Read(t.Context(), func(tx *db.Tx) error {
		for i, want := range texts {
			var got string
			var id int
			if err := tx.QueryRow("SELECT id, body FROM note WHERE body = ?", want).Scan(&id, &got); err != nil {
				return fmt.Errorf("%q: %w", want, err)
			}
			if id != i || got != want {
				t.Errorf("%q comes back as %q", want, got)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestAStatementThatBreaksAConstraintIsUndoneAlone(t *testing.T) {
	t.Parallel()
	d := open(t, dbtest.Location(t), notes)
	err := d.Write(t.Context(), func(tx *db.Tx) error {
		const insert = "INSERT INTO note (id, body) VALUES (?, ?), (?, ?)"
		if _, err := tx.Exec(insert, 1, "one", 2, "two"); err != nil {
			return err
		}
		if _, err := tx.Try(insert, 3, "three", 2, "two"); !db.IsConstraint(err) {
			t.Errorf("the same id again gives %v", err)
		}
		if _, err := tx.Try("DELETE FROM note WHERE id = 1"); !db.IsConstraint(err) || !strings.Contains(err.Error(), "notes stay") {
			t.Errorf("the trigger gives %v", err)
		}
		_, err := tx.Exec(insert, 4, "four", 5, "five")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if n := count(t, d); n != 4 {
		t.Errorf("%d notes, want 4", n)
	}
}

// A transaction in which a statement failed cannot be committed by leaving the
// error out: PostgreSQL would roll it back without a word.
func TestAnErrorThatIsLeftOutIsNoSilentLoss(t *testing.T) {
	t.Parallel()
	d, _ := onPostgres(t, notes)
	err := d.Write(t.Context(), func(tx *db.Tx) error {
		tx.Exec("INSERT INTO note (id, body) VALUES (1, 'x')")
		tx.Exec("INSERT INTO nothing (id) VALUES (1)")
		return nil
	})
	if err == nil {
		t.Error("a write in which a statement failed says that it was saved")
	}
	if n := count(t, d); n != 0 {
		t.Errorf("%d notes of it are there", n)
	}
}

// proves I2 on PostgreSQL, F37a: two processes that count on from the last
// number never take one twice, skip one, or commit a lower one later.
func TestTwoProcessesCountWithoutAHole(t *testing.T) {
	t.Parallel()
	one, location := onPostgres(t, notes)
	two := open(t, location, notes)
	const each = 150
	done := make(chan error, 2)
	for _, d := range []*db.DB{one, two} {
		go func() {
			for range each {
				if err := add(d, "x"); err != nil {
					done <- err
					return
				}
			}
			done <- nil
		}()
	}
	watcher := open(t, location, notes)
	for running := 2; running > 0; {
		select {
		case err := <-done:
			if running--; err != nil {
				t.Fatal(err)
			}
		default:
			var n, last int
			err := watcher.Read(t.Context(), func(tx *db.Tx) error {
				return tx.QueryRow("SELECT count(*), coalesce(max(id), 0) FROM note").Scan(&n, &last)
			})
			if err != nil || n != last {
				t.Fatalf("%d rows up to number %d: a lower one is still to come (%v)", n, last, err)
			}
		}
	}
	if n := count(t, one); n != 2*each {
		t.Errorf("%d notes, want %d", n, 2*each)
	}
}

func TestAClaimIsOneProcesss(t *testing.T) {
	t.Parallel()
	one, location := onPostgres(t)
	two := open(t, location)
	mine, err := one.Claim(t.Context(), "work")
	if err != nil || mine == nil {
		t.Fatalf("the first claim: %v, %v", mine, err)
	}
	if theirs, err := two.Claim(t.Context(), "work"); err != nil || theirs != nil {
		t.Fatalf("a second process got the claim too (%v)", err)
	}
	if !mine.Held(t.Context()) {
		t.Error("the claim is not held")
	}
	if err := mine.Release(); err != nil {
		t.Fatal(err)
	}
	theirs, err := two.Claim(t.Context(), "work")
	if err != nil || theirs == nil {
		t.Fatalf("the claim was given up, but is not to be had: %v", err)
	}
	if err := theirs.Release(); err != nil {
		t.Error(err)
	}
}

// proves I25 and F37b: a server that dies takes only what was under way with
// it, everything goes on when it is back, and a commit without an answer is of
// unknown outcome.
func TestAServerThatDiesAndComesBack(t *testing.T) {
	t.Parallel()
	onlyOnce(t)
	cluster := dbtest.Durable(t)
	t.Run("in a write", func(t *testing.T) { dieInAWrite(t, cluster) })
	t.Run("in a commit", func(t *testing.T) { dieInACommit(t, cluster) })
}

func dieInAWrite(t *testing.T, cluster *dbtest.Cluster) {
	d := open(t, db.At(cluster.Home(), "test"), notes)
	for i := range 20 {
		if err := add(d, fmt.Sprint(i)); err != nil {
			t.Fatal(err)
		}
	}
	err := d.Write(context.Background(), func(tx *db.Tx) error {
		if _, err := tx.Exec("INSERT INTO note (id, body) VALUES (1000, 'lost')"); err != nil {
			return err
		}
		cluster.Kill(t)
		_, err := tx.Exec("INSERT INTO note (id, body) VALUES (1001, 'lost')")
		return err
	})
	wantCode(t, err, hearth.Unavailable, "nothing of this was saved")
	if n := count(t, d); n != 20 {
		t.Errorf("%d notes after the crash, want the 20 that were confirmed", n)
	}
	if err := add(d, "after"); err != nil {
		t.Errorf("writing after the crash: %v", err)
	}
}

func dieInACommit(t *testing.T, cluster *dbtest.Cluster) {
	// A constraint that is looked at when the transaction commits, for long.
	slow := db.Schema{Name: "slow", Files: fstest.MapFS{"0001_slow.sql": {Data: []byte(`
CREATE TABLE slow (id INTEGER PRIMARY KEY);
CREATE FUNCTION wait_long() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(600); RETURN NULL; END';
CREATE CONSTRAINT TRIGGER wait AFTER INSERT ON slow DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wait_long();`)}}}
	location := db.At(cluster.Home(), "test")
	d := open(t, location, notes, slow)
	look := open(t, location, notes, slow)
	if err := add(d, "kept"); err != nil {
		t.Fatal(err)
	}
	outcome := make(chan error, 1)
	go func() {
		outcome <- d.Write(context.Background(), func(tx *db.Tx) error {
			_, err := tx.Exec("INSERT INTO slow (id) VALUES (1)")
			return err
		})
	}()
	deadline := time.Now().Add(time.Minute)
	for n := 0; n == 0; {
		err := look.Read(t.Context(), func(tx *db.Tx) error {
			return tx.QueryRow("SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'COMMIT%' AND wait_event = 'PgSleep'").Scan(&n)
		})
		if err != nil {
			t.Fatal(err)
		}
		if time.Now().After(deadline) {
			t.Fatal("the commit never began")
		}
	}
	cluster.Kill(t)
	if err := <-outcome; !errors.Is(err, db.ErrUnknownOutcome) {
		t.Fatalf("a commit without an answer gives %v", err)
	}
	select {
	case <-d.Broken():
	default:
		t.Error("Broken is open")
	}
	if err := add(d, "after"); !errors.Is(err, db.ErrUnknownOutcome) {
		t.Errorf("the next write gives %v", err)
	}
	if n := count(t, look); n != 1 {
		t.Errorf("%d notes, want the one that was confirmed", n)
	}
}

// A copy must not be made of a database that somebody works on, nor may anybody
// begin to while it is made.
func TestADatabaseIsAloneOrShared(t *testing.T) {
	t.Parallel()
	one, location := onPostgres(t, notes)
	alone := func() (*db.DB, error) {
		return db.Open(t.Context(), location, db.Options{Schemas: []db.Schema{notes}, Alone: true})
	}
	_, err := alone()
	wantCode(t, err, hearth.Conflict, "Another Hearth works on the database")
	two := open(t, location, notes)
	if err := one.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = alone()
	wantCode(t, err, hearth.Conflict, "Another Hearth works on the database")
	if err := two.Close(); err != nil {
		t.Fatal(err)
	}
	d, err := alone()
	if err != nil {
		t.Fatalf("nobody has it open, but: %v", err)
	}
	_, err = db.Open(t.Context(), location, db.Options{Schemas: []db.Schema{notes}})
	wantCode(t, err, hearth.Conflict, "is being copied")
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	open(t, location, notes)
}
