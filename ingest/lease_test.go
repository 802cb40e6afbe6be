package ingest_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"hearth"
	"hearth/db/dbtest"
	"hearth/ingest"
	"hearth/jobs"
	"hearth/network"
	"hearth/network/bluesky"
	"hearth/network/bluesky/fake"
)

// program is one of several processes that read the sources of a house.
type program struct {
	sources *ingest.Sources
	silence context.CancelFunc // it beats no more, and does not know
	stop    func()
}

func (h *house) program(t *testing.T, server *httptest.Server) *program {
	t.Helper()
	p, err := jobs.Join(t.Context(), jobs.ProcessOptions{State: h.state, Clock: h.clock, Log: h.log, Beat: 20 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	o := h.options()
	o.Networks = []network.Network{bluesky.Network()}
	o.HTTP, o.Leases = server.Client(), p.Leases(h.store)
	o.Random = func() float64 { return 0 }
	one := &program{sources: ingest.NewSources(o)}
	ctx, cancel := context.WithCancel(context.Background())
	beating, silence := context.WithCancel(ctx)
	one.silence = silence
	var group sync.WaitGroup
	group.Go(func() {
		if err := p.Run(beating); err != nil {
			t.Error(err)
		}
	})
	group.Go(func() {
		if err := one.sources.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	one.stop = sync.OnceFunc(func() { cancel(); group.Wait() })
	t.Cleanup(one.stop)
	return one
}

// proves I7, F11: of two processes one reads; when it falls silent the other
// takes over; what the first still reads is rolled back as a whole.
func TestASourceHasOneReaderAmongSeveralProcesses(t *testing.T) {
	t.Parallel()
	h := open(t, dbtest.Home(t))
	h.listen("pie")
	network := fake.New(fake.Options{Clock: hearth.SystemClock})
	server := httptest.NewServer(network)
	t.Cleanup(func() { server.CloseClientConnections(); server.Close() })
	one, two := h.program(t, server), h.program(t, server)
	src, err := one.sources.Add(t.Context(), owner, ingest.Draft{Network: "bluesky", Settings: map[string]string{
		"endpoint": "ws" + strings.TrimPrefix(server.URL, "http"), "appview": server.URL,
	}})
	if err != nil {
		t.Fatal(err)
	}
	statusOf := func(p *program) ingest.Status {
		t.Helper()
		st, err := p.sources.StatusOf(context.Background(), owner, src.ID)
		if err != nil {
			t.Fatal(err)
		}
		return st
	}
	within(t, time.Minute, "a connection is made", func() bool { return network.Connections() > 0 })
	published := 0
	publish := func(n int) {
		for range n {
			published++
			network.Publish(&hearth.Post{Network: "bluesky", Text: fmt.Sprint("pie number ", published), Author: hearth.Author{ID: "did:plc:ann"}})
		}
	}
	publish(100)
	within(t, time.Minute, "what was said is read", func() bool { return statusOf(one).Progress.Counters.Events == 100 })
	within(t, time.Minute, "the other process leaves it alone", func() bool {
		return one.sources.Running(owner, src.ID) != two.sources.Running(owner, src.ID) && network.Connections() == 1
	})
	reader, other := one, two
	if two.sources.Running(owner, src.ID) {
		reader, other = two, one
	}
	if st := statusOf(other); st.State != ingest.Elsewhere {
		t.Errorf("to the other process it is %s", st.State)
	}

	reader.silence()
	within(t, time.Minute, "the other process takes over", func() bool { return other.sources.Running(owner, src.ID) })
	publish(100)
	within(t, time.Minute, "it reads on", func() bool { return statusOf(other).Progress.Counters.Events >= 200 })
	within(t, time.Minute, "the silent one is refused and stops", func() bool {
		publish(1)
		return !reader.sources.Running(owner, src.ID)
	})
	within(t, time.Minute, "all is read", func() bool { return statusOf(other).Progress.Counters.Events >= int64(published) })
	other.stop()
	if c := statusOf(other).Progress.Counters; c.Events != int64(published) || c.Duplicates != 0 || c.Stored != int64(published) {
		t.Errorf("%d were published: %+v", published, c)
	}
	if n := len(h.texts()); n != published {
		t.Errorf("%d posts are stored, %d were published", n, published)
	}
}

// Two processes read about half of the sources each, though one was there first;
// when one ends, the other reads all of them.
func TestProcessesShareTheSources(t *testing.T) {
	t.Parallel()
	h := open(t, dbtest.Home(t))
	network := fake.New(fake.Options{Clock: hearth.SystemClock})
	server := httptest.NewServer(network)
	t.Cleanup(func() { server.CloseClientConnections(); server.Close() })
	one := h.program(t, server)
	const sources = 7
	var ids []hearth.SourceID
	for i := range sources {
		src, err := one.sources.Add(t.Context(), owner, ingest.Draft{Network: "bluesky", Name: fmt.Sprint("source ", i), Settings: map[string]string{
			"endpoint": "ws" + strings.TrimPrefix(server.URL, "http"), "appview": server.URL,
		}})
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, src.ID)
	}
	reads := func(p *program) (n int) {
		for _, id := range ids {
			if p.sources.Running(owner, id) {
				n++
			}
		}
		return n
	}
	within(t, time.Minute, "the first process reads all", func() bool { return reads(one) == sources })
	two := h.program(t, server)
	within(t, time.Minute, "the second gets its share", func() bool {
		a, b := reads(one), reads(two)
		return a+b == sources && a >= sources/2 && b >= sources/2
	})
	one.stop()
	within(t, time.Minute, "the other reads all when one ends", func() bool { return reads(two) == sources })
}
