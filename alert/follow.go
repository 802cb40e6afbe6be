package alert

import (
	"context"
	"errors"
	"time"

	"hearth"
	"hearth/archive"
	"hearth/db"
	"hearth/query"
)

const (
	binWidth = 15 * time.Minute
	binHour  = 4 // bins

	followRows = 2000
	lookEvery  = 5 * time.Second
	restAfter  = 500 * time.Millisecond // so that few commits take in many rows

	// A post that arrives later than this after it was written is no news.
	latest = 2 * time.Hour

	// The quarter that is over is waited for so long before it is judged.
	grace = time.Minute

	// Rows that waited longer than this to be followed are history: nothing of
	// them is raised or told.
	stale = 6 * time.Hour

	keptBins = 40 * 24 * time.Hour
)

// binOf is the number of the quarter of an hour that a moment lies in.
func binOf(at time.Time) int64 { return at.Unix() / int64(binWidth/time.Second) }

// binTime is when a quarter begins.
func binTime(bin int64) time.Time { return time.Unix(bin*int64(binWidth/time.Second), 0).UTC() }

// Run follows the log and watches until ctx ends. One process at a time should
// run it; two would do no harm but work twice.
func (a *Alerts) Run(ctx context.Context) error {
	w := newWatcher(a)
	for {
		at, err := w.round(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			if errors.Is(err, db.ErrUnknownOutcome) {
				return err
			}
			a.o.Log.Error("watching for alerts failed; it is tried again", "error", err)
		}
		a.rest(ctx, at, err != nil)
	}
}

// round takes in what is new and judges it.
func (w *watcher) round(ctx context.Context) (at hearth.Seq, err error) {
	now := w.a.o.Clock()
	blind, err := w.beat(ctx, now)
	if err != nil {
		return 0, err
	}
	if at, err = w.a.follow(ctx, blind); err != nil {
		return at, err
	}
	return at, w.look(ctx, now, blind)
}

// rest waits for new rows, or for a while.
func (a *Alerts) rest(ctx context.Context, at hearth.Seq, failed bool) {
	soon, cancel := context.WithTimeout(ctx, lookEvery)
	defer cancel()
	if !failed && a.o.Archive.Wait(soon, at) == nil {
		var stop context.CancelFunc
		soon, stop = context.WithTimeout(ctx, restAfter)
		defer stop()
	}
	<-soon.Done()
}

// follow takes in what is new in the log. What was written before the time
// until which nobody watched is no news.
func (a *Alerts) follow(ctx context.Context, blind time.Time) (at hearth.Seq, err error) {
	if at, err = a.place(ctx); err != nil {
		return 0, err
	}
	for {
		var rows []archive.Stored
		last := at
		err := a.o.Archive.ReadLog(ctx, 0, at, followRows, func(s *archive.Stored) error {
			last = s.Seq
			if a.live(s) {
				rows = append(rows, *s)
			}
			return nil
		})
		if hearth.ErrorCode(err) == hearth.Damaged && last == at {
			a.o.Log.Error("a damaged row counts for no alert", "row", at+1, "error", err)
			last, err = at+1, nil
		}
		if err != nil && last == at {
			return at, err
		}
		if last == at {
			return at, nil
		}
		if err := a.take(ctx, at, last, rows, blind); err != nil {
			return at, err
		}
		at = last
	}
}

// live says whether a row is a new post that arrived by itself, now.
func (a *Alerts) live(s *archive.Stored) bool {
	return s.Op == archive.Create && s.Source != 0 && !s.Erased && len(s.Monitors) > 0 && a.o.Clock().Sub(s.Received) < stale
}

// Place is the last row of the log that was watched; the end of the log where
// watching has not begun.
func (a *Alerts) Place(ctx context.Context) (at hearth.Seq, err error) {
	err = a.o.State.Read(ctx, func(tx *db.Tx) error { return tx.QueryRow(`SELECT seq FROM alert_place WHERE id = 1`).Scan(&at) })
	if err != nil || at >= 0 {
		return at, err
	}
	return a.o.Archive.Head(ctx)
}

// place is how far the log was followed. The first time, following begins at
// its end.
func (a *Alerts) place(ctx context.Context) (at hearth.Seq, err error) {
	read := func(tx *db.Tx) error { return tx.QueryRow(`SELECT seq FROM alert_place WHERE id = 1`).Scan(&at) }
	if err := a.o.State.Read(ctx, read); err != nil || at >= 0 {
		return at, err
	}
	head, err := a.o.Archive.Head(ctx)
	if err != nil {
		return 0, err
	}
	err = a.o.State.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(`UPDATE alert_place SET seq = ? WHERE id = 1 AND seq = -1`, int64(head)); err != nil {
			return err
		}
		return read(tx)
	})
	return at, err
}

// count is one row of alert_bin.
type count struct{ posts, known, negative, own int64 }

type binKey struct {
	workspace hearth.WorkspaceID
	monitor   hearth.MonitorID
	bin       int64
	source    hearth.SourceID
}

// errElsewhere says that somebody else follows the log, too.
var errElsewhere = &hearth.Error{Code: hearth.Unavailable, Message: "Another process watches for alerts."}

