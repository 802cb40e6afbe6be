package server

import (
	"crypto/sha256"
	"crypto/subtle"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	"hearth"
	"hearth/access"
)

// gate decides who gets in: people by their session, programs by an API key, and
// the holder of the server's own key as the operator. On loopback the pages for
// reading are open to whoever sits at this machine, until somebody owns Hearth.
type gate struct {
	key    [sha256.Size]byte
	access *access.Access
	public bool
	open   bool // the pages are open on this machine though somebody owns Hearth: the demo
	owned  atomic.Bool
	hosts  []string
}

func newGate(key string, who *access.Access, s *Settings) *gate {
	return &gate{key: sha256.Sum256([]byte(key)), access: who, public: s.Public || s.Address != "", hosts: s.Host}
}

// workspaceHeader lets the operator say in which workspace they act.
const workspaceHeader = "Hearth-Workspace"

// brandHeader lets whoever asks the API look at a brand only.
const brandHeader = "Hearth-Brand"

// becauseHeader says, percent-encoded, why whoever asks does what may take four
// eyes.
const becauseHeader = "Hearth-Because"

// narrowed is who asks, looking at the brand that the request names, if any.
func (g *gate) narrowed(r *http.Request) (access.Actor, error) {
	by, err := g.actor(r)
	if why, bad := url.QueryUnescape(r.Header.Get(becauseHeader)); bad == nil {
		by = by.Because(why)
	}
	named := r.Header.Get(brandHeader)
	if err != nil || named == "" {
		return by, err
	}
	n, err := strconv.ParseInt(named, 10, 64)
	if err != nil || n <= 0 {
		return access.Actor{}, hearth.Errorf(hearth.Invalid, "%s must be the number of a brand.", brandHeader)
	}
	return g.access.Narrow(r.Context(), access.BrandID(n), by)
}

// actor is who asks, by the first credential that the request brings; one that
// does not hold is not made up for by another. The error says what is missing.
func (g *gate) actor(r *http.Request) (access.Actor, error) {
	from := ""
	if address := g.access.Caller(r).Address; address.IsValid() {
		from = address.String()
	}
	if key, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer hk_"); ok {
		by, err := g.access.KeyActor(r.Context(), "hk_"+key)
		return by.From(from), err
	}
	if g.holdsKey(r) {
		return g.operator(r, from)
	}
	if token := g.access.Token(r); token != "" && r.Header.Get("Authorization") == "" {
		by, _, err := g.access.SessionActor(r.Context(), token)
		return by.From(from), err
	}
	return access.Actor{}, hearth.Errorf(hearth.Denied, "Sign in, or send a key as Authorization: Bearer KEY: an API key (hearth key add), or on the server's machine the one in server.json in the data directory.")
}

// operator is the holder of the server's key.
func (g *gate) operator(r *http.Request, from string) (access.Actor, error) {
	workspace := hearth.DefaultWorkspace
	if named := r.Header.Get(workspaceHeader); named != "" {
		n, err := strconv.ParseInt(named, 10, 64)
		if err != nil || n <= 0 {
			return access.Actor{}, hearth.Errorf(hearth.Invalid, "%s must be the number of a workspace.", workspaceHeader)
		}
		workspace = hearth.WorkspaceID(n)
		if err := g.access.Exists(r.Context(), workspace); err != nil {
			return access.Actor{}, err
		}
	}
	return access.LocalOwner(workspace).From(from), nil
}

// reader is who looks at a page.
func (g *gate) reader(r *http.Request) (access.Actor, error) {
	if g.public || g.access.Token(r) != "" || r.Header.Get("Authorization") != "" || !loopback(hostOf(r.Host)) {
		return g.actor(r)
	}
	if !g.open && !g.owned.Load() {
		needs, err := g.access.NeedsSetUp(r.Context())
		if err != nil {
			return access.Actor{}, err
		}
		g.owned.Store(!needs) // there is an owner for ever after
	}
	if g.owned.Load() && !g.open {
		return g.actor(r)
	}
	return access.Limited(hearth.DefaultWorkspace, 0, access.ReadPosts, access.ReadMonitors, access.ReadSources, access.ReadAlerts, access.ReadBrands, access.ReadOperations), nil
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
	name := hostOf(host)
	if loopback(name) || slices.ContainsFunc(g.hosts, func(h string) bool { return strings.EqualFold(h, name) }) {
		return true
	}
	return g.public && len(g.hosts) == 0
}

// hostOf is the name in a Host header.
func hostOf(host string) string {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	return strings.Trim(strings.ToLower(host), "[]")
}
