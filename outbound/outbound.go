package outbound

import (
	"crypto/tls"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"hearth"
)

// Purpose is what a connection is for: it decides the ports and the time.
type Purpose string

const (
	Web    Purpose = "web"    // pages and calls: ports 80 and 443, a minute in all
	Stream Purpose = "stream" // as Web, but answers without an end (web sockets, event streams) have no limit of time and size
	Mail   Purpose = "mail"   // ports 143, 465, 587 and 993, by DialContext
)

// Config is what the operator decides.
type Config struct {
	Allow     []Exception  // targets that are allowed though they are not public
	UserAgent string       // sent where the request has none; networks want a name and an address to complain to
	Clock     hearth.Clock // nil: the machine's

	// Resolver finds the addresses of names; nil: the system's. What it says is
	// judged, not believed.
	Resolver *net.Resolver

	// Random spreads retries, in [0, 1); nil: the runtime's.
	Random func() float64

	// Leak is told when a request would have carried a secret to a place that
	// it is not for. The request is refused in any case; tests panic here.
	Leak func(error)
}

// Outbound is the way out. Safe for concurrent use.
type Outbound struct {
	allow     []Exception
	userAgent string
	clock     hearth.Clock
	resolver  *net.Resolver
	random    func() float64
	leak      func(error)

	reading  map[Purpose]http.RoundTripper // for what may be asked twice
	changing map[Purpose]http.RoundTripper // for what must be sent once

	mu        sync.Mutex
	hosts     map[string]*host
	forgotten Totals    // of hosts that are no longer remembered
	swept     time.Time // when they were last looked through for such
}

// New is a way out with the operator's exceptions.
func New(c Config) *Outbound {
	o := &Outbound{
		allow: slices.Clone(c.Allow), userAgent: c.UserAgent, clock: c.Clock, resolver: c.Resolver, random: c.Random, leak: c.Leak,
		reading: map[Purpose]http.RoundTripper{}, changing: map[Purpose]http.RoundTripper{}, hosts: map[string]*host{},
	}
	if o.userAgent == "" {
		o.userAgent = "Hearth"
	}
	if o.clock == nil {
		o.clock = hearth.SystemClock
	}
	if o.resolver == nil {
		o.resolver = net.DefaultResolver
	}
	if o.random == nil {
		o.random = rand.Float64
	}
	if o.leak == nil {
		o.leak = func(error) {}
	}
	for _, p := range []Purpose{Web, Stream} {
		o.reading[p] = o.transport(p)
		once := o.transport(p)
		// A connection of its own for each request: net/http sends a request
		// again only where a used connection turns out to be dead.
		once.DisableKeepAlives, once.ForceAttemptHTTP2 = true, false
		once.TLSNextProto = map[string]func(string, *tls.Conn) http.RoundTripper{}
		o.changing[p] = once
	}
	return o
}

// Client is the HTTP client for Web or Stream that speaks for nobody: no
// secret goes with it.
func (o *Outbound) Client(p Purpose) *http.Client { return o.For(p, Scope{}) }

// For is the HTTP client for Web or Stream that speaks for an account. Clients
// share connections and are cheap; they must not be changed. Give requests of a
// Stream a context that ends.
func (o *Outbound) For(p Purpose, s Scope) *http.Client {
	if o.reading[p] == nil {
		panic("outbound: there is no HTTP client for " + string(p))
	}
	return &http.Client{Transport: &way{o: o, purpose: p, scope: s.ready()}, CheckRedirect: checkRedirect}
}

// CloseIdle closes the connections that nobody uses.
func (o *Outbound) CloseIdle() {
	for _, t := range o.reading {
		if t, ok := t.(*http.Transport); ok {
			t.CloseIdleConnections()
		}
	}
}

const (
	handshakeTimeout = 10 * time.Second
	headerTimeout    = 30 * time.Second
	maxHeaderBytes   = 64 << 10
)
