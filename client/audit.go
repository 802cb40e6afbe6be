package client

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"time"
)

// AuditLine is one line of the audit log: who did what to what.
type AuditLine struct {
	ID      int64           `json:"id"`
	At      time.Time       `json:"at"`
	Kind    string          `json:"kind" doc:"Of the actor: local, user or key"`
	User    int64           `json:"user,omitempty"`
	Actor   string          `json:"actor"`
	Verb    string          `json:"verb" doc:"Such as monitor.change"`
	Object  string          `json:"object" doc:"Such as monitor/12"`
	Was     json.RawMessage `json:"was,omitempty"`
	Now     json.RawMessage `json:"now,omitempty"`
	Address string          `json:"address,omitempty"`
	Chain   string          `json:"chain" doc:"SHA-256 over the line and the chain of the line before it, hexadecimal"`

	Name     string `json:"name,omitempty" doc:"Of the object, when the line was written"`
	NameNow  string `json:"name_now,omitempty" doc:"The object's last name"`
	Gone     bool   `json:"gone,omitempty" doc:"The object was removed"`
	ActorNow string `json:"actor_now,omitempty" doc:"How the user who did it is called now"`
}

// AuditPage is a page of the audit log, the newest line first.
type AuditPage struct {
	Lines []AuditLine `json:"lines" nullable:"false"`
	Next  int64       `json:"next,omitempty" doc:"Give it as before to get the page that follows"`
}

// AuditSearch says which lines are meant; zero values mean any.
type AuditSearch struct {
	User     int64 // the number of a user, whatever they are called
	Actor    string
	Verb     string // monitor.change, or monitor. for all of them
	Object   string // monitor/12, or monitor
	From, To time.Time
	Before   int64
	Limit    int // 0: 50; at most 1,000
}

// AuditLog gives a page of what was done in the workspace.
func (c *Client) AuditLog(ctx context.Context, s AuditSearch) (p AuditPage, err error) {
	err = c.call(ctx, http.MethodGet, "/audit?"+s.query(), nil, &p)
	return p, err
}

// ExportAudit writes all lines that are meant, as ndjson or csv.
func (c *Client) ExportAudit(ctx context.Context, s AuditSearch, format string, w io.Writer) error {
	answer, err := c.send(ctx, http.MethodPost, "/audit/export?format="+format+"&"+s.query(), nil, "")
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if _, err := io.Copy(w, answer.Body); err != nil {
		return c.broken(ctx, err)
	}
	return nil
}

// AuditCheck is what was found when the whole log was read.
type AuditCheck struct {
	Lines int64  `json:"lines"`
	Wrong int64  `json:"wrong,omitempty" doc:"The first line that is altered or missing"`
	What  string `json:"what,omitempty"`
	Head  string `json:"head" doc:"The chain of the last line; note it elsewhere, and compare it later"`
}

// VerifyAudit reads the whole log and finds what was altered or is missing.
func (c *Client) VerifyAudit(ctx context.Context) (r AuditCheck, err error) {
	err = c.call(ctx, http.MethodGet, "/audit/verify", nil, &r)
	return r, err
}

// AuditChoices is whom and what one may ask the log for.
type AuditChoices struct {
	People  []AuditPerson `json:"people" nullable:"false"`
	Objects []AuditObject `json:"objects" nullable:"false"`
}

// AuditPerson is somebody who did something.
type AuditPerson struct {
	Kind string `json:"kind"`
	User int64  `json:"user,omitempty"`
	Name string `json:"name"`
}

// AuditObject is something that something was done to.
type AuditObject struct {
	Object string `json:"object" doc:"Give it as object"`
	Name   string `json:"name"`
	Gone   bool   `json:"gone,omitempty"`
}

// AuditChoices gives whom and what the last lines of the log are about. Kind "" is
// things of every kind.
func (c *Client) AuditChoices(ctx context.Context, kind string) (r AuditChoices, err error) {
	err = c.call(ctx, http.MethodGet, "/audit/choices?"+url.Values{"kind": {kind}}.Encode(), nil, &r)
	return r, err
}
