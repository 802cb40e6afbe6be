package client

import (
	"context"
	"net/http"
	"strconv"
	"time"
)

// Account is what a person has set up for signing in. It and what follows need a
// client whose Options.Cookies hold a session.
type Account struct {
	User          int64        `json:"user"`
	Version       int64        `json:"version" doc:"Name it in a change"`
	Name          string       `json:"name" doc:"To sign in with"`
	Profile       Profile      `json:"profile"`
	Workspace     int64        `json:"workspace" doc:"That one looks at"`
	Workspaces    []Membership `json:"workspaces" nullable:"false" doc:"To which one may go"`
	Password      bool         `json:"password"`
	TOTP          bool         `json:"totp" doc:"An authenticator app is set up"`
	RecoveryCodes int64        `json:"recovery_codes" doc:"How many are left"`
}

// Profile is what a person says of themselves, and how they like to read; what is
// missing is as their browser has it.
type Profile struct {
	FullName string `json:"full_name" maxLength:"400"`
	Mail     string `json:"mail,omitempty" maxLength:"254"`
	Language string `json:"language,omitempty" maxLength:"16" doc:"A tag such as de"`
	Zone     string `json:"zone,omitempty" maxLength:"64" doc:"A time zone such as Europe/Helsinki"`
	Theme    string `json:"theme,omitempty" doc:"light or dark"`
}

// Membership is a person's place in a workspace.
type Membership struct {
	Workspace int64  `json:"workspace"`
	Name      string `json:"name"`
	Role      string `json:"role"`
}

// AccountChange is a profile in place of the one that was seen.
type AccountChange struct {
	Version int64   `json:"version"`
	Profile Profile `json:"profile"`
}

// ChangeAccount says who the person is, and how they like to read.
func (c *Client) ChangeAccount(ctx context.Context, version int64, p Profile) error {
	return c.call(ctx, http.MethodPatch, "/account", AccountChange{version, p}, nil)
}

// Account says what the person has set up for signing in.
func (c *Client) Account(ctx context.Context) (a Account, err error) {
	err = c.call(ctx, http.MethodGet, "/account", nil, &a)
	return a, err
}

// Session is a browser in which a person is signed in.
type Session struct {
	ID      int64     `json:"id"`
	Here    bool      `json:"here,omitempty" doc:"It is the one that asks"`
	Device  string    `json:"device"`
	Address string    `json:"address,omitempty"`
	Method  string    `json:"method" doc:"How it began"`
	Created time.Time `json:"created"`
	Seen    time.Time `json:"seen"`
}

// SessionList is a person's sessions.
type SessionList struct {
	Sessions []Session `json:"sessions" nullable:"false"`
}

// Sessions lists where the person is signed in, the one used last first.
func (c *Client) Sessions(ctx context.Context) ([]Session, error) {
	var l SessionList
	err := c.call(ctx, http.MethodGet, "/account/sessions", nil, &l)
	return l.Sessions, err
}

// EndSession signs the person out in one browser.
func (c *Client) EndSession(ctx context.Context, id int64) error {
	return c.call(ctx, http.MethodDelete, "/account/sessions/"+strconv.FormatInt(id, 10), nil, nil)
}

// EndOtherSessions signs the person out everywhere else.
func (c *Client) EndOtherSessions(ctx context.Context) error {
	return c.call(ctx, http.MethodDelete, "/account/sessions", nil, nil)
}

// Proof is a password, or a code.
type Proof struct {
	Secret string `json:"secret" maxLength:"1024"`
}

// Prove proves again who the person is.
func (c *Client) Prove(ctx context.Context, secret string) error {
	return c.call(ctx, http.MethodPost, "/account/proof", Proof{secret}, nil)
}

// PasswordChange is a password and the one that is to be.
type PasswordChange struct {
	Old string `json:"old" maxLength:"1024"`
	New string `json:"new" maxLength:"1024"`
}

// ChangePassword gives the person another password and ends their sessions; the
// client goes on with a new one.
func (c *Client) ChangePassword(ctx context.Context, old, wanted string) error {
	return c.call(ctx, http.MethodPost, "/account/password", PasswordChange{old, wanted}, nil)
}

// NewTOTP is an authenticator app that is to be.
type NewTOTP struct {
	Ticket  string `json:"ticket"`
	Secret  string `json:"secret" doc:"To be typed into the app"`
	Address string `json:"address" doc:"otpauth://…, for a picture"`
}

