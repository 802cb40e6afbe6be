package outbound

import (
	"cmp"
	"slices"
	"time"

	"hearth"
)

// Host is how things stand with one host and port.
type Host struct {
	Name    string // host:port
	Breaker BreakerState
	Since   time.Time // of the breaker's state; zero: always
	RetryAt time.Time // when an open breaker lets a call through
	Reason  string    // of the last failure; "" while it works
	Running int       // calls on the wire
	Totals  Totals
	Limits  []Limit
}

// Limit is one limit of an account at a host.
type Limit struct {
	Workspace hearth.WorkspaceID
	Account   string
	Name      string // how the host tells it from others; may be ""
	Known     bool   // whether Limit, Remaining and Reset mean something
	Limit     float64
	Remaining float64
	Reset     time.Time
	Blocked   time.Time // the host wants no call before this; zero: nothing blocked
	Waiting   int       // callers
	Waits     int64     // calls that had to wait, since the start
	Waited    time.Duration
}

// Snapshot shows all hosts that are remembered, by name.
func (o *Outbound) Snapshot() []Host {
	now := o.clock()
	o.mu.Lock()
	hosts := make([]*host, 0, len(o.hosts))
	for _, h := range o.hosts {
		hosts = append(hosts, h)
	}
	o.mu.Unlock()
	list := make([]Host, len(hosts))
	for i, h := range hosts {
		list[i] = h.snapshot(now)
	}
	slices.SortFunc(list, func(a, b Host) int { return cmp.Compare(a.Name, b.Name) })
	return list
}

// Totals are those of all hosts together, forgotten ones included.
func (o *Outbound) Totals() Totals {
	o.mu.Lock()
	defer o.mu.Unlock()
	all := o.forgotten
	for _, h := range o.hosts {
		h.mu.Lock()
		all.add(h.totals)
		h.mu.Unlock()
	}
	return all
}

func (h *host) snapshot(now time.Time) Host {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := Host{Name: h.name, Breaker: h.breaker.state, Since: h.breaker.since, Running: len(h.slots), Totals: h.totals}
	if h.breaker.failures > 0 {
		s.Reason = h.breaker.reason
	}
	if h.breaker.state == Open {
		s.RetryAt = h.breaker.until
	}
	for key, g := range h.ledgers {
		for _, b := range g.buckets {
			l := Limit{Workspace: key.workspace, Account: key.account, Name: b.name, Waiting: b.waiting, Waits: b.waits, Waited: b.waited}
			if l.Known = b.known && b.reset.After(now); l.Known {
				l.Limit, l.Remaining, l.Reset = b.limit, max(0, b.remaining), b.reset
			}
			if b.until.After(now) {
				l.Blocked = b.until
			}
			s.Limits = append(s.Limits, l)
		}
	}
	slices.SortFunc(s.Limits, func(a, b Limit) int {
		return cmp.Or(cmp.Compare(a.Workspace, b.Workspace), cmp.Compare(a.Account, b.Account), cmp.Compare(a.Name, b.Name))
	})
	return s
}
