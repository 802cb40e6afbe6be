package mastodon_test

import (
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"strconv"
	"testing"
	"time"

	"hearth/network/mastodon"
	"hearth/network/mastodon/fake"
	"hearth/network/networktest"
	"hearth/network/networktest/wire"
)

// cuts is how often the line is cut: more with HEARTH_KILL_ROUNDS.
func cuts(normal int) int {
	if n, err := strconv.Atoi(os.Getenv("HEARTH_KILL_ROUNDS")); err == nil {
		return 30 * n
	}
	return normal
}

// proves F22, ING4, I8: wherever the connections to a server are cut, those of
// pages and those of the event stream, every status is heard, those written
// while nobody listened too; what the server has forgotten is a gap, and nothing
// else is.
func TestCutAtAnyByteNoStatusIsLostWithoutAGap(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]fake.Options{"events": {Token: "secret", NoSocket: true}, "web socket": {Token: "secret", NoEvents: true}, "pages": {Token: "secret", NoEvents: true, NoSocket: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var server *fake.Server
			listener := httptest.NewUnstartedServer(nil)
			line, err := wire.New(listener.Listener.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { line.Close() })
			o.Address = "http://" + line.Address()
			server = fake.New(o)
			listener.Config.Handler = server
			listener.Start()
			t.Cleanup(listener.Close)
			t.Cleanup(listener.CloseClientConnections)
			s := &instance{Server: server, session: networktest.Session(t, mastodon.Quick(), map[string]string{"server": o.Address, "token": "secret"})}

			dice := rand.New(rand.NewPCG(22, uint64(len(name))))
			unheard, all := map[string]bool{}, 0
			publish := func(n int) {
				for _, id := range s.Publish(n) {
					unheard[id] = true
					all++
				}
			}
			s.Publish(1)
			h := networktest.MustListen(t, mastodon.Quick(), s.session, "", networktest.AfterBatches(1))
			at, broken, gaps, forgotten, rounds := h.Cursor, 0, 0, 0, cuts(40)
			for round := range rounds + 1 {
				publish(1 + dice.IntN(30))
				mayLose := dice.IntN(10) == 0
				if mayLose {
					server.Forget(dice.IntN(5))
					publish(1)
				}
				if round < rounds {
					f := wire.Fault{Kind: []wire.Kind{wire.Reset, wire.Finish}[dice.IntN(2)], After: 1 + dice.Int64N(4_000), Up: dice.IntN(8) == 0}
					if line.Now(f) == 0 {
						line.Inject(f)
					}
				}
				// All that the server still has, or as much as the line lets through.
				begun := time.Now()
				for heard := false; !heard; {
					h, err := networktest.Listen(t, mastodon.Quick(), s.session, at, func(h *networktest.Heard) bool {
						n := len(h.Events)
						return n > 0 && h.Events[n-1].Post.ID == s.last
					})
					for i := range h.Events {
						delete(unheard, h.Events[i].Post.ID)
					}
					at, gaps, heard = h.Cursor, gaps+len(h.Gaps), err == nil
					if err != nil {
						broken++
					}
					if len(h.Gaps) > 0 && !mayLose {
						t.Fatalf("nothing was forgotten, but there are gaps: %+v", h.Gaps)
					}
					if len(h.Gaps) > 0 || heard && mayLose && len(unheard) == 0 {
						forgotten += len(unheard)
						clear(unheard)
						mayLose = false
					}
					if time.Since(begun) > time.Minute {
						t.Fatalf("%d of %d statuses are not heard: %v", len(unheard), all, err)
					}
				}
				if len(unheard) > 0 {
					t.Fatalf("%d statuses are lost and nobody says so", len(unheard))
				}
			}
			counts := line.Counts()
			t.Logf("%d connections, %d streams broken; %d statuses, %d forgotten, %d gaps", counts.Connections, broken, all, forgotten, gaps)
			if fired := counts.Fired[wire.Reset] + counts.Fired[wire.Finish]; fired < int64(rounds)/4 || gaps == 0 {
				t.Errorf("of %d cuts %d fired and %d gaps were told: the faults did not happen", rounds, fired, gaps)
			}
		})
	}
}
