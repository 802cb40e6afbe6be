package archive

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"hearth"
	"hearth/db"
	"hearth/fault"
)

// Consumer folds the log into tables of its own.
type Consumer struct {
	// Name is its place in the table of positions, the same for ever.
	Name string

	// Beside says that it may fall behind: it gets few rows at a time, and rests
	// three times as long as it worked, so that those who write do not wait for it;
	// where nobody else has written meanwhile, a quarter as long.
	Beside bool

	// Apply takes rows in, in the order of the log, of all workspaces, at most
	// a few thousand. Its writes on tx, and nothing else it does, count: they
	// commit together with the new position or not at all. It runs on the
	// writer's goroutine, so it must be quick and must not call the archive.
	// The rows are shared with other consumers: nobody may change them.
	Apply func(ctx context.Context, tx *db.Tx, rows []Stored) error
}

const (
	consumeRows  = 2000 // rows of one transaction
	besideRows   = 50   // of one who may fall behind
	besideRest   = 3    // times as long as the work
	besideQuiet  = 4    // of which the rest is a part where nobody else writes
	maxFailures  = 5    // of one row before it is a dead letter
	retryPause   = 100 * time.Millisecond
	maxErrorText = 2000
)

// Consume feeds a consumer from its position on until ctx ends, and returns
// ctx's error. When Apply fails on a batch, it is given in halves; a row
// that fails five times, or is damaged, becomes a dead letter in the
// transaction that moves the position, and the others go on. Trouble with the
// database itself is no row's fault: it is waited out, or returned if nothing
// can be written any more. Where several processes consume under one name, each
// row is fed to one of them.
func (a *Archive) Consume(ctx context.Context, c Consumer) error {
	a.consumers.Add(1)
	defer func() {
		if a.consumers.Add(-1) == 0 {
			a.recent.forget()
		}
	}()
	at, err := a.Position(ctx, c.Name)
	if err != nil {
		return err
	}
	for {
		if err := a.Wait(ctx, at); err != nil {
			return err
		}
		rows, err := a.batch(ctx, at, c.rows())
		if err != nil {
			return fmt.Errorf("reading for %s: %w", c.Name, err)
		}
		begun, before := hearth.SystemClock(), a.db.Accepted()
		next, err := a.feed(ctx, c, at, rows)
		if errors.Is(err, errMoved) && a.db.Shared() { // by another process
			next, err = a.Position(ctx, c.Name)
		}
		if err != nil {
			return fmt.Errorf("feeding %s: %w", c.Name, err)
		}
		at = next
		if c.Beside {
			if err := a.stepAside(ctx, hearth.SystemClock().Sub(begun), before); err != nil {
				return err
			}
		}
	}
}

// stepAside lets others write after some work. Of other processes it cannot know
// whether they want to.
func (a *Archive) stepAside(ctx context.Context, worked time.Duration, before int64) error {
	if err := pause(ctx, worked/besideQuiet); err != nil {
		return err
	}
	if a.db.Accepted()-before <= 1 && !a.db.Shared() { // our own
		return nil
	}
	return pause(ctx, besideRest*worked-worked/besideQuiet)
}

// rows is how many rows a consumer gets at a time.
func (c *Consumer) rows() int {
	if c.Beside {
		return besideRows
	}
	return consumeRows
}

// batch reads at most limit rows behind a position. A damaged row ends it early, or
// comes alone, marked by a Seq without a Workspace.
func (a *Archive) batch(ctx context.Context, after hearth.Seq, limit int) ([]Stored, error) {
	if rows := a.recent.after(after, limit); rows != nil {
		return rows, nil
	}
	var rows []Stored
	err := a.ReadLog(ctx, 0, after, limit, func(s *Stored) error {
		rows = append(rows, *s)
		return nil
	})
	if hearth.ErrorCode(err) == hearth.Damaged {
		if len(rows) == 0 {
			rows = []Stored{{Seq: after + 1}}
		}
		return rows, nil
	}
	return rows, err
}

