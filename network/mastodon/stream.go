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
func (p pace) stream(ctx context.Context, s *network.Session, from network.Cursor, emit func(*network.Batch) error) error {
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
		client: &client{s: s, server: server, token: s.Settings["token"], call: p.call}, timeline: t, at: at, emit: emit,
		strict: s.Settings["consent"] == "indexable", memory: network.NewMemory(s.Cache, Name, slots),
	}
	err = r.run(ctx, p)
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
	memory   *network.Memory // of the statuses by their ids on the server; Note is the uri
	strict   bool            // only indexable accounts
}

func (r *reader) run(ctx context.Context, p pace) error {
	l, err := r.client.open(ctx, r.client.streaming(ctx), &r.timeline, r.client.s.Settings["transport"])
	if err != nil && !errors.Is(err, errNoStream) {
		return err
	}
	if l != nil {
		defer l.close()
	}
	if r.at.id == "" {
		err = r.begin(ctx)
	} else if err = r.level(ctx); err == nil {
		err = r.again(ctx)
	}
	if err != nil {
		return err
	}
	if l != nil {
		return r.follow(ctx, l, p.settle)
	}
	rechecked := r.client.s.Clock()
	for {
		if err := r.client.s.Rest(ctx, p.poll); err != nil {
			return err
		}
		if now := r.client.s.Clock(); now.Sub(rechecked) >= p.recheck {
			if err := r.again(ctx); err != nil {
				return err
			}
			rechecked = now
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
	return r.pages(ctx, from, func(raw string) *status { return r.status(raw, false) })
}

// pages hands every status newer than an id to take, page by page, and gives
// out what comes of it.
func (r *reader) pages(ctx context.Context, from string, take func(raw string) *status) error {
	for {
		list, err := r.statuses(ctx, "min_id", from, "limit", strconv.Itoa(pageSize))
		if err != nil {
			return err
		}
		next := from
		for _, raw := range slices.Backward(list) { // the newest comes first
			r.batch.Frames++
			if s := take(raw); s != nil && newer(s.id, next) {
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
	return r.client.elements(body)
}

// elements is the elements of an array, unread.
func (c *client) elements(body string) (list []string, err error) {
	var j jsonread.Reader
	j.Reset(body)
	for ok := j.Array(); ok && j.Next(); {
		if raw := j.Raw(); len(list) < 2*pageSize {
			list = append(list, raw)
		}
	}
	if err := j.End(); err != nil {
		return nil, hearth.Errorf(hearth.Unavailable, "The answer of %s is %v.", c.server.Host, err)
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
	r.memory.Settle()
	return nil
}

// follow gives out what the event stream brings, until it breaks. A server may
// open a stream before it has subscribed to anything, so that what is written in
// between never comes; a while later the timeline is asked once more.
func (r *reader) follow(ctx context.Context, l *live, settle time.Duration) error {
	level := r.at.id
	settled := time.NewTimer(settle)
	defer settled.Stop()
	delay := time.NewTimer(batchDelay)
	defer delay.Stop()
	for {
		var f frame
		ok := false
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-settled.C:
			if err := r.pages(ctx, level, r.unheard); err != nil {
				return err
			}
			continue
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

// unheard adds a status to the batch that did not come over the stream; nil if
// it is none.
func (r *reader) unheard(raw string) *status {
	s, problem := read(raw)
	if problem == "" {
		if _, heard := r.memory.Get(s.id); heard {
			return &s
		}
	}
	return r.status(raw, false)
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
	if r.timeline.open && !s.account.consents(r.strict) {
		return &s
	}
	ev := r.batch.Add()
	s.event(ev)
	if edit {
		ev.Op = network.Update
	}
	ev.At, _ = hearth.ParseTime(ev.Revision)
	if parent, ok := r.memory.Get(s.replyTo); ok {
		ev.Post.InReplyTo = parent.Note
	}
	if err := ev.Post.Check(); err != nil {
		r.batch.Drop()
		r.reject(raw, network.Sentence(err))
		return &s
	}
	r.memory.Put(s.id, network.Known{Version: ev.Revision, Author: ev.Post.Author.ID, Note: ev.Post.ID})
	return &s
}

// consents says whether a post of everybody's may be read: not if the account
// wants no search engine to know it, and in the strict sense only if it has not
// stayed out of the server's own search.
func (a *account) consents(strict bool) bool {
	return !a.noindex && !(strict && a.indexable == hearth.False)
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
	if k, ok := r.memory.Get(id); ok && k.Version != network.Gone {
		*r.batch.Add() = network.Event{Op: network.Delete, At: r.client.s.Clock(), Post: hearth.Post{
			Network: Name, ID: k.Note, Author: hearth.Author{ID: k.Author},
		}}
		k.Version = network.Gone
		r.memory.Put(id, k)
	}
}

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
