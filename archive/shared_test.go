package archive_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"hearth"
	"hearth/archive"
	"hearth/db"
	"hearth/db/dbtest"
)

// twoProcesses opens two archives on one PostgreSQL database, as two processes
// would.
func twoProcesses(t *testing.T, schemas ...db.Schema) (one, two *store) {
	t.Helper()
	if dbtest.OnPostgreSQL() {
		t.Skip("the first run has it")
	}
	location := db.At(dbtest.Postgres(t).Home(), "archive")
	one, two = openStore(t, location, schemas...), openStore(t, location, schemas...)
	one.SmallSegments(50)
	two.SmallSegments(50)
	return one, two
}

// proves I2, F37a: rows of several processes are numbered without a hole, and
// what one has stored the other finds at once, while segments are written,
// merged and taken over.
func TestTwoProcessesAppendAndSearchAtOnce(t *testing.T) {
	t.Parallel()
	one, two := twoProcesses(t)
	const batches, size = 60, 10
	var wg sync.WaitGroup
	for who, s := range []*store{one, two} {
		wg.Go(func() {
			found := map[hearth.Seq]bool{}
			for b := range batches {
				var entries []archive.Entry
				for i := range size {
					n := b*size + i
					entries = append(entries, create(fmt.Sprintf("%d-%d", who, n), "ann", fmt.Sprintf("apple of %d number %d", who, n)))
				}
				results, err := s.Append(t.Context(), ws, entries, nil)
				if err != nil {
					t.Error(err)
					return
				}
				for _, r := range results {
					if !r.Stored || found[r.Seq] {
						t.Errorf("result %+v", r)
					}
					found[r.Seq] = true
				}
				n, err := s.Count(t.Context(), ws, archive.Search{Query: parse(t, fmt.Sprintf(`"apple of %d"`, who))}, 0)
				if err != nil || n.Total != (b+1)*size {
					t.Errorf("process %d counts %d of its own %d (%v)", who, n.Total, (b+1)*size, err)
					return
				}
			}
		})
	}
	wg.Wait()
	if t.Failed() {
		return
	}
	for who, s := range []*store{one, two} {
		wantGapless(t, s, 2*batches*size)
		for _, other := range []int{0, 1} {
			n, err := s.Count(t.Context(), ws, archive.Search{Query: parse(t, fmt.Sprintf(`"apple of %d"`, other))}, 0)
			if err != nil || n.Total != batches*size {
				t.Errorf("process %d counts %d of the %d posts of process %d (%v)", who, n.Total, batches*size, other, err)
			}
		}
	}
	two.waitFor(t, func() bool { return one.Segments() > 0 && two.Segments() > 0 })
	if r := two.verify(t); !r.OK() {
		t.Errorf("report %+v", r)
	}
}

// What one process edits, erases or hides the other does not show any more, nor
// an older version, whoever keeps the index.
func TestWhatOneProcessTakesAwayTheOtherDoesNotShow(t *testing.T) {
	t.Parallel()
	one, two := twoProcesses(t)
	pair := []*store{one, two}
	const posts = 300
	texts := map[string]string{}
	for i := range posts {
		id := fmt.Sprint("p", i)
		texts[id] = "apple"
		pair[i%2].append(t, create(id, fmt.Sprint("a", i%7), "apple "+id))
	}
	for i := range posts {
		id, s, author := fmt.Sprint("p", i), pair[(i/2)%2], fmt.Sprint("a", i%7)
		switch i % 3 {
		case 0:
			texts[id] = "pear"
			s.append(t, event(archive.Update, id, author, "pear "+id, fmt.Sprint("v", i)))
		case 1:
			delete(texts, id)
			s.append(t, event(archive.Delete, id, author, "", ""))
		}
		if i%10 != 0 {
			continue
		}
		want := map[string]int{}
		for _, text := range texts {
			want[text]++
		}
		for k, look := range pair {
			for _, word := range []string{"apple", "pear"} {
				page, err := look.Search(t.Context(), ws, archive.Search{Query: parse(t, word), Limit: 1000})
				if err != nil || len(page.Posts) != want[word] {
					t.Fatalf("after event %d process %d finds %d posts with %s, want %d (%v)", i, k, len(page.Posts), word, want[word], err)
				}
			}
		}
	}
	one.append(t, event(archive.HideAuthor, "", "a0", "", ""))
	if err := one.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	for k, s := range pair {
		page, err := s.Search(t.Context(), ws, archive.Search{Query: parse(t, "author-id:a0"), Limit: 1000})
		if err != nil || len(page.Posts) != 0 {
			t.Errorf("process %d finds %d posts of a hidden author (%v)", k, len(page.Posts), err)
		}
		if r := s.verify(t); !r.OK() {
			t.Errorf("process %d: %+v", k, r)
		}
	}
	two.append(t, create("late", "a0", "apple late"))
	if n, err := one.Count(t.Context(), ws, archive.Search{Query: parse(t, "late")}, 0); err != nil || n.Total != 0 {
		t.Errorf("a late post of a hidden author is shown (%d, %v)", n.Total, err)
	}
}

