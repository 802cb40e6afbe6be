// Package fake is a system that sends webhooks: signed as real ones are, or
// with something wrong about them.
package fake

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"hearth"
	"hearth/network"
)

// Fault is what is wrong with a delivery.
type Fault uint8

const (
	None      Fault = iota
	Unsigned        // no signature at all
	Empty           // an empty one
	Wrong           // made with another secret
	Truncated       // cut short
	Altered         // the body was changed on the way
	Encoded         // the body says the same in other bytes
	Stale           // signed long ago
	Early           // signed in the future
)

// Faults are all that a receiver must refuse.
var Faults = []Fault{Unsigned, Empty, Wrong, Truncated, Altered, Encoded, Stale, Early}

func (f Fault) String() string {
	return [...]string{"none", "unsigned", "empty", "wrong", "truncated", "altered", "encoded", "stale", "early"}[f]
}

// Sender sends to one address. Safe for concurrent use.
type Sender struct {
	Address string
	Scheme  network.Scheme
	Secret  []byte
	Client  *http.Client
	Clock   hearth.Clock

	sent atomic.Int64
}

// Send sends a body with an id of its own and gives the status of the answer.
func (s *Sender) Send(ctx context.Context, contentType, body string) (int, error) {
	return s.Do(ctx, fmt.Sprintf("msg-%d", s.sent.Add(1)), contentType, body, None)
}

// Do sends a body under an id, with a fault.
func (s *Sender) Do(ctx context.Context, id, contentType, body string, fault Fault) (int, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.Address, nil)
	if err != nil {
		return 0, err
	}
	sent := s.Headers(r.Header, id, body, fault)
	r.Header.Set("Content-Type", contentType)
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(sent)), int64(len(sent))
	answer, err := s.Client.Do(r)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	_, err = io.Copy(io.Discard, io.LimitReader(answer.Body, 64<<10))
	return answer.StatusCode, err
}

// Headers signs a delivery and gives the bytes to send, both with the fault.
func (s *Sender) Headers(h http.Header, id, body string, fault Fault) (sent []byte) {
	secret, at := s.Secret, s.Clock()
	switch fault {
	case Wrong:
		secret = append([]byte("not "), secret...)
	case Stale:
		at = at.Add(-time.Hour)
	case Early:
		at = at.Add(time.Hour)
	}
	s.Scheme.Sign(h, secret, id, at, []byte(body))
	switch signature := h.Get(s.Scheme.Header); fault {
	case Unsigned:
		h.Del(s.Scheme.Header)
	case Empty:
		h.Set(s.Scheme.Header, "")
	case Truncated:
		h.Set(s.Scheme.Header, signature[:len(signature)-8])
	case Altered:
		body = strings.Replace(body, "{", `{"altered":true,`, 1)
	case Encoded:
		body += "\n"
	}
	return []byte(body)
}
