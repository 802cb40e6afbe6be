package monitor

import (
	"context"
	"slices"

	"hearth"
	"hearth/access"
	"hearth/archive"
	"hearth/db"
	"hearth/query"
	"hearth/text"
)

// Brands. A monitor belongs to the brands it names, or to the whole workspace.
// Whoever has a role for a brand only sees its monitors, and of the stored posts
// those that one of these monitors catches: what its query selects, and what it
// caught before the query was changed. So whoever may write a brand's monitors
// decides what the brand sees.

// mostBrands is how many brands a monitor may belong to.
const mostBrands = 20

// readBrands is the brands of a monitor.
func readBrands(tx *db.Tx, ws hearth.WorkspaceID, id hearth.MonitorID) (brands []access.BrandID, err error) {
	rows, err := tx.Query(`SELECT brand_id FROM monitor_brand WHERE workspace_id = ? AND monitor_id = ? ORDER BY brand_id`, ws, id)
	if err != nil {
		return nil, err
	}
	err = db.EachRow(rows, func() error {
		var b access.BrandID
		err := rows.Scan(&b)
		brands = append(brands, b)
		return err
	})
	return brands, err
}

// allBrands is the brands of all monitors of a workspace that have any.
func allBrands(tx *db.Tx, ws hearth.WorkspaceID) (map[hearth.MonitorID][]access.BrandID, error) {
	rows, err := tx.Query(`SELECT monitor_id, brand_id FROM monitor_brand WHERE workspace_id = ? ORDER BY monitor_id, brand_id`, ws)
	if err != nil {
		return nil, err
	}
	all := map[hearth.MonitorID][]access.BrandID{}
	err = db.EachRow(rows, func() error {
		var id hearth.MonitorID
		var b access.BrandID
		err := rows.Scan(&id, &b)
		all[id] = append(all[id], b)
		return err
	})
	return all, err
}

// writeBrands gives a monitor its brands, tidied. The actor must be allowed to
// change what belongs to each.
func writeBrands(tx *db.Tx, by access.Actor, mon *Monitor) error {
	slices.Sort(mon.Brands)
	mon.Brands = slices.Compact(mon.Brands)
	if len(mon.Brands) > mostBrands {
		return &hearth.Error{Code: hearth.Invalid, Field: "brands", Message: "A monitor belongs to at most 20 brands; choose one that stands above them."}
	}
	if err := access.CheckBrands(tx, by, access.WriteMonitors, mon.Brands); err != nil {
		return err
	}
	if err := holds(by, mon); err != nil {
		return err
	}
	if _, err := tx.Exec(`DELETE FROM monitor_brand WHERE workspace_id = ? AND monitor_id = ?`, by.Workspace, mon.ID); err != nil {
		return err
	}
	for _, b := range mon.Brands {
		if _, err := tx.Exec(`INSERT INTO monitor_brand (workspace_id, monitor_id, brand_id) VALUES (?, ?, ?)`, by.Workspace, mon.ID, b); err != nil {
			return err
		}
	}
	return nil
}

// holds is nil if the actor may change a monitor: it is wholly of brands for
// which they may.
func holds(by access.Actor, mon *Monitor) error {
	scope, err := by.Scope(access.WriteMonitors)
	if err != nil || scope.Holds(mon.Brands) {
		return err
	}
	if len(mon.Brands) == 0 {
		return &hearth.Error{Code: hearth.Denied, Field: "brands", Message: "What belongs to no brand is the whole workspace's, which you may not change; name a brand of yours."}
	}
	return &hearth.Error{Code: hearth.Denied, Field: "brands", Message: "The monitor belongs to a brand, too, for which you may not change monitors."}
}

// seen is a living monitor that the actor has a permission for; one that they may
// not see is as one that there is not.
func seen(tx *db.Tx, by access.Actor, p access.Permission, id hearth.MonitorID) (Monitor, error) {
	scope, err := by.Scope(p)
	if err != nil {
		return Monitor{}, err
	}
	mon, err := readMonitor(tx, by.Workspace, id)
	if err == nil && !scope.Whole() && !scope.Sees(mon.Brands) {
		return Monitor{}, noMonitor(id)
	}
	return mon, err
}

// held is a living monitor that the actor may change.
func held(tx *db.Tx, by access.Actor, id hearth.MonitorID) (Monitor, error) {
	mon, err := seen(tx, by, access.WriteMonitors, id)
	if err == nil {
		err = holds(by, &mon)
	}
	return mon, err
}

// shownTo leaves out of a monitor the brands that are not the actor's.
func (mon *Monitor) shownTo(by access.Actor) {
	scope, _ := by.Scope(access.ReadMonitors)
	if scope.Bound() {
		mon.Brands = slices.DeleteFunc(slices.Clone(mon.Brands), func(b access.BrandID) bool { return !scope.Allows(b) })
	}
}

// sight is which stored posts an actor sees.
type sight struct {
	whole bool                      // all of them
	ids   map[hearth.MonitorID]bool // else what these caught
	query *query.Query              // and what this selects: the queries of these as they are now
}

