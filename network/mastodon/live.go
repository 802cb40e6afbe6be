package mastodon

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"hearth"
)

const (
	maxEvent = 1 << 20          // bytes of an event
	queued   = 256              // events that wait while pages are read
	silence  = 90 * time.Second // after which a stream is dead; servers beat every 15 s
)

// frame is one event of the stream.
type frame struct {
	event, data string
	oversized   bool
}

// live is an open event stream. One goroutine reads it into frames, which stops
// when they are full; err is set before frames is closed.
type live struct {
	frames chan frame
	err    error
	cancel context.CancelFunc
	done   chan struct{}
}

// errNoStream says that the server has no event stream for us.
var errNoStream = errors.New("no event stream")

// open opens the event stream: server-sent events, or a web socket where that
// is wanted or the server has nothing else, as GoToSocial and Pleroma.
func (c *client) open(ctx context.Context, at *url.URL, t *timeline, transport string) (*live, error) {
	if err := c.wait(ctx); err != nil {
		return nil, err
	}
	if transport != "websocket" {
		l, err := c.listen(ctx, at, t)
		if transport == "sse" || !errors.Is(err, errNoStream) {
			return l, err
		}
	}
	return c.dial(ctx, at, t)
}

// listen opens the event stream as server-sent events.
func (c *client) listen(ctx context.Context, at *url.URL, t *timeline) (*live, error) {
	ctx, cancel := context.WithCancel(ctx)
	slow := time.AfterFunc(c.call, cancel)
	response, err := c.do(ctx, at.JoinPath("/api/v1/streaming", t.live).String()+"?"+t.query.Encode(), "text/event-stream")
	slow.Stop()
	if err != nil {
		cancel()
		return nil, err
	}
	if response.StatusCode != http.StatusOK || !strings.HasPrefix(response.Header.Get("Content-Type"), "text/event-stream") {
		response.Body.Close()
		cancel()
		return nil, c.noStream(response)
	}
	l := &live{frames: make(chan frame, queued), cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(l.done)
		defer close(l.frames)
		defer response.Body.Close()
		l.err = hearth.Errorf(hearth.Unavailable, "The event stream of %s broke off: %v.", c.server.Host, l.read(ctx, response.Body))
	}()
	return l, nil
}

// noStream is what an answer without a stream means.
func (c *client) noStream(r *http.Response) error {
	c.limits(r)
	if r.StatusCode == http.StatusUnauthorized && c.token != "" || r.StatusCode == http.StatusTooManyRequests || r.StatusCode >= 500 {
		return c.refusal(r.StatusCode)
	}
	return errNoStream
}

func (l *live) close() {
	l.cancel()
	<-l.done
}

// read reads server-sent events (HTML Standard, 9.2.6) until the stream ends.
func (l *live) read(ctx context.Context, body io.Reader) error {
	dead := time.AfterFunc(silence, l.cancel)
	defer dead.Stop()
	lines := bufio.NewReaderSize(body, 64<<10)
	var f frame
	for {
		line, large, err := readLine(lines)
		if err != nil {
			return err
		}
		dead.Reset(silence)
		name, value, _ := strings.Cut(line, ":")
		value = strings.TrimPrefix(value, " ")
		switch {
		case large:
			f.oversized = true
			f.data = line
		case line == "" && f.event != "":
			if err := l.give(ctx, f, dead); err != nil {
				return err
			}
			f = frame{}
		case line == "":
			f = frame{}
		case name == "event":
			f.event = value
		case name == "data" && f.data != "" && len(f.data)+len(value) < maxEvent:
			f.data += "\n" + value
		case name == "data" && f.data == "":
			f.data = value
		}
	}
}

// give hands a frame on. Waiting for us is no silence.
func (l *live) give(ctx context.Context, f frame, dead *time.Timer) error {
	dead.Stop()
	select {
	case l.frames <- f:
	case <-ctx.Done():
		return ctx.Err()
	}
	dead.Reset(silence)
	return nil
}

// readLine reads a line; of one that is too large, the beginning.
func readLine(r *bufio.Reader) (line string, large bool, err error) {
	var b []byte
	for {
		part, err := r.ReadSlice('\n')
		if len(b)+len(part) <= maxEvent {
			b = append(b, part...)
		} else {
			large = true
		}
		if err == bufio.ErrBufferFull {
			continue
		}
		if err != nil {
			return "", false, err
		}
		return strings.TrimRight(string(b), "\r\n"), large, nil
	}
}
