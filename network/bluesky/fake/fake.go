// Package fake is a Jetstream host and an AppView in one HTTP handler. It
// speaks the real wire of both versions of the protocol, with cursors, filters,
// compression and error frames, and fails on demand in all the ways a network
// does. Tests, the demo and the benchmarks listen to it as to Bluesky itself.
//
// Its world is what the caller publishes: it keeps a bounded number of events
// and forgets the oldest. Nothing is verified, stored or sent anywhere.
package fake

import (
	"fmt"
	"net/http"
	"sort"
	"strings"
	"sync"
	"time"

	"hearth"
)

// Options are the properties of a host. The zero value is a host of both
// versions.
type Options struct {
	Clock      hearth.Clock // when events are witnessed; nil: one millisecond apart, from Epoch on
	Keep       int          // events kept; 0: 20,000
	NoVersion2 bool         // an old host: it knows only /subscribe
	NoVersion1 bool
	Identifier string // of an account that may search, by Password; "": nobody may
	Password   string
	Dictionary []byte // zstd dictionary; nil: one of its own, for version 2 only
}

// Epoch is when the first event happens in a world without a clock.
var Epoch = time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC)

// Server is the host. Safe for concurrent use.
type Server struct {
	o   Options
	mux *http.ServeMux

	mu         sync.Mutex
	events     []event // the newest of them, in the order of seq
	next       int64   // seq of the next event
	ticks      int64   // events that ever happened: the clock of a world without one
	grown      chan struct{}
	profiles   map[string]Profile
	scripts    [][]Fault
	conns      int // connections made so far
	asked      int // calls of getProfiles
	dictionary []byte
	account    account
	posts      []stored // oldest first; only in a world with an account
}

// event is one thing that happened, ready for both wires.
type event struct {
	seq, micros int64
	did, kind   string
	collection  string
	body        []byte // what both versions have in common
}

// New is a host without any events.
func New(o Options) *Server {
	if o.Keep == 0 {
		o.Keep = 20_000
	}
	s := &Server{o: o, next: 1, grown: make(chan struct{}), profiles: map[string]Profile{}, dictionary: o.Dictionary}
	s.mux = http.NewServeMux()
	if !o.NoVersion1 {
		s.mux.HandleFunc("GET /subscribe", s.subscribe)
	}
	if !o.NoVersion2 {
		s.mux.HandleFunc("GET /xrpc/network.bsky.jetstream.subscribeEvents", s.subscribeEvents)
		s.mux.HandleFunc("GET /xrpc/network.bsky.jetstream.getZstdDictionary", s.getDictionary)
	}
	s.mux.HandleFunc("GET /xrpc/app.bsky.actor.getProfiles", s.getProfiles)
	s.mux.HandleFunc("GET /xrpc/app.bsky.feed.getAuthorFeed", s.getAuthorFeed)
	s.mux.HandleFunc("GET /xrpc/app.bsky.feed.searchPosts", s.searchPosts)
	s.mux.HandleFunc("POST /xrpc/com.atproto.server.createSession", s.createSession)
	s.mux.HandleFunc("POST /xrpc/com.atproto.server.refreshSession", s.refreshSession)
	return s
}

// ServeHTTP is the host's address.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// Publish makes the author, Author.ID, post what the post says, and gives the
// post's id. Where ID is the address of a post (at://…) its record key is
// taken, else a new one; where Published is zero it is now.
func (s *Server) Publish(p *hearth.Post) (id string) { return s.put("create", p) }

// Update makes the author write the post with this ID anew.
func (s *Server) Update(p *hearth.Post) { s.put("update", p) }

// Delete makes the author remove a post.
func (s *Server) Delete(id string) {
	did, rkey := split(id)
	s.add("commit", did, postCollection, func(seq int64, _ time.Time) []byte {
		return fmt.Appendf(nil, `"rev":%q,"operation":"delete","collection":%q,"rkey":%q`, key(seq), postCollection, rkey)
	})
}

// Rename gives an account another handle.
func (s *Server) Rename(did, handle string) {
	s.mu.Lock()
	p := s.profiles[did]
	p.Handle = handle
	s.profiles[did] = p
	s.mu.Unlock()
	s.add("identity", did, "", func(seq int64, at time.Time) []byte {
		return fmt.Appendf(nil, `"identity":{"did":%q,"handle":%s,"seq":%d,"time":%q}`, did, hearth.AppendQuoted(nil, handle), seq+1_000_000, at.Format(time.RFC3339Nano))
	})
}

