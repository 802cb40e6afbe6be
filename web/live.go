package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"

	"hearth"
	"hearth/monitor"
)

// Of a live stream: what happened is told this often at most, an empty line
// keeps it open, and who may hear it is asked again.
const (
	tellEvery  = 300 * time.Millisecond
	aliveEvery = 15 * time.Second
	askEvery   = time.Second      // so that nothing is told two seconds after a right has ended
	stepTime   = 30 * time.Second // to write an event
	tellMost   = 200              // posts by name in one event
)

// news is what an event of a live stream says: which posts are new and which
// are gone. They are fetched by the page when somebody wants to see them.
type news struct {
	Fresh []int64 `json:"fresh,omitempty"`
	Gone  []int64 `json:"gone,omitempty"`
	More  int     `json:"more,omitempty"` // new ones that are not named
}

// mentionsLive tells what comes in of a look. It goes on behind Last-Event-ID,
// so a page that lost its connection misses nothing.
func (web *Web) mentionsLive(v *visit) error {
	l := readLook(v.r.URL.Query(), v.now)
	_, whole, _ := v.parse(l)
	if whole == nil && l.text() != "" || whole != nil && whole.AsksStored() {
		return hearth.Errorf(hearth.Invalid, "This query cannot be followed; mend it first.")
	}
	search := monitor.FollowSearch{Monitor: l.Monitor, Query: whole, After: monitor.Now, Removals: true}
	for _, at := range []string{v.query("after"), v.r.Header.Get("Last-Event-ID")} {
		if n, err := strconv.ParseInt(at, 10, 64); err == nil && n >= 0 {
			search.After = hearth.Seq(n)
		}
	}
	return v.stream(func(ctx context.Context, out *eventWriter) error {
		return web.o.Monitors.Follow(ctx, v.by, search, func(f *monitor.Followed) error { return out.note(f) })
	})
}

// stream answers with server-sent events until the reader goes, may not hear it
// any more, or the server stops. The answer is an error only before it begins.
func (v *visit) stream(follow func(context.Context, *eventWriter) error) error {
	ctx, cancel := context.WithCancel(v.ctx())
	defer cancel()
	out := &eventWriter{w: v.w, steps: http.NewResponseController(v.w)}
	h := v.w.Header()
	setPolicy(h, v.nonce)
	h.Set("Content-Type", "text/event-stream")
	v.w.WriteHeader(http.StatusOK)
	if out.write(": here\n\n") != nil {
		return nil
	}
	ended := make(chan error, 1)
	go func() { ended <- follow(ctx, out) }()
	tell, alive, ask := time.NewTicker(tellEvery), time.NewTicker(aliveEvery), time.NewTicker(askEvery)
	defer tell.Stop()
	defer alive.Stop()
	defer ask.Stop()
	finish := func() error { cancel(); <-ended; return nil }
	for {
		select {
		case err := <-ended:
			if err != nil && !errors.Is(err, context.Canceled) {
				v.web.o.Log.Debug("a live stream ended", "path", v.r.URL.Path, "error", err)
			}
			return nil
		case <-v.web.o.Stopping:
			return finish()
		case <-ask.C:
			by, err := v.web.o.Actor(v.r)
			if err == nil {
				err = by.CheckSome(v.route.Needs[0])
			}
			if hearth.ErrorCode(err) == hearth.Denied {
				out.write("event: out\ndata: {}\n\n") // so that the page goes as well
			}
			if err != nil {
				return finish()
			}
		case <-alive.C:
			if out.write(":\n\n") != nil {
				return finish()
			}
		case <-tell.C:
			if out.flush() != nil {
				return finish()
			}
		}
	}
}

// eventWriter collects what happens and tells it a few times a second.
type eventWriter struct {
	mu    sync.Mutex // of all below: a follower notes, a ticker tells
	w     http.ResponseWriter
	steps *http.ResponseController
	news  news
	said  string // an event beside the news; the last one counts
	last  hearth.Seq
}

// note takes one thing that happened. It never waits for the reader for long.
func (e *eventWriter) note(f *monitor.Followed) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.last = f.Seq
	switch {
	case f.Mention == nil:
		e.news.Gone = append(e.news.Gone, int64(f.Gone))
	case len(e.news.Fresh) < tellMost:
		e.news.Fresh = append(e.news.Fresh, int64(f.Mention.Seq))
	default:
		e.news.More++
	}
	return nil
}

// say tells one event of another kind soon; what was not told yet is replaced.
func (e *eventWriter) say(id int64, event, data string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.said = fmt.Sprintf("id: %d\nevent: %s\ndata: %s\n\n", id, event, data)
}

// flush tells what was noted.
func (e *eventWriter) flush() error {
	e.mu.Lock()
	told, last, said := e.news, e.last, e.said
	e.news, e.said = news{}, ""
	e.mu.Unlock()
	if said != "" {
		if err := e.write(said); err != nil {
			return err
		}
	}
	if len(told.Fresh) == 0 && len(told.Gone) == 0 {
		return nil
	}
	body, err := json.Marshal(told)
	if err != nil {
		return err
	}
	return e.write(fmt.Sprintf("id: %d\nevent: news\ndata: %s\n\n", last, body))
}

// write sends a piece of the stream; only the goroutine of the request calls it.
func (e *eventWriter) write(s string) error {
	e.steps.SetWriteDeadline(hearth.SystemClock().Add(stepTime))
	if _, err := e.w.Write([]byte(s)); err != nil {
		return err
	}
	return e.steps.Flush()
}
