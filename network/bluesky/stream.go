package bluesky

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"hearth"
	"hearth/jsonread"
	"hearth/network"
)

// stream is network.Network.Stream. One goroutine reads and decodes frames
// into a batch, the caller's goroutine gives batches out.
func stream(ctx context.Context, s *network.Session, from network.Cursor, emit func(*network.Batch) error) error {
	at, err := parseCursor(from)
	if err != nil {
		return err
	}
	w, err := newWatch(ctx, s)
	if err != nil {
		return err
	}
	l, err := connect(ctx, s, at)
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return err
	}
	again := &rereader{s: s, dids: make(chan lost, maxLost)}
	r := &reader{again: again, link: l, in: newInbox(from), cache: s.Cache, back: at, watch: w}
	var crew sync.WaitGroup
	crew.Go(func() { r.in.end(r.run()) })
	beside, stop := context.WithCancel(ctx)
	crew.Go(func() { again.run(beside, r.in) })
	crew.Go(func() { w.run(beside) })
	defer func() {
		r.in.end(nil)
		stop()
		l.hangUp()
		crew.Wait()
		l.close() // what run reads with
	}()
	keep := context.AfterFunc(ctx, l.hangUp)
	defer keep()
	alive := time.NewTicker(aliveEvery)
	defer alive.Stop()
	err = r.giveOut(ctx, alive.C, emit)
	if ctx.Err() == nil {
		r.rememberSilence()
	}
	return err
}

// rememberSilence notes a host that sent nothing, or that one has spoken again.
func (r *reader) rememberSilence() {
	host := r.link.at.host
	if !r.heard.Load() {
		r.cache.Put(avoidedKey, host)
	} else if avoided, _ := r.cache.Get(avoidedKey); avoided == host {
		r.cache.Put(avoidedKey, "")
	}
}

// giveOut hands batches to emit until the stream or ctx ends.
func (r *reader) giveOut(ctx context.Context, alive <-chan time.Time, emit func(*network.Batch) error) error {
	delay := time.NewTimer(batchDelay)
	delay.Stop()
	defer delay.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-alive:
			r.checkAlive(ctx)
			continue
		case <-r.in.begun:
		}
		delay.Reset(batchDelay)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-r.in.ripe:
		case <-delay.C:
		}
		b, last, err := r.in.take()
		if filled := b.Frames + len(b.Events) + len(b.Gaps); filled > 0 && ctx.Err() == nil { // what was read again came in no frame
			if err := emit(b); err != nil {
				return err
			}
		}
		if last {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return err
		}
		r.in.giveBack(b)
	}
}

const (
	aliveEvery  = 20 * time.Second // so that a dead line is noticed within a minute (ING6)
	pongTimeout = 10 * time.Second
)

// checkAlive ends a connection that has gone silent without saying so: nothing
// arrived since the last look, and a ping is not answered.
func (r *reader) checkAlive(ctx context.Context) {
	frames := r.frames.Load()
	silent := frames == r.seen
	r.seen = frames
	if !silent || r.in.stalled() {
		return
	}
	ws, in := r.link.ws, r.in
	go func() {
		ctx, cancel := context.WithTimeout(ctx, pongTimeout)
		defer cancel()
		if ws.Ping(ctx) != nil && !in.stalled() {
			ws.CloseNow()
		}
	}()
}

// reader turns frames into a batch.
type reader struct {
	link    *link
	in      *inbox
	again   *rereader
	decoder Decoder
	arena   jsonread.Arena
	cache   network.Cache
	frames  atomic.Int64 // that have arrived
	seen    int64        // frames when checkAlive looked last
	heard   atomic.Bool  // an event has arrived
	watch   *watch

	back place // where listening stopped; until the stream is past it, the cursor stays
	last place // of the furthest event
}

