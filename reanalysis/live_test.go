package reanalysis_test

import (
	"context"
	"log/slog"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"hearth"
	"hearth/db"
	"hearth/reanalysis"
)

// gate is where a re-analysis is held up between two pages. Its clock stands still
// meanwhile.
type gate struct {
	stop   chan chan struct{}
	behind atomic.Int64 // the clock
}

// room is asked before each page.
func (g *gate) room() error {
	select {
	case open := <-g.stop:
		began := hearth.SystemClock()
		<-open
		g.behind.Add(int64(hearth.SystemClock().Sub(began)))
	default:
	}
	return nil
}

func (g *gate) clock() time.Time { return hearth.SystemClock().Add(-time.Duration(g.behind.Load())) }

// close waits until it stands, and gives what opens it again.
func (g *gate) close() (open func()) {
	opened := make(chan struct{})
	g.stop <- opened
	return func() { close(opened) }
}

// BenchmarkLiveBesideReanalysis stores live posts at a steady rate, batch by batch,
// alone and beside a re-analysis that changes three posts of four, in short turns that
// follow each other in either order, and says how long a batch took: what live work
// waits. wait-% is the time of the batches beside it, over that of those alone, less
// one; p50-%, p90-% and so on are the same at quantiles, and turn-% is the median over
// the pairs of turns, which a neighbour on the machine does not move.
func BenchmarkLiveBesideReanalysis(b *testing.B) {
	const (
		stored  = 60_000
		batch   = 20
		every   = 20 * time.Millisecond // 1,000 posts a second
		batches = 40                    // of a turn
		pairs   = 16
	)
	h := open(b)
	next := 0
	for ; next < stored; next += 1000 {
		h.arrive(1, next, next+1000, pies)
	}
	g := &gate{stop: make(chan chan struct{})}
	r := reanalysis.New(reanalysis.Options{
		State: h.state, Store: h.store, Archive: h.archive, Monitors: h.monitors, Analyzers: models(2),
		Room: g.room, Clock: g.clock, Log: slog.New(slog.DiscardHandler),
	})
	ctx, stop := context.WithCancel(b.Context())
	ended := make(chan error, 1)
	go func() { ended <- r.Run(ctx, func(*db.Tx) error { return nil }) }()
	open := g.close()

	tick := time.NewTicker(every)
	defer tick.Stop()
	turn := func() (took []time.Duration) {
		for range batches {
			<-tick.C
			began := hearth.SystemClock()
			h.arrive(1, next, next+batch, pies)
			next += batch
			took = append(took, hearth.SystemClock().Sub(began))
		}
		return took
	}
	var alone, beside []time.Duration
	var ratios []float64
	var running time.Duration
	for b.Loop() {
		for pair := range pairs {
			var own, with []time.Duration
			for half := range 2 {
				if half == pair%2 {
					own = turn()
					continue
				}
				open()
				began := hearth.SystemClock()
				with = turn()
				open = g.close()
				running += hearth.SystemClock().Sub(began)
			}
			alone, beside = append(alone, own...), append(beside, with...)
			ratios = append(ratios, float64(sum(with))/float64(sum(own)))
		}
	}
	list, err := r.List(b.Context(), lead)
	if err != nil || len(list) != 1 || list[0].State != reanalysis.Running || list[0].Changed == 0 {
		b.Fatalf("it was not beside all of it: %+v, %v", list, err)
	}
	open()
	stop()
	if err := <-ended; err != nil {
		b.Fatal(err)
	}
	slices.Sort(alone)
	slices.Sort(beside)
	slices.Sort(ratios)
	percent := func(with, own time.Duration) float64 { return 100 * (float64(with)/float64(own) - 1) }
	for _, q := range []struct {
		name string
		at   int
	}{{"p50", 500}, {"p90", 900}, {"p99", 990}} {
		at := len(alone) * q.at / 1000
		b.ReportMetric(float64(alone[at].Microseconds())/1000, "alone-"+q.name+"-ms")
		b.ReportMetric(percent(beside[at], alone[at]), q.name+"-%")
	}
	b.ReportMetric(float64(alone[len(alone)-1].Microseconds())/1000, "alone-most-ms")
	b.ReportMetric(float64(beside[len(beside)-1].Microseconds())/1000, "beside-most-ms")
	b.ReportMetric(percent(sum(beside), sum(alone)), "wait-%")
	b.ReportMetric(100*(ratios[len(ratios)/2]-1), "turn-%")
	b.ReportMetric(float64(list[0].Looked)/running.Seconds(), "judged/s")
}

// BenchmarkIdle judges an archive anew while nobody else does anything.
func BenchmarkIdle(b *testing.B) {
	const stored = 20_000
	var looked int64
	for b.Loop() {
		b.StopTimer()
		h := open(b)
		for next := 0; next < stored; next += 1000 {
			h.arrive(1, next, next+1000, pies)
		}
		r := reanalysis.New(reanalysis.Options{
			State: h.state, Store: h.store, Archive: h.archive, Monitors: h.monitors, Analyzers: models(2),
			Clock: hearth.SystemClock, Log: slog.New(slog.DiscardHandler),
		})
		b.StartTimer()
		stop := h.run(r)
		h.ended(r, 1, reanalysis.Finished)
		stop()
		looked += stored
	}
	b.ReportMetric(float64(looked)/b.Elapsed().Seconds(), "judged/s")
}

func sum(list []time.Duration) (n time.Duration) {
	for _, d := range list {
		n += d
	}
	return n
}
