package monitor

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"hearth"
	"hearth/archive"
	"hearth/db"
	"hearth/monitor/tile"
)

// Difference is a number that does not agree with a recount.
type Difference struct {
	Monitor     hearth.MonitorID // 0: all posts
	What        string           // which of its numbers
	Counted, Is int64
}

func (d Difference) String() string {
	return fmt.Sprintf("monitor %d, %s: counted %d, is %d", d.Monitor, d.What, d.Counted, d.Is)
}

// Recount counts a workspace's visible posts anew and compares with every
// roll-up. It is exact only if the log does not grow meanwhile and everything
// in it has been counted: if not, it says so with an Unavailable error and can
// be tried again.
func (m *Monitors) Recount(ctx context.Context, ws hearth.WorkspaceID) ([]Difference, error) {
	before, err := m.settled(ctx)
	if err != nil {
		return nil, err
	}
	differences, err := m.recount(ctx, ws, tiles{-maxQuarter, maxQuarter})
	if err != nil {
		return nil, err
	}
	after, err := m.settled(ctx)
	if err == nil && after != before {
		err = errMoving
	}
	return differences, err
}

// tiles is a time in whole tiles.
type tiles struct{ from, to int64 }

func (t tiles) all() bool { return t.from == -maxQuarter }

func (t tiles) search() archive.Search {
	if t.all() {
		return archive.Search{}
	}
	return archive.Search{From: quarterTime(t.from * quartersOfTile), To: quarterTime(t.to * quartersOfTile)}
}

func (m *Monitors) recount(ctx context.Context, ws hearth.WorkspaceID, over tiles) ([]Difference, error) {
	is, err := m.sumsOf(ctx, ws, over)
	if err != nil {
		return nil, err
	}
	return m.compare(ctx, ws, over, is)
}

const (
	verifyTiles = 28 // a week at a time, so that memory does not grow with the archive
	mostWrong   = 1000
)

// Verify recounts the tiles of all workspaces that have monitors, while posts
// arrive: what does not agree is counted once more, and stays on the list only if
// it is wrong in the same way. It gives up after a thousand differences.
func (m *Monitors) Verify(ctx context.Context) (list []Difference, err error) {
	m.mu.Lock()
	workspaces := slices.Sorted(maps.Keys(m.live))
	m.mu.Unlock()
	for _, ws := range workspaces {
		var from, to int64
		err := m.o.Store.Read(ctx, func(tx *db.Tx) (err error) {
			from, to, _, err = tileEnds(tx, ws, 0)
			return err
		})
		if err != nil {
			return list, err
		}
		for week := (tiles{tileOf(from), tileOf(from) + verifyTiles}); week.from < tileOf(to) && len(list) < mostWrong; {
			wrong, err := m.verify(ctx, ws, week)
			if list = append(list, wrong...); err != nil {
				return list, err
			}
			if week.from, err = m.nextTile(ctx, ws, week.to); err != nil {
				return list, err
			}
			week.to = week.from + verifyTiles
		}
	}
	return list, nil
}

// nextTile skips the time in which there is nothing, which a post of a false
// date can make very long.
func (m *Monitors) nextTile(ctx context.Context, ws hearth.WorkspaceID, from int64) (next int64, err error) {
	err = m.o.Store.Read(ctx, func(tx *db.Tx) error {
		return tx.QueryRow(`SELECT coalesce(min(start), ?) FROM tile WHERE workspace_id = ? AND monitor_id = 0 AND start >= ?`, maxQuarter, ws, from).Scan(&next)
	})
	return next, err
}

func (m *Monitors) verify(ctx context.Context, ws hearth.WorkspaceID, week tiles) ([]Difference, error) {
	first, err := m.recount(ctx, ws, week)
	if err != nil || len(first) == 0 {
		return nil, err
	}
	if err := m.untilCounted(ctx); err != nil {
		return nil, err
	}
	again, err := m.recount(ctx, ws, week)
	return slices.DeleteFunc(again, func(d Difference) bool { return !slices.Contains(first, d) }), err
}

