package monitor

import (
	"context"
	"runtime"
	"time"

	"hearth/ingest"
)

// pace lets live listening go first: it watches how much of the processors live
// posts take, and says how many the search of the past may use and how long it
// rests. Under full load it takes an eleventh of one processor.
type pace struct {
	clock func() time.Time
	past  *ingest.Past // nil: nothing else is known to work
	at    time.Time
	busy  time.Duration
	load  float64
}

func newPace(m *Monitors) *pace {
	p := &pace{clock: m.o.Clock, past: m.o.Past}
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
func (p *pace) watch() {
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

// processors is how many may be used at once.
func (p *pace) processors() int {
	switch n := runtime.GOMAXPROCS(0); {
	case p.load < someLoad:
		return n
	case p.load < highLoad:
		return max(1, n/2)
	}
	return 1
}

// rest waits as long as it must after having worked.
func (p *pace) rest(ctx context.Context, worked time.Duration) error {
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
