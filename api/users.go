package api

import (
	"context"
	"net/http"
	"time"

	"hearth"
	"hearth/access"
	"hearth/client"
)

func (a *API) users() {
	who := a.o.Access
	route(a, verb{id: "users", may: access.ReadUsers, method: http.MethodGet, path: "/users", tag: "users", summary: "Who is in the workspace, by name"},
		func(ctx context.Context, by access.Actor, _ *struct{}) (client.UserList, error) {
			doc := client.UserList{Users: []client.User{}}
			list, err := who.Users(ctx, by)
			for i := range list {
				doc.Users = append(doc.Users, userDocument(&list[i]))
			}
			return doc, err
		})
	type changeInput struct {
		ID   int64 `path:"id" minimum:"1"`
		Body client.UserChange
	}
	change := func(id, path, summary string, do func(context.Context, access.Actor, hearth.UserID, *client.UserChange) (access.Member, error)) {
		route(a, verb{id: id, may: access.WriteUsers, method: http.MethodPost, path: "/users/{id}" + path, tag: "users", summary: summary, small: true},
			func(ctx context.Context, by access.Actor, in *changeInput) (client.User, error) {
				m, err := do(ctx, by, hearth.UserID(in.ID), &in.Body)
				return userDocument(&m), err
			})
	}
	change("change-role", "/role", "Give somebody another role in the workspace; they sign in again",
		func(ctx context.Context, by access.Actor, id hearth.UserID, c *client.UserChange) (access.Member, error) {
			return who.ChangeRole(ctx, by, id, c.Version, access.Role(c.Role))
		})
	change("change-brand-role", "/brand-role", "Give somebody another role for a brand",
		func(ctx context.Context, by access.Actor, id hearth.UserID, c *client.UserChange) (access.Member, error) {
			return who.ChangeBrandRole(ctx, by, id, c.Version, access.BrandID(c.Brand), access.Role(c.Role))
		})
	change("disable-user", "/disable", "Keep somebody out, at once",
		func(ctx context.Context, by access.Actor, id hearth.UserID, c *client.UserChange) (access.Member, error) {
			return who.DisableUser(ctx, by, id, c.Version)
		})
	change("enable-user", "/enable", "Let somebody come in again",
		func(ctx context.Context, by access.Actor, id hearth.UserID, c *client.UserChange) (access.Member, error) {
			return who.EnableUser(ctx, by, id, c.Version)
		})
	act(a, verb{id: "sign-out-user", may: access.WriteUsers, method: http.MethodPost, path: "/users/{id}/sign-out", tag: "users", summary: "End all sessions of somebody; they may sign in again", small: true},
		func(ctx context.Context, by access.Actor, in *byID) error {
			return who.SignOutUser(ctx, by, hearth.UserID(in.ID))
		})
	route(a, verb{id: "set-up-link", who: operator, method: http.MethodPost, path: "/set-up/link", tag: "users", summary: "Make the link with which the first owner comes in"},
		func(ctx context.Context, by access.Actor, _ *struct{}) (client.Link, error) {
			token, err := who.SetUpLink(ctx, by)
			return client.Link{Token: token, Path: "/set-up/" + token}, err
		})
	type resetInput struct{ Body client.ResetRequest }
	route(a, verb{id: "reset-link", who: operator, method: http.MethodPost, path: "/users/reset", tag: "users",
		summary: "Make a link with which somebody who cannot sign in chooses another password"},
		func(ctx context.Context, by access.Actor, in *resetInput) (client.Link, error) {
			token, err := who.ResetLink(ctx, by, in.Body.Name, in.Body.Second)
			return client.Link{Token: token, Path: "/reset/" + token}, err
		})
	a.invitations()
	a.teams()
}

func userDocument(m *access.Member) client.User {
	doc := client.User{
		ID: int64(m.User), Version: m.Version, Name: m.Name, FullName: m.FullName, Mail: m.Mail, Role: string(m.Role), Second: m.Second,
		Joined: m.Joined, SignedIn: m.SignedIn, Disabled: m.Disabled,
	}
	for brand, role := range m.Brands {
		if doc.Brands == nil {
			doc.Brands = map[int64]string{}
		}
		doc.Brands[int64(brand)] = string(role)
	}
	return doc
}

// days is a length of time as people write it.
func days(n float64) time.Duration { return time.Duration(n * 24 * float64(time.Hour)) }

