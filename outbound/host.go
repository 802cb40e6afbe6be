package outbound

import (
	"context"
	"sync"
	"time"

	"hearth"
)

const (
	callsAtOnce = 8     // to one host, streams not counted
	mostHosts   = 4_096 // that are remembered; beyond that, new ones share one memory
	budget      = 10.0  // tries again that a host gets at once …
	perCall     = 0.1   // … and how many each call adds
)

// host is everything that is known of one host and port.
type host struct {
	name  string
	slots chan struct{}

	mu      sync.Mutex
	ledgers map[lineKey]*ledger
	breaker breaker
	totals  Totals
	spare   float64 // tries again that are left
	users   int     // requests that hold it now
	touched time.Time
}

// Totals count what was done with a host since the program started.
type Totals struct {
	Calls   int64         // requests on the wire, tries again included
	Failed  int64         // without an answer, or with one of 500 and above
	Limited int64         // answered 429
	Retries int64         // tries again
	Waits   int64         // calls that had to wait for a limit
	Waited  time.Duration // and how long in all
	Refused int64         // calls that the open breaker refused
	Bytes   int64         // of answers, as they came
}

func (t *Totals) add(o Totals) {
	t.Calls += o.Calls
	t.Failed += o.Failed
	t.Limited += o.Limited
	t.Retries += o.Retries
	t.Waits += o.Waits
	t.Waited += o.Waited
	t.Refused += o.Refused
	t.Bytes += o.Bytes
}

// enter is the host of a name, held until leave.
func (o *Outbound) enter(name string) *host {
	now := o.clock()
	o.mu.Lock()
	defer o.mu.Unlock()
	h := o.hosts[name]
	if h == nil {
		if len(o.hosts) >= mostHosts && !o.forget(now) {
			name = "(others)"
			h = o.hosts[name]
		}
		if h == nil {
			h = &host{name: name, slots: make(chan struct{}, callsAtOnce), ledgers: map[lineKey]*ledger{}, spare: budget, breaker: breaker{state: Closed}}
			o.hosts[name] = h
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.users++
	h.touched = now
	return h
}

func (o *Outbound) leave(h *host) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.users--
}

const (
	forgetAfter = 10 * time.Minute // a host that nobody uses is remembered at least so long
	sweepEvery  = time.Minute      // looking through all hosts takes a moment
)

// forget drops the hosts that nobody has used for a while and that are no
// trouble. Their totals go into those of all forgotten ones.
func (o *Outbound) forget(now time.Time) bool {
	if now.Sub(o.swept) < sweepEvery {
		return false
	}
	o.swept = now
	dropped := false
	for name, h := range o.hosts {
		h.mu.Lock()
		idle := h.users == 0 && len(h.slots) == 0 && now.Sub(h.touched) > forgetAfter && h.breaker.state == Closed && !h.blocked(now)
		if idle {
			o.forgotten.add(h.totals)
		}
		h.mu.Unlock()
		if idle {
			delete(o.hosts, name)
			dropped = true
		}
	}
	return dropped
}

// blocked says whether a limit is known that would be lost. The mutex is held.
func (h *host) blocked(now time.Time) bool {
	for _, g := range h.ledgers {
		for _, b := range g.buckets {
			if b.waiting > 0 || b.delay(now) > 0 {
				return true
			}
		}
	}
	return false
}

// line is the way of a call through the limits of an account.
func (h *host) line(key lineKey, call string) *line {
	const mostAccounts = 1_024
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.ledgers) >= mostAccounts && h.ledgers[key] == nil {
		key = lineKey{}
	}
	if h.ledgers[key] == nil {
		h.ledgers[key] = newLedger()
	}
	return &line{h: h, g: h.ledgers[key], route: route(call)}
}

func (h *host) count(do func(*Totals)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	do(&h.totals)
}

// spend takes one try again out of the budget, if there is one left.
func (h *host) spend() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.spare < 1 {
		return false
	}
	h.spare--
	return true
}

func (h *host) takeSlot(ctx context.Context) error {
	select {
	case h.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return hearth.Errorf(hearth.Unavailable, "%s is busy: %d calls run already.", h.name, callsAtOnce)
	}
}

func (h *host) freeSlot() { <-h.slots }
