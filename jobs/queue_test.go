package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hearth"
	"hearth/access"
	"hearth/db"
	"hearth/jobs"
)

type greeting struct{ Name string }

func TestAJobRunsOnceWithItsArgumentsAndKeepsItsResult(t *testing.T) {
	t.Parallel()
	h := open(t)
	m := h.join("one")
	id := h.add(m, jobs.Draft{Kind: "greet", Args: greeting{"Ann"}})
	if j := h.job(m, id); j.State != jobs.Waiting || string(j.Args) != `{"Name":"Ann"}` || j.Attempts != 0 {
		t.Fatalf("enqueued: %+v", j)
	}
	h.work(m, jobs.Handle("greet", func(ctx context.Context, r *jobs.Run, g greeting) error {
		if err := r.Progress(ctx, 1, 2, "half-way"); err != nil {
			return err
		}
		r.Progress(ctx, 2, 2, "there")
		return h.state.Write(ctx, func(tx *db.Tx) error {
			if _, err := tx.Exec(addEffect, "hello "+g.Name); err != nil {
				return err
			}
			return r.Finish(tx, g)
		})
	}))
	j := h.becomes(m, id, jobs.Done)
	if j.Attempts != 1 || j.Progress != (jobs.Progress{Done: 2, Total: 2, Note: "there"}) || string(j.Result) != `{"Name":"Ann"}` ||
		j.Error != "" || j.Begun.IsZero() || j.Ended.IsZero() {
		t.Errorf("done: %+v", j)
	}
	if n := h.effects(h.state, "hello Ann"); n != 1 {
		t.Errorf("it was done %d times", n)
	}
}

func TestAJobIsThereExactlyIfItsTransactionCommits(t *testing.T) {
	t.Parallel()
	h := open(t)
	m := h.join("one")
	no := errors.New("no")
	err := h.state.Write(t.Context(), func(tx *db.Tx) error {
		if _, _, err := m.queue.Enqueue(tx, here, jobs.Draft{Kind: "greet"}); err != nil {
			t.Error(err)
		}
		return no
	})
	if !errors.Is(err, no) {
		t.Fatal(err)
	}
	if page, err := m.queue.List(t.Context(), owner, jobs.Search{}); err != nil || len(page.Jobs) != 0 {
		t.Errorf("%v, %v", page, err)
	}
}

func TestAKeyMakesEnqueueingIdempotent(t *testing.T) {
	t.Parallel()
	h := open(t)
	m := h.join("one")
	kept := h.add(m, jobs.Draft{Kind: "greet", Key: "a"})
	passing := h.add(m, jobs.Draft{Kind: "greet", Key: "b", KeyUntilDone: true})
	same := func(want bool, key string, id jobs.ID) {
		t.Helper()
		got, fresh, err := m.queue.Add(t.Context(), here, jobs.Draft{Kind: "greet", Key: key})
		if err != nil || (got == id) != want || fresh == want {
			t.Errorf("enqueued with key %s: job %d, fresh %v, %v; the first was %d", key, got, fresh, err, id)
		}
	}
	same(true, "a", kept)
	same(true, "b", passing)
	if id := h.add(m, jobs.Draft{Kind: "wave", Key: "a"}); id == kept {
		t.Error("another kind's key is the same")
	}
	h.work(m, jobs.Handle("greet", func(context.Context, *jobs.Run, any) error { return nil }))
	h.becomes(m, kept, jobs.Done)
	h.becomes(m, passing, jobs.Done)
	same(true, "a", kept)
	same(false, "b", passing)
}

