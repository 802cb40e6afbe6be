package monitor

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"hearth/ingest"
	"hearth/network"
)

const (
	// networkSpan is how far back networks are asked if nobody said.
	networkSpan = 30 * 24 * time.Hour
	// mostSearched is how many posts one network may be asked for: their
	// searches are slow, and their patience is not without end.
	mostSearched = 10_000
)

// errEnough ends a network's search from our side.
var errEnough = errors.New("enough")

// searchNetworks asks the network of the next source.
func (r *run) searchNetworks(ctx context.Context) (more bool, err error) {
	sources, err := r.m.o.Past.Searches(ctx, r.mon.workspace)
	if err != nil {
		return false, err
	}
	for len(sources) > 0 && (sources[0].ID < r.fill.source || sources[0].ID == r.fill.source && r.fill.cursor == networkDone) {
		sources = sources[1:]
	}
	phrases := r.query.Phrases()
	if len(sources) == 0 || len(phrases) == 0 {
		return r.commit(ctx, nil, func(next *Fill, _ int64) {
			if len(phrases) == 0 && len(sources) > 0 {
				next.note(noWords)
			}
			next.State, next.Looked = FillDone, next.Total
		})
	}
	return r.searchNetwork(ctx, &sources[0], phrases)
}

// networkDone is the cursor of a source whose network was searched.
const networkDone = "\x00done"

func (r *run) searchNetwork(ctx context.Context, src *ingest.Source, phrases []string) (more bool, err error) {
	from := network.Cursor("")
	if r.fill.source == src.ID {
		from = network.Cursor(r.fill.cursor)
	}
	until := r.fill.Begun
	if until.IsZero() {
		until = r.until
	}
	since := r.fill.Since
	if since.IsZero() {
		since = until.Add(-networkSpan)
	}
	searched, stopped := 0, false
	var ours error
	begun := r.m.o.Clock()
	failure := r.m.o.Past.Search(ctx, r.mon.workspace, src.ID, network.Wanted{Phrases: phrases, Since: since, Until: until}, from, r.set,
		func(finds ingest.Finds, looked int, cursor network.Cursor) error {
			brought, others, err := r.take(ctx, finds)
			if err != nil {
				ours = err
				return err
			}
			goes, err := r.commit(ctx, others, func(next *Fill, fresh int64) {
				now := r.m.o.Clock()
				next.Worked += now.Sub(begun)
				begun = now
				next.Total += int64(looked)
				next.Looked += int64(looked)
				next.Found += brought + fresh
				next.Brought += brought
				next.source, next.cursor = src.ID, string(cursor)
				for _, g := range finds.Gaps {
					next.note(src.Name + ": " + g.Reason)
				}
			})
			if err != nil {
				ours = err
				return err
			}
			if searched += looked; !goes {
				stopped = true
				return errEnough
			}
			if searched >= mostSearched {
				return errEnough
			}
			return nil
		})
	switch {
	case stopped:
		return false, nil
	case ctx.Err() != nil:
		return false, ctx.Err()
	case ours != nil:
		return false, ours
	}
	return r.commit(ctx, nil, func(next *Fill, _ int64) {
		next.source, next.cursor = src.ID, networkDone
		switch {
		case errors.Is(failure, errEnough):
			next.note(fmt.Sprintf("%s was asked for the newest %d posts only; there are more.", src.Name, searched))
		case failure != nil:
			next.note(src.Name + " could not be searched: " + strings.TrimSuffix(failure.Error(), ".") + ".")
		}
	})
}
