package alert

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"slices"
	"time"

	"hearth"
	"hearth/access"
	"hearth/archive"
	"hearth/bus"
	"hearth/db"
	"hearth/monitor"
)

// ID names an alert within its workspace.
type ID int64

// Class is how serious something is.
type Class string

const (
	Watch    Class = "watch"     // out of the ordinary: look at it today
	Act      Class = "act"       // it hurts: somebody has to do something now
	AllHands Class = "all-hands" // it may become a crisis
)

// rank orders classes; an unknown one is 0.
func (c Class) rank() int {
	switch c {
	case Watch:
		return 1
	case Act:
		return 2
	case AllHands:
		return 3
	}
	return 0
}

// Kind is what is out of the ordinary.
type Kind string

const (
	Volume   Kind = "volume"
	Negative Kind = "negative"
	Drift    Kind = "drift"
)

// State of an alert.
type State string

const (
	Open State = "open"
	Over State = "over" // nothing fired for six hours
)

// Alert is a stretch in which a monitor's posts are out of the ordinary.
type Alert struct {
	Workspace hearth.WorkspaceID
	ID        ID
	Version   int64
	Monitor   hearth.MonitorID
	Class     Class
	State     State
	Began     time.Time // of the bin that fired first
	Raised    time.Time
	Last      time.Time // the last time it fired
	Evidence  Evidence
	SameAs    ID         // the alert of another monitor that is about the same posts; 0: none
	Incident  IncidentID // 0: none
	Useful    int64      // people who say so
	Noise     int64      // people who say the contrary

	toldClass Class
	toldPosts int64
}

// Evidence is why an alert was raised. The numbers are those of its worst hour.
type Evidence struct {
	Kinds     []Kind   `json:"kinds"`
	Sentence  string   `json:"sentence"`  // the whole, for a person
	Posts     int64    `json:"posts"`     // since it began
	Minutes   int64    `json:"minutes"`   // of the stretch that fired: 15 or 60
	Count     int64    `json:"count"`     // posts in it
	Expected  float64  `json:"expected"`  // usual for it
	Ratio     float64  `json:"ratio"`     // of the two
	Score     float64  `json:"score"`     // −log10 of how improbable that is
	Threshold float64  `json:"threshold"` // what the budget asked for
	Part      float64  `json:"part"`      // negative, of those whose sentiment is known, in the last hour
	Usual     float64  `json:"usual"`     // what part usually is
	Known     int64    `json:"known"`     // how many that is a part of
	Drift     float64  `json:"drift"`     // of the limit, of a drift
	Terms     []Term   `json:"terms"`     // words that are in these posts and not in others
	Authors   []Voice  `json:"authors"`   // the loudest
	Samples   []Sample `json:"samples"`
}

// Term is a word that sets posts apart from those before.
type Term struct {
	Text  string  `json:"text"`
	Posts int     `json:"posts"` // of those looked at
	Score float64 `json:"score"` // deviations
}

// Voice is an author of posts of an alert.
type Voice struct {
	Network   string `json:"network"`
	Handle    string `json:"handle"`
	Name      string `json:"name"`
	Followers int64  `json:"followers"` // 0: none, or not known
	Posts     int    `json:"posts"`
}

// Sample is a post of an alert.
type Sample struct {
	Seq hearth.Seq `json:"seq"`
}

// Options of alerts. All but Publish and Troubles are required.
type Options struct {
	State    *db.DB // hearth.db, with Schema
	Archive  *archive.Archive
	Monitors *monitor.Monitors
	Clock    hearth.Clock
	Log      *slog.Logger

	// Publish is told of events, in the transaction that they are part of, and
	// sends what is to be sent after it. Nil: nothing is sent.
	Publish func(tx *db.Tx, ws hearth.WorkspaceID, e Event) error

	// Wants says whether anybody asks for events of a type. Nil: nobody does.
	Wants func(tx *db.Tx, ws hearth.WorkspaceID, event string) (bool, error)

	// Troubles is the sources of all workspaces that are broken at the moment,
	// or had gaps since a time. Nil: none ever.
	Troubles func(ctx context.Context, since time.Time) ([]Trouble, error)
}

// Trouble is a stretch in which a source read nothing, or not everything.
type Trouble struct {
	Workspace hearth.WorkspaceID
	Source    hearth.SourceID
	Name      string
	From      time.Time
	To        time.Time // zero: it goes on
	Failed    bool      // needs a person
	Reason    string
}

