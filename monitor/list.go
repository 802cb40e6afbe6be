package monitor

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"hearth"
	"hearth/access"
	"hearth/db"
	"hearth/query"
)

// Lists are words, authors or sites that queries share: list:name holds what one
// of the entries holds. When a list changes, every monitor that uses it listens by
// the new entries at once, in a new version, and finds its past.
type Lists struct{ m *Monitors }

// NewLists keeps them beside the monitors.
func NewLists(m *Monitors) *Lists { return &Lists{m} }

// ListKind says what the entries of a list are.
type ListKind string

const (
	WordList   ListKind = "words"   // words, phrases and tags, as in a query
	AuthorList ListKind = "authors" // handles or names
	SiteList   ListKind = "sites"   // hosts
)

// List is one of them.
type List struct {
	ID      int64
	Version int64 // rises with each change; a change names the version it saw
	Kind    ListKind
	Name    string
	Entries []string // in canonical form, in the order in which they were added
	Created time.Time
	Changed time.Time
	Removed time.Time // zero: it is there
}

// ListDraft is a list to be. Text is its entries, one a line.
type ListDraft struct {
	Kind ListKind
	Name string
	Text string
}

// ListEdit changes what it names; nil leaves it as it is.
type ListEdit struct {
	Name *string
	Text *string // all entries, one a line
	Add  string  // further entries, one a line
	Drop []string
}

// Taken says what became of the lines that were given.
type Taken struct {
	Taken   int // lines that are entries now
	Known   int // lines that said what another one says
	Refused []Refusal
}

// Refusal is a line that is no entry, and why.
type Refusal struct {
	Line   int // from 1
	Text   string
	Reason string
}

// ListUse is a monitor that uses a list.
type ListUse struct {
	Monitor hearth.MonitorID
	Name    string
}

const (
	mostLists   = 1000
	mostEntries = 20_000
	mostUses    = 1000
)

// Create makes a list. Lines that are no entries are refused one by one; a list
// without any entry is not made.
func (l *Lists) Create(ctx context.Context, by access.Actor, d ListDraft) (list List, taken Taken, err error) {
	if err := by.Check(access.WriteMonitors); err != nil {
		return list, taken, err
	}
	if d.Kind != WordList && d.Kind != AuthorList && d.Kind != SiteList {
		return list, taken, &hearth.Error{Code: hearth.Invalid, Field: "kind", Message: "A list is of words, authors or sites."}
	}
	list = List{Version: 1, Kind: d.Kind, Created: l.m.o.Clock()}
	list.Changed = list.Created
	if list.Name, err = checkListName(d.Name); err != nil {
		return list, taken, err
	}
	taken = list.add(d.Text)
	_, err = l.write(ctx, by, "list.create", nil, &list, &taken, func(tx *db.Tx) error {
		var there int
		err := tx.QueryRow(`SELECT coalesce(max(id), 0) + 1, count(*) FILTER (WHERE removed IS NULL) FROM list WHERE workspace_id = ?`, by.Workspace).
			Scan(&list.ID, &there)
		if err == nil && there >= mostLists {
			err = hearth.Errorf(hearth.Invalid, "There are %d lists, which is the limit; remove one first.", there)
		}
		return err
	})
	return list, taken, err
}

// Change gives a list another name or other entries. Version is the one the change
// was made on; if it has another by now nothing is changed, the error is a
// Conflict, and list is how it stands. A list that monitors use keeps its name.
func (l *Lists) Change(ctx context.Context, by access.Actor, id, version int64, e ListEdit) (list List, taken Taken, err error) {
	if err := by.Check(access.WriteMonitors); err != nil {
		return list, taken, err
	}
	var before List
	list, err = l.write(ctx, by, "list.change", &before, &list, &taken, func(tx *db.Tx) error {
		if list, err = readList(tx, by.Workspace, id); err != nil {
			return err
		}
		before = list
		if list.Version != version {
			return hearth.Errorf(hearth.Conflict, "The list “%s” was changed by somebody else meanwhile (it is at version %d, you saw %d). Look at it again.",
				list.Name, list.Version, version)
		}
		if e.Name != nil {
			if list.Name, err = checkListName(*e.Name); err != nil {
				return err
			}
		}
		if e.Text != nil {
			list.Entries = nil
			taken = list.add(*e.Text)
		}
		list.drop(e.Drop)
		if e.Add != "" {
			taken = list.add(e.Add)
		}
		list.Version++
		list.Changed = l.m.o.Clock()
		return nil
	})
	return list, taken, err
}

