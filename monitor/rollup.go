package monitor

import (
	"cmp"
	"fmt"
	"slices"

	"hearth"
	"hearth/db"
)

// span is the length of time that a roll-up covers.
type span int64

const (
	hourly span = iota
	daily
	ever
)

const (
	microsPerHour = int64(3_600_000_000)
	microsPerDay  = 24 * microsPerHour
)

// start numbers the roll-up of a span that a time in microseconds is in.
func (s span) start(us int64) int64 {
	switch s {
	case hourly:
		return floor(us, microsPerHour)
	case daily:
		return floor(us, microsPerDay)
	}
	return 0
}

// floor divides and rounds down, before 1970 too.
func floor(n, by int64) int64 {
	q := n / by
	if n%by < 0 {
		q--
	}
	return q
}

// rollup names a row of the roll-ups.
type rollup struct {
	workspace hearth.WorkspaceID
	span      span
	monitor   hearth.MonitorID // 0: all posts
	start     int64
	dimension int64
}

// rollups is by how much rows of the roll-ups change.
type rollups map[rollup]int64

// add counts a version once more, or once less, for a monitor.
func (moved rollups) add(t *tally, id hearth.MonitorID, by int64) {
	for s := hourly; s <= ever; s++ {
		moved[rollup{t.workspace, s, id, s.start(t.at), t.dimension}] += by
	}
}

// write applies the changes, in the order of the table.
func (moved rollups) write(tx *db.Tx) error {
	keys := make([]rollup, 0, len(moved))
	for k, by := range moved {
		if by != 0 {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, func(a, b rollup) int {
		return cmp.Or(cmp.Compare(a.workspace, b.workspace), cmp.Compare(a.span, b.span), cmp.Compare(a.monitor, b.monitor),
			cmp.Compare(a.start, b.start), cmp.Compare(a.dimension, b.dimension))
	})
	for _, k := range keys {
		if err := k.write(tx, moved[k]); err != nil {
			return err
		}
	}
	return nil
}

func (k rollup) write(tx *db.Tx, by int64) error {
	var posts int64
	err := tx.QueryRow(`
		INSERT INTO rollup (workspace_id, span, monitor_id, start, dimension_id, posts) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (workspace_id, span, monitor_id, start, dimension_id) DO UPDATE SET posts = rollup.posts + excluded.posts
		RETURNING posts`, k.workspace, k.span, k.monitor, k.start, k.dimension, by).Scan(&posts)
	switch {
	case err != nil || posts > 0:
		return err
	case posts < 0:
		return fmt.Errorf("monitor %d would count %d posts in span %d of %d", k.monitor, posts, k.span, k.start)
	}
	_, err = tx.Exec(`
		DELETE FROM rollup WHERE workspace_id = ? AND span = ? AND monitor_id = ? AND start = ? AND dimension_id = ?`,
		k.workspace, k.span, k.monitor, k.start, k.dimension)
	return err
}
