package outbound

import (
	"net/http"
	"time"
)

// sameWindow is how far two announcements of one reset lie apart at most:
// clocks and roundings differ.
const sameWindow = 2 * time.Second

// learn notes what an answer says about limits. Answers may come in another
// order than their requests went out, so within a window the smaller remainder
// counts, and an older window changes nothing.
func (l *line) learn(answer *http.Response, now time.Time, random float64) {
	a, ok := announced(answer.Header, now)
	l.h.mu.Lock()
	defer l.h.mu.Unlock()
	b := l.bucket()
	if ok {
		b = l.g.bucket(a.bucket)
		if len(l.g.routes) >= mostRoutes {
			clear(l.g.routes)
		}
		l.g.routes[l.route], l.g.latest = b, b
		b.announce(a, now)
	}
	switch answer.StatusCode {
	case http.StatusTooManyRequests:
		l.h.totals.Limited++
		b.refused(retryAfter(answer.Header, now), now, random)
	case http.StatusServiceUnavailable:
		if at := retryAfter(answer.Header, now); at.After(b.until) {
			b.until = at
		}
	default:
		b.refusals = 0
	}
	close(b.changed)
	b.changed = make(chan struct{})
}

func (b *bucket) announce(a announcement, now time.Time) {
	switch {
	case !a.reset.After(now):
		b.known = false // nothing to go by: it is given anew at once, or nobody says when
	case b.known && a.reset.Before(b.reset.Add(-sameWindow)) && b.reset.After(now):
		return
	case b.known && a.reset.Before(b.reset.Add(sameWindow)):
		a.remaining, a.reset = min(a.remaining, b.remaining), b.reset
		fallthrough
	default:
		b.known = true
	}
	b.limit, b.remaining, b.reset = a.limit, a.remaining, a.reset
	if b.last.IsZero() {
		b.last = now
	}
}

// refused notes a 429: everybody waits as long as the host says, and if it does
// not say, longer each time.
func (b *bucket) refused(until, now time.Time, random float64) {
	if until.After(now) {
		b.until, b.refusals = until, 0
		return
	}
	if b.known && b.reset.After(now) {
		b.remaining = 0
		return
	}
	wait := silentBlock
	if b.refusals < 9 {
		wait = min(silentBlock, firstBlock<<b.refusals)
	}
	b.refusals++
	b.until = now.Add(wait/2 + time.Duration(random*float64(wait/2)))
}
