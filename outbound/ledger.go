package outbound

import (
	"context"
	"strings"
	"time"

	"hearth"
)

// lineKey names whose limits count.
type lineKey struct {
	workspace hearth.WorkspaceID
	account   string
}

// ledger is what is known of the limits of one account at one host. A host may
// have several: each is a bucket, and answers tell which of them a route uses.
// The host's mutex guards it.
type ledger struct {
	buckets map[string]*bucket
	routes  map[string]*bucket
	latest  *bucket // the one announced last, for routes that were never asked
}

const (
	mostBuckets = 64
	mostRoutes  = 256
)

// bucket is one limit: so many calls until the reset.
type bucket struct {
	name      string
	limit     float64
	remaining float64
	known     bool
	last      time.Time     // when the last call began
	reset     time.Time     // when calls are given anew; zero: not said
	until     time.Time     // the host wants no call before this
	refusals  int           // 429 without a word of when, one after the other
	turn      chan struct{} // held by the caller who is next
	changed   chan struct{} // closed when something new is known
	waiting   int
	waits     int64
	waited    time.Duration
}

func newLedger() *ledger {
	g := &ledger{buckets: map[string]*bucket{}, routes: map[string]*bucket{}}
	g.latest = g.bucket("")
	return g
}

// bucket is the bucket of a name; beyond the most there may be, all share one.
func (g *ledger) bucket(name string) *bucket {
	if len(g.buckets) >= mostBuckets && g.buckets[name] == nil {
		name = ""
	}
	if g.buckets[name] == nil {
		g.buckets[name] = &bucket{name: name, turn: make(chan struct{}, 1), changed: make(chan struct{})}
	}
	return g.buckets[name]
}

// line is the way of one request through a ledger.
type line struct {
	h     *host
	g     *ledger
	route string
}

// route is what requests that share a limit have in common: the path without
// what looks like an id.
func route(call string) string {
	parts := strings.Split(call, "/")
	for i, p := range parts {
		if i > 0 && (len(p) > 24 || strings.ContainsAny(p, "0123456789")) {
			parts[i] = "*"
		}
	}
	return shorten(strings.Join(parts, "/"))
}

// bucket is the limit that the request falls under, as far as is known. The
// host's mutex is held.
func (l *line) bucket() *bucket {
	if b := l.g.routes[l.route]; b != nil {
		return b
	}
	return l.g.latest
}

// slowFrom is the share of a limit from which calls are spread over the time
// that is left.
const slowFrom = 0.2

// delay is how long the next call has to wait.
func (b *bucket) delay(now time.Time) time.Duration {
	wait := max(0, b.until.Sub(now))
	switch {
	case !b.known || !b.reset.After(now):
	case b.remaining < 1:
		wait = max(wait, b.reset.Sub(now))
	case b.remaining < slowFrom*b.limit:
		pace := b.reset.Sub(b.last) / time.Duration(b.remaining+1)
		wait = max(wait, b.last.Add(pace).Sub(now))
	}
	return wait
}

// take begins a call if it may begin now; else it says how long to wait, unless
// something changes.
func (b *bucket) take(now time.Time) (wait time.Duration, changed <-chan struct{}) {
	if wait = b.delay(now); wait > 0 {
		return wait, b.changed
	}
	if b.known && !b.reset.After(now) {
		b.known = false // the next answer says how much there is again
	}
	b.remaining--
	b.last = now
	return 0, nil
}

// delay is how long the request would have to wait.
func (l *line) delay(now time.Time) time.Duration {
	l.h.mu.Lock()
	defer l.h.mu.Unlock()
	return l.bucket().delay(now)
}

// wait returns when it is the request's turn. Callers come to it in the order
// they came; who cannot live to see it is told at once.
func (l *line) wait(ctx context.Context, clock hearth.Clock) error {
	if err := ctx.Err(); err != nil {
		return context.Cause(ctx)
	}
	begun := clock()
	l.h.mu.Lock()
	b := l.bucket()
	wait := b.delay(begun)
	b.waiting++
	l.h.mu.Unlock()
	defer func() {
		l.h.mu.Lock()
		defer l.h.mu.Unlock()
		b.waiting--
		if waited := clock().Sub(begun); wait > 0 && waited > 0 {
			b.waits++
			b.waited += waited
			l.h.totals.Waits++
			l.h.totals.Waited += waited
		}
	}()
	if !inTime(ctx, wait) {
		return l.refusal(begun.Add(wait))
	}
	select {
	case b.turn <- struct{}{}:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	defer func() { <-b.turn }()
	for {
		now := clock()
		l.h.mu.Lock()
		left, changed := b.take(now)
		wait = max(wait, left)
		l.h.mu.Unlock()
		if left == 0 {
			return nil
		}
		if !inTime(ctx, left) {
			return l.refusal(now.Add(left))
		}
		if err := sleep(ctx, left, changed); err != nil {
			return err
		}
	}
}

func (l *line) refusal(until time.Time) error {
	return hearth.Errorf(hearth.Unavailable, "%s wants no more calls until %s.", l.h.name, until.UTC().Format("2006-01-02 15:04:05 UTC"))
}

// The waits after a refusal that does not say how long, doubled each time.
const (
	firstBlock  = time.Second
	silentBlock = 5 * time.Minute // the longest of them
)
