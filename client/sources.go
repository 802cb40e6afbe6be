package client

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Source is a configured stream of posts and how it is doing.
type Source struct {
	ID       int64             `json:"id"`
	Name     string            `json:"name"`
	Network  string            `json:"network"`
	Settings map[string]string `json:"settings" nullable:"false" doc:"Secrets are not shown"`
	Paused   bool              `json:"paused"`

	KeepEverything bool `json:"keep_everything,omitempty" doc:"Posts that no monitor wants are kept, too"`

	Version  int64          `json:"version"`
	Created  time.Time      `json:"created"`
	State    string         `json:"state" doc:"starting, listening, catching up, retrying, failed, paused, waiting (nothing runs it now) or elsewhere (another process reads it)"`
	Trouble  string         `json:"trouble,omitempty" doc:"What is wrong and what to do"`
	RetryAt  time.Time      `json:"retry_at,omitzero" doc:"When it is tried again"`
	Since    time.Time      `json:"since,omitzero" doc:"Since when it is in this state"`
	LastRead time.Time      `json:"last_read,omitzero" doc:"When it last read anything"`
	NextLook time.Time      `json:"next_look,omitzero" doc:"When the network is asked again, of one that is asked from time to time"`
	DataAge  *float64       `json:"data_age,omitempty" doc:"Seconds between the newest post read and now"`
	Rate     Rate           `json:"rate"`
	Counters SourceCounters `json:"counters"`
	Gaps     []Gap          `json:"gaps,omitempty" doc:"The newest stretches that cannot be had again"`

	Deliveries *Deliveries       `json:"deliveries,omitempty" doc:"Of a network that sends by itself"`
	Made       map[string]string `json:"made,omitempty" doc:"Secrets that were made for the source; they are shown this once"`
}

// Deliveries is what a network sends to a source by itself. What is counted is
// counted since the server started.
type Deliveries struct {
	Address      string    `json:"address,omitempty" doc:"Where to send; keep it to yourself. A path alone: the server takes no webhooks yet"`
	Example      string    `json:"example,omitempty" doc:"How to send one by hand, as commands of a shell"`
	Last         time.Time `json:"last,omitzero" doc:"When the last one was taken"`
	Accepted     int64     `json:"accepted"`
	Duplicates   int64     `json:"duplicates" doc:"Deliveries that had come before"`
	Waiting      int64     `json:"waiting" doc:"Deliveries that are stored and not read yet"`
	WaitingBytes int64     `json:"waiting_bytes"`
	Refused      []Refusal `json:"refused,omitempty" doc:"Deliveries that were refused, by reason"`
	LastRefused  time.Time `json:"last_refused,omitzero"`
}

// Refusal is how many deliveries were refused for one reason.
type Refusal struct {
	Reason string `json:"reason"`
	Count  int64  `json:"count"`
}

// SourceCounters say what became of everything a source read.
type SourceCounters struct {
	Frames     int64 `json:"frames" doc:"Records read, those without a post included"`
	Events     int64 `json:"events" doc:"Things that happened to posts and authors"`
	Matched    int64 `json:"matched" doc:"Events that a monitor wanted"`
	Stored     int64 `json:"stored" doc:"New rows of the log"`
	Duplicates int64 `json:"duplicates"`
	Unwanted   int64 `json:"unwanted" doc:"Posts that no monitor wanted"`
	Other      int64 `json:"other" doc:"Events that change nothing stored"`
	Rejects    int64 `json:"rejects" doc:"Records that could not be read: dead letters"`
	Gaps       int64 `json:"gaps"`
	Nameless   int64 `json:"nameless" doc:"Wanted posts whose author's handle the network could not be asked for in time"`
}

// Gap is a stretch of a stream that cannot be had again.
type Gap struct {
	From   string    `json:"from"`
	To     string    `json:"to"`
	Reason string    `json:"reason"`
	Noted  time.Time `json:"noted,omitzero"`
}

// SourceDraft is a source to be.
type SourceDraft struct {
	Name     string            `json:"name,omitempty" maxLength:"200" doc:"Empty: the network's name"`
	Network  string            `json:"network" minLength:"1" maxLength:"32"`
	Settings map[string]string `json:"settings,omitempty" doc:"What is left out has its default"`

	KeepEverything bool `json:"keep_everything,omitempty" doc:"Keep posts that no monitor wants, too"`
}

// SourceChange changes what it names. Version is the one the change was made
// on; if the source has another by now, nothing is changed and the error is a
// Conflict.
type SourceChange struct {
	Version        int64             `json:"version" minimum:"1"`
	Name           *string           `json:"name,omitempty" minLength:"1" maxLength:"200"`
	Settings       map[string]string `json:"settings,omitempty" doc:"All of them: what is left out gets its default"`
	KeepEverything *bool             `json:"keep_everything,omitempty"`
}

// SourceList is the sources of a workspace.
type SourceList struct {
	Sources []Source `json:"sources" nullable:"false"`
}

// Sources lists the sources.
func (c *Client) Sources(ctx context.Context) ([]Source, error) {
	var list SourceList
	err := c.call(ctx, http.MethodGet, "/sources", nil, &list)
	return list.Sources, err
}

// Source gives one source.
func (c *Client) Source(ctx context.Context, id int64) (Source, error) {
	var s Source
	err := c.call(ctx, http.MethodGet, path("/sources", id), nil, &s)
	return s, err
}