// untilCounted waits until everything that is stored now was taken in.
func (m *Monitors) untilCounted(ctx context.Context) error {
	head, err := m.o.Archive.Head(ctx)
	if err != nil {
		return err
	}
	for {
		counted, err := m.counted(ctx)
		if err != nil || counted >= head {
			return err
		}
		if err := pause(ctx, lookAgain); err != nil {
			return err
		}
	}
}

const lookAgain = 20 * time.Millisecond

var errMoving = &hearth.Error{Code: hearth.Unavailable, Message: "Posts arrived during the recount; try again in a quiet moment."}

// settled is the log's head if everything up to it has been counted.
func (m *Monitors) settled(ctx context.Context) (hearth.Seq, error) {
	head, err := m.o.Archive.Head(ctx)
	if err != nil {
		return 0, err
	}
	counted, err := m.counted(ctx)
	if err == nil && counted != head {
		err = errMoving
	}
	return head, err
}

// counted is the last row of the log that was taken in.
func (m *Monitors) counted(ctx context.Context) (seq hearth.Seq, err error) {
	err = m.o.Store.Read(ctx, func(tx *db.Tx) error {
		return tx.QueryRow(`SELECT seq FROM monitor_build WHERE id = 1`).Scan(&seq)
	})
	return seq, err
}

// sums is every number of a workspace.
type sums struct {
	totals   map[sumKey]int64
	quarters map[sumKey]int64
	names    map[nameSum]int64 // of tiles
	versions map[name]int64    // counted versions that have a name
}

type sumKey struct {
	monitor hearth.MonitorID
	quarter int64 // of totals 0
	dimension
}

type nameSum struct {
	monitor hearth.MonitorID
	tile    int64
	name
}

func newSums() *sums {
	return &sums{totals: map[sumKey]int64{}, quarters: map[sumKey]int64{}, names: map[nameSum]int64{}, versions: map[name]int64{}}
}

// sumsOf counts what the archive shows, independently of the log's history.
// Versions that are hidden are not among them, so names may have more.
func (m *Monitors) sumsOf(ctx context.Context, ws hearth.WorkspaceID, over tiles) (*sums, error) {
	var purged map[hearth.MonitorID]bool
	hits := map[hearth.Seq][]hearth.MonitorID{}
	err := m.o.Store.Read(ctx, func(tx *db.Tx) (err error) {
		if purged, err = readPurged(tx, ws); err != nil {
			return err
		}
		hits, err = readHits(tx, ws, 0, 1<<62)
		return err
	})
	if err != nil {
		return nil, err
	}
	b := batch{known: map[hearth.WorkspaceID]*extras{ws: {hits: hits, purged: purged}}}
	is, namer := newSums(), namer{}
	err = m.o.Archive.Export(ctx, ws, over.search(), func(s *archive.Stored) error {
		s.Workspace = ws
		d, quarter := dimensionOf(ws, &s.Post), quarterOf(timeOf(s).UnixMicro())
		ids := b.monitorsOf(s)
		for _, id := range append(ids, 0) {
			is.totals[sumKey{id, 0, d}]++
			is.quarters[sumKey{id, quarter, d}]++
		}
		if len(ids) == 0 {
			return nil
		}
		for _, l := range namer.of(ws, &s.Post) {
			is.versions[l.name]++
			for _, id := range ids {
				is.names[nameSum{id, tileOf(quarter), l.name}]++
			}
		}
		return nil
	})
	return is, err
}

// compare gives the differences between sums and the roll-ups.
func (m *Monitors) compare(ctx context.Context, ws hearth.WorkspaceID, over tiles, is *sums) (list []Difference, err error) {
	counted := newSums()
	err = m.o.Store.Read(ctx, func(tx *db.Tx) error { return counted.read(tx, ws, over) })
	if err != nil {
		return nil, err
	}
	list = append(list, differences(counted.quarters, is.quarters, sumKey.difference)...)
	counted.foldOthers(is)
	list = append(list, differences(counted.names, is.names, nameSum.difference)...)
	if !over.all() {
		return list, nil
	}
	list = append(list, differences(counted.totals, is.totals, sumKey.difference)...)
	for one, posts := range is.versions {
		if counted.versions[one] < posts {
			list = append(list, Difference{What: "versions with " + one.text, Counted: counted.versions[one], Is: posts})
		}
	}
	return list, nil
}

