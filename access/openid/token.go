package openid

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"slices"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"hearth/outbound"
)

const (
	mostToken   = 64 << 10
	mostSubject = 255 // OpenID Connect Core 1.0, 2
	mostGroups  = 500
	mostWord    = 200
)

// exchange gives the provider its code, once, and takes the tokens.
func (p *Party) exchange(ctx context.Context, k *knowledge, at Provider, a *Answer) (id, bearer string, err error) {
	style := oauth2.AuthStyleInHeader
	if at.Secret == "" || len(k.said.ClientAuth) > 0 && !slices.Contains(k.said.ClientAuth, "client_secret_basic") {
		style = oauth2.AuthStyleInParams
	}
	scope := outbound.Scope{Account: "single sign-on", Hosts: []string{at.Issuer, k.said.Token}}
	if at.Secret != "" {
		scope.Secrets = []string{at.Secret}
	}
	ctx, stop := context.WithTimeout(ctx, p.o.Patience)
	defer stop()
	c := oauth2.Config{ClientID: at.ClientID, ClientSecret: at.Secret, RedirectURL: a.Redirect, Endpoint: oauth2.Endpoint{TokenURL: k.said.Token, AuthStyle: style}}
	t, err := c.Exchange(context.WithValue(ctx, oauth2.HTTPClient, p.client(scope)), a.Code, oauth2.VerifierOption(a.Verifier))
	var refused *oauth2.RetrieveError
	switch {
	case errors.As(err, &refused):
		said := strings.TrimSpace(refused.ErrorCode + " " + refused.ErrorDescription)
		if said == "" && refused.Response != nil {
			said = refused.Response.Status
		}
		return "", "", refuse(Exchange, "it answers: %s", text(said, mostWord))
	case err != nil:
		r, failed := http.NewRequest(http.MethodPost, k.said.Token, nil)
		if failed != nil || strings.HasPrefix(err.Error(), "oauth2:") {
			return "", "", refuse(Exchange, "it answers with something else than tokens")
		}
		return "", "", lost(err, r.URL)
	}
	id, ok := t.Extra("id_token").(string)
	if !ok || id == "" {
		return "", "", refuse(Malformed, "there is no token that says who it is; does the client have the scope openid?")
	}
	return id, t.AccessToken, nil
}

// userInfo asks what the token did not say.
func (p *Party) userInfo(ctx context.Context, k *knowledge, bearer string) (c claims, err error) {
	client := p.client(outbound.Scope{Account: "single sign-on", Secrets: []string{bearer}, Hosts: []string{k.said.UserInfo}})
	err = p.fetch(ctx, client, k.said.UserInfo, bearer, UserInfo, &c)
	return c, err
}

// claims are what a token or user info says, by exact names.
type claims map[string]json.RawMessage

func (c claims) has(name string) bool { return len(c[name]) > 0 && string(c[name]) != "null" }

// word is a claim that is a text; "" for any other.
func (c claims) word(name string) (s string) {
	if json.Unmarshal(c[name], &s) != nil {
		return ""
	}
	return s
}

// words is a claim that is a text or a list of texts.
func (c claims) words(name string) (list []string) {
	if s := c.word(name); s != "" {
		return []string{s}
	}
	if json.Unmarshal(c[name], &list) != nil {
		return nil
	}
	return list
}

// yes is a claim that is true; some providers write it as a text.
func (c claims) yes(name string) bool {
	return string(c[name]) == "true" || string(c[name]) == `"true"`
}

// instant is a claim that is a time in seconds; false if it is none.
func (c claims) instant(name string) (time.Time, bool) {
	var seconds float64
	if !c.has(name) || json.Unmarshal(c[name], &seconds) != nil || seconds < 0 || seconds > 1<<40 || seconds != seconds {
		return time.Time{}, false
	}
	whole, rest := math.Modf(seconds)
	return time.Unix(int64(whole), int64(rest*1e9)).UTC(), true
}

// check is OpenID Connect Core 1.0, 3.1.3.7, without what the signature proved.
func (c claims) check(at Provider, a *Answer, now time.Time) error {
	if c.word("iss") != at.Issuer {
		return refuse(Issuer, "the token is of %s", c.word("iss"))
	}
	audience := c.words("aud")
	if !slices.Contains(audience, at.ClientID) {
		return refuse(Audience, "the token is for %s", strings.Join(audience, ", "))
	}
	if party := c.word("azp"); c.has("azp") && party != at.ClientID || len(audience) > 1 && party == "" {
		return refuse(Audience, "the token was given to %q", party)
	}
	expires, ok := c.instant("exp")
	if !ok || !now.Before(expires.Add(skew)) {
		return refuse(Time, "the token is over, or has no end; our clock says %s", now.UTC().Format(time.RFC3339))
	}
	issued, ok := c.instant("iat")
	if !ok || issued.After(now.Add(skew)) || issued.Before(a.Asked.Add(-skew)) {
		return refuse(Time, "the token was not issued just now; our clock says %s", now.UTC().Format(time.RFC3339))
	}
	if from, ok := c.instant("nbf"); c.has("nbf") && (!ok || from.After(now.Add(skew))) {
		return refuse(Time, "the token is not good yet; our clock says %s", now.UTC().Format(time.RFC3339))
	}
	if a.Nonce == "" || c.word("nonce") != a.Nonce {
		return refuse(Nonce, "the token answers another question")
	}
	if s := c.word("sub"); s == "" || len(s) > mostSubject || strings.TrimSpace(s) != s || visible(s) != s {
		return refuse(Subject, "the token names nobody")
	}
	if a.Fresh {
		if proved, ok := c.instant("auth_time"); !ok || proved.Before(a.Asked.Add(-skew)) || proved.After(now.Add(skew)) {
			return refuse(Stale, "the provider does not say that it asked for a proof just now")
		}
	}
	return nil
}

// person reads what is said of somebody, as text fit to be shown. An address that
// had to be cut is none.
func (c claims) person(at Provider) Person {
	p := Person{
		Subject: c.word("sub"), Name: text(c.word("name"), mostWord), Login: text(c.word("preferred_username"), mostWord),
		Mail: c.word("email"), Verified: c.yes("email_verified"),
	}
	if len(p.Mail) > 254 || visible(p.Mail) != p.Mail || strings.Count(p.Mail, "@") != 1 {
		p.Mail, p.Verified = "", false
	}
	if at.Groups != "" {
		p.Groups = c.words(at.Groups)
		p.Groups = p.Groups[:min(len(p.Groups), mostGroups)]
	}
	p.Proved, _ = c.instant("auth_time")
	return p
}
