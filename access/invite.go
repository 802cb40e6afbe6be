package access

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"hearth"
	"hearth/db"
)

// Invitation is a link with which one person may join the workspace.
type Invitation struct {
	ID        int64
	Mail      string // for people to tell invitations apart; proves nothing
	Role      Role
	Brand     BrandID       // that the role is for; 0: the whole workspace
	By        hearth.UserID // 0: the operator
	Created   time.Time
	Expires   time.Time
	Used      time.Time // zero: not yet
	UsedBy    hearth.UserID
	Withdrawn time.Time // zero: it holds
}

// InvitationDraft is an invitation that is to be.
type InvitationDraft struct {
	Mail  string // "": whoever has the link
	Role  Role
	Brand BrandID       // that the role is for; 0: the whole workspace
	Life  time.Duration // 0: a week; at most 30 days
}

const (
	invitationLife    = 7 * 24 * time.Hour
	longestInvitation = 30 * 24 * time.Hour
	mostInvitations   = 1000 // shown, and open at once
)

const theInvitation = "The invitation"

const selectInvitation = `
SELECT i.workspace_id, i.id, i.mail, i.role, i.brand_id, i.invited_by, i.created, i.expires, i.used, i.used_by, i.withdrawn FROM invitation i`

func scanInvitation(row db.Scanner) (ws hearth.WorkspaceID, i Invitation, err error) {
	var created, expires, used, withdrawn int64
	err = row.Scan(&ws, &i.ID, &i.Mail, &i.Role, &i.Brand, &i.By, &created, &expires, &used, &i.UsedBy, &withdrawn)
	i.Created, i.Expires, i.Used, i.Withdrawn = db.FromMicros(created), db.FromMicros(expires), db.FromMicros(used), db.FromMicros(withdrawn)
	return ws, i, err
}

// Invite makes an invitation; the token for its link is shown this once.
func (a *Access) Invite(ctx context.Context, by Actor, d InvitationDraft) (i Invitation, token string, err error) {
	if err := by.Check(WriteUsers); err != nil {
		return i, "", err
	}
	if !d.Role.Known() {
		return i, "", &hearth.Error{Code: hearth.Invalid, Field: "role", Message: "Choose a role: owner, admin, lead, agent, author, analyst or viewer."}
	}
	if err := by.gives(d.Role); err != nil {
		return i, "", err
	}
	d.Mail = strings.TrimSpace(d.Mail)
	if err := checkMail(d.Mail); err != nil {
		return i, "", err
	}
	if d.Life == 0 {
		d.Life = invitationLife
	}
	if d.Life < time.Minute || d.Life > longestInvitation {
		return i, "", &hearth.Error{Code: hearth.Invalid, Field: "expires", Message: "An invitation is good for at least a minute and at most 30 days."}
	}
	token, hash, err := a.newToken(forInvitation)
	if err != nil {
		return i, "", err
	}
	now := a.o.Clock()
	i = Invitation{Mail: d.Mail, Role: d.Role, Brand: d.Brand, By: by.User, Created: now, Expires: now.Add(d.Life)}
	err = Guarded(ctx, a.o.State, func(tx *db.Tx) error {
		if i.Brand != 0 {
			if err := by.reachesBrand(tx, i.Brand); err != nil {
				return err
			}
		}
		var open int64
		err := tx.QueryRow(`
SELECT coalesce(max(id), 0) + 1, coalesce(sum(CASE WHEN used = 0 AND withdrawn = 0 AND expires > ?2 THEN 1 ELSE 0 END), 0)
FROM invitation WHERE workspace_id = ?1`, int64(by.Workspace), db.Micros(now)).Scan(&i.ID, &open)
		if err != nil {
			return err
		}
		if open >= mostInvitations {
			return hearth.Errorf(hearth.Invalid, "There are %d open invitations already; withdraw some first.", open)
		}
		err = Claim(tx, now, by, Action{
			Area: AreaRoles, Verb: "invitation.add", Object: Object{Kind: "invitation"}, Needs: WriteUsers, Gives: []Role{i.Role}, Now: i.state(), Bound: d,
		})
		if err != nil {
			return err
		}
		_, err = tx.Exec(`
INSERT INTO invitation (workspace_id, id, hash, mail, role, brand_id, invited_by, created, expires, used, used_by, withdrawn)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0)`, int64(by.Workspace), i.ID, hash, i.Mail, string(i.Role), int64(i.Brand), int64(i.By), db.Micros(i.Created), db.Micros(i.Expires))
		if err != nil {
			return err
		}
		return a.audit(tx, by, "invitation.add", Of("invitation", i.ID), nil, i.state())
	})
	return i, token, err
}

