package db

import (
	"context"
	"os"
)

// Size is how many bytes the database takes on the disk.
func (d *DB) Size(ctx context.Context) (size int64, err error) {
	if !d.Shared() {
		for _, name := range []string{d.location, d.location + "-wal"} {
			if info, err := os.Stat(name); err == nil {
				size += info.Size()
			}
		}
		return size, nil
	}
	err = d.Read(ctx, func(tx *Tx) error {
		return tx.QueryRow(`SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0) FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = current_schema() AND c.relkind = 'r'`).Scan(&size)
	})
	return size, err
}
