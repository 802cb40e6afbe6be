package fake

import (
	"crypto"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	jose "github.com/go-jose/go-jose/v4"
)

// Lie is one way in which a provider, or whoever sits in between, does not do
// what it should. Each field takes the place of, or alters, an honest step.
type Lie struct {
	Name string
	Why  string // the reason, of package openid, for which it has to be refused
	Path string // what was asked for last where the lie was told

	Description func(*Provider, http.ResponseWriter, *http.Request)
	Described   func(*Provider, Claims)
	KeysAs      func(*Provider, http.ResponseWriter, *http.Request)
	Keys        func(*Provider, []jose.JSONWebKey) []jose.JSONWebKey
	Back        func(*Provider, url.Values)
	TokenAs     func(*Provider, http.ResponseWriter, *http.Request)
	Claims      func(*Provider, Claims)
	Sign        func(*Provider, Claims) string
	MeAs        func(*Provider, http.ResponseWriter, *http.Request)
	Me          func(*Provider, Claims)

	Slow bool // it takes longer than anybody waits
}

// Hostile is text that does harm wherever it is more than text.
const Hostile = "<script>alert(1)</script>\" onmouseover=x \u202egnp.exe\x00\r\nSet-Cookie: a=b"

// Lies are all that are known. None of them may sign in anybody.
func Lies() []Lie {
	const describe, keys, back, token, me = "/.well-known/openid-configuration", "/keys", "/authorize", "/token", "/me"
	claim := func(name, why, field string, value any) Lie {
		return Lie{Name: name, Why: why, Path: token, Claims: func(_ *Provider, c Claims) { c[field] = value }}
	}
	after := func(name, field string, d time.Duration) Lie {
		return Lie{Name: name, Why: "time", Path: token, Claims: func(p *Provider, c Claims) { c[field] = p.Clock().Add(d).Unix() }}
	}
	without := func(name, why, field string) Lie {
		return Lie{Name: name, Why: why, Path: token, Claims: func(_ *Provider, c Claims) { delete(c, field) }}
	}
	signed := func(name, why string, sign func(*Provider, Claims) string) Lie {
		return Lie{Name: name, Why: why, Path: token, Sign: sign}
	}
	described := func(name, field string, value any) Lie {
		return Lie{Name: name, Why: "description", Path: describe, Described: func(_ *Provider, c Claims) { c[field] = value }}
	}
	returned := func(name, why string, change func(*Provider, url.Values)) Lie {
		return Lie{Name: name, Why: why, Path: back, Back: change}
	}
	refused := func(name string, status int, kind, body string) Lie {
		return Lie{Name: name, Why: "exchange", Path: token, TokenAs: write(status, kind, body)}
	}
	kid := func(id string) Lie {
		return signed("a key called "+id, "signature", func(p *Provider, c Claims) string {
			return Sign(jose.RS256, id, p.Key(jose.RS256).Private, c)
		})
	}
	list := []Lie{
		claim("another issuer in the token", "issuer", "iss", "https://login.evil.example"),
		claim("the issuer with a slash more", "issuer", "iss", "/"),
		without("no issuer in the token", "issuer", "iss"),
		claim("a token for another client", "audience", "aud", "somebody-else"),
		claim("a token for two without saying whose it is", "audience", "aud", []string{"hearth", "somebody-else"}),
		claim("a token for us that another client got", "audience", "azp", "somebody-else"),
		without("a token for nobody", "audience", "aud"),
		claim("another nonce", "nonce", "nonce", "of yesterday"),
		without("no nonce", "nonce", "nonce"),
		after("a token that is over", "exp", -3*time.Minute),
		without("a token without an end", "time", "exp"),
		claim("an end that is a text", "time", "exp", "tomorrow"),
		after("a token of the future", "iat", 3*time.Minute),
		after("a token from before the question", "iat", -3*time.Minute),
		without("a token of no time", "time", "iat"),
		after("a token that is not good yet", "nbf", 3*time.Minute),
		without("no subject", "subject", "sub"),
		claim("an empty subject", "subject", "sub", ""),
		claim("a subject that is a number", "subject", "sub", 1001),
		claim("a subject of 100 KiB", "malformed", "sub", strings.Repeat("x", 100<<10)),
		claim("a subject of 256 letters", "subject", "sub", strings.Repeat("x", 256)),
		claim("a subject that hides something", "subject", "sub", "1001\u202e\x00"),
		signed("no signature", "algorithm", func(_ *Provider, c Claims) string { return unsigned(c) }),
		signed("the public key as a shared secret", "algorithm", func(p *Provider, c Claims) string {
			der, _ := x509.MarshalPKIXPublicKey(p.Key(jose.RS256).Private.Public())
			return Sign(jose.HS256, p.Key(jose.RS256).ID, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), c)
		}),
		signed("the client's secret as the key", "algorithm", func(p *Provider, c Claims) string {
			return Sign(jose.HS256, "", []byte(p.Client.Secret+strings.Repeat(" ", 32)), c)
		}),
		signed("a longer signature than is accepted", "algorithm", func(p *Provider, c Claims) string {
			return Sign(jose.RS512, p.Key(jose.RS256).ID, p.Key(jose.RS256).Private, c)
		}),
		signed("somebody else's key under our name", "signature", func(p *Provider, c Claims) string {
			return Sign(jose.RS256, p.Key(jose.RS256).ID, stranger(), c)
		}),
		signed("a key that nobody knows", "signature", func(_ *Provider, c Claims) string { return Sign(jose.RS256, "nobody's", stranger(), c) }),
		signed("the key in the token itself", "signature", func(_ *Provider, c Claims) string { return carried(c) }),
		kid("../../../dev/null"),
		kid("https://login.evil.example/keys"),
		kid("' OR 1=1 --"),
		signed("another token's signature", "signature", func(p *Provider, c Claims) string {
			own := strings.Split(Sign(jose.RS256, p.Key(jose.RS256).ID, p.Key(jose.RS256).Private, c), ".")
			other := strings.Split(Sign(jose.RS256, p.Key(jose.RS256).ID, p.Key(jose.RS256).Private, Claims{"sub": "1"}), ".")
			return own[0] + "." + own[1] + "." + other[2]
		}),
		signed("a token that is none", "malformed", func(*Provider, Claims) string { return Hostile }),
		signed("a token of claims that are a list", "malformed", func(p *Provider, _ Claims) string { return raw(p, `[1,2]`) }),
		described("the description of another issuer", "issuer", "https://login.evil.example"),
		described("a token endpoint in the open", "token_endpoint", "http://login.evil.example/token"),
		described("keys from a file", "jwks_uri", "file:///etc/passwd"),
		described("an address with a password", "authorization_endpoint", "https://a:b@login.evil.example/"),
		described("no PKCE with S256", "code_challenge_methods_supported", []string{"plain"}),
		{Name: "only signatures without a key", Why: "algorithm", Path: describe, Described: func(_ *Provider, c Claims) { c["id_token_signing_alg_values_supported"] = []string{"none", "HS256"} }},
		{Name: "a description that leads elsewhere", Why: "unreachable", Path: describe, Description: func(p *Provider, w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, p.URL+"/keys", http.StatusFound)
		}},
		{Name: "a page in place of the description", Why: "description", Path: describe, Description: write(200, "text/html", "<html>")},
		{Name: "a description of a megabyte", Why: "description", Path: describe, Description: write(200, "application/json", `{"issuer":"`+strings.Repeat("x", 1<<20)+`"}`)},
		{Name: "keys of a megabyte", Why: "keys", Path: keys, KeysAs: write(200, "application/json", `{"keys":[`+strings.Repeat(`{"kty":"oct"},`, 1<<16)+`{}]}`)},
		{Name: "a page in place of the keys", Why: "keys", Path: keys, KeysAs: write(200, "text/html", "<html>")},
		{Name: "keys that lead elsewhere", Why: "unreachable", Path: keys, KeysAs: func(p *Provider, w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://169.254.169.254/latest/", http.StatusFound)
		}},
		{Name: "keys that do not come", Why: "unreachable", Path: keys, Slow: true, KeysAs: func(_ *Provider, _ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }},
		{Name: "no keys", Why: "keys", Path: keys, Keys: func(*Provider, []jose.JSONWebKey) []jose.JSONWebKey { return nil }},
		{Name: "two keys of one name", Why: "keys", Path: keys, Keys: func(_ *Provider, set []jose.JSONWebKey) []jose.JSONWebKey {
			return append(set, jose.JSONWebKey{KeyID: set[0].KeyID, Key: stranger().Public()})
		}},
		{Name: "a shared secret among the keys", Why: "keys", Path: keys, Keys: func(p *Provider, set []jose.JSONWebKey) []jose.JSONWebKey {
			return []jose.JSONWebKey{{KeyID: set[0].KeyID, Key: []byte(strings.Repeat("k", 32))}}
		}},
		{Name: "keys for other ends only", Why: "keys", Path: keys, Keys: func(_ *Provider, set []jose.JSONWebKey) []jose.JSONWebKey {
			for i := range set {
				set[i].Use = "enc"
			}
			return set
		}},
		returned("the answer of another provider", "mixed-up", func(_ *Provider, q url.Values) { q.Set("iss", "https://login.evil.example") }),
		returned("an answer of nobody", "mixed-up", func(_ *Provider, q url.Values) { q.Del("iss") }),
		returned("a code of another client", "exchange", func(p *Provider, q url.Values) { q.Set("code", p.StrangeCode("somebody-else", false)) }),
		returned("a code that was used", "exchange", func(p *Provider, q url.Values) { q.Set("code", p.StrangeCode(p.Client.ID, true)) }),
		returned("a code for another question", "exchange", func(p *Provider, q url.Values) { q.Set("code", p.StrangeCode(p.Client.ID, false)) }),
		returned("no code", "declined", func(_ *Provider, q url.Values) { q.Del("code") }),
		returned("an error with hostile text", "declined", func(_ *Provider, q url.Values) {
			q.Del("code")
			q.Set("error", "access_denied"+Hostile)
			q.Set("error_description", Hostile)
		}),
		returned("another state", "state", func(_ *Provider, q url.Values) { q.Set("state", "ho_"+strings.Repeat("A", 43)) }),
		returned("no state", "state", func(_ *Provider, q url.Values) { q.Del("state") }),
		refused("an error in place of tokens", 400, "application/json", `{"error":"invalid_grant","error_description":"<b>no</b>"}`),
		refused("a page in place of tokens", 200, "text/html", "<html>"),
		refused("a broken server in place of tokens", 500, "text/plain", "boom"),
		refused("tokens without an end", 200, "application/json", `{"access_token":"`+strings.Repeat("x", 2<<20)),
		{Name: "no token that says who it is", Why: "malformed", Path: token, TokenAs: write(200, "application/json", `{"access_token":"a","token_type":"Bearer"}`)},
		{Name: "a token endpoint that leads elsewhere", Why: "unreachable", Path: token, TokenAs: func(p *Provider, w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, p.URL+"/token?again", http.StatusTemporaryRedirect)
		}},
		userInfo(Lie{Name: "user info of somebody else", Why: "user-info", Path: me, Me: func(_ *Provider, c Claims) { c["sub"] = "1" }}),
		userInfo(Lie{Name: "user info of nobody", Why: "user-info", Path: me, Me: func(_ *Provider, c Claims) { delete(c, "sub") }}),
		userInfo(Lie{Name: "a page in place of user info", Why: "user-info", Path: me, MeAs: write(200, "text/html", "<html>")}),
	}
	list[1].Claims = func(p *Provider, c Claims) { c["iss"] = p.URL + "/" }
	return list
}

