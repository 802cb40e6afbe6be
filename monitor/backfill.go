package monitor

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"hearth"
	"hearth/access"
	"hearth/archive"
	"hearth/db"
	"hearth/query"
)

// The states of the search of the past.
const (
	FillWaiting   = "waiting"
	FillRunning   = "running"
	FillDone      = "done"
	FillCancelled = "cancelled"
)

// Fill is how far the search of the past for a monitor is.
type Fill struct {
	Monitor hearth.MonitorID
	State   string
	Reached time.Time // the time it has come back to; zero: none yet
	Looked  int64     // posts looked at
	Found   int64     // of these, mentions
	Begun   time.Time
	Written time.Time

	version int64
	cursor  string
}

const (
	fillPage = 250
	fillWait = 10 * time.Second // after a failure

	// Live listening goes first: while posts arrive, the search of the past
	// rests fillRest times as long as it worked, and a moment in any case.
	fillRest  = 5
	fillPause = time.Millisecond
)

// Filling says how far the search of the past for a monitor is.
func (m *Monitors) Filling(ctx context.Context, by access.Actor, id hearth.MonitorID) (f Fill, err error) {
	mon, err := m.Get(ctx, by, id)
	if err != nil {
		return f, err
	}
	return m.fillOf(ctx, by.Workspace, &mon)
}

// CancelFill ends the search of the past for a monitor; what was found stays.
func (m *Monitors) CancelFill(ctx context.Context, by access.Actor, id hearth.MonitorID) error {
	if err := by.Check(access.WriteMonitors); err != nil {
		return err
	}
	mon, err := m.Get(ctx, by, id)
	if err != nil {
		return err
	}
	now := m.o.Clock()
	err = m.o.Store.Write(ctx, func(tx *db.Tx) error {
		f, err := readFill(tx, by.Workspace, &mon)
		if err != nil || f.State == FillDone {
			return err
		}
		f.State, f.Written = FillCancelled, now
		return writeFill(tx, by.Workspace, &f)
	})
	if err == nil {
		m.announce(by.Workspace, id)
	}
	return err
}

func (m *Monitors) fillOf(ctx context.Context, ws hearth.WorkspaceID, mon *Monitor) (f Fill, err error) {
	err = m.o.Store.Read(ctx, func(tx *db.Tx) error {
		f, err = readFill(tx, ws, mon)
		return err
	})
	return f, err
}

// fillAll searches the past of one monitor after the other: of those that the
// verbs told of, and at the start and now and then of all that were missed.
func (m *Monitors) fillAll(ctx context.Context) error {
	list, err := m.unfilled(ctx)
	for {
		for i := 0; err == nil && i < len(list); i++ {
			err = m.fill(ctx, &list[i])
		}
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, db.ErrUnknownOutcome):
			return err
		case err != nil:
			m.o.Log.Warn("the search of the past stopped and will be tried again", "error", err)
			if err := pause(ctx, fillWait); err != nil {
				return err
			}
			list, err = m.unfilled(ctx)
			continue
		}
		timer := time.NewTimer(lookEvery)
		select {
		case <-ctx.Done():
		case <-m.changed:
			list, err = m.told(ctx)
		case <-timer.C:
			list, err = m.unfilled(ctx)
		}
		timer.Stop()
	}
}

// filling is a monitor whose past is searched.
type filling struct {
	workspace hearth.WorkspaceID
	Monitor
}

// told is the monitors that verbs told of since it was last asked.
func (m *Monitors) told(ctx context.Context) (list []filling, err error) {
	m.mu.Lock()
	keys := m.waiting
	m.waiting = nil
	m.mu.Unlock()
	err = m.o.State.Read(ctx, func(tx *db.Tx) error {
		for _, key := range keys {
			mon, err := readMonitor(tx, key.workspace, key.monitor)
			if hearth.ErrorCode(err) == hearth.NotFound || err == nil && mon.Paused {
				continue
			}
			if err != nil {
				return err
			}
			list = append(list, filling{key.workspace, mon})
		}
		return nil
	})
	return list, err
}

// unfilled is the monitors, of all workspaces, whose query the past was not
// searched for.
func (m *Monitors) unfilled(ctx context.Context) (list []filling, err error) {
	done := map[monitorKey]int64{}
	err = m.o.Store.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(`SELECT workspace_id, monitor_id, query_version FROM backfill WHERE state <> 'running'`) // all workspaces: the program's own work
		if err != nil {
			return err
		}
		return eachRow(rows, func() error {
			var key monitorKey
			var version int64
			err := rows.Scan(&key.workspace, &key.monitor, &version)
			done[key] = version
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	err = m.o.State.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(`
			SELECT workspace_id, id, query_version, query FROM monitor
			WHERE removed IS NULL AND paused = 0 ORDER BY changed`) // all workspaces: the program's own work
		if err != nil {
			return err
		}
		return eachRow(rows, func() error {
			var f filling
			err := rows.Scan(&f.workspace, &f.ID, &f.queryVersion, &f.Query)
			if done[monitorKey{f.workspace, f.ID}] < f.queryVersion {
				list = append(list, f)
			}
			return err
		})
	})
	return list, err
}

