package outbox_test

import (
	"strconv"
	"testing"

	"hearth"
	"hearth/access"
	"hearth/db"
	"hearth/outbox"
)

// proves I17 for many at once
func TestManyUnknownDispatchesAreSettledInOneStep(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.hook("http://127.0.0.1:1/hook")
	for i := range 5 {
		h.publish(outbox.Event{Key: strconv.Itoa(i)})
	}
	if _, err := outbox.Hold(t.Context(), h.state, h.clock()); err != nil {
		t.Fatal(err)
	}
	settle := func(by access.Actor, decision outbox.Decision, ids ...outbox.DispatchID) (outbox.Settled, error) {
		return h.box.SettleMany(t.Context(), by, outbox.Settlement{Decision: decision, Dispatches: ids})
	}
	states := func() string {
		page, err := h.box.Dispatches(t.Context(), owner, outbox.Search{})
		if err != nil {
			t.Fatal(err)
		}
		text := ""
		for i := len(page.Dispatches) - 1; i >= 0; i-- {
			text += string(page.Dispatches[i].State) + " "
		}
		return text
	}
	if _, err := settle(owner, "perhaps", 1); hearth.ErrorCode(err) != hearth.Invalid {
		t.Errorf("no decision: %v", err)
	}
	if _, err := settle(owner, outbox.Arrived, 1, 99); hearth.ErrorCode(err) != hearth.NotFound {
		t.Errorf("with one that is not there: %v", err)
	}
	if _, err := settle(access.LocalOwner(2), outbox.Arrived, 1); hearth.ErrorCode(err) != hearth.NotFound {
		t.Errorf("a neighbour's: %v", err)
	}
	if got := states(); got != "unknown unknown unknown unknown unknown " {
		t.Fatalf("a refused step changed something: %s", got)
	}
	if did, err := settle(owner, outbox.Arrived, 2, 1, 2); err != nil || did != (outbox.Settled{Settled: 2, Left: 3}) {
		t.Errorf("two: %+v, %v", did, err)
	}
	if did, err := settle(owner, outbox.SendAgain, 1, 3); err != nil || did != (outbox.Settled{Settled: 1, Passed: 1, Left: 2}) {
		t.Errorf("one of them settled already: %+v, %v", did, err)
	}
	if did, err := settle(owner, outbox.LetBe); err != nil || did != (outbox.Settled{Settled: 2}) {
		t.Errorf("all: %+v, %v", did, err)
	}
	if got := states(); got != "sent sent queued failed failed " {
		t.Errorf("in the end: %s", got)
	}
	if _, err := settle(owner, outbox.LetBe); hearth.ErrorCode(err) != hearth.Conflict {
		t.Errorf("nothing left: %v", err)
	}
	var lines int64
	err := h.state.Read(t.Context(), func(tx *db.Tx) error {
		return tx.QueryRow(`SELECT count(*) FROM audit WHERE workspace_id = ? AND verb = 'dispatch.settle'`, int64(owner.Workspace)).Scan(&lines)
	})
	if err != nil || lines != 3 {
		t.Errorf("%d lines in the audit log: %v", lines, err)
	}
}
