package server

import (
	"context"
	"errors"
	"time"

	"hearth"
	"hearth/access"
	"hearth/client"
	"hearth/monitor"
)

// inProcess gives a client of this server without any listener, and keeps the
// counts meanwhile. done waits until they have caught up, then closes all.
func (s *Server) inProcess(ctx context.Context) (*client.Client, func() error, error) {
	c, err := client.New("http://localhost", client.Options{Key: s.key, HTTP: direct{s.handler}})
	if err != nil {
		return nil, nil, err
	}
	changes := s.monitors.Changes().Subscribe(hearth.DefaultWorkspace, maxChanges)
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	ended := make(chan error, 1)
	go func() { ended <- s.monitors.Run(work) }()
	go s.disk.Run(work, 0)
	s.enter(phaseAlone)
	return c, func() error {
		changes.Close()
		s.catchUp(ctx, changes.C())
		stop()
		close(s.stopping)
		err := <-ended
		if errors.Is(err, context.Canceled) {
			err = nil
		}
		return errors.Join(err, s.Close())
	}, nil
}

// maxChanges is how many changed monitors a command waits for.
const maxChanges = 1024

// catchUp waits until the counts have seen everything stored and the monitors
// that were changed have searched their past; but not for ever: what is left,
// the next start goes on with.
func (s *Server) catchUp(ctx context.Context, changed <-chan monitor.Change) {
	ctx, cancel := context.WithTimeout(ctx, s.config.Drain)
	defer cancel()
	s.poll(ctx, s.caughtUp)
	waiting := map[hearth.MonitorID]bool{}
	for change := range changed {
		waiting[change.Monitor] = true
	}
	owner := access.LocalOwner(hearth.DefaultWorkspace)
	for id := range waiting {
		s.poll(ctx, func(ctx context.Context) (bool, error) {
			f, err := s.monitors.Filling(ctx, owner, id)
			return f.State != monitor.FillWaiting && f.State != monitor.FillRunning, err
		})
	}
}

// poll waits for something to become true, or to fail.
func (s *Server) poll(ctx context.Context, done func(context.Context) (bool, error)) {
	const soon = 10 * time.Millisecond
	for {
		if ok, err := done(ctx); ok || err != nil {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(soon):
		}
	}
}

func (s *Server) caughtUp(ctx context.Context) (bool, error) {
	head, err := s.archive.Head(ctx)
	if err != nil {
		return false, err
	}
	at, err := s.monitors.Place(ctx)
	return at >= head, err
}
