package access

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"hearth"
	"hearth/db"
)

// Workspace is the wall between tenants.
type Workspace struct {
	ID       hearth.WorkspaceID
	Version  int64
	Name     string
	Created  time.Time // zero: it was always there
	Archived time.Time // zero: it is in use
}

const selectWorkspace = `SELECT id, version, name, created, archived FROM workspace`

func scanWorkspace(row db.Scanner) (w Workspace, err error) {
	var created, archived int64
	err = row.Scan(&w.ID, &w.Version, &w.Name, &created, &archived)
	w.Created, w.Archived = db.FromMicros(created), db.FromMicros(archived)
	return w, err
}

func readWorkspace(tx *db.Tx, id hearth.WorkspaceID) (Workspace, error) {
	w, err := scanWorkspace(tx.QueryRow(selectWorkspace+` WHERE id = ?`, int64(id)))
	if errors.Is(err, sql.ErrNoRows) {
		err = noWorkspace(id)
	}
	return w, err
}

func noWorkspace(id hearth.WorkspaceID) error {
	return hearth.Errorf(hearth.NotFound, "There is no workspace %d.", id)
}

// Exists is nil if there is such a workspace, archived or not.
func (a *Access) Exists(ctx context.Context, id hearth.WorkspaceID) error {
	return a.o.State.Read(ctx, func(tx *db.Tx) error {
		_, err := readWorkspace(tx, id)
		return err
	})
}

// Workspaces lists those that the actor may enter; the operator sees all, the
// archived among them.
func (a *Access) Workspaces(ctx context.Context, by Actor) (list []Workspace, err error) {
	if err := by.CheckSome(ReadBrands); err != nil {
		return nil, err
	}
	where, args := ` WHERE id = ?`, []any{int64(by.Workspace)}
	switch by.Kind {
	case Local:
		where, args = ``, nil
	case User:
		where = ` WHERE archived = 0 AND id IN (SELECT workspace_id FROM member WHERE user_id = ? AND disabled = 0)`
		args = []any{int64(by.User)}
	}
	err = a.o.State.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(selectWorkspace+where+` ORDER BY id LIMIT ?`, append(args, mostWorkspaces)...)
		if err != nil {
			return err
		}
		return db.EachRow(rows, func() error {
			w, err := scanWorkspace(rows)
			list = append(list, w)
			return err
		})
	})
	return list, err
}

// AddWorkspace makes a workspace. The owners of the first one and the operator
// may; a person who makes it owns it.
func (a *Access) AddWorkspace(ctx context.Context, by Actor, name string) (w Workspace, err error) {
	if err := by.Check(WriteWorkspaces); err != nil {
		return w, err
	}
	if by.Workspace != hearth.DefaultWorkspace || by.Kind == Key {
		return w, hearth.Errorf(hearth.Denied, "Only the owners of the first workspace make others.")
	}
	if w.Name, err = checkName(name); err != nil {
		return w, err
	}
	w.Version, w.Created = 1, a.o.Clock()
	err = a.o.State.Write(ctx, func(tx *db.Tx) error {
		if err := workspaceNameIsFree(tx, w.Name, 0); err != nil {
			return err
		}
		if err := tx.QueryRow(`SELECT coalesce(max(id), 0) + 1 FROM workspace`).Scan(&w.ID); err != nil {
			return err
		}
		if w.ID > mostWorkspaces {
			return hearth.Errorf(hearth.Invalid, "There are %d workspaces already, which is the limit here.", mostWorkspaces)
		}
		_, err := tx.Exec(`INSERT INTO workspace (id, version, name, created, archived) VALUES (?, 1, ?, ?, 0)`, int64(w.ID), w.Name, db.Micros(w.Created))
		if err != nil {
			return err
		}
		if by.Kind == User {
			if err := a.join(tx, w.ID, by.User, Owner); err != nil {
				return err
			}
		}
		return a.audit(tx, by, "workspace.add", Of("workspace", w.ID), nil, named{w.Name})
	})
	return w, err
}

// named is something with a name in the audit log.
type named struct {
	Name string `json:"name"`
}

func workspaceNameIsFree(tx *db.Tx, name string, but hearth.WorkspaceID) error {
	var n int64
	err := tx.QueryRow(`SELECT count(*) FROM workspace WHERE name = ? AND archived = 0 AND id <> ?`, name, int64(but)).Scan(&n)
	if err == nil && n > 0 {
		err = taken(name)
	}
	return err
}

