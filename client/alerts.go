package client

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// AlertRule says how a monitor is watched.
type AlertRule struct {
	Off       bool            `json:"off,omitempty" doc:"Nothing is raised; what is usual is learned on"`
	Volume    bool            `json:"volume" doc:"Raise when there is much more than usual"`
	Negative  bool            `json:"negative" doc:"Raise when much more of it is negative than usual"`
	Drift     bool            `json:"drift" doc:"Raise when it rises slowly, over days"`
	Budget    float64         `json:"budget" doc:"About so many alerts a week"`
	Zone      string          `json:"zone" doc:"Of hours, days and quiet times, such as Europe/Helsinki"`
	Own       string          `json:"own,omitempty" doc:"Query of your own campaign's posts: they do not count for volume"`
	Campaigns []AlertCampaign `json:"campaigns,omitempty" doc:"No volume alerts meanwhile"`
	Quiet     []QuietTime     `json:"quiet,omitempty" doc:"Only 'all hands' is sent meanwhile; the rest waits"`
	Threshold int64           `json:"threshold" doc:"Posts in an alert that would be a crisis"`
}

// AlertCampaign is a planned stretch in which more is expected.
type AlertCampaign struct {
	Name string    `json:"name"`
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

// QuietTime is a time of the day, on some days.
type QuietTime struct {
	Days []int  `json:"days,omitempty" doc:"0, Sunday, to 6 on which it begins; none: every day"`
	From string `json:"from" doc:"22:00"`
	To   string `json:"to" doc:"07:00"`
}

// MonitorRule is the rule of a monitor.
type MonitorRule struct {
	Monitor int64     `json:"monitor"`
	Version int64     `json:"version" doc:"0: nobody changed it"`
	Rule    AlertRule `json:"rule"`
	Changed time.Time `json:"changed,omitzero"`
}

// RuleChange replaces a rule.
type RuleChange struct {
	Version int64     `json:"version" minimum:"0" doc:"Of the rule that shall be replaced"`
	Rule    AlertRule `json:"rule"`
}

// Alert is a stretch in which a monitor's posts are out of the ordinary.
type Alert struct {
	ID       int64         `json:"id"`
	Version  int64         `json:"version"`
	Monitor  int64         `json:"monitor"`
	Class    string        `json:"class" enum:"watch,act,all-hands"`
	State    string        `json:"state" enum:"open,over"`
	Began    time.Time     `json:"began"`
	Raised   time.Time     `json:"raised"`
	Last     time.Time     `json:"last" doc:"The last time it fired"`
	Evidence AlertEvidence `json:"evidence"`
	SameAs   int64         `json:"sameAs,omitempty" doc:"The alert of another monitor about the same posts"`
	Incident int64         `json:"incident,omitempty"`
	Useful   int64         `json:"useful" doc:"People who say so"`
	Noise    int64         `json:"noise" doc:"People who say the contrary"`
}

// AlertEvidence is why an alert was raised; the numbers are those of its worst
// stretch.
type AlertEvidence struct {
	Kinds     []string     `json:"kinds" nullable:"false" doc:"volume, negative, drift"`
	Sentence  string       `json:"sentence" doc:"The whole, for a person"`
	Posts     int64        `json:"posts" doc:"Since it began"`
	Minutes   int64        `json:"minutes" doc:"Of the stretch: 15 or 60"`
	Count     int64        `json:"count" doc:"Posts in it"`
	Expected  float64      `json:"expected"`
	Ratio     float64      `json:"ratio"`
	Score     float64      `json:"score" doc:"How improbable, as a negative power of ten"`
	Threshold float64      `json:"threshold" doc:"What the budget asked for"`
	Part      float64      `json:"part" doc:"Negative, of those whose sentiment is known"`
	Usual     float64      `json:"usual"`
	Known     int64        `json:"known"`
	Drift     float64      `json:"drift" doc:"Of the limit"`
	Terms     []AlertTerm  `json:"terms" nullable:"false"`
	Authors   []AlertVoice `json:"authors" nullable:"false"`
	Samples   []int64      `json:"samples" nullable:"false" doc:"Rows of the log"`
}

// AlertTerm is a word that sets posts apart from those before.
type AlertTerm struct {
	Text  string  `json:"text"`
	Posts int     `json:"posts"`
	Score float64 `json:"score"`
}

// AlertVoice is an author of posts of an alert.
type AlertVoice struct {
	Network   string `json:"network"`
	Handle    string `json:"handle"`
	Name      string `json:"name"`
	Followers int64  `json:"followers"`
	Posts     int    `json:"posts"`
}

// AlertPage is a page of alerts, the newest first.
type AlertPage struct {
	Alerts    []Alert        `json:"alerts" nullable:"false"`
	Precision AlertPrecision `json:"precision"`
	Next      int64          `json:"next,omitempty" doc:"Give it as before to get the page that follows"`
}

// AlertPrecision is how the alerts of the last 90 days were judged by people.
type AlertPrecision struct {
	Alerts int64 `json:"alerts"`
	Judged int64 `json:"judged"`
	Useful int64 `json:"useful"`
}

// AlertSearch says which alerts are meant.
type AlertSearch struct {
	Monitor int64
	State   string // "": any
	Same    bool   // those, too, that are about the same posts as another
	Before  int64
	Limit   int
}

// AlertVote is what somebody thinks of an alert.
type AlertVote struct {
	Useful bool `json:"useful"`
}

// AlertTimeline is the hours of a monitor with what is usual for them.
type AlertTimeline struct {
	Usual  bool         `json:"usual" doc:"Enough is known to say what is usual"`
	Hours  []AlertHour  `json:"hours" nullable:"false"`
	Alerts []Alert      `json:"alerts" nullable:"false"`
	Bursts []AlertBurst `json:"bursts" nullable:"false"`
}

// AlertHour is one hour and what is usual for it.
type AlertHour struct {
	Start    time.Time `json:"start"`
	Posts    int64     `json:"posts"`
	Known    int64     `json:"known"`
	Negative int64     `json:"negative"`
	Mean     float64   `json:"mean"`
	Low      float64   `json:"low" doc:"5 of 100 such hours lie below"`
	High     float64   `json:"high" doc:"5 of 100 such hours lie above"`
}

// AlertBurst is a stretch in which posts came faster.
type AlertBurst struct {
	Level int       `json:"level"`
	From  time.Time `json:"from"`
	To    time.Time `json:"to"`
}

// Notice is something that people should see when they look.
type Notice struct {
	ID       int64     `json:"id"`
	Kind     string    `json:"kind"`
	Class    string    `json:"class,omitempty"`
	Title    string    `json:"title"`
	Text     string    `json:"text,omitempty"`
	Alert    int64     `json:"alert,omitempty"`
	Incident int64     `json:"incident,omitempty"`
	Source   int64     `json:"source,omitempty"`
	At       time.Time `json:"at"`
	Read     bool      `json:"read"`
}

// NoticePage is a page of notices, the newest first.
type NoticePage struct {
	Notices []Notice `json:"notices" nullable:"false"`
	Unread  int64    `json:"unread" doc:"Of all"`
	Next    int64    `json:"next,omitempty"`
}

// NoticesRead marks notices as read.
type NoticesRead struct {
	UpTo int64 `json:"upTo" minimum:"1"`
	Only bool  `json:"only,omitempty" doc:"That one alone, not those before it"`
}

// Incident is something that people work on until it is over.
type Incident struct {
	ID        int64           `json:"id"`
	Version   int64           `json:"version"`
	Title     string          `json:"title"`
	Class     string          `json:"class" enum:"watch,act,all-hands"`
	Status    string          `json:"status" enum:"open,mitigated,closed"`
	Owner     int64           `json:"owner,omitempty" doc:"A user; 0: nobody"`
	Alert     int64           `json:"alert,omitempty"`
	Monitor   int64           `json:"monitor,omitempty"`
	Threshold int64           `json:"threshold" doc:"Posts that would be a crisis"`
	Runbook   []IncidentStep  `json:"runbook" nullable:"false"`
	Statement string          `json:"statement"`
	Report    string          `json:"report,omitempty" doc:"After action"`
	Began     time.Time       `json:"began"`
	Opened    time.Time       `json:"opened"`
	Changed   time.Time       `json:"changed"`
	Closed    time.Time       `json:"closed,omitzero"`
	Timeline  []IncidentEntry `json:"timeline,omitempty"`
}

// IncidentStep is a line of a checklist.
type IncidentStep struct {
	Text string    `json:"text"`
	Done bool      `json:"done"`
	By   int64     `json:"by,omitempty"`
	At   time.Time `json:"at,omitzero"`
}

// IncidentEntry is something that happened in an incident.
type IncidentEntry struct {
	Number int64     `json:"number"`
	Kind   string    `json:"kind" doc:"opened, alert, changed, note, step, publishing or conflict"`
	Text   string    `json:"text"`
	By     int64     `json:"by,omitempty"`
	At     time.Time `json:"at"`
}

// IncidentPage is a page of incidents, the newest first.
type IncidentPage struct {
	Incidents []Incident `json:"incidents" nullable:"false"`
	Next      int64      `json:"next,omitempty"`
}

// IncidentDraft opens an incident.
type IncidentDraft struct {
	Title   string `json:"title,omitempty" doc:"Empty: that of the alert"`
	Class   string `json:"class,omitempty" doc:"watch, act or all-hands; empty: that of the alert"`
	Alert   int64  `json:"alert,omitempty" minimum:"0"`
	Monitor int64  `json:"monitor,omitempty" minimum:"0"`
	Owner   int64  `json:"owner,omitempty" minimum:"0"`
	Runbook string `json:"runbook,omitempty" doc:"Name of a template"`
}

// IncidentChange changes an incident; what is left out stays.
type IncidentChange struct {
	Version   int64    `json:"version" minimum:"1" doc:"The version you saw"`
	Title     *string  `json:"title,omitempty"`
	Class     *string  `json:"class,omitempty"`
	Status    *string  `json:"status,omitempty"`
	Owner     *int64   `json:"owner,omitempty"`
	Threshold *int64   `json:"threshold,omitempty"`
	Statement *string  `json:"statement,omitempty"`
	Report    *string  `json:"report,omitempty"`
	Runbook   []string `json:"runbook,omitempty" doc:"The lines of another checklist"`
}

// IncidentNote is a note for the timeline.
type IncidentNote struct {
	Text string `json:"text"`
}

// IncidentMark marks a step of a runbook.
type IncidentMark struct {
	Step int    `json:"step" minimum:"1"`
	Text string `json:"text" doc:"Of the step, as you saw it"`
	Done bool   `json:"done"`
}

// Runbook is a checklist to begin with.
type Runbook struct {
	Name  string   `json:"name"`
	Title string   `json:"title"`
	Steps []string `json:"steps" nullable:"false"`
}

// RunbookList is all of them.
type RunbookList struct {
	Runbooks []Runbook `json:"runbooks" nullable:"false"`
}

// Spread is a forecast of how far something will go. Numbers that are not known
// are left out.
type Spread struct {
	AsOf      time.Time `json:"asOf"`
	Began     time.Time `json:"began"`
	Posts     int64     `json:"posts" doc:"So far"`
	Threshold int64     `json:"threshold"`
	Method    string    `json:"method" enum:"none,shift,regression" doc:"none: there is no history to learn from"`
	Histories int       `json:"histories" doc:"Earlier alerts it was learned from"`
	Value     *float64  `json:"value,omitempty" doc:"As likely above as below"`
	Low       *float64  `json:"low,omitempty"`
	High      *float64  `json:"high,omitempty" doc:"80 of 100 end between low and high"`
	Reaches   *float64  `json:"reaches,omitempty" doc:"Probability of the threshold"`
	Doubles   *float64  `json:"doubles,omitempty" doc:"Probability that it doubles"`
	PastPeak  bool      `json:"pastPeak"`
	Seismic   *Seismic  `json:"seismic,omitempty" doc:"A second opinion about the post that is passed on most"`
}

// Seismic is a second opinion about one post.
type Seismic struct {
	Reshares  int      `json:"reshares"`
	Final     *float64 `json:"final,omitempty"`
	Explosive bool     `json:"explosive" doc:"Each repost brings more than one"`
}

// Publishing says whether everything scheduled is held back.
type Publishing struct {
	Paused   bool      `json:"paused"`
	Incident int64     `json:"incident,omitempty"`
	By       int64     `json:"by,omitempty"`
	At       time.Time `json:"at,omitzero"`
}

// PublishingPause names the incident that publishing is held back for.
type PublishingPause struct {
	Incident int64 `json:"incident,omitempty" minimum:"0"`
}

// Alerts gives a page of alerts.
func (c *Client) Alerts(ctx context.Context, s AlertSearch) (AlertPage, error) {
	ask := url.Values{}
	number(ask, "monitor", s.Monitor)
	word(ask, "state", s.State)
	if s.Same {
		ask.Set("same", "true")
	}
	number(ask, "before", s.Before)
	number(ask, "limit", int64(s.Limit))
	var page AlertPage
	return page, c.call(ctx, http.MethodGet, "/alerts?"+ask.Encode(), nil, &page)
}

func number(ask url.Values, name string, n int64) {
	if n != 0 {
		ask.Set(name, strconv.FormatInt(n, 10))
	}
}

func word(ask url.Values, name, value string) {
	if value != "" {
		ask.Set(name, value)
	}
}

// Alert gives one alert.
func (c *Client) Alert(ctx context.Context, id int64) (a Alert, err error) {
	return a, c.call(ctx, http.MethodGet, fmt.Sprintf("/alerts/%d", id), nil, &a)
}

// AlertSamples gives the posts that say most of an alert.
func (c *Client) AlertSamples(ctx context.Context, id int64) (p Page, err error) {
	return p, c.call(ctx, http.MethodGet, fmt.Sprintf("/alerts/%d/posts", id), nil, &p)
}

// VoteAlert says whether an alert is useful.
func (c *Client) VoteAlert(ctx context.Context, id int64, useful bool) (a Alert, err error) {
	return a, c.call(ctx, http.MethodPut, fmt.Sprintf("/alerts/%d/vote", id), AlertVote{useful}, &a)
}

// AlertRule gives a monitor's rule.
func (c *Client) AlertRule(ctx context.Context, monitor int64) (r MonitorRule, err error) {
	return r, c.call(ctx, http.MethodGet, fmt.Sprintf("/monitors/%d/alerts", monitor), nil, &r)
}

// SetAlertRule replaces a monitor's rule.
func (c *Client) SetAlertRule(ctx context.Context, monitor int64, change RuleChange) (r MonitorRule, err error) {
	return r, c.call(ctx, http.MethodPut, fmt.Sprintf("/monitors/%d/alerts", monitor), change, &r)
}

// AlertTimeline gives the hours of a monitor with what is usual for them. Zero
// times: the last seven days.
func (c *Client) AlertTimeline(ctx context.Context, monitor int64, from, to time.Time) (t AlertTimeline, err error) {
	ask := url.Values{}
	if !from.IsZero() {
		ask.Set("from", from.UTC().Format(time.RFC3339))
	}
	if !to.IsZero() {
		ask.Set("to", to.UTC().Format(time.RFC3339))
	}
	return t, c.call(ctx, http.MethodGet, fmt.Sprintf("/monitors/%d/timeline?%s", monitor, ask.Encode()), nil, &t)
}

// Notices gives a page of notices.
func (c *Client) Notices(ctx context.Context, unread bool, before int64, limit int) (page NoticePage, err error) {
	ask := url.Values{}
	if unread {
		ask.Set("unread", "true")
	}
	number(ask, "before", before)
	number(ask, "limit", int64(limit))
	return page, c.call(ctx, http.MethodGet, "/notices?"+ask.Encode(), nil, &page)
}

// ReadNotices marks notices as read.
func (c *Client) ReadNotices(ctx context.Context, mark NoticesRead) error {
	return c.call(ctx, http.MethodPost, "/notices/read", mark, nil)
}

// Incidents gives a page of incidents; status "" is any.
func (c *Client) Incidents(ctx context.Context, status string, before int64, limit int) (page IncidentPage, err error) {
	ask := url.Values{}
	word(ask, "status", status)
	number(ask, "before", before)
	number(ask, "limit", int64(limit))
	return page, c.call(ctx, http.MethodGet, "/incidents?"+ask.Encode(), nil, &page)
}

// Incident gives one incident with its timeline.
func (c *Client) Incident(ctx context.Context, id int64) (i Incident, err error) {
	return i, c.call(ctx, http.MethodGet, fmt.Sprintf("/incidents/%d", id), nil, &i)
}

// OpenIncident opens an incident, from an alert or by hand.
func (c *Client) OpenIncident(ctx context.Context, draft IncidentDraft) (i Incident, err error) {
	return i, c.call(ctx, http.MethodPost, "/incidents", draft, &i)
}

// ChangeIncident changes an incident.
func (c *Client) ChangeIncident(ctx context.Context, id int64, change IncidentChange) (i Incident, err error) {
	return i, c.call(ctx, http.MethodPatch, fmt.Sprintf("/incidents/%d", id), change, &i)
}

// NoteIncident adds a note to an incident's timeline.
func (c *Client) NoteIncident(ctx context.Context, id int64, text string) (i Incident, err error) {
	return i, c.call(ctx, http.MethodPost, fmt.Sprintf("/incidents/%d/notes", id), IncidentNote{text}, &i)
}

// MarkIncident marks a step of an incident's runbook.
func (c *Client) MarkIncident(ctx context.Context, id int64, mark IncidentMark) (i Incident, err error) {
	return i, c.call(ctx, http.MethodPut, fmt.Sprintf("/incidents/%d/runbook", id), mark, &i)
}

// ForecastIncident says how far an incident will spread.
func (c *Client) ForecastIncident(ctx context.Context, id int64) (s Spread, err error) {
	return s, c.call(ctx, http.MethodGet, fmt.Sprintf("/incidents/%d/forecast", id), nil, &s)
}

// Runbooks gives the checklists to begin with.
func (c *Client) Runbooks(ctx context.Context) (list RunbookList, err error) {
	return list, c.call(ctx, http.MethodGet, "/runbooks", nil, &list)
}

// Publishing says whether everything scheduled is held back.
func (c *Client) Publishing(ctx context.Context) (p Publishing, err error) {
	return p, c.call(ctx, http.MethodGet, "/publishing", nil, &p)
}

// PausePublishing holds everything scheduled back.
func (c *Client) PausePublishing(ctx context.Context, incident int64) (p Publishing, err error) {
	return p, c.call(ctx, http.MethodPost, "/publishing/pause", PublishingPause{incident}, &p)
}

// ResumePublishing lets scheduled posts out again.
func (c *Client) ResumePublishing(ctx context.Context, incident int64) (p Publishing, err error) {
	return p, c.call(ctx, http.MethodPost, "/publishing/resume", PublishingPause{incident}, &p)
}
