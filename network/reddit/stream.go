package reddit

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"hearth"
	"hearth/jsonread"
	"hearth/network"
)

const (
	listed     = 1_000    // entries that Reddit lists, about
	maxCatchUp = 64 << 20 // bytes of entries
	chunk      = 200      // entries in a batch
	infoIDs    = 100      // in one call of /api/info
	maxRecheck = 1_000
	slots      = 12 // for their ids
	deadLetter = 64 << 10
)

// feed is one listing.
type feed struct {
	name  string // in the cursor
	kind  string // of its entries
	path  string
	query url.Values
	warm  bool // what is behind the cursor and unknown is late, not forgotten
}

// feeds are the listings that the settings ask for.
func feeds(settings map[string]string) (list []feed, err error) {
	names, err := parseSubreddits(settings["subreddits"])
	if err != nil {
		return nil, err
	}
	if len(names) > 0 {
		path := "/r/" + strings.Join(names, "+")
		if settings["kinds"] != "comments" {
			list = append(list, feed{name: "new", kind: "t3", path: path + "/new"})
		}
		if settings["kinds"] != "posts" {
			list = append(list, feed{name: "comments", kind: "t1", path: path + "/comments"})
		}
	}
	if q := settings["search"]; q != "" {
		list = append(list, feed{name: "search", kind: "t3", path: "/search", query: url.Values{"q": {q}, "sort": {"new"}, "type": {"link"}}})
	}
	if len(list) == 0 {
		return nil, &hearth.Error{Code: hearth.Invalid, Field: "subreddits", Message: "Give the subreddits to read, or words to search for, or both."}
	}
	return list, nil
}

