package mastodon

import (
	"context"
	"errors"
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
	pageSize    = 40 // the most that servers give
	batchEvents = 500
	batchDelay  = 50 * time.Millisecond
	deadLetter  = 64 << 10
)

// stream is network.Network.Stream.
func stream(ctx context.Context, s *network.Session, from network.Cursor, every time.Duration, emit func(*network.Batch) error) error {
	server, err := parseServer(s.Settings["server"])
	if err != nil {
		return err
	}
	t, err := timelineOf(s.Settings)
	if err != nil {
		return err
	}
	at, err := parseCursor(from, server.Host, t.name)
	if err != nil {
		return err
	}
	r := &reader{
		client: &client{s: s, server: server, token: s.Settings["token"]}, timeline: t, at: at, emit: emit,
		strict: s.Settings["consent"] != "noindex",
	}
	err = r.run(ctx, every)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// reader reads one timeline.
type reader struct {
	client   *client
	timeline timeline
	at       place
	emit     func(*network.Batch) error
	batch    network.Batch
	strict   bool // only indexable accounts
}

func (r *reader) run(ctx context.Context, every time.Duration) error {
	l, err := r.client.listen(ctx, r.client.streaming(ctx), &r.timeline)
	if err != nil && !errors.Is(err, errNoStream) {
		return err
	}
	if l != nil {
		defer l.close()
	}
	if r.at.id == "" {
		err = r.begin(ctx)
	} else {
		err = r.level(ctx)
	}
	if err != nil {
		return err
	}
	if l != nil {
		return r.follow(ctx, l)
	}
	for {
		if err := sleep(ctx, every); err != nil {
			return err
		}
		from := r.at.id
		if r.timeline.page != "public" { // those are too large to be read twice
			from = before(from)
		}
		if err := r.page(ctx, from); err != nil {
			return err
		}
	}
}

// begin finds where now is.
func (r *reader) begin(ctx context.Context) error {
	newest, err := r.statuses(ctx, "limit", "1")
	if err != nil {
		return err
	}
	r.at.id = "0"
	for _, raw := range newest {
		if s, problem := read(raw); problem == "" && isID(s.id) {
			r.at.id = s.id
		}
	}
	return r.give()
}

// level catches up with what happened since the cursor.
func (r *reader) level(ctx context.Context) error {
	if r.at.id != "0" {
		// Does the timeline still reach back to where we stopped?
		reached, err := r.statuses(ctx, "max_id", after(r.at.id), "limit", "1")
		if err != nil {
			return err
		}
		if len(reached) == 0 {
			oldest, err := r.statuses(ctx, "min_id", r.at.id, "limit", "1")
			if err != nil {
				return err
			}
			for _, raw := range oldest {
				s, _ := read(raw)
				r.batch.Gaps = append(r.batch.Gaps, network.Gap{
					From: r.at.id, To: s.id, Reason: "The server's timeline does not reach back to where reading stopped.",
				})
			}
		}
	}
	return r.page(ctx, before(r.at.id))
}

// page gives out everything newer than an id, page by page.
func (r *reader) page(ctx context.Context, from string) error {
	for {
		list, err := r.statuses(ctx, "min_id", from, "limit", strconv.Itoa(pageSize))
		if err != nil {
			return err
		}
		next := from
		for _, raw := range slices.Backward(list) { // the newest comes first
			r.batch.Frames++
			if s := r.status(raw, false); s != nil && newer(s.id, next) {
				next = s.id
			}
		}
		if err := r.give(); err != nil {
			return err
		}
		if next == from { // level, or a server that gives the same again
			return nil
		}
		from = next
	}
}

// statuses asks for a page of the timeline; the statuses are unread.
func (r *reader) statuses(ctx context.Context, query ...string) (list []string, err error) {
	q := url.Values{}
	for name, values := range r.timeline.query {
		if name != "tag" && name != "list" { // in the path
			q[name] = values
		}
	}
	for i := 0; i < len(query); i += 2 {
		q.Set(query[i], query[i+1])
	}
	body, err := r.client.get(ctx, "/api/v1/timelines/"+r.timeline.page, q)
	if err != nil {
		return nil, err
	}
	var j jsonread.Reader
	j.Reset(body)
	for ok := j.Array(); ok && j.Next(); {
		if raw := j.Raw(); len(list) < 2*pageSize {
			list = append(list, raw)
		}
	}
	if err := j.End(); err != nil {
		return nil, hearth.Errorf(hearth.Unavailable, "The answer of %s is %v.", r.client.server.Host, err)
	}
	return list, nil
}

// give gives the batch out.
func (r *reader) give() error {
	r.batch.Cursor = r.at.cursor()
	if err := r.emit(&r.batch); err != nil {
		return err
	}
	r.batch.Reset()
	return nil
}

// follow gives out what the event stream brings, until it breaks.
func (r *reader) follow(ctx context.Context, l *live) error {
	delay := time.NewTimer(batchDelay)
	defer delay.Stop()
	for {
		var f frame
		ok := false
		select {
		case <-ctx.Done():
			return ctx.Err()
		case f, ok = <-l.frames:
		}
		delay.Reset(batchDelay)
		for late := false; ok && !late; {
			r.frame(&f)
			if len(r.batch.Events)+len(r.batch.Rejects) >= batchEvents {
				break
			}
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-delay.C:
				late = true
			case f, ok = <-l.frames:
			}
		}
		if r.batch.Frames > 0 {
			if err := r.give(); err != nil {
				return err
			}
		}
		if !ok {
			return l.err
		}
	}
}

