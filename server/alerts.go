package server

import (
	"context"
	"time"

	"hearth"
	"hearth/access"
	"hearth/alert"
	"hearth/ingest"
	"hearth/jobs"
)

// watchForAlerts watches, unless another process does.
func (s *Server) watchForAlerts(ctx context.Context) error {
	return s.process.Leases(s.store).Keep(ctx, "alerts", func(ctx context.Context, _ *jobs.Lease) error { return s.alerts.Run(ctx) })
}

// failedFor is how long a source must be broken before somebody is told.
const failedFor = time.Minute

// troubles are the sources that do not give everything: those that are broken,
// and those with a gap since a time.
func (s *Server) troubles(ctx context.Context, since time.Time) (list []alert.Trouble, err error) {
	workspaces, err := s.access.Workspaces(ctx, access.LocalOwner(hearth.DefaultWorkspace))
	if err != nil {
		return nil, err
	}
	for i := range workspaces {
		if list, err = s.troublesIn(ctx, workspaces[i].ID, since, list); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func (s *Server) troublesIn(ctx context.Context, ws hearth.WorkspaceID, since time.Time, list []alert.Trouble) ([]alert.Trouble, error) {
	all, err := s.sources.Status(ctx, access.LocalOwner(ws))
	if err != nil {
		return nil, err
	}
	now := s.config.Clock()
	for i := range all {
		st := &all[i]
		if st.State == ingest.Failed || st.State == ingest.Retrying {
			list = append(list, alert.Trouble{Workspace: ws, Source: st.ID, Name: st.Name, From: st.Since, Reason: st.Trouble,
				Failed: st.State == ingest.Failed && now.Sub(st.Since) >= failedFor})
		}
		for _, g := range st.Gaps {
			if g.Noticed.After(since) {
				list = append(list, alert.Trouble{Workspace: ws, Source: st.ID, Name: st.Name, From: g.Noticed, To: g.Noticed.Add(time.Minute), Reason: g.Reason})
			}
		}
	}
	return list, nil
}