// take counts rows and moves the place, in one transaction.
func (a *Alerts) take(ctx context.Context, from, to hearth.Seq, rows []archive.Stored, blind time.Time) error {
	now := a.o.Clock()
	return a.o.State.Write(ctx, func(tx *db.Tx) error {
		done, err := tx.Exec(`UPDATE alert_place SET seq = ? WHERE id = 1 AND seq = ?`, int64(to), int64(from))
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, errElsewhere)
		}
		if len(rows) == 0 {
			return nil
		}
		owns, err := ownQueries(tx)
		if err != nil {
			return err
		}
		counts := map[binKey]*count{}
		for i := range rows {
			if bin, ok := binFor(&rows[i], now, blind); ok {
				countRow(counts, owns, &rows[i], bin)
			}
		}
		if err := writeCounts(tx, counts); err != nil {
			return err
		}
		return a.tellMentions(tx, rows)
	})
}

func countRow(counts map[binKey]*count, owns map[ownKey]*query.Query, s *archive.Stored, bin int64) {
	for _, id := range s.Monitors {
		k := binKey{s.Workspace, id, bin, s.Source}
		c := counts[k]
		if c == nil {
			c = new(count)
			counts[k] = c
		}
		if q := owns[ownKey{s.Workspace, id}]; q != nil && q.Match(&s.Post) {
			c.own++
		} else {
			c.posts++
		}
		if s.Post.Sentiment != "" {
			c.known++
		}
		if s.Post.Sentiment == hearth.Negative {
			c.negative++
		}
	}
}

// binFor is the quarter that a post counts for: the one it was written in, or,
// when that was judged already, the present one; none if it is no news.
func binFor(s *archive.Stored, now, blind time.Time) (int64, bool) {
	at := s.Post.Published
	if at.IsZero() || at.After(s.Received) {
		at = s.Received
	}
	if s.Received.Sub(at) > latest || at.Before(blind) {
		return 0, false
	}
	bin := binOf(at)
	if bin < binOf(now.Add(-grace)) {
		bin = binOf(now)
	}
	return bin, true
}

func writeCounts(tx *db.Tx, counts map[binKey]*count) error {
	for k, c := range counts {
		_, err := tx.Exec(`
			INSERT INTO alert_bin (workspace_id, monitor_id, start, source_id, posts, known, negative, own) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (workspace_id, monitor_id, start, source_id) DO UPDATE SET posts = alert_bin.posts + excluded.posts,
				known = alert_bin.known + excluded.known, negative = alert_bin.negative + excluded.negative, own = alert_bin.own + excluded.own`,
			int64(k.workspace), int64(k.monitor), k.bin, int64(k.source), c.posts, c.known, c.negative, c.own)
		if err != nil {
			return err
		}
	}
	return nil
}

type ownKey struct {
	workspace hearth.WorkspaceID
	monitor   hearth.MonitorID
}

// ownQueries are the queries that say which posts are the own campaign's.
func ownQueries(tx *db.Tx) (map[ownKey]*query.Query, error) {
	rows, err := tx.Query(`SELECT workspace_id, monitor_id, rule FROM alert_rule WHERE rule LIKE '%"own":%'`) // all workspaces: rows of the log are of all
	if err != nil {
		return nil, err
	}
	owns := map[ownKey]*query.Query{}
	err = db.EachRow(rows, func() error {
		var k ownKey
		var text string
		var r Rule
		if err := rows.Scan(&k.workspace, &k.monitor, &text); err != nil {
			return err
		}
		if err := read(text, &r, "rule"); err != nil {
			return err
		}
		if q, _ := query.Parse(r.Own); q != nil && r.Own != "" {
			owns[k] = q
		}
		return nil
	})
	return owns, err
}

// tellMentions publishes the posts, where somebody asks for that.
func (a *Alerts) tellMentions(tx *db.Tx, rows []archive.Stored) error {
	if a.o.Wants == nil {
		return nil
	}
	wanted := map[hearth.WorkspaceID]bool{}
	for i := range rows {
		s := &rows[i]
		want, known := wanted[s.Workspace]
		if !known {
			var err error
			if want, err = a.o.Wants(tx, s.Workspace, MentionCreated); err != nil {
				return err
			}
			wanted[s.Workspace] = want
		}
		if !want {
			continue
		}
		if err := a.publish(tx, s.Workspace, mentionEvent(s)); err != nil {
			return err
		}
	}
	return nil
}

func mentionEvent(s *archive.Stored) Event {
	p := &s.Post
	title := "New mention on " + p.Network
	if p.Author.Handle != "" {
		title += " by @" + p.Author.Handle
	}
	return Event{
		Type: MentionCreated, Key: "mention/" + s.Seq.String(), At: s.Received, Monitors: s.Monitors, Seq: s.Seq, Post: p,
		Title: title, Text: shorten(p.Text, 1000), Path: p.URL,
		Data: MentionData{Seq: s.Seq, Monitors: s.Monitors, Network: p.Network, ID: p.ID, URL: p.URL, Author: p.Author.Handle, Title: p.Title,
			Text: p.Text, Lang: p.Lang, Sentiment: p.Sentiment, Intent: p.Intent, Published: p.Published},
	}
}
