package api

import (
	"context"
	"net/http"

	"hearth"
	"hearth/access"
	"hearth/client"
)

// sessions is the routes by which people come in and go. What is sent is the
// credential; access counts every guess before it looks at it.
func (a *API) sessions() {
	who := a.o.Access
	type signInInput struct{ Body client.SignIn }
	route(a, verb{id: "sign-in", who: stranger, method: http.MethodPost, path: "/session", tag: "session",
		summary: "Begin a session, kept in a cookie; or learn that a second factor is needed"},
		func(ctx context.Context, _ access.Actor, in *signInInput) (client.SignedIn, error) {
			v := visitOf(ctx)
			return v.entered(who, who.SignIn)(ctx, in.Body.Name, in.Body.Password)
		})
	type secondInput struct{ Body client.SecondFactor }
	route(a, verb{id: "second-factor", who: stranger, method: http.MethodPost, path: "/session/second-factor", tag: "session",
		summary: "End a sign-in with the code of an authenticator app, or a recovery code"},
		func(ctx context.Context, _ access.Actor, in *secondInput) (client.SignedIn, error) {
			v := visitOf(ctx)
			return v.entered(who, who.SecondFactor)(ctx, in.Body.Second, in.Body.Code)
		})
	act(a, verb{id: "sign-out", who: stranger, method: http.MethodDelete, path: "/session", tag: "session", summary: "End the session"},
		func(ctx context.Context, _ access.Actor, _ *struct{}) error {
			v := visitOf(ctx)
			who.ClearEntry(v.w, v.r)
			return who.SignOut(ctx, who.Token(v.r))
		})
	type newUserInput struct{ Body client.NewUser }
	route(a, verb{id: "set-up", who: stranger, method: http.MethodPost, path: "/set-up", tag: "session",
		summary: "Make the first owner, by the set-up link, and sign them in"},
		func(ctx context.Context, _ access.Actor, in *newUserInput) (client.SignedIn, error) {
			v := visitOf(ctx)
			e, err := who.SetUp(ctx, who.Caller(v.r), in.Body.Token, draftOf(&in.Body))
			return v.keep(who, e, err)
		})
	route(a, verb{id: "accept-invitation", who: stranger, method: http.MethodPost, path: "/invitations/accept", tag: "session",
		summary: "Make somebody new, by an invitation, and sign them in"},
		func(ctx context.Context, _ access.Actor, in *newUserInput) (client.SignedIn, error) {
			v := visitOf(ctx)
			e, err := who.AcceptInvitation(ctx, who.Caller(v.r), in.Body.Token, draftOf(&in.Body))
			return v.keep(who, e, err)
		})
	type tokenInput struct{ Body client.JoinRequest }
	route(a, verb{id: "invited", who: stranger, method: http.MethodPost, path: "/invitations/look", tag: "session",
		summary: "Say where an invitation leads"},
		func(ctx context.Context, _ access.Actor, in *tokenInput) (client.Invited, error) {
			workspace, role, err := who.Invited(ctx, who.Caller(visitOf(ctx).r), in.Body.Token)
			return client.Invited{Workspace: workspace, Role: string(role)}, err
		})
	type passwordInput struct{ Body client.NewPassword }
	act(a, verb{id: "reset-password", who: stranger, method: http.MethodPost, path: "/users/password", tag: "session",
		summary: "Give somebody another password, by the operator's link"},
		func(ctx context.Context, _ access.Actor, in *passwordInput) error {
			return who.Reset(ctx, who.Caller(visitOf(ctx).r), in.Body.Token, in.Body.Password)
		})
	route(a, verb{id: "who-am-i", who: anybody, method: http.MethodGet, path: "/session", tag: "session", summary: "Say who asks, and what they may do"},
		func(_ context.Context, by access.Actor, _ *struct{}) (client.Actor, error) {
			doc := client.Actor{Kind: string(by.Kind), Name: by.Name, User: int64(by.User), Role: string(by.Role), Workspace: int64(by.Workspace), Permissions: []string{}}
			for _, p := range by.Permissions() {
				doc.Permissions = append(doc.Permissions, string(p))
			}
			return doc, nil
		})
}

// entered runs a step of a sign-in and lets the browser keep what it ends with.
func (v visit) entered(who *access.Access, step func(context.Context, access.Caller, string, string) (access.Entry, error)) func(context.Context, string, string) (client.SignedIn, error) {
	return func(ctx context.Context, one, other string) (client.SignedIn, error) {
		e, err := step(ctx, who.Caller(v.r), one, other)
		return v.keep(who, e, err)
	}
}

func (v visit) keep(who *access.Access, e access.Entry, err error) (client.SignedIn, error) {
	if err != nil {
		return client.SignedIn{}, err
	}
	who.SetEntry(v.w, v.r, e)
	return client.SignedIn{User: int64(e.User), Second: e.Second}, nil
}

// renewed lets the browser go on with another session.
func (v visit) renewed(who *access.Access, token string) {
	if token != "" {
		who.SetEntry(v.w, v.r, access.Entry{Token: token})
	}
}

func draftOf(u *client.NewUser) access.Draft {
	return access.Draft{Name: u.Name, FullName: u.FullName, Mail: u.Mail, Password: u.Password}
}

