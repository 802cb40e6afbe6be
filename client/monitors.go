package client

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Monitor is a saved query that listens.
type Monitor struct {
	ID        int64     `json:"id"`
	Name      string    `json:"name"`
	Query     string    `json:"query" doc:"As a person wrote it"`
	Canonical string    `json:"canonical" doc:"As it is stored and compared"`
	Explain   string    `json:"explain,omitempty" doc:"In plain English"`
	Brands    []int64   `json:"brands,omitempty" doc:"The brands that it belongs to, of those one may see; none: the whole workspace"`
	Paused    bool      `json:"paused"`
	Version   int64     `json:"version" doc:"Rises with each change; a change names the version it saw"`
	Created   time.Time `json:"created"`
	Changed   time.Time `json:"changed"`
	Mentions  int64     `json:"mentions" doc:"Posts it has caught"`
	Filling   bool      `json:"filling,omitempty" doc:"The past is still being searched"`
	LastSeen  time.Time `json:"last_seen,omitzero" doc:"When its newest mention was published"`
	Removed   time.Time `json:"removed,omitzero"`
}

// MonitorDraft is a monitor to be.
type MonitorDraft struct {
	Name   string  `json:"name" minLength:"1" maxLength:"200"`
	Query  string  `json:"query" minLength:"1" maxLength:"1100000"`
	Brands []int64 `json:"brands,omitempty" maxItems:"20" doc:"The brands that it belongs to; none: the one that is looked at, else the whole workspace"`
}

// MonitorChange changes what it names. Version is the one the change was made
// on; if the monitor has another by now, nothing is changed and the error is a
// Conflict.
type MonitorChange struct {
	Version int64    `json:"version" minimum:"1"`
	Name    *string  `json:"name,omitempty" minLength:"1" maxLength:"200"`
	Query   *string  `json:"query,omitempty" minLength:"1" maxLength:"1100000"`
	Brands  *[]int64 `json:"brands,omitempty" maxItems:"20" doc:"The brands that it shall belong to; an empty list: the whole workspace"`
}

// MonitorVersion is how a monitor once stood.
type MonitorVersion struct {
	Version   int64     `json:"version"`
	Name      string    `json:"name"`
	Query     string    `json:"query"`
	Canonical string    `json:"canonical"`
	Paused    bool      `json:"paused"`
	Changed   time.Time `json:"changed"`
}

// Preview says what a query would catch before it is saved.
type Preview struct {
	Check   QueryCheck `json:"check"`
	Days    int        `json:"days" doc:"How far back was looked"`
	Total   int64      `json:"total" doc:"Posts it would have caught in that time"`
	PerDay  float64    `json:"per_day" doc:"Of the days that the archive covers"`
	Exact   bool       `json:"exact"`
	Low     int64      `json:"low" doc:"Where the total was judged by a sample: it lies between these, nineteen times out of twenty. Equal: at least so many if not exact"`
	High    int64      `json:"high"`
	Buckets []Bucket   `json:"buckets,omitempty" doc:"By day"`
	Samples []Hit      `json:"samples" nullable:"false"`
}

// PreviewRequest asks for a preview.
type PreviewRequest struct {
	Query string `json:"query" minLength:"1" maxLength:"1100000"`
}

// MonitorList is the monitors of a workspace, by name.
type MonitorList struct {
	Monitors []Monitor `json:"monitors" nullable:"false"`
}

// VersionList is the versions of a monitor, the newest first.
type VersionList struct {
	Versions []MonitorVersion `json:"versions" nullable:"false"`
}

// Monitors lists the monitors.
func (c *Client) Monitors(ctx context.Context) ([]Monitor, error) {
	var list MonitorList
	err := c.call(ctx, http.MethodGet, "/monitors", nil, &list)
	return list.Monitors, err
}

// Monitor gives one monitor.
func (c *Client) Monitor(ctx context.Context, id int64) (Monitor, error) {
	var m Monitor
	err := c.call(ctx, http.MethodGet, path("/monitors", id), nil, &m)
	return m, err
}

// AddMonitor saves a query; it listens at once and fills from the archive.
func (c *Client) AddMonitor(ctx context.Context, d MonitorDraft) (Monitor, error) {
	var m Monitor
	err := c.call(ctx, http.MethodPost, "/monitors", d, &m)
	return m, err
}

// ChangeMonitor renames a monitor or gives it another query.
func (c *Client) ChangeMonitor(ctx context.Context, id int64, change MonitorChange) (Monitor, error) {
	var m Monitor
	err := c.call(ctx, http.MethodPatch, path("/monitors", id), change, &m)
	return m, err
}

// PauseMonitor lets a monitor sleep; its mentions stay.
func (c *Client) PauseMonitor(ctx context.Context, id int64) (Monitor, error) {
	var m Monitor
	err := c.call(ctx, http.MethodPost, path("/monitors", id)+"/pause", nil, &m)
	return m, err
}

