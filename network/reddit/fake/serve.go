package fake

import (
	"fmt"
	"html"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Fault is something that goes wrong.
type Fault struct {
	Kind FaultKind
	Size int // bytes, for Cut and Oversized
}

// FaultKind is what goes wrong.
type FaultKind uint8

const (
	Cut       FaultKind = iota // the connection dies after Size bytes of the next answer
	Refuse                     // the next answer is status 503
	TooMany                    // the next answer is status 429, with a reset
	Page                       // the next answer is a page of HTML
	Slow                       // the next answer begins and never ends
	Garbage                    // a post comes that lacks what a post must have
	Oversized                  // a post comes with a text of Size bytes
	Unknown                    // an entry comes of a kind and with fields that nobody knows yet
	Duplicate                  // every entry of the next answer comes twice
	Reorder                    // the entries of the next answer come in the wrong order
)

// Inject makes a fault happen: to one of the next answers with entries, or as
// an entry.
func (s *Server) Inject(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := strconv.FormatInt(firstNumber+s.count+1, 36)
	raw := ""
	switch f.Kind {
	case Garbage:
		raw = fmt.Sprintf(`{"kind":"t3","data":{"name":"t3_%s","title":7,"author":{"garbage":[]},"created_utc":"\u0000"}}`, id)
	case Oversized:
		raw = fmt.Sprintf(`{"kind":"t3","data":{"name":"t3_%s","author":"ann","author_fullname":"t2_ann","created_utc":%d.0,"title":"x","selftext":%q}}`, id, Epoch.Unix(), strings.Repeat("x", f.Size))
	case Unknown:
		raw = fmt.Sprintf(`{"kind":"t9","tail":[1],"data":{"name":"t9_%s","comet":{"a":null},"created_utc":[]}}`, id)
	default:
		s.faults = append(s.faults, f)
		return
	}
	s.count++
	e := entry{raw: raw}
	e.post.ID = "t3_" + id
	s.entries = append(s.entries, e)
}

// login gives out tokens.
func (s *Server) login(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	grant := r.PostFormValue("grant_type")
	s.grants = append(s.grants, grant)
	id, secret, ok := r.BasicAuth()
	switch {
	case !ok || id == "" || s.o.ClientID != "" && (id != s.o.ClientID || secret != s.o.Secret):
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprint(w, `{"message": "Unauthorized", "error": 401}`)
	case grant == "password" && (s.o.Password == "" || r.PostFormValue("password") != s.o.Password):
		fmt.Fprint(w, `{"error": "invalid_grant"}`)
	case grant == "https://oauth.reddit.com/grants/installed_client" && secret == "" && len(r.PostFormValue("device_id")) >= 20, grant == "client_credentials" && secret != "", grant == "password":
		s.tokens++
		s.token, s.left = fmt.Sprintf("token-%d", s.tokens), s.o.Life
		life := 3600
		if s.o.Cold {
			life = 0
		}
		fmt.Fprintf(w, `{"access_token": %q, "token_type": "bearer", "expires_in": %d, "scope": "*"}`, s.token, life)
	default:
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, `{"error": "unsupported_grant_type"}`)
	}
}

// authorised wants a token and a User-Agent as Reddit demands it.
func (s *Server) authorised(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.calls[r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]]++
		good := s.token != "" && r.Header.Get("Authorization") == "Bearer "+s.token
		if good && s.o.Life > 0 {
			if s.left--; s.left < 0 {
				good = false
			}
		}
		s.mu.Unlock()
		w.Header().Set("Content-Type", "application/json; charset=UTF-8")
		w.Header().Set("X-Ratelimit-Used", "3")
		w.Header().Set("X-Ratelimit-Remaining", "97.0")
		w.Header().Set("X-Ratelimit-Reset", "58")
		switch {
		case !strings.Contains(r.UserAgent(), " (by /u/"):
			w.WriteHeader(http.StatusTooManyRequests)
		case !good:
			w.WriteHeader(http.StatusUnauthorized)
			fmt.Fprint(w, `{"message": "Unauthorized", "error": 401}`)
		default:
			next(w, r)
		}
	}
}

