package bluesky

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"hearth/jsonread"
	"hearth/network"
	"hearth/outbound"
)

const (
	getAuthorFeed = "/xrpc/app.bsky.feed.getAuthorFeed"
	maxLost       = 500            // accounts that wait to be read again
	rereadEvery   = time.Second    // at most so often
	rereadBack    = 36 * time.Hour // as far as hosts keep events
)

// rereader reads accounts again of which the network has lost events, and says
// so by a sync event: their newest hundred posts, of the last 36 hours, come
// once more. Those that are known already change nothing. What was deleted
// cannot be learnt that way.
type rereader struct {
	s    *network.Session
	dids chan lost
}

// lost is an account whose events were lost before a time.
type lost struct {
	did string
	at  time.Time
}

// add notes an account, or that there are too many.
func (a *rereader) add(b *network.Batch, ev *network.Event) {
	l := lost{strings.Clone(ev.Post.Author.ID), ev.At}
	select {
	case a.dids <- l:
	default:
		b.Gaps = append(b.Gaps, l.gap("too many accounts lost events at once"))
	}
}

func (l lost) gap(why string) network.Gap {
	at := l.at.UTC().Format(time.RFC3339)
	return network.Gap{From: l.did, To: at, Reason: "The network lost events of this account, and its posts could not be read again: " + strings.TrimSuffix(why, ".") + "."}
}

// run reads accounts again until ctx ends.
func (a *rereader) run(ctx context.Context, in *inbox) {
	tick := time.NewTicker(rereadEvery)
	defer tick.Stop()
	for {
		var l lost
		select {
		case <-ctx.Done():
			return
		case l = <-a.dids:
		}
		posts, err := a.posts(ctx, l)
		if ctx.Err() != nil {
			return
		}
		in.put(0, func(b *network.Batch) {
			for i := range posts {
				*b.Add() = posts[i]
			}
			if err != nil {
				b.Gaps = append(b.Gaps, l.gap(network.Sentence(err)))
			}
		})
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// posts asks the AppView for the account's newest posts. An account that is not
// there any more has none.
func (a *rereader) posts(ctx context.Context, l lost) (events []network.Event, err error) {
	ctx, cancel := context.WithTimeout(ctx, accountTimeout)
	defer cancel()
	q := url.Values{"actor": {l.did}, "filter": {"posts_with_replies"}, "limit": {"100"}}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(a.s.Settings["appview"], "/")+getAuthorFeed+"?"+q.Encode(), nil)
	if err != nil {
		return nil, err
	}
	answer, err := a.s.HTTP.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode == http.StatusBadRequest { // no such account, or it is suspended
		return nil, nil
	}
	if answer.StatusCode != http.StatusOK {
		return nil, readRefusal(answer)
	}
	body, err := outbound.ReadAll(answer.Body, maxAnswer)
	if err != nil {
		return nil, err
	}
	var r jsonread.Reader
	r.Reset(string(body))
	for ok := r.Object(); ok && r.Next(); {
		for ok := r.Key() == "feed" && r.TryArray(); ok && r.Next(); {
			for ok := r.TryObject(); ok && r.Next(); {
				if r.Key() == "post" && len(events) < 100 {
					events = l.add(events, r.Raw())
				}
			}
		}
	}
	return events, r.End()
}

// add adds a post of the account, if it is not too old. Those that cannot be
// read came as rejects when they were written.
func (l lost) add(events []network.Event, raw string) []network.Event {
	var ev network.Event
	if _, err := readView(raw, &ev); err != nil || ev.Post.Author.ID != l.did || ev.At.Before(l.at.Add(-rereadBack)) {
		return events
	}
	ev.Op = network.Create
	return append(events, ev)
}
