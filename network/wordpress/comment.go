package wordpress

import (
	"crypto/sha256"
	"encoding/hex"
	"html"
	"strconv"
	"strings"
	"time"

	"hearth"
	"hearth/jsonread"
	"hearth/network"
)

// comment is a comment as the API writes it.
type comment struct {
	id, article, parent, author int64
	name, page, link            string // name and page of the author
	text                        string // HTML
	status                      string
	written                     time.Time
}

// readComment reads a comment; problem says why it cannot be.
func readComment(raw string) (c comment, problem string) {
	var r jsonread.Reader
	r.Reset(raw)
	if r.Kind() != jsonread.Object {
		return c, "The entry is " + r.Kind().String() + " and not a comment."
	}
	number := func() int64 {
		n, _ := r.TryInt64()
		return n
	}
	r.Object()
	for r.Next() {
		switch r.Key() {
		case "id":
			c.id = number()
		case "post":
			c.article = number()
		case "parent":
			c.parent = number()
		case "author":
			c.author = number()
		case "author_name":
			c.name = html.UnescapeString(r.TryText())
		case "author_url":
			c.page = r.TryText()
		case "link":
			c.link = r.TryText()
		case "status":
			c.status = r.TryText()
		case "date_gmt":
			c.written, _ = hearth.ParseTime(r.TryText() + "Z")
		case "content":
			for ok := r.TryObject(); ok && r.Next(); {
				if r.Key() == "rendered" {
					c.text = r.TryText()
				}
			}
		}
	}
	if err := r.End(); err != nil {
		return c, network.Sentence(err)
	}
	if c.id <= 0 || c.article < 0 || c.written.IsZero() {
		return c, "The comment lacks its number, article or time."
	}
	return c, ""
}

// event makes the event of a comment of the site at home.
func (c *comment) event(home string) network.Event {
	who := c.authorID(home)
	switch c.status {
	case "", "approved", "approve", "hold":
	default: // spam, trash: may be taken back
		return network.Event{Op: network.Hide, Post: hearth.Post{Network: Name, ID: commentID(home, c.id), Author: hearth.Author{ID: who}}}
	}
	text, links := network.PlainText(c.text)
	p := hearth.Post{
		Network: Name, ID: commentID(home, c.id), URL: commentID(home, c.id), Kind: hearth.Comment, Text: text, Links: links[:min(len(links), 100)],
		Author: hearth.Author{ID: who, Name: strings.TrimSpace(c.name)}, Published: c.written,
	}
	if isAddress(c.link) {
		p.URL = c.link
	}
	if isAddress(c.page) {
		p.Author.URL = c.page
	}
	if c.article > 0 {
		p.Root = home + "/?p=" + strconv.FormatInt(c.article, 10)
		p.InReplyTo = p.Root
	}
	if c.parent > 0 {
		p.InReplyTo = commentID(home, c.parent)
	}
	return network.Event{Op: network.Create, Revision: digest(c.text), At: c.written, Post: p}
}

func commentID(home string, id int64) string { return home + "/#comment-" + strconv.FormatInt(id, 10) }

// authorID names a user of the site, or a guest by what is known of one.
func (c *comment) authorID(home string) string {
	if c.author > 0 {
		return home + "/?author=" + strconv.FormatInt(c.author, 10)
	}
	return home + "/#guest-" + digest(strings.ToLower(strings.TrimSpace(c.name))+"\xff"+c.page)
}

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:8])
}

func isAddress(s string) bool {
	return (strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "http://")) && len(s) <= 2048 && !strings.ContainsAny(s, " \n\r\t")
}
