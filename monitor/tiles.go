package monitor

import (
	"database/sql"
	"errors"
	"maps"
	"slices"
	"time"

	"hearth"
	"hearth/db"
	"hearth/monitor/tile"
)

const maxQuarter = int64(1) << 50 // behind every time

func quarterTime(quarter int64) time.Time { return time.UnixMicro(quarter * microsPerQuarter).UTC() }

// eachCount calls do for the posts of every quarter and dimension of a monitor,
// quarters rising, from one quarter to the one before another.
func eachCount(tx *db.Tx, ws hearth.WorkspaceID, id hearth.MonitorID, from, to int64, do func(quarter, dimension, posts int64) error) error {
	return eachCounts(tx, ws, []hearth.MonitorID{id}, from, to, func(_ hearth.MonitorID, quarter, dimension, posts int64) error {
		return do(quarter, dimension, posts)
	})
}

// eachCounts is eachCount of several monitors, one after the other, each once.
func eachCounts(tx *db.Tx, ws hearth.WorkspaceID, ids []hearth.MonitorID, from, to int64, do func(id hearth.MonitorID, quarter, dimension, posts int64) error) error {
	if from >= to {
		return nil
	}
	for part := range slices.Chunk(ids, monitorsAtOnce) {
		rows, err := tx.Query(`
			SELECT monitor_id, start, counts FROM tile
			WHERE workspace_id = ? AND monitor_id IN (?...) AND start BETWEEN ? AND ? ORDER BY monitor_id, start`, ws, intsOf(part), tileOf(from), tileOf(to-1))
		if err != nil {
			return err
		}
		if err := eachCountOf(rows, from, to, do); err != nil {
			return err
		}
	}
	return nil
}

// monitorsAtOnce is how many monitors one statement reads.
const monitorsAtOnce = 64

func eachCountOf(rows *sql.Rows, from, to int64, do func(id hearth.MonitorID, quarter, dimension, posts int64) error) error {
	var id hearth.MonitorID
	var start int64
	var counts sql.RawBytes
	err := db.EachRow(rows, func() error {
		if err := rows.Scan(&id, &start, &counts); err != nil {
			return err
		}
		return tile.Each(counts, func(key uint64, posts int64) error {
			quarter := start*quartersOfTile + int64(key>>32)
			if quarter < from || quarter >= to {
				return nil
			}
			return do(id, quarter, int64(key&(1<<32-1)), posts)
		})
	})
	if errors.Is(err, tile.ErrDamaged) {
		return errDamagedTile
	}
	return err
}

var errDamagedTile = &hearth.Error{Code: hearth.Damaged, Message: "Packed counts cannot be read. Rebuild the counts: hearth doctor says how."}

// tileEnds is the first and the last quarter that may hold posts of a monitor;
// ok is false if there are none.
func tileEnds(tx *db.Tx, ws hearth.WorkspaceID, id hearth.MonitorID) (from, to int64, ok bool, err error) {
	var tiles int64
	err = tx.QueryRow(`SELECT count(*), coalesce(min(start), 0), coalesce(max(start), 0) FROM tile WHERE workspace_id = ? AND monitor_id = ?`, ws, id).
		Scan(&tiles, &from, &to)
	return from * quartersOfTile, (to + 1) * quartersOfTile, tiles > 0, err
}

// axis is the values of one dimension, and which of them each combination has.
type axis struct {
	values  []string
	one     []int32         // by number of the combination: its value, or one of the two below
	several map[int64][]int // of intents
}

const (
	notCounted = -1
	severalOf  = -2
)

// add adds posts of a combination to the sums of its values, and says whether
// it counts at all.
func (a *axis) add(sums []int64, dimension, posts int64) bool {
	if dimension >= int64(len(a.one)) {
		return false
	}
	switch i := a.one[dimension]; i {
	case notCounted:
		return false
	case severalOf:
		for _, k := range a.several[dimension] {
			sums[k] += posts
		}
	default:
		sums[i] += posts
	}
	return true
}

// readAxis reads the values of a dimension.
func readAxis(tx *db.Tx, ws hearth.WorkspaceID, by Dimension) (*axis, error) {
	dimensions, err := readDimensions(tx, ws)
	if err != nil {
		return nil, err
	}
	return axisOf(dimensions, by), nil
}

// axisOf is the values of a dimension that combinations have.
func axisOf(dimensions map[int64]dimension, by Dimension) *axis {
	a := &axis{several: map[int64][]int{}}
	known := map[string]int{}
	for _, id := range slices.Sorted(maps.Keys(dimensions)) {
		d := dimensions[id]
		for int64(len(a.one)) <= id {
			a.one = append(a.one, notCounted)
		}
		var numbers []int
		for _, value := range d.values(by) {
			i, ok := known[value]
			if !ok {
				i = len(a.values)
				known[value] = i
				a.values = append(a.values, value)
			}
			numbers = append(numbers, i)
		}
		if a.one[id] = int32(numbers[0]); len(numbers) > 1 {
			a.one[id], a.several[id] = severalOf, numbers
		}
	}
	return a
}

// readDimensions reads the combinations that posts of a workspace have.
func readDimensions(tx *db.Tx, ws hearth.WorkspaceID) (map[int64]dimension, error) {
	rows, err := tx.Query(`SELECT id, network, lang, sentiment, kind, intents FROM dimension WHERE workspace_id = ?`, ws)
	if err != nil {
		return nil, err
	}
	all := map[int64]dimension{}
	return all, db.EachRow(rows, func() error {
		d := dimension{workspace: ws}
		var id int64
		err := rows.Scan(&id, &d.network, &d.lang, &d.sentiment, &d.kind, &d.intents)
		all[id] = d
		return err
	})
}

// values is what a combination counts under.
func (d *dimension) values(by Dimension) []string {
	switch by {
	case ByNetwork:
		return []string{d.network}
	case ByLanguage:
		return []string{d.lang}
	case BySentiment:
		return []string{d.sentiment}
	case ByKind:
		return []string{d.kind}
	case ByIntent:
		var list []string
		for i, intent := range hearth.Intents {
			if d.intents&(1<<i) != 0 {
				list = append(list, string(intent))
			}
		}
		if list != nil {
			return list
		}
	}
	return []string{""}
}
