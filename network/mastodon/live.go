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

// listen opens the event stream (server-sent events).
func (c *client) listen(ctx context.Context, at *url.URL, t *timeline) (*live, error) {
	if err := c.wait(ctx); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	slow := time.AfterFunc(callTimeout, cancel)
	response, err := c.do(ctx, at.JoinPath("/api/v1/streaming", t.live).String()+"?"+t.query.Encode(), "text/event-stream")
	slow.Stop()
	if err != nil {
		cancel()
		return nil, err
	}
	if response.StatusCode != http.StatusOK || !strings.HasPrefix(response.Header.Get("Content-Type"), "text/event-stream") {
		c.limits(response)
		response.Body.Close()
		cancel()
		switch {
		case response.StatusCode == http.StatusUnauthorized && c.token != "":
			return nil, c.refusal(response.StatusCode)
		case response.StatusCode == http.StatusTooManyRequests || response.StatusCode >= 500:
			return nil, c.refusal(response.StatusCode)
		}
		return nil, errNoStream
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
			dead.Stop() // waiting for us is no silence
			select {
			case l.frames <- f:
			case <-ctx.Done():
				return ctx.Err()
			}
			dead.Reset(silence)
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
