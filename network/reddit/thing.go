package reddit

import (
	"crypto/sha256"
	"encoding/hex"
	"html"
	"math"
	"strings"
	"time"

	"hearth"
	"hearth/jsonread"
	"hearth/network"
)

// thing is a post (t3) or comment (t1) as the API writes it.
type thing struct {
	kind, name                   string
	author, authorID             string
	title, text, html            string
	permalink, url, subreddit    string
	parent, root, crosspost      string
	removed, edited              string
	shared                       *thing // what a crosspost shares
	media                        []hearth.Media
	created                      float64
	score, replies               hearth.Count
	hidden, self, image, hasText bool
}

// readThing reads one {"kind", "data"}; problem says why it cannot be.
func readThing(raw string) (t thing, problem string) {
	var r jsonread.Reader
	r.Reset(raw)
	if r.Kind() != jsonread.Object {
		return t, "The entry is " + r.Kind().String() + " and not an object."
	}
	data := ""
	r.Object()
	for r.Next() {
		switch r.Key() {
		case "kind":
			t.kind = r.TryText()
		case "data":
			data = r.Raw()
		}
	}
	if err := r.End(); err != nil {
		return t, network.Sentence(err)
	}
	if !t.known() {
		return t, ""
	}
	r.Reset(data)
	if r.TryObject() {
		t.read(&r)
	}
	if err := r.End(); err != nil {
		return t, network.Sentence(err)
	}
	if t.root == "" && strings.HasPrefix(t.parent, "t3_") {
		t.root = t.parent
	}
	return t, t.problem()
}

// known says whether the kind is one that people write in public.
func (t *thing) known() bool { return t.kind == "t1" || t.kind == "t3" }

func (t *thing) problem() string {
	kind, number, _ := strings.Cut(t.name, "_")
	switch {
	case kind != t.kind || !isNumber(number):
		return "The entry has no name like t3_abc."
	case t.created <= 0 || t.created > 1e11:
		return "The entry does not say when it was written."
	case t.author == "" || strings.ContainsAny(t.author+t.authorID, " \n"):
		return "The entry lacks an author."
	case t.kind == "t1" && !t.hasText:
		return "The comment has no text."
	}
	return ""
}

// number is the part of the name that rises with time.
func (t *thing) number() string { return t.name[3:] }

// read reads the members of the object that was entered.
func (t *thing) read(r *jsonread.Reader) {
	for r.Next() {
		switch r.Key() {
		case "name":
			t.name = r.TryText()
		case "author":
			t.author = r.TryText()
		case "author_fullname":
			t.authorID = r.TryText()
		case "title":
			t.title = r.TryText()
		case "body", "selftext":
			t.hasText = r.Kind() == jsonread.String
			t.text = r.TryText()
		case "body_html", "selftext_html":
			t.html = r.TryText()
		case "permalink":
			t.permalink = r.TryText()
		case "context": // instead, in an inbox
			if context, _, _ := strings.Cut(r.TryText(), "?"); t.permalink == "" {
				t.permalink = context
			}
		case "url":
			t.url = r.TryText()
		case "subreddit":
			t.subreddit = r.TryText()
		case "parent_id":
			t.parent = r.TryText()
		case "link_id":
			t.root = r.TryText()
		case "crosspost_parent":
			t.crosspost = r.TryText()
		case "crosspost_parent_list":
			t.readShared(r)
		case "removed_by_category":
			t.removed = r.TryText()
		case "created_utc":
			t.created = number(r)
		case "edited":
			if r.Kind() == jsonread.Number {
				t.edited = r.Literal()
			}
		case "score":
			t.score = count(r)
		case "num_comments":
			t.replies = count(r)
		case "score_hidden", "hide_score":
			hidden, _ := r.TryBool()
			t.hidden = t.hidden || hidden
		case "is_self":
			t.self, _ = r.TryBool()
		case "post_hint":
			t.image = r.TryText() == "image"
		case "media_metadata":
			t.gallery(r)
		case "media":
			t.video(r)
		}
	}
}

func (t *thing) readShared(r *jsonread.Reader) {
	for ok := r.TryArray(); ok && r.Next(); {
		if t.shared == nil && r.TryObject() {
			t.shared = &thing{}
			t.shared.readFlat(r)
		}
	}
}

// readFlat reads what is wanted of a shared post; it cannot share another.
func (t *thing) readFlat(r *jsonread.Reader) {
	for r.Next() {
		switch r.Key() {
		case "selftext":
			t.text = r.TryText()
		case "selftext_html":
			t.html = r.TryText()
		}
	}
}

// gallery reads the pictures of a post: {id: {"e": "Image", "s": {"u": …}}}.
func (t *thing) gallery(r *jsonread.Reader) {
	for ok := r.TryObject(); ok && r.Next(); {
		for ok := r.TryObject(); ok && r.Next(); {
			if r.Key() != "s" {
				continue
			}
			for ok := r.TryObject(); ok && r.Next(); {
				if r.Key() == "u" {
					t.addMedia("image", r.TryText())
				}
			}
		}
	}
}

