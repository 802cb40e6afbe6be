package client

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Actor is who a request comes from, and what they may do.
type Actor struct {
	Kind        string   `json:"kind" enum:"local,user,key"`
	Name        string   `json:"name"`
	User        int64    `json:"user,omitempty"`
	Role        string   `json:"role,omitempty" doc:"Of a user"`
	Workspace   int64    `json:"workspace"`
	Permissions []string `json:"permissions" nullable:"false"`
}

// WhoAmI says who the client acts as.
func (c *Client) WhoAmI(ctx context.Context) (a Actor, err error) {
	err = c.call(ctx, http.MethodGet, "/session", nil, &a)
	return a, err
}

// Link is a secret that lets somebody in, shown this once.
type Link struct {
	Token string `json:"token"`
	Path  string `json:"path" doc:"Where to go with it, below the server's address"`
}

// SetUpLink makes the link with which the first owner comes in. It is for the
// operator, while there is no owner.
func (c *Client) SetUpLink(ctx context.Context) (l Link, err error) {
	err = c.call(ctx, http.MethodPost, "/set-up/link", nil, &l)
	return l, err
}

// ResetRequest asks for a link with which somebody chooses another password.
type ResetRequest struct {
	Name   string `json:"name" maxLength:"200"`
	Second bool   `json:"second_factor,omitempty" doc:"Also take the authenticator app and recovery codes away"`
}

// ResetLink makes a link with which somebody who cannot sign in chooses another
// password. It is for the operator.
func (c *Client) ResetLink(ctx context.Context, r ResetRequest) (l Link, err error) {
	err = c.call(ctx, http.MethodPost, "/users/reset", r, &l)
	return l, err
}

// User is a person in the workspace.
type User struct {
	ID       int64            `json:"id"`
	Version  int64            `json:"version" doc:"Name it in a change"`
	Name     string           `json:"name"`
	FullName string           `json:"full_name"`
	Mail     string           `json:"mail,omitempty"`
	Role     string           `json:"role"`
	Brands   map[int64]string `json:"brands,omitempty" doc:"Roles by brand, where they differ"`
	Second   bool             `json:"second_factor" doc:"They have an authenticator app or a passkey"`
	Joined   time.Time        `json:"joined"`
	SignedIn time.Time        `json:"signed_in,omitzero"`
	Disabled time.Time        `json:"disabled,omitzero"`
}

// UserList is the people of the workspace.
type UserList struct {
	Users []User `json:"users" nullable:"false"`
}

// Users lists the people of the workspace by name.
func (c *Client) Users(ctx context.Context) ([]User, error) {
	var l UserList
	err := c.call(ctx, http.MethodGet, "/users", nil, &l)
	return l.Users, err
}

// UserChange is what is wanted of somebody, as they were seen.
type UserChange struct {
	Version int64  `json:"version"`
	Role    string `json:"role,omitempty" enum:"owner,admin,lead,agent,author,analyst,viewer,none"`
	Brand   int64  `json:"brand,omitempty" doc:"The brand that the role is for; without a role, that of the workspace holds again"`
}

// ChangeRole gives somebody another role in the workspace.
func (c *Client) ChangeRole(ctx context.Context, id, version int64, role string) (u User, err error) {
	err = c.call(ctx, http.MethodPost, "/users/"+strconv.FormatInt(id, 10)+"/role", UserChange{Version: version, Role: role}, &u)
	return u, err
}

// ChangeBrandRole gives somebody another role for a brand.
func (c *Client) ChangeBrandRole(ctx context.Context, id, version, brand int64, role string) (u User, err error) {
	err = c.call(ctx, http.MethodPost, "/users/"+strconv.FormatInt(id, 10)+"/brand-role", UserChange{Version: version, Role: role, Brand: brand}, &u)
	return u, err
}

// DisableUser keeps somebody out of the workspace.
func (c *Client) DisableUser(ctx context.Context, id, version int64) (u User, err error) {
	err = c.call(ctx, http.MethodPost, "/users/"+strconv.FormatInt(id, 10)+"/disable", UserChange{Version: version}, &u)
	return u, err
}

