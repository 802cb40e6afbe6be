package web_test

import (
	"bufio"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"hearth"
	"hearth/access"
)

// events reads a live stream; the channel is closed when it ends.
func (h *house) events(path string, headers ...string) (<-chan string, context.CancelFunc) {
	h.t.Helper()
	server := httptest.NewServer(h.web)
	ctx, cancel := context.WithTimeout(h.t.Context(), time.Minute)
	h.t.Cleanup(func() { cancel(); server.Close() })
	r, err := http.NewRequestWithContext(ctx, "GET", server.URL+path, nil)
	if err != nil {
		h.t.Fatal(err)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	answer, err := server.Client().Do(r)
	if err != nil {
		h.t.Fatal(err)
	}
	if answer.Header.Get("Content-Type") != "text/event-stream" {
		h.t.Fatalf("the stream answers %d %s", answer.StatusCode, answer.Header.Get("Content-Type"))
	}
	told := make(chan string)
	go func() {
		defer close(told)
		defer answer.Body.Close()
		event := ""
		for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
			switch line := lines.Text(); {
			case line == "" && strings.Contains(event, "data:"):
				told <- event
				event = ""
			case line != "" && !strings.HasPrefix(line, ":"):
				event += line + "\n"
			}
		}
	}()
	return told, cancel
}

func post(id, text string) hearth.Post {
	return hearth.Post{Network: "demo", ID: id, Text: text, Published: now, Author: hearth.Author{ID: "a"}}
}

func TestALiveStreamTellsWhatItsLookIsAboutAndGoesOnWhereItStood(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.arrive(post("1", "coffee"), post("2", "tea"))
	told, leave := h.events("/mentions/live?q=coffee&after=0")
	if e := <-told; e != "id: 1\nevent: news\ndata: {\"fresh\":[1]}\n" {
		t.Errorf("the first event is %q", e)
	}
	leave()
	h.arrive(post("3", "tea"), post("4", "coffee"))
	told, _ = h.events("/mentions/live?q=coffee&after=0", "Last-Event-ID", "1")
	if e := <-told; e != "id: 4\nevent: news\ndata: {\"fresh\":[4]}\n" {
		t.Errorf("after the first the event is %q", e)
	}
}

// proves TN6 for the pages: whoever may not look any more hears nothing.
func TestALiveStreamEndsWithTheRightToHearIt(t *testing.T) {
	t.Parallel()
	h := open(t)
	var revoked atomic.Bool
	h.actor = func(*http.Request) (access.Actor, error) {
		if revoked.Load() {
			return access.Actor{}, hearth.Errorf(hearth.Denied, "No.")
		}
		return owner, nil
	}
	h.arrive(post("1", "coffee"))
	told, _ := h.events("/mentions/live?after=0")
	<-told
	revoked.Store(true)
	begun := time.Now()
	for range told { // until it is closed
	}
	if took := time.Since(begun); took > 30*time.Second {
		t.Errorf("the stream went on for %s", took)
	}
}

func TestStreamsEndWhenTheServerStops(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.arrive(post("1", "coffee"))
	told, _ := h.events("/mentions/live?after=0")
	<-told
	close(h.stopping)
	for range told {
	}
}
