package copies_test

import (
	"context"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"hearth"
	"hearth/archive"
	"hearth/copies"
	"hearth/db"
	"hearth/db/dbtest"
)

// child stores, edits and erases posts of a crowd without an end, and folds them, until
// it is killed.
func child(ctx context.Context, dir string, round uint64, ready func()) error {
	store, err := db.Open(ctx, db.At(dir, "archive"), db.Options{Schemas: []db.Schema{archive.Schema(), copies.ArchiveSchema()}})
	if err != nil {
		return err
	}
	a, err := archive.Open(ctx, store, archive.Options{Clock: func() time.Time { return noon }})
	if err != nil {
		return err
	}
	go a.Consume(ctx, copies.Consumer())
	random := rand.New(rand.NewPCG(round, 7))
	for n := 0; ; n++ {
		posts := crowd(random, 20)
		entries := make([]archive.Entry, 0, 2*len(posts))
		for _, p := range posts {
			p.ID = strconv.FormatUint(random.Uint64N(400), 10)
			switch random.IntN(6) {
			case 0:
				entries = append(entries, archive.Entry{Op: archive.Delete, Post: &hearth.Post{Network: p.Network, ID: p.ID}})
			case 1:
				entries = append(entries, archive.Entry{Op: archive.Update, Revision: strconv.FormatUint(random.Uint64(), 36), Post: p})
			default:
				p.ID = strconv.FormatUint(random.Uint64(), 36)
				entries = append(entries, create(p))
			}
		}
		if _, err := a.Append(ctx, here, entries, nil); err != nil {
			return err
		}
		head, err := a.Head(ctx)
		if err != nil {
			return err
		}
		for at := hearth.Seq(0); at+30 < head; { // as fast as they are folded
			if at, err = a.Position(ctx, copies.Consumer().Name); err != nil {
				return err
			}
			time.Sleep(time.Millisecond)
		}
		if n == 5 {
			ready()
		}
	}
}

// proves F1, I9 for copies: after any kill the clusters are those of an undisturbed
// reading of the log, and building them anew gives the same.
func TestKillingTheProcessLeavesTheClustersOfAnUndisturbedRun(t *testing.T) {
	t.Parallel()
	dir := dbtest.Killed(t, 4, 150*time.Millisecond, child)
	h := openIn(t, dir)
	c := copies.New(copies.Options{State: h.state, Store: h.store, Archive: h.archive, Clock: func() time.Time { return h.now }})
	quiet := func(float64) {}
	if err := c.Catch(t.Context(), quiet); err != nil {
		t.Fatal(err)
	}
	undisturbed := func(when string) {
		t.Helper()
		if n, err := c.Verify(t.Context(), quiet); n != 0 || err != nil {
			t.Errorf("%s: %d posts are in another cluster than in an undisturbed run; %v", when, n, err)
		}
	}
	undisturbed("after the kills")
	before := h.clusters()
	if len(before) < 2 {
		t.Errorf("there are %d clusters: the children did not work", len(before))
	}
	if err := c.Rebuild(t.Context(), quiet); err != nil {
		t.Fatal(err)
	}
	if after := h.clusters(); !slices.Equal(after, before) {
		t.Errorf("building anew gives %d clusters, not the %d there were", len(after), len(before))
	}
	undisturbed("built anew")
	err := h.store.Write(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(`UPDATE copy_text SET cluster = id WHERE workspace_id = ?`, here)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if n, err := c.Verify(t.Context(), quiet); n == 0 || err != nil {
		t.Errorf("clusters that were torn apart are not noticed: %d, %v", n, err)
	}
}
