package reanalysis

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"time"

	"hearth"
	"hearth/access"
	"hearth/archive"
	"hearth/db"
	"hearth/fault"
	"hearth/monitor"
)

const (
	pagePosts = 200 // that a search gives, or an undoing moves, at once
	mostEmpty = 20  // stretches of a page's rows without a post, after which how far it is is noted

	lookEvery = 2 * time.Second // how late a run is found that another process began
)

// Run does the re-analyses until ctx ends. One process at a time should; held is asked
// whether this one is still to do it.
func (r *Reanalyses) Run(ctx context.Context, held func(*db.Tx) error) error {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	pace := r.o.Monitors.Pace()
	begun := false
	for {
		var err error
		if !begun {
			err = r.begin(ctx, held)
			begun = err == nil
		}
		if begun {
			err = r.round(ctx, held, pace)
		}
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, db.ErrUnknownOutcome):
			return err
		case err != nil:
			r.o.Log.Warn("re-analysis stands still; it is tried again", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-r.work:
		case <-tick.C:
		}
	}
}

// begin begins a run for every workspace if the program's models are not those that it
// had last. What another run of the program's own had not come to is left to the new one.
func (r *Reanalyses) begin(ctx context.Context, held func(*db.Tx) error) error {
	head, err := r.o.Archive.Head(ctx)
	if err != nil {
		return err
	}
	workspaces, err := r.o.Archive.Workspaces(ctx)
	if err != nil {
		return err
	}
	totals := make([]int64, len(workspaces))
	for i, ws := range workspaces {
		if totals[i], err = r.count(ctx, ws, monitor.Selection{}); err != nil {
			return err
		}
	}
	return r.o.Store.Write(ctx, func(tx *db.Tx) error {
		if err := held(tx); err != nil {
			return err
		}
		var last string
		err := tx.QueryRow(`SELECT models FROM reanalysis_models ORDER BY id DESC LIMIT 1`).Scan(&last)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if last == r.text {
			return nil
		}
		now := r.o.Clock()
		if _, err := tx.Exec(`INSERT INTO reanalysis_models (id, models, at) SELECT coalesce(max(id), 0) + 1, ?, ? FROM reanalysis_models`, r.text, db.Micros(now)); err != nil {
			return err
		}
		for i, ws := range workspaces {
			_, err := tx.Exec(`UPDATE reanalysis_run SET state = 'cancelled', reason = 'Newer models came.', written = ? WHERE workspace_id = ? AND whole = 1 AND state IN ('running', 'paused')`, db.Micros(now), ws)
			if err != nil {
				return err
			}
			one := Run{State: Running, Whole: true, Models: r.models, Total: totals[i], Begun: now, head: head}
			if err := r.insert(tx, ws, &one); err != nil {
				return err
			}
			r.o.Log.Info("the models are new; the archive is judged again", "workspace", int64(ws), "posts", totals[i])
		}
		return nil
	})
}

// round does steps of all open runs in turn until there are none.
func (r *Reanalyses) round(ctx context.Context, held func(*db.Tx) error, pace *monitor.Pace) error {
	turns := newTurns(r.o.Clock())
	for ctx.Err() == nil {
		var runs []Run
		var of []hearth.WorkspaceID
		err := r.o.Store.Read(ctx, func(tx *db.Tx) (err error) {
			runs, of, err = open(tx)
			return err
		})
		if err != nil || len(runs) == 0 {
			return err
		}
		for i := range runs {
			head, err := r.o.Archive.Head(ctx)
			if err != nil {
				return err
			}
			began := r.o.Clock()
			step := r.step
			if runs[i].State == Undoing {
				step = r.undo
			}
			p := page{most: turns.rows(began)}
			err = step(ctx, of[i], &runs[i], &p, held)
			turns.learn(&p)
			switch code := hearth.ErrorCode(err); {
			case err == nil, errors.Is(err, errSteered):
			case code == hearth.Invalid, code == hearth.NotFound: // its query or monitor is not there any more
				if err := r.stop(ctx, of[i], &runs[i], Failed, err); err != nil {
					return err
				}
			default:
				return err
			}
			if err := r.yield(ctx, turns, pace, r.o.Clock().Sub(began)); err != nil {
				return err
			}
			now, err := r.o.Archive.Head(ctx)
			if err != nil {
				return err
			}
			if int64(now-head) > p.wrote {
				turns.seen(r.o.Clock())
			}
		}
	}
	return nil
}

