package jobs_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"hearth/db"
	"hearth/jobs"
)

// effect writes into the store under a lease.
func (h *house) effect(l *jobs.Lease, what string) error {
	return h.store.Write(context.Background(), func(tx *db.Tx) error {
		if _, err := tx.Exec(addEffect, what); err != nil {
			return err
		}
		return l.Hold(tx)
	})
}

// proves I7, F11
func TestALeaseHasOneHolderAndAZombieIsRefused(t *testing.T) {
	t.Parallel()
	h := open(t)
	one, two := h.join("one"), h.join("two")
	first, err := one.Leases(h.store).Take(t.Context(), "source 1")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := two.Leases(h.store).Take(t.Context(), "source 1"); !errors.Is(err, jobs.ErrHeld) {
		t.Fatalf("two hold the same lease: %v", err)
	}
	for m, want := range map[*member]bool{one: false, two: true} {
		if held, err := m.Leases(h.store).Elsewhere(t.Context()); err != nil || held["source 1"] != want {
			t.Errorf("held elsewhere: %v, %v", held, err)
		}
	}
	if err := h.effect(first, "before"); err != nil {
		t.Fatal(err)
	}
	one.freeze() // as SIGSTOP does: it lives on and knows of nothing
	var second *jobs.Lease
	within(t, func() bool {
		second, err = two.Leases(h.store).Take(context.Background(), "source 1")
		return err == nil
	}, "the lease of a silent process is taken over")
	if second.Epoch() <= first.Epoch() {
		t.Errorf("the epoch went from %d to %d", first.Epoch(), second.Epoch())
	}
	if err := h.effect(second, "after"); err != nil {
		t.Error(err)
	}
	if first.Lost() {
		t.Fatal("the zombie knows that it is one: the fault did not fire")
	}
	if err := h.effect(first, "zombie"); !errors.Is(err, jobs.ErrFenced) {
		t.Errorf("the zombie's transaction: %v", err)
	}
	if n := h.effects(h.store, "zombie"); n != 0 {
		t.Errorf("the zombie wrote %d times", n)
	}
	if err := first.Release(t.Context()); err != nil {
		t.Error(err)
	}
	if err := h.effect(second, "still"); err != nil {
		t.Errorf("a zombie's release took the lease away: %v", err)
	}
}

// proves I28, F12
func TestAClockThatJumpsStealsNoLease(t *testing.T) {
	t.Parallel()
	h := open(t)
	w := newWall()
	h.clock = w.clock
	one, two := h.join("one"), h.join("two")
	lease, err := one.Leases(h.store).Take(t.Context(), "house")
	if err != nil {
		t.Fatal(err)
	}
	for _, jump := range []time.Duration{time.Hour, -time.Hour, 366 * 24 * time.Hour, -366 * 24 * time.Hour} {
		w.move(jump)
		for range 8 { // more looks than a silent process has
			receive(t, two.Looked(), "the other process looks")
		}
		if _, err := two.Leases(h.store).Take(t.Context(), "house"); !errors.Is(err, jobs.ErrHeld) {
			t.Fatalf("after a jump of %v the lease can be taken: %v", jump, err)
		}
		if err := h.effect(lease, "ours"); err != nil {
			t.Errorf("after a jump of %v: %v", jump, err)
		}
	}
}

func TestAProcessThatLeavesGivesBackAtOnce(t *testing.T) {
	t.Parallel()
	h := open(t)
	one, two := h.join("one"), h.join("two")
	lease, err := one.Leases(h.store).Take(t.Context(), "house")
	if err != nil {
		t.Fatal(err)
	}
	within, cancel := lease.Within(t.Context())
	defer cancel()
	if err := one.Leave(t.Context()); err != nil {
		t.Fatal(err)
	}
	receive(t, within.Done(), "the work under the lease ends")
	if _, err := two.Leases(h.store).Take(t.Context(), "house"); err != nil {
		t.Error(err)
	}
}

func TestAProcessDeclaredDeadLearnsItAndBeginsAnew(t *testing.T) {
	t.Parallel()
	h := open(t)
	one := h.join("one")
	lease, err := one.Leases(h.store).Take(t.Context(), "house")
	if err != nil {
		t.Fatal(err)
	}
	h.write(h.state, "DELETE FROM process")
	within(t, lease.Lost, "the process learns that it was declared dead")
	within(t, func() bool {
		_, err := one.Leases(h.store).Take(context.Background(), "house")
		return err == nil
	}, "it takes leases again")
	if err := h.effect(lease, "zombie"); !errors.Is(err, jobs.ErrFenced) {
		t.Errorf("the old lease: %v", err)
	}
}

