package reanalysis_test

import (
	"context"
	"log/slog"
	"slices"
	"testing"
	"time"

	"hearth"
	"hearth/db"
	"hearth/reanalysis"
)

// BenchmarkLiveBesideReanalysis stores live posts at a steady rate, batch by batch,
// alone and beside a re-analysis that changes every second post, in turns, and says how
// long a batch took: what live work waits. wait-share is the time of the batches beside
// it, over that of those alone, less one.
func BenchmarkLiveBesideReanalysis(b *testing.B) {
	const (
		stored  = 12_000
		batch   = 20
		every   = 20 * time.Millisecond // 1,000 posts a second
		batches = 60                    // of a turn
	)
	h := open(b)
	h.arrive(1, 0, stored, pies)
	next := stored
	turn := func() (took []time.Duration) {
		for range batches {
			began := hearth.SystemClock()
			h.arrive(1, next, next+batch, pies)
			next += batch
			d := hearth.SystemClock().Sub(began)
			took = append(took, d)
			time.Sleep(max(0, every-d))
		}
		return took
	}
	var alone, beside []time.Duration
	looked := int64(0)
	for b.Loop() {
		alone = append(alone, turn()...)
		r := reanalysis.New(reanalysis.Options{
			State: h.state, Store: h.store, Archive: h.archive, Monitors: h.monitors, Analyzers: models(2),
			Clock: hearth.SystemClock, Log: slog.New(slog.DiscardHandler),
		})
		ctx, stop := context.WithCancel(b.Context())
		ended := make(chan error, 1)
		go func() { ended <- r.Run(ctx, func(*db.Tx) error { return nil }) }()
		for list, _ := r.List(b.Context(), lead); len(list) == 0; list, _ = r.List(b.Context(), lead) {
			time.Sleep(time.Millisecond)
		}
		beside = append(beside, turn()...)
		stop()
		if err := <-ended; err != nil {
			b.Fatal(err)
		}
		list, err := r.List(b.Context(), lead)
		if err != nil {
			b.Fatal(err)
		}
		looked = list[0].Looked
	}
	report := func(name string, took []time.Duration) (sum time.Duration) {
		slices.Sort(took)
		for _, d := range took {
			sum += d
		}
		b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, name+"-p50-ms")
		b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, name+"-p99-ms")
		return sum
	}
	without, with := report("alone", alone), report("beside", beside)
	b.ReportMetric(100*(float64(with)/float64(without)-1), "wait-%")
	b.ReportMetric(float64(looked)/(float64(batches)*every.Seconds()), "judged/s")
}
