package ingest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"hearth"
	"hearth/access"
	"hearth/db"
	"hearth/jobs"
)

// LetterRuns replay or dismiss many dead letters of a source at once, each run a
// job: it goes on when nobody looks and after a restart, says how far it is, and
// can be cancelled. What a run has dismissed another brings back. What was
// replayed is stored like anything that was read, so there is nothing to take
// back: a post that is there already is not stored twice. It is safe for
// concurrent use.
type LetterRuns struct {
	s    *Sources
	jobs *jobs.Queue
}

// NewLetterRuns makes ready; the queue does the work if it is given Kinds.
func NewLetterRuns(s *Sources, q *jobs.Queue) *LetterRuns { return &LetterRuns{s, q} }

// LetterAct is what a run does.
type LetterAct string

const (
	ReplayLetters  LetterAct = "replay"  // read again
	DismissLetters LetterAct = "dismiss" // put aside
	RestoreLetters LetterAct = "restore" // bring back what a run has dismissed
)

// LetterTask says what is done with which letters.
type LetterTask struct {
	Act    LetterAct
	Source hearth.SourceID
	Error  string  // those with this error only; "": all
	Run    jobs.ID // whose letters are brought back
}

// LetterRun is a run and how far it is.
type LetterRun struct {
	Job  jobs.Job
	Task LetterTask
	// Begun with so many letters; those that came since are not of the run.
	Letters int64
	Result  LetterResult // of a run that is done
}

// LetterResult is what became of the letters.
type LetterResult struct {
	Done    int64    `json:"done"`              // read, dismissed or brought back
	Failed  int64    `json:"failed,omitempty"`  // they stay
	Reasons []Reason `json:"reasons,omitempty"` // why they failed; First has numbers of letters
}

// LettersJob is the kind of the jobs of runs.
const LettersJob = "dead-letters"

// letterArgs are the arguments of such a job.
type letterArgs struct {
	Act    LetterAct       `json:"act"`
	Source hearth.SourceID `json:"source"`
	Error  string          `json:"error,omitempty"`
	Run    jobs.ID         `json:"run,omitempty"`
	Last   int64           `json:"last"`  // the newest letter that is meant
	Total  int64           `json:"total"` // letters when it began
}

// Start begins a run. One source has one at a time: a second is a Conflict. It is
// an error to begin one that would find nothing.
func (r *LetterRuns) Start(ctx context.Context, by access.Actor, t LetterTask) (run LetterRun, err error) {
	if err := by.Check(access.WriteSources); err != nil {
		return run, err
	}
	if _, err := r.s.Get(ctx, by, t.Source); err != nil {
		return run, err
	}
	switch {
	case t.Act == RestoreLetters && t.Run <= 0:
		return run, &hearth.Error{Code: hearth.Invalid, Field: "run", Message: "Say which run's letters are to be brought back."}
	case t.Act == RestoreLetters, t.Act == ReplayLetters, t.Act == DismissLetters:
	default:
		return run, &hearth.Error{Code: hearth.Invalid, Field: "act", Message: "Dead letters can be replayed, dismissed and restored."}
	}
	args := letterArgs{Act: t.Act, Source: t.Source, Error: t.Error}
	if t.Act == RestoreLetters {
		args.Run = t.Run
	}
	err = r.s.o.Store.Read(ctx, func(tx *db.Tx) error {
		return tx.QueryRow(`SELECT count(*), coalesce(max(id), 0) FROM dead_letter WHERE workspace_id = ?1`+args.where(), args.meant(by.Workspace, 1<<62, 0)...).Scan(&args.Total, &args.Last)
	})
	switch {
	case err != nil:
		return run, err
	case args.Total == 0 && t.Act == RestoreLetters:
		return run, hearth.Errorf(hearth.NotFound, "There is nothing left of this run to bring back.")
	case args.Total == 0:
		return run, hearth.Errorf(hearth.NotFound, "The source has no such dead letters.")
	}
	var id jobs.ID
	err = r.s.o.State.Write(ctx, func(tx *db.Tx) error {
		var fresh bool
		id, fresh, err = r.jobs.Enqueue(tx, by.Workspace, jobs.Draft{Kind: LettersJob, Args: args, Key: t.Source.String(), KeyUntilDone: true})
		if err != nil {
			return err
		}
		if !fresh {
			return hearth.Errorf(hearth.Conflict, "The dead letters of this source are being worked on already; wait until that is done, or cancel it.")
		}
		return access.Record(tx, r.s.o.Clock(), by, "dead-letter."+string(t.Act), access.Of("source", t.Source), nil, letterState{t.Error, args.Total, int64(id)})
	})
	if err != nil {
		return run, err
	}
	job, err := r.jobs.Get(ctx, access.LocalOwner(by.Workspace), id)
	return letterRun(job), err
}

// letterState is what the audit log shows.
type letterState struct {
	Error   string `json:"error,omitempty"`
	Letters int64  `json:"letters"`
	Job     int64  `json:"job"`
}

// List gives the runs of a source that are remembered, the newest first, at most
// ten.
func (r *LetterRuns) List(ctx context.Context, by access.Actor, source hearth.SourceID) (list []LetterRun, err error) {
	if err := by.Check(access.ReadOperations); err != nil {
		return nil, err
	}
	if _, err := r.s.sourceOf(ctx, by.Workspace, source); err != nil {
		return nil, err
	}
	const most, looked = 10, 200
	page, err := r.jobs.List(ctx, access.LocalOwner(by.Workspace), jobs.Search{Kind: LettersJob, Limit: looked})
	for i := range page.Jobs {
		if run := letterRun(page.Jobs[i]); run.Task.Source == source && len(list) < most {
			list = append(list, run)
		}
	}
	return list, err
}

