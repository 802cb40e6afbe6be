package replay

import (
	"context"
	"time"

	"hearth"
	"hearth/db"
)

// Gap is a stretch of which the window may lack posts.
type Gap struct {
	From, To time.Time // when they were received
	Reason   string    // a sentence for a person
}

// Status is what the window holds.
type Status struct {
	Age      time.Duration // how far back it may go
	Limit    int64         // bytes it may take
	From, To time.Time     // when its oldest and newest post were received; zero: it is empty
	Posts    int64
	Bytes    int64  // on the disk
	Blocks   int64  //
	Damaged  int64  // blocks that cannot be read, noticed since the start
	Gaps     []Gap  // the newest first, at most 20
	Trouble  string // why nothing is kept at the moment; "" while all is well
}

const (
	statusGaps = 20
	maxGaps    = 1000
)

// Status says what the window holds of a workspace. Gaps are of the window as a
// whole.
func (w *Window) Status(ctx context.Context, ws hearth.WorkspaceID) (Status, error) {
	st := Status{Age: w.o.Age, Limit: w.o.Size}
	err := w.d.Read(ctx, func(tx *db.Tx) error {
		var first, last int64
		err := tx.QueryRow(`
			SELECT coalesce(min(first), 0), coalesce(max(last), 0), coalesce(sum(posts), 0), coalesce(sum(size), 0), count(*)
			FROM replay_block WHERE workspace_id = ?`, ws).Scan(&first, &last, &st.Posts, &st.Bytes, &st.Blocks)
		if err != nil {
			return err
		}
		if st.Blocks > 0 {
			st.From, st.To = time.UnixMicro(first).UTC(), time.UnixMicro(last).UTC()
		}
		rows, err := tx.Query(`SELECT gap_from, gap_to, reason FROM replay_gap ORDER BY id DESC LIMIT ?`, statusGaps)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var g Gap
			var from, to int64
			if err := rows.Scan(&from, &to, &g.Reason); err != nil {
				return err
			}
			g.From, g.To = time.UnixMicro(from).UTC(), time.UnixMicro(to).UTC()
			st.Gaps = append(st.Gaps, g)
		}
		return rows.Err()
	})
	w.mu.Lock()
	defer w.mu.Unlock()
	if o := w.opens[ws]; o != nil && o.dirty { // what is not on the disk yet is there, too
		if last := time.UnixMicro(o.last).UTC(); last.After(st.To) {
			st.To = last
		}
	}
	if w.missing != nil {
		st.Gaps = append([]Gap{*w.missing}, st.Gaps...)
	}
	for key := range w.damaged {
		if key.workspace == ws {
			st.Damaged++
		}
	}
	st.Trouble = w.trouble
	return st, err
}

// Posts is how many posts the window holds of a workspace that were received at
// or after since, to the block.
func (w *Window) Posts(ctx context.Context, ws hearth.WorkspaceID, since time.Time) (posts int64, err error) {
	err = w.d.Read(ctx, func(tx *db.Tx) error {
		return tx.QueryRow(`SELECT coalesce(sum(posts), 0) FROM replay_block WHERE workspace_id = ? AND last >= ?`, ws, db.Micros(since)).Scan(&posts)
	})
	return posts, err
}

func writeGap(tx *db.Tx, g *Gap) error {
	_, err := tx.Exec(`
		INSERT INTO replay_gap (id, gap_from, gap_to, reason)
		SELECT coalesce(max(id), 0) + 1, ?, ?, ? FROM replay_gap`, g.From.UnixMicro(), g.To.UnixMicro(), g.Reason)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`DELETE FROM replay_gap WHERE id <= (SELECT max(id) FROM replay_gap) - ?`, maxGaps)
	return err
}
