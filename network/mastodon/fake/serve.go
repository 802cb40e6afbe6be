package fake

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Fault is something that goes wrong with an event stream or a page.
type Fault struct {
	Kind  FaultKind
	Page  bool // it happens to a page of a timeline
	After int  // events sent on the stream before it happens; Close after none happens at once
	Size  int  // bytes, for Cut and Oversized
}

// FaultKind is what goes wrong.
type FaultKind uint8

const (
	Cut       FaultKind = iota // the connection dies after Size bytes of the next event
	Garbage                    // an event comes that is no JSON
	Unknown                    // an event comes that nobody knows yet
	Oversized                  // a status of Size bytes comes
	Duplicate                  // the next event comes twice
	Reorder                    // the next two events come in the wrong order
	Close                      // the stream ends in good order
)

// Inject makes a fault happen on one of the next event streams, or of the next
// pages asked for by min_id: the first one on the next, the second on the one
// after it, and so on.
func (s *Server) Inject(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f.Page {
		s.pageFaults = append(s.pageFaults, f)
	} else {
		s.scripts = append(s.scripts, []Fault{f})
	}
}

func (s *Server) authorised(w http.ResponseWriter, r *http.Request, needed bool) bool {
	given := r.Header.Get("Authorization")
	if given == "" && !needed || s.o.Token == "" || given == "Bearer "+s.o.Token {
		return true
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusUnauthorized)
	fmt.Fprint(w, `{"error":"The access token is invalid"}`)
	return false
}

// limited counts the call against the allowance, which is renewed a second
// after it is used up. The caller holds the lock.
func (s *Server) limited(w http.ResponseWriter) bool {
	s.calls++
	if s.o.Allowance == 0 {
		return false
	}
	reset := time.Second
	w.Header().Set("X-RateLimit-Limit", strconv.Itoa(s.o.Allowance))
	w.Header().Set("X-RateLimit-Reset", Epoch.Add(reset).Format("2006-01-02T15:04:05.000000Z"))
	w.Header().Set("Date", Epoch.Format(http.TimeFormat)) // the server's clock stands
	if s.left == 0 {
		w.Header().Set("X-RateLimit-Remaining", "0")
		w.WriteHeader(http.StatusTooManyRequests)
		s.left = s.o.Allowance
		return true
	}
	s.left--
	w.Header().Set("X-RateLimit-Remaining", strconv.Itoa(s.left))
	if s.left == 0 {
		s.left = s.o.Allowance
	}
	return false
}

func (s *Server) instance(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprintf(w, `{"domain":"social.example","version":"4.5.0","configuration":{"urls":{"streaming":%q},"statuses":{"max_characters":500}}}`,
		"ws"+strings.TrimPrefix(s.o.Address, "http"))
}

