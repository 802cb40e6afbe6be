package mastodon

import (
	"context"
	"net/http"
	"net/url"

	"hearth/network"
)

const (
	maxAgain  = 200 // statuses that are looked at again
	maxAsked  = 40  // of them one by one
	againPage = 20  // the most that servers give at a time
	slots     = 8   // for their ids
)

// again asks for the latest statuses that were given out, to learn of edits and
// deletions that nobody told us of. A status is gone only if the server says so
// of it by itself.
func (r *reader) again(ctx context.Context) error {
	ids := r.memory.Latest(maxAgain)
	asked := 0
	for len(ids) > 0 {
		part := ids[:min(len(ids), againPage)]
		ids = ids[len(part):]
		missing, err := r.together(ctx, part)
		if err != nil {
			return err
		}
		for _, id := range missing {
			if asked++; asked > maxAsked {
				break
			}
			if err := r.alone(ctx, id); err != nil {
				return err
			}
		}
	}
	if len(r.batch.Events)+len(r.batch.Rejects) == 0 {
		return nil
	}
	return r.give()
}

// together asks for several statuses at once and says of which it got none: all
// of them where the server cannot do that (Mastodon before 4.3, and others).
func (r *reader) together(ctx context.Context, ids []string) (missing []string, err error) {
	body, status, err := r.client.ask(ctx, "/api/v1/statuses", url.Values{"id[]": ids})
	switch {
	case err != nil:
		return nil, err
	case status == http.StatusTooManyRequests || status >= 500:
		return nil, r.client.refusal(status)
	case status != http.StatusOK:
		return ids, nil
	}
	list, err := r.client.elements(body)
	if err != nil {
		return ids, nil
	}
	came := map[string]bool{}
	for _, raw := range list {
		if s := r.changed(raw); s != nil {
			came[s.id] = true
		}
	}
	for _, id := range ids {
		if !came[id] {
			missing = append(missing, id)
		}
	}
	return missing, nil
}

// alone asks for one status.
func (r *reader) alone(ctx context.Context, id string) error {
	body, status, err := r.client.ask(ctx, "/api/v1/statuses/"+url.PathEscape(id), nil)
	switch {
	case err != nil:
		return err
	case status == http.StatusOK:
		r.changed(body)
	case status == http.StatusNotFound || status == http.StatusGone:
		r.deletion(id)
	case status == http.StatusTooManyRequests || status >= 500:
		return r.client.refusal(status)
	}
	return nil
}

// changed adds an edit, if the status is not as it was given out; nil if it
// cannot be read.
func (r *reader) changed(raw string) *status {
	s, problem := read(raw)
	if problem != "" {
		return nil
	}
	var ev network.Event
	s.event(&ev)
	if k, ok := r.memory.Get(s.id); ok && k.Version != ev.Revision && k.Version != network.Gone {
		r.status(raw, true)
	}
	return &s
}
