// Package fake is the API of Hacker News in one HTTP handler, with everything
// that goes wrong with it. Tests and demos listen to it as to the API.
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

// Epoch is when item 0 would have been written; each item comes a second later.
var Epoch = time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC)

// Server is the API. Safe for concurrent use.
type Server struct {
	mu      sync.Mutex
	first   int64 // number of the first item
	items   []string
	posts   []hearth.Post
	changed []int64 // the latest
	faults  []Fault
	late    map[int64]int // answers of null before the item is there
	calls   int
	busy    int
	busiest int
}

// Fault is something that goes wrong.
type Fault struct {
	Kind FaultKind
	Size int // bytes, for Cut and Oversized; answers, for Late
}

// FaultKind is what goes wrong.
type FaultKind uint8

const (
	Cut       FaultKind = iota // the connection dies after Size bytes of the next item that is asked for
	Refuse                     // the answer for the next item is status 503
	Garbage                    // an item comes that is no JSON
	Oversized                  // an item comes with a text of Size bytes
	Unknown                    // an item comes of a kind and with fields that nobody knows yet
	Duplicate                  // the newest item is listed as changed, though it has not
	Late                       // the next new item is not there for the first Size answers
)

// New is an API whose next item has the number first.
func New(first int64) *Server { return &Server{first: first, late: map[int64]int{}} }

// Publish adds a story, or a comment where InReplyTo is set, by Author.Handle,
// and gives its number. The first of Links is a story's address; it is written
// at Published, where that is set.
func (s *Server) Publish(p *hearth.Post) (id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.first + int64(len(s.items))
	q := p.Clone()
	q.ID = strconv.FormatInt(n, 10)
	if len(s.faults) > 0 && s.faults[0].Kind == Late {
		s.late[n] = s.faults[0].Size
		s.faults = s.faults[1:]
	}
	s.items = append(s.items, write(&q, n, ""))
	s.posts = append(s.posts, q)
	return q.ID
}

// Update gives an item another title and text.
func (s *Server) Update(id, title, text string) {
	s.change(id, "", func(p *hearth.Post) { p.Title, p.Text = title, text })
}

// Vote gives an item another score.
func (s *Server) Vote(id string, score int64) {
	s.change(id, "", func(p *hearth.Post) { p.Engagement.Likes = hearth.KnownCount(score) })
}

// Delete removes an item.
func (s *Server) Delete(id string) { s.change(id, "deleted", func(*hearth.Post) {}) }

// Kill makes an item dead, as moderators do.
func (s *Server) Kill(id string) { s.change(id, "dead", func(*hearth.Post) {}) }

func (s *Server) change(id, state string, change func(*hearth.Post)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, err := strconv.ParseInt(id, 10, 64)
	if at := n - s.first; err == nil && at >= 0 && at < int64(len(s.items)) {
		change(&s.posts[at])
		s.items[at] = write(&s.posts[at], n, state)
		s.changed = append(s.changed[max(0, len(s.changed)-99):], n)
	}
}

// Inject makes faults happen.
func (s *Server) Inject(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.first + int64(len(s.items))
	text := ""
	switch f.Kind {
	case Garbage:
		text = fmt.Sprintf("{\"by\":\"ann\",\"id\":%d,\x00 garbage \xff", n)
	case Oversized:
		text = fmt.Sprintf(`{"by":"ann","id":%d,"type":"story","time":%d,"text":%q}`, n, Epoch.Unix(), strings.Repeat("x", f.Size))
	case Unknown:
		text = fmt.Sprintf(`{"by":"ann","id":%d,"type":"comet","tail":[1,{"a":null}],"time":"late"}`, n)
	case Duplicate:
		s.changed = append(s.changed, n-1)
		return
	default:
		s.faults = append(s.faults, f)
		return
	}
	s.items = append(s.items, text)
	s.posts = append(s.posts, hearth.Post{})
}

