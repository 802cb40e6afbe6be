package access

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"hearth"
	"hearth/db"
)

// BeginPasskeySignIn asks whatever device is at hand for a key of this Hearth;
// nobody says first who they are.
func (a *Access) BeginPasskeySignIn(ctx context.Context, c Caller, at Site) (ceremony Ceremony, err error) {
	party, err := at.party()
	if err != nil {
		return ceremony, err
	}
	if err := a.take(ctx, map[string]limit{"passkey/from/" + c.network(): limitCeremonies}); err != nil {
		return ceremony, err
	}
	options, session, err := party.BeginDiscoverableLogin()
	if err != nil {
		return ceremony, fmt.Errorf("asking for a passkey: %w", err)
	}
	err = a.o.State.Write(ctx, func(tx *db.Tx) error {
		ceremony, err = a.ceremony(tx, forPasskey, 0, at, session, options.Response)
		return err
	})
	return ceremony, err
}

// PasskeySignIn begins a session with the answer of a device to
// BeginPasskeySignIn. The question is used up, whatever the answer is. A key that
// counts backwards was copied: it is refused, and that is on record.
func (a *Access) PasskeySignIn(ctx context.Context, c Caller, ticket string, answer []byte) (e Entry, err error) {
	if err := a.knock(ctx, c, forPasskey, ticket, theCeremony); err != nil {
		return e, err
	}
	if len(answer) > mostAnswer {
		return e, errNoPasskey
	}
	given, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return e, errNoPasskey
	}
	var wrong error
	err = a.o.State.Write(ctx, func(tx *db.Tx) error {
		q, party, err := a.answered(tx, forPasskey, ticket, 0)
		if err != nil {
			return err
		}
		h, credential, err := a.recognise(tx, party, &q.Session, given)
		if errors.Is(err, errNoPasskey) {
			wrong = err
			return nil
		}
		if err != nil {
			return err
		}
		if credential.Authenticator.CloneWarning {
			wrong = errNoPasskey
			return a.refusePasskey(tx, h, c.shown(), credential.ID)
		}
		if err := a.usedPasskey(tx, h.id, credential); err != nil {
			return err
		}
		e, err = a.enter(tx, h.account, c, "passkey")
		return err
	})
	return e, errors.Join(err, wrong)
}

// usedPasskey keeps the counter of a key that answered rightly.
func (a *Access) usedPasskey(tx *db.Tx, user hearth.UserID, c *webauthn.Credential) error {
	text, err := json.Marshal(c)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`UPDATE passkey SET credential = ?, seen = ? WHERE id = ? AND user_id = ?`, string(text), db.Micros(a.o.Clock()), c.ID, int64(user))
	return err
}

// recognise finds whose key answered, and looks at the answer: the question, the
// place it was asked from, that the device made sure of the person, the signature.
func (a *Access) recognise(tx *db.Tx, party *webauthn.WebAuthn, session *webauthn.SessionData, given *protocol.ParsedCredentialAssertionData) (h *holder, c *webauthn.Credential, err error) {
	var broken error
	_, c, err = party.ValidatePasskeyLogin(func(id, handle []byte) (webauthn.User, error) {
		h, broken = readHolder(tx, "handle = ?", handle)
		if errors.Is(broken, sql.ErrNoRows) {
			broken = nil
			return nil, errNoPasskey
		}
		if broken != nil {
			return nil, broken
		}
		return h, nil
	}, *session, given)
	if broken != nil {
		return nil, nil, broken
	}
	if err != nil {
		return nil, nil, errNoPasskey
	}
	return h, c, nil
}

// refusePasskey records that a key was used whose counter went back.
func (a *Access) refusePasskey(tx *db.Tx, h *holder, address string, credential []byte) error {
	list, err := memberships(tx, h.id)
	if err != nil || len(list) == 0 {
		return err
	}
	by := Actor{Workspace: list[0].Workspace, User: h.id, Kind: User, Name: h.name, Address: address}
	name := ""
	err = eachPasskey(tx, h.id, func(one webauthn.Credential, p Passkey) {
		if bytes.Equal(one.ID, credential) {
			name = p.Name
		}
	})
	if err != nil {
		return err
	}
	return a.audit(tx, by, "passkey.refuse", Of("passkey", passkeyID(credential)), nil, passkeyState{name})
}
