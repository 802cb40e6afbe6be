package archive

import (
	"context"
	"errors"
	"time"

	"hearth"
)

// Lag is how far somebody who follows the log is behind its end.
type Lag struct {
	Rows int64         // that are not taken in
	Age  time.Duration // since the first of them arrived; below zero: not known
}

// ageRows is how many rows are looked at for one that says when it arrived.
const ageRows = 50

// Lag says how far behind somebody is who has taken in the rows up to one.
func (a *Archive) Lag(ctx context.Context, at hearth.Seq) (l Lag, err error) {
	head, err := a.Head(ctx)
	if err != nil || at >= head {
		return l, err
	}
	l = Lag{Rows: int64(head - at), Age: -1}
	err = a.ReadLog(ctx, 0, at, ageRows, func(s *Stored) error {
		if s.Op == Annotate || s.Received.IsZero() { // these say when another row arrived, or nothing
			return nil
		}
		l.Age = max(0, a.clock().Sub(s.Received))
		return errEnough
	})
	if errors.Is(err, errEnough) || hearth.ErrorCode(err) == hearth.Damaged {
		err = nil
	}
	return l, err
}
