package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"hearth"
	"hearth/client"
	"hearth/network"
	feed "hearth/network/feed/fake"
	mastodon "hearth/network/mastodon/fake"
	"hearth/network/networktest/wire"
	webhook "hearth/network/webhook/fake"
)

// brook is a smaller stream beside the great one. All it says is to be kept,
// and ends up in its ledger once it counts.
type brook struct {
	name  string
	draft client.SourceDraft
	proxy *wire.Proxy
	every time.Duration
	say   func(ctx context.Context, text string) error

	source int64
	mu     sync.Mutex
	said   []string
	err    error // why it stopped talking, where nobody told it to
}

func (b *brook) text(n int) string { return fmt.Sprintf("soak %s %08d", b.name, n) }

// talk says something again and again until ctx ends.
func (b *brook) talk(ctx context.Context) {
	tick := time.NewTicker(b.every)
	defer tick.Stop()
	for n := 1; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		text := b.text(n)
		if err := b.say(ctx, text); err != nil {
			b.mu.Lock()
			if ctx.Err() == nil {
				b.err = err
			}
			b.mu.Unlock()
			return
		}
		b.mu.Lock()
		b.said = append(b.said, text)
		b.mu.Unlock()
	}
}

// ledger is what was said and taken.
func (b *brook) ledger() ([]string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]string(nil), b.said...), b.err
}

const (
	hookSecret = "whsec_bm90IGEgc2VjcmV0IGJ1dCBsb25nIGVub3VnaA=="
	hookKey    = "not a secret but long enough"
	token      = "not a token"
)

// serve answers on a free port of the loopback, behind a proxy.
func serve(ctx context.Context, h http.Handler) (*wire.Proxy, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &http.Server{Handler: h, ReadHeaderTimeout: time.Minute}
	go s.Serve(l)
	context.AfterFunc(ctx, func() { s.Close() })
	return wire.New(l.Addr().String())
}

func newMastodon(ctx context.Context, most int) (*brook, error) {
	var server *mastodon.Server
	p, err := serve(ctx, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { server.ServeHTTP(w, r) }))
	if err != nil {
		return nil, err
	}
	address := "http://" + p.Address()
	server = mastodon.New(mastodon.Options{Address: address, Token: token, Keep: most})
	return &brook{
		name: "mastodon", proxy: p, every: 500 * time.Millisecond,
		draft: client.SourceDraft{Network: "mastodon", KeepEverything: true, Settings: map[string]string{"server": address, "token": token}},
		say: func(_ context.Context, text string) error {
			server.Publish(&hearth.Post{Author: hearth.Author{Handle: "ann", Name: "Ann"}, Text: text, Lang: "en", Published: hearth.SystemClock()})
			return nil
		},
	}, nil
}

func newFeed(ctx context.Context) (*brook, error) {
	site := feed.New(feed.Options{Format: feed.RSS})
	p, err := serve(ctx, site)
	if err != nil {
		return nil, err
	}
	return &brook{
		name: "feed", proxy: p, every: 2 * time.Second,
		draft: client.SourceDraft{Network: "feed", KeepEverything: true, Settings: map[string]string{"url": "http://" + p.Address() + "/feed", "interval": "1m", "longest": "1m"}},
		say: func(_ context.Context, text string) error {
			site.Publish(&hearth.Post{Title: text, Text: text, Published: hearth.SystemClock(), Author: hearth.Author{Name: "Ann"}})
			return nil
		},
	}, nil
}

// newWebhook sends to a listener, through a proxy, until it is told that it was
// taken.
func newWebhook(listener string) (*brook, error) {
	p, err := wire.New(listener)
	if err != nil {
		return nil, err
	}
	return &brook{
		name: "webhook", proxy: p, every: 200 * time.Millisecond,
		draft: client.SourceDraft{Network: "webhook", KeepEverything: true, Settings: map[string]string{"secret": hookSecret, "network": "shop"}},
	}, nil
}

// sendTo makes a brook send to the address of its source.
func (b *brook) sendTo(path string) error {
	scheme, ok := network.SchemeOf("standard")
	if !ok {
		return fmt.Errorf("there is no scheme of signatures named standard")
	}
	s := &webhook.Sender{
		Address: "http://" + b.proxy.Address() + path, Scheme: scheme, Secret: []byte(hookKey), Clock: hearth.SystemClock,
		Client: &http.Client{Timeout: 10 * time.Second},
	}
	b.say = func(ctx context.Context, text string) error {
		for ctx.Err() == nil {
			status, err := s.Do(ctx, text, "application/json", fmt.Sprintf(`{"id":%q,"text":%q}`, text, text), webhook.None)
			if err == nil && status/100 == 2 {
				return nil
			}
			if err == nil && status != http.StatusServiceUnavailable && status != http.StatusTooManyRequests {
				return fmt.Errorf("a webhook is answered %d", status)
			}
			pause(ctx, 100*time.Millisecond)
		}
		return ctx.Err()
	}
	return nil
}
