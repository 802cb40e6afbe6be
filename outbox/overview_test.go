package outbox_test

import (
	"testing"

	"hearth/outbox"
)

func TestTheOverviewSaysHowSendingGoes(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.hook("http://127.0.0.1:1/hook")
	h.publish(outbox.Event{Key: "1"})
	h.publish(outbox.Event{Key: "2"})
	if err := h.box.Pause(t.Context(), owner); err != nil {
		t.Fatal(err)
	}
	v, err := h.box.Overview(t.Context(), owner)
	if want := (outbox.Overview{Paused: true, Waiting: 2}); v != want || err != nil {
		t.Errorf("%+v, %v, want %+v", v, err, want)
	}
	if _, err := outbox.Hold(t.Context(), h.state, h.clock()); err != nil {
		t.Fatal(err)
	}
	if v, err = h.box.Overview(t.Context(), owner); v.Unknown != 2 || v.Waiting != 0 || err != nil {
		t.Errorf("after a restore %+v, %v", v, err)
	}
}
