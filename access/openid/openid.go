package openid

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"hearth"
	"hearth/outbound"
)

// Provider is who is asked, and as whom we ask.
type Provider struct {
	Issuer   string // https://login.acme.example; compared letter by letter
	ClientID string
	Secret   string   // "": a public client, which PKCE alone protects
	Scopes   []string // beside openid
	Groups   string   // the claim that holds groups; "": none
}

// Options of New. Out and Clock are required.
type Options struct {
	Out      *outbound.Outbound
	Clock    hearth.Clock
	Patience time.Duration // for each answer of a provider; 0: 10 s
}

// Party is the relying party. Safe for concurrent use.
type Party struct {
	o Options

	mu    sync.Mutex
	known map[string]*knowledge // by issuer
}

const (
	patience = 10 * time.Second
	skew     = 2 * time.Minute  // between the provider's clock and ours
	freshFor = 10 * time.Minute // a description is believed
	most     = 256 << 10        // bytes of an answer
	mostKnow = 100              // issuers that are remembered
)

// New is a relying party.
func New(o Options) *Party {
	if o.Patience <= 0 {
		o.Patience = patience
	}
	return &Party{o: o, known: map[string]*knowledge{}}
}

// CheckIssuer is nil for an address that can name an issuer: https, without
// user, query and fragment; http on this machine only. Its error is Invalid.
func CheckIssuer(issuer string) error {
	u, err := url.Parse(issuer)
	if err == nil && len(issuer) <= 500 && hearth.Visible(issuer) == issuer && (u.Scheme == "https" || u.Scheme == "http" && local(u)) &&
		u.Hostname() != "" && u.User == nil && u.RawQuery == "" && !u.ForceQuery && u.Fragment == "" && !strings.HasSuffix(issuer, "#") {
		return nil
	}
	return &hearth.Error{Code: hearth.Invalid, Field: "issuer", Message: "Write the issuer as the provider does, such as https://login.acme.example or https://login.acme.example/realms/staff; http is for this machine only."}
}

func local(u *url.URL) bool {
	a, err := netip.ParseAddr(u.Hostname())
	return err == nil && a.IsLoopback() || strings.EqualFold(u.Hostname(), "localhost")
}

// Question is what the browser carries to the provider.
type Question struct {
	Redirect string // where the provider sends it back, exactly
	State    string
	Nonce    string
	Verifier string // of PKCE; only its hash goes out
	Fresh    bool   // the provider shall ask the person anew
}

// Address is where the browser goes with a question.
func (p *Party) Address(ctx context.Context, at Provider, q Question) (string, error) {
	k, err := p.know(ctx, at.Issuer)
	if err != nil {
		return "", err
	}
	u, err := url.Parse(k.said.Authorization)
	if err != nil {
		return "", refuse(Description, "its address for signing in cannot be read")
	}
	challenge := sha256.Sum256([]byte(q.Verifier))
	v := u.Query()
	for name, value := range map[string]string{
		"response_type": "code", "client_id": at.ClientID, "redirect_uri": q.Redirect, "scope": scope(at.Scopes),
		"state": q.State, "nonce": q.Nonce, "code_challenge": base64.RawURLEncoding.EncodeToString(challenge[:]), "code_challenge_method": "S256",
	} {
		v.Set(name, value)
	}
	if q.Fresh {
		v.Set("prompt", "login")
		v.Set("max_age", "0")
	}
	u.RawQuery = v.Encode()
	return u.String(), nil
}

func scope(more []string) string {
	list := []string{"openid"}
	for _, s := range more {
		if s != "" && !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	return strings.Join(list, " ")
}

// Answer is what the browser brings back, and what was asked.
type Answer struct {
	Question
	Asked     time.Time // when the browser was sent there
	Code      string
	Issuer    string // the parameter iss of RFC 9207; "": there was none
	Error     string // instead of a code
	ErrorText string
}

// Person is who somebody is to a provider. Only issuer and subject together say
// who; the rest is for people to read, and for rules that the owner made.
type Person struct {
	Subject  string
	Name     string // full name
	Login    string // the name that they prefer
	Mail     string
	Verified bool // the provider says that the mail address is theirs
	Groups   []string
	Proved   time.Time // when they last proved who they are; zero: the provider does not say
}

// Identify asks the provider who somebody is.
func (p *Party) Identify(ctx context.Context, at Provider, a Answer) (Person, error) {
	k, err := p.know(ctx, at.Issuer)
	if err != nil {
		return Person{}, err
	}
	if a.Issuer != "" && a.Issuer != at.Issuer {
		return Person{}, refuse(MixedUp, "the answer comes from %s", a.Issuer)
	}
	if a.Issuer == "" && k.said.NamesItself {
		return Person{}, refuse(MixedUp, "the answer does not say from whom it comes")
	}
	if a.Error != "" || a.Code == "" || len(a.Code) > 4<<10 {
		return Person{}, refuse(Declined, "%s", strings.TrimSpace(text(a.Error, 60)+" "+text(a.ErrorText, 200)))
	}
	raw, bearer, err := p.exchange(ctx, k, at, &a)
	if err != nil {
		return Person{}, err
	}
	c, err := p.verify(ctx, k, raw)
	if err != nil {
		return Person{}, err
	}
	if err := c.check(at, &a, p.o.Clock()); err != nil {
		return Person{}, err
	}
	person := c.person(at)
	missing := slices.Contains(at.Scopes, "email") && person.Mail == "" || at.Groups != "" && !c.has(at.Groups)
	if missing && k.said.UserInfo != "" {
		more, err := p.userInfo(ctx, k, bearer)
		if err != nil {
			return Person{}, err
		}
		if more.word("sub") != person.Subject {
			return Person{}, refuse(UserInfo, "user info is about somebody else")
		}
		person.add(more.person(at))
	}
	return person, nil
}

// add takes what the token did not say from user info.
func (p *Person) add(more Person) {
	if p.Mail == "" {
		p.Mail, p.Verified = more.Mail, more.Verified
	}
	if p.Name == "" {
		p.Name = more.Name
	}
	if p.Login == "" {
		p.Login = more.Login
	}
	if p.Groups == nil {
		p.Groups = more.Groups
	}
}
