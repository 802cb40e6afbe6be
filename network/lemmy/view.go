package lemmy

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

// view is a post or comment with what belongs to it, of both versions.
type view struct {
	post, comment thing
	isComment     bool
	creator       person
	counts        counts // of version 3
}

// thing is a post or a comment.
type thing struct {
	id, apID           string
	name, text, url    string // name and url of posts; text is Markdown
	path               string // of comments: the numbers of those above, 0 first
	urlType            string
	published, updated string
	deleted            bool // by the author
	removed            bool // by a moderator
	counts             counts
}

type person struct {
	id, apID, name, displayed string
	bot                       hearth.Bool
}

type counts struct{ upvotes, score, replies hearth.Count }

// readView reads one PostView or CommentView; problem says why it cannot be.
func readView(raw string) (v view, problem string) {
	var r jsonread.Reader
	r.Reset(raw)
	if r.Kind() != jsonread.Object {
		return v, "The entry is " + r.Kind().String() + " and neither a post nor a comment."
	}
	r.Object()
	for r.Next() {
		switch r.Key() {
		case "post":
			v.post.read(&r)
		case "comment":
			v.isComment = r.Kind() == jsonread.Object
			v.comment.read(&r)
		case "creator":
			v.creator.read(&r)
		case "counts":
			for ok := r.TryObject(); ok && r.Next(); {
				v.counts.read(&r)
			}
		}
	}
	if err := r.End(); err != nil {
		return v, network.Sentence(err)
	}
	t := v.thing()
	switch {
	case !isAddress(t.apID) || !isAddress(v.post.apID):
		return v, "The entry does not name its post by an address (ap_id)."
	case !isAddress(v.creator.apID):
		return v, "The entry does not name its author by an address."
	case t.order() == 0:
		return v, "The entry has no time."
	}
	return v, ""
}

// thing is what the view is about.
func (v *view) thing() *thing {
	if v.isComment {
		return &v.comment
	}
	return &v.post
}

func (t *thing) read(r *jsonread.Reader) {
	for ok := r.TryObject(); ok && r.Next(); {
		switch r.Key() {
		case "id":
			t.id = r.TryID()
		case "ap_id":
			t.apID = r.TryText()
		case "name":
			t.name = r.TryText()
		case "body", "content":
			t.text = r.TryText()
		case "url":
			t.url = r.TryText()
		case "url_content_type":
			t.urlType = r.TryText()
		case "path":
			t.path = r.TryText()
		case "published", "published_at":
			t.published = r.TryText()
		case "updated", "updated_at":
			t.updated = r.TryText()
		case "deleted":
			t.deleted, _ = r.TryBool()
		case "removed":
			t.removed, _ = r.TryBool()
		default:
			t.counts.read(r)
		}
	}
}

// read takes the member at hand if it is a count.
func (c *counts) read(r *jsonread.Reader) {
	var to *hearth.Count
	switch r.Key() {
	case "upvotes":
		to = &c.upvotes
	case "score":
		to = &c.score
	case "comments", "child_count":
		to = &c.replies
	default:
		return
	}
	if n, ok := r.TryInt64(); ok && n >= 0 {
		*to = hearth.KnownCount(n)
	}
}

func (p *person) read(r *jsonread.Reader) {
	for ok := r.TryObject(); ok && r.Next(); {
		switch r.Key() {
		case "id":
			p.id = r.TryID()
		case "ap_id", "actor_id":
			p.apID = r.TryText()
		case "name":
			p.name = r.TryText()
		case "display_name":
			p.displayed = r.TryText()
		case "bot_account":
			if yes, ok := r.TryBool(); ok {
				p.bot = hearth.BoolOf(yes)
			}
		}
	}
}

func isAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
}

// instant reads a time; Lemmy before 0.19 leaves the zone out, which is UTC.
func instant(s string) time.Time {
	t, ok := hearth.ParseTime(s)
	if !ok {
		t, _ = hearth.ParseTime(s + "Z")
	}
	return t
}

// order places the thing in a listing; 0 if it has no time.
func (t *thing) order() int64 {
	if at := instant(t.published); !at.IsZero() {
		return at.UnixMicro()
	}
	return 0
}

// event makes the event of the view. parent is the ActivityPub id of a comment
// by its number, "" if that is not known; home is the server's address.
func (v *view) event(parent func(id string) string, home string) network.Event {
	t := v.thing()
	p := hearth.Post{
		Network: Name, ID: t.apID, URL: t.apID, Kind: hearth.Original, Title: strings.TrimSpace(t.name), Text: strings.TrimSpace(t.text),
		Published: instant(t.published),
		Author: hearth.Author{
			ID: v.creator.apID, Handle: v.creator.name + "@" + hostOf(v.creator.apID), Name: v.creator.displayed, URL: v.creator.apID, Bot: v.creator.bot,
		},
	}
	c := t.counts
	if !c.score.Known && !c.upvotes.Known {
		c = v.counts
	}
	if p.Engagement.Likes = c.upvotes; !c.upvotes.Known {
		p.Engagement.Likes = c.score
	}
	p.Engagement.Replies = c.replies
	if v.isComment {
		p.Kind, p.Root, p.InReplyTo = hearth.Comment, v.post.apID, v.post.apID
		if above := t.above(); above != "" {
			if p.InReplyTo = parent(above); p.InReplyTo == "" {
				p.InReplyTo = home + "/comment/" + above // its id, if it was written on this server
			}
		}
	}
	if isAddress(t.url) {
		p.Links = append(p.Links, t.url)
		if kind, _, _ := strings.Cut(t.urlType, "/"); kind == "image" || kind == "video" || kind == "audio" {
			p.Media = []hearth.Media{{Type: kind, URL: t.url}}
		}
	}
	p.Links = network.AppendLinks(p.Links, t.text)
	ev := network.Event{Op: network.Create, Revision: v.version() + network.Grown(p.Engagement), At: p.Published, Post: p}
	gone := hearth.Post{Network: Name, ID: p.ID, Author: hearth.Author{ID: p.Author.ID}}
	switch edited := instant(t.updated); {
	case t.deleted:
		ev = network.Event{Op: network.Delete, Post: gone}
	case t.removed:
		ev = network.Event{Op: network.Hide, Post: gone}
	case !edited.IsZero():
		ev.Op, ev.At = network.Update, edited
	}
	return ev
}

// above is the number of the comment that this one answers, "" for a post.
func (t *thing) above() string {
	parts := strings.Split(t.path, ".")
	if len(parts) < 3 {
		return ""
	}
	above := parts[len(parts)-2]
	for _, c := range []byte(above) {
		if c < '0' || c > '9' {
			return ""
		}
	}
	return above
}

// version names what the thing says.
func (v *view) version() string {
	t := v.thing()
	sum := sha256.Sum256([]byte(t.name + "\xff" + t.text + "\xff" + t.url))
	return hex.EncodeToString(sum[:8])
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Hostname()
}
