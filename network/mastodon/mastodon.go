package mastodon

import (
	"bytes"
	"context"
	"io"
	"net/url"
	"strings"

	"hearth"
	"hearth/jsonread"
	"hearth/network"
)

// Name is the network's name in posts.
const Name = "mastodon"

// Format is JSON of statuses.
func Format() network.Format {
	return network.Format{
		Name:       "mastodon",
		Title:      "Mastodon statuses (API)",
		Extensions: nil, // nothing tells it from other JSON but its content
		Sniff: func(head []byte) bool {
			return bytes.Contains(head, []byte(`"reblogs_count"`)) || bytes.Contains(head, []byte(`"spoiler_text"`)) && bytes.Contains(head, []byte(`"acct"`))
		},
		Read: func(ctx context.Context, r io.Reader, _ map[string]string, each func(*network.Record) error) error {
			return network.ReadValues(ctx, r, each, readValue)
		},
	}
}

// status is a status as the API writes it.
type status struct {
	id, uri, url, created, edited string
	content, spoiler, visibility  string
	lang, replyTo, quotes         string
	account                       account
	card                          string
	media                         []hearth.Media
	tags, mentions                []string
	likes, replies, boosts        hearth.Count
	boosted                       *status
	hasContent                    bool
}

type account struct {
	url, uri, acct, name string
	followers            hearth.Count
	bot                  hearth.Bool
	noindex              bool        // wants no search engine to know it
	indexable            hearth.Bool // may be found in searches, where the server says
}

// value is what a JSON value holds.
type value struct {
	r      jsonread.Reader
	list   []status // of an answer with several
	many   bool
	errors string
}

func readValue(text string, out *network.Records) error {
	var v value
	v.r.Reset(text)
	if v.r.Kind() != jsonread.Object {
		return out.Refuse("The record is " + v.r.Kind().String() + " and not a status.")
	}
	s := v.status(true)
	if err := v.r.End(); err != nil {
		return out.Refuse(network.Sentence(err))
	}
	if !v.many {
		return v.give(&s, out)
	}
	for i := range v.list {
		if err := v.give(&v.list[i], out); err != nil {
			return err
		}
	}
	return nil
}

func (v *value) give(s *status, out *network.Records) error {
	if s.uri == "" && v.errors != "" {
		return out.Refuse("This is an error the server answered with, not a status: " + v.errors)
	}
	if problem := s.problem(); problem != "" {
		return out.Refuse(problem)
	}
	s.event(out.Event())
	return out.Give()
}

// problem says why this is no status; "" if it is one.
func (s *status) problem() string {
	if s.uri == "" || s.created == "" || !s.hasContent && s.boosted == nil {
		return "This is not a status: it lacks a uri, a date or content."
	}
	return ""
}

// event fills in a new status, or the edit of one.
func (s *status) event(ev *network.Event) {
	ev.Revision = s.created
	if s.edited != "" {
		ev.Op, ev.Revision = network.Update, s.edited
	}
	s.fill(&ev.Post)
}

func (s *status) fill(p *hearth.Post) {
	text, links := network.PlainText(s.content)
	*p = hearth.Post{
		Network: Name, ID: s.uri, URL: s.url, Title: s.spoiler, Text: text, Lang: s.lang, InReplyTo: s.replyTo, Quotes: s.quotes,
		Author: hearth.Author{ID: s.account.url, Handle: s.account.handle(), Name: s.account.name, URL: s.account.url, Followers: s.account.followers, Bot: s.account.bot},
		Links:  distinct(links, s.card), Media: s.media, Hashtags: s.tags, Mentions: s.mentions,
		Engagement: hearth.Engagement{Likes: s.likes, Replies: s.replies, Reposts: s.boosts},
	}
	if p.Author.ID == "" {
		p.Author.ID = s.account.uri
	}
	p.Published, _ = hearth.ParseTime(s.created)
	if s.visibility == "direct" {
		p.Kind = hearth.Message
	}
	if o := s.boosted; o != nil {
		text, links := network.PlainText(o.content)
		p.RepostOf, p.Title, p.Text, p.Lang = o.uri, o.spoiler, text, o.lang
		p.Links, p.Media, p.Hashtags, p.Mentions = distinct(links, o.card), o.media, o.tags, o.mentions
	}
}

// handle is user@server; the server's own accounts come without it.
func (a *account) handle() string {
	if a.acct == "" || strings.Contains(a.acct, "@") {
		return a.acct
	}
	if u, err := url.Parse(a.url); err == nil && u.Host != "" {
		return a.acct + "@" + u.Host
	}
	return a.acct
}

func distinct(links []string, also string) (list []string) {
	if also != "" {
		links = append(links, also)
	}
	for _, l := range links {
		if len(list) > 200 { // refused by Check
			break
		}
		if !contains(list, l) {
			list = append(list, l)
		}
	}
	return list
}

func contains(list []string, s string) bool {
	for _, have := range list {
		if have == s {
			return true
		}
	}
	return false
}
