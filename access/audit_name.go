package access

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"hearth"
	"hearth/db"
)

// Named is how the people and things of a line are called. It is read from the
// log itself, so it holds for what was renamed or is gone by now.
type Named struct {
	Object string // when the line was written; "": nobody ever said
	Now    string // the object's last name
	Gone   bool   // it was removed
	Actor  string // the last name of the user who did it; "": no user, or no longer here
}

// The nearest lines in which a name is looked for.
const nearLines = 20

// nameLines names the lines. Nothing is changed in them: the chain covers them as they
// were written.
func nameLines(tx *db.Tx, ws hearth.WorkspaceID, lines []Line) error {
	type last struct {
		name string
		gone bool
	}
	objects, people := map[Object]last{}, map[hearth.UserID]string{}
	for i := range lines {
		l := &lines[i]
		if l.User != 0 {
			name, known := people[l.User]
			if !known {
				var err error
				if name, err = memberName(tx, ws, l.User); err != nil {
					return err
				}
				people[l.User] = name
			}
			l.Named.Actor = name
		}
		if l.Object.ID == "" {
			continue
		}
		now, known := objects[l.Object]
		if !known {
			var err error
			if now.name, now.gone, err = lastName(tx, ws, l.Object); err != nil {
				return err
			}
			objects[l.Object] = now
		}
		l.Named.Now, l.Named.Gone = now.name, now.gone
		if l.Named.Object = l.itsName(); l.Named.Object != "" || now.name == "" {
			continue
		}
		name, err := nameAt(tx, ws, l)
		if err != nil {
			return err
		}
		l.Named.Object = name
	}
	return nil
}

// itsName is the name that the line's own states give the object.
func (l *Line) itsName() string {
	if name := nameIn(l.Now); name != "" {
		return name
	}
	return nameIn(l.Was)
}

// nameIn is the name in a state of the log: a property that says so.
func nameIn(state string) string {
	var fields map[string]json.RawMessage
	if state == "" || json.Unmarshal([]byte(state), &fields) != nil {
		return ""
	}
	for _, want := range [...]string{"full_name", "name", "title", "label"} {
		for name, raw := range fields {
			var text string
			if strings.EqualFold(name, want) && json.Unmarshal(raw, &text) == nil && text != "" {
				return text
			}
		}
	}
	return ""
}

// removals are the verbs after which a thing is not there any more.
var removals = []string{"remove", "revoke", "withdraw", "drop", "undo"}

// lastName is the name that the newest lines about an object give it, and whether
// it is gone. A user without one is called as in the workspace.
func lastName(tx *db.Tx, ws hearth.WorkspaceID, o Object) (name string, gone bool, err error) {
	rows, err := tx.Query(`SELECT verb, was, now FROM audit WHERE workspace_id = ? AND object_kind = ? AND object_id = ? ORDER BY id DESC LIMIT ?`,
		int64(ws), o.Kind, o.ID, nearLines)
	if err != nil {
		return "", false, err
	}
	first := true
	err = db.EachRow(rows, func() error {
		var l Line
		if err := rows.Scan(&l.Verb, &l.Was, &l.Now); err != nil {
			return err
		}
		if first {
			_, act, _ := strings.Cut(l.Verb, ".")
			gone, first = l.Now == "" && slices.Contains(removals, act), false
		}
		if name == "" {
			name = l.itsName()
		}
		return nil
	})
	return name, gone, err
}

// nameAt is the name of a line's object when the line was written: of the nearest
// line before that has one, else of the nearest after it.
func nameAt(tx *db.Tx, ws hearth.WorkspaceID, l *Line) (name string, err error) {
	for after, side := range [...]string{"id < ? ORDER BY id DESC", "id > ? ORDER BY id"} {
		rows, err := tx.Query(`SELECT was, now FROM audit WHERE workspace_id = ? AND object_kind = ? AND object_id = ? AND `+side+` LIMIT ?`,
			int64(ws), l.Object.Kind, l.Object.ID, l.ID, nearLines)
		if err != nil {
			return "", err
		}
		err = db.EachRow(rows, func() error {
			var other Line
			if err := rows.Scan(&other.Was, &other.Now); err != nil || name != "" {
				return err
			}
			first, second := other.Now, other.Was
			if after == 1 { // as it was before that
				first, second = second, first
			}
			if name = nameIn(first); name == "" {
				name = nameIn(second)
			}
			return nil
		})
		if err != nil || name != "" {
			return name, err
		}
	}
	return "", nil
}

