package monitor

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"hearth"
	"hearth/access"
	"hearth/db"
	"hearth/query"
)

// Monitor is a saved query that listens.
type Monitor struct {
	ID        hearth.MonitorID
	Version   int64 // rises with each change; a change names the version it saw
	Name      string
	Query     string           // as a person wrote it
	Canonical string           // as it is compared
	Brands    []access.BrandID // rising; none: the whole workspace
	Paused    bool
	Created   time.Time
	Changed   time.Time
	Removed   time.Time // zero: it is there

	queryVersion int64
}

// Draft is a monitor to be.
type Draft struct {
	Name   string
	Query  string
	Brands []access.BrandID // none: the brand that is looked at, else the whole workspace
}

// Edit changes what it names; nil leaves it as it is.
type Edit struct {
	Name   *string
	Query  *string
	Brands *[]access.BrandID
}

const (
	maxNameBytes = 200
	// restoreTime is how long a removed monitor can be restored.
	restoreTime = 30 * 24 * time.Hour
)

// QueryError is an Invalid error about a query that holds all its problems.
type QueryError struct {
	Diagnostics []query.Diagnostic
}

func (e *QueryError) Error() string {
	var b strings.Builder
	errors := 0
	for _, d := range e.Diagnostics {
		if d.Severity != query.Error {
			continue
		}
		if errors++; errors > 3 {
			continue
		}
		fmt.Fprintf(&b, "At byte %d: %s ", d.Offset, d.Message)
	}
	if errors > 3 {
		fmt.Fprintf(&b, "And %d more.", errors-3)
	}
	return strings.TrimSpace(b.String())
}

// Unwrap lets the error be what it is: Invalid input in the field query.
func (e *QueryError) Unwrap() error {
	return &hearth.Error{Code: hearth.Invalid, Field: "query", Message: e.Error()}
}

// parse is Parse with one error.
func (m *Monitors) parse(ws hearth.WorkspaceID, text string) (*query.Query, error) {
	q, diagnostics := m.Parse(ws, text)
	if q == nil {
		return nil, &QueryError{Diagnostics: diagnostics}
	}
	return q, nil
}

// Create saves a query. It listens when Create returns and then fills from the
// archive. An unsound query is a QueryError.
func (m *Monitors) Create(ctx context.Context, by access.Actor, d Draft) (Monitor, error) {
	if err := by.CheckSome(access.WriteMonitors); err != nil {
		return Monitor{}, err
	}
	if len(d.Brands) == 0 && by.At() != 0 {
		d.Brands = []access.BrandID{by.At()}
	}
	q, err := m.parse(by.Workspace, d.Query)
	if err != nil {
		return Monitor{}, err
	}
	name, err := checkName(d.Name)
	if err != nil {
		return Monitor{}, err
	}
	now := m.o.Clock()
	mon := Monitor{Version: 1, queryVersion: 1, Name: name, Brands: slices.Clone(d.Brands), Query: d.Query, Canonical: q.String(), Created: now, Changed: now}
	err = m.o.State.Write(ctx, func(tx *db.Tx) error {
		var living int
		err := tx.QueryRow(`
			SELECT (SELECT coalesce(max(id), 0) + 1 FROM monitor WHERE workspace_id = ?1),
			       (SELECT count(*) FROM monitor WHERE workspace_id = ?1 AND removed IS NULL)`, by.Workspace).Scan(&mon.ID, &living)
		if err != nil {
			return err
		}
		if living >= m.o.Limit {
			return hearth.Errorf(hearth.Invalid, "There are %d monitors already, which is the limit here; remove one first.", living)
		}
		if err := nameIsFree(tx, by.Workspace, mon.Name, 0); err != nil {
			return err
		}
		_, err = tx.Exec(`
			INSERT INTO monitor (workspace_id, id, version, query_version, name, query, canonical, paused, created, changed)
			VALUES (?, ?, 1, 1, ?, ?, ?, 0, ?, ?)`,
			by.Workspace, mon.ID, mon.Name, mon.Query, mon.Canonical, db.Micros(now), db.Micros(now))
		if err != nil {
			return err
		}
		if err := writeBrands(tx, by, &mon); err != nil {
			return err
		}
		if err := writeVersion(tx, by, &mon); err != nil {
			return err
		}
		return access.Record(tx, now, by, "monitor.create", access.Of("monitor", mon.ID), nil, mon.state())
	})
	if err != nil {
		return Monitor{}, err
	}
	m.follow(by.Workspace, &mon, q)
	return mon, nil
}

