package access

import (
	"context"
	"database/sql"
	"errors"
	"maps"
	"slices"
	"time"

	"hearth"
	"hearth/db"
)

// Member is a person in a workspace.
type Member struct {
	User     hearth.UserID
	Version  int64 // of their place here
	Name     string
	FullName string
	Mail     string
	Role     Role
	Brands   map[BrandID]Role // where it differs from Role
	Second   bool             // they have a second factor
	Joined   time.Time
	SignedIn time.Time // the last time; zero: never
	Disabled time.Time // zero: they may come in
}

// mostMembers is how many people a workspace may have.
const mostMembers = 10_000

const selectMember = `
SELECT m.user_id, m.version, u.name, u.full_name, u.mail, m.role,
    CASE WHEN u.totp <> '' OR EXISTS (SELECT 1 FROM passkey p WHERE p.user_id = u.id) THEN 1 ELSE 0 END, m.joined, u.signed_in, m.disabled
FROM member m JOIN users u ON u.id = m.user_id`

func scanMember(row db.Scanner) (m Member, err error) {
	var joined, signedIn, disabled int64
	err = row.Scan(&m.User, &m.Version, &m.Name, &m.FullName, &m.Mail, &m.Role, &m.Second, &joined, &signedIn, &disabled)
	m.Joined, m.SignedIn, m.Disabled = db.FromMicros(joined), db.FromMicros(signedIn), db.FromMicros(disabled)
	return m, err
}

func readMember(tx *db.Tx, ws hearth.WorkspaceID, user hearth.UserID) (Member, error) {
	m, err := scanMember(tx.QueryRow(selectMember+` WHERE m.workspace_id = ? AND m.user_id = ?`, int64(ws), int64(user)))
	if errors.Is(err, sql.ErrNoRows) {
		return m, hearth.Errorf(hearth.NotFound, "There is no user %d in this workspace.", user)
	}
	if err != nil {
		return m, err
	}
	m.Brands, err = brandRoles(tx, ws, user)
	return m, err
}

// Still says whether somebody who began something still may do that there now, in
// the whole workspace.
// User 0 is the operator, who may.
func (a *Access) Still(ctx context.Context, ws hearth.WorkspaceID, user hearth.UserID, p Permission) (bool, error) {
	if user == 0 {
		return true, nil
	}
	var m Member
	err := a.o.State.Read(ctx, func(tx *db.Tx) (err error) {
		m, err = readMember(tx, ws, user)
		return err
	})
	if hearth.ErrorCode(err) == hearth.NotFound {
		return false, nil
	}
	return err == nil && m.mayStill(p), err
}

// mayStill says whether somebody may come in and do something in the whole workspace.
func (m *Member) mayStill(p Permission) bool {
	may := m.Disabled.IsZero() && m.Role.May(p)
	for _, role := range m.Brands {
		may = may && (!p.OfBrands() || role.May(p))
	}
	return may
}

// Users lists the people of the workspace by name.
func (a *Access) Users(ctx context.Context, by Actor) (list []Member, err error) {
	if err := by.Check(ReadUsers); err != nil {
		return nil, err
	}
	err = a.o.State.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(selectMember+` WHERE m.workspace_id = ? ORDER BY u.name LIMIT ?`, int64(by.Workspace), mostMembers)
		if err != nil {
			return err
		}
		places := map[hearth.UserID]int{}
		err = db.EachRow(rows, func() error {
			m, err := scanMember(rows)
			places[m.User] = len(list)
			list = append(list, m)
			return err
		})
		if err != nil {
			return err
		}
		return eachBrandRole(tx, by.Workspace, func(user hearth.UserID, brand BrandID, role Role) {
			i, ok := places[user]
			if !ok {
				return
			}
			if list[i].Brands == nil {
				list[i].Brands = map[BrandID]Role{}
			}
			list[i].Brands[brand] = role
		})
	})
	return list, err
}

