package access

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"

	"hearth"
	"hearth/db"
)

// APIKey is a key with which a program acts.
type APIKey struct {
	ID      KeyID
	Name    string
	Scopes  []Permission
	Brand   BrandID       // that it is for, with those below; 0: the whole workspace
	By      hearth.UserID // who made it; 0: the operator
	Created time.Time
	Expires time.Time
	Seen    time.Time // when it was last used, to the minute; zero: never
	Revoked time.Time // zero: it holds
}

// KeyDraft is a key that is to be.
type KeyDraft struct {
	Name   string
	Scopes []Permission
	Brand  BrandID       // 0: the whole workspace
	Life   time.Duration // 0: a year; at most two
}

const (
	keyLife     = 365 * 24 * time.Hour
	longestKey  = 2 * keyLife
	mostKeys    = 1000 // of a workspace
	mostNameLen = 100  // characters
)

// errNoKey is the answer to a key that is wrong, old or revoked.
var errNoKey = &hearth.Error{Code: hearth.Denied, Field: "key", Message: "This API key does not hold: it is wrong, too old, or was revoked. Make another: hearth key add NAME"}

const selectKey = `
SELECT k.workspace_id, k.id, k.name, k.scopes, k.brand_id, k.user_id, k.created, k.expires, k.seen, k.revoked FROM api_key k`

func scanKey(row db.Scanner) (ws hearth.WorkspaceID, k APIKey, err error) {
	var scopes string
	var created, expires, seen, revoked int64
	err = row.Scan(&ws, &k.ID, &k.Name, &scopes, &k.Brand, &k.By, &created, &expires, &seen, &revoked)
	for _, p := range strings.Fields(scopes) {
		k.Scopes = append(k.Scopes, Permission(p))
	}
	k.Created, k.Expires, k.Seen, k.Revoked = db.FromMicros(created), db.FromMicros(expires), db.FromMicros(seen), db.FromMicros(revoked)
	return ws, k, err
}

// KeyActor says for which workspace, and with which permissions, a key acts.
func (a *Access) KeyActor(ctx context.Context, token string) (Actor, error) {
	hash, ok := tokenHash(forKey, token)
	if !ok {
		return Actor{}, errNoKey
	}
	var by Actor
	var seen time.Time
	err := a.o.State.Read(ctx, func(tx *db.Tx) (err error) {
		var k APIKey
		by, k, err = a.keyActor(tx, selectKey+` WHERE k.hash = ?`, hash)
		seen = k.Seen
		return err
	})
	if err != nil {
		return Actor{}, err
	}
	if now := a.o.Clock(); now.Sub(seen) >= seenEvery {
		err := a.o.State.Write(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(`UPDATE api_key SET seen = ?1 WHERE workspace_id = ?2 AND id = ?3 AND seen < ?1`, db.Micros(now), int64(by.Workspace), int64(by.Key))
			return err
		})
		if err != nil {
			a.o.Log.Warn("the last use of a key could not be noted", "error", err)
		}
	}
	return by, nil
}

// keyActor reads a key that holds. It may what its scopes name, as long as
// whoever made it may as well.
func (a *Access) keyActor(tx *db.Tx, statement string, args ...any) (Actor, APIKey, error) {
	ws, k, err := scanKey(tx.QueryRow(statement, args...))
	if errors.Is(err, sql.ErrNoRows) {
		return Actor{}, k, errNoKey
	}
	if err != nil {
		return Actor{}, k, fmt.Errorf("reading an API key: %w", err)
	}
	if !k.Revoked.IsZero() || !a.o.Clock().Before(k.Expires) {
		return Actor{}, k, errNoKey
	}
	by := Actor{Workspace: ws, User: k.By, Kind: Key, Name: k.Name, Key: k.ID, may: scoped(k.Scopes), known: true}
	var archived int64
	if err := tx.QueryRow(`SELECT archived FROM workspace WHERE id = ?`, int64(ws)).Scan(&archived); err != nil {
		return Actor{}, k, err
	}
	if archived != 0 {
		return Actor{}, k, errNoKey
	}
	role := Owner
	if k.By != 0 {
		err = tx.QueryRow(`SELECT role FROM member WHERE workspace_id = ? AND user_id = ? AND disabled = 0`, int64(ws), int64(k.By)).Scan(&role)
		if errors.Is(err, sql.ErrNoRows) {
			return Actor{}, k, errNoKey
		}
		if err != nil {
			return Actor{}, k, err
		}
		if by.brands, err = inheritedRoles(tx, ws, k.By); err != nil {
			return Actor{}, k, err
		}
	}
	by.limits = maps.Clone(by.may)
	for p := range by.may {
		if !role.May(p) {
			delete(by.may, p)
		}
	}
	if k.Brand != 0 {
		err = by.bind(tx, k.Brand, role)
	}
	return by, k, err
}

// bind leaves an actor what it may for a brand and those below, and nothing of
// the workspace.
func (a *Actor) bind(tx *db.Tx, brand BrandID, role Role) error {
	tree, err := brandParents(tx, a.Workspace)
	if err != nil {
		return err
	}
	roles := map[BrandID]Role{}
	for id := range tree {
		if !tree.under(id, brand) {
			continue
		}
		roles[id] = role
		if other, differs := a.brands[id]; differs {
			roles[id] = other
		}
	}
	a.may, a.brands = map[Permission]bool{}, roles
	return nil
}

