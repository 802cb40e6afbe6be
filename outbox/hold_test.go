package outbox_test

import (
	"net/http"
	"testing"
	"time"

	"hearth/outbox"
)

// proves I22 and F39 for what leaves by itself: after a restore nothing that
// may have left already leaves again before a person has looked.
func TestAfterARestoreNothingLeavesUntilAPersonLetsIt(t *testing.T) {
	t.Parallel()
	h := open(t)
	there := receive(t, func(_ int, w http.ResponseWriter) { w.WriteHeader(http.StatusNoContent) })
	h.hook(there.URL)
	h.publish(outbox.Event{Type: "alert.raised", Key: "due", At: h.clock(), Title: "Due"})
	h.publish(outbox.Event{Type: "alert.raised", Key: "later", At: h.clock(), Before: h.clock().Add(time.Hour), Title: "Later"})

	held, err := outbox.Hold(t.Context(), h.state, h.clock())
	if err != nil || held != 1 {
		t.Fatalf("%d are held: %v", held, err)
	}
	h.build()
	h.run()
	h.advance(2 * time.Hour)
	page, err := h.box.Dispatches(t.Context(), owner, outbox.Search{})
	if err != nil || !page.Paused || len(page.Dispatches) != 2 {
		t.Fatalf("%+v, %v", page, err)
	}
	states := map[string]outbox.State{}
	for _, d := range page.Dispatches {
		states[d.Title] = d.State
	}
	if states["Due"] != outbox.Unknown || states["Later"] != outbox.Queued {
		t.Errorf("they are %v", states)
	}
	// Let out again, what was not due leaves; the other one still waits for a word.
	if err := h.box.Resume(t.Context(), owner); err != nil {
		t.Fatal(err)
	}
	within(t, func() bool { return len(there.all()) == 1 }, func() string { return "what was not due is sent" })
	due := outbox.DispatchID(0)
	for _, d := range h.list() {
		if d.Title == "Due" {
			due = d.ID
			if d.State != outbox.Unknown {
				t.Errorf("without a word it is %s", d.State)
			}
		}
	}
	if _, err := h.box.Settle(t.Context(), owner, due, outbox.SendAgain); err != nil {
		t.Fatal(err)
	}
	within(t, func() bool { return len(there.all()) == 2 }, func() string { return "what a person wants sent is sent" })
}
