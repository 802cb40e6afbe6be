package reanalysis

import (
	"context"
	"database/sql"
	"embed"
	"encoding/json"
	"errors"
	"log/slog"
	"strconv"
	"time"

	"hearth"
	"hearth/access"
	"hearth/analysis"
	"hearth/archive"
	"hearth/db"
	"hearth/ingest"
	"hearth/monitor"
)

//go:embed schema/*.sql
var schemas embed.FS

// Schema is the tables of this package in archive.db.
func Schema() db.Schema { return db.SchemaIn(schemas, "reanalysis", "schema") }

// Options of New; all are required but Layer and Room.
type Options struct {
	State     *db.DB // hearth.db, with the audit log
	Store     *db.DB // archive.db, with Schema
	Archive   *archive.Archive
	Monitors  *monitor.Monitors
	Analyzers []analysis.Analyzer
	Layer     func(context.Context, hearth.WorkspaceID) *analysis.Layer // what people taught; nil: nothing
	Room      func() error                                              // nil while there is room for more versions; nil: always
	Clock     hearth.Clock
	Log       *slog.Logger
}

// Reanalyses judge stored posts anew. They may be used by many goroutines at once.
type Reanalyses struct {
	o      Options
	posts  *monitor.Posts
	models archive.Judged
	text   string        // of models, as runs have them
	work   chan struct{} // a run waits; at most one wake-up does
}

// New makes the re-analyses of an archive; Run does them.
func New(o Options) *Reanalyses {
	r := &Reanalyses{o: o, posts: monitor.NewPosts(o.Monitors), models: ingest.Models(o.Analyzers), work: make(chan struct{}, 1)}
	r.text = modelsText(&r.models)
	return r
}

// modelsText names the versions of models, in the order of archive.Corrected.
func modelsText(j *archive.Judged) string {
	versions := make([]int, len(j.Fields))
	for i, f := range j.Fields {
		versions[i] = f.Version
	}
	text, err := json.Marshal(versions)
	if err != nil {
		panic(err) // numbers
	}
	return string(text)
}

func modelsOf(text string) (j archive.Judged, err error) {
	var versions []int
	err = json.Unmarshal([]byte(text), &versions)
	for i := range min(len(versions), len(j.Fields)) {
		j.Fields[i].Version = versions[i]
	}
	return j, err
}

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

// Run is one re-analysis.
type Run struct {
	ID        int64
	State     State
	Reason    string
	Whole     bool // every post that was stored when it began
	Selection monitor.Selection
	Models    archive.Judged // by which it judges
	Total     int64          // posts it was made for, as counted then
	Looked    int64
	Same      int64         // of these, posts that the same models had judged before
	Changed   int64         // posts that say something else now
	Kept      int64         // posts on which a person's word holds against the models
	Skipped   int64         // posts that could not be judged
	By        hearth.UserID // 0: nobody, it began as the models were new; or the operator
	Begun     time.Time
	Written   time.Time
	Left      time.Duration // how long it will still take; 0: nobody knows

	head   hearth.Seq
	cursor string
	back   hearth.Seq
}

// down is the row of the log down to which a whole run is.
func (r *Run) down() hearth.Seq {
	if r.State == Finished {
		return 0
	}
	n, err := strconv.ParseInt(r.cursor, 10, 64)
	if err != nil {
		return r.head
	}
	return hearth.Seq(n)
}

func (r *Run) left(now time.Time) time.Duration {
	spent := now.Sub(r.Begun)
	if r.State != Running || r.Looked == 0 || r.Total <= r.Looked || spent <= 0 {
		return 0
	}
	return time.Duration(float64(spent) * float64(r.Total-r.Looked) / float64(r.Looked))
}

const mostRuns = 200

