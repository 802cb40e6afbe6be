package client

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// TopicSearch says of which posts topics are wanted.
type TopicSearch struct {
	Monitor int64     `json:"monitor" minimum:"1"`
	From    time.Time `json:"from,omitzero" doc:"Published at or after; empty: seven days before to"`
	To      time.Time `json:"to,omitzero" doc:"Published before; empty: now"`
	Muted   bool      `json:"muted,omitempty" doc:"Those that are muted, instead of the others"`
	Limit   int       `json:"limit,omitempty" minimum:"0" maximum:"100" doc:"0: 20"`
}

// TopicPhrase is what the posts of a topic say and others do not.
type TopicPhrase struct {
	Text   string  `json:"text"`
	Posts  int     `json:"posts" doc:"That have it, of those that were read to find the label"`
	People int     `json:"people" doc:"Who use it; 50: or more"`
	Z      float64 `json:"z" doc:"By how many deviations more often than in other posts"`
}

// Topic is what some posts of a monitor are about.
type Topic struct {
	ID           int64         `json:"id"`
	Version      int64         `json:"version" doc:"Rises with each change; a change names the version it saw"`
	Name         string        `json:"name" doc:"What it is called"`
	Label        string        `json:"label" doc:"What it is called where nobody gave it a name: its phrases"`
	Named        bool          `json:"named" doc:"Somebody gave it a name"`
	Muted        bool          `json:"muted"`
	Lang         string        `json:"lang" doc:"Of most posts"`
	Phrases      []TopicPhrase `json:"phrases" nullable:"false"`
	First        time.Time     `json:"first" doc:"Of the earliest post"`
	People       int64         `json:"people" doc:"Different authors in the time"`
	PeopleBefore int64         `json:"people_before" doc:"And in the time before, as long"`
	Posts        int64         `json:"posts"`
	PostsBefore  int64         `json:"posts_before"`
	Known        int64         `json:"known" doc:"Posts whose sentiment is known"`
	Negative     int64         `json:"negative"`
	Low          float64       `json:"low" doc:"95 % interval of the share of negative posts"`
	High         float64       `json:"high"`
	Score        float64       `json:"score" doc:"−log10 of how improbable so many people a day are after those before"`
	Rising       bool          `json:"rising"`
	New          bool          `json:"new" doc:"Nobody spoke of it before"`
	Samples      []Hit         `json:"samples" nullable:"false" doc:"Posts that say what it is about"`
}

// TopicRanking is the topics that most people speak of.
type TopicRanking struct {
	From        time.Time `json:"from"`
	To          time.Time `json:"to"`
	Topics      []Topic   `json:"topics" nullable:"false"`
	Posts       int64     `json:"posts" doc:"Mentions that belong to a topic"`
	Of          int64     `json:"of" doc:"of how many"`
	PostsBefore int64     `json:"posts_before" doc:"Mentions in the time before"`
	Whole       bool      `json:"whole" doc:"False: there are more than 50,000 mentions, the newest were counted"`
	Muted       int       `json:"muted" doc:"Topics that are muted"`
	Behind      int64     `json:"behind" doc:"Rows of the log that are not sorted yet"`
}

// TopicPoint is a moment of a topic's trend.
type TopicPoint struct {
	Start    time.Time `json:"start"`
	People   int64     `json:"people"`
	Posts    int64     `json:"posts"`
	Negative int64     `json:"negative"`
}

// TopicPart is a topic that was merged into another.
type TopicPart struct {
	ID    int64  `json:"id"`
	Name  string `json:"name"`
	Posts int64  `json:"posts" doc:"All that are stored"`
}

// TopicDetail is one topic in full.
type TopicDetail struct {
	From   time.Time    `json:"from"`
	To     time.Time    `json:"to"`
	Topic  Topic        `json:"topic"`
	Points []TopicPoint `json:"points" nullable:"false"`
	Width  int64        `json:"width" doc:"Seconds from point to point"`
	Parts  []TopicPart  `json:"parts" nullable:"false"`
	Drift  float64      `json:"drift" doc:"How far the posts of a topic with a name have moved on since it got it, 0 to 1"`
	Whole  bool         `json:"whole"`
}

// TopicPage is some posts of a topic, the newest first.
type TopicPage struct {
	Posts []Hit  `json:"posts" nullable:"false"`
	Next  string `json:"next,omitempty" doc:"Cursor of the next page; may lead to a short or an empty one"`
}

