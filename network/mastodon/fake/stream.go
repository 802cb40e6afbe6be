package fake

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/coder/websocket"
)

// stream serves server-sent events.
func (s *Server) stream(w http.ResponseWriter, r *http.Request) {
	if s.o.NoEvents {
		http.NotFound(w, r)
		return
	}
	if !s.authorised(w, r, true) {
		return
	}
	next := s.subscribe()
	w.Header().Set("Content-Type", "text/event-stream")
	fmt.Fprint(w, ":)\n")
	flush := http.NewResponseController(w).Flush
	flush()
	o := sender{
		name: r.PathValue("kind"), write: func(e string) { fmt.Fprint(w, e) }, encode: (*event).write,
		cut: func(e string) {
			fmt.Fprint(w, e)
			flush()
		},
		strange: "id: 7\nretry: 10\nfuture\nevent: comet\ndata: {\"tail\":[1]}\n\n:thump\n\ndata: lonely\n\n",
	}
	if part := r.PathValue("part"); part != "" {
		o.name += ":" + part
	}
	if !s.serve(r.Context(), &o, next, r.URL.Query().Get("tag"), func() { flush() }, func() { fmt.Fprint(w, ":thump\n") }) {
		panic(http.ErrAbortHandler)
	}
}

// socket serves a web socket. The timeline is named in the address.
func (s *Server) socket(w http.ResponseWriter, r *http.Request) {
	name := r.URL.Query().Get("stream")
	switch {
	case s.o.NoSocket:
		http.NotFound(w, r)
		return
	case !s.authorised(w, r, true):
		return
	case name == "":
		http.Error(w, `{"error":"Unknown stream type"}`, http.StatusBadRequest)
		return
	}
	next := s.subscribe()
	under := &hijacker{ResponseWriter: w}
	ws, err := websocket.Accept(under, r, &websocket.AcceptOptions{InsecureSkipVerify: true})
	if err != nil {
		return
	}
	defer ws.CloseNow()
	s.mu.Lock()
	s.sockets++
	s.mu.Unlock()
	ctx := ws.CloseRead(context.WithoutCancel(r.Context()))
	o := sender{
		name: name, write: func(e string) { ws.Write(ctx, websocket.MessageText, []byte(e)) },
		encode: func(e *event) string {
			return fmt.Sprintf(`{"stream":[%q],"event":%q,"payload":%s}`, name, e.name, quote(e.data))
		},
		cut: func(e string) { // the length of a message, and some of it
			io.WriteString(under.conn, "\x81\x7e\x7f\xff"+e)
			under.conn.Close()
		},
		strange: `{"stream":[],"event":"comet","payload":{"tail":[1]},"later":null}`,
	}
	if s.serve(ctx, &o, next, r.URL.Query().Get("tag"), func() {}, func() { ws.Ping(ctx) }) {
		ws.Close(websocket.StatusNormalClosure, "")
	}
}

// subscribe is where a stream begins that is opened now.
func (s *Server) subscribe() (next int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.log)
}

// serve sends events until the client is gone or a fault ends the stream; it is
// false when the connection is to die.
func (s *Server) serve(ctx context.Context, o *sender, next int, tag string, flush, beat func()) bool {
	if s.o.Late > 0 {
		time.Sleep(s.o.Late)
		next = s.subscribe()
	}
	s.mu.Lock()
	s.streams++
	if len(s.scripts) > 0 {
		o.script, s.scripts = s.scripts[0], s.scripts[1:]
	}
	s.mu.Unlock()
	if len(o.script) > 0 && o.script[0].Kind == Close && o.script[0].After == 0 {
		return true
	}
	ticker := time.NewTicker(15 * time.Second)
	defer ticker.Stop()
	for {
		s.mu.Lock()
		events, grown := slices.Clone(s.log[next:]), s.grown
		s.mu.Unlock()
		for i := range events {
			next++
			if wants(o.name, tag, &events[i]) && !o.event(&events[i]) {
				return false
			}
		}
		if o.closed {
			return true
		}
		flush()
		select {
		case <-ctx.Done():
			return true
		case <-grown:
		case <-ticker.C:
			beat()
		}
	}
}

func wants(name, tag string, e *event) bool {
	switch name {
	case "hashtag":
		return e.tagged(tag)
	case "public:local":
		return e.local
	}
	return true
}

func (e *event) write() string { return "event: " + e.name + "\ndata: " + e.data + "\n\n" }

// sender sends events and lets faults happen.
type sender struct {
	name    string // of the timeline
	encode  func(*event) string
	write   func(string)
	cut     func(string) // sends a part and leaves it at that
	strange string       // what nobody knows yet
	script  []Fault
	sent    int
	held    string
	closed  bool
}

// event sends an event; it is false when the connection is to die.
func (o *sender) event(e *event) bool {
	if o.closed {
		return true
	}
	text := o.encode(e)
	for i := 0; i < len(o.script); i++ {
		f := o.script[i]
		if f.After > o.sent {
			continue
		}
		o.script = append(o.script[:i:i], o.script[i+1:]...)
		i--
		switch f.Kind {
		case Cut:
			o.cut(text[:min(f.Size, len(text)-1)])
			return false
		case Garbage:
			o.write(strings.ToValidUTF8(o.encode(&event{name: "update", data: "{\"id\":\x00 garbage \xff"}), "?"))
		case Unknown:
			o.write(o.strange)
		case Oversized:
			o.write(o.encode(&event{name: "update", data: fmt.Sprintf(`{"content":%q}`, strings.Repeat("x", f.Size))}))
		case Duplicate:
			o.write(text)
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
	o.write(text)
	if o.held != "" {
		o.write(o.held)
	}
	o.held = ""
	return true
}

// hijacker gives the connection below a web socket, to break it.
type hijacker struct {
	http.ResponseWriter
	conn net.Conn
}

func (h *hijacker) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(h.ResponseWriter).Hijack()
	h.conn = conn
	return conn, rw, err
}
