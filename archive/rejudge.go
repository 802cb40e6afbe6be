package archive

import (
	"context"
	"fmt"

	"hearth"
	"hearth/db"
)

// Standing gives those of the versions with the given numbers that stand: each is
// the newest of its post, which is there, though it may be hidden. What is damaged is
// left out. They come in the order of their numbers as given.
func (a *Archive) Standing(ctx context.Context, ws hearth.WorkspaceID, seqs []hearth.Seq) (list []Stored, err error) {
	if len(seqs) == 0 {
		return nil, nil
	}
	found := make(map[hearth.Seq]Stored, len(seqs))
	err = a.db.Read(ctx, func(tx *db.Tx) error {
		var keys db.Blobs
		err := a.loadRows(tx, ws, seqs, func(r *row) error {
			if !r.op.HasVersion() || r.body == nil {
				return nil
			}
			var c content
			if err := a.open(r, &c); err != nil {
				return nil // damaged: who verifies the archive says so
			}
			found[r.seq] = r.stored(&c)
			key := keyOf(c.post.Key())
			keys = append(keys, key[:])
			return nil
		})
		if err != nil || len(keys) == 0 {
			return err
		}
		stand, err := keysAt(tx, ws, keys)
		if err != nil {
			return err
		}
		l := &log{a: a, tx: tx, workspace: ws}
		for seq, s := range found {
			at, ok := stand[keyOf(s.Post.Key())]
			if ok && at.seq == seq && at.state != gone {
				continue
			}
			c, err := l.find(s.Post.Key()) // perhaps under another key
			if err != nil && hearth.ErrorCode(err) != hearth.Damaged {
				return err
			}
			if err != nil || !c.found || c.state == gone || c.seq != seq {
				delete(found, seq)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, seq := range seqs {
		if s, ok := found[seq]; ok {
			list = append(list, s)
			delete(found, seq)
		}
	}
	return list, nil
}

// Rejudgement is what the analysis says of a post now.
type Rejudgement struct {
	Post   *hearth.Post // with title and text as they were judged, without what people say
	Judged Judged       // with its run
}

// Why a Result of Rejudge or Unjudge stored nothing.
const (
	EditedSince = "It was edited meanwhile."
	SaysSo      = "It says so already."
)

// Rejudge has posts say what the analysis says of them now, in one transaction; keep
// it to some hundred posts. What makes another post of one is a new version of the
// log, with Op Annotate and all that the version before had; what people say of it
// holds as before. What was said before stays in the log, so that Unjudge can go back
// to it, until the post is erased. A post that was edited since it was judged is left
// alone: it was judged as it came. catch and with are as for Annotate.
func (a *Archive) Rejudge(ctx context.Context, ws hearth.WorkspaceID, list []Rejudgement, catch Catch, with func(*db.Tx, []Result) error) ([]Result, error) {
	var results []Result
	err := a.writeLog(ctx, ws, func(l *log) error {
		results = make([]Result, len(list))
		for i := range list {
			var err error
			if results[i], err = l.rejudge(&list[i], catch); err != nil {
				return fmt.Errorf("judging %s anew: %w", list[i].Post.ID, err)
			}
		}
		if with == nil {
			return nil
		}
		return with(l.tx, results)
	})
	if err != nil {
		return nil, err
	}
	return results, nil
}

func (l *log) rejudge(j *Rejudgement, catch Catch) (Result, error) {
	c, err := l.find(j.Post.Key())
	if err != nil {
		return Result{}, err
	}
	if !c.found || c.state == gone {
		return Result{Seq: c.seq, Reason: NoSuchPost}, nil
	}
	if c.post.Text != j.Post.Text || c.post.Title != j.Post.Title {
		return Result{Seq: c.seq, Reason: EditedSince}, nil
	}
	return l.judge(&c, j.Post, j.Judged, catch)
}

// judge stores the version that other words of the analysis make of a post.
func (l *log) judge(c *current, says *hearth.Post, by Judged, catch Catch) (Result, error) {
	base := markedOf(&c.post)
	if c.base != nil {
		base = markedOf(c.base)
	}
	base.Lang, base.Sentiment, base.SentimentScore, base.Intent, base.Spam = says.Lang, says.Sentiment, says.SentimentScore, says.Intent, says.Spam
	next := c.content
	next.judged = by
	restore(&next.post, base)
	if c.base != nil {
		said, err := l.annotationsOf(c.key)
		if err != nil {
			return Result{}, err
		}
		next.base = base
		apply(&next.post, said)
	}
	if sameMarks(&next.post, &c.post) {
		return Result{Seq: c.seq, Reason: SaysSo}, nil
	}
	return l.stand(c, &next, catch)
}

// Unjudge has posts say what the analysis said of them before a re-analysis, in one
// transaction: rows are of the log, and those that the run made count. A post that was
// edited since, or judged by a later run, stays as it is. There is one result for each
// row.
func (a *Archive) Unjudge(ctx context.Context, ws hearth.WorkspaceID, run int64, rows []hearth.Seq, catch Catch, with func(*db.Tx, []Result) error) ([]Result, error) {
	var results []Result
	err := a.writeLog(ctx, ws, func(l *log) error {
		results = make([]Result, len(rows))
		for i := range rows {
			var err error
			if results[i], err = l.unjudge(rows[i], run, catch); err != nil {
				return fmt.Errorf("going back behind run %d: %w", run, err)
			}
		}
		if with == nil {
			return nil
		}
		return with(l.tx, results)
	})
	if err != nil {
		return nil, err
	}
	return results, nil
}

func (l *log) unjudge(seq hearth.Seq, run int64, catch Catch) (Result, error) {
	var made, before content
	r, err := l.a.load(l.tx, l.workspace, seq, &made)
	if err != nil {
		return Result{}, err
	}
	if r.op != Annotate || r.body == nil || made.judged.Run != run || run <= 0 {
		return Result{Seq: seq, Reason: SaysSo}, nil
	}
	old, err := l.a.load(l.tx, l.workspace, r.replaces, &before)
	if err != nil {
		return Result{}, err
	}
	if old.body == nil || before.judged.Run == run { // a person spoke of what the run had made
		return Result{Seq: seq, Reason: SaysSo}, nil
	}
	c, err := l.find(made.post.Key())
	if err != nil {
		return Result{}, err
	}
	switch {
	case !c.found || c.state == gone:
		return Result{Seq: c.seq, Reason: NoSuchPost}, nil
	case c.judged.Run != run:
		return Result{Seq: c.seq, Reason: EditedSince}, nil
	}
	says := &before.post
	if before.base != nil {
		says = before.base
	}
	return l.judge(&c, says, before.judged, catch)
}

// Workspaces are those that have posts, or had some.
func (a *Archive) Workspaces(ctx context.Context) (list []hearth.WorkspaceID, err error) {
	err = a.db.Read(ctx, func(tx *db.Tx) error {
		for last := int64(0); ; list = append(list, hearth.WorkspaceID(last)) {
			const next = "SELECT coalesce(min(workspace_id), 0) FROM post_key WHERE workspace_id > ?" // all workspaces: the program's own work
			if err := tx.QueryRow(next, last).Scan(&last); err != nil || last == 0 {
				return err
			}
		}
	})
	return list, err
}
