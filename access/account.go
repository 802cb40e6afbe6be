package access

import (
	"context"
	"database/sql"
	"encoding/base32"
	"errors"
	"io"
	"time"

	"hearth"
	"hearth/db"
)

// Account is what a person sees of themselves.
type Account struct {
	User          hearth.UserID
	Version       int64
	Name          string // that they sign in with
	Profile       Profile
	Workspace     hearth.WorkspaceID // that they look at
	Workspaces    []Membership       // to which they may go
	Password      bool               // there is one
	TOTP          bool               // an authenticator app is set up
	RecoveryCodes int64
	Passkeys      int64
	Session       SessionID // the present one
}

// Account says who a person is, where they may go, and what they have set up for
// signing in.
func (a *Access) Account(ctx context.Context, by Actor) (account Account, err error) {
	if err := by.person(); err != nil {
		return account, err
	}
	account = Account{User: by.User, Session: by.Session, Workspace: by.Workspace}
	err = a.o.State.Read(ctx, func(tx *db.Tx) (err error) {
		if account.Workspaces, err = memberships(tx, by.User); err != nil {
			return err
		}
		p := &account.Profile
		return tx.QueryRow(`
SELECT u.version, u.name, u.full_name, u.mail, u.language, u.zone, u.theme, CASE WHEN u.password <> '' THEN 1 ELSE 0 END, CASE WHEN u.totp <> '' THEN 1 ELSE 0 END,
    (SELECT count(*) FROM recovery_code c WHERE c.user_id = u.id AND c.used = 0), (SELECT count(*) FROM passkey k WHERE k.user_id = u.id)
FROM users u WHERE u.id = ?`, int64(by.User)).
			Scan(&account.Version, &account.Name, &p.FullName, &p.Mail, &p.Language, &p.Zone, &p.Theme, &account.Password, &account.TOTP, &account.RecoveryCodes, &account.Passkeys)
	})
	return account, err
}

// Sessions lists the browsers in which a person is signed in, the one used last
// first.
func (a *Access) Sessions(ctx context.Context, by Actor) (list []Session, err error) {
	if err := by.person(); err != nil {
		return nil, err
	}
	now := a.o.Clock()
	err = a.o.State.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(`
SELECT s.id, s.device, s.address, s.method, s.created, s.seen, s.proved FROM session s JOIN users u ON u.id = s.user_id
WHERE s.user_id = ? AND s.epoch = u.epoch AND s.seen > ? AND s.created > ? ORDER BY s.seen DESC, s.id LIMIT 200`,
			int64(by.User), db.Micros(now.Add(-sessionIdle)), db.Micros(now.Add(-sessionLife)))
		if err != nil {
			return err
		}
		return db.EachRow(rows, func() error {
			s := Session{User: by.User, Name: by.Name}
			var created, seen, proved int64
			err := rows.Scan(&s.ID, &s.Device, &s.Address, &s.Method, &created, &seen, &proved)
			s.Created, s.Seen, s.Proved = db.FromMicros(created), db.FromMicros(seen), db.FromMicros(proved)
			list = append(list, s)
			return err
		})
	})
	return list, err
}

// EndSession signs a person out in one browser.
func (a *Access) EndSession(ctx context.Context, by Actor, id SessionID) error {
	if err := by.person(); err != nil {
		return err
	}
	return a.o.State.Write(ctx, func(tx *db.Tx) error {
		done, err := tx.Exec(`DELETE FROM session WHERE id = ? AND user_id = ?`, int64(id), int64(by.User))
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, hearth.Errorf(hearth.NotFound, "There is no session %d.", id))
		}
		return a.audit(tx, by, "session.end", Of("session", id), nil, nil)
	})
}

