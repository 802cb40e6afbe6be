package alert

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"hearth"
	"hearth/access"
	"hearth/db"
	"hearth/monitor"
)

// IncidentID names an incident within its workspace.
type IncidentID int64

// Status of an incident.
type Status string

const (
	Ongoing   Status = "open"
	Mitigated Status = "mitigated" // done what can be done; watched on
	Closed    Status = "closed"
)

// Incident is something that people work on until it is over.
type Incident struct {
	ID        IncidentID
	Version   int64
	Title     string
	Class     Class
	Status    Status
	Owner     hearth.UserID // 0: nobody
	Alert     ID            // 0: opened by hand
	Monitor   hearth.MonitorID
	Threshold int64 // posts that would be a crisis
	Runbook   []Step
	Statement string // drafted; published by people only
	Report    string // after action
	Began     time.Time
	Opened    time.Time
	Changed   time.Time
	Closed    time.Time // zero: not yet
	Timeline  []Entry   // Get only, the oldest first
}

// Step is a line of a checklist.
type Step struct {
	Text string        `json:"text"`
	Done bool          `json:"done"`
	By   hearth.UserID `json:"by,omitempty"`
	At   time.Time     `json:"at,omitzero"`
}

// Entry is something that happened in an incident.
type Entry struct {
	Number int64
	Kind   EntryKind
	Text   string
	By     hearth.UserID // 0: Hearth itself, or the local owner
	At     time.Time
	Facts  []Fact // what Text says, where Hearth wrote it; none in entries of older versions
}

// EntryKind is what happened.
type EntryKind string

const (
	EntryOpened     EntryKind = "opened"
	EntryAlert      EntryKind = "alert" // its alert changed
	EntryChanged    EntryKind = "changed"
	EntryNote       EntryKind = "note"
	EntryStep       EntryKind = "step"
	EntryPublishing EntryKind = "publishing"
	EntryConflict   EntryKind = "conflict" // a text that somebody else was quicker than
)

// IncidentDraft is an incident to be.
type IncidentDraft struct {
	Title   string // "": that of the alert
	Class   Class  // "": that of the alert, else watch
	Alert   ID     // 0: by hand
	Monitor hearth.MonitorID
	Owner   hearth.UserID
	Runbook string // the name of a template; "": the standard one
}

// IncidentEdit is what to change; nil leaves as it is.
type IncidentEdit struct {
	Title     *string
	Class     *Class
	Status    *Status
	Owner     *hearth.UserID
	Threshold *int64
	Statement *string
	Report    *string
	Runbook   []string // the lines of another checklist; lines that stay keep their marks
}

const (
	mostTitle     = 300
	mostText      = 100_000
	mostSteps     = 100
	mostEntries   = 10_000
	mostIncidents = 1000 // open, of a workspace
)

// Incidents are the incidents of all workspaces. They are safe for concurrent
// use. Make them with NewIncidents.
type Incidents struct{ a *Alerts }

// NewIncidents are those beside alerts.
func NewIncidents(a *Alerts) *Incidents { return &Incidents{a} }

// IncidentSearch says which incidents are meant.
type IncidentSearch struct {
	Status Status     // "": any
	Before IncidentID // 0: from the newest on
	Limit  int        // 0: 50; at most 500
}

// IncidentPage is a page of incidents, the newest first.
type IncidentPage struct {
	Incidents []Incident
	Next      IncidentID // Before of the page that follows; 0: there is none
}

