package archive_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"hearth"
	"hearth/archive"
	"hearth/db"
	"hearth/db/dbtest"
	"hearth/query/querytest"
)

var seen = db.Schema{Name: "seen", Files: oneFile("CREATE TABLE seen (n INTEGER PRIMARY KEY, workspace_id INTEGER NOT NULL, seq INTEGER NOT NULL)")}

// recorder notes every row that it is given, unless poison says otherwise.
func recorder(poison func(archive.Stored) error) archive.Consumer {
	return archive.Consumer{Name: "recorder", Apply: func(_ context.Context, tx *db.Tx, rows []archive.Stored) error {
		for _, r := range rows {
			if poison != nil {
				if err := poison(r); err != nil {
					return err
				}
			}
			if _, err := tx.Exec("INSERT INTO seen (n, workspace_id, seq) SELECT coalesce(max(n), 0) + 1, ?, ? FROM seen", int64(r.Workspace), int64(r.Seq)); err != nil {
				return err
			}
		}
		return nil
	}}
}

// consume runs c until it has read the whole log.
func (s *store) consume(t testing.TB, c archive.Consumer) {
	t.Helper()
	head, _ := s.Head(t.Context())
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- s.Consume(ctx, c) }()
	for {
		at, err := s.Position(t.Context(), c.Name)
		if err != nil {
			t.Fatal(err)
		}
		if at >= head {
			break
		}
		select {
		case err := <-done:
			t.Fatalf("Consume ended at %d of %d: %v", at, head, err)
		case <-time.After(time.Millisecond):
		}
	}
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Fatalf("Consume: %v", err)
	}
}