// frame adds one event of the stream to the batch.
func (r *reader) frame(f *frame) {
	r.batch.Frames++
	switch {
	case f.oversized:
		r.reject(f.data, "The event is larger than a megabyte, as no status is.")
	case f.event == "update":
		r.status(f.data, false)
	case f.event == "status.update":
		r.status(f.data, true)
	case f.event == "delete":
		r.deletion(strings.TrimSpace(f.data))
	}
}

func (r *reader) reject(raw, reason string) {
	r.batch.Rejects = append(r.batch.Rejects, network.Reject{Raw: []byte(raw[:min(len(raw), deadLetter)]), Reason: reason})
}

// read reads a status; problem says why it cannot be.
func read(raw string) (s status, problem string) {
	var v value
	v.r.Reset(raw)
	if v.r.Kind() != jsonread.Object {
		return s, "The event holds " + v.r.Kind().String() + " and not a status."
	}
	s = v.status(false)
	if err := v.r.End(); err != nil {
		return s, network.Sentence(err)
	}
	return s, s.problem()
}

// status adds a status to the batch, new or edited; nil if it is none.
func (r *reader) status(raw string, edit bool) *status {
	s, problem := read(raw)
	if problem == "" && (edit || s.edited != "") && !s.sameOrigin() {
		problem = "The edit does not come from the server of the status's author."
	}
	if problem == "" && !isID(s.id) {
		problem = "The status has no id."
	}
	if problem != "" {
		r.reject(raw, problem)
		return nil
	}
	if newer(s.id, r.at.id) && !edit {
		r.at.id = s.id
	}
	if r.timeline.open && (s.account.noindex || r.strict && s.account.indexable == hearth.False) {
		return &s
	}
	ev := r.batch.Add()
	s.event(ev)
	if edit {
		ev.Op = network.Update
	}
	ev.At, _ = hearth.ParseTime(ev.Revision)
	if parent, _, ok := r.seen(s.replyTo); ok {
		ev.Post.InReplyTo = parent
	}
	if err := ev.Post.Check(); err != nil {
		r.batch.Drop()
		r.reject(raw, network.Sentence(err))
		return &s
	}
	r.client.s.Cache.Put(cacheKey(s.id), ev.Post.ID+" "+ev.Post.Author.ID)
	return &s
}

// sameOrigin says whether the status is of the server that its author is of.
// Servers without the account's uri have made sure themselves.
func (s *status) sameOrigin() bool {
	if s.account.uri == "" {
		return true
	}
	a, err1 := url.Parse(s.uri)
	b, err2 := url.Parse(s.account.uri)
	return err1 == nil && err2 == nil && a.Host != "" && strings.EqualFold(a.Host, b.Host)
}

// deletion adds a deletion, if the status was seen.
func (r *reader) deletion(id string) {
	if !isID(id) {
		r.reject(id, "The deletion names no status.")
		return
	}
	if uri, author, ok := r.seen(id); ok {
		*r.batch.Add() = network.Event{Op: network.Delete, At: r.client.s.Clock(), Post: hearth.Post{
			Network: Name, ID: uri, Author: hearth.Author{ID: author},
		}}
	}
}

// seen is the uri and author of a status by its id on the server.
func (r *reader) seen(id string) (uri, author string, ok bool) {
	if id == "" {
		return "", "", false
	}
	known, ok := r.client.s.Cache.Get(cacheKey(id))
	if !ok {
		return "", "", false
	}
	uri, author, ok = strings.Cut(known, " ")
	return uri, author, ok
}

func cacheKey(id string) string { return "mastodon " + id }

// decode is network.Network.Decode.
func decode(raw []byte, b *network.Batch) {
	s, problem := read(string(raw))
	if problem == "" {
		ev := b.Add()
		s.event(ev)
		ev.At, _ = hearth.ParseTime(ev.Revision)
		err := ev.Post.Check()
		if err == nil {
			return
		}
		b.Drop()
		problem = network.Sentence(err)
	}
	b.Rejects = append(b.Rejects, network.Reject{Raw: raw, Reason: problem})
}
