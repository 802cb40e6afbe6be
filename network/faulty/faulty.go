// Package faulty stands before the fake server of a network that is asked over
// HTTP and lets answers go wrong in the ways that have nothing to do with what
// is asked: the line is cut, the server is busy, slow, or somebody else answers.
package faulty

import (
	"bytes"
	"net/http"
	"strconv"
	"sync"
)

// Fault is something that goes wrong with one answer.
type Fault struct {
	Kind  Kind
	Bytes int // of the answer that still come, for Cut and Stall
}

// Kind is what goes wrong.
type Kind uint8

const (
	Cut     Kind = iota // the connection dies within the answer
	Limit               // status 429, with a Retry-After of one second
	Busy                // status 503
	Stall               // the answer begins and never ends
	Page                // status 200 and a page of HTML, as from a proxy or a hotel's network
	Garbage             // status 200 and bytes that are nothing
)

// Handler answers as Next does, except where a fault was injected. Safe for
// concurrent use.
type Handler struct {
	Next http.Handler

	mu       sync.Mutex
	faults   []Fault
	requests int
}

// Inject makes the fault happen to the next answer that has none yet.
func (h *Handler) Inject(f Fault) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.faults = append(h.faults, f)
}

// Requests is how many requests came, and how many faults have not happened yet.
func (h *Handler) Requests() (requests, waiting int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.requests, len(h.faults)
}

// ServeHTTP is http.Handler.ServeHTTP.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f, ok := h.next()
	if !ok {
		h.Next.ServeHTTP(w, r)
		return
	}
	switch f.Kind {
	case Limit:
		w.Header().Set("Retry-After", "1")
		http.Error(w, `{"error":"rate_limit_error"}`, http.StatusTooManyRequests)
	case Busy:
		http.Error(w, "busy", http.StatusServiceUnavailable)
	case Page:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Write([]byte("<!doctype html><title>Sign in</title><p>Welcome to our wireless network"))
	case Garbage:
		w.Write([]byte("{\"\x00\xff garbage"))
	default:
		answer := recorder{header: w.Header(), status: http.StatusOK}
		h.Next.ServeHTTP(&answer, r)
		w.Header().Set("Content-Length", strconv.Itoa(answer.body.Len()+1))
		w.WriteHeader(answer.status)
		w.Write(answer.body.Bytes()[:min(f.Bytes, answer.body.Len())])
		if f.Kind == Stall {
			http.NewResponseController(w).Flush()
			<-r.Context().Done()
		}
	}
}

func (h *Handler) next() (f Fault, ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.requests++
	if len(h.faults) == 0 {
		return f, false
	}
	f = h.faults[0]
	h.faults = h.faults[1:]
	return f, true
}

// recorder keeps an answer.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (r *recorder) Header() http.Header         { return r.header }
func (r *recorder) WriteHeader(status int)      { r.status = status }
func (r *recorder) Write(p []byte) (int, error) { return r.body.Write(p) }
