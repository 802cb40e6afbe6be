package monitor

import (
	"context"

	"hearth"
	"hearth/access"
	"hearth/db"
	"hearth/query"
)

// countSeen is the series of all posts of somebody who does not see all: a post
// that two of their monitors caught counts once, so posts are counted and not
// roll-ups added up.
func (c *Charts) countSeen(ctx context.Context, by access.Actor, s *SeriesSearch, q *query.Query) (out Series, err error) {
	if len(s.Monitors) > 1 {
		return out, &hearth.Error{Code: hearth.Invalid, Field: "monitors", Message: "Ask for all posts or for some monitors, not for both."}
	}
	sees, err := c.m.sight(ctx, by)
	if err != nil {
		return out, err
	}
	among := make([]hearth.MonitorID, 0, len(sees.ids))
	for id := range sees.ids {
		among = append(among, id)
	}
	one := *s
	one.Beside = nil
	if out, err = c.countSeries(ctx, by, &one, sees.and(q), among); err != nil {
		return out, err
	}
	for _, one.Split = range s.Beside {
		split, err := c.countSeries(ctx, by, &one, sees.and(q), among)
		if err != nil {
			return out, err
		}
		out.Beside, out.Exact = append(out.Beside, split.Lines), out.Exact && split.Exact
	}
	return out, nil
}

// readPlain is readSeries without a query, for one that counts posts: of all
// posts, or as far as it is known from roll-ups of those that some monitors
// caught, which tells their ends and values.
func readPlain(tx *db.Tx, ws hearth.WorkspaceID, s *SeriesSearch, among []hearth.MonitorID, out *Series) error {
	if among == nil {
		return readSeries(tx, ws, s, nil, out)
	}
	each := *s
	each.Monitors, each.Top = among, 1<<30
	if err := readSeries(tx, ws, &each, nil, out); err != nil {
		return err
	}
	var lines []Line
	places := map[string]int{}
	for _, l := range out.Lines {
		i, ok := places[l.Value]
		if !ok {
			i = len(lines)
			places[l.Value] = i
			lines = append(lines, Line{Value: l.Value, Points: make([]int64, len(out.Starts))})
		}
		for k, n := range l.Points {
			lines[i].Points[k] += n
		}
		lines[i].Total += l.Total
	}
	if s.Split == ByNothing {
		if len(lines) == 0 {
			lines = []Line{{Points: make([]int64, len(out.Starts))}}
		}
		out.Lines = lines
		return nil
	}
	out.Lines = s.cut(s.Split, lines)
	return nil
}