func TestAFailingJobIsTriedAgainAndThenADeadLetterThatCanBeRetried(t *testing.T) {
	t.Parallel()
	h := open(t)
	m := h.join("one")
	var calls atomic.Int32
	var works atomic.Bool
	kind := jobs.Handle("flaky", func(context.Context, *jobs.Run, any) error {
		calls.Add(1)
		if works.Load() {
			return nil
		}
		if calls.Load() == 1 {
			panic("oh dear")
		}
		return errors.New("not yet")
	})
	kind.Attempts = 2
	id := h.add(m, jobs.Draft{Kind: "flaky"})
	h.work(m, kind)
	j := h.becomes(m, id, jobs.Dead)
	if calls.Load() != 2 || j.Attempts != 2 || j.Error != "not yet" {
		t.Errorf("after %d calls: %+v", calls.Load(), j)
	}
	page, err := m.queue.List(t.Context(), owner, jobs.Search{State: jobs.Dead})
	if err != nil || len(page.Jobs) != 1 || page.Jobs[0].ID != id || page.Counts[jobs.Dead] != 1 {
		t.Errorf("the dead letters: %+v, %v", page, err)
	}
	works.Store(true)
	if j, err = m.queue.Retry(t.Context(), owner, id); err != nil || j.Attempts != 0 {
		t.Errorf("%+v, %v", j, err)
	}
	if j = h.becomes(m, id, jobs.Done); calls.Load() != 3 {
		t.Errorf("after %d calls: %+v", calls.Load(), j)
	}
	if _, err := m.queue.Retry(t.Context(), owner, id); hearth.ErrorCode(err) != hearth.Conflict {
		t.Errorf("a done job can be retried: %v", err)
	}
	if err := m.queue.Drop(t.Context(), owner, id); err != nil {
		t.Error(err)
	}
	if _, err := m.queue.Get(t.Context(), owner, id); hearth.ErrorCode(err) != hearth.NotFound {
		t.Errorf("a dropped job is there: %v", err)
	}
}

func TestWhatCannotGetBetterIsADeadLetterAtOnce(t *testing.T) {
	t.Parallel()
	h := open(t)
	m := h.join("one")
	h.work(m, jobs.Handle("strict", func(context.Context, *jobs.Run, greeting) error {
		return hearth.Errorf(hearth.Invalid, "This cannot be done.")
	}))
	for _, args := range []any{greeting{}, map[string]int{"Name": 7}, map[string]string{"Nome": "Ann"}} {
		id := h.add(m, jobs.Draft{Kind: "strict", Args: args})
		if j := h.becomes(m, id, jobs.Dead); j.Attempts != 1 || j.Error == "" {
			t.Errorf("%+v", j)
		}
	}
}

func TestAJobCanBeCancelledWhileItWaitsAndWhileItRuns(t *testing.T) {
	t.Parallel()
	h := open(t)
	m, other := h.join("one"), h.join("two")
	begun := make(chan jobs.ID, 9)
	h.work(m, jobs.Handle("long", func(ctx context.Context, r *jobs.Run, _ any) error {
		begun <- r.Job().ID
		<-ctx.Done()
		return ctx.Err()
	}))
	for name, by := range map[string]*member{"here": m, "elsewhere": other} {
		id := h.add(m, jobs.Draft{Kind: "long"})
		receive(t, begun, "the job begins")
		if _, err := by.queue.Cancel(t.Context(), owner, id); err != nil {
			t.Fatal(err)
		}
		if j := h.becomes(m, id, jobs.Cancelled); j.Ended.IsZero() {
			t.Errorf("cancelled %s: %+v", name, j)
		}
		if _, err := m.queue.Cancel(t.Context(), owner, id); hearth.ErrorCode(err) != hearth.Conflict {
			t.Errorf("a cancelled job can be cancelled: %v", err)
		}
	}
	waiting := h.add(m, jobs.Draft{Kind: "long", At: h.clock().Add(time.Hour)})
	if j, err := m.queue.Cancel(t.Context(), owner, waiting); err != nil || j.State != jobs.Cancelled {
		t.Errorf("%+v, %v", j, err)
	}
}

