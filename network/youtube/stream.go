package youtube

import (
	"context"
	"errors"
	"net/url"
	"strconv"
	"strings"
	"time"

	"hearth"
	"hearth/network"
)

const (
	window        = 1_000 // comments of each channel or video that are looked at again
	maxReplies    = 1_000 // of one thread
	replyPage     = 100
	maxRemembered = 10_000 // replies that are not asked for again while their number stays
)

// target is a channel or video.
type target struct{ kind, id string } // "channel" or "video"

// filter is how the API is asked for a target's threads.
func (t target) filter() (name, value string) {
	if t.kind == "channel" {
		return "allThreadsRelatedToChannelId", t.id
	}
	return "videoId", t.id
}

// targets are what the settings name; handles are looked up.
func (c *client) targets(ctx context.Context, settings map[string]string) (list []target, err error) {
	channels, err := parseChannels(settings["channels"])
	if err != nil {
		return nil, err
	}
	videos, err := parseVideos(settings["videos"])
	if err != nil {
		return nil, err
	}
	for _, id := range channels {
		if strings.HasPrefix(id, "@") {
			if id, err = c.channel(ctx, id); err != nil {
				return nil, err
			}
		}
		list = append(list, target{"channel", id})
	}
	for _, id := range videos {
		list = append(list, target{"video", id})
	}
	if len(list) == 0 {
		return nil, &hearth.Error{Code: hearth.Invalid, Field: "channels", Message: "Give the channels or videos whose comments are to be read."}
	}
	return list, nil
}

// stream is network.Network.Stream.
func (p pace) stream(ctx context.Context, s *network.Session, from network.Cursor, emit func(*network.Batch) error) error {
	every, err := time.ParseDuration(s.Settings["interval"])
	if err != nil {
		return err
	}
	c, err := newClient(s, p.call)
	if err != nil {
		return err
	}
	targets, err := c.targets(ctx, s.Settings)
	if err != nil {
		return err
	}
	poll := network.Poll{Network: Name, Session: s, Every: every, Recheck: p.recheck, Window: window}
	for i, t := range targets {
		r := &reader{client: c, pace: p, target: t, first: i == 0, alone: len(targets) == 1, replies: map[string]*replies{}}
		poll.Listings = append(poll.Listings, network.Listing{Name: t.kind + ":" + t.id, Timed: true, Page: r.page, Ask: r.ask})
	}
	return poll.Run(ctx, from, emit)
}

// reader reads the threads of one target.
type reader struct {
	*client
	pace
	target
	first, alone bool
	etag         string    // of the first page
	whole        time.Time // when that was asked for without it
	entries      network.Page
	replies      map[string]*replies // by thread
	remembered   int
}

// replies are those of a thread of which not all come along.
type replies struct {
	total   int64
	asked   time.Time
	entries []network.Entry
}

// page is network.Listing.Page.
func (r *reader) page(ctx context.Context, token string) (network.Page, error) {
	if r.first && token == "" { // a look begins
		if err := r.api.Session.Rest(ctx, r.quota.pause()); err != nil {
			return network.Page{}, err
		}
		r.quota.begin()
	}
	etag, now := "", r.api.Session.Clock()
	if token == "" && now.Sub(r.whole) < r.recheck { // it says nothing of replies that do not come along
		etag = r.etag
	}
	a, err := r.get(ctx, "commentThreads", r.query(token), etag)
	switch {
	case errors.Is(err, errUnchanged):
		return r.entries, nil
	case hearth.ErrorCode(err) == hearth.NotFound && r.alone:
		return network.Page{}, hearth.Errorf(hearth.Invalid, "The comments of %s %s cannot be read: %s", r.kind, r.id, network.Sentence(err))
	case hearth.ErrorCode(err) == hearth.NotFound:
		r.api.Session.Log.Warn("comments of one of the channels and videos cannot be read", "kind", r.kind, "id", r.id, "error", err)
		return network.Page{}, nil
	case err != nil:
		return network.Page{}, err
	}
	p, err := r.read(ctx, a.Body, r.repliesOf)
	if err == nil && token == "" {
		r.etag, r.entries, r.whole = a.Header.Get("ETag"), p, now
	}
	return p, err
}

func (r *reader) query(token string) url.Values {
	name, value := r.filter()
	q := url.Values{
		"part": {"snippet,replies"}, "order": {"time"}, "textFormat": {"plainText"}, "maxResults": {strconv.Itoa(r.pace.page)}, name: {value},
	}
	if token != "" {
		q.Set("pageToken", token)
	}
	return q
}

