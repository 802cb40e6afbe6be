package bots

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"hearth"
	"hearth/access"
	"hearth/db"
)

// said is what a person said of an account and has not taken back.
type said struct {
	id   int64
	says Says
	by   hearth.UserID
	at   time.Time
}

func saidOf(tx *db.Tx, ws hearth.WorkspaceID, a Account) (s said, err error) {
	var at int64
	err = tx.QueryRow(`SELECT id, says, user_id, at FROM bot_said WHERE workspace_id = ? AND network = ? AND account = ? AND undone = 0 ORDER BY id DESC LIMIT 1`,
		ws, a.Network, a.Author).Scan(&s.id, &s.says, &s.by, &at)
	if errors.Is(err, sql.ErrNoRows) {
		return said{}, nil
	}
	s.at = db.FromMicros(at)
	return s, err
}

// Say notes that somebody writes there, or a program, against what Judge finds; Nothing
// takes back the last word, so that the one before holds again. It holds at once, in
// queries as well.
func (b *Bots) Say(ctx context.Context, by access.Actor, a Account, says Says) error {
	if err := by.Check(access.TagPosts); err != nil {
		return err
	}
	if a.Network == "" || len(a.Network) > 32 || a.Author == "" || len(a.Author) > 512 {
		return hearth.Errorf(hearth.Invalid, "An account is a network and an author on it: an id, or @ and a handle.")
	}
	if says != Human && says != Automated && says != Nothing {
		return &hearth.Error{Code: hearth.Invalid, Field: "says", Message: "Say human or automated, or nothing to take back what was said."}
	}
	now := b.o.Clock()
	err := b.o.State.Write(ctx, func(tx *db.Tx) error {
		was, err := saidOf(tx, by.Workspace, a)
		if err != nil || was.says == says {
			return err
		}
		if says == Nothing {
			_, err = tx.Exec(`UPDATE bot_said SET undone = ?, undone_by = ? WHERE workspace_id = ? AND id = ?`, db.Micros(now), by.User, by.Workspace, was.id)
		} else {
			_, err = tx.Exec(`INSERT INTO bot_said (workspace_id, id, network, account, says, at, user_id, undone, undone_by)
				VALUES (?, (SELECT coalesce(max(id), 0) + 1 FROM bot_said WHERE workspace_id = ?), ?, ?, ?, ?, ?, 0, 0)`,
				by.Workspace, by.Workspace, a.Network, a.Author, string(says), db.Micros(now), by.User)
		}
		if err != nil {
			return err
		}
		return access.Record(tx, now, by, "account.say", access.Of("account", a.Network+" "+a.Author), string(was.says), string(says))
	})
	if err != nil {
		return err
	}
	return b.heard(ctx, by.Workspace, a)
}

// heard lets what was said hold in queries; where the program ends before, the next
// verdict does.
func (b *Bots) heard(ctx context.Context, ws hearth.WorkspaceID, a Account) error {
	var now said
	err := b.o.State.Read(ctx, func(tx *db.Tx) (err error) {
		now, err = saidOf(tx, ws, a)
		return err
	})
	if err != nil {
		return err
	}
	err = b.o.Store.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(`UPDATE bot_account SET said = ? WHERE workspace_id = ? AND author = ?`, string(now.says), ws, a.hash()); err != nil {
			return err
		}
		_, err := tx.Exec(`INSERT INTO bot_change (workspace_id, version) VALUES (?, 1)
			ON CONFLICT (workspace_id) DO UPDATE SET version = bot_change.version + 1`, ws)
		return err
	})
	if err != nil {
		return err
	}
	return b.Refresh(ctx)
}

// forget takes away what was said of an account that is gone.
func (b *Bots) forget(ctx context.Context, ws hearth.WorkspaceID, a Account) error {
	return b.o.State.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(`DELETE FROM bot_said WHERE workspace_id = ? AND network = ? AND account = ?`, ws, a.Network, a.Author)
		return err
	})
}
