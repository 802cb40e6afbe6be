// Package fake is a Mastodon server in one HTTP handler: timelines with paging,
// the event stream, tokens, rate limits, and everything that goes wrong with
// them. Tests and demos listen to it as to a server.
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

// Options are the properties of a server. The zero value gives everything to
// everybody.
type Options struct {
	Address   string        // of the server, like http://127.0.0.1:8080; uris are addresses on it
	Token     string        // needed for the event stream, where it is not ""
	Closed    bool          // needed for timelines too
	Allowance int           // calls until a rate limit; 0: no limit
	Keep      int           // statuses kept; 0: 20,000
	NoEvents  bool          // no server-sent events, as GoToSocial and Pleroma
	NoSocket  bool          // no web sockets
	Late      time.Duration // how long a stream is open before anything is told on it
	Version1  bool          // the API as it was before 4.0: no /api/v2/instance, statuses only one by one
}

// Epoch is when the first status is written; each one comes a millisecond
// later.
var Epoch = time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC)

// Server is the server. Safe for concurrent use.
type Server struct {
	o   Options
	mux *http.ServeMux

	mu       sync.Mutex
	statuses []status // oldest first
	log      []event
	count    int
	grown    chan struct{}
	scripts  [][]Fault

	pageFaults []Fault
	calls      int
	left       int // of the allowance
	streams    int
	sockets    int
	single     int
	revoked    bool
}

type status struct {
	id, uri string
	post    hearth.Post
	account Account
	edited  time.Time
}

// Account is what the server says of an author beyond the post.
type Account struct {
	NoIndex      bool
	NotIndexable bool
	Server       string // the author's, as an address; "": this one
}

// event is one frame of the event stream.
type event struct {
	name, data string
	tags       []string
	local      bool
}

// New is a server without statuses.
func New(o Options) *Server {
	if o.Keep == 0 {
		o.Keep = 20_000
	}
	s := &Server{o: o, mux: http.NewServeMux(), grown: make(chan struct{}), left: o.Allowance}
	s.mux.HandleFunc("GET /api/v1/instance", s.instance)
	if !o.Version1 {
		s.mux.HandleFunc("GET /api/v2/instance", s.instance)
		s.mux.HandleFunc("GET /api/v1/statuses", s.several)
	}
	s.mux.HandleFunc("GET /api/v1/statuses/{id}", s.one)
	s.mux.HandleFunc("GET /api/v2/search", s.search)
	s.mux.HandleFunc("GET /api/v1/streaming", s.socket)
	s.mux.HandleFunc("GET /api/v1/timelines/{kind}", s.timeline)
	s.mux.HandleFunc("GET /api/v1/timelines/{kind}/{name}", s.timeline)
	s.mux.HandleFunc("GET /api/v1/streaming/{kind}", s.stream)
	s.mux.HandleFunc("GET /api/v1/streaming/{kind}/{part}", s.stream)
	return s
}

// ServeHTTP is the server's address.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// Publish makes the author, Author.Handle, write a status, at Published where
// that is set, and gives its uri.
func (s *Server) Publish(p *hearth.Post) (uri string) { return s.PublishBy(p, Account{}) }

// PublishBy is Publish for an author with properties.
func (s *Server) PublishBy(p *hearth.Post, a Account) (uri string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count++
	at := Epoch.Add(time.Duration(s.count) * time.Millisecond)
	if a.Server == "" {
		a.Server = s.o.Address
	}
	st := status{id: strconv.FormatInt(at.UnixMilli()<<16, 10), post: p.Clone(), account: a}
	if st.post.Published.IsZero() {
		st.post.Published = at
	}
	st.uri = a.Server + "/users/" + p.Author.Handle + "/statuses/" + st.id
	s.statuses = append(s.statuses, st)
	if len(s.statuses) > 2*s.o.Keep {
		s.statuses = append([]status(nil), s.statuses[s.o.Keep:]...)
	}
	s.tell("update", string(st.write(s.o.Address)), &st)
	return st.uri
}

// Update gives a status another text.
func (s *Server) Update(uri, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.statuses {
		if st := &s.statuses[i]; st.uri == uri {
			st.post.Text = text
			st.edited = Epoch.Add(time.Hour + time.Duration(len(s.log))*time.Second)
			s.tell("status.update", string(st.write(s.o.Address)), st)
		}
	}
}

// Forge sends any event to all streams of all timelines.
func (s *Server) Forge(name, data string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tell(name, data, nil)
}