// read reads a page of threads; more gives the replies of one that did not all
// come along.
func (r *reader) read(ctx context.Context, body string, more func(context.Context, *thread, int64) ([]network.Entry, error)) (p network.Page, err error) {
	items, next, err := readList(body)
	if err != nil {
		return p, r.api.Unreadable(err)
	}
	p.Next = next
	for _, raw := range items {
		t, ok, problem := readThread(raw)
		if problem != "" {
			p.Entries = append(p.Entries, network.Entry{Raw: raw, Problem: problem})
			continue
		}
		if !ok {
			continue
		}
		order := t.order()
		top := network.Entry{Order: order, Ref: t.top.ref(), Raw: raw, Event: t.top.event()}
		p.Entries = append(p.Entries, top)
		if t.total <= int64(len(t.replies)) || more == nil {
			p.Entries = append(p.Entries, t.entries(t.replies, order)...)
			continue
		}
		list, err := more(ctx, &t, order)
		if err != nil {
			return p, err
		}
		p.Entries = append(p.Entries, list...)
	}
	return p, nil
}

// order is the place of a thread, and of its replies, in the listing.
func (t *thread) order() int64 {
	at, _ := hearth.ParseTime(t.top.published)
	return at.UnixMicro()
}

// entries are replies of the thread.
func (t *thread) entries(raws []string, order int64) (list []network.Entry) {
	for _, raw := range raws {
		reply, ok, problem := readThread(raw)
		if !ok && problem == "" {
			continue
		}
		e := network.Entry{Order: order, Raw: raw, Problem: problem}
		if problem == "" {
			c := &reply.top
			if c.parent == "" {
				c.parent = t.top.id
			}
			if c.video == "" {
				c.video = t.top.video
			}
			e.Ref, e.Event = c.ref(), c.event()
		}
		list = append(list, e)
	}
	return list
}

// repliesOf is all replies of a thread. They are asked for when their number
// has changed, and every now and then for edits.
func (r *reader) repliesOf(ctx context.Context, t *thread, order int64) ([]network.Entry, error) {
	now := r.api.Session.Clock()
	if had := r.replies[t.top.id]; had != nil && had.total == t.total && now.Sub(had.asked) < r.recheck {
		return had.entries, nil
	}
	var raws []string
	for token := ""; ; {
		q := url.Values{"part": {"snippet"}, "textFormat": {"plainText"}, "maxResults": {strconv.Itoa(replyPage)}, "parentId": {t.top.id}}
		if token != "" {
			q.Set("pageToken", token)
		}
		a, err := r.get(ctx, "comments", q, "")
		if hearth.ErrorCode(err) == hearth.NotFound { // the thread has just been deleted
			break
		}
		if err != nil {
			return nil, err
		}
		items, next, err := readList(a.Body)
		if err != nil {
			return nil, r.api.Unreadable(err)
		}
		raws = append(raws, items...)
		if next == "" || next == token {
			break
		}
		if len(raws) >= maxReplies {
			r.api.Session.Log.Warn("a thread has more replies than are read", "thread", t.top.id, "replies", t.total)
			break
		}
		token = next
	}
	list := t.entries(raws, order)
	if r.remembered += len(list); r.remembered > maxRemembered {
		clear(r.replies)
		r.remembered = len(list)
	}
	r.replies[t.top.id] = &replies{total: t.total, asked: now, entries: list}
	return list, nil
}

// ask is network.Listing.Ask.
func (r *reader) ask(ctx context.Context, ref string) (e network.Entry, err error) {
	id, video, _ := strings.Cut(ref, " ")
	a, err := r.get(ctx, "comments", url.Values{"part": {"snippet"}, "textFormat": {"plainText"}, "id": {id}}, "")
	if err != nil {
		return e, err
	}
	items, _, err := readList(a.Body)
	if err != nil {
		return e, r.api.Unreadable(err)
	}
	for _, raw := range items {
		t, ok, problem := readThread(raw)
		if ok && problem == "" && t.top.id == id {
			if t.top.video == "" {
				t.top.video = video
			}
			return network.Entry{Ref: ref, Raw: raw, Event: t.top.event()}, nil
		}
	}
	return e, hearth.Errorf(hearth.NotFound, "The comment is gone.")
}