// sight is what the actor sees.
func (m *Monitors) sight(ctx context.Context, by access.Actor) (s sight, err error) {
	scope, err := by.Scope(access.ReadPosts)
	if err != nil || scope.Whole() {
		return sight{whole: true}, err
	}
	list, err := m.within(ctx, by.Workspace, scope)
	if err != nil {
		return s, err
	}
	s.ids = make(map[hearth.MonitorID]bool, len(list))
	var parts []query.Node
	for i := range list {
		s.ids[list[i].ID] = true
		q, _ := m.Parse(by.Workspace, list[i].Query)
		if q == nil {
			continue // its query is not sound any more
		}
		if or, ok := q.Root.(query.Or); ok {
			parts = append(parts, or.Parts...)
		} else {
			parts = append(parts, q.Root)
		}
	}
	switch len(parts) {
	case 0:
		s.query = &query.Query{Root: query.Field{Name: query.FieldNetwork, Values: []query.Value{query.StringValue{Text: "of no monitor"}}}}
	case 1:
		s.query = &query.Query{Root: parts[0]}
	default:
		s.query = &query.Query{Root: query.Or{Parts: parts}}
	}
	return s, nil
}

// within is the living monitors in a scope.
func (m *Monitors) within(ctx context.Context, ws hearth.WorkspaceID, scope access.Scope) (list []Monitor, err error) {
	err = m.o.State.Read(ctx, func(tx *db.Tx) error {
		if list, err = readMonitors(tx, selectMonitor+` WHERE workspace_id = ? AND removed IS NULL ORDER BY name, id`, ws); err != nil {
			return err
		}
		list = slices.DeleteFunc(list, func(mon Monitor) bool { return !scope.Sees(mon.Brands) })
		return nil
	})
	return list, err
}

// and is a query within what is seen; nil is everything.
func (s *sight) and(q *query.Query) *query.Query {
	switch {
	case s.whole:
		return q
	case q == nil:
		return s.query
	}
	return both(q, s.query)
}

// only leaves the monitors that the actor sees.
func (s *sight) only(ids []hearth.MonitorID) []hearth.MonitorID {
	if s.whole {
		return ids
	}
	return slices.DeleteFunc(slices.Clone(ids), func(id hearth.MonitorID) bool { return !s.ids[id] })
}

// any says whether one of the monitors is seen.
func (s *sight) any(ids []hearth.MonitorID) bool {
	return slices.ContainsFunc(ids, func(id hearth.MonitorID) bool { return s.ids[id] })
}

// visible leaves of a stored post what the actor may know of it, and is false if
// it is not for them.
func (m *Monitors) visible(ctx context.Context, ws hearth.WorkspaceID, s *sight, post *archive.Stored) (bool, error) {
	if s.whole {
		return true, nil
	}
	caught := post.Monitors
	err := m.o.Store.Read(ctx, func(tx *db.Tx) error {
		later, err := hitsOf(tx, ws, post.Seq)
		caught = append(slices.Clone(caught), later...)
		return err
	})
	post.Monitors = s.only(post.Monitors)
	if err != nil || s.any(caught) {
		return err == nil, err
	}
	var doc text.Doc
	query.AddPost(&doc, &post.Post)
	return s.query.MatchDoc(&post.Post, &doc), nil
}

// hitsOf is the monitors that found a post later.
func hitsOf(tx *db.Tx, ws hearth.WorkspaceID, seq hearth.Seq) (ids []hearth.MonitorID, err error) {
	rows, err := tx.Query(`SELECT monitor_id FROM monitor_hit WHERE workspace_id = ? AND seq = ? ORDER BY monitor_id`, ws, seq)
	if err != nil {
		return nil, err
	}
	err = db.EachRow(rows, func() error {
		var id hearth.MonitorID
		err := rows.Scan(&id)
		ids = append(ids, id)
		return err
	})
	return ids, err
}

// checkWide is nil if the actor may look beyond what they see, as who tries a
// query must: whoever sees all, or may write monitors and so could catch it.
func checkWide(by access.Actor) error {
	scope, err := by.Scope(access.ReadPosts)
	if err != nil || !scope.Bound() {
		return err
	}
	return by.CheckSome(access.WriteMonitors)
}

// Seen says which monitors are within an actor's reach; it is for what belongs to
// monitors, such as alerts.
type Seen struct {
	scope  access.Scope
	brands map[hearth.MonitorID][]access.BrandID
}

// SeenBy is what an actor has a permission for, a Denied error if that is
// nothing. It reads a transaction of the state's database.
func SeenBy(tx *db.Tx, by access.Actor, p access.Permission) (s Seen, err error) {
	if s.scope, err = by.Scope(p); err != nil || s.scope.Whole() {
		return s, err
	}
	s.brands, err = allBrands(tx, by.Workspace)
	return s, err
}

// BrandsOf is the brands of all monitors of a workspace that have any.
func BrandsOf(tx *db.Tx, ws hearth.WorkspaceID) (map[hearth.MonitorID][]access.BrandID, error) {
	return allBrands(tx, ws)
}

// Whole says whether everything is within reach.
func (s Seen) Whole() bool { return s.scope.Whole() }

// Has says whether what belongs to a monitor is within reach; what belongs to
// none, 0, is the whole workspace's.
func (s Seen) Has(id hearth.MonitorID) bool { return s.scope.Whole() || s.scope.Sees(s.brands[id]) }

// Holds says whether what belongs to a monitor may be changed.
func (s Seen) Holds(id hearth.MonitorID) bool { return s.scope.Whole() || s.scope.Holds(s.brands[id]) }