// invitationState is an invitation in the audit log.
type invitationState struct {
	Mail    string    `json:"mail,omitempty"`
	Role    Role      `json:"role"`
	Brand   BrandID   `json:"brand,omitempty"`
	Expires time.Time `json:"expires"`
}

func (i *Invitation) state() invitationState {
	return invitationState{i.Mail, i.Role, i.Brand, i.Expires}
}

// joined is whom an invitation made of somebody.
func (i *Invitation) joined(name string) memberState {
	if i.Brand == 0 {
		return memberState{Name: name, Role: i.Role}
	}
	return memberState{Name: name, Role: None, Brands: map[BrandID]Role{i.Brand: i.Role}}
}

// Invitations lists the invitations of the workspace, the newest first.
func (a *Access) Invitations(ctx context.Context, by Actor) (list []Invitation, err error) {
	if err := by.Check(WriteUsers); err != nil {
		return nil, err
	}
	err = a.o.State.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(selectInvitation+` WHERE i.workspace_id = ? ORDER BY i.id DESC LIMIT ?`, int64(by.Workspace), mostInvitations)
		if err != nil {
			return err
		}
		return db.EachRow(rows, func() error {
			_, i, err := scanInvitation(rows)
			list = append(list, i)
			return err
		})
	})
	return list, err
}