// EndOtherSessions signs a person out everywhere but here.
func (a *Access) EndOtherSessions(ctx context.Context, by Actor) error {
	if err := by.person(); err != nil {
		return err
	}
	return a.o.State.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(`DELETE FROM session WHERE user_id = ? AND id <> ?`, int64(by.User), int64(by.Session)); err != nil {
			return err
		}
		return a.audit(tx, by, "session.end-others", Of("user", by.User), nil, nil)
	})
}

// own reads the person who acts.
func (a *Access) own(ctx context.Context, by Actor) (u account, err error) {
	err = a.o.State.Read(ctx, func(tx *db.Tx) error {
		u, err = readAccount(tx, "id = ?", int64(by.User))
		return err
	})
	return u, err
}

// Prove lets a person prove again who they are, by their password, or, where they
// have none, by a code of their authenticator app. What asks for a fresh proof
// works for 15 minutes then.
func (a *Access) Prove(ctx context.Context, by Actor, secret string) error {
	if err := by.person(); err != nil {
		return err
	}
	u, err := a.own(ctx, by)
	if err != nil {
		return err
	}
	if err := a.prove(ctx, by, u, secret); err != nil {
		return err
	}
	return a.o.State.Write(ctx, func(tx *db.Tx) error { return a.proved(tx, by, "") })
}

// proved notes that a person has just proved who they are, and by what; "": by
// what they know.
func (a *Access) proved(tx *db.Tx, by Actor, method string) error {
	done, err := tx.Exec(`UPDATE session SET proved = ? WHERE id = ? AND user_id = ?`, db.Micros(a.o.Clock()), int64(by.Session), int64(by.User))
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, ErrSignedOut)
	}
	var how any
	if method != "" {
		how = proofState{method}
	}
	return a.audit(tx, by, "session.prove", Of("session", by.Session), nil, how)
}

// proofState is a proof in the audit log.
type proofState struct {
	Method string `json:"method"`
}

// prove compares a secret that a person who is signed in gives. Guesses are
// counted by the session, so a stolen one does not find out the password; what is
// right is no guess.
func (a *Access) prove(ctx context.Context, by Actor, u account, secret string) error {
	counted := map[string]limit{"prove/" + by.Session.String(): limitFamiliar}
	if err := a.take(ctx, counted); err != nil {
		return err
	}
	err := a.o.State.Read(ctx, takesPasswords)
	if err != nil && hearth.ErrorCode(err) != hearth.Denied {
		return err
	}
	if counts := err == nil; u.password != "" && counts {
		ok, _, err := a.verify(ctx, u.password, secret)
		if err == nil && !ok {
			err = &hearth.Error{Code: hearth.Denied, Field: "password", Message: "The password is wrong."}
		}
		if err != nil {
			return err
		}
		return a.o.State.Write(ctx, func(tx *db.Tx) error { return giveBack(tx, counted) })
	}
	return a.o.State.Write(ctx, func(tx *db.Tx) error {
		if err := a.takeCode(tx, u, secret); err != nil {
			return err
		}
		return giveBack(tx, counted)
	})
}

// ChangePassword gives a person another password. All their sessions end; the
// token is that of the one with which they go on here.
func (a *Access) ChangePassword(ctx context.Context, by Actor, old, wanted string) (token string, err error) {
	if err := by.person(); err != nil {
		return "", err
	}
	u, err := a.own(ctx, by)
	if err != nil {
		return "", err
	}
	if u.password == "" {
		if err := by.CheckFresh(a.o.Clock()); err != nil {
			return "", err
		}
	} else if err := a.prove(ctx, by, u, old); err != nil {
		return "", err
	}
	if err := checkPassword(wanted, u.name, ""); err != nil {
		return "", err
	}
	hash, err := a.hash(ctx, wanted)
	if err != nil {
		return "", err
	}
	err = a.o.State.Write(ctx, func(tx *db.Tx) error {
		done, err := tx.Exec(`UPDATE users SET password = ? WHERE id = ? AND password = ?`, hash, int64(u.id), u.password)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, hearth.Errorf(hearth.Conflict, "The password was changed meanwhile; sign in again."))
		}
		token, err = a.renew(tx, by, "user.password")
		return err
	})
	return token, err
}