// memberName is how somebody in the workspace is called now.
func memberName(tx *db.Tx, ws hearth.WorkspaceID, user hearth.UserID) (name string, err error) {
	err = tx.QueryRow(`
		SELECT CASE WHEN u.full_name <> '' THEN u.full_name ELSE u.name END FROM member m JOIN users u ON u.id = m.user_id
		WHERE m.workspace_id = ? AND m.user_id = ?`, int64(ws), int64(user)).Scan(&name)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return name, err
}

// AuditChoices is who and what the last lines of the log are about.
type AuditChoices struct {
	People  []AuditPerson
	Objects []AuditObject // named ones, those of the newest lines first
}

// AuditPerson is somebody who did something.
type AuditPerson struct {
	Kind Kind
	User hearth.UserID // 0: none
	Name string        // now, of a user; else as it was written last
}

// AuditObject is something that something was done to.
type AuditObject struct {
	Object
	Name string
	Gone bool
}

const (
	choiceLines   = 5_000 // of which people and things are offered
	choicePeople  = 100
	choiceObjects = 100
)

// AuditChoices gives whom and what one may ask the log for: those of its last
// 5,000 lines, at most a hundred each, and things of one kind only unless that is
// "".
func (a *Access) AuditChoices(ctx context.Context, by Actor, kind string) (c AuditChoices, err error) {
	if err := by.Check(ReadAudit); err != nil {
		return c, err
	}
	err = a.o.State.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(`
			SELECT kind, user_id, CASE WHEN user_id <> 0 THEN '' ELSE actor END AS who, max(actor), max(id) AS newest FROM audit
			WHERE workspace_id = ?1 AND id > (SELECT coalesce(max(id), 0) FROM audit_head WHERE workspace_id = ?1) - ?2
			GROUP BY kind, user_id, CASE WHEN user_id <> 0 THEN '' ELSE actor END
			ORDER BY newest DESC LIMIT ?3`, int64(by.Workspace), choiceLines, choicePeople)
		if err != nil {
			return err
		}
		err = db.EachRow(rows, func() error {
			var p AuditPerson
			var who string
			var newest int64
			err := rows.Scan(&p.Kind, &p.User, &who, &p.Name, &newest)
			c.People = append(c.People, p)
			return err
		})
		if err != nil {
			return err
		}
		for i := range c.People {
			p := &c.People[i]
			if p.User == 0 {
				continue
			}
			name, err := memberName(tx, by.Workspace, p.User)
			if err != nil {
				return err
			}
			if name != "" {
				p.Name = name
			}
		}
		return c.objects(tx, by.Workspace, kind)
	})
	return c, err
}

func (c *AuditChoices) objects(tx *db.Tx, ws hearth.WorkspaceID, kind string) error {
	rows, err := tx.Query(`
		SELECT object_kind, object_id, max(id) AS newest FROM audit
		WHERE workspace_id = ?1 AND id > (SELECT coalesce(max(id), 0) FROM audit_head WHERE workspace_id = ?1) - ?2 AND object_id <> '' AND (?3 = '' OR object_kind = ?3)
		GROUP BY object_kind, object_id ORDER BY newest DESC LIMIT ?4`, int64(ws), choiceLines, kind, choiceObjects)
	if err != nil {
		return err
	}
	err = db.EachRow(rows, func() error {
		var o AuditObject
		var newest int64
		err := rows.Scan(&o.Kind, &o.ID, &newest)
		c.Objects = append(c.Objects, o)
		return err
	})
	if err != nil {
		return err
	}
	named := c.Objects[:0]
	for _, o := range c.Objects {
		if o.Name, o.Gone, err = lastName(tx, ws, o.Object); err != nil {
			return err
		}
		if o.Name != "" {
			named = append(named, o)
		}
	}
	c.Objects = named
	return nil
}
