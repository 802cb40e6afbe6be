package archive_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"hearth"
	"hearth/archive"
	"hearth/db"
	"hearth/db/dbtest"
)

func TestALagIsTheRowsThatAreLeftAndTheAgeOfTheFirst(t *testing.T) {
	t.Parallel()
	d, err := db.Open(t.Context(), dbtest.Location(t), db.Options{Schemas: []db.Schema{archive.Schema()}})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)
	a, err := archive.Open(t.Context(), d, archive.Options{Clock: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	s := &store{Archive: a, db: d}
	t.Cleanup(s.close)
	want := func(at hearth.Seq, rows int64, age time.Duration) {
		t.Helper()
		lag, err := s.Lag(t.Context(), at)
		if err != nil || lag.Rows != rows || lag.Age != age {
			t.Errorf("from row %d on: %+v, %v; want %d rows, %v", at, lag, err, rows, age)
		}
	}
	want(0, 0, 0)
	s.append(t, create("a", "ann", "one"), create("b", "ann", "two"))
	now = now.Add(3 * time.Minute)
	s.append(t, create("c", "ann", "three"))
	want(0, 3, 3*time.Minute)
	want(2, 1, 0)
	want(3, 0, 0)
	if _, err := s.Annotate(t.Context(), ws, []archive.Notes{tagging("a", "seen")}, ann, nil, nil); err != nil {
		t.Fatal(err)
	}
	now = now.Add(time.Hour)
	want(2, 2, time.Hour)
	want(3, 1, -1) // when a note came, nobody knows
}

// A consumer beside the way comes to the end, with and without others who write.
func TestAConsumerBesideTheWayTakesAllIn(t *testing.T) {
	t.Parallel()
	s := newStore(t, seen)
	beside := recorder(nil)
	beside.Beside = true
	n := 0
	for range 2 {
		for range 120 {
			n++
			s.append(t, create(fmt.Sprint("p", n), "ann", "x"))
		}
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			for ctx.Err() == nil {
				s.db.Write(ctx, func(*db.Tx) error { return nil })
			}
		}()
		s.consume(t, beside)
		stop()
		<-ended
	}
	if got := s.seen(t); len(got) != n {
		t.Errorf("%d rows were seen, not %d", len(got), n)
	}
}
