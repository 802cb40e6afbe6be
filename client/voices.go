package client

import (
	"context"
	"net/http"
	"net/url"
	"time"
)

// VoicesRequest says whose voices are wanted.
type VoicesRequest struct {
	Monitor int64     `json:"monitor" minimum:"1"`
	From    time.Time `json:"from,omitzero" doc:"Published at or after; empty: 90 days before to"`
	To      time.Time `json:"to,omitzero" doc:"Published before; empty: now"`
	Limit   int       `json:"limit,omitempty" minimum:"0" maximum:"60" doc:"0: 20"`
}

// Voices is who is listened to on the topic of a monitor.
type Voices struct {
	From         time.Time `json:"from"`
	To           time.Time `json:"to"`
	Made         time.Time `json:"made" doc:"When it was worked out; at most five minutes ago"`
	Posts        int64     `json:"posts" doc:"That were read, the newest"`
	Of           int64     `json:"of" doc:"of how many"`
	People       int       `json:"people" doc:"Who amplify or are amplified"`
	Interactions int       `json:"interactions" doc:"Replies, quotes, reposts and mentions among them"`
	Trusted      int       `json:"trusted" doc:"Of the people, those on the list of trusted ones; with none, the rank is the reach alone"`
	Voices       []Voice   `json:"voices" nullable:"false" doc:"The most influential first; nobody with fewer than five amplifiers"`
}

// Voice is somebody who is listened to.
type Voice struct {
	Network    string    `json:"network"`
	Author     string    `json:"author" doc:"Id on the network, or @ and a handle"`
	Label      string    `json:"label"`
	Followers  *int64    `json:"followers,omitempty" doc:"Shown, never counted"`
	Rank       float64   `json:"rank" doc:"Reach times trusted share against the median, at most the reach"`
	Low        float64   `json:"low" doc:"95 % bootstrap interval of the rank over the amplifiers"`
	High       float64   `json:"high"`
	Reach      float64   `json:"reach" doc:"Sum over the amplifiers of log2(1 + how much, how lately)"`
	Amplifiers int       `json:"amplifiers" doc:"Different people who answer, quote, repost or name"`
	TrustShare float64   `json:"trust_share" doc:"Of the reach, what comes from people whom trust reaches"`
	Relative   float64   `json:"relative" doc:"That, against the median of the sixty with the most reach"`
	Confirmed  bool      `json:"confirmed" doc:"False: not confirmed by trusted accounts"`
	HIndex     int       `json:"h_index" doc:"So many posts were each amplified by so many trusted people"`
	Constraint float64   `json:"constraint" doc:"Burt's; the smaller, the more the voice joins people who have nothing to do with each other"`
	Posts      int       `json:"posts" doc:"On the topic"`
	Positive   int       `json:"positive"`
	Negative   int       `json:"negative"`
	Earned     []Earning `json:"earned" nullable:"false" doc:"The posts that earned the rank"`
	Query      string    `json:"query" doc:"Finds the posts"`
}

// Earning is a post that was amplified.
type Earning struct {
	Seq        int64     `json:"seq"`
	Network    string    `json:"network"`
	ID         string    `json:"id"`
	Published  time.Time `json:"published"`
	Amplifiers int       `json:"amplifiers"`
}

// Voices ranks the people whom others answer, quote, repost and name.
func (c *Client) Voices(ctx context.Context, r VoicesRequest) (Voices, error) {
	var v Voices
	err := c.call(ctx, http.MethodPost, "/charts/voices", r, &v)
	return v, err
}

// TrustedPerson is somebody whom the workspace trusts; trust in the ranking of
// voices begins there.
type TrustedPerson struct {
	Network string    `json:"network" minLength:"1" maxLength:"32"`
	Author  string    `json:"author" minLength:"1" maxLength:"512" doc:"Id on the network, or @ and a handle"`
	Note    string    `json:"note,omitempty" maxLength:"500" doc:"Why, for people"`
	Added   time.Time `json:"added,omitzero" readOnly:"true"`
}

// TrustedList is the trusted people, by network and author.
type TrustedList struct {
	People []TrustedPerson `json:"people" nullable:"false"`
}

// TrustedPeople lists whom the workspace trusts.
func (c *Client) TrustedPeople(ctx context.Context) ([]TrustedPerson, error) {
	var list TrustedList
	err := c.call(ctx, http.MethodGet, "/trusted-people", nil, &list)
	return list.People, err
}

// Trust puts somebody on the list, or gives them another note.
func (c *Client) Trust(ctx context.Context, p TrustedPerson) (TrustedPerson, error) {
	var added TrustedPerson
	err := c.call(ctx, http.MethodPost, "/trusted-people", p, &added)
	return added, err
}

// Distrust takes somebody off the list.
func (c *Client) Distrust(ctx context.Context, network, author string) error {
	ask := url.Values{"network": {network}, "author": {author}}
	return c.call(ctx, http.MethodDelete, "/trusted-people?"+ask.Encode(), nil, nil)
}