// userInfo makes a token say too little, so that user info is asked for.
func userInfo(l Lie) Lie {
	l.Claims = func(_ *Provider, c Claims) { delete(c, "email") }
	return l
}

func write(status int, kind, body string) func(*Provider, http.ResponseWriter, *http.Request) {
	return func(_ *Provider, w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		w.WriteHeader(status)
		w.Write([]byte(body))
	}
}

// stranger is a key that is no provider's. Making one takes long, so it is made
// once.
var stranger = sync.OnceValue(func() crypto.Signer { return newRSA() })

// unsigned is a token by the algorithm none.
func unsigned(c Claims) string {
	payload, err := json.Marshal(c)
	if err != nil {
		panic(err)
	}
	e := base64.RawURLEncoding
	return e.EncodeToString([]byte(`{"alg":"none","typ":"JWT"}`)) + "." + e.EncodeToString(payload) + "."
}

// carried is a token that brings the key to check it with.
func carried(c Claims) string {
	payload, err := json.Marshal(c)
	if err != nil {
		panic(err)
	}
	s, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: stranger()}, (&jose.SignerOptions{EmbedJWK: true}).WithHeader("jku", "https://login.evil.example/keys"))
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

// raw signs what is no object.
func raw(p *Provider, payload string) string {
	k := p.Key(jose.RS256)
	s, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: k.Private}, (&jose.SignerOptions{}).WithHeader("kid", k.ID))
	if err != nil {
		panic(err)
	}
	signed, err := s.Sign([]byte(payload))
	if err != nil {
		panic(err)
	}
	text, err := signed.CompactSerialize()
	if err != nil {
		panic(err)
	}
	return text
}
