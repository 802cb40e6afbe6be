package ingest

import (
	"context"

	"hearth"
)

// TidyDeliveries drops what need not be kept, as the source's reader does every
// minute.
func (s *Sources) TidyDeliveries(ctx context.Context, ws hearth.WorkspaceID, id hearth.SourceID) error {
	for {
		if more, err := s.tidyDeliveries(ctx, sourceKey{ws, id}); err != nil || !more {
			return err
		}
	}
}
