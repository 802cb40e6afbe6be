package access

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"hearth"
	"hearth/db"
)

// How long links are good.
const (
	setUpLife = 24 * time.Hour
	resetLife = time.Hour
)

// Draft is a person who is to be.
type Draft struct {
	Name     string // to sign in with
	FullName string // "": the name
	Mail     string // "": none
	Password string
}

var nameForm = regexp.MustCompile(`^[\p{L}\p{N}][\p{L}\p{N}._@+-]{0,63}$`)

// check tidies a draft and says what is wrong with it.
func (d *Draft) check() error {
	d.Name = loginName(d.Name)
	d.FullName, d.Mail = strings.TrimSpace(d.FullName), strings.TrimSpace(d.Mail)
	if !nameForm.MatchString(d.Name) {
		return &hearth.Error{Code: hearth.Invalid, Field: "name", Message: "Choose a name of up to 64 letters, digits and . _ @ + - to sign in with."}
	}
	if d.FullName == "" {
		d.FullName = d.Name
	}
	if err := checkPerson(d.FullName, d.Mail); err != nil {
		return err
	}
	return checkPassword(d.Password, d.Name, d.Mail)
}

// NeedsSetUp says whether nobody has set this Hearth up yet: there is no owner.
func (a *Access) NeedsSetUp(ctx context.Context) (needs bool, err error) {
	err = a.o.State.Read(ctx, func(tx *db.Tx) error {
		n, err := owners(tx, hearth.DefaultWorkspace)
		needs = n == 0
		return err
	})
	return needs, err
}

// owners is how many people own a workspace and may come in.
func owners(tx *db.Tx, ws hearth.WorkspaceID) (n int64, err error) {
	err = tx.QueryRow(`SELECT count(*) FROM member WHERE workspace_id = ? AND role = 'owner' AND disabled = 0`, int64(ws)).Scan(&n)
	return n, err
}

// SetUpLink makes the token of the link with which the first owner comes in; those
// made before end. It is for the operator, and a Conflict once there is an owner.
func (a *Access) SetUpLink(ctx context.Context, by Actor) (token string, err error) {
	if err := operator(by); err != nil {
		return "", err
	}
	err = a.o.State.Write(ctx, func(tx *db.Tx) error {
		if err := noOwnerYet(tx); err != nil {
			return err
		}
		if err := a.withdraw(tx, forSetUp, 0); err != nil {
			return err
		}
		if token, err = a.issue(tx, forSetUp, 0, nil, setUpLife); err != nil {
			return err
		}
		return a.audit(tx, by, "set-up.link", Of("workspace", by.Workspace), nil, nil)
	})
	return token, err
}

func noOwnerYet(tx *db.Tx) error {
	n, err := owners(tx, hearth.DefaultWorkspace)
	if err == nil && n > 0 {
		err = hearth.Errorf(hearth.Conflict, "This Hearth is set up already. Sign in, or ask the operator for: hearth user reset NAME")
	}
	return err
}

// operator is nil for whoever runs the binary on this machine.
func operator(by Actor) error {
	if by.known && by.Kind == Local && by.Workspace > 0 {
		return nil
	}
	return hearth.Errorf(hearth.Denied, "Only the operator can do this, with the hearth command on the machine where Hearth runs.")
}

// SetUp makes the first owner, and signs them in. Of any number who use the link
// at once, one is it.
func (a *Access) SetUp(ctx context.Context, c Caller, token string, d Draft) (Entry, error) {
	const what = "The set-up link"
	if err := a.knock(ctx, c, forSetUp, token, what); err != nil {
		return Entry{}, err
	}
	return a.create(ctx, c, d, func(tx *db.Tx, id hearth.UserID) error {
		if err := noOwnerYet(tx); err != nil {
			return err
		}
		if _, err := a.redeem(tx, forSetUp, token, what); err != nil {
			return err
		}
		return a.join(tx, hearth.DefaultWorkspace, id, Owner)
	})
}

// knock refuses a token that does not hold before anything costly is done, and
// counts what is wrong against where it comes from.
func (a *Access) knock(ctx context.Context, c Caller, p purpose, token, what string) error {
	wrong := a.o.State.Read(ctx, func(tx *db.Tx) error {
		_, err := a.look(tx, p, token, what)
		return err
	})
	if hearth.ErrorCode(wrong) != hearth.Denied {
		return wrong
	}
	if err := a.take(ctx, map[string]limit{"token/from/" + c.network(): limitTokens}); err != nil {
		return err
	}
	return wrong
}

// create makes a person in the transaction that lets them in somewhere, and
// signs them in.
func (a *Access) create(ctx context.Context, c Caller, d Draft, admit func(*db.Tx, hearth.UserID) error) (e Entry, err error) {
	if err := d.check(); err != nil {
		return e, err
	}
	password, err := a.hash(ctx, d.Password)
	if err != nil {
		return e, err
	}
	err = a.o.State.Write(ctx, func(tx *db.Tx) error {
		id, err := a.addUser(tx, &d, password)
		if err != nil {
			return err
		}
		if err := admit(tx, id); err != nil {
			return err
		}
		if e, err = a.enter(tx, account{id: id, name: d.Name}, c, "password"); err != nil {
			return err
		}
		return nil
	})
	return e, err
}

// addUser writes a person's row.
func (a *Access) addUser(tx *db.Tx, d *Draft, password string) (id hearth.UserID, err error) {
	var taken int64
	if err := tx.QueryRow(`SELECT count(*) FROM users WHERE name = ?`, d.Name).Scan(&taken); err != nil {
		return 0, err
	}
	if taken > 0 {
		return 0, &hearth.Error{Code: hearth.Conflict, Field: "name", Message: fmt.Sprintf("The name %q is taken; choose another.", d.Name)}
	}
	if err := tx.QueryRow(`SELECT coalesce(max(id), 0) + 1 FROM users`).Scan(&id); err != nil {
		return 0, err
	}
	_, handle, err := a.newToken(forPasskey)
	if err != nil {
		return 0, err
	}
	now := db.Micros(a.o.Clock())
	_, err = tx.Exec(`
INSERT INTO users (id, version, name, full_name, mail, password, totp, totp_step, epoch, handle, created, changed, signed_in)
VALUES (?1, 1, ?2, ?3, ?4, ?5, '', 0, 1, ?6, ?7, ?7, 0)`, int64(id), d.Name, d.FullName, d.Mail, password, handle, now)
	return id, err
}

// join makes a person a member of a workspace.
func (a *Access) join(tx *db.Tx, ws hearth.WorkspaceID, user hearth.UserID, role Role) error {
	_, err := tx.Exec(`INSERT INTO member (workspace_id, user_id, version, role, disabled, joined) VALUES (?, ?, 1, ?, 0, ?)`,
		int64(ws), int64(user), string(role), db.Micros(a.o.Clock()))
	return err
}

// bump ends all sessions of a person: they have another epoch from now on.
func (a *Access) bump(tx *db.Tx, user hearth.UserID) error {
	if _, err := tx.Exec(`UPDATE users SET epoch = epoch + 1, changed = ?, version = version + 1 WHERE id = ?`, db.Micros(a.o.Clock()), int64(user)); err != nil {
		return err
	}
	_, err := tx.Exec(`DELETE FROM session WHERE user_id = ?`, int64(user))
	return err
}
