package monitor

import (
	"context"

	"hearth"
	"hearth/access"
	"hearth/archive"
)

// mostVersions bounds how far back the history of a post is followed.
const mostVersions = 50

// History gives the versions of a post that is there, the newest first, at most
// 50: as it was written, and as each edit left it. Versions whose content was
// taken away are left out.
func (p *Posts) History(ctx context.Context, by access.Actor, key hearth.Key) ([]archive.Stored, error) {
	newest, err := p.Get(ctx, by, key)
	if err != nil {
		return nil, err
	}
	sees, err := p.m.sight(ctx, by)
	if err != nil {
		return nil, err
	}
	var list []archive.Stored
	for at, steps := newest, 0; ; steps++ {
		if !at.Erased && (at.Op == archive.Create || at.Op == archive.Update) {
			at.Monitors = sees.only(at.Monitors)
			list = append(list, at)
		}
		if at.Replaces == 0 || steps == 2*mostVersions || len(list) == mostVersions {
			return list, nil
		}
		before, err := p.m.o.Archive.BySeq(ctx, by.Workspace, []hearth.Seq{at.Replaces})
		if err != nil || len(before) == 0 {
			return list, err
		}
		at = before[0]
	}
}