// List gives a page of incidents.
func (i *Incidents) List(ctx context.Context, by access.Actor, s IncidentSearch) (page IncidentPage, err error) {
	limit := pageLimit(s.Limit)
	where, args := ` WHERE workspace_id = ?`, []any{int64(by.Workspace)}
	if s.Status != "" {
		where, args = where+` AND status = ?`, append(args, string(s.Status))
	}
	before := s.Before
	if before <= 0 {
		before = 1<<63 - 1
	}
	err = i.a.o.State.Read(ctx, func(tx *db.Tx) error {
		seen, err := monitor.SeenBy(tx, by, access.ReadAlerts)
		if err != nil {
			return err
		}
		for len(page.Incidents) <= limit { // until the page is full of what is seen
			rows, err := tx.Query(selectIncident+where+` AND id < ? ORDER BY id DESC LIMIT ?`, append(slices.Clone(args), int64(before), limit+1)...)
			if err != nil {
				return err
			}
			found := 0
			err = db.EachRow(rows, func() error {
				one, err := scanIncident(rows)
				before = one.ID
				if found++; seen.Has(one.Monitor) {
					page.Incidents = append(page.Incidents, one)
				}
				return err
			})
			if err != nil || found <= limit {
				return err
			}
		}
		return nil
	})
	if len(page.Incidents) > limit {
		page.Incidents = page.Incidents[:limit]
		page.Next = page.Incidents[limit-1].ID
	}
	return page, err
}

// Get gives an incident with its timeline.
func (i *Incidents) Get(ctx context.Context, by access.Actor, id IncidentID) (one Incident, err error) {
	err = i.a.o.State.Read(ctx, func(tx *db.Tx) error {
		if one, err = seenIncident(tx, by, access.ReadAlerts, id); err != nil {
			return err
		}
		one.Timeline, err = readTimeline(tx, by.Workspace, id)
		return err
	})
	return one, err
}

// Open opens an incident, from an alert or by hand. An alert has one incident at
// most: opened again, it is the same.
func (i *Incidents) Open(ctx context.Context, by access.Actor, d IncidentDraft) (one Incident, err error) {
	if err := by.CheckSome(access.WriteAlerts); err != nil {
		return one, err
	}
	steps, ok := runbook(d.Runbook)
	switch {
	case !ok:
		return one, wrong("runbook", "There is no runbook of the name \""+d.Runbook+"\".")
	case len(d.Title) > mostTitle:
		return one, wrong("title", "The title is at most 300 bytes long.")
	case d.Title == "" && d.Alert == 0:
		return one, wrong("title", "An incident needs a title.")
	case d.Class != "" && d.Class.rank() == 0:
		return one, wrong("class", "The class is one of watch, act and all-hands.")
	}
	if d.Monitor != 0 {
		if _, err := i.a.o.Monitors.Get(ctx, by, d.Monitor); err != nil {
			return one, err
		}
	}
	now := i.a.o.Clock()
	err = i.a.o.State.Write(ctx, func(tx *db.Tx) error {
		one = Incident{Title: d.Title, Class: d.Class, Alert: d.Alert, Monitor: d.Monitor, Owner: d.Owner, Began: now}
		if d.Owner != 0 {
			if err := access.CheckMember(tx, by.Workspace, d.Owner); err != nil {
				return err
			}
		}
		if d.Alert != 0 {
			from, err := seenAlert(tx, by, access.WriteAlerts, d.Alert)
			if err != nil {
				return err
			}
			if from.Incident != 0 {
				one, err = readIncident(tx, by.Workspace, from.Incident)
				return err
			}
			one.fromAlert(&from)
		}
		if seen, err := monitor.SeenBy(tx, by, access.WriteAlerts); err != nil {
			return err
		} else if !seen.Holds(one.Monitor) {
			return notWholly()
		}
		if one.Class == "" {
			one.Class = Watch
		}
		var open int64
		if err := tx.QueryRow(`SELECT count(*) FROM incident WHERE workspace_id = ? AND status <> 'closed'`, int64(by.Workspace)).Scan(&open); err != nil {
			return err
		}
		if open >= mostIncidents {
			return hearth.Errorf(hearth.Unavailable, "There are %d open incidents already; close some first.", open)
		}
		rule, err := readRule(tx, by.Workspace, one.Monitor)
		if err != nil {
			return err
		}
		one.Threshold, one.Status, one.Version, one.Opened, one.Changed = rule.Rule.Threshold, Ongoing, 1, now, now
		for _, text := range steps {
			one.Runbook = append(one.Runbook, Step{Text: text})
		}
		one.Statement = draftStatement(one.Title)
		number, err := nextNumber(tx, "incidents")
		if err != nil {
			return err
		}
		one.ID = IncidentID(number)
		return i.insert(tx, by, &one)
	})
	return one, err
}

