package api

import (
	"context"
	"net/http"

	"hearth/access"
	"hearth/client"
)

// passkeys is the routes by which devices stand in for passwords.
func (a *API) passkeys() {
	who := a.o.Access
	document := func(p *access.Passkey) client.Passkey {
		return client.Passkey{ID: p.ID, Name: p.Name, Created: p.Created, Seen: p.Seen, Synced: p.Synced}
	}
	ceremony := func(c access.Ceremony, err error) (client.Ceremony, error) {
		return client.Ceremony{Ticket: c.Ticket, Options: c.Options}, err
	}
	route(a, verb{id: "passkeys", who: person, method: http.MethodGet, path: "/account/passkeys", tag: "account", summary: "One's passkeys, the oldest first"},
		func(ctx context.Context, by access.Actor, _ *struct{}) (client.PasskeyList, error) {
			doc := client.PasskeyList{Passkeys: []client.Passkey{}}
			list, err := who.Passkeys(ctx, by)
			for i := range list {
				doc.Passkeys = append(doc.Passkeys, document(&list[i]))
			}
			return doc, err
		})
	route(a, verb{id: "begin-passkey", who: person, method: http.MethodPost, path: "/account/passkeys/begin", tag: "account", summary: "Ask a device for a new passkey"},
		func(ctx context.Context, by access.Actor, _ *struct{}) (client.Ceremony, error) {
			return ceremony(who.BeginPasskey(ctx, by, who.Site(visitOf(ctx).r)))
		})
	type answerInput struct{ Body client.PasskeyAnswer }
	route(a, verb{id: "add-passkey", who: person, method: http.MethodPost, path: "/account/passkeys", tag: "account", status: http.StatusCreated,
		summary: "Take the answer of a device as a passkey; all sessions end, and this browser gets a new one"},
		func(ctx context.Context, by access.Actor, in *answerInput) (client.Passkey, error) {
			p, token, err := who.AddPasskey(ctx, by, in.Body.Ticket, in.Body.Name, in.Body.Response)
			visitOf(ctx).renewed(who, token)
			return document(&p), err
		})
	type byPasskey struct {
		ID string `path:"id" minLength:"1" maxLength:"64"`
	}
	type nameInput struct {
		byPasskey
		Body client.NewName
	}
	route(a, verb{id: "rename-passkey", who: person, method: http.MethodPatch, path: "/account/passkeys/{id}", tag: "account", summary: "Give a passkey another name"},
		func(ctx context.Context, by access.Actor, in *nameInput) (client.Passkey, error) {
			p, err := who.RenamePasskey(ctx, by, in.ID, in.Body.Name)
			return document(&p), err
		})
	act(a, verb{id: "remove-passkey", who: person, method: http.MethodDelete, path: "/account/passkeys/{id}", tag: "account",
		summary: "Take a passkey away; all sessions end, and this browser gets a new one"},
		func(ctx context.Context, by access.Actor, in *byPasskey) error {
			token, err := who.RemovePasskey(ctx, by, in.ID)
			visitOf(ctx).renewed(who, token)
			return err
		})
	route(a, verb{id: "begin-proof", who: person, method: http.MethodPost, path: "/account/proof/passkey/begin", tag: "account",
		summary: "Ask a device for one of one's passkeys, to prove again who one is"},
		func(ctx context.Context, by access.Actor, _ *struct{}) (client.Ceremony, error) {
			return ceremony(who.BeginProof(ctx, by, who.Site(visitOf(ctx).r)))
		})
	act(a, verb{id: "prove-by-passkey", who: person, method: http.MethodPost, path: "/account/proof/passkey", tag: "account",
		summary: "Prove again who one is, by the answer of a device"},
		func(ctx context.Context, by access.Actor, in *answerInput) error {
			return who.ProveByPasskey(ctx, by, in.Body.Ticket, in.Body.Response)
		})
	route(a, verb{id: "begin-passkey-sign-in", who: stranger, method: http.MethodPost, path: "/session/passkey/begin", tag: "session",
		summary: "Ask whatever device is at hand who somebody is"},
		func(ctx context.Context, _ access.Actor, _ *struct{}) (client.Ceremony, error) {
			v := visitOf(ctx)
			return ceremony(who.BeginPasskeySignIn(ctx, who.Caller(v.r), who.Site(v.r)))
		})
	route(a, verb{id: "passkey-sign-in", who: stranger, method: http.MethodPost, path: "/session/passkey", tag: "session",
		summary: "Begin a session, kept in a cookie, by the answer of a device"},
		func(ctx context.Context, _ access.Actor, in *answerInput) (client.SignedIn, error) {
			v := visitOf(ctx)
			e, err := who.PasskeySignIn(ctx, who.Caller(v.r), in.Body.Ticket, in.Body.Response)
			return v.keep(who, e, err)
		})
}