func TestKeepRunsInOneProcessAndMovesOnWhenItDies(t *testing.T) {
	t.Parallel()
	h := open(t)
	one, two := h.join("one"), h.join("two")
	type began struct {
		who   string
		epoch int64
	}
	began_ := make(chan began, 9)
	keep := func(m *member, who string) {
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan error, 1)
		go func() {
			done <- m.Leases(h.store).Keep(ctx, "house", func(ctx context.Context, l *jobs.Lease) error {
				began_ <- began{who, l.Epoch()}
				<-ctx.Done()
				return ctx.Err()
			})
		}()
		t.Cleanup(func() {
			cancel()
			if err := receive(t, done, "Keep ends"); !errors.Is(err, context.Canceled) {
				t.Errorf("Keep of %s ends with %v", who, err)
			}
		})
	}
	keep(one, "one")
	if b := receive(t, began_, "the first begins"); b.who != "one" {
		t.Fatalf("%s began", b.who)
	}
	keep(two, "two")
	select {
	case b := <-began_:
		t.Fatalf("%s began as well", b.who)
	case <-two.Looked():
	}
	h.write(h.state, "DELETE FROM process WHERE name = 'one'")
	if b := receive(t, began_, "the other takes over"); b.epoch != 2 {
		t.Errorf("%s began in epoch %d", b.who, b.epoch)
	}
}

func TestAloneALeaseOfTheLastRunIsFreeAtOnce(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.alone = true
	one := h.join("one")
	old, err := one.Leases(h.store).Take(t.Context(), "source 1")
	if err != nil {
		t.Fatal(err)
	}
	two := h.join("two") // after a kill -9
	fresh, err := two.Leases(h.store).Take(t.Context(), "source 1")
	if err != nil {
		t.Fatal(err)
	}
	if err := h.effect(fresh, "ours"); err != nil {
		t.Error(err)
	}
	if err := h.effect(old, "zombie"); !errors.Is(err, jobs.ErrFenced) {
		t.Errorf("the old lease: %v", err)
	}
}

// proves F11 for jobs
func TestAJobOfASilentProcessIsRunAgainAndItsZombieRefused(t *testing.T) {
	t.Parallel()
	h := open(t)
	one, two := h.join("one"), h.join("two")
	begun, wake := make(chan struct{}), make(chan struct{})
	zombie := make(chan error, 1)
	finish := func(r *jobs.Run, what string) error {
		return h.state.Write(context.Background(), func(tx *db.Tx) error {
			if _, err := tx.Exec(addEffect, what); err != nil {
				return err
			}
			return r.Finish(tx, nil)
		})
	}
	h.work(one, jobs.Handle("pay", func(_ context.Context, r *jobs.Run, _ any) error {
		close(begun)
		<-wake
		err := finish(r, "zombie")
		zombie <- err
		return err
	}))
	id := h.add(one, jobs.Draft{Kind: "pay"})
	receive(t, begun, "the job begins")
	one.freeze()
	h.work(two, jobs.Handle("pay", func(_ context.Context, r *jobs.Run, _ any) error { return finish(r, "paid") }))
	if j := h.becomes(two, id, jobs.Done); j.Attempts != 2 {
		t.Errorf("%+v", j)
	}
	close(wake)
	if err := receive(t, zombie, "the zombie tries to write"); !errors.Is(err, jobs.ErrFenced) {
		t.Errorf("the zombie's transaction: %v", err)
	}
	if z, p := h.effects(h.state, "zombie"), h.effects(h.state, "paid"); z != 0 || p != 1 {
		t.Errorf("the zombie wrote %d times, the other %d times", z, p)
	}
}

func TestAJobThatKillsItsProcessEachTimeIsADeadLetter(t *testing.T) {
	t.Parallel()
	h := open(t)
	one := h.join("one")
	kind := jobs.Handle("bomb", func(context.Context, *jobs.Run, any) error { t.Error("it was run once more"); return nil })
	kind.Attempts = 3
	id := h.add(one, jobs.Draft{Kind: "bomb"})
	h.write(h.state, "UPDATE job SET state = 'running', process_id = 'gone', attempts = 3, fence = 3")
	h.work(one, kind)
	if j := h.becomes(one, id, jobs.Dead); j.Error == "" {
		t.Errorf("%+v", j)
	}
}
