package disk

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"hearth"
)

// Level says how much room there is.
type Level int

const (
	Ample Level = iota
	Low         // the past is not searched
	Short       // deliveries are refused
	Out         // nothing new is kept
)

// Options of a Guard. Dir and Log are required.
type Options struct {
	Dir    string // on the disk that is watched; the reserve is made in it
	Limits Limits // the zero value: nothing is ever refused

	// Space measures a disk; nil means Space.
	Space func(dir string) (free, total int64)

	// Every is how often Run looks; 0 means each second.
	Every time.Duration

	Log *slog.Logger
}

// Guard watches one disk. It may be used by many goroutines at once.
type Guard struct {
	o Options

	mu      sync.Mutex
	level   Level
	free    int64
	total   int64
	missing int64 // of the reserve: given up, or not set aside yet
}

// reserveFile holds nothing.
const reserveFile = "reserve"

// again is how much more than a limit must be free before what it stopped goes
// on.
const again = 1.1

// New looks at the disk once; Run goes on looking.
func New(o Options) *Guard {
	if o.Space == nil {
		o.Space = Space
	}
	if o.Every <= 0 {
		o.Every = time.Second
	}
	g := &Guard{o: o}
	g.look()
	return g
}

// Run looks at the disk until ctx ends. Meanwhile it sets a reserve of so many
// bytes aside while there is ample room; at the end it is given up, so that
// whatever has to be written while stopping finds room.
func (g *Guard) Run(ctx context.Context, reserve int64) {
	tick := time.NewTicker(g.o.Every)
	defer tick.Stop()
	defer g.keep(Out, reserve)
	g.lacks(reserve)
	for {
		g.keep(g.look(), reserve)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// look measures the disk and says how much room there is.
func (g *Guard) look() Level {
	free, total := g.o.Space(g.o.Dir)
	g.mu.Lock()
	defer g.mu.Unlock()
	before := g.level
	g.free, g.total = free, total
	g.level = g.judge(before)
	if g.level == before {
		return before
	}
	if trouble := g.trouble(); trouble != "" {
		g.o.Log.Warn(trouble, "free", free, "of", total)
	} else {
		g.o.Log.Info("there is room on the disk again", "free", free, "of", total)
	}
	return g.level
}

// judge is called with mu held.
func (g *Guard) judge(before Level) Level {
	if g.free < 0 || g.total <= 0 {
		return Ample // nobody knows; writes that find no room say so
	}
	for _, l := range []struct {
		level Level
		limit Limit
	}{{Out, g.o.Limits.Out}, {Short, g.o.Limits.Short}, {Low, g.o.Limits.Low}} {
		limit := float64(l.limit.on(g.total))
		if before >= l.level {
			limit *= again
		}
		if float64(g.free-g.missing) < limit {
			return l.level
		}
	}
	return Ample
}

// keep makes the reserve while there is ample room, and gives it up when there
// is none.
func (g *Guard) keep(l Level, reserve int64) {
	path := filepath.Join(g.o.Dir, reserveFile)
	switch {
	case reserve <= 0:
	case l == Out:
		g.lacks(reserve)
		os.Remove(path)
	case l == Ample:
		if err := setAside(path, reserve); err != nil {
			g.o.Log.Warn("no room could be set aside", "error", err)
			return
		}
		g.lacks(0)
	}
}

// lacks notes what the reserve takes once it is made, which is nobody's: else
// giving it up would look like room for new posts.
func (g *Guard) lacks(n int64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.missing = n
}

func setAside(path string, size int64) error {
	if info, err := os.Stat(path); err == nil && info.Size() == size {
		return nil
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	if err := errors.Join(allocate(f, size), f.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}

// Level is how much room there was at the last look.
func (g *Guard) Level() Level {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.level
}

// Free is the bytes that were left at the last look, -1 where nobody knows.
func (g *Guard) Free() int64 {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.free
}

// Room is nil while new posts and settings may be kept, else an Unavailable
// error that says what to do.
func (g *Guard) Room() error { return g.above(Out) }

// RoomForHistory is nil while the past may be searched and fetched.
func (g *Guard) RoomForHistory() error { return g.above(Low) }

// RoomForDeliveries is nil while what is delivered is taken.
func (g *Guard) RoomForDeliveries() error { return g.above(Short) }

func (g *Guard) above(l Level) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.level < l {
		return nil
	}
	return &hearth.Error{Code: hearth.Unavailable, Message: g.trouble()}
}

// Trouble is what a person should know, "" if there is nothing.
func (g *Guard) Trouble() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.trouble()
}

func (g *Guard) trouble() string {
	left := fmt.Sprintf("%d MB are free on the disk of %s", g.free/1_000_000, g.o.Dir)
	switch g.level {
	case Low:
		return "Only " + left + ": the past is not searched until there is more. Make room soon."
	case Short:
		return "Only " + left + ": webhooks are refused and the past is not searched until there is more. Make room now."
	case Out:
		return "Only " + left + ": nothing new is kept until there is more. Searching, erasing and removing work; make room and all goes on by itself."
	}
	return ""
}