func eachBrandRole(tx *db.Tx, ws hearth.WorkspaceID, do func(hearth.UserID, BrandID, Role)) error {
	rows, err := tx.Query(`SELECT user_id, brand_id, role FROM member_brand WHERE workspace_id = ?`, int64(ws))
	if err != nil {
		return err
	}
	return db.EachRow(rows, func() error {
		var user hearth.UserID
		var brand BrandID
		var role Role
		err := rows.Scan(&user, &brand, &role)
		do(user, brand, role)
		return err
	})
}

// gives is nil if the actor may give a role, or take it away: nobody gives more
// than they have, and keys give nothing.
func (a Actor) gives(role Role) error {
	if a.Kind == Local || a.Kind == User && a.Role.covers(role) {
		return nil
	}
	return hearth.Errorf(hearth.Denied, "Only somebody who may do as much can give or change the role %q.", role)
}

// memberState is a member in the audit log.
type memberState struct {
	Name     string           `json:"name"`
	Role     Role             `json:"role"`
	Brands   map[BrandID]Role `json:"brands,omitempty"`
	Disabled bool             `json:"disabled,omitempty"`
}

func (m *Member) state() memberState {
	return memberState{m.Name, m.Role, m.Brands, !m.Disabled.IsZero()}
}

// action is a change of a member that may take four eyes.
func (m *Member) action(verb string, version int64, was memberState) Action {
	now := m.state()
	a := Action{Area: AreaRoles, Verb: verb, Object: Of("user", m.User), Needs: WriteUsers, Gives: []Role{was.Role, now.Role}, Was: was, Now: now}
	for _, brand := range slices.Sorted(maps.Keys(now.Brands)) {
		if role := now.Brands[brand]; role != was.Brands[brand] {
			a.Gives = append(a.Gives, role)
		}
	}
	a.Bound = struct {
		Version int64
		Now     memberState
	}{version, now}
	return a
}

// ChangeRole gives somebody another role in the workspace; None leaves them only
// what they have for brands. They sign in again.
func (a *Access) ChangeRole(ctx context.Context, by Actor, user hearth.UserID, version int64, role Role) (Member, error) {
	return a.editMember(ctx, by, "user.role", user, version, func(tx *db.Tx, m *Member) error {
		if !role.Known() && role != None {
			return &hearth.Error{Code: hearth.Invalid, Field: "role", Message: "There is no such role; choose one of owner, admin, lead, agent, author, analyst, viewer, none."}
		}
		if err := by.gives(role); err != nil {
			return err
		}
		m.Role = role
		_, err := tx.Exec(`UPDATE member SET role = ? WHERE workspace_id = ? AND user_id = ?`, string(role), int64(by.Workspace), int64(user))
		return err
	})
}

// ChangeBrandRole gives somebody another role for one brand; "" gives them the
// one they have in the workspace, None takes the brand away from them.
func (a *Access) ChangeBrandRole(ctx context.Context, by Actor, user hearth.UserID, version int64, brand BrandID, role Role) (Member, error) {
	return a.editMember(ctx, by, "user.brand-role", user, version, func(tx *db.Tx, m *Member) error {
		if role != "" && role != None && !role.Known() {
			return &hearth.Error{Code: hearth.Invalid, Field: "role", Message: "There is no such role; choose one of owner, admin, lead, agent, author, analyst, viewer, none."}
		}
		if err := by.gives(role); err != nil {
			return err
		}
		if _, err := readBrand(tx, by.Workspace, brand); err != nil {
			return err
		}
		err := setBrandRole(tx, by.Workspace, user, brand, role)
		if err != nil {
			return err
		}
		m.Brands, err = brandRoles(tx, by.Workspace, user)
		return err
	})
}

