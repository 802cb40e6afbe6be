package quality

import (
	"context"

	"hearth"
	"hearth/access"
	"hearth/archive"
	"hearth/db"
	"hearth/monitor"
	"hearth/monitor/interval"
)

// Accuracy is how often the analysis was right about one field of a monitor's
// posts, by what people said.
type Accuracy struct {
	Field archive.Field

	// Of posts drawn by chance in the last Days and judged; the newest judgement of
	// each. A fair sample.
	Right  interval.Share
	Silent int64 // on which the analysis said nothing; no part of the share
	Latest int64 // the newest check; 0: there is none
	Open   int   // posts of it that nobody has judged

	// Posts of the monitor that people corrected, of all that it has. No fair
	// sample: people correct what is wrong.
	Corrected, Of int64
}

// Accuracy gives all fields of a monitor, in the order of archive.Corrected.
func (c *Checks) Accuracy(ctx context.Context, by access.Actor, id hearth.MonitorID) (list []Accuracy, err error) {
	for _, p := range []access.Permission{access.ReadMonitors, access.ReadPosts} {
		if err := by.Check(p); err != nil {
			return nil, err
		}
	}
	if _, err := c.o.Monitors.Get(ctx, by, id); err != nil {
		return nil, err
	}
	all, err := c.posts.Count(ctx, by, monitor.Selection{Monitor: id}, 0)
	if err != nil {
		return nil, err
	}
	for _, field := range archive.Corrected {
		a := Accuracy{Field: field, Of: int64(all.Total)}
		corrected, err := c.posts.Count(ctx, by, monitor.Selection{Monitor: id, Query: "corrected:" + string(field)}, 0)
		if err != nil {
			return nil, err
		}
		a.Corrected = int64(corrected.Total)
		if err := c.judged(ctx, by.Workspace, id, &a); err != nil {
			return nil, err
		}
		list = append(list, a)
	}
	return list, nil
}

// judged takes the answers of the checks in.
func (c *Checks) judged(ctx context.Context, ws hearth.WorkspaceID, id hearth.MonitorID, a *Accuracy) error {
	const find = `
		SELECT p.check_id, p.network, p.post_id, p.machine, p.answer FROM quality_check q
		JOIN quality_check_post p ON p.workspace_id = q.workspace_id AND p.check_id = q.id
		WHERE q.workspace_id = ? AND q.monitor_id = ? AND q.field = ? AND q.begun >= ? ORDER BY q.id DESC, p.place`
	seen := map[hearth.Key]bool{}
	var right, judged int64
	err := c.o.State.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(find, ws, id, string(a.Field), db.Micros(c.o.Clock().AddDate(0, 0, -Days)))
		if err != nil {
			return err
		}
		return db.EachRow(rows, func() error {
			var check int64
			var d Drawn
			if err := rows.Scan(&check, &d.Key.Network, &d.Key.ID, &d.Machine, &d.Answer); err != nil {
				return err
			}
			if a.Latest == 0 {
				a.Latest = check
			}
			if check == a.Latest && d.Answer == "" {
				a.Open++
			}
			if d.Answer == "" || seen[d.Key] {
				return nil
			}
			seen[d.Key] = true
			switch {
			case d.Machine == "":
				a.Silent++
			case d.Right():
				right++
				judged++
			default:
				judged++
			}
			return nil
		})
	})
	a.Right = interval.Wilson(right, judged)
	return err
}
