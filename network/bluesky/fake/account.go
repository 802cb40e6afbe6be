package fake

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"hearth"
)

// account is the session of the account that may search.
type account struct {
	sessions int
	access   string
	refresh  string
	created  int
}

// stored is a post as the AppView keeps it.
type stored struct {
	did, rkey string
	text      string
	at        time.Time
	record    []byte
}

// store keeps a post for the AppView, where there is an account to ask for it.
// The caller holds the lock.
func (s *Server) store(did, rkey string, p *hearth.Post, at time.Time) {
	if s.o.Identifier == "" {
		return
	}
	if !p.Published.IsZero() {
		at = p.Published
	}
	s.posts = append(s.posts, stored{did: did, rkey: rkey, text: p.Text, at: at, record: record(p, at)})
}

// EndSessions makes the server forget the access token; with all, the refresh
// token too.
func (s *Server) EndSessions(all bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.account.access = "ended"
	if all {
		s.account.refresh = "ended"
	}
}

// Sessions is how many sessions were begun with the password.
func (s *Server) Sessions() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.account.created
}

func (s *Server) createSession(w http.ResponseWriter, r *http.Request) {
	var login struct{ Identifier, Password string }
	err := json.NewDecoder(r.Body).Decode(&login)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil || s.o.Identifier == "" || login.Identifier != s.o.Identifier || login.Password != s.o.Password {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprint(w, `{"error":"AuthenticationRequired","message":"Invalid identifier or password"}`)
		return
	}
	s.account.created++
	s.begin(w)
}

func (s *Server) refreshSession(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.account.refresh == "" || r.Header.Get("Authorization") != "Bearer "+s.account.refresh {
		refuse(w, "ExpiredToken", "Token has been revoked")
		return
	}
	s.begin(w)
}

// begin begins a session. The caller holds the lock.
func (s *Server) begin(w http.ResponseWriter) {
	a := &s.account
	a.sessions++
	a.access, a.refresh = fmt.Sprintf("access-%d", a.sessions), fmt.Sprintf("refresh-%d", a.sessions)
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprintf(w, `{"accessJwt":%q,"refreshJwt":%q,"handle":%q,"did":"did:plc:searcher","active":true}`, a.access, a.refresh, s.o.Identifier)
}

// searchLimit is how far the cursor of one search goes.
const searchLimit = 300

func (s *Server) searchPosts(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	s.mu.Lock()
	defer s.mu.Unlock()
	switch r.Header.Get("Authorization") {
	case "":
		w.WriteHeader(http.StatusForbidden)
		return
	case "Bearer " + s.account.access:
	default:
		refuse(w, "ExpiredToken", "Token has expired")
		return
	}
	since, _ := hearth.ParseTime(q.Get("since"))
	until, _ := hearth.ParseTime(q.Get("until"))
	words := strings.ToLower(strings.Trim(q.Get("q"), `"`))
	var found []*stored
	for i := range s.posts {
		if p := &s.posts[i]; strings.Contains(strings.ToLower(p.text), words) && !p.at.Before(since) && p.at.Before(until) {
			found = append(found, p)
		}
	}
	slices.SortStableFunc(found, func(a, b *stored) int { return b.at.Compare(a.at) })
	limit, _ := strconv.Atoi(q.Get("limit"))
	skip, _ := strconv.Atoi(q.Get("cursor"))
	found = found[min(skip, len(found)):]
	next := ""
	if len(found) > limit && skip+limit < searchLimit {
		next = fmt.Sprintf(`"cursor":"%d",`, skip+limit)
	}
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprintf(w, `{%s"hitsTotal":%d,"posts":[`, next, len(found))
	for i, p := range found[:min(limit, len(found))] {
		if i > 0 {
			fmt.Fprint(w, ",")
		}
		w.Write(s.view(p))
	}
	fmt.Fprint(w, "]}")
}

func (s *Server) getAuthorFeed(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.o.Identifier == "" { // nothing is stored
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprint(w, `{"feed":[`)
	comma := ""
	for _, p := range slices.Backward(s.posts) {
		if p.did == r.URL.Query().Get("actor") {
			fmt.Fprintf(w, `%s{"post":%s}`, comma, s.view(&p))
			comma = ","
		}
	}
	fmt.Fprint(w, `]}`)
}

// view writes a postView. The caller holds the lock.
func (s *Server) view(p *stored) []byte {
	who := s.profiles[p.did]
	handle := who.Handle
	if handle == "" {
		handle = "handle.invalid"
	}
	return fmt.Appendf(nil, `{"uri":"at://%s/%s/%s","cid":"bafyreifakeview","author":{"did":%q,"handle":%q,"displayName":%s},"record":%s,"replyCount":0,"repostCount":1,"likeCount":2,"quoteCount":0,"indexedAt":%q,"labels":[]}`,
		p.did, postCollection, p.rkey, p.did, handle, hearth.AppendQuoted(nil, who.Name), p.record, p.at.Format(time.RFC3339Nano))
}
