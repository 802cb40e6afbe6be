package mastodon

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"unicode"

	"hearth"
	"hearth/jsonread"
	"hearth/network"
)

// search is network.Network.Search: what the server's own search finds for an
// account, which is posts of those who have joined it, and what its timelines of
// hashtags hold, for everybody: the words of a phrase written together.
func (p pace) search(ctx context.Context, s *network.Session, want network.Wanted, from network.Cursor, emit func(*network.Batch) error) error {
	server, err := parseServer(s.Settings["server"])
	if err != nil {
		return err
	}
	f := &finder{client: client{s: s, server: server, token: s.Settings["token"], call: p.call}, strict: s.Settings["consent"] == "indexable", want: want}
	usable := f.token != ""
	for _, phrase := range want.Phrases {
		usable = usable || tagOf(phrase) != ""
	}
	if !usable {
		return hearth.Errorf(hearth.Denied, "%s lets only its accounts search for such words; give the source an access token with the scope read:search.", server.Host)
	}
	sweep := network.Sweep{Wanted: want, Page: f.page}
	return sweep.Run(ctx, from, emit)
}

// finder looks for phrases.
type finder struct {
	client
	strict bool
	want   network.Wanted
}

// page is network.Sweep.Page. The token is the way (search or tag) and the id
// that the page lies below.
func (f *finder) page(ctx context.Context, phrase, token string) (p network.Page, err error) {
	way, below, _ := strings.Cut(token, ":")
	tag := tagOf(phrase)
	if way == "" {
		if way = "search"; f.token == "" {
			way = "tag"
		}
	}
	if way == "tag" && tag == "" {
		return p, nil
	}
	q := url.Values{"limit": {strconv.Itoa(pageSize)}}
	if below != "" {
		q.Set("max_id", below)
	}
	path := "/api/v1/timelines/tag/" + tag
	if way == "search" {
		path = "/api/v2/search"
		q.Set("q", `"`+strings.ReplaceAll(phrase, `"`, " ")+`"`)
		q.Set("type", "statuses")
	}
	body, err := f.get(ctx, path, q)
	if err != nil {
		return p, err
	}
	list, err := f.statuses(way, body)
	if err != nil {
		return p, err
	}
	next, old := f.read(list, &p)
	if next != "" && next != below && !old {
		p.Next = way + ":" + next
	} else if way == "search" && tag != "" {
		p.Next = "tag:"
	}
	if old && p.Next != "" { // what is too old would end the phrase
		p.Entries = f.newEnough(p.Entries)
	}
	return p, nil
}

// statuses are those of an answer, unread.
func (f *finder) statuses(way, body string) (list []string, err error) {
	if way == "tag" {
		return f.elements(body)
	}
	var r jsonread.Reader
	r.Reset(body)
	array := "[]"
	for ok := r.Object(); ok && r.Next(); {
		if r.Key() == "statuses" {
			array = r.Raw()
		}
	}
	if err := r.End(); err != nil {
		return nil, hearth.Errorf(hearth.Unavailable, "The answer of %s is %v.", f.server.Host, err)
	}
	return f.elements(array)
}

// read reads statuses into a page: the least id, and whether something was
// older than wanted.
func (f *finder) read(list []string, p *network.Page) (least string, old bool) {
	for _, raw := range list {
		s, problem := read(raw)
		if problem != "" {
			p.Entries = append(p.Entries, network.Entry{Raw: raw, Problem: problem})
			continue
		}
		if isID(s.id) && (least == "" || newer(least, s.id)) {
			least = s.id
		}
		e := network.Entry{Raw: raw}
		s.event(&e.Event)
		e.Event.At, _ = hearth.ParseTime(e.Event.Revision)
		old = old || e.Event.Post.Published.Before(f.want.Since)
		if s.account.consents(f.strict) {
			p.Entries = append(p.Entries, e)
		}
	}
	return least, old
}

func (f *finder) newEnough(entries []network.Entry) (list []network.Entry) {
	for i := range entries {
		if e := &entries[i]; e.Problem != "" || !e.Event.Post.Published.Before(f.want.Since) {
			list = append(list, *e)
		}
	}
	return list
}

// tagOf is the hashtag that a phrase would be; "" if it cannot be one.
func tagOf(phrase string) string {
	tag := strings.TrimPrefix(strings.Join(strings.Fields(phrase), ""), "#")
	letter := false
	for _, c := range tag {
		if !unicode.IsLetter(c) && !unicode.IsMark(c) && !unicode.IsNumber(c) && c != '_' {
			return ""
		}
		letter = letter || unicode.IsLetter(c)
	}
	if !letter || len(tag) > 200 {
		return ""
	}
	return url.PathEscape(tag)
}
