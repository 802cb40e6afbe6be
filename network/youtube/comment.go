package youtube

import (
	"net/url"
	"strings"

	"hearth"
	"hearth/jsonread"
	"hearth/network"
)

// comment is a comment as the API writes it.
type comment struct {
	id, parent, video, channel string
	author, authorID, profile  string
	original, display          string
	published, updated         string
	likes, replies             hearth.Count
}

// thread is a comment with the replies that came along.
type thread struct {
	top     comment
	replies []string // unread
	total   int64    // replies there are
}

// readList reads the items of an answer, unread, and the next page's token.
func readList(body string) (items []string, next string, err error) {
	var r jsonread.Reader
	r.Reset(body)
	found := false
	for r.Object(); r.Next(); {
		switch r.Key() {
		case "nextPageToken":
			next = r.TryText()
		case "items", "kind":
			found = true
			for ok := r.TryArray(); ok && r.Next(); {
				if raw := r.Raw(); len(items) < 1_000 {
					items = append(items, raw)
				}
			}
		}
	}
	if err := r.End(); err != nil {
		return nil, "", err
	}
	if !found {
		return nil, "", hearth.Errorf(hearth.Unavailable, "It is no list.")
	}
	return items, next, nil
}

// readThread reads a thread, or a comment by itself; problem says why it cannot
// be. A wrong kind gives neither.
func readThread(raw string) (t thread, ok bool, problem string) {
	var r jsonread.Reader
	r.Reset(raw)
	if r.Kind() != jsonread.Object {
		return t, false, "The entry is " + r.Kind().String() + " and not a comment."
	}
	kind, snippet, alone := "", "", ""
	for r.Object(); r.Next(); {
		switch r.Key() {
		case "kind":
			kind = r.TryText()
		case "id":
			t.top.id = r.TryText()
		case "snippet":
			alone = r.Raw()
			snippet = alone
		case "replies":
			for ok := r.TryObject(); ok && r.Next(); {
				for ok := r.Key() == "comments" && r.TryArray(); ok && r.Next(); {
					if raw := r.Raw(); len(t.replies) < 1_000 {
						t.replies = append(t.replies, raw)
					}
				}
			}
		}
	}
	if err := r.End(); err != nil {
		return t, false, network.Sentence(err)
	}
	switch kind {
	case "", "youtube#commentThread", "youtube#comment":
	default:
		return t, false, ""
	}
	r.Reset(snippet)
	for ok := r.TryObject(); ok && r.Next(); {
		switch r.Key() {
		case "topLevelComment":
			for ok := r.TryObject(); ok && r.Next(); {
				switch r.Key() {
				case "id":
					t.top.id = r.TryText()
				case "snippet":
					alone = r.Raw()
				}
			}
		case "totalReplyCount":
			if n, ok := r.TryInt64(); ok && n >= 0 {
				t.total = n
				t.top.replies = hearth.KnownCount(n)
			}
		case "videoId":
			t.top.video = r.TryText()
		case "channelId":
			t.top.channel = r.TryText()
		}
	}
	if err := r.End(); err != nil && snippet != "" {
		return t, false, network.Sentence(err)
	}
	if err := t.top.read(alone); err != nil {
		return t, false, network.Sentence(err)
	}
	return t, true, t.top.problem()
}

// read reads a comment's snippet.
func (c *comment) read(snippet string) error {
	var r jsonread.Reader
	r.Reset(snippet)
	for ok := r.TryObject(); ok && r.Next(); {
		switch r.Key() {
		case "authorDisplayName":
			c.author = r.TryText()
		case "authorChannelUrl":
			c.profile = r.TryText()
		case "authorChannelId":
			for ok := r.TryObject(); ok && r.Next(); {
				if r.Key() == "value" {
					c.authorID = r.TryText()
				}
			}
		case "textOriginal":
			c.original = r.TryText()
		case "textDisplay":
			c.display = r.TryText()
		case "parentId":
			c.parent = r.TryText()
		case "videoId":
			c.video = r.TryText()
		case "publishedAt":
			c.published = r.TryText()
		case "updatedAt":
			c.updated = r.TryText()
		case "likeCount":
			if n, ok := r.TryInt64(); ok && n >= 0 {
				c.likes = hearth.KnownCount(n)
			}
		}
	}
	return r.End()
}

func (c *comment) problem() string {
	if _, ok := hearth.ParseTime(c.published); !ok || c.id == "" {
		return "The comment lacks an id or the time it was written."
	}
	if c.by() == "" {
		return "The comment lacks an author."
	}
	return ""
}

// by is the author's channel; comments of old accounts name only their page.
func (c *comment) by() string {
	for _, s := range [...]string{c.authorID, c.profile, c.author} {
		if s != "" {
			return s
		}
	}
	return ""
}

// event is the comment as new, or as edited.
func (c *comment) event() (ev network.Event) {
	ev.Revision = c.updated
	if ev.Revision == "" {
		ev.Revision = c.published
	}
	if ev.Revision != c.published {
		ev.Op = network.Update
	}
	text := c.original
	if text == "" {
		text = c.display
	}
	p := &ev.Post
	*p = hearth.Post{
		Network: Name, ID: c.id, Kind: hearth.Comment, Text: text, InReplyTo: c.parent, Root: c.video,
		Author:     hearth.Author{ID: c.by(), Handle: strings.TrimPrefix(c.author, "@"), Name: c.author, URL: c.profile},
		Links:      network.AppendLinks(nil, text),
		Engagement: hearth.Engagement{Likes: c.likes, Replies: c.replies},
	}
	if c.authorID != "" && p.Author.URL == "" {
		p.Author.URL = site + "/channel/" + c.authorID
	}
	if p.InReplyTo == "" {
		p.InReplyTo = c.video
	}
	if c.video != "" {
		p.URL = site + "/watch?v=" + url.QueryEscape(c.video) + "&lc=" + url.QueryEscape(c.id)
	}
	p.Published, _ = hearth.ParseTime(c.published)
	ev.At, _ = hearth.ParseTime(ev.Revision)
	return ev
}

// ref is what a comment is asked for by; the API does not say of every comment
// below which video it stands.
func (c *comment) ref() string { return c.id + " " + c.video }

// decode is network.Network.Decode: of a thread, or a comment by itself.
func decode(raw []byte, b *network.Batch) {
	t, ok, problem := readThread(string(raw))
	if problem == "" && ok {
		ev := t.top.event()
		if err := ev.Post.Check(); err == nil {
			*b.Add() = ev
			return
		} else {
			problem = network.Sentence(err)
		}
	}
	if problem != "" {
		b.Rejects = append(b.Rejects, network.Reject{Raw: raw, Reason: problem})
	}
}
