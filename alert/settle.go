package alert

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"hearth"
	"hearth/access"
	"hearth/alert/forecast"
	"hearth/db"
	"hearth/monitor"
)

const (
	quietGap   = 6 * time.Hour // what fires sooner is the same alert
	mergeFrom  = 0.3           // shared posts of two monitors, of all theirs
	tellAgain  = 4             // times as many posts
	renewEvery = time.Minute   // the numbers of an alert that goes on
	readAgain  = 1.25          // times as many posts: its words may be others
	actPart    = 0.3           // negative that needs somebody, at a spike

	countedWait = 5 * time.Second
	countedLook = 20 * time.Millisecond
)

// settle turns what fired into an alert, and saves what was learned with it.
func (a *Alerts) settle(ctx context.Context, k ownKey, mon *monitor.Monitor, rule *Rule, found []firing, save func(*db.Tx) error) error {
	if len(found) == 0 {
		return a.o.State.Write(ctx, save)
	}
	now := a.o.Clock()
	before, err := a.openAlert(ctx, k, now)
	if err != nil {
		return err
	}
	next := merged(before, k, found, now)
	if before == nil || next.Evidence.differs(&before.Evidence) || len(before.Evidence.Samples) == 0 {
		if err := a.explain(ctx, k.workspace, mon, next); err != nil {
			return err
		}
	}
	return a.o.State.Write(ctx, func(tx *db.Tx) error {
		if err := save(tx); err != nil {
			return err
		}
		if err := tx.QueryRow(`SELECT coalesce(sum(posts + own), 0) FROM alert_bin WHERE workspace_id = ? AND monitor_id = ? AND start >= ?`,
			int64(k.workspace), int64(k.monitor), binOf(next.Began)).Scan(&next.Evidence.Posts); err != nil {
			return err
		}
		next.Class = a.classOf(tx, next, rule, now)
		if before == nil {
			return a.raise(tx, next, mon, rule)
		}
		if next.Class.rank() < before.Class.rank() {
			next.Class = before.Class
		}
		if next.Class == before.Class && now.Sub(before.Last) < renewEvery && !next.Evidence.differs(&before.Evidence) {
			return nil
		}
		return a.renew(tx, before, next, mon, rule)
	})
}

// openAlert is the monitor's alert that goes on, nil if there is none.
func (a *Alerts) openAlert(ctx context.Context, k ownKey, now time.Time) (one *Alert, err error) {
	err = a.o.State.Read(ctx, func(tx *db.Tx) error {
		found, err := scanAlert(tx.QueryRow(selectAlert+` WHERE workspace_id = ? AND monitor_id = ? AND state = 'open' AND last >= ? ORDER BY id DESC LIMIT 1`,
			int64(k.workspace), int64(k.monitor), db.Micros(now.Add(-quietGap))))
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		one = &found
		return err
	})
	return one, err
}

// merged is the alert as it is with what fired now.
func merged(before *Alert, k ownKey, found []firing, now time.Time) *Alert {
	next := &Alert{Workspace: k.workspace, Monitor: k.monitor, State: Open, Began: found[0].at, Raised: now, Version: 1}
	if before != nil {
		copied := *before
		next = &copied
		next.Evidence.Kinds = slices.Clone(before.Evidence.Kinds)
		next.Version++
	}
	next.Last = now
	for i := range found {
		next.Evidence.add(&found[i])
	}
	return next
}

// add takes a firing in: the worst numbers stay.
func (e *Evidence) add(f *firing) {
	for _, kind := range f.kinds {
		if !slices.Contains(e.Kinds, kind) {
			e.Kinds = append(e.Kinds, kind)
		}
	}
	slices.SortFunc(e.Kinds, func(a, b Kind) int { return kindOrder(a) - kindOrder(b) })
	if slices.Contains(f.kinds, Volume) && f.volume.Score >= e.Score {
		e.Minutes, e.Count, e.Expected, e.Ratio = f.minutes, f.count, f.volume.Mean, f.volume.Ratio
		e.Score, e.Threshold = f.volume.Score, f.volume.Threshold
	}
	if f.known > 0 && (slices.Contains(f.kinds, Negative) || e.Known == 0) && f.share.Part >= e.Part {
		e.Part, e.Usual, e.Known = f.share.Part, f.share.Mean, f.known
	}
	e.Drift = max(e.Drift, f.drift)
}

func kindOrder(k Kind) int { return slices.Index([]Kind{Volume, Negative, Drift}, k) }