// yield rests, and while others write for longer.
func (r *Reanalyses) yield(ctx context.Context, turns *turns, pace *monitor.Pace, worked time.Duration) error {
	if err := pace.Rest(ctx, worked); err != nil {
		return err
	}
	if !turns.live(r.o.Clock()) {
		return nil
	}
	t := time.NewTimer(yieldRest * worked)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// step judges one page, in the transaction that notes how far it is.
func (r *Reanalyses) step(ctx context.Context, ws hearth.WorkspaceID, one *Run, p *page, held func(*db.Tx) error) error {
	if r.o.Room != nil {
		if err := r.o.Room(); err != nil {
			return r.stop(ctx, ws, one, Paused, err)
		}
	}
	rows, next, end, err := r.page(ctx, ws, one, p.most)
	if err != nil {
		return err
	}
	p.rows = len(rows)
	t := newTally()
	t.looked = int64(len(rows))
	open := rows[:0:0]
	for i := range rows {
		if one.By == 0 && one.Whole && rows[i].Judged.SameModels(&r.models) {
			t.same++
			continue
		}
		open = append(open, rows[i])
	}
	caught, err := r.o.Monitors.CaughtBy(ctx, ws, rows)
	if err != nil {
		return err
	}
	of := make(map[hearth.Seq][]hearth.MonitorID, len(rows))
	for i := range rows {
		of[rows[i].Seq] = caught[i]
		if rows[i].Judged.SameModels(&r.models) && one.By == 0 && one.Whole {
			t.figure(&rows[i].Post, &rows[i].Post, caught[i], caught[i])
		}
	}
	list := r.judge(ctx, ws, open)
	var changes []archive.Rejudgement
	var changed []*judgement
	for i := range list {
		j := &list[i]
		if j.failed {
			t.skipped++
		}
		if j.kept() {
			t.kept++
		}
		if !j.moved {
			t.figure(&j.before.Post, &j.before.Post, of[j.before.Seq], of[j.before.Seq])
			continue
		}
		by := r.models.By(new(hearth.Post))
		bare := j.before.Bare()
		by = by.By(&bare)
		by.Run = one.ID
		changes, changed = append(changes, archive.Rejudgement{Post: &j.says, Judged: by}), append(changed, j)
	}
	after := map[hearth.Seq][]hearth.MonitorID{}
	catch := func(tx *db.Tx, v *archive.Annotated) ([]hearth.MonitorID, error) {
		p.write(r.o.Clock())
		ids, err := r.o.Monitors.Catch(tx, v)
		after[v.Replaces] = ids
		return ids, err
	}
	_, err = r.o.Archive.Rejudge(ctx, ws, changes, catch, func(tx *db.Tx, results []archive.Result) error {
		if err := held(tx); err != nil {
			return err
		}
		if err := one.isStill(tx, ws); err != nil {
			return err
		}
		for i, j := range changed {
			before := of[j.before.Seq]
			ids, stored := after[j.before.Seq]
			if !results[i].Stored || !stored {
				t.figure(&j.before.Post, &j.before.Post, before, before)
				continue
			}
			t.change(j)
			t.figure(&j.before.Post, &j.now, before, ids)
		}
		if err := t.write(tx, ws, one.ID); err != nil {
			return err
		}
		one.add(t)
		one.cursor = next
		if end {
			one.State, one.Total = Finished, one.Looked
		}
		if err := one.write(tx, ws, r.o.Clock()); err != nil {
			return err
		}
		p.written(r.o.Clock(), t.changed)
		return fault.Point("reanalysis.page.judged")
	})
	return err
}

func (one *Run) add(t *tally) {
	one.Looked += t.looked
	one.Same += t.same
	one.Changed += t.changed
	one.Kept += t.kept
	one.Skipped += t.skipped
}

// page reads what is to be judged next, of at most so many rows, and says from where to
// go on then.
func (r *Reanalyses) page(ctx context.Context, ws hearth.WorkspaceID, one *Run, most int) (rows []archive.Stored, next string, end bool, err error) {
	if one.Whole {
		down := one.down()
		for range mostEmpty {
			from := max(0, down-hearth.Seq(most))
			if rows, err = r.o.Archive.Standing(ctx, ws, between(from, down)); err != nil {
				return nil, "", false, err
			}
			if down = from; down == 0 || len(rows) > 0 {
				break
			}
		}
		return rows, strconv.FormatInt(int64(down), 10), down == 0, nil
	}
	found, err := r.posts.Search(ctx, access.LocalOwner(ws), monitor.PageSearch{Selection: one.Selection, Limit: min(most, pagePosts), Cursor: one.cursor})
	if err != nil {
		return nil, "", false, err
	}
	seqs := make([]hearth.Seq, len(found.Posts))
	for i := range found.Posts {
		seqs[i] = found.Posts[i].Seq
	}
	rows, err = r.o.Archive.Standing(ctx, ws, seqs)
	return rows, found.Next, found.Next == "", err
}

// between is the rows of the log after one down from another, the newest first.
func between(after, down hearth.Seq) []hearth.Seq {
	seqs := make([]hearth.Seq, 0, down-after)
	for seq := down; seq > after; seq-- {
		seqs = append(seqs, seq)
	}
	return seqs
}

// undo goes back behind a run on one stretch of the log.
func (r *Reanalyses) undo(ctx context.Context, ws hearth.WorkspaceID, one *Run, p *page, held func(*db.Tx) error) error {
	var rows []hearth.Seq
	looked, at := 0, one.back
	err := r.o.Archive.ReadLog(ctx, ws, one.back, mostRows, func(s *archive.Stored) error {
		looked++
		if len(rows) >= min(p.most, pagePosts) {
			return nil
		}
		at = s.Seq
		if s.Op == archive.Annotate && !s.Erased && s.Judged.Run == one.ID {
			rows = append(rows, s.Seq)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("reading what re-analysis %d did: %w", one.ID, err)
	}
	p.rows = len(rows)
	catch := func(tx *db.Tx, v *archive.Annotated) ([]hearth.MonitorID, error) {
		p.write(r.o.Clock())
		return r.o.Monitors.Catch(tx, v)
	}
	_, err = r.o.Archive.Unjudge(ctx, ws, one.ID, rows, catch, func(tx *db.Tx, results []archive.Result) error {
		if err := held(tx); err != nil {
			return err
		}
		if err := one.isStill(tx, ws); err != nil {
			return err
		}
		if one.back = at; looked == 0 {
			one.State = Undone
		}
		if err := one.write(tx, ws, r.o.Clock()); err != nil {
			return err
		}
		moved := int64(0)
		for i := range results {
			moved += int64(db.Truth(results[i].Stored))
		}
		p.written(r.o.Clock(), moved)
		return fault.Point("reanalysis.undo.moved")
	})
	return err
}

// stop has a run stand in a state, with the reason.
func (r *Reanalyses) stop(ctx context.Context, ws hearth.WorkspaceID, one *Run, state State, cause error) error {
	return r.o.Store.Write(ctx, func(tx *db.Tx) error {
		if err := one.isStill(tx, ws); err != nil {
			return nil
		}
		one.State, one.Reason = state, cause.Error()
		return one.write(tx, ws, r.o.Clock())
	})
}
