package outbox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"hearth"
	"hearth/access"
	"hearth/db"
)

// DispatchID names a dispatch within its workspace.
type DispatchID int64

// State is how a dispatch is.
type State string

const (
	Queued  State = "queued"
	Sending State = "sending"
	Sent    State = "sent"    // the receiver took it; final
	Failed  State = "failed"  // refused, or cancelled; final
	Unknown State = "unknown" // nobody knows whether it arrived: a person decides
	Dead    State = "dead"    // three days of trying; can be sent again
)

// Dispatch is one message to one channel.
type Dispatch struct {
	ID        DispatchID
	Channel   ChannelID
	Kind      Kind
	Event     string
	MessageID string // what the receiver knows it by
	Title     string
	Body      []byte // Dispatch only
	State     State
	Due       time.Time
	Attempts  int64
	Status    int64 // of the last answer; 0: none
	Error     string
	Created   time.Time
	Begun     time.Time
	Ended     time.Time
	Log       []Attempt // Dispatch only, the first first

	workspace hearth.WorkspaceID
	seq       hearth.Seq
	fence     int64
}

// Attempt is one try.
type Attempt struct {
	Number int64
	Begun  time.Time
	Ended  time.Time // zero: not yet, or nobody knows
	Result State
	Status int64
	Error  string
}

// Search says which dispatches are meant.
type Search struct {
	Channel ChannelID // 0: any
	State   State     // "": any
	Before  DispatchID
	Limit   int // 0: 50; at most 500
}

// Page is a page of dispatches, the newest first.
type Page struct {
	Dispatches []Dispatch
	Next       DispatchID
	Paused     bool // the workspace sends nothing
}

// Dispatches gives a page of what was, is and will be sent.
func (o *Outbox) Dispatches(ctx context.Context, by access.Actor, s Search) (page Page, err error) {
	if err := by.Check(access.ReadChannels); err != nil {
		return page, err
	}
	limit := min(s.Limit, 500)
	if limit <= 0 {
		limit = 50
	}
	where, args := ` WHERE workspace_id = ?`, []any{int64(by.Workspace)}
	if s.Channel != 0 {
		where, args = where+` AND channel_id = ?`, append(args, int64(s.Channel))
	}
	if s.State != "" {
		where, args = where+` AND state = ?`, append(args, string(s.State))
	}
	if s.Before > 0 {
		where, args = where+` AND id < ?`, append(args, int64(s.Before))
	}
	err = o.o.State.Read(ctx, func(tx *db.Tx) error {
		if page.Paused, err = pausedIn(tx, by.Workspace); err != nil {
			return err
		}
		rows, err := tx.Query(selectDispatch+where+` ORDER BY id DESC LIMIT ?`, append(args, limit+1)...)
		if err != nil {
			return err
		}
		return db.EachRow(rows, func() error {
			d, err := scanDispatch(rows)
			d.Body = nil
			page.Dispatches = append(page.Dispatches, d)
			return err
		})
	})
	if len(page.Dispatches) > limit {
		page.Dispatches = page.Dispatches[:limit]
		page.Next = page.Dispatches[limit-1].ID
	}
	return page, err
}

// Dispatch gives one dispatch with its body and every try.
func (o *Outbox) Dispatch(ctx context.Context, by access.Actor, id DispatchID) (d Dispatch, err error) {
	if err := by.Check(access.ReadChannels); err != nil {
		return d, err
	}
	err = o.o.State.Read(ctx, func(tx *db.Tx) error {
		if d, err = readDispatch(tx, by.Workspace, id); err != nil {
			return err
		}
		rows, err := tx.Query(`
			SELECT attempt, begun, ended, result, status, error FROM dispatch_attempt WHERE workspace_id = ? AND dispatch_id = ? ORDER BY attempt`,
			int64(by.Workspace), int64(id))
		if err != nil {
			return err
		}
		return db.EachRow(rows, func() error {
			var a Attempt
			var begun, ended int64
			err := rows.Scan(&a.Number, &begun, &ended, &a.Result, &a.Status, &a.Error)
			a.Begun, a.Ended = db.FromMicros(begun), db.FromMicros(ended)
			d.Log = append(d.Log, a)
			return err
		})
	})
	return d, err
}

// Replay sends a dispatch again. One that is dead goes on; of one that was sent
// or failed a new one is made, which the receiver knows by the same id.
func (o *Outbox) Replay(ctx context.Context, by access.Actor, id DispatchID) (Dispatch, error) {
	return o.edit(ctx, by, id, "dispatch.replay", func(tx *db.Tx, d *Dispatch) error {
		now := db.Micros(o.o.Clock())
		switch d.State {
		case Dead:
			_, err := tx.Exec(`UPDATE dispatch SET state = 'queued', due = ?, created = ?, ended = 0 WHERE workspace_id = ? AND id = ?`,
				now, now, int64(by.Workspace), int64(id))
			return err
		case Sent, Failed:
			return again(tx, d, now)
		}
		return hearth.Errorf(hearth.Conflict, "The dispatch is %s; only what is sent, failed or dead can be sent again.", d.State)
	})
}

// again makes a copy of a dispatch that has ended.
func again(tx *db.Tx, d *Dispatch, now int64) error {
	if _, err := readChannel(tx, d.workspace, d.Channel); err != nil {
		return err
	}
	var next int64
	if err := tx.QueryRow(`UPDATE outbox_number SET dispatches = dispatches + 1 WHERE id = 1 RETURNING dispatches`).Scan(&next); err != nil {
		return err
	}
	_, err := tx.Exec(`
		INSERT INTO dispatch (workspace_id, id, channel_id, kind, event, event_key, message_id, seq, title, body, state, due, attempts, fence,
			status, error, created, begun, ended)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'queued', ?, 0, 0, 0, '', ?, 0, 0)`, int64(d.workspace), next, int64(d.Channel), string(d.Kind), d.Event,
		fmt.Sprintf("again %d", next), d.MessageID, int64(d.seq), d.Title, d.Body, now, now)
	d.ID = DispatchID(next)
	return err
}

