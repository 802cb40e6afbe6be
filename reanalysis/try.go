package reanalysis

import (
	"context"
	"math/rand/v2"
	"slices"
	"time"

	"hearth"
	"hearth/access"
	"hearth/archive"
	"hearth/db"
	"hearth/monitor"
)

const (
	triedPosts = 400
	drawRounds = 5

	// BytesPerPost is what a post takes that says something else: a version of the log
	// with its words in the index, of 120 characters (see the package archive). One that
	// says the same takes nothing.
	BytesPerPost = 390
)

// Trial is what a re-analysis would do, from some of the posts.
type Trial struct {
	Total   int64 // posts that it is about
	Looked  int64 // posts that were tried: drawn by chance of all, else the newest
	Changed int64
	Kept    int64 // posts on which a person's word holds against the models
	Moves   []Move
	Figures []Figure
	Bytes   int64         // that it would take
	Takes   time.Duration // on a quiet machine
}

// Try says what a re-analysis of a selection would change, and changes nothing.
func (r *Reanalyses) Try(ctx context.Context, by access.Actor, s monitor.Selection) (trial Trial, err error) {
	if err := by.Check(access.WriteMonitors); err != nil {
		return trial, err
	}
	if trial.Total, err = r.count(ctx, by.Workspace, s); err != nil {
		return trial, err
	}
	began := r.o.Clock()
	var rows []archive.Stored
	if s == (monitor.Selection{}) {
		rows, err = r.draw(ctx, by.Workspace)
	} else {
		rows, _, _, err = r.page(ctx, by.Workspace, &Run{Selection: s}, mostRows)
	}
	if err != nil {
		return trial, err
	}
	caught, err := r.o.Monitors.CaughtBy(ctx, by.Workspace, rows)
	if err != nil {
		return trial, err
	}
	t := newTally()
	t.looked = int64(len(rows))
	list := r.judge(ctx, by.Workspace, rows)
	err = r.o.Store.Read(ctx, func(tx *db.Tx) error {
		for i := range list {
			j := &list[i]
			if j.kept() {
				t.kept++
			}
			if !j.moved {
				t.figure(&j.before.Post, &j.before.Post, caught[i], caught[i])
				continue
			}
			t.change(j)
			after, err := r.o.Monitors.Catch(tx, &archive.Annotated{Workspace: by.Workspace, Replaces: j.before.Seq, Before: &j.before.Post, After: &j.now, Monitors: j.before.Monitors})
			if err != nil {
				return err
			}
			t.figure(&j.before.Post, &j.now, caught[i], after)
		}
		return nil
	})
	trial.Looked, trial.Changed, trial.Kept, trial.Moves = t.looked, t.changed, t.kept, sortedMoves(t.moves)
	for _, f := range t.figures {
		trial.Figures = append(trial.Figures, *f)
	}
	slices.SortFunc(trial.Figures, func(a, b Figure) int { return int(a.Monitor - b.Monitor) })
	if t.looked > 0 {
		share := float64(trial.Total) / float64(t.looked)
		trial.Bytes = int64(float64(t.changed) * share * BytesPerPost)
		trial.Takes = time.Duration(float64(r.o.Clock().Sub(began)) * share)
	}
	return trial, err
}

// draw gives some posts of a workspace, each as likely as any other.
func (r *Reanalyses) draw(ctx context.Context, ws hearth.WorkspaceID) (rows []archive.Stored, err error) {
	head, err := r.o.Archive.Head(ctx)
	if err != nil || head == 0 {
		return nil, err
	}
	if head <= triedPosts {
		return r.o.Archive.Standing(ctx, ws, between(0, head))
	}
	dice := rand.New(rand.NewPCG(uint64(head), uint64(ws)))
	known := map[hearth.Seq]bool{}
	for range drawRounds {
		var seqs []hearth.Seq
		for len(seqs) < triedPosts && len(known) < int(head) {
			if seq := hearth.Seq(1 + dice.Int64N(int64(head))); !known[seq] {
				known[seq] = true
				seqs = append(seqs, seq)
			}
		}
		some, err := r.o.Archive.Standing(ctx, ws, seqs)
		if err != nil {
			return nil, err
		}
		if rows = append(rows, some...); len(rows) >= triedPosts {
			return rows[:triedPosts], nil
		}
	}
	return rows, nil
}
