package server

import (
	"crypto/sha256"
	"crypto/subtle"
	"net"
	"net/http"
	"slices"
	"strings"

	"hearth"
	"hearth/access"
)

// gate decides who gets in. The holder of the key is the local owner. On
// loopback the pages for reading are open to whoever sits at this machine;
// everything else, and everything on a public listener, needs the key.
type gate struct {
	key    [sha256.Size]byte
	public bool
	hosts  []string
}

func newGate(key string, s *Settings) *gate {
	return &gate{key: sha256.Sum256([]byte(key)), public: s.Public, hosts: s.Host}
}

// actor is who asks. The error says what is missing.
func (g *gate) actor(r *http.Request) (access.Actor, error) {
	if g.holdsKey(r) {
		return access.LocalOwner(hearth.DefaultWorkspace), nil
	}
	return access.Actor{}, hearth.Errorf(hearth.Denied, "This needs the server's key: send it as Authorization: Bearer KEY. It is in server.json in the data directory.")
}

// reader is who looks at a page.
func (g *gate) reader(r *http.Request) (access.Actor, error) {
	if g.public {
		return g.actor(r)
	}
	return access.Limited(hearth.DefaultWorkspace, 0, access.ReadPosts, access.ReadMonitors, access.ReadSources, access.ReadOperations), nil
}

// holdsKey compares in constant time. A browser sends the key as the password
// of basic authentication.
func (g *gate) holdsKey(r *http.Request) bool {
	key, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		_, key, ok = r.BasicAuth()
	}
	sum := sha256.Sum256([]byte(key))
	return ok && subtle.ConstantTimeCompare(sum[:], g.key[:]) == 1
}

// guard refuses requests for names that are not ours (a page elsewhere whose
// name now points at this machine) and writes from other origins, and sets the
// headers that every answer has.
func (g *gate) guard(next http.Handler) http.Handler {
	sameOrigin := http.NewCrossOriginProtection()
	inner := sameOrigin.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		if !g.ours(r.Host) {
			http.Error(w, "This server does not answer to that name. Name it by --host.", http.StatusMisdirectedRequest)
			return
		}
		inner.ServeHTTP(w, r)
	})
}

// ours says whether the server goes by this name.
func (g *gate) ours(host string) bool {
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	name = strings.Trim(strings.ToLower(name), "[]")
	if loopback(name) || slices.ContainsFunc(g.hosts, func(h string) bool { return strings.EqualFold(h, name) }) {
		return true
	}
	return g.public && len(g.hosts) == 0
}