func (s *store) seen(t testing.TB) (seqs []int64) {
	t.Helper()
	err := s.db.Read(t.Context(), func(tx *db.Tx) error {
		rows, err := tx.Query("SELECT seq FROM seen WHERE workspace_id > 0 ORDER BY n")
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var seq int64
			if err := rows.Scan(&seq); err != nil {
				return err
			}
			seqs = append(seqs, seq)
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	return seqs
}

// proves I9
func TestAConsumerSeesEveryRowOnceAcrossRestarts(t *testing.T) {
	t.Parallel()
	path := dbtest.Location(t)
	n := 0
	for range 4 {
		s := openStore(t, path, seen)
		var entries []archive.Entry
		for range 700 {
			n++
			entries = append(entries, create(fmt.Sprint("p", n), "ann", "x"))
		}
		s.append(t, entries...)
		s.consume(t, recorder(nil))
		s.close()
	}
	s := openStore(t, path, seen)
	got := s.seen(t)
	if len(got) != n {
		t.Fatalf("%d rows were seen, want %d", len(got), n)
	}
	for i, seq := range got {
		if seq != int64(i+1) {
			t.Fatalf("row %d came as number %d", seq, i+1)
		}
	}
}

// proves I12, F24
func TestAPoisonousRowBecomesADeadLetterAndTheOthersGoOn(t *testing.T) {
	t.Parallel()
	s := newStore(t, seen)
	var entries []archive.Entry
	for i := range 300 {
		entries = append(entries, create(fmt.Sprint("p", i), "ann", "x"))
	}
	s.append(t, entries...)
	tries := 0
	poison := func(r archive.Stored) error {
		switch r.Seq {
		case 123:
			tries++
			panic("poison")
		case 200:
			return errors.New("bitter")
		}
		return nil
	}
	s.consume(t, recorder(poison))
	if got := s.seen(t); len(got) != 298 {
		t.Errorf("%d rows came through, want 298", len(got))
	}
	letters, err := s.DeadLetters(t.Context(), ws, "recorder", 0, 10)
	if err != nil {
		t.Fatal(err)
	}
	if len(letters) != 2 || letters[0].Seq != 123 || letters[1].Seq != 200 || letters[1].Error != "bitter" {
		t.Fatalf("dead letters: %+v", letters)
	}
	if tries < 5 {
		t.Errorf("the row was given up after %d tries", tries)
	}
	if err := s.Replay(t.Context(), ws, recorder(poison), 200); err == nil {
		t.Error("replaying a row that still fails succeeded")
	}
	for _, seq := range []hearth.Seq{123, 200} {
		if err := s.Replay(t.Context(), ws, recorder(nil), seq); err != nil {
			t.Errorf("replaying row %d: %v", seq, err)
		}
		if err := s.Replay(t.Context(), ws, recorder(nil), seq); hearth.ErrorCode(err) != hearth.NotFound {
			t.Errorf("replaying row %d twice: %v", seq, err)
		}
	}
	if got := s.seen(t); len(got) != 300 {
		t.Errorf("%d rows after the replay, want 300", len(got))
	}
}

func TestASecondRunnerOfAConsumerIsRefused(t *testing.T) {
	t.Parallel()
	s := newStore(t, seen)
	s.append(t, create("1", "ann", "x"), create("2", "ann", "x"))
	s.consume(t, recorder(nil))
	moved := recorder(nil)
	ran := make(chan struct{}, 10)
	moved.Apply = func(_ context.Context, tx *db.Tx, rows []archive.Stored) error {
		ran <- struct{}{}
		_, err := tx.Exec("UPDATE consumer_position SET seq = seq - 1 WHERE consumer = 'recorder'") // as if another had been slower
		return err
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- s.Consume(ctx, moved) }()
	s.append(t, create("3", "ann", "x"))
	<-ran // and now the position is off
	s.append(t, create("4", "ann", "x"))
	if err := <-done; hearth.ErrorCode(err) != hearth.Internal {
		t.Errorf("Consume: %v, want it refused", err)
	}
}

// A consumer that keeps up is served from memory, one that starts late from the
// log: both must see the same rows.
func TestRowsFromMemoryAreThoseOfTheLog(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var mu sync.Mutex
	var live []string
	applied := hearth.Seq(0)
	go s.Consume(ctx, archive.Consumer{Name: "live", Apply: func(_ context.Context, _ *db.Tx, rows []archive.Stored) error {
		mu.Lock()
		defer mu.Unlock()
		for _, r := range rows {
			live = append(live, fmt.Sprintf("%+v", r))
			applied = r.Seq
		}
		return nil
	}})
	h := &history{r: rand.New(rand.NewPCG(6, 6)), gen: querytest.New(6)}
	want := map[int]string{}
	for i := range 400 {
		e := h.event()
		results := s.append(t, e)
		// What was stored is compared at once, before a later event erases it.
		if seq := results[0].Seq; results[0].Stored {
			for _, r := range s.rowsFrom(t, seq) {
				want[int(r.Seq)] = fmt.Sprintf("%+v", r)
			}
		}
		if i%50 == 0 {
			s.settle(t)
		}
	}
	s.settle(t)
	head, _ := s.Head(t.Context())
	s.waitFor(t, func() bool { mu.Lock(); defer mu.Unlock(); return applied == head })
	mu.Lock()
	defer mu.Unlock()
	if len(want) < 100 {
		t.Fatalf("only %d rows are compared", len(want))
	}
	for seq, row := range want {
		if live[seq-1] != row {
			t.Errorf("row %d\nlive %s\nlog  %s", seq, live[seq-1], row)
		}
	}
}

func (s *store) rowsFrom(t testing.TB, seq hearth.Seq) (rows []archive.Stored) {
	t.Helper()
	err := s.ReadLog(t.Context(), 0, seq-1, 10, func(r *archive.Stored) error {
		rows = append(rows, *r)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// proves I26
func TestAConsumerAheadOfTheLogIsRefusedAtTheStart(t *testing.T) {
	t.Parallel()
	path := dbtest.Location(t)
	s := openStore(t, path)
	s.append(t, create("1", "ann", "x"))
	err := s.db.Write(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec("INSERT INTO consumer_position (consumer, seq) VALUES ('ahead', 2)")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Archive.Close()
	if _, err := archive.Open(t.Context(), s.db, archive.Options{}); hearth.ErrorCode(err) != hearth.Damaged {
		t.Errorf("Open: %v, want it refused as damaged", err)
	}
}
