package bluesky

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"hearth"
	"hearth/jsonread"
	"hearth/network"
	"hearth/outbound"
)

const (
	createSession  = "/xrpc/com.atproto.server.createSession"
	refreshSession = "/xrpc/com.atproto.server.refreshSession"
	accountTimeout = 30 * time.Second
	maxAnswer      = 8 << 20
)

// account is an account's session on its server (PDS), which passes on what is
// asked of the AppView.
type account struct {
	s               *network.Session
	pds             *url.URL
	access, refresh string
}

// newAccount is the account of the settings; it is Denied where there is none.
func newAccount(s *network.Session) (*account, error) {
	pds, err := parsePDS(s.Settings["pds"])
	if err != nil {
		return nil, err
	}
	if s.Settings["identifier"] == "" || s.Settings["password"] == "" {
		return nil, hearth.Errorf(hearth.Denied, "Bluesky lets only its users search; give the source a handle and an app password.")
	}
	return &account{s: s, pds: pds}, nil
}

func parsePDS(s string) (*url.URL, error) { return network.ParseServer(s, publicPDS) }

// get asks for one thing, in a session that is begun or renewed as needed. The
// servers answer a bad token with status 400, so the name of the error counts.
func (a *account) get(ctx context.Context, what string, query url.Values) (string, error) {
	for renewed := false; ; renewed = true {
		if a.access == "" {
			if err := a.begin(ctx); err != nil {
				return "", err
			}
		}
		body, err := a.call(ctx, http.MethodGet, what+"?"+query.Encode(), a.access, "")
		var refused *refusal
		if !errors.As(err, &refused) {
			return body, a.trouble(err)
		}
		switch refused.name {
		case "ExpiredToken", "InvalidToken":
			a.access = ""
			if !renewed {
				continue
			}
		}
		return "", a.trouble(err)
	}
}

// begin begins a session: with the refresh token where there is one, for
// createSession may be called only 300 times a day.
func (a *account) begin(ctx context.Context) error {
	if token := a.refresh; token != "" {
		a.refresh = ""
		if body, err := a.call(ctx, http.MethodPost, refreshSession, token, ""); err == nil {
			return a.tokens(body)
		}
	}
	login := append(hearth.AppendQuoted([]byte(`{"identifier":`), strings.TrimPrefix(a.s.Settings["identifier"], "@")), `,"password":`...)
	login = append(hearth.AppendQuoted(login, a.s.Settings["password"]), '}')
	body, err := a.call(ctx, http.MethodPost, createSession, "", string(login))
	var refused *refusal
	if errors.As(err, &refused) {
		switch {
		case refused.name == "AuthFactorTokenRequired":
			return hearth.Errorf(hearth.Denied, "Bluesky wants a code by mail for this password; make an app password in the account's settings and give the source that.")
		case refused.name == "AccountTakedown":
			return hearth.Errorf(hearth.Denied, "The Bluesky account is suspended.")
		case refused.status == http.StatusUnauthorized || refused.status == http.StatusBadRequest:
			return hearth.Errorf(hearth.Denied, "Bluesky does not accept the handle and app password; make a new app password in the account's settings.")
		}
	}
	if err != nil {
		return a.trouble(err)
	}
	return a.tokens(body)
}

func (a *account) tokens(body string) error {
	var r jsonread.Reader
	r.Reset(body)
	for ok := r.TryObject(); ok && r.Next(); {
		switch r.Key() {
		case "accessJwt":
			a.access = r.TryText()
		case "refreshJwt":
			a.refresh = r.TryText()
		}
	}
	if r.End() != nil || a.access == "" || strings.ContainsAny(a.access+a.refresh, " \r\n") {
		a.access, a.refresh = "", ""
		return hearth.Errorf(hearth.Unavailable, "Bluesky's answer holds no session.")
	}
	return nil
}

// call calls a method; an answer that is not 200 is a refusal.
func (a *account) call(ctx context.Context, method, what, token, body string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, accountTimeout)
	defer cancel()
	var reader io.Reader
	if body != "" {
		reader = strings.NewReader(body)
	}
	request, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(a.pds.String(), "/")+what, reader)
	if err != nil {
		return "", err
	}
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := a.s.HTTP.Do(request)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return "", readRefusal(answer)
	}
	b, err := outbound.ReadAll(answer.Body, maxAnswer)
	return string(b), err
}

// trouble is an error in words for people.
func (a *account) trouble(err error) error {
	var known *hearth.Error
	var refused *refusal
	switch {
	case err == nil || errors.As(err, &known):
		return err
	case errors.As(err, &refused) && (refused.status == http.StatusForbidden || refused.status == http.StatusUnauthorized):
		return hearth.Errorf(hearth.Denied, "%s does not let this account do that: %v.", a.pds.Host, refused)
	case errors.As(err, &refused):
		return hearth.Errorf(hearth.Unavailable, "%s answers with %v.", a.pds.Host, refused)
	}
	return hearth.Errorf(hearth.Unavailable, "%s cannot be reached: %v.", a.pds.Host, err)
}
