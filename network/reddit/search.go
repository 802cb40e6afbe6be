package reddit

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"time"

	"hearth"
	"hearth/network"
)

const maxQuery = 500 // bytes of a search; Reddit takes 512 characters

// search is network.Network.Search: posts that Reddit's search finds, in the
// subreddits of the settings or anywhere. It knows no comments and gives some
// hundred results of each query, the newest; where that does not reach back to
// what was wanted, the rest is a Gap. Several phrases are asked for at once.
// The cursor is the number of the query and the entry its next page begins after.
func (p pace) search(ctx context.Context, s *network.Session, want network.Wanted, from network.Cursor, emit func(*network.Batch) error) error {
	names, err := parseSubreddits(s.Settings["subreddits"])
	if err != nil {
		return err
	}
	queries := queriesOf(want.Phrases)
	first, after, err := parseSearchCursor(from, len(queries))
	if err != nil {
		return err
	}
	c, err := newClient(s, p.timeout)
	if err != nil {
		return err
	}
	r := &reader{client: c, pace: p, emit: emit}
	for n := first; n < len(queries); n++ {
		f := feed{path: "/search", query: url.Values{"q": {queries[n]}, "sort": {"new"}, "type": {"link"}, "t": {span(s.Clock().Sub(want.Since))}}}
		if len(names) > 0 {
			f.path = "/r/" + strings.Join(names, "+") + "/search"
			f.query.Set("restrict_sr", "1")
		}
		if err := r.results(ctx, &f, want, n, after); err != nil {
			return err
		}
		after = ""
	}
	return nil
}

// results gives out the pages of one query.
func (r *reader) results(ctx context.Context, f *feed, want network.Wanted, n int, after string) error {
	for pages := 0; ; pages++ {
		page, next, err := r.page(ctx, f, after)
		if err != nil {
			return err
		}
		var oldest time.Time
		for _, e := range page {
			if at := r.result(e.raw, want); !at.IsZero() && (oldest.IsZero() || at.Before(oldest)) {
				oldest = at
			}
		}
		reached := !oldest.IsZero() && oldest.Before(want.Since)
		end := next == "" || next == after || pages*r.pace.page > 2*listed
		if end && !reached && (pages > 0 || after != "") {
			r.batch.Gaps = append(r.batch.Gaps, network.Gap{
				From: want.Since.UTC().Format(time.RFC3339), To: oldest.Format(time.RFC3339),
				Reason: "Reddit's search gives only the newest results; older posts may be missing.",
			})
		}
		after = next
		if end || reached {
			n, after = n+1, ""
		}
		r.batch.Cursor = searchCursor(n, after)
		if err := r.emit(&r.batch); err != nil {
			return err
		}
		r.batch.Reset()
		if end || reached {
			return ctx.Err()
		}
	}
}

// result adds one result to the batch, if it is of the time that is wanted, and
// says when it was written.
func (r *reader) result(raw string, want network.Wanted) (at time.Time) {
	r.batch.Frames++
	t, problem := readThing(raw)
	if problem == "" && t.known() {
		at = t.at()
		if t.gone() || at.Before(want.Since) || !at.Before(want.Until) {
			return at
		}
		if problem = t.fill(r.batch.Add()); problem != "" {
			r.batch.Drop()
		}
	}
	if problem != "" {
		r.batch.Rejects = append(r.batch.Rejects, network.Reject{Raw: []byte(raw[:min(len(raw), deadLetter)]), Reason: problem})
	}
	return at
}

// queriesOf joins phrases to as few queries as Reddit takes. What cannot be
// quoted is looked for without: the caller matches every post anyway.
func queriesOf(phrases []string) (queries []string) {
	for _, phrase := range phrases {
		phrase = strings.Join(strings.Fields(strings.ReplaceAll(phrase, `"`, " ")), " ")
		if len(phrase) > maxQuery-2 { // its beginning finds it as well
			phrase = phrase[:max(0, strings.LastIndexByte(phrase[:maxQuery-2], ' '))]
		}
		if phrase == "" {
			continue
		}
		phrase = `"` + phrase + `"`
		if n := len(queries); n > 0 && len(queries[n-1])+len(" OR ")+len(phrase) <= maxQuery {
			queries[n-1] += " OR " + phrase
		} else {
			queries = append(queries, phrase)
		}
	}
	return queries
}

// span is the shortest of Reddit's times that reaches back so far.
func span(back time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case back < 23*time.Hour:
		return "day"
	case back < 6*day:
		return "week"
	case back < 27*day:
		return "month"
	case back < 364*day:
		return "year"
	}
	return "all"
}

func searchCursor(n int, after string) network.Cursor {
	return network.Cursor("rs1 " + strconv.Itoa(n) + " " + after)
}

func parseSearchCursor(c network.Cursor, queries int) (n int, after string, err error) {
	if c == "" {
		return 0, "", nil
	}
	parts := strings.Split(string(c), " ")
	if len(parts) == 3 && parts[0] == "rs1" {
		if n, err = strconv.Atoi(parts[1]); err == nil && 0 <= n && n <= queries {
			return n, parts[2], nil
		}
	}
	return 0, "", hearth.Errorf(hearth.Damaged, "The place where the search of Reddit stopped is damaged: %.60q.", string(c))
}
