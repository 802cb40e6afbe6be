package monitor

import (
	"context"
	"errors"
	"time"

	"hearth"
	"hearth/db"
)

const fillWait = 10 * time.Second // after a failure

// fillAll searches the past of one monitor after the other: of those that the
// verbs told of, and at the start and now and then of all that were missed.
func (m *Monitors) fillAll(ctx context.Context, held func(*db.Tx) error) error {
	list, err := m.unfilled(ctx)
	lost := errors.New("nothing") // what held said, if it did
	still := func(tx *db.Tx) error {
		err := held(tx)
		if err != nil {
			lost = err
		}
		return err
	}
	for {
		for i := 0; err == nil && i < len(list); i++ {
			err = m.fill(ctx, &list[i], still)
		}
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, db.ErrUnknownOutcome), errors.Is(err, lost):
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
		return db.EachRow(rows, func() error {
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
		return db.EachRow(rows, func() error {
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
