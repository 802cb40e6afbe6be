package monitor

import (
	"context"
	"math/rand/v2"
	"slices"
	"time"

	"hearth"
	"hearth/db"
)

// Draw takes n visible posts that a monitor caught since a time by chance, each as
// likely as any other and none twice, in the order in which they were drawn; all
// where there are no more. of says how many there are. The draw follows from r and
// from what is there.
func (m *Monitors) Draw(ctx context.Context, ws hearth.WorkspaceID, id hearth.MonitorID, since time.Time, n int, r *rand.Rand) (seqs []hearth.Seq, of int64, err error) {
	err = m.o.Store.Read(ctx, func(tx *db.Tx) error {
		from := boundary(since)
		if err := tx.QueryRow(`SELECT count(*) FROM mention WHERE workspace_id = ? AND monitor_id = ? AND at >= ?`, ws, id, from).Scan(&of); err != nil {
			return err
		}
		for _, place := range places(r, of, n) {
			var seq hearth.Seq
			err := tx.QueryRow(`SELECT seq FROM mention WHERE workspace_id = ? AND monitor_id = ? AND at >= ? ORDER BY at, seq LIMIT 1 OFFSET ?`, ws, id, from, place).Scan(&seq)
			if err != nil {
				return err
			}
			seqs = append(seqs, seq)
		}
		return nil
	})
	return seqs, of, err
}

// places draws n of the numbers below of.
func places(r *rand.Rand, of int64, n int) (drawn []int64) {
	for int64(len(drawn)) < min(int64(n), of) {
		if at := r.Int64N(of); !slices.Contains(drawn, at) {
			drawn = append(drawn, at)
		}
	}
	return drawn
}