// differs says that the words of an alert may be others now.
func (e *Evidence) differs(was *Evidence) bool {
	return len(e.Kinds) != len(was.Kinds) || float64(e.Count) >= readAgain*float64(was.Count) && e.Count > was.Count || e.Part > was.Part+0.1
}

// explain finds the words, voices and posts, and the alert of another monitor
// that is about the same.
func (a *Alerts) explain(ctx context.Context, ws hearth.WorkspaceID, mon *monitor.Monitor, next *Alert) error {
	if err := a.counted(ctx); err != nil {
		return err
	}
	r, err := a.readPostsOf(ctx, ws, mon, next.Began)
	if err != nil {
		return err
	}
	e := &next.Evidence
	e.Terms, e.Authors, e.Samples = r.terms, r.voices, r.samples
	e.Sentence = e.sentence(mon.Name)
	if next.ID == 0 {
		next.SameAs, err = a.sameAs(ctx, ws, next, r.posts)
	}
	return err
}

// counted waits, for a while, until whoever writes the mentions is as far as the log is
// followed here: else an alert would tell of no words and no posts.
func (a *Alerts) counted(ctx context.Context) error {
	at, err := a.place(ctx)
	if err != nil {
		return err
	}
	soon, cancel := context.WithTimeout(ctx, countedWait)
	defer cancel()
	tick := time.NewTicker(countedLook)
	defer tick.Stop()
	for {
		there, err := a.o.Monitors.Place(ctx)
		if err != nil || there >= at {
			return err
		}
		select {
		case <-soon.Done():
			return ctx.Err() // it is explained again at the next look
		case <-tick.C:
		}
	}
}

// sameAs is the alert that goes on for another monitor, and shares its posts.
func (a *Alerts) sameAs(ctx context.Context, ws hearth.WorkspaceID, next *Alert, posts []monitor.Mention) (ID, error) {
	by := access.LocalOwner(ws)
	page, err := a.List(ctx, by, Search{State: Open, Limit: 20})
	if err != nil {
		return 0, err
	}
	mine := map[hearth.Seq]bool{}
	for i := range posts {
		mine[posts[i].Seq] = true
	}
	for i := range page.Alerts {
		other := &page.Alerts[i]
		var alike bool // an alert that another brand is told of tells these people nothing
		err := a.o.State.Read(ctx, func(tx *db.Tx) (err error) {
			alike, err = sameBrands(tx, ws, other.Monitor, next.Monitor)
			return err
		})
		if err != nil {
			return 0, err
		}
		if !alike || other.Monitor == next.Monitor || next.Began.Sub(other.Last) > quietGap {
			continue
		}
		theirs, err := a.o.Monitors.Mentions(ctx, by, monitor.MentionSearch{Monitor: other.Monitor, From: next.Began, Limit: readPosts})
		if hearth.ErrorCode(err) == hearth.NotFound {
			continue
		}
		if err != nil {
			return 0, err
		}
		shared := 0
		for j := range theirs.Mentions {
			if mine[theirs.Mentions[j].Seq] {
				shared++
			}
		}
		if all := len(mine) + len(theirs.Mentions) - shared; all > 0 && float64(shared) >= mergeFrom*float64(all) {
			return other.ID, nil
		}
	}
	return 0, nil
}

// classOf is how serious an alert is: negative posts need somebody, and if it is
// more likely than not that it grows to what would be a crisis, everybody.
func (a *Alerts) classOf(tx *db.Tx, next *Alert, rule *Rule, now time.Time) Class {
	e := &next.Evidence
	bad := slices.Contains(e.Kinds, Negative) || slices.Contains(e.Kinds, Volume) && e.Known >= 5 && e.Part >= max(actPart, 2*e.Usual)
	if !bad {
		return Watch
	}
	if e.Posts >= rule.Threshold {
		return AllHands
	}
	model, sample, err := spreadOf(tx, next.Workspace, next.Monitor, next.Began, now)
	if err != nil {
		a.o.Log.Warn("the spread of an alert cannot be forecast", "workspace", next.Workspace, "monitor", next.Monitor, "error", err)
		return Act
	}
	f := model.Predict(sample)
	if f.Method != forecast.None && f.Reaches(float64(rule.Threshold)) >= 0.5 {
		return AllHands
	}
	return Act
}

