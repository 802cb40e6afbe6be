//go:build linux

package main

import (
	"testing"
	"time"

	"hearth"
	"hearth/db/dbtest"
)

// The real program is killed at any moment while a stream comes in, soon after a
// commit or long after it, and started again.
//
// proves F1, I3, I6, I9, I24
func TestKilledAtAnyMomentTheProgramGoesOnWhereItWas(t *testing.T) {
	t.Parallel()
	k, r := newTalk(t, time.Millisecond, 1), dice(t)
	dir := t.TempDir()
	s := serve(t, dir)
	k.furnish(s.Client)
	k.begin()
	acked, slowest := int64(0), time.Duration(0)
	for range dbtest.KillRounds(10) {
		eventually(t, "something more is kept", func() bool { return kept(s.Client) > acked })
		time.Sleep(time.Duration(r.Int64N(int64(400 * time.Millisecond)))) // the moment of death
		acked = max(acked, kept(s.Client))
		if err := s.cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		if code := s.gone(t); code != -1 {
			t.Fatalf("the process ended by itself with %d before it could be killed:\n%s", code, &s.log)
		}
		begun := hearth.SystemClock()
		s = serve(t, dir)
		slowest = max(slowest, hearth.SystemClock().Sub(begun))
		if now := kept(s.Client); now < acked {
			t.Fatalf("%d rows were acknowledged, and %d are there", acked, now)
		}
	}
	k.settled(s.Client)
	t.Logf("%d posts, %d processes, the slowest start took %v", k.said.Load(), dbtest.KillRounds(10)+1, slowest)
}
