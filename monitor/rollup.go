package monitor

import (
	"cmp"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"

	"hearth"
	"hearth/db"
	"hearth/monitor/tile"
)

// Roll-ups are totals by dimension, and tiles: the posts of six hours by quarter
// of an hour and dimension, and by name.
const (
	microsPerQuarter = int64(900_000_000)
	quartersOfTile   = 24
	mostNames        = 16_384 // of one tile; what finds no room counts under tile.Others
)

// quarterOf numbers the quarter of an hour that a time in microseconds is in,
// counted from 1970.
func quarterOf(us int64) int64 { return floor(us, microsPerQuarter) }

// tileOf numbers the tile that a quarter is in.
func tileOf(quarter int64) int64 { return floor(quarter, quartersOfTile) }

// countKey is the key of a quarter and a dimension in the counts of a tile.
func countKey(quarter, dimension int64) uint64 {
	return uint64(quarter-tileOf(quarter)*quartersOfTile)<<32 | uint64(dimension)
}

// floor divides and rounds down, before 1970 too.
func floor(n, by int64) int64 {
	q := n / by
	if n%by < 0 {
		q--
	}
	return q
}

// totalKey names a row of the totals.
type totalKey struct {
	workspace hearth.WorkspaceID
	monitor   hearth.MonitorID // 0: all posts
	dimension int64
}

// tileKey names a tile.
type tileKey struct {
	workspace hearth.WorkspaceID
	monitor   hearth.MonitorID // 0: all posts
	start     int64
}

// tileMoves is by how much the numbers of a tile change.
type tileMoves struct{ counts, names map[uint64]int64 }

// rollups is by how much the roll-ups change.
type rollups struct {
	totals map[totalKey]int64
	tiles  map[tileKey]tileMoves
}

func newRollups() *rollups {
	return &rollups{totals: map[totalKey]int64{}, tiles: map[tileKey]tileMoves{}}
}

// add counts a version once more, or once less, for a monitor.
func (moved *rollups) add(t *tally, id hearth.MonitorID, by int64) {
	moved.totals[totalKey{t.workspace, id, t.dimension}] += by
	quarter := quarterOf(t.at)
	key := tileKey{t.workspace, id, tileOf(quarter)}
	m, ok := moved.tiles[key]
	if !ok {
		m = tileMoves{counts: map[uint64]int64{}, names: map[uint64]int64{}}
		moved.tiles[key] = m
	}
	m.counts[countKey(quarter, t.dimension)] += by
	if id == 0 {
		return
	}
	for _, name := range t.names {
		m.names[uint64(name)] += by
	}
}

// write applies the changes, in the order of the tables.
func (moved *rollups) write(tx *db.Tx) error {
	totals := slices.SortedFunc(maps.Keys(moved.totals), func(a, b totalKey) int {
		return cmp.Or(cmp.Compare(a.workspace, b.workspace), cmp.Compare(a.monitor, b.monitor), cmp.Compare(a.dimension, b.dimension))
	})
	var more []any // those that only grow, in few statements
	for _, k := range totals {
		by := moved.totals[k]
		if by > 0 {
			more = append(more, k.workspace, k.monitor, k.dimension, by)
		}
		if by < 0 {
			if err := k.write(tx, by); err != nil {
				return err
			}
		}
	}
	_, err := tx.Many(`
		INSERT INTO total (workspace_id, monitor_id, dimension_id, posts) VALUES (?, ?, ?, ?)
		ON CONFLICT (workspace_id, monitor_id, dimension_id) DO UPDATE SET posts = total.posts + excluded.posts`, more)
	if err != nil {
		return err
	}
	tiles := slices.SortedFunc(maps.Keys(moved.tiles), func(a, b tileKey) int {
		return cmp.Or(cmp.Compare(a.workspace, b.workspace), cmp.Compare(a.monitor, b.monitor), cmp.Compare(a.start, b.start))
	})
	var rows []any
	for _, k := range tiles {
		counts, names, err := k.merge(tx, moved.tiles[k])
		if err != nil {
			return fmt.Errorf("tile %d of monitor %d: %w", k.start, k.monitor, err)
		}
		if counts != nil {
			rows = append(rows, k.workspace, k.monitor, k.start, counts, names)
		}
	}
	_, err = tx.Many(`
		INSERT INTO tile (workspace_id, monitor_id, start, counts, names) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (workspace_id, monitor_id, start) DO UPDATE SET counts = excluded.counts, names = excluded.names`, rows)
	return err
}

func (k totalKey) write(tx *db.Tx, by int64) error {
	var posts int64
	err := tx.QueryRow(`
		INSERT INTO total (workspace_id, monitor_id, dimension_id, posts) VALUES (?, ?, ?, ?)
		ON CONFLICT (workspace_id, monitor_id, dimension_id) DO UPDATE SET posts = total.posts + excluded.posts
		RETURNING posts`, k.workspace, k.monitor, k.dimension, by).Scan(&posts)
	switch {
	case err != nil || posts > 0:
		return err
	case posts < 0:
		return fmt.Errorf("monitor %d would count %d posts", k.monitor, posts)
	}
	_, err = tx.Exec(`DELETE FROM total WHERE workspace_id = ? AND monitor_id = ? AND dimension_id = ?`, k.workspace, k.monitor, k.dimension)
	return err
}

// merge is what a tile is to hold; nil: nothing is to be written.
func (k tileKey) merge(tx *db.Tx, m tileMoves) (newCounts, newNames []byte, err error) {
	counts, names := entriesOf(m.counts), entriesOf(m.names)
	if len(counts)+len(names) == 0 {
		return nil, nil, nil
	}
	var oldCounts, oldNames []byte
	err = tx.QueryRow(`SELECT counts, names FROM tile WHERE workspace_id = ? AND monitor_id = ? AND start = ?`, k.workspace, k.monitor, k.start).
		Scan(&oldCounts, &oldNames)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, nil, err
	}
	if newCounts, err = tile.Merge(oldCounts, counts); err != nil {
		return nil, nil, err
	}
	if newNames, err = tile.MergeMost(oldNames, names, mostNames); err != nil {
		return nil, nil, err
	}
	if len(newCounts) == 0 && len(newNames) == 0 {
		_, err = tx.Exec(`DELETE FROM tile WHERE workspace_id = ? AND monitor_id = ? AND start = ?`, k.workspace, k.monitor, k.start)
		return nil, nil, err
	}
	return notNil(newCounts), notNil(newNames), nil
}

// notNil is an empty blob where there is none.
func notNil(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

func entriesOf(moves map[uint64]int64) []tile.Entry {
	list := make([]tile.Entry, 0, len(moves))
	for key, by := range moves {
		if by != 0 {
			list = append(list, tile.Entry{Key: key, Posts: by})
		}
	}
	return list
}
