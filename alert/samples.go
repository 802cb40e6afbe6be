package alert

import (
	"context"

	"hearth"
	"hearth/access"
	"hearth/archive"
	"hearth/monitor"
)

// Samples are the posts that say most of an alert, as they are now. Those that
// may not be shown any more are left out.
func (a *Alerts) Samples(ctx context.Context, by access.Actor, id ID) (list []archive.Stored, err error) {
	if err := by.CheckSome(access.ReadPosts); err != nil {
		return nil, err
	}
	one, err := a.Get(ctx, by, id)
	if err != nil {
		return nil, err
	}
	seqs := make([]hearth.Seq, len(one.Evidence.Samples))
	for i, s := range one.Evidence.Samples {
		seqs[i] = s.Seq
	}
	rows, err := a.o.Archive.BySeq(ctx, by.Workspace, seqs)
	if err != nil {
		return nil, err
	}
	posts := monitor.NewPosts(a.o.Monitors)
	for i := range rows {
		if rows[i].Erased {
			continue
		}
		now, err := posts.Get(ctx, by, rows[i].Post.Key())
		if hearth.ErrorCode(err) == hearth.NotFound || err == nil && now.Erased {
			continue
		}
		if err != nil {
			return nil, err
		}
		list = append(list, now)
	}
	return list, nil
}
