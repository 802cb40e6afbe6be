package monitor

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"

	"hearth"
	"hearth/access"
	"hearth/db"
)

// Comparisons are named sets of monitors that are looked at side by side, such
// as a brand and its rivals.
type Comparisons struct{ m *Monitors }

// NewComparisons keeps them beside the monitors.
func NewComparisons(m *Monitors) *Comparisons { return &Comparisons{m} }

// Comparison is one of them.
type Comparison struct {
	ID       int64
	Version  int64 // rises with each change; a change names the version it saw
	Name     string
	Monitors []hearth.MonitorID // in the order in which they are shown
	Created  time.Time
	Changed  time.Time
}

// ComparisonEdit changes what it names; nil leaves it as it is.
type ComparisonEdit struct {
	Name     *string
	Monitors []hearth.MonitorID
}

const (
	leastCompared   = 2
	mostCompared    = 30
	mostComparisons = 1000
)

// Create makes a comparison.
func (c *Comparisons) Create(ctx context.Context, by access.Actor, name string, monitors []hearth.MonitorID) (one Comparison, err error) {
	if err := by.CheckSome(access.WriteMonitors); err != nil {
		return one, err
	}
	one = Comparison{Version: 1, Name: name, Monitors: monitors, Created: c.m.o.Clock()}
	one.Changed = one.Created
	err = c.m.o.State.Write(ctx, func(tx *db.Tx) error {
		if err := one.check(tx, by); err != nil {
			return err
		}
		var there int
		err := tx.QueryRow(`
			SELECT coalesce(max(id), 0) + 1, count(*) FILTER (WHERE removed IS NULL) FROM comparison WHERE workspace_id = ?`, by.Workspace).
			Scan(&one.ID, &there)
		if err != nil {
			return err
		}
		if there >= mostComparisons {
			return hearth.Errorf(hearth.Invalid, "There are %d comparisons, which is the limit; remove one first.", there)
		}
		_, err = tx.Exec(`INSERT INTO comparison (workspace_id, id, version, name, created, changed) VALUES (?, ?, 1, ?, ?, ?)`,
			by.Workspace, one.ID, one.Name, db.Micros(one.Created), db.Micros(one.Changed))
		if err != nil {
			return err
		}
		if err := one.writeMonitors(tx, by.Workspace); err != nil {
			return err
		}
		return access.Record(tx, one.Created, by, "comparison.create", access.Of("comparison", one.ID), nil, one.state())
	})
	return one, err
}

// comparisonState is what the audit log keeps of a comparison.
type comparisonState struct {
	Name     string             `json:"name"`
	Monitors []hearth.MonitorID `json:"monitors"`
}

func (c *Comparison) state() comparisonState { return comparisonState{c.Name, c.Monitors} }

// Change gives a comparison another name or other monitors. Version is the one
// the change was made on; if it has another by now the error is a Conflict.
func (c *Comparisons) Change(ctx context.Context, by access.Actor, id, version int64, e ComparisonEdit) (one Comparison, err error) {
	if err := by.CheckSome(access.WriteMonitors); err != nil {
		return one, err
	}
	err = c.m.o.State.Write(ctx, func(tx *db.Tx) error {
		if one, err = seenComparison(tx, by, access.WriteMonitors, id); err != nil {
			return err
		}
		before := one.state()
		if one.Version != version {
			return hearth.Errorf(hearth.Conflict, "The comparison “%s” was changed by somebody else meanwhile (it is at version %d, you saw %d). Look at it again.",
				one.Name, one.Version, version)
		}
		if e.Name != nil {
			one.Name = *e.Name
		}
		if e.Monitors != nil {
			one.Monitors = e.Monitors
		}
		if err := one.check(tx, by); err != nil {
			return err
		}
		one.Version++
		one.Changed = c.m.o.Clock()
		_, err := tx.Exec(`UPDATE comparison SET version = ?, name = ?, changed = ? WHERE workspace_id = ? AND id = ?`,
			one.Version, one.Name, db.Micros(one.Changed), by.Workspace, id)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(`DELETE FROM comparison_monitor WHERE workspace_id = ? AND comparison_id = ?`, by.Workspace, id); err != nil {
			return err
		}
		if err := one.writeMonitors(tx, by.Workspace); err != nil {
			return err
		}
		return access.Record(tx, one.Changed, by, "comparison.change", access.Of("comparison", id), before, one.state())
	})
	return one, err
}

// Remove takes a comparison away; its monitors stay.
func (c *Comparisons) Remove(ctx context.Context, by access.Actor, id int64) error {
	if err := by.CheckSome(access.WriteMonitors); err != nil {
		return err
	}
	now := c.m.o.Clock()
	return c.m.o.State.Write(ctx, func(tx *db.Tx) error {
		one, err := seenComparison(tx, by, access.WriteMonitors, id)
		if err != nil {
			return err
		}
		_, err = tx.Exec(`UPDATE comparison SET removed = ? WHERE workspace_id = ? AND id = ?`, db.Micros(now), by.Workspace, id)
		if err != nil {
			return err
		}
		return access.Record(tx, now, by, "comparison.remove", access.Of("comparison", id), one.state(), nil)
	})
}

// Get gives one comparison.
func (c *Comparisons) Get(ctx context.Context, by access.Actor, id int64) (one Comparison, err error) {
	if err := by.CheckSome(access.ReadMonitors); err != nil {
		return one, err
	}
	err = c.m.o.State.Read(ctx, func(tx *db.Tx) error {
		one, err = seenComparison(tx, by, access.ReadMonitors, id)
		return err
	})
	return one, err
}

