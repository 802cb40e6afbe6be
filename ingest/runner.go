package ingest

import (
	"context"
	"sync"
	"time"

	"hearth/jobs"
	"hearth/network"
)

// State is how a source is.
type State string

const (
	Starting   State = "starting"    // connecting; nothing read yet
	Listening  State = "listening"   // reads what happens as it happens
	CatchingUp State = "catching up" // reads, but what it reads is more than a minute old
	Retrying   State = "retrying"    // broke off; will be tried again by itself
	Failed     State = "failed"      // needs a person: the trouble says what for
	Paused     State = "paused"      // by a person
	Waiting    State = "waiting"     // nothing runs it at the moment
	Elsewhere  State = "elsewhere"   // another process reads it
)

// behind is the age of data from which a source is catching up.
const behind = time.Minute

// runner is one source being read.
type runner struct {
	key    sourceKey
	source Source
	stop   context.CancelFunc
	lease  *jobs.Lease // nil: nobody else could read it
	giving bool        // it stops so that another process can read it; Sources.mu

	mu       sync.Mutex
	state    State
	trouble  string
	since    time.Time
	retryAt  time.Time
	lastRead time.Time
	nextLook time.Time
	progress Progress
	meter    meter
	cache    *cache // what the network learnt; nil before it is read
}

func newRunner(key sourceKey, src Source, stop context.CancelFunc, now time.Time) *runner {
	return &runner{key: key, source: src, stop: stop, state: Starting, since: now}
}

func (r *runner) become(state State, trouble string, now time.Time) {
	if r.state != state {
		r.state, r.since = state, now
	}
	r.trouble = trouble
}

func (r *runner) starting(now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.become(Starting, r.trouble, now)
	r.retryAt, r.nextLook = time.Time{}, time.Time{}
}

// resting notes when the network is asked again.
func (r *runner) resting(until time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.nextLook = until
}

// knows notes what the network learnt, for whoever judges deliveries.
func (r *runner) knows(c *cache) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cache = c
}

// listening notes that deliveries are read now.
func (r *runner) listening(now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.become(Listening, "", now)
}

func (r *runner) failed(trouble string, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.become(Failed, trouble, now)
}

func (r *runner) retrying(err error, now time.Time, wait time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.become(Retrying, err.Error(), now)
	r.retryAt = now.Add(wait)
}

// read notes that a batch came.
func (r *runner) read(b *network.Batch, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lastRead = now
	state := Listening
	if n := len(b.Events); n > 0 {
		if at := b.Events[n-1].At; !at.IsZero() && now.Sub(at) > behind {
			state = CatchingUp
		}
	} else if r.state == CatchingUp {
		state = CatchingUp
	}
	r.become(state, "", now)
}

// committed notes that what was read is on the disk.
func (r *runner) committed(p Progress) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.progress = p
	r.meter.add(p.Written, p.Counters)
}

// Gap is a stretch of a source's stream that cannot be had again.
type Gap struct {
	From, To string // as the network names places in it
	Reason   string
	Noticed  time.Time
}

// Rate is how fast a source was lately, over the last minute at most.
type Rate struct {
	Read   float64 // events a second
	Stored float64 // rows of the log a second
}

// Status is a source and how it is doing.
type Status struct {
	Source
	State    State
	Trouble  string    // what is wrong, for a person; "" if nothing is
	Since    time.Time // since when it is in this state
	RetryAt  time.Time // when it is tried again
	LastRead time.Time // when it last gave anything since the program started
	NextLook time.Time // when the network is asked again; zero: it is listened to, asked now, or nobody knows
	Progress Progress  // all of it durable
	Age      time.Duration
	HasAge   bool // whether anything was ever read, so that Age means something
	Rate     Rate
	Gaps     []Gap // the newest, at most 20

	Deliveries *Deliveries // nil: the network sends nothing by itself
}

// snapshot fills in what the runner knows.
func (r *runner) snapshot(st *Status, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	st.State, st.Trouble, st.Since, st.RetryAt, st.LastRead = r.state, r.trouble, r.since, r.retryAt, r.lastRead
	if r.progress.Written.After(st.Progress.Written) {
		st.Progress = r.progress
	}
	if (r.state == Listening || r.state == CatchingUp || r.state == Starting) && r.nextLook.After(now) {
		st.NextLook = r.nextLook
	}
	st.Rate = r.meter.rate(now)
}

// meter remembers the counters of the last minute, one sample a second.
type meter struct {
	samples []sample // rising
}

type sample struct {
	at             time.Time
	events, stored int64
}

const (
	meterSpan  = time.Minute
	meterEvery = time.Second
)

func (m *meter) add(at time.Time, c Counters) {
	if n := len(m.samples); n > 0 && at.Sub(m.samples[n-1].at) < meterEvery {
		return
	}
	if len(m.samples) > int(meterSpan/meterEvery) {
		m.samples = append(m.samples[:0], m.samples[1:]...)
	}
	m.samples = append(m.samples, sample{at: at, events: c.Events, stored: c.Stored})
}

func (m *meter) rate(now time.Time) Rate {
	for i, first := range m.samples {
		if now.Sub(first.at) > meterSpan {
			continue
		}
		last := m.samples[len(m.samples)-1]
		span := last.at.Sub(first.at).Seconds()
		if i == len(m.samples)-1 || span <= 0 {
			break
		}
		return Rate{Read: float64(last.events-first.events) / span, Stored: float64(last.stored-first.stored) / span}
	}
	return Rate{}
}