// Change gives a monitor another name or query. Version is the one the change
// was made on; if the monitor has another by now, nothing is changed and the
// error is a Conflict. Mentions of the old query stay; a new query finds its
// past as a new monitor does.
func (m *Monitors) Change(ctx context.Context, by access.Actor, id hearth.MonitorID, version int64, e Edit) (Monitor, error) {
	if e.Query != nil {
		if err := by.CheckSome(access.WriteMonitors); err != nil { // before anything is said about the query
			return Monitor{}, err
		}
		if _, err := m.parse(by.Workspace, *e.Query); err != nil {
			return Monitor{}, err
		}
	}
	return m.edit(ctx, by, "monitor.change", id, func(mon *Monitor) error {
		if mon.Version != version {
			return hearth.Errorf(hearth.Conflict, "The monitor “%s” was changed by somebody else meanwhile (it is at version %d, you saw %d). Look at it again.",
				mon.Name, mon.Version, version)
		}
		if e.Name != nil {
			name, err := checkName(*e.Name)
			if err != nil {
				return err
			}
			mon.Name = name
		}
		if e.Query != nil {
			mon.Query = *e.Query
		}
		if e.Brands != nil {
			mon.Brands = slices.Clone(*e.Brands)
		}
		return nil
	})
}

// Pause lets a monitor sleep; its mentions stay.
func (m *Monitors) Pause(ctx context.Context, by access.Actor, id hearth.MonitorID) (Monitor, error) {
	return m.edit(ctx, by, "monitor.pause", id, func(mon *Monitor) error { mon.Paused = true; return nil })
}

// Resume wakes a monitor. It finds in the archive what it slept through.
func (m *Monitors) Resume(ctx context.Context, by access.Actor, id hearth.MonitorID) (Monitor, error) {
	return m.edit(ctx, by, "monitor.resume", id, func(mon *Monitor) error { mon.Paused = false; return nil })
}

// edit changes a monitor in one transaction; what changes nothing writes
// nothing.
func (m *Monitors) edit(ctx context.Context, by access.Actor, verb string, id hearth.MonitorID, change func(*Monitor) error) (Monitor, error) {
	var mon Monitor
	var q *query.Query
	err := m.o.State.Write(ctx, func(tx *db.Tx) error {
		var err error
		if mon, err = held(tx, by, id); err != nil {
			return err
		}
		before := mon
		if err := change(&mon); err != nil {
			return err
		}
		if q, err = m.parse(by.Workspace, mon.Query); err != nil && !mon.Paused {
			return err // a query of an older Hearth, to be mended before it is woken
		}
		if q != nil {
			mon.Canonical = q.String()
		}
		if mon.Name == before.Name && mon.Query == before.Query && mon.Canonical == before.Canonical && mon.Paused == before.Paused &&
			slices.Equal(mon.Brands, before.Brands) {
			return nil
		}
		if err := nameIsFree(tx, by.Workspace, mon.Name, id); err != nil {
			return err
		}
		if !slices.Equal(mon.Brands, before.Brands) {
			if err := writeBrands(tx, by, &mon); err != nil {
				return err
			}
		}
		mon.Version++
		mon.Changed = m.o.Clock()
		if mon.Canonical != before.Canonical || before.Paused && !mon.Paused {
			mon.queryVersion = mon.Version
		}
		_, err = tx.Exec(`
			UPDATE monitor SET version = ?, query_version = ?, name = ?, query = ?, canonical = ?, paused = ?, changed = ?
			WHERE workspace_id = ? AND id = ?`,
			mon.Version, mon.queryVersion, mon.Name, mon.Query, mon.Canonical, db.Truth(mon.Paused), db.Micros(mon.Changed), by.Workspace, id)
		if err != nil {
			return err
		}
		if err := writeVersion(tx, by, &mon); err != nil {
			return err
		}
		return access.Record(tx, mon.Changed, by, verb, access.Of("monitor", id), before.state(), mon.state())
	})
	if err != nil {
		return Monitor{}, err
	}
	m.follow(by.Workspace, &mon, q)
	return mon, nil
}

