package twitter

import (
	"bytes"
	"context"
	"io"

	"hearth"
	"hearth/jsonread"
	"hearth/network"
)

// FormatV2 is version 2 of the API: pages and lines with data and includes, and
// posts alone.
func FormatV2() network.Format {
	return network.Format{
		Name:       "twitter-v2",
		Title:      "X posts (API 2)",
		Extensions: nil, // nothing tells it from other JSON but its content
		Sniff: func(head []byte) bool {
			return bytes.Contains(head, []byte(`"public_metrics"`)) || bytes.Contains(head, []byte(`"edit_history_tweet_ids"`)) ||
				bytes.Contains(head, []byte(`"edit_history_post_ids"`)) || bytes.Contains(head, []byte(`"author_id"`)) && bytes.Contains(head, []byte(`"data"`))
		},
		Read: func(ctx context.Context, r io.Reader, _ map[string]string, each func(*network.Record) error) error {
			return network.ReadValues(ctx, r, each, readV2)
		},
	}
}

// page is an answer taken apart. Data comes before the includes that it refers
// to, so both are read after the whole.
type page struct {
	data, includes, errors string
	alone                  bool // the value is a post itself
	users                  map[string]hearth.Author
	posts                  map[string]post
	media                  map[string]hearth.Media
	places                 map[string]hearth.Place
}

// post is a post as version 2 writes it.
type post struct {
	id, author, text, note, created, lang, root string
	replyTo, quotes, reposts                    string
	counts                                      hearth.Engagement
	links, tags, mentions, mediaKeys            []string
	revision, placeID                           string
}

func readV2(text string, out *network.Records) error {
	var r jsonread.Reader
	r.Reset(text)
	if r.Kind() != jsonread.Object {
		return out.Refuse("The record is " + r.Kind().String() + " and not a post or a page of posts.")
	}
	var p page
	p.outline(&r)
	if err := r.End(); err != nil {
		return out.Refuse(network.Sentence(err))
	}
	if p.data == "" && p.alone {
		p.data = text
	}
	if err := p.readIncludes(); err != nil {
		return out.Refuse(network.Sentence(err))
	}
	switch {
	case p.data != "":
		return p.give(out)
	case p.errors != "":
		return out.Refuse("This is an error the network answered with, not a post: " + p.errors)
	}
	return out.Refuse("This is not a post: it has neither data nor an id and a text.")
}

func (p *page) outline(r *jsonread.Reader) {
	var id, words bool
	r.Object()
	for r.Next() {
		switch r.Key() {
		case "data":
			p.data = r.Raw()
		case "includes":
			p.includes = r.Raw()
		case "errors":
			p.errors = r.Raw()
		case "id":
			id = r.Kind() == jsonread.String || r.Kind() == jsonread.Number
		case "text":
			words = r.Kind() == jsonread.String
		}
	}
	p.alone = id && words
}

func (p *page) give(out *network.Records) error {
	var r jsonread.Reader
	r.Reset(p.data)
	if r.Kind() == jsonread.Object {
		return p.giveOne(readPost(&r), &r, out)
	}
	if !r.TryArray() {
		return out.Refuse("This is not a page of posts: its data is " + r.Kind().String() + ".")
	}
	for r.Next() {
		if err := p.giveOne(readPost(&r), &r, out); err != nil {
			return err
		}
	}
	if err := r.End(); err != nil {
		return out.Refuse(network.Sentence(err))
	}
	return nil
}

func (p *page) giveOne(t post, r *jsonread.Reader, out *network.Records) error {
	if err := r.Err(); err != nil {
		return out.Refuse(network.Sentence(err))
	}
	if t.id == "" || t.text == "" && t.created == "" {
		return out.Refuse("This is not a post: it has no id, text and date.")
	}
	ev := out.Event()
	ev.Revision = t.revision
	p.fill(&ev.Post, &t)
	return out.Give()
}

func (p *page) fill(to *hearth.Post, t *post) {
	author, ok := p.users[t.author]
	if !ok {
		author = hearth.Author{ID: t.author}
	}
	*to = hearth.Post{
		Network: Name, ID: t.id, URL: address(author.Handle, t.id), Author: author, Text: t.words(), Lang: t.lang, Published: parseTime(t.created),
		InReplyTo: t.replyTo, Quotes: t.quotes, RepostOf: t.reposts, Links: t.links, Hashtags: t.tags, Mentions: t.mentions,
		Engagement: t.counts, Place: p.places[t.placeID], Media: p.mediaOf(t),
	}
	if to.Lang == "und" {
		to.Lang = ""
	}
	if t.root != t.id {
		to.Root = t.root
	}
	if t.reposts == "" {
		return
	}
	// The text of a repost is cut short; the reposted post has the whole.
	to.Quotes, to.InReplyTo, to.Root = "", "", ""
	if o, ok := p.posts[t.reposts]; ok {
		to.Text, to.Links, to.Hashtags, to.Mentions, to.Media = o.words(), o.links, o.tags, o.mentions, p.mediaOf(&o)
	}
}

