package api

import (
	"context"
	"math"
	"net/http"
	"time"

	"hearth"
	"hearth/access"
	"hearth/alert"
	"hearth/archive"
	"hearth/client"
)

func (a *API) alerts() {
	al := a.o.Alerts
	type pageInput struct {
		Monitor int64  `query:"monitor" minimum:"0" doc:"Of this monitor only"`
		State   string `query:"state" enum:"open,over" doc:"In this state only"`
		Same    bool   `query:"same" doc:"Those, too, that are about the same posts as another"`
		Before  int64  `query:"before" minimum:"0" doc:"Next of the page before"`
		Limit   int    `query:"limit" minimum:"0" maximum:"500"`
	}
	route(a, verb{id: "alerts", may: access.ReadAlerts, method: http.MethodGet, path: "/alerts", tag: "alerts", summary: "List the alerts, the newest first"},
		func(ctx context.Context, by access.Actor, in *pageInput) (doc client.AlertPage, err error) {
			page, err := al.List(ctx, by, alert.Search{Monitor: hearth.MonitorID(in.Monitor), State: alert.State(in.State), Same: in.Same,
				Before: alert.ID(in.Before), Limit: in.Limit})
			if err != nil {
				return doc, err
			}
			p, err := al.Precision(ctx, by)
			return client.AlertPage{Alerts: alertDocuments(page.Alerts), Next: int64(page.Next),
				Precision: client.AlertPrecision{Alerts: p.Alerts, Judged: p.Judged, Useful: p.Useful}}, err
		})
	route(a, verb{id: "alert", may: access.ReadAlerts, method: http.MethodGet, path: "/alerts/{id}", tag: "alerts", summary: "One alert"},
		func(ctx context.Context, by access.Actor, in *byID) (client.Alert, error) {
			one, err := al.Get(ctx, by, alert.ID(in.ID))
			return alertDocument(&one), err
		})
	route(a, verb{id: "alert-samples", may: access.ReadPosts, method: http.MethodGet, path: "/alerts/{id}/posts", tag: "alerts", summary: "The posts that say most of an alert"},
		func(ctx context.Context, by access.Actor, in *byID) (client.Page, error) {
			list, err := al.Samples(ctx, by, alert.ID(in.ID))
			doc := client.Page{Posts: []client.Hit{}}
			for i := range list {
				doc.Posts = append(doc.Posts, hitDocument(&archive.Hit{Stored: list[i]}))
			}
			return doc, err
		})
	type voteInput struct {
		ID   int64 `path:"id" minimum:"1"`
		Body client.AlertVote
	}
	route(a, verb{id: "vote-alert", may: access.ReadAlerts, method: http.MethodPut, path: "/alerts/{id}/vote", tag: "alerts", summary: "Say whether an alert is useful"},
		func(ctx context.Context, by access.Actor, in *voteInput) (client.Alert, error) {
			one, err := al.Vote(ctx, by, alert.ID(in.ID), in.Body.Useful)
			return alertDocument(&one), err
		})
	route(a, verb{id: "alert-rule", may: access.ReadAlerts, method: http.MethodGet, path: "/monitors/{id}/alerts", tag: "alerts", summary: "How a monitor is watched"},
		func(ctx context.Context, by access.Actor, in *byID) (client.MonitorRule, error) {
			return ruleAnswer(al.Rule(ctx, by, hearth.MonitorID(in.ID)))
		})
	type ruleInput struct {
		ID   int64 `path:"id" minimum:"1"`
		Body client.RuleChange
	}
	route(a, verb{id: "set-alert-rule", may: access.WriteAlerts, method: http.MethodPut, path: "/monitors/{id}/alerts", tag: "alerts", summary: "Watch a monitor in another way"},
		func(ctx context.Context, by access.Actor, in *ruleInput) (client.MonitorRule, error) {
			return ruleAnswer(al.SetRule(ctx, by, hearth.MonitorID(in.ID), in.Body.Version, ruleOf(&in.Body.Rule)))
		})
	type timelineInput struct {
		ID   int64     `path:"id" minimum:"1"`
		From time.Time `query:"from" doc:"Seven days before to, if it is left out"`
		To   time.Time `query:"to" doc:"Now, if it is left out"`
	}
	route(a, verb{id: "alert-timeline", may: access.ReadAlerts, method: http.MethodGet, path: "/monitors/{id}/timeline", tag: "alerts", summary: "The hours of a monitor, and what is usual for them"},
		func(ctx context.Context, by access.Actor, in *timelineInput) (client.AlertTimeline, error) {
			t, err := al.Timeline(ctx, by, hearth.MonitorID(in.ID), in.From, in.To)
			return timelineDocument(&t), err
		})
	a.notices()
	a.incidents()
}

