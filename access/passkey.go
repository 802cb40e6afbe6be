package access

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"hearth"
	"hearth/db"
)

// Passkey is a key on a device of a person (W3C Web Authentication Level 3). It
// stands for the password and the second factor at once, because the device asks
// for a finger, a face or a number before it answers.
type Passkey struct {
	ID      string // short, for routes; the credential's own is longer
	Name    string
	Created time.Time
	Seen    time.Time // the last sign-in; zero: none
	Synced  bool      // it is kept in more than one device
}

// Ceremony is a question to a device. Ask the browser with Options, and give the
// answer back with Ticket, once and within minutes.
type Ceremony struct {
	Ticket  string
	Options json.RawMessage // of navigator.credentials.create or get, as PublicKeyCredential.parse…FromJSON takes it
}

const (
	ceremonyLife = 5 * time.Minute
	mostPasskeys = 20       // of a person
	mostAnswer   = 64 << 10 // bytes
)

const theCeremony = "The question to the device"

// errNoPasskey is the one answer to a passkey that is not known or whose answer
// is wrong.
var errNoPasskey = &hearth.Error{Code: hearth.Denied, Field: "passkey", Message: "This passkey is not known here. Sign in with your password, or try another device."}

// passkeyID is how a credential is named in routes and the audit log.
func passkeyID(credential []byte) string {
	sum := sha256.Sum256(credential)
	return hex.EncodeToString(sum[:8])
}

// holder is a person as the library sees one.
type holder struct {
	account
	handle      []byte
	credentials []webauthn.Credential
}

func (h *holder) WebAuthnID() []byte                         { return h.handle }
func (h *holder) WebAuthnName() string                       { return h.name }
func (h *holder) WebAuthnDisplayName() string                { return h.name }
func (h *holder) WebAuthnCredentials() []webauthn.Credential { return h.credentials }

// readHolder reads a person with their passkeys.
func readHolder(tx *db.Tx, where string, arg any) (*holder, error) {
	u, err := readAccount(tx, where, arg)
	if err != nil {
		return nil, err
	}
	h := &holder{account: u}
	if err := tx.QueryRow(`SELECT handle FROM users WHERE id = ?`, int64(u.id)).Scan(&h.handle); err != nil {
		return nil, err
	}
	err = eachPasskey(tx, u.id, func(c webauthn.Credential, _ Passkey) { h.credentials = append(h.credentials, c) })
	return h, err
}

func eachPasskey(tx *db.Tx, user hearth.UserID, each func(webauthn.Credential, Passkey)) error {
	rows, err := tx.Query(`SELECT id, name, credential, created, seen FROM passkey WHERE user_id = ? ORDER BY created, id LIMIT ?`, int64(user), mostPasskeys)
	if err != nil {
		return err
	}
	return db.EachRow(rows, func() error {
		var id []byte
		var text string
		var created, seen int64
		var p Passkey
		if err := rows.Scan(&id, &p.Name, &text, &created, &seen); err != nil {
			return err
		}
		var c webauthn.Credential
		if err := json.Unmarshal([]byte(text), &c); err != nil {
			return hearth.Errorf(hearth.Damaged, "The passkey %q of user %d cannot be read; remove it and make another.", p.Name, user)
		}
		c.ID = id
		p.ID, p.Created, p.Seen, p.Synced = passkeyID(id), db.FromMicros(created), db.FromMicros(seen), c.Flags.BackupEligible
		each(c, p)
		return nil
	})
}

// Passkeys lists a person's passkeys, the oldest first.
func (a *Access) Passkeys(ctx context.Context, by Actor) (list []Passkey, err error) {
	if err := by.person(); err != nil {
		return nil, err
	}
	err = a.o.State.Read(ctx, func(tx *db.Tx) error {
		return eachPasskey(tx, by.User, func(_ webauthn.Credential, p Passkey) { list = append(list, p) })
	})
	return list, err
}

// BeginPasskey asks a device of the person for a new key. It counts once the
// answer comes back to AddPasskey.
func (a *Access) BeginPasskey(ctx context.Context, by Actor, at Site) (c Ceremony, err error) {
	if err := by.person(); err != nil {
		return c, err
	}
	if err := by.CheckFresh(a.o.Clock()); err != nil {
		return c, err
	}
	party, err := at.party()
	if err != nil {
		return c, err
	}
	err = a.o.State.Write(ctx, func(tx *db.Tx) error {
		h, err := readHolder(tx, "id = ?", int64(by.User))
		if err != nil {
			return err
		}
		if len(h.credentials) >= mostPasskeys {
			return hearth.Errorf(hearth.Conflict, "You have %d passkeys, which is the limit. Remove one first.", mostPasskeys)
		}
		options, session, err := party.BeginRegistration(h, webauthn.WithExclusions(webauthn.Credentials(h.credentials).CredentialDescriptors()))
		if err != nil {
			return fmt.Errorf("asking for a passkey: %w", err)
		}
		if err := a.withdraw(tx, forPasskey, by.User); err != nil {
			return err
		}
		c, err = a.ceremony(tx, forPasskey, by.User, at, session, options.Response)
		return err
	})
	return c, err
}

// question is what a ticket of a ceremony keeps.
type question struct {
	Site    Site                 `json:"site"`
	Session webauthn.SessionData `json:"session"`
}

// ceremony keeps what was asked until the answer comes.
func (a *Access) ceremony(tx *db.Tx, what purpose, user hearth.UserID, at Site, session *webauthn.SessionData, options any) (c Ceremony, err error) {
	if c.Options, err = json.Marshal(options); err != nil {
		return c, err
	}
	c.Ticket, err = a.issue(tx, what, user, question{at, *session}, ceremonyLife)
	return c, err
}

