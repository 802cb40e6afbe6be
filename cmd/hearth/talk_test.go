//go:build linux

package main

import (
	"context"
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hearth"
	"hearth/client"
	"hearth/network/bluesky/fake"
	"hearth/network/networktest/wire"
)

// talk is an invented Bluesky on which somebody says "acme 0", "acme 1" …, with
// a word for nobody between any two of them, until it is told to stop.
type talk struct {
	t     *testing.T
	host  *fake.Server
	url   string
	every time.Duration
	at    int // how many things are said at a time
	said  atomic.Int64
	stop  func()
	line  *wire.Proxy
}

func newTalk(t *testing.T, every time.Duration, at int) *talk {
	t.Helper()
	k := &talk{t: t, host: fake.New(fake.Options{Keep: 2_000_000}), every: every, at: at}
	network := httptest.NewServer(k.host)
	t.Cleanup(func() { network.CloseClientConnections(); network.Close() })
	line, err := wire.New(network.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { line.Close() })
	k.line, k.url = line, "http://"+line.Address()
	return k
}

// furnish gives a server the monitor and the source.
func (k *talk) furnish(c *client.Client) {
	k.t.Helper()
	if _, err := c.AddMonitor(k.t.Context(), client.MonitorDraft{Name: "Acme", Query: "acme"}); err != nil {
		k.t.Fatal(err)
	}
	_, err := c.AddSource(k.t.Context(), client.SourceDraft{Network: "bluesky", Settings: map[string]string{
		"endpoint": "ws" + strings.TrimPrefix(k.url, "http"), "appview": k.url,
	}})
	if err != nil {
		k.t.Fatal(err)
	}
	eventually(k.t, "the source listens", func() bool { return k.host.Connections() > 0 })
}

// begin begins to speak.
func (k *talk) begin() {
	stop := make(chan struct{})
	var speaking sync.WaitGroup
	speaking.Go(func() {
		tick := time.NewTicker(k.every)
		defer tick.Stop()
		for {
			for range k.at {
				k.say(fmt.Sprintf("acme %d", k.said.Load()))
				k.said.Add(1)
				k.say("a word for nobody")
			}
			select {
			case <-stop:
				return
			case <-tick.C:
			}
		}
	})
	k.stop = sync.OnceFunc(func() { close(stop); speaking.Wait() })
	k.t.Cleanup(k.stop)
}

func (k *talk) say(text string) {
	k.host.Publish(&hearth.Post{Network: "bluesky", Author: hearth.Author{ID: "did:plc:ann"}, Text: text})
}

// kept is how many rows the server says it keeps; -1 where it does not answer.
func kept(c *client.Client) int64 {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	src, err := c.Source(ctx, 1)
	if err != nil {
		return -1
	}
	return src.Counters.Stored
}

// settled stops the talk and checks that the server keeps, and counts, all that
// was said, each thing once, and has noticed no gap.
func (k *talk) settled(c *client.Client) {
	k.t.Helper()
	k.stop()
	said := k.said.Load()
	eventually(k.t, "everything that was said is kept", func() bool { return kept(c) >= said })
	eventually(k.t, "everything that is kept is counted", func() bool {
		counts, err := c.CountMentions(k.t.Context(), 1, client.MentionCount{})
		return err == nil && counts.Total == said
	})
	got, err := texts(k.t.Context(), c)
	if err != nil {
		k.t.Fatal(err)
	}
	var want []string
	for i := range said {
		want = append(want, fmt.Sprintf("acme %d", i))
	}
	slices.Sort(want)
	if !slices.Equal(got, want) {
		k.t.Errorf("%d posts are kept, but not the %d that were said", len(got), len(want))
	}
	src, err := c.Source(k.t.Context(), 1)
	if err != nil || src.Counters.Gaps > 0 || src.Counters.Rejects > 0 || src.Counters.Events != 2*said {
		k.t.Errorf("%d things were said, and the source counts %+v, %v", 2*said, src.Counters, err)
	}
}
