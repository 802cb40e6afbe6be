package server

import (
	"context"
	"time"

	"hearth"
	"hearth/archive"
	"hearth/db"
	"hearth/pairing"
)

// newPairing watches over the stores of a home.
func newPairing(home string, config *Config) *pairing.Pairing {
	o := pairing.Options{Dir: home, Clock: config.Clock, Random: config.Random, Accept: config.Accept}
	if db.IsURL(home) {
		o.Dir = ""
	}
	return pairing.New(o)
}

// join refuses stores that do not belong together, before anything is written.
func (s *Server) join(ctx context.Context) error {
	length := func() (head hearth.Seq, err error) {
		err = s.store.Read(ctx, func(tx *db.Tx) (err error) {
			head, err = archive.CheckLog(tx)
			return err
		})
		return head, err
	}
	return s.pairing.Join(ctx, pairing.Stores{State: s.state, Archive: s.store, Replay: s.shelf}, length)
}

// markEvery is how many of the newest rows, in time, could be taken away with
// the end of a WAL without being missed.
const markEvery = 10 * time.Second

// markHead notes how far the log goes, until ctx ends.
func (s *Server) markHead(ctx context.Context) {
	tick := time.NewTicker(markEvery)
	defer tick.Stop()
	for {
		if err := s.mark(ctx); err != nil && ctx.Err() == nil {
			s.log.Warn("how far the archive goes could not be marked; it is tried again", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (s *Server) mark(ctx context.Context) error {
	head, err := s.archive.Head(ctx)
	if err != nil {
		return err
	}
	return s.pairing.Mark(ctx, head)
}

// part marks the end, once nothing is written to the databases any more.
func (s *Server) part() error {
	if s.pairing == nil {
		return nil
	}
	if s.archive != nil {
		s.mark(context.Background()) // else the last mark holds
	}
	return s.pairing.Close()
}
