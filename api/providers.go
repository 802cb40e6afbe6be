package api

import (
	"context"
	"errors"
	"net/http"

	"hearth"
	"hearth/access"
	"hearth/access/openid"
	"hearth/client"
)

// providers is the routes by which owners decide how people sign in. The way to a
// provider and back is a browser's, and no route of the API.
func (a *API) providers() {
	who := a.o.Access
	route(a, verb{id: "providers", may: access.WriteProviders, method: http.MethodGet, path: "/providers", tag: "providers", summary: "The identity providers by name; for the owners of the first workspace"},
		func(ctx context.Context, by access.Actor, _ *struct{}) (client.ProviderList, error) {
			doc := client.ProviderList{Providers: []client.Provider{}}
			list, err := who.Providers(ctx, by)
			for i := range list {
				doc.Providers = append(doc.Providers, providerDocument(&list[i]))
			}
			return doc, err
		})
	type addInput struct{ Body client.ProviderDraft }
	route(a, verb{id: "add-provider", may: access.WriteProviders, method: http.MethodPost, path: "/providers", tag: "providers", status: http.StatusCreated, small: true,
		summary: "Add an identity provider"},
		func(ctx context.Context, by access.Actor, in *addInput) (client.Provider, error) {
			p, err := who.AddProvider(ctx, by, providerDraft(&in.Body))
			return providerDocument(&p), err
		})
	type changeInput struct {
		ID   int64 `path:"id" minimum:"1"`
		Body client.ProviderChange
	}
	route(a, verb{id: "change-provider", may: access.WriteProviders, method: http.MethodPut, path: "/providers/{id}", tag: "providers", small: true,
		summary: "Give an identity provider other settings, in the place of all that it had"},
		func(ctx context.Context, by access.Actor, in *changeInput) (client.Provider, error) {
			p, err := who.ChangeProvider(ctx, by, access.ProviderID(in.ID), in.Body.Version, providerDraft(&in.Body.ProviderDraft))
			return providerDocument(&p), err
		})
	type seenInput struct {
		ID   int64 `path:"id" minimum:"1"`
		Body client.Seen
	}
	act(a, verb{id: "remove-provider", may: access.WriteProviders, method: http.MethodPost, path: "/providers/{id}/remove", tag: "providers", small: true,
		summary: "Take a provider away that is switched off, with everybody's identities by it"},
		func(ctx context.Context, by access.Actor, in *seenInput) error {
			return who.RemoveProvider(ctx, by, access.ProviderID(in.ID), in.Body.Version)
		})
	route(a, verb{id: "try-provider", may: access.WriteProviders, method: http.MethodPost, path: "/providers/{id}/try", tag: "providers", small: true,
		summary: "Ask a provider what it says of itself, and for its keys"},
		func(ctx context.Context, by access.Actor, in *byID) (client.ProviderTrial, error) {
			said, err := who.TryProvider(ctx, by, access.ProviderID(in.ID))
			doc := client.ProviderTrial{
				Issuer: hearth.Visible(said.Issuer), Authorization: hearth.Visible(said.Authorization), Token: hearth.Visible(said.Token), UserInfo: hearth.Visible(said.UserInfo),
				KeysAt: hearth.Visible(said.KeysAt), Keys: said.Keys, NamesItself: said.NamesItself,
			}
			for _, name := range said.Algorithms[:min(len(said.Algorithms), 50)] {
				doc.Algorithms = append(doc.Algorithms, hearth.Visible(name))
			}
			var r *openid.Refusal
			if errors.As(err, &r) {
				doc.Reason, doc.Detail = string(r.Reason), r.Detail
				err = nil
			}
			return doc, err
		})
	route(a, verb{id: "password-sign-in", may: access.WriteProviders, method: http.MethodGet, path: "/sign-in/password", tag: "providers", summary: "Whether people may sign in by password"},
		func(ctx context.Context, by access.Actor, _ *struct{}) (client.PasswordRule, error) {
			on, err := who.PasswordSignIn(ctx, by)
			return client.PasswordRule{On: on}, err
		})
	type ruleInput struct{ Body client.PasswordRule }
	act(a, verb{id: "set-password-sign-in", may: access.WriteProviders, method: http.MethodPut, path: "/sign-in/password", tag: "providers", small: true,
		summary: "Say whether people may sign in by password; off once an owner came in by a provider"},
		func(ctx context.Context, by access.Actor, in *ruleInput) error {
			return who.SetPasswordSignIn(ctx, by, in.Body.On)
		})
	route(a, verb{id: "identities", who: person, method: http.MethodGet, path: "/account/identities", tag: "account", summary: "Who one is at identity providers, the oldest first"},
		func(ctx context.Context, by access.Actor, _ *struct{}) (client.IdentityList, error) {
			doc := client.IdentityList{Identities: []client.Identity{}}
			list, err := who.Identities(ctx, by)
			for _, i := range list {
				doc.Identities = append(doc.Identities, client.Identity{ID: i.ID, Issuer: i.Issuer, Provider: i.Provider, Shown: i.Shown, Created: i.Created, Seen: i.Seen})
			}
			return doc, err
		})
	type byIdentity struct {
		ID string `path:"id" minLength:"1" maxLength:"64"`
	}
	act(a, verb{id: "remove-identity", who: person, method: http.MethodDelete, path: "/account/identities/{id}", tag: "account",
		summary: "Come in no more by a provider; all sessions end, and this browser gets a new one"},
		func(ctx context.Context, by access.Actor, in *byIdentity) error {
			token, err := who.RemoveIdentity(ctx, by, in.ID)
			visitOf(ctx).renewed(who, token)
			return err
		})
}

func providerDraft(d *client.ProviderDraft) access.ProviderDraft {
	draft := access.ProviderDraft{
		Name: d.Name, Issuer: d.Issuer, ClientID: d.ClientID, Secret: d.Secret, Enabled: d.Enabled,
		Terms: access.Terms{Scopes: d.Scopes, Domains: d.Domains, Admit: access.Role(d.Admit), Claim: d.Claim, Second: d.Second},
	}
	for _, g := range d.Groups {
		draft.Groups = append(draft.Groups, access.Group{Name: g.Name, Role: access.Role(g.Role)})
	}
	return draft
}

func providerDocument(p *access.Provider) client.Provider {
	doc := client.Provider{
		ID: int64(p.ID), Version: p.Version, HasSecret: p.HasSecret, Callback: p.Callback, Changed: p.Changed, Proved: p.Proved,
		ProviderDraft: client.ProviderDraft{
			Name: p.Name, Issuer: p.Issuer, ClientID: p.ClientID, Scopes: p.Scopes, Domains: p.Domains, Admit: string(p.Admit), Claim: p.Claim,
			Second: p.Second, Enabled: p.Enabled,
		},
	}
	for _, g := range p.Groups {
		doc.Groups = append(doc.Groups, client.GroupRole{Name: g.Name, Role: string(g.Role)})
	}
	return doc
}
