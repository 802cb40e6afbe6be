package ingest

import (
	"context"

	"hearth/access"
	"hearth/replay"
)

// Window says what the replay window holds; false: there is none.
func (s *Sources) Window(ctx context.Context, by access.Actor) (replay.Status, bool, error) {
	if err := by.Check(access.ReadSources); err != nil || s.o.Window == nil {
		return replay.Status{}, false, err
	}
	st, err := s.o.Window.Status(ctx, by.Workspace)
	return st, true, err
}
