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
	m := &member{process: launch(t, dir, "", "serve", "--db", database)}
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

// Two programs share a database; the one that reads is killed. The other reads
// on within seconds, and everything that was said is stored and counted once.
//
// proves I7, I9, F1 with several processes; K11
func TestAKilledProcessIsReplacedByTheOtherOnItsDatabase(t *testing.T) {
	t.Parallel()
	database := dbtest.Postgres(t).Home()
	host := fake.New(fake.Options{Keep: 1_000_000})
	network := httptest.NewServer(host)
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
	reader, other := one, two
	if one.source().State == "elsewhere" {
		reader, other = two, one
	}
	mentions := func() int64 {
		list, err := other.client.Monitors(context.Background())
		if err != nil || len(list) != 1 {
			return -1
		}
		return list[0].Mentions
	}
	eventually(t, "the monitor that the other process made listens", func() bool {
		host.Publish(&hearth.Post{Network: "bluesky", Text: "apple pie, at last", Author: hearth.Author{ID: "did:plc:bob"}})
		return mentions() > 0
	})

	published, stop := 0, make(chan struct{})
	var publishing sync.WaitGroup
	publishing.Go(func() {
		tick := time.NewTicker(10 * time.Millisecond)
		defer tick.Stop()
		for {
			published++
			host.Publish(&hearth.Post{Network: "bluesky", Text: fmt.Sprintf("apple pie %06d", published), Author: hearth.Author{ID: "did:plc:ann"}})
			select {
			case <-stop:
				return
			case <-tick.C:
			}
		}
	})
	before := reader.source().Counters.Stored
	eventually(t, "the first process stores", func() bool { return reader.source().Counters.Stored > before+50 })
	if err := reader.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	killed := hearth.SystemClock()
	eventually(t, "the other process reads", func() bool { s := other.source().State; return s == "listening" || s == "catching up" })
	t.Logf("replaced after %v", hearth.SystemClock().Sub(killed).Round(time.Millisecond))
	close(stop)
	publishing.Wait()

	count := func() (n int) {
		all, err := texts(t.Context(), other.client)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for _, text := range all {
			if strings.HasPrefix(text, "apple pie 0") {
				if n++; seen[text] {
					t.Fatalf("%q is stored twice", text)
				}
				seen[text] = true
			}
		}
		return n
	}
	eventually(t, "everything is stored", func() bool { return count() == published })
	all, err := texts(t.Context(), other.client)
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "everything is counted once", func() bool { return mentions() == int64(len(all)) })
}
