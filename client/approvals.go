package client

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Approval is a request of one person that another approves or refuses.
type Approval struct {
	ID        int64           `json:"id"`
	Area      string          `json:"area" doc:"exports, erasure, roles, sources, channels or four-eyes"`
	Verb      string          `json:"verb" doc:"As in the audit log"`
	Object    string          `json:"object" doc:"Such as user/4; without a number it is to be made"`
	Was       json.RawMessage `json:"was,omitempty"`
	Now       json.RawMessage `json:"now,omitempty"`
	Why       string          `json:"why,omitempty" doc:"As whoever asks says"`
	Kind      string          `json:"kind" enum:"local,user,key" doc:"Of whoever asks"`
	User      int64           `json:"user,omitempty"`
	Actor     string          `json:"actor" doc:"Who asks, by name"`
	Asked     time.Time       `json:"asked"`
	Expires   time.Time       `json:"expires" doc:"Until when it waits; once approved, until when it may be done"`
	State     string          `json:"state" enum:"waiting,approved,refused,withdrawn,void,done,expired"`
	DecidedBy int64           `json:"decided_by,omitempty"`
	Decider   string          `json:"decider,omitempty"`
	Note      string          `json:"note,omitempty" doc:"What whoever decided said"`
	Decided   time.Time       `json:"decided,omitzero"`
	Ended     time.Time       `json:"ended,omitzero"`
	Own       bool            `json:"own" doc:"You asked for it"`
	MayDecide bool            `json:"may_decide" doc:"You may approve or refuse it now"`
}

// ApprovalPage is requests, the newest first.
type ApprovalPage struct {
	Approvals []Approval `json:"approvals" nullable:"false"`
	Next      int64      `json:"next,omitempty" doc:"before of the next page; missing: there are no more"`
	Waiting   int64      `json:"waiting" doc:"Requests of others that wait for somebody with your rights"`
}

// ApprovalSearch says which requests are meant.
type ApprovalSearch struct {
	Open   bool // those only of which something may still become
	Before int64
	Limit  int
}

// ApprovalNote is what somebody says when they decide, or why they ask.
type ApprovalNote struct {
	Note string `json:"note,omitempty" maxLength:"4000"`
}

// FourEyes is what a workspace wants done with four eyes only.
type FourEyes struct {
	Areas   []string  `json:"areas" nullable:"false" doc:"Of exports, erasure, roles, sources and channels; none: it is off"`
	Version int64     `json:"version"`
	Changed time.Time `json:"changed,omitzero"`
	Owners  int64     `json:"owners" doc:"Who may come in; it takes two"`
}

// FourEyesChange is what is to take four eyes, and the version that it follows.
type FourEyesChange struct {
	Version int64    `json:"version" minimum:"0"`
	Areas   []string `json:"areas" maxItems:"10" nullable:"false"`
}

// Because is the client giving a reason with all it does: of what takes four eyes,
// whoever decides reads it.
func (c *Client) Because(why string) *Client {
	with := *c
	with.why = why
	return &with
}

// FourEyes says what takes four eyes in the workspace.
func (c *Client) FourEyes(ctx context.Context) (out FourEyes, err error) {
	err = c.call(ctx, http.MethodGet, "/four-eyes", nil, &out)
	return out, err
}

// SetFourEyes says what takes four eyes, in the place of what did before.
func (c *Client) SetFourEyes(ctx context.Context, change FourEyesChange) (out FourEyes, err error) {
	err = c.call(ctx, http.MethodPut, "/four-eyes", change, &out)
	return out, err
}

// Approvals lists your requests, and those that you may decide.
func (c *Client) Approvals(ctx context.Context, s ApprovalSearch) (out ApprovalPage, err error) {
	q := url.Values{}
	if s.Open {
		q.Set("open", "true")
	}
	if s.Before > 0 {
		q.Set("before", strconv.FormatInt(s.Before, 10))
	}
	if s.Limit > 0 {
		q.Set("limit", strconv.Itoa(s.Limit))
	}
	err = c.call(ctx, http.MethodGet, "/approvals?"+q.Encode(), nil, &out)
	return out, err
}

// Approval gives one request.
func (c *Client) Approval(ctx context.Context, id int64) (out Approval, err error) {
	err = c.call(ctx, http.MethodGet, approvalPath(id), nil, &out)
	return out, err
}

// Approve lets whoever asked do it, once, within a day. It takes a session.
func (c *Client) Approve(ctx context.Context, id int64, note string) (out Approval, err error) {
	err = c.call(ctx, http.MethodPost, approvalPath(id)+"/approve", ApprovalNote{note}, &out)
	return out, err
}

// RefuseApproval ends a request of somebody else. It takes a session.
func (c *Client) RefuseApproval(ctx context.Context, id int64, note string) (out Approval, err error) {
	err = c.call(ctx, http.MethodPost, approvalPath(id)+"/refuse", ApprovalNote{note}, &out)
	return out, err
}

// WithdrawApproval ends a request of one's own.
func (c *Client) WithdrawApproval(ctx context.Context, id int64) (out Approval, err error) {
	err = c.call(ctx, http.MethodPost, approvalPath(id)+"/withdraw", nil, &out)
	return out, err
}

// ExplainApproval says why one asks, once.
func (c *Client) ExplainApproval(ctx context.Context, id int64, why string) (out Approval, err error) {
	err = c.call(ctx, http.MethodPost, approvalPath(id)+"/explain", ApprovalNote{why}, &out)
	return out, err
}

func approvalPath(id int64) string { return "/approvals/" + strconv.FormatInt(id, 10) }