// differences compares two maps, in no order.
func differences[K comparable](counted, is map[K]int64, say func(K, int64, int64) Difference) (list []Difference) {
	for k, n := range counted {
		if n != is[k] {
			list = append(list, say(k, n, is[k]))
		}
	}
	for k, n := range is {
		if _, ok := counted[k]; !ok {
			list = append(list, say(k, 0, n))
		}
	}
	return list
}

func (k sumKey) difference(counted, is int64) Difference {
	return Difference{Monitor: k.monitor, Counted: counted, Is: is, What: fmt.Sprintf("quarter %d, %s %s %s %s %05b",
		k.quarter, k.network, k.lang, k.sentiment, k.kind, k.intents)}
}

func (k nameSum) difference(counted, is int64) Difference {
	return Difference{Monitor: k.monitor, Counted: counted, Is: is, What: fmt.Sprintf("tile %d, name %d %s %s", k.tile, k.kind, k.network, k.text)}
}

// read takes in the roll-ups as they stand.
func (c *sums) read(tx *db.Tx, ws hearth.WorkspaceID, over tiles) error {
	dimensions, err := readDimensions(tx, ws)
	if err != nil {
		return err
	}
	names, err := c.readNames(tx, ws)
	if err != nil {
		return err
	}
	rows, err := tx.Query(`SELECT monitor_id, dimension_id, posts FROM total WHERE workspace_id = ?`, ws)
	if err != nil {
		return err
	}
	err = db.EachRow(rows, func() error {
		var id hearth.MonitorID
		var d, posts int64
		err := rows.Scan(&id, &d, &posts)
		c.totals[sumKey{id, 0, dimensions[d]}] += posts
		return err
	})
	if err != nil {
		return err
	}
	if rows, err = tx.Query(`SELECT monitor_id, start, counts, names FROM tile WHERE workspace_id = ? AND start >= ? AND start < ?`, ws, over.from, over.to); err != nil {
		return err
	}
	return db.EachRow(rows, func() error {
		var id hearth.MonitorID
		var start int64
		var counts, packed []byte
		if err := rows.Scan(&id, &start, &counts, &packed); err != nil {
			return err
		}
		err := tile.Each(counts, func(key uint64, posts int64) error {
			c.quarters[sumKey{id, start*quartersOfTile + int64(key>>32), dimensions[int64(key&(1<<32-1))]}] += posts
			return nil
		})
		if err != nil {
			return err
		}
		return tile.Each(packed, func(key uint64, posts int64) error {
			c.names[nameSum{id, start, names[int64(key)]}] += posts
			return nil
		})
	})
}

// readNames reads all names, and how many versions have each.
func (c *sums) readNames(tx *db.Tx, ws hearth.WorkspaceID) (map[int64]name, error) {
	rows, err := tx.Query(`SELECT id, kind, network, text, posts FROM name WHERE workspace_id = ?`, ws)
	if err != nil {
		return nil, err
	}
	names := map[int64]name{}
	return names, db.EachRow(rows, func() error {
		one := name{workspace: ws}
		var id, posts int64
		err := rows.Scan(&id, &one.kind, &one.network, &one.text, &posts)
		names[id], c.versions[one] = one, posts
		return err
	})
}

// foldOthers sums up the names of tiles that had no room for all of them, on
// both sides.
func (c *sums) foldOthers(is *sums) {
	full := map[nameSum]bool{}
	for k := range c.names {
		if k.name == (name{}) {
			full[k] = true
		}
	}
	if len(full) == 0 {
		return
	}
	for _, names := range []map[nameSum]int64{c.names, is.names} {
		for k, n := range names {
			others := nameSum{monitor: k.monitor, tile: k.tile}
			if k != others && full[others] {
				delete(names, k)
				names[others] += n
			}
		}
	}
}
