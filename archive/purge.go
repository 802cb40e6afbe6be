package archive

import (
	"context"
	"fmt"
	"time"

	"hearth"
	"hearth/db"
)

// Erased words leave the disk within a day: purgeEvery is how often the archive
// purges itself if anything was erased, purgeLook how often it asks.
const (
	purgeEvery = 24 * time.Hour
	purgeLook  = time.Hour
)

// Purge removes from the disk what erasure has only made unreachable: words of
// erased posts in the index, freed pages and the WAL. It writes every segment
// of the index with such words anew, which takes a second or two for a million
// posts. The archive does it daily; call it after an erasure that is owed to
// somebody sooner.
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

// purgeLoop purges daily until ctx ends. What fails is tried again at the next
// look.
func (a *Archive) purgeLoop(ctx context.Context) {
	look := time.NewTicker(purgeLook)
	defer look.Stop()
	for {
		if due, err := a.purgeIsDue(ctx); err == nil && due {
			a.Purge(ctx)
		}
		select {
		case <-ctx.Done():
			return
		case <-look.C:
		}
	}
}

// purgeIsDue says that the last purge is a day ago and something was erased,
// replaced or hidden since.
func (a *Archive) purgeIsDue(ctx context.Context) (due bool, err error) {
	err = a.db.Read(ctx, func(tx *db.Tx) error {
		var last int64
		var gone bool
		if err := tx.QueryRow("SELECT purged_at, EXISTS (SELECT 1 FROM index_gone) FROM index_state WHERE id = 1").Scan(&last, &gone); err != nil {
			return err
		}
		due = gone && a.clock().Sub(time.UnixMicro(last)) >= purgeEvery
		return nil
	})
	return due, err
}