func (t *post) words() string {
	if t.note != "" {
		return unescape(t.note)
	}
	return unescape(t.text)
}

func (p *page) mediaOf(t *post) (list []hearth.Media) {
	for _, key := range t.mediaKeys {
		if m, ok := p.media[key]; ok {
			list = append(list, m)
		}
	}
	return list
}

func readPost(r *jsonread.Reader) (t post) {
	if !r.TryObject() {
		return t
	}
	for r.Next() {
		switch r.Key() {
		case "id":
			t.id = r.TryID()
		case "text":
			t.text = r.TryText()
		case "note_tweet", "note_post":
			t.noteOf(r)
		case "author_id":
			t.author = r.TryID()
		case "created_at":
			t.created = r.TryText()
		case "lang":
			t.lang = r.TryText()
		case "conversation_id":
			t.root = r.TryID()
		case "referenced_tweets", "referenced_posts":
			t.references(r)
		case "public_metrics":
			t.metrics(r)
		case "entities":
			t.entities(r)
		case "attachments":
			t.attachments(r)
		case "geo":
			t.placeID = member(r, "place_id")
		case "edit_history_tweet_ids", "edit_history_post_ids":
			if r.TryArray() {
				for r.Next() {
					t.revision = r.TryID()
				}
			}
		}
	}
	return t
}

// member reads one member of the object at hand.
func member(r *jsonread.Reader, name string) (value string) {
	if !r.TryObject() {
		return ""
	}
	for r.Next() {
		if r.Key() == name {
			value = r.TryID()
		}
	}
	return value
}

func (t *post) noteOf(r *jsonread.Reader) {
	if !r.TryObject() {
		return
	}
	for r.Next() {
		switch r.Key() {
		case "text":
			t.note = r.TryText()
		case "entities":
			t.entities(r)
		}
	}
}

func (t *post) references(r *jsonread.Reader) {
	if !r.TryArray() {
		return
	}
	for r.Next() {
		if !r.TryObject() {
			continue
		}
		var kind, id string
		for r.Next() {
			switch r.Key() {
			case "type":
				kind = r.TryText()
			case "id":
				id = r.TryID()
			}
		}
		switch kind {
		case "replied_to":
			t.replyTo = id
		case "quoted":
			t.quotes = id
		case "retweeted", "reposted":
			t.reposts = id
		}
	}
}

func (t *post) metrics(r *jsonread.Reader) {
	if !r.TryObject() {
		return
	}
	for r.Next() {
		var to *hearth.Count
		switch r.Key() {
		case "like_count":
			to = &t.counts.Likes
		case "reply_count":
			to = &t.counts.Replies
		case "retweet_count", "repost_count":
			to = &t.counts.Reposts
		case "quote_count":
			to = &t.counts.Quotes
		case "impression_count":
			to = &t.counts.Views
		default:
			continue
		}
		if n, ok := r.TryInt64(); ok && n >= 0 {
			*to = hearth.KnownCount(n)
		}
	}
}

func (t *post) entities(r *jsonread.Reader) {
	if !r.TryObject() {
		return
	}
	for r.Next() {
		switch r.Key() {
		case "hashtags":
			eachMember(r, "tag", func(s string) { t.tags = appendNew(t.tags, s) })
		case "mentions":
			eachMember(r, "username", func(s string) { t.mentions = appendNew(t.mentions, s) })
		case "urls":
			eachMember(r, "expanded_url", func(s string) { t.links = appendNew(t.links, s) })
		}
	}
}

// eachMember reads one member of every object in the array at hand.
func eachMember(r *jsonread.Reader, name string, take func(string)) {
	if !r.TryArray() {
		return
	}
	for r.Next() {
		take(member(r, name))
	}
}

func (t *post) attachments(r *jsonread.Reader) {
	if !r.TryObject() {
		return
	}
	for r.Next() {
		if r.Key() != "media_keys" || !r.TryArray() {
			continue
		}
		for r.Next() {
			t.mediaKeys = appendNew(t.mediaKeys, r.TryText())
		}
	}
}
