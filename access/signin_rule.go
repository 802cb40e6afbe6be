package access

import (
	"context"

	"hearth"
	"hearth/db"
)

// Doors are the ways in that this Hearth offers.
type Doors struct {
	Password  bool
	Providers []Door
}

// Door is a provider as people see it before they are in.
type Door struct {
	ID   ProviderID
	Name string
}

// Doors says by what people may sign in.
func (a *Access) Doors(ctx context.Context) (d Doors, err error) {
	err = a.o.State.Read(ctx, func(tx *db.Tx) error {
		off, err := passwordsOff(tx)
		if err != nil {
			return err
		}
		d.Password = !off
		if a.party == nil || a.o.Address == "" {
			return nil
		}
		return a.eachProvider(tx, func(p *Provider) {
			if p.Enabled {
				d.Providers = append(d.Providers, Door{p.ID, p.Name})
			}
		})
	})
	return d, err
}

// passwordsOff says whether nobody may sign in by password.
func passwordsOff(tx *db.Tx) (bool, error) {
	var n int64
	err := tx.QueryRow(`SELECT count(*) FROM sign_in WHERE id = 1 AND password = 0`).Scan(&n)
	return n > 0, err
}

// errNoPasswords is the answer to a password where none counts.
var errNoPasswords = &hearth.Error{Code: hearth.Denied, Message: "Passwords are switched off here. Sign in by your provider or a passkey; if that fails, the operator runs: hearth provider passwords on"}

// takesPasswords is nil where people may sign in by password.
func takesPasswords(tx *db.Tx) error {
	off, err := passwordsOff(tx)
	if err == nil && off {
		err = errNoPasswords
	}
	return err
}

// PasswordSignIn says whether people may sign in by password.
func (a *Access) PasswordSignIn(ctx context.Context, by Actor) (on bool, err error) {
	if err := by.house(); err != nil {
		return false, err
	}
	err = a.o.State.Read(ctx, func(tx *db.Tx) error {
		off, err := passwordsOff(tx)
		on = !off
		return err
	})
	return on, err
}

// SetPasswordSignIn says whether people may sign in by password. They can be
// switched off once an owner has come in by a provider that is switched on; the
// operator switches them on again on the machine, whatever the providers do.
func (a *Access) SetPasswordSignIn(ctx context.Context, by Actor, on bool) error {
	if err := by.house(); err != nil {
		return err
	}
	if err := by.CheckFresh(a.o.Clock()); err != nil {
		return err
	}
	return a.o.State.Write(ctx, func(tx *db.Tx) error {
		off, err := passwordsOff(tx)
		if err != nil {
			return err
		}
		_, err = tx.Exec(`INSERT INTO sign_in (id, password) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET password = excluded.password`, number01(on))
		if err != nil {
			return err
		}
		if err := stillAWayIn(tx); err != nil {
			return err
		}
		return a.audit(tx, by, "provider.passwords", Of("workspace", by.Workspace), passwordState{!off}, passwordState{on})
	})
}

type passwordState struct {
	On bool `json:"on"`
}

// stillAWayIn is nil if passwords count, or an owner has come in by a provider
// that is switched on, with the settings that it has now.
func stillAWayIn(tx *db.Tx) error {
	off, err := passwordsOff(tx)
	if err != nil || !off {
		return err
	}
	var proved int64
	err = tx.QueryRow(`
SELECT count(*) FROM identity i JOIN provider p ON p.issuer = i.issuer JOIN member m ON m.user_id = i.user_id
WHERE p.enabled = 1 AND i.seen >= p.changed AND m.workspace_id = ? AND m.role = 'owner' AND m.disabled = 0`, int64(hearth.DefaultWorkspace)).Scan(&proved)
	if err == nil && proved == 0 {
		err = hearth.Errorf(hearth.Conflict, "Without passwords nobody could be sure to come in: an owner has to sign in by a provider first, with the settings that it has now.")
	}
	return err
}

// waysIn is in how many ways somebody can sign in. A password where none counts,
// and a provider that is switched off, are none.
func waysIn(tx *db.Tx, user hearth.UserID) (n int64, err error) {
	off, err := passwordsOff(tx)
	if err != nil {
		return 0, err
	}
	err = tx.QueryRow(`
SELECT (SELECT count(*) FROM users WHERE id = ?1 AND password <> '' AND ?2 = 1)
    + (SELECT count(*) FROM identity i JOIN provider p ON p.issuer = i.issuer WHERE i.user_id = ?1 AND p.enabled = 1)
    + (SELECT count(*) FROM passkey WHERE user_id = ?1)`, int64(user), number01(!off)).Scan(&n)
	return n, err
}
