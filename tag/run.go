package tag

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"golang.org/x/sync/errgroup"

	"hearth"
	"hearth/access"
	"hearth/archive"
	"hearth/db"
	"hearth/monitor"
)

// State is how a run is.
type State string

const (
	Running   State = "running"
	Paused    State = "paused"
	Finished  State = "done"
	Cancelled State = "cancelled" // what it did stays, and can be undone
	Failed    State = "failed"    // likewise; Reason says why
	Undoing   State = "undoing"
	Undone    State = "undone"
)

// Run is tagging, or correcting, of many posts.
type Run struct {
	ID        int64
	State     State
	Reason    string
	Rule      int64             // that it back-dates; 0: none
	Selection monitor.Selection // empty for one of named posts
	Change    Change
	Total     int64 // posts it was made for, as counted then
	Looked    int64
	Changed   int64
	By        hearth.UserID
	Begun     time.Time
	Written   time.Time
	Left      time.Duration // how long it will still take; 0: nobody knows

	cursor string
}

const (
	pagePosts = 200 // of one transaction of a run
	mostRuns  = 500
)

// Start tags or corrects all posts that a selection holds, in the background.
func (t *Tags) Start(ctx context.Context, by access.Actor, s monitor.Selection, c Change) (r Run, err error) {
	if err := by.CheckSome(access.TagPosts); err != nil {
		return r, err
	}
	if err := c.check(); err != nil {
		return r, err
	}
	counts, err := t.posts.Count(ctx, by, s, 0) // checks the selection, too
	if err != nil {
		return r, err
	}
	if s, err = t.posts.Within(ctx, s, by); err != nil { // the run goes on without its actor
		return r, err
	}
	r = Run{State: Running, Selection: s, Change: c, Total: int64(counts.Total), By: by.User, Begun: t.o.Clock()}
	if err := access.Note(ctx, t.o.State, r.Begun, by, "tags.start", access.Of("workspace", by.Workspace), nil, noted{c.Set, c.Drop, c.Correct, 0, s.Query}); err != nil {
		return r, err
	}
	if err := t.insert(ctx, by.Workspace, &r); err != nil {
		return r, err
	}
	t.wake()
	return r, nil
}

// Step is what a person may do with a run.
type Step string

const (
	Pause  Step = "pause"
	Resume Step = "resume"
	Cancel Step = "cancel"
	Undo   Step = "undo"
)

// Steer pauses, resumes, cancels or undoes a run. Undoing goes on in the background
// like the run itself; what Set did to some posts is undone when it returns.
func (t *Tags) Steer(ctx context.Context, by access.Actor, id int64, step Step) (r Run, err error) {
	if err := by.CheckSome(access.TagPosts); err != nil {
		return r, err
	}
	now := t.o.Clock()
	var was State
	err = t.o.Store.Write(ctx, func(tx *db.Tx) error {
		if r, err = seenRun(tx, by, access.TagPosts, id); err != nil {
			return err
		}
		was = r.State
		switch {
		case step == Pause && was == Running:
			r.State = Paused
		case step == Resume && was == Paused:
			r.State = Running
		case step == Cancel && (was == Running || was == Paused):
			r.State = Cancelled
		case step == Undo && was != Undoing && was != Undone:
			r.State = Undoing
		default:
			return hearth.Errorf(hearth.Conflict, "The run is %s; you cannot %s it now.", was, step)
		}
		return r.write(tx, by.Workspace, now)
	})
	if err != nil {
		return r, err
	}
	if r.State == Undoing && r.Total <= mostPosts && r.Rule == 0 && r.Selection == (monitor.Selection{}) {
		for r.State == Undoing && err == nil {
			err = t.undo(ctx, by.Workspace, &r, func(*db.Tx) error { return nil })
		}
		if err != nil && !errors.Is(err, errSteered) { // the background was quicker
			return r, err
		}
	}
	t.wake()
	type state struct {
		State State `json:"state"`
	}
	return r, access.Note(ctx, t.o.State, now, by, "tags."+string(step), access.Of("tag-run", id), state{was}, state{r.State})
}

// Runs lists the newest runs.
func (t *Tags) Runs(ctx context.Context, by access.Actor) (list []Run, err error) {
	scope, err := by.Scope(access.ReadPosts)
	if err != nil {
		return nil, err
	}
	err = t.o.Store.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(selectRun+` WHERE workspace_id = ? ORDER BY id DESC LIMIT ?`, by.Workspace, mostRuns)
		if err != nil {
			return err
		}
		return db.EachRow(rows, func() error {
			r, err := scanRun(rows)
			r.Left = r.left(t.o.Clock())
			if r.isOf(by, scope) {
				list = append(list, r)
			}
			return err
		})
	})
	return list, err
}