// setBrandRole writes somebody's role for a brand; "" is that of the workspace.
func setBrandRole(tx *db.Tx, ws hearth.WorkspaceID, user hearth.UserID, brand BrandID, role Role) error {
	_, err := tx.Exec(`DELETE FROM member_brand WHERE workspace_id = ? AND user_id = ? AND brand_id = ?`, int64(ws), int64(user), int64(brand))
	if err != nil || role == "" {
		return err
	}
	_, err = tx.Exec(`INSERT INTO member_brand (workspace_id, user_id, brand_id, role) VALUES (?, ?, ?, ?)`,
		int64(ws), int64(user), int64(brand), string(role))
	return err
}

// DisableUser keeps somebody out of the workspace, at once: their sessions and
// the keys they made here end. What they did stays.
func (a *Access) DisableUser(ctx context.Context, by Actor, user hearth.UserID, version int64) (Member, error) {
	return a.editMember(ctx, by, "user.disable", user, version, func(tx *db.Tx, m *Member) error {
		if m.Disabled.IsZero() {
			m.Disabled = a.o.Clock()
		}
		_, err := tx.Exec(`UPDATE member SET disabled = ? WHERE workspace_id = ? AND user_id = ?`, db.Micros(m.Disabled), int64(by.Workspace), int64(user))
		return err
	})
}

// EnableUser lets somebody come in again.
func (a *Access) EnableUser(ctx context.Context, by Actor, user hearth.UserID, version int64) (Member, error) {
	return a.editMember(ctx, by, "user.enable", user, version, func(tx *db.Tx, m *Member) error {
		m.Disabled = time.Time{}
		_, err := tx.Exec(`UPDATE member SET disabled = 0 WHERE workspace_id = ? AND user_id = ?`, int64(by.Workspace), int64(user))
		return err
	})
}

// editMember changes somebody's place in the workspace, in one transaction that
// ends their sessions and leaves an owner (TN2).
func (a *Access) editMember(ctx context.Context, by Actor, verb string, user hearth.UserID, version int64, change func(*db.Tx, *Member) error) (m Member, err error) {
	if err := by.Check(WriteUsers); err != nil {
		return m, err
	}
	err = Guarded(ctx, a.o.State, func(tx *db.Tx) error {
		if m, err = readMember(tx, by.Workspace, user); err != nil {
			return err
		}
		if m.Version != version {
			return changedMeanwhile(m.Version, version)
		}
		if err := by.gives(m.Role); err != nil {
			return err
		}
		was := m.state()
		if err := change(tx, &m); err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE member SET version = version + 1 WHERE workspace_id = ? AND user_id = ?`, int64(by.Workspace), int64(user)); err != nil {
			return err
		}
		m.Version++
		if n, err := owners(tx, by.Workspace); err != nil {
			return err
		} else if n == 0 && was.Role == Owner {
			return hearth.Errorf(hearth.Conflict, "%s is the last owner; make somebody else an owner first.", m.Name)
		} else if was.Role == Owner {
			if err := keepsOwners(tx, by.Workspace, n); err != nil {
				return err
			}
		}
		if m.Disabled.IsZero() { // to keep somebody out takes nobody else
			if err := Claim(tx, a.o.Clock(), by, m.action(verb, version, was)); err != nil {
				return err
			}
		}
		if err := a.bump(tx, user); err != nil {
			return err
		}
		return a.audit(tx, by, verb, Of("user", user), was, m.state())
	})
	return m, err
}

// CheckMember is nil if a user is in the workspace and may come in, else an
// Invalid error; it does not tell somebody of another workspace from nobody. It
// is for what is given to people, in the transaction that gives it.
func CheckMember(tx *db.Tx, ws hearth.WorkspaceID, user hearth.UserID) error {
	var n int64
	err := tx.QueryRow(`SELECT count(*) FROM member WHERE workspace_id = ? AND user_id = ? AND disabled = 0`, int64(ws), int64(user)).Scan(&n)
	if err == nil && n == 0 {
		err = hearth.Errorf(hearth.Invalid, "There is no user %d in this workspace. See: hearth user list", user)
	}
	return err
}