// EnableUser lets somebody come in again.
func (c *Client) EnableUser(ctx context.Context, id, version int64) (u User, err error) {
	err = c.call(ctx, http.MethodPost, "/users/"+strconv.FormatInt(id, 10)+"/enable", UserChange{Version: version}, &u)
	return u, err
}

// SignOutUser ends all sessions of somebody; they may sign in again.
func (c *Client) SignOutUser(ctx context.Context, id int64) error {
	return c.call(ctx, http.MethodPost, "/users/"+strconv.FormatInt(id, 10)+"/sign-out", nil, nil)
}

// Invitation is a link with which one person may join.
type Invitation struct {
	ID        int64     `json:"id"`
	Mail      string    `json:"mail,omitempty"`
	Role      string    `json:"role"`
	By        int64     `json:"by,omitempty" doc:"A user; missing: the operator"`
	Created   time.Time `json:"created"`
	Expires   time.Time `json:"expires"`
	Used      time.Time `json:"used,omitzero"`
	Brand     int64     `json:"brand,omitempty" doc:"The brand that the role is for"`
	UsedBy    int64     `json:"used_by,omitempty"`
	Withdrawn time.Time `json:"withdrawn,omitzero"`
}

// InvitationDraft is an invitation that is to be.
type InvitationDraft struct {
	Mail  string  `json:"mail,omitempty" maxLength:"254" doc:"To tell invitations apart"`
	Role  string  `json:"role" enum:"owner,admin,lead,agent,author,analyst,viewer"`
	Brand int64   `json:"brand,omitempty" minimum:"0" doc:"The brand that the role is for, with those below it; 0: the whole workspace"`
	Days  float64 `json:"days,omitempty" minimum:"0" maximum:"30" doc:"How long it is good; 0: a week"`
}

// NewInvitation is an invitation with its link, which is shown this once.
type NewInvitation struct {
	Invitation Invitation `json:"invitation"`
	Link       Link       `json:"link"`
}

// InvitationList is the invitations of the workspace.
type InvitationList struct {
	Invitations []Invitation `json:"invitations" nullable:"false"`
}

// Invite makes an invitation.
func (c *Client) Invite(ctx context.Context, d InvitationDraft) (n NewInvitation, err error) {
	err = c.call(ctx, http.MethodPost, "/invitations", d, &n)
	return n, err
}

// Invitations lists the invitations, the newest first.
func (c *Client) Invitations(ctx context.Context) ([]Invitation, error) {
	var l InvitationList
	err := c.call(ctx, http.MethodGet, "/invitations", nil, &l)
	return l.Invitations, err
}

// WithdrawInvitation ends an invitation that nobody has used.
func (c *Client) WithdrawInvitation(ctx context.Context, id int64) error {
	return c.call(ctx, http.MethodDelete, "/invitations/"+strconv.FormatInt(id, 10), nil, nil)
}

// JoinRequest uses an invitation.
type JoinRequest struct {
	Token string `json:"token" maxLength:"100"`
}

// JoinWorkspace lets the person whose session the client has use an invitation.
func (c *Client) JoinWorkspace(ctx context.Context, token string) (w Entered, err error) {
	err = c.call(ctx, http.MethodPost, "/workspaces/join", JoinRequest{Token: token}, &w)
	return w, err
}

// Entered says in which workspace somebody is.
type Entered struct {
	Workspace int64 `json:"workspace"`
}

// Team is people of the workspace under one name.
type Team struct {
	ID      int64     `json:"id"`
	Version int64     `json:"version" doc:"Name it in a change"`
	Name    string    `json:"name"`
	Created time.Time `json:"created"`
	Members []int64   `json:"members" nullable:"false"`
}

// TeamDraft is a team that is to be.
type TeamDraft struct {
	Version int64   `json:"version,omitempty" doc:"As it was seen, in a change"`
	Name    string  `json:"name" maxLength:"400"`
	Members []int64 `json:"members,omitempty" maxItems:"1000"`
}

// TeamList is the teams of the workspace.
type TeamList struct {
	Teams []Team `json:"teams" nullable:"false"`
}

// Teams lists the teams by name.
func (c *Client) Teams(ctx context.Context) ([]Team, error) {
	var l TeamList
	err := c.call(ctx, http.MethodGet, "/teams", nil, &l)
	return l.Teams, err
}