// Get gives one run.
func (t *Tags) Get(ctx context.Context, by access.Actor, id int64) (r Run, err error) {
	err = t.o.Store.Read(ctx, func(tx *db.Tx) error {
		r, err = seenRun(tx, by, access.ReadPosts, id)
		return err
	})
	r.Left = r.left(t.o.Clock())
	return r, err
}

// lookEvery is how late a run is found that another process began.
const lookEvery = 2 * time.Second

// Run does the runs and asks the rules until ctx ends. One process at a time should;
// held is asked whether this one is still to do it.
func (t *Tags) Run(ctx context.Context, held func(*db.Tx) error) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return t.runAll(ctx, held) })
	group.Go(func() error { return t.followLog(ctx, held) })
	return group.Wait()
}

func (t *Tags) runAll(ctx context.Context, held func(*db.Tx) error) error {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		err := t.round(ctx, held)
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, db.ErrUnknownOutcome):
			return err
		case err != nil:
			t.o.Log.Warn("tagging stands still; it is tried again", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-t.work:
		case <-tick.C:
		}
	}
}

// round does steps of all open runs in turn until there are none.
func (t *Tags) round(ctx context.Context, held func(*db.Tx) error) error {
	for ctx.Err() == nil {
		var open []Run
		var of []hearth.WorkspaceID
		err := t.o.Store.Read(ctx, func(tx *db.Tx) error {
			rows, err := tx.Query(`SELECT workspace_id, id, state, reason, rule_id, query, monitor_id, since, until, tags, dropped, corrections, cursor, total, looked, changed, user_id, begun, written FROM tag_run WHERE state IN ('running', 'undoing') ORDER BY workspace_id, id`) // all workspaces: the program's own loop
			if err != nil {
				return err
			}
			return db.EachRow(rows, func() error {
				var ws hearth.WorkspaceID
				r, err := scanRun(first{rows, &ws})
				open, of = append(open, r), append(of, ws)
				return err
			})
		})
		if err != nil || len(open) == 0 {
			return err
		}
		for i := range open {
			step := t.step
			if open[i].State == Undoing {
				step = t.undo
			}
			err := step(ctx, of[i], &open[i], held)
			switch code := hearth.ErrorCode(err); {
			case err == nil, errors.Is(err, errSteered):
			case code == hearth.Invalid, code == hearth.NotFound: // its query or monitor is not there any more
				if err := t.fail(ctx, of[i], &open[i], err); err != nil {
					return err
				}
			default:
				return err
			}
		}
	}
	return nil
}

// step tags one page of posts, in the transaction that notes how far it is.
func (t *Tags) step(ctx context.Context, ws hearth.WorkspaceID, r *Run, held func(*db.Tx) error) error {
	local := access.LocalOwner(ws) // the program's own work
	page, err := t.posts.Search(ctx, local, monitor.PageSearch{Selection: r.Selection, Limit: pagePosts, Cursor: r.cursor})
	if err != nil {
		return err
	}
	by := local
	by.User = r.By
	keys := keysOf(page.Posts)
	_, err = t.o.Archive.Annotate(ctx, ws, r.Change.notes(keys), t.author(by, r), t.o.Monitors.Catch, func(tx *db.Tx, results []archive.Result) error {
		if err := held(tx); err != nil {
			return err
		}
		if err := r.isStill(tx, ws); err != nil {
			return err
		}
		r.count(results)
		if r.cursor = page.Next; r.cursor == "" {
			r.State = Finished
		}
		return r.write(tx, ws, t.o.Clock())
	})
	return err
}

// undo takes a run back on some posts.
func (t *Tags) undo(ctx context.Context, ws hearth.WorkspaceID, r *Run, held func(*db.Tx) error) error {
	if err := t.o.Store.Read(ctx, held); err != nil {
		return err
	}
	posts, err := t.o.Archive.UndoRun(ctx, ws, r.ID, r.By, t.o.Monitors.Catch)
	if err != nil || posts > 0 {
		return err
	}
	return t.o.Store.Write(ctx, func(tx *db.Tx) error {
		if err := r.isStill(tx, ws); err != nil {
			return err
		}
		r.State = Undone
		return r.write(tx, ws, t.o.Clock())
	})
}

func (t *Tags) fail(ctx context.Context, ws hearth.WorkspaceID, r *Run, cause error) error {
	return t.o.Store.Write(ctx, func(tx *db.Tx) error {
		if err := r.isStill(tx, ws); err != nil {
			return nil
		}
		r.State, r.Reason = Failed, cause.Error()
		return r.write(tx, ws, t.o.Clock())
	})
}

