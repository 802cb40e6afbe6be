package bluesky

import (
	"context"
	"net/url"
	"strings"
	"time"

	"hearth"
	"hearth/jsonread"
	"hearth/network"
)

const searchPosts = "/xrpc/app.bsky.feed.searchPosts"

// search is network.Network.Search, through the server of the account in the
// settings: the public AppView lets nobody search without one. Posts come with
// the handles of their authors. A search that ends before it has come back to
// where it was to go is begun again below the oldest post that it found.
func search(ctx context.Context, s *network.Session, want network.Wanted, from network.Cursor, emit func(*network.Batch) error) error {
	a, err := newAccount(s)
	if err != nil {
		return err
	}
	f := &finder{account: a, want: want}
	sweep := network.Sweep{Wanted: want, Page: f.page}
	return sweep.Run(ctx, from, emit)
}

// finder looks for phrases.
type finder struct {
	account *account
	want    network.Wanted
}

// page is network.Sweep.Page. The token is the time below which is searched and
// the server's own cursor.
func (f *finder) page(ctx context.Context, phrase, token string) (p network.Page, err error) {
	until, cursor, _ := strings.Cut(token, " ")
	if until == "" {
		until = f.want.Until.UTC().Format(time.RFC3339Nano)
		if f.want.Until.IsZero() {
			until = f.account.s.Clock().UTC().Format(time.RFC3339Nano)
		}
	}
	q := url.Values{
		"q": {`"` + strings.ReplaceAll(phrase, `"`, " ") + `"`}, "sort": {"latest"}, "limit": {"100"}, "until": {until},
		"since": {f.want.Since.UTC().Format(time.RFC3339Nano)},
	}
	if cursor != "" {
		q.Set("cursor", cursor)
	}
	body, err := f.account.get(ctx, searchPosts, q)
	if err != nil {
		return p, err
	}
	next, err := f.read(body, &p)
	if err != nil {
		return p, hearth.Errorf(hearth.Unavailable, "The answer of %s cannot be understood: %s", f.account.pds.Host, network.Sentence(err))
	}
	oldest, _ := hearth.ParseTime(until)
	below := oldest
	for i := range p.Entries {
		if e := &p.Entries[i]; e.Problem == "" && e.Event.Post.Published.Before(oldest) {
			oldest = e.Event.Post.Published
		}
	}
	switch {
	case next != "" && next != cursor:
		p.Next = until + " " + next
	case cursor != "" && oldest.Before(below): // the server gives only so many
		p.Next = oldest.UTC().Format(time.RFC3339Nano) + " "
	}
	return p, nil
}

// read reads an answer: {"posts": […], "cursor": …}.
func (f *finder) read(body string, p *network.Page) (cursor string, err error) {
	var r jsonread.Reader
	r.Reset(body)
	for r.Object(); r.Next(); {
		switch r.Key() {
		case "cursor":
			cursor = r.TryText()
		case "posts":
			for ok := r.TryArray(); ok && r.Next(); {
				if raw := r.Raw(); len(p.Entries) < 1_000 {
					p.Entries = append(p.Entries, f.entry(raw))
				}
			}
		}
	}
	return cursor, r.End()
}

// entry is a post as the AppView shows it.
func (f *finder) entry(raw string) network.Entry {
	e := network.Entry{Raw: raw}
	author, err := readView(raw, &e.Event)
	if err != nil {
		e.Problem = reason(err)
		return e
	}
	if author.handle != "" {
		f.account.s.Cache.Put(cacheKey(author.did), author.String())
	}
	return e
}

// readView reads a postView (app.bsky.feed.defs): the record and what the
// AppView knows of it.
func readView(raw string, ev *network.Event) (author profile, err error) {
	var d Decoder
	var uri, cid, indexed string
	var counts hearth.Engagement
	r := &d.r
	ev.Reset()
	r.Reset(raw)
	for r.Object(); r.Next(); {
		switch r.Key() {
		case "uri":
			uri = r.TryText()
		case "cid":
			cid = r.TryText()
		case "indexedAt":
			indexed = r.TryText()
		case "author":
			author = readProfile(r)
		case "record":
			if r.TryObject() {
				d.raw.hasRecord = true
				d.record(&ev.Post)
			}
		case "likeCount":
			counts.Likes = countOf(r)
		case "replyCount":
			counts.Replies = countOf(r)
		case "repostCount":
			counts.Reposts = countOf(r)
		case "quoteCount":
			counts.Quotes = countOf(r)
		}
	}
	if err := r.End(); err != nil {
		return profile{}, err
	}
	did, rest, _ := strings.Cut(strings.TrimPrefix(uri, "at://"), "/")
	collection, rkey, _ := strings.Cut(rest, "/")
	at, _ := hearth.ParseTime(indexed)
	ev.At = at
	d.raw.did, d.raw.collection, d.raw.rkey, d.raw.operation, d.raw.rev = did, collection, rkey, "create", cid
	if collection != postCollection {
		return profile{}, errNoAuthor
	}
	if _, err := d.commit(ev); err != nil {
		return profile{}, err
	}
	ev.Post.Engagement = counts
	if author.did == did && author.handle != "" && author.handle != "handle.invalid" {
		author.fill(&ev.Post.Author)
		return author, nil
	}
	return profile{}, nil
}

func countOf(r *jsonread.Reader) hearth.Count {
	if n, ok := r.TryInt64(); ok && n >= 0 {
		return hearth.KnownCount(n)
	}
	return hearth.Count{}
}
