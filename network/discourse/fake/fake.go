// Package fake is a Discourse forum in one HTTP handler, as far as posts are
// read. Tests and demos listen to it as to a forum. Put a faulty.Handler before
// it for what goes wrong on the way.
package fake

import (
	"fmt"
	"html"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"hearth"
)

// Epoch is when a post without a time of its own is written; each later one
// comes a second later.
var Epoch = time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC)

// Options say what kind of forum it is.
type Options struct {
	Key string // strangers may not read; the key of the API, or of a user
	Old bool   // a page shows the posts among fifty numbers, and not fifty posts
}

// Forum is the forum. Safe for concurrent use.
type Forum struct {
	o Options

	mu     sync.Mutex
	posts  []*post // by number; nil: never public
	topics []*topic
	key    string
}

type topic struct {
	title, category string
	tags            []string
	posts           int
}

type post struct {
	id, number, topic int
	content           hearth.Post
	replyTo           int
	version           int
	raw               string // sent instead
	deleted, hidden   bool
}

// Categories are those that a forum has, by number from 1; the third lies below
// the second.
var Categories = [...]string{"general", "coffee", "kettles"}

// New is a forum without posts.
func New(o Options) *Forum { return &Forum{o: o, key: o.Key} }

// Publish adds a post by Author.Handle and gives its number: a new topic in the
// category with the post's title and hashtags, or a reply where InReplyTo is
// the number of a post.
func (f *Forum) Publish(category string, p *hearth.Post) (number string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	q := &post{id: len(f.posts) + 1, content: p.Clone(), version: 1}
	if above, _ := strconv.Atoi(p.InReplyTo); above > 0 {
		q.topic, q.replyTo = f.posts[above-1].topic, f.posts[above-1].number
	} else {
		f.topics = append(f.topics, &topic{title: p.Title, category: category, tags: p.Hashtags})
		q.topic = len(f.topics)
	}
	t := f.topics[q.topic-1]
	t.posts++
	q.number = t.posts
	if q.content.Published.IsZero() {
		q.content.Published = Epoch.Add(time.Duration(q.id) * time.Second)
	}
	f.posts = append(f.posts, q)
	return strconv.Itoa(q.id)
}

// PublishRaw adds an entry that is sent as it is.
func (f *Forum) PublishRaw(raw string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.topics = append(f.topics, &topic{})
	f.posts = append(f.posts, &post{id: len(f.posts) + 1, topic: len(f.topics), raw: raw})
}

// Skip uses numbers for posts that are not public.
func (f *Forum) Skip(n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.posts = append(f.posts, make([]*post, n)...)
}

// Edit gives a post another text.
func (f *Forum) Edit(number, text string) {
	f.change(number, func(p *post) { p.content.Text = text; p.version++ })
}

// Delete removes a post.
func (f *Forum) Delete(number string) { f.change(number, func(p *post) { p.deleted = true }) }

// Hide hides a post, as flags of users do.
func (f *Forum) Hide(number string) { f.change(number, func(p *post) { p.hidden = true }) }

// Revoke makes the forum take no key any more.
func (f *Forum) Revoke() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.key = "another"
}

func (f *Forum) change(number string, change func(*post)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if p := f.find(number); p != nil {
		change(p)
	}
}

func (f *Forum) find(number string) *post {
	n, _ := strconv.Atoi(number)
	if n < 1 || n > len(f.posts) {
		return nil
	}
	return f.posts[n-1]
}

// ServeHTTP is the forum's address.
func (f *Forum) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	if f.key != "" && r.Header.Get("User-Api-Key") != f.key && (r.Header.Get("Api-Key") != f.key || r.Header.Get("Api-Username") == "") {
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprint(w, `{"errors":["You are not permitted to view the requested resource."],"error_type":"not_logged_in"}`)
		return
	}
	what := strings.TrimSuffix(strings.TrimPrefix(r.URL.Path, "/"), ".json")
	parts := strings.Split(what, "/")
	switch {
	case what == "site":
		fmt.Fprint(w, `{"categories":[{"id":1,"name":"General","slug":"general"},{"id":2,"name":"Coffee","slug":"coffee"},{"id":3,"name":"Kettles","slug":"kettles","parent_category_id":2}]}`)
	case what == "posts":
		f.latest(w, r.URL.Query().Get("before"))
	case what == "search":
		f.search(w, r.URL.Query().Get("q"), r.URL.Query().Get("page"))
	case len(parts) == 4 && parts[0] == "posts" && parts[1] == "by_number":
		at := slices.IndexFunc(f.posts, func(p *post) bool {
			return p != nil && strconv.Itoa(p.topic) == parts[2] && strconv.Itoa(p.number) == parts[3]
		})
		f.one(w, strconv.Itoa(at+1))
	case len(parts) == 2 && parts[0] == "posts":
		f.one(w, parts[1])
	case len(parts) == 2 && parts[0] == "t":
		n, _ := strconv.Atoi(parts[1])
		if n < 1 || n > len(f.topics) {
			http.NotFound(w, r)
			return
		}
		list := []string{}
		for i, tag := range f.topics[n-1].tags {
			list = append(list, fmt.Sprintf(`{"id":%d,"name":%s,"slug":"-"}`, i+1, quoted(tag)))
		}
		fmt.Fprintf(w, `{"id":%d,"title":%s,"tags":[%s],"post_stream":{"posts":[]}}`, n, quoted(f.topics[n-1].title), strings.Join(list, ","))
	default:
		http.NotFound(w, r)
	}
}