// List gives the workspace's comparisons by name: those of whose monitors the
// actor sees all.
func (c *Comparisons) List(ctx context.Context, by access.Actor) (list []Comparison, err error) {
	scope, err := by.Scope(access.ReadMonitors)
	if err != nil {
		return nil, err
	}
	err = c.m.o.State.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(`SELECT id, version, name, created, changed FROM comparison WHERE workspace_id = ? AND removed IS NULL ORDER BY name, id`, by.Workspace)
		if err != nil {
			return err
		}
		err = db.EachRow(rows, func() error {
			one, err := scanComparison(rows)
			list = append(list, one)
			return err
		})
		for i := range list {
			if err == nil {
				list[i].Monitors, err = comparedMonitors(tx, by.Workspace, list[i].ID)
			}
		}
		if err != nil || scope.Whole() {
			return err
		}
		brands, err := allBrands(tx, by.Workspace)
		list = slices.DeleteFunc(list, func(one Comparison) bool { return !one.in(scope, brands) })
		return err
	})
	return list, err
}

// check looks at a comparison that is to be written.
func (c *Comparison) check(tx *db.Tx, by access.Actor) error {
	ws := by.Workspace
	c.Name = strings.ToValidUTF8(strings.TrimSpace(c.Name), "\uFFFD")
	if c.Name == "" || len(c.Name) > maxNameBytes {
		return &hearth.Error{Code: hearth.Invalid, Field: "name", Message: "A comparison needs a name of 1 to 200 bytes."}
	}
	ids := slices.Clone(c.Monitors)
	slices.Sort(ids)
	if len(ids) < leastCompared || len(ids) > mostCompared || len(slices.Compact(ids)) < len(c.Monitors) {
		return &hearth.Error{Code: hearth.Invalid, Field: "monitors", Message: "Compare 2 to 30 monitors, each once."}
	}
	for _, id := range c.Monitors {
		if _, err := seen(tx, by, access.ReadMonitors, id); err != nil {
			return err
		}
	}
	var taken int
	err := tx.QueryRow(`SELECT count(*) FROM comparison WHERE workspace_id = ? AND name = ? AND removed IS NULL AND id <> ?`, ws, c.Name, c.ID).Scan(&taken)
	if err == nil && taken > 0 {
		return &hearth.Error{Code: hearth.Conflict, Field: "name", Message: "There is a comparison “" + c.Name + "” already; give this one another name."}
	}
	return err
}

func (c *Comparison) writeMonitors(tx *db.Tx, ws hearth.WorkspaceID) error {
	for i, id := range c.Monitors {
		_, err := tx.Exec(`INSERT INTO comparison_monitor (workspace_id, comparison_id, place, monitor_id) VALUES (?, ?, ?, ?)`, ws, c.ID, i, id)
		if err != nil {
			return err
		}
	}
	return nil
}

// in says whether all that is compared is in a scope.
func (c *Comparison) in(scope access.Scope, brands map[hearth.MonitorID][]access.BrandID) bool {
	return len(c.Monitors) > 0 && !slices.ContainsFunc(c.Monitors, func(id hearth.MonitorID) bool { return !scope.Sees(brands[id]) })
}

// seenComparison is one that the actor has a permission for; one that they may
// not see is as one that there is not.
func seenComparison(tx *db.Tx, by access.Actor, p access.Permission, id int64) (Comparison, error) {
	scope, err := by.Scope(p)
	if err != nil {
		return Comparison{}, err
	}
	one, err := readComparison(tx, by.Workspace, id)
	if err != nil || scope.Whole() {
		return one, err
	}
	brands, err := allBrands(tx, by.Workspace)
	if err == nil && !one.in(scope, brands) {
		return Comparison{}, noComparison(id)
	}
	return one, err
}

func readComparison(tx *db.Tx, ws hearth.WorkspaceID, id int64) (Comparison, error) {
	one, err := scanComparison(tx.QueryRow(`
		SELECT id, version, name, created, changed FROM comparison WHERE workspace_id = ? AND id = ? AND removed IS NULL`, ws, id))
	if errors.Is(err, sql.ErrNoRows) {
		return one, noComparison(id)
	}
	if err == nil {
		one.Monitors, err = comparedMonitors(tx, ws, id)
	}
	return one, err
}

func scanComparison(row db.Scanner) (one Comparison, err error) {
	var created, changed int64
	err = row.Scan(&one.ID, &one.Version, &one.Name, &created, &changed)
	one.Created, one.Changed = db.FromMicros(created), db.FromMicros(changed)
	return one, err
}

// comparedMonitors leaves out those that are gone, until they are restored.
func comparedMonitors(tx *db.Tx, ws hearth.WorkspaceID, id int64) (ids []hearth.MonitorID, err error) {
	rows, err := tx.Query(`
		SELECT c.monitor_id FROM comparison_monitor c JOIN monitor m ON m.workspace_id = c.workspace_id AND m.id = c.monitor_id
		WHERE c.workspace_id = ? AND c.comparison_id = ? AND m.removed IS NULL ORDER BY c.place`, ws, id)
	if err != nil {
		return nil, err
	}
	err = db.EachRow(rows, func() error {
		var m hearth.MonitorID
		err := rows.Scan(&m)
		ids = append(ids, m)
		return err
	})
	return ids, err
}

func noComparison(id int64) error {
	return hearth.Errorf(hearth.NotFound, "There is no comparison %d.", id)
}
