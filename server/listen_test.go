package server_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"hearth"
	"hearth/cli"
	"hearth/network/bluesky/fake"
	"hearth/server"
)

// hearing collects what listening tells.
type hearing struct {
	posts    chan cli.Heard
	notices  chan cli.Notice
	progress chan cli.Progress
}

func newHearing() *hearing {
	return &hearing{posts: make(chan cli.Heard, 1000), notices: make(chan cli.Notice, 1000), progress: make(chan cli.Progress, 10_000)}
}

func (h *hearing) options(address string, queries ...string) cli.ListenOptions {
	return cli.ListenOptions{
		Queries: queries, Network: "bluesky", Settings: map[string]string{"endpoint": "ws://" + address, "appview": "http://" + address},
		Heard: func(p cli.Heard) {
			copied := p.Post.Clone()
			h.posts <- cli.Heard{Post: &copied, Queries: p.Queries, Highlights: p.Highlights}
		},
		Notice:   func(n cli.Notice) { h.notices <- n },
		Progress: func(p cli.Progress) { h.progress <- p },
	}
}

func (h *hearing) await(t *testing.T, bad bool, text string) {
	t.Helper()
	for {
		select {
		case n := <-h.notices:
			if n.Bad == bad && strings.Contains(n.Message, text) {
				return
			}
		case <-time.After(time.Minute):
			t.Fatalf("nobody said %q", text)
		}
	}
}

func (h *hearing) next(t *testing.T) cli.Heard {
	t.Helper()
	select {
	case p := <-h.posts:
		return p
	case <-time.After(time.Minute):
		t.Fatal("nothing was heard")
		panic("unreachable")
	}
}

func say(host *fake.Server, text string) {
	host.Publish(&hearth.Post{Network: "bluesky", Author: hearth.Author{ID: "did:plc:ann"}, Text: text})
}

func TestListeningTellsWhichQueriesMatchedAndWhere(t *testing.T) {
	t.Parallel()
	host := fake.New(fake.Options{})
	host.SetProfile("did:plc:ann", fake.Profile{Handle: "ann.example"})
	web := httptest.NewServer(host)
	t.Cleanup(web.Close)
	h := newHearing()
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- server.Tools(func(string) string { return "" }).Listen(ctx, h.options(web.Listener.Addr().String(), "coffee", "tea", "sentiment:negative AND coffee"))
	}()
	until(t, "connected", func() bool { return host.Connections() > 0 })
	say(host, "nothing of note")
	say(host, "terrible coffee, it was cold and I hate it")
	say(host, "tea for two")
	first, second := h.next(t), h.next(t)
	if fmt.Sprint(first.Queries) != "[0 2]" || fmt.Sprint(second.Queries) != "[1]" {
		t.Errorf("matched %v and %v", first.Queries, second.Queries)
	}
	if len(first.Highlights) == 0 || first.Post.Text[first.Highlights[0].From:first.Highlights[0].To] != "coffee" {
		t.Errorf("marked %v", first.Highlights)
	}
	if first.Post.Author.Handle != "ann.example" || first.Post.Sentiment != hearth.Negative {
		t.Errorf("heard %+v", first.Post)
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	var last cli.Progress
	for len(h.progress) > 0 {
		last = <-h.progress
	}
	if last.Seen != 3 || last.Matched != 2 {
		t.Errorf("counted %+v", last)
	}
}

func TestListeningReconnectsAndMissesNothing(t *testing.T) {
	t.Parallel()
	host := fake.New(fake.Options{})
	host.Inject(fake.Fault{Kind: fake.Cut, After: 1, Size: 5})
	web := httptest.NewServer(host)
	t.Cleanup(web.Close)
	h := newHearing()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	go server.Tools(func(string) string { return "" }).Listen(ctx, h.options(web.Listener.Addr().String(), "coffee"))
	until(t, "connected", func() bool { return host.Connections() > 0 })
	say(host, "coffee one")
	if p := h.next(t); p.Post.Text != "coffee one" {
		t.Fatalf("heard %q", p.Post.Text)
	}
	say(host, "coffee two") // the connection dies in the middle of it
	h.await(t, true, "Trying again in")
	for {
		p := h.next(t)
		if p.Post.Text == "coffee one" {
			continue // seen again: at least once is what the network promises
		}
		if p.Post.Text != "coffee two" {
			t.Errorf("heard %q", p.Post.Text)
		}
		return
	}
}

func TestAnEndpointThatDoesNotAnswerIsSaidAndTriedAgain(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	h := newHearing()
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- server.Tools(func(string) string { return "" }).Listen(ctx, h.options(address, "coffee"))
	}()
	h.await(t, false, "Connecting")
	h.await(t, true, "refused")

	host := fake.New(fake.Options{})
	again, err := net.Listen("tcp", address)
	if err != nil {
		t.Skipf("the port was taken by somebody else: %v", err)
	}
	web := &http.Server{Handler: host}
	go web.Serve(again)
	t.Cleanup(func() { web.Close() })
	until(t, "connected", func() bool { return host.Connections() > 0 })
	say(host, "coffee at last")
	if p := h.next(t); p.Post.Text != "coffee at last" {
		t.Errorf("heard %q", p.Post.Text)
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
