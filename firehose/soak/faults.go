package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"syscall"
	"time"

	"hearth"
	"hearth/network/networktest/wire"
)

// fault is one thing that goes wrong. Its deed returns once the fault is over,
// or with an error where it did not fire.
type fault struct {
	name  string
	kills bool // the process: only where its memory is not being watched
	deed  func(context.Context) error
}

// faults are all that can go wrong here.
func (s *soak) faults() []fault {
	list := []fault{
		{"kill -9", true, s.kill},
		{"cursor too old after kill -9", true, func(ctx context.Context) error { return s.tooOld(ctx, true) }},
		{"stopped", false, s.stop},
		{"burst", false, s.burst},
		{"cursor too old", false, func(ctx context.Context) error { return s.tooOld(ctx, false) }},
		{"refused", false, s.refuse},
	}
	for name, f := range map[string]func() wire.Fault{
		"reset":         func() wire.Fault { return wire.Fault{Kind: wire.Reset, After: 1 + s.dice.Int64N(300_000)} },
		"finish":        func() wire.Fault { return wire.Fault{Kind: wire.Finish, After: 1 + s.dice.Int64N(300_000)} },
		"reset at once": func() wire.Fault { return wire.Fault{Kind: wire.Reset} },
		"black hole":    func() wire.Fault { return wire.Fault{Kind: wire.BlackHole, For: 3*time.Second + s.upTo(7*time.Second)} },
		"half open":     func() wire.Fault { return wire.Fault{Kind: wire.HalfOpen, After: 1 + s.dice.Int64N(300_000)} },
		// Slower than events happen.
		"throttle": func() wire.Fault {
			return wire.Fault{Kind: wire.Throttle, Rate: 3 << 20, For: s.scaled(15 * time.Second)}
		},
		"reset again": func() wire.Fault { return wire.Fault{Kind: wire.Reset, After: 1 + s.dice.Int64N(5_000)} },
	} {
		list = append(list, fault{name, false, func(ctx context.Context) error { return s.line(ctx, s.proxy, f()) }})
	}
	for a := range aside(kindsOfAside) {
		list = append(list, fault{a.String(), false, func(ctx context.Context) error { return s.aside(ctx, a) }})
	}
	slices.SortFunc(list, func(a, b fault) int { return strings.Compare(a.name, b.name) }) // the seed decides, not the map
	return list
}

// ripples are what goes wrong with the smaller streams.
func (s *soak) ripples() (list []fault) {
	for _, b := range s.brooks {
		list = append(list,
			fault{b.name + " reset", false, func(ctx context.Context) error {
				return s.line(ctx, b.proxy, wire.Fault{Kind: wire.Reset, After: 1 + rand.Int64N(500)})
			}},
			fault{b.name + " refused", false, func(ctx context.Context) error {
				b.proxy.Inject(wire.Fault{Kind: wire.Refuse})
				return s.line(ctx, b.proxy, wire.Fault{Kind: wire.Reset})
			}},
		)
		if b.name == "webhook" {
			list = append(list, fault{"webhook answer lost", false, func(ctx context.Context) error {
				return s.line(ctx, b.proxy, wire.Fault{Kind: wire.DropAnswer})
			}})
		}
	}
	return list
}

// ripple lets things go wrong with the smaller streams until the time is over.
func (s *soak) ripple(ctx context.Context) {
	all := s.ripples()
	for n := 0; ctx.Err() == nil; n++ {
		pause(ctx, s.scaled(20*time.Second))
		f := all[n%len(all)]
		if err := f.deed(ctx); err == nil {
			s.count(f.name)
		} else if ctx.Err() == nil {
			s.violation("the fault %q did not fire: %v", f.name, err)
		}
	}
}

// count notes that a fault fired.
func (s *soak) count(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fired[name]++
}

func (s *soak) upTo(d time.Duration) time.Duration {
	return s.scaled(time.Duration(s.dice.Int64N(int64(d))))
}

// scaled is a time as it is in a run of an hour, shorter in a short one.
func (s *soak) scaled(d time.Duration) time.Duration {
	return min(d, time.Duration(float64(d)*s.o.duration.Minutes()/20))
}

// storm lets faults happen until the time is over.
func (s *soak) storm(ctx context.Context) {
	all := s.faults()
	s.expected = nil
	for _, f := range slices.Concat(all, s.ripples()) {
		s.expected = append(s.expected, f.name)
	}
	begun := hearth.SystemClock()
	var deck []fault
	for ctx.Err() == nil {
		s.ears.weather(true)
		pause(ctx, s.scaled(4*time.Second)+s.upTo(12*time.Second))
		passed := hearth.SystemClock().Sub(begun)
		if ctx.Err() != nil || passed > s.o.duration-s.scaled(30*time.Second) {
			return
		}
		// The process that lives from the first third to the last minutes is
		// the one whose memory is watched.
		killing := passed < s.o.duration*35/100 || passed > s.o.duration*92/100
		if len(deck) == 0 {
			deck = slices.Clone(all)
			s.dice.Shuffle(len(deck), func(i, j int) { deck[i], deck[j] = deck[j], deck[i] })
		}
		at := slices.IndexFunc(deck, func(f fault) bool { return killing || !f.kills })
		if at < 0 {
			deck = nil
			continue
		}
		f := deck[at]
		deck = slices.Delete(deck, at, at+1)
		s.happen(ctx, f)
	}
}

