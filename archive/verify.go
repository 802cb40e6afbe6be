package archive

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"

	"hearth"
	"hearth/archive/index"
	"hearth/db"
)

// Report is what Verify found.
type Report struct {
	Rows     int // of the log
	Erased   int // of them
	Posts    int // that can be found
	Damaged  []hearth.Seq
	Problems []string // sentences; at most maxProblems
}

// OK says that nothing is wrong.
func (r *Report) OK() bool { return len(r.Problems) == 0 && len(r.Damaged) == 0 }

const maxProblems = 100

func (r *Report) problem(format string, args ...any) {
	if len(r.Problems) < maxProblems {
		r.Problems = append(r.Problems, fmt.Sprintf(format, args...))
	}
}

// verifyRows is how many rows are checked in one snapshot.
const verifyRows = 2000

// Verify reads everything: the database's own structures, every row of the log (there,
// in order, as its checksum says), every visible post (by its key, its time and
// the index, and nothing else in the index). progress may be nil; it is called
// with shares from 0 to 1. What is wrong is in the report; the error is that it
// could not be looked at. Rows appended meanwhile may be left out.
//
// To repair a damaged row restore a backup; to repair anything else call
// Reindex first.
func (a *Archive) Verify(ctx context.Context, progress func(share float64)) (Report, error) {
	if progress == nil {
		progress = func(float64) {}
	}
	var r Report
	for i, step := range []func(context.Context, *Report, func(float64)) error{a.verifyFile, a.verifyLog, a.verifyPosts, a.verifyIndex} {
		err := step(ctx, &r, func(share float64) { progress((float64(i) + share) / 4) })
		if err != nil {
			return r, fmt.Errorf("verifying the archive: %w", err)
		}
	}
	progress(1)
	return r, nil
}

func (a *Archive) verifyFile(ctx context.Context, r *Report, _ func(float64)) error {
	return a.db.Read(ctx, func(tx *db.Tx) error {
		problems, err := tx.Integrity(20)
		for _, p := range problems {
			r.problem("%s", p)
		}
		return err
	})
}

func (a *Archive) verifyLog(ctx context.Context, r *Report, progress func(float64)) error {
	head := a.head.Load()
	last := int64(0)
	for last < head {
		n := r.Rows
		err := a.db.Read(ctx, func(tx *db.Tx) error {
			rows, err := tx.Query(readLogOfAll, last, verifyRows)
			if err != nil {
				return err
			}
			defer rows.Close()
			for rows.Next() {
				if err := a.verifyRow(rows, r, &last); err != nil {
					return err
				}
			}
			return rows.Err()
		})
		if err != nil {
			return err
		}
		if r.Rows == n {
			r.problem("The log ends at row %d, but should end at row %d.", last, head)
			return nil
		}
		progress(float64(last) / float64(head))
	}
	return nil
}

func (a *Archive) verifyRow(rows *sql.Rows, r *Report, last *int64) error {
	var line row
	var body sql.RawBytes
	err := line.scan(rows.Scan, &body)
	var c content
	if err == nil {
		err = a.open(&line, &c)
	}
	switch {
	case hearth.ErrorCode(err) == hearth.Damaged:
		r.Damaged = append(r.Damaged, line.seq)
	case err != nil:
		return err
	case line.body == nil:
		r.Erased++
	}
	if int64(line.seq) != *last+1 {
		r.problem("Rows %d to %d of the log are missing.", *last+1, line.seq-1)
	}
	*last = int64(line.seq)
	r.Rows++
	return nil
}

// verifyPosts checks that keys and times name the same rows.
func (a *Archive) verifyPosts(ctx context.Context, r *Report, progress func(float64)) error {
	return a.db.Read(ctx, func(tx *db.Tx) error {
		var keys, times, pairs int
		for _, q := range []struct { // cross-workspace: verification
			text string
			into *int
		}{
			{"SELECT count(*) FROM post_key WHERE state = 0", &keys},
			{"SELECT count(*) FROM post_time", &times},
			{"SELECT count(*) FROM post_time t JOIN post p ON p.seq = t.seq AND p.workspace_id = t.workspace_id AND p.body IS NOT NULL", &pairs},
		} {
			if err := tx.QueryRow(q.text).Scan(q.into); err != nil {
				return err
			}
		}
		r.Posts = times
		if keys != times {
			r.problem("%d posts are visible by their keys, but %d by their times.", keys, times)
		}
		if pairs != times {
			r.problem("%d posts are visible, but the log has the content of %d of them.", times, pairs)
		}
		progress(1)
		return nil
	})
}

