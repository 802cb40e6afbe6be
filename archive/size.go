package archive

import (
	"context"

	"hearth/db"
)

// IndexSize is how many bytes the token index takes, its tail in memory left
// out. It looks at the length of each block, not at what is in them.
func (a *Archive) IndexSize(ctx context.Context) (size int64, err error) {
	err = a.db.Read(ctx, func(tx *db.Tx) error {
		return tx.QueryRow(`SELECT coalesce(sum(length(data)), 0) FROM index_block`).Scan(&size)
	})
	return size, err
}
