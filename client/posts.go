package client

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"time"
)

// Search says which stored posts are meant. The zero value is all of them.
type Search struct {
	Query   string    `json:"query,omitempty" maxLength:"1100000" doc:"In Hearth's query language; empty: everything"`
	Monitor int64     `json:"monitor,omitempty" minimum:"0" doc:"Only what this monitor caught"`
	From    time.Time `json:"from,omitzero" doc:"Published at or after this moment"`
	To      time.Time `json:"to,omitzero" doc:"Published before this moment"`
}

// SearchRequest asks for one page.
type SearchRequest struct {
	Search
	Limit  int    `json:"limit,omitempty" minimum:"0" maximum:"1000" doc:"Most posts of the page; 0: 50"`
	Cursor string `json:"cursor,omitempty" maxLength:"1000" doc:"Where the page before ended"`
	Oldest bool   `json:"oldest,omitempty" doc:"Oldest first instead of newest first"`
}

// Page is one page of posts. Next is empty at the end.
type Page struct {
	Posts []Hit  `json:"posts" nullable:"false"`
	Next  string `json:"next,omitempty" doc:"Cursor of the page that follows"`

	Partial bool `json:"partial,omitempty" doc:"Time ran out before the page was full; next goes on from there"`
}

// Hit is one stored post.
type Hit struct {
	Seq        int64       `json:"seq" doc:"Its place in the archive's log"`
	Post       Post        `json:"post"`
	Monitors   []int64     `json:"monitors,omitempty" doc:"The monitors that caught it when it arrived"`
	Source     int64       `json:"source,omitempty" doc:"The source it came from"`
	Received   time.Time   `json:"received,omitzero" doc:"When Hearth stored it"`
	Highlights []Highlight `json:"highlights,omitempty" doc:"Where the query's words stand"`
}

// Highlight is a stretch of a post's text that the query asked for.
type Highlight struct {
	Part string `json:"part" enum:"title,text,alt"`
	Item int    `json:"item,omitempty" doc:"Which image description, counted from 0"`
	From int    `json:"from" doc:"First byte (UTF-8)"`
	To   int    `json:"to" doc:"Byte after the last"`
}

// Search gives one page, newest first unless asked otherwise.
func (c *Client) Search(ctx context.Context, s SearchRequest) (Page, error) {
	var page Page
	err := c.call(ctx, http.MethodPost, "/posts/search", s, &page)
	return page, err
}

// Post gives one post by its network and its id there.
func (c *Client) Post(ctx context.Context, network, id string) (Hit, error) {
	var hit Hit
	err := c.call(ctx, http.MethodGet, "/post?"+url.Values{"network": {network}, "id": {id}}.Encode(), nil, &hit)
	return hit, err
}

// PostHistory is the versions of a post.
type PostHistory struct {
	Versions []Hit `json:"versions" nullable:"false" doc:"The newest first; what was taken away is left out"`
}

// PostHistory gives a post as it was, edit by edit, the newest version first.
func (c *Client) PostHistory(ctx context.Context, network, id string) (PostHistory, error) {
	var list PostHistory
	err := c.call(ctx, http.MethodGet, "/post/history?"+url.Values{"network": {network}, "id": {id}}.Encode(), nil, &list)
	return list, err
}

// CountRequest asks how many posts there are.
type CountRequest struct {
	Search
	Interval string `json:"interval,omitempty" enum:"minute,hour,day,week" doc:"Width of the buckets; empty: the total only"`
	Exact    bool   `json:"exact,omitempty" doc:"Look at every post, for as long as there is time, instead of judging many by a sample"`
}

// Counts is how many posts there are, and how they spread over time.
type Counts struct {
	Total   int64     `json:"total"`
	Exact   bool      `json:"exact" doc:"False: an estimate if sampled is there, else at least as many, as time ran out"`
	Sampled int64     `json:"sampled,omitempty" doc:"Of an estimate: how many posts were looked at"`
	Of      int64     `json:"of,omitempty" doc:"Of an estimate: how many posts the sample stands for"`
	Low     int64     `json:"low,omitempty" doc:"Of an estimate: the total lies between low and high, nineteen times out of twenty"`
	High    int64     `json:"high,omitempty"`
	Until   time.Time `json:"until,omitzero" doc:"Where time ran out: what was published before is missing"`
	Buckets []Bucket  `json:"buckets,omitempty" doc:"Rising"`
}

