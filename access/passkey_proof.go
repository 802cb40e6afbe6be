package access

import (
	"context"
	"errors"
	"fmt"

	"github.com/go-webauthn/webauthn/protocol"

	"hearth"
	"hearth/db"
)

// BeginProof asks a device of a person who is signed in for one of their
// passkeys, to prove again that it is them.
func (a *Access) BeginProof(ctx context.Context, by Actor, at Site) (c Ceremony, err error) {
	if err := by.person(); err != nil {
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
		if len(h.credentials) == 0 {
			return hearth.Errorf(hearth.Invalid, "You have no passkey here; confirm in another way.")
		}
		options, session, err := party.BeginLogin(h)
		if err != nil {
			return fmt.Errorf("asking for a passkey: %w", err)
		}
		if err := a.withdraw(tx, forProof, by.User); err != nil {
			return err
		}
		c, err = a.ceremony(tx, forProof, by.User, at, session, options.Response)
		return err
	})
	return c, err
}

// ProveByPasskey lets a person prove again who they are, with the answer of a
// device to BeginProof. It counts for as long as Prove does. The question is used
// up, whatever the answer is; a passkey of somebody else proves nothing.
func (a *Access) ProveByPasskey(ctx context.Context, by Actor, ticket string, answer []byte) error {
	if err := by.person(); err != nil {
		return err
	}
	counted := map[string]limit{"prove/" + by.Session.String(): limitFamiliar}
	if err := a.take(ctx, counted); err != nil {
		return err
	}
	if len(answer) > mostAnswer {
		return errNoPasskey
	}
	given, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return errNoPasskey
	}
	var wrong error
	err = a.o.State.Write(ctx, func(tx *db.Tx) error {
		q, party, err := a.answered(tx, forProof, ticket, by.User)
		if err != nil {
			return err
		}
		h, err := readHolder(tx, "id = ?", int64(by.User))
		if err != nil {
			return err
		}
		credential, err := party.ValidateLogin(h, q.Session, given)
		if err != nil { // the ticket is used up all the same
			wrong = errNoPasskey
			return nil
		}
		if credential.Authenticator.CloneWarning {
			wrong = errNoPasskey
			return a.refusePasskey(tx, h, by.Address, credential.ID)
		}
		if err := a.usedPasskey(tx, by.User, credential); err != nil {
			return err
		}
		if err := giveBack(tx, counted); err != nil {
			return err
		}
		return a.proved(tx, by, "passkey")
	})
	return errors.Join(err, wrong)
}
