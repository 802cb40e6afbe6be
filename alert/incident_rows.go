package alert

import (
	"database/sql"
	"errors"
	"time"

	"hearth"
	"hearth/db"
)

const selectIncident = `
SELECT id, version, title, class, status, owner_id, alert_id, monitor_id, threshold, runbook, statement, report, began, opened, changed, closed
FROM incident`

func scanIncident(row db.Scanner) (one Incident, err error) {
	var runbook string
	var began, opened, changed, closed int64
	err = row.Scan(&one.ID, &one.Version, &one.Title, &one.Class, &one.Status, &one.Owner, &one.Alert, &one.Monitor, &one.Threshold,
		&runbook, &one.Statement, &one.Report, &began, &opened, &changed, &closed)
	if err != nil {
		return one, err
	}
	one.Began, one.Opened, one.Changed, one.Closed = db.FromMicros(began), db.FromMicros(opened), db.FromMicros(changed), db.FromMicros(closed)
	return one, read(runbook, &one.Runbook, "runbook of an incident")
}

func readIncident(tx *db.Tx, ws hearth.WorkspaceID, id IncidentID) (Incident, error) {
	one, err := scanIncident(tx.QueryRow(selectIncident+` WHERE workspace_id = ? AND id = ?`, int64(ws), int64(id)))
	if errors.Is(err, sql.ErrNoRows) {
		return one, noIncident(id)
	}
	return one, err
}

func noIncident(id IncidentID) error {
	return hearth.Errorf(hearth.NotFound, "There is no incident %d.", id)
}

// update writes a new version. The one before was read in the same transaction.
func update(tx *db.Tx, ws hearth.WorkspaceID, one *Incident) error {
	_, err := tx.Exec(`
		UPDATE incident SET version = ?, title = ?, class = ?, status = ?, owner_id = ?, threshold = ?, runbook = ?, statement = ?, report = ?,
			changed = ?, closed = ?
		WHERE workspace_id = ? AND id = ?`, one.Version, one.Title, string(one.Class), string(one.Status), int64(one.Owner), one.Threshold,
		written(one.Runbook), one.Statement, one.Report, db.Micros(one.Changed), db.Micros(one.Closed), int64(ws), int64(one.ID))
	return err
}

func readTimeline(tx *db.Tx, ws hearth.WorkspaceID, id IncidentID) (list []Entry, err error) {
	rows, err := tx.Query(`SELECT number, kind, text, by_user, at, facts FROM incident_entry WHERE workspace_id = ? AND incident_id = ? ORDER BY number`,
		int64(ws), int64(id))
	if err != nil {
		return nil, err
	}
	err = db.EachRow(rows, func() error {
		var e Entry
		var at int64
		var facts string
		if err := rows.Scan(&e.Number, &e.Kind, &e.Text, &e.By, &at, &facts); err != nil {
			return err
		}
		e.At = db.FromMicros(at)
		err := readFacts(facts, &e.Facts)
		list = append(list, e)
		return err
	})
	return list, err
}

// telling is an entry that says facts.
func telling(kind EntryKind, by hearth.UserID, at time.Time, facts ...Fact) Entry {
	return Entry{Kind: kind, Text: sentences(facts), By: by, At: at, Facts: facts}
}

func addEntry(tx *db.Tx, ws hearth.WorkspaceID, id IncidentID, e Entry) error {
	var number int64
	err := tx.QueryRow(`SELECT coalesce(max(number), 0) + 1 FROM incident_entry WHERE workspace_id = ? AND incident_id = ?`,
		int64(ws), int64(id)).Scan(&number)
	if err != nil {
		return err
	}
	if number > mostEntries {
		return hearth.Errorf(hearth.Unavailable, "The timeline of incident %d is full; close it and open another.", id)
	}
	facts := ""
	if len(e.Facts) > 0 {
		facts = written(e.Facts)
	}
	_, err = tx.Exec(`INSERT INTO incident_entry (workspace_id, incident_id, number, kind, text, by_user, at, facts) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		int64(ws), int64(id), number, string(e.Kind), e.Text, int64(e.By), db.Micros(e.At), facts)
	return err
}
