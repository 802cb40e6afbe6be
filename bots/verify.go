package bots

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"hearth"
	"hearth/analysis/bot"
	"hearth/archive"
	"hearth/db"
)

// Difference is what Verify found.
type Difference struct {
	Posts    int // that count for an account otherwise than the log says, or not at all
	Accounts int // that are missing, or were judged by another number of posts than they have
}

// counted is a post as it counts for its author.
type counted struct {
	author, at          int64
	text, reply, hidden bool
	host                string
}

// at is a version in a workspace.
type at struct {
	ws  hearth.WorkspaceID
	seq int64
}

// Verify counts all posts to their authors anew, beside what is kept, and compares both.
// What is not kept on purpose, of the time before four weeks and beyond the newest
// hundred posts of an account, is no difference; whether a verdict follows from its
// figures is not looked at, as the copies of other accounts change without it. Nobody
// else may follow the log meanwhile.
func (b *Bots) Verify(ctx context.Context, progress func(share float64)) (d Difference, err error) {
	until, err := b.Place(ctx)
	if err != nil {
		return d, err
	}
	dir, err := os.MkdirTemp("", "hearth-bots-")
	if err != nil {
		return d, err
	}
	defer os.RemoveAll(dir)
	beside, err := db.Open(ctx, filepath.Join(dir, "bots.db"), db.Options{Schemas: []db.Schema{ArchiveSchema()}})
	if err != nil {
		return d, err
	}
	defer beside.Close()
	err = b.o.Archive.ReadLogUpTo(ctx, until, func(rows []archive.Stored) error {
		return beside.Write(ctx, func(tx *db.Tx) error { return apply(ctx, tx, rows) })
	}, progress)
	if err != nil {
		return d, err
	}
	stands := map[at]counted{}
	if err := eachPost(ctx, b.o.Store, func(p at, c counted) { stands[p] = c }); err != nil {
		return d, err
	}
	type author struct {
		ws   hearth.WorkspaceID
		hash int64
	}
	all, missing := map[author]int{}, map[author]int{} // posts of each
	past := b.o.Clock().Add(-kept).UnixMicro()
	err = eachPost(ctx, beside, func(p at, made counted) {
		who := author{p.ws, made.author}
		all[who]++
		switch is, there := stands[p]; {
		case there && is != made:
			d.Posts++
		case !there && made.at >= past:
			missing[who]++
		}
		delete(stands, p)
	})
	if err != nil {
		return d, err
	}
	d.Posts += len(stands) // nothing in the log makes them
	for who, n := range missing {
		if all[who] <= bot.Most {
			d.Posts += n
		}
	}
	return d, b.o.Store.Read(ctx, func(tx *db.Tx) error {
		for _, ask := range [...]string{ // all workspaces: verification
			`SELECT count(*) FROM (SELECT DISTINCT workspace_id, author FROM bot_post) AS p
				WHERE NOT EXISTS (SELECT 1 FROM bot_account a WHERE a.workspace_id = p.workspace_id AND a.author = p.author)`,
			`SELECT count(*) FROM bot_account a WHERE a.due = 0 AND a.judged > 0
				AND a.posts <> (SELECT count(*) FROM bot_post p WHERE p.workspace_id = a.workspace_id AND p.author = a.author AND p.hidden = 0)`,
		} {
			var n int
			if err := tx.QueryRow(ask).Scan(&n); err != nil {
				return fmt.Errorf("looking at accounts: %w", err)
			}
			d.Accounts += n
		}
		return nil
	})
}

// eachPost reads what counts.
func eachPost(ctx context.Context, store *db.DB, each func(at, counted)) error {
	return store.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(`SELECT workspace_id, seq, author, at, text, reply, host, hidden FROM bot_post`) // all workspaces: verification
		if err != nil {
			return fmt.Errorf("reading what counts for accounts: %w", err)
		}
		return db.EachRow(rows, func() error {
			var p at
			var c counted
			err := rows.Scan(&p.ws, &p.seq, &c.author, &c.at, &c.text, &c.reply, &c.host, &c.hidden)
			each(p, c)
			return err
		})
	})
}
