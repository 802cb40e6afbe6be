package fake

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/coder/websocket"
	"github.com/klauspost/compress/zstd"
)

// subscription is one stream: what it wants and how far it is.
type subscription struct {
	version     int
	next        int64 // seq
	kinds       []string
	dids        []string
	collections []string
	largest     int    // bytes of a frame; 0: any
	notice      string // sent before the first event
	zip         *zstd.Encoder
}

// subscribe serves version 1.
func (s *Server) subscribe(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	sub := subscription{version: 1, dids: q["wantedDids"], collections: q["wantedCollections"]}
	s.mu.Lock()
	sub.next = s.next
	if cursor, err := strconv.ParseInt(q.Get("cursor"), 10, 64); err == nil {
		sub.next = s.seqAt(cursor) // an old cursor becomes the oldest event, silently
	}
	s.mu.Unlock()
	if q.Get("compress") == "true" {
		if s.o.Dictionary == nil {
			http.Error(w, "this host has no dictionary for version 1", http.StatusBadRequest)
			return
		}
		var err error
		if sub.zip, err = zipper(s.o.Dictionary); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
	}
	sub.largest, _ = strconv.Atoi(q.Get("maxMessageSizeBytes"))
	s.accept(w, r, &sub, nil)
}

// subscribeEvents serves version 2.
func (s *Server) subscribeEvents(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	sub := subscription{version: 2, kinds: q["kinds"], dids: q["dids"], collections: q["collections"]}
	if refused := s.checkQuery(q, &sub); refused != nil {
		refuse(w, refused[0], refused[1])
		return
	}
	if id := q.Get("zstdDictionary"); id != "" {
		dictionary, err := s.ownDictionary()
		if err == nil {
			sub.zip, err = zipper(dictionary)
		}
		if err != nil {
			refuse(w, "InternalServerError", err.Error())
			return
		}
		if current, err := zstd.InspectDictionary(dictionary); err != nil || strconv.FormatUint(uint64(current.ID()), 10) != id {
			refuse(w, "UnknownZstdDictionary", "the current dictionary is another one")
			return
		}
	}
	s.accept(w, r, &sub, []string{"xrpc.v1.json"})
}

// checkQuery reads the parameters of version 2; what is not nil is the error's
// name and message.
func (s *Server) checkQuery(q url.Values, sub *subscription) []string {
	for name := range q {
		if strings.HasPrefix(name, "wanted") {
			return []string{"InvalidRequest", name + " is a parameter of version 1"}
		}
	}
	for _, kind := range sub.kinds {
		if !slices.Contains([]string{"commit", "identity", "account", "sync"}, kind) {
			return []string{"InvalidRequest", "unknown kind " + kind}
		}
	}
	if len(sub.collections) > 0 && len(sub.kinds) > 0 && !slices.Contains(sub.kinds, "commit") {
		return []string{"InvalidRequest", "collections need the kind commit"}
	}
	sub.largest, _ = strconv.Atoi(q.Get("maxMessageSizeBytes"))
	s.mu.Lock()
	defer s.mu.Unlock()
	sub.next = s.next
	if q.Get("cursor") == "" {
		return nil
	}
	cursor, err := strconv.ParseInt(q.Get("cursor"), 10, 64)
	oldest := s.next
	if len(s.events) > 0 {
		oldest = s.events[0].seq
	}
	switch {
	case err != nil || cursor < 0:
		return []string{"InvalidRequest", "the cursor is not a number"}
	case cursor >= 1e15:
		sub.next = s.seqAt(cursor)
		if len(s.events) > 0 && cursor < s.events[0].micros {
			sub.notice = fmt.Sprintf(`{"name":"OutdatedCursor","message":"resumed from %d"`, oldest)
		}
	case cursor > s.next:
		sub.notice = `{"name":"FutureCursor","message":"started at the live tip"`
	case cursor < oldest && oldest > 1 && cursor > 0:
		return []string{"CursorTooOld", fmt.Sprintf("the oldest event is %d", oldest)}
	default:
		sub.next = cursor
	}
	return nil
}

