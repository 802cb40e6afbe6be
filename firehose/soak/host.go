package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"sort"
	"strconv"
	"sync"
	"time"

	"github.com/coder/websocket"

	"hearth"
)

// host is a Jetstream host of version 2 that plays the tape at a rate, and the
// AppView beside it.
type host struct {
	tape *tape
	mux  *http.ServeMux

	mu       sync.Mutex
	ticks    []tick // rising
	next     int64  // the event to come
	grown    chan struct{}
	rate     float64 // events a second
	oldest   int64   // what it still has
	begin    int64   // the first event that was asked for
	forgets  []forgotten
	refused  int // cursors that were too old
	sent     int64
	conns    int
	letters  int // frames sent that are no events, the broken ones of the tape included
	asides   []aside
	happened [kindsOfAside]int
}

// tick is when an event happened; those up to the next tick follow it by a
// microsecond each.
type tick struct {
	at  time.Time
	seq int64
}

// forgotten is a stretch that a reader asked for and could not have: it had
// the event before, and the next one that it gets is to.
type forgotten struct {
	from, to int64
}

// aside is something that a host does to a connection besides sending events.
type aside uint8

const (
	garbage  aside = iota // a frame that is no JSON
	binary                // a frame that is no zstd
	unknown               // an event of a kind that nobody knows
	huge                  // a frame of more than four MiB
	repeated              // the last events come once more
	tooSlow               // the host ends the stream
	goodbye               // the host closes in good order

	kindsOfAside = iota
)

func (a aside) String() string {
	return [...]string{"garbage", "binary", "unknown", "huge", "repeated", "too slow", "goodbye"}[a]
}

const firstSeq = 10_000

func newHost(t *tape, now time.Time) *host {
	h := &host{tape: t, next: firstSeq, oldest: 1, grown: make(chan struct{}), ticks: []tick{{now, firstSeq}}, mux: http.NewServeMux()}
	h.mux.HandleFunc("GET /xrpc/network.bsky.jetstream.subscribeEvents", h.subscribe)
	h.mux.HandleFunc("GET /xrpc/app.bsky.actor.getProfiles", h.getProfiles)
	return h
}

func (h *host) ServeHTTP(w http.ResponseWriter, r *http.Request) { h.mux.ServeHTTP(w, r) }

// play lets events happen until ctx ends.
func (h *host) play(ctx context.Context) {
	const every = 5 * time.Millisecond
	beat := time.NewTicker(every)
	defer beat.Stop()
	last, due := hearth.SystemClock(), 0.0
	for {
		select {
		case <-ctx.Done():
			return
		case <-beat.C:
		}
		now := hearth.SystemClock()
		h.mu.Lock()
		due += h.rate * now.Sub(last).Seconds()
		last = now
		if n := int64(due); n > 0 {
			due -= float64(n)
			t := &h.ticks[len(h.ticks)-1]
			earliest := t.at.Add(time.Duration(h.next-t.seq) * time.Microsecond) // every event has its own time
			if now.Before(earliest) {
				now = earliest
			}
			h.ticks = append(h.ticks, tick{now, h.next})
			h.next += n
			close(h.grown)
			h.grown = make(chan struct{})
		}
		h.mu.Unlock()
	}
}

func (h *host) setRate(r float64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.rate = r
}

// forget drops all events up to now.
func (h *host) forget() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.oldest = h.next
}

// aside lets something happen to the open stream, or the next one, and says how
// often it has happened so far.
func (h *host) aside(a aside) (before int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.asides = append(h.asides, a)
	return h.happened[a]
}

// head is the event to come.
func (h *host) head() int64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.next
}

// when is the time of an event that has happened.
func (h *host) when(seq int64) time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.time(seq)
}

func (h *host) time(seq int64) time.Time {
	return h.ticks[h.tickOf(seq)].time(seq)
}

// tickOf is the place of the tick with which an event happened.
func (h *host) tickOf(seq int64) int {
	return max(0, sort.Search(len(h.ticks), func(i int) bool { return h.ticks[i].seq > seq })-1)
}

func (t tick) time(seq int64) time.Time { return t.at.Add(time.Duration(seq-t.seq) * time.Microsecond) }

// lag is how many events have happened that were not sent yet.
func (h *host) lag() int64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.next - max(h.sent+1, h.begin, firstSeq)
}

// subscribe serves the stream.
func (h *host) subscribe(w http.ResponseWriter, r *http.Request) {
	next, notice, ok := h.from(w, r.URL.Query().Get("cursor"))
	if !ok {
		return
	}
	corked := &corked{ResponseWriter: w}
	ws, err := websocket.Accept(corked, r, &websocket.AcceptOptions{Subprotocols: []string{"xrpc.v1.json"}, InsecureSkipVerify: true})
	if err != nil {
		return
	}
	defer ws.CloseNow()
	ctx := ws.CloseRead(context.WithoutCancel(r.Context()))
	s := &stream{h: h, ws: ws, out: corked.conn, next: next}
	if notice != "" && !s.put([]byte(notice)) {
		return
	}
	h.mu.Lock()
	h.conns++
	h.mu.Unlock()
	s.run(ctx)
}

