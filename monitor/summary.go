package monitor

import (
	"context"
	"slices"
	"time"

	"hearth"
	"hearth/access"
	"hearth/db"
)

// Summary is the figures of one monitor, as lists of monitors show them.
type Summary struct {
	Monitor  hearth.MonitorID
	Mentions int64     // visible posts it caught
	Latest   time.Time // when its newest was published; zero: none
	Fill     Fill      // how far the search of its past is
}

// Summaries gives the figures of all monitors of the workspace at once.
func (m *Monitors) Summaries(ctx context.Context, by access.Actor) (map[hearth.MonitorID]Summary, error) {
	list, err := m.List(ctx, by)
	if err != nil {
		return nil, err
	}
	all := make(map[hearth.MonitorID]Summary, len(list))
	err = m.o.Store.Read(ctx, func(tx *db.Tx) error {
		totals, err := totalsIn(tx, by.Workspace)
		if err != nil {
			return err
		}
		fills, err := fillsIn(tx, by.Workspace)
		if err != nil {
			return err
		}
		ids := make([]hearth.MonitorID, len(list))
		for i := range list {
			ids[i] = list[i].ID
		}
		latest, err := latestOf(tx, by.Workspace, ids)
		if err != nil {
			return err
		}
		for i, id := range ids {
			all[id] = Summary{Monitor: id, Mentions: totals[id], Latest: latest[id], Fill: fills[id].presentOf(&list[i])}
		}
		return nil
	})
	return all, err
}

// latestOf is when the newest mention of each monitor was published.
func latestOf(tx *db.Tx, ws hearth.WorkspaceID, ids []hearth.MonitorID) (map[hearth.MonitorID]time.Time, error) {
	latest := make(map[hearth.MonitorID]time.Time, len(ids))
	for part := range slices.Chunk(ids, monitorsAtOnce) {
		rows, err := tx.Query(`
			SELECT list.column1, (SELECT coalesce(max(at), 0) FROM mention WHERE workspace_id = ? AND monitor_id = list.column1)
			FROM (?...) AS list`, ws, intsOf(part))
		if err != nil {
			return nil, err
		}
		err = db.EachRow(rows, func() error {
			var id hearth.MonitorID
			var at int64
			err := rows.Scan(&id, &at)
			latest[id] = db.FromMicros(at)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return latest, nil
}

func totalsIn(tx *db.Tx, ws hearth.WorkspaceID) (map[hearth.MonitorID]int64, error) {
	rows, err := tx.Query(`
		SELECT monitor_id, sum(posts) FROM total
		WHERE workspace_id = ? GROUP BY monitor_id`, ws)
	if err != nil {
		return nil, err
	}
	totals := map[hearth.MonitorID]int64{}
	err = db.EachRow(rows, func() error {
		var id hearth.MonitorID
		var posts int64
		err := rows.Scan(&id, &posts)
		totals[id] = posts
		return err
	})
	return totals, err
}