// renew ends all sessions of a person and begins one in the place of the present
// one, after a change of how they sign in, which it records.
func (a *Access) renew(tx *db.Tx, by Actor, verb string) (token string, err error) {
	if token, err = a.renewed(tx, by); err != nil {
		return "", err
	}
	return token, a.audit(tx, by, verb, Of("user", by.User), nil, nil)
}

// renewed is renew for a change that is recorded with more.
func (a *Access) renewed(tx *db.Tx, by Actor) (token string, err error) {
	var c Caller
	var method, device, address string
	err = tx.QueryRow(`SELECT device, address, method FROM session WHERE id = ? AND user_id = ?`, int64(by.Session), int64(by.User)).Scan(&device, &address, &method)
	if errors.Is(err, sql.ErrNoRows) {
		return "", ErrSignedOut
	}
	if err != nil {
		return "", err
	}
	if err := a.bump(tx, by.User); err != nil {
		return "", err
	}
	c.Agent = device
	token, id, err := a.begin(tx, by.User, c, method)
	if err != nil {
		return "", err
	}
	_, err = tx.Exec(`UPDATE session SET address = ?, looks_at = ? WHERE id = ?`, address, int64(by.Workspace), int64(id))
	return token, err
}

// NewTOTP is an authenticator app that is to be.
type NewTOTP struct {
	Ticket  string // for EnableAuthenticator
	Secret  string // to be typed into the app
	Address string // otpauth://…, for a picture
}

const totpLife = 15 * time.Minute

// BeginAuthenticator makes the secret of an authenticator app. It counts once a code of it
// comes back.
func (a *Access) BeginAuthenticator(ctx context.Context, by Actor) (n NewTOTP, err error) {
	if err := by.person(); err != nil {
		return n, err
	}
	if err := by.CheckFresh(a.o.Clock()); err != nil {
		return n, err
	}
	secret := make([]byte, totpSecret)
	if _, err := io.ReadFull(a.o.Random, secret); err != nil {
		return n, err
	}
	sealed, err := a.sealer.seal(by.User, "totp", secret)
	if err != nil {
		return n, err
	}
	n.Secret = base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(secret)
	n.Address = totpAddress(secret, by.Name)
	err = a.o.State.Write(ctx, func(tx *db.Tx) error {
		if err := a.withdraw(tx, forTOTP, by.User); err != nil {
			return err
		}
		n.Ticket, err = a.issue(tx, forTOTP, by.User, sealed, totpLife)
		return err
	})
	return n, err
}