// Event is something that others may want to be told.
type Event struct {
	Type  string // alert.raised …
	Key   string // unique: an event with a key is told once
	Class Class
	At    time.Time
	Quiet time.Time // not to be sent before, if it may wait; zero: at once

	Monitors []hearth.MonitorID // it is about
	Seq      hearth.Seq         // of the post it is about; 0: none
	Post     *hearth.Post       // likewise

	Title string
	Text  string
	Path  string // of the page about it, such as /alerts/3
	Facts Facts  // what Title and Text say; empty of a post
	Data  any    // JSON for machines
}

// The types of events.
const (
	MentionCreated  = "mention.created"
	AlertRaised     = "alert.raised"
	AlertChanged    = "alert.changed" // it became more serious or much larger
	AlertOver       = "alert.over"
	IncidentOpened  = "incident.opened"
	IncidentChanged = "incident.changed"
	SourceFailed    = "source.failed"
	SourceRecovered = "source.recovered"
)

// EventTypes is all types of events, in the order of the manual.
func EventTypes() []string {
	return []string{MentionCreated, AlertRaised, AlertChanged, AlertOver, IncidentOpened, IncidentChanged, SourceFailed, SourceRecovered}
}

// NoticeTypes is the types of events that people see as notices.
func NoticeTypes() []string {
	return []string{AlertRaised, AlertChanged, IncidentOpened, IncidentChanged, SourceFailed, SourceRecovered}
}

// Change is told on the bus when an alert, an incident or a notice is new or
// changed.
type Change struct {
	Alert    ID
	Incident IncidentID
	Notice   int64
}

// Alerts are the rules and alerts of all workspaces. They are safe for
// concurrent use. Make one with New; Run watches.
type Alerts struct {
	o       Options
	changes bus.Topic[Change]
}

// New makes ready; Run watches.
func New(o Options) *Alerts { return &Alerts{o: o} }

// Changes is where changes are told.
func (a *Alerts) Changes() *bus.Topic[Change] { return &a.changes }

// Search says which alerts are meant.
type Search struct {
	Monitor hearth.MonitorID // 0: any
	State   State            // "": any
	Same    bool             // those, too, that are about the same posts as another
	Before  ID               // 0: from the newest on
	Limit   int              // 0: 50; at most 500
}

// Page is a page of alerts, the newest first.
type Page struct {
	Alerts []Alert
	Next   ID // Before of the page that follows; 0: there is none
}

