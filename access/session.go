package access

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"hearth"
	"hearth/db"
)

// How long sessions last (ID2).
const (
	sessionIdle = 12 * time.Hour
	sessionLife = 7 * 24 * time.Hour
	seenEvery   = time.Minute // how exactly it is known when one was last used
)

// Session is a browser in which somebody is signed in.
type Session struct {
	ID         SessionID
	User       hearth.UserID
	Name       string // that they sign in with
	FullName   string
	Workspace  hearth.WorkspaceID // that they look at
	Workspaces []Membership       // to which they may go
	Device     string
	Address    string
	Method     string // password, passkey, or an issuer
	Created    time.Time
	Seen       time.Time // to the minute
	Proved     time.Time // when they last proved who they are
}

// Membership is somebody's place in a workspace.
type Membership struct {
	Workspace hearth.WorkspaceID
	Name      string // of the workspace
	Role      Role
}

// ErrSignedOut is the answer to a session that is over, or never was.
var ErrSignedOut = &hearth.Error{Code: hearth.Denied, Field: "session", Message: "You are not signed in any more; please sign in."}

// SessionActor says who a session token stands for. It reads the database each
// time, so what ended a session anywhere holds at once.
func (a *Access) SessionActor(ctx context.Context, token string) (Actor, Session, error) {
	hash, ok := tokenHash(forSession, token)
	if !ok {
		return Actor{}, Session{}, ErrSignedOut
	}
	var s Session
	var by Actor
	err := a.o.State.Read(ctx, func(tx *db.Tx) (err error) {
		by, s, err = a.readSession(tx, selectSession+` WHERE s.hash = ?`, hash)
		return err
	})
	if err != nil {
		return Actor{}, Session{}, err
	}
	if now := a.o.Clock(); now.Sub(s.Seen) >= seenEvery {
		err := a.o.State.Write(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(`UPDATE session SET seen = ?1 WHERE id = ?2 AND seen < ?1`, db.Micros(now), int64(s.ID))
			return err
		})
		if err != nil {
			a.o.Log.Warn("the last use of a session could not be noted", "error", err) // a full disk must not lock people out
		}
	}
	return by, s, nil
}

const selectSession = `
SELECT s.id, s.user_id, s.looks_at, s.epoch, s.device, s.address, s.method, s.created, s.seen, s.proved, u.epoch, u.name, u.full_name
FROM session s JOIN users u ON u.id = s.user_id`

// readSession gives a living session, and who it makes act.
func (a *Access) readSession(tx *db.Tx, statement string, args ...any) (Actor, Session, error) {
	var s Session
	var epoch, present, created, seen, proved int64
	err := tx.QueryRow(statement, args...).Scan(&s.ID, &s.User, &s.Workspace, &epoch, &s.Device, &s.Address, &s.Method,
		&created, &seen, &proved, &present, &s.Name, &s.FullName)
	if errors.Is(err, sql.ErrNoRows) {
		return Actor{}, s, ErrSignedOut
	}
	if err != nil {
		return Actor{}, s, fmt.Errorf("reading a session: %w", err)
	}
	s.Created, s.Seen, s.Proved = db.FromMicros(created), db.FromMicros(seen), db.FromMicros(proved)
	now := a.o.Clock()
	if epoch != present || now.Sub(s.Seen) >= sessionIdle || now.Sub(s.Created) >= sessionLife {
		return Actor{}, s, ErrSignedOut
	}
	if s.Workspaces, err = memberships(tx, s.User); err != nil {
		return Actor{}, s, err
	}
	if len(s.Workspaces) == 0 {
		return Actor{}, s, ErrSignedOut
	}
	here := s.Workspaces[0]
	for _, m := range s.Workspaces {
		if m.Workspace == s.Workspace {
			here = m
		}
	}
	s.Workspace = here.Workspace
	by := Actor{
		Workspace: here.Workspace, User: s.User, Kind: User, Name: s.Name, Role: here.Role, Session: s.ID, Address: s.Address,
		may: here.Role.permissions(), proved: s.Proved, known: true,
	}
	by.brands, err = inheritedRoles(tx, here.Workspace, s.User)
	return by, s, err
}

// mostWorkspaces is how many workspaces there may be.
const mostWorkspaces = 1000

// memberships are the workspaces that somebody may enter, the oldest first.
func memberships(tx *db.Tx, user hearth.UserID) (list []Membership, err error) {
	rows, err := tx.Query(`
SELECT m.workspace_id, w.name, m.role FROM member m JOIN workspace w ON w.id = m.workspace_id
WHERE m.user_id = ? AND m.disabled = 0 AND w.archived = 0 ORDER BY m.workspace_id LIMIT ?`, int64(user), mostWorkspaces)
	if err != nil {
		return nil, err
	}
	err = db.EachRow(rows, func() error {
		var m Membership
		err := rows.Scan(&m.Workspace, &m.Name, &m.Role)
		list = append(list, m)
		return err
	})
	return list, err
}

func brandRoles(tx *db.Tx, ws hearth.WorkspaceID, user hearth.UserID) (roles map[BrandID]Role, err error) {
	rows, err := tx.Query(`SELECT brand_id, role FROM member_brand WHERE workspace_id = ? AND user_id = ?`, int64(ws), int64(user))
	if err != nil {
		return nil, err
	}
	err = db.EachRow(rows, func() error {
		var id BrandID
		var role Role
		err := rows.Scan(&id, &role)
		if roles == nil {
			roles = map[BrandID]Role{}
		}
		roles[id] = role
		return err
	})
	return roles, err
}