// AddTeam makes a team.
func (c *Client) AddTeam(ctx context.Context, d TeamDraft) (t Team, err error) {
	err = c.call(ctx, http.MethodPost, "/teams", d, &t)
	return t, err
}

// ChangeTeam gives a team another name and other people.
func (c *Client) ChangeTeam(ctx context.Context, id int64, d TeamDraft) (t Team, err error) {
	err = c.call(ctx, http.MethodPut, "/teams/"+strconv.FormatInt(id, 10), d, &t)
	return t, err
}

// RemoveTeam takes a team away; its people stay.
func (c *Client) RemoveTeam(ctx context.Context, id int64) error {
	return c.call(ctx, http.MethodDelete, "/teams/"+strconv.FormatInt(id, 10), nil, nil)
}

// Place is a workspace or a brand.
type Place struct {
	ID       int64     `json:"id"`
	Version  int64     `json:"version" doc:"Name it in a change"`
	Name     string    `json:"name"`
	Parent   int64     `json:"parent,omitempty" doc:"Of a brand: the one above it"`
	Created  time.Time `json:"created,omitzero"`
	Archived time.Time `json:"archived,omitzero"`
}

// PlaceDraft is a name, and the version that it is for.
type PlaceDraft struct {
	Version int64  `json:"version,omitempty" doc:"As it was seen, in a change"`
	Name    string `json:"name" maxLength:"400"`
}

// BrandDraft is a brand that is to be.
type BrandDraft struct {
	Name   string `json:"name" maxLength:"400"`
	Parent int64  `json:"parent,omitempty" minimum:"0" doc:"The brand above it; 0: none"`
}

// BrandMove puts a brand below another.
type BrandMove struct {
	Version int64 `json:"version" doc:"As it was seen"`
	Parent  int64 `json:"parent" minimum:"0" doc:"The brand above it; 0: none"`
}

// Seen names the version that somebody saw.
type Seen struct {
	Version int64 `json:"version"`
}

// WorkspaceList is workspaces by their age.
type WorkspaceList struct {
	Workspaces []Place `json:"workspaces" nullable:"false"`
}

// BrandList is brands by name.
type BrandList struct {
	Brands []Place `json:"brands" nullable:"false"`
}

// Workspaces lists those that the client may enter.
func (c *Client) Workspaces(ctx context.Context) ([]Place, error) {
	var l WorkspaceList
	err := c.call(ctx, http.MethodGet, "/workspaces", nil, &l)
	return l.Workspaces, err
}

// AddWorkspace makes a workspace.
func (c *Client) AddWorkspace(ctx context.Context, name string) (w Place, err error) {
	err = c.call(ctx, http.MethodPost, "/workspaces", PlaceDraft{Name: name}, &w)
	return w, err
}

// RenameWorkspace gives the client's workspace another name.
func (c *Client) RenameWorkspace(ctx context.Context, version int64, name string) (w Place, err error) {
	err = c.call(ctx, http.MethodPost, "/workspace/rename", PlaceDraft{Version: version, Name: name}, &w)
	return w, err
}

// ArchiveWorkspace closes the client's workspace.
func (c *Client) ArchiveWorkspace(ctx context.Context, version int64) error {
	return c.call(ctx, http.MethodPost, "/workspace/archive", Seen{version}, nil)
}

// RestoreWorkspace opens the client's workspace again.
func (c *Client) RestoreWorkspace(ctx context.Context) (w Place, err error) {
	err = c.call(ctx, http.MethodPost, "/workspace/restore", nil, &w)
	return w, err
}

// EnterWorkspace lets the person whose session the client has look at another
// workspace.
func (c *Client) EnterWorkspace(ctx context.Context, id int64) error {
	return c.call(ctx, http.MethodPost, "/workspaces/"+strconv.FormatInt(id, 10)+"/enter", nil, nil)
}

// Brands lists the brands of the workspace by name.
func (c *Client) Brands(ctx context.Context) ([]Place, error) {
	var l BrandList
	err := c.call(ctx, http.MethodGet, "/brands", nil, &l)
	return l.Brands, err
}

// AddBrand makes a brand, below another or, with parent 0, below none.
func (c *Client) AddBrand(ctx context.Context, name string, parent int64) (b Place, err error) {
	err = c.call(ctx, http.MethodPost, "/brands", BrandDraft{Name: name, Parent: parent}, &b)
	return b, err
}

