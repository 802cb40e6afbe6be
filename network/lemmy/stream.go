package lemmy

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"hearth"
	"hearth/jsonread"
	"hearth/network"
)

const (
	pageSize = 50 // the most that servers give
	overlap  = 10 * time.Minute
	watched  = 1_000 // posts and comments, for edits and deletions
)

// stream is network.Network.Stream.
func (w timing) stream(ctx context.Context, s *network.Session, from network.Cursor, emit func(*network.Batch) error) error {
	c, err := connect(ctx, s, w.call)
	if err != nil {
		return err
	}
	every, err := time.ParseDuration(s.Settings["interval"])
	if err != nil {
		return err
	}
	names, err := communities(s.Settings["communities"])
	if err != nil {
		return err
	}
	if len(names) == 0 {
		names = []string{""}
	}
	poll := network.Poll{Network: Name, Session: s, Every: every, Recheck: w.recheck, Pace: w.pace}
	for _, community := range names {
		for _, kind := range []string{"post", "comment"} {
			if k := s.Settings["kinds"]; k != "all" && k != kind+"s" {
				continue
			}
			poll.Listings = append(poll.Listings, c.listing(kind, community, s.Settings["scope"]))
		}
	}
	poll.Window = min(watched/2, watched/len(poll.Listings))
	return poll.Run(ctx, from, emit)
}

// client asks one server.
type client struct {
	network.API
	v4 bool
}

func parseServer(s string) (*url.URL, error) { return network.ParseServer(s, "https://lemmy.example") }

// connect finds out which version of the API the server speaks.
func connect(ctx context.Context, s *network.Session, timeout time.Duration) (*client, error) {
	c, err := newClient(s, timeout)
	if err != nil {
		return nil, err
	}
	c.v4 = true
	_, err = c.Get(ctx, c.path("site"), nil)
	if hearth.ErrorCode(err) == hearth.NotFound {
		c.v4 = false
		if _, err = c.Get(ctx, c.path("site"), nil); hearth.ErrorCode(err) == hearth.NotFound {
			err = hearth.Errorf(hearth.Invalid, "%s is no Lemmy server.", c.Base.Host)
		}
	}
	return c, err
}

func newClient(s *network.Session, timeout time.Duration) (*client, error) {
	server, err := parseServer(s.Settings["server"])
	if err != nil {
		return nil, err
	}
	c := &client{API: network.API{
		Session: s, Base: server, Header: http.Header{}, Timeout: timeout, Refused: refused,
		Denied: "It shows nothing to strangers; give the source the access token of an account there.",
	}}
	if token := s.Settings["token"]; token != "" {
		c.Header.Set("Authorization", "Bearer "+token)
		c.Denied = "It does not accept the access token (any more); make a new one."
	}
	return c, nil
}

// refused understands the errors that Lemmy gives with other statuses than
// people expect.
func refused(status int, body string) error {
	switch {
	case strings.Contains(body, "couldnt_find") || strings.Contains(body, "not_found") || strings.Contains(body, "Record not found"):
		return hearth.Errorf(hearth.NotFound, "The server does not have what was asked for.")
	case strings.Contains(body, "rate_limit_error"):
		return hearth.Errorf(hearth.Unavailable, "The server asks for patience (rate limit).")
	case status == http.StatusBadRequest && (strings.Contains(body, "not_logged_in") || strings.Contains(body, "incorrect_login") || strings.Contains(body, "instance_is_private")):
		return hearth.Errorf(hearth.Denied, "The server shows this only to its users, or does not accept the access token (any more); give the source a new one.")
	}
	return nil
}

func (c *client) path(what string) string {
	if c.v4 {
		return "/api/v4/" + what
	}
	return "/api/v3/" + what
}

// word is a value of an enumeration, which version 4 writes small.
func (c *client) word(s string) string {
	if c.v4 {
		return strings.ToLower(s)
	}
	return s
}

// listing is the posts or comments of a community, or of the scope.
func (c *client) listing(kind, community, scope string) network.Listing {
	q := url.Values{"sort": {c.word("New")}, "limit": {strconv.Itoa(pageSize)}, "type_": {c.word("All")}}
	name := kind + "s"
	if community != "" {
		q.Set("community_name", community)
		name += "/" + community
	} else if scope == "local" {
		q.Set("type_", c.word("Local"))
		name += "/local"
	}
	return network.Listing{
		Name: name, Timed: true, Overlap: overlap.Microseconds(),
		Page: func(ctx context.Context, token string) (network.Page, error) {
			return c.page(ctx, kind+"/list", q, token)
		},
		Ask: func(ctx context.Context, ref string) (network.Entry, error) { return c.ask(ctx, kind, ref) },
	}
}

