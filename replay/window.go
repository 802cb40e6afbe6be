package replay

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"hearth"
	"hearth/db"
	"hearth/fault"
)

//go:embed schema/*.sql
var schemaFiles embed.FS

// Schema is the window's tables, in a file of their own.
func Schema() db.Schema { return db.SchemaIn(schemaFiles, "replay", "schema") }

// PageSize is the page that suits a window's file, for db.Options: its blobs are
// hundreds of kilobytes long.
const PageSize = 1 << 16

// MaxAge is the longest that a window may reach back: erased content must be off
// the disk by then.
const MaxAge = 7 * 24 * time.Hour

// Options of a window. Age, Size, Clock and Log are required.
type Options struct {
	Age   time.Duration // how far back it goes, at most MaxAge
	Size  int64         // bytes it may take on the disk, about
	Rules int           // names how the caller makes keys; blocks of other rules are never passed over
	Clock hearth.Clock
	Log   *slog.Logger

	// Crowded says that the disk is nearly full: the window then stops growing.
	// Nil: never.
	Crowded func() bool

	// BlockBytes is the size of a block unpacked; 0 means 2 MiB.
	BlockBytes int
}

// Window is open on one database file. It may be used by many goroutines at
// once.
type Window struct {
	o      Options
	d      *db.DB
	packer packer

	// The writer's own.
	effort   effort
	rushed   bool  // blocks were packed fast since the last look
	repacked int64 // id of the last block that was packed again

	// Of run's goroutine:
	grown   int64 // bytes since the window was cut to its size
	ceiling int64 // of the size while the disk is crowded, else -1

	mu      sync.Mutex
	opens   map[hearth.WorkspaceID]*open
	graves  map[graveKey]bool // not yet written
	spare   []*open
	nextID  int64
	damaged map[blockKey]bool
	trouble string // why nothing is being kept; "" while all is well
	missing *Gap   // not yet written
	full    chan *open
	flushes chan chan error
	stop    chan struct{}
	stopped chan struct{}
	closing sync.Once
}

type blockKey struct {
	workspace hearth.WorkspaceID
	id        int64
}

// open is a block that is being filled.
type open struct {
	key         blockKey
	b           []byte
	summary     summary
	posts       int
	first, last int64
	born        time.Time
	dirty       bool // holds posts that are not on the disk
}

const (
	blockBytes = 2 << 20
	// flushEvery is how much of the newest posts a crash may cost.
	flushEvery = 2 * time.Second
	// blockAge is after how long a block is closed that does not fill up, so
	// that it is not written again and again.
	blockAge = 5 * time.Minute
	// waitingBlocks may wait to be packed; a full queue holds the sources up.
	waitingBlocks = 4
	// growth is the part of its size by which the window may grow until it is cut
	// to it.
	growth = 50
)

// Open starts the window on a database that was opened with Schema and is used
// by nothing else.
func Open(ctx context.Context, d *db.DB, o Options) (*Window, error) {
	if o.Age <= 0 || o.Age > MaxAge || o.Size <= 0 {
		return nil, hearth.Errorf(hearth.Invalid, "The replay window needs an age of up to %s and a size.", MaxAge)
	}
	if o.BlockBytes <= 0 {
		o.BlockBytes = blockBytes
	}
	w := &Window{
		o: o, d: d, ceiling: -1, opens: map[hearth.WorkspaceID]*open{}, graves: map[graveKey]bool{}, damaged: map[blockKey]bool{},
		full: make(chan *open, waitingBlocks), flushes: make(chan chan error), stop: make(chan struct{}), stopped: make(chan struct{}),
	}
	var err error
	if w.packer, err = newPacker(); err != nil {
		return nil, fmt.Errorf("opening the replay window: %w", err)
	}
	if err := w.begin(ctx); err != nil {
		w.packer.close()
		return nil, fmt.Errorf("opening the replay window: %w", err)
	}
	go w.run()
	return w, nil
}

