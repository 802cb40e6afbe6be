package networktest

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"hearth/network"
)

// Heard is what one run of Stream or Search gave out, copied.
type Heard struct {
	Events  []network.Event
	Rejects []network.Reject
	Gaps    []network.Gap
	Cursor  network.Cursor // of the last batch
	Batches int
}

// Take copies what is in a batch.
func (h *Heard) Take(b *network.Batch) {
	for i := range b.Events {
		ev := b.Events[i]
		ev.Post = ev.Post.Clone()
		h.Events = append(h.Events, ev)
	}
	for _, r := range b.Rejects {
		r.Raw = slices.Clone(r.Raw)
		h.Rejects = append(h.Rejects, r)
	}
	h.Gaps = append(h.Gaps, b.Gaps...)
	h.Cursor = b.Cursor
	h.Batches++
}

// Ops are the events in short, "create 1" for one, in order.
func (h *Heard) Ops() []string {
	var list []string
	for i := range h.Events {
		list = append(list, h.Events[i].Op.String()+" "+h.Events[i].Post.ID)
	}
	return list
}

// Listen runs the network's stream from a cursor until enough is true; the
// error is the stream's own.
func Listen(t testing.TB, n network.Network, s *network.Session, from network.Cursor, enough func(*Heard) bool) (*Heard, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	h := &Heard{Cursor: from}
	err := n.Stream(ctx, s, from, func(b *network.Batch) error {
		h.Take(b)
		if enough(h) {
			return errEnough
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		return h, nil
	}
	if ctx.Err() != nil {
		t.Fatalf("gave up waiting: %d batches, %v, rejects %+v, gaps %+v", h.Batches, h.Ops(), h.Rejects, h.Gaps)
	}
	return h, err
}

// MustListen is Listen where the stream may not break.
func MustListen(t testing.TB, n network.Network, s *network.Session, from network.Cursor, enough func(*Heard) bool) *Heard {
	t.Helper()
	h, err := Listen(t, n, s, from, enough)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// AfterEvents is true once n events were heard.
func AfterEvents(n int) func(*Heard) bool { return func(h *Heard) bool { return len(h.Events) >= n } }

// AfterBatches is true once n batches were heard.
func AfterBatches(n int) func(*Heard) bool { return func(h *Heard) bool { return h.Batches >= n } }

// Settled is true once n events were heard and a batch without any came after
// them: what the network remembers of them is in the session's cache then.
func Settled(n int) func(*Heard) bool {
	had := -1
	return func(h *Heard) bool {
		same := had == len(h.Events)
		had = len(h.Events)
		return same && had >= n
	}
}

// Search runs the network's search to its end.
func Search(t testing.TB, n network.Network, s *network.Session, want network.Wanted) *Heard {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	h := &Heard{}
	err := n.Search(ctx, s, want, "", func(b *network.Batch) error {
		h.Take(b)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return h
}
