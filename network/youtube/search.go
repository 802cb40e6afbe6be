package youtube

import (
	"context"
	"strconv"
	"strings"

	"hearth"
	"hearth/network"
)

// search is network.Network.Search: YouTube looks for words in the comments of
// the channels and videos of the settings, one after the other, and nowhere
// else. A thread comes with the replies that come along.
func (p pace) search(ctx context.Context, s *network.Session, want network.Wanted, from network.Cursor, emit func(*network.Batch) error) error {
	c, err := newClient(s, p.call)
	if err != nil {
		return err
	}
	targets, err := c.targets(ctx, s.Settings)
	if err != nil {
		return err
	}
	sweep := network.Sweep{Wanted: want, Page: func(ctx context.Context, phrase, token string) (network.Page, error) {
		return p.found(ctx, c, targets, want, phrase, token)
	}}
	return sweep.Run(ctx, from, emit)
}

// found is one page of what is found; its token is the number of the target and
// the API's own token.
func (p pace) found(ctx context.Context, c *client, targets []target, want network.Wanted, phrase, token string) (page network.Page, err error) {
	number, token, _ := strings.Cut(token, ":")
	n, _ := strconv.Atoi(number)
	if n < 0 || n >= len(targets) {
		return page, nil
	}
	r := &reader{client: c, pace: p, target: targets[n]}
	q := r.query(token)
	q.Set("searchTerms", phrase)
	a, err := r.get(ctx, "commentThreads", q, "")
	if err == nil {
		page, err = r.read(ctx, a.Body, nil)
	}
	if hearth.ErrorCode(err) == hearth.NotFound { // closed, or gone
		page, err = network.Page{}, nil
	}
	if err != nil {
		return page, err
	}
	for i := range page.Entries {
		if e := &page.Entries[i]; e.Problem == "" && e.Order < want.Since.UnixMicro() {
			page.Next = "" // older ones are not wanted
		}
	}
	switch {
	case page.Next != "":
		page.Next = strconv.Itoa(n) + ":" + page.Next
	case n+1 < len(targets):
		page.Next = strconv.Itoa(n+1) + ":"
		page.Entries = wanted(page.Entries, want)
	}
	return page, nil
}

// wanted leaves out what is older than wanted, so that the search goes on to the
// next channel or video.
func wanted(entries []network.Entry, want network.Wanted) (list []network.Entry) {
	for i := range entries {
		if e := &entries[i]; e.Problem != "" || !e.Event.Post.Published.Before(want.Since) {
			list = append(list, *e)
		}
	}
	return list
}
