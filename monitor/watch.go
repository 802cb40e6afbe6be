package monitor

import (
	"context"
	"errors"
	"maps"
	"time"

	"hearth/db"
)

// watchEvery is how late a change is noticed that another process made.
const watchEvery = 2 * time.Second

// Watch brings the standing queries in step with what other processes change,
// until ctx ends. It is for databases that several processes share; verbs of
// this one are in force at once.
func (m *Monitors) Watch(ctx context.Context) error {
	known := map[monitorKey]int64{}
	var last summary
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for {
		now, err := m.look(ctx)
		if err == nil && now != last {
			err = m.catchUp(ctx, known)
		}
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, db.ErrUnknownOutcome):
			return err
		case err != nil:
			m.o.Log.Warn("what other processes changed cannot be seen; it will be tried again", "error", err)
		default:
			last = now
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// summary is sums over the monitors that listen: whatever happens to one of
// them changes one of the sums.
type summary struct{ monitors, versions, ids, workspaces, lists int64 }

func (m *Monitors) look(ctx context.Context) (s summary, err error) {
	err = m.o.State.Read(ctx, func(tx *db.Tx) error {
		return tx.QueryRow(`
			SELECT count(*), coalesce(sum(version), 0), coalesce(sum(id), 0), coalesce(sum(workspace_id), 0),
			       (SELECT coalesce(sum(version), 0) FROM list)
			FROM monitor WHERE removed IS NULL AND paused = 0`).Scan(&s.monitors, &s.versions, &s.ids, &s.workspaces, &s.lists) // all workspaces: the program's own loop
	})
	return s, err
}

// catchUp puts in force what is not known yet in its version, and takes away
// what does not listen any more.
func (m *Monitors) catchUp(ctx context.Context, known map[monitorKey]int64) error {
	if err := m.loadLists(ctx); err != nil {
		return err
	}
	gone := maps.Clone(known)
	err := m.o.State.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(`SELECT workspace_id, id, version, query FROM monitor WHERE removed IS NULL AND paused = 0`) // all workspaces: the program's own loop
		if err != nil {
			return err
		}
		return db.EachRow(rows, func() error {
			var key monitorKey
			var version int64
			var text string
			if err := rows.Scan(&key.workspace, &key.monitor, &version, &text); err != nil {
				return err
			}
			delete(gone, key)
			if known[key] == version {
				return nil
			}
			known[key] = version
			if q, _ := m.Parse(key.workspace, text); q != nil { // else it was said at the start
				m.liveOf(key.workspace).Put(key.monitor, q)
				m.announce(key.workspace, key.monitor)
			}
			return nil
		})
	})
	if err != nil {
		return err
	}
	for key := range gone {
		delete(known, key)
		m.liveOf(key.workspace).Remove(key.monitor)
		m.announce(key.workspace, key.monitor)
	}
	return nil
}