// Calls is how many items were asked for, and the most at once.
func (s *Server) Calls() (calls, atOnce int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls, s.busiest
}

// ServeHTTP is the API's address; its root is /v0, that of the search /api/v1.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	switch what := strings.TrimSuffix(strings.TrimPrefix(r.URL.Path, "/v0/"), ".json"); {
	case what == "maxitem":
		s.mu.Lock()
		defer s.mu.Unlock()
		fmt.Fprint(w, s.first+int64(len(s.items))-1)
	case what == "updates":
		s.mu.Lock()
		defer s.mu.Unlock()
		list := make([]string, len(s.changed))
		for i, n := range s.changed {
			list[i] = strconv.FormatInt(n, 10)
		}
		fmt.Fprintf(w, `{"items":[%s],"profiles":["ann"]}`, strings.Join(list, ","))
	case what == "/api/v1/search_by_date":
		s.search(w, r.URL.Query())
	case strings.HasPrefix(what, "item/"):
		s.item(w, what[len("item/"):])
	default:
		http.NotFound(w, r)
	}
}

func (s *Server) item(w http.ResponseWriter, id string) {
	s.mu.Lock()
	s.calls++
	s.busy++
	s.busiest = max(s.busiest, s.busy)
	n, err := strconv.ParseInt(id, 10, 64)
	at := n - s.first
	text := "null"
	if err == nil && at >= 0 && at < int64(len(s.items)) {
		text = s.items[at]
	}
	if s.late[n] > 0 {
		s.late[n]--
		text = "null"
	}
	var fault *Fault
	if i := slices.IndexFunc(s.faults, func(f Fault) bool { return f.Kind == Cut || f.Kind == Refuse }); i >= 0 {
		f := s.faults[i]
		fault = &f
		s.faults = slices.Delete(s.faults, i, i+1)
	}
	s.mu.Unlock()
	switch {
	case fault == nil:
		fmt.Fprint(w, text)
	case fault.Kind == Refuse:
		http.Error(w, "busy", http.StatusServiceUnavailable)
	default:
		w.Header().Set("Content-Length", strconv.Itoa(len(text)))
		fmt.Fprint(w, text[:min(fault.Size, len(text)-1)])
	}
	s.mu.Lock()
	s.busy--
	s.mu.Unlock()
}

// write writes an item; state is deleted, dead or "".
func write(p *hearth.Post, n int64, state string) string {
	kind := "story"
	if p.InReplyTo != "" {
		kind = "comment"
	}
	at := Epoch.Unix() + n
	if !p.Published.IsZero() {
		at = p.Published.Unix()
	}
	var b []byte
	if state == "deleted" {
		b = fmt.Appendf(b, `{"deleted":true,"id":%d,"time":%d,"type":%q`, n, at, kind)
	} else {
		b = fmt.Appendf(b, `{"by":%s,"id":%d,"time":%d,"type":%q`, hearth.AppendQuoted(nil, p.Author.Handle), n, at, kind)
		if state == "dead" {
			b = append(b, `,"dead":true`...)
		}
		if p.Title != "" {
			b = fmt.Appendf(b, `,"title":%s,"descendants":0`, hearth.AppendQuoted(nil, p.Title))
		}
		if p.Text != "" {
			text := strings.NewReplacer("&", "&amp;", "<", "&lt;", "\n\n", "<p>").Replace(p.Text)
			b = fmt.Appendf(b, `,"text":%s`, hearth.AppendQuoted(nil, text))
		}
		if len(p.Links) > 0 {
			b = fmt.Appendf(b, `,"url":%s`, hearth.AppendQuoted(nil, p.Links[0]))
		}
		if p.Engagement.Likes.Known {
			b = fmt.Appendf(b, `,"score":%d`, p.Engagement.Likes.N)
		}
	}
	if p.InReplyTo != "" {
		b = fmt.Appendf(b, `,"parent":%s`, p.InReplyTo)
	}
	return string(append(b, '}'))
}