func taken(name string) error {
	return &hearth.Error{Code: hearth.Conflict, Field: "name", Message: "There is one named “" + name + "” already; choose another name."}
}

// changedMeanwhile is the answer to a change of what is not as it was seen (I43).
func changedMeanwhile(is, saw int64) error {
	return hearth.Errorf(hearth.Conflict, "Somebody else changed this meanwhile (it is at version %d, you saw %d). Look at it again.", is, saw)
}

// RenameWorkspace gives the actor's workspace another name.
func (a *Access) RenameWorkspace(ctx context.Context, by Actor, version int64, name string) (w Workspace, err error) {
	if err := by.Check(WriteWorkspaces); err != nil {
		return w, err
	}
	if name, err = checkName(name); err != nil {
		return w, err
	}
	err = a.o.State.Write(ctx, func(tx *db.Tx) error {
		if w, err = readWorkspace(tx, by.Workspace); err != nil {
			return err
		}
		if w.Version != version {
			return changedMeanwhile(w.Version, version)
		}
		if err := workspaceNameIsFree(tx, name, w.ID); err != nil {
			return err
		}
		was := named{w.Name}
		w.Name, w.Version = name, w.Version+1
		if _, err := tx.Exec(`UPDATE workspace SET name = ?, version = ? WHERE id = ?`, w.Name, w.Version, int64(w.ID)); err != nil {
			return err
		}
		return a.audit(tx, by, "workspace.rename", Of("workspace", w.ID), was, named{name})
	})
	return w, err
}

// ArchiveWorkspace closes the actor's workspace: nobody but the operator enters
// it, its keys end, and nothing of it is lost. The first one stays.
func (a *Access) ArchiveWorkspace(ctx context.Context, by Actor, version int64) error {
	if err := by.Check(WriteWorkspaces); err != nil {
		return err
	}
	if err := by.CheckFresh(a.o.Clock()); err != nil {
		return err
	}
	if by.Workspace == hearth.DefaultWorkspace {
		return hearth.Errorf(hearth.Invalid, "The first workspace cannot be archived.")
	}
	return a.o.State.Write(ctx, func(tx *db.Tx) error {
		w, err := readWorkspace(tx, by.Workspace)
		switch {
		case err != nil:
			return err
		case w.Version != version:
			return changedMeanwhile(w.Version, version)
		case !w.Archived.IsZero():
			return hearth.Errorf(hearth.Conflict, "The workspace is archived already.")
		}
		if _, err := tx.Exec(`UPDATE workspace SET archived = ?, version = version + 1 WHERE id = ?`, db.Micros(a.o.Clock()), int64(w.ID)); err != nil {
			return err
		}
		return a.audit(tx, by, "workspace.archive", Of("workspace", w.ID), named{w.Name}, nil)
	})
}

// RestoreWorkspace opens an archived workspace again. It is for the operator, who
// alone can enter it.
func (a *Access) RestoreWorkspace(ctx context.Context, by Actor) (w Workspace, err error) {
	if err := operator(by); err != nil {
		return w, err
	}
	err = a.o.State.Write(ctx, func(tx *db.Tx) error {
		if w, err = readWorkspace(tx, by.Workspace); err != nil {
			return err
		}
		if w.Archived.IsZero() {
			return hearth.Errorf(hearth.Conflict, "The workspace is in use already.")
		}
		if err := workspaceNameIsFree(tx, w.Name, w.ID); err != nil {
			return err
		}
		w.Archived, w.Version = time.Time{}, w.Version+1
		if _, err := tx.Exec(`UPDATE workspace SET archived = 0, version = ? WHERE id = ?`, w.Version, int64(w.ID)); err != nil {
			return err
		}
		return a.audit(tx, by, "workspace.restore", Of("workspace", w.ID), nil, named{w.Name})
	})
	return w, err
}

// EnterWorkspace lets a person look at another of their workspaces, with the same
// session.
func (a *Access) EnterWorkspace(ctx context.Context, by Actor, id hearth.WorkspaceID) error {
	if err := by.person(); err != nil {
		return err
	}
	return a.o.State.Write(ctx, func(tx *db.Tx) error {
		list, err := memberships(tx, by.User)
		if err != nil {
			return err
		}
		for _, m := range list {
			if m.Workspace == id {
				if _, err := tx.Exec(`UPDATE session SET looks_at = ? WHERE id = ?`, int64(id), int64(by.Session)); err != nil {
					return err
				}
				by.Workspace = id
				return a.audit(tx, by, "workspace.enter", Of("workspace", id), nil, nil)
			}
		}
		return noWorkspace(id)
	})
}
