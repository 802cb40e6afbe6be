package archive

import (
	"context"
	"fmt"
	"time"

	"hearth"
	"hearth/db"
)

// eraseRows is how many posts one transaction erases.
const eraseRows = 500

// Erase takes the content of every version of the posts away, removes them
// from the index and leaves graves that swallow what comes late. Each post that
// was there gets a Delete row whose Revision is the reason. Only for the reason
// UndoneImport the post may come again. It returns how many
// there were; after an error the ones before it are erased.
func (a *Archive) Erase(ctx context.Context, ws hearth.WorkspaceID, keys []hearth.Key, reason string) (int, error) {
	erased := 0
	for len(keys) > 0 {
		n := min(len(keys), eraseRows)
		done, err := a.eraseKeys(ctx, ws, keys[:n], reason)
		erased += done
		if err != nil {
			return erased, fmt.Errorf("erasing posts: %w", err)
		}
		keys = keys[n:]
	}
	return erased, nil
}

func (a *Archive) eraseKeys(ctx context.Context, ws hearth.WorkspaceID, keys []hearth.Key, reason string) (int, error) {
	erased := 0
	err := a.writeLog(ctx, ws, func(l *log) error {
		erased = 0
		for _, k := range keys {
			c, err := l.find(k)
			if err != nil {
				return err
			}
			if !c.found || c.state == gone {
				continue
			}
			if err := l.erase(&c, reason); err != nil {
				return err
			}
			erased++
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return erased, nil
}

// erase buries a post for a reason of ours.
func (l *log) erase(c *current, reason string) error {
	name := l.nameOf(c)
	name.revision, name.post.Author = reason, hearth.Author{} // the grave names nobody
	body, _ := l.a.packer.pack(nil, nil, &name)
	_, err := l.bury(c, body, &name)
	return err
}

// Expire erases the posts of a workspace from before a time, by the time they
// are ordered by, in many transactions. It returns how many there were.
func (a *Archive) Expire(ctx context.Context, ws hearth.WorkspaceID, before time.Time) (int, error) {
	expired := 0
	for {
		seqs, err := a.oldest(ctx, ws, placeAt(before))
		if err != nil || len(seqs) == 0 {
			return expired, err
		}
		n := 0
		err = a.writeLog(ctx, ws, func(l *log) error {
			n = 0
			for _, seq := range seqs {
				var c content
				if _, err := a.load(l.tx, ws, seq, &c); err != nil {
					return err
				}
				now, err := l.find(c.post.Key())
				if err != nil {
					return err
				}
				if now.seq != seq || now.state == gone {
					continue
				}
				if err := l.erase(&now, "expired"); err != nil {
					return err
				}
				n++
			}
			return nil
		})
		if err != nil {
			return expired, fmt.Errorf("expiring posts: %w", err)
		}
		expired += n
	}
}

// oldest is the first visible versions before a place.
func (a *Archive) oldest(ctx context.Context, ws hearth.WorkspaceID, before int64) (seqs []hearth.Seq, err error) {
	err = a.db.Read(ctx, func(tx *db.Tx) error {
		seqs, err = seqsOf(tx.Query("SELECT seq FROM post_time WHERE workspace_id = ? AND place < ? ORDER BY place LIMIT ?", int64(ws), before, eraseRows))
		return err
	})
	return seqs, err
}

// writeLog runs f with the log of a workspace in one transaction.
func (a *Archive) writeLog(ctx context.Context, ws hearth.WorkspaceID, f func(*log) error) error {
	return a.write(ctx, func(l *log) error {
		l.workspace = ws
		return f(l)
	})
}