// video reads {"reddit_video": {"fallback_url": …}}.
func (t *thing) video(r *jsonread.Reader) {
	for ok := r.TryObject(); ok && r.Next(); {
		if r.Key() != "reddit_video" {
			continue
		}
		for ok := r.TryObject(); ok && r.Next(); {
			if r.Key() == "fallback_url" {
				t.addMedia("video", r.TryText())
			}
		}
	}
}

const maxMedia = 50 // of a post

func (t *thing) addMedia(kind, address string) {
	if address != "" && len(t.media) < maxMedia {
		t.media = append(t.media, hearth.Media{Type: kind, URL: address})
	}
}

func number(r *jsonread.Reader) float64 {
	if r.Kind() != jsonread.Number {
		return 0
	}
	return r.Float64()
}

func count(r *jsonread.Reader) hearth.Count {
	if n, ok := r.TryInt64(); ok && n >= 0 {
		return hearth.KnownCount(n)
	}
	return hearth.Count{}
}

// gone says whether the author has deleted the entry or the account, or the
// entry was removed. Reddit then keeps the place of it in the thread.
func (t *thing) gone() bool {
	return t.author == "[deleted]" || t.text == "[deleted]" || t.text == "[removed]" || t.removed != ""
}

// by is who wrote the entry.
func (t *thing) by() string {
	if t.authorID != "" {
		return t.authorID
	}
	return t.author
}

// version names what the entry says. The time of the edit is in it, for an edit
// may bring an old text back.
func (t *thing) version() string {
	sum := sha256.Sum256([]byte(t.title + "\xff" + t.text + "\xff" + t.url))
	return hex.EncodeToString(sum[:8]) + "-" + t.edited
}

func (t *thing) at() time.Time {
	whole, part := math.Modf(t.created)
	return time.Unix(int64(whole), int64(part*1e3)*1e6).UTC()
}

// fill makes the event of an entry that is new, or says why it cannot.
func (t *thing) fill(ev *network.Event) (problem string) {
	text, links := t.plain()
	p := hearth.Post{
		Network: Name, ID: t.name, URL: t.address(), Kind: hearth.Comment, Title: t.title, Text: text, InReplyTo: t.parent, Root: t.root,
		Author:    hearth.Author{ID: t.by(), Handle: t.author, URL: site + "/user/" + t.author},
		Published: t.at(), Media: t.media, Engagement: hearth.Engagement{Likes: t.score, Replies: t.replies},
	}
	if t.hidden {
		p.Engagement.Likes = hearth.Count{}
	}
	if t.kind == "t3" {
		p.Kind, p.InReplyTo, p.Root = "", "", ""
		p.RepostOf = t.crosspost
		links = t.pointers(&p, links)
	}
	p.Links = links[:min(len(links), 100)]
	*ev = network.Event{Op: network.Create, Revision: t.version(), At: p.Published, Post: p}
	if err := p.Check(); err != nil {
		return network.Sentence(err)
	}
	return ""
}

// pointers adds what a post points to: a picture, or a page.
func (t *thing) pointers(p *hearth.Post, links []string) []string {
	if t.self || t.url == "" {
		return links
	}
	address := t.url
	if strings.HasPrefix(address, "/") {
		address = site + address
	}
	switch {
	case t.image:
		p.Media = append(p.Media[:len(p.Media):len(p.Media)], hearth.Media{Type: "image", URL: address})
		return links
	case len(t.media) > 0: // the address is the post's own
		return links
	}
	return append([]string{address}, links...)
}

// plain is the text without its marks, and the links in it; that of what is
// shared where there is no other.
func (t *thing) plain() (text string, links []string) {
	from := t
	if t.text == "" && t.shared != nil {
		from = t.shared
	}
	markup := from.html
	if strings.HasPrefix(markup, "&lt;") {
		markup = html.UnescapeString(markup)
	}
	if !strings.HasPrefix(markup, "<") {
		return from.text, nil
	}
	text, links = network.PlainText(markup)
	return text, distinct(links)
}

func distinct(links []string) (list []string) {
	seen := map[string]bool{}
	for _, l := range links {
		if !seen[l] && len(list) < 100 {
			list = append(list, l)
		}
		seen[l] = true
	}
	return list
}

func (t *thing) address() string {
	switch {
	case strings.HasPrefix(t.permalink, "/"):
		return site + t.permalink
	case t.kind == "t3":
		return site + "/comments/" + t.number() + "/"
	case strings.HasPrefix(t.root, "t3_"):
		return site + "/comments/" + t.root[3:] + "/_/" + t.number() + "/"
	}
	return ""
}

// decode is network.Network.Decode.
func decode(raw []byte, b *network.Batch) {
	t, problem := readThing(string(raw))
	ev := b.Add()
	if problem == "" && t.known() && !t.gone() {
		if problem = t.fill(ev); problem == "" {
			return
		}
	}
	b.Drop()
	if problem != "" {
		b.Rejects = append(b.Rejects, network.Reject{Raw: raw, Reason: problem})
	}
}
