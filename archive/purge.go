package archive

import (
	"context"
	"fmt"

	"hearth"
	"hearth/db"
)

// Purge removes from the disk what erasure has only made unreachable: words of
// erased posts in the index, freed pages and the WAL. It writes every segment
// of the index with such words anew, which takes a second or two for a million
// posts.
func (a *Archive) Purge(ctx context.Context) error {
	if err := a.finder.wait(ctx, hearth.Seq(a.head.Load())); err != nil {
		return err
	}
	if err := a.finder.purge(ctx); err != nil {
		return fmt.Errorf("purging the index: %w", err)
	}
	if err := a.db.Compact(ctx); err != nil {
		return fmt.Errorf("purging the database: %w", err)
	}
	return a.db.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec("UPDATE index_state SET purged_at = ? WHERE id = 1", a.clock().UnixMicro())
		return err
	})
}

// PurgeErased is Purge if anything was erased, replaced or hidden since the last
// one. Call it at least daily, so that erased words leave the disk within a
// day, and after an erasure that is owed to somebody sooner.
func (a *Archive) PurgeErased(ctx context.Context) error {
	var gone bool
	err := a.db.Read(ctx, func(tx *db.Tx) error {
		return tx.QueryRow("SELECT EXISTS (SELECT 1 FROM index_gone)").Scan(&gone)
	})
	if err != nil || !gone {
		return err
	}
	return a.Purge(ctx)
}