func TestJobsOfASeriesRunOneAtATimeAndImportantOnesFirst(t *testing.T) {
	t.Parallel()
	h := open(t)
	m := h.join("one")
	var mu sync.Mutex
	var order []string
	now, most := 0, 0
	kind := jobs.Handle("step", func(_ context.Context, _ *jobs.Run, name string) error {
		mu.Lock()
		now++
		most = max(most, now)
		order = append(order, name)
		mu.Unlock()
		defer func() { mu.Lock(); now--; mu.Unlock() }()
		return nil
	})
	var ids []jobs.ID
	for i, p := range []int{jobs.Normal, jobs.Low, jobs.High, jobs.Normal} {
		ids = append(ids, h.add(m, jobs.Draft{Kind: "step", Args: fmt.Sprint(i), Serial: "steps", Priority: p}))
	}
	h.work(m, kind)
	for _, id := range ids {
		h.becomes(m, id, jobs.Done)
	}
	mu.Lock()
	defer mu.Unlock()
	if got := strings.Join(order, " "); got != "2 0 3 1" || most != 1 {
		t.Errorf("the order was %s, %d at once", got, most)
	}
}

func TestAKindRunsNoMoreAtOnceThanItSays(t *testing.T) {
	t.Parallel()
	h := open(t)
	m := h.join("one")
	begun, leave := make(chan string, 9), make(chan struct{})
	wait := func(_ context.Context, r *jobs.Run, _ any) error {
		begun <- r.Job().Kind
		<-leave
		return nil
	}
	slow := jobs.Handle("slow", wait)
	slow.AtOnce = 1
	h.add(m, jobs.Draft{Kind: "slow", Priority: jobs.High})
	h.add(m, jobs.Draft{Kind: "slow", Priority: jobs.High})
	h.add(m, jobs.Draft{Kind: "quick"})
	h.work(m, slow, jobs.Handle("quick", wait))
	got := []string{receive(t, begun, "a first"), receive(t, begun, "a second")}
	if got[0] == got[1] {
		t.Errorf("begun: %v", got)
	}
	close(leave)
	if kind := receive(t, begun, "the third"); kind != "slow" {
		t.Errorf("then %s", kind)
	}
}

func TestAStoppingProcessPutsItsJobsBackUncounted(t *testing.T) {
	t.Parallel()
	h := open(t)
	m := h.join("one")
	begun := make(chan struct{}, 9)
	kind := jobs.Handle("long", func(ctx context.Context, _ *jobs.Run, _ any) error {
		begun <- struct{}{}
		<-ctx.Done()
		return ctx.Err()
	})
	kind.Attempts = 1
	id := h.add(m, jobs.Draft{Kind: "long"})
	stop := h.work(m, kind)
	receive(t, begun, "the job begins")
	stop()
	if j := h.job(m, id); j.State != jobs.Waiting || j.Attempts != 0 {
		t.Errorf("%+v", j)
	}
}

func TestAJobThatTakesTooLongIsEnded(t *testing.T) {
	t.Parallel()
	h := open(t)
	m := h.join("one")
	kind := jobs.Handle("long", func(ctx context.Context, _ *jobs.Run, _ any) error { <-ctx.Done(); return ctx.Err() })
	kind.Attempts, kind.Timeout = 1, 10*time.Millisecond
	h.work(m, kind)
	if j := h.becomes(m, h.add(m, jobs.Draft{Kind: "long"}), jobs.Dead); !strings.Contains(j.Error, "longer than 10ms") {
		t.Errorf("%+v", j)
	}
}

