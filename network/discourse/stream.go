package discourse

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"hearth"
	"hearth/jsonread"
	"hearth/network"
)

const pageSize = 50 // posts; older forums give those of so many numbers

// stream is network.Network.Stream.
func (w timing) stream(ctx context.Context, s *network.Session, from network.Cursor, emit func(*network.Batch) error) error {
	every, err := time.ParseDuration(s.Settings["interval"])
	if err != nil {
		return err
	}
	f, err := newForum(s, w.call)
	if err != nil {
		return err
	}
	if err := f.choose(ctx); err != nil {
		return err
	}
	poll := network.Poll{
		Network: Name, Session: s, Every: every, Recheck: w.recheck, Pace: w.pace,
		Listings: []network.Listing{{Name: "posts", Page: f.page, Ask: f.ask}},
	}
	return poll.Run(ctx, from, emit)
}

// forum is one forum and what of it is wanted.
type forum struct {
	network.API
	home       string
	categories map[int64]bool // nil: all
	tags       []string       // none: all
}

func parseServer(s string) (*url.URL, error) { return network.ParseServer(s, "https://forum.example") }

func newForum(s *network.Session, timeout time.Duration) (*forum, error) {
	server, err := parseServer(s.Settings["server"])
	if err != nil {
		return nil, err
	}
	f := &forum{
		API:  network.API{Session: s, Base: server, Header: http.Header{}, Timeout: timeout},
		home: server.String(), tags: words(s.Settings["tags"]),
	}
	f.Denied = "Strangers may not read it; give the source an API key."
	if key := s.Settings["key"]; key != "" {
		f.Denied = "It does not accept the API key (any more), or the key may not read; make a new one."
		if user := s.Settings["username"]; user != "" {
			f.Header.Set("Api-Key", key)
			f.Header.Set("Api-Username", user)
		} else {
			f.Header.Set("User-Api-Key", key)
		}
	}
	return f, nil
}

// choose finds the numbers of the categories that are wanted, and of those
// below them.
func (f *forum) choose(ctx context.Context) error {
	wanted := words(f.Session.Settings["categories"])
	if len(wanted) == 0 {
		return nil
	}
	a, err := f.Get(ctx, "/site.json", nil)
	if err != nil {
		return err
	}
	type category struct {
		id, above int64
		slug      string
	}
	var all []category
	var r jsonread.Reader
	r.Reset(a.Body)
	r.Object()
	for r.Next() {
		if r.Key() != "categories" {
			continue
		}
		for ok := r.TryArray(); ok && r.Next() && len(all) < 10_000; {
			var c category
			for ok := r.TryObject(); ok && r.Next(); {
				switch r.Key() {
				case "id":
					c.id, _ = r.TryInt64()
				case "parent_category_id":
					c.above, _ = r.TryInt64()
				case "slug":
					c.slug = strings.ToLower(r.TryText())
				}
			}
			all = append(all, c)
		}
	}
	if err := r.End(); err != nil {
		return f.Unreadable(err)
	}
	f.categories = map[int64]bool{}
	for _, name := range wanted {
		found := false
		for _, c := range all {
			if c.slug == name || strconv.FormatInt(c.id, 10) == name {
				f.categories[c.id], found = true, true
			}
		}
		if !found {
			return hearth.Errorf(hearth.Invalid, "The forum shows no category %q; its address ends in the name and number of a category.", name)
		}
	}
	for range 3 { // as deep as categories go
		for _, c := range all {
			if f.categories[c.above] {
				f.categories[c.id] = true
			}
		}
	}
	return nil
}

// page is network.Listing.Page; a token is the greatest number wanted.
func (f *forum) page(ctx context.Context, token string) (p network.Page, err error) {
	q := url.Values{}
	if token != "" {
		q.Set("before", token)
	}
	a, err := f.Get(ctx, "/posts.json", q)
	if err != nil {
		return p, err
	}
	var r jsonread.Reader
	r.Reset(a.Body)
	r.Object()
	for r.Next() {
		if r.Key() != "latest_posts" {
			continue
		}
		for ok := r.TryArray(); ok && r.Next() && len(p.Entries) < 4*pageSize; {
			e, err := f.entry(ctx, r.Raw())
			if err != nil {
				return p, err
			}
			p.Entries = append(p.Entries, e)
		}
	}
	if err := r.End(); err != nil {
		return p, f.Unreadable(err)
	}
	below, _ := strconv.ParseInt(token, 10, 64)
	if below -= pageSize; len(p.Entries) == 0 {
		p.Down = below + 1
	} else {
		least := int64(0)
		for _, e := range p.Entries {
			if e.Order > 0 && (least == 0 || e.Order < least) {
				least = e.Order
			}
		}
		below = least - 1
	}
	if below > 0 {
		p.Next = strconv.FormatInt(below, 10)
	}
	return p, nil
}