// follow brings the standing queries in step with a monitor's row.
func (m *Monitors) follow(ws hearth.WorkspaceID, mon *Monitor, q *query.Query) {
	m.shared.RLock()
	defer m.shared.RUnlock()
	if q != nil && q.Written != nil { // its lists may have changed meanwhile
		q, _ = m.Parse(ws, mon.Query)
	}
	m.listen(ws, mon, q)
}

// listen is follow by a query that is known to be the present one.
func (m *Monitors) listen(ws hearth.WorkspaceID, mon *Monitor, q *query.Query) {
	if mon.Paused || !mon.Removed.IsZero() || q == nil {
		m.liveOf(ws).Remove(mon.ID)
	} else {
		m.liveOf(ws).Put(mon.ID, q)
		m.begin(ws, mon.ID)
	}
	m.announce(ws, mon.ID)
}

// Remove takes a monitor away. It can be restored for 30 days; after that its
// mentions and counts are gone. Posts stay in the archive.
func (m *Monitors) Remove(ctx context.Context, by access.Actor, id hearth.MonitorID) error {
	now := m.o.Clock()
	err := m.o.State.Write(ctx, func(tx *db.Tx) error {
		mon, err := held(tx, by, id)
		if err != nil {
			return err
		}
		_, err = tx.Exec(`UPDATE monitor SET removed = ? WHERE workspace_id = ? AND id = ?`, db.Micros(now), by.Workspace, id)
		if err != nil {
			return err
		}
		return access.Record(tx, now, by, "monitor.remove", access.Of("monitor", id), mon.state(), nil)
	})
	if err != nil {
		return err
	}
	m.liveOf(by.Workspace).Remove(id)
	m.announce(by.Workspace, id)
	return nil
}

// Restore brings a removed monitor back, with its mentions. It finds in the
// archive what it missed.
func (m *Monitors) Restore(ctx context.Context, by access.Actor, id hearth.MonitorID) (Monitor, error) {
	scope, err := by.Scope(access.WriteMonitors)
	if err != nil {
		return Monitor{}, err
	}
	var mon Monitor
	var q *query.Query
	err = m.o.State.Write(ctx, func(tx *db.Tx) error {
		var err error
		mon, err = scanMonitor(tx.QueryRow(selectMonitor+` WHERE workspace_id = ? AND id = ? AND removed IS NOT NULL AND purged = 0`, by.Workspace, id))
		if err == nil {
			mon.Brands, err = readBrands(tx, by.Workspace, id)
		}
		if errors.Is(err, sql.ErrNoRows) || err == nil && !scope.Whole() && !scope.Sees(mon.Brands) {
			return hearth.Errorf(hearth.NotFound, "There is no removed monitor %d that could be restored.", id)
		}
		if err != nil {
			return err
		}
		if err := holds(by, &mon); err != nil {
			return err
		}
		if err := nameIsFree(tx, by.Workspace, mon.Name, id); err != nil {
			return err
		}
		if q, err = m.parse(by.Workspace, mon.Query); err != nil {
			mon.Paused = true
		}
		mon.Removed = time.Time{}
		mon.Version++
		mon.queryVersion = mon.Version
		mon.Changed = m.o.Clock()
		_, err = tx.Exec(`
			UPDATE monitor SET removed = NULL, version = ?, query_version = ?, paused = ?, changed = ? WHERE workspace_id = ? AND id = ?`,
			mon.Version, mon.queryVersion, db.Truth(mon.Paused), db.Micros(mon.Changed), by.Workspace, id)
		if err != nil {
			return err
		}
		if err := writeVersion(tx, by, &mon); err != nil {
			return err
		}
		return access.Record(tx, mon.Changed, by, "monitor.restore", access.Of("monitor", id), nil, mon.state())
	})
	if err != nil {
		return Monitor{}, err
	}
	m.follow(by.Workspace, &mon, q)
	return mon, nil
}