// EnableAuthenticator sets an authenticator app up, in place of the one before, and gives
// new recovery codes, which are shown this once. All sessions end; the token is
// that of the one with which the person goes on here.
func (a *Access) EnableAuthenticator(ctx context.Context, by Actor, newTOTP, code string) (codes []string, token string, err error) {
	if err := by.person(); err != nil {
		return nil, "", err
	}
	if err := by.CheckFresh(a.o.Clock()); err != nil {
		return nil, "", err
	}
	const what = "The set-up of the app"
	var wrong error
	err = a.o.State.Write(ctx, func(tx *db.Tx) error {
		t, err := a.look(tx, forTOTP, newTOTP, what)
		if err != nil || t.user != by.User {
			return errors.Join(err, spent(what))
		}
		var sealed string
		if err := t.decode(&sealed); err != nil {
			return err
		}
		secret, err := a.sealer.open(by.User, "totp", sealed)
		if err != nil {
			return err
		}
		step := totpMatch(secret, code, a.o.Clock())
		if step == 0 {
			wrong = errWrongCode
			return a.failed(tx, forTOTP, newTOTP, secondTries)
		}
		if _, err := a.redeem(tx, forTOTP, newTOTP, what); err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE users SET totp = ?, totp_step = ? WHERE id = ?`, sealed, step, int64(by.User)); err != nil {
			return err
		}
		if codes, err = a.newRecoveryCodes(tx, by.User); err != nil {
			return err
		}
		token, err = a.renew(tx, by, "user.totp-on")
		return err
	})
	if err == nil {
		err = wrong
	}
	return codes, token, err
}

// DisableAuthenticator takes the authenticator app and the recovery codes away. All
// sessions end; the token is that of the one with which the person goes on here.
func (a *Access) DisableAuthenticator(ctx context.Context, by Actor) (token string, err error) {
	if err := by.person(); err != nil {
		return "", err
	}
	if err := by.CheckFresh(a.o.Clock()); err != nil {
		return "", err
	}
	err = a.o.State.Write(ctx, func(tx *db.Tx) error {
		if err := dropTOTP(tx, by.User); err != nil {
			return err
		}
		token, err = a.renew(tx, by, "user.totp-off")
		return err
	})
	return token, err
}

func dropTOTP(tx *db.Tx, user hearth.UserID) error {
	if _, err := tx.Exec(`UPDATE users SET totp = '' WHERE id = ?`, int64(user)); err != nil {
		return err
	}
	_, err := tx.Exec(`DELETE FROM recovery_code WHERE user_id = ?`, int64(user))
	return err
}

// ResetLink makes the token of a link with which somebody who cannot sign in
// chooses another password. It is for the operator, who has looked them in the
// eye. With second, what stands beside the password goes too: the app, its
// recovery codes, and passkeys.
func (a *Access) ResetLink(ctx context.Context, by Actor, name string, second bool) (token string, err error) {
	if err := operator(by); err != nil {
		return "", err
	}
	err = a.o.State.Write(ctx, func(tx *db.Tx) error {
		u, err := readAccount(tx, "name = ?", loginName(name))
		if errors.Is(err, sql.ErrNoRows) {
			return hearth.Errorf(hearth.NotFound, "Nobody is named %q. See: hearth user list", name)
		}
		if err != nil {
			return err
		}
		if err := a.withdraw(tx, forReset, u.id); err != nil {
			return err
		}
		if token, err = a.issue(tx, forReset, u.id, second, resetLife); err != nil {
			return err
		}
		return a.audit(tx, by, "user.reset-link", Of("user", u.id), nil, resetState{u.name, second})
	})
	return token, err
}

type resetState struct {
	Name   string `json:"name"`
	Second bool   `json:"second_factor"`
}

// Reset gives somebody another password, by the operator's link. All their
// sessions end, and they sign in.
func (a *Access) Reset(ctx context.Context, c Caller, token, password string) error {
	const what = "The link"
	if err := a.knock(ctx, c, forReset, token, what); err != nil {
		return err
	}
	if err := checkPassword(password, "", ""); err != nil {
		return err
	}
	hash, err := a.hash(ctx, password)
	if err != nil {
		return err
	}
	return a.o.State.Write(ctx, func(tx *db.Tx) error {
		t, err := a.redeem(tx, forReset, token, what)
		if err != nil {
			return err
		}
		var second bool
		if err := t.decode(&second); err != nil {
			return err
		}
		u, err := readAccount(tx, "id = ?", int64(t.user))
		if err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE users SET password = ? WHERE id = ?`, hash, int64(u.id)); err != nil {
			return err
		}
		if second {
			if err := dropTOTP(tx, u.id); err != nil {
				return err
			}
			if _, err := tx.Exec(`DELETE FROM passkey WHERE user_id = ?`, int64(u.id)); err != nil {
				return err
			}
		}
		if err := a.bump(tx, u.id); err != nil {
			return err
		}
		if err := a.remember(tx, u.id, c); err != nil {
			return err
		}
		by := LocalOwner(hearth.DefaultWorkspace).From(c.shown())
		return a.audit(tx, by, "user.reset", Of("user", u.id), nil, resetState{u.name, second})
	})
}