// sampled is how many posts are searched for by all their terms.
const sampled = 20_000

// verifyIndex checks that the index has the visible posts and no others, and
// that posts spread over all of them are found by each of their terms.
func (a *Archive) verifyIndex(ctx context.Context, r *Report, progress func(float64)) error {
	return a.indexed(ctx, func(tx *db.Tx, x *index.Index) error {
		counts := map[hearth.WorkspaceID]int{}
		every := r.Posts/sampled + 1
		var t termer
		n := 0
		err := eachVisible(tx, func(ws hearth.WorkspaceID, d index.Doc) error {
			counts[ws]++
			if n++; n%every != 0 {
				return nil
			}
			progress(float64(n) / float64(r.Posts+1))
			return a.verifyTerms(tx, x, &t, ws, d, r)
		})
		if err != nil {
			return err
		}
		for ws, n := range counts {
			expr := allPosts(ws)
			result, err := x.Search(&expr, index.Everything)
			if err != nil {
				return err
			}
			if found, err := result.Count(); err != nil {
				return err
			} else if found != n {
				r.problem("The index has %d posts of workspace %d, but there are %d.", found, ws, n)
			}
		}
		return nil
	})
}

// eachVisible calls each for every visible post of all workspaces.
func eachVisible(tx *db.Tx, each func(hearth.WorkspaceID, index.Doc) error) error {
	const find = "SELECT workspace_id, place, seq FROM post_time WHERE (workspace_id, place) > (?, ?) ORDER BY workspace_id, place LIMIT ?" // cross-workspace: verification
	ws, d := hearth.WorkspaceID(0), index.Doc{Place: math.MinInt64}
	for {
		n := 0
		rows, err := tx.Query(find, int64(ws), d.Place, verifyRows)
		if err != nil {
			return err
		}
		for rows.Next() {
			n++
			if err = rows.Scan(&ws, &d.Place, &d.Seq); err == nil {
				err = each(ws, d)
			}
			if err != nil {
				break
			}
		}
		if err := errors.Join(err, rows.Err(), rows.Close()); err != nil || n < verifyRows {
			return err
		}
	}
}

// verifyTerms checks that a post is found by all its terms at once.
func (a *Archive) verifyTerms(tx *db.Tx, x *index.Index, t *termer, ws hearth.WorkspaceID, d index.Doc, r *Report) error {
	var c content
	if _, err := a.load(tx, ws, hearth.Seq(d.Seq), &c); err != nil {
		if hearth.ErrorCode(err) == hearth.Damaged {
			return nil // counted before
		}
		return err
	}
	var terms index.Terms
	t.post(&terms, ws, &c, nil)
	expr := index.Expr{Kind: index.And}
	for i := range terms.Len() {
		expr.Parts = append(expr.Parts, index.Expr{Kind: index.Term, Term: string(terms.At(i))})
	}
	end := d.Place
	if end < math.MaxInt64 {
		end++
	}
	result, err := x.Search(&expr, index.Range{First: d.Place, End: end})
	if err != nil {
		return err
	}
	docs := result.Documents(true)
	for {
		found, ok, err := docs.Next()
		if err != nil {
			return err
		}
		if !ok {
			r.problem("Row %d is not in the index with all its words.", d.Seq)
			return nil
		}
		if found == d {
			return nil
		}
	}
}

// Reindex drops the index and rebuilds it from the log, which takes about
// twenty seconds for a million posts. Searches are refused meanwhile, with the
// share that is done; appending goes on.
func (a *Archive) Reindex(ctx context.Context, progress func(share float64)) error {
	if err := a.finder.rebuild(ctx); err != nil {
		return fmt.Errorf("dropping the index: %w", err)
	}
	for {
		next := a.finder.moved.next()
		a.finder.mu.Lock()
		applied, err := int64(a.finder.applied), a.finder.err
		a.finder.mu.Unlock()
		head := a.head.Load()
		if err != nil {
			return fmt.Errorf("rebuilding the index: %w", err)
		}
		share := 1.0
		if applied < head {
			share = float64(applied) / float64(head)
		}
		if progress != nil {
			progress(share)
		}
		if share == 1 {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-a.stopped:
			return errClosed
		case <-next:
		}
	}
}