// Get gives one monitor.
func (m *Monitors) Get(ctx context.Context, by access.Actor, id hearth.MonitorID) (mon Monitor, err error) {
	err = m.o.State.Read(ctx, func(tx *db.Tx) error {
		mon, err = seen(tx, by, access.ReadMonitors, id)
		return err
	})
	mon.shownTo(by)
	return mon, err
}

// List gives the workspace's monitors by name.
func (m *Monitors) List(ctx context.Context, by access.Actor) ([]Monitor, error) {
	return m.list(ctx, by, selectMonitor+` WHERE workspace_id = ? AND removed IS NULL ORDER BY name, id`)
}

// Removed gives the monitors that can be restored, the latest removed first.
func (m *Monitors) Removed(ctx context.Context, by access.Actor) ([]Monitor, error) {
	return m.list(ctx, by, selectMonitor+` WHERE workspace_id = ? AND removed IS NOT NULL AND purged = 0 ORDER BY removed DESC, id`)
}

func (m *Monitors) list(ctx context.Context, by access.Actor, statement string) (list []Monitor, err error) {
	scope, err := by.Scope(access.ReadMonitors)
	if err != nil {
		return nil, err
	}
	err = m.o.State.Read(ctx, func(tx *db.Tx) error {
		list, err = readMonitors(tx, statement, by.Workspace)
		return err
	})
	if !scope.Whole() {
		list = slices.DeleteFunc(list, func(mon Monitor) bool { return !scope.Sees(mon.Brands) })
	}
	for i := range list {
		list[i].shownTo(by)
	}
	return list, err
}

// readMonitors reads the rows of a statement, which has one parameter.
func readMonitors(tx *db.Tx, statement string, ws hearth.WorkspaceID) (list []Monitor, err error) {
	brands, err := allBrands(tx, ws)
	if err != nil {
		return nil, err
	}
	rows, err := tx.Query(statement, ws)
	if err != nil {
		return nil, err
	}
	err = db.EachRow(rows, func() error {
		mon, err := scanMonitor(rows)
		mon.Brands = brands[mon.ID]
		list = append(list, mon)
		return err
	})
	return list, err
}

const selectMonitor = `
SELECT id, version, query_version, name, query, canonical, paused, created, changed, coalesce(removed, 0) FROM monitor`

func readMonitor(tx *db.Tx, ws hearth.WorkspaceID, id hearth.MonitorID) (Monitor, error) {
	mon, err := scanMonitor(tx.QueryRow(selectMonitor+` WHERE workspace_id = ? AND id = ? AND removed IS NULL`, ws, id))
	if errors.Is(err, sql.ErrNoRows) {
		return mon, noMonitor(id)
	}
	if err == nil {
		mon.Brands, err = readBrands(tx, ws, id)
	}
	return mon, err
}

func scanMonitor(row db.Scanner) (mon Monitor, err error) {
	var created, changed, removed int64
	err = row.Scan(&mon.ID, &mon.Version, &mon.queryVersion, &mon.Name, &mon.Query, &mon.Canonical, &mon.Paused, &created, &changed, &removed)
	mon.Created, mon.Changed, mon.Removed = db.FromMicros(created), db.FromMicros(changed), db.FromMicros(removed)
	return mon, err
}

func checkName(name string) (string, error) {
	name = strings.TrimSpace(name)
	if name == "" || len(name) > maxNameBytes {
		return "", &hearth.Error{Code: hearth.Invalid, Field: "name", Message: "A monitor needs a name of 1 to 200 bytes."}
	}
	return strings.ToValidUTF8(name, "\uFFFD"), nil
}

func nameIsFree(tx *db.Tx, ws hearth.WorkspaceID, name string, but hearth.MonitorID) error {
	var taken int
	err := tx.QueryRow(`
		SELECT count(*) FROM monitor
		WHERE workspace_id = ? AND name = ? AND removed IS NULL AND id <> ?`, ws, name, but).Scan(&taken)
	if err == nil && taken > 0 {
		return &hearth.Error{Code: hearth.Conflict, Field: "name", Message: "There is a monitor “" + name + "” already; give this one another name."}
	}
	return err
}

func noMonitor(id hearth.MonitorID) error {
	return hearth.Errorf(hearth.NotFound, "There is no monitor %d.", id)
}
