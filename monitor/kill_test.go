package monitor_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"hearth"
	"hearth/access"
	"hearth/archive"
	"hearth/db"
	"hearth/db/dbtest"
	"hearth/ingest"
	"hearth/match"
	"hearth/monitor"
	"hearth/network"
)

// child lets a toy network report every kind of event without an end, with
// monitors being made, changed and removed meanwhile.
func child(ctx context.Context, dir string, round uint64, ready func()) error {
	state, err := db.Open(ctx, db.At(dir, "hearth"), db.Options{Schemas: []db.Schema{access.StateSchema(), ingest.StateSchema(), monitor.StateSchema()}})
	if err != nil {
		return err
	}
	store, err := db.Open(ctx, db.At(dir, "archive"), db.Options{Schemas: []db.Schema{archive.Schema(), ingest.ArchiveSchema(), monitor.ArchiveSchema()}})
	if err != nil {
		return err
	}
	a, err := archive.Open(ctx, store, archive.Options{Clock: hearth.SystemClock})
	if err != nil {
		return err
	}
	log := slog.New(slog.DiscardHandler)
	monitors, err := monitor.New(ctx, monitor.Options{State: state, Archive: a, Store: store, Clock: hearth.SystemClock, Log: log})
	if err != nil {
		return err
	}
	sources := ingest.NewSources(ingest.Options{
		State: state, Archive: a, Store: store, Clock: hearth.SystemClock, Log: log, Networks: []network.Network{toy()},
		Queries: func(ws hearth.WorkspaceID) *match.Set { return monitors.Queries(ws) },
	})
	sources.Add(ctx, owner, ingest.Draft{Network: "toy", KeepEverything: true}) // there already after the first round
	head, err := a.Head(ctx)
	if err != nil {
		return err
	}
	go func() { // however busy the machine, something is on the disk before the kill
		if a.Wait(ctx, head+200) == nil {
			ready()
		}
	}()
	go monitors.Run(ctx)
	go func() {
		tick := time.NewTicker(40 * time.Millisecond)
		defer tick.Stop()
		for i := 0; ; i++ {
			name := fmt.Sprintf("m%d.%d", round, i)
			mon, err := monitors.Create(ctx, owner, monitor.Draft{Name: name, Query: fmt.Sprintf(`"word%d word%d"`, i%7, round%7)})
			if err == nil && i%3 == 1 {
				monitors.Remove(ctx, owner, mon.ID)
			}
			<-tick.C
		}
	}()
	return sources.Run(ctx)
}

// toy is a network whose n-th event follows from n, with n as the cursor.
func toy() network.Network {
	return network.Network{Name: "toy", Title: "Toy", Stream: func(ctx context.Context, _ *network.Session, from network.Cursor, emit func(*network.Batch) error) error {
		n, _ := strconv.Atoi(string(from))
		var b network.Batch
		for ctx.Err() == nil {
			b.Reset()
			for range 50 {
				happens(n, b.Add())
				n++
			}
			b.Cursor, b.Frames = network.Cursor(strconv.Itoa(n)), len(b.Events)
			if err := emit(&b); err != nil {
				return err
			}
		}
		return ctx.Err()
	}}
}

func happens(n int, e *network.Event) {
	dice := rand.New(rand.NewPCG(7, uint64(n)))
	who := fmt.Sprintf("a%d", dice.IntN(20))
	which := n - dice.IntN(min(n+1, 200)) // the same post again, more often than not
	e.Post = hearth.Post{
		Network: "toy", ID: fmt.Sprintf("%s-%d", who, which/20), Author: hearth.Author{ID: who},
		Text: fmt.Sprintf("word%d word%d", dice.IntN(7), dice.IntN(7)), Published: noon.Add(time.Duration(n%300) * time.Minute),
	}
	e.At, e.Revision = noon.Add(time.Duration(n)*time.Millisecond), strconv.Itoa(n)
	switch roll := dice.IntN(100); {
	case roll < 70:
		e.Op = network.Create
	case roll < 85:
		e.Op = network.Update
	case roll < 95:
		e.Op = network.Delete
	case roll < 97:
		e.Op = network.HideAuthor
	default:
		e.Op = network.ShowAuthor
	}
}

// proves F1, I9, I41: after any kill the numbers equal a recount, and building
// them anew gives the same.
func TestKillingTheProcessLeavesNumbersThatEqualARecount(t *testing.T) {
	t.Parallel()
	dir := dbtest.Killed(t, 4, 400*time.Millisecond, child)
	h := openIn(t, dir)
	h.run()
	if err := h.archive.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.settle()
	h.recounted()
	if n := h.total(0); n < 100 {
		t.Errorf("only %d posts: the children did not work", n)
	}
	before := h.dump()
	if err := h.monitors.Rebuild(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.settle()
	if after := h.dump(); after != before {
		t.Errorf("a rebuild gives other tables:\n%s", firstDifference(before, after))
	}
}