// raise writes a new alert and tells people.
func (a *Alerts) raise(tx *db.Tx, next *Alert, mon *monitor.Monitor, rule *Rule) error {
	number, err := nextNumber(tx, "alerts")
	if err != nil {
		return err
	}
	next.ID, next.toldClass, next.toldPosts = ID(number), next.Class, next.Evidence.Posts
	done, err := tx.Exec(`
		INSERT INTO alert (workspace_id, id, version, monitor_id, class, state, began, raised, last, evidence, told_class, told_posts, same_as, incident_id)
		VALUES (?, ?, 1, ?, ?, 'open', ?, ?, ?, ?, ?, ?, ?, 0)
		ON CONFLICT (workspace_id, monitor_id, began) DO NOTHING`,
		int64(next.Workspace), int64(next.ID), int64(next.Monitor), string(next.Class), db.Micros(next.Began), db.Micros(next.Raised), db.Micros(next.Last),
		written(&next.Evidence), string(next.toldClass), next.toldPosts, int64(next.SameAs))
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return err // it was raised before
	}
	if next.SameAs != 0 {
		tx.AfterCommit(func() { a.changes.Publish(next.Workspace, Change{Alert: next.ID}) })
		return nil
	}
	return a.tell(tx, AlertRaised, next, mon, rule)
}

// renew writes an alert that goes on, and tells people if it became worse.
func (a *Alerts) renew(tx *db.Tx, before, next *Alert, mon *monitor.Monitor, rule *Rule) error {
	worse := next.Class.rank() > before.toldClass.rank() || next.Evidence.Posts >= tellAgain*max(1, before.toldPosts)
	if worse {
		next.toldClass, next.toldPosts = next.Class, next.Evidence.Posts
	}
	done, err := tx.Exec(`
		UPDATE alert SET version = version + 1, class = ?, last = ?, evidence = ?, told_class = ?, told_posts = ?
		WHERE workspace_id = ? AND id = ? AND told_posts = ?`, string(next.Class), db.Micros(next.Last), written(&next.Evidence),
		string(next.toldClass), next.toldPosts, int64(next.Workspace), int64(next.ID), before.toldPosts)
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, errElsewhere)
	}
	if err := recordGrowth(tx, next, a.o.Clock()); err != nil {
		return err
	}
	if !worse || next.SameAs != 0 {
		tx.AfterCommit(func() { a.changes.Publish(next.Workspace, Change{Alert: next.ID}) })
		return nil
	}
	if next.Incident != 0 {
		grew := []Fact{{What: FactGrew, To: string(next.Class), N: next.Evidence.Posts}}
		text := sentences(grew) + " " + next.Evidence.Sentence
		if err := addEntry(tx, next.Workspace, next.Incident, Entry{Kind: EntryAlert, Text: text, Facts: grew, At: a.o.Clock()}); err != nil {
			return err
		}
	}
	return a.tell(tx, AlertChanged, next, mon, rule)
}

// tell shows an alert to people and publishes it.
func (a *Alerts) tell(tx *db.Tx, event string, one *Alert, mon *monitor.Monitor, rule *Rule) error {
	now := a.o.Clock()
	e := Event{
		Type: event, Key: fmt.Sprintf("alert/%d/%s/%d", one.ID, one.Class, one.toldPosts), Class: one.Class, At: now, Monitors: []hearth.MonitorID{one.Monitor},
		Title: titleOf(one, mon.Name), Text: one.Evidence.Sentence, Path: fmt.Sprintf("/alerts/%d", one.ID), Data: alertData(one, mon.Name),
	}
	if one.Class != AllHands {
		e.Quiet = rule.QuietUntil(now)
	}
	return a.notify(tx, one.Workspace, e, Notice{Alert: one.ID, Incident: one.Incident, Facts: alertFacts(one, mon.Name)})
}

func titleOf(one *Alert, name string) string {
	name = clean(name)
	switch {
	case one.Class == AllHands:
		return "All hands: " + name
	case slices.Contains(one.Evidence.Kinds, Negative):
		return "More negative than usual: " + name
	case slices.Contains(one.Evidence.Kinds, Volume):
		return "More than usual: " + name
	}
	return "Rising for days: " + name
}

// endQuiet ends alerts for which nothing fired for six hours.
func (w *watcher) endQuiet(ctx context.Context, now time.Time) error {
	var ended []Alert
	err := w.a.o.State.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(selectAlert+` WHERE state = 'open' AND last < ? ORDER BY workspace_id, id LIMIT 100`, db.Micros(now.Add(-quietGap))) // all workspaces: they end by themselves
		if err != nil {
			return err
		}
		return db.EachRow(rows, func() error {
			one, err := scanAlert(rows)
			ended = append(ended, one)
			return err
		})
	})
	for i := range ended {
		if err == nil {
			err = w.end(ctx, &ended[i], now)
		}
	}
	return err
}