// Cancel keeps a dispatch from being sent, if it is not under way.
func (o *Outbox) Cancel(ctx context.Context, by access.Actor, id DispatchID) (Dispatch, error) {
	return o.edit(ctx, by, id, "dispatch.cancel", func(tx *db.Tx, d *Dispatch) error {
		if d.State != Queued {
			return hearth.Errorf(hearth.Conflict, "The dispatch is %s; only what waits can be cancelled.", d.State)
		}
		return o.end(tx, d, Failed, "It was cancelled.")
	})
}

// Decision is what a person says about a dispatch that nobody knows the fate of.
type Decision string

const (
	Arrived   Decision = "arrived"
	SendAgain Decision = "again"
	LetBe     Decision = "failed"
)

// Settle says what became of a dispatch that is unknown.
func (o *Outbox) Settle(ctx context.Context, by access.Actor, id DispatchID, decision Decision) (Dispatch, error) {
	return o.edit(ctx, by, id, "dispatch.settle", func(tx *db.Tx, d *Dispatch) error {
		if d.State != Unknown {
			return hearth.Errorf(hearth.Conflict, "The dispatch is %s; there is nothing to decide.", d.State)
		}
		return o.settle(tx, d, decision)
	})
}

func (o *Outbox) end(tx *db.Tx, d *Dispatch, state State, why string) error {
	_, err := tx.Exec(`UPDATE dispatch SET state = ?, error = ?, ended = ? WHERE workspace_id = ? AND id = ?`,
		string(state), why, db.Micros(o.o.Clock()), int64(d.workspace), int64(d.ID))
	return err
}

func (o *Outbox) edit(ctx context.Context, by access.Actor, id DispatchID, verb string, do func(*db.Tx, *Dispatch) error) (d Dispatch, err error) {
	if err := by.Check(access.WriteChannels); err != nil {
		return d, err
	}
	err = o.o.State.Write(ctx, func(tx *db.Tx) error {
		if d, err = readDispatch(tx, by.Workspace, id); err != nil {
			return err
		}
		was := d.State
		if err := do(tx, &d); err != nil {
			return err
		}
		if d, err = readDispatch(tx, by.Workspace, d.ID); err != nil {
			return err
		}
		tx.AfterCommit(func() {
			o.wake()
			o.changes.Publish(by.Workspace, Change{Channel: d.Channel, Dispatch: d.ID})
		})
		return access.Record(tx, o.o.Clock(), by, verb, access.Of("dispatch", id), was, d.State)
	})
	return d, err
}

// Pause stops everything that leaves the workspace by itself. What is on its way
// at this moment is not called back.
func (o *Outbox) Pause(ctx context.Context, by access.Actor) error { return o.setPaused(ctx, by, true) }

// Resume lets it out again.
func (o *Outbox) Resume(ctx context.Context, by access.Actor) error {
	return o.setPaused(ctx, by, false)
}

func (o *Outbox) setPaused(ctx context.Context, by access.Actor, paused bool) error {
	if err := by.Check(access.WriteChannels); err != nil {
		return err
	}
	verb := map[bool]string{true: "outbox.pause", false: "outbox.resume"}[paused]
	return o.o.State.Write(ctx, func(tx *db.Tx) error {
		now := o.o.Clock()
		_, err := tx.Exec(`
			INSERT INTO outbox_pause (workspace_id, paused, by_user, at) VALUES (?, ?, ?, ?)
			ON CONFLICT (workspace_id) DO UPDATE SET paused = excluded.paused, by_user = excluded.by_user, at = excluded.at`,
			int64(by.Workspace), db.Truth(paused), int64(by.User), db.Micros(now))
		if err != nil {
			return err
		}
		tx.AfterCommit(o.wake)
		return access.Record(tx, now, by, verb, access.Of("outbox", "all"), nil, nil)
	})
}

func pausedIn(tx *db.Tx, ws hearth.WorkspaceID) (paused bool, err error) {
	err = tx.QueryRow(`SELECT paused FROM outbox_pause WHERE workspace_id = ?`, int64(ws)).Scan(&paused)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return paused, err
}

const selectDispatch = `
SELECT workspace_id, id, channel_id, kind, event, message_id, seq, title, body, state, due, attempts, fence, status, error, created, begun, ended
FROM dispatch`

func scanDispatch(row db.Scanner) (d Dispatch, err error) {
	var due, created, begun, ended int64
	err = row.Scan(&d.workspace, &d.ID, &d.Channel, &d.Kind, &d.Event, &d.MessageID, &d.seq, &d.Title, &d.Body, &d.State, &due, &d.Attempts, &d.fence,
		&d.Status, &d.Error, &created, &begun, &ended)
	d.Due, d.Created, d.Begun, d.Ended = db.FromMicros(due), db.FromMicros(created), db.FromMicros(begun), db.FromMicros(ended)
	return d, err
}

func readDispatch(tx *db.Tx, ws hearth.WorkspaceID, id DispatchID) (Dispatch, error) {
	d, err := scanDispatch(tx.QueryRow(selectDispatch+` WHERE workspace_id = ? AND id = ?`, int64(ws), int64(id)))
	if errors.Is(err, sql.ErrNoRows) {
		return d, hearth.Errorf(hearth.NotFound, "There is no dispatch %d.", id)
	}
	return d, err
}
