package ingest

import (
	"context"
	"fmt"

	"hearth/jobs"
)

// A source is read by whoever holds its lease. Its epoch is checked in each
// transaction that moves the source's cursor, so whoever was replaced without
// knowing it commits nothing more.

func leaseOf(key sourceKey) string { return fmt.Sprintf("source %d/%d", key.workspace, key.id) }

// lease takes the lease of a source; nil where there is but one process.
func (s *Sources) lease(ctx context.Context, key sourceKey) (*jobs.Lease, error) {
	if s.o.Leases == nil {
		return nil, nil
	}
	return s.o.Leases.Take(ctx, leaseOf(key))
}

// release gives a lease back once everything that was read is committed.
func (s *Sources) release(r *runner) {
	if r.lease == nil || r.lease.Lost() {
		return
	}
	if err := r.lease.Release(context.Background()); err != nil {
		s.o.Log.Warn("the lease of a source cannot be given back; others wait until this process ends",
			"workspace", r.key.workspace, "source", r.key.id, "error", err)
	}
}

// elsewhere is the leases that other processes hold.
func (s *Sources) elsewhere(ctx context.Context) (map[string]bool, error) {
	if s.o.Leases == nil {
		return nil, nil
	}
	return s.o.Leases.Elsewhere(ctx)
}

// othersLooked is closed when it is time to see whether another process ended.
func (s *Sources) othersLooked() <-chan struct{} {
	if s.o.Leases == nil {
		return nil
	}
	return s.o.Leases.Process().Looked()
}