// Holds asks again whether an actor is still who they were and may still do what
// they could. What lasts (a stream, an export) asks every second, so that nothing
// flows two seconds after a right ended (TN6).
func (a *Access) Holds(ctx context.Context, by Actor) bool {
	var err error
	switch by.Kind {
	case User:
		err = a.o.State.Read(ctx, func(tx *db.Tx) error {
			_, s, err := a.readSession(tx, selectSession+` WHERE s.id = ?`, int64(by.Session))
			if err != nil {
				return err
			}
			if !slices.ContainsFunc(s.Workspaces, func(m Membership) bool { return m.Workspace == by.Workspace && m.Role == by.Role }) {
				return ErrSignedOut
			}
			brands, err := inheritedRoles(tx, by.Workspace, by.User) // they may look at another workspace by now
			if err == nil && !maps.Equal(brands, by.brands) {
				return ErrSignedOut
			}
			return err
		})
	case Key:
		err = a.o.State.Read(ctx, func(tx *db.Tx) error {
			now, _, err := a.keyActor(tx, selectKey+` WHERE k.workspace_id = ? AND k.id = ?`, int64(by.Workspace), int64(by.Key))
			if err == nil && !(maps.Equal(now.may, by.may) && maps.Equal(now.brands, by.brands) && maps.Equal(now.limits, by.limits)) {
				return errNoKey
			}
			return err
		})
	}
	return err == nil
}

// Reaches says whether somebody may still be told in a browser what happens in a
// workspace: they have not signed out there, nothing ended their sessions, and
// they may see alerts. That they have not looked for half a day is no hindrance:
// then they need it most.
func (a *Access) Reaches(ctx context.Context, ws hearth.WorkspaceID, user hearth.UserID, session SessionID) (bool, error) {
	var epoch, present, created int64
	err := a.o.State.Read(ctx, func(tx *db.Tx) error {
		return tx.QueryRow(`
SELECT s.epoch, s.created, u.epoch FROM session s JOIN users u ON u.id = s.user_id WHERE s.id = ? AND s.user_id = ?`,
			int64(session), int64(user)).Scan(&epoch, &created, &present)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil || epoch != present || a.o.Clock().Sub(db.FromMicros(created)) >= sessionLife {
		return false, err
	}
	return a.Still(ctx, ws, user, ReadAlerts)
}

// checkEvery is how often Watch looks.
const checkEvery = time.Second

// Watch is ctx for as long as the actor's rights last: it ends, with the reason
// as its cause, at most two seconds after they do. Call stop when done.
func (a *Access) Watch(ctx context.Context, by Actor) (watched context.Context, stop func()) {
	watched, cancel := context.WithCancelCause(ctx)
	if by.Kind != User && by.Kind != Key {
		return watched, func() { cancel(nil) }
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		t := time.NewTicker(checkEvery)
		defer t.Stop()
		for {
			select {
			case <-watched.Done():
				return
			case <-t.C:
			}
			if !a.Holds(watched, by) {
				cancel(ErrSignedOut)
				return
			}
		}
	}()
	return watched, func() {
		cancel(nil)
		<-ended
	}
}

// begin makes a session for somebody who proved who they are.
func (a *Access) begin(tx *db.Tx, user hearth.UserID, c Caller, method string) (token string, id SessionID, err error) {
	token, hash, err := a.newToken(forSession)
	if err != nil {
		return "", 0, err
	}
	number, err := a.newID()
	if err != nil {
		return "", 0, err
	}
	now := db.Micros(a.o.Clock())
	workspaces, err := memberships(tx, user)
	if err != nil {
		return "", 0, err
	}
	if len(workspaces) == 0 {
		return "", 0, hearth.Errorf(hearth.Denied, "Your account is switched off. Ask whoever looks after this Hearth.")
	}
	_, err = tx.Exec(`
INSERT INTO session (id, hash, user_id, looks_at, epoch, device, address, method, created, seen, proved)
SELECT ?1, ?2, id, ?3, epoch, ?4, ?5, ?6, ?7, ?7, ?7 FROM users WHERE id = ?8`,
		number, hash, int64(workspaces[0].Workspace), short(c.Agent), c.shown(), method, now, int64(user))
	return token, SessionID(number), err
}

// shown is the caller's address as people read it.
func (c Caller) shown() string {
	if !c.Address.IsValid() {
		return ""
	}
	return c.Address.Unmap().String()
}

// SignOut ends a session. It is no error if there is none.
func (a *Access) SignOut(ctx context.Context, token string) error {
	hash, ok := tokenHash(forSession, token)
	if !ok {
		return nil
	}
	return a.o.State.Write(ctx, func(tx *db.Tx) error {
		by, _, err := a.readSession(tx, selectSession+` WHERE s.hash = ?`, hash)
		if errors.Is(err, ErrSignedOut) {
			return nil
		}
		if err != nil {
			return err
		}
		if _, err := tx.Exec(`DELETE FROM session WHERE hash = ?`, hash); err != nil {
			return err
		}
		return a.audit(tx, by, "session.end", Of("session", by.Session), nil, nil)
	})
}
