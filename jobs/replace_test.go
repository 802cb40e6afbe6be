package jobs_test

import (
	"errors"
	"testing"
	"time"

	"hearth/jobs"
)

// proves I7's figure: who is dead is replaced within five seconds. It is counted
// in tries, of which one follows each look at the others, so that a slow machine,
// on which looks come late, does not decide; that it is not judged rashly, in
// the heir's own beats, of which some pass during a slow try.
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
	first, tries := h.beats("heir"), 0
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
		tries++
	}
	// The last beat may come while the first of these looks is made, and the
	// source is taken after the last one.
	if took := time.Duration(tries+1) * jobs.DefaultBeat; took > 5*time.Second {
		t.Errorf("replaced at try %d, which is %v of beats; want at most 5s", tries+1, took)
	}
	if beats := h.beats("heir") - first; beats < 4 {
		t.Errorf("replaced after %d beats, want no rash judgement", beats)
	}
}
