package access_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"hearth"
	"hearth/access"
	"hearth/access/openid"
)

// proves TK1: every token at every place that takes one; only its own place does.
func TestEveryTokenIsGoodForItsPurposeOnly(t *testing.T) {
	t.Parallel()
	i := openInn(t, time.Minute)
	i.add(nil)
	h := i.house
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	invite := func() string {
		_, token, err := h.Invite(ctx, operator, access.InvitationDraft{Role: access.Admin})
		must(err)
		return token
	}
	enter := func(name string) access.Entry {
		e, err := h.AcceptInvitation(ctx, home, invite(), access.Draft{Name: name, Password: password})
		must(err)
		return e
	}
	e := enter("ann")
	ann, ben := h.actor(e), h.actor(enter("ben"))
	app, err := h.BeginAuthenticator(ctx, ben)
	must(err)
	_, token, err := h.EnableAuthenticator(ctx, ben, app.Ticket, code(t, app.Secret, h.clock.Now()))
	must(err)
	_, _, err = h.SessionActor(ctx, token)
	must(err)
	second, err := h.SignIn(ctx, home, "ben", password)
	must(err)
	setUp, err := h.SetUpLink(ctx, operator)
	must(err)
	reset, err := h.ResetLink(ctx, operator, "ann", false)
	must(err)
	_, key, err := h.AddKey(ctx, operator, access.KeyDraft{Name: "reports", Scopes: []access.Permission{access.ReadPosts}})
	must(err)
	anns, err := h.BeginAuthenticator(ctx, ann)
	must(err)
	newKey, err := h.BeginPasskey(ctx, ann, atHome)
	must(err)
	who, err := h.BeginPasskeySignIn(ctx, home, atHome)
	must(err)
	_, _, cat := h.addPasskey(h.actor(enter("cat")), "watch")
	proof := h.asksProof(cat)
	way, sign := &browser{}, access.Trip{Errand: access.ToSignIn}
	back, err := i.there(way, access.Actor{}, sign)
	must(err)
	phone := newDevice()
	created := phone.created(t, newKey)
	phone.party.Origin = "https://elsewhere.example" // a right answer would use tokens up
	signed := phone.signed(t, who)

	tokens := []struct{ kind, token string }{
		{"session", e.Token}, {"device", e.Device}, {"second", second.Second}, {"set-up", setUp}, {"reset", reset}, {"invitation", invite()},
		{"key", key}, {"app", anns.Ticket}, {"passkey", newKey.Ticket}, {"passkey sign-in", who.Ticket}, {"proof", proof.Ticket},
		{"state", back.State}, {"browser", way.secret},
	}
	knocks := 0
	caller := func() access.Caller { // somebody new each time, so that no limit answers
		knocks++
		return from(fmt.Sprintf("198.18.%d.%d", knocks/250, knocks%250+1))
	}
	// Each says whether it took the token for one of its own; the right ones come
	// last and with something else wrong, so that they can be asked with all.
	acceptors := []struct {
		kind string
		take func(token string) bool
	}{
		{"session", func(token string) bool { _, _, err := h.SessionActor(ctx, token); return err == nil }},
		{"key", func(token string) bool { _, err := h.KeyActor(ctx, token); return err == nil }},
		{"invitation", func(token string) bool { _, _, err := h.Invited(ctx, caller(), token); return err == nil }},
		{"invitation", func(token string) bool {
			_, err := h.AcceptInvitation(ctx, caller(), token, access.Draft{Name: "x", Password: "short"})
			return hearth.ErrorCode(err) == hearth.Invalid
		}},
		{"set-up", func(token string) bool {
			_, err := h.SetUp(ctx, caller(), token, access.Draft{Name: "x", Password: "short"})
			return hearth.ErrorCode(err) == hearth.Invalid
		}},
		{"reset", func(token string) bool {
			return hearth.ErrorCode(h.Reset(ctx, caller(), token, "short")) == hearth.Invalid
		}},
		{"second", func(token string) bool {
			_, err := h.SecondFactor(ctx, caller(), token, "000000")
			return field(err) == "code"
		}},
		{"app", func(token string) bool {
			_, _, err := h.EnableAuthenticator(ctx, ann, token, "000000")
			return field(err) == "code"
		}},
		{"proof", func(token string) bool {
			e, err := h.SignIn(ctx, home, "cat", password) // guesses count by session
			must(err)
			err = h.ProveByPasskey(ctx, h.actor(e), token, signed)
			return field(err) == "passkey"
		}},
		{"browser", func(token string) bool {
			there, err := i.there(&browser{way.secret}, access.Actor{}, sign)
			must(err)
			_, err = h.FromProvider(ctx, caller(), access.Actor{}, token, there)
			return why(err) == access.NobodyHere
		}},
		{"state", func(token string) bool {
			_, err := h.FromProvider(ctx, caller(), access.Actor{}, way.secret, access.Return{State: token, Code: "x", Issuer: i.idp.URL})
			return why(err) == openid.Exchange
		}},
		{"passkey sign-in", func(token string) bool {
			_, err := h.PasskeySignIn(ctx, caller(), token, signed)
			return field(err) == "passkey"
		}},
		{"passkey", func(token string) bool {
			_, _, err := h.AddPasskey(ctx, ann, token, "phone", created)
			return err == nil
		}},
	}
	for _, a := range acceptors {
		for _, one := range tokens {
			if took := a.take(one.token); took != (a.kind == one.kind) {
				t.Errorf("the token of a %s at the place of a %s: taken is %v", one.kind, a.kind, took)
			}
		}
		for _, junk := range []string{"", "_", "hs_", tokens[0].token + "x", tokens[0].token[3:]} {
			if a.take(junk) {
				t.Errorf("%q is taken for a %s", junk, a.kind)
			}
		}
	}
	if _, err := h.JoinWorkspace(ctx, ben, key); hearth.ErrorCode(err) != hearth.Denied {
		t.Errorf("a key in the place of an invitation: %v", err)
	}
}

func field(err error) string {
	var known *hearth.Error
	if errors.As(err, &known) {
		return known.Field
	}
	return ""
}