// account is the routes about oneself.
func (a *API) account() {
	who := a.o.Access
	route(a, verb{id: "account", who: person, method: http.MethodGet, path: "/account", tag: "account", summary: "What one has set up for signing in"},
		func(ctx context.Context, by access.Actor, _ *struct{}) (client.Account, error) {
			m, err := who.Account(ctx, by)
			doc := client.Account{
				User: int64(m.User), Version: m.Version, Name: m.Name, Profile: client.Profile(m.Profile), Workspace: int64(m.Workspace), Workspaces: []client.Membership{},
				Password: m.Password, TOTP: m.TOTP, RecoveryCodes: m.RecoveryCodes,
			}
			for _, w := range m.Workspaces {
				doc.Workspaces = append(doc.Workspaces, client.Membership{Workspace: int64(w.Workspace), Name: w.Name, Role: string(w.Role)})
			}
			return doc, err
		})
	type profileInput struct{ Body client.AccountChange }
	act(a, verb{id: "change-account", who: person, method: http.MethodPatch, path: "/account", tag: "account", summary: "Say who one is, and how one likes to read"},
		func(ctx context.Context, by access.Actor, in *profileInput) error {
			return who.ChangeAccount(ctx, by, in.Body.Version, access.Profile(in.Body.Profile))
		})
	route(a, verb{id: "sessions", who: person, method: http.MethodGet, path: "/account/sessions", tag: "account", summary: "Where one is signed in, the browser used last first"},
		func(ctx context.Context, by access.Actor, _ *struct{}) (client.SessionList, error) {
			doc := client.SessionList{Sessions: []client.Session{}}
			list, err := who.Sessions(ctx, by)
			for _, s := range list {
				doc.Sessions = append(doc.Sessions, client.Session{
					ID: int64(s.ID), Here: s.ID == by.Session, Device: s.Device, Address: s.Address, Method: s.Method, Created: s.Created, Seen: s.Seen,
				})
			}
			return doc, err
		})
	act(a, verb{id: "end-session", who: person, method: http.MethodDelete, path: "/account/sessions/{id}", tag: "account", summary: "Sign out in one browser"},
		func(ctx context.Context, by access.Actor, in *byID) error {
			return who.EndSession(ctx, by, access.SessionID(in.ID))
		})
	act(a, verb{id: "end-other-sessions", who: person, method: http.MethodDelete, path: "/account/sessions", tag: "account", summary: "Sign out everywhere else"},
		func(ctx context.Context, by access.Actor, _ *struct{}) error { return who.EndOtherSessions(ctx, by) })
	type proofInput struct{ Body client.Proof }
	act(a, verb{id: "prove", who: person, method: http.MethodPost, path: "/account/proof", tag: "account",
		summary: "Prove again who one is, for what could harm; it holds for 15 minutes"},
		func(ctx context.Context, by access.Actor, in *proofInput) error {
			return who.Prove(ctx, by, in.Body.Secret)
		})
	type passwordInput struct{ Body client.PasswordChange }
	act(a, verb{id: "change-password", who: person, method: http.MethodPost, path: "/account/password", tag: "account",
		summary: "Take another password; all sessions end, and this browser gets a new one"},
		func(ctx context.Context, by access.Actor, in *passwordInput) error {
			token, err := who.ChangePassword(ctx, by, in.Body.Old, in.Body.New)
			visitOf(ctx).renewed(who, token)
			return err
		})
	route(a, verb{id: "begin-authenticator", who: person, method: http.MethodPost, path: "/account/totp", tag: "account", summary: "Make the secret of an authenticator app"},
		func(ctx context.Context, by access.Actor, _ *struct{}) (client.NewTOTP, error) {
			n, err := who.BeginAuthenticator(ctx, by)
			return client.NewTOTP{Ticket: n.Ticket, Secret: n.Secret, Address: n.Address}, err
		})
	type totpInput struct{ Body client.TOTPProof }
	route(a, verb{id: "enable-authenticator", who: person, method: http.MethodPut, path: "/account/totp", tag: "account",
		summary: "Set an authenticator app up, by a code of it; the recovery codes are shown this once"},
		func(ctx context.Context, by access.Actor, in *totpInput) (client.RecoveryCodes, error) {
			codes, token, err := who.EnableAuthenticator(ctx, by, in.Body.Ticket, in.Body.Code)
			visitOf(ctx).renewed(who, token)
			return client.RecoveryCodes{Codes: codes}, err
		})
	act(a, verb{id: "disable-authenticator", who: person, method: http.MethodDelete, path: "/account/totp", tag: "account", summary: "Take the authenticator app away"},
		func(ctx context.Context, by access.Actor, _ *struct{}) error {
			token, err := who.DisableAuthenticator(ctx, by)
			visitOf(ctx).renewed(who, token)
			return err
		})
	act(a, verb{id: "enter-workspace", who: person, method: http.MethodPost, path: "/workspaces/{id}/enter", tag: "workspaces", summary: "Look at another workspace"},
		func(ctx context.Context, by access.Actor, in *byID) error {
			return who.EnterWorkspace(ctx, by, hearth.WorkspaceID(in.ID))
		})
	type joinInput struct{ Body client.JoinRequest }
	route(a, verb{id: "join-workspace", who: person, method: http.MethodPost, path: "/workspaces/join", tag: "workspaces", summary: "Use an invitation to another workspace"},
		func(ctx context.Context, by access.Actor, in *joinInput) (client.Entered, error) {
			ws, err := who.JoinWorkspace(ctx, by, in.Body.Token)
			return client.Entered{Workspace: int64(ws)}, err
		})
}