// page asks for a page; token is "" or how the query goes on.
func (c *client) page(ctx context.Context, what string, query url.Values, token string) (p network.Page, err error) {
	q, err := url.ParseQuery(token)
	if err != nil {
		return p, hearth.Errorf(hearth.Damaged, "The place where reading stopped is damaged: %.60q.", token)
	}
	number, _ := strconv.Atoi(q.Get("page"))
	for name, values := range query {
		q[name] = values
	}
	a, err := c.Get(ctx, c.path(what), q)
	if err != nil {
		return p, err
	}
	var r jsonread.Reader
	r.Reset(a.Body)
	next := ""
	r.Object()
	for r.Next() {
		switch r.Key() {
		case "posts", "comments", "items", "results":
			for ok := r.TryArray(); ok && r.Next() && len(p.Entries) < 4*pageSize; {
				p.Entries = append(p.Entries, c.entry(r.Raw()))
			}
		case "next_page":
			next = r.TryText()
		}
	}
	if err := r.End(); err != nil {
		return p, c.Unreadable(err)
	}
	switch {
	case len(p.Entries) == 0:
	case next != "":
		p.Next = url.Values{"page_cursor": {next}}.Encode()
	case !c.v4:
		p.Next = url.Values{"page": {strconv.Itoa(max(number, 1) + 1)}}.Encode()
	}
	return p, nil
}

func (c *client) entry(raw string) network.Entry {
	v, problem := readView(raw)
	if problem != "" {
		return network.Entry{Raw: raw, Problem: problem}
	}
	t := v.thing()
	if v.isComment && t.id != "" {
		c.Session.Cache.Put(c.commentKey(t.id), t.apID)
	}
	return network.Entry{Order: t.order(), Ref: t.id, Raw: raw, Event: v.event(c.parent, c.Base.String())}
}

// parent is what is remembered of a comment's number on the server.
func (c *client) parent(id string) string {
	apID, _ := c.Session.Cache.Get(c.commentKey(id))
	return apID
}

func (c *client) commentKey(id string) string { return "lemmy " + c.Base.Host + " " + id }

// ask asks for a post or comment by its number on the server.
func (c *client) ask(ctx context.Context, kind, id string) (e network.Entry, err error) {
	a, err := c.Get(ctx, c.path(kind), url.Values{"id": {id}})
	if err != nil {
		return e, err
	}
	var r jsonread.Reader
	r.Reset(a.Body)
	raw := ""
	r.Object()
	for r.Next() {
		if r.Key() == kind+"_view" {
			raw = r.Raw()
		}
	}
	if err := r.End(); err != nil {
		return e, c.Unreadable(err)
	}
	return c.entry(raw), nil
}

// complete is network.Network.Complete: it finds the ids of parents.
func complete(ctx context.Context, s *network.Session, posts []*hearth.Post) {
	c, err := newClient(s, 5*time.Second)
	if err != nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	own := c.Base.String() + "/comment/"
	for _, p := range posts {
		id, ok := strings.CutPrefix(p.InReplyTo, own)
		if !ok || ctx.Err() != nil {
			continue
		}
		if known := c.parent(id); known != "" {
			p.InReplyTo = known
			continue
		}
		for _, c.v4 = range []bool{false, true} {
			e, err := c.ask(ctx, "comment", id)
			if err == nil && e.Problem == "" {
				p.InReplyTo = e.Event.Post.ID
				break
			}
		}
	}
}

// search is network.Network.Search.
func (w timing) search(ctx context.Context, s *network.Session, want network.Wanted, from network.Cursor, emit func(*network.Batch) error) error {
	c, err := connect(ctx, s, w.call)
	if err != nil {
		return err
	}
	names, err := communities(s.Settings["communities"])
	if err != nil {
		return err
	}
	pace := func(ctx context.Context) error { return network.Pause(ctx, w.pace) }
	sweep := network.Sweep{Wanted: want, Pace: pace, Page: func(ctx context.Context, phrase, token string) (network.Page, error) {
		q := url.Values{"sort": {c.word("New")}, "limit": {strconv.Itoa(pageSize)}, "listing_type": {c.word("All")}, "type_": {c.word("All")}}
		if c.v4 {
			q.Set("search_term", phrase)
		} else {
			q.Set("q", phrase)
		}
		if s.Settings["scope"] == "local" {
			q.Set("listing_type", c.word("Local"))
		}
		if k := s.Settings["kinds"]; k != "all" {
			q.Set("type_", c.word(strings.ToUpper(k[:1])+k[1:]))
		}
		if len(names) == 1 {
			q.Set("community_name", names[0])
		}
		return c.page(ctx, "search", q, token)
	}}
	return sweep.Run(ctx, from, emit)
}

// decode is network.Network.Decode.
func decode(raw []byte, b *network.Batch) {
	v, problem := readView(string(raw))
	if problem == "" {
		ev := v.event(func(string) string { return "" }, "https://"+hostOf(v.thing().apID))
		err := ev.Post.Check()
		if !ev.Op.HasPost() || err == nil {
			*b.Add() = ev
			return
		}
		problem = network.Sentence(err)
	}
	b.Rejects = append(b.Rejects, network.Reject{Raw: raw, Reason: problem})
}