// feed applies a batch and returns the new position. A batch that fails is
// halved until the row at fault stands alone, so that one poisonous row delays
// its neighbours by a few transactions only.
func (a *Archive) feed(ctx context.Context, c Consumer, at hearth.Seq, rows []Stored) (hearth.Seq, error) {
	if len(rows) == 1 {
		return rows[0].Seq, a.feedOne(ctx, c, at, rows)
	}
	last := rows[len(rows)-1].Seq
	if a.apply(ctx, c, at, last, rows) == nil {
		return last, nil
	}
	half := len(rows) / 2
	at, err := a.feed(ctx, c, at, rows[:half])
	if err != nil {
		return at, err
	}
	return a.feed(ctx, c, at, rows[half:])
}

// feedOne applies one row, again and again, until it is in or a dead letter.
func (a *Archive) feedOne(ctx context.Context, c Consumer, at hearth.Seq, row []Stored) error {
	if row[0].Workspace == 0 {
		return a.deadLetter(ctx, c, at, row[0], damaged(row[0].Seq))
	}
	for failures := 0; ; {
		err := a.apply(ctx, c, at, row[0].Seq, row)
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, db.ErrUnknownOutcome), errors.Is(err, errMoved):
			return err
		case hearth.ErrorCode(err) != hearth.Unavailable:
			if failures++; failures == maxFailures {
				return a.deadLetter(ctx, c, at, row[0], err)
			}
		}
		if err := pause(ctx, retryPause); err != nil {
			return err
		}
	}
}

// apply runs the consumer and moves its position in one transaction.
func (a *Archive) apply(ctx context.Context, c Consumer, at, to hearth.Seq, rows []Stored) error {
	return a.db.Write(ctx, func(tx *db.Tx) error {
		if err := movePosition(tx, c.Name, at, to); err != nil {
			return err
		}
		if err := fault.Point("archive.consume.moved"); err != nil {
			return err
		}
		if err := c.Apply(ctx, tx, rows); err != nil {
			return err
		}
		return fault.Point("archive.consume.applied")
	})
}

// deadLetter notes one and moves past it.
func (a *Archive) deadLetter(ctx context.Context, c Consumer, at hearth.Seq, row Stored, cause error) error {
	text := cause.Error()
	if len(text) > maxErrorText {
		text = text[:maxErrorText]
	}
	return a.db.Write(ctx, func(tx *db.Tx) error {
		workspace := int64(row.Workspace)
		if workspace == 0 { // damaged: the row itself cannot be believed
			if err := tx.QueryRow("SELECT workspace_id FROM post WHERE seq = ?", int64(row.Seq)).Scan(&workspace); err != nil {
				return err
			}
		}
		const note = `INSERT INTO consumer_dead_letter (workspace_id, consumer, seq, error, at) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (workspace_id, consumer, seq) DO UPDATE SET error = excluded.error, at = excluded.at`
		if _, err := tx.Exec(note, workspace, c.Name, int64(row.Seq), text, a.clock().UnixMicro()); err != nil {
			return err
		}
		if err := fault.Point("archive.deadletter.written"); err != nil {
			return err
		}
		return movePosition(tx, c.Name, at, row.Seq)
	})
}

// errMoved says that somebody else feeds the same consumer.
var errMoved = &hearth.Error{Code: hearth.Internal, Message: "The consumer's position was moved by somebody else; it must run once only."}

// movePosition is a compare-and-set.
func movePosition(tx *db.Tx, consumer string, from, to hearth.Seq) error {
	const first = "INSERT INTO consumer_position (consumer, seq) VALUES (?, ?) ON CONFLICT DO NOTHING"
	const move = "UPDATE consumer_position SET seq = ? WHERE consumer = ? AND seq = ?"
	var done sql.Result
	var err error
	if done, err = tx.Exec(move, int64(to), consumer, int64(from)); err != nil {
		return err
	}
	n, err := done.RowsAffected()
	if err != nil || n == 1 {
		return err
	}
	if from != 0 {
		return errMoved
	}
	if done, err = tx.Exec(first, consumer, int64(to)); err != nil {
		return err
	}
	if n, err = done.RowsAffected(); err == nil && n == 0 {
		return errMoved
	}
	return err
}

// MoveConsumer notes that a consumer that reads the log itself, and whose effects do
// no harm done twice, has taken in the rows up to one. It fails if another process
// has moved it from where it was meanwhile.
func (a *Archive) MoveConsumer(ctx context.Context, consumer string, from, to hearth.Seq) error {
	return a.db.Write(ctx, func(tx *db.Tx) error { return movePosition(tx, consumer, from, to) })
}

