package outbox

import (
	"context"
	"math"
	"slices"

	"hearth"
	"hearth/access"
	"hearth/db"
)

// Settlement says what became of many dispatches of which nobody knew.
type Settlement struct {
	Dispatches []DispatchID // none: all that are unknown, of the channel if one is named
	Channel    ChannelID    // where no dispatches are named; 0: any
	Decision   Decision
}

// Settled is what SettleMany did.
type Settled struct {
	Settled int64 // dispatches
	Passed  int64 // that were named and not unknown any more
	Left    int64 // that are unknown still
}

// mostSettled is how many dispatches are settled at once, the oldest first.
const mostSettled = 500

// SettleMany says what became of dispatches that are unknown, at most 500 at
// once, all in one step. One that somebody else has settled meanwhile is passed
// over; one that is not there fails all.
func (o *Outbox) SettleMany(ctx context.Context, by access.Actor, s Settlement) (did Settled, err error) {
	if err := by.Check(access.WriteChannels); err != nil {
		return did, err
	}
	switch {
	case len(s.Dispatches) > mostSettled:
		return did, hearth.Errorf(hearth.Invalid, "Settle at most %d dispatches at once.", mostSettled)
	case s.Decision != Arrived && s.Decision != SendAgain && s.Decision != LetBe:
		return did, wrong("decision", "Say arrived, again or failed.")
	}
	ids := slices.Compact(slices.Sorted(slices.Values(s.Dispatches)))
	err = o.o.State.Write(ctx, func(tx *db.Tx) error {
		did = Settled{}
		if len(ids) == 0 {
			if ids, err = unknownOf(tx, by.Workspace, s.Channel); err != nil {
				return err
			}
		}
		var settled []DispatchID
		for _, id := range ids {
			d, err := readDispatch(tx, by.Workspace, id)
			if err != nil {
				return err
			}
			if d.State != Unknown {
				did.Passed++
				continue
			}
			if err := o.settle(tx, &d, s.Decision); err != nil {
				return err
			}
			settled = append(settled, id)
			tx.AfterCommit(func() { o.changes.Publish(by.Workspace, Change{Channel: d.Channel, Dispatch: d.ID}) })
		}
		if did.Settled = int64(len(settled)); did.Settled == 0 {
			return hearth.Errorf(hearth.Conflict, "None of them is unknown any more; there is nothing to decide.")
		}
		if err := tx.QueryRow(`SELECT count(*) FROM dispatch WHERE workspace_id = ? AND state = 'unknown'`, int64(by.Workspace)).Scan(&did.Left); err != nil {
			return err
		}
		tx.AfterCommit(o.wake)
		return access.Record(tx, o.o.Clock(), by, "dispatch.settle", access.Of("outbox", "all"), nil, settlementState{s.Decision, settled})
	})
	return did, err
}

// settlementState is what the audit log shows.
type settlementState struct {
	Decision   Decision     `json:"decision"`
	Dispatches []DispatchID `json:"dispatches"`
}

// unknownOf is the oldest unknown dispatches, of a channel if it is not 0.
func unknownOf(tx *db.Tx, ws hearth.WorkspaceID, channel ChannelID) (ids []DispatchID, err error) {
	last := channel
	if channel == 0 {
		last = math.MaxInt64
	} else {
		if _, err := readChannel(tx, ws, channel); err != nil {
			return nil, err
		}
	}
	rows, err := tx.Query(`SELECT id FROM dispatch WHERE workspace_id = ? AND state = 'unknown' AND channel_id >= ? AND channel_id <= ? ORDER BY id LIMIT ?`,
		int64(ws), int64(channel), int64(last), mostSettled)
	if err != nil {
		return nil, err
	}
	err = db.EachRow(rows, func() error {
		var id DispatchID
		err := rows.Scan(&id)
		ids = append(ids, id)
		return err
	})
	return ids, err
}

// settle writes what a person says of an unknown dispatch.
func (o *Outbox) settle(tx *db.Tx, d *Dispatch, decision Decision) error {
	switch decision {
	case Arrived:
		return o.end(tx, d, Sent, "Somebody saw that it arrived.")
	case LetBe:
		return o.end(tx, d, Failed, "Somebody let it be.")
	case SendAgain:
		_, err := tx.Exec(`UPDATE dispatch SET state = 'queued', due = ?, ended = 0 WHERE workspace_id = ? AND id = ?`,
			db.Micros(o.o.Clock()), int64(d.workspace), int64(d.ID))
		return err
	}
	return wrong("decision", "Say arrived, again or failed.")
}
