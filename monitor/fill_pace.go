package monitor

import (
	"context"
	"runtime"
	"time"

	"hearth/ingest"
)

// Pace lets live listening go first: it watches how much of the processors live
// posts take, and says how many work in the background may use and how long it
// rests. Under full load it takes an eleventh of one processor. It is for one
// goroutine.
type Pace struct {
	clock func() time.Time
	past  *ingest.Past // nil: nothing else is known to work
	at    time.Time
	busy  time.Duration
	load  float64
}

// Pace begins to watch the load, for one work in the background.
func (m *Monitors) Pace() *Pace {
	p := &Pace{clock: m.o.Clock, past: m.o.Past}
	p.watch()
	return p
}

// The loads from which the search of the past holds back, and stands back.
const (
	someLoad = 0.15
	highLoad = 0.5
	fullRest = 10 // times as long as it worked
	longRest = 10 * time.Second
)

// watch works out the load since it was last asked.
func (p *Pace) watch() {
	now := p.clock()
	if p.past == nil {
		return
	}
	busy, processors := p.past.Busy()
	if span := now.Sub(p.at); span > 0 && !p.at.IsZero() {
		p.load = float64(busy-p.busy) / float64(span) / float64(processors)
	}
	p.at, p.busy = now, busy
}

// Processors is how many may be used at once.
func (p *Pace) Processors() int {
	switch n := runtime.GOMAXPROCS(0); {
	case p.load < someLoad:
		return n
	case p.load < highLoad:
		return max(1, n/2)
	}
	return 1
}

// Rest waits as long as it must after having worked.
func (p *Pace) Rest(ctx context.Context, worked time.Duration) error {
	p.watch()
	wait := time.Millisecond
	switch {
	case p.load >= highLoad:
		wait = max(wait, fullRest*worked)
	case p.load >= someLoad:
		wait = max(wait, worked)
	}
	return pause(ctx, min(wait, longRest))
}