// begin notes what an earlier crash may have cost, and that posts are taken now.
func (w *Window) begin(ctx context.Context) error {
	now := w.o.Clock()
	return w.d.Write(ctx, func(tx *db.Tx) error {
		if err := tx.QueryRow(`SELECT coalesce(max(id), 0) + 1 FROM replay_block`).Scan(&w.nextID); err != nil { // all workspaces: ids are shared
			return err
		}
		var crashed bool
		var flushed int64
		if err := tx.QueryRow(`SELECT open, flushed FROM replay_state WHERE id = 1`).Scan(&crashed, &flushed); err != nil {
			return err
		}
		if crashed {
			g := Gap{From: time.UnixMicro(flushed), To: now, Reason: "Hearth was cut off; the last posts it had read may be missing."}
			if err := writeGap(tx, &g); err != nil {
				return err
			}
		}
		_, err := tx.Exec(`UPDATE replay_state SET open = 1, flushed = ? WHERE id = 1`, now.UnixMicro())
		return err
	})
}

// Close writes what was taken and ends the window. It does not close the
// database.
func (w *Window) Close() error {
	w.closing.Do(func() { close(w.stop) })
	<-w.stopped
	defer w.packer.close()
	if w.troubled() {
		return nil // said already, and a gap
	}
	return w.d.Write(context.Background(), func(tx *db.Tx) error {
		_, err := tx.Exec(`UPDATE replay_state SET open = 0, flushed = ? WHERE id = 1`, w.o.Clock().UnixMicro())
		return err
	})
}

// Take adds what is on the sheet and resets it. It waits while the disk is
// behind. Posts that cannot be kept are a gap, not an error: the error is ctx's.
func (w *Window) Take(ctx context.Context, ws hearth.WorkspaceID, s *Sheet) error {
	defer s.Reset()
	if s.empty() {
		return nil
	}
	now := w.o.Clock()
	w.mu.Lock()
	if len(w.graves) < maxPendingGraves {
		for _, g := range s.graves {
			w.graves[graveKey{ws, spanOf(now.UnixMicro()), g.hash}] = g.dead
		}
	}
	if s.posts == 0 || w.trouble != "" {
		if s.posts > 0 {
			w.lose(s.first, s.last, w.trouble)
		}
		w.mu.Unlock()
		return nil
	}
	o := w.opens[ws]
	if o == nil {
		o = w.newOpen(ws, now)
		w.opens[ws] = o
	}
	o.take(s)
	if len(o.b) < w.o.BlockBytes && now.Sub(o.born) < blockAge {
		w.mu.Unlock()
		return nil
	}
	delete(w.opens, ws)
	w.mu.Unlock()
	select {
	case w.full <- o:
		return nil
	case <-w.stopped:
		return nil
	case <-ctx.Done():
		w.mu.Lock()
		defer w.mu.Unlock()
		w.lose(o.first, o.last, "Reading ended before the last posts were written.")
		return ctx.Err()
	}
}

// maxPendingGraves bounds what waits while the disk takes nothing.
const maxPendingGraves = 1 << 20

func (w *Window) newOpen(ws hearth.WorkspaceID, now time.Time) *open {
	var o *open
	if n := len(w.spare); n > 0 {
		o, w.spare = w.spare[n-1], w.spare[:n-1]
		clear(o.summary)
		*o = open{b: o.b[:0], summary: o.summary}
	} else {
		o = &open{b: make([]byte, 0, w.o.BlockBytes+w.o.BlockBytes/8), summary: newSummary()}
	}
	o.key, o.born = blockKey{ws, w.nextID}, now
	w.nextID++
	return o
}

func (o *open) take(s *Sheet) {
	if o.posts == 0 {
		o.first, o.last = s.first, s.last
	}
	o.first, o.last = min(o.first, s.first), max(o.last, s.last)
	o.posts += s.posts
	o.b = append(o.b, s.b...)
	for _, key := range s.Keys {
		o.summary.add(key)
	}
	o.dirty = true
}