// TOTPProof shows that the app is set up.
type TOTPProof struct {
	Ticket string `json:"ticket" maxLength:"100"`
	Code   string `json:"code" maxLength:"20"`
}

// RecoveryCodes stand in for a lost app, each once. They are shown this once.
type RecoveryCodes struct {
	Codes []string `json:"codes" nullable:"false"`
}

// BeginAuthenticator makes the secret of an authenticator app.
func (c *Client) BeginAuthenticator(ctx context.Context) (n NewTOTP, err error) {
	err = c.call(ctx, http.MethodPost, "/account/totp", nil, &n)
	return n, err
}

// EnableAuthenticator sets the app up; the client goes on with a new session.
func (c *Client) EnableAuthenticator(ctx context.Context, ticket, code string) (r RecoveryCodes, err error) {
	err = c.call(ctx, http.MethodPut, "/account/totp", TOTPProof{ticket, code}, &r)
	return r, err
}

// DisableAuthenticator takes the app away; the client goes on with a new session.
func (c *Client) DisableAuthenticator(ctx context.Context) error {
	return c.call(ctx, http.MethodDelete, "/account/totp", nil, nil)
}

// SignIn is a name and a password.
type SignIn struct {
	Name     string `json:"name" maxLength:"200"`
	Password string `json:"password" maxLength:"1024"`
}

// SignedIn is what a sign-in ends with; the session is in a cookie.
type SignedIn struct {
	User   int64  `json:"user"`
	Second string `json:"second,omitempty" doc:"A second factor is needed: send it with the code"`
}

// SecondFactor ends a sign-in.
type SecondFactor struct {
	Second string `json:"second" maxLength:"100"`
	Code   string `json:"code" maxLength:"40"`
}

// NewUser is somebody who is to be, with the token of their link.
type NewUser struct {
	Token    string `json:"token" maxLength:"100"`
	Name     string `json:"name" maxLength:"200"`
	FullName string `json:"full_name,omitempty" maxLength:"400"`
	Mail     string `json:"mail,omitempty" maxLength:"254"`
	Password string `json:"password" maxLength:"1024"`
}

// NewPassword is a password, with the token of a reset link.
type NewPassword struct {
	Token    string `json:"token" maxLength:"100"`
	Password string `json:"password" maxLength:"1024"`
}

// Invited is where an invitation leads.
type Invited struct {
	Workspace string `json:"workspace"`
	Role      string `json:"role"`
}

// SignIn begins a session, with which the client goes on; or it says that a
// second factor is needed.
func (c *Client) SignIn(ctx context.Context, name, password string) (s SignedIn, err error) {
	err = c.call(ctx, http.MethodPost, "/session", SignIn{name, password}, &s)
	return s, err
}

// SecondFactor ends a sign-in with a code.
func (c *Client) SecondFactor(ctx context.Context, second, code string) (s SignedIn, err error) {
	err = c.call(ctx, http.MethodPost, "/session/second-factor", SecondFactor{second, code}, &s)
	return s, err
}

// SignOut ends the client's session.
func (c *Client) SignOut(ctx context.Context) error {
	return c.call(ctx, http.MethodDelete, "/session", nil, nil)
}

// SetUp makes the first owner, by the set-up link, and signs them in.
func (c *Client) SetUp(ctx context.Context, u NewUser) (s SignedIn, err error) {
	err = c.call(ctx, http.MethodPost, "/set-up", u, &s)
	return s, err
}

// Invited says where an invitation leads.
func (c *Client) Invited(ctx context.Context, token string) (i Invited, err error) {
	err = c.call(ctx, http.MethodPost, "/invitations/look", JoinRequest{token}, &i)
	return i, err
}

// AcceptInvitation makes somebody new, by an invitation, and signs them in.
func (c *Client) AcceptInvitation(ctx context.Context, u NewUser) (s SignedIn, err error) {
	err = c.call(ctx, http.MethodPost, "/invitations/accept", u, &s)
	return s, err
}

// ResetPassword gives somebody another password, by the operator's link.
func (c *Client) ResetPassword(ctx context.Context, token, password string) error {
	return c.call(ctx, http.MethodPost, "/users/password", NewPassword{token, password}, nil)
}