func (f *Forum) one(w http.ResponseWriter, number string) {
	p := f.find(number)
	if p == nil || p.deleted {
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprint(w, `{"errors":["The requested URL or resource could not be found."],"error_type":"not_found"}`)
		return
	}
	fmt.Fprint(w, f.write(p))
}

func (f *Forum) latest(w http.ResponseWriter, before string) {
	top, err := strconv.Atoi(before)
	if err != nil || top <= 0 {
		top = len(f.posts)
	}
	list := []string{}
	for n := min(top, len(f.posts)); n > 0 && len(list) < 50 && !(f.o.Old && n <= top-50); n-- {
		if p := f.posts[n-1]; p != nil && !p.deleted && !p.hidden {
			list = append(list, f.write(p))
		}
	}
	fmt.Fprintf(w, `{"latest_posts":[%s]}`, strings.Join(list, ","))
}

// search finds a phrase in quotes; it knows of no other words.
func (f *Forum) search(w http.ResponseWriter, q, page string) {
	phrase := ""
	if parts := strings.Split(q, `"`); len(parts) == 3 {
		phrase = strings.ToLower(parts[1])
	}
	var found []*post
	for _, p := range slices.Backward(f.posts) {
		if p != nil && p.raw == "" && !p.deleted && strings.Contains(strings.ToLower(p.content.Title+" "+p.content.Text), phrase) {
			found = append(found, p)
		}
	}
	n, _ := strconv.Atoi(page)
	from := min((max(n, 1)-1)*10, len(found))
	list := []string{}
	for _, p := range found[from:min(from+10, len(found))] {
		list = append(list, fmt.Sprintf(`{"id":%d,"blurb":"…","topic_id":%d,"username":%s}`, p.id, p.topic, quoted(p.content.Author.Handle)))
	}
	fmt.Fprintf(w, `{"posts":[%s],"topics":[],"grouped_search_result":{"more_full_page_results":%t}}`, strings.Join(list, ","), from+10 < len(found))
}

// write writes a post as PostSerializer does.
func (f *Forum) write(p *post) string {
	if p.raw != "" {
		return p.raw
	}
	t, c := f.topics[p.topic-1], &p.content
	reply := "null"
	if p.replyTo > 1 {
		reply = strconv.Itoa(p.replyTo)
	}
	cooked := "<p>" + strings.ReplaceAll(html.EscapeString(c.Text), "\n", "<br>\n") + "</p>"
	for _, link := range c.Links {
		cooked += fmt.Sprintf(`<p><a href=%q>see</a></p>`, link)
	}
	if c.Quotes != "" {
		cooked = `<aside class="quote" data-post="1"><div class="title">bo:</div><blockquote><p>` + html.EscapeString(c.Quotes) + "</p></blockquote></aside>" + cooked
	}
	return fmt.Sprintf(`{"id":%d,"name":%s,"username":%s,"created_at":%q,"updated_at":%q,"cooked":%s,"raw":%s,"post_number":%d,"post_type":1,`+
		`"reply_to_post_number":%s,"topic_id":%d,"topic_slug":"a-topic","topic_title":%s,"category_id":%d,"reply_count":1,"reads":7,"score":3.4,`+
		`"actions_summary":[{"id":2,"count":3}],"version":%d,"hidden":%t,"user_deleted":false,"deleted_at":null,"trust_level":1}`,
		p.id, quoted(c.Author.Name), quoted(c.Author.Handle), clock(c.Published), clock(c.Published.Add(time.Duration(p.version-1)*time.Hour)), quoted(cooked), quoted(c.Text),
		p.number, reply, p.topic, quoted(t.title), slices.Index(Categories[:], t.category)+1, p.version, p.hidden)
}

func clock(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

func quoted(s string) []byte { return hearth.AppendQuoted(nil, s) }