// run writes until the window is closed.
func (w *Window) run() {
	defer close(w.stopped)
	flush, drop, repack := time.NewTicker(flushEvery), time.NewTicker(dropEvery), time.NewTicker(repackEvery)
	defer repack.Stop()
	defer flush.Stop()
	defer drop.Stop()
	w.drop()
	for {
		if w.grown > w.o.Size/growth {
			w.shrink()
		}
		select {
		case o := <-w.full:
			w.writeFull(o)
		case <-flush.C:
			w.flush()
		case done := <-w.flushes:
			w.drain()
			done <- w.flush()
		case <-drop.C:
			w.drop()
		case <-repack.C:
			w.repack()
		case <-w.stop:
			w.drain()
			w.flush()
			return
		}
	}
}

// drain writes the full blocks that wait.
func (w *Window) drain() {
	for {
		select {
		case o := <-w.full:
			w.writeFull(o)
		default:
			return
		}
	}
}

func (w *Window) writeFull(o *open) {
	w.write([]*packed{w.packFull(o)})
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.spare) < waitingBlocks {
		w.spare = append(w.spare, o)
	}
}

// Flush returns when everything taken before is on the disk and can be read.
func (w *Window) Flush(ctx context.Context) error {
	done := make(chan error, 1)
	select {
	case w.flushes <- done:
		return <-done
	case <-w.stopped:
		return errClosed
	case <-ctx.Done():
		return ctx.Err()
	}
}

var errClosed = &hearth.Error{Code: hearth.Unavailable, Message: "The replay window is closed."}

// flush writes the blocks that are being filled as they stand.
func (w *Window) flush() error {
	w.mu.Lock()
	var copies []open
	for _, o := range w.opens {
		if o.dirty {
			o.dirty = false
			c := *o
			c.b, c.summary = slices.Clone(o.b), slices.Clone(o.summary)
			copies = append(copies, c)
		}
	}
	idle := len(copies) == 0 && len(w.graves) == 0 && w.missing == nil
	w.mu.Unlock()
	if idle {
		return nil
	}
	list := make([]*packed, len(copies))
	for i := range copies {
		list[i] = w.pack(&copies[i], fast) // it is written again when it is full
	}
	return w.write(list)
}

// write writes blocks, graves and gaps in one transaction.
func (w *Window) write(list []*packed) error {
	w.mu.Lock()
	graves, missing := maps.Clone(w.graves), w.missing
	w.mu.Unlock()
	now := w.o.Clock().UnixMicro()
	err := w.d.Write(context.Background(), func(tx *db.Tx) error {
		for _, b := range list {
			if err := b.write(tx); err != nil {
				return err
			}
		}
		if err := fault.Point("replay.blocks.written"); err != nil {
			return err
		}
		if err := writeGraves(tx, graves); err != nil {
			return err
		}
		if missing != nil {
			if err := writeGap(tx, missing); err != nil {
				return err
			}
		}
		_, err := tx.Exec(`UPDATE replay_state SET flushed = ? WHERE id = 1`, now)
		return err
	})
	for _, b := range list {
		w.grown += int64(len(b.summary) + len(b.body))
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if err == nil {
		for key, dead := range graves {
			if w.graves[key] == dead {
				delete(w.graves, key)
			}
		}
		if w.missing == missing {
			w.missing = nil
		}
		return nil
	}
	w.o.Log.Error("the replay window cannot be written; posts are missing from it", "error", err)
	if errors.Is(err, db.ErrUnknownOutcome) {
		w.trouble = "The replay window could not be written any more until Hearth was started again."
	}
	for _, b := range list {
		w.lose(b.first, b.last, "The disk did not take these posts.")
	}
	return err
}

// lose notes posts that are not kept, to be written as a gap as soon as that is
// possible. The caller holds the lock.
func (w *Window) lose(first, last int64, reason string) {
	g := &Gap{From: time.UnixMicro(first).UTC(), To: time.UnixMicro(last).UTC(), Reason: reason}
	if m := w.missing; m != nil {
		if m.From.Before(g.From) {
			g.From = m.From
		}
		if m.To.After(g.To) {
			g.To = m.To
		}
	}
	w.missing = g
}

func (w *Window) troubled() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.trouble != ""
}
