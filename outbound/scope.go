package outbound

import (
	"bytes"
	"encoding/base64"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"hearth"
)

// Scope says for whom a client speaks: whose limits count, which secrets it
// has, and where these may go.
type Scope struct {
	Workspace hearth.WorkspaceID
	Account   string // as Snapshot shows it, such as "source 3"; limits are counted for each apart

	// Secrets are tokens, keys and passwords. A request that holds one of them,
	// or a header that identifies us, goes to Hosts only.
	Secrets []string

	// Hosts are addresses as the settings write them: URLs, or hosts with or
	// without a port. Their subdomains belong to them. A secret goes to a host
	// in the open only if it stands here as an http:// or ws:// address, or is
	// this machine.
	Hosts []string
}

// shortestSecret keeps a careless setting ("a") from matching everything.
const shortestSecret = 4

// place is a host that secrets may go to.
type place struct {
	host string
	port string // "": any
	open bool   // http is as good as https
}

// scope is a Scope made ready.
type scope struct {
	Scope
	places  []place
	secrets [][]byte // in each way that they are written in a request
}

func (s Scope) ready() *scope {
	r := &scope{Scope: s}
	for _, h := range s.Hosts {
		if p, ok := parsePlace(h); ok {
			r.places = append(r.places, p)
		}
	}
	for _, secret := range s.Secrets {
		if len(secret) < shortestSecret {
			continue
		}
		for _, form := range []string{secret, url.QueryEscape(secret), url.PathEscape(secret)} {
			if b := []byte(form); !slices.ContainsFunc(r.secrets, func(o []byte) bool { return bytes.Equal(o, b) }) {
				r.secrets = append(r.secrets, b)
			}
		}
	}
	return r
}

func parsePlace(s string) (place, bool) {
	s = strings.TrimSpace(s)
	bare := !strings.Contains(s, "://")
	if bare {
		s = "https://" + s
	}
	u, err := url.Parse(s)
	if err != nil || u.Hostname() == "" {
		return place{}, false
	}
	p := place{host: strings.TrimSuffix(strings.ToLower(u.Hostname()), "."), port: u.Port()}
	switch {
	case bare:
		a, err := netip.ParseAddr(p.host)
		p.open = p.host == "localhost" || err == nil && a.IsLoopback()
	case u.Scheme == "http" || u.Scheme == "ws":
		p.open = true
	case u.Scheme != "https" && u.Scheme != "wss":
		return place{}, false
	}
	return p, true
}

func (p *place) covers(u *url.URL) bool {
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	if host != p.host {
		if _, err := netip.ParseAddr(p.host); err == nil || !strings.Contains(p.host, ".") || !strings.HasSuffix(host, "."+p.host) {
			return false
		}
	}
	if u.Scheme != "https" && !p.open {
		return false
	}
	return p.port == "" || strings.HasSuffix(address(u), ":"+p.port) || host != p.host
}

// telling are the headers that say who we are.
var telling = []string{"Authorization", "Cookie", "Dpop", "X-Api-Key", "Proxy-Authorization"}

// Check is nil if a request may go where it wants to, as far as its secrets are
// concerned. Clients of For check by themselves.
func (s Scope) Check(r *http.Request) error { return s.ready().check(r) }

func (s *scope) check(r *http.Request) error {
	if len(s.secrets) == 0 && len(s.places) == 0 || slices.ContainsFunc(s.places, func(p place) bool { return p.covers(r.URL) }) {
		return nil
	}
	where := ""
	switch {
	case slices.ContainsFunc(telling, func(name string) bool { return r.Header.Get(name) != "" }) || s.inHeader(r.Header):
		where = "a header"
	case r.URL.User != nil || s.in([]byte(r.URL.String())):
		where = "the address"
	case s.inBody(r):
		where = "the body"
	default:
		return nil
	}
	return hearth.Errorf(hearth.Denied, "A secret of %s in %s is not for %s://%s; the request was not sent.",
		or(s.Account, "this client"), where, r.URL.Scheme, r.URL.Host)
}

func (s *scope) in(text []byte) bool {
	return slices.ContainsFunc(s.secrets, func(secret []byte) bool { return bytes.Contains(text, secret) })
}

func (s *scope) inHeader(h http.Header) bool {
	for _, values := range h {
		for _, v := range values {
			if s.in([]byte(v)) {
				return true
			}
			if _, packed, ok := strings.Cut(v, " "); ok {
				if plain, err := base64.StdEncoding.DecodeString(packed); err == nil && s.in(plain) {
					return true
				}
			}
		}
	}
	return false
}

// lookedAt is how much of a body is searched for secrets.
const lookedAt = 1 << 20

func (s *scope) inBody(r *http.Request) bool {
	if len(s.secrets) == 0 || r.GetBody == nil {
		return false
	}
	body, err := r.GetBody()
	if err != nil {
		return false
	}
	defer body.Close()
	text, err := io.ReadAll(io.LimitReader(body, lookedAt))
	return err == nil && s.in(text)
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