// errSteered says that a person has done something with the run meanwhile.
var errSteered = &hearth.Error{Code: hearth.Conflict, Message: "The run was paused, cancelled or undone."}

func (r *Run) isStill(tx *db.Tx, ws hearth.WorkspaceID) error {
	now, err := readRun(tx, ws, r.ID)
	if err == nil && now.State != r.State {
		err = errSteered
	}
	return err
}

func (t *Tags) insert(ctx context.Context, ws hearth.WorkspaceID, r *Run) error {
	r.Written = r.Begun
	return t.o.Store.Write(ctx, func(tx *db.Tx) error {
		if err := tx.QueryRow(`SELECT coalesce(max(id), 0) + 1 FROM tag_run WHERE workspace_id = ?`, ws).Scan(&r.ID); err != nil {
			return err
		}
		tags, err := json.Marshal(r.Change.Set)
		if err != nil {
			return err
		}
		dropped, err := json.Marshal(r.Change.Drop)
		if err != nil {
			return err
		}
		corrections, err := json.Marshal(r.Change.Correct)
		if err != nil {
			return err
		}
		_, err = tx.Exec(`
			INSERT INTO tag_run (workspace_id, id, state, reason, rule_id, query, monitor_id, since, until, tags, dropped, corrections, cursor, total, looked, changed, user_id, begun, written)
			VALUES (?, ?, ?, '', ?, ?, ?, ?, ?, ?, ?, ?, '', ?, 0, 0, ?, ?, ?)`,
			ws, r.ID, string(r.State), r.Rule, r.Selection.Query, r.Selection.Monitor, db.Micros(r.Selection.From), db.Micros(r.Selection.To),
			string(tags), string(dropped), string(corrections), r.Total, r.By, db.Micros(r.Begun), db.Micros(r.Written))
		return err
	})
}

func (r *Run) write(tx *db.Tx, ws hearth.WorkspaceID, now time.Time) error {
	r.Written = now
	_, err := tx.Exec(`UPDATE tag_run SET state = ?, reason = ?, cursor = ?, looked = ?, changed = ?, written = ? WHERE workspace_id = ? AND id = ?`,
		string(r.State), r.Reason, r.cursor, r.Looked, r.Changed, db.Micros(now), ws, r.ID)
	return err
}

const selectRun = `
SELECT id, state, reason, rule_id, query, monitor_id, since, until, tags, dropped, corrections, cursor, total, looked, changed, user_id, begun, written FROM tag_run`

// isOf says whether a run is for the actor to see: whoever has brands only sees
// their own.
func (r *Run) isOf(by access.Actor, scope access.Scope) bool {
	return !scope.Bound() || by.User != 0 && r.By == by.User
}

// seenRun is a run that the actor has a permission for; one that they may not see
// is as one that there is not.
func seenRun(tx *db.Tx, by access.Actor, p access.Permission, id int64) (Run, error) {
	scope, err := by.Scope(p)
	if err != nil {
		return Run{}, err
	}
	r, err := readRun(tx, by.Workspace, id)
	if err == nil && !r.isOf(by, scope) {
		return Run{}, noRun(id)
	}
	return r, err
}

func noRun(id int64) error { return hearth.Errorf(hearth.NotFound, "There is no run %d.", id) }

func readRun(tx *db.Tx, ws hearth.WorkspaceID, id int64) (Run, error) {
	r, err := scanRun(tx.QueryRow(selectRun+` WHERE workspace_id = ? AND id = ?`, ws, id))
	if errors.Is(err, sql.ErrNoRows) {
		return r, noRun(id)
	}
	return r, err
}

func scanRun(row db.Scanner) (r Run, err error) {
	var since, until, begun, written int64
	var tags, dropped, corrections string
	err = row.Scan(&r.ID, &r.State, &r.Reason, &r.Rule, &r.Selection.Query, &r.Selection.Monitor, &since, &until, &tags, &dropped, &corrections,
		&r.cursor, &r.Total, &r.Looked, &r.Changed, &r.By, &begun, &written)
	if err != nil {
		return r, err
	}
	r.Selection.From, r.Selection.To, r.Begun, r.Written = db.FromMicros(since), db.FromMicros(until), db.FromMicros(begun), db.FromMicros(written)
	if err := json.Unmarshal([]byte(tags), &r.Change.Set); err != nil {
		return r, err
	}
	if err := json.Unmarshal([]byte(corrections), &r.Change.Correct); err != nil {
		return r, err
	}
	return r, json.Unmarshal([]byte(dropped), &r.Change.Drop)
}

// first scans one more column before those of a row.
type first struct {
	row    db.Scanner
	column any
}

func (f first) Scan(columns ...any) error { return f.row.Scan(append([]any{f.column}, columns...)...) }