// entry reads a post and decides whether it is wanted. The error is one of
// asking for its topic.
func (f *forum) entry(ctx context.Context, raw string) (e network.Entry, err error) {
	p, problem := readPost(raw)
	e = network.Entry{Order: p.id, Ref: strconv.FormatInt(p.id, 10), Raw: f.home + "\n" + raw, Problem: problem}
	if problem != "" {
		return e, nil
	}
	f.Session.Cache.Put(f.placeKey(p.topic, p.number), e.Ref)
	if p.kind != 1 || f.categories != nil && !f.categories[p.category] {
		e.Skip = true
		return e, nil
	}
	e.Event = p.event(f.home, f.find)
	if len(f.tags) == 0 || !e.Event.Op.HasPost() {
		return e, nil
	}
	tags, err := f.tagsOf(ctx, p.topic)
	if hearth.ErrorCode(err) == hearth.NotFound || hearth.ErrorCode(err) == hearth.Denied {
		tags, err = nil, nil // gone with its posts
	}
	e.Skip = !slices.ContainsFunc(tags, func(t string) bool { return slices.Contains(f.tags, strings.ToLower(t)) })
	e.Event.Post.Hashtags = tags
	return e, err
}

// tagsOf are the tags of a topic, as they were when it was first seen.
func (f *forum) tagsOf(ctx context.Context, topic int64) (tags []string, err error) {
	key := "discourse " + f.Base.Host + " tags " + strconv.FormatInt(topic, 10)
	if known, ok := f.Session.Cache.Get(key); ok {
		return strings.Fields(known), nil
	}
	a, err := f.Get(ctx, "/t/"+strconv.FormatInt(topic, 10)+".json", nil)
	if err != nil {
		return nil, err
	}
	var r jsonread.Reader
	r.Reset(a.Body)
	r.Object()
	for r.Next() {
		if r.Key() != "tags" {
			continue
		}
		for ok := r.TryArray(); ok && r.Next() && len(tags) < 100; {
			if r.Kind() == jsonread.Object { // as newer forums write them
				for ok := r.TryObject(); ok && r.Next(); {
					if r.Key() == "name" {
						tags = append(tags, r.TryText())
					}
				}
			} else {
				tags = append(tags, r.TryText())
			}
		}
	}
	if err := r.End(); err != nil {
		return nil, f.Unreadable(err)
	}
	f.Session.Cache.Put(key, strings.Join(tags, " "))
	return tags, nil
}

// ask is network.Listing.Ask.
func (f *forum) ask(ctx context.Context, id string) (e network.Entry, err error) {
	a, err := f.Get(ctx, "/posts/"+url.PathEscape(id)+".json", nil)
	if err != nil {
		return e, err
	}
	return f.entry(ctx, a.Body)
}

func (f *forum) placeKey(topic, number int64) string {
	return "discourse " + placeID(f.Base.Host, topic, number)
}

// find is the id of a post by its place in a topic, if it was seen.
func (f *forum) find(topic, number int64) string {
	id, ok := f.Session.Cache.Get(f.placeKey(topic, number))
	if !ok {
		return ""
	}
	return f.home + "/p/" + id
}

// complete is network.Network.Complete: it finds the ids of posts that are known
// by their place in a topic.
func complete(ctx context.Context, s *network.Session, posts []*hearth.Post) {
	f, err := newForum(s, 5*time.Second)
	if err != nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	for _, p := range posts {
		p.InReplyTo = f.resolve(ctx, p.InReplyTo)
		p.Root = f.resolve(ctx, p.Root)
	}
}

