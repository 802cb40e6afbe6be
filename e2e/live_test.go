package e2e_test

import (
	"context"
	"strconv"
	"testing"

	"hearth"
	"hearth/client"
	"hearth/demo"
	"hearth/network"
)

// live is a network on which something happens when a walk wants it to.
type live struct{ events chan []network.Event }

const liveName = "demo"

// network is it for the server.
func (l *live) network() network.Network {
	return network.Network{
		Name: liveName, Title: "The invented world",
		Stream: func(ctx context.Context, _ *network.Session, from network.Cursor, emit func(*network.Batch) error) error {
			n, err := strconv.Atoi("0" + string(from))
			if err != nil {
				return err
			}
			for {
				select {
				case <-ctx.Done():
					return ctx.Err()
				case events := <-l.events:
					n++
					b := network.Batch{Events: events, Frames: len(events), Cursor: network.Cursor(strconv.Itoa(n))}
					if err := emit(&b); err != nil {
						return err
					}
				}
			}
		},
	}
}

// listen lets the server hear the live world.
func (w *world) listen(ctx context.Context) error {
	_, err := w.api.AddSource(ctx, client.SourceDraft{Network: liveName, Name: "The invented world"})
	return err
}

// The owner of a house of one's own.
const (
	ownerName     = "ann"
	ownerPassword = "a lamp beside the window"
)

// own gives the house an owner.
func (w *world) own(t *testing.T) {
	t.Helper()
	link, err := w.api.SetUpLink(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	visitor, err := client.New(w.address, client.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := visitor.SetUp(t.Context(), client.NewUser{Token: link.Token, Name: ownerName, FullName: "Ann Example", Password: ownerPassword}); err != nil {
		t.Fatal(err)
	}
}

// signIn lets the owner in.
func (tb *tab) signIn() {
	tb.t.Helper()
	tb.open("/sign-in")
	tb.fill("name", ownerName)
	tb.fill("password", ownerPassword)
	tb.submit("main form")
	tb.until(`location.pathname !== "/sign-in"`)
	tb.settle()
}

// burst lets so many things happen in the demo's world at this moment. The world
// is in the middle of its crisis then.
func (w *world) burst(ctx context.Context, n int) error {
	now := hearth.SystemClock()
	var events []network.Event
	for range n {
		if e := w.invented.Next(now); e.Kind == demo.Posted {
			p := e.Post.Clone()
			p.Published = now
			events = append(events, network.Event{Op: network.Create, Post: p})
		}
	}
	select {
	case w.live.events <- events:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
