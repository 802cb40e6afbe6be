package ingest

import (
	"context"

	"hearth"
	"hearth/access"
	"hearth/db"
)

// statusGaps is how many of a source's gaps a status shows.
const statusGaps = 20

// Status gives all sources of the workspace and how each is doing.
func (s *Sources) Status(ctx context.Context, by access.Actor) ([]Status, error) {
	list, err := s.List(ctx, by)
	if err != nil {
		return nil, err
	}
	return s.statusOf(ctx, by, list)
}

// StatusOf gives one source and how it is doing.
func (s *Sources) StatusOf(ctx context.Context, by access.Actor, id hearth.SourceID) (Status, error) {
	src, err := s.Get(ctx, by, id)
	if err != nil {
		return Status{}, err
	}
	list, err := s.statusOf(ctx, by, []Source{src})
	if err != nil {
		return Status{}, err
	}
	return list[0], nil
}

func (s *Sources) statusOf(ctx context.Context, by access.Actor, list []Source) ([]Status, error) {
	ws := by.Workspace
	all := make([]Status, len(list))
	elsewhere, err := s.elsewhere(ctx)
	if err != nil {
		return nil, err
	}
	err = s.o.Store.Read(ctx, func(tx *db.Tx) (err error) {
		for i, src := range list {
			st := &all[i]
			st.Source, st.State, st.Since = src, Waiting, src.Changed
			switch {
			case src.Paused:
				st.State = Paused
			case elsewhere[leaseOf(sourceKey{ws, src.ID})]:
				st.State = Elsewhere
			}
			if st.Progress, err = progressIn(tx, ws, src.ID); err != nil {
				return err
			}
			if st.Gaps, err = gapsIn(tx, ws, src.ID, statusGaps); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	now := s.o.Clock()
	for i := range all {
		st := &all[i]
		if st.Deliveries, err = s.deliveriesOf(ctx, by, st.ID); err != nil {
			return nil, err
		}
		if r := s.runnerOf(ws, st.ID); r != nil && !st.Paused {
			r.snapshot(st, now)
		}
		if newest := st.Progress.Newest; !newest.IsZero() {
			st.Age, st.HasAge = max(0, now.Sub(newest)), true
		}
	}
	return all, nil
}

func (s *Sources) runnerOf(ws hearth.WorkspaceID, id hearth.SourceID) *runner {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.running[sourceKey{ws, id}]
}

// forgetRemoved clears what removed sources left in the archive file. It is
// done at the start, when none of them can still be running; the gaps stay.
func (s *Sources) forgetRemoved(ctx context.Context) error {
	var gone []sourceKey
	err := s.o.State.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(`SELECT workspace_id, id FROM source WHERE removed IS NOT NULL`) // all workspaces: the program's own tidying
		if err != nil {
			return err
		}
		return db.EachRow(rows, func() error {
			var key sourceKey
			err := rows.Scan(&key.workspace, &key.id)
			gone = append(gone, key)
			return err
		})
	})
	if err != nil || len(gone) == 0 {
		return err
	}
	return s.o.Store.Write(ctx, func(tx *db.Tx) error {
		for _, key := range gone {
			if _, err := tx.Exec(`DELETE FROM source_cursor WHERE workspace_id = ? AND source_id = ?`, key.workspace, key.id); err != nil {
				return err
			}
			if err := forgetDeliveries(tx, key); err != nil {
				return err
			}
			if _, err := tx.Exec(`DELETE FROM source_cache WHERE workspace_id = ? AND source_id = ?`, key.workspace, key.id); err != nil {
				return err
			}
		}
		return nil
	})
}

// Running says whether the source is being read at this moment. After a pause
// or removal it may be for a little longer: what was read is committed first.
func (s *Sources) Running(by access.Actor, id hearth.SourceID) bool {
	return by.Check(access.ReadSources) == nil && s.runnerOf(by.Workspace, id) != nil
}
