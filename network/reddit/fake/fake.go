// Package fake is Reddit's API in one HTTP handler: tokens, listings that reach
// only so deep, search, /api/info, and everything that goes wrong with them.
// Tests and demos listen to it as to the API.
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

// Options are the properties of the API. The zero value knows any app.
type Options struct {
	ClientID, Secret string // of the app; "": any
	Password         string // of the account, for grants by password
	Life             int    // calls that a token is good for; 0: any number
	Depth            int    // entries that a listing reaches back; 0: 1,000
	Cold             bool   // "expires_in" is 0: every token is over at once
}

// Epoch is when the first entry is written; each one comes a second later.
var Epoch = time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC)

// Server is the API. Safe for concurrent use.
type Server struct {
	o   Options
	mux *http.ServeMux

	mu      sync.Mutex
	entries []entry // oldest first
	count   int64
	faults  []Fault
	token   string
	tokens  int
	left    int // calls that the token is good for
	grants  []string
	calls   map[string]int // by the last part of the path
}

// entry is a post or comment.
type entry struct {
	post      hearth.Post
	subreddit string
	edited    int64
	state     string // deleted, removed or ""
	raw       string // instead of all else
}

// New is the API without entries.
func New(o Options) *Server {
	if o.Depth == 0 {
		o.Depth = 1_000
	}
	s := &Server{o: o, mux: http.NewServeMux(), calls: map[string]int{}}
	s.mux.HandleFunc("POST /api/v1/access_token", s.login)
	s.mux.HandleFunc("GET /r/{subreddits}/new", s.authorised(s.listing))
	s.mux.HandleFunc("GET /r/{subreddits}/comments", s.authorised(s.listing))
	s.mux.HandleFunc("GET /r/{subreddits}/search", s.authorised(s.listing))
	s.mux.HandleFunc("GET /search", s.authorised(s.listing))
	s.mux.HandleFunc("GET /api/info", s.authorised(s.info))
	s.mux.HandleFunc("GET /subreddits/search", s.authorised(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, `{"kind":"Listing","data":{"after":null,"children":[{"kind":"t5","data":{"name":"t5_2qh1i"}}]}}`)
	}))
	return s
}

// ServeHTTP is the address of the API, and of the tokens at /api/v1/access_token.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// Publish makes Author.Handle write a comment where InReplyTo is set, else a
// post, in a subreddit, and gives its name. A post with a first link is a link
// post; one with RepostOf is a crosspost. It is written at Published, where that
// is set.
func (s *Server) Publish(subreddit string, p *hearth.Post) (name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q := p.Clone()
	kind := "t3_"
	if q.InReplyTo != "" {
		kind = "t1_"
		if q.Root == "" {
			q.Root = q.InReplyTo
		}
	}
	s.count++
	q.ID = kind + strconv.FormatInt(firstNumber+s.count, 36)
	if q.Published.IsZero() {
		q.Published = Epoch.Add(time.Duration(s.count) * time.Second)
	}
	s.entries = append(s.entries, entry{post: q, subreddit: subreddit})
	return q.ID
}

const firstNumber = 2_000_000_000

// Late takes an entry out of the listings, as a spam filter does; Approve puts
// it back at its place.
func (s *Server) Late(name string)    { s.change(name, func(e *entry) { e.state = "held" }) }
func (s *Server) Approve(name string) { s.change(name, func(e *entry) { e.state = "" }) }

// Update gives an entry another text.
func (s *Server) Update(name, text string) {
	s.change(name, func(e *entry) {
		e.post.Text = text
		e.edited++
	})
}

// Vote gives an entry another score.
func (s *Server) Vote(name string, score int64) {
	s.change(name, func(e *entry) { e.post.Engagement.Likes = hearth.KnownCount(score) })
}

// Delete makes the author delete an entry, and Remove a moderator.
func (s *Server) Delete(name string) { s.change(name, func(e *entry) { e.state = "deleted" }) }
func (s *Server) Remove(name string) { s.change(name, func(e *entry) { e.state = "removed" }) }

func (s *Server) change(name string, change func(*entry)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.entries {
		if s.entries[i].post.ID == name {
			change(&s.entries[i])
		}
	}
}

// Forget makes listings reach back n entries only.
func (s *Server) Forget(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.o.Depth = n
}

// Revoke makes the API forget the token it gave.
func (s *Server) Revoke() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.token = ""
}

// Calls is how often the address that ends so was asked: new, comments, search,
// info.
func (s *Server) Calls(end string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls[end]
}

// Grants are the grants by which tokens were asked for.
func (s *Server) Grants() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.grants)
}

// write writes an entry as the API does.
func (e *entry) write() string {
	if e.raw != "" {
		return e.raw
	}
	p := &e.post
	author, full, text, removed := p.Author.Handle, `"t2_`+p.Author.Handle+`"`, p.Text, "null"
	switch e.state {
	case "deleted":
		author, full, text = "[deleted]", "null", "[deleted]"
	case "removed":
		text, removed = "[removed]", `"moderator"`
	}
	edited := "false"
	if e.edited > 0 {
		edited = fmt.Sprintf("%d.0", p.Published.Unix()+3600*e.edited)
	}
	markup := "null"
	if text != "" {
		markup = quote(`<!-- SC_OFF --><div class="md"><p>` + strings.NewReplacer("&", "&amp;", "<", "&lt;", "\n\n", "</p>\n\n<p>").Replace(text) + "</p>\n</div><!-- SC_ON -->")
	}
	score := int64(1)
	if p.Engagement.Likes.Known {
		score = p.Engagement.Likes.N
	}
	common := fmt.Sprintf(`"name":%q,"id":%q,"author":%q,"author_fullname":%s,"subreddit":%q,"created_utc":%d.0,"score":%d,"edited":%s,"distinguished":null`,
		p.ID, p.ID[3:], author, full, e.subreddit, p.Published.Unix(), score, edited)
	if strings.HasPrefix(p.ID, "t1_") {
		return fmt.Sprintf(`{"kind":"t1","data":{%s,"body":%s,"body_html":%s,"parent_id":%q,"link_id":%q,"link_title":"x","replies":"","score_hidden":false,"permalink":"/r/%s/comments/%s/x/%s/"}}`,
			common, quote(text), markup, p.InReplyTo, p.Root, e.subreddit, strings.TrimPrefix(p.Root, "t3_"), p.ID[3:])
	}
	address, self, cross := "https://www.reddit.com/r/"+e.subreddit+"/comments/"+p.ID[3:]+"/x/", true, ""
	if len(p.Links) > 0 {
		address, self = p.Links[0], false
	}
	if p.RepostOf != "" {
		self, address = false, "/r/other/comments/"+strings.TrimPrefix(p.RepostOf, "t3_")+"/x/"
		cross = fmt.Sprintf(`,"crosspost_parent":%q,"crosspost_parent_list":[{"name":%q,"author":"eve","selftext":%s,"selftext_html":%s}]`, p.RepostOf, p.RepostOf, quote(text), markup)
		text, markup = "", "null"
	}
	return fmt.Sprintf(`{"kind":"t3","data":{%s,"title":%s,"selftext":%s,"selftext_html":%s,"url":%s,"is_self":%t,"num_comments":0,"removed_by_category":%s,"over_18":false,"permalink":"/r/%s/comments/%s/x/"%s}}`,
		common, quote(p.Title), quote(text), markup, quote(address), self, removed, e.subreddit, p.ID[3:], cross)
}

func quote(s string) string { return string(hearth.AppendQuoted(nil, s)) }