// Remove takes a list away that no monitor uses. It can be restored.
func (l *Lists) Remove(ctx context.Context, by access.Actor, id int64) error {
	if err := by.Check(access.WriteMonitors); err != nil {
		return err
	}
	l.m.shared.Lock()
	defer l.m.shared.Unlock()
	now := l.m.o.Clock()
	var list List
	err := l.m.o.State.Write(ctx, func(tx *db.Tx) (err error) {
		if list, err = readList(tx, by.Workspace, id); err != nil {
			return err
		}
		uses, err := l.m.usesOf(tx, by.Workspace, query.ListKey(list.Name))
		if err != nil {
			return err
		}
		if len(uses) > 0 {
			return hearth.Errorf(hearth.Conflict, "The list “%s” is used by %s; take it out of the query first.", list.Name, namesOf(uses))
		}
		if _, err := tx.Exec(`UPDATE list SET removed = ?, version = version + 1 WHERE workspace_id = ? AND id = ?`, db.Micros(now), by.Workspace, id); err != nil {
			return err
		}
		return access.Record(tx, now, by, "list.remove", access.Of("list", id), list.state(), nil)
	})
	if err == nil {
		l.m.shared.put(by.Workspace, query.ListKey(list.Name), nil)
	}
	return err
}

// Restore brings a removed list back.
func (l *Lists) Restore(ctx context.Context, by access.Actor, id int64) (list List, err error) {
	if err := by.Check(access.WriteMonitors); err != nil {
		return list, err
	}
	return l.write(ctx, by, "list.restore", nil, &list, &Taken{}, func(tx *db.Tx) error {
		list, err = scanList(tx.QueryRow(selectList+` WHERE workspace_id = ? AND id = ? AND removed IS NOT NULL`, by.Workspace, id))
		if errors.Is(err, sql.ErrNoRows) {
			return hearth.Errorf(hearth.NotFound, "There is no removed list %d.", id)
		}
		list.Removed = time.Time{}
		list.Version++
		list.Changed = l.m.o.Clock()
		return err
	})
}

// write saves a list that prepare has made, and lets the monitors that use it
// listen by it. before is nil for one that is not there.
func (l *Lists) write(ctx context.Context, by access.Actor, verb string, before, list *List, taken *Taken, prepare func(*db.Tx) error) (List, error) {
	l.m.shared.Lock()
	defer l.m.shared.Unlock()
	var q *query.Query
	var uses []use
	err := l.m.o.State.Write(ctx, func(tx *db.Tx) error {
		if err := prepare(tx); err != nil {
			return err
		}
		if len(list.Entries) == 0 {
			return list.empty(taken)
		}
		var err error
		if q, err = list.query(); err != nil {
			return err
		}
		if err := listNameIsFree(tx, by.Workspace, list); err != nil {
			return err
		}
		if uses, err = l.reuse(tx, by, before, list, q); err != nil {
			return err
		}
		entries, err := json.Marshal(list.Entries)
		if err != nil {
			return err
		}
		_, err = tx.Exec(`
			INSERT INTO list (workspace_id, id, version, kind, name, name_key, entries, created, changed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (workspace_id, id) DO UPDATE SET version = excluded.version, name = excluded.name, name_key = excluded.name_key,
				entries = excluded.entries, changed = excluded.changed, removed = NULL`,
			by.Workspace, list.ID, list.Version, string(list.Kind), list.Name, query.ListKey(list.Name), string(entries), db.Micros(list.Created), db.Micros(list.Changed))
		if err != nil {
			return err
		}
		_, err = tx.Exec(`INSERT INTO list_version (workspace_id, list_id, version, name, entries, changed, changed_by) VALUES (?, ?, ?, ?, ?, ?, ?)`,
			by.Workspace, list.ID, list.Version, list.Name, string(entries), db.Micros(list.Changed), by.User)
		if err != nil {
			return err
		}
		var was any
		if before != nil {
			was = before.state()
		}
		return access.Record(tx, list.Changed, by, verb, access.Of("list", list.ID), was, list.state())
	})
	if err != nil {
		return *list, err
	}
	if before != nil && query.ListKey(before.Name) != query.ListKey(list.Name) {
		l.m.shared.put(by.Workspace, query.ListKey(before.Name), nil)
	}
	l.m.shared.put(by.Workspace, query.ListKey(list.Name), q)
	for i := range uses {
		l.m.listen(by.Workspace, &uses[i].monitor, uses[i].query)
	}
	return *list, nil
}

// reuse gives the monitors that use a list a new version by its new entries.
func (l *Lists) reuse(tx *db.Tx, by access.Actor, before, list *List, q *query.Query) ([]use, error) {
	if before == nil {
		return nil, nil
	}
	key := query.ListKey(before.Name)
	uses, err := l.m.usesOf(tx, by.Workspace, key)
	if err != nil || len(uses) == 0 {
		return nil, err
	}
	if query.ListKey(list.Name) != key {
		return nil, &hearth.Error{Code: hearth.Conflict, Field: "name", Message: "The list is used by " + namesOf(uses) + " under its name; make another list instead."}
	}
	now := l.m.shared.all(by.Workspace)
	with := func(k string) *query.Query {
		if k == key {
			return q
		}
		return now(k)
	}
	for i := range uses {
		u := &uses[i]
		var problems []query.Diagnostic
		if u.query, problems = query.ParseWith(u.monitor.Query, with); u.query == nil {
			return nil, hearth.Errorf(hearth.Invalid, "With these entries the monitor “%s” could not listen: %s", u.monitor.Name, problems[0].Message)
		}
		u.monitor.Version++
		u.monitor.queryVersion, u.monitor.Changed = u.monitor.Version, list.Changed
		_, err := tx.Exec(`UPDATE monitor SET version = ?, query_version = ?, changed = ? WHERE workspace_id = ? AND id = ?`,
			u.monitor.Version, u.monitor.queryVersion, db.Micros(list.Changed), by.Workspace, u.monitor.ID)
		if err != nil {
			return nil, err
		}
		if err := writeVersion(tx, by, &u.monitor); err != nil {
			return nil, err
		}
		_, err = tx.Exec(`UPDATE monitor_version SET list_id = ?, list_version = ? WHERE workspace_id = ? AND monitor_id = ? AND version = ?`,
			list.ID, list.Version, by.Workspace, u.monitor.ID, u.monitor.Version)
		if err != nil {
			return nil, err
		}
	}
	return uses, nil
}

