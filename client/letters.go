package client

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// MonitorLetter is a stored post that could not be counted, with the reason. It
// is found by searches, but is in no monitor's mentions and numbers.
type MonitorLetter struct {
	Row     int64     `json:"row" doc:"Of the log"`
	Network string    `json:"network,omitempty"`
	Post    string    `json:"post,omitempty" doc:"The post's id on its network"`
	Reason  string    `json:"reason"`
	Noted   time.Time `json:"noted"`
}

// MonitorLetterPage is one page of them, the oldest first.
type MonitorLetterPage struct {
	Letters []MonitorLetter `json:"letters" nullable:"false"`
	Total   int64           `json:"total"`
	Next    int64           `json:"next,omitempty" doc:"Give it as after to get the page that follows"`
}

// MonitorLetters gives a page of posts that could not be counted, from after a
// row on. Limit 0 means 50; 1,000 is the most.
func (c *Client) MonitorLetters(ctx context.Context, after int64, limit int) (MonitorLetterPage, error) {
	ask := url.Values{}
	for name, n := range map[string]int64{"after": after, "limit": int64(limit)} {
		if n > 0 {
			ask.Set(name, strconv.FormatInt(n, 10))
		}
	}
	var page MonitorLetterPage
	err := c.call(ctx, http.MethodGet, "/monitor-letters?"+ask.Encode(), nil, &page)
	return page, err
}

// ReplayMonitorLetter tries again to count a post. If it is counted now, the
// letter is gone; if not, the error says why.
func (c *Client) ReplayMonitorLetter(ctx context.Context, row int64) error {
	return c.call(ctx, http.MethodPost, path("/monitor-letters", row)+"/replay", nil, nil)
}

// DismissMonitorLetter forgets that a post could not be counted.
func (c *Client) DismissMonitorLetter(ctx context.Context, row int64) error {
	return c.call(ctx, http.MethodDelete, path("/monitor-letters", row), nil, nil)
}
