// Package fake is a Lemmy server in one HTTP handler: version 3 or 4 of the
// API, as far as posts and comments are read. Tests and demos listen to it as
// to a server. Put a faulty.Handler before it for what goes wrong on the way.
package fake

import (
	"fmt"
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

// Options say what kind of server it is.
type Options struct {
	V4    bool
	Token string // nobody is shown anything without it
	Bare  bool   // times without zone and posts without page cursors, as before 0.19
}

// Server is the server. Safe for concurrent use.
type Server struct {
	o Options

	mu     sync.Mutex
	home   string
	items  []*item // in the order in which they came here
	tokens string
}

type item struct {
	n         int
	post      hearth.Post
	community string
	raw       string // sent instead
	deleted   bool
	removed   bool
	edited    time.Time
}

// New is a server without posts. home is its address, which ids of its own
// posts begin with.
func New(home string, o Options) *Server {
	return &Server{o: o, home: strings.TrimSuffix(home, "/"), tokens: o.Token}
}

// Publish adds a post, or a comment where InReplyTo is set, to a community and
// gives its ActivityPub id. ID, where it is set, is that of a post from another
// server; the author's id is an address, or a name on this server.
func (s *Server) Publish(community string, p *hearth.Post) (id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := &item{n: len(s.items) + 1, post: p.Clone(), community: community}
	if i.post.ID == "" {
		i.post.ID = fmt.Sprintf("%s/%s/%d", s.home, kindOf(&i.post), i.n)
	}
	if i.post.Published.IsZero() {
		i.post.Published = Epoch.Add(time.Duration(i.n) * time.Second)
	}
	if !strings.Contains(i.post.Author.ID, "://") {
		i.post.Author.ID = s.home + "/u/" + i.post.Author.ID
	}
	s.items = append(s.items, i)
	return i.post.ID
}

// PublishRaw adds an entry that is sent as it is among the posts.
func (s *Server) PublishRaw(raw string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := len(s.items) + 1
	s.items = append(s.items, &item{n: n, raw: raw, post: hearth.Post{Published: Epoch.Add(time.Duration(n) * time.Second)}})
}

// Edit gives a post another text.
func (s *Server) Edit(id, text string) {
	s.change(id, func(i *item) { i.post.Text, i.edited = text, i.post.Published.Add(time.Hour) })
}

// Delete lets the author delete a post.
func (s *Server) Delete(id string) { s.change(id, func(i *item) { i.deleted = true }) }

// Remove lets a moderator remove a post.
func (s *Server) Remove(id string) { s.change(id, func(i *item) { i.removed = true }) }

// Revoke makes the server take no token any more.
func (s *Server) Revoke() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokens = "another"
}

func (s *Server) change(id string, change func(*item)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := s.find(id); i != nil {
		change(i)
	}
}

func (s *Server) find(id string) *item {
	at := slices.IndexFunc(s.items, func(i *item) bool { return i.post.ID == id })
	if at < 0 {
		return nil
	}
	return s.items[at]
}

func kindOf(p *hearth.Post) string {
	if p.InReplyTo != "" {
		return "comment"
	}
	return "post"
}

// ServeHTTP is the server's address.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	version := "/api/v3/"
	if s.o.V4 {
		version = "/api/v4/"
	}
	what, ok := strings.CutPrefix(r.URL.Path, version)
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	if s.tokens != "" && r.Header.Get("Authorization") != "Bearer "+s.tokens {
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprint(w, `{"error":"incorrect_login"}`)
		return
	}
	q := r.URL.Query()
	switch what {
	case "site":
		fmt.Fprint(w, `{"site_view":{"site":{"name":"Example"}},"version":"0.19.11"}`)
	case "post/list", "comment/list":
		kind, _, _ := strings.Cut(what, "/")
		s.list(w, q.Get, kind+"s", func(i *item) bool {
			own := q.Get("type_") != "Local" && q.Get("type_") != "local" || !strings.Contains(i.community, "@")
			return own && kindOf(&i.post) == kind && (q.Get("community_name") == "" || q.Get("community_name") == i.community)
		})
	case "search":
		phrase := strings.ToLower(q.Get("q") + q.Get("search_term"))
		s.list(w, q.Get, "posts", func(i *item) bool {
			return strings.Contains(strings.ToLower(i.post.Title+" "+i.post.Text), phrase)
		})
	case "post", "comment":
		s.one(w, what, q.Get("id"))
	default:
		http.NotFound(w, r)
	}
}

// one answers for a single post; what is gone may be shown as gone, or not.
func (s *Server) one(w http.ResponseWriter, kind, id string) {
	n, _ := strconv.Atoi(id)
	if n < 1 || n > len(s.items) || kindOf(&s.items[n-1].post) != kind || s.items[n-1].removed && kind == "post" {
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprintf(w, `{"error":"couldnt_find_%s"}`, kind)
		return
	}
	fmt.Fprintf(w, `{"%s_view":%s,"community_view":{}}`, kind, s.view(s.items[n-1]))
}

