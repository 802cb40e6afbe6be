package jobs_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"hearth"
	"hearth/access"
	"hearth/jobs"
)

// checkCopy takes {"to":"…"} alone.
func checkCopy(args json.RawMessage) error {
	var a struct{ To string }
	if err := json.Unmarshal(args, &a); err != nil || a.To == "" {
		return hearth.Errorf(hearth.Invalid, "A copy needs a place.")
	}
	return nil
}

func TestAPersonMakesChangesAndRemovesASchedule(t *testing.T) {
	t.Parallel()
	h := open(t)
	m := h.join("one")
	ctx := t.Context()
	draft := jobs.ScheduleDraft{Name: "nightly", When: "daily 03:00", Zone: "Europe/Berlin", Kind: "copy", Args: json.RawMessage(`{"to":"/a"}`)}
	s, err := m.queue.PutSchedule(ctx, owner, draft)
	if err != nil || s.When.String() != "daily 03:00" || s.Zone != "Europe/Berlin" || s.Next.IsZero() {
		t.Fatalf("%+v, %v", s, err)
	}
	draft.When, draft.Args = "weekly mon 04:00", json.RawMessage(`{"to":"/b"}`)
	if s, err = m.queue.PutSchedule(ctx, owner, draft); err != nil || s.When.String() != "weekly mon 04:00" || string(s.Args) != `{"to":"/b"}` {
		t.Errorf("changed: %+v, %v", s, err)
	}
	if err := m.queue.RemoveSchedule(ctx, owner, "nightly"); err != nil {
		t.Error(err)
	}
	if err := m.queue.RemoveSchedule(ctx, owner, "nightly"); hearth.ErrorCode(err) != hearth.NotFound {
		t.Errorf("removing it again: %v", err)
	}
}

func TestWhatIsHearthsOwnOrNotOfferedIsRefused(t *testing.T) {
	t.Parallel()
	h := open(t)
	m := h.join("one")
	ctx := t.Context()
	h.put(m, jobs.ScheduleDraft{Name: "own", When: "every 1h", Kind: "purge"})
	good := jobs.ScheduleDraft{Name: "x", When: "daily 03:00", Kind: "copy", Args: json.RawMessage(`{"to":"/a"}`)}
	for _, c := range []struct {
		name   string
		change func(*jobs.ScheduleDraft)
		code   hearth.Code
		says   string
	}{
		{"another kind", func(d *jobs.ScheduleDraft) { d.Kind = "purge" }, hearth.Invalid, "cannot be put on a schedule"},
		{"Hearth's own", func(d *jobs.ScheduleDraft) { d.Name = "own" }, hearth.Conflict, "Hearth's own"},
		{"bad arguments", func(d *jobs.ScheduleDraft) { d.Args = json.RawMessage(`{}`) }, hearth.Invalid, "needs a place"},
		{"no JSON", func(d *jobs.ScheduleDraft) { d.Args = json.RawMessage(`{`) }, hearth.Invalid, "no JSON"},
		{"a bad time", func(d *jobs.ScheduleDraft) { d.When = "daily 25:00" }, hearth.Invalid, ""},
		{"a bad zone", func(d *jobs.ScheduleDraft) { d.Zone = "Europe/Atlantis" }, hearth.Invalid, "no time zone"},
	} {
		d := good
		c.change(&d)
		if _, err := m.queue.PutSchedule(ctx, owner, d); hearth.ErrorCode(err) != c.code || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if err := m.queue.RemoveSchedule(ctx, owner, "own"); hearth.ErrorCode(err) != hearth.Conflict {
		t.Errorf("removing Hearth's own: %v", err)
	}
	nobody := access.Actor{Workspace: here}
	if _, err := m.queue.PutSchedule(ctx, nobody, good); hearth.ErrorCode(err) != hearth.Denied {
		t.Errorf("without permission: %v", err)
	}
	if err := m.queue.RemoveSchedule(ctx, nobody, "own"); hearth.ErrorCode(err) != hearth.Denied {
		t.Errorf("without permission: %v", err)
	}
	if n := h.fired(m, "own"); n != 0 {
		t.Errorf("%d jobs", n)
	}
}

// A schedule whose jobs fail is late after two of its intervals, however many
// jobs it has begun, and no longer once one was done.
func TestAScheduleThatDoesNoGoodIsOverdue(t *testing.T) {
	t.Parallel()
	h := open(t)
	w := newWall()
	h.clock, h.alone = w.clock, true
	m := h.join("one")
	fails := make(chan bool, 1)
	fails <- false
	h.work(m, jobs.Handle("nudge", func(context.Context, *jobs.Run, any) error { return nil }),
		jobs.Handle("copy", func(context.Context, *jobs.Run, any) error {
			bad := <-fails
			fails <- bad
			if bad {
				return hearth.Errorf(hearth.Invalid, "The disk is gone.")
			}
			return nil
		}))
	d := jobs.ScheduleDraft{Name: "copy", When: "every 1h", Kind: "copy", Args: json.RawMessage(`{"to":"/a"}`)}
	if _, err := m.queue.PutSchedule(t.Context(), owner, d); err != nil {
		t.Fatal(err)
	}
	overdue := func() bool { s := h.schedule(m, "copy"); return s.Overdue(w.clock()) }
	if overdue() {
		t.Error("a new schedule is overdue")
	}
	w.move(time.Hour)
	h.nudge(m)
	if s := h.schedule(m, "copy"); !s.Good.Equal(w.clock()) || overdue() {
		t.Fatalf("after a good job: %+v", s)
	}
	<-fails
	fails <- true
	for i := range 3 {
		if overdue() {
			t.Errorf("overdue after %d hours", i)
		}
		w.move(time.Hour)
		h.nudge(m)
	}
	if !overdue() {
		t.Error("not overdue after three hours without a good job")
	}
	s := h.schedule(m, "copy")
	if s.Fired < 3 {
		t.Errorf("only %d jobs were begun: the test is blind", s.Fired)
	}
	if s.Paused = true; s.Overdue(w.clock()) {
		t.Error("one that sleeps is overdue")
	}
	<-fails
	fails <- false
	w.move(time.Hour)
	h.nudge(m)
	if overdue() {
		t.Error("overdue after a good job")
	}
}
