package alert

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"hearth"
	"hearth/access"
	"hearth/db"
	"hearth/monitor"
)

// Publishing says whether everything scheduled is held back. It is a flag that
// whoever publishes must ask for before each post; deciding it is a person's.
type Publishing struct {
	Paused   bool
	Incident IncidentID // 0: none
	By       hearth.UserID
	At       time.Time // zero: it was never held back
}

// Publishing says whether everything scheduled is held back.
func (i *Incidents) Publishing(ctx context.Context, by access.Actor) (p Publishing, err error) {
	err = i.a.o.State.Read(ctx, func(tx *db.Tx) (err error) {
		seen, err := monitor.SeenBy(tx, by, access.ReadAlerts)
		if err != nil {
			return err
		}
		if p, err = PublishingPaused(tx, by.Workspace); err != nil || p.Incident == 0 || seen.Whole() {
			return err
		}
		one, err := readIncident(tx, by.Workspace, p.Incident)
		if err == nil && !seen.Has(one.Monitor) {
			p.Incident = 0
		}
		return err
	})
	return p, err
}

// PublishingPaused is Publishing for those who are about to publish: it belongs
// into the transaction that claims a post.
func PublishingPaused(tx *db.Tx, ws hearth.WorkspaceID) (p Publishing, err error) {
	var at int64
	err = tx.QueryRow(`SELECT paused, incident_id, by_user, at FROM publishing_pause WHERE workspace_id = ?`, int64(ws)).
		Scan(&p.Paused, &p.Incident, &p.By, &at)
	if errors.Is(err, sql.ErrNoRows) {
		return Publishing{}, nil
	}
	p.At = db.FromMicros(at)
	return p, err
}

// PausePublishing holds everything scheduled back, for an incident or for none.
func (i *Incidents) PausePublishing(ctx context.Context, by access.Actor, incident IncidentID) (Publishing, error) {
	return i.setPublishing(ctx, by, incident, true)
}

// ResumePublishing lets scheduled posts out again.
func (i *Incidents) ResumePublishing(ctx context.Context, by access.Actor, incident IncidentID) (Publishing, error) {
	return i.setPublishing(ctx, by, incident, false)
}

func (i *Incidents) setPublishing(ctx context.Context, by access.Actor, incident IncidentID, paused bool) (p Publishing, err error) {
	if err := by.Check(access.WriteAlerts); err != nil {
		return p, err
	}
	fact := Fact{What: FactResumed}
	if paused {
		fact.What = FactPaused
	}
	err = i.a.o.State.Write(ctx, func(tx *db.Tx) error {
		if p, err = PublishingPaused(tx, by.Workspace); err != nil || p.Paused == paused {
			return err
		}
		now := i.a.o.Clock()
		e := Event{Type: IncidentChanged, Key: fmt.Sprintf("publishing/%d", now.UnixMicro()), Class: Act, At: now, Title: fact.said()}
		facts := Facts{Changes: []Fact{fact}}
		if incident != 0 {
			one, err := readIncident(tx, by.Workspace, incident)
			if err != nil {
				return err
			}
			if err := addEntry(tx, by.Workspace, incident, telling(EntryPublishing, by.User, now, fact)); err != nil {
				return err
			}
			e.Class, e.Path, e.Data, e.Text = one.Class, fmt.Sprintf("/incidents/%d", incident), incidentData(&one), one.Title
			facts.Subject = one.Title
		}
		p = Publishing{Paused: paused, Incident: incident, By: by.User, At: now}
		_, err := tx.Exec(`
			INSERT INTO publishing_pause (workspace_id, paused, incident_id, by_user, at) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (workspace_id) DO UPDATE SET paused = excluded.paused, incident_id = excluded.incident_id,
				by_user = excluded.by_user, at = excluded.at`,
			int64(by.Workspace), db.Truth(paused), int64(incident), int64(by.User), db.Micros(now))
		if err != nil {
			return err
		}
		if err := i.a.notify(tx, by.Workspace, e, Notice{Incident: incident, Facts: facts}); err != nil {
			return err
		}
		verb := map[bool]string{true: "publishing.pause", false: "publishing.resume"}[paused]
		return access.Record(tx, now, by, verb, access.Of("publishing", "all"), nil, nil)
	})
	return p, err
}
