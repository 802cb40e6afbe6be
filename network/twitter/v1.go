package twitter

import (
	"bytes"
	"context"
	"io"
	"strconv"
	"strings"

	"hearth"
	"hearth/jsonread"
	"hearth/network"
)

// Format is version 1.1 of the API and the archives made of it.
func Format() network.Format {
	return network.Format{
		Name:       "twitter",
		Title:      "X/Twitter posts (API 1.1, archive)",
		Extensions: []string{".js"},
		Fields: []network.Field{{
			Name: "handle", Title: "Owner of the archive",
			Help: "Handle of the account an archive belongs to; its posts do not name their author.",
		}},
		Sniff: sniffV1,
		Read: func(ctx context.Context, r io.Reader, settings map[string]string, each func(*network.Record) error) error {
			d := decoder{owner: strings.TrimPrefix(settings["handle"], "@")}
			return network.ReadValues(ctx, r, each, d.value)
		},
	}
}

func sniffV1(head []byte) bool {
	for _, mark := range []string{"window.YTD.tweet", "Grailbird.data.tweets", `"in_reply_to_status_id`, `"retweet_count"`, `"favorite_count"`} {
		if bytes.Contains(head, []byte(mark)) && !bytes.Contains(head, []byte(`"public_metrics"`)) {
			return true
		}
	}
	return false
}

// status is a post as version 1.1 writes it.
type status struct {
	id, created, lang       string
	text, fullText          string
	replyTo, quotes         string
	author                  hearth.Author
	links, tags, mentions   []string
	media                   []hearth.Media
	likes, reposts, replies hearth.Count
	quoted                  hearth.Count
	place                   hearth.Place
	reposted                *status
	inner                   *status // an archive's {"tweet": …}
}

type decoder struct {
	r     jsonread.Reader
	owner string
	other otherThing
}

// otherThing is what a value turned out to be that is no status.
type otherThing struct {
	errors             string
	deletedID, deleter string
	user, ids          bool
}

// value reads a status, or an answer of the search with many of them.
func (d *decoder) value(text string, out *network.Records) error {
	d.other = otherThing{}
	d.r.Reset(text)
	if d.r.Kind() != jsonread.Object {
		return out.Refuse("The record is " + d.r.Kind().String() + " and not a post.")
	}
	var s status
	var list []status
	d.status(&s, &list)
	if err := d.r.End(); err != nil {
		return out.Refuse(network.Sentence(err))
	}
	if list != nil {
		for i := range list {
			if err := d.give(&list[i], out); err != nil {
				return err
			}
		}
		return nil
	}
	if s.inner != nil {
		return d.give(s.inner, out)
	}
	return d.give(&s, out)
}

func (d *decoder) give(s *status, out *network.Records) error {
	switch {
	case d.other.deletedID != "":
		ev := out.Event()
		ev.Op = network.Delete
		ev.Post = hearth.Post{Network: Name, ID: d.other.deletedID, Author: hearth.Author{ID: d.other.deleter}}
		return out.Give()
	case s.id == "" && d.other.errors != "":
		return out.Refuse("This is an error the network answered with, not a post: " + d.other.errors)
	case d.other.user:
		return out.Refuse("This is a user, not a post.")
	case s.id == "" && d.other.ids:
		return out.Refuse("This is a list of ids or users, not of posts.")
	case s.id == "" || s.text == "" && s.fullText == "" && s.created == "":
		return out.Refuse("This is not a post: it has no id, text and date.")
	}
	d.post(&out.Event().Post, s)
	return out.Give()
}

func (d *decoder) post(p *hearth.Post, s *status) {
	if s.author.Handle == "" && s.author.ID == "" {
		s.author.Handle = d.owner
	}
	*p = hearth.Post{
		Network: Name, ID: s.id, URL: address(s.author.Handle, s.id), Author: s.author, Text: s.words(), Lang: s.lang,
		Published: parseTime(s.created), InReplyTo: s.replyTo, Quotes: s.quotes,
		Links: s.links, Media: s.media, Hashtags: s.tags, Mentions: s.mentions,
		Engagement: hearth.Engagement{Likes: s.likes, Replies: s.replies, Reposts: s.reposts, Quotes: s.quoted},
		Place:      s.place,
	}
	if p.Lang == "und" {
		p.Lang = ""
	}
	p.Author.URL = profile(s.author.Handle)
	if o := s.reposted; o != nil {
		p.RepostOf = o.id
		p.Text, p.Links, p.Media, p.Hashtags, p.Mentions = o.words(), o.links, o.media, o.tags, o.mentions
		p.Quotes, p.InReplyTo = "", ""
	}
}

