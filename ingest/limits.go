package ingest

import (
	"context"
	"strconv"
	"strings"

	"hearth"
	"hearth/access"
	"hearth/outbound"
)

// accountOf is the name under which the limits of a source are counted.
func accountOf(id hearth.SourceID) string {
	return sourceAccount + strconv.FormatInt(int64(id), 10)
}

const sourceAccount = "source "

// Limit is a limit that a host sets a source.
type Limit struct {
	outbound.Limit
	Source hearth.SourceID
}

// Host is a host that sources of the workspace speak with: whether it works,
// and which limits it sets.
type Host struct {
	outbound.Host
	Limits []Limit
}

// Hosts gives the hosts that sources of the workspace spoke with since the
// program started, by name. Calls and failures of a host are those of all
// workspaces; its limits are the workspace's own.
func (s *Sources) Hosts(_ context.Context, by access.Actor) ([]Host, error) {
	if err := by.Check(access.ReadOperations); err != nil {
		return nil, err
	}
	var list []Host
	if s.o.Out == nil {
		return list, nil
	}
	for _, h := range s.o.Out.Snapshot() {
		ours := Host{Host: h}
		for _, l := range h.Limits {
			id, err := strconv.ParseInt(strings.TrimPrefix(l.Account, sourceAccount), 10, 64)
			if l.Workspace == by.Workspace && err == nil {
				ours.Limits = append(ours.Limits, Limit{Limit: l, Source: hearth.SourceID(id)})
			}
		}
		if len(ours.Limits) > 0 {
			list = append(list, ours)
		}
	}
	return list, nil
}