// AddSource begins to read a network.
func (c *Client) AddSource(ctx context.Context, d SourceDraft) (Source, error) {
	var s Source
	err := c.call(ctx, http.MethodPost, "/sources", d, &s)
	return s, err
}

// ChangeSource gives a source another name or other settings; it reads on from
// where it stands.
func (c *Client) ChangeSource(ctx context.Context, id int64, change SourceChange) (Source, error) {
	var s Source
	err := c.call(ctx, http.MethodPatch, path("/sources", id), change, &s)
	return s, err
}

// PauseSource stops reading; the place is kept.
func (c *Client) PauseSource(ctx context.Context, id int64) (Source, error) {
	var s Source
	err := c.call(ctx, http.MethodPost, path("/sources", id)+"/pause", nil, &s)
	return s, err
}

// ResumeSource goes on reading where it stopped.
func (c *Client) ResumeSource(ctx context.Context, id int64) (Source, error) {
	var s Source
	err := c.call(ctx, http.MethodPost, path("/sources", id)+"/resume", nil, &s)
	return s, err
}

// RotateCallback gives a source another address for deliveries; the one it had
// is closed at once.
func (c *Client) RotateCallback(ctx context.Context, id int64) (Source, error) {
	var s Source
	err := c.call(ctx, http.MethodPost, path("/sources", id)+"/callback", nil, &s)
	return s, err
}

// RemoveSource forgets a source and its place; its posts stay.
func (c *Client) RemoveSource(ctx context.Context, id int64) error {
	return c.call(ctx, http.MethodDelete, path("/sources", id), nil, nil)
}

// Network is a place that posts can be read from.
type Network struct {
	Name   string  `json:"name"`
	Title  string  `json:"title"`
	Fields []Field `json:"fields" nullable:"false"`
}

// Field is one setting of a network or a format.
type Field struct {
	Name     string   `json:"name"`
	Title    string   `json:"title"`
	Help     string   `json:"help,omitempty"`
	Default  string   `json:"default,omitempty"`
	Required bool     `json:"required,omitempty"`
	Secret   bool     `json:"secret,omitempty"`
	Choices  []string `json:"choices,omitempty"`
}

// NetworkList is what this server can read.
type NetworkList struct {
	Networks []Network `json:"networks" nullable:"false"`
}

// Networks lists what this server can read, with the settings of each.
func (c *Client) Networks(ctx context.Context) ([]Network, error) {
	var list NetworkList
	err := c.call(ctx, http.MethodGet, "/networks", nil, &list)
	return list.Networks, err
}

// DeadLetter is a record that could not be read or kept, with the reason.
type DeadLetter struct {
	ID     int64     `json:"id"`
	Source int64     `json:"source,omitempty" doc:"Where it came from; 0: an import"`
	Import string    `json:"import,omitempty"`
	Line   int64     `json:"line,omitempty" doc:"In the imported file"`
	Reason string    `json:"reason"`
	Error  string    `json:"error" doc:"What dead letters of the same reason have in common"`
	Raw    string    `json:"raw" doc:"The record's beginning, as text"`
	Size   int64     `json:"size" doc:"Bytes of the whole record"`
	Noted  time.Time `json:"noted"`
}

// DeadLetterPage is one page of dead letters, the newest first.
type DeadLetterPage struct {
	Letters    []DeadLetter `json:"letters" nullable:"false"`
	Total      int64        `json:"total"`
	CrowdedOut int64        `json:"crowded_out,omitempty" doc:"Older ones that had to make room"`
	Next       int64        `json:"next,omitempty" doc:"Give it as before to get the page that follows"`
}

// DeadLetterSearch says which dead letters are meant.
type DeadLetterSearch struct {
	Source int64  // 0: any
	Import string // "": any
	Error  string // "": any; of a LetterError
	Before int64  // 0: from the newest on
	Limit  int    // 0: 50; at most 1,000
}

// DeadLetters gives a page of dead letters, the newest first.
func (c *Client) DeadLetters(ctx context.Context, search DeadLetterSearch) (DeadLetterPage, error) {
	ask := url.Values{}
	for name, n := range map[string]int64{"source": search.Source, "before": search.Before, "limit": int64(search.Limit)} {
		if n > 0 {
			ask.Set(name, strconv.FormatInt(n, 10))
		}
	}
	if search.Import != "" {
		ask.Set("import", search.Import)
	}
	if search.Error != "" {
		ask.Set("error", search.Error)
	}
	var page DeadLetterPage
	err := c.call(ctx, http.MethodGet, "/dead-letters?"+ask.Encode(), nil, &page)
	return page, err
}

// DismissDeadLetter puts a dead letter aside; RestoreDeadLetter brings it back
// within seven days.
func (c *Client) DismissDeadLetter(ctx context.Context, id int64) error {
	return c.call(ctx, http.MethodDelete, path("/dead-letters", id), nil, nil)
}

// ReplayDeadLetter tries again to read a dead letter. If it is read now, the
// letter is gone; if not, the error says why.
func (c *Client) ReplayDeadLetter(ctx context.Context, id int64) error {
	return c.call(ctx, http.MethodPost, path("/dead-letters", id)+"/replay", nil, nil)
}

// RestoreDeadLetter brings back a dead letter that was dismissed.
func (c *Client) RestoreDeadLetter(ctx context.Context, id int64) error {
	return c.call(ctx, http.MethodPost, path("/dead-letters", id)+"/restore", nil, nil)
}
