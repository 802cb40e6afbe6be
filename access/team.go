package access

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"hearth"
	"hearth/db"
)

// Team is people of a workspace under one name.
type Team struct {
	ID      TeamID
	Version int64
	Name    string
	Created time.Time
	Members []hearth.UserID // in order
}

const (
	mostTeams = 1000 // of a workspace
	mostTeam  = 1000 // people of a team
)

const selectTeam = `SELECT id, version, name, created FROM team`

func scanTeam(row db.Scanner) (t Team, err error) {
	var created int64
	err = row.Scan(&t.ID, &t.Version, &t.Name, &created)
	t.Created = db.FromMicros(created)
	return t, err
}

func readTeam(tx *db.Tx, ws hearth.WorkspaceID, id TeamID) (Team, error) {
	t, err := scanTeam(tx.QueryRow(selectTeam+` WHERE workspace_id = ? AND id = ?`, int64(ws), int64(id)))
	if errors.Is(err, sql.ErrNoRows) {
		return t, hearth.Errorf(hearth.NotFound, "There is no team %d.", id)
	}
	if err != nil {
		return t, err
	}
	rows, err := tx.Query(`SELECT user_id FROM team_member WHERE workspace_id = ? AND team_id = ? ORDER BY user_id`, int64(ws), int64(id))
	if err != nil {
		return t, err
	}
	err = db.EachRow(rows, func() error {
		var user hearth.UserID
		err := rows.Scan(&user)
		t.Members = append(t.Members, user)
		return err
	})
	return t, err
}

// Teams lists the teams of the workspace by name.
func (a *Access) Teams(ctx context.Context, by Actor) (list []Team, err error) {
	if err := by.Check(ReadUsers); err != nil {
		return nil, err
	}
	err = a.o.State.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(selectTeam+` WHERE workspace_id = ? ORDER BY name LIMIT ?`, int64(by.Workspace), mostTeams)
		if err != nil {
			return err
		}
		err = db.EachRow(rows, func() error {
			t, err := scanTeam(rows)
			list = append(list, t)
			return err
		})
		for i := range list {
			if err == nil {
				list[i], err = readTeam(tx, by.Workspace, list[i].ID)
			}
		}
		return err
	})
	return list, err
}

// teamState is a team in the audit log.
type teamState struct {
	Name    string          `json:"name"`
	Members []hearth.UserID `json:"members,omitempty"`
}

// AddTeam makes a team of people of the workspace.
func (a *Access) AddTeam(ctx context.Context, by Actor, name string, members []hearth.UserID) (t Team, err error) {
	if err := by.Check(WriteUsers); err != nil {
		return t, err
	}
	if name, err = checkName(name); err != nil {
		return t, err
	}
	err = a.o.State.Write(ctx, func(tx *db.Tx) error {
		if err := teamNameIsFree(tx, by.Workspace, name, 0); err != nil {
			return err
		}
		var id TeamID
		var n int64
		if err := tx.QueryRow(`SELECT coalesce(max(id), 0) + 1, count(*) FROM team WHERE workspace_id = ?`, int64(by.Workspace)).Scan(&id, &n); err != nil {
			return err
		}
		if n >= mostTeams {
			return hearth.Errorf(hearth.Invalid, "There are %d teams already, which is the limit here.", n)
		}
		_, err := tx.Exec(`INSERT INTO team (workspace_id, id, version, name, created) VALUES (?, ?, 1, ?, ?)`,
			int64(by.Workspace), int64(id), name, db.Micros(a.o.Clock()))
		if err != nil {
			return err
		}
		if err := setTeam(tx, by.Workspace, id, members); err != nil {
			return err
		}
		if t, err = readTeam(tx, by.Workspace, id); err != nil {
			return err
		}
		return a.audit(tx, by, "team.add", Of("team", id), nil, teamState{t.Name, t.Members})
	})
	return t, err
}

func teamNameIsFree(tx *db.Tx, ws hearth.WorkspaceID, name string, but TeamID) error {
	var n int64
	err := tx.QueryRow(`SELECT count(*) FROM team WHERE workspace_id = ? AND name = ? AND id <> ?`, int64(ws), name, int64(but)).Scan(&n)
	if err == nil && n > 0 {
		err = taken(name)
	}
	return err
}

// setTeam makes the named people the team.
func setTeam(tx *db.Tx, ws hearth.WorkspaceID, id TeamID, members []hearth.UserID) error {
	if len(members) > mostTeam {
		return hearth.Errorf(hearth.Invalid, "A team has at most %d people.", mostTeam)
	}
	if _, err := tx.Exec(`DELETE FROM team_member WHERE workspace_id = ? AND team_id = ?`, int64(ws), int64(id)); err != nil {
		return err
	}
	members = slices.Clone(members)
	slices.Sort(members)
	for _, user := range slices.Compact(members) {
		if _, err := readMember(tx, ws, user); err != nil {
			return err
		}
		if _, err := tx.Exec(`INSERT INTO team_member (workspace_id, team_id, user_id) VALUES (?, ?, ?)`, int64(ws), int64(id), int64(user)); err != nil {
			return err
		}
	}
	return nil
}

// ChangeTeam gives a team another name and other people.
func (a *Access) ChangeTeam(ctx context.Context, by Actor, id TeamID, version int64, name string, members []hearth.UserID) (t Team, err error) {
	if err := by.Check(WriteUsers); err != nil {
		return t, err
	}
	if name, err = checkName(name); err != nil {
		return t, err
	}
	err = a.o.State.Write(ctx, func(tx *db.Tx) error {
		if t, err = readTeam(tx, by.Workspace, id); err != nil {
			return err
		}
		if t.Version != version {
			return changedMeanwhile(t.Version, version)
		}
		was := teamState{t.Name, t.Members}
		if err := teamNameIsFree(tx, by.Workspace, name, id); err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE team SET name = ?, version = version + 1 WHERE workspace_id = ? AND id = ?`, name, int64(by.Workspace), int64(id)); err != nil {
			return err
		}
		if err := setTeam(tx, by.Workspace, id, members); err != nil {
			return err
		}
		if t, err = readTeam(tx, by.Workspace, id); err != nil {
			return err
		}
		return a.audit(tx, by, "team.change", Of("team", id), was, teamState{t.Name, t.Members})
	})
	return t, err
}

// RemoveTeam takes a team away; its people stay.
func (a *Access) RemoveTeam(ctx context.Context, by Actor, id TeamID) error {
	if err := by.Check(WriteUsers); err != nil {
		return err
	}
	return a.o.State.Write(ctx, func(tx *db.Tx) error {
		t, err := readTeam(tx, by.Workspace, id)
		if err != nil {
			return err
		}
		if err := setTeam(tx, by.Workspace, id, nil); err != nil {
			return err
		}
		if _, err := tx.Exec(`DELETE FROM team WHERE workspace_id = ? AND id = ?`, int64(by.Workspace), int64(id)); err != nil {
			return err
		}
		return a.audit(tx, by, "team.remove", Of("team", id), teamState{t.Name, t.Members}, nil)
	})
}
