package client

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"time"
)

// Passkey is a key on a device of the person, with which they sign in.
type Passkey struct {
	ID      string    `json:"id"`
	Name    string    `json:"name"`
	Created time.Time `json:"created"`
	Seen    time.Time `json:"seen,omitzero" doc:"The last sign-in; missing: none"`
	Synced  bool      `json:"synced" doc:"It is kept in more than one device"`
}

// PasskeyList is the passkeys of a person.
type PasskeyList struct {
	Passkeys []Passkey `json:"passkeys" nullable:"false"`
}

// Ceremony is a question to a device. Its answer goes back with the ticket, once.
type Ceremony struct {
	Ticket  string          `json:"ticket"`
	Options json.RawMessage `json:"options" doc:"For PublicKeyCredential.parseCreationOptionsFromJSON or parseRequestOptionsFromJSON of the browser"`
}

// PasskeyAnswer is the answer of a device.
type PasskeyAnswer struct {
	Ticket   string          `json:"ticket" maxLength:"200"`
	Name     string          `json:"name,omitempty" maxLength:"400" doc:"Of a new passkey"`
	Response json.RawMessage `json:"response" doc:"What the browser's credential says by toJSON()"`
}

// NewName is another name for something.
type NewName struct {
	Name string `json:"name" maxLength:"400"`
}

// Passkeys lists the passkeys of the person, the oldest first.
func (c *Client) Passkeys(ctx context.Context) ([]Passkey, error) {
	var l PasskeyList
	err := c.call(ctx, http.MethodGet, "/account/passkeys", nil, &l)
	return l.Passkeys, err
}

// BeginPasskey asks a device of the person for a new key.
func (c *Client) BeginPasskey(ctx context.Context) (asked Ceremony, err error) {
	err = c.call(ctx, http.MethodPost, "/account/passkeys/begin", nil, &asked)
	return asked, err
}

// AddPasskey takes the answer of the device. All other sessions end.
func (c *Client) AddPasskey(ctx context.Context, answer PasskeyAnswer) (p Passkey, err error) {
	err = c.call(ctx, http.MethodPost, "/account/passkeys", answer, &p)
	return p, err
}

// RenamePasskey gives a passkey another name.
func (c *Client) RenamePasskey(ctx context.Context, id, name string) (p Passkey, err error) {
	err = c.call(ctx, http.MethodPatch, "/account/passkeys/"+url.PathEscape(id), NewName{name}, &p)
	return p, err
}

// RemovePasskey takes a passkey away. All other sessions end.
func (c *Client) RemovePasskey(ctx context.Context, id string) error {
	return c.call(ctx, http.MethodDelete, "/account/passkeys/"+url.PathEscape(id), nil, nil)
}

// BeginProof asks a device of the person for one of their passkeys.
func (c *Client) BeginProof(ctx context.Context) (asked Ceremony, err error) {
	err = c.call(ctx, http.MethodPost, "/account/proof/passkey/begin", nil, &asked)
	return asked, err
}

// ProveByPasskey proves again who the person is, with the answer of the device.
func (c *Client) ProveByPasskey(ctx context.Context, answer PasskeyAnswer) error {
	return c.call(ctx, http.MethodPost, "/account/proof/passkey", answer, nil)
}

// BeginPasskeySignIn asks whatever device is at hand who somebody is.
func (c *Client) BeginPasskeySignIn(ctx context.Context) (asked Ceremony, err error) {
	err = c.call(ctx, http.MethodPost, "/session/passkey/begin", nil, &asked)
	return asked, err
}

// PasskeySignIn begins a session, which the client keeps in Options.Cookies, with
// the answer of a device.
func (c *Client) PasskeySignIn(ctx context.Context, answer PasskeyAnswer) (s SignedIn, err error) {
	err = c.call(ctx, http.MethodPost, "/session/passkey", answer, &s)
	return s, err
}