// SetAccount changes the state of an account: active, or one of deleted,
// takendown, suspended, deactivated, throttled, desynchronized.
func (s *Server) SetAccount(did, state string) {
	status := ""
	if state != "active" {
		status = fmt.Sprintf(`"status":%q,`, state)
	}
	s.add("account", did, "", func(seq int64, at time.Time) []byte {
		return fmt.Appendf(nil, `"account":{"active":%t,"did":%q,%s"seq":%d,"time":%q}`, status == "", did, status, seq+1_000_000, at.Format(time.RFC3339Nano))
	})
}

// PublishRecord makes an account write any record into any collection.
func (s *Server) PublishRecord(did, collection, rkey, record string) {
	s.add("commit", did, collection, func(seq int64, _ time.Time) []byte {
		return commit("create", collection, rkey, seq, []byte(record))
	})
}

// Sync tells that events of an account were lost.
func (s *Server) Sync(did string) {
	s.add("sync", did, "", func(seq int64, at time.Time) []byte {
		return fmt.Appendf(nil, `"sync":{"did":%q,"rev":%q,"seq":%d,"time":%q}`, did, key(seq), seq+1_000_000, at.Format(time.RFC3339Nano))
	})
}

// Lose makes a post as Publish does, but no event tells of it.
func (s *Server) Lose(p *hearth.Post) (id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ticks++
	rkey := "lost" + key(s.ticks)
	s.store(p.Author.ID, rkey, p, Epoch.Add(time.Duration(s.ticks)*time.Millisecond))
	return "at://" + p.Author.ID + "/" + postCollection + "/" + rkey
}

// Forget drops the oldest events until only n are left.
func (s *Server) Forget(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.events = append([]event(nil), s.events[max(0, len(s.events)-n):]...)
}

// Restart makes the host lose its numbering, as if it had been set up anew: it
// forgets its events and counts from 1.
func (s *Server) Restart() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.events, s.next = nil, 1
}

// Connections is how many streams have been opened so far.
func (s *Server) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.conns
}

const postCollection = "app.bsky.feed.post"

func (s *Server) put(operation string, p *hearth.Post) (id string) {
	did := p.Author.ID
	_, rkey := split(p.ID)
	s.add("commit", did, postCollection, func(seq int64, at time.Time) []byte {
		if rkey == "" {
			rkey = key(seq)
		}
		s.store(did, rkey, p, at)
		return commit(operation, postCollection, rkey, seq, record(p, at))
	})
	return "at://" + did + "/" + postCollection + "/" + rkey
}

func commit(operation, collection, rkey string, seq int64, record []byte) []byte {
	b := make([]byte, 0, len(record)+256)
	b = fmt.Appendf(b, `"rev":%q,"operation":%q,"collection":%q,"rkey":%q,"record":`, key(seq), operation, collection, rkey)
	b = append(b, record...)
	return fmt.Appendf(b, `,"cid":"bafyreifake%s"`, strings.Repeat("q", 40))
}

func (s *Server) add(kind, did, collection string, body func(seq int64, at time.Time) []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	seq := s.next
	s.ticks++
	at := Epoch.Add(time.Duration(s.ticks) * time.Millisecond)
	if s.o.Clock != nil {
		at = s.o.Clock().UTC()
	}
	micros := at.UnixMicro()
	if n := len(s.events); n > 0 {
		micros = max(micros, s.events[n-1].micros+1) // every event has its own time
	}
	s.next++
	s.events = append(s.events, event{seq: seq, micros: micros, did: did, kind: kind, collection: collection, body: body(seq, at)})
	if len(s.events) > 2*s.o.Keep {
		s.events = append([]event(nil), s.events[len(s.events)-s.o.Keep:]...)
	}
	close(s.grown)
	s.grown = make(chan struct{})
}

// from is the kept events from a seq on, and what to wait for if there are
// none.
func (s *Server) from(seq int64) (events []event, grown <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := sort.Search(len(s.events), func(i int) bool { return s.events[i].seq >= seq })
	return s.events[i:len(s.events):len(s.events)], s.grown
}

// split takes the address of a post apart.
func split(id string) (did, rkey string) {
	rest, ok := strings.CutPrefix(id, "at://")
	if !ok {
		return "", ""
	}
	did, rest, _ = strings.Cut(rest, "/")
	_, rkey, _ = strings.Cut(rest, "/")
	return did, rkey
}

// key is a record key or revision, in the form of a TID.
func key(seq int64) string {
	const alphabet = "234567abcdefghijklmnopqrstuvwxyz"
	b := []byte("3m22222222222")
	for i := len(b) - 1; seq > 0; i-- {
		b[i] = alphabet[seq&31]
		seq >>= 5
	}
	return string(b)
}
