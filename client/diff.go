package client

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

// MonitorDiff is what another query does to a monitor: which stored posts it
// gains and loses.
type MonitorDiff struct {
	From         int64       `json:"from" doc:"The version compared with"`
	To           int64       `json:"to,omitempty" doc:"The version; missing: a query that is not saved"`
	FromQuery    string      `json:"from_query"`
	ToQuery      string      `json:"to_query"`
	Words        []DiffPiece `json:"words,omitempty" doc:"How the one query became the other"`
	Gained       int64       `json:"gained" doc:"Stored posts that only the new query selects"`
	Lost         int64       `json:"lost" doc:"Stored posts that only the old query selects"`
	Kept         int64       `json:"kept" doc:"Stored posts that both select"`
	Exact        bool        `json:"exact" doc:"False: counting took too long, they are at least so many"`
	GainedPosts  []Hit       `json:"gained_posts" nullable:"false" doc:"The newest"`
	LostPosts    []Hit       `json:"lost_posts" nullable:"false" doc:"The newest"`
	WindowGained int64       `json:"window_gained,omitempty" doc:"Posts of the replay window that it would bring in, judged by a sample"`
	Sampled      int64       `json:"sampled,omitempty" doc:"How many posts the sample had"`
	Made         time.Time   `json:"made" doc:"When this was worked out"`
}

// DiffPiece is a stretch of a changed query.
type DiffPiece struct {
	Kind string `json:"kind" enum:"same,deleted,inserted"`
	Text string `json:"text"`
}

// PreviewChange says what another query would gain and lose a monitor.
func (c *Client) PreviewChange(ctx context.Context, id int64, query string) (MonitorDiff, error) {
	var d MonitorDiff
	err := c.call(ctx, http.MethodPost, path("/monitors", id)+"/preview", PreviewRequest{Query: query}, &d)
	return d, err
}

// DiffMonitor says what a change gained and lost, between two versions: a zero to
// is the present one, a zero from the one before with another query.
func (c *Client) DiffMonitor(ctx context.Context, id, from, to int64) (MonitorDiff, error) {
	var d MonitorDiff
	err := c.call(ctx, http.MethodGet, path("/monitors", id)+fmt.Sprintf("/diff?from=%d&to=%d", from, to), nil, &d)
	return d, err
}
