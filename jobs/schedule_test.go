package jobs_test

import (
	"context"
	"testing"
	"time"

	"hearth"
	"hearth/db"
	"hearth/jobs"
)

func (h *house) put(m *member, d jobs.ScheduleDraft) {
	h.t.Helper()
	if err := h.state.Write(h.t.Context(), func(tx *db.Tx) error { return m.queue.Put(tx, here, d) }); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) schedule(m *member, name string) jobs.Schedule {
	h.t.Helper()
	list, err := m.queue.Schedules(context.Background(), owner)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, s := range list {
		if s.Name == name {
			return s
		}
	}
	h.t.Fatalf("there is no schedule %s", name)
	return jobs.Schedule{}
}

// fired is how many jobs a schedule began.
func (h *house) fired(m *member, name string) int {
	h.t.Helper()
	return int(h.schedule(m, name).Fired)
}

// nudge makes a queue look at the clock, as it does every few seconds, and
// waits until what was due is done.
func (h *house) nudge(m *member) {
	h.t.Helper()
	h.look(m)
	within(h.t, func() bool {
		page, err := m.queue.List(context.Background(), owner, jobs.Search{})
		return err == nil && page.Counts[jobs.Waiting]+page.Counts[jobs.Running] == 0
	}, "all jobs are done")
}

// look makes a queue look at the clock. The first job may be taken by a look
// that saw the clock before; the second is taken by a later one.
func (h *house) look(m *member) {
	h.t.Helper()
	for range 2 {
		h.becomes(m, h.add(m, jobs.Draft{Kind: "nudge", Priority: jobs.Low}), jobs.Done)
	}
}

func nothing(name string) jobs.Kind {
	return jobs.Handle(name, func(context.Context, *jobs.Run, any) error { return nil })
}

// proves I29, F12: several processes, clocks that jump, and nothing is lost or
// doubled.
func TestAScheduleFiresOnceWhateverTheClockDoes(t *testing.T) {
	t.Parallel()
	h := open(t)
	w := newWall() // 2 November 2026, 08:00 UTC
	h.clock = w.clock
	one, two := h.join("one"), h.join("two")
	h.put(one, jobs.ScheduleDraft{Name: "report", When: "daily 09:00", Kind: "report"})
	for _, m := range []*member{one, two} {
		h.work(m, nothing("report"), nothing("nudge"))
	}
	want := 0
	after := func(d time.Duration, fires int, what string) {
		t.Helper()
		w.move(d)
		h.nudge(one)
		h.nudge(two)
		if want += fires; h.fired(one, "report") != want {
			t.Fatalf("%s: it has fired %d times, want %d", what, h.fired(one, "report"), want)
		}
	}
	after(0, 0, "before its time")
	after(time.Hour, 1, "at its time")
	after(0, 0, "still at its time")
	after(-time.Hour, 0, "the clock is put back by an hour")
	after(time.Hour, 0, "and passes the time again")
	after(24*time.Hour, 1, "the next day")
	after(5*24*time.Hour, 1, "five days in one step are made up for once")
	after(365*24*time.Hour, 1, "a year ahead")
	after(-365*24*time.Hour, 0, "and back")
	after(24*time.Hour, 1, "the day after is not lost")
	after(24*time.Hour, 1, "nor the next")
	if s := h.schedule(two, "report"); s.Fired != int64(want) || s.Skipped != 0 || s.Job == 0 || !s.Next.Equal(s.Last.Add(24*time.Hour)) {
		t.Errorf("%+v", s)
	}
}

