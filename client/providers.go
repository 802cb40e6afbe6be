package client

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// ProviderDraft is the settings of an identity provider.
type ProviderDraft struct {
	Name     string      `json:"name" maxLength:"400" doc:"On the button"`
	Issuer   string      `json:"issuer,omitempty" maxLength:"500" doc:"As the provider writes it; cannot be changed"`
	ClientID string      `json:"client_id" maxLength:"500"`
	Secret   string      `json:"secret,omitempty" maxLength:"1000" doc:"Of the client; never shown. Missing in a change: as before"`
	Scopes   []string    `json:"scopes,omitempty" maxItems:"20" doc:"Beside openid"`
	Domains  []string    `json:"domains,omitempty" maxItems:"50" doc:"New people need a verified mail address of one of these"`
	Admit    string      `json:"admit,omitempty" doc:"The role of people nobody invited; missing: they stay out"`
	Claim    string      `json:"claim,omitempty" maxLength:"100" doc:"The claim that holds groups"`
	Groups   []GroupRole `json:"groups,omitempty" maxItems:"100" doc:"The roles that groups give in the first workspace"`
	Second   bool        `json:"second,omitempty" doc:"The provider's second factor does instead of Hearth's"`
	Enabled  bool        `json:"enabled,omitempty" doc:"People may sign in by it"`
}

// GroupRole is the role that a group at a provider gives.
type GroupRole struct {
	Name string `json:"name" maxLength:"200"`
	Role string `json:"role" maxLength:"20"`
}

// ProviderChange is the settings that a provider gets, and the version that they
// follow.
type ProviderChange struct {
	Version int64 `json:"version"`
	ProviderDraft
}

// Provider is an identity provider.
type Provider struct {
	ID      int64 `json:"id"`
	Version int64 `json:"version"`
	ProviderDraft
	HasSecret bool      `json:"has_secret"`
	Callback  string    `json:"callback,omitempty" doc:"The address to which it sends people back; it has to know it"`
	Changed   time.Time `json:"changed" doc:"When client or secret were set last"`
	Proved    time.Time `json:"proved,omitzero" doc:"The last time since then that an owner came in by it"`
}

// ProviderList is the identity providers.
type ProviderList struct {
	Providers []Provider `json:"providers" nullable:"false"`
}

// ProviderTrial is what a provider says of itself.
type ProviderTrial struct {
	Reason        string   `json:"reason,omitempty" doc:"Why it cannot be used; missing: it can"`
	Detail        string   `json:"detail,omitempty"`
	Issuer        string   `json:"issuer,omitempty"`
	Authorization string   `json:"authorization,omitempty"`
	Token         string   `json:"token,omitempty"`
	UserInfo      string   `json:"user_info,omitempty"`
	KeysAt        string   `json:"keys_at,omitempty"`
	Keys          int      `json:"keys" doc:"That can be used"`
	Algorithms    []string `json:"algorithms,omitempty"`
	NamesItself   bool     `json:"names_itself" doc:"It says on the way back who it is (RFC 9207)"`
}

// PasswordRule says whether people may sign in by password.
type PasswordRule struct {
	On bool `json:"on"`
}

// Identity is who the person is at a provider.
type Identity struct {
	ID       string    `json:"id"`
	Issuer   string    `json:"issuer"`
	Provider string    `json:"provider"`
	Shown    string    `json:"shown" doc:"To recognise it by"`
	Created  time.Time `json:"created"`
	Seen     time.Time `json:"seen"`
}

// IdentityList is who the person is at providers.
type IdentityList struct {
	Identities []Identity `json:"identities" nullable:"false"`
}

func providerPath(id int64) string { return "/providers/" + strconv.FormatInt(id, 10) }

// Providers lists the identity providers by name.
func (c *Client) Providers(ctx context.Context) ([]Provider, error) {
	var l ProviderList
	err := c.call(ctx, http.MethodGet, "/providers", nil, &l)
	return l.Providers, err
}

// AddProvider adds an identity provider.
func (c *Client) AddProvider(ctx context.Context, d ProviderDraft) (p Provider, err error) {
	err = c.call(ctx, http.MethodPost, "/providers", d, &p)
	return p, err
}

// ChangeProvider gives a provider other settings, in the place of all it had.
func (c *Client) ChangeProvider(ctx context.Context, id int64, change ProviderChange) (p Provider, err error) {
	err = c.call(ctx, http.MethodPut, providerPath(id), change, &p)
	return p, err
}

// RemoveProvider takes a provider away that is switched off.
func (c *Client) RemoveProvider(ctx context.Context, id, version int64) error {
	return c.call(ctx, http.MethodPost, providerPath(id)+"/remove", Seen{version}, nil)
}

// TryProvider asks a provider what it says of itself.
func (c *Client) TryProvider(ctx context.Context, id int64) (t ProviderTrial, err error) {
	err = c.call(ctx, http.MethodPost, providerPath(id)+"/try", nil, &t)
	return t, err
}

// PasswordSignIn says whether people may sign in by password.
func (c *Client) PasswordSignIn(ctx context.Context) (bool, error) {
	var r PasswordRule
	err := c.call(ctx, http.MethodGet, "/sign-in/password", nil, &r)
	return r.On, err
}

// SetPasswordSignIn says whether people may sign in by password.
func (c *Client) SetPasswordSignIn(ctx context.Context, on bool) error {
	return c.call(ctx, http.MethodPut, "/sign-in/password", PasswordRule{on}, nil)
}

// Identities lists who the person is at providers.
func (c *Client) Identities(ctx context.Context) ([]Identity, error) {
	var l IdentityList
	err := c.call(ctx, http.MethodGet, "/account/identities", nil, &l)
	return l.Identities, err
}

// RemoveIdentity lets the person come in no more by a provider. All other sessions
// end.
func (c *Client) RemoveIdentity(ctx context.Context, id string) error {
	return c.call(ctx, http.MethodDelete, "/account/identities/"+url.PathEscape(id), nil, nil)
}