func (s *Server) timeline(w http.ResponseWriter, r *http.Request) {
	kind, q := r.PathValue("kind"), r.URL.Query()
	if !s.authorised(w, r, s.o.Closed || kind == "home" || kind == "list") {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.limited(w) {
		return
	}
	limit, err := strconv.Atoi(q.Get("limit"))
	if err != nil || limit < 1 {
		limit = 20
	}
	limit = min(limit, 40)
	number := func(name string) int64 { n, _ := strconv.ParseInt(q.Get(name), 10, 64); return n }
	low, since, high := number("min_id"), number("since_id"), number("max_id")
	var list []*status
	for i := range s.statuses {
		st := &s.statuses[i]
		id, _ := strconv.ParseInt(st.id, 10, 64)
		if id <= low || id <= since || high > 0 && id >= high || q.Get("local") == "true" && st.account.Server != s.o.Address ||
			kind == "tag" && !contains(st.post.Hashtags, r.PathValue("name")) {
			continue
		}
		list = append(list, st)
	}
	if q.Get("min_id") != "" {
		list = list[:min(limit, len(list))]
	} else {
		list = list[max(0, len(list)-limit):]
	}
	var parts []string
	for _, st := range slices.Backward(list) {
		parts = append(parts, string(st.write(s.o.Address)))
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	if q.Get("min_id") != "" && limit > 1 && len(s.pageFaults) > 0 {
		f := s.pageFaults[0]
		s.pageFaults = s.pageFaults[1:]
		parts = f.spoil(parts)
		if body := "[" + strings.Join(parts, ",") + "]"; f.Kind == Cut {
			w.Header().Set("Content-Length", strconv.Itoa(len(body)))
			fmt.Fprint(w, body[:min(f.Size, len(body)-1)])
			return
		}
	}
	fmt.Fprint(w, "["+strings.Join(parts, ",")+"]")
}

// spoil lets a fault happen to the statuses of a page.
func (f *Fault) spoil(parts []string) []string {
	switch f.Kind {
	case Garbage:
		return append(parts, `{"id":"1","garbage":[]}`)
	case Oversized:
		return append(parts, fmt.Sprintf(`{"id":"1","uri":"https://x.example/1","created_at":"2026-11-01T09:00:00Z","content":"%s"}`, strings.Repeat("x", f.Size)))
	case Unknown:
		for i := range parts {
			parts[i] = `{"later":{"a":[null]},` + parts[i][1:]
		}
	case Duplicate:
		return append(parts, parts...)
	case Reorder:
		slices.Reverse(parts)
	}
	return parts
}

// stream serves server-sent events.
func (s *Server) stream(w http.ResponseWriter, r *http.Request) {
	if !s.authorised(w, r, true) {
		return
	}
	s.mu.Lock()
	s.streams++
	next := len(s.log)
	var script []Fault
	if len(s.scripts) > 0 {
		script, s.scripts = s.scripts[0], s.scripts[1:]
	}
	s.mu.Unlock()
	w.Header().Set("Content-Type", "text/event-stream")
	fmt.Fprint(w, ":)\n")
	flush := http.NewResponseController(w).Flush
	flush()
	beat := time.NewTicker(15 * time.Second)
	defer beat.Stop()
	o := sender{w: w, script: script}
	if len(script) > 0 && script[0].Kind == Close && script[0].After == 0 {
		return
	}
	for {
		s.mu.Lock()
		events, grown := s.log[next:], s.grown
		s.mu.Unlock()
		for i := range events {
			next++
			if wants(r, &events[i]) && !o.event(events[i].write()) {
				panic(http.ErrAbortHandler)
			}
		}
		if o.closed {
			return
		}
		flush()
		select {
		case <-r.Context().Done():
			return
		case <-grown:
		case <-beat.C:
			fmt.Fprint(w, ":thump\n")
		}
	}
}

func wants(r *http.Request, e *event) bool {
	switch r.PathValue("kind") {
	case "hashtag":
		return e.tagged(r.URL.Query().Get("tag"))
	case "public":
		return r.PathValue("part") != "local" || e.local
	}
	return true
}

func (e *event) write() string { return "event: " + e.name + "\ndata: " + e.data + "\n\n" }

// sender writes events and lets faults happen.
type sender struct {
	w      http.ResponseWriter
	script []Fault
	sent   int
	held   string
	closed bool
}

// event sends an event; it is false when the connection is to die.
func (o *sender) event(text string) bool {
	if o.closed {
		return true
	}
	for i := 0; i < len(o.script); i++ {
		f := o.script[i]
		if f.After > o.sent {
			continue
		}
		o.script = append(o.script[:i:i], o.script[i+1:]...)
		i--
		switch f.Kind {
		case Cut:
			fmt.Fprint(o.w, text[:min(f.Size, len(text)-1)])
			http.NewResponseController(o.w).Flush()
			return false
		case Garbage:
			fmt.Fprint(o.w, "event: update\ndata: {\"id\":\x00 garbage \xff\n\n")
		case Unknown:
			fmt.Fprint(o.w, "id: 7\nretry: 10\nfuture\nevent: comet\ndata: {\"tail\":[1]}\n\n:thump\n\ndata: lonely\n\n")
		case Oversized:
			fmt.Fprintf(o.w, "event: update\ndata: {\"content\":%q}\n\n", strings.Repeat("x", f.Size))
		case Duplicate:
			fmt.Fprint(o.w, text)
		case Reorder:
			o.held = text
			o.sent++
			return true
		case Close:
			o.closed = true
			return true
		}
	}
	o.sent++
	fmt.Fprint(o.w, text)
	fmt.Fprint(o.w, o.held)
	o.held = ""
	return true
}
