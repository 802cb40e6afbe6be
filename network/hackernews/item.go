package hackernews

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"strings"
	"time"

	"hearth"
	"hearth/jsonread"
	"hearth/network"
)

const site = "https://news.ycombinator.com/"

// item is an item as the API writes it.
type item struct {
	id, kind, by, parent string
	title, text, url     string // title and text in HTML
	time                 int64  // seconds since 1970
	score, descendants   hearth.Count
	deleted, dead        bool // by the author, by moderators or flags
	null                 bool // the API does not have it
}

// readItem reads an item; problem says why it cannot be.
func readItem(raw string) (i item, problem string) {
	var r jsonread.Reader
	r.Reset(raw)
	if r.Null() {
		return item{null: true}, ""
	}
	if r.Kind() != jsonread.Object {
		return i, "The answer is " + r.Kind().String() + " and not an item."
	}
	count := func() hearth.Count {
		if n, ok := r.TryInt64(); ok && n >= 0 {
			return hearth.KnownCount(n)
		}
		return hearth.Count{}
	}
	r.Object()
	for r.Next() {
		switch r.Key() {
		case "id":
			i.id = r.TryID()
		case "type":
			i.kind = r.TryText()
		case "by":
			i.by = r.TryText()
		case "parent":
			i.parent = r.TryID()
		case "title":
			i.title = r.TryText()
		case "text":
			i.text = r.TryText()
		case "url":
			i.url = r.TryText()
		case "time":
			i.time, _ = r.TryInt64()
		case "score":
			i.score = count()
		case "descendants":
			i.descendants = count()
		case "deleted":
			i.deleted, _ = r.TryBool()
		case "dead":
			i.dead, _ = r.TryBool()
		}
	}
	if err := r.End(); err != nil {
		return i, network.Sentence(err)
	}
	if !isID(i.id) {
		return i, "The item has no number."
	}
	if i.isPost() && !i.gone() && (i.by == "" || strings.ContainsAny(i.by, " \n") || i.time <= 0) {
		return i, "The item lacks an author or a time."
	}
	return i, ""
}

func isID(s string) bool {
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return 0 < len(s) && len(s) <= 18
}

// gone says that people do not see the item.
func (i *item) gone() bool { return i.deleted || i.dead }

// isPost says whether the item is of a kind that people write.
func (i *item) isPost() bool {
	switch i.kind {
	case "story", "comment", "job", "poll":
		return true
	}
	return false // options of polls, and what is not known yet
}

// fill makes the event of a new item, or says why it cannot.
func (i *item) fill(ev *network.Event) (problem string) {
	text, links := network.PlainText(i.text)
	title, _ := network.PlainText(i.title)
	p := hearth.Post{
		Network: Name, ID: i.id, URL: site + "item?id=" + i.id, Kind: hearth.Original, Title: title, Text: text, InReplyTo: i.parent,
		Author:    hearth.Author{ID: i.by, Handle: i.by, URL: site + "user?id=" + url.QueryEscape(i.by)},
		Published: time.Unix(i.time, 0).UTC(), Engagement: hearth.Engagement{Likes: i.score, Replies: i.descendants},
	}
	if i.url != "" {
		links = append([]string{i.url}, links...)
	}
	p.Links = links[:min(len(links), 100)]
	if i.kind == "comment" {
		p.Kind = hearth.Comment
	}
	*ev = network.Event{Op: network.Create, Revision: i.version(), At: p.Published, Post: p}
	if err := p.Check(); err != nil {
		return network.Sentence(err)
	}
	return ""
}

// version names what the item says, and how large its counts are.
func (i *item) version() string {
	sum := sha256.Sum256([]byte(i.title + "\xff" + i.text + "\xff" + i.url))
	return hex.EncodeToString(sum[:8]) + network.Grown(hearth.Engagement{Likes: i.score, Replies: i.descendants})
}
