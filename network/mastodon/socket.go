package mastodon

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"

	"hearth"
	"hearth/jsonread"
)

const pingEvery = 30 * time.Second

// dial opens the event stream as a web socket. The timeline is named in the
// address, which all servers understand, and not by a message; the token is in
// a header, for an address stands in logs.
func (c *client) dial(ctx context.Context, at *url.URL, t *timeline) (*live, error) {
	query := url.Values{"stream": {strings.ReplaceAll(t.live, "/", ":")}}
	for _, name := range []string{"tag", "list"} {
		if v := t.query.Get(name); v != "" {
			query.Set(name, v)
		}
	}
	header := http.Header{}
	if c.token != "" {
		header.Set("Authorization", "Bearer "+c.token)
	}
	ctx, cancel := context.WithCancel(ctx)
	dead := time.AfterFunc(c.call, cancel) // silence is death, for dialling too
	sign := func() { dead.Reset(silence) }
	ws, response, err := websocket.Dial(ctx, at.JoinPath("/api/v1/streaming").String()+"?"+query.Encode(), &websocket.DialOptions{
		HTTPClient: c.s.HTTP, HTTPHeader: header,
		OnPingReceived: func(context.Context, []byte) bool { sign(); return true },
		OnPongReceived: func(context.Context, []byte) { sign() },
	})
	if err != nil {
		dead.Stop()
		cancel()
		if response != nil && response.StatusCode != http.StatusSwitchingProtocols {
			return nil, c.noStream(response)
		}
		return nil, c.unreachable(err)
	}
	ws.SetReadLimit(-1) // readSocket does that, without ending the connection
	sign()
	l := &live{frames: make(chan frame, queued), cancel: cancel, done: make(chan struct{})}
	var crew sync.WaitGroup
	crew.Go(func() {
		defer close(l.frames)
		defer ws.CloseNow()
		defer cancel()
		defer dead.Stop()
		l.err = hearth.Errorf(hearth.Unavailable, "The event stream of %s broke off: %v.", c.server.Host, l.readSocket(ctx, ws, dead))
	})
	crew.Go(func() { keepAlive(ctx, ws) })
	go func() {
		defer close(l.done)
		crew.Wait()
	}()
	return l, nil
}

// keepAlive makes a silent server speak. Whether it does is judged by whoever
// reads.
func keepAlive(ctx context.Context, ws *websocket.Conn) {
	tick := time.NewTicker(pingEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		one, cancel := context.WithTimeout(ctx, pingEvery)
		ws.Ping(one)
		cancel()
	}
}

// readSocket reads messages until the socket ends.
func (l *live) readSocket(ctx context.Context, ws *websocket.Conn, dead *time.Timer) error {
	for {
		_, r, err := ws.Reader(ctx)
		if err != nil {
			return err
		}
		b, err := io.ReadAll(io.LimitReader(r, maxEvent+1))
		if err != nil {
			return err
		}
		f := frame{event: "update", data: string(b), oversized: len(b) > maxEvent}
		if f.oversized {
			if _, err := io.Copy(io.Discard, io.LimitReader(r, 16*maxEvent)); err != nil {
				return err
			}
		} else {
			f = envelope(f)
		}
		if err := l.give(ctx, f, dead); err != nil {
			return err
		}
	}
}

// envelope opens {"stream": […], "event": …, "payload": …}, whose payload is
// JSON in a string, or an id. What cannot be opened stays as it is and is
// refused as a status.
func envelope(f frame) frame {
	var r jsonread.Reader
	r.Reset(f.data)
	event, payload := "", ""
	for ok := r.TryObject(); ok && r.Next(); {
		switch r.Key() {
		case "event":
			event = r.TryText()
		case "payload":
			if r.Kind() == jsonread.String {
				payload = r.TryText()
			} else {
				payload = r.Raw()
			}
		}
	}
	if r.End() != nil || event == "" {
		return f
	}
	return frame{event: event, data: payload}
}