func (one *Incident) fromAlert(from *Alert) {
	one.Monitor, one.Began = from.Monitor, from.Began
	if one.Title == "" {
		one.Title = shorten(from.Evidence.Sentence, mostTitle)
	}
	if one.Class == "" {
		one.Class = from.Class
	}
}

func (i *Incidents) insert(tx *db.Tx, by access.Actor, one *Incident) error {
	ws := int64(by.Workspace)
	_, err := tx.Exec(`
		INSERT INTO incident (workspace_id, id, version, title, class, status, owner_id, alert_id, monitor_id, threshold, runbook, statement, report,
			began, opened, changed, closed)
		VALUES (?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', ?, ?, ?, 0)`, ws, int64(one.ID), one.Title, string(one.Class), string(one.Status),
		int64(one.Owner), int64(one.Alert), int64(one.Monitor), one.Threshold, written(one.Runbook), one.Statement,
		db.Micros(one.Began), db.Micros(one.Opened), db.Micros(one.Changed))
	if err != nil {
		return err
	}
	if one.Alert != 0 {
		if _, err := tx.Exec(`UPDATE alert SET incident_id = ?, version = version + 1 WHERE workspace_id = ? AND id = ?`,
			int64(one.ID), ws, int64(one.Alert)); err != nil {
			return err
		}
	}
	if err := addEntry(tx, by.Workspace, one.ID, Entry{Kind: EntryOpened, Text: one.Title, By: by.User, At: one.Opened}); err != nil {
		return err
	}
	if err := i.tell(tx, by.Workspace, one, IncidentOpened, "Incident opened: "+one.Title, nil); err != nil {
		return err
	}
	return access.Record(tx, one.Opened, by, "incident.open", access.Of("incident", one.ID), nil, incidentData(one))
}

// tell shows a change of an incident to people and others.
func (i *Incidents) tell(tx *db.Tx, ws hearth.WorkspaceID, one *Incident, event, title string, changes []Fact) error {
	return i.a.notify(tx, ws, Event{
		Type: event, Key: fmt.Sprintf("incident/%d/%d", one.ID, one.Version), Class: one.Class, At: one.Changed,
		Monitors: monitorsOf(one.Monitor), Title: title, Text: sentences(changes), Path: fmt.Sprintf("/incidents/%d", one.ID), Data: incidentData(one),
	}, Notice{Incident: one.ID, Alert: one.Alert, Facts: Facts{Subject: one.Title, Changes: changes}})
}

func monitorsOf(id hearth.MonitorID) []hearth.MonitorID {
	if id == 0 {
		return nil
	}
	return []hearth.MonitorID{id}
}

// Change changes an incident. Version is the one that whoever asks has seen; if
// somebody was quicker nothing is changed, and texts that would be lost are kept
// in the timeline.
func (i *Incidents) Change(ctx context.Context, by access.Actor, id IncidentID, version int64, e IncidentEdit) (one Incident, err error) {
	if err := by.CheckSome(access.WriteAlerts); err != nil {
		return one, err
	}
	if err := e.check(); err != nil {
		return one, err
	}
	var conflict error
	err = i.a.o.State.Write(ctx, func(tx *db.Tx) error {
		if one, err = seenIncident(tx, by, access.WriteAlerts, id); err != nil {
			return err
		}
		if e.Owner != nil && *e.Owner != 0 && *e.Owner != one.Owner {
			if err := access.CheckMember(tx, by.Workspace, *e.Owner); err != nil {
				return err
			}
		}
		now, was := i.a.o.Clock(), incidentData(&one)
		if one.Version != version {
			if conflict, err = keepTexts(tx, by, &one, version, &e, now); err != nil {
				return err
			}
			return access.Record(tx, now, by, "incident.change", access.Of("incident", id), was, was)
		}
		changes := e.apply(&one, now)
		if len(changes) == 0 {
			return nil
		}
		one.Version, one.Changed = one.Version+1, now
		if err := update(tx, by.Workspace, &one); err != nil {
			return err
		}
		if err := addEntry(tx, by.Workspace, id, telling(EntryChanged, by.User, now, changes...)); err != nil {
			return err
		}
		if err := i.tell(tx, by.Workspace, &one, IncidentChanged, "Incident changed: "+one.Title, changes); err != nil {
			return err
		}
		return access.Record(tx, now, by, "incident.change", access.Of("incident", id), was, incidentData(&one))
	})
	if err == nil {
		err = conflict
	}
	return one, err
}

