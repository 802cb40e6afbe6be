package replay_test

import (
	"context"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"hearth/db"
	"hearth/replay"
)

// packedFast is how many blocks are packed fast, and the bytes of all.
func (s *shelf) packedFast() (blocks int, size int64) {
	s.t.Helper()
	err := s.d.Read(context.Background(), func(tx *db.Tx) error {
		return tx.QueryRow(`SELECT count(*) FILTER (WHERE codec = 1), sum(size) FROM replay_block`).Scan(&blocks, &size)
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return blocks, size
}

// proves that what rushes in costs the flow less, and no more disk in the end.
func TestBlocksThatRushInArePackedSmallLater(t *testing.T) {
	t.Parallel()
	var ticks atomic.Int64 // each look at the clock takes a millisecond
	clock := func() time.Time { return noon.Add(time.Duration(ticks.Add(1)) * time.Millisecond) }
	s := open(t, filepath.Join(t.TempDir(), "replay.db"), replay.Options{Clock: clock})
	s.now = noon

	// One by one, so slowly: a hundred looks at the clock for a block. What is
	// packed meanwhile must not see these looks as its own time.
	for from := 0; from < 2000; from += 10 {
		s.take(here, posts(from, from+10)...)
		s.flush()
	}
	slow, _ := s.packedFast()
	if slow > 1 {
		t.Errorf("%d blocks that filled slowly are packed fast, want at most the one that is not full", slow)
	}

	var sheet replay.Sheet
	for from := 2000; from < 6000; from += 200 { // a block at a time
		for _, e := range posts(from, from+200) {
			sheet.Add(&e, 7, noon)
			sheet.Keys = append(sheet.Keys, keyOf(e.Post.ID))
		}
		if err := s.window.Take(t.Context(), here, &sheet); err != nil {
			t.Fatal(err)
		}
	}
	s.flush()
	blocks, before := s.packedFast()
	if blocks < 10 {
		t.Fatalf("%d blocks that rushed in are packed fast, want nearly all of 20", blocks)
	}
	deadline := time.After(time.Minute)
	for tick := time.NewTicker(20 * time.Millisecond); ; {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("%d blocks are still packed fast", blocks)
		}
		var after int64
		if blocks, after = s.packedFast(); blocks <= 1 {
			if after >= before {
				t.Errorf("packed small the blocks take %d bytes, fast they took %d", after, before)
			}
			break
		}
	}
	seen := map[string]bool{}
	for _, e := range s.all(here) {
		seen[e.Event.Post.ID] = true
	}
	if len(seen) != 6000 {
		t.Errorf("%d of 6,000 posts are there", len(seen))
	}
	st, err := s.window.Status(t.Context(), here)
	if err != nil || st.Damaged > 0 || st.Posts != 6000 {
		t.Errorf("status %+v, %v", st, err)
	}
}