// Start judges what a selection holds anew, in the background; an empty one is every
// post.
func (r *Reanalyses) Start(ctx context.Context, by access.Actor, s monitor.Selection) (one Run, err error) {
	if err := by.Check(access.WriteMonitors); err != nil {
		return one, err
	}
	one = Run{State: Running, Whole: s == monitor.Selection{}, Selection: s, Models: r.models, By: by.User, Begun: r.o.Clock()}
	if one.Total, err = r.count(ctx, by.Workspace, s); err != nil {
		return one, err
	}
	if one.head, err = r.o.Archive.Head(ctx); err != nil {
		return one, err
	}
	err = r.o.Store.Write(ctx, func(tx *db.Tx) error {
		if one.Whole {
			if err := noOther(tx, by.Workspace); err != nil {
				return err
			}
		}
		return r.insert(tx, by.Workspace, &one)
	})
	if err != nil {
		return one, err
	}
	type noted struct {
		Query   string           `json:"query,omitempty"`
		Monitor hearth.MonitorID `json:"monitor,omitempty"`
	}
	r.wake()
	return one, access.Note(ctx, r.o.State, one.Begun, by, "reanalysis.start", access.Of("reanalysis", one.ID), nil, noted{s.Query, s.Monitor})
}

// noOther refuses a second run over everything.
func noOther(tx *db.Tx, ws hearth.WorkspaceID) error {
	var other int64
	err := tx.QueryRow(`SELECT id FROM reanalysis_run WHERE workspace_id = ? AND whole = 1 AND state IN ('running', 'paused') ORDER BY id LIMIT 1`, ws).Scan(&other)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err == nil {
		err = hearth.Errorf(hearth.Conflict, "Re-analysis %d goes over all posts already; let it end, or cancel it first.", other)
	}
	return err
}

// count is how many posts a selection holds.
func (r *Reanalyses) count(ctx context.Context, ws hearth.WorkspaceID, s monitor.Selection) (int64, error) {
	counts, err := r.posts.Count(ctx, access.LocalOwner(ws), s, 0)
	return int64(counts.Total), err
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
// like the run itself.
func (r *Reanalyses) Steer(ctx context.Context, by access.Actor, id int64, step Step) (one Run, err error) {
	if err := by.Check(access.WriteMonitors); err != nil {
		return one, err
	}
	now := r.o.Clock()
	var was State
	err = r.o.Store.Write(ctx, func(tx *db.Tx) error {
		if one, err = readRun(tx, by.Workspace, id); err != nil {
			return err
		}
		was = one.State
		switch {
		case step == Pause && was == Running:
			one.State = Paused
		case step == Resume && was == Paused:
			one.State, one.Reason = Running, ""
		case step == Cancel && (was == Running || was == Paused):
			one.State = Cancelled
		case step == Undo && was != Undoing && was != Undone:
			one.State, one.back = Undoing, one.head
		default:
			return hearth.Errorf(hearth.Conflict, "The re-analysis is %s; you cannot %s it now.", was, step)
		}
		return one.write(tx, by.Workspace, now)
	})
	if err != nil {
		return one, err
	}
	r.wake()
	type state struct {
		State State `json:"state"`
	}
	return one, access.Note(ctx, r.o.State, now, by, "reanalysis."+string(step), access.Of("reanalysis", id), state{was}, state{one.State})
}

// List gives the newest runs.
func (r *Reanalyses) List(ctx context.Context, by access.Actor) (list []Run, err error) {
	if err := by.Check(access.ReadMonitors); err != nil {
		return nil, err
	}
	err = r.o.Store.Read(ctx, func(tx *db.Tx) error {
		list, err = readRuns(tx, by.Workspace)
		return err
	})
	for i := range list {
		list[i].Left = list[i].left(r.o.Clock())
	}
	return list, err
}

// Changes is what a run changed.
type Changes struct {
	Run     Run
	Moves   []Move   // the most frequent of each field first, at most 400
	Figures []Figure // of monitors, those with the most posts first
}

// Get gives a run with what it changed.
func (r *Reanalyses) Get(ctx context.Context, by access.Actor, id int64) (c Changes, err error) {
	if err := by.Check(access.ReadMonitors); err != nil {
		return c, err
	}
	err = r.o.Store.Read(ctx, func(tx *db.Tx) error {
		if c.Run, err = readRun(tx, by.Workspace, id); err != nil {
			return err
		}
		if c.Moves, err = readMoves(tx, by.Workspace, id); err != nil {
			return err
		}
		c.Figures, err = readFigures(tx, by.Workspace, id)
		return err
	})
	c.Run.Left = c.Run.left(r.o.Clock())
	return c, err
}

func (r *Reanalyses) wake() {
	select {
	case r.work <- struct{}{}:
	default:
	}
}