func TestAScheduleInAZoneFollowsItsWall(t *testing.T) {
	t.Parallel()
	h := open(t)
	w := newWall()
	h.clock = w.clock
	m := h.join("one")
	h.put(m, jobs.ScheduleDraft{Name: "report", When: "daily 09:00", Zone: "America/New_York", Kind: "report"})
	h.work(m, nothing("report"), nothing("nudge"))
	if s := h.schedule(m, "report"); s.Next.UTC().Format("15:04") != "14:00" {
		t.Errorf("next is %s", s.Next)
	}
	w.move(6 * time.Hour)
	h.nudge(m)
	h.put(m, jobs.ScheduleDraft{Name: "report", When: "daily 10:00", Zone: "America/Los_Angeles", Kind: "report"})
	w.move(6 * time.Hour) // 12:00 on the same day there
	h.nudge(m)
	if n := h.fired(m, "report"); n != 1 {
		t.Errorf("a change of zone: it has fired %d times on one day", n)
	}
}

func TestAPausedScheduleSleepsAndCanBeRunByHand(t *testing.T) {
	t.Parallel()
	h := open(t)
	w := newWall()
	h.clock = w.clock
	m := h.join("one")
	draft := jobs.ScheduleDraft{Name: "tidy", When: "every 1h", Kind: "tidy"}
	h.put(m, draft)
	h.work(m, nothing("tidy"), nothing("nudge"))
	if s, err := m.queue.PauseSchedule(t.Context(), owner, "tidy"); err != nil || !s.Paused || !s.Next.IsZero() {
		t.Fatalf("%+v, %v", s, err)
	}
	h.put(m, draft) // as each start does
	w.move(5 * time.Hour)
	h.nudge(m)
	if n := h.fired(m, "tidy"); n != 0 {
		t.Errorf("paused, it fired %d times", n)
	}
	j, err := m.queue.RunSchedule(t.Context(), owner, "tidy")
	if err != nil || j.Schedule != "tidy" {
		t.Fatalf("%+v, %v", j, err)
	}
	h.becomes(m, j.ID, jobs.Done)
	if s, err := m.queue.ResumeSchedule(t.Context(), owner, "tidy"); err != nil || s.Paused {
		t.Fatalf("%+v, %v", s, err)
	}
	within(t, func() bool { return h.fired(m, "tidy") == 2 }, "one job by hand and one made up for after the sleep")
	if _, err := m.queue.RunSchedule(t.Context(), owner, "unknown"); hearth.ErrorCode(err) != hearth.NotFound {
		t.Errorf("%v", err)
	}
}

func TestAScheduleWaitsForItsJobBefore(t *testing.T) {
	t.Parallel()
	h := open(t)
	w := newWall()
	h.clock = w.clock
	m := h.join("one")
	begun, leave := make(chan struct{}, 9), make(chan struct{})
	h.put(m, jobs.ScheduleDraft{Name: "slow", When: "every 1h", Kind: "slow"})
	h.work(m, jobs.Handle("slow", func(context.Context, *jobs.Run, any) error { begun <- struct{}{}; <-leave; return nil }), nothing("nudge"))
	w.move(time.Hour)
	h.look(m)
	receive(t, begun, "the first")
	w.move(time.Hour)
	h.look(m)
	within(t, func() bool { return h.schedule(m, "slow").Skipped == 1 }, "the second is skipped and counted")
	close(leave)
	h.becomes(m, h.schedule(m, "slow").Job, jobs.Done)
	w.move(time.Hour)
	h.look(m)
	receive(t, begun, "the third")
}

func TestABadScheduleIsRefused(t *testing.T) {
	t.Parallel()
	h := open(t)
	m := h.join("one")
	for _, d := range []jobs.ScheduleDraft{
		{Name: "x", When: "often", Kind: "k"}, {Name: "x", When: "every 1h", Zone: "Mars/Olympus", Kind: "k"},
		{Name: "x", When: "every 1h", Zone: "Local", Kind: "k"}, {When: "every 1h", Kind: "k"}, {Name: "x", When: "every 1h"},
	} {
		err := h.state.Write(t.Context(), func(tx *db.Tx) error { return m.queue.Put(tx, here, d) })
		if hearth.ErrorCode(err) != hearth.Invalid {
			t.Errorf("%+v: %v", d, err)
		}
	}
}
