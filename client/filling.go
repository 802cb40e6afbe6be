package client

import (
	"context"
	"net/http"
	"net/url"
	"time"
)

// Filling is how far the search of the past for a monitor is.
type Filling struct {
	State   string    `json:"state" enum:"waiting,running,paused,done,cancelled"`
	Stage   string    `json:"stage" enum:"stored,window,networks" doc:"What is gone through: what is stored, the replay window, the networks' own search"`
	Share   float64   `json:"share" doc:"How much is done, 0 to 1"`
	Since   time.Time `json:"since,omitzero" doc:"How far back it goes; missing: all the way"`
	Reached time.Time `json:"reached,omitzero" doc:"The time it has come back to in this stage"`
	Total   int64     `json:"total" doc:"Posts to be gone through, as far as they can be counted"`
	Looked  int64     `json:"looked" doc:"Of these, gone through, also by the index or a summary"`
	Found   int64     `json:"found" doc:"Posts found that the query selects"`
	Brought int64     `json:"brought" doc:"Of these, posts that were not stored before"`
	Rate    float64   `json:"rate,omitempty" doc:"Posts gone through in a second of work"`
	Left    float64   `json:"left,omitempty" doc:"Seconds it still takes, about"`
	Begun   time.Time `json:"begun,omitzero"`
	Notes   []string  `json:"notes,omitempty" doc:"What a person should know"`
}

// FillingDraft begins a search of the past.
type FillingDraft struct {
	Since time.Time `json:"since,omitzero" doc:"How far back; missing: all the way"`
}

// FillingEstimate is what a search of the past would go through and find.
type FillingEstimate struct {
	Since       time.Time `json:"since,omitzero"`
	Stored      int64     `json:"stored" doc:"Stored posts to be gone through, about"`
	Window      int64     `json:"window" doc:"Posts of the replay window"`
	WindowFrom  time.Time `json:"window_from,omitzero"`
	Networks    []string  `json:"networks,omitempty" doc:"Sources whose networks would be asked"`
	Phrases     []string  `json:"phrases,omitempty" doc:"For these"`
	FoundStored int64     `json:"found_stored" doc:"Stored posts that match"`
	Exact       bool      `json:"exact" doc:"Whether all of them were counted"`
	FoundLow    int64     `json:"found_low" doc:"Where they were judged by a sample: they lie between these, nineteen times out of twenty. Equal: at least so many if not exact"`
	FoundHigh   int64     `json:"found_high"`
	FoundWindow int64     `json:"found_window" doc:"Posts of the window that match, judged by a sample"`
	Sampled     int64     `json:"sampled" doc:"How many posts the sample had"`
	Takes       float64   `json:"takes,omitempty" doc:"Seconds for what is stored and the window, about"`
	Notes       []string  `json:"notes,omitempty"`
}

// Filling says how far the search of the past for a monitor is.
func (c *Client) Filling(ctx context.Context, id int64) (Filling, error) {
	var f Filling
	err := c.call(ctx, http.MethodGet, path("/monitors", id)+"/filling", nil, &f)
	return f, err
}

// StartFilling searches the past for a monitor again; a zero since goes all the
// way back.
func (c *Client) StartFilling(ctx context.Context, id int64, since time.Time) (Filling, error) {
	var f Filling
	err := c.call(ctx, http.MethodPost, path("/monitors", id)+"/filling", FillingDraft{Since: since}, &f)
	return f, err
}

// EstimateFilling says what that would go through and find.
func (c *Client) EstimateFilling(ctx context.Context, id int64, since time.Time) (FillingEstimate, error) {
	ask := url.Values{}
	if !since.IsZero() {
		ask.Set("since", stamp(since))
	}
	var e FillingEstimate
	err := c.call(ctx, http.MethodGet, path("/monitors", id)+"/filling/estimate?"+ask.Encode(), nil, &e)
	return e, err
}

// PauseFilling lets the search of the past rest until ResumeFilling.
func (c *Client) PauseFilling(ctx context.Context, id int64) (Filling, error) {
	var f Filling
	err := c.call(ctx, http.MethodPost, path("/monitors", id)+"/filling/pause", nil, &f)
	return f, err
}

// ResumeFilling lets it go on.
func (c *Client) ResumeFilling(ctx context.Context, id int64) (Filling, error) {
	var f Filling
	err := c.call(ctx, http.MethodPost, path("/monitors", id)+"/filling/resume", nil, &f)
	return f, err
}

// CancelFilling ends the search of the past; what was found stays.
func (c *Client) CancelFilling(ctx context.Context, id int64) error {
	return c.call(ctx, http.MethodDelete, path("/monitors", id)+"/filling", nil, nil)
}