// seqAt is the first event at or after a time. The caller holds the lock.
func (s *Server) seqAt(micros int64) int64 {
	for _, e := range s.events {
		if e.micros >= micros {
			return e.seq
		}
	}
	return s.next
}

func refuse(w http.ResponseWriter, name, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusBadRequest)
	fmt.Fprintf(w, `{"error":%q,"message":%q}`, name, message)
}

// accept opens the socket and sends until it ends.
func (s *Server) accept(w http.ResponseWriter, r *http.Request, sub *subscription, protocols []string) {
	if sub.zip != nil {
		defer sub.zip.Close()
	}
	s.mu.Lock()
	s.conns++
	var script []Fault
	if len(s.scripts) > 0 {
		script, s.scripts = s.scripts[0], s.scripts[1:]
	}
	s.mu.Unlock()
	breakable := &breakable{ResponseWriter: w}
	ws, err := websocket.Accept(breakable, r, &websocket.AcceptOptions{Subprotocols: protocols, InsecureSkipVerify: true})
	if err != nil {
		return
	}
	defer ws.CloseNow()
	// Push only: a frame from the client ends the connection.
	ctx := ws.CloseRead(context.WithoutCancel(r.Context()))
	out := &sender{ws: ws, conn: breakable.conn, sub: sub, script: script}
	if sub.notice != "" {
		out.send(ctx, fmt.Appendf(nil, `{"$type":"message","payload":{"$type":"network.bsky.jetstream.subscribeEvents#info",%s}}`, sub.notice[1:]))
	}
	s.feed(ctx, out)
}

func (s *Server) feed(ctx context.Context, out *sender) {
	var frame []byte
	for {
		events, grown := s.from(out.sub.next)
		if len(events) == 0 {
			select {
			case <-ctx.Done():
				return
			case <-grown:
			}
			continue
		}
		for i := range events {
			e := &events[i]
			out.sub.next = e.seq + 1
			if !out.sub.wants(e) {
				continue
			}
			frame = e.frame(frame[:0], out.sub.version)
			if out.sub.largest > 0 && len(frame) > out.sub.largest {
				continue
			}
			if !out.event(ctx, frame) {
				return
			}
		}
	}
}

func (sub *subscription) wants(e *event) bool {
	if len(sub.dids) > 0 && !slices.Contains(sub.dids, e.did) {
		return false
	}
	if len(sub.kinds) > 0 && !slices.Contains(sub.kinds, e.kind) {
		return false
	}
	return e.kind != "commit" || len(sub.collections) == 0 || slices.ContainsFunc(sub.collections, func(c string) bool {
		prefix, any := strings.CutSuffix(c, "*")
		return c == e.collection || any && strings.HasPrefix(e.collection, prefix)
	})
}

// frame writes the event as it goes over the wire.
func (e *event) frame(b []byte, version int) []byte {
	if version == 1 {
		b = append(append(append(b, `{"did":"`...), e.did...), `","time_us":`...)
		b = strconv.AppendInt(b, e.micros, 10)
		b = append(append(append(b, `,"kind":"`...), e.kind...), `",`...)
		if e.kind != "commit" {
			return append(append(b, e.body...), '}')
		}
		b = append(append(b, `"commit":{`...), e.body...)
		return append(b, "}}"...)
	}
	b = append(append(b, `{"$type":"message","payload":{"$type":"network.bsky.jetstream.subscribeEvents#`...), e.kind...)
	b = strconv.AppendInt(append(b, `","seq":`...), e.seq, 10)
	b = append(append(append(b, `,"did":"`...), e.did...), `","time":"`...)
	from := len(b)
	b = time.UnixMicro(e.micros).UTC().AppendFormat(b, "2006-01-02T15:04:05.000000Z")
	to := len(b)
	b = append(append(append(b, `","witnessedAt":"`...), b[from:to]...), `",`...)
	return append(append(b, e.body...), "}}"...)
}
