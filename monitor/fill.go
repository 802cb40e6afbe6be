package monitor

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"hearth"
	"hearth/access"
	"hearth/db"
)

// The states of the search of the past.
const (
	FillWaiting   = "waiting"
	FillRunning   = "running"
	FillPaused    = "paused" // by a person
	FillDone      = "done"
	FillCancelled = "cancelled"
)

// The stages of the search of the past, in this order.
const (
	FillStored   = "stored"   // what the archive holds
	FillWindow   = "window"   // the replay window
	FillNetworks = "networks" // the networks' own search
)

// Fill is how far the search of the past for a monitor is.
type Fill struct {
	Monitor hearth.MonitorID
	State   string
	Stage   string
	Since   time.Time // how far back it goes; zero: all the way
	Reached time.Time // the time it has come back to in this stage; zero: none yet
	Total   int64     // posts to be gone through, as far as they can be counted
	Looked  int64     // of these, gone through, also by the index or a summary
	Found   int64     // posts found that the query selects
	Brought int64     // of these, posts that were not stored before
	Begun   time.Time
	Written time.Time
	Worked  time.Duration // without rests
	Notes   []string      // what a person should know, a sentence each

	version int64
	cursor  string
	source  hearth.SourceID
}

// Share is how much of the work is done, 0 to 1.
func (f *Fill) Share() float64 {
	switch {
	case f.State == FillDone:
		return 1
	case f.Total <= 0:
		return 0
	}
	return min(0.99, float64(f.Looked)/float64(f.Total))
}

// Left is about how long it still takes, rests left out; 0: nobody can tell.
func (f *Fill) Left() time.Duration {
	if f.Looked <= 0 || f.Total <= f.Looked || f.State != FillRunning {
		return 0
	}
	return time.Duration(float64(f.Worked) * float64(f.Total-f.Looked) / float64(f.Looked))
}

// Filling says how far the search of the past for a monitor is.
func (m *Monitors) Filling(ctx context.Context, by access.Actor, id hearth.MonitorID) (f Fill, err error) {
	mon, err := m.Get(ctx, by, id)
	if err != nil {
		return f, err
	}
	return m.fillOf(ctx, by.Workspace, &mon)
}

// Fill searches the past for a monitor again, back to since; zero: all the way.
// What was found before stays and is not found twice.
func (m *Monitors) Fill(ctx context.Context, by access.Actor, id hearth.MonitorID, since time.Time) (Fill, error) {
	return m.steer(ctx, by, "monitor.fill", id, func(mon *Monitor, f *Fill) error {
		switch {
		case mon.Paused:
			return hearth.Errorf(hearth.Conflict, "The monitor “%s” is paused. Resume it; it then searches its past by itself.", mon.Name)
		case f.State == FillRunning || f.State == FillWaiting:
			return hearth.Errorf(hearth.Conflict, "The past is being searched for “%s” already. Wait, or cancel that first.", mon.Name)
		}
		*f = Fill{Monitor: id, State: FillRunning, Stage: FillStored, Since: since, version: mon.queryVersion}
		return nil
	})
}

// CancelFill ends the search of the past for a monitor; what was found stays.
func (m *Monitors) CancelFill(ctx context.Context, by access.Actor, id hearth.MonitorID) error {
	_, err := m.steer(ctx, by, "monitor.fill-cancel", id, func(_ *Monitor, f *Fill) error {
		if f.State != FillDone {
			f.State = FillCancelled
		}
		return nil
	})
	return err
}

// PauseFill lets the search of the past for a monitor rest until ResumeFill,
// also over a restart.
func (m *Monitors) PauseFill(ctx context.Context, by access.Actor, id hearth.MonitorID) (Fill, error) {
	return m.steer(ctx, by, "monitor.fill-pause", id, func(mon *Monitor, f *Fill) error {
		if f.State != FillRunning && f.State != FillWaiting && f.State != FillPaused {
			return hearth.Errorf(hearth.Conflict, "The past is not being searched for “%s” at the moment.", mon.Name)
		}
		f.State = FillPaused
		return nil
	})
}

// ResumeFill lets it go on where it was.
func (m *Monitors) ResumeFill(ctx context.Context, by access.Actor, id hearth.MonitorID) (Fill, error) {
	return m.steer(ctx, by, "monitor.fill-resume", id, func(mon *Monitor, f *Fill) error {
		if f.State != FillPaused && f.State != FillRunning {
			return hearth.Errorf(hearth.Conflict, "The search of the past for “%s” does not rest; it is %s.", mon.Name, f.State)
		}
		f.State = FillRunning
		return nil
	})
}

