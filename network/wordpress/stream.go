package wordpress

import (
	"context"
	"encoding/base64"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"hearth"
	"hearth/jsonread"
	"hearth/network"
)

const pageSize = 100 // the most that WordPress gives

// stream is network.Network.Stream.
func (w timing) stream(ctx context.Context, s *network.Session, from network.Cursor, emit func(*network.Batch) error) error {
	every, err := time.ParseDuration(s.Settings["interval"])
	if err != nil {
		return err
	}
	c, err := w.connect(ctx, s)
	if err != nil {
		return err
	}
	poll := network.Poll{
		Network: Name, Session: s, Every: every, Recheck: w.recheck, Pace: w.pace,
		Listings: []network.Listing{{
			Name: "comments", Ask: c.ask,
			Page: func(ctx context.Context, token string) (network.Page, error) {
				return c.page(ctx, url.Values{"orderby": {"id"}}, token)
			},
		}},
	}
	return poll.Run(ctx, from, emit)
}

// site is one site and how its API is reached.
type site struct {
	network.API
	home  string
	query bool   // the route stands in the query (?rest_route=) and not in the path
	root  string // path of the API, where it stands in the path
}

func parseSite(s string) (*url.URL, error) { return network.ParseServer(s, "https://blog.example") }

func (w timing) newSite(s *network.Session) (*site, error) {
	u, err := parseSite(s.Settings["site"])
	if err != nil {
		return nil, err
	}
	c := &site{API: network.API{Session: s, Base: u, Header: http.Header{}, Timeout: w.call}, home: u.String()}
	c.Denied = "It does not show its comments to strangers; give the source a user name and an application password."
	if user, password := s.Settings["username"], s.Settings["password"]; user != "" && password != "" {
		if u.Scheme != "https" && !loopback(u.Hostname()) {
			return nil, hearth.Errorf(hearth.Invalid, "The application password would be sent in the clear; give the address of the site with https.")
		}
		c.Header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(user+":"+password)))
		c.Denied = "It does not accept the application password (any more), or the user may not see these comments."
	}
	return c, nil
}

func loopback(host string) bool {
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.IsLoopback()
}

// connect finds the site's API: where WordPress has it with and without
// readable addresses, else where the site's page says.
func (w timing) connect(ctx context.Context, s *network.Session) (*site, error) {
	c, err := w.newSite(s)
	if err != nil {
		return nil, err
	}
	answered := false // though not as a WordPress would
	for _, c.query = range []bool{false, true} {
		c.root = "/wp-json"
		err := c.probe(ctx)
		if code := hearth.ErrorCode(err); err == nil || code == hearth.Denied {
			return c, err
		} else if code != hearth.NotFound && err != errNotJSON {
			return nil, err
		}
		answered = answered || err == errNotJSON
	}
	at, err := c.linked(ctx)
	if err != nil {
		return nil, err
	}
	if at == nil && answered {
		return nil, hearth.Errorf(hearth.Unavailable, "%s answers, but not as a WordPress site with its REST API does.", c.Base.Host)
	}
	if at == nil {
		return nil, hearth.Errorf(hearth.Invalid, "%s is no WordPress site, or its REST API is switched off.", c.Base.Host)
	}
	c.query = at.Query().Get("rest_route") != ""
	c.root = strings.TrimSuffix(at.Path, "/")
	c.Base = &url.URL{Scheme: at.Scheme, Host: at.Host}
	if c.query {
		c.Base.Path = at.Path
	}
	if err := c.probe(ctx); err == errNotJSON {
		return nil, hearth.Errorf(hearth.Unavailable, "The REST API that %s names does not answer in JSON.", c.Base.Host)
	} else if err != nil {
		return nil, err
	}
	return c, nil
}

var errNotJSON = hearth.Errorf(hearth.Unavailable, "The answer is no list of comments.")

// probe asks for one comment.
func (c *site) probe(ctx context.Context) error {
	a, err := c.ask1(ctx, "/wp/v2/comments", url.Values{"per_page": {"1"}})
	if err == nil && !strings.HasPrefix(strings.TrimSpace(a.Body), "[") {
		return errNotJSON
	}
	return err
}

// ask1 asks for a route of the API.
func (c *site) ask1(ctx context.Context, route string, q url.Values) (network.Answer, error) {
	if c.query {
		q.Set("rest_route", route)
		return c.Get(ctx, "/", q)
	}
	return c.Get(ctx, c.root+route, q)
}

