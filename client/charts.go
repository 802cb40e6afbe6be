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
}

// Series is the lines of a chart, all with the same points.
type Series struct {
	From   time.Time   `json:"from" doc:"As it was counted"`
	To     time.Time   `json:"to"`
	Starts []time.Time `json:"starts" nullable:"false" doc:"Of the points, in the zone asked for"`
	Lines  []Line      `json:"lines" nullable:"false" doc:"In the order asked for; of a split the most posts first"`
	Upto   int64       `json:"upto" doc:"Row of the log that the numbers stand for"`

	Exact     bool      `json:"exact" doc:"False: time ran out, what was published before until is missing"`
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
	Query   string  `json:"query,omitempty" doc:"Selects the line's posts among those of its monitor; missing: all of them"`
}

// Series counts posts over time for a chart.
func (c *Client) Series(ctx context.Context, r SeriesRequest) (Series, error) {
	var s Series
	err := c.call(ctx, http.MethodPost, "/charts/series", r, &s)
	return s, err
}