// MoveBrand puts a brand below another, or with parent 0 below none.
func (c *Client) MoveBrand(ctx context.Context, id, version, parent int64) (b Place, err error) {
	err = c.call(ctx, http.MethodPost, "/brands/"+strconv.FormatInt(id, 10)+"/move", BrandMove{Version: version, Parent: parent}, &b)
	return b, err
}

// RenameBrand gives a brand another name.
func (c *Client) RenameBrand(ctx context.Context, id, version int64, name string) (b Place, err error) {
	err = c.call(ctx, http.MethodPost, "/brands/"+strconv.FormatInt(id, 10)+"/rename", PlaceDraft{Version: version, Name: name}, &b)
	return b, err
}

// ArchiveBrand puts a brand away.
func (c *Client) ArchiveBrand(ctx context.Context, id, version int64) (b Place, err error) {
	err = c.call(ctx, http.MethodPost, "/brands/"+strconv.FormatInt(id, 10)+"/archive", Seen{version}, &b)
	return b, err
}

// RestoreBrand takes a brand out of the archive.
func (c *Client) RestoreBrand(ctx context.Context, id, version int64) (b Place, err error) {
	err = c.call(ctx, http.MethodPost, "/brands/"+strconv.FormatInt(id, 10)+"/restore", Seen{version}, &b)
	return b, err
}

// Key is a key with which a program acts.
type Key struct {
	ID      int64     `json:"id"`
	Name    string    `json:"name"`
	Scopes  []string  `json:"scopes" nullable:"false" doc:"Permissions"`
	By      int64     `json:"by,omitempty" doc:"A user; missing: the operator"`
	Created time.Time `json:"created"`
	Expires time.Time `json:"expires"`
	Brand   int64     `json:"brand,omitempty" doc:"The brand that the key is for"`
	Seen    time.Time `json:"seen,omitzero" doc:"When it was last used"`
	Revoked time.Time `json:"revoked,omitzero"`
}

// KeyDraft is a key that is to be.
type KeyDraft struct {
	Name   string   `json:"name" maxLength:"400"`
	Scopes []string `json:"scopes" nullable:"false" maxItems:"100" doc:"Permissions, such as posts.read"`
	Brand  int64    `json:"brand,omitempty" minimum:"0" doc:"The brand that the key is for, with those below it; 0: the whole workspace"`
	Days   float64  `json:"days,omitempty" minimum:"0" maximum:"730" doc:"How long it is good; 0: a year"`
}

// NewKey is a key with its secret, which is shown this once.
type NewKey struct {
	Key   Key    `json:"key"`
	Token string `json:"token"`
}

// KeyList is the keys of the workspace.
type KeyList struct {
	Keys []Key `json:"keys" nullable:"false"`
}

// Keys lists the keys, the newest first.
func (c *Client) Keys(ctx context.Context) ([]Key, error) {
	var l KeyList
	err := c.call(ctx, http.MethodGet, "/keys", nil, &l)
	return l.Keys, err
}

// AddKey makes a key.
func (c *Client) AddKey(ctx context.Context, d KeyDraft) (n NewKey, err error) {
	err = c.call(ctx, http.MethodPost, "/keys", d, &n)
	return n, err
}

// RevokeKey ends a key at once.
func (c *Client) RevokeKey(ctx context.Context, id int64) error {
	return c.call(ctx, http.MethodDelete, "/keys/"+strconv.FormatInt(id, 10), nil, nil)
}

// query writes what is not zero as a query string.
func (s *AuditSearch) query() string {
	ask := url.Values{}
	for name, value := range map[string]string{"actor": s.Actor, "verb": s.Verb, "object": s.Object} {
		if value != "" {
			ask.Set(name, value)
		}
	}
	for name, at := range map[string]time.Time{"from": s.From, "to": s.To} {
		if !at.IsZero() {
			ask.Set(name, at.Format(time.RFC3339Nano))
		}
	}
	for name, n := range map[string]int64{"user": s.User, "before": s.Before, "limit": int64(s.Limit)} {
		if n != 0 {
			ask.Set(name, strconv.FormatInt(n, 10))
		}
	}
	return ask.Encode()
}
