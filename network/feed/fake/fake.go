// Package fake is a site with a feed in one HTTP handler: a page that names the
// feed, and the feed itself as RSS, RDF, Atom or JSON Feed, with conditional
// requests and everything that goes wrong with feeds. Tests and demos read it
// as they read a blog.
package fake

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"hearth"
)

// Format is how the feed is written.
type Format uint8

const (
	Atom Format = iota
	RSS
	RDF
	JSON
)

// Options are the properties of a site. The zero value is an Atom feed with
// room for a thousand entries.
type Options struct {
	Format      Format
	Window      int    // entries shown; 0: 1,000
	Address     string // of the site, like http://127.0.0.1:8080; guids are addresses on it; "": guids are tags
	TTL         int    // minutes, in RSS
	Header      http.Header
	NoCondition bool   // no ETag, no Last-Modified
	Paged       bool   // each document leads to the one with what came before (RFC 5005, next_url)
	Loop        bool   // and the second leads back to itself, under another address
	Skip        string // skipHours and skipDays, in RSS
	Trap        string // address that nobody must ask for
}

// Epoch is when the first entry is published; each one comes a minute later.
var Epoch = time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC)

// Server is the site: its page at /, its feed at /feed. Safe for concurrent
// use.
type Server struct {
	o Options

	mu       sync.Mutex
	entries  []entry // oldest first
	deleted  []string
	count    int
	changes  int // of the feed: its ETag
	faults   []Fault
	requests int
	loads    int // answered with a document
	older    string
}

type entry struct {
	guid, link string
	post       hearth.Post
	updated    time.Time
}

// New is a site without entries.
func New(o Options) *Server {
	if o.Window == 0 {
		o.Window = 1_000
	}
	return &Server{o: o}
}

// Publish adds an entry made of the post's title, text, author's name, links'
// first, media and hashtags, and gives its guid: Post.ID, or a new one.
func (s *Server) Publish(p *hearth.Post) (guid string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count++
	at := Epoch.Add(time.Duration(s.count) * time.Minute)
	e := entry{guid: p.ID, link: p.URL, post: p.Clone(), updated: at}
	if e.post.Published.IsZero() {
		e.post.Published = at
	}
	if e.link == "" {
		e.link = s.o.Address + "/posts/" + strconv.Itoa(s.count)
	}
	if e.guid == "" && s.o.Address != "" {
		e.guid = e.link
	} else if e.guid == "" {
		e.guid = "tag:blog.example,2026:" + strconv.Itoa(s.count)
	}
	s.entries = append(s.entries, e)
	s.changed()
	return e.guid
}

// Update gives the entry with this guid another title and text.
func (s *Server) Update(guid, title, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.entries {
		if e := &s.entries[i]; e.guid == guid {
			e.post.Title, e.post.Text = title, text
			e.updated = e.updated.Add(time.Minute)
		}
	}
	s.changed()
}

// Delete takes an entry out and says so (at:deleted-entry).
func (s *Server) Delete(guid string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.entries {
		if s.entries[i].guid == guid {
			s.entries = append(s.entries[:i:i], s.entries[i+1:]...)
			break
		}
	}
	s.deleted = append(s.deleted, guid)
	s.changed()
}

// Forget drops the oldest entries until only n are left, without a word.
func (s *Server) Forget(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.entries = append([]entry(nil), s.entries[max(0, len(s.entries)-n):]...)
	s.changed()
}

// Requests is how often the feed was asked for, and Loads how often it was
// given.
func (s *Server) Requests() (requests, loads int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests, s.loads
}

func (s *Server) changed() { s.changes++ }

// ServeHTTP is the site's address.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Path == "/":
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, `<!DOCTYPE html><html><head><title>Brightbean</title>`+
			`<link rel="alternate" type="application/rss+xml" title="Comments" href="/comments/feed">`+
			`<link rel='alternate' type='application/atom+xml' title='Brightbean' href='feed'></head><body><p>Coffee.</p></body></html>`)
	case r.URL.Path == "/moved":
		http.Redirect(w, r, "/feed", http.StatusMovedPermanently)
	case strings.HasPrefix(r.URL.Path, "/loop"):
		http.Redirect(w, r, "/loop"+strconv.Itoa(len(r.URL.Path)), http.StatusFound)
	case r.URL.Path == "/feed":
		s.feed(w, r)
	default:
		http.NotFound(w, r)
	}
}

func (s *Server) feed(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests++
	for name, values := range s.o.Header {
		w.Header()[name] = values
	}
	etag := fmt.Sprintf(`W/"%d"`, s.changes)
	fault, faulty := s.next()
	if !s.o.NoCondition && !faulty {
		w.Header().Set("ETag", etag)
		w.Header().Set("Last-Modified", Epoch.Add(time.Duration(s.changes)*time.Second).Format(http.TimeFormat))
		if r.Header.Get("If-None-Match") == etag && r.URL.RawQuery == "" {
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	s.loads++
	page, _ := strconv.Atoi(r.URL.Query().Get("page"))
	end := max(0, len(s.entries)-s.o.Window*max(0, page-1))
	shown := s.entries[max(0, end-s.o.Window):end]
	s.older = ""
	switch {
	case s.o.Loop && page > 1:
		shown = nil
		for i := range s.o.Window { // never seen, each time others
			shown = append(shown, entry{guid: fmt.Sprintf("loop-%d-%d", page, i), link: "/loop", post: hearth.Post{Title: fmt.Sprint("Loop ", page, i), Published: Epoch}, updated: Epoch})
		}
		s.older = fmt.Sprintf("/feed?page=%d", page+1)
	case s.o.Loop || s.o.Paged && end > s.o.Window:
		s.older = fmt.Sprintf("/feed?page=%d", max(1, page)+1)
	}
	if faulty && s.fail(w, r, fault, shown) {
		return
	}
	body := s.document(shown, fault)
	w.Header().Set("Content-Type", contentTypes[s.o.Format])
	if faulty && fault.Kind == Cut {
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		body = body[:min(fault.Size, len(body)-1)]
	}
	w.Write(body)
}

var contentTypes = map[Format]string{
	Atom: "application/atom+xml", RSS: "application/rss+xml; charset=utf-8", RDF: "application/rdf+xml", JSON: "application/feed+json",
}