// fill searches the past of one monitor, page by page. Each page commits what
// it found with the place it came to, so a broken-off search goes on there.
func (m *Monitors) fill(ctx context.Context, mon *filling) error {
	q, err := parse(mon.Query)
	if err != nil {
		return nil // said when it was read at the start
	}
	f, err := m.fillOf(ctx, mon.workspace, &mon.Monitor)
	if err != nil || f.State == FillDone || f.State == FillCancelled {
		return err
	}
	for {
		begun, head := m.o.Clock(), m.head(ctx)
		page, err := m.searchPage(ctx, mon.workspace, q, f.cursor)
		if err != nil {
			return fmt.Errorf("searching the past of monitor %d: %w", mon.ID, err)
		}
		more, err := m.fillWith(ctx, mon, &f, &page)
		if err != nil || !more {
			m.announce(mon.workspace, mon.ID)
			return err
		}
		rest := fillPause
		if m.head(ctx) > head {
			rest = max(rest, fillRest*m.o.Clock().Sub(begun))
		}
		if err := pause(ctx, rest); err != nil {
			return err
		}
	}
}

// head is the last row of the log, which the archive always knows.
func (m *Monitors) head(ctx context.Context) hearth.Seq {
	head, _ := m.o.Archive.Head(ctx)
	return head
}

func (m *Monitors) searchPage(ctx context.Context, ws hearth.WorkspaceID, q *query.Query, cursor string) (archive.Page, error) {
	return m.o.Archive.Search(ctx, ws, archive.Search{Query: q, Limit: fillPage, Cursor: cursor})
}

// fillWith notes a page's hits. It reports false when the search is over: done,
// cancelled, or of a query that was changed meanwhile.
func (m *Monitors) fillWith(ctx context.Context, mon *filling, f *Fill, page *archive.Page) (more bool, err error) {
	now := m.o.Clock()
	err = m.o.Store.Write(ctx, func(tx *db.Tx) error {
		stands, err := readFill(tx, mon.workspace, &mon.Monitor)
		if err != nil {
			return err
		}
		if stands.State == FillCancelled || stands.version > mon.queryVersion {
			more = false
			return nil
		}
		found, err := addHits(tx, mon.workspace, mon.ID, page.Posts)
		if err != nil {
			return err
		}
		next := stands
		next.version, next.cursor, next.State, next.Written = mon.queryVersion, page.Next, FillRunning, now
		next.Looked += int64(page.Candidates)
		next.Found += found
		if next.Begun.IsZero() {
			next.Begun = now
		}
		if n := len(page.Posts); n > 0 {
			next.Reached = timeOf(&page.Posts[n-1].Stored)
		}
		if more = page.Next != ""; !more {
			next.State = FillDone
		}
		*f = next
		return writeFill(tx, mon.workspace, &next)
	})
	return more && err == nil, err
}

// addHits notes which posts a monitor found in the past. Those that are counted
// already count for it from now on; the others when their turn comes.
func addHits(tx *db.Tx, ws hearth.WorkspaceID, id hearth.MonitorID, posts []archive.Hit) (found int64, err error) {
	moved := rollups{}
	for i := range posts {
		s := &posts[i].Stored
		if slices.Contains(s.Monitors, id) {
			found++
			continue // it was caught when it arrived
		}
		done, err := tx.Exec(`INSERT INTO monitor_hit (workspace_id, seq, monitor_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`, ws, s.Seq, id)
		if err != nil {
			return 0, err
		}
		found++
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			continue
		}
		if err := addToTally(tx, ws, s.Seq, id, moved); err != nil {
			return 0, err
		}
	}
	return found, moved.write(tx)
}

func addToTally(tx *db.Tx, ws hearth.WorkspaceID, seq hearth.Seq, id hearth.MonitorID, moved rollups) error {
	t := tally{workspace: ws, seq: seq}
	var ids string
	err := tx.QueryRow(`SELECT at, dimension_id, hidden, monitors FROM tally WHERE workspace_id = ? AND seq = ?`, ws, seq).
		Scan(&t.at, &t.dimension, &t.hidden, &ids)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	if t.monitors, err = idsOf(ids); err != nil {
		return err
	}
	if slices.Contains(t.monitors, id) {
		return nil
	}
	t.monitors = append(t.monitors, id)
	slices.Sort(t.monitors)
	if _, err := tx.Exec(`UPDATE tally SET monitors = ? WHERE workspace_id = ? AND seq = ?`, idsText(t.monitors), ws, seq); err != nil || t.hidden {
		return err
	}
	moved.add(&t, id, +1)
	return writeMention(tx, &t, id, +1)
}

// readFill is how far the search for a monitor's present query is.
func readFill(tx *db.Tx, ws hearth.WorkspaceID, mon *Monitor) (Fill, error) {
	waiting := Fill{Monitor: mon.ID, State: FillWaiting, version: mon.queryVersion}
	f := waiting
	var reached, begun, written int64
	err := tx.QueryRow(`
		SELECT query_version, state, cursor, reached, looked, found, begun, written FROM backfill
		WHERE workspace_id = ? AND monitor_id = ?`, ws, mon.ID).
		Scan(&f.version, &f.State, &f.cursor, &reached, &f.Looked, &f.Found, &begun, &written)
	if errors.Is(err, sql.ErrNoRows) || err == nil && f.version < mon.queryVersion {
		return waiting, nil
	}
	f.Reached, f.Begun, f.Written = fromMicros(reached), fromMicros(begun), fromMicros(written)
	return f, err
}

func writeFill(tx *db.Tx, ws hearth.WorkspaceID, f *Fill) error {
	_, err := tx.Exec(`
		INSERT INTO backfill (workspace_id, monitor_id, query_version, state, cursor, reached, looked, found, begun, written)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (workspace_id, monitor_id) DO UPDATE SET
			query_version = excluded.query_version, state = excluded.state, cursor = excluded.cursor, reached = excluded.reached,
			looked = excluded.looked, found = excluded.found, begun = excluded.begun, written = excluded.written`,
		ws, f.Monitor, f.version, f.State, f.cursor, micros(f.Reached), f.Looked, f.Found, micros(f.Begun), micros(f.Written))
	return err
}