// from reads a cursor as a host does.
func (h *host) from(w http.ResponseWriter, cursor string) (next int64, notice string, ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if cursor == "" {
		h.begin = h.next
		return h.next, "", true
	}
	n, err := strconv.ParseInt(cursor, 10, 64)
	switch {
	case err != nil || n < 0:
		http.Error(w, `{"error":"InvalidRequest","message":"the cursor is not a number"}`, http.StatusBadRequest)
		return 0, "", false
	case n >= 1e15:
		next = h.oldest + int64(sort.Search(int(h.next-h.oldest), func(i int) bool { return h.time(h.oldest+int64(i)).UnixMicro() >= n }))
		if h.time(h.oldest).UnixMicro() > n {
			notice = fmt.Sprintf(`{"$type":"message","payload":{"$type":"network.bsky.jetstream.subscribeEvents#info","name":"OutdatedCursor","message":"resumed from %d"}}`, h.oldest)
		}
		return next, notice, true
	case n < h.oldest:
		h.refused++
		if last := len(h.forgets) - 1; last >= 0 && h.forgets[last].from == n {
			h.forgets[last].to = h.oldest
		} else {
			h.forgets = append(h.forgets, forgotten{n, h.oldest})
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprintf(w, `{"error":"CursorTooOld","message":"the oldest event is %d"}`, h.oldest)
		return 0, "", false
	}
	return min(n, h.next), "", true
}

// stream is one connection.
type stream struct {
	h     *host
	ws    *websocket.Conn
	out   *corkedConn
	next  int64
	frame []byte
}

// run sends until the connection ends.
func (s *stream) run(ctx context.Context) {
	const most = 2_000 // events at a time
	for ctx.Err() == nil {
		h := s.h
		h.mu.Lock()
		upto, grown := min(h.next, s.next+most), h.grown
		ticks := h.ticks[h.tickOf(s.next):]
		var now []aside
		now, h.asides = h.asides, nil
		h.mu.Unlock()
		for _, a := range now {
			if !s.aside(a) {
				return
			}
		}
		if !s.events(ticks, upto) || !s.out.flush() {
			return
		}
		h.mu.Lock()
		h.sent = max(h.sent, s.next-1)
		behind := h.next > s.next
		h.mu.Unlock()
		if behind {
			continue
		}
		select {
		case <-ctx.Done():
		case <-grown:
		}
	}
}

// events sends the events before upto.
func (s *stream) events(ticks []tick, upto int64) bool {
	letters := 0
	for ; s.next < upto; s.next++ {
		for len(ticks) > 1 && ticks[1].seq <= s.next {
			ticks = ticks[1:]
		}
		if o, _ := s.h.tape.at(s.next); o == broken {
			letters++
		}
		s.frame = s.h.tape.frame(s.frame[:0], s.next, ticks[0].time(s.next).UnixMicro())
		if !s.put(s.frame) {
			return false
		}
	}
	s.h.mu.Lock()
	s.h.letters += letters
	s.h.mu.Unlock()
	return true
}

// aside does something else; false: it ends the connection.
func (s *stream) aside(a aside) bool {
	h := s.h
	h.mu.Lock()
	h.happened[a]++
	if a == garbage || a == binary || a == huge {
		h.letters++
	}
	h.mu.Unlock()
	switch a {
	case garbage:
		return s.put([]byte("{\"kind\":\"commit\",\x00 garbage \xff"))
	case binary:
		return s.ws.Write(context.Background(), websocket.MessageBinary, []byte("\x28\xb5\x2f\xfd garbage")) == nil
	case unknown:
		return s.put([]byte(`{"$type":"message","payload":{"$type":"network.bsky.jetstream.subscribeEvents#comet","tail":[1,{"a":null}]},"later":{}}`))
	case huge:
		return s.put(append(bytes.Repeat([]byte{'x'}, 5<<20), "\"}"...))
	case repeated:
		h.mu.Lock()
		upto := s.next
		s.next = max(s.next-2_000, h.oldest, h.begin)
		ticks := h.ticks[h.tickOf(s.next):]
		h.mu.Unlock()
		return s.events(ticks, upto)
	case tooSlow:
		s.put([]byte(`{"$type":"error","error":"ConsumerTooSlow","message":"read faster"}`))
		s.out.flush()
		s.ws.Close(websocket.StatusPolicyViolation, "")
		return false
	case goodbye:
		s.out.flush()
		s.ws.Close(websocket.StatusGoingAway, "the host restarts")
		return false
	}
	return true
}

func (s *stream) put(frame []byte) bool {
	return s.ws.Write(context.Background(), websocket.MessageText, frame) == nil
}

// corked hands out a connection that sends many frames at once.
type corked struct {
	http.ResponseWriter
	conn *corkedConn
}

func (c *corked) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(c.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	c.conn = &corkedConn{Conn: conn}
	rw.Writer.Reset(c.conn)
	return c.conn, rw, nil
}

// corkedConn keeps what is written until there is much of it, or flush.
type corkedConn struct {
	net.Conn
	mu  sync.Mutex
	buf []byte
	err error
}

func (c *corkedConn) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.buf = append(c.buf, p...)
	if len(c.buf) > 128<<10 || len(p) < 128 { // control frames do not wait
		c.empty()
	}
	return len(p), c.err
}

func (c *corkedConn) flush() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.empty()
	return c.err == nil
}

func (c *corkedConn) empty() {
	if c.err == nil {
		_, c.err = c.Conn.Write(c.buf)
	}
	c.buf = c.buf[:0]
}

// getProfiles is the AppView.
func (h *host) getProfiles(w http.ResponseWriter, r *http.Request) {
	actors := r.URL.Query()["actors"]
	if len(actors) == 0 || len(actors) > 25 {
		http.Error(w, `{"error":"InvalidRequest","message":"actors must be 1 to 25"}`, http.StatusBadRequest)
		return
	}
	b := []byte(`{"profiles":[`)
	for i, did := range actors {
		if i > 0 {
			b = append(b, ',')
		}
		b = fmt.Appendf(b, `{"did":%q,"handle":%q,"displayName":"Somebody","followersCount":3,"labels":[]}`, did, handleOf(did))
	}
	w.Header().Set("Content-Type", "application/json")
	w.Write(append(b, `]}`...))
}
