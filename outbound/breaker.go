package outbound

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"hearth"
)

// BreakerState is whether a host may be called.
type BreakerState string

const (
	Closed   BreakerState = "closed"    // as always
	Open     BreakerState = "open"      // it failed again and again: left alone for a while
	HalfOpen BreakerState = "half-open" // one call finds out whether it works again
)

const (
	failuresToOpen = 5 // one after the other
	firstRest      = 5 * time.Second
	longestRest    = time.Minute
)

// breaker is the one of a host. The host's mutex guards it.
type breaker struct {
	state    BreakerState
	failures int // one after the other
	opened   int // times, since it last worked
	since    time.Time
	until    time.Time // when it is tried again
	reason   string    // of the last failure
}

// pass says whether a call may go out; probe says that it is the one that
// finds out, and judge must be told about it.
func (h *host) pass(now time.Time) (probe bool, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	b := &h.breaker
	switch {
	case b.state == Open && !now.Before(b.until):
		b.state, b.since = HalfOpen, now
		probe = true
	case b.state == Open || b.state == HalfOpen:
		h.totals.Refused++
		return false, hearth.Errorf(hearth.Unavailable, "%s failed %d times in a row (%s); it is tried again after %s.",
			h.name, b.failures, b.reason, b.until.UTC().Format("15:04:05 UTC"))
	}
	h.totals.Calls++
	h.spare = min(budget, h.spare+perCall)
	return probe, nil
}

// judge notes how a call went.
func (h *host) judge(ctx context.Context, answer *http.Response, err error, now time.Time, probe bool, random float64) {
	reason := ""
	switch {
	case err == nil && answer.StatusCode >= http.StatusInternalServerError:
		reason = answer.Status
	case err != nil && !errors.Is(ctx.Err(), context.Canceled) && hearth.ErrorCode(err) != hearth.Denied:
		reason = plainly(err)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	b := &h.breaker
	switch {
	case reason != "":
		h.totals.Failed++
		b.failures++
		b.reason = reason
		if probe || b.state == Closed && b.failures >= failuresToOpen {
			rest := min(longestRest, firstRest<<min(b.opened, 10))
			b.opened++
			b.state, b.since = Open, now
			b.until = now.Add(rest/2 + time.Duration(random*float64(rest/2)))
		}
	case err == nil:
		if b.state != Closed {
			b.since = now
		}
		b.state, b.failures, b.opened = Closed, 0, 0
	case probe: // the caller went away before it was known: the next one finds out
		b.state, b.until = Open, now
	}
}

// plainly is an error without addresses, which may hold secrets.
func plainly(err error) string {
	var name interface{ Timeout() bool }
	for inner := err; inner != nil; inner = errors.Unwrap(inner) {
		err = inner
	}
	if errors.As(err, &name) && name.Timeout() {
		return "no answer in time"
	}
	return shorten(fmt.Sprint(err))
}
