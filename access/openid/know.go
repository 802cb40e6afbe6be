package openid

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"hearth"
	"hearth/outbound"
)

// Said is what a provider says of itself (OpenID Connect Discovery 1.0, RFC 8414).
type Said struct {
	Issuer        string   `json:"issuer"`
	Authorization string   `json:"authorization_endpoint"`
	Token         string   `json:"token_endpoint"`
	UserInfo      string   `json:"userinfo_endpoint"`
	KeysAt        string   `json:"jwks_uri"`
	Algorithms    []string `json:"id_token_signing_alg_values_supported"`
	Challenges    []string `json:"code_challenge_methods_supported"`
	Responses     []string `json:"response_types_supported"`
	ClientAuth    []string `json:"token_endpoint_auth_methods_supported"`
	Scopes        []string `json:"scopes_supported"`
	NamesItself   bool     `json:"authorization_response_iss_parameter_supported"`

	Keys int `json:"-"` // that can be used
}

// Look asks a provider anew what it says of itself, and for its keys.
func (p *Party) Look(ctx context.Context, issuer string) (Said, error) {
	p.mu.Lock()
	delete(p.known, issuer)
	p.mu.Unlock()
	k, err := p.know(ctx, issuer)
	if err != nil {
		return Said{}, err
	}
	said := k.said
	list, err := p.keysOf(ctx, k, func([]key) bool { return false })
	said.Keys = len(list)
	return said, err
}

// knowledge is what is remembered of a provider.
type knowledge struct {
	said Said
	at   time.Time

	turn  sync.Mutex // one asks for keys, the others wait
	keys  []key
	asked time.Time
	wrong error // what came of it, while nobody asks again
}

func (p *Party) know(ctx context.Context, issuer string) (*knowledge, error) {
	now := p.o.Clock()
	p.mu.Lock()
	k := p.known[issuer]
	p.mu.Unlock()
	if k != nil && now.Sub(k.at) < freshFor {
		return k, nil
	}
	if err := CheckIssuer(issuer); err != nil {
		return nil, refuse(Description, "%v", err)
	}
	said := Said{}
	if err := p.fetch(ctx, p.client(outbound.Scope{}), strings.TrimSuffix(issuer, "/")+"/.well-known/openid-configuration", "", Description, &said); err != nil {
		return nil, err
	}
	if err := said.check(issuer); err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if old := p.known[issuer]; old != nil && old.said.KeysAt == said.KeysAt {
		old.turn.Lock() // its keys go on being known
		k = &knowledge{said: said, at: now, keys: old.keys, asked: old.asked, wrong: old.wrong}
		old.turn.Unlock()
	} else {
		k = &knowledge{said: said, at: now}
	}
	if len(p.known) >= mostKnow {
		clear(p.known)
	}
	p.known[issuer] = k
	return k, nil
}

// check refuses a description that is another's, or that we cannot work with.
func (s *Said) check(issuer string) error {
	if s.Issuer != issuer {
		return refuse(Description, "it says that it is %s", s.Issuer)
	}
	open := strings.HasPrefix(issuer, "http://")
	for name, address := range map[string]string{"authorization_endpoint": s.Authorization, "token_endpoint": s.Token, "jwks_uri": s.KeysAt, "userinfo_endpoint": s.UserInfo} {
		if address == "" && name == "userinfo_endpoint" {
			continue
		}
		u, err := url.Parse(address)
		if err != nil || u.Hostname() == "" || u.User != nil || u.Fragment != "" || u.Scheme != "https" && !(open && u.Scheme == "http" && local(u)) {
			return refuse(Description, "its %s is no address that can be used: %s", name, address)
		}
	}
	if len(s.Responses) > 0 && !slices.Contains(s.Responses, "code") {
		return refuse(Description, "it does not give codes")
	}
	if len(s.Challenges) > 0 && !slices.Contains(s.Challenges, "S256") {
		return refuse(Description, "it does not know PKCE with S256")
	}
	if len(s.Algorithms) > 0 && !slices.ContainsFunc(s.Algorithms, accepted) {
		return refuse(Algorithm, "it signs by %s only", strings.Join(s.Algorithms, ", "))
	}
	return nil
}

// client is a way out that follows nothing.
func (p *Party) client(s outbound.Scope) *http.Client {
	c := *p.o.Out.For(outbound.Web, s)
	c.CheckRedirect = func(*http.Request, []*http.Request) error {
		return refuse(Unreachable, "it sends us to another address, which is not followed")
	}
	return &c
}

// fetch reads a JSON document.
func (p *Party) fetch(ctx context.Context, c *http.Client, address, bearer string, why Reason, into any) error {
	ctx, stop := context.WithTimeout(ctx, p.o.Patience)
	defer stop()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return refuse(why, "its address cannot be read")
	}
	r.Header.Set("Accept", "application/json")
	if bearer != "" {
		r.Header.Set("Authorization", "Bearer "+bearer)
	}
	answer, err := c.Do(r)
	if err != nil {
		return lost(err, r.URL)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return refuse(why, "%s answers %s", r.URL.Host, answer.Status)
	}
	if kind, _, err := mime.ParseMediaType(answer.Header.Get("Content-Type")); err != nil || kind != "application/json" && !strings.HasSuffix(kind, "+json") {
		return refuse(why, "%s answers with %q and not with JSON", r.URL.Host, text(answer.Header.Get("Content-Type"), 60))
	}
	body, err := io.ReadAll(io.LimitReader(answer.Body, most+1))
	if err != nil {
		return lost(err, r.URL)
	}
	if len(body) > most {
		return refuse(why, "%s answers with more than %d KiB", r.URL.Host, most>>10)
	}
	if err := json.Unmarshal(body, into); err != nil {
		return refuse(why, "%s answers with JSON that cannot be read", r.URL.Host)
	}
	return nil
}

// lost is why a call brought no answer. A provider within the house needs a rule
// of the operator.
func lost(err error, at *url.URL) error {
	var r *Refusal
	if errors.As(err, &r) {
		return r
	}
	var known *hearth.Error
	if errors.As(err, &known) && known.Code == hearth.Denied {
		port := at.Port()
		if port == "" {
			port = map[string]string{"http": "80", "https": "443"}[at.Scheme]
		}
		return refuse(Internal, "%s For a provider in your own network the operator starts Hearth with --allow ADDRESS:%s", known.Message, port)
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return refuse(Unreachable, "%s takes too long to answer", at.Host)
	}
	return refuse(Unreachable, "%s does not answer as it should: %v", at.Host, errors.Unwrap(err))
}
