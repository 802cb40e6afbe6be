package access

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"hearth"
	"hearth/db"
)

// Entry is what a sign-in ends with: a session, or the question for the second
// factor.
type Entry struct {
	Token  string // of the session, for the cookie; "": a second factor is needed
	Second string // what goes with the code to SecondFactor; "": none is needed
	Device string // for a cookie that lasts: it tells this browser from strangers
	User   hearth.UserID
}

// secondLife is how long somebody may look for their code, secondTries how often
// they may mistype it.
const (
	secondLife  = 10 * time.Minute
	secondTries = 5
)

// errNoEntry is the one answer to a wrong name, a wrong password and an account
// without one.
var errNoEntry = &hearth.Error{Code: hearth.Denied, Message: "The name or the password is wrong."}

// account is what a sign-in reads of a person.
type account struct {
	id       hearth.UserID
	name     string
	password string
	totp     string
}

func readAccount(tx *db.Tx, where string, arg any) (u account, err error) {
	err = tx.QueryRow(`SELECT id, name, password, totp FROM users WHERE `+where, arg).Scan(&u.id, &u.name, &u.password, &u.totp)
	return u, err
}

// SignIn begins a session with a name and a password. Guesses are counted before
// they are looked at; too many are a TooMany error.
func (a *Access) SignIn(ctx context.Context, c Caller, name, password string) (Entry, error) {
	name = loginName(name)
	var u account
	err := a.o.State.Read(ctx, func(tx *db.Tx) (err error) {
		if err := takesPasswords(tx); err != nil {
			return err
		}
		u, err = readAccount(tx, "name = ?", name)
		return err
	})
	if hearth.ErrorCode(err) == hearth.Denied {
		return Entry{}, err
	}
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return Entry{}, fmt.Errorf("looking for the account: %w", err)
	}
	counted, err := a.buckets(ctx, "password", u.id, short(name), c)
	if err != nil {
		return Entry{}, err
	}
	if err := a.take(ctx, counted); err != nil {
		return Entry{}, err
	}
	ok, old, err := a.verify(ctx, u.password, password)
	if err != nil {
		return Entry{}, err
	}
	if !ok {
		return Entry{}, errNoEntry
	}
	anew := ""
	if old {
		if anew, err = a.hash(ctx, password); err != nil {
			return Entry{}, err
		}
	}
	var e Entry
	err = a.o.State.Write(ctx, func(tx *db.Tx) error {
		if err := giveBack(tx, counted); err != nil {
			return err
		}
		if anew != "" {
			if _, err := tx.Exec(`UPDATE users SET password = ? WHERE id = ? AND password = ?`, anew, int64(u.id), u.password); err != nil {
				return err
			}
		}
		if u.totp != "" {
			e.User = u.id
			e.Second, err = a.issue(tx, forSecond, u.id, "password", secondLife)
			return err
		}
		e, err = a.enter(tx, u, c, "password")
		return err
	})
	return e, err
}

// SecondFactor ends a sign-in with the code of an authenticator app, or a
// recovery code. After five wrong codes the sign-in begins anew.
func (a *Access) SecondFactor(ctx context.Context, c Caller, second, code string) (Entry, error) {
	const what = "The sign-in"
	var t ticket
	err := a.o.State.Read(ctx, func(tx *db.Tx) (err error) {
		t, err = a.look(tx, forSecond, second, what)
		return err
	})
	if err != nil {
		return Entry{}, err
	}
	counted, err := a.buckets(ctx, "code", t.user, "", c)
	if err != nil {
		return Entry{}, err
	}
	if err := a.take(ctx, counted); err != nil {
		return Entry{}, err
	}
	var e Entry
	var wrong error
	err = a.o.State.Write(ctx, func(tx *db.Tx) error {
		u, err := readAccount(tx, "id = ?", int64(t.user))
		if err != nil {
			return err
		}
		if wrong = a.takeCode(tx, u, code); wrong != nil {
			return a.failed(tx, forSecond, second, secondTries)
		}
		t, err := a.redeem(tx, forSecond, second, what)
		if err != nil {
			return err
		}
		method := ""
		if err := t.decode(&method); err != nil {
			return err
		}
		if method == "password" {
			if err := takesPasswords(tx); err != nil {
				return err
			}
			method = "password and code"
		}
		if err := giveBack(tx, counted); err != nil {
			return err
		}
		e, err = a.enter(tx, u, c, method)
		return err
	})
	if err == nil {
		err = wrong
	}
	return e, err
}

// enter begins the session of somebody who proved who they are.
func (a *Access) enter(tx *db.Tx, u account, c Caller, method string) (e Entry, err error) {
	if _, known := tokenHash(forDevice, c.Device); !known {
		if c.Device, _, err = a.newToken(forDevice); err != nil {
			return e, err
		}
	}
	e = Entry{Device: c.Device, User: u.id}
	var id SessionID
	if e.Token, id, err = a.begin(tx, u.id, c, method); err != nil {
		return e, err
	}
	if err := a.remember(tx, u.id, c); err != nil {
		return e, err
	}
	if _, err := tx.Exec(`UPDATE users SET signed_in = ? WHERE id = ?`, db.Micros(a.o.Clock()), int64(u.id)); err != nil {
		return e, err
	}
	by, _, err := a.readSession(tx, selectSession+` WHERE s.id = ?`, int64(id))
	if err != nil {
		return e, err
	}
	return e, a.audit(tx, by, "session.begin", Of("session", id), nil, sessionState{method, short(c.Agent)})
}

// sessionState is a session in the audit log.
type sessionState struct {
	Method string `json:"method"`
	Device string `json:"device,omitempty"`
}

// loginName is a name as it is compared: small letters, nothing around it.
func loginName(name string) string { return strings.ToLower(strings.TrimSpace(name)) }