func (a *API) notices() {
	al := a.o.Alerts
	type pageInput struct {
		Unread bool  `query:"unread" doc:"Only what you have not read"`
		Before int64 `query:"before" minimum:"0" doc:"Next of the page before"`
		Limit  int   `query:"limit" minimum:"0" maximum:"500"`
	}
	route(a, verb{id: "notices", may: access.ReadAlerts, method: http.MethodGet, path: "/notices", tag: "alerts", summary: "What you should know, the newest first"},
		func(ctx context.Context, by access.Actor, in *pageInput) (client.NoticePage, error) {
			page, err := al.Notices(ctx, by, alert.NoticeSearch{Unread: in.Unread, Before: in.Before, Limit: in.Limit})
			doc := client.NoticePage{Notices: []client.Notice{}, Unread: page.Unread, Next: page.Next}
			for _, n := range page.Notices {
				doc.Notices = append(doc.Notices, client.Notice{ID: n.ID, Kind: n.Kind, Class: string(n.Class), Title: n.Title, Text: n.Text,
					Alert: int64(n.Alert), Incident: int64(n.Incident), Source: int64(n.Source), At: n.At, Read: n.Read})
			}
			return doc, err
		})
	type readInput struct{ Body client.NoticesRead }
	act(a, verb{id: "read-notices", may: access.ReadAlerts, method: http.MethodPost, path: "/notices/read", tag: "alerts", summary: "Mark notices as read"},
		func(ctx context.Context, by access.Actor, in *readInput) error {
			return al.ReadNotices(ctx, by, in.Body.UpTo, in.Body.Only)
		})
}

func (a *API) incidents() {
	in := a.o.Incidents
	type pageInput struct {
		Status string `query:"status" enum:"open,mitigated,closed" doc:"In this status only"`
		Before int64  `query:"before" minimum:"0" doc:"Next of the page before"`
		Limit  int    `query:"limit" minimum:"0" maximum:"500"`
	}
	route(a, verb{id: "incidents", may: access.ReadAlerts, method: http.MethodGet, path: "/incidents", tag: "incidents", summary: "List the incidents, the newest first"},
		func(ctx context.Context, by access.Actor, ask *pageInput) (client.IncidentPage, error) {
			page, err := in.List(ctx, by, alert.IncidentSearch{Status: alert.Status(ask.Status), Before: alert.IncidentID(ask.Before), Limit: ask.Limit})
			doc := client.IncidentPage{Incidents: []client.Incident{}, Next: int64(page.Next)}
			for i := range page.Incidents {
				doc.Incidents = append(doc.Incidents, incidentDocument(&page.Incidents[i]))
			}
			return doc, err
		})
	route(a, verb{id: "incident", may: access.ReadAlerts, method: http.MethodGet, path: "/incidents/{id}", tag: "incidents", summary: "One incident with its timeline"},
		func(ctx context.Context, by access.Actor, ask *byID) (client.Incident, error) {
			return incidentAnswer(in.Get(ctx, by, alert.IncidentID(ask.ID)))
		})
	type openInput struct{ Body client.IncidentDraft }
	route(a, verb{id: "open-incident", may: access.WriteAlerts, method: http.MethodPost, path: "/incidents", tag: "incidents", status: http.StatusCreated,
		summary: "Open an incident, from an alert or by hand"},
		func(ctx context.Context, by access.Actor, ask *openInput) (client.Incident, error) {
			d := ask.Body
			return incidentAnswer(in.Open(ctx, by, alert.IncidentDraft{Title: d.Title, Class: alert.Class(d.Class), Alert: alert.ID(d.Alert),
				Monitor: hearth.MonitorID(d.Monitor), Owner: hearth.UserID(d.Owner), Runbook: d.Runbook}))
		})
	type changeInput struct {
		ID   int64 `path:"id" minimum:"1"`
		Body client.IncidentChange
	}
	route(a, verb{id: "change-incident", may: access.WriteAlerts, method: http.MethodPatch, path: "/incidents/{id}", tag: "incidents", summary: "Change an incident"},
		func(ctx context.Context, by access.Actor, ask *changeInput) (client.Incident, error) {
			return incidentAnswer(in.Change(ctx, by, alert.IncidentID(ask.ID), ask.Body.Version, incidentEdit(&ask.Body)))
		})
	type noteInput struct {
		ID   int64 `path:"id" minimum:"1"`
		Body client.IncidentNote
	}
	route(a, verb{id: "note-incident", may: access.WriteAlerts, method: http.MethodPost, path: "/incidents/{id}/notes", tag: "incidents", summary: "Add a note to an incident's timeline"},
		func(ctx context.Context, by access.Actor, ask *noteInput) (client.Incident, error) {
			return incidentAnswer(in.Note(ctx, by, alert.IncidentID(ask.ID), ask.Body.Text))
		})
	type markInput struct {
		ID   int64 `path:"id" minimum:"1"`
		Body client.IncidentMark
	}
	route(a, verb{id: "mark-incident", may: access.WriteAlerts, method: http.MethodPut, path: "/incidents/{id}/runbook", tag: "incidents", summary: "Mark a step of an incident's runbook"},
		func(ctx context.Context, by access.Actor, ask *markInput) (client.Incident, error) {
			return incidentAnswer(in.Mark(ctx, by, alert.IncidentID(ask.ID), ask.Body.Step, ask.Body.Text, ask.Body.Done))
		})
	route(a, verb{id: "forecast-incident", may: access.ReadAlerts, method: http.MethodGet, path: "/incidents/{id}/forecast", tag: "incidents", summary: "How far an incident will spread"},
		func(ctx context.Context, by access.Actor, ask *byID) (client.Spread, error) {
			s, err := in.Forecast(ctx, by, alert.IncidentID(ask.ID))
			return spreadDocument(&s), err
		})
	route(a, verb{id: "runbooks", may: access.ReadAlerts, method: http.MethodGet, path: "/runbooks", tag: "incidents", summary: "The checklists to begin with"},
		func(ctx context.Context, by access.Actor, _ *struct{}) (client.RunbookList, error) {
			list, err := in.Runbooks(ctx, by)
			doc := client.RunbookList{Runbooks: []client.Runbook{}}
			for _, r := range list {
				doc.Runbooks = append(doc.Runbooks, client.Runbook(r))
			}
			return doc, err
		})
	a.publishing()
}

