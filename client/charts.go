package client

import (
	"context"
	"net/http"
	"time"
)

// SeriesRequest says what a chart over time shows.
type SeriesRequest struct {
	Monitors []int64   `json:"monitors,omitempty" maxItems:"200" doc:"A line for each; none: one line of all that is kept"`
	From     time.Time `json:"from,omitzero" doc:"Cut to a quarter of an hour; empty: where the posts begin"`
	To       time.Time `json:"to,omitzero" doc:"Likewise; empty: where they end"`
	Step     string    `json:"step,omitempty" enum:"quarter,hour,day,week,month" doc:"Empty: one point. Weeks begin on Monday"`
	Split    string    `json:"split,omitempty" enum:"network,lang,sentiment,intent,kind" doc:"A line for each of its values"`
	Top      int       `json:"top,omitempty" minimum:"0" maximum:"200" doc:"Of a split, the values with the most posts; the rest is one line; 0: 12"`
	Zone     string    `json:"zone,omitempty" maxLength:"64" doc:"Of days, weeks and months, like Europe/Helsinki; empty: UTC"`
	Query    string    `json:"query,omitempty" maxLength:"1100000" doc:"Count only what it selects"`
	Before   bool      `json:"before,omitempty" doc:"Count the same time just before, too"`
	Exact    bool      `json:"exact,omitempty" doc:"Look at every post, for as long as there is time, instead of judging many by a sample"`
}

// Series is the lines of a chart, all with the same points.
type Series struct {
	From   time.Time   `json:"from" doc:"As it was counted"`
	To     time.Time   `json:"to"`
	Starts []time.Time `json:"starts" nullable:"false" doc:"Of the points, in the zone asked for"`
	Lines  []Line      `json:"lines" nullable:"false" doc:"In the order asked for; of a split the most posts first"`
	Upto   int64       `json:"upto" doc:"Row of the log that the numbers stand for"`

	Exact     bool      `json:"exact" doc:"False: estimates, or where until is there, time ran out and what was published before it is missing"`
	FromPosts bool      `json:"from_posts,omitempty" doc:"The query asks for more than roll-ups know, so posts were counted"`
	Until     time.Time `json:"until,omitzero"`
	Looked    int64     `json:"looked,omitempty" doc:"Where counted from posts: how many were looked at"`
	Of        int64     `json:"of,omitempty" doc:"of how many"`
}

// Line is the posts of one monitor, or of one value of a split, over time.
type Line struct {
	Monitor int64   `json:"monitor,omitempty" doc:"Missing: all that is kept"`
	Value   string  `json:"value,omitempty" doc:"Of the split; missing: not known, or no intent"`
	Rest    bool    `json:"rest,omitempty" doc:"All values that are not among the top"`
	Points  []int64 `json:"points" nullable:"false"`
	Total   int64   `json:"total"`
	Before  int64   `json:"before,omitempty" doc:"In the same time just before"`
	Low     int64   `json:"low" doc:"Of an estimate: the true total lies between low and high nineteen times out of twenty; else both are the total"`
	High    int64   `json:"high"`
	Query   string  `json:"query,omitempty" doc:"Selects the line's posts among those of its monitor; missing: all of them"`
}

// Series counts posts over time for a chart.
func (c *Client) Series(ctx context.Context, r SeriesRequest) (Series, error) {
	var s Series
	err := c.call(ctx, http.MethodPost, "/charts/series", r, &s)
	return s, err
}

// TopsRequest says whose tops are wanted.
type TopsRequest struct {
	Monitor int64     `json:"monitor,omitempty" minimum:"0" doc:"Missing: all that is kept"`
	From    time.Time `json:"from,omitzero" doc:"Published at or after; empty: no bound"`
	To      time.Time `json:"to,omitzero" doc:"Published before"`
	Limit   int       `json:"limit,omitempty" minimum:"0" maximum:"100" doc:"Of each list; 0: 10"`
}

// Tops is who and what posts name most.
type Tops struct {
	From     time.Time `json:"from,omitzero" doc:"As it was counted"`
	To       time.Time `json:"to,omitzero"`
	Authors  []Top     `json:"authors" nullable:"false"`
	Hashtags []Top     `json:"hashtags" nullable:"false"`
	Hosts    []Top     `json:"hosts" nullable:"false" doc:"Of links"`
	Links    []Top     `json:"links" nullable:"false" doc:"Of a monitor only"`
	Upto     int64     `json:"upto" doc:"Row of the log that the numbers stand for"`
	People   int64     `json:"people" doc:"Different authors; -1: not counted"`
	Others   int64     `json:"others,omitempty" doc:"Where missing, all numbers are exact; else each may be up to so many too low"`
}

// Top is one name and the posts that have it.
type Top struct {
	Network string `json:"network,omitempty" doc:"Of an author"`
	Value   string `json:"value" doc:"As the query language compares it; of an author the id"`
	Label   string `json:"label"`
	Posts   int64  `json:"posts"`
	Query   string `json:"query" doc:"Finds these posts among those of the monitor and the time"`
	Exact   bool   `json:"exact" doc:"It finds no others; else also posts of addresses below, or of people of the same name"`
}

// Tops gives the most frequent authors, hashtags, hosts and links.
func (c *Client) Tops(ctx context.Context, r TopsRequest) (Tops, error) {
	var t Tops
	err := c.call(ctx, http.MethodPost, "/charts/tops", r, &t)
	return t, err
}

// AudienceRequest says whose audience is wanted.
type AudienceRequest struct {
	Monitor int64     `json:"monitor" minimum:"1"`
	From    time.Time `json:"from,omitzero" doc:"Published at or after; empty: no bound"`
	To      time.Time `json:"to,omitzero" doc:"Published before"`
	Zone    string    `json:"zone,omitempty" maxLength:"64" doc:"Of hours and days, like Europe/Helsinki; empty: UTC"`
}

// Audience is what is known of the authors of a monitor's posts together.
type Audience struct {
	From      time.Time    `json:"from,omitzero" doc:"As it was counted"`
	To        time.Time    `json:"to,omitzero"`
	TooFew    bool         `json:"too_few,omitempty" doc:"Fewer than ten people wrote; nothing else is said"`
	People    int64        `json:"people" doc:"Different authors"`
	Posts     int64        `json:"posts"`
	Upto      int64        `json:"upto" doc:"Row of the log that the numbers stand for"`
	Hours     [7][24]int64 `json:"hours" doc:"Posts by day of the week, from Monday, and hour"`
	Languages []Share      `json:"languages" nullable:"false"`
	Networks  []Share      `json:"networks" nullable:"false"`
	Hashtags  []Top        `json:"hashtags" nullable:"false" doc:"What else they talk about"`
	Hosts     []Top        `json:"hosts" nullable:"false" doc:"What they link to"`
	Held      int          `json:"held,omitempty" doc:"Values held back, because fewer than ten people are behind them among the newest posts"`
	Looked    int64        `json:"looked,omitempty" doc:"How many of the newest posts that was judged by"`
}

// Share is a part of an audience's posts.
type Share struct {
	Value string `json:"value,omitempty" doc:"Missing: not known"`
	Posts int64  `json:"posts"`
	Query string `json:"query,omitempty" doc:"Finds these posts among those of the monitor and the time"`
}

// Audience says when, where, in which languages and about what else the authors
// of a monitor's posts write.
func (c *Client) Audience(ctx context.Context, r AudienceRequest) (Audience, error) {
	var a Audience
	err := c.call(ctx, http.MethodPost, "/charts/audience", r, &a)
	return a, err
}
