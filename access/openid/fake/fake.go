package fake

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	jose "github.com/go-jose/go-jose/v4"
)

// Claims is what a token or user info holds, as it goes over the wire.
type Claims map[string]any

// Client is who may ask.
type Client struct{ ID, Secret, Redirect string }

// Provider is a provider. Set its fields before anybody asks.
type Provider struct {
	URL    string // issuer
	Client Client
	Clock  func() time.Time
	Person Claims // sub and the rest, of whoever signs in
	Proved time.Time
	Ask    bool // show a page with a button before the code is given
	Alg    jose.SignatureAlgorithm

	server *httptest.Server

	mu    sync.Mutex
	lie   Lie
	codes map[string]*grant
	keys  []Key
	hits  map[string]int
}

// Key is one of the provider's keys, with its private half.
type Key struct {
	ID      string
	Private crypto.Signer
}

// grant is what a code was given for.
type grant struct {
	client, redirect, challenge, nonce string
	fresh, used                        bool
	bearer                             string
}

// New is a provider that listens on this machine until Close.
func New(clock func() time.Time) *Provider {
	p := &Provider{
		Clock: clock, codes: map[string]*grant{}, hits: map[string]int{}, Alg: jose.RS256,
		Client: Client{ID: "hearth", Secret: "an invented secret of a client"},
		Person: Claims{"sub": "1001", "email": "ann@acme.example", "email_verified": true, "name": "Ann Example", "preferred_username": "ann"},
	}
	p.keys = firstKeys()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", p.describe)
	mux.HandleFunc("GET /keys", p.listKeys)
	mux.HandleFunc("GET /authorize", p.authorize)
	mux.HandleFunc("POST /token", p.token)
	mux.HandleFunc("GET /me", p.me)
	p.server = httptest.NewServer(mux)
	p.URL = p.server.URL
	return p
}

// Close ends it, also for those who still wait for an answer.
func (p *Provider) Close() {
	p.server.CloseClientConnections()
	p.server.Close()
}

// Lies makes it lie from now on.
func (p *Provider) Lies(l Lie) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lie = l
}

func (p *Provider) lies() Lie {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.lie
}

// Hits is how often a path was asked for.
func (p *Provider) Hits(path string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.hits[path]
}

func (p *Provider) hit(path string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.hits[path]++
}

// Rotate puts a new key of each family in the place of those before.
func (p *Provider) Rotate(name string) {
	keys := newKeys(name)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.keys = keys
}

// firstKeys are those that every provider begins with.
var firstKeys = sync.OnceValue(func() []Key { return newKeys("first") })

func newRSA() *rsa.PrivateKey {
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return k
}

func newKeys(name string) []Key {
	e, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	_, d, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		panic(err)
	}
	return []Key{{name + "-rsa", newRSA()}, {name + "-ec", e}, {name + "-ed", d}}
}

// Key is the present key for an algorithm.
func (p *Provider) Key(alg jose.SignatureAlgorithm) Key {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch alg {
	case jose.ES256:
		return p.keys[1]
	case jose.EdDSA:
		return p.keys[2]
	}
	return p.keys[0]
}

func (p *Provider) describe(w http.ResponseWriter, r *http.Request) {
	p.hit(r.URL.Path)
	l := p.lies()
	if l.Description != nil {
		l.Description(p, w, r)
		return
	}
	d := Claims{
		"issuer": p.URL, "authorization_endpoint": p.URL + "/authorize", "token_endpoint": p.URL + "/token", "userinfo_endpoint": p.URL + "/me",
		"jwks_uri": p.URL + "/keys", "response_types_supported": []string{"code"}, "subject_types_supported": []string{"public"},
		"id_token_signing_alg_values_supported": []string{"RS256", "PS256", "ES256", "EdDSA"}, "code_challenge_methods_supported": []string{"S256"},
		"authorization_response_iss_parameter_supported": true, "token_endpoint_auth_methods_supported": []string{"client_secret_basic"},
	}
	if l.Described != nil {
		l.Described(p, d)
	}
	answer(w, d)
}

func (p *Provider) listKeys(w http.ResponseWriter, r *http.Request) {
	p.hit(r.URL.Path)
	l := p.lies()
	if l.KeysAs != nil {
		l.KeysAs(p, w, r)
		return
	}
	p.mu.Lock()
	var set jose.JSONWebKeySet
	for _, k := range p.keys {
		set.Keys = append(set.Keys, jose.JSONWebKey{KeyID: k.ID, Use: "sig", Key: k.Private.Public()})
	}
	p.mu.Unlock()
	if l.Keys != nil {
		set.Keys = l.Keys(p, set.Keys)
	}
	answer(w, set)
}

