package monitor_test

import (
	"context"
	"testing"
	"time"

	"hearth"
	"hearth/match"
	"hearth/monitor"
	"hearth/query"
	"hearth/text"
)

// Two processes on one database: what is changed in one is in force in the
// other.
func TestAMonitorThatAnotherProcessChangesIsFollowed(t *testing.T) {
	t.Parallel()
	h := open(t)
	early := h.listen("cake")[0]
	other := h.newMonitors(0)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- other.Watch(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	wants := func(words string, id hearth.MonitorID, want bool) {
		t.Helper()
		p := post("x", words).Post
		var doc text.Doc
		query.AddPost(&doc, p)
		within(t, time.Minute, "the other process follows", func() bool {
			set, scratch := other.Queries(here), match.NewScratch()
			for _, got := range set.Decide(scratch, p, &doc, set.Wanted(scratch, p, &doc, nil), nil) {
				if got == id {
					return want
				}
			}
			return !want
		})
	}
	wants("cake", early, true)
	mon, err := h.monitors.Create(t.Context(), owner, monitor.Draft{Name: "Pie", Query: "pie"})
	if err != nil {
		t.Fatal(err)
	}
	wants("pie", mon.ID, true)
	tart := "tart"
	if mon, err = h.monitors.Change(t.Context(), owner, mon.ID, mon.Version, monitor.Edit{Query: &tart}); err != nil {
		t.Fatal(err)
	}
	wants("tart", mon.ID, true)
	wants("pie", mon.ID, false)
	if _, err := h.monitors.Pause(t.Context(), owner, mon.ID); err != nil {
		t.Fatal(err)
	}
	wants("tart", mon.ID, false)
	if _, err := h.monitors.Resume(t.Context(), owner, mon.ID); err != nil {
		t.Fatal(err)
	}
	wants("tart", mon.ID, true)
	if err := h.monitors.Remove(t.Context(), owner, early); err != nil {
		t.Fatal(err)
	}
	wants("cake", early, false)
}
