package client

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Cluster is posts that tell the same text; hidden posts do not count.
type Cluster struct {
	Posts  int64     `json:"posts"`
	Texts  int64     `json:"texts" doc:"Ways in which it is worded"`
	People int64     `json:"people" doc:"Known authors"`
	First  time.Time `json:"first"`
	Last   time.Time `json:"last"`
	Poster int64     `json:"poster" doc:"Seq of the post that told it first"`
}

// Copies is a cluster and its first posts.
type Copies struct {
	Cluster
	List []Hit `json:"list" nullable:"false" doc:"The first first"`
	More bool  `json:"more,omitempty" doc:"There are more than these"`
}

// Copies gives the posts that tell the same text as one, at most limit (0: 50) of at
// most 200.
func (c *Client) Copies(ctx context.Context, network, id string, limit int) (Copies, error) {
	var found Copies
	ask := url.Values{"network": {network}, "id": {id}, "limit": {strconv.Itoa(limit)}}
	err := c.call(ctx, http.MethodGet, "/post/copies?"+ask.Encode(), nil, &found)
	return found, err
}

// CollapsedRequest asks for a stream that shows each text, or person, once.
type CollapsedRequest struct {
	SearchRequest
	Show string `json:"show" enum:"posts,texts,people" doc:"What is shown once"`
}

// CollapsedPage is a page of such a stream.
type CollapsedPage struct {
	Posts   []CollapsedHit `json:"posts" nullable:"false"`
	Left    int            `json:"left" doc:"Posts that were left out, because another stands for them"`
	Next    string         `json:"next,omitempty" doc:"Cursor of the page that follows; it remembers what was shown"`
	Partial bool           `json:"partial,omitempty" doc:"Time ran out before the page was full; next goes on from there"`
}

// CollapsedHit is a post and the cluster that it stands for.
type CollapsedHit struct {
	Hit
	Copies *Cluster `json:"copies,omitempty" doc:"Missing where nobody copied it"`
}

// Collapsed searches what is kept and shows each text, or person, once.
func (c *Client) Collapsed(ctx context.Context, r CollapsedRequest) (CollapsedPage, error) {
	var page CollapsedPage
	err := c.call(ctx, http.MethodPost, "/posts/collapsed", r, &page)
	return page, err
}

// Distinct is how many different things some posts are.
type Distinct struct {
	Posts  int64 `json:"posts" doc:"That were looked at, the newest; at most 10,000"`
	Texts  int64 `json:"texts"`
	People int64 `json:"people"`
	All    bool  `json:"all" doc:"There are no other posts"`
}

// Distinct counts posts, distinct texts and distinct people.
func (c *Client) Distinct(ctx context.Context, s Search) (Distinct, error) {
	var d Distinct
	err := c.call(ctx, http.MethodPost, "/posts/distinct", s, &d)
	return d, err
}

// CampaignsRequest says where campaigns are looked for.
type CampaignsRequest struct {
	Monitor int64     `json:"monitor,omitempty" minimum:"0" doc:"0: everything that is kept"`
	From    time.Time `json:"from,omitzero" doc:"Published at or after; empty: 30 days before to"`
	To      time.Time `json:"to,omitzero" doc:"Published before; empty: now"`
}

// Campaigns is who passes what on, and whether in step.
type Campaigns struct {
	From      time.Time  `json:"from"`
	To        time.Time  `json:"to"`
	Made      time.Time  `json:"made" doc:"When it was worked out; at most five minutes ago"`
	Posts     int        `json:"posts" doc:"That were looked at, the newest; at most 10,000"`
	All       bool       `json:"all" doc:"There are no others"`
	People    int        `json:"people" doc:"Who wrote them"`
	Weight    int        `json:"weight" doc:"How often two accounts must share in step to be a pair; 0: no number tells them from chance"`
	Pairs     int        `json:"pairs" doc:"Pairs of accounts that do"`
	Expected  float64    `json:"expected" doc:"How many of these chance makes: the mean of 200 shuffles"`
	Campaigns []Campaign `json:"campaigns" nullable:"false" doc:"Coordinated ones first, the largest first; at most 50"`
}

// Campaign is posts that pass something on.
type Campaign struct {
	ID          string            `json:"id"`
	Coordinated bool              `json:"coordinated" doc:"Accounts acted in step more often than chance explains; it does not say why"`
	Pairs       int               `json:"pairs" doc:"Pairs of accounts in step"`
	Posts       int               `json:"posts"`
	Texts       int               `json:"texts"`
	Network     string            `json:"network" doc:"Of the first post"`
	Post        string            `json:"post" doc:"Id of the first post"`
	Title       string            `json:"title" doc:"How it begins"`
	Poster      string            `json:"poster" doc:"Who told it first"`
	From        time.Time         `json:"from"`
	To          time.Time         `json:"to"`
	Links       []string          `json:"links" nullable:"false" doc:"Where its posts lead, the most frequent first"`
	Accounts    []CampaignAccount `json:"accounts" nullable:"false" doc:"The busiest first"`
	Muted       bool              `json:"muted,omitempty"`
}

// CampaignAccount is somebody who takes part.
type CampaignAccount struct {
	Network string    `json:"network" minLength:"1" maxLength:"32"`
	Author  string    `json:"author" minLength:"1" maxLength:"512" doc:"Id on the network, or @ and a handle"`
	Label   string    `json:"label,omitempty" readOnly:"true"`
	Posts   int       `json:"posts,omitempty" readOnly:"true" doc:"In the campaign"`
	All     int       `json:"all,omitempty" readOnly:"true" doc:"In all posts that were looked at"`
	Share   float64   `json:"share,omitempty" readOnly:"true" doc:"Of all, how many are in the campaign"`
	First   time.Time `json:"first,omitzero" readOnly:"true"`
	InStep  bool      `json:"in_step,omitempty" readOnly:"true" doc:"With others; of a coordinated campaign not all need be"`
}

// Campaigns looks for texts that many pass on, and for accounts that do so in step.
func (c *Client) Campaigns(ctx context.Context, r CampaignsRequest) (Campaigns, error) {
	var found Campaigns
	err := c.call(ctx, http.MethodPost, "/campaigns", r, &found)
	return found, err
}

// MuteCampaign takes a campaign to the end of lists, or back.
func (c *Client) MuteCampaign(ctx context.Context, id string, mute bool) error {
	return c.call(ctx, http.MethodPost, "/campaigns/mute", CampaignMute{id, mute}, nil)
}

// CampaignMute says whether a campaign is muted.
type CampaignMute struct {
	Campaign string `json:"campaign" doc:"Its id"`
	Mute     bool   `json:"mute"`
}

// OwnAccounts says whose accounts may act in step.
type OwnAccounts struct {
	Accounts []CampaignAccount `json:"accounts" nullable:"false" maxItems:"500"`
	Not      bool              `json:"not,omitempty" doc:"They are none of ours after all"`
}

// OwnAccounts says that accounts are ours or our ambassadors', which are part of no
// campaign.
func (c *Client) OwnAccounts(ctx context.Context, o OwnAccounts) error {
	return c.call(ctx, http.MethodPost, "/campaigns/own", o, nil)
}