func (e *IncidentEdit) check() error {
	switch {
	case e.Title != nil && (*e.Title == "" || len(*e.Title) > mostTitle):
		return wrong("title", "The title is 1 to 300 bytes long.")
	case e.Class != nil && e.Class.rank() == 0:
		return wrong("class", "The class is one of watch, act and all-hands.")
	case e.Status != nil && *e.Status != Ongoing && *e.Status != Mitigated && *e.Status != Closed:
		return wrong("status", "The status is one of open, mitigated and closed.")
	case e.Threshold != nil && (*e.Threshold < 1 || *e.Threshold > mostThreshold):
		return wrong("threshold", "The size that would be a crisis is a number of posts, from 1 to 100,000,000.")
	case e.Statement != nil && len(*e.Statement) > mostText:
		return wrong("statement", "The statement is too long: 100,000 bytes at most.")
	case e.Report != nil && len(*e.Report) > mostText:
		return wrong("report", "The report is too long: 100,000 bytes at most.")
	case len(e.Runbook) > mostSteps:
		return wrong("runbook", "A runbook has at most 100 steps.")
	}
	for _, line := range e.Runbook {
		if line == "" || len(line) > mostTitle {
			return wrong("runbook", "A step of a runbook is 1 to 300 bytes long.")
		}
	}
	return nil
}

// apply changes an incident and says what is different.
func (e *IncidentEdit) apply(one *Incident, now time.Time) (changes []Fact) {
	say := func(f Fact) { changes = append(changes, f) }
	if e.Title != nil && *e.Title != one.Title {
		one.Title = *e.Title
		say(Fact{What: FactTitle, To: one.Title})
	}
	if e.Class != nil && *e.Class != one.Class {
		say(Fact{What: FactClass, From: string(one.Class), To: string(*e.Class)})
		one.Class = *e.Class
	}
	if e.Owner != nil && *e.Owner != one.Owner {
		one.Owner = *e.Owner
		say(Fact{What: FactOwner, N: int64(one.Owner)})
	}
	if e.Threshold != nil && *e.Threshold != one.Threshold {
		one.Threshold = *e.Threshold
		say(Fact{What: FactThreshold, N: one.Threshold})
	}
	if e.Statement != nil && *e.Statement != one.Statement {
		one.Statement = *e.Statement
		say(Fact{What: FactStatement})
	}
	if e.Report != nil && *e.Report != one.Report {
		one.Report = *e.Report
		say(Fact{What: FactReport})
	}
	if e.Runbook != nil && setRunbook(one, e.Runbook) {
		say(Fact{What: FactRunbook})
	}
	if e.Status != nil && *e.Status != one.Status {
		say(Fact{What: FactStatus, From: string(one.Status), To: string(*e.Status)})
		one.Status, one.Closed = *e.Status, time.Time{}
		if one.Status == Closed {
			one.Closed = now
			if one.Report == "" {
				one.Report = draftReport(one)
			}
		}
	}
	return changes
}

func setRunbook(one *Incident, lines []string) (changed bool) {
	old := map[string]Step{}
	for _, s := range one.Runbook {
		old[s.Text] = s
	}
	next := make([]Step, len(lines))
	for k, line := range lines {
		next[k] = Step{Text: line}
		if s, ok := old[line]; ok {
			next[k] = s
		}
		changed = changed || k >= len(one.Runbook) || one.Runbook[k].Text != line
	}
	changed = changed || len(next) != len(one.Runbook)
	one.Runbook = next
	return changed
}

