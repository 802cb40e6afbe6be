//go:build unix

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"hearth"
	"hearth/client"
	"hearth/db/dbtest"
	"hearth/network/bluesky/fake"
)

// member is one of several programs on the same database.
type member struct {
	*process
	client *client.Client
}

func join(t *testing.T, database string) *member {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data")
	m := &member{process: launch(t, dir, "", "serve", "--db", database, "--log", "warn")}
	t.Cleanup(func() { m.cmd.Process.Kill(); <-m.ended })
	var note struct{ Address, Key string }
	eventually(t, "the server is ready", func() bool {
		select {
		case <-m.ended:
			t.Fatalf("the server ended: %v\n%s", m.err, m.stderr.String())
		default:
		}
		text, err := os.ReadFile(filepath.Join(dir, "server.json"))
		return err == nil && json.Unmarshal(text, &note) == nil && note.Address != ""
	})
	var err error
	if m.client, err = client.New(note.Address, client.Options{Key: note.Key}); err != nil {
		t.Fatal(err)
	}
	return m
}

// source is the one source as a process sees it; zero while it does not answer.
func (m *member) source() (s client.Source) {
	if list, err := m.client.Sources(context.Background()); err == nil && len(list) == 1 {
		s = list[0]
	}
	return s
}

// pair is two programs on one database, of which one reads what somebody says on
// an invented Bluesky.
type pair struct {
	t             *testing.T
	host          *fake.Server
	reader, other *member
	published     int
	stop          func()
}

func newPair(t *testing.T) *pair {
	t.Helper()
	database := dbtest.Postgres(t).Home()
	p := &pair{t: t, host: fake.New(fake.Options{Keep: 1_000_000})}
	network := httptest.NewServer(p.host)
	t.Cleanup(func() { network.CloseClientConnections(); network.Close() })
	one, two := join(t, database), join(t, database)
	if _, err := one.client.AddMonitor(t.Context(), client.MonitorDraft{Name: "Pie", Query: "pie"}); err != nil {
		t.Fatal(err)
	}
	_, err := two.client.AddSource(t.Context(), client.SourceDraft{Network: "bluesky", Settings: map[string]string{
		"endpoint": "ws" + strings.TrimPrefix(network.URL, "http"), "appview": network.URL,
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("one sees %+v and two %+v\n%s\n%s", one.source(), two.source(), one.stderr.String(), two.stderr.String())
		}
	})
	eventually(t, "one process reads and the other leaves it alone", func() bool {
		a, b := one.source().State, two.source().State
		return a == "elsewhere" && b == "starting" || a == "starting" && b == "elsewhere" // nothing was said yet
	})
	p.reader, p.other = one, two
	if one.source().State == "elsewhere" {
		p.reader, p.other = two, one
	}
	eventually(t, "the monitor that the other process made listens", func() bool {
		p.host.Publish(&hearth.Post{Network: "bluesky", Text: "apple pie, at last", Author: hearth.Author{ID: "did:plc:bob"}})
		return p.mentions() > 0
	})
	return p
}

func (p *pair) mentions() int64 {
	list, err := p.other.client.Monitors(context.Background())
	if err != nil || len(list) != 1 {
		return -1
	}
	return list[0].Mentions
}

// talk begins to say things, and waits until the reader stores some.
func (p *pair) talk() {
	stop := make(chan struct{})
	var publishing sync.WaitGroup
	publishing.Go(func() {
		tick := time.NewTicker(10 * time.Millisecond)
		defer tick.Stop()
		for {
			p.published++
			p.host.Publish(&hearth.Post{Network: "bluesky", Text: fmt.Sprintf("apple pie %06d", p.published), Author: hearth.Author{ID: "did:plc:ann"}})
			select {
			case <-stop:
				return
			case <-tick.C:
			}
		}
	})
	p.stop = sync.OnceFunc(func() { close(stop); publishing.Wait() })
	p.t.Cleanup(p.stop)
	before := p.reader.source().Counters.Stored
	eventually(p.t, "the first process stores", func() bool { return p.reader.source().Counters.Stored > before+50 })
}

// replaced waits until the other process reads.
func (p *pair) replaced() {
	p.t.Helper()
	begun := hearth.SystemClock()
	// Stopped in the midst of a write it keeps the others from writing until the database
	// ends it, after a minute (db, frozenWriter).
	eventuallyWithin(p.t, 3*time.Minute, "the other process reads", func() bool { s := p.other.source().State; return s == "listening" || s == "catching up" })
	p.t.Logf("replaced after %v", hearth.SystemClock().Sub(begun).Round(time.Millisecond))
}

// settled checks that everything that was said is stored and counted, once.
func (p *pair) settled() {
	p.t.Helper()
	p.stop()
	count := func() (n int) {
		all, err := texts(p.t.Context(), p.other.client)
		if err != nil {
			p.t.Fatal(err)
		}
		seen := map[string]bool{}
		for _, text := range all {
			if strings.HasPrefix(text, "apple pie 0") {
				if n++; seen[text] {
					p.t.Fatalf("%q is stored twice", text)
				}
				seen[text] = true
			}
		}
		return n
	}
	eventually(p.t, "everything is stored", func() bool { return count() == p.published })
	all, err := texts(p.t.Context(), p.other.client)
	if err != nil {
		p.t.Fatal(err)
	}
	eventually(p.t, "everything is counted once", func() bool { return p.mentions() == int64(len(all)) })
}

// Two programs share a database; the one that reads is killed. The other reads
// on within seconds, and everything that was said is stored and counted once.
//
// proves I7, I9, F1 with several processes; K11
func TestAKilledProcessIsReplacedByTheOtherOnItsDatabase(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	p.talk()
	if err := p.reader.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	p.replaced()
	p.settled()
}

// The one that reads is stopped for longer than the others wait for it, and goes
// on when another has long read further. What it still had in its hands is
// refused, it says so, and it leaves the source alone from then on.
//
// proves F11, I7, I9 with several processes; K11
func TestAStoppedProcessThatGoesOnWritesNothingMore(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	p.talk()
	if err := p.reader.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.reader.cmd.Process.Signal(syscall.SIGCONT) }) // who talks to it waits for it to listen
	p.replaced()
	before := p.other.source().Counters.Stored
	eventually(t, "the other process stores", func() bool { return p.other.source().Counters.Stored > before+100 })
	if err := p.reader.cmd.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the one that was stopped sees that it was replaced", func() bool { return p.reader.source().State == "elsewhere" })
	before = p.other.source().Counters.Stored
	eventually(t, "the other process reads on", func() bool { return p.other.source().Counters.Stored > before+100 })
	p.settled()
	if src := p.other.source(); src.Counters.Duplicates > 0 || src.Counters.Gaps > 0 {
		t.Errorf("the source counts %+v", src.Counters)
	}
	if !strings.Contains(p.reader.stderr.String(), "another process reads a source now") {
		t.Error("nothing was refused: the fault did not fire")
	}
}
