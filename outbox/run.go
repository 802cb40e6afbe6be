package outbox

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"time"

	"hearth"
	"hearth/db"
	"hearth/fault"
	"hearth/jobs"
)

const (
	atOnce       = 8 // dispatches under way
	atOnceHook   = 4 // of a webhook; of other channels one, so that they arrive in order
	pollEvery    = 2 * time.Second
	tryFor       = 72 * time.Hour
	sendTime     = 45 * time.Second
	keptFor      = 7 * 24 * time.Hour
	tidyEvery    = time.Hour
	capWindow    = time.Hour
	capWait      = 10 * time.Minute
	channelsOnce = 1000
)

// hourly is how many dispatches of a channel leave in an hour; the rest waits.
var hourly = map[Kind]int64{Webhook: 100_000, Chat: 120, Mail: 60, Push: 120}

// waits are those between tries; the last one is repeated.
var waits = [...]time.Duration{5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, 30 * time.Minute, time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour}

// Run sends until ctx ends. Of several processes one sends at a time.
func (o *Outbox) Run(ctx context.Context) error {
	if o.o.Leases == nil {
		return o.run(ctx)
	}
	return o.o.Leases.Keep(ctx, "outbox", func(ctx context.Context, _ *jobs.Lease) error { return o.run(ctx) })
}

func (o *Outbox) run(ctx context.Context) error {
	if err := o.recover(ctx); err != nil {
		return err
	}
	s := sender{o: o, busy: map[channelKey]int{}}
	defer s.under.Wait()
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	var tidied time.Time
	for ctx.Err() == nil {
		if err := s.begin(ctx); err != nil && ctx.Err() == nil {
			if errors.Is(err, db.ErrUnknownOutcome) {
				return err
			}
			o.o.Log.Error("sending failed; it is tried again", "error", err)
		}
		if now := o.o.Clock(); now.Sub(tidied) > tidyEvery {
			tidied = now
			if err := o.tidy(ctx, now); err != nil && ctx.Err() == nil {
				o.o.Log.Error("old dispatches cannot be removed", "error", err)
			}
		}
		select {
		case <-ctx.Done():
		case <-o.poke:
		case <-tick.C:
		}
	}
	return ctx.Err()
}

