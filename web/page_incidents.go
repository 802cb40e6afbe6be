package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"hearth"
	"hearth/access"
	"hearth/alert"
)

// incidentsPage lists what people work on, and what is over.
type incidentsPage struct {
	Tabs   []link
	States []link
	Rows   []incidentRow
	Older  string
	Newest string
	None   *emptyState
	Write  bool
	Paused bool // scheduled publishing
	New    *newIncidentForm
}

type incidentRow struct {
	Link, Title         string
	Class               string
	Status, StatusWords string
	Owner               string
	Opened              moment
	Done, Steps         int
}

// newIncidentForm opens an incident by hand.
type newIncidentForm struct {
	Title, TitleWhy string
	Classes         []choice
	Monitors        []choice
	Runbooks        []choice
}

const incidentsShown = 30

// incidents is the list.
func (web *Web) incidents(v *visit) error { return v.incidentsPage(200, nil) }

func (v *visit) incidentsPage(status int, wrong *newIncidentForm) error {
	s := alert.IncidentSearch{Before: alert.IncidentID(v.queryNumber("before")), Limit: incidentsShown}
	if is := alert.Status(v.query("status")); slices.Contains(incidentStatuses[:], is) {
		s.Status = is
	}
	page, err := v.web.o.Incidents.List(v.ctx(), v.by, s)
	if err != nil {
		return err
	}
	publishing, err := v.web.o.Incidents.Publishing(v.ctx(), v.by)
	if err != nil {
		return err
	}
	people := v.people()
	p := &incidentsPage{Tabs: v.crisisTabs("/incidents"), Write: v.by.CheckSome(access.WriteAlerts) == nil, Paused: publishing.Paused, New: wrong}
	for _, is := range append([]alert.Status{""}, incidentStatuses[:]...) {
		href := "/incidents"
		if is != "" {
			href += "?status=" + string(is)
		}
		p.States = append(p.States, link{v.name("incidents-which", "is-"+string(is)), href, is == s.Status})
	}
	for i := range page.Incidents {
		p.Rows = append(p.Rows, v.incidentRow(&page.Incidents[i], people))
	}
	at := func(before alert.IncidentID) string {
		q := url.Values{}
		if s.Status != "" {
			q.Set("status", string(s.Status))
		}
		if before != 0 {
			q.Set("before", strconv.FormatInt(int64(before), 10))
		}
		return "/incidents?" + q.Encode()
	}
	if page.Next != 0 {
		p.Older = at(page.Next)
	}
	if s.Before != 0 {
		p.Newest = at(0)
	}
	if len(p.Rows) == 0 {
		p.None = &emptyState{Title: v.say("incidents.none.title"), Sentence: v.say("incidents.none.sentence"), Action: v.say("incidents.none.action"), Link: "/alerts"}
	}
	if p.Write && p.New == nil && v.query("new") != "" {
		p.New = &newIncidentForm{}
	}
	if p.New != nil {
		if err := v.fillNewIncident(p.New); err != nil {
			return err
		}
	}
	return v.block(status, "incidents", "shell", v.shell(v.say("incidents.tab"), false, p))
}

var (
	incidentStatuses = [...]alert.Status{alert.Ongoing, alert.Mitigated, alert.Closed}
	classes          = [...]alert.Class{alert.Watch, alert.Act, alert.AllHands}
)

func (v *visit) fillNewIncident(f *newIncidentForm) error {
	for _, c := range classes {
		f.Classes = append(f.Classes, choice{string(c), v.name("class", string(c)), c == alert.Act})
	}
	monitors, err := v.web.o.Monitors.List(v.ctx(), v.by)
	if err != nil {
		return err
	}
	for i := range monitors {
		f.Monitors = append(f.Monitors, choice{monitors[i].ID.String(), shorten(60, monitors[i].Name), false})
	}
	books, err := v.web.o.Incidents.Runbooks(v.ctx(), v.by)
	if err != nil {
		return err
	}
	for i, b := range books {
		f.Runbooks = append(f.Runbooks, choice{b.Name, v.name("runbook", b.Name), i == 0})
	}
	return nil
}

func (v *visit) incidentRow(one *alert.Incident, people map[int64]string) incidentRow {
	row := incidentRow{
		Link: incidentPath(one.ID), Title: shorten(200, one.Title), Class: string(one.Class), Status: string(one.Status),
		StatusWords: v.name("incident-status", string(one.Status)), Opened: v.when(one.Opened), Steps: len(one.Runbook), Owner: v.say("incident.nobody"),
	}
	for _, s := range one.Runbook {
		if s.Done {
			row.Done++
		}
	}
	if one.Owner != 0 {
		row.Owner = plain(v.person(int64(one.Owner), people))
	}
	return row
}

// people are the names of those in the workspace, where whoever looks may see
// them; their own always.
func (v *visit) people() map[int64]string {
	names := map[int64]string{}
	if v.by.Kind == access.User {
		names[int64(v.by.User)] = v.by.Name
	}
	list, err := v.web.o.Access.Users(v.ctx(), v.by)
	if err != nil {
		return names // they may not be seen
	}
	for _, m := range list {
		names[int64(m.User)] = m.Name
		if m.FullName != "" {
			names[int64(m.User)] = m.FullName
		}
	}
	return names
}

func incidentPath(id alert.IncidentID) string {
	return "/incidents/" + strconv.FormatInt(int64(id), 10)
}

func incidentID(text string) (alert.IncidentID, error) {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || id <= 0 {
		return 0, hearth.Errorf(hearth.NotFound, "There is no such incident.")
	}
	return alert.IncidentID(id), nil
}

// addIncident opens one by hand.
func (web *Web) addIncident(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	d := alert.IncidentDraft{Title: strings.TrimSpace(form.Get("title")), Class: alert.Class(form.Get("class")), Runbook: form.Get("runbook"), Owner: v.by.User}
	if id, bad := monitorID(form.Get("monitor")); bad == nil {
		d.Monitor = id
	}
	one, err := web.o.Incidents.Open(v.ctx(), v.by, d)
	if hearth.ErrorCode(err) == hearth.Invalid {
		return v.incidentsPage(statuses[hearth.Invalid], &newIncidentForm{Title: d.Title, TitleWhy: err.Error()})
	}
	if err != nil {
		return err
	}
	return v.back(incidentPath(one.ID) + "?did=opened")
}

// holdPublishing holds everything scheduled back, or lets it out again.
func (web *Web) holdPublishing(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	id, to := alert.IncidentID(0), "/incidents"
	if named, bad := incidentID(form.Get("incident")); bad == nil {
		id, to = named, incidentPath(named)
	}
	if form.Get("do") == "pause" {
		_, err = web.o.Incidents.PausePublishing(v.ctx(), v.by, id)
	} else {
		_, err = web.o.Incidents.ResumePublishing(v.ctx(), v.by, id)
	}
	if err != nil {
		return err
	}
	return v.back(to)
}