// List gives a page of alerts.
func (a *Alerts) List(ctx context.Context, by access.Actor, s Search) (page Page, err error) {
	limit := pageLimit(s.Limit)
	where, args := ` WHERE workspace_id = ?`, []any{int64(by.Workspace)}
	if s.Monitor != 0 {
		where, args = where+` AND monitor_id = ?`, append(args, int64(s.Monitor))
	}
	if s.State != "" {
		where, args = where+` AND state = ?`, append(args, string(s.State))
	}
	before := s.Before
	if before <= 0 {
		before = 1<<63 - 1
	}
	err = a.o.State.Read(ctx, func(tx *db.Tx) error {
		seen, err := monitor.SeenBy(tx, by, access.ReadAlerts)
		if err != nil {
			return err
		}
		for len(page.Alerts) <= limit { // until the page is full of what is seen
			found, err := readAlerts(tx, where+` AND id < ? ORDER BY id DESC LIMIT ?`, append(slices.Clone(args), int64(before), limit+1)...)
			if err != nil {
				return err
			}
			for _, one := range found {
				before = one.ID
				if !seen.Has(one.Monitor) {
					continue
				}
				if err := hideSame(tx, seen, &one); err != nil {
					return err
				}
				if s.Same || one.SameAs == 0 {
					page.Alerts = append(page.Alerts, one)
				}
			}
			if len(found) <= limit {
				break
			}
		}
		page.Alerts = page.Alerts[:min(len(page.Alerts), limit+1)]
		for i := range page.Alerts {
			if err := readVotes(tx, &page.Alerts[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if len(page.Alerts) > limit {
		page.Alerts = page.Alerts[:limit]
		page.Next = page.Alerts[limit-1].ID
	}
	return page, err
}

func pageLimit(limit int) int {
	if limit <= 0 {
		return 50
	}
	return min(limit, 500)
}

// Get gives one alert.
func (a *Alerts) Get(ctx context.Context, by access.Actor, id ID) (one Alert, err error) {
	err = a.o.State.Read(ctx, func(tx *db.Tx) (err error) {
		one, err = seenAlert(tx, by, access.ReadAlerts, id)
		return err
	})
	return one, err
}

// Vote keeps whether a user finds an alert useful; a second vote replaces the
// first. What people say is reported as the precision of alerts.
func (a *Alerts) Vote(ctx context.Context, by access.Actor, id ID, useful bool) (one Alert, err error) {
	err = a.o.State.Write(ctx, func(tx *db.Tx) error {
		if one, err = seenAlert(tx, by, access.ReadAlerts, id); err != nil {
			return err
		}
		_, err := tx.Exec(`
			INSERT INTO alert_vote (workspace_id, alert_id, user_id, useful, at) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (workspace_id, alert_id, user_id) DO UPDATE SET useful = excluded.useful, at = excluded.at`,
			int64(by.Workspace), int64(id), int64(by.User), db.Truth(useful), db.Micros(a.o.Clock()))
		if err != nil {
			return err
		}
		tx.AfterCommit(func() { a.changes.Publish(by.Workspace, Change{Alert: id}) })
		if err := readVotes(tx, &one); err != nil {
			return err
		}
		return access.Record(tx, a.o.Clock(), by, "alert.vote", access.Of("alert", id), nil, map[string]bool{"useful": useful})
	})
	return one, err
}

// Precision is how alerts of a workspace were judged.
type Precision struct {
	Alerts int64 // raised in the last 90 days, about posts of their own
	Judged int64 // of these
	Useful int64 // of these, by most who judged
}

const precisionTime = 90 * 24 * time.Hour

// Precision says how many of the alerts of the last 90 days people found useful.
func (a *Alerts) Precision(ctx context.Context, by access.Actor) (p Precision, err error) {
	since := db.Micros(a.o.Clock().Add(-precisionTime))
	err = a.o.State.Read(ctx, func(tx *db.Tx) error {
		seen, err := monitor.SeenBy(tx, by, access.ReadAlerts)
		if err != nil {
			return err
		}
		rows, err := tx.Query(`
			SELECT a.monitor_id, count(v.user_id), coalesce(sum(v.useful), 0)
			FROM alert AS a LEFT JOIN alert_vote AS v ON v.workspace_id = a.workspace_id AND v.alert_id = a.id
			WHERE a.workspace_id = ? AND a.same_as = 0 AND a.raised >= ? GROUP BY a.id, a.monitor_id`, int64(by.Workspace), since)
		if err != nil {
			return err
		}
		return db.EachRow(rows, func() error {
			var of hearth.MonitorID
			var votes, useful int64
			if err := rows.Scan(&of, &votes, &useful); err != nil || !seen.Has(of) {
				return err
			}
			p.Alerts++
			if votes > 0 {
				p.Judged++
			}
			if 2*useful > votes {
				p.Useful++
			}
			return nil
		})
	})
	return p, err
}

const selectAlert = `
SELECT workspace_id, id, version, monitor_id, class, state, began, raised, last, evidence, told_class, told_posts, same_as, incident_id
FROM alert`

func scanAlert(row db.Scanner) (one Alert, err error) {
	var evidence string
	var began, raised, last int64
	err = row.Scan(&one.Workspace, &one.ID, &one.Version, &one.Monitor, &one.Class, &one.State, &began, &raised, &last, &evidence,
		&one.toldClass, &one.toldPosts, &one.SameAs, &one.Incident)
	if err != nil {
		return one, err
	}
	one.Began, one.Raised, one.Last = db.FromMicros(began), db.FromMicros(raised), db.FromMicros(last)
	return one, read(evidence, &one.Evidence, "evidence of an alert")
}

func noAlert(id ID) error { return hearth.Errorf(hearth.NotFound, "There is no alert %d.", id) }

func readAlerts(tx *db.Tx, where string, args ...any) (list []Alert, err error) {
	rows, err := tx.Query(selectAlert+where, args...)
	if err != nil {
		return nil, err
	}
	err = db.EachRow(rows, func() error {
		one, err := scanAlert(rows)
		list = append(list, one)
		return err
	})
	return list, err
}

func readAlert(tx *db.Tx, ws hearth.WorkspaceID, id ID) (Alert, error) {
	one, err := scanAlert(tx.QueryRow(selectAlert+` WHERE workspace_id = ? AND id = ?`, int64(ws), int64(id)))
	if errors.Is(err, sql.ErrNoRows) {
		return one, noAlert(id)
	}
	if err != nil {
		return one, err
	}
	return one, readVotes(tx, &one)
}

func readVotes(tx *db.Tx, one *Alert) error {
	return tx.QueryRow(`
		SELECT count(*) FILTER (WHERE useful = 1), count(*) FILTER (WHERE useful = 0) FROM alert_vote WHERE workspace_id = ? AND alert_id = ?`,
		int64(one.Workspace), int64(one.ID)).Scan(&one.Useful, &one.Noise)
}