// linked is where the site's page says that the API is, on its own host; nil if
// it does not say.
func (c *site) linked(ctx context.Context) (*url.URL, error) {
	a, err := c.Get(ctx, "/", nil)
	if err != nil {
		if hearth.ErrorCode(err) == hearth.NotFound {
			err = nil
		}
		return nil, err
	}
	for _, link := range strings.Split(strings.Join(a.Header.Values("Link"), ","), ",") {
		target, parameters, _ := strings.Cut(link, ";")
		target = strings.TrimSpace(target)
		if !strings.Contains(parameters, "https://api.w.org/") || len(target) < 3 {
			continue
		}
		u, err := c.Base.Parse(strings.Trim(target, "<>"))
		if err == nil && bare(u.Host) == bare(c.Base.Host) && (u.Scheme == c.Base.Scheme || u.Scheme == "https") {
			return u, nil
		}
	}
	return nil, nil
}

func bare(host string) string { return strings.TrimPrefix(strings.ToLower(host), "www.") }

// page asks for a page of comments, newest first; a token is the page's number.
func (c *site) page(ctx context.Context, q url.Values, token string) (p network.Page, err error) {
	number, _ := strconv.Atoi(token)
	number = max(number, 1)
	q.Set("order", "desc")
	q.Set("per_page", strconv.Itoa(pageSize))
	q.Set("page", strconv.Itoa(number))
	if c.Session.Settings["status"] == "all" {
		q.Set("status", "all")
	}
	if articles := c.Session.Settings["articles"]; articles != "" {
		q.Set("post", strings.ReplaceAll(articles, " ", ""))
	}
	a, err := c.ask1(ctx, "/wp/v2/comments", q)
	if err != nil {
		return p, err
	}
	var r jsonread.Reader
	r.Reset(a.Body)
	r.Array()
	for r.Next() {
		if raw := r.Raw(); len(p.Entries) < 2*pageSize {
			p.Entries = append(p.Entries, c.entry(raw))
		}
	}
	if err := r.End(); err != nil {
		return p, c.Unreadable(err)
	}
	pages, err := strconv.Atoi(a.Header.Get("X-WP-TotalPages"))
	if len(p.Entries) > 0 && (number < pages || err != nil && len(p.Entries) >= pageSize) {
		p.Next = strconv.Itoa(number + 1)
	}
	return p, nil
}

func (c *site) entry(raw string) network.Entry {
	k, problem := readComment(raw)
	e := network.Entry{Order: k.id, Ref: strconv.FormatInt(k.id, 10), Raw: c.home + "\n" + raw, Problem: problem}
	if problem == "" {
		e.Event = k.event(c.home)
	}
	return e
}

// ask is network.Listing.Ask.
func (c *site) ask(ctx context.Context, id string) (network.Entry, error) {
	a, err := c.ask1(ctx, "/wp/v2/comments/"+url.PathEscape(id), url.Values{})
	if err != nil {
		return network.Entry{}, err
	}
	return c.entry(a.Body), nil
}

// search is network.Network.Search.
func (w timing) search(ctx context.Context, s *network.Session, want network.Wanted, from network.Cursor, emit func(*network.Batch) error) error {
	c, err := w.connect(ctx, s)
	if err != nil {
		return err
	}
	sweep := network.Sweep{
		Wanted: want, Pace: func(ctx context.Context) error { return network.Pause(ctx, w.pace) },
		Page: func(ctx context.Context, phrase, token string) (network.Page, error) {
			q := url.Values{"search": {phrase}, "orderby": {"date_gmt"}}
			if !want.Since.IsZero() { // the bounds are those of the site's own clock
				q.Set("after", want.Since.UTC().Add(-24*time.Hour).Format("2006-01-02T15:04:05"))
			}
			if !want.Until.IsZero() {
				q.Set("before", want.Until.UTC().Add(24*time.Hour).Format("2006-01-02T15:04:05"))
			}
			return c.page(ctx, q, token)
		},
	}
	return sweep.Run(ctx, from, emit)
}

// decode is network.Network.Decode: a dead letter is the site's address on a
// line, and the comment.
func decode(raw []byte, b *network.Batch) {
	home, text, _ := strings.Cut(string(raw), "\n")
	c, problem := readComment(text)
	if _, err := parseSite(home); err != nil && problem == "" {
		problem = "The record does not say which site it is of."
	}
	if problem == "" {
		ev := c.event(home)
		err := ev.Post.Check()
		if err == nil {
			*b.Add() = ev
			return
		}
		problem = network.Sentence(err)
	}
	b.Rejects = append(b.Rejects, network.Reject{Raw: raw, Reason: problem})
}
