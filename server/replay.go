package server

import (
	"context"
	"path/filepath"

	"github.com/dustin/go-humanize"

	"hearth"
	"hearth/db"
	"hearth/match"
	"hearth/pairing"
	"hearth/replay"
)

// openShelf opens the database of the replay window if the settings ask for one.
func (s *Server) openShelf(ctx context.Context) (err error) {
	if s.config.Replay <= 0 {
		return nil
	}
	s.shelf, err = db.Open(ctx, filepath.Join(s.config.Data, replayFile), db.Options{
		Schemas: []db.Schema{pairing.Schema(), replay.Schema()}, PageSize: replay.PageSize, Clock: s.config.Clock, Committed: s.watch.Committed("replay"),
	})
	return err
}

// openWindow starts the replay window.
func (s *Server) openWindow(ctx context.Context) (err error) {
	if s.shelf == nil {
		return nil
	}
	size, err := humanize.ParseBytes(s.config.ReplaySize)
	if err != nil {
		return hearth.Errorf(hearth.Invalid, "Write the size of the replay window like 20GB, not %q.", s.config.ReplaySize)
	}
	s.window, err = replay.Open(ctx, s.shelf, replay.Options{
		Age: s.config.Replay, Size: int64(size), Rules: match.KeyRules, Clock: s.config.Clock, Log: s.log,
		Crowded: func() bool { return s.disk.RoomForHistory() != nil },
	})
	return err
}

// discardWindow removes the window of earlier runs where a server runs without
// one: nothing would cut it to its age.
func (s *Server) discardWindow() {
	if s.window != nil {
		return
	}
	err := replay.Discard(filepath.Join(s.config.Data, replayFile))
	if err == nil {
		err = s.pairing.Forget()
	}
	if err != nil {
		s.log.Error("the replay window of an earlier run cannot be removed; remove it by hand", "file", replayFile, "error", err)
	}
}