// list answers with a page, newest first. Posts that are gone are not listed,
// comments are, without their text.
func (s *Server) list(w http.ResponseWriter, get func(string) string, name string, wanted func(*item) bool) {
	limit, _ := strconv.Atoi(get("limit"))
	page, _ := strconv.Atoi(strings.TrimPrefix(get("page")+get("page_cursor"), "P"))
	page = max(page, 1)
	var all []*item
	for _, i := range s.items {
		if i.raw != "" && name != "comments" || i.raw == "" && wanted(i) && (kindOf(&i.post) == "comment" || !i.deleted && !i.removed) {
			all = append(all, i)
		}
	}
	slices.SortStableFunc(all, func(a, b *item) int { return b.post.Published.Compare(a.post.Published) })
	from := min((page-1)*limit, len(all))
	shown := all[from:min(from+limit, len(all))]
	list := make([]string, len(shown))
	for n, i := range shown {
		list[n] = s.view(i)
	}
	next := ""
	if (s.o.V4 || name == "posts" && !s.o.Bare) && from+limit < len(all) {
		next = fmt.Sprintf(`,"next_page":"P%d"`, page+1)
	}
	if s.o.V4 {
		name = "items"
	}
	fmt.Fprintf(w, `{"%s":[%s]%s}`, name, strings.Join(list, ","), next)
}

// view writes a PostView or CommentView.
func (s *Server) view(i *item) string {
	if i.raw != "" {
		return i.raw
	}
	post := s.root(i)
	counts := `"score":3,"upvotes":4,"downvotes":1`
	var b []byte
	b = fmt.Appendf(b, `{"post":%s`, s.thing(post, fmt.Sprintf(`"name":%s,"comments":2,%s`, quoted(post.post.Title), counts)))
	if kindOf(&i.post) == "comment" {
		b = fmt.Appendf(b, `,"comment":%s`, s.thing(i, fmt.Sprintf(`"path":%q,"child_count":0,%s`, s.path(i), counts)))
	}
	id := "actor_id"
	if s.o.V4 {
		id = "ap_id"
	} else {
		b = fmt.Appendf(b, `,"counts":{"comments":2,"child_count":0,%s}`, counts)
	}
	a := &i.post.Author
	name := a.ID[strings.LastIndexByte(a.ID, '/')+1:]
	b = fmt.Appendf(b, `,"creator":{"id":7,"name":%s,"display_name":%s,%q:%s,"bot_account":%t}`, quoted(name), quoted(a.Name), id, quoted(a.ID), a.Bot == hearth.True)
	return string(fmt.Appendf(b, `,"community":{"id":1,"name":%s},"saved":false,"my_vote":null}`, quoted(i.community)))
}

// thing writes a post or comment; more are its further members, of which
// version 3 has the counts elsewhere.
func (s *Server) thing(i *item, more string) string {
	if !s.o.V4 {
		more = more[:strings.LastIndex(more, `,"score"`)]
	}
	text, published, updated := "content", "published", "updated"
	if kindOf(&i.post) == "post" {
		text = "body"
	}
	if s.o.V4 {
		published, updated = "published_at", "updated_at"
	}
	body := i.post.Text
	if i.deleted || i.removed {
		body = ""
	}
	b := fmt.Appendf(nil, `{"id":%d,"ap_id":%s,%q:%s,%q:%q,"deleted":%t,"removed":%t,"local":true,"language_id":37,%s`,
		i.n, quoted(i.post.ID), text, quoted(body), published, s.time(i.post.Published), i.deleted, i.removed, more)
	if len(i.post.Links) > 0 {
		b = fmt.Appendf(b, `,"url":%s`, quoted(i.post.Links[0]))
	}
	if !i.edited.IsZero() {
		b = fmt.Appendf(b, `,%q:%q`, updated, s.time(i.edited))
	}
	return string(append(b, '}'))
}

func (s *Server) time(t time.Time) string {
	if s.o.Bare {
		return t.UTC().Format("2006-01-02T15:04:05.000000")
	}
	return t.UTC().Format("2006-01-02T15:04:05.000000Z")
}

// root is the post that a comment stands under, path the way to it.
func (s *Server) root(i *item) *item {
	for n := 0; i.post.InReplyTo != "" && n < 100; n++ {
		if i = s.find(i.post.InReplyTo); i == nil {
			return &item{post: hearth.Post{ID: s.home + "/post/0", Author: hearth.Author{ID: s.home + "/u/nobody"}}}
		}
	}
	return i
}

func (s *Server) path(i *item) string {
	path := strconv.Itoa(i.n)
	for n := 0; n < 100; n++ {
		if i = s.find(i.post.InReplyTo); i == nil || kindOf(&i.post) == "post" {
			break
		}
		path = strconv.Itoa(i.n) + "." + path
	}
	return "0." + path
}

func quoted(s string) []byte { return hearth.AppendQuoted(nil, s) }