// AddKey makes a key; the token is shown this once. Nobody gives a key more than
// they may themselves.
func (a *Access) AddKey(ctx context.Context, by Actor, d KeyDraft) (k APIKey, token string, err error) {
	if err := by.Check(WriteKeys); err != nil {
		return k, "", err
	}
	if by.Kind == Key {
		return k, "", hearth.Errorf(hearth.Denied, "A key cannot make keys; sign in as a person.")
	}
	now := a.o.Clock()
	if err := by.CheckFresh(now); err != nil {
		return k, "", err
	}
	if d.Name, err = checkName(d.Name); err != nil {
		return k, "", err
	}
	if d.Life == 0 {
		d.Life = keyLife
	}
	if d.Life < time.Minute || d.Life > longestKey {
		return k, "", &hearth.Error{Code: hearth.Invalid, Field: "expires", Message: "A key is good for at least a minute and at most two years."}
	}
	if len(d.Scopes) == 0 {
		return k, "", &hearth.Error{Code: hearth.Invalid, Field: "scopes", Message: "Say what the key is for: name at least one permission, such as posts.read."}
	}
	known := scoped(d.Scopes)
	for _, p := range d.Scopes {
		if !known[p] {
			return k, "", &hearth.Error{Code: hearth.Invalid, Field: "scopes", Message: fmt.Sprintf("There is no permission %q.", p)}
		}
		if !by.May(p) {
			return k, "", hearth.Errorf(hearth.Denied, "You do not have the permission %q yourself.", p)
		}
		if d.Brand != 0 && !p.OfBrands() {
			return k, "", &hearth.Error{Code: hearth.Invalid, Field: "scopes", Message: fmt.Sprintf("A key for a brand cannot have the permission %q, which is of the whole workspace.", p)}
		}
	}
	k = APIKey{Name: d.Name, Brand: d.Brand, By: by.User, Created: now, Expires: now.Add(d.Life)}
	for _, g := range Grants() {
		if known[g.Permission] {
			k.Scopes = append(k.Scopes, g.Permission)
		}
	}
	token, hash, err := a.newToken(forKey)
	if err != nil {
		return k, "", err
	}
	err = a.o.State.Write(ctx, func(tx *db.Tx) error {
		if k.Brand != 0 {
			if err := by.reachesBrand(tx, k.Brand); err != nil {
				return err
			}
		}
		var n int64
		err := tx.QueryRow(`SELECT coalesce(max(id), 0) + 1, coalesce(sum(CASE WHEN revoked = 0 THEN 1 ELSE 0 END), 0) FROM api_key WHERE workspace_id = ?`,
			int64(by.Workspace)).Scan(&k.ID, &n)
		if err != nil {
			return err
		}
		if n >= mostKeys {
			return hearth.Errorf(hearth.Invalid, "There are %d keys already; revoke those that nobody uses.", n)
		}
		_, err = tx.Exec(`
INSERT INTO api_key (workspace_id, id, hash, name, scopes, brand_id, user_id, created, expires, seen, revoked) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0)`,
			int64(by.Workspace), int64(k.ID), hash, k.Name, joined(k.Scopes), int64(k.Brand), int64(k.By), db.Micros(k.Created), db.Micros(k.Expires))
		if err != nil {
			return err
		}
		return a.audit(tx, by, "key.add", Of("key", k.ID), nil, k.state())
	})
	return k, token, err
}

// keyState is a key in the audit log.
type keyState struct {
	Name    string    `json:"name"`
	Scopes  string    `json:"scopes"`
	Brand   BrandID   `json:"brand,omitempty"`
	Expires time.Time `json:"expires"`
}

func (k *APIKey) state() keyState { return keyState{k.Name, joined(k.Scopes), k.Brand, k.Expires} }

func joined(scopes []Permission) string {
	var list []string
	for _, p := range scopes {
		list = append(list, string(p))
	}
	return strings.Join(list, " ")
}

// Keys lists the keys of the workspace, the newest first, those that ended among
// them.
func (a *Access) Keys(ctx context.Context, by Actor) (list []APIKey, err error) {
	if err := by.Check(ReadKeys); err != nil {
		return nil, err
	}
	err = a.o.State.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(selectKey+` WHERE k.workspace_id = ? ORDER BY k.id DESC LIMIT ?`, int64(by.Workspace), 2*mostKeys)
		if err != nil {
			return err
		}
		return db.EachRow(rows, func() error {
			_, k, err := scanKey(rows)
			list = append(list, k)
			return err
		})
	})
	return list, err
}

// RevokeKey ends a key at once.
func (a *Access) RevokeKey(ctx context.Context, by Actor, id KeyID) error {
	if err := by.Check(WriteKeys); err != nil {
		return err
	}
	return a.o.State.Write(ctx, func(tx *db.Tx) error {
		_, k, err := scanKey(tx.QueryRow(selectKey+` WHERE k.workspace_id = ? AND k.id = ? AND k.revoked = 0`, int64(by.Workspace), int64(id)))
		if errors.Is(err, sql.ErrNoRows) {
			return hearth.Errorf(hearth.NotFound, "There is no key %d.", id)
		}
		if err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE api_key SET revoked = ? WHERE workspace_id = ? AND id = ?`, db.Micros(a.o.Clock()), int64(by.Workspace), int64(id)); err != nil {
			return err
		}
		return a.audit(tx, by, "key.revoke", Of("key", id), k.state(), nil)
	})
}
