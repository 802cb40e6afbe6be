package openid_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	jose "github.com/go-jose/go-jose/v4"

	"hearth"
	"hearth/access/openid"
	"hearth/access/openid/fake"
	"hearth/outbound"
)

const redirect = "https://hearth.acme.example/sign-in/provider/back"

// world is a provider, and a clock that tests set.
type world struct {
	t     *testing.T
	idp   *fake.Provider
	party *openid.Party
	at    openid.Provider
	now   time.Time
}

func open(t *testing.T, patience time.Duration) *world {
	t.Helper()
	allow, err := outbound.ParseException("127.0.0.1:*")
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, now: time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)}
	w.idp = fake.New(func() time.Time { return w.now })
	t.Cleanup(w.idp.Close)
	w.idp.Client.Redirect = redirect
	out := outbound.New(outbound.Config{Allow: []outbound.Exception{allow}, Leak: func(err error) { t.Error(err) }})
	w.party = openid.New(openid.Options{Out: out, Clock: func() time.Time { return w.now }, Patience: patience})
	w.at = openid.Provider{Issuer: w.idp.URL, ClientID: w.idp.Client.ID, Secret: w.idp.Client.Secret, Scopes: []string{"email", "profile"}}
	return w
}

// signIn goes the way there and back; found says what the browser brought home.
func (w *world) signIn(fresh bool) (person openid.Person, found url.Values, err error) {
	w.t.Helper()
	q := openid.Question{Redirect: redirect, State: "the state", Nonce: "a nonce", Verifier: strings.Repeat("v", 43), Fresh: fresh}
	address, err := w.party.Address(w.t.Context(), w.at, q)
	if err != nil {
		return person, nil, err
	}
	browser := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := browser.Get(address)
	if err != nil {
		w.t.Fatal(err)
	}
	answer.Body.Close()
	back, err := answer.Location()
	if err != nil {
		w.t.Fatalf("the provider answers %s: %v", answer.Status, err)
	}
	found = back.Query()
	person, err = w.party.Identify(w.t.Context(), w.at, openid.Answer{
		Question: q, Asked: w.now, Code: found.Get("code"), Issuer: found.Get("iss"), Error: found.Get("error"), ErrorText: found.Get("error_description"),
	})
	return person, found, err
}

func TestAProviderSaysWhoSomebodyIs(t *testing.T) {
	t.Parallel()
	for _, alg := range []jose.SignatureAlgorithm{jose.RS256, jose.PS256, jose.ES256, jose.EdDSA} {
		t.Run(string(alg), func(t *testing.T) {
			t.Parallel()
			w := open(t, time.Minute)
			w.idp.Alg = alg
			p, found, err := w.signIn(false)
			if err != nil || p.Subject != "1001" || p.Mail != "ann@acme.example" || !p.Verified || p.Name != "Ann Example" || p.Login != "ann" {
				t.Fatalf("%+v, %v", p, err)
			}
			if found.Get("state") != "the state" {
				t.Errorf("the browser brings %v", found)
			}
		})
	}
}

func TestUserInfoAddsWhatTheTokenDoesNotSay(t *testing.T) {
	t.Parallel()
	w := open(t, time.Minute)
	w.at.Groups = "groups"
	w.idp.Person["groups"] = []string{"staff", "tea"}
	w.idp.Lies(fake.Lie{Claims: func(_ *fake.Provider, c fake.Claims) { delete(c, "email"); delete(c, "groups") }})
	p, _, err := w.signIn(false)
	if err != nil || p.Mail != "ann@acme.example" || len(p.Groups) != 2 || w.idp.Hits("/me") != 1 {
		t.Fatalf("%+v, %v", p, err)
	}
}

func TestAFreshProofIsAskedForAndLookedAt(t *testing.T) {
	t.Parallel()
	w := open(t, time.Minute)
	if p, _, err := w.signIn(true); err != nil || !p.Proved.Equal(w.now) {
		t.Fatalf("%+v, %v", p, err)
	}
	for what, change := range map[string]func(*fake.Provider, fake.Claims){
		"an hour ago": func(_ *fake.Provider, c fake.Claims) { c["auth_time"] = w.now.Add(-time.Hour).Unix() },
		"never":       func(_ *fake.Provider, c fake.Claims) { delete(c, "auth_time") },
		"a text":      func(_ *fake.Provider, c fake.Claims) { c["auth_time"] = "now" },
	} {
		w.idp.Lies(fake.Lie{Claims: change})
		if _, _, err := w.signIn(true); reason(err) != openid.Stale {
			t.Errorf("a proof of %s: %v", what, err)
		}
	}
}

