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
	s.mu.Lock()
	revoked := s.revoked
	s.mu.Unlock()
	if given == "" && !needed || !revoked && (s.o.Token == "" || given == "Bearer "+s.o.Token) {
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
	if strings.HasPrefix(r.URL.Path, "/api/v1/") {
		fmt.Fprintf(w, `{"uri":"social.example","version":"3.5.0","urls":{"streaming_api":%q},"languages":["en"]}`, "ws"+strings.TrimPrefix(s.o.Address, "http"))
		return
	}
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

// several serves statuses by their ids; one that is not there is left out.
func (s *Server) several(w http.ResponseWriter, r *http.Request) {
	ids := r.URL.Query()["id[]"]
	if !s.authorised(w, r, s.o.Closed) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.limited(w) {
		return
	}
	if len(ids) > 20 {
		http.Error(w, `{"error":"Too many statuses"}`, http.StatusUnprocessableEntity)
		return
	}
	s.list(w, func(st *status) bool { return slices.Contains(ids, st.id) })
}

// one serves a status.
func (s *Server) one(w http.ResponseWriter, r *http.Request) {
	if !s.authorised(w, r, s.o.Closed) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.limited(w) {
		return
	}
	s.single++
	for i := range s.statuses {
		if st := &s.statuses[i]; st.id == r.PathValue("id") {
			w.Write(st.write(s.o.Address))
			return
		}
	}
	http.Error(w, `{"error":"Record not found"}`, http.StatusNotFound)
}

// search serves the search, for accounts only.
func (s *Server) search(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if !s.authorised(w, r, true) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.limited(w) {
		return
	}
	words := strings.ToLower(strings.Trim(q.Get("q"), `"`))
	limit, _ := strconv.Atoi(q.Get("limit"))
	below, _ := strconv.ParseInt(q.Get("max_id"), 10, 64)
	fmt.Fprint(w, `{"accounts":[],"statuses":`)
	s.list(w, func(st *status) bool {
		id, _ := strconv.ParseInt(st.id, 10, 64)
		if limit == 0 || below > 0 && id >= below || !strings.Contains(strings.ToLower(st.post.Text), words) {
			return false
		}
		limit--
		return true
	})
	fmt.Fprint(w, `,"hashtags":[]}`)
}

// list writes the statuses that are wanted, the newest first. The caller holds
// the lock.
func (s *Server) list(w http.ResponseWriter, wanted func(*status) bool) {
	var parts []string
	for i := range slices.Backward(s.statuses) {
		if st := &s.statuses[i]; wanted(st) {
			parts = append(parts, string(st.write(s.o.Address)))
		}
	}
	fmt.Fprint(w, "["+strings.Join(parts, ",")+"]")
}