// Restart lets a consumer begin at the beginning of the log, in one transaction with
// forget, which takes away what it has made. The consumer may not run meanwhile.
func (a *Archive) Restart(ctx context.Context, consumer string, forget func(*db.Tx) error) error {
	return a.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec("DELETE FROM consumer_position WHERE consumer = ?", consumer); err != nil {
			return err
		}
		if _, err := tx.Exec("DELETE FROM consumer_dead_letter WHERE consumer = ?", consumer); err != nil { // all workspaces: it begins anew
			return err
		}
		return forget(tx)
	})
}

// Position is the last row that a consumer has taken in, 0 if none.
func (a *Archive) Position(ctx context.Context, consumer string) (hearth.Seq, error) {
	var seq int64
	err := a.db.Read(ctx, func(tx *db.Tx) error {
		err := tx.QueryRow("SELECT seq FROM consumer_position WHERE consumer = ?", consumer).Scan(&seq)
		if errors.Is(err, errNoRows) {
			return nil
		}
		return err
	})
	return hearth.Seq(seq), err
}

// DeadLetter is a row that a consumer could not take in.
type DeadLetter struct {
	Consumer string
	Seq      hearth.Seq
	Error    string
	At       time.Time
}

// DeadLetters lists a workspace's, the oldest first, from after a row on.
func (a *Archive) DeadLetters(ctx context.Context, ws hearth.WorkspaceID, consumer string, after hearth.Seq, limit int) ([]DeadLetter, error) {
	var list []DeadLetter
	err := a.db.Read(ctx, func(tx *db.Tx) error {
		const find = "SELECT seq, error, at FROM consumer_dead_letter WHERE workspace_id = ? AND consumer = ? AND seq > ? ORDER BY seq LIMIT ?"
		rows, err := tx.Query(find, int64(ws), consumer, int64(after), limit)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			d := DeadLetter{Consumer: consumer}
			var seq, at int64
			if err := rows.Scan(&seq, &d.Error, &at); err != nil {
				return err
			}
			d.Seq, d.At = hearth.Seq(seq), time.UnixMicro(at).UTC()
			list = append(list, d)
		}
		return rows.Err()
	})
	return list, err
}

// Replay gives one dead letter to its consumer again. If that succeeds the
// letter is gone, in the same transaction; else the error is returned and the
// letter stays.
func (a *Archive) Replay(ctx context.Context, ws hearth.WorkspaceID, c Consumer, seq hearth.Seq) error {
	rows, err := a.BySeq(ctx, ws, []hearth.Seq{seq})
	if err != nil {
		return err
	}
	return a.db.Write(ctx, func(tx *db.Tx) error {
		if err := dropDeadLetter(tx, ws, c.Name, seq); err != nil {
			return err
		}
		if len(rows) == 0 {
			return noDeadLetter(seq)
		}
		return c.Apply(ctx, tx, rows)
	})
}

// DropDeadLetter forgets one.
func (a *Archive) DropDeadLetter(ctx context.Context, ws hearth.WorkspaceID, consumer string, seq hearth.Seq) error {
	return a.db.Write(ctx, func(tx *db.Tx) error { return dropDeadLetter(tx, ws, consumer, seq) })
}

func dropDeadLetter(tx *db.Tx, ws hearth.WorkspaceID, consumer string, seq hearth.Seq) error {
	const take = "DELETE FROM consumer_dead_letter WHERE workspace_id = ? AND consumer = ? AND seq = ?"
	done, err := tx.Exec(take, int64(ws), consumer, int64(seq))
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); err != nil || n == 1 {
		return err
	}
	return noDeadLetter(seq)
}

func noDeadLetter(seq hearth.Seq) error {
	return hearth.Errorf(hearth.NotFound, "There is no dead letter of row %d.", seq)
}

// CountDeadLetters is how many of a workspace's rows a consumer could not take
// in.
func (a *Archive) CountDeadLetters(ctx context.Context, ws hearth.WorkspaceID, consumer string) (n int64, err error) {
	err = a.db.Read(ctx, func(tx *db.Tx) error {
		return tx.QueryRow("SELECT count(*) FROM consumer_dead_letter WHERE workspace_id = ? AND consumer = ?", int64(ws), consumer).Scan(&n)
	})
	return n, err
}

func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