// SaidPhrase is a phrase that is used more or less than before.
type SaidPhrase struct {
	Text   string  `json:"text"`
	Lang   string  `json:"lang"`
	Posts  int64   `json:"posts"`
	Before int64   `json:"before"`
	People int64   `json:"people" doc:"Who use it where it is used more; 50: or more"`
	Z      float64 `json:"z" doc:"The difference in deviations"`
	Query  string  `json:"query" doc:"Finds the posts"`
}

// Saying is what is said in one time against the time before.
type Saying struct {
	From        time.Time    `json:"from"`
	To          time.Time    `json:"to"`
	More        []SaidPhrase `json:"more" nullable:"false"`
	Less        []SaidPhrase `json:"less" nullable:"false"`
	Posts       int64        `json:"posts" doc:"That were read, the newest"`
	PostsBefore int64        `json:"posts_before"`
}

// TopicChange gives a topic a name or mutes it; what is left out stays.
type TopicChange struct {
	Version int64   `json:"version" minimum:"1"`
	Name    *string `json:"name,omitempty" maxLength:"200" doc:"Empty: what its posts say"`
	Muted   *bool   `json:"muted,omitempty"`
}

// TopicMerging makes topics part of another.
type TopicMerging struct {
	Parts []int64 `json:"parts" minItems:"1" maxItems:"50" nullable:"false"`
}

// TopicPieces are the topics that there are besides one that was split.
type TopicPieces struct {
	Topics []int64 `json:"topics" nullable:"false"`
}

// TopicName is what a topic is called: its name, or what its posts say.
type TopicName struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

// TopicNameList holds what topics are called, those with the most posts first.
type TopicNameList struct {
	Topics []TopicName `json:"topics" nullable:"false" doc:"At most 500; topics that are muted or part of another are left out"`
}

// TopicNames gives what topics are called, for topic: in searches.
func (c *Client) TopicNames(ctx context.Context) ([]TopicName, error) {
	var list TopicNameList
	err := c.call(ctx, http.MethodGet, "/topics", nil, &list)
	return list.Topics, err
}

// Topics ranks the topics of a monitor by how many people speak of them.
func (c *Client) Topics(ctx context.Context, s TopicSearch) (TopicRanking, error) {
	var r TopicRanking
	err := c.call(ctx, http.MethodPost, "/charts/topics", s, &r)
	return r, err
}

// Topic gives one topic. One that is part of another is that other one.
func (c *Client) Topic(ctx context.Context, id int64, s TopicSearch) (TopicDetail, error) {
	var d TopicDetail
	err := c.call(ctx, http.MethodGet, path("/topics", id)+s.values(""), nil, &d)
	return d, err
}

// TopicPosts gives the posts of a topic, a page at a time.
func (c *Client) TopicPosts(ctx context.Context, id int64, s TopicSearch, cursor string) (TopicPage, error) {
	var p TopicPage
	err := c.call(ctx, http.MethodGet, path("/topics", id)+"/posts"+s.values(cursor), nil, &p)
	return p, err
}

// Said compares what is said with the time before.
func (c *Client) Said(ctx context.Context, s TopicSearch) (Saying, error) {
	var said Saying
	err := c.call(ctx, http.MethodPost, "/charts/said", s, &said)
	return said, err
}

// ChangeTopic gives a topic a name or mutes it.
func (c *Client) ChangeTopic(ctx context.Context, id int64, change TopicChange) error {
	return c.call(ctx, http.MethodPatch, path("/topics", id), change, nil)
}

// MergeTopics makes topics part of another; SplitTopic of a part takes it out again.
func (c *Client) MergeTopics(ctx context.Context, into int64, parts []int64) error {
	return c.call(ctx, http.MethodPost, path("/topics", into)+"/merge", TopicMerging{parts}, nil)
}

// SplitTopic takes a topic apart.
func (c *Client) SplitTopic(ctx context.Context, id int64) ([]int64, error) {
	var pieces TopicPieces
	err := c.call(ctx, http.MethodPost, path("/topics", id)+"/split", nil, &pieces)
	return pieces.Topics, err
}

// values are the parameters of an address.
func (s *TopicSearch) values(cursor string) string {
	v := url.Values{"monitor": {strconv.FormatInt(s.Monitor, 10)}}
	for name, at := range map[string]time.Time{"from": s.From, "to": s.To} {
		if !at.IsZero() {
			v.Set(name, at.Format(time.RFC3339Nano))
		}
	}
	if s.Limit > 0 {
		v.Set("limit", strconv.Itoa(s.Limit))
	}
	if cursor != "" {
		v.Set("cursor", cursor)
	}
	return "?" + v.Encode()
}