func (p *Provider) authorize(w http.ResponseWriter, r *http.Request) {
	p.hit(r.URL.Path)
	q := r.URL.Query()
	switch {
	case q.Get("client_id") != p.Client.ID, q.Get("redirect_uri") != p.Client.Redirect:
		http.Error(w, "this client is not known, or the address to return to is not its own", http.StatusBadRequest)
		return
	case q.Get("response_type") != "code", !slices.Contains(strings.Fields(q.Get("scope")), "openid"), q.Get("code_challenge_method") != "S256", q.Get("code_challenge") == "", q.Get("nonce") == "":
		http.Error(w, "this is no request of OpenID Connect with PKCE", http.StatusBadRequest)
		return
	}
	if p.Ask && q.Get("yes") == "" {
		q.Set("yes", "1")
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, `<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"><title>Acme login</title><main><h1>Acme login</h1><p><a id="yes" href="/authorize?%s">Go on as Ann</a></p></main></html>`, html.EscapeString(q.Encode()))
		return
	}
	fresh := q.Get("prompt") == "login" && q.Get("max_age") == "0"
	back := url.Values{"state": {q.Get("state")}, "iss": {p.URL}, "code": {p.grant(&grant{client: p.Client.ID, redirect: p.Client.Redirect, challenge: q.Get("code_challenge"), nonce: q.Get("nonce"), fresh: fresh})}}
	if l := p.lies(); l.Back != nil {
		l.Back(p, back)
	}
	http.Redirect(w, r, p.Client.Redirect+"?"+back.Encode(), http.StatusFound)
}

func (p *Provider) grant(g *grant) string {
	code := rand.Text()
	g.bearer = rand.Text()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.codes[code] = g
	return code
}

// StrangeCode is a code that was given to another client, or used already.
func (p *Provider) StrangeCode(client string, used bool) string {
	return p.grant(&grant{client: client, redirect: p.Client.Redirect, used: used})
}

func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	p.hit(r.URL.Path)
	l := p.lies()
	if l.TokenAs != nil {
		l.TokenAs(p, w, r)
		return
	}
	id, secret, _ := r.BasicAuth()
	id, _ = url.QueryUnescape(id)
	secret, _ = url.QueryUnescape(secret)
	if id != p.Client.ID || secret != p.Client.Secret {
		wrong(w, http.StatusUnauthorized, "invalid_client", "the client is not known")
		return
	}
	p.mu.Lock()
	g := p.codes[r.FormValue("code")]
	ok := g != nil && !g.used && g.client == id && g.redirect == r.FormValue("redirect_uri") && r.FormValue("grant_type") == "authorization_code"
	if ok {
		sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
		ok = base64.RawURLEncoding.EncodeToString(sum[:]) == g.challenge
		g.used = true
	}
	p.mu.Unlock()
	if !ok {
		wrong(w, http.StatusBadRequest, "invalid_grant", "the code is not good")
		return
	}
	answer(w, Claims{"access_token": g.bearer, "token_type": "Bearer", "expires_in": 300, "id_token": p.sign(l, p.claims(l, g))})
}

// claims are those of a token.
func (p *Provider) claims(l Lie, g *grant) Claims {
	now := p.Clock()
	c := Claims{"iss": p.URL, "aud": p.Client.ID, "exp": now.Add(5 * time.Minute).Unix(), "iat": now.Unix(), "nonce": g.nonce}
	for name, value := range p.Person {
		c[name] = value
	}
	switch {
	case g.fresh:
		c["auth_time"] = now.Unix()
	case !p.Proved.IsZero():
		c["auth_time"] = p.Proved.Unix()
	}
	if l.Claims != nil {
		l.Claims(p, c)
	}
	return c
}

func (p *Provider) sign(l Lie, c Claims) string {
	if l.Sign != nil {
		return l.Sign(p, c)
	}
	return Sign(p.Alg, p.Key(p.Alg).ID, p.Key(p.Alg).Private, c)
}

// Sign is a token of any key.
func Sign(alg jose.SignatureAlgorithm, id string, private any, c Claims) string {
	o := (&jose.SignerOptions{}).WithType("JWT")
	if id != "" {
		o = o.WithHeader("kid", id)
	}
	s, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: private}, o)
	if err != nil {
		panic(err)
	}
	payload, err := json.Marshal(c)
	if err != nil {
		panic(err)
	}
	signed, err := s.Sign(payload)
	if err != nil {
		panic(err)
	}
	text, err := signed.CompactSerialize()
	if err != nil {
		panic(err)
	}
	return text
}

func (p *Provider) me(w http.ResponseWriter, r *http.Request) {
	p.hit(r.URL.Path)
	l := p.lies()
	if l.MeAs != nil {
		l.MeAs(p, w, r)
		return
	}
	bearer, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	p.mu.Lock()
	known := false
	for _, g := range p.codes {
		known = known || g.used && g.bearer == bearer
	}
	p.mu.Unlock()
	if !ok || !known {
		wrong(w, http.StatusUnauthorized, "invalid_token", "")
		return
	}
	c := Claims{}
	for name, value := range p.Person {
		c[name] = value
	}
	if l.Me != nil {
		l.Me(p, c)
	}
	answer(w, c)
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(v)
}

func wrong(w http.ResponseWriter, status int, code, text string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(Claims{"error": code, "error_description": text})
}