// ResumeMonitor wakes it again.
func (c *Client) ResumeMonitor(ctx context.Context, id int64) (Monitor, error) {
	var m Monitor
	err := c.call(ctx, http.MethodPost, path("/monitors", id)+"/resume", nil, &m)
	return m, err
}

// RemoveMonitor takes a monitor away; it can be restored for 30 days. Posts stay
// in the archive.
func (c *Client) RemoveMonitor(ctx context.Context, id int64) error {
	return c.call(ctx, http.MethodDelete, path("/monitors", id), nil, nil)
}

// RemovedMonitors lists the monitors that can be restored.
func (c *Client) RemovedMonitors(ctx context.Context) ([]Monitor, error) {
	var list MonitorList
	err := c.call(ctx, http.MethodGet, "/removed-monitors", nil, &list)
	return list.Monitors, err
}

// RestoreMonitor brings a removed monitor back, with its mentions.
func (c *Client) RestoreMonitor(ctx context.Context, id int64) (Monitor, error) {
	var m Monitor
	err := c.call(ctx, http.MethodPost, path("/monitors", id)+"/restore", nil, &m)
	return m, err
}

// MentionCount says what of a monitor's mentions is counted. The zero value
// asks for one total.
type MentionCount struct {
	From, To time.Time // in whole hours; zero: no bound
	Interval string    // hour, day, week or month
	By       string    // network, lang, sentiment, intent or kind
}

// MentionCounts is how many mentions there are, exactly as of row Upto of the
// log.
type MentionCounts struct {
	Total   int64           `json:"total"`
	Buckets []MentionBucket `json:"buckets,omitempty" doc:"Rising by time, then by value; empty ones are left out"`
	Upto    int64           `json:"upto" doc:"Row of the log that the numbers stand for"`
}

// MentionBucket is the mentions of an interval that have a value.
type MentionBucket struct {
	Start time.Time `json:"start,omitzero"`
	Value string    `json:"value,omitempty"`
	Count int64     `json:"count"`
}

// CountMentions counts a monitor's mentions from roll-ups: a long history costs
// no more than a short one.
func (c *Client) CountMentions(ctx context.Context, id int64, count MentionCount) (MentionCounts, error) {
	ask := url.Values{}
	for name, value := range map[string]string{"interval": count.Interval, "by": count.By, "from": stamp(count.From), "to": stamp(count.To)} {
		if value != "" {
			ask.Set(name, value)
		}
	}
	var counts MentionCounts
	err := c.call(ctx, http.MethodGet, path("/monitors", id)+"/count?"+ask.Encode(), nil, &counts)
	return counts, err
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

// MonitorVersions gives how a monitor stood before, the newest first.
func (c *Client) MonitorVersions(ctx context.Context, id int64) ([]MonitorVersion, error) {
	var list VersionList
	err := c.call(ctx, http.MethodGet, path("/monitors", id)+"/versions", nil, &list)
	return list.Versions, err
}

// PreviewMonitor says what a query would have caught lately.
func (c *Client) PreviewMonitor(ctx context.Context, query string) (Preview, error) {
	var p Preview
	err := c.call(ctx, http.MethodPost, "/monitors/preview", PreviewRequest{Query: query}, &p)
	return p, err
}

// Mentions gives a page of what a monitor caught, newest first.
func (c *Client) Mentions(ctx context.Context, id int64, limit int, cursor string) (Page, error) {
	ask := url.Values{}
	if limit > 0 {
		ask.Set("limit", strconv.Itoa(limit))
	}
	if cursor != "" {
		ask.Set("cursor", cursor)
	}
	var page Page
	err := c.call(ctx, http.MethodGet, path("/monitors", id)+"/mentions?"+ask.Encode(), nil, &page)
	return page, err
}

func path(collection string, id int64) string {
	return collection + "/" + strconv.FormatInt(id, 10)
}

// TemplateList is queries to begin with.
type TemplateList struct {
	Industries []Industry `json:"industries" nullable:"false"`
}

// Industry is a kind of house and the monitors that it usually begins with.
type Industry struct {
	Title     string     `json:"title"`
	Templates []Template `json:"templates" nullable:"false"`
}

// Template is a query to begin with; names in it like “your brand” stand for the
// house's own.
type Template struct {
	Name  string `json:"name"`
	Query string `json:"query"`
}

// MonitorTemplates gives queries to begin with, named in a language: en, de, fi
// or zh.
func (c *Client) MonitorTemplates(ctx context.Context, lang string) (TemplateList, error) {
	var list TemplateList
	err := c.call(ctx, http.MethodGet, "/monitor-templates?lang="+url.QueryEscape(lang), nil, &list)
	return list, err
}
