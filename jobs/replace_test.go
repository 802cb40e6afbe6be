package jobs_test

import (
	"errors"
	"testing"
	"time"

	"hearth/jobs"
)

// proves I7's figure: who is dead is replaced within five seconds. It is counted
// in looks, of which one comes with each beat, so that a slow machine, on which
// beats come late, does not decide.
func TestWhoFallsSilentIsReplacedWithinFiveSecondsOfBeats(t *testing.T) {
	t.Parallel()
	h := open(t)
	dead, heir := h.join("dead"), h.join("heir")
	if _, err := dead.Leases(h.store).Take(t.Context(), "source 1"); err != nil {
		t.Fatal(err)
	}
	leases := heir.Leases(h.store)
	if _, err := leases.Take(t.Context(), "source 1"); !errors.Is(err, jobs.ErrHeld) {
		t.Fatalf("the lease of the living: %v", err)
	}
	dead.freeze()
	looks := 0
	for {
		looked := heir.Looked()
		_, err := leases.Take(t.Context(), "source 1")
		if err == nil {
			break
		}
		if !errors.Is(err, jobs.ErrHeld) {
			t.Fatal(err)
		}
		receive(t, looked, "the heir looks")
		looks++
	}
	// The last beat may come while the first of these looks is made, and the
	// source is taken after the last one.
	if took := time.Duration(looks+1) * jobs.DefaultBeat; looks < 4 || took > 5*time.Second {
		t.Errorf("replaced after %d looks, which are %v of beats; want at most 5s, and no rash judgement", looks, took)
	}
}