func (f *forum) resolve(ctx context.Context, id string) string {
	place, ok := strings.CutPrefix(id, f.home+"/t/")
	if !ok || ctx.Err() != nil {
		return id
	}
	topic, number, _ := strings.Cut(place, "/")
	t, err1 := strconv.ParseInt(topic, 10, 64)
	n, err2 := strconv.ParseInt(number, 10, 64)
	if err1 != nil || err2 != nil {
		return id
	}
	if known := f.find(t, n); known != "" {
		return known
	}
	a, err := f.Get(ctx, "/posts/by_number/"+topic+"/"+number+".json", nil)
	if err != nil {
		return id
	}
	p, problem := readPost(a.Body)
	if problem != "" {
		return id
	}
	f.Session.Cache.Put(f.placeKey(t, n), strconv.FormatInt(p.id, 10))
	return postID(f.home, p.id)
}

// search is network.Network.Search. The forum's search shows beginnings only,
// so each post it finds is asked for.
func (w timing) search(ctx context.Context, s *network.Session, want network.Wanted, from network.Cursor, emit func(*network.Batch) error) error {
	f, err := newForum(s, w.call)
	if err != nil {
		return err
	}
	if err := f.choose(ctx); err != nil {
		return err
	}
	sweep := network.Sweep{Wanted: want, Page: func(ctx context.Context, phrase, token string) (network.Page, error) {
		return f.found(ctx, &want, phrase, token, w.pace)
	}}
	return sweep.Run(ctx, from, emit)
}

// found is a page of what the forum finds.
func (f *forum) found(ctx context.Context, want *network.Wanted, phrase, token string, pace time.Duration) (p network.Page, err error) {
	words := []string{`"` + strings.ReplaceAll(phrase, `"`, " ") + `"`, "order:latest"}
	if !want.Since.IsZero() {
		words = append(words, "after:"+want.Since.UTC().AddDate(0, 0, -1).Format(time.DateOnly))
	}
	if !want.Until.IsZero() {
		words = append(words, "before:"+want.Until.UTC().AddDate(0, 0, 1).Format(time.DateOnly))
	}
	number, _ := strconv.Atoi(token)
	number = max(number, 1)
	a, err := f.Get(ctx, "/search.json", url.Values{"q": {strings.Join(words, " ")}, "page": {strconv.Itoa(number)}})
	if err != nil {
		return p, err
	}
	var ids []int64
	more := false
	var r jsonread.Reader
	r.Reset(a.Body)
	r.Object()
	for r.Next() {
		switch r.Key() {
		case "posts":
			for ok := r.TryArray(); ok && r.Next() && len(ids) < 4*pageSize; {
				for ok := r.TryObject(); ok && r.Next(); {
					if r.Key() == "id" {
						id, _ := r.TryInt64()
						ids = append(ids, id)
					}
				}
			}
		case "grouped_search_result":
			for ok := r.TryObject(); ok && r.Next(); {
				if r.Key() == "more_full_page_results" {
					more, _ = r.TryBool()
				}
			}
		}
	}
	if err := r.End(); err != nil {
		return p, f.Unreadable(err)
	}
	for _, id := range ids {
		if err := network.Pause(ctx, pace); err != nil {
			return p, err
		}
		e, err := f.ask(ctx, strconv.FormatInt(id, 10))
		switch code := hearth.ErrorCode(err); {
		case code == hearth.NotFound || code == hearth.Denied:
		case err != nil:
			return p, err
		default:
			p.Entries = append(p.Entries, e)
		}
	}
	if more {
		p.Next = strconv.Itoa(number + 1)
	}
	return p, nil
}

// decode is network.Network.Decode: a dead letter is the forum's address on a
// line, and the post.
func decode(raw []byte, b *network.Batch) {
	home, text, _ := strings.Cut(string(raw), "\n")
	p, problem := readPost(text)
	if _, err := parseServer(home); err != nil && problem == "" {
		problem = "The record does not say which forum it is of."
	}
	if problem == "" && p.kind == 1 {
		ev := p.event(home, func(int64, int64) string { return "" })
		err := ev.Post.Check()
		if err == nil {
			*b.Add() = ev
			return
		}
		problem = network.Sentence(err)
	}
	if problem != "" {
		b.Rejects = append(b.Rejects, network.Reject{Raw: raw, Reason: problem})
	}
}