// A clock that was put back must not hold up retries.
//
// proves I28, F12
func TestARetryDoesNotWaitForAClockThatWasPutBack(t *testing.T) {
	t.Parallel()
	h := open(t)
	w := newWall()
	h.clock = w.clock
	m := h.join("one")
	var calls atomic.Int32
	kind := jobs.Handle("flaky", func(context.Context, *jobs.Run, any) error {
		if calls.Add(1) == 1 {
			w.move(-24 * time.Hour)
			return errors.New("not yet")
		}
		return nil
	})
	id := h.add(m, jobs.Draft{Kind: "flaky"})
	w.move(365 * 24 * time.Hour)
	h.work(m, kind)
	within(t, func() bool {
		if calls.Load() == 0 { // a process that was taken for dead begins again when its wait is over
			w.move(10 * time.Millisecond)
		}
		return calls.Load() == 1 && h.job(m, id).State == jobs.Waiting
	}, "the job failed")
	w.move(-365 * 24 * time.Hour)
	h.becomes(m, id, jobs.Done)
}

// What was to be done at once does not wait for a clock that was put back either.
//
// proves F12
func TestWhatIsToBeDoneAtOnceDoesNotWaitForAClockThatWasPutBack(t *testing.T) {
	t.Parallel()
	h := open(t)
	w := newWall()
	h.clock = w.clock
	m := h.join("one")
	w.move(365 * 24 * time.Hour)
	id := h.add(m, jobs.Draft{Kind: "greet"})
	later := h.add(m, jobs.Draft{Kind: "greet", At: w.clock().Add(time.Hour)})
	w.move(-365 * 24 * time.Hour)
	h.work(m, jobs.Handle("greet", func(context.Context, *jobs.Run, any) error { return nil }))
	h.becomes(m, id, jobs.Done)
	if j := h.job(m, later); j.State != jobs.Waiting {
		t.Errorf("what was for later is %s", j.State)
	}
}

func TestWorkspacesSeeTheirOwnJobsOnlyAndPermissionsAreAsked(t *testing.T) {
	t.Parallel()
	h := open(t)
	m := h.join("one")
	id := h.add(m, jobs.Draft{Kind: "greet"})
	stranger := access.LocalOwner(2)
	if page, err := m.queue.List(t.Context(), stranger, jobs.Search{}); err != nil || len(page.Jobs) != 0 || len(page.Counts) != 0 {
		t.Errorf("a stranger sees %+v, %v", page, err)
	}
	if _, err := m.queue.Cancel(t.Context(), stranger, id); hearth.ErrorCode(err) != hearth.NotFound {
		t.Errorf("a stranger cancels: %v", err)
	}
	reader := access.Limited(here, 7, access.ReadOperations)
	if _, err := m.queue.Get(t.Context(), reader, id); err != nil {
		t.Error(err)
	}
	if _, err := m.queue.Cancel(t.Context(), reader, id); hearth.ErrorCode(err) != hearth.Denied {
		t.Errorf("a reader cancels: %v", err)
	}
}

func TestJobsArePagedFromTheNewestOn(t *testing.T) {
	t.Parallel()
	h := open(t)
	m := h.join("one")
	for range 5 {
		h.add(m, jobs.Draft{Kind: "greet"})
	}
	var got []jobs.ID
	for before := jobs.ID(0); ; {
		page, err := m.queue.List(t.Context(), owner, jobs.Search{Before: before, Limit: 2, Kind: "greet", State: jobs.Waiting})
		if err != nil {
			t.Fatal(err)
		}
		for _, j := range page.Jobs {
			got = append(got, j.ID)
		}
		if before = page.Next; before == 0 {
			break
		}
	}
	if fmt.Sprint(got) != "[5 4 3 2 1]" {
		t.Errorf("%v", got)
	}
}

func TestWhatIsTooLargeIsRefused(t *testing.T) {
	t.Parallel()
	h := open(t)
	m := h.join("one")
	for _, d := range []jobs.Draft{
		{}, {Kind: strings.Repeat("k", 201)}, {Kind: "k", Key: strings.Repeat("k", 201)}, {Kind: "k", Args: strings.Repeat("a", 64<<10)},
	} {
		if _, _, err := m.queue.Add(t.Context(), here, d); hearth.ErrorCode(err) != hearth.Invalid {
			t.Errorf("%.20s…: %v", d.Kind, err)
		}
	}
}