func letterRun(job jobs.Job) (run LetterRun) {
	var args letterArgs
	run.Job = job
	if json.Unmarshal(job.Args, &args) == nil {
		run.Task, run.Letters = LetterTask{args.Act, args.Source, args.Error, args.Run}, args.Total
	}
	if job.Result != nil {
		_ = json.Unmarshal(job.Result, &run.Result) // our own; a later version's may have more
	}
	return run
}

// Kinds is the work of runs, for the queue.
func (r *LetterRuns) Kinds() []jobs.Kind {
	kind := jobs.Handle(LettersJob, r.work)
	kind.Timeout = uploadTime
	return []jobs.Kind{kind}
}

// where selects the letters of a run: up to one number, after another.
func (a *letterArgs) where() string {
	state := "dismissed = 0"
	if a.Act == RestoreLetters {
		state = "dismissed > 0"
	}
	return ` AND source_id = ?2 AND (?3 = '' OR error = ?3) AND id <= ?4 AND id > ?5 AND dismissal = ?6 AND ` + state
}

// meant is its arguments. What was not dismissed by a run has run 0.
func (a *letterArgs) meant(ws hearth.WorkspaceID, last, after int64) []any {
	return []any{ws, a.Source, a.Error, last, after, int64(a.Run)}
}

// work does a run. It may be begun anew at any letter: those that are done are
// not found again.
func (r *LetterRuns) work(ctx context.Context, job *jobs.Run, a letterArgs) error {
	ws, id := job.Job().Workspace, job.Job().ID
	var left int64
	err := r.s.o.Store.Read(ctx, func(tx *db.Tx) error {
		return tx.QueryRow(`SELECT count(*) FROM dead_letter WHERE workspace_id = ?1`+a.where(), a.meant(ws, a.Last, 0)...).Scan(&left)
	})
	if err != nil {
		return err
	}
	result := LetterResult{Done: max(0, a.Total-left)}
	var why reasons
	for after := int64(0); ; {
		ids, err := r.next(ctx, ws, &a, after)
		if err != nil {
			return err
		}
		if len(ids) == 0 {
			break
		}
		after = ids[len(ids)-1]
		if a.Act == ReplayLetters {
			err = r.replay(ctx, job, &a, ids, &result, &why)
		} else {
			err = r.putAside(ctx, ws, id, &a, ids)
			result.Done += int64(len(ids))
		}
		if err == nil {
			err = job.Progress(ctx, result.Done+result.Failed, a.Total, "")
		}
		if err != nil {
			return err
		}
	}
	result.Reasons = why.list()
	return r.s.o.State.Write(ctx, func(tx *db.Tx) error { return job.Finish(tx, result) })
}

// next is the letters that are worked on next.
func (r *LetterRuns) next(ctx context.Context, ws hearth.WorkspaceID, a *letterArgs, after int64) (ids []int64, err error) {
	err = r.s.o.Store.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(`SELECT id FROM dead_letter WHERE workspace_id = ?1`+a.where()+` ORDER BY id LIMIT `+strconv.Itoa(letterChunk), a.meant(ws, a.Last, after)...)
		if err != nil {
			return err
		}
		return db.EachRow(rows, func() error {
			var id int64
			err := rows.Scan(&id)
			ids = append(ids, id)
			return err
		})
	})
	return ids, err
}

// replay reads letters again. One that cannot be read costs no other; the disk's
// own trouble ends the attempt.
func (r *LetterRuns) replay(ctx context.Context, job *jobs.Run, a *letterArgs, ids []int64, result *LetterResult, why *reasons) error {
	ws := job.Job().Workspace
	for _, id := range ids {
		fault, err := r.replayOne(ctx, ws, id)
		if err != nil {
			return fmt.Errorf("reading dead letter %d again: %w", id, err)
		}
		if fault == "" {
			result.Done++
		} else {
			result.Failed++
			why.add(fault, id)
		}
		if err := errors.Join(ctx.Err(), job.Progress(ctx, result.Done+result.Failed, a.Total, "")); err != nil {
			return err
		}
	}
	return nil
}

// replayOne reads a letter again. The fault is why it cannot be read.
func (r *LetterRuns) replayOne(ctx context.Context, ws hearth.WorkspaceID, id int64) (fault string, err error) {
	d, err := r.s.letter(ctx, ws, id)
	if hearth.ErrorCode(err) == hearth.NotFound { // somebody else was quicker
		return "", nil
	}
	if err != nil {
		return "", err
	}
	batch, err := r.s.reread(ctx, ws, &d)
	if err == nil {
		err = r.s.replay(ctx, ws, &d, batch)
		if err != nil && hearth.ErrorCode(err) != hearth.Invalid {
			return "", err
		}
	}
	if err == nil {
		return "", nil
	}
	return err.Error(), ctx.Err()
}

// putAside dismisses letters for the run, or brings back those of another.
func (r *LetterRuns) putAside(ctx context.Context, ws hearth.WorkspaceID, id jobs.ID, a *letterArgs, ids []int64) error {
	dismissed, dismissal := db.Micros(r.s.o.Clock()), int64(id)
	if a.Act == RestoreLetters {
		dismissed, dismissal = 0, 0
	}
	return r.s.o.Store.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(`UPDATE dead_letter SET dismissed = ?7, dismissal = ?8 WHERE workspace_id = ?1`+a.where(),
			append(a.meant(ws, ids[len(ids)-1], ids[0]-1), dismissed, dismissal)...)
		return err
	})
}
