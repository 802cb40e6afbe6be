// Package fake is a WordPress site in one HTTP handler, as far as comments are
// read over its REST API. Tests and demos listen to it as to a site. Put a
// faulty.Handler before it for what goes wrong on the way.
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

// Epoch is when a comment without a time of its own is written; each later one
// comes a second later.
var Epoch = time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC)

// Options say what kind of site it is.
type Options struct {
	Plain    bool   // without readable addresses: the route stands in the query
	Prefix   string // instead of wp-json
	Password string // application password of the user "editor", who may moderate
	Closed   bool   // strangers may not read
}

// Site is the site. Safe for concurrent use.
type Site struct {
	o Options

	mu       sync.Mutex
	home     string
	comments []*comment
	password string
	secrets  int // requests with credentials
}

type comment struct {
	post   hearth.Post
	parent int
	status string // approved, hold, spam, trash; "" for one that is gone
	raw    string // sent instead
}

// New is a site without comments at the address home.
func New(home string, o Options) *Site { return &Site{home: home, o: o, password: o.Password} }

// Publish adds a comment on article 1 by a guest named Author.Name, or by the
// user with the number in Author.ID, and gives its number. InReplyTo is the
// number of the comment it answers.
func (s *Site) Publish(p *hearth.Post) (number string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := &comment{post: p.Clone(), status: "approved"}
	c.parent, _ = strconv.Atoi(p.InReplyTo)
	if c.post.Published.IsZero() {
		c.post.Published = Epoch.Add(time.Duration(len(s.comments)+1) * time.Second)
	}
	s.comments = append(s.comments, c)
	return strconv.Itoa(len(s.comments))
}

// PublishRaw adds an entry that is sent as it is.
func (s *Site) PublishRaw(raw string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.comments = append(s.comments, &comment{raw: raw, status: "approved"})
}

// Edit gives a comment another text.
func (s *Site) Edit(number, text string) {
	s.change(number, func(c *comment) { c.post.Text = text })
}

// Moderate gives a comment a status: approved, hold, spam or trash, or "" for
// one that is deleted for good.
func (s *Site) Moderate(number, status string) {
	s.change(number, func(c *comment) { c.status = status })
}

// Revoke makes the site take no password any more.
func (s *Site) Revoke() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.password = "another"
}

// Secrets is how many requests carried credentials.
func (s *Site) Secrets() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.secrets
}

func (s *Site) change(number string, change func(*comment)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n, err := strconv.Atoi(number); err == nil && n > 0 && n <= len(s.comments) {
		change(s.comments[n-1])
	}
}

// ServeHTTP is the site's address.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	route, ok := s.route(r)
	if !ok {
		s.page(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	user, password, given := r.BasicAuth()
	if given {
		s.secrets++
	}
	editor := given && s.password != "" && user == "editor" && password == s.password
	switch {
	case given && !editor:
		refuse(w, http.StatusUnauthorized, "incorrect_password", "The provided password is an invalid application password.")
	case s.o.Closed && !editor:
		refuse(w, http.StatusUnauthorized, "rest_not_logged_in", "You are not currently logged in.")
	case route == "/wp/v2/comments":
		s.list(w, r, editor)
	case strings.HasPrefix(route, "/wp/v2/comments/"):
		s.one(w, route[len("/wp/v2/comments/"):], editor)
	default:
		refuse(w, http.StatusNotFound, "rest_no_route", "No route was found matching the URL and request method.")
	}
}

// route is what of the API a request asks for.
func (s *Site) route(r *http.Request) (route string, ok bool) {
	if route := r.URL.Query().Get("rest_route"); route != "" {
		return route, s.o.Prefix == ""
	}
	prefix := "/wp-json"
	if s.o.Prefix != "" {
		prefix = "/" + s.o.Prefix
	}
	route, ok = strings.CutPrefix(r.URL.Path, prefix)
	return route, ok && !s.o.Plain
}

func (s *Site) page(w http.ResponseWriter, r *http.Request) {
	if s.o.Prefix != "" {
		w.Header().Add("Link", `<`+s.home+`/feed>; rel="alternate", <`+s.home+"/"+s.o.Prefix+`/>; rel="https://api.w.org/"`)
	}
	if r.URL.Path != "/" {
		w.WriteHeader(http.StatusNotFound)
	}
	fmt.Fprint(w, "<!doctype html><title>A blog</title>")
}

func refuse(w http.ResponseWriter, status int, code, message string) {
	w.WriteHeader(status)
	fmt.Fprintf(w, `{"code":%q,"message":%q,"data":{"status":%d}}`, code, message, status)
}

func (s *Site) one(w http.ResponseWriter, number string, editor bool) {
	n, _ := strconv.Atoi(number)
	switch {
	case n < 1 || n > len(s.comments) || s.comments[n-1].status == "":
		refuse(w, http.StatusNotFound, "rest_comment_invalid_id", "Invalid comment ID.")
	case s.comments[n-1].status != "approved" && !editor:
		refuse(w, http.StatusUnauthorized, "rest_cannot_read", "Sorry, you are not allowed to read this comment.")
	default:
		fmt.Fprint(w, s.write(n))
	}
}

func (s *Site) list(w http.ResponseWriter, r *http.Request, editor bool) {
	q := r.URL.Query()
	statuses := []string{"approved"}
	if q.Get("status") == "all" {
		if statuses = append(statuses, "hold"); !editor {
			refuse(w, http.StatusUnauthorized, "rest_forbidden_param", "Query parameter not permitted: status")
			return
		}
	}
	var all []int
	for i, c := range slices.Backward(s.comments) {
		found := strings.Contains(strings.ToLower(c.post.Text), strings.ToLower(q.Get("search")))
		if slices.Contains(statuses, c.status) && found && (q.Get("post") == "" || slices.Contains(strings.Split(q.Get("post"), ","), "1")) {
			all = append(all, i+1)
		}
	}
	size, _ := strconv.Atoi(q.Get("per_page"))
	page, _ := strconv.Atoi(q.Get("page"))
	from := min((max(page, 1)-1)*size, len(all))
	list := []string{}
	for _, n := range all[from:min(from+size, len(all))] {
		list = append(list, s.write(n))
	}
	w.Header().Set("X-WP-Total", strconv.Itoa(len(all)))
	w.Header().Set("X-WP-TotalPages", strconv.Itoa((len(all)+size-1)/size))
	fmt.Fprintf(w, "[%s]", strings.Join(list, ","))
}

func (s *Site) write(n int) string {
	c := s.comments[n-1]
	if c.raw != "" {
		return c.raw
	}
	user, _ := strconv.Atoi(c.post.Author.ID)
	text := "<p>" + strings.ReplaceAll(html.EscapeString(c.post.Text), "\n", "<br />\n") + "</p>\n"
	for _, link := range c.post.Links {
		text += fmt.Sprintf("<p><a href=%q rel=\"nofollow ugc\">see</a></p>\n", link)
	}
	return fmt.Sprintf(`{"id":%d,"post":1,"parent":%d,"author":%d,"author_name":%s,"author_url":%s,"date":%q,"date_gmt":%q,`+
		`"content":{"rendered":%s},"link":"%s/an-article/#comment-%d","status":%q,"type":"comment","author_avatar_urls":{"24":"x"},"meta":[],"_links":{}}`,
		n, c.parent, user, quoted(html.EscapeString(c.post.Author.Name)), quoted(c.post.Author.URL), clock(c.post.Published.Add(time.Hour)), clock(c.post.Published),
		quoted(text), s.home, n, c.status)
}

func clock(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05") }

func quoted(s string) []byte { return hearth.AppendQuoted(nil, s) }