// List gives the workspace's lists by name. They are everybody's who writes
// queries here, also of those who have a role for a brand only.
func (l *Lists) List(ctx context.Context, by access.Actor) (lists []List, err error) {
	if err := by.CheckSome(access.ReadMonitors); err != nil {
		return nil, err
	}
	return l.lists(ctx, selectList+` WHERE workspace_id = ? AND removed IS NULL ORDER BY name_key, id`, by.Workspace)
}

// Removed gives the lists that can be restored, the latest removed first.
func (l *Lists) Removed(ctx context.Context, by access.Actor) (lists []List, err error) {
	if err := by.Check(access.ReadMonitors); err != nil {
		return nil, err
	}
	return l.lists(ctx, selectList+` WHERE workspace_id = ? AND removed IS NOT NULL ORDER BY removed DESC, id LIMIT 100`, by.Workspace)
}

func (l *Lists) lists(ctx context.Context, statement string, ws hearth.WorkspaceID) (lists []List, err error) {
	err = l.m.o.State.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(statement, ws)
		if err != nil {
			return err
		}
		return db.EachRow(rows, func() error {
			list, err := scanList(rows)
			lists = append(lists, list)
			return err
		})
	})
	return lists, err
}

// Get gives one list and which monitors use it, of those that the actor sees.
func (l *Lists) Get(ctx context.Context, by access.Actor, id int64) (list List, uses []ListUse, err error) {
	scope, err := by.Scope(access.ReadMonitors)
	if err != nil {
		return list, nil, err
	}
	err = l.m.o.State.Read(ctx, func(tx *db.Tx) error {
		if list, err = readList(tx, by.Workspace, id); err != nil {
			return err
		}
		found, err := l.m.usesOf(tx, by.Workspace, query.ListKey(list.Name))
		for i := range found {
			if scope.Whole() || scope.Sees(found[i].monitor.Brands) {
				uses = append(uses, ListUse{found[i].monitor.ID, found[i].monitor.Name})
			}
		}
		return err
	})
	return list, uses, err
}

const selectList = `SELECT id, version, kind, name, entries, created, changed, coalesce(removed, 0) FROM list`

func readList(tx *db.Tx, ws hearth.WorkspaceID, id int64) (List, error) {
	list, err := scanList(tx.QueryRow(selectList+` WHERE workspace_id = ? AND id = ? AND removed IS NULL`, ws, id))
	if errors.Is(err, sql.ErrNoRows) {
		return list, hearth.Errorf(hearth.NotFound, "There is no list %d.", id)
	}
	return list, err
}

func scanList(row db.Scanner) (list List, err error) {
	var entries string
	var created, changed, removed int64
	if err = row.Scan(&list.ID, &list.Version, &list.Kind, &list.Name, &entries, &created, &changed, &removed); err != nil {
		return list, err
	}
	list.Created, list.Changed, list.Removed = db.FromMicros(created), db.FromMicros(changed), db.FromMicros(removed)
	if err := json.Unmarshal([]byte(entries), &list.Entries); err != nil {
		return list, hearth.Errorf(hearth.Damaged, "The entries of the list “%s” cannot be read (%v). Restore hearth.db from a backup.", list.Name, err)
	}
	return list, nil
}

func checkListName(name string) (string, error) {
	name = strings.ToValidUTF8(strings.TrimSpace(name), "\uFFFD")
	if query.ListKey(name) == "" || len(name) > maxNameBytes || strings.ContainsAny(name, "\r\n") {
		return "", &hearth.Error{Code: hearth.Invalid, Field: "name", Message: "A list needs a name of 1 to 200 bytes."}
	}
	return name, nil
}

func listNameIsFree(tx *db.Tx, ws hearth.WorkspaceID, list *List) error {
	var taken int
	err := tx.QueryRow(`SELECT count(*) FROM list WHERE workspace_id = ? AND name_key = ? AND removed IS NULL AND id <> ?`,
		ws, query.ListKey(list.Name), list.ID).Scan(&taken)
	if err == nil && taken > 0 {
		return &hearth.Error{Code: hearth.Conflict, Field: "name", Message: "There is a list “" + list.Name + "” already; give this one another name."}
	}
	return err
}
