package client

import (
	"context"
	"net/http"
	"time"
)

// Host is a host that sources speak with: whether it works, and which limits
// it sets.
type Host struct {
	Name    string    `json:"name" doc:"Host and port"`
	Breaker string    `json:"breaker" doc:"closed, or open and half-open: it failed again and again and is left alone for a while"`
	Reason  string    `json:"reason,omitempty" doc:"Why it failed last"`
	RetryAt time.Time `json:"retry_at,omitzero" doc:"When it is tried again"`
	Running int64     `json:"running" doc:"Calls at this moment"`
	Calls   int64     `json:"calls" doc:"Since the start, those tried again included"`
	Failed  int64     `json:"failed"`
	Limited int64     `json:"limited" doc:"Answered by: too many requests"`
	Retries int64     `json:"retries"`
	Refused int64     `json:"refused" doc:"Not made because the breaker was open"`
	Limits  []Limit   `json:"limits" nullable:"false"`
}

// Limit is a limit that a host sets a source. Limit, Remaining and Reset are
// there while the host's word counts.
type Limit struct {
	Source    int64     `json:"source"`
	Name      string    `json:"name,omitempty" doc:"How the host tells it from others"`
	Limit     *float64  `json:"limit,omitempty"`
	Remaining *float64  `json:"remaining,omitempty"`
	Reset     time.Time `json:"reset,omitzero"`
	Blocked   time.Time `json:"blocked,omitzero" doc:"No call before this"`
	Waiting   int64     `json:"waiting" doc:"Calls that wait for their turn now"`
	Waits     int64     `json:"waits" doc:"Calls that had to wait since the start"`
	Waited    float64   `json:"waited" doc:"Seconds in all"`
}

// HostList is the hosts that the sources of a workspace speak with.
type HostList struct {
	Hosts []Host `json:"hosts" nullable:"false"`
}

// Hosts lists the hosts that sources spoke with since the server started, and
// their limits.
func (c *Client) Hosts(ctx context.Context) ([]Host, error) {
	var list HostList
	err := c.call(ctx, http.MethodGet, "/hosts", nil, &list)
	return list.Hosts, err
}