// run reads until the connection ends and says why it did.
func (r *reader) run() error {
	// The connection is closed to end it: a context would cost a timer a frame.
	for {
		frame, bad, err := r.link.frame(context.Background())
		if err != nil {
			return hearth.Errorf(hearth.Unavailable, "The Bluesky stream of %s broke off: %v", r.link.at.host, err)
		}
		r.frames.Add(1)
		var failure error
		if !r.in.put(len(frame), func(b *network.Batch) { failure = r.read(b, frame, bad) }) {
			return nil
		}
		if failure != nil {
			return failure
		}
	}
}

// read adds one frame to the batch; the inbox is locked. Its error ends the stream: the host says
// that it does.
func (r *reader) read(b *network.Batch, frame []byte, bad error) error {
	b.Frames++
	if bad != nil {
		b.Rejects = append(b.Rejects, reject(frame, bad))
		return nil
	}
	ev := b.Add()
	f, err := r.decoder.Decode(r.arena.Copy(frame), ev)
	again := r.pass(b, f)
	if f.Kind == Sync && !again && err == nil {
		r.again.add(b, ev)
	}
	if again || err != nil || f.Kind != Post && f.Kind != Account {
		b.Drop()
	}
	switch {
	case again:
	case err != nil:
		b.Rejects = append(b.Rejects, reject(frame, err))
	case ev.Op == network.Rename && f.Kind == Account:
		renewHandle(r.cache, ev.Post.Author.ID, ev.Post.Author.Handle)
		r.watch.rename(ev.Post.Author.ID, ev.Post.Author.Handle)
	case f.Kind == Post:
		if p, ok := r.watch.of(ev.Post.Author.ID); ok {
			p.fill(&ev.Post.Author)
		}
	}
	switch f.Kind {
	case Info:
		r.notice(f)
	case Failure:
		return hearth.Errorf(hearth.Unavailable, "Bluesky ended the stream of %s: %s %s", r.link.at.host, f.Name, f.Message)
	}
	return nil
}

// pass moves our place to the frame's and says whether it is the event that we
// had last before the connection was made.
func (r *reader) pass(b *network.Batch, f Frame) (again bool) {
	now := place{version: r.link.at.version, host: r.link.at.host, seq: f.Seq, micros: f.Time}
	if now.version == 2 && now.seq == 0 || now.version == 1 && now.micros == 0 {
		return false
	}
	if now.micros == 0 {
		now.micros = max(r.last.micros, r.back.micros)
	}
	if !r.heard.Load() {
		r.heard.Store(true)
	}
	again, gap := r.link.resume.first(now)
	if gap != nil {
		b.Gaps = append(b.Gaps, *gap)
	}
	if again || gap != nil {
		r.back = place{} // the stream is there already, or never comes back there
	}
	if now.seq < r.last.seq || now.seq == r.last.seq && now.micros < r.last.micros {
		return again // late: the place is that of the furthest event
	}
	r.last = now
	if now.micros >= r.back.micros {
		r.in.at = now
	}
	return again
}

// notice reads what the host says about our cursor.
func (r *reader) notice(f Frame) {
	if r.link.resume.proven {
		return
	}
	switch f.Name {
	case "OutdatedCursor":
		r.link.resume.lost = "The host keeps events for a limited time and has dropped the oldest ones since listening stopped."
	case "FutureCursor":
		r.link.resume.lost = "The host has begun to count anew since listening stopped."
	}
}

// deadLetter is how much of a frame is kept that cannot be read.
const deadLetter = 64 << 10

func reject(frame []byte, why error) network.Reject {
	kept := frame[:min(len(frame), deadLetter)]
	return network.Reject{Raw: append([]byte(nil), kept...), Reason: reason(why)}
}

// reason is an error as a sentence.
func reason(err error) string {
	var e *hearth.Error
	if errors.As(err, &e) {
		return "The post cannot be taken: " + e.Message
	}
	s := err.Error()
	return strings.TrimSuffix(fmt.Sprintf("The event cannot be read: %s", s), ".") + "."
}
