package outbound

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"time"

	"hearth"
)

// way is how one client's requests go out: looked at, in their turn, tried
// again where that is harmless. It is an http.RoundTripper, so that each hop of
// a redirect goes through it anew.
type way struct {
	o       *Outbound
	purpose Purpose
	scope   *scope
}

const (
	maxTries      = 3
	firstPause    = 500 * time.Millisecond
	longestPause  = 10 * time.Second
	longestTrying = wholeTime        // after this long, what came is the answer
	longestHold   = 30 * time.Second // a refusal that lasts longer is the caller's to know at once
)

// RoundTrip is http.RoundTripper.RoundTrip.
func (w *way) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := w.send(r)
	if err != nil && r.Body != nil {
		r.Body.Close()
	}
	return answer, err
}

// CloseIdleConnections lets http.Client.CloseIdleConnections through.
func (w *way) CloseIdleConnections() { w.o.CloseIdle() }

func (w *way) send(r *http.Request) (*http.Response, error) {
	if err := checkURL(r.URL); err != nil {
		return nil, err
	}
	if err := w.scope.check(r); err != nil {
		w.o.leak(err)
		return nil, err
	}
	h := w.o.enter(address(r.URL))
	defer w.o.leave(h)
	l := h.line(lineKey{w.scope.Workspace, w.scope.Account}, r.Method+" "+r.URL.Path)
	begun := w.o.clock()
	for try := 1; ; try++ {
		answer, err := w.once(r, h, l)
		if w.o.clock().Sub(begun) > longestTrying || !w.mayRepeat(r, answer, err, try) || !h.spend() {
			return answer, err
		}
		pause := time.Duration(w.o.random() * float64(min(longestPause, firstPause<<(try-1))))
		if asked := l.delay(w.o.clock()); asked > longestHold || !inTime(r.Context(), max(pause, asked)) {
			return answer, err
		}
		if answer != nil {
			io.CopyN(io.Discard, answer.Body, 64<<10) // so that the connection can be used again
			answer.Body.Close()
		}
		if waited := sleep(r.Context(), pause, nil); waited != nil {
			return nil, waited
		}
		h.count(func(t *Totals) { t.Retries++ })
	}
}

// mayRepeat says whether to try again may help and can do no harm. A stream is
// its reader's to open again, who knows where to go on.
func (w *way) mayRepeat(r *http.Request, answer *http.Response, err error, try int) bool {
	if try >= maxTries || !reads(r) || r.Context().Err() != nil || opensStream(r) {
		return false
	}
	if err != nil {
		return passing(err)
	}
	switch answer.StatusCode {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// passing says that a failure may be gone in a moment.
func passing(err error) bool {
	var known *hearth.Error
	var name *net.DNSError
	var untrusted *tls.CertificateVerificationError
	switch {
	case errors.As(err, &known), errors.As(err, &untrusted):
		return false
	case errors.As(err, &name):
		return !name.IsNotFound
	}
	return true
}

// opensStream says that the answer is asked to have no end.
func opensStream(r *http.Request) bool {
	return r.Header.Get("Upgrade") != "" || isEventStream(r.Header.Get("Accept"))
}

// slowestUpload is how many bytes a second a body that we send must take.
const slowestUpload = 128 << 10

// once sends a request one time, when it is its turn.
func (w *way) once(r *http.Request, h *host, l *line) (*http.Response, error) {
	if err := l.wait(r.Context(), w.o.clock); err != nil {
		return nil, err
	}
	if err := h.takeSlot(r.Context()); err != nil {
		return nil, err
	}
	probe, err := h.pass(w.o.clock())
	if err != nil {
		h.freeSlot()
		return nil, err
	}
	answer, err := w.exchange(r, h)
	now := w.o.clock()
	h.judge(r.Context(), answer, err, now, probe, w.o.random())
	if err != nil {
		return nil, err
	}
	l.learn(answer, now, w.o.random())
	return answer, nil
}

// exchange is the request on the wire and its answer, with its limits.
func (w *way) exchange(r *http.Request, h *host) (*http.Response, error) {
	ctx, cancel := context.WithCancelCause(r.Context())
	out := r.Clone(ctx)
	if out.Header.Get("User-Agent") == "" {
		out.Header.Set("User-Agent", w.o.userAgent)
	}
	unpack := asksPacked(out)
	next := w.o.reading[w.purpose]
	if !reads(r) {
		next, out.GetBody = w.o.changing[w.purpose], nil
	}
	b := &body{ctx: ctx, cancel: cancel, free: h.freeSlot, read: func(n int) { h.count(func(t *Totals) { t.Bytes += int64(n) }) }}
	b.whole = time.AfterFunc(wholeTime+time.Duration(r.ContentLength/slowestUpload)*time.Second, func() { cancel(errSlow) })
	answer, err := next.RoundTrip(out)
	if err != nil {
		b.end()
		if ours := context.Cause(ctx); ours == errSlow {
			err = ours
		}
		return nil, err
	}
	if err := b.take(answer, w.purpose, unpack); err != nil {
		answer.Body.Close()
		b.end()
		return nil, err
	}
	return answer, nil
}

// inTime says whether a caller still waits after d.
func inTime(ctx context.Context, d time.Duration) bool {
	until, ok := ctx.Deadline()
	return !ok || time.Until(until) > d
}

// sleep waits for d, for the end of ctx or for a change.
func sleep(ctx context.Context, d time.Duration, changed <-chan struct{}) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-changed:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	return nil
}
