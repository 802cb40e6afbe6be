package cli

import (
	"fmt"
	"io"
	"sync"
	"time"

	"hearth"
)

// statusLine is one line at the bottom of a terminal that is written over
// again and again. Where nobody looks it prints nothing. It is safe for
// concurrent use; everything else that writes to the terminal meanwhile goes
// through print.
type statusLine struct {
	mu    sync.Mutex
	w     io.Writer
	term  terminal
	clock hearth.Clock
	shown bool
	last  time.Time
	text  string
}

const redraw = 100 * time.Millisecond

func (s *session) statusLine() *statusLine {
	l := &statusLine{w: s.env.Stderr, term: s.err, clock: s.env.Clock}
	if s.quiet {
		l.term = terminal{}
	}
	return l
}

// set shows the line, but not more often than the eye can follow.
func (l *statusLine) set(text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.text = text; !l.term.is {
		return
	}
	if now := l.clock(); now.Sub(l.last) >= redraw {
		l.last = now
		l.draw()
	}
}

func (l *statusLine) draw() {
	fmt.Fprintf(l.w, "\r\x1b[K%s", cut(l.text, l.term.width-1))
	l.shown = true
}

// print writes above the line.
func (l *statusLine) print(write func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.wipe()
	write()
	if l.term.is && l.text != "" {
		l.draw()
	}
}

// clear takes the line away.
func (l *statusLine) clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.wipe()
	l.text = ""
}

func (l *statusLine) wipe() {
	if l.shown {
		fmt.Fprint(l.w, "\r\x1b[K")
		l.shown = false
	}
}

// pace words how far some work is: share, rate and the time it still needs.
type pace struct {
	clock   hearth.Clock
	started time.Time
}

func newPace(clock hearth.Clock) pace { return pace{clock, clock()} }

// rate is how many a second since the start.
func (p pace) rate(done int64) float64 {
	if d := p.clock().Sub(p.started).Seconds(); d > 0 {
		return float64(done) / d
	}
	return 0
}

// left words the time still needed, "" where nobody can tell.
func (p pace) left(done, total int64) string {
	d := p.clock().Sub(p.started)
	if done <= 0 || total <= done || d < time.Second {
		return ""
	}
	return span(time.Duration(float64(d)*float64(total-done)/float64(done))) + " left"
}

// bar draws a share of 0 … 1.
func bar(share float64) string {
	const wide = 20
	share = min(max(share, 0), 1)
	full := int(share * wide)
	b := make([]rune, wide)
	for i := range b {
		if b[i] = '·'; i < full {
			b[i] = '━'
		}
	}
	return fmt.Sprintf("%s %3.0f %%", string(b), share*100)
}