func (a *API) publishing() {
	in := a.o.Incidents
	route(a, verb{id: "publishing", may: access.ReadAlerts, method: http.MethodGet, path: "/publishing", tag: "incidents", summary: "Whether everything scheduled is held back"},
		func(ctx context.Context, by access.Actor, _ *struct{}) (client.Publishing, error) {
			return publishingAnswer(in.Publishing(ctx, by))
		})
	type pauseInput struct{ Body client.PublishingPause }
	route(a, verb{id: "pause-publishing", may: access.WriteAlerts, method: http.MethodPost, path: "/publishing/pause", tag: "incidents", summary: "Hold everything scheduled back"},
		func(ctx context.Context, by access.Actor, ask *pauseInput) (client.Publishing, error) {
			return publishingAnswer(in.PausePublishing(ctx, by, alert.IncidentID(ask.Body.Incident)))
		})
	route(a, verb{id: "resume-publishing", may: access.WriteAlerts, method: http.MethodPost, path: "/publishing/resume", tag: "incidents", summary: "Let scheduled posts out again"},
		func(ctx context.Context, by access.Actor, ask *pauseInput) (client.Publishing, error) {
			return publishingAnswer(in.ResumePublishing(ctx, by, alert.IncidentID(ask.Body.Incident)))
		})
}

func publishingAnswer(p alert.Publishing, err error) (client.Publishing, error) {
	return client.Publishing{Paused: p.Paused, Incident: int64(p.Incident), By: int64(p.By), At: p.At}, err
}

func alertDocuments(list []alert.Alert) []client.Alert {
	docs := []client.Alert{}
	for i := range list {
		docs = append(docs, alertDocument(&list[i]))
	}
	return docs
}

func alertDocument(one *alert.Alert) client.Alert {
	e := &one.Evidence
	doc := client.Alert{
		ID: int64(one.ID), Version: one.Version, Monitor: int64(one.Monitor), Class: string(one.Class), State: string(one.State),
		Began: one.Began, Raised: one.Raised, Last: one.Last, SameAs: int64(one.SameAs), Incident: int64(one.Incident), Useful: one.Useful, Noise: one.Noise,
		Evidence: client.AlertEvidence{
			Kinds: []string{}, Sentence: e.Sentence, Posts: e.Posts, Minutes: e.Minutes, Count: e.Count, Expected: e.Expected, Ratio: e.Ratio,
			Score: e.Score, Threshold: e.Threshold, Part: e.Part, Usual: e.Usual, Known: e.Known, Drift: e.Drift,
			Terms: []client.AlertTerm{}, Authors: []client.AlertVoice{}, Samples: []int64{},
		},
	}
	for _, k := range e.Kinds {
		doc.Evidence.Kinds = append(doc.Evidence.Kinds, string(k))
	}
	for _, t := range e.Terms {
		doc.Evidence.Terms = append(doc.Evidence.Terms, client.AlertTerm(t))
	}
	for _, v := range e.Authors {
		doc.Evidence.Authors = append(doc.Evidence.Authors, client.AlertVoice(v))
	}
	for _, s := range e.Samples {
		doc.Evidence.Samples = append(doc.Evidence.Samples, int64(s.Seq))
	}
	return doc
}

