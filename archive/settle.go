package archive

import (
	"context"
	"errors"

	"hearth"
	"hearth/archive/index"
	"hearth/db"
	"hearth/fault"
)

// settleRows is how many posts of an author one transaction touches.
const settleRows = 500

// settleLoop makes authors' posts follow their authors' states until ctx ends.
// What was not done at the last stop is done first.
func (a *Archive) settleLoop(ctx context.Context) {
	signal(a.unsettled)
	for {
		select {
		case <-ctx.Done():
			return
		case <-a.unsettled:
		}
		for a.Settle(ctx) != nil && ctx.Err() == nil {
			if pause(ctx, retryPause) != nil {
				return
			}
		}
	}
}

// pendingAuthor is an author whose posts do not all follow yet.
type pendingAuthor struct {
	workspace   hearth.WorkspaceID
	network, id string
}

// Settle makes the posts of all hidden, shown and deleted authors follow, and
// returns when they do. The archive does so by itself soon after the author's
// event; call it to wait for that.
func (a *Archive) Settle(ctx context.Context) error {
	a.settling.Lock()
	defer a.settling.Unlock()
	for {
		var next *pendingAuthor
		err := a.db.Read(ctx, func(tx *db.Tx) error {
			const find = "SELECT workspace_id, network, author_id FROM author_state WHERE pending = 1 LIMIT 1" // cross-workspace: the settler
			var p pendingAuthor
			var ws int64
			err := tx.QueryRow(find).Scan(&ws, &p.network, &p.id)
			if err == nil {
				p.workspace, next = hearth.WorkspaceID(ws), &p
			}
			if errors.Is(err, errNoRows) {
				return nil
			}
			return err
		})
		if err != nil || next == nil {
			return err
		}
		if err := a.settle(ctx, next); err != nil {
			return err
		}
	}
}

// settle brings one author's posts in line, settleRows at a time.
func (a *Archive) settle(ctx context.Context, p *pendingAuthor) error {
	for {
		seqs, err := a.postsOf(ctx, p)
		if err != nil {
			return err
		}
		done := false
		err = a.writeLog(ctx, p.workspace, func(l *log) error {
			done, err = l.settle(p, seqs)
			return err
		})
		if err != nil {
			return err
		}
		if done {
			return nil
		}
	}
}

// settle treats the versions that were found for an author as the author's
// state, read again here, demands. It reports true when none is left to treat
// and the author is settled.
func (l *log) settle(p *pendingAuthor, seqs []hearth.Seq) (bool, error) {
	is, err := l.stateOf(p.network, p.id)
	if err != nil {
		return false, err
	}
	touched := false
	for _, seq := range seqs {
		var c content
		if _, err := l.a.load(l.tx, l.workspace, seq, &c); err != nil {
			return false, err
		}
		if c.post.Network != p.network || c.post.Author.ID != p.id {
			continue // the index proposed another's, or it was erased since
		}
		now, err := l.find(c.post.Key())
		if err != nil {
			return false, err
		}
		if now.seq != seq || now.state == is || now.state == gone {
			continue
		}
		touched = true
		if err := l.follow(&now, is); err != nil {
			return false, err
		}
	}
	if err := fault.Point("archive.settle.followed"); err != nil {
		return false, err
	}
	if touched || len(seqs) >= settleRows {
		return false, nil
	}
	_, err = l.tx.Exec("UPDATE author_state SET pending = 0 WHERE workspace_id = ? AND author = ?", int64(l.workspace), authorKey(p.network, p.id))
	return true, err
}

// follow gives a post its author's state.
func (l *log) follow(c *current, author state) error {
	switch author {
	case hidden:
		place, err := l.leavePlace(c)
		if err != nil {
			return err
		}
		return l.hideRow(c, place)
	case visible:
		return l.showRow(c)
	default:
		return l.erase(c, "account deleted")
	}
}

// postsOf finds versions that may have to follow an author: hidden ones on the
// author's list, unless the author is hidden, and visible ones that the index
// proposes, unless the author is shown.
func (a *Archive) postsOf(ctx context.Context, p *pendingAuthor) (seqs []hearth.Seq, err error) {
	err = a.indexed(ctx, func(tx *db.Tx, x *index.Index) error {
		l := &log{a: a, tx: tx, workspace: p.workspace}
		is, err := l.stateOf(p.network, p.id)
		if err != nil {
			return err
		}
		if is != hidden {
			if seqs, err = l.hiddenOf(p); err != nil {
				return err
			}
		}
		if is != visible {
			return a.visibleOf(tx, x, p, &seqs)
		}
		return nil
	})
	return seqs, err
}

func (l *log) hiddenOf(p *pendingAuthor) (seqs []hearth.Seq, err error) {
	const listed = "SELECT seq FROM post_hidden WHERE workspace_id = ? AND author = ? LIMIT ?"
	return seqsOf(l.tx.Query(listed, int64(p.workspace), authorKey(p.network, p.id), settleRows))
}

// visibleOf adds at most settleRows versions of an author that can be found.
func (a *Archive) visibleOf(tx *db.Tx, x *index.Index, p *pendingAuthor, seqs *[]hearth.Seq) error {
	planner := planner{begin: string(appendWorkspace(nil, p.workspace))}
	wanted := planner.fieldTerm(fieldAuthorID, p.id)
	result, err := x.Search(&wanted.expr, index.Everything)
	if err != nil {
		return err
	}
	docs := result.Documents(true)
	for found := 0; found < settleRows; {
		d, ok, err := docs.Next()
		if err != nil || !ok {
			return err
		}
		var c content
		if _, err := a.load(tx, p.workspace, hearth.Seq(d.Seq), &c); err != nil {
			return err
		}
		if c.post.Network == p.network && c.post.Author.ID == p.id {
			*seqs = append(*seqs, hearth.Seq(d.Seq))
			found++
		}
	}
	return nil
}
