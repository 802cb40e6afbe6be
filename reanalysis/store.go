package reanalysis

import (
	"database/sql"
	"errors"
	"time"

	"hearth"
	"hearth/db"
)

func (r *Reanalyses) insert(tx *db.Tx, ws hearth.WorkspaceID, one *Run) error {
	if err := tx.QueryRow(`SELECT coalesce(max(id), 0) + 1 FROM reanalysis_run WHERE workspace_id = ?`, ws).Scan(&one.ID); err != nil {
		return err
	}
	s := one.Selection
	one.Written = one.Begun
	_, err := tx.Exec(`
		INSERT INTO reanalysis_run (workspace_id, id, state, reason, whole, query, monitor_id, since, until, models, head, cursor, back, total, looked, same_models, changed, kept, skipped, user_id, begun, written)
		VALUES (?, ?, ?, '', ?, ?, ?, ?, ?, ?, ?, '', 0, ?, 0, 0, 0, 0, 0, ?, ?, ?)`,
		ws, one.ID, string(one.State), db.Truth(one.Whole), s.Query, s.Monitor, db.Micros(s.From), db.Micros(s.To), modelsText(&one.Models), int64(one.head), one.Total,
		one.By, db.Micros(one.Begun), db.Micros(one.Begun))
	return err
}

func (one *Run) write(tx *db.Tx, ws hearth.WorkspaceID, now time.Time) error {
	one.Written = now
	_, err := tx.Exec(`
		UPDATE reanalysis_run SET state = ?, reason = ?, cursor = ?, back = ?, total = ?, looked = ?, same_models = ?, changed = ?, kept = ?, skipped = ?, written = ?
		WHERE workspace_id = ? AND id = ?`,
		string(one.State), one.Reason, one.cursor, int64(one.back), one.Total, one.Looked, one.Same, one.Changed, one.Kept, one.Skipped, db.Micros(now), ws, one.ID)
	return err
}

const selectRun = `
SELECT id, state, reason, whole, query, monitor_id, since, until, models, head, cursor, back, total, looked, same_models, changed, kept, skipped, user_id, begun, written FROM reanalysis_run`

func readRun(tx *db.Tx, ws hearth.WorkspaceID, id int64) (Run, error) {
	one, err := scanRun(tx.QueryRow(selectRun+` WHERE workspace_id = ? AND id = ?`, ws, id))
	if errors.Is(err, sql.ErrNoRows) {
		err = hearth.Errorf(hearth.NotFound, "There is no re-analysis %d.", id)
	}
	return one, err
}

func readRuns(tx *db.Tx, ws hearth.WorkspaceID) (list []Run, err error) {
	rows, err := tx.Query(selectRun+` WHERE workspace_id = ? ORDER BY id DESC LIMIT ?`, ws, mostRuns)
	if err != nil {
		return nil, err
	}
	return list, db.EachRow(rows, func() error {
		one, err := scanRun(rows)
		list = append(list, one)
		return err
	})
}

func scanRun(row db.Scanner) (one Run, err error) {
	var since, until, begun, written, whole int64
	var models string
	err = row.Scan(&one.ID, &one.State, &one.Reason, &whole, &one.Selection.Query, &one.Selection.Monitor, &since, &until, &models, &one.head, &one.cursor, &one.back,
		&one.Total, &one.Looked, &one.Same, &one.Changed, &one.Kept, &one.Skipped, &one.By, &begun, &written)
	if err != nil {
		return one, err
	}
	one.Whole = whole == 1
	one.Selection.From, one.Selection.To, one.Begun, one.Written = db.FromMicros(since), db.FromMicros(until), db.FromMicros(begun), db.FromMicros(written)
	one.Models, err = modelsOf(models)
	return one, err
}

// isStill says whether nobody has done anything with a run meanwhile.
func (one *Run) isStill(tx *db.Tx, ws hearth.WorkspaceID) error {
	now, err := readRun(tx, ws, one.ID)
	if err == nil && now.State != one.State {
		err = errSteered
	}
	return err
}

// errSteered says that a person has done something with the run meanwhile.
var errSteered = &hearth.Error{Code: hearth.Conflict, Message: "The re-analysis was paused, cancelled or undone."}

// open is the runs of all workspaces that are to be gone on with.
func open(tx *db.Tx) (list []Run, of []hearth.WorkspaceID, err error) {
	rows, err := tx.Query(`SELECT workspace_id, id, state, reason, whole, query, monitor_id, since, until, models, head, cursor, back, total, looked, same_models, changed, kept, skipped, user_id, begun, written FROM reanalysis_run WHERE state IN ('running', 'undoing') ORDER BY workspace_id, id`) // all workspaces: the program's own loop
	if err != nil {
		return nil, nil, err
	}
	return list, of, db.EachRow(rows, func() error {
		var ws hearth.WorkspaceID
		one, err := scanRun(first{rows, &ws})
		list, of = append(list, one), append(of, ws)
		return err
	})
}

// first scans one more column before those of a row.
type first struct {
	row    db.Scanner
	column any
}

func (f first) Scan(columns ...any) error { return f.row.Scan(append([]any{f.column}, columns...)...) }
