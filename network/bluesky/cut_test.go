package bluesky_test

import (
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"hearth/network/bluesky"
	"hearth/network/bluesky/fake"
	"hearth/network/networktest"
	"hearth/network/networktest/wire"
)

// cuts is how often the line is cut: more with HEARTH_KILL_ROUNDS.
func cuts(normal int) int {
	if n, err := strconv.Atoi(os.Getenv("HEARTH_KILL_ROUNDS")); err == nil {
		return 100 * n
	}
	return normal
}

// sieve is what a listener must have heard in the end: every post, except those
// that the host forgot before they were heard, of which a gap must tell.
type sieve struct {
	t         *testing.T
	published []string
	unheard   map[string]bool
	held      int  // the first of published that the host still has
	forgot    bool // since an event was heard last
	gaps      int
}

// pour checks what one connection brought.
func (s *sieve) pour(h *networktest.Heard) {
	s.t.Helper()
	for i := range h.Events {
		delete(s.unheard, h.Events[i].Post.ID)
	}
	if len(h.Events) == 0 && len(h.Gaps) == 0 {
		return
	}
	lost := 0
	for _, id := range s.published[:s.held] {
		if s.unheard[id] {
			lost++
			delete(s.unheard, id)
		}
	}
	switch {
	case lost > 0 && len(h.Gaps) == 0:
		s.t.Fatalf("%d posts are lost and nobody says so", lost)
	case len(h.Gaps) > 1, len(h.Gaps) == 1 && !s.forgot:
		s.t.Fatalf("nothing was forgotten, but there are gaps: %+v", h.Gaps)
	}
	s.gaps += len(h.Gaps)
	s.forgot = false
}

// proves F22, I8, ING6: cut wherever it may be, in the handshake, in a frame's
// head or in its middle, by a reset or in good order, the stream goes on where
// it was; and where the host has forgotten events or counts anew, it says so,
// and only then.
func TestCutAtAnyByteNoPostIsLostWithoutAGap(t *testing.T) {
	t.Parallel()
	for _, version := range []int{2, 1} {
		t.Run(fmt.Sprint("version ", version), func(t *testing.T) {
			t.Parallel()
			var ticks atomic.Int64 // a second for each event, so that version 1 goes back five events and not all
			clock := func() time.Time { return fake.Epoch.Add(time.Duration(ticks.Add(1)) * time.Second) }
			bsky := fake.New(fake.Options{NoVersion2: version == 1, NoVersion1: version == 2, Clock: clock})
			server := httptest.NewServer(bsky)
			t.Cleanup(server.CloseClientConnections)
			line, err := wire.New(server.Listener.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { line.Close() })
			session := networktest.Session(t, bluesky.Network(), map[string]string{
				"endpoint": "ws://" + line.Address(), "protocol": fmt.Sprint("v", version), "appview": server.URL,
			})
			dice, world := rand.New(rand.NewPCG(uint64(version), 22)), fake.NewWorld(7)
			s := &sieve{t: t, unheard: map[string]bool{}}
			publish := func(n int) {
				for range n {
					p := world.Post()
					id := bsky.Publish(&p)
					s.published = append(s.published, id)
					s.unheard[id] = true
				}
			}
			begun := make(chan struct{})
			go func() { // a stream without a cursor begins now
				defer close(begun)
				for bsky.Connections() == 0 {
					time.Sleep(time.Millisecond)
				}
				publish(1)
			}()
			h := networktest.MustListen(t, bluesky.Network(), session, "", networktest.AfterEvents(1))
			<-begun
			s.pour(h)
			at, broken := h.Cursor, 0
			listen := func() {
				h, err := networktest.Listen(t, bluesky.Network(), session, at, func(h *networktest.Heard) bool {
					n := len(h.Events)
					return n > 0 && h.Events[n-1].Post.ID == s.published[len(s.published)-1]
				})
				if err != nil {
					broken++
				}
				at = h.Cursor
				s.pour(h)
			}
			// listenLive hears of a post that is made once it listens: a host that
			// counts anew begins with what happens now.
			listenLive := func() {
				before, made := bsky.Connections(), make(chan struct{})
				s.held, s.forgot = len(s.published), true
				go func() {
					defer close(made)
					for bsky.Connections() == before {
						time.Sleep(time.Millisecond)
					}
					publish(1)
				}()
				h := networktest.MustListen(t, bluesky.Network(), session, at, networktest.AfterEvents(1))
				<-made
				at = h.Cursor
				s.pour(h)
			}
			rounds := cuts(150)
			for range rounds {
				switch dice.IntN(12) {
				case 0:
					n := dice.IntN(10)
					bsky.Forget(n)
					s.held, s.forgot = max(s.held, len(s.published)-n), true
				case 1:
					if version == 2 {
						bsky.Restart()
						listenLive()
					}
				}
				publish(1 + dice.IntN(20))
				line.Inject(wire.Fault{
					Kind: []wire.Kind{wire.Reset, wire.Finish}[dice.IntN(2)], After: 1 + dice.Int64N(12_000), Up: dice.IntN(8) == 0,
				})
				listen()
			}
			publish(1)
			listen()
			if len(s.unheard) > 0 {
				t.Errorf("%d of %d posts were never heard", len(s.unheard), len(s.published))
			}
			counts := line.Counts()
			t.Logf("%d connections, %d broken; %d posts, %d gaps", counts.Connections, broken, len(s.published), s.gaps)
			if fired := counts.Fired[wire.Reset] + counts.Fired[wire.Finish]; fired < int64(rounds)/3 || broken < rounds/4 || s.gaps == 0 {
				t.Errorf("of %d cuts %d fired, %d streams broke and %d gaps were told: the faults did not happen", rounds, fired, broken, s.gaps)
			}
		})
	}
}
