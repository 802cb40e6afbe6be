package alert

import (
	"time"

	"hearth"
)

// What machines are told: the documents of events. Names never change.

// AlertData is the data of alert.raised, alert.changed and alert.over.
type AlertData struct {
	ID       ID               `json:"id"`
	Monitor  hearth.MonitorID `json:"monitor"`
	Name     string           `json:"monitorName"`
	Class    Class            `json:"class"`
	State    State            `json:"state"`
	Kinds    []Kind           `json:"kinds"`
	Sentence string           `json:"sentence"`
	Began    time.Time        `json:"began"`
	Posts    int64            `json:"posts"`
	Expected float64          `json:"expected"`
	Negative float64          `json:"negative"`
	Terms    []Term           `json:"terms"`
}

func alertData(one *Alert, name string) AlertData {
	e := &one.Evidence
	return AlertData{ID: one.ID, Monitor: one.Monitor, Name: name, Class: one.Class, State: one.State, Kinds: e.Kinds, Sentence: e.Sentence,
		Began: one.Began, Posts: e.Posts, Expected: e.Expected, Negative: e.Part, Terms: e.Terms}
}

// IncidentData is the data of incident.opened and incident.changed.
type IncidentData struct {
	ID      IncidentID       `json:"id"`
	Version int64            `json:"version"`
	Title   string           `json:"title"`
	Class   Class            `json:"class"`
	Status  Status           `json:"status"`
	Owner   hearth.UserID    `json:"owner,omitempty"`
	Alert   ID               `json:"alert,omitempty"`
	Monitor hearth.MonitorID `json:"monitor,omitempty"`
	Began   time.Time        `json:"began"`
	Opened  time.Time        `json:"opened"`
	Closed  time.Time        `json:"closed,omitzero"`
}

func incidentData(one *Incident) IncidentData {
	return IncidentData{ID: one.ID, Version: one.Version, Title: one.Title, Class: one.Class, Status: one.Status, Owner: one.Owner,
		Alert: one.Alert, Monitor: one.Monitor, Began: one.Began, Opened: one.Opened, Closed: one.Closed}
}

// MentionData is the data of mention.created. It holds what is needed to decide
// whether to look, and where.
type MentionData struct {
	Seq       hearth.Seq         `json:"seq"`
	Monitors  []hearth.MonitorID `json:"monitors"`
	Network   string             `json:"network"`
	ID        string             `json:"id"`
	URL       string             `json:"url,omitempty"`
	Author    string             `json:"author,omitempty"`
	Title     string             `json:"title,omitempty"`
	Text      string             `json:"text"`
	Lang      string             `json:"lang,omitempty"`
	Sentiment hearth.Sentiment   `json:"sentiment,omitempty"`
	Intent    []hearth.Intent    `json:"intent,omitempty"`
	Published time.Time          `json:"published,omitzero"`
}

// SourceData is the data of source.failed and source.recovered.
type SourceData struct {
	Source hearth.SourceID `json:"source"`
	Name   string          `json:"name"`
	Reason string          `json:"reason,omitempty"`
	Since  time.Time       `json:"since"`
}