// WithdrawInvitation ends an invitation that nobody has used.
func (a *Access) WithdrawInvitation(ctx context.Context, by Actor, id int64) error {
	if err := by.Check(WriteUsers); err != nil {
		return err
	}
	return a.o.State.Write(ctx, func(tx *db.Tx) error {
		_, i, err := scanInvitation(tx.QueryRow(selectInvitation+` WHERE i.workspace_id = ? AND i.id = ? AND i.used = 0 AND i.withdrawn = 0`, int64(by.Workspace), id))
		if errors.Is(err, sql.ErrNoRows) {
			return hearth.Errorf(hearth.NotFound, "There is no open invitation %d.", id)
		}
		if err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE invitation SET withdrawn = ? WHERE workspace_id = ? AND id = ?`, db.Micros(a.o.Clock()), int64(by.Workspace), id); err != nil {
			return err
		}
		return a.audit(tx, by, "invitation.withdraw", Of("invitation", id), i.state(), nil)
	})
}

// Invited says to whoever holds an invitation where it leads: the workspace's
// name, and the role.
func (a *Access) Invited(ctx context.Context, c Caller, token string) (workspace string, role Role, err error) {
	err = a.o.State.Read(ctx, func(tx *db.Tx) error {
		ws, i, err := a.findInvitation(tx, token)
		if err != nil {
			return err
		}
		w, err := readWorkspace(tx, ws)
		workspace, role = w.Name, i.Role
		return err
	})
	if hearth.ErrorCode(err) == hearth.Denied {
		if limited := a.take(ctx, map[string]limit{"token/from/" + c.network(): limitTokens}); limited != nil {
			return "", "", limited
		}
	}
	return workspace, role, err
}

// findInvitation reads an invitation that holds.
func (a *Access) findInvitation(tx *db.Tx, token string) (ws hearth.WorkspaceID, i Invitation, err error) {
	hash, ok := tokenHash(forInvitation, token)
	if !ok {
		return 0, i, spent(theInvitation)
	}
	return a.findInvitationOf(tx, hash)
}

// findInvitationOf is findInvitation by the hash of the token.
func (a *Access) findInvitationOf(tx *db.Tx, hash []byte) (ws hearth.WorkspaceID, i Invitation, err error) {
	ws, i, err = scanInvitation(tx.QueryRow(selectInvitation+` WHERE i.hash = ?`, hash))
	if errors.Is(err, sql.ErrNoRows) || err == nil && (!i.Used.IsZero() || !i.Withdrawn.IsZero() || !a.o.Clock().Before(i.Expires)) {
		return 0, i, spent(theInvitation)
	}
	return ws, i, err
}

// useInvitation lets somebody in, once (ID3).
func (a *Access) useInvitation(tx *db.Tx, token string, user hearth.UserID) (ws hearth.WorkspaceID, err error) {
	hash, ok := tokenHash(forInvitation, token)
	if !ok {
		return 0, spent(theInvitation)
	}
	return a.useInvitationOf(tx, hash, user)
}

// useInvitationOf is useInvitation by the hash of the token.
func (a *Access) useInvitationOf(tx *db.Tx, hash []byte, user hearth.UserID) (ws hearth.WorkspaceID, err error) {
	ws, i, err := a.findInvitationOf(tx, hash)
	if err != nil {
		return 0, err
	}
	w, err := readWorkspace(tx, ws)
	if err != nil || !w.Archived.IsZero() {
		return 0, errors.Join(err, spent(theInvitation))
	}
	if err := hasRoom(tx, ws); err != nil {
		return 0, err
	}
	done, err := tx.Exec(`UPDATE invitation SET used = ?, used_by = ? WHERE workspace_id = ? AND id = ? AND used = 0 AND withdrawn = 0`,
		db.Micros(a.o.Clock()), int64(user), int64(ws), i.ID)
	if err != nil {
		return 0, err
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return 0, errors.Join(err, spent(theInvitation))
	}
	if i.Brand == 0 {
		return ws, a.join(tx, ws, user, i.Role)
	}
	if err := a.join(tx, ws, user, None); err != nil {
		return 0, err
	}
	return ws, setBrandRole(tx, ws, user, i.Brand, i.Role)
}

// hasRoom is nil if one more person may join a workspace.
func hasRoom(tx *db.Tx, ws hearth.WorkspaceID) error {
	var members int64
	err := tx.QueryRow(`SELECT count(*) FROM member WHERE workspace_id = ?`, int64(ws)).Scan(&members)
	if err == nil && members >= mostMembers {
		err = hearth.Errorf(hearth.Conflict, "The workspace is full.")
	}
	return err
}

// AcceptInvitation makes a person of somebody new, and signs them in.
func (a *Access) AcceptInvitation(ctx context.Context, c Caller, token string, d Draft) (Entry, error) {
	if _, _, err := a.Invited(ctx, c, token); err != nil {
		return Entry{}, err
	}
	return a.create(ctx, c, d, func(tx *db.Tx, id hearth.UserID) error {
		if err := takesPasswords(tx); err != nil {
			return err
		}
		_, err := a.useInvitation(tx, token, id)
		return err
	})
}

// JoinWorkspace lets a person who is signed in use an invitation: they go to
// another workspace too.
func (a *Access) JoinWorkspace(ctx context.Context, by Actor, token string) (ws hearth.WorkspaceID, err error) {
	if err := by.person(); err != nil {
		return 0, err
	}
	err = a.o.State.Write(ctx, func(tx *db.Tx) error {
		found, i, err := a.findInvitation(tx, token)
		if err != nil {
			return err
		}
		var n int64
		if err := tx.QueryRow(`SELECT count(*) FROM member WHERE workspace_id = ? AND user_id = ?`, int64(found), int64(by.User)).Scan(&n); err != nil {
			return err
		}
		if n > 0 {
			return hearth.Errorf(hearth.Conflict, "You are in this workspace already, or were switched off there.")
		}
		if ws, err = a.useInvitation(tx, token, by.User); err != nil {
			return err
		}
		by.Workspace = ws // the line belongs to where they came
		return a.audit(tx, by, "user.join", Of("user", by.User), nil, i.joined(by.Name))
	})
	return ws, err
}
