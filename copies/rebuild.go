package copies

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"slices"

	"hearth/archive"
	"hearth/db"
)

// Rebuild forgets all clusters and follows the log anew, up to its present end. Nobody
// else may follow it meanwhile. What people say of campaigns stays.
func (c *Copies) Rebuild(ctx context.Context, progress func(share float64)) error {
	err := c.o.Archive.Restart(ctx, consumer, func(tx *db.Tx) error {
		for _, statement := range [...]string{`DELETE FROM copy_post`, `DELETE FROM copy_band`, `DELETE FROM copy_text`} { // all workspaces: the tables as a whole
			if _, err := tx.Exec(statement); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return c.Catch(ctx, progress)
}

// Catch follows the log up to its present end. It is for tests and tools; nobody else
// may follow it meanwhile.
func (c *Copies) Catch(ctx context.Context, progress func(share float64)) error {
	return c.o.Archive.Catch(ctx, Consumer(), progress)
}

// Verify follows the log anew beside what is kept, and says how many posts are in
// another cluster than they would be. Where posts were erased it may be some: what they
// held for longer than a week is not held by those that are left. Nobody else may
// follow the log meanwhile.
func (c *Copies) Verify(ctx context.Context, progress func(share float64)) (different int, err error) {
	until, err := c.Place(ctx)
	if err != nil || until == 0 {
		return 0, err
	}
	dir, err := os.MkdirTemp("", "hearth-copies-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	beside, err := db.Open(ctx, filepath.Join(dir, "copies.db"), db.Options{Schemas: []db.Schema{ArchiveSchema()}})
	if err != nil {
		return 0, err
	}
	defer beside.Close()
	f := &folder{}
	err = c.o.Archive.ReadLogUpTo(ctx, until, func(rows []archive.Stored) error {
		return beside.Write(ctx, func(tx *db.Tx) error { return f.apply(ctx, tx, rows) })
	}, progress)
	if err != nil {
		return 0, err
	}
	kept, err := groupings(ctx, c.o.Store)
	if err != nil {
		return 0, err
	}
	made, err := groupings(ctx, beside)
	if err != nil {
		return 0, err
	}
	for p, first := range kept {
		if made[p] != first {
			different++
		}
	}
	for p := range made {
		if _, known := kept[p]; !known {
			different++
		}
	}
	return different, nil
}

// groupings gives of each post that somebody copied the first of its cluster.
func groupings(ctx context.Context, store *db.DB) (map[place]int64, error) {
	type member struct {
		place
		cluster int64
	}
	var all []member
	err := store.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(`SELECT p.workspace_id, p.seq, t.cluster FROM copy_post p JOIN copy_text t ON t.workspace_id = p.workspace_id AND t.id = p.text_id`) // all workspaces: verification
		if err != nil {
			return err
		}
		return db.EachRow(rows, func() error {
			var m member
			err := rows.Scan(&m.ws, &m.id, &m.cluster)
			all = append(all, m)
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(a, b member) int {
		return cmp.Or(cmp.Compare(a.ws, b.ws), cmp.Compare(a.cluster, b.cluster), cmp.Compare(a.id, b.id))
	})
	first := map[place]int64{}
	for i := 0; i < len(all); {
		end := i + 1
		for end < len(all) && all[end].ws == all[i].ws && all[end].cluster == all[i].cluster {
			end++
		}
		for k := i; k < end && end-i > 1; k++ {
			first[all[k].place] = all[i].id
		}
		i = end
	}
	return first, nil
}
