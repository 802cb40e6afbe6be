package monitor

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"

	"hearth"
	"hearth/db"
	"hearth/query"
)

// sharedLists is what the lists of all workspaces mean, in memory. Whoever changes
// a list holds the lock until the monitors that use it listen by it; whoever lets a
// monitor listen reads the lists under it.
type sharedLists struct {
	sync.RWMutex
	mu    sync.Mutex // of byKey alone
	byKey map[hearth.WorkspaceID]map[string]*query.Query
	bots  map[hearth.WorkspaceID]map[string]*query.Query // by query.BotKey
}

// of is the lists of a workspace; nobody changes the map.
func (s *sharedLists) of(ws hearth.WorkspaceID) map[string]*query.Query {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.byKey[ws]
}

// all finds what a name means now, be it of a list or of a word of bot:.
func (s *sharedLists) all(ws hearth.WorkspaceID) query.Lists {
	s.mu.Lock()
	lists, bots := s.byKey[ws], s.bots[ws]
	s.mu.Unlock()
	return func(key string) *query.Query {
		if q := lists[key]; q != nil {
			return q
		}
		return bots[key]
	}
}

// put sets what a list means, nil: it is gone.
func (s *sharedLists) put(ws hearth.WorkspaceID, key string, q *query.Query) {
	s.mu.Lock()
	defer s.mu.Unlock()
	next := maps.Clone(s.byKey[ws])
	if next == nil {
		next = map[string]*query.Query{}
	}
	if next[key] = q; q == nil {
		delete(next, key)
	}
	s.byKey[ws] = next
}

// Parse reads a query with the shared lists of a workspace.
func (m *Monitors) Parse(ws hearth.WorkspaceID, text string) (*query.Query, []query.Diagnostic) {
	return query.ParseWith(text, m.shared.all(ws))
}

// ListNames is the names of a workspace's lists as queries compare them, sorted:
// what a query bar offers.
func (m *Monitors) ListNames(ws hearth.WorkspaceID) []string {
	return slices.Sorted(maps.Keys(m.shared.of(ws)))
}

// loadLists reads the lists of all workspaces.
func (m *Monitors) loadLists(ctx context.Context) error {
	all := map[hearth.WorkspaceID]map[string]*query.Query{}
	err := m.o.State.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(`SELECT workspace_id, id, version, kind, name, entries, created, changed, coalesce(removed, 0) FROM list WHERE removed IS NULL`) // all workspaces: the program's start
		if err != nil {
			return err
		}
		return db.EachRow(rows, func() error {
			var ws hearth.WorkspaceID
			list, err := scanList(first{rows, &ws})
			if err != nil {
				return err
			}
			q, err := list.query()
			if err != nil {
				m.o.Log.Error("a shared list is not sound any more", "workspace", ws, "list", list.Name, "problem", err)
				return nil
			}
			if all[ws] == nil {
				all[ws] = map[string]*query.Query{}
			}
			all[ws][query.ListKey(list.Name)] = q
			return nil
		})
	})
	if err != nil {
		return fmt.Errorf("reading the shared lists: %w", err)
	}
	m.shared.mu.Lock()
	m.shared.byKey = all
	m.shared.mu.Unlock()
	return nil
}

// first scans one more column before those of a row.
type first struct {
	row    db.Scanner
	column any
}

func (f first) Scan(columns ...any) error { return f.row.Scan(append([]any{f.column}, columns...)...) }

// use is a monitor that uses a list.
type use struct {
	monitor Monitor
	query   *query.Query
}

// usesOf finds the monitors that use a list.
func (m *Monitors) usesOf(tx *db.Tx, ws hearth.WorkspaceID, key string) (uses []use, err error) {
	brands, err := allBrands(tx, ws)
	if err != nil {
		return nil, err
	}
	rows, err := tx.Query(selectMonitor+` WHERE workspace_id = ? AND removed IS NULL AND lower(canonical) LIKE '%list:%' ORDER BY name, id`, ws)
	if err != nil {
		return nil, err
	}
	any, _ := query.Parse("a")
	return uses, db.EachRow(rows, func() error {
		mon, err := scanMonitor(rows)
		if err != nil {
			return err
		}
		mon.Brands = brands[mon.ID]
		q, _ := query.ParseWith(mon.Canonical, func(string) *query.Query { return any })
		if q != nil && slices.Contains(q.UsesLists(), key) && len(uses) < mostUses {
			uses = append(uses, use{monitor: mon})
		}
		return nil
	})
}

func namesOf(uses []use) string {
	switch len(uses) {
	case 1:
		return "the monitor “" + uses[0].monitor.Name + "”"
	}
	return fmt.Sprintf("%d monitors, among them “%s”", len(uses), uses[0].monitor.Name)
}