func reason(err error) openid.Reason {
	var r *openid.Refusal
	if errors.As(err, &r) {
		return r.Reason
	}
	return ""
}

// proves ID1 for the wire: nothing that a provider, or somebody in between, can
// say instead of the truth identifies anybody.
func TestNoLieIdentifiesAnybody(t *testing.T) {
	t.Parallel()
	told := 0
	for _, lie := range fake.Lies() {
		if lie.Why == "state" {
			continue // the caller's: package access
		}
		told++
		t.Run(lie.Name, func(t *testing.T) {
			t.Parallel()
			patience := time.Minute
			if lie.Slow {
				patience = 3 * time.Second
			}
			w := open(t, patience)
			w.idp.Lies(lie)
			p, _, err := w.signIn(false)
			if p.Subject != "" || string(reason(err)) != lie.Why {
				t.Fatalf("%+v, %v; want %s", p, err, lie.Why)
			}
			if w.idp.Hits(lie.Path) == 0 {
				t.Errorf("nobody asked for %s, so nothing was a lie", lie.Path)
			}
			if code := hearth.ErrorCode(err); code != hearth.Denied && code != hearth.Unavailable {
				t.Errorf("its code is %s", code)
			}
			if strings.ContainsAny(err.Error(), "\x00\r\n\u202e") || strings.Contains(err.Error(), w.at.Secret) || len(err.Error()) > 500 {
				t.Errorf("not fit to be shown: %q", err)
			}
		})
	}
	if told < 30 {
		t.Errorf("only %d lies were told", told)
	}
}

func TestAKeyThatIsNotKnownIsAskedForOnceAMinute(t *testing.T) {
	t.Parallel()
	w := open(t, time.Minute)
	sign := func(want openid.Reason) {
		t.Helper()
		if _, _, err := w.signIn(false); reason(err) != want {
			t.Fatalf("%v, want %q", err, want)
		}
	}
	sign("")
	w.idp.Rotate("second")
	for range 5 {
		sign(openid.Signature)
	}
	if n := w.idp.Hits("/keys"); n != 1 {
		t.Errorf("the keys were asked for %d times within a minute", n)
	}
	w.now = w.now.Add(time.Minute)
	sign("")
	sign("")
	if n := w.idp.Hits("/keys"); n != 2 {
		t.Errorf("the keys were asked for %d times in all", n)
	}
}

func TestClocksMayDifferByTwoMinutes(t *testing.T) {
	t.Parallel()
	w := open(t, time.Minute)
	for _, d := range []time.Duration{-110 * time.Second, 110 * time.Second} {
		w.idp.Lies(fake.Lie{Claims: func(_ *fake.Provider, c fake.Claims) {
			c["iat"], c["nbf"] = w.now.Add(d).Unix(), w.now.Add(d).Unix()
			c["exp"] = w.now.Add(d + time.Second).Unix()
		}})
		if _, _, err := w.signIn(false); err != nil {
			t.Errorf("%v: %v", d, err)
		}
	}
}

func TestAProviderWithinNeedsARule(t *testing.T) {
	t.Parallel()
	w := open(t, time.Minute)
	w.party = openid.New(openid.Options{Out: outbound.New(outbound.Config{}), Clock: func() time.Time { return w.now }})
	_, err := w.party.Look(t.Context(), w.at.Issuer)
	if reason(err) != openid.Internal || !strings.Contains(err.Error(), "--allow") {
		t.Error(err)
	}
	if w.idp.Hits("/.well-known/openid-configuration") != 0 {
		t.Error("it was asked all the same")
	}
}

func TestWhatAProviderSaysOfItselfIsShown(t *testing.T) {
	t.Parallel()
	w := open(t, time.Minute)
	said, err := w.party.Look(t.Context(), w.at.Issuer)
	if err != nil || said.Keys != 3 || said.Issuer != w.idp.URL || !said.NamesItself {
		t.Errorf("%+v, %v", said, err)
	}
}

func TestAnIssuerIsAnAddress(t *testing.T) {
	t.Parallel()
	for issuer, good := range map[string]bool{
		"https://login.acme.example": true, "https://login.acme.example/realms/staff": true, "http://127.0.0.1:9090": true, "http://localhost:9090": true,
		"": false, "login.acme.example": false, "http://login.acme.example": false, "https://a:b@login.acme.example": false, "https://": false,
		"https://login.acme.example?x": false, "https://login.acme.example?": false, "https://login.acme.example#x": false, "https://login.acme.example#": false,
		"javascript:alert(1)": false, "https://login.acme.example/\u202e": false,
	} {
		if err := openid.CheckIssuer(issuer); (err == nil) != good {
			t.Errorf("%q: %v", issuer, err)
		}
	}
}
