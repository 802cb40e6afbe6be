package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"

	"hearth"
)

// eyes are a browser with the page of mentions open: a live stream, and the
// part of the page fetched anew whenever the stream says that there is
// something. They measure how long it took from the host's sending until the
// post was in what was fetched.
type eyes struct {
	p    *program
	host *host

	enough int // seen posts to stop at; 0: none

	known map[int64]bool // events that were seen
	first bool           // nothing was fetched yet: what is there then may be old
	seen  delays
	told  int // events of the stream
}

// shown finds the number that the text of a post ends with.
var shown = regexp.MustCompile(`(?:^|[^0-9])([0-9]{13})\s*<`)

// look watches until ctx ends. A connection that ends is made again.
func (e *eyes) look(ctx context.Context) error {
	e.known, e.first = map[int64]bool{}, true
	for ctx.Err() == nil && !e.sated() {
		if err := e.watch(ctx); err != nil && ctx.Err() == nil {
			return err
		}
		pause(ctx, 100*time.Millisecond)
	}
	return nil
}

func (e *eyes) sated() bool { return e.enough > 0 && len(e.seen) >= e.enough }

func (e *eyes) watch(ctx context.Context) error {
	if err := e.fetch(ctx); err != nil {
		return err
	}
	answer, err := e.get(ctx, "/mentions/live", "text/event-stream")
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	for lines := bufio.NewScanner(answer.Body); !e.sated() && lines.Scan(); {
		if lines.Text() != "event: news" {
			continue
		}
		e.told++
		if err := e.fetch(ctx); err != nil {
			return err
		}
	}
	return nil
}

// fetch gets the part of the page that lists posts, as its script does.
func (e *eyes) fetch(ctx context.Context) error {
	answer, err := e.get(ctx, "/mentions", "text/html")
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	page, err := io.ReadAll(answer.Body)
	if err != nil {
		return fmt.Errorf("reading the page: %w", err)
	}
	now := hearth.SystemClock()
	for _, found := range shown.FindAllSubmatch(page, -1) {
		seq, err := strconv.ParseInt(string(found[1]), 10, 64)
		if err != nil || e.known[seq] || seq < firstSeq || seq >= e.host.head() {
			continue
		}
		e.known[seq] = true
		if !e.first {
			e.seen = append(e.seen, float32(now.Sub(e.host.when(seq)).Seconds()))
		}
	}
	e.first = false
	return nil
}

func (e *eyes) get(ctx context.Context, path, accept string) (*http.Response, error) {
	e.p.mu.Lock()
	address, key := e.p.address, e.p.key
	e.p.mu.Unlock()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address+path, nil)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Accept", accept)
	r.Header.Set("HX-Request", "true")
	r.SetBasicAuth("soak", key)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, fmt.Errorf("looking at %s: %w", path, err)
	}
	if answer.StatusCode != http.StatusOK {
		answer.Body.Close()
		return nil, fmt.Errorf("%s answers %s", path, answer.Status)
	}
	return answer, nil
}

// screens is the run that measures what a person sees, and nothing else.
func (s *soak) screens(ctx context.Context) error {
	s.say("the screen is open")
	run, stop := context.WithTimeout(ctx, s.o.duration)
	defer stop()
	s.eyes = &eyes{p: s.p, host: s.host, enough: s.o.enough}
	before, begun := s.worked(), hearth.SystemClock()
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		s.watch(run)
	}()
	err := s.eyes.look(run)
	stop()
	<-watched
	s.result.Processors = (s.worked() - before).Seconds() / hearth.SystemClock().Sub(begun).Seconds()
	if at, ok := s.ears.look(ctx); ok {
		s.samples = append(s.samples, at)
		s.result.RSSAll = at.all
		s.result.Behind = at.behind
	}
	if err == nil && len(s.eyes.seen) == 0 {
		err = fmt.Errorf("nothing new was seen in %v", s.o.duration)
	}
	if ended := s.p.signal(15); err == nil {
		err = ended
	}
	return err
}

// worked is the processor time that the program has taken.
func (s *soak) worked() time.Duration {
	_, pid := s.p.now()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	// Behind the name in brackets, the 12th and 13th field are user and system
	// time in hundredths of a second (proc(5)).
	_, rest, _ := strings.Cut(string(text), ") ")
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.ParseInt(fields[11], 10, 64)
	system, _ := strconv.ParseInt(fields[12], 10, 64)
	return time.Duration(user+system) * 10 * time.Millisecond
}