// listing serves new, comments and search.
func (s *Server) listing(w http.ResponseWriter, r *http.Request) {
	what, q := r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:], r.URL.Query()
	subreddits := strings.Split(strings.ToLower(r.PathValue("subreddits")), "+")
	switch {
	case slices.Equal(subreddits, []string{"nowhere"}):
		http.Redirect(w, r, "/subreddits/search?q=nowhere", http.StatusFound)
		return
	case slices.Equal(subreddits, []string{"secret"}):
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprint(w, `{"reason": "private", "message": "Forbidden", "error": 403}`)
		return
	}
	limit, _ := strconv.Atoi(q.Get("limit"))
	if limit < 1 || limit > 100 {
		limit = 25
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []*entry // newest first
	for i := range slices.Backward(s.entries) {
		e := &s.entries[i]
		comment := strings.HasPrefix(e.post.ID, "t1_")
		switch {
		case e.state != "", (what == "comments") != comment, e.raw != "" && what == "search":
		case r.PathValue("subreddits") != "" && e.raw == "" && !slices.Contains(subreddits, strings.ToLower(e.subreddit)):
		case what == "search" && !e.found(q.Get("q")):
		default:
			list = append(list, e)
		}
	}
	list = list[:min(len(list), s.o.Depth)]
	if after := q.Get("after"); after != "" {
		at := slices.IndexFunc(list, func(e *entry) bool { return e.post.ID == after })
		list = list[at+1:]
		if at < 0 {
			list = nil
		}
	}
	next := "null"
	if len(list) > limit {
		list = list[:limit]
		next = strconv.Quote(list[limit-1].post.ID)
	}
	s.answer(w, r, list, next)
}

// found says whether the search finds the entry: any of its phrases.
func (e *entry) found(query string) bool {
	for _, phrase := range strings.Split(query, " OR ") {
		if strings.Contains(strings.ToLower(e.post.Title+" "+e.post.Text), strings.ToLower(strings.Trim(phrase, `"`))) {
			return true
		}
	}
	return false
}

// info serves /api/info.
func (s *Server) info(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []*entry
	for _, id := range strings.Split(r.URL.Query().Get("id"), ",") {
		for i := range s.entries {
			if s.entries[i].post.ID == id && len(list) < 100 {
				list = append(list, &s.entries[i])
			}
		}
	}
	s.answer(w, r, list, "null")
}

// answer writes a listing and lets faults happen. The caller holds the lock.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, list []*entry, next string) {
	var parts []string
	for _, e := range list {
		parts = append(parts, e.write())
	}
	var f *Fault
	if len(s.faults) > 0 && len(parts) > 0 {
		f, s.faults = &s.faults[0], s.faults[1:]
		switch f.Kind {
		case Duplicate:
			parts = append(parts, parts...)
		case Reorder:
			slices.Reverse(parts)
		}
	}
	body := fmt.Sprintf(`{"kind":"Listing","data":{"modhash":null,"dist":%d,"children":[%s],"after":%s,"before":null}}`, len(parts), strings.Join(parts, ","), next)
	if r.URL.Query().Get("raw_json") != "1" {
		body = html.EscapeString(body)
	}
	if f == nil {
		fmt.Fprint(w, body)
		return
	}
	switch f.Kind {
	case Cut:
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		fmt.Fprint(w, body[:min(f.Size, len(body)-1)])
	case Refuse:
		w.WriteHeader(http.StatusServiceUnavailable)
	case TooMany:
		w.Header().Set("X-Ratelimit-Remaining", "0.0")
		w.Header().Set("X-Ratelimit-Reset", "1")
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(http.StatusTooManyRequests)
	case Page:
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, "<!doctype html><title>whoa there, pardner!</title>")
	case Slow:
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		s.mu.Unlock()
		for i := range len(body) - 1 {
			fmt.Fprint(w, body[i:i+1])
			http.NewResponseController(w).Flush()
			select {
			case <-r.Context().Done():
				s.mu.Lock()
				return
			case <-time.After(100 * time.Millisecond):
			}
		}
		s.mu.Lock()
	default:
		fmt.Fprint(w, body)
	}
}