// Delete removes a status.
func (s *Server) Delete(uri string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.statuses {
		if st := s.statuses[i]; st.uri == uri {
			s.statuses = append(s.statuses[:i:i], s.statuses[i+1:]...)
			s.tell("delete", st.id, &st)
			return
		}
	}
}

// Forget drops the oldest statuses until only n are left.
func (s *Server) Forget(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.statuses = append([]status(nil), s.statuses[max(0, len(s.statuses)-n):]...)
}

// ForgetTold drops the content of all but the newest n events of the streams.
// Whoever listens has heard them.
func (s *Server) ForgetTold(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.log[:max(0, len(s.log)-n)])
}

// Calls is how many calls of timelines were answered, and Streams how many
// event streams were opened.
func (s *Server) Calls() (calls, streams int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls, s.streams
}

// Revoke makes the server take another token only.
func (s *Server) Revoke() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.revoked = true
}

// Sockets is how many web sockets were opened, and Singles how many statuses
// were asked for one by one.
func (s *Server) Sockets() int { s.mu.Lock(); defer s.mu.Unlock(); return s.sockets }
func (s *Server) Singles() int { s.mu.Lock(); defer s.mu.Unlock(); return s.single }

// tell adds an event to the stream. The caller holds the lock.
func (s *Server) tell(name, data string, st *status) {
	e := event{name: name, data: data, local: true}
	if st != nil {
		e.tags, e.local = st.post.Hashtags, st.account.Server == s.o.Address
	} else {
		e.tags = []string{"*"}
	}
	s.log = append(s.log, e)
	close(s.grown)
	s.grown = make(chan struct{})
}

func (e *event) tagged(tag string) bool {
	return len(e.tags) == 1 && e.tags[0] == "*" || contains(e.tags, tag)
}

func contains(list []string, s string) bool {
	for _, have := range list {
		if strings.EqualFold(have, s) {
			return true
		}
	}
	return false
}

// asHTML writes text as the server does.
var asHTML = strings.NewReplacer("&", "&amp;", "<", "&lt;", "\n", "<br />")

// write writes the status as the API does.
func (st *status) write(address string) []byte {
	p := &st.post
	edited := "null"
	if !st.edited.IsZero() {
		edited = strconv.Quote(st.edited.Format("2006-01-02T15:04:05.000Z"))
	}
	reply := "null"
	if p.InReplyTo != "" {
		reply = strconv.Quote(p.InReplyTo)
	}
	acct := p.Author.Handle
	if st.account.Server != address {
		acct += "@" + st.account.Server[strings.LastIndexByte(st.account.Server, '/')+1:]
	}
	text := asHTML.Replace(p.Text)
	for _, link := range p.Links {
		link = asHTML.Replace(link)
		text = strings.ReplaceAll(text, link, `<a href="`+strings.ReplaceAll(link, `"`, "&quot;")+`" rel="nofollow noopener">`+link+"</a>")
	}
	b := fmt.Appendf(nil, `{"id":%q,"created_at":%q,"edited_at":%s,"in_reply_to_id":%s,"sensitive":false,"spoiler_text":%s,"visibility":"public","language":%q,"uri":%q,"url":%q,"replies_count":0,"reblogs_count":0,"favourites_count":0,"content":%s,"reblog":null,`,
		st.id, p.Published.Format("2006-01-02T15:04:05.000Z"), edited, reply, quote(p.Title), p.Lang, st.uri, st.account.Server+"/@"+p.Author.Handle+"/"+st.id, quote("<p>"+text+"</p>"))
	b = fmt.Appendf(b, `"account":{"id":"1","username":%q,"acct":%q,"uri":%q,"url":%q,"display_name":%s,"noindex":%t,"indexable":%t,"bot":%t,"followers_count":3},"media_attachments":[],"mentions":[],"tags":[`,
		p.Author.Handle, acct, st.account.Server+"/users/"+p.Author.Handle, st.account.Server+"/@"+p.Author.Handle, quote(p.Author.Name), st.account.NoIndex, !st.account.NotIndexable, p.Author.Bot == hearth.True)
	for i, t := range p.Hashtags {
		if i > 0 {
			b = append(b, ',')
		}
		b = fmt.Appendf(b, `{"name":%s}`, quote(t))
	}
	return append(b, `],"emojis":[],"card":null,"poll":null}`...)
}

func quote(s string) string { return string(hearth.AppendQuoted(nil, s)) }
