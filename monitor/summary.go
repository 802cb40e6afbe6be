package monitor

import (
	"context"
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
		for i := range list {
			s := Summary{Monitor: list[i].ID, Mentions: totals[list[i].ID]}
			if s.Fill, err = readFill(tx, by.Workspace, &list[i]); err != nil {
				return err
			}
			var latest int64
			err := tx.QueryRow(`SELECT coalesce(max(at), 0) FROM mention WHERE workspace_id = ? AND monitor_id = ?`, by.Workspace, s.Monitor).Scan(&latest)
			if err != nil {
				return err
			}
			s.Latest = db.FromMicros(latest)
			all[s.Monitor] = s
		}
		return nil
	})
	return all, err
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