func (w *watcher) end(ctx context.Context, one *Alert, now time.Time) error {
	name := ""
	if mon, err := w.a.o.Monitors.Get(ctx, access.LocalOwner(one.Workspace), one.Monitor); err == nil {
		name = mon.Name
	}
	return w.a.o.State.Write(ctx, func(tx *db.Tx) error {
		done, err := tx.Exec(`UPDATE alert SET state = 'over', version = version + 1 WHERE workspace_id = ? AND id = ? AND state = 'open'`,
			int64(one.Workspace), int64(one.ID))
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return err
		}
		one.State = Over
		if err := finishGrowth(tx, one); err != nil {
			return err
		}
		if one.Incident != 0 {
			if err := addEntry(tx, one.Workspace, one.Incident, telling(EntryAlert, 0, now, Fact{What: FactOver})); err != nil {
				return err
			}
		}
		tx.AfterCommit(func() { w.a.changes.Publish(one.Workspace, Change{Alert: one.ID, Incident: one.Incident}) })
		if one.SameAs != 0 {
			return nil
		}
		return w.a.publish(tx, one.Workspace, Event{
			Type: AlertOver, Key: fmt.Sprintf("alert/%d/over", one.ID), Class: Watch, At: now, Monitors: []hearth.MonitorID{one.Monitor},
			Title: "Over: " + clean(name), Text: one.Evidence.Sentence, Path: fmt.Sprintf("/alerts/%d", one.ID), Data: alertData(one, name),
			Facts: alertFacts(one, name),
		})
	})
}

// tellSources tells once that a source needs a person, and once that it is well
// again.
func (w *watcher) tellSources(ctx context.Context, troubles []Trouble, now time.Time) error {
	if w.a.o.Troubles == nil {
		return nil
	}
	type key struct {
		workspace hearth.WorkspaceID
		source    hearth.SourceID
	}
	failed := map[key]*Trouble{}
	for i := range troubles {
		if t := &troubles[i]; t.Failed && t.To.IsZero() {
			failed[key{t.Workspace, t.Source}] = t
		}
	}
	known := map[key]bool{}
	err := w.a.o.State.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(`SELECT workspace_id, source_id FROM alert_source WHERE failed = 1`) // all workspaces: the sources of all are watched
		if err != nil {
			return err
		}
		return db.EachRow(rows, func() error {
			var k key
			err := rows.Scan(&k.workspace, &k.source)
			known[k] = true
			return err
		})
	})
	if err != nil {
		return err
	}
	for k, t := range failed {
		if !known[k] {
			if err := w.a.tellSource(ctx, SourceFailed, *t, now); err != nil {
				return err
			}
		}
	}
	for k := range known {
		if failed[k] == nil {
			if err := w.a.tellSource(ctx, SourceRecovered, Trouble{Workspace: k.workspace, Source: k.source, From: now}, now); err != nil {
				return err
			}
		}
	}
	return nil
}

func (a *Alerts) tellSource(ctx context.Context, event string, t Trouble, now time.Time) error {
	broken := event == SourceFailed
	return a.o.State.Write(ctx, func(tx *db.Tx) error {
		var count int64
		err := tx.QueryRow(`
			INSERT INTO alert_source (workspace_id, source_id, failed, times, since) VALUES (?, ?, ?, 1, ?)
			ON CONFLICT (workspace_id, source_id) DO UPDATE SET failed = excluded.failed, times = alert_source.times + 1, since = excluded.since
			WHERE alert_source.failed <> excluded.failed RETURNING times`,
			int64(t.Workspace), int64(t.Source), db.Truth(broken), db.Micros(t.From)).Scan(&count)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		e := Event{
			Type: event, Key: fmt.Sprintf("source/%d/%d", t.Source, count), Class: Act, At: now, Title: "A source works again", Path: fmt.Sprintf("/sources/%d", t.Source),
			Data: SourceData{Source: t.Source, Name: t.Name, Reason: t.Reason, Since: t.From},
		}
		if broken {
			e.Title, e.Text = "A source needs you: "+clean(t.Name), shorten(t.Reason, 500)
		}
		return a.notify(tx, t.Workspace, e, Notice{Source: t.Source, Facts: sourceFacts(&t)})
	})
}
