// Package outbound is the only way out of the house: every address that
// somebody else chose (a feed, an instance, a redirect) is dialled here.
//
// It guarantees:
//   - an address is judged when it is dialled, after the name was resolved, and
//     exactly that address is dialled: public unicast addresses only, on the
//     ports of the purpose; everything else needs an exception in the
//     operator's configuration file, never in a setting that people make;
//   - at most three redirects, each judged like a first request; what could
//     identify us stays with the origin it was meant for;
//   - proxies of the environment are ignored;
//   - answers have time limits; bodies are read through ReadAll with a cap.
//
// It does not retry, cache or keep cookies.
package outbound

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"time"

	"hearth"
)

// Purpose is what a connection is for: it decides the ports and the time.
type Purpose string

const (
	Web    Purpose = "web"    // pages and calls: ports 80 and 443, a minute in all
	Stream Purpose = "stream" // answers without an end and web sockets: the same ports, no time limit once it has begun
	Mail   Purpose = "mail"   // ports 465, 587 and 993, by DialContext
)

// Config is what the operator decides.
type Config struct {
	Allow     []Exception // targets that are allowed though they are not public
	UserAgent string      // sent where the request has none; networks want a name and an address to complain to
}

// Outbound is the way out. Safe for concurrent use.
type Outbound struct {
	allow     []Exception
	userAgent string
	clients   map[Purpose]*http.Client
}

const (
	dialTimeout   = 10 * time.Second
	headerTimeout = 30 * time.Second
	webTimeout    = time.Minute
	maxRedirects  = 3
)

// New is a way out with the operator's exceptions.
func New(c Config) *Outbound {
	o := &Outbound{allow: slices.Clone(c.Allow), userAgent: c.UserAgent, clients: map[Purpose]*http.Client{}}
	if o.userAgent == "" {
		o.userAgent = "Hearth"
	}
	for _, p := range []Purpose{Web, Stream} {
		o.clients[p] = o.client(p)
	}
	return o
}

// Client is the HTTP client for Web or Stream; it is shared and must not be
// changed. Give requests of a Stream a context that ends.
func (o *Outbound) Client(p Purpose) *http.Client {
	c := o.clients[p]
	if c == nil {
		panic("outbound: there is no HTTP client for " + string(p))
	}
	return c
}

// CloseIdle closes the connections that nobody uses.
func (o *Outbound) CloseIdle() {
	for _, c := range o.clients {
		c.CloseIdleConnections()
	}
}

func (o *Outbound) client(p Purpose) *http.Client {
	c := &http.Client{
		Transport: &gate{userAgent: o.userAgent, next: &http.Transport{
			Proxy: nil,
			DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
				return o.DialContext(ctx, p, network, address)
			},
			TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
			TLSHandshakeTimeout:    dialTimeout,
			ResponseHeaderTimeout:  headerTimeout,
			ExpectContinueTimeout:  time.Second,
			IdleConnTimeout:        90 * time.Second,
			MaxIdleConns:           100,
			MaxIdleConnsPerHost:    8,
			MaxResponseHeaderBytes: 256 << 10,
			ForceAttemptHTTP2:      true,
		}},
		CheckRedirect: checkRedirect,
	}
	if p == Web {
		c.Timeout = webTimeout
	}
	return c
}

// DialContext opens a TCP connection for a purpose. Every address the name
// resolves to is judged right before it is dialled.
func (o *Outbound) DialContext(ctx context.Context, p Purpose, network, address string) (net.Conn, error) {
	d := net.Dialer{
		Timeout:   dialTimeout,
		KeepAlive: 30 * time.Second,
		Control: func(network, address string, _ syscall.RawConn) error {
			return o.judge(p, network, address)
		},
	}
	return d.DialContext(ctx, network, address)
}

// judge is nil if the resolved address may be dialled.
func (o *Outbound) judge(p Purpose, network, address string) error {
	if network != "tcp4" && network != "tcp6" {
		return refused("a connection of the kind " + network)
	}
	target, err := netip.ParseAddrPort(address)
	if err != nil {
		return refused(address)
	}
	for _, e := range o.allow {
		if e.covers(target) {
			return nil
		}
	}
	if !Public(target.Addr()) {
		return refused(target.Addr().String() + ", which is not a public address")
	}
	if !slices.Contains(ports[p], target.Port()) {
		return refused(target.String() + ", which is not a port for " + string(p))
	}
	return nil
}

var ports = map[Purpose][]uint16{Web: {80, 443}, Stream: {80, 443}, Mail: {465, 587, 993}}

func refused(what string) error {
	return hearth.Errorf(hearth.Denied, "Hearth does not connect to %s; the operator can allow it in the configuration file.", what)
}

// gate looks at each request before it is sent.
type gate struct {
	userAgent string
	next      *http.Transport
}

// RoundTrip is http.RoundTripper.RoundTrip.
func (g *gate) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := checkURL(r.URL); err != nil {
		if r.Body != nil {
			r.Body.Close()
		}
		return nil, err
	}
	if r.Header.Get("User-Agent") == "" {
		r = r.Clone(r.Context())
		r.Header.Set("User-Agent", g.userAgent)
	}
	return g.next.RoundTrip(r)
}

// CloseIdleConnections lets http.Client.CloseIdleConnections through.
func (g *gate) CloseIdleConnections() { g.next.CloseIdleConnections() }

func checkURL(u *url.URL) error {
	if u.Scheme != "http" && u.Scheme != "https" {
		return hearth.Errorf(hearth.Denied, "Hearth fetches http and https addresses only, not %q.", u.Scheme)
	}
	if u.Hostname() == "" {
		return hearth.Errorf(hearth.Invalid, "The address names no host.")
	}
	return nil
}

// harmless are the headers that go along to another origin. Everything else,
// known to be a secret or not, stays behind.
var harmless = []string{"Accept", "Accept-Language", "Accept-Encoding", "User-Agent", "Range"}

func checkRedirect(r *http.Request, via []*http.Request) error {
	if len(via) > maxRedirects {
		return hearth.Errorf(hearth.Unavailable, "The address redirects more than %d times.", maxRedirects)
	}
	if err := checkURL(r.URL); err != nil {
		return err
	}
	if r.URL.User != nil {
		return hearth.Errorf(hearth.Denied, "The address redirects to one with a password in it.")
	}
	r.Header.Del("Referer") // addresses carry secrets too
	home := origin(via[0].URL)
	if origin(r.URL) == home && !slices.ContainsFunc(via, func(v *http.Request) bool { return origin(v.URL) != home }) {
		return nil
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return hearth.Errorf(hearth.Denied, "The address redirects a %s request to another host.", r.Method)
	}
	for name := range r.Header {
		if !slices.Contains(harmless, name) {
			r.Header.Del(name)
		}
	}
	return nil
}

func origin(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return u.Scheme + "://" + strings.ToLower(u.Hostname()) + ":" + port
}

// ReadAll reads a body of at most limit bytes; a longer one is an error and
// not cut short. It counts what the body is after decompression.
func ReadAll(body io.Reader, limit int64) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(body, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(b)) > limit {
		return nil, hearth.Errorf(hearth.Unavailable, "The answer is larger than %d bytes.", limit)
	}
	return b, nil
}
