package ingest

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"hearth/fault"
	"hearth/network"
)

const (
	// maxTries is how often a delivery may make the program fail, or be cut off
	// in the middle, before it goes to the dead letters.
	maxTries = 5
	// lookForDeliveries is how late one is read whose wake-up is lost.
	lookForDeliveries = 5 * time.Second
	// tidyEvery is how often what is kept of deliveries is looked through.
	tidyEvery = time.Minute
)

// reading is everything that a source reads, on its way into one flow: what its
// stream gives, and what the network sent by itself.
type reading struct {
	s       *Sources
	r       *runner
	n       *network.Network
	session *network.Session
	flow    *Flow

	mu    sync.Mutex // Take is for one goroutine
	heard bool
}

// run reads until the stream breaks or ctx ends. Both ways in end together.
func (rd *reading) run(ctx context.Context) error {
	streaming := func(ctx context.Context) error {
		return streamUntilPanic(ctx, rd.n, rd.session, rd.flow.Progress().Cursor, func(b *network.Batch) error {
			return rd.take(ctx, b, 0)
		}, rd.s.o.Log)
	}
	if rd.n.Webhook == nil {
		return streaming(ctx)
	}
	if rd.n.Stream == nil {
		return rd.deliveries(ctx)
	}
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() {
		defer cancel()
		ended <- rd.deliveries(ctx)
	}()
	err := streaming(ctx)
	cancel()
	if other := <-ended; other != nil && errors.Is(err, context.Canceled) {
		err = other
	}
	return err
}

// take hands a batch to the flow. seq is the delivery that it was read from, 0
// for the stream.
func (rd *reading) take(ctx context.Context, b *network.Batch, seq int64) error {
	rd.mu.Lock()
	defer rd.mu.Unlock()
	rd.heard = true
	rd.r.read(b, rd.s.o.Clock())
	return rd.flow.take(ctx, b, nil, seq)
}

// deliveries reads what came, in order, and waits for more.
func (rd *reading) deliveries(ctx context.Context) error {
	place, err := rd.s.deliveryPlace(ctx, rd.r.key)
	if err != nil {
		return err
	}
	if rd.n.Stream == nil {
		rd.r.listening(rd.s.o.Clock())
	}
	news := rd.s.doorOf(rd.r.key).news
	look, tidy := time.NewTicker(lookForDeliveries), time.NewTicker(tidyEvery)
	defer look.Stop()
	defer tidy.Stop()
	at, first := place.read, true
	for {
		list, err := rd.s.waitingAfter(ctx, rd.r.key, at)
		if err != nil {
			return err
		}
		for i := range list {
			if err := rd.deliver(ctx, &list[i], first); err != nil {
				return err
			}
			at, first = list[i].seq, false
		}
		if len(list) > 0 {
			continue
		}
		first = false
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-news:
		case <-look.C:
		case <-tidy.C:
			for more := true; more; {
				if more, err = rd.s.tidyDeliveries(ctx, rd.r.key); err != nil {
					return err
				}
			}
		}
	}
}

// deliver reads one delivery and hands on what is in it. One that makes the
// program fail is tried again, and becomes a dead letter in the end. The first
// one after a start may be why the program ended the last time, so its try is
// counted on the disk before it is made.
func (rd *reading) deliver(ctx context.Context, d *waitingDelivery, first bool) error {
	var b network.Batch
	var trouble any
	for tries := d.tries; ; tries++ {
		if tries >= maxTries {
			b.Reset()
			reason := fmt.Sprintf("Reading the delivery did not succeed in %d tries.", maxTries)
			if trouble != nil {
				reason = fmt.Sprintf("Hearth failed %d times while reading the delivery: %v", tries, trouble)
			}
			b.Rejects = append(b.Rejects, network.Reject{Raw: d.Body, Reason: reason})
			break
		}
		if first || trouble != nil {
			if err := rd.s.noteTry(ctx, rd.r.key, d.seq); err != nil {
				return err
			}
		}
		b.Reset()
		if trouble = rd.readUntilPanic(d, &b); trouble == nil {
			break
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(10 * time.Millisecond << tries):
		}
	}
	if err := fault.Point("ingest.delivery.parsed"); err != nil {
		return err
	}
	b.Cursor = ""
	b.Frames = max(b.Frames, 1)
	return rd.take(ctx, &b, d.seq)
}

func (rd *reading) readUntilPanic(d *waitingDelivery, b *network.Batch) (trouble any) {
	defer func() {
		if trouble = recover(); trouble != nil {
			rd.s.o.Log.Error("a network failed while reading a delivery", "workspace", rd.r.key.workspace, "source", rd.r.key.id,
				"delivery", d.seq, "panic", fmt.Sprint(trouble), "stack", string(debug.Stack()))
		}
	}()
	rd.n.Webhook.Read(rd.session, &d.Delivery, b)
	return nil
}
