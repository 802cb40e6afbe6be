package access

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"

	"hearth"
	"hearth/db"
)

// Area is a part of the work that a workspace may want done with four eyes only:
// one person asks, another approves, and only then it is done.
type Area string

const (
	AreaExports  Area = "exports"  // posts, or the audit log, leave as a file
	AreaErasure  Area = "erasure"  // posts are erased
	AreaRoles    Area = "roles"    // somebody gets another role, or a way in; also by a provider
	AreaSources  Area = "sources"  // Hearth connects to a place that posts come from
	AreaChannels Area = "channels" // Hearth sends to a place by itself

	// itself is the setting. It is kept wherever anything is.
	itself Area = "four-eyes"
)

// Areas lists what four eyes can be kept on, in the order shown.
func Areas() []Area { return []Area{AreaExports, AreaErasure, AreaRoles, AreaSources, AreaChannels} }

// FourEyes is what a workspace wants done with four eyes only.
type FourEyes struct {
	Areas   []Area // in the order of Areas; none: it is off
	Version int64
	Changed time.Time // zero: never
	Owners  int64     // of the workspace, who may come in; it takes two

	salt []byte
}

// On says whether four eyes are kept on an area.
func (f *FourEyes) On(a Area) bool {
	return slices.Contains(f.Areas, a) || a == itself && len(f.Areas) > 0
}

// fewestOwners is how many owners keep each other from being locked out: what one
// asks for, the setting itself too, another can always approve.
const fewestOwners = 2

func readFourEyes(tx *db.Tx, ws hearth.WorkspaceID) (f FourEyes, err error) {
	var areas string
	var changed int64
	err = tx.QueryRow(`SELECT version, areas, salt, changed FROM four_eyes WHERE workspace_id = ?`, int64(ws)).Scan(&f.Version, &areas, &f.salt, &changed)
	if errors.Is(err, sql.ErrNoRows) {
		return f, nil
	}
	for _, name := range strings.Fields(areas) {
		f.Areas = append(f.Areas, Area(name))
	}
	f.Changed = db.FromMicros(changed)
	return f, err
}

// FourEyes says what the workspace wants done with four eyes only.
func (a *Access) FourEyes(ctx context.Context, by Actor) (f FourEyes, err error) {
	if err := by.CheckSome(ReadApprovals); err != nil {
		return f, err
	}
	err = a.o.State.Read(ctx, func(tx *db.Tx) error {
		if f, err = readFourEyes(tx, by.Workspace); err != nil {
			return err
		}
		f.Owners, err = owners(tx, by.Workspace)
		return err
	})
	return f, err
}

// fourEyesState is the setting in the audit log.
type fourEyesState struct {
	Areas []Area `json:"areas"`
}

// SetFourEyes says what is done with four eyes only, in the place of what was said
// before. To want less takes four eyes itself; to want any takes two owners, so
// that nobody locks themself out.
func (a *Access) SetFourEyes(ctx context.Context, by Actor, version int64, areas []Area) (f FourEyes, err error) {
	if err := by.Check(WriteWorkspaces); err != nil {
		return f, err
	}
	now := a.o.Clock()
	if err := by.CheckFresh(now); err != nil {
		return f, err
	}
	for _, name := range areas {
		if !slices.Contains(Areas(), name) {
			return f, &hearth.Error{Code: hearth.Invalid, Field: "areas", Message: "Four eyes can be kept on exports, erasure, roles, sources and channels."}
		}
	}
	err = Guarded(ctx, a.o.State, func(tx *db.Tx) error {
		was, err := readFourEyes(tx, by.Workspace)
		if err != nil {
			return err
		}
		if was.Version != version {
			return changedMeanwhile(was.Version, version)
		}
		f = FourEyes{Version: was.Version + 1, Changed: now, salt: was.salt}
		for _, area := range Areas() {
			if slices.Contains(areas, area) {
				f.Areas = append(f.Areas, area)
			}
		}
		if f.Owners, err = owners(tx, by.Workspace); err != nil {
			return err
		}
		if len(f.Areas) > 0 && f.Owners < fewestOwners {
			return &hearth.Error{Code: hearth.Conflict, Field: "areas", Message: "Four eyes take two owners who can come in, so that one can always approve what the other asks for. Make somebody else an owner first."}
		}
		if f.salt == nil {
			f.salt = make([]byte, 16)
			rand.Read(f.salt)
		}
		states := [2]fourEyesState{{was.Areas}, {f.Areas}}
		if slices.ContainsFunc(was.Areas, func(area Area) bool { return !f.On(area) }) {
			err := Claim(tx, now, by, Action{
				Area: itself, Verb: "four-eyes.change", Object: Of("workspace", by.Workspace), Needs: WriteWorkspaces, Gives: []Role{Owner},
				Was: states[0], Now: states[1], Bound: struct {
					Version int64
					Areas   []Area
				}{version, f.Areas},
			})
			if err != nil {
				return err
			}
		}
		_, err = tx.Exec(`
INSERT INTO four_eyes (workspace_id, version, areas, salt, changed) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (workspace_id) DO UPDATE SET version = excluded.version, areas = excluded.areas, changed = excluded.changed`,
			int64(by.Workspace), f.Version, spaced(f.Areas), f.salt, db.Micros(now))
		if err != nil {
			return err
		}
		return a.audit(tx, by, "four-eyes.change", Of("workspace", by.Workspace), states[0], states[1])
	})
	return f, err
}

// keepsOwners is nil if four eyes are off, or enough owners are left.
func keepsOwners(tx *db.Tx, ws hearth.WorkspaceID, left int64) error {
	f, err := readFourEyes(tx, ws)
	if err == nil && len(f.Areas) > 0 && left < fewestOwners {
		err = hearth.Errorf(hearth.Conflict, "Four eyes are switched on here, and they take two owners. Make somebody else an owner first, or switch them off.")
	}
	return err
}

// spaced writes words with spaces between.
func spaced[S ~string](list []S) string {
	words := make([]string, len(list))
	for i, word := range list {
		words[i] = string(word)
	}
	return strings.Join(words, " ")
}