// answered uses the ticket of a ceremony up and gives what was asked.
func (a *Access) answered(tx *db.Tx, what purpose, token string, user hearth.UserID) (q question, party *webauthn.WebAuthn, err error) {
	t, err := a.redeem(tx, what, token, theCeremony)
	if err != nil {
		return q, nil, err
	}
	if t.user != user {
		return q, nil, spent(theCeremony)
	}
	if err := t.decode(&q); err != nil {
		return q, nil, err
	}
	party, err = q.Site.party()
	return q, party, err
}

// passkeyState is a passkey in the audit log.
type passkeyState struct {
	Name string `json:"name"`
}

// AddPasskey takes the answer of a device to BeginPasskey. All sessions end; the
// token is that of the one with which the person goes on here.
func (a *Access) AddPasskey(ctx context.Context, by Actor, ticket, name string, answer []byte) (p Passkey, token string, err error) {
	if err := by.person(); err != nil {
		return p, "", err
	}
	if err := by.CheckFresh(a.o.Clock()); err != nil {
		return p, "", err
	}
	if name, err = checkName(name); err != nil {
		return p, "", err
	}
	unreadable := &hearth.Error{Code: hearth.Invalid, Field: "response", Message: "The answer of the device cannot be read; try again."}
	if len(answer) > mostAnswer {
		return p, "", unreadable
	}
	given, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil {
		return p, "", unreadable
	}
	var wrong error
	err = a.o.State.Write(ctx, func(tx *db.Tx) error {
		q, party, err := a.answered(tx, forPasskey, ticket, by.User)
		if err != nil {
			return err
		}
		h, err := readHolder(tx, "id = ?", int64(by.User))
		if err != nil {
			return err
		}
		c, err := party.CreateCredential(h, q.Session, given)
		if err != nil { // the ticket is used up all the same
			wrong = &hearth.Error{Code: hearth.Invalid, Field: "response", Message: "The device did not answer what it was asked here; try again."}
			return nil
		}
		p, token, err = a.keepPasskey(tx, by, name, c)
		return err
	})
	return p, token, errors.Join(err, wrong)
}

// keepPasskey writes a passkey that has proved itself.
func (a *Access) keepPasskey(tx *db.Tx, by Actor, name string, c *webauthn.Credential) (p Passkey, token string, err error) {
	var known int64
	if err := tx.QueryRow(`SELECT count(*) FROM passkey WHERE id = ?`, c.ID).Scan(&known); err != nil {
		return p, "", err
	}
	if known > 0 {
		return p, "", hearth.Errorf(hearth.Conflict, "This passkey is in use already.")
	}
	c.Attestation = webauthn.CredentialAttestation{} // who made the device is nobody's business
	text, err := json.Marshal(c)
	if err != nil {
		return p, "", err
	}
	now := a.o.Clock()
	p = Passkey{ID: passkeyID(c.ID), Name: name, Created: now, Synced: c.Flags.BackupEligible}
	_, err = tx.Exec(`INSERT INTO passkey (id, user_id, name, credential, created, seen) VALUES (?, ?, ?, ?, ?, 0)`,
		c.ID, int64(by.User), name, string(text), db.Micros(now))
	if err != nil {
		return p, "", err
	}
	token, err = a.renewed(tx, by)
	if err != nil {
		return p, "", err
	}
	return p, token, a.audit(tx, by, "passkey.add", Of("passkey", p.ID), nil, passkeyState{name})
}

// findPasskey reads a passkey of a person by its short name.
func findPasskey(tx *db.Tx, user hearth.UserID, id string) (credential []byte, p Passkey, err error) {
	err = eachPasskey(tx, user, func(c webauthn.Credential, one Passkey) {
		if one.ID == id {
			credential, p = c.ID, one
		}
	})
	if err == nil && credential == nil {
		err = hearth.Errorf(hearth.NotFound, "There is no passkey %q.", id)
	}
	return credential, p, err
}

// RenamePasskey gives a passkey another name.
func (a *Access) RenamePasskey(ctx context.Context, by Actor, id, name string) (p Passkey, err error) {
	if err := by.person(); err != nil {
		return p, err
	}
	if name, err = checkName(name); err != nil {
		return p, err
	}
	err = a.o.State.Write(ctx, func(tx *db.Tx) error {
		var credential []byte
		if credential, p, err = findPasskey(tx, by.User, id); err != nil {
			return err
		}
		was := passkeyState{p.Name}
		p.Name = name
		if _, err := tx.Exec(`UPDATE passkey SET name = ? WHERE id = ? AND user_id = ?`, name, credential, int64(by.User)); err != nil {
			return err
		}
		return a.audit(tx, by, "passkey.rename", Of("passkey", id), was, passkeyState{name})
	})
	return p, err
}

// RemovePasskey takes a passkey away. All sessions end; the token is that of the
// one with which the person goes on here. The last way to sign in stays.
func (a *Access) RemovePasskey(ctx context.Context, by Actor, id string) (token string, err error) {
	if err := by.person(); err != nil {
		return "", err
	}
	if err := by.CheckFresh(a.o.Clock()); err != nil {
		return "", err
	}
	err = a.o.State.Write(ctx, func(tx *db.Tx) error {
		credential, p, err := findPasskey(tx, by.User, id)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(`DELETE FROM passkey WHERE id = ? AND user_id = ?`, credential, int64(by.User)); err != nil {
			return err
		}
		if n, err := waysIn(tx, by.User); err != nil {
			return err
		} else if n == 0 {
			return errLastWayIn
		}
		if token, err = a.renewed(tx, by); err != nil {
			return err
		}
		return a.audit(tx, by, "passkey.remove", Of("passkey", id), passkeyState{p.Name}, nil)
	})
	return token, err
}
