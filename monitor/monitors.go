package monitor

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"hearth"
	"hearth/archive"
	"hearth/bus"
	"hearth/db"
	"hearth/ingest"
	"hearth/match"
)

// Options of the monitors. All but Past and Limit are required.
type Options struct {
	State   *db.DB // hearth.db, with StateSchema
	Archive *archive.Archive
	Store   *db.DB // archive.db, with ArchiveSchema
	Clock   hearth.Clock
	Log     *slog.Logger

	// Past finds posts that are not stored, for the search of the past; nil:
	// only what is stored is searched.
	Past *ingest.Past

	// Room is nil while the past may be searched. Nil: always.
	Room func() error

	// Limit is the most monitors of a workspace; 0 means 100,000.
	Limit int
}

// Monitors are the saved queries of all workspaces and what they caught.
type Monitors struct {
	o       Options
	changes bus.Topic[Change]
	changed chan struct{} // a wake-up for Run, at most one waits
	rebuilt chan struct{} // likewise, when another build of the counts is in force
	voices  voicesCache

	shared  sharedLists
	knowers knowers

	mu      sync.Mutex
	live    map[hearth.WorkspaceID]*match.Live
	waiting []monitorKey // whose past is to be searched, as verbs told it
}

// monitorKey names a monitor of any workspace.
type monitorKey struct {
	workspace hearth.WorkspaceID
	monitor   hearth.MonitorID
}

// Change is told on the bus when a monitor was made, changed or removed, or has
// found more of its past.
type Change struct {
	Monitor hearth.MonitorID
}

// New reads the monitors and lets them listen.
func New(ctx context.Context, o Options) (*Monitors, error) {
	if o.Limit == 0 {
		o.Limit = 100_000
	}
	m := &Monitors{o: o, changed: make(chan struct{}, 1), rebuilt: make(chan struct{}, 1), live: map[hearth.WorkspaceID]*match.Live{}}
	if err := m.load(ctx); err != nil {
		return nil, fmt.Errorf("reading the monitors: %w", err)
	}
	return m, nil
}

// load makes the standing queries of all workspaces from their rows. A query
// that an older Hearth took and this one does not is left out and said.
func (m *Monitors) load(ctx context.Context) error {
	if err := m.loadLists(ctx); err != nil {
		return err
	}
	standing := map[hearth.WorkspaceID][]match.Standing{}
	err := m.o.State.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(`SELECT workspace_id, id, query FROM monitor WHERE removed IS NULL AND paused = 0`) // all workspaces: the program's start
		if err != nil {
			return err
		}
		return db.EachRow(rows, func() error {
			var ws hearth.WorkspaceID
			var id hearth.MonitorID
			var text string
			if err := rows.Scan(&ws, &id, &text); err != nil {
				return err
			}
			q, problems := m.Parse(ws, text)
			if q == nil {
				m.o.Log.Error("a stored query is not sound any more; its monitor does not listen until somebody mends it",
					"workspace", ws, "monitor", id, "problem", problems[0].Message)
				return nil
			}
			standing[ws] = append(standing[ws], match.Standing{ID: id, Query: q})
			return nil
		})
	})
	for ws, all := range standing {
		m.liveOf(ws).Replace(all)
	}
	return err
}

// Queries are a workspace's standing queries as they are now, for ingest.
func (m *Monitors) Queries(ws hearth.WorkspaceID) *match.Set { return m.liveOf(ws).Snapshot() }

func (m *Monitors) liveOf(ws hearth.WorkspaceID) *match.Live {
	m.mu.Lock()
	defer m.mu.Unlock()
	l := m.live[ws]
	if l == nil {
		l = match.NewLive()
		m.live[ws] = l
	}
	return l
}

// Changes is where changes of monitors are told.
func (m *Monitors) Changes() *bus.Topic[Change] { return &m.changes }

// announce tells everybody about a change.
func (m *Monitors) announce(ws hearth.WorkspaceID, id hearth.MonitorID) {
	m.changes.Publish(ws, Change{Monitor: id})
}

// begin lets Run search the past of a monitor.
func (m *Monitors) begin(ws hearth.WorkspaceID, id hearth.MonitorID) {
	m.mu.Lock()
	m.waiting = append(m.waiting, monitorKey{ws, id})
	m.mu.Unlock()
	select {
	case m.changed <- struct{}{}:
	default:
	}
}

// lookEvery is how late a monitor is found whose wake-up was lost.
const lookEvery = 30 * time.Second

// Run counts what arrives and searches the past for new monitors, until ctx
// ends. Its error is one that the process must stop for.
func (m *Monitors) Run(ctx context.Context) error {
	return m.RunWhile(ctx, func(*db.Tx) error { return nil })
}

// RunWhile is Run for one of several processes. held is asked in each
// transaction of a search of the past whether this one is still to do it; its
// error undoes the transaction and is returned. (Counting needs no such
// question: each row is folded with the position, by compare-and-set.)
func (m *Monitors) RunWhile(ctx context.Context, held func(*db.Tx) error) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return m.consume(ctx) })
	group.Go(func() error { return m.fillAll(ctx, held) })
	err := group.Wait()
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// consume feeds the folder, and the next one when the tables are built anew.
func (m *Monitors) consume(ctx context.Context) error {
	for {
		consumer, err := m.Consumer(ctx)
		if err != nil {
			return err
		}
		build, stop := context.WithCancel(ctx)
		group, _ := errgroup.WithContext(build)
		group.Go(func() error {
			select {
			case <-m.rebuilt:
			case <-build.Done():
			}
			stop()
			return nil
		})
		err = m.o.Archive.Consume(build, consumer)
		stop()
		group.Wait()
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if !errors.Is(err, context.Canceled) {
			return err
		}
	}
}

// pause waits, or ends with ctx.
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