// Bucket is the posts of one interval.
type Bucket struct {
	Start time.Time `json:"start"`
	Count int64     `json:"count"`
	Low   int64     `json:"low,omitempty" doc:"Of an estimate, taken alone"`
	High  int64     `json:"high,omitempty"`
}

// Count counts the posts.
func (c *Client) Count(ctx context.Context, r CountRequest) (Counts, error) {
	var counts Counts
	err := c.call(ctx, http.MethodPost, "/posts/count", r, &counts)
	return counts, err
}

// FacetsRequest asks how posts spread over the values of fields.
type FacetsRequest struct {
	Search
	Fields []string `json:"fields" minItems:"1" maxItems:"10" nullable:"false" doc:"network, lang, sentiment, intent, is, author, hashtag, link, tag, bot, copies, corrected, spam, topic"`
	Top    int      `json:"top,omitempty" minimum:"0" maximum:"1000" doc:"Most values of a field; 0: 10"`
	Exact  bool     `json:"exact,omitempty" doc:"Look at every post, for as long as there is time, instead of judging many by a sample"`
}

// Facet is one field's most frequent values, the most frequent first.
type Facet struct {
	Field   string       `json:"field"`
	Values  []FacetValue `json:"values" nullable:"false"`
	Exact   bool         `json:"exact" doc:"False: estimates if sampled is there, else of the newest posts only, as time ran out"`
	Sampled int64        `json:"sampled,omitempty" doc:"Of estimates: how many posts were looked at"`
	Of      int64        `json:"of,omitempty" doc:"Of estimates: how many posts the sample stands for"`
}

// FacetValue is a value and how many posts have it.
type FacetValue struct {
	Value string `json:"value" doc:"As the query language compares it; of an author the id, of a topic its number"`
	Label string `json:"label,omitempty" doc:"For people, where it says more: an author's handle or name, what a topic is called"`
	Count int64  `json:"count"`
	Low   int64  `json:"low,omitempty" doc:"Of an estimate: the number lies between low and high, nineteen times out of twenty"`
	High  int64  `json:"high,omitempty"`
}

// FacetsAnswer holds the facets in the order asked for.
type FacetsAnswer struct {
	Facets []Facet `json:"facets" nullable:"false"`
}

// Facets breaks the posts down.
func (c *Client) Facets(ctx context.Context, r FacetsRequest) ([]Facet, error) {
	var answer FacetsAnswer
	err := c.call(ctx, http.MethodPost, "/posts/facets", r, &answer)
	return answer.Facets, err
}

// ExportRequest asks for every post, oldest stored first.
type ExportRequest struct {
	Search
	Format string `json:"format,omitempty" enum:"ndjson,csv" doc:"Empty: ndjson"`
}

// Export streams everything that matches. NDJSON holds one post document a
// line; CSV has a line of titles and no cell that a spreadsheet would run. The
// caller reads until io.EOF and closes; an export that broke off ends with an
// error instead of io.EOF.
func (c *Client) Export(ctx context.Context, r ExportRequest) (io.ReadCloser, error) {
	return c.stream(ctx, "/posts/export", r)
}

// FollowRequest asks for posts as they are stored.
type FollowRequest struct {
	Search
	After int64 `json:"after,omitempty" minimum:"-1" doc:"Only rows of the log behind this one; 0: from now on; -1: from the beginning"`
}

// Follow calls each with the posts that are stored from now on, in order, until
// ctx ends, each fails or the server goes away.
func (c *Client) Follow(ctx context.Context, r FollowRequest, each func(*Hit) error) error {
	body, err := c.stream(ctx, "/posts/follow", r)
	if err != nil {
		return err
	}
	defer body.Close()
	return eachLine(body, func(line []byte) error {
		var hit Hit
		if err := unmarshal(line, &hit); err != nil {
			return err
		}
		return each(&hit)
	})
}
