package access

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"time"

	"hearth"
	"hearth/access/openid"
	"hearth/db"
)

// Identity is who a person is at a provider: issuer and subject, never a mail
// address (ID1).
type Identity struct {
	ID       string // short, for routes
	Issuer   string
	Provider string // its name
	Shown    string // for the person to recognise it
	Created  time.Time
	Seen     time.Time // when they last came in by it
}

// identityID is how an identity is named in routes and the audit log.
func identityID(issuer, subject string) string {
	sum := sha256.Sum256([]byte(issuer + "\x00" + subject))
	return hex.EncodeToString(sum[:8])
}

// identityState is an identity in the audit log.
type identityState struct {
	Provider string `json:"provider"`
	Shown    string `json:"shown"`
}

// Identities lists who a person is at providers, the oldest first.
func (a *Access) Identities(ctx context.Context, by Actor) (list []Identity, err error) {
	if err := by.person(); err != nil {
		return nil, err
	}
	err = a.o.State.Read(ctx, func(tx *db.Tx) error {
		list, err = identities(tx, by.User)
		return err
	})
	return list, err
}

func identities(tx *db.Tx, user hearth.UserID) (list []Identity, err error) {
	rows, err := tx.Query(`
SELECT i.issuer, i.subject, p.name, i.shown, i.created, i.seen FROM identity i JOIN provider p ON p.issuer = i.issuer
WHERE i.user_id = ? ORDER BY i.created, i.issuer, i.subject LIMIT 100`, int64(user))
	if err != nil {
		return nil, err
	}
	err = db.EachRow(rows, func() error {
		var i Identity
		var subject string
		var created, seen int64
		err := rows.Scan(&i.Issuer, &subject, &i.Provider, &i.Shown, &created, &seen)
		i.ID, i.Created, i.Seen = identityID(i.Issuer, subject), db.FromMicros(created), db.FromMicros(seen)
		list = append(list, i)
		return err
	})
	return list, err
}

// RemoveIdentity lets a person come in no more by a provider. All their sessions
// end; the token is that of the one with which they go on here. The last way to
// sign in stays.
func (a *Access) RemoveIdentity(ctx context.Context, by Actor, id string) (token string, err error) {
	if err := by.person(); err != nil {
		return "", err
	}
	if err := by.CheckFresh(a.o.Clock()); err != nil {
		return "", err
	}
	err = a.o.State.Write(ctx, func(tx *db.Tx) error {
		list, err := identities(tx, by.User)
		if err != nil {
			return err
		}
		for _, i := range list {
			if i.ID != id {
				continue
			}
			if err := dropIdentity(tx, by.User, i); err != nil {
				return err
			}
			if n, err := waysIn(tx, by.User); err != nil {
				return err
			} else if n == 0 {
				return errLastWayIn
			}
			if err := stillAWayIn(tx); err != nil {
				return err
			}
			if token, err = a.renewed(tx, by); err != nil {
				return err
			}
			return a.audit(tx, by, "identity.remove", Of("identity", id), identityState{i.Provider, i.Shown}, nil)
		}
		return hearth.Errorf(hearth.NotFound, "You have no identity %q.", id)
	})
	return token, err
}

var errLastWayIn = &hearth.Error{Code: hearth.Conflict, Message: "This is your only way to sign in. Choose a password, add a passkey or connect another provider first."}

func dropIdentity(tx *db.Tx, user hearth.UserID, i Identity) error {
	rows, err := tx.Query(`SELECT subject FROM identity WHERE issuer = ? AND user_id = ?`, i.Issuer, int64(user))
	if err != nil {
		return err
	}
	var found string
	err = db.EachRow(rows, func() error {
		var subject string
		err := rows.Scan(&subject)
		if identityID(i.Issuer, subject) == i.ID {
			found = subject
		}
		return err
	})
	if err != nil {
		return err
	}
	_, err = tx.Exec(`DELETE FROM identity WHERE issuer = ? AND subject = ? AND user_id = ?`, i.Issuer, found, int64(user))
	return err
}

// knownAs is whose identity it is; 0: nobody's.
func knownAs(tx *db.Tx, issuer, subject string) (user hearth.UserID, err error) {
	err = tx.QueryRow(`SELECT user_id FROM identity WHERE issuer = ? AND subject = ?`, issuer, subject).Scan(&user)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return user, err
}

// keepIdentity notes that somebody came by a provider, or is known by it from now
// on.
func (a *Access) keepIdentity(tx *db.Tx, p *Provider, user hearth.UserID, who *openid.Person) error {
	_, err := tx.Exec(`
INSERT INTO identity (issuer, subject, user_id, shown, created, seen) VALUES (?1, ?2, ?3, ?4, ?5, ?5)
ON CONFLICT (issuer, subject) DO UPDATE SET shown = excluded.shown, seen = excluded.seen`,
		p.Issuer, who.Subject, int64(user), shownAs(who), db.Micros(a.o.Clock()))
	return err
}

// shownAs is how a person recognises an identity.
func shownAs(who *openid.Person) string {
	for _, name := range []string{who.Mail, who.Login, who.Name, who.Subject} {
		if name != "" {
			return short(name)
		}
	}
	return ""
}