// keepTexts keeps what somebody wrote for a version that is not there any more.
func keepTexts(tx *db.Tx, by access.Actor, one *Incident, saw int64, e *IncidentEdit, now time.Time) (conflict, err error) {
	kept := ""
	for _, text := range [...]struct {
		name string
		mine *string
		now  string
	}{{"statement", e.Statement, one.Statement}, {"report", e.Report, one.Report}, {"title", e.Title, one.Title}} {
		if text.mine == nil || *text.mine == text.now {
			continue
		}
		mine := telling(EntryConflict, by.User, now, Fact{What: FactConflict, From: text.name, To: *text.mine, N: saw})
		if err := addEntry(tx, by.Workspace, one.ID, mine); err != nil {
			return nil, err
		}
		kept = " Your text is kept in the timeline."
	}
	return hearth.Errorf(hearth.Conflict, "Somebody changed the incident meanwhile: it is version %d, you saw %d.%s Look at it again.",
		one.Version, saw, kept), nil
}

// Note adds a note to the timeline.
func (i *Incidents) Note(ctx context.Context, by access.Actor, id IncidentID, text string) (one Incident, err error) {
	if err := by.CheckSome(access.WriteAlerts); err != nil {
		return one, err
	}
	if strings.TrimSpace(text) == "" || len(text) > mostText {
		return one, wrong("text", "A note is 1 to 100,000 bytes long.")
	}
	return i.edit(ctx, by, id, func(tx *db.Tx, one *Incident) error {
		now := i.a.o.Clock()
		if err := addEntry(tx, by.Workspace, id, Entry{Kind: EntryNote, Text: text, By: by.User, At: now}); err != nil {
			return err
		}
		return access.Record(tx, now, by, "incident.note", access.Of("incident", id), nil, nil)
	})
}

// Mark marks a step of the runbook as done, or as not done. Step counts from 1
// and must still be the one that whoever asks has seen.
func (i *Incidents) Mark(ctx context.Context, by access.Actor, id IncidentID, step int, text string, done bool) (one Incident, err error) {
	if err := by.CheckSome(access.WriteAlerts); err != nil {
		return one, err
	}
	return i.edit(ctx, by, id, func(tx *db.Tx, one *Incident) error {
		if step < 1 || step > len(one.Runbook) || one.Runbook[step-1].Text != text {
			return hearth.Errorf(hearth.Conflict, "The runbook has changed meanwhile; look at it again.")
		}
		s := &one.Runbook[step-1]
		if s.Done == done {
			return nil
		}
		now, what := i.a.o.Clock(), FactUndone
		*s = Step{Text: text, Done: done}
		if done {
			s.By, s.At, what = by.User, now, FactDone
		}
		one.Version, one.Changed = one.Version+1, now
		if err := update(tx, by.Workspace, one); err != nil {
			return err
		}
		if err := addEntry(tx, by.Workspace, id, telling(EntryStep, by.User, now, Fact{What: what, To: text})); err != nil {
			return err
		}
		return access.Record(tx, now, by, "incident.mark", access.Of("incident", id), nil, s)
	})
}

// edit does something to an incident in one transaction and gives it with its
// timeline.
func (i *Incidents) edit(ctx context.Context, by access.Actor, id IncidentID, do func(*db.Tx, *Incident) error) (one Incident, err error) {
	err = i.a.o.State.Write(ctx, func(tx *db.Tx) error {
		if one, err = seenIncident(tx, by, access.WriteAlerts, id); err != nil {
			return err
		}
		if err := do(tx, &one); err != nil {
			return err
		}
		tx.AfterCommit(func() { i.a.changes.Publish(by.Workspace, Change{Incident: id}) })
		one.Timeline, err = readTimeline(tx, by.Workspace, id)
		return err
	})
	return one, err
}
