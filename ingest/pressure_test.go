package ingest_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"hearth"
	"hearth/db"
	"hearth/db/dbtest"
	"hearth/ingest"
	"hearth/match"
	"hearth/network"
	"hearth/query"
)

// proves I36, F23: a full queue stops its reader instead of growing.
func TestASlowDiskStopsTheReader(t *testing.T) {
	t.Parallel()
	h := open(t, dbtest.Home(t))
	h.listen("pie")
	held, release := make(chan struct{}), make(chan struct{})
	go h.store.Write(t.Context(), func(*db.Tx) error { // the one writer is busy
		close(held)
		<-release
		return nil
	})
	<-held
	f, err := ingest.NewFlow(t.Context(), h.flowOptions())
	if err != nil {
		t.Fatal(err)
	}
	const batches = 200
	var taken atomic.Int64
	ended := make(chan error, 1)
	go func() {
		for i := range batches {
			if err := f.Take(t.Context(), batch(fmt.Sprint(i), create(fmt.Sprint("p", i), "pie"))); err != nil {
				ended <- err
				return
			}
			taken.Add(1)
		}
		ended <- nil
	}()
	var stuck int64
	within(t, 10*time.Second, "the reader waits", func() bool {
		last := stuck
		stuck = taken.Load()
		return stuck > 0 && stuck == last
	})
	if stuck > 20 {
		t.Errorf("%d batches were taken while nothing could be written", stuck)
	}
	if p := f.Progress(); p.Cursor != "" {
		t.Errorf("progress claims %q", p.Cursor)
	}
	close(release)
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if rows := h.rows(); len(rows) != batches || f.Progress().Cursor != network.Cursor(fmt.Sprint(batches-1)) {
		t.Errorf("%d rows at cursor %q", len(rows), f.Progress().Cursor)
	}
}

// A batch that was given up while the queue was full is read again: nothing
// behind it may be taken.
func TestAReaderThatGivesUpLosesNothing(t *testing.T) {
	t.Parallel()
	h := open(t, dbtest.Home(t))
	h.listen("pie")
	held, release := make(chan struct{}), make(chan struct{})
	go h.store.Write(t.Context(), func(*db.Tx) error {
		close(held)
		<-release
		return nil
	})
	<-held
	f, err := ingest.NewFlow(t.Context(), h.flowOptions())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(300*time.Millisecond, cancel)
	taken := 0
	for err == nil {
		if err = f.Take(ctx, batch(fmt.Sprint(taken), create(fmt.Sprint("p", taken), "pie"))); err == nil {
			taken++
		}
	}
	close(release)
	if f.Take(t.Context(), batch("beyond", create("beyond", "pie"))) == nil {
		t.Error("a batch behind the lost one was taken")
	}
	f.Close()
	if rows := h.rows(); len(rows) > taken || f.Progress().Cursor != network.Cursor(fmt.Sprint(len(rows)-1)) {
		t.Errorf("%d rows of %d batches taken, cursor %q", len(rows), taken, f.Progress().Cursor)
	}
}

func TestAPostThatNobodyWantsCostsNoMemory(t *testing.T) {
	h := open(t, dbtest.Home(t))
	h.listen("pie")
	h.crew = ingest.NewCrew(1)
	f, err := ingest.NewFlow(t.Context(), h.flowOptions())
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b := batch("c", numbered(1, 1023, 1<<20)...)
	allocations := testing.AllocsPerRun(50, func() {
		if err := f.Take(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	})
	if allocations > 60 { // of the batch, and of what its cursor's commit costs now and then
		t.Errorf("%.0f allocations for a batch of %d posts", allocations, len(b.Events))
	}
}

func TestMonitorsComeAndGoWhilePostsFlow(t *testing.T) {
	t.Parallel()
	h := open(t, dbtest.Home(t))
	standing := make([]match.Standing, 10_000)
	for i := range standing {
		q, problems := query.Parse(fmt.Sprintf(`"brand%d" OR "name%d shop" AND NOT jobs`, i, i))
		if q == nil {
			q, problems = query.Parse(fmt.Sprintf(`("brand%d" OR "name%d shop") AND NOT jobs`, i, i))
		}
		if q == nil {
			t.Fatal(problems)
		}
		standing[i] = match.Standing{ID: hearth.MonitorID(i + 1), Query: q}
	}
	h.live.Replace(standing)
	pie, _ := query.Parse("pie")
	f, err := ingest.NewFlow(t.Context(), h.flowOptions())
	if err != nil {
		t.Fatal(err)
	}
	const changes = 3_000
	stop := make(chan struct{})
	go func() {
		defer close(stop)
		for i := range changes {
			id := hearth.MonitorID(20_000 + i)
			h.live.Put(id, pie)
			if i < changes-1 {
				h.live.Remove(id)
			}
		}
	}()
	batches := 0
	for changing := true; changing; batches++ {
		select {
		case <-stop:
			changing = false
		default:
		}
		if err := f.Take(t.Context(), batch("c", numbered(batches*64+1, 64, 1<<20)...)); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Take(t.Context(), batch("end", create("a", "pie"))); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if rows := h.rows(); len(rows) != 1 || rows[0].Monitors[0] != 20_000+changes-1 {
		t.Errorf("rows %+v", rows)
	}
	if batches < 100 { // they take about as long as the changes
		t.Errorf("only %d batches flowed during %d changes", batches, changes)
	}
}