// recover finds what was being sent when a process ended. Nobody knows whether
// it arrived; what the receiver knows by its id is sent again.
func (o *Outbox) recover(ctx context.Context) error {
	now := db.Micros(o.o.Clock())
	const why = "Hearth was stopped while it was being sent."
	return o.o.State.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(`UPDATE dispatch_attempt SET result = 'unknown', error = ? WHERE result = 'sending'`, why); err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE dispatch SET state = 'queued', due = ?, error = ?, fence = fence + 1 WHERE state = 'sending' AND kind IN ('webhook', 'push')`,
			now, why); err != nil {
			return err
		}
		_, err := tx.Exec(`UPDATE dispatch SET state = 'unknown', error = ?, fence = fence + 1 WHERE state = 'sending'`, why)
		return err
	})
}

// tidy removes what ended a week ago; it may hold words of posts that are gone.
func (o *Outbox) tidy(ctx context.Context, now time.Time) error {
	if err := o.tidyDevices(ctx, now); err != nil {
		return err
	}
	before := db.Micros(now.Add(-keptFor))
	return o.o.State.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(`DELETE FROM dispatch_attempt WHERE EXISTS (
			SELECT 1 FROM dispatch AS d WHERE d.workspace_id = dispatch_attempt.workspace_id AND d.id = dispatch_attempt.dispatch_id
				AND d.state IN ('sent', 'failed', 'dead') AND d.ended < ?)`, before); err != nil {
			return err
		}
		_, err := tx.Exec(`DELETE FROM dispatch WHERE state IN ('sent', 'failed', 'dead') AND ended < ?`, before)
		return err
	})
}

type channelKey struct {
	workspace hearth.WorkspaceID
	channel   ChannelID
}

// sender is one Run.
type sender struct {
	o     *Outbox
	under sync.WaitGroup

	mu   sync.Mutex
	busy map[channelKey]int
	all  int
}

// begin begins to send what is due, as much as may be under way.
func (s *sender) begin(ctx context.Context) error {
	due, err := s.due(ctx)
	if err != nil {
		return err
	}
	for more := true; more; {
		more = false
		for _, k := range due {
			if !s.take(k) {
				continue
			}
			d, c, err := s.o.claim(ctx, k)
			if err != nil || d == nil {
				s.give(k)
				if err != nil {
					return err
				}
				continue
			}
			more = true
			s.under.Go(func() {
				defer s.o.wake()
				defer s.give(k)
				s.o.deliver(ctx, d, c)
			})
		}
	}
	return nil
}

// due are the channels that have something to send.
func (s *sender) due(ctx context.Context) (list []channelKey, err error) {
	err = s.o.o.State.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(`SELECT DISTINCT workspace_id, channel_id FROM dispatch WHERE state = 'queued' AND due <= ? LIMIT ?`,
			db.Micros(s.o.o.Clock()), channelsOnce) // all workspaces: one sender serves them all
		if err != nil {
			return err
		}
		return db.EachRow(rows, func() error {
			var k channelKey
			err := rows.Scan(&k.workspace, &k.channel)
			list = append(list, k)
			return err
		})
	})
	return list, err
}

func (s *sender) take(k channelKey) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all >= atOnce || s.busy[k] >= atOnceHook {
		return false
	}
	s.busy[k]++
	s.all++
	return true
}

func (s *sender) give(k channelKey) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.busy[k]--; s.busy[k] == 0 {
		delete(s.busy, k)
	}
	s.all--
}

// claim takes the next dispatch of a channel: from here on it is being sent. Nil
// if there is none to be sent now.
func (o *Outbox) claim(ctx context.Context, k channelKey) (d *Dispatch, c *Channel, err error) {
	now := o.o.Clock()
	err = o.o.State.Write(ctx, func(tx *db.Tx) error {
		d, c = nil, nil
		if paused, err := pausedIn(tx, k.workspace); err != nil || paused {
			return err
		}
		found, err := readChannel(tx, k.workspace, k.channel)
		if hearth.ErrorCode(err) == hearth.NotFound {
			_, err := tx.Exec(`
				UPDATE dispatch SET state = 'failed', error = 'The channel was removed.', ended = ? WHERE workspace_id = ? AND channel_id = ? AND state = 'queued'`,
				db.Micros(now), int64(k.workspace), int64(k.channel))
			return err
		}
		if err != nil || found.Paused {
			return err
		}
		if full, err := o.capped(tx, &found, now); err != nil || full {
			return err
		}
		one, err := scanDispatch(tx.QueryRow(selectDispatch+`
			WHERE workspace_id = ? AND channel_id = ? AND state = 'queued' AND due <= ? ORDER BY due, id LIMIT 1`,
			int64(k.workspace), int64(k.channel), db.Micros(now)))
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		one.State, one.Begun = Sending, now
		one.Attempts++
		one.fence++
		if _, err := tx.Exec(`UPDATE dispatch SET state = 'sending', attempts = ?, fence = ?, begun = ? WHERE workspace_id = ? AND id = ? AND state = 'queued'`,
			one.Attempts, one.fence, db.Micros(now), int64(k.workspace), int64(one.ID)); err != nil {
			return err
		}
		if _, err := tx.Exec(`
			INSERT INTO dispatch_attempt (workspace_id, dispatch_id, attempt, begun, ended, result, status, error) VALUES (?, ?, ?, ?, 0, 'sending', 0, '')`,
			int64(k.workspace), int64(one.ID), one.Attempts, db.Micros(now)); err != nil {
			return err
		}
		d, c = &one, &found
		return fault.Point("outbox.claim.written")
	})
	return d, c, err
}

// capped says whether a channel has sent all that it may: others that are not
// webhooks send one at a time, and only so many an hour.
func (o *Outbox) capped(tx *db.Tx, c *Channel, now time.Time) (bool, error) {
	var under, lately int64
	err := tx.QueryRow(`
		SELECT count(*) FILTER (WHERE state = 'sending'), count(*) FILTER (WHERE begun > ?) FROM dispatch WHERE workspace_id = ? AND channel_id = ?`,
		db.Micros(now.Add(-capWindow)), int64(c.workspace), int64(c.ID)).Scan(&under, &lately)
	if err != nil || c.Kind != Webhook && under > 0 {
		return true, err
	}
	if lately < hourly[c.Kind] {
		return false, nil
	}
	_, err = tx.Exec(`UPDATE dispatch SET due = ? WHERE workspace_id = ? AND channel_id = ? AND state = 'queued' AND due <= ?`,
		db.Micros(now.Add(capWait)), int64(c.workspace), int64(c.ID), db.Micros(now))
	return true, err
}

// outcome is what became of a try.
type outcome struct {
	fate   fate
	status int
	err    string
	after  time.Duration // the receiver asked to wait so long
	stop   string        // why the channel is not to be used any more
}

type fate uint8

const (
	taken     fate = iota // it arrived
	notTaken              // for sure: nothing was sent, or the answer says "not now"
	refusedIt             // for sure, and trying again does not help
	uncertain             // it may have arrived
)

// deliver sends one dispatch and writes down what became of it. That it is
// being stopped does not break off what has begun.
func (o *Outbox) deliver(ctx context.Context, d *Dispatch, c *Channel) {
	sending, cancel := context.WithTimeout(context.WithoutCancel(ctx), sendTime)
	defer cancel()
	out := o.allowed(sending, d, c)
	if out == nil {
		fault.Point("outbox.send.due")
		got := o.send(sending, d, c)
		fault.Point("outbox.send.done")
		out = &got
	}
	if err := o.finish(context.WithoutCancel(ctx), d, c, out); err != nil {
		o.o.Log.Error("what became of a dispatch cannot be written down", "workspace", d.workspace, "dispatch", d.ID, "error", err)
	}
}

// allowed asks, right before sending, whether this may still be told; nil: yes.
func (o *Outbox) allowed(ctx context.Context, d *Dispatch, c *Channel) *outcome {
	if c.session != 0 {
		if reached, err := o.reached(ctx, c); err != nil {
			return &outcome{fate: notTaken, err: "Whether somebody is signed in with the browser cannot be found out."}
		} else if !reached {
			return &outcome{fate: refusedIt, err: signedOut}
		}
	} else if o.o.May != nil {
		may, err := o.o.May(ctx, c.workspace, c.Owner)
		if err != nil {
			return &outcome{fate: notTaken, err: "Whether the owner of the channel may have it cannot be found out."}
		}
		if !may {
			return &outcome{fate: refusedIt, err: "Whoever made the channel may not have it any more.", stop: "Whoever made it may not have it any more."}
		}
	}
	if o.o.Shown != nil && d.seq != 0 {
		shown, err := o.o.Shown(ctx, d.workspace, d.seq)
		if err != nil {
			return &outcome{fate: notTaken, err: "Whether the post may be shown cannot be found out."}
		}
		if !shown {
			return &outcome{fate: refusedIt, err: "The post is not shown any more."}
		}
	}
	return nil
}

func (o *Outbox) send(ctx context.Context, d *Dispatch, c *Channel) outcome {
	switch d.Kind {
	case Webhook:
		return o.sendWebhook(ctx, d, c)
	case Chat:
		return o.sendChat(ctx, d, c)
	case Push:
		return o.sendPush(ctx, d, c)
	case Mail:
		return o.sendMail(ctx, d, c)
	}
	return outcome{fate: refusedIt, err: "Nobody knows how to send this."}
}

// finish writes down what became of a try, unless somebody else took over.
func (o *Outbox) finish(ctx context.Context, d *Dispatch, c *Channel, out *outcome) error {
	now := o.o.Clock()
	state, due := o.next(d, out, now)
	ended := int64(0)
	if state != Queued {
		ended = db.Micros(now)
	}
	return o.o.State.Write(ctx, func(tx *db.Tx) error {
		done, err := tx.Exec(`
			UPDATE dispatch SET state = ?, due = ?, status = ?, error = ?, ended = ? WHERE workspace_id = ? AND id = ? AND state = 'sending' AND fence = ?`,
			string(state), db.Micros(due), out.status, shorten(out.err, 500), ended, int64(d.workspace), int64(d.ID), d.fence)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return err
		}
		if _, err := tx.Exec(`UPDATE dispatch_attempt SET ended = ?, result = ?, status = ?, error = ? WHERE workspace_id = ? AND dispatch_id = ? AND attempt = ?`,
			db.Micros(now), string(state), out.status, shorten(out.err, 500), int64(d.workspace), int64(d.ID), d.Attempts); err != nil {
			return err
		}
		if out.stop != "" && c.session != 0 {
			if err := o.forget(tx, c, out.stop); err != nil {
				return err
			}
		} else if out.stop != "" {
			if _, err := tx.Exec(`UPDATE channel SET paused = 1, trouble = ?, version = version + 1 WHERE workspace_id = ? AND id = ?`,
				out.stop, int64(c.workspace), int64(c.ID)); err != nil {
				return err
			}
		}
		tx.AfterCommit(func() { o.changes.Publish(d.workspace, Change{Channel: d.Channel, Dispatch: d.ID}) })
		return fault.Point("outbox.end.written")
	})
}

// next is the state that a try leads to, and when it is tried again.
func (o *Outbox) next(d *Dispatch, out *outcome, now time.Time) (State, time.Time) {
	known := d.Kind == Webhook || d.Kind == Push // by their id, so that twice is once
	switch {
	case out.fate == taken:
		return Sent, d.Due
	case out.fate == refusedIt:
		return Failed, d.Due
	case out.fate == uncertain && !known:
		return Unknown, d.Due
	}
	wait := waits[min(int(d.Attempts)-1, len(waits)-1)]
	wait += time.Duration(o.o.Random() * float64(wait) / 4)
	due := now.Add(max(wait, min(out.after, 12*time.Hour)))
	if due.Sub(d.Created) > tryFor {
		return Dead, d.Due
	}
	return Queued, due
}
