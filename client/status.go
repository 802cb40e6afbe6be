package client

import (
	"context"
	"net/http"
	"time"
)

// Status is how a server is doing.
type Status struct {
	Version     string     `json:"version"`
	Now         time.Time  `json:"now" doc:"The server's clock"`
	Started     time.Time  `json:"started"`
	State       string     `json:"state" enum:"starting,running,stopping"`
	Posts       int64      `json:"posts" doc:"Posts kept, each once"`
	Mentions    int64      `json:"mentions"`
	Rows        int64      `json:"rows" doc:"The last row of the archive's log"`
	Counted     int64      `json:"counted" doc:"The row that posts and mentions are counted up to"`
	Rate        Rate       `json:"rate"`
	Storage     Storage    `json:"storage"`
	Window      *Window    `json:"window,omitempty" doc:"The replay window; missing: there is none"`
	Sources     []Source   `json:"sources" nullable:"false"`
	Monitors    []Monitor  `json:"monitors" nullable:"false" doc:"Those with most mentions, the most first, at most 100"`
	MonitorsAll int64      `json:"monitors_all" doc:"How many monitors there are"`
	DeadLetters int64      `json:"dead_letters"`
	Consumers   []Consumer `json:"consumers" nullable:"false" doc:"All that follow the log, and how far behind it they are; of all workspaces"`
	Backup      time.Time  `json:"backup,omitzero" doc:"When the last good backup of a schedule was made; missing: none yet"`
	Trouble     []string   `json:"trouble,omitempty" doc:"What needs a person, most urgent first"`
}

// Consumer is one that follows the log.
type Consumer struct {
	Name          string   `json:"name" enum:"monitor,alerts,tag-rules,copies,bots,topics" doc:"monitor: what writes mentions and counts"`
	At            int64    `json:"at" doc:"The last row that it took in"`
	Behind        int64    `json:"behind" doc:"Rows that it has not taken in yet"`
	BehindSeconds *float64 `json:"behind_seconds,omitempty" doc:"Since the first of these rows arrived; missing: not known"`
}

// Rate is how much was read and kept in the last minute.
type Rate struct {
	Read   float64 `json:"read" doc:"Events a second"`
	Stored float64 `json:"stored" doc:"Posts a second"`
}

// Storage is the room on disk.
type Storage struct {
	Directory string `json:"directory,omitempty"`
	Used      int64  `json:"used" doc:"Bytes of the databases"`
	Free      int64  `json:"free" doc:"Bytes left on the disk; -1: not known"`
}

// Window is the replay window: every post that was read lately.
type Window struct {
	Hours   float64     `json:"hours" doc:"How far back it may go"`
	Limit   int64       `json:"limit" doc:"Bytes it may take"`
	From    time.Time   `json:"from,omitzero" doc:"When its oldest post was read"`
	To      time.Time   `json:"to,omitzero" doc:"When its newest post was read"`
	Posts   int64       `json:"posts"`
	Bytes   int64       `json:"bytes" doc:"On the disk"`
	Damaged int64       `json:"damaged,omitempty" doc:"Blocks that cannot be read, noticed since the start"`
	Gaps    []WindowGap `json:"gaps,omitempty" doc:"The newest first"`
	Trouble string      `json:"trouble,omitempty" doc:"Why nothing is kept at the moment"`
}

// WindowGap is a stretch of which the window may lack posts.
type WindowGap struct {
	From   time.Time `json:"from"`
	To     time.Time `json:"to"`
	Reason string    `json:"reason"`
}

// Pong is the answer to Ping.
type Pong struct {
	Version string `json:"version"`
	State   string `json:"state"`
}

// Ping asks whether the server is there and the key is right.
func (c *Client) Ping(ctx context.Context) error {
	var pong Pong
	return c.call(ctx, http.MethodGet, "/ping", nil, &pong)
}

// Status asks how the server is doing.
func (c *Client) Status(ctx context.Context) (Status, error) {
	var s Status
	err := c.call(ctx, http.MethodGet, "/status", nil, &s)
	return s, err
}