// happen lets one fault happen and waits until the program has caught up.
func (s *soak) happen(ctx context.Context, f fault) {
	s.ears.weather(false)
	s.say("fault: %s", f.name)
	if err := f.deed(ctx); err != nil {
		if ctx.Err() == nil {
			s.violation("the fault %q did not fire: %v", f.name, err)
		}
		return
	}
	s.count(f.name)
	begun := hearth.SystemClock()
	if err := s.catchUp(ctx, 5*time.Minute); err != nil {
		if ctx.Err() == nil {
			s.violation("after the fault %q: %v", f.name, err)
		}
		return
	}
	took := hearth.SystemClock().Sub(begun)
	s.recovery[f.name] = max(s.recovery[f.name], took)
	s.say("caught up after %v", took.Round(10*time.Millisecond))
}

// catchUp waits until something is heard that happens from now on.
func (s *soak) catchUp(ctx context.Context, most time.Duration) error {
	next := s.host.head()
	err := until(ctx, most, "what happens now is heard", func() bool { return s.ears.reached(next) || s.p.failed() != nil })
	if failed := s.p.failed(); failed != nil {
		return failed
	}
	return err
}

func (s *soak) kill(ctx context.Context) error {
	if err := s.p.signal(syscall.SIGKILL); err != nil {
		return err
	}
	pause(ctx, s.upTo(5*time.Second))
	return s.p.start(ctx)
}

func (s *soak) stop(ctx context.Context) error {
	if err := s.p.signal(syscall.SIGSTOP); err != nil {
		return err
	}
	pause(ctx, 2*time.Second+s.upTo(13*time.Second))
	return s.p.signal(syscall.SIGCONT)
}

func (s *soak) burst(ctx context.Context) error {
	s.host.setRate(10 * s.o.rate)
	pause(ctx, s.scaled(time.Minute))
	s.host.setRate(s.o.rate)
	return nil
}

// tooOld lets the host forget what the program has not read yet.
func (s *soak) tooOld(ctx context.Context, kill bool) error {
	s.host.mu.Lock()
	before := s.host.refused
	s.host.mu.Unlock()
	if kill {
		if err := s.p.signal(syscall.SIGKILL); err != nil {
			return err
		}
	} else {
		s.proxy.Inject(wire.Fault{Kind: wire.Refuse})
		if s.proxy.Now(wire.Fault{Kind: wire.Reset}) == 0 {
			return fmt.Errorf("no stream was open")
		}
	}
	pause(ctx, 300*time.Millisecond)
	s.host.forget()
	if kill {
		if err := s.p.start(ctx); err != nil {
			return err
		}
	}
	return until(ctx, 2*time.Minute, "the cursor is refused", func() bool {
		s.host.mu.Lock()
		defer s.host.mu.Unlock()
		return s.host.refused > before
	})
}

func (s *soak) refuse(ctx context.Context) error {
	for range 3 {
		s.proxy.Inject(wire.Fault{Kind: wire.Refuse})
	}
	before := s.proxy.Counts().Fired[wire.Refuse]
	s.proxy.Now(wire.Fault{Kind: wire.Reset})
	return until(ctx, 3*time.Minute, "three connections are refused", func() bool { return s.proxy.Counts().Fired[wire.Refuse] >= before+3 })
}

// line lets a fault happen to the open connections of a proxy, or, where there
// is none, to the next one.
func (s *soak) line(ctx context.Context, p *wire.Proxy, f wire.Fault) error {
	before := p.Counts().Fired[f.Kind]
	fired := func() bool { return p.Counts().Fired[f.Kind] > before }
	waiting := false // for the next connection, and once is enough
	err := until(ctx, 3*time.Minute, "it fires", func() bool {
		if p.Now(f) == 0 && !waiting {
			p.Inject(f)
			waiting = true
		}
		until(ctx, 15*time.Second, "it fires", fired) // else the line it was meant for has ended before
		return fired()
	})
	if err == nil {
		pause(ctx, f.For)
	}
	return err
}

func (s *soak) aside(ctx context.Context, a aside) error {
	before := s.host.aside(a)
	return until(ctx, time.Minute, "the host does it", func() bool {
		s.host.mu.Lock()
		defer s.host.mu.Unlock()
		return s.host.happened[a] > before
	})
}