// The other process takes the index over when its keeper ends.
func TestTheIndexIsTakenOverWhenItsKeeperEnds(t *testing.T) {
	t.Parallel()
	one, two := twoProcesses(t)
	for i := range 120 {
		one.append(t, create(fmt.Sprint("a", i), "ann", "apple"))
	}
	two.waitFor(t, func() bool { return two.Segments() > 0 })
	one.close()
	before := two.Segments()
	for i := range 200 {
		two.append(t, create(fmt.Sprint("b", i), "ann", "apple"))
	}
	two.waitFor(t, func() bool { return two.Segments() > before })
	if n, err := two.Count(t.Context(), ws, archive.Search{Query: parse(t, "apple")}, 0); err != nil || n.Total != 320 {
		t.Errorf("%d posts, %v", n.Total, err)
	}
	if err := two.Purge(t.Context()); err != nil {
		t.Errorf("purging: %v", err)
	}
	if r := two.verify(t); !r.OK() {
		t.Errorf("report %+v", r)
	}
}

// proves I9: two processes under one name feed each row to one of them.
func TestTwoProcessesConsumeEachRowOnce(t *testing.T) {
	t.Parallel()
	one, two := twoProcesses(t, seen)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var wg sync.WaitGroup
	for _, s := range []*store{one, two} {
		wg.Go(func() {
			if err := s.Consume(ctx, recorder(nil)); !errors.Is(err, context.Canceled) {
				t.Errorf("Consume: %v", err)
			}
		})
	}
	const posts = 400
	for i := range posts {
		[]*store{one, two}[i%2].append(t, create(fmt.Sprint("p", i), "ann", "apple"))
	}
	one.waitFor(t, func() bool {
		at, err := one.Position(t.Context(), "recorder")
		return err == nil && at == posts
	})
	cancel()
	wg.Wait()
	got := one.seen(t)
	want := make([]int64, posts)
	for i := range want {
		want[i] = int64(i) + 1
	}
	if !slices.Equal(got, want) {
		t.Errorf("%d rows were seen, want each of %d once and in order", len(got), posts)
	}
}

// A row that another process has appended wakes those who wait here.
func TestARowOfAnotherProcessWakesTheWaiting(t *testing.T) {
	t.Parallel()
	one, two := twoProcesses(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	woken := make(chan error, 1)
	go func() { woken <- two.Wait(ctx, 0) }()
	one.append(t, create("1", "ann", "apple"))
	if err := <-woken; err != nil {
		t.Error(err)
	}
}

// Whoever is to purge, it is done by the process that keeps the index, or, if
// that one ends meanwhile, by the one that takes over.
func TestAPurgeIsDoneByWhoeverKeepsTheIndex(t *testing.T) {
	t.Parallel()
	one, two := twoProcesses(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	fill := func(s *store, prefix string) {
		before := two.Segments()
		for i := range 120 {
			s.append(t, create(fmt.Sprint(prefix, i), "ann", "apple"))
		}
		two.waitFor(t, func() bool { return two.Segments() > before })
		for i := range 5 { // too few for a segment to be written anew by itself
			s.append(t, event(archive.Delete, fmt.Sprint(prefix, i), "ann", "", ""))
		}
	}
	words := func() (gone int) {
		err := two.db.Read(t.Context(), func(tx *db.Tx) error {
			return tx.QueryRow("SELECT count(*) FROM index_gone WHERE seq <= (SELECT position FROM index_state WHERE id = 1)").Scan(&gone) // in segments
		})
		if err != nil {
			t.Fatal(err)
		}
		return gone
	}
	fill(one, "a")
	if words() == 0 {
		t.Fatal("nothing is to be purged: the test is blind")
	}
	for _, s := range []*store{one, two} {
		if err := s.PurgeErased(ctx); err != nil {
			t.Fatal(err)
		}
	}
	if n := words(); n != 0 {
		t.Errorf("%d erased versions are in the index after a purge", n)
	}
	fill(two, "b")
	done := make(chan error, 1)
	go func() { done <- two.Purge(ctx) }()
	one.close()
	if err := <-done; err != nil {
		t.Errorf("purging while the keeper ended: %v", err)
	}
	if n := words(); n != 0 {
		t.Errorf("%d erased versions are in the index after a purge that was taken over", n)
	}
	if r := two.verify(t); !r.OK() {
		t.Errorf("report %+v", r)
	}
}