// steer changes how the search of the past for a monitor stands.
func (m *Monitors) steer(ctx context.Context, by access.Actor, verb string, id hearth.MonitorID, change func(*Monitor, *Fill) error) (f Fill, err error) {
	var mon Monitor
	err = m.o.State.Read(ctx, func(tx *db.Tx) error {
		mon, err = held(tx, by, id)
		return err
	})
	if err != nil {
		return f, err
	}
	now := m.o.Clock()
	if f, err = m.fillOf(ctx, by.Workspace, &mon); err == nil {
		err = change(&mon, &f)
	}
	if err != nil {
		return f, err
	}
	if err := access.Note(ctx, m.o.State, now, by, verb, access.Of("monitor", id), nil, nil); err != nil {
		return f, err
	}
	err = m.o.Store.Write(ctx, func(tx *db.Tx) error {
		if f, err = readFill(tx, by.Workspace, &mon); err != nil {
			return err
		}
		if err := change(&mon, &f); err != nil {
			return err
		}
		f.Written = now
		return writeFill(tx, by.Workspace, &f)
	})
	if err != nil {
		return f, err
	}
	if f.State == FillRunning {
		m.begin(by.Workspace, id)
	}
	m.announce(by.Workspace, id)
	return f, nil
}

func (m *Monitors) fillOf(ctx context.Context, ws hearth.WorkspaceID, mon *Monitor) (f Fill, err error) {
	err = m.o.Store.Read(ctx, func(tx *db.Tx) error {
		f, err = readFill(tx, ws, mon)
		return err
	})
	return f, err
}

const selectFill = `
SELECT monitor_id, query_version, state, stage, cursor, source_id, since, reached, total, looked, found, brought, begun, written, worked, notes
FROM backfill`

// readFill is how far the search for a monitor's present query is.
func readFill(tx *db.Tx, ws hearth.WorkspaceID, mon *Monitor) (Fill, error) {
	f, err := scanFill(tx.QueryRow(selectFill+` WHERE workspace_id = ? AND monitor_id = ?`, ws, mon.ID))
	if errors.Is(err, sql.ErrNoRows) {
		f, err = Fill{}, nil
	}
	return f.presentOf(mon), err
}

// presentOf is the search for a monitor's present query, if the one that was
// read is of one before.
func (f Fill) presentOf(mon *Monitor) Fill {
	if f.Monitor == 0 || f.version < mon.queryVersion {
		return Fill{Monitor: mon.ID, State: FillWaiting, Stage: FillStored, version: mon.queryVersion}
	}
	return f
}

func scanFill(row db.Scanner) (f Fill, err error) {
	var since, reached, begun, written, worked int64
	var notes string
	err = row.Scan(&f.Monitor, &f.version, &f.State, &f.Stage, &f.cursor, &f.source, &since, &reached, &f.Total, &f.Looked, &f.Found, &f.Brought,
		&begun, &written, &worked, &notes)
	if err != nil {
		return f, err
	}
	f.Since, f.Reached, f.Begun, f.Written = db.FromMicros(since), db.FromMicros(reached), db.FromMicros(begun), db.FromMicros(written)
	f.Worked = time.Duration(worked) * time.Microsecond
	if err := json.Unmarshal([]byte(notes), &f.Notes); err != nil {
		return f, hearth.Errorf(hearth.Damaged, "What is stored of a search of the past cannot be read (%v). Restore archive.db from a backup.", err)
	}
	return f, nil
}

// fillsIn is how far the searches of a workspace are, by monitor.
func fillsIn(tx *db.Tx, ws hearth.WorkspaceID) (map[hearth.MonitorID]Fill, error) {
	rows, err := tx.Query(selectFill+` WHERE workspace_id = ?`, ws)
	if err != nil {
		return nil, err
	}
	all := map[hearth.MonitorID]Fill{}
	return all, db.EachRow(rows, func() error {
		f, err := scanFill(rows)
		all[f.Monitor] = f
		return err
	})
}

func writeFill(tx *db.Tx, ws hearth.WorkspaceID, f *Fill) error {
	notes, err := json.Marshal(f.Notes)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`
		INSERT INTO backfill (workspace_id, monitor_id, query_version, state, stage, cursor, source_id, since, reached, total, looked,
			found, brought, begun, written, worked, notes)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (workspace_id, monitor_id) DO UPDATE SET
			query_version = excluded.query_version, state = excluded.state, stage = excluded.stage, cursor = excluded.cursor,
			source_id = excluded.source_id, since = excluded.since, reached = excluded.reached, total = excluded.total,
			looked = excluded.looked, found = excluded.found, brought = excluded.brought, begun = excluded.begun,
			written = excluded.written, worked = excluded.worked, notes = excluded.notes`,
		ws, f.Monitor, f.version, f.State, f.Stage, f.cursor, f.source, db.Micros(f.Since), db.Micros(f.Reached), f.Total, f.Looked,
		f.Found, f.Brought, db.Micros(f.Begun), db.Micros(f.Written), f.Worked.Microseconds(), string(notes))
	return err
}