// words is the whole text.
func (s *status) words() string {
	if s.fullText != "" {
		return unescape(s.fullText)
	}
	return unescape(s.text)
}

// status reads the object at hand. Lists of statuses inside an answer go into
// list, where that is not nil.
func (d *decoder) status(s *status, list *[]status) {
	r := &d.r
	screenName := false
	r.Object()
	for r.Next() {
		switch r.Key() {
		case "id_str":
			if id := r.TryText(); id != "" {
				s.id = id
			}
		case "id":
			if s.id == "" { // id_str keeps the digits that some writers of id lose
				s.id = r.TryID()
			}
		case "created_at":
			s.created = r.TryText()
		case "text":
			s.text = r.TryText()
		case "full_text":
			s.fullText = r.TryText()
		case "lang":
			s.lang = r.TryText()
		case "in_reply_to_status_id_str":
			if id := r.TryText(); id != "" {
				s.replyTo = id
			}
		case "in_reply_to_status_id":
			if s.replyTo == "" {
				s.replyTo = r.TryID()
			}
		case "quoted_status_id_str":
			if id := r.TryText(); id != "" {
				s.quotes = id
			}
		case "quoted_status_id":
			if s.quotes == "" {
				s.quotes = r.TryID()
			}
		case "user":
			d.user(&s.author)
		case "entities", "extended_entities":
			d.entities(s)
		case "extended_tweet":
			d.extended(s)
		case "retweeted_status":
			if r.Kind() == jsonread.Object {
				s.reposted = new(status)
				d.status(s.reposted, nil)
			}
		case "tweet":
			if list != nil && r.Kind() == jsonread.Object {
				s.inner = new(status)
				d.status(s.inner, nil)
			}
		case "statuses":
			if list != nil {
				d.statuses(list)
			}
		case "screen_name":
			screenName = true
		case "errors", "error":
			if list != nil {
				d.other.errors = r.Raw()
			}
		case "delete":
			if list != nil {
				d.deletion()
			}
		case "ids", "users":
			d.other.ids = d.other.ids || list != nil
		default:
			d.counts(s, r.Key())
		}
	}
	d.other.user = d.other.user || list != nil && screenName && s.text == "" && s.fullText == ""
}

func (d *decoder) counts(s *status, key string) {
	switch key {
	case "favorite_count":
		s.likes = d.count()
	case "retweet_count":
		s.reposts = d.count()
	case "reply_count":
		s.replies = d.count()
	case "quote_count":
		s.quoted = d.count()
	case "coordinates":
		d.coordinates(&s.place)
	case "place":
		d.place(&s.place)
	}
}

// count reads a count; archives write it in quotes.
func (d *decoder) count() hearth.Count {
	n, err := strconv.ParseInt(d.r.TryID(), 10, 64)
	if err != nil || n < 0 {
		return hearth.Count{}
	}
	return hearth.KnownCount(n)
}

func (d *decoder) statuses(list *[]status) {
	r := &d.r
	if !r.TryArray() {
		return
	}
	*list = []status{}
	for r.Next() {
		if r.Kind() != jsonread.Object {
			continue
		}
		var s status
		d.status(&s, nil)
		*list = append(*list, s)
	}
}

func (d *decoder) user(a *hearth.Author) {
	r := &d.r
	if !r.TryObject() {
		return
	}
	for r.Next() {
		switch r.Key() {
		case "id_str":
			if id := r.TryText(); id != "" {
				a.ID = id
			}
		case "id":
			if a.ID == "" {
				a.ID = r.TryID()
			}
		case "screen_name":
			a.Handle = r.TryText()
		case "name":
			a.Name = r.TryText()
		case "followers_count":
			a.Followers = d.count()
		case "verified":
			if v, ok := r.TryBool(); ok {
				a.Verified = hearth.BoolOf(v)
			}
		}
	}
}

func (d *decoder) deletion() {
	r := &d.r
	if !r.TryObject() {
		return
	}
	for r.Next() {
		if r.Key() != "status" || !r.TryObject() {
			continue
		}
		for r.Next() {
			switch r.Key() {
			case "id_str":
				d.other.deletedID = r.TryText()
			case "user_id_str":
				d.other.deleter = r.TryText()
			}
		}
	}
}