// stream is network.Network.Stream.
func (p pace) stream(ctx context.Context, s *network.Session, from network.Cursor, emit func(*network.Batch) error) error {
	at, err := parseCursor(from)
	if err != nil {
		return err
	}
	every, err := time.ParseDuration(s.Settings["interval"])
	if err != nil {
		return err
	}
	list, err := feeds(s.Settings)
	if err != nil {
		return err
	}
	c, err := newClient(s, p.timeout)
	if err != nil {
		return err
	}
	r := &reader{client: c, pace: p, at: at, emit: emit, memory: network.NewMemory(s.Cache, Name, slots)}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		err := r.round(ctx, list)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// reader reads listings.
type reader struct {
	*client
	pace
	at        place
	emit      func(*network.Batch) error
	batch     network.Batch
	memory    *network.Memory
	rechecked time.Time
}

// round asks every listing what is new, and now and then what has become of
// what was given out.
func (r *reader) round(ctx context.Context, list []feed) error {
	r.memory.Settle()
	for i := range list {
		if err := r.listing(ctx, &list[i]); err != nil {
			return err
		}
	}
	if now := r.s.Clock(); now.Sub(r.rechecked) >= r.recheck {
		if err := r.again(ctx); err != nil {
			return err
		}
		r.rechecked = now
	}
	return r.give(ctx) // a sign of life, if nothing else
}

// entry is an entry of a listing; it is kept unread until it is given out.
type entry struct{ number, raw string }

// listing gives out what is new in a listing, oldest first.
func (r *reader) listing(ctx context.Context, f *feed) error {
	mark, begun := r.at[f.name]
	if !begun {
		return r.begin(ctx, f)
	}
	if !f.warm {
		_, f.warm = r.memory.Get(f.kind + "_" + mark)
	}
	entries, err := r.catchUp(ctx, f, mark)
	if err != nil {
		return err
	}
	// The newest last, so that a cursor covers what was given out.
	slices.SortStableFunc(entries, func(a, b entry) int { return older(a.number, b.number) })
	for {
		part := entries[:min(len(entries), chunk)]
		entries = entries[len(part):]
		for _, e := range part {
			if ahead := older(e.number, mark) > 0; ahead || f.warm {
				r.take(e.raw, ahead)
			} else {
				r.note(e.raw)
			}
			if older(e.number, r.at[f.name]) > 0 {
				r.at[f.name] = e.number
			}
		}
		if err := r.giveNews(ctx); err != nil {
			return err
		}
		if len(entries) == 0 {
			f.warm = true
			return nil
		}
	}
}

// begin remembers what is there already, and where now is.
func (r *reader) begin(ctx context.Context, f *feed) error {
	page, _, err := r.page(ctx, f, "")
	if err != nil {
		return err
	}
	r.at[f.name] = "0"
	for _, e := range page {
		r.note(e.raw)
		if older(e.number, r.at[f.name]) > 0 {
			r.at[f.name] = e.number
		}
	}
	f.warm = true
	return r.give(ctx)
}

// note remembers an entry that is not given out, unless it is known.
func (r *reader) note(raw string) {
	r.batch.Frames++
	t, problem := readThing(raw)
	if problem != "" || !t.known() {
		return
	}
	if _, seen := r.memory.Get(t.name); !seen {
		r.memory.Put(t.name, network.Known{Version: t.version(), Author: t.by()})
	}
}

// catchUp reads a listing from its top until a page ends below the mark. What
// lies deeper than the listing goes is a gap.
func (r *reader) catchUp(ctx context.Context, f *feed, mark string) (entries []entry, err error) {
	after, size, oldest := "", 0, ""
	for pages := 1; ; pages++ {
		page, next, err := r.page(ctx, f, after)
		if err != nil {
			return nil, err
		}
		for _, e := range page {
			size += len(e.raw)
			if e.number != "0" && (oldest == "" || older(e.number, oldest) < 0) {
				oldest = e.number
			}
		}
		entries = append(entries, page...)
		if n := len(page); n > 0 && older(page[n-1].number, mark) <= 0 {
			return entries, nil
		}
		end := next == "" || next == after
		if !end && size <= maxCatchUp && pages*r.pace.page < 2*listed {
			after = next
			continue
		}
		all := pages == 1 || mark == "0" && len(entries) < listed*9/10 // that there ever was
		if end && (all || older(oldest, mark) <= 0) {
			return entries, nil
		}
		r.batch.Gaps = append(r.batch.Gaps, network.Gap{
			From: mark, To: oldest, Reason: "More was written since reading stopped than Reddit lists (about 1,000 entries); the oldest may be missing.",
		})
		return entries, nil
	}
}

// page asks for one page of a listing: its entries, newest first, and where the
// next one begins, "" if there is none.
func (r *reader) page(ctx context.Context, f *feed, after string) (entries []entry, next string, err error) {
	q := url.Values{"limit": {strconv.Itoa(r.pace.page)}}
	for k, v := range f.query {
		q[k] = v
	}
	if after != "" {
		q.Set("after", after)
	}
	body, err := r.get(ctx, f.path, q)
	if err != nil {
		return nil, "", err
	}
	list, next, err := children(body)
	if err != nil {
		return nil, "", err
	}
	number := "0" // of what cannot be read: that of its neighbour
	for _, raw := range list {
		if t, problem := readThing(raw); problem == "" && t.known() {
			number = t.number()
		} else if t.known() && strings.HasPrefix(t.name, t.kind+"_") && isNumber(t.name[3:]) {
			number = t.name[3:]
		}
		entries = append(entries, entry{number: number, raw: raw})
	}
	return entries, next, nil
}

// children reads a Listing: its entries unread, and where the next page begins.
func children(body string) (list []string, after string, err error) {
	var r jsonread.Reader
	r.Reset(body)
	found := false
	for ok := r.TryObject(); ok && r.Next(); {
		if r.Key() != "data" {
			continue
		}
		for ok := r.TryObject(); ok && r.Next(); {
			switch r.Key() {
			case "after":
				after = r.TryText()
			case "children":
				for ok := r.TryArray(); ok && r.Next(); {
					found = true
					if raw := r.Raw(); len(list) < 2*infoIDs {
						list = append(list, raw)
					}
				}
				found = true
			}
		}
	}
	if err := r.End(); err != nil {
		return nil, "", hearth.Errorf(hearth.Unavailable, "Reddit's answer cannot be read: %v.", err)
	}
	if !found {
		return nil, "", hearth.Errorf(hearth.Unavailable, "Reddit's answer is no listing.")
	}
	return list, after, nil
}

// again asks for the latest of what was given out: edits and deletions.
func (r *reader) again(ctx context.Context) error {
	ids := r.memory.Latest(maxRecheck)
	for len(ids) > 0 {
		part := ids[:min(len(ids), infoIDs)]
		ids = ids[len(part):]
		body, err := r.get(ctx, "/api/info", url.Values{"id": {strings.Join(part, ",")}})
		if err != nil {
			return err
		}
		list, _, err := children(body)
		if err != nil {
			return err
		}
		for _, raw := range list {
			r.take(raw, false)
		}
		if err := r.giveNews(ctx); err != nil {
			return err
		}
	}
	return nil
}

// take adds an entry to the batch if it is new, edited or gone. What is behind
// the cursor and unknown comes late: moderators have let it through.
func (r *reader) take(raw string, ahead bool) {
	r.batch.Frames++
	t, problem := readThing(raw)
	if problem != "" {
		r.refuse(&t, raw, problem, ahead)
		return
	}
	if !t.known() {
		return
	}
	had, seen := r.memory.Get(t.name)
	switch {
	case had.Version == network.Gone:
	case t.gone():
		r.gone(&t, had)
	case ahead || !seen:
		r.add(&t, raw, network.Create, ahead)
	case had.Version != t.version():
		r.add(&t, raw, network.Update, ahead)
	}
}

// add adds a post, new or edited, to the batch.
func (r *reader) add(t *thing, raw string, op network.Op, ahead bool) {
	ev := r.batch.Add()
	if problem := t.fill(ev); problem != "" {
		r.batch.Drop()
		r.refuse(t, raw, problem, ahead)
		return
	}
	if ev.Op = op; op == network.Update {
		ev.At = r.s.Clock()
	}
	r.memory.Put(t.name, network.Known{Version: t.version(), Author: t.by()})
}

// refuse adds a Reject, once for each entry and version.
func (r *reader) refuse(t *thing, raw, problem string, ahead bool) {
	key := "refused " + t.name + t.version()
	if t.name == "" {
		sum := sha256.Sum256([]byte(raw))
		key = "refused " + hex.EncodeToString(sum[:8])
	}
	if _, seen := r.memory.Get(key); seen && !ahead {
		return
	}
	r.memory.Put(key, network.Known{Version: network.Gone})
	r.batch.Rejects = append(r.batch.Rejects, network.Reject{Raw: []byte(raw[:min(len(raw), deadLetter)]), Reason: problem})
}

// gone adds a deletion, if the entry was given out, in the name of who wrote it.
func (r *reader) gone(t *thing, had network.Known) {
	if had.Author == "" {
		return
	}
	*r.batch.Add() = network.Event{Op: network.Delete, At: r.s.Clock(), Post: hearth.Post{
		Network: Name, ID: t.name, Author: hearth.Author{ID: had.Author},
	}}
	r.memory.Put(t.name, network.Known{Version: network.Gone, Author: had.Author})
}

// giveNews gives the batch out if there is anything in it.
func (r *reader) giveNews(ctx context.Context) error {
	if len(r.batch.Events)+len(r.batch.Rejects)+len(r.batch.Gaps) == 0 {
		return ctx.Err()
	}
	return r.give(ctx)
}

// give gives the batch out.
func (r *reader) give(ctx context.Context) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	r.batch.Cursor = r.at.cursor()
	if err := r.emit(&r.batch); err != nil {
		return err
	}
	r.batch.Reset()
	return nil
}