func ruleAnswer(r alert.MonitorRule, err error) (client.MonitorRule, error) {
	doc := client.MonitorRule{Monitor: int64(r.Monitor), Version: r.Version, Changed: r.Changed, Rule: client.AlertRule{
		Off: r.Rule.Off, Volume: r.Rule.Volume, Negative: r.Rule.Negative, Drift: r.Rule.Drift, Budget: r.Rule.Budget, Zone: r.Rule.Zone,
		Own: r.Rule.Own, Threshold: r.Rule.Threshold,
	}}
	for _, c := range r.Rule.Campaigns {
		doc.Rule.Campaigns = append(doc.Rule.Campaigns, client.AlertCampaign(c))
	}
	for _, q := range r.Rule.Quiet {
		quiet := client.QuietTime{From: q.From, To: q.To}
		for _, d := range q.Days {
			quiet.Days = append(quiet.Days, int(d))
		}
		doc.Rule.Quiet = append(doc.Rule.Quiet, quiet)
	}
	return doc, err
}

func ruleOf(doc *client.AlertRule) alert.Rule {
	r := alert.Rule{Off: doc.Off, Volume: doc.Volume, Negative: doc.Negative, Drift: doc.Drift, Budget: doc.Budget, Zone: doc.Zone,
		Own: doc.Own, Threshold: doc.Threshold}
	for _, c := range doc.Campaigns {
		r.Campaigns = append(r.Campaigns, alert.Campaign(c))
	}
	for _, q := range doc.Quiet {
		quiet := alert.Quiet{From: q.From, To: q.To}
		for _, d := range q.Days {
			quiet.Days = append(quiet.Days, time.Weekday(d))
		}
		r.Quiet = append(r.Quiet, quiet)
	}
	return r
}

func timelineDocument(t *alert.Timeline) client.AlertTimeline {
	doc := client.AlertTimeline{Usual: t.Usual, Hours: []client.AlertHour{}, Alerts: alertDocuments(t.Alerts), Bursts: []client.AlertBurst{}}
	for _, h := range t.Hours {
		doc.Hours = append(doc.Hours, client.AlertHour(h))
	}
	for _, b := range t.Bursts {
		doc.Bursts = append(doc.Bursts, client.AlertBurst(b))
	}
	return doc
}

func incidentAnswer(one alert.Incident, err error) (client.Incident, error) {
	return incidentDocument(&one), err
}

func incidentDocument(one *alert.Incident) client.Incident {
	doc := client.Incident{
		ID: int64(one.ID), Version: one.Version, Title: one.Title, Class: string(one.Class), Status: string(one.Status), Owner: int64(one.Owner),
		Alert: int64(one.Alert), Monitor: int64(one.Monitor), Threshold: one.Threshold, Statement: one.Statement, Report: one.Report,
		Began: one.Began, Opened: one.Opened, Changed: one.Changed, Closed: one.Closed, Runbook: []client.IncidentStep{},
	}
	for _, s := range one.Runbook {
		doc.Runbook = append(doc.Runbook, client.IncidentStep{Text: s.Text, Done: s.Done, By: int64(s.By), At: s.At})
	}
	for _, e := range one.Timeline {
		doc.Timeline = append(doc.Timeline, client.IncidentEntry{Number: e.Number, Kind: string(e.Kind), Text: e.Text, By: int64(e.By), At: e.At})
	}
	return doc
}

func incidentEdit(doc *client.IncidentChange) alert.IncidentEdit {
	e := alert.IncidentEdit{Title: doc.Title, Threshold: doc.Threshold, Statement: doc.Statement, Report: doc.Report, Runbook: doc.Runbook}
	if doc.Class != nil {
		class := alert.Class(*doc.Class)
		e.Class = &class
	}
	if doc.Status != nil {
		status := alert.Status(*doc.Status)
		e.Status = &status
	}
	if doc.Owner != nil {
		owner := hearth.UserID(*doc.Owner)
		e.Owner = &owner
	}
	return e
}

func spreadDocument(s *alert.Spread) client.Spread {
	doc := client.Spread{
		AsOf: s.AsOf, Began: s.Began, Posts: s.Posts, Threshold: s.Threshold, Method: string(s.Method), Histories: s.Histories, PastPeak: s.PastPeak,
		Low: finite(s.Low), High: finite(s.High), Reaches: finite(s.Reaches), Doubles: finite(s.Doubles),
	}
	if s.Method != "none" {
		doc.Value = finite(s.Value)
	}
	if s.Seismic != nil {
		doc.Seismic = &client.Seismic{Reshares: s.Seismic.Reshares, Final: finite(s.Seismic.Final), Explosive: s.Seismic.Explosive}
	}
	return doc
}

// finite is a number that JSON can hold, or nothing.
func finite(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}
