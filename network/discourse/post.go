package discourse

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"hearth"
	"hearth/jsonread"
	"hearth/network"
)

// post is a post as the forum writes it.
type post struct {
	id, number            int64
	topic, category       int64
	replyTo               int64 // number in the topic
	kind                  int64 // 1: what people write
	version               int64
	username, name        string
	title, slug           string // of the topic
	raw, cooked           string // Markdown, and the HTML it becomes
	created, updated      time.Time
	replies, reads, likes hearth.Count
	gone, hidden          bool
}

// readPost reads one post; problem says why it cannot be.
func readPost(raw string) (p post, problem string) {
	var r jsonread.Reader
	r.Reset(raw)
	if r.Kind() != jsonread.Object {
		return p, "The entry is " + r.Kind().String() + " and not a post."
	}
	p.kind = 1
	number := func(to *int64) {
		if n, ok := r.TryInt64(); ok {
			*to = n
		}
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
			number(&p.id)
		case "post_number":
			number(&p.number)
		case "topic_id":
			number(&p.topic)
		case "category_id":
			number(&p.category)
		case "reply_to_post_number":
			number(&p.replyTo)
		case "post_type":
			number(&p.kind)
		case "version":
			number(&p.version)
		case "username":
			p.username = r.TryText()
		case "name":
			p.name = r.TryText()
		case "topic_title":
			p.title = r.TryText()
		case "topic_slug":
			p.slug = r.TryText()
		case "raw":
			p.raw = r.TryText()
		case "cooked":
			p.cooked = r.TryText()
		case "created_at":
			p.created, _ = hearth.ParseTime(r.TryText())
		case "updated_at":
			p.updated, _ = hearth.ParseTime(r.TryText())
		case "reply_count":
			p.replies = count()
		case "reads":
			p.reads = count()
		case "actions_summary":
			p.likes = likes(&r)
		case "deleted_at":
			p.gone = r.TryText() != "" || p.gone
		case "user_deleted":
			yes, _ := r.TryBool()
			p.gone = p.gone || yes
		case "hidden":
			p.hidden, _ = r.TryBool()
		}
	}
	if err := r.End(); err != nil {
		return p, network.Sentence(err)
	}
	if p.id <= 0 || p.topic <= 0 || p.username == "" || strings.ContainsAny(p.username, " /\n") || p.created.IsZero() {
		return p, "The post lacks its number, topic, author or time."
	}
	return p, ""
}

// likes is the number of likes among what people did with a post; 2 is a like.
func likes(r *jsonread.Reader) (n hearth.Count) {
	n = hearth.KnownCount(0)
	for ok := r.TryArray(); ok && r.Next(); {
		id, count := int64(0), int64(0)
		for ok := r.TryObject(); ok && r.Next(); {
			switch r.Key() {
			case "id":
				id, _ = r.TryInt64()
			case "count":
				count, _ = r.TryInt64()
			}
		}
		if id == 2 && count > 0 {
			n = hearth.KnownCount(count)
		}
	}
	return n
}

// event makes the event of a post of the forum at home. find is the id of a post
// by its place in a topic, "" if it is not known.
func (p *post) event(home string, find func(topic, number int64) string) network.Event {
	id := postID(home, p.id)
	author := hearth.Author{ID: home + "/u/" + url.PathEscape(p.username), Handle: p.username, Name: p.name, URL: home + "/u/" + url.PathEscape(p.username)}
	name := hearth.Post{Network: Name, ID: id, Author: hearth.Author{ID: author.ID}}
	switch {
	case p.gone:
		return network.Event{Op: network.Delete, Post: name}
	case p.hidden:
		return network.Event{Op: network.Hide, Post: name}
	}
	text, links := network.PlainText(unquoted(p.cooked))
	if p.cooked == "" {
		text = p.raw
	}
	slug := p.slug
	if slug == "" {
		slug = "-"
	}
	q := hearth.Post{
		Network: Name, ID: id, Kind: hearth.Reply, Text: text, Links: links[:min(len(links), 100)], Author: author, Published: p.created,
		URL:        home + "/t/" + url.PathEscape(slug) + "/" + strconv.FormatInt(p.topic, 10) + "/" + strconv.FormatInt(p.number, 10),
		Engagement: hearth.Engagement{Likes: p.likes, Replies: p.replies, Views: p.reads},
	}
	if p.number <= 1 {
		q.Kind, q.Title = hearth.Original, p.title
	} else {
		at := func(number int64) string {
			if id := find(p.topic, number); id != "" {
				return id
			}
			return placeID(home, p.topic, number)
		}
		q.Root = at(1)
		q.InReplyTo = q.Root
		if p.replyTo > 1 {
			q.InReplyTo = at(p.replyTo)
		}
	}
	ev := network.Event{Op: network.Create, Revision: p.revision() + network.Grown(q.Engagement), At: p.created, Post: q}
	if p.version > 1 {
		ev.Op, ev.At = network.Update, p.updated
	}
	return ev
}

// postID is the id of a post by its number; placeID names it by its place in a
// topic, until its number is known.
func postID(home string, id int64) string { return home + "/p/" + strconv.FormatInt(id, 10) }

func placeID(home string, topic, number int64) string {
	return home + "/t/" + strconv.FormatInt(topic, 10) + "/" + strconv.FormatInt(number, 10)
}

// revision names what the post says; the forum's own number does not rise with
// an edit in the first minutes.
func (p *post) revision() string {
	title, text := "", p.raw
	if p.number <= 1 {
		title = p.title
	}
	if text == "" {
		text = p.cooked
	}
	sum := sha256.Sum256([]byte(title + "\xff" + text))
	return hex.EncodeToString(sum[:8])
}

// unquoted is HTML without what it quotes of others and shows of other pages.
func unquoted(markup string) string {
	if !strings.Contains(markup, "<aside") {
		return markup
	}
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(markup))
	inside := 0
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			return b.String()
		}
		raw := string(z.Raw())
		name, _ := z.TagName()
		switch aside := atom.Lookup(name) == atom.Aside; {
		case aside && kind == html.StartTagToken:
			inside++
		case aside && kind == html.EndTagToken:
			inside = max(0, inside-1)
		case inside == 0:
			b.WriteString(raw)
		}
	}
}
