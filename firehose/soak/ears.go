package main

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"hearth"
	"hearth/client"
)

// ears follow what the program stores, as a person's screen does, and measure
// how long it took from the host's sending.
type ears struct {
	p      *program
	host   *host
	source int64

	mu     sync.Mutex
	newest int64     // event that was heard
	calm   time.Time // since when nothing goes wrong; zero: something does
	stored delays    // from sent to stored
	heard  delays    // from sent to heard
	all    delays    // from sent to stored, in all weathers
}

// delays are seconds.
type delays []float32

func (d delays) at(p float64) float64 {
	if len(d) == 0 {
		return 0
	}
	s := slices.Clone(d)
	slices.Sort(s)
	return float64(s[int(p*float64(len(s)-1))])
}

func (e *ears) listen(ctx context.Context) {
	for ctx.Err() == nil {
		if c, _ := e.p.now(); c != nil {
			c.Follow(ctx, client.FollowRequest{}, e.hear) // ends with the program, again and again
		}
		pause(ctx, 100*time.Millisecond)
	}
}

func (e *ears) hear(h *client.Hit) error {
	if h.Source != e.source {
		return nil
	}
	seq, err := numbered(h.Post.ID)
	if err != nil {
		return nil
	}
	now, sent := hearth.SystemClock(), e.host.when(seq)
	e.mu.Lock()
	defer e.mu.Unlock()
	e.newest = max(e.newest, seq)
	e.all = append(e.all, float32(h.Received.Sub(sent).Seconds()))
	if !e.calm.IsZero() && sent.After(e.calm) {
		e.stored = append(e.stored, float32(h.Received.Sub(sent).Seconds()))
		e.heard = append(e.heard, float32(now.Sub(sent).Seconds()))
	}
	return nil
}

// weather notes that something goes wrong from here on, or nothing any more.
func (e *ears) weather(calm bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.calm = time.Time{}
	if calm {
		e.calm = hearth.SystemClock()
	}
}

// reached says whether something was heard that happened at or after an event.
func (e *ears) reached(seq int64) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.newest >= seq
}

// sample is how the program is at one moment.
type sample struct {
	at         time.Time
	pid        int
	anon, all  float64 // MiB resident
	heap       float64 // MiB in use
	ours       float64 // MiB that Go has from the system; the rest of anon is SQLite's
	goroutines float64
	behind     int64 // events that the host could not send yet
}

// look takes a sample; false while the program does not answer.
func (e *ears) look(ctx context.Context) (sample, bool) {
	c, pid := e.p.now()
	if c == nil {
		return sample{}, false
	}
	s := sample{at: hearth.SystemClock(), pid: pid, behind: e.host.lag()}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return s, false
	}
	for line := range strings.Lines(string(status)) {
		name, rest, _ := strings.Cut(line, ":")
		kb, _ := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 64)
		switch name {
		case "RssAnon":
			s.anon = kb / 1024
		case "VmRSS":
			s.all = kb / 1024
		}
	}
	e.p.mu.Lock()
	address, key := e.p.address, e.p.key
	e.p.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address+"/metrics", nil)
	if err != nil {
		return s, false
	}
	r.Header.Set("Authorization", "Bearer "+key)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return s, false
	}
	defer answer.Body.Close()
	for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
		name, value, _ := strings.Cut(lines.Text(), " ")
		n, _ := strconv.ParseFloat(value, 64)
		switch name {
		case "go_goroutines":
			s.goroutines = n
		case "go_memstats_heap_inuse_bytes":
			s.heap = n / (1 << 20)
		case "go_memstats_sys_bytes":
			s.ours += n / (1 << 20)
		case "go_memstats_heap_released_bytes":
			s.ours -= n / (1 << 20)
		}
	}
	return s, s.anon > 0 && s.goroutines > 0
}

// calmest is the samples of the process that lived longest, behind its warm-up.
func calmest(samples []sample, warm time.Duration) (best []sample) {
	for from := 0; from < len(samples); {
		to := from
		for to < len(samples) && samples[to].pid == samples[from].pid {
			to++
		}
		life := samples[from:to]
		for len(life) > 0 && life[0].at.Sub(samples[from].at) < warm {
			life = life[1:]
		}
		if len(life) > len(best) {
			best = life
		}
		from = to
	}
	return best
}

// slope is how a number moves, an hour: the median of the slopes between the
// least values of stretches (Theil 1950, Sen 1968), which what comes and goes
// within one does not bend.
func slope(samples []sample, stretch time.Duration, number func(*sample) float64) float64 {
	type point struct{ x, y float64 }
	var points []point
	for from := 0; from < len(samples); {
		p := point{samples[from].at.Sub(samples[0].at).Hours(), number(&samples[from])}
		to := from
		for ; to < len(samples) && samples[to].at.Sub(samples[from].at) < stretch; to++ {
			p.y = min(p.y, number(&samples[to]))
		}
		points = append(points, p)
		from = to
	}
	var slopes []float64
	for i := range points {
		for _, b := range points[i+1:] {
			slopes = append(slopes, (b.y-points[i].y)/(b.x-points[i].x))
		}
	}
	if len(slopes) == 0 {
		return 0
	}
	slices.Sort(slopes)
	return slopes[len(slopes)/2]
}
