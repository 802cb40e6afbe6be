package hackernews

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"time"

	"hearth"
	"hearth/jsonread"
	"hearth/network"
)

const (
	publicSearch = "https://hn.algolia.com/api/v1"
	searchPage   = 200 // hits; a request gives a thousand at the most, of any time
)

// search is network.Network.Search: what the search of Hacker News at Algolia
// finds, the newest first. A page begins where the one before ended in time, for
// it gives no more than a thousand hits of one question.
//
// Protocol: hn.algolia.com/api.
func search(ctx context.Context, s *network.Session, want network.Wanted, from network.Cursor, call time.Duration, emit func(*network.Batch) error) error {
	server, err := parseServer(s.Settings["search"])
	if err != nil {
		return err
	}
	f := &finder{client: client{s: s, server: server, call: call}, want: want}
	sweep := network.Sweep{Wanted: want, Page: f.page}
	return sweep.Run(ctx, from, emit)
}

// finder asks for pages of hits.
type finder struct {
	client
	want network.Wanted
}

// page is network.Sweep.Page. A token is the second that the page ends with.
func (f *finder) page(ctx context.Context, phrase, token string) (page network.Page, err error) {
	until := f.want.Until.Unix()
	if token != "" {
		if until, err = strconv.ParseInt(token, 10, 64); err != nil {
			return page, hearth.Errorf(hearth.Damaged, "The place where the search of Hacker News stopped is damaged: %.60q.", token)
		}
	}
	address := f.server.JoinPath("search_by_date")
	address.RawQuery = url.Values{
		"query": {`"` + strings.ReplaceAll(phrase, `"`, " ") + `"`}, "advancedSyntax": {"true"}, "tags": {tagsOf(f.s.Settings["kinds"])},
		"numericFilters": {"created_at_i>=" + strconv.FormatInt(f.want.Since.Unix(), 10) + ",created_at_i<=" + strconv.FormatInt(until, 10)},
		"hitsPerPage":    {strconv.Itoa(searchPage)},
	}.Encode()
	answer, err := f.ask(ctx, address)
	if err != nil {
		return page, err
	}
	var r jsonread.Reader
	r.Reset(answer)
	last := until
	for ok := r.TryObject(); ok && r.Next(); {
		if r.Key() != "hits" {
			continue
		}
		for ok := r.TryArray(); ok && r.Next(); {
			e, at := readHit(r.Raw())
			if page.Entries = append(page.Entries, e); at > 0 {
				last = min(last, at)
			}
		}
	}
	if err := r.End(); err != nil {
		return network.Page{}, hearth.Errorf(hearth.Unavailable, "The answer of the search of Hacker News is %v.", err)
	}
	if len(page.Entries) >= searchPage {
		page.Next = strconv.FormatInt(last, 10)
	}
	return page, nil
}

// tagsOf is which items are searched, by the setting of what to read.
func tagsOf(kinds string) string {
	switch kinds {
	case "stories":
		return "(story,job,poll)"
	case "comments":
		return "comment"
	}
	return "(story,comment,job,poll)"
}

// readHit reads what was found as the item that it is; at is its time.
func readHit(raw string) (e network.Entry, at int64) {
	e.Raw = raw
	var r jsonread.Reader
	r.Reset(raw)
	count := func() hearth.Count {
		if n, ok := r.TryInt64(); ok && n >= 0 {
			return hearth.KnownCount(n)
		}
		return hearth.Count{}
	}
	i, root := item{kind: "story"}, ""
	for ok := r.TryObject(); ok && r.Next(); {
		switch r.Key() {
		case "objectID":
			i.id = r.TryID()
		case "author":
			i.by = r.TryText()
		case "created_at_i":
			i.time, _ = r.TryInt64()
		case "title":
			i.title = r.TryText()
		case "url":
			i.url = r.TryText()
		case "story_text":
			if text := r.TryText(); i.text == "" {
				i.text = text
			}
		case "comment_text":
			if text := r.TryText(); text != "" {
				i.kind, i.text = "comment", text
			}
		case "parent_id":
			i.parent = r.TryID()
		case "story_id":
			root = r.TryID()
		case "points":
			i.score = count()
		case "num_comments":
			i.descendants = count()
		}
	}
	if err := r.End(); err != nil {
		e.Problem = network.Sentence(err)
		return e, 0
	}
	if i.parent != "" {
		i.kind = "comment"
	}
	switch {
	case !isID(i.id):
		e.Problem = "The hit has no number."
	case i.by == "" || i.time <= 0:
		e.Problem = "The hit lacks an author or a time."
	default:
		e.Problem = i.fill(&e.Event)
	}
	if i.kind == "comment" && e.Problem == "" {
		e.Event.Post.Root = root
	}
	return e, i.time
}
