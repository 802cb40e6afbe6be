package monitor

import (
	"context"

	"hearth"
	"hearth/access"
	"hearth/archive"
)

// DeadLetter is a row of the log that could not be counted: its post is stored
// and found, but in no mention or count.
type DeadLetter struct {
	archive.DeadLetter
	Post hearth.Key // zero if the row is damaged or was erased
}

// DeadLetters gives the rows that could not be counted, the oldest first, from
// after a row on, and how many there are in all. Limit 0 means 50; 1,000 is the
// most.
func (m *Monitors) DeadLetters(ctx context.Context, by access.Actor, after hearth.Seq, limit int) (list []DeadLetter, total int64, err error) {
	if err := by.Check(access.ReadOperations); err != nil {
		return nil, 0, err
	}
	consumer, err := m.Consumer(ctx)
	if err != nil {
		return nil, 0, err
	}
	if limit <= 0 {
		limit = 50
	}
	found, err := m.o.Archive.DeadLetters(ctx, by.Workspace, consumer.Name, after, min(limit, 1000))
	if err != nil {
		return nil, 0, err
	}
	for _, d := range found {
		letter := DeadLetter{DeadLetter: d}
		if rows, err := m.o.Archive.BySeq(ctx, by.Workspace, []hearth.Seq{d.Seq}); err == nil && len(rows) > 0 {
			letter.Post = rows[0].Post.Key()
		}
		list = append(list, letter)
	}
	total, err = m.o.Archive.CountDeadLetters(ctx, by.Workspace, consumer.Name)
	return list, total, err
}

// ReplayDeadLetter tries again to count a row. If it is counted now the letter
// is gone; if not, the error says why.
func (m *Monitors) ReplayDeadLetter(ctx context.Context, by access.Actor, row hearth.Seq) error {
	if err := by.Check(access.WriteOperations); err != nil {
		return err
	}
	consumer, err := m.Consumer(ctx)
	if err != nil {
		return err
	}
	if err := access.Note(ctx, m.o.State, m.o.Clock(), by, "monitor-letter.replay", access.Of("row", row), nil, nil); err != nil {
		return err
	}
	return m.o.Archive.Replay(ctx, by.Workspace, consumer, row)
}

// DismissDeadLetter forgets that a row could not be counted.
func (m *Monitors) DismissDeadLetter(ctx context.Context, by access.Actor, row hearth.Seq) error {
	if err := by.Check(access.WriteOperations); err != nil {
		return err
	}
	consumer, err := m.Consumer(ctx)
	if err != nil {
		return err
	}
	if err := access.Note(ctx, m.o.State, m.o.Clock(), by, "monitor-letter.dismiss", access.Of("row", row), nil, nil); err != nil {
		return err
	}
	return m.o.Archive.DropDeadLetter(ctx, by.Workspace, consumer.Name, row)
}
