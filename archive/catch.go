package archive

import (
	"context"
	"errors"
	"time"
)

// Catch feeds a consumer up to the present end of the log and returns. Nobody else may
// feed it meanwhile. progress is told how far it is, 0 to 1, now and then.
func (a *Archive) Catch(ctx context.Context, c Consumer, progress func(share float64)) error {
	head, err := a.Head(ctx)
	if err != nil {
		return err
	}
	c.Beside = false
	work, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- a.Consume(work, c) }()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		at, err := a.Position(ctx, c.Name)
		if err != nil {
			stop()
			<-ended
			return err
		}
		if at >= head {
			break
		}
		progress(float64(at) / float64(head))
		select {
		case err := <-ended:
			return err
		case <-tick.C:
		}
	}
	stop()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		return err
	}
	return ctx.Err()
}