func (a *API) invitations() {
	who := a.o.Access
	document := func(i *access.Invitation) client.Invitation {
		return client.Invitation{
			ID: i.ID, Mail: i.Mail, Role: string(i.Role), Brand: int64(i.Brand), By: int64(i.By), Created: i.Created, Expires: i.Expires, Used: i.Used, UsedBy: int64(i.UsedBy), Withdrawn: i.Withdrawn,
		}
	}
	type inviteInput struct{ Body client.InvitationDraft }
	route(a, verb{id: "invite", may: access.WriteUsers, method: http.MethodPost, path: "/invitations", tag: "users", status: http.StatusCreated, small: true,
		summary: "Make an invitation; its link is shown this once"},
		func(ctx context.Context, by access.Actor, in *inviteInput) (client.NewInvitation, error) {
			i, token, err := who.Invite(ctx, by, access.InvitationDraft{Mail: in.Body.Mail, Role: access.Role(in.Body.Role), Brand: access.BrandID(in.Body.Brand), Life: days(in.Body.Days)})
			return client.NewInvitation{Invitation: document(&i), Link: client.Link{Token: token, Path: "/invitation/" + token}}, err
		})
	route(a, verb{id: "invitations", may: access.WriteUsers, method: http.MethodGet, path: "/invitations", tag: "users", summary: "List the invitations, the newest first"},
		func(ctx context.Context, by access.Actor, _ *struct{}) (client.InvitationList, error) {
			doc := client.InvitationList{Invitations: []client.Invitation{}}
			list, err := who.Invitations(ctx, by)
			for i := range list {
				doc.Invitations = append(doc.Invitations, document(&list[i]))
			}
			return doc, err
		})
	act(a, verb{id: "withdraw-invitation", may: access.WriteUsers, method: http.MethodDelete, path: "/invitations/{id}", tag: "users", summary: "End an invitation that nobody has used"},
		func(ctx context.Context, by access.Actor, in *byID) error {
			return who.WithdrawInvitation(ctx, by, in.ID)
		})
}

func (a *API) teams() {
	who := a.o.Access
	answer := func(t access.Team, err error) (client.Team, error) {
		doc := client.Team{ID: int64(t.ID), Version: t.Version, Name: t.Name, Created: t.Created, Members: []int64{}}
		for _, user := range t.Members {
			doc.Members = append(doc.Members, int64(user))
		}
		return doc, err
	}
	members := func(list []int64) (ids []hearth.UserID) {
		for _, id := range list {
			ids = append(ids, hearth.UserID(id))
		}
		return ids
	}
	route(a, verb{id: "teams", may: access.ReadUsers, method: http.MethodGet, path: "/teams", tag: "users", summary: "List the teams by name"},
		func(ctx context.Context, by access.Actor, _ *struct{}) (client.TeamList, error) {
			doc := client.TeamList{Teams: []client.Team{}}
			list, err := who.Teams(ctx, by)
			for _, t := range list {
				one, _ := answer(t, nil)
				doc.Teams = append(doc.Teams, one)
			}
			return doc, err
		})
	type addInput struct{ Body client.TeamDraft }
	route(a, verb{id: "add-team", may: access.WriteUsers, method: http.MethodPost, path: "/teams", tag: "users", status: http.StatusCreated, small: true, summary: "Make a team"},
		func(ctx context.Context, by access.Actor, in *addInput) (client.Team, error) {
			return answer(who.AddTeam(ctx, by, in.Body.Name, members(in.Body.Members)))
		})
	type changeInput struct {
		ID   int64 `path:"id" minimum:"1"`
		Body client.TeamDraft
	}
	route(a, verb{id: "change-team", may: access.WriteUsers, method: http.MethodPut, path: "/teams/{id}", tag: "users", small: true, summary: "Give a team another name and other people"},
		func(ctx context.Context, by access.Actor, in *changeInput) (client.Team, error) {
			return answer(who.ChangeTeam(ctx, by, access.TeamID(in.ID), in.Body.Version, in.Body.Name, members(in.Body.Members)))
		})
	act(a, verb{id: "remove-team", may: access.WriteUsers, method: http.MethodDelete, path: "/teams/{id}", tag: "users", summary: "Take a team away; its people stay"},
		func(ctx context.Context, by access.Actor, in *byID) error {
			return who.RemoveTeam(ctx, by, access.TeamID(in.ID))
		})
}
