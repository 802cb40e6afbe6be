// Package watch shows machines how Hearth is doing: metrics in Prometheus'
// text format, whether the process lives, and whether it is ready for work.
//
// Everything but the commit times is read when somebody asks, from what the
// rooms count anyway; nothing is counted twice. The registry is its own.
// Names and labels are in Metrics; they never hold words of posts, people or
// secrets, and no label has more values than there are sources, consumers or
// databases.
package watch

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Options of New. Look and Log are required.
type Options struct {
	// Look says how things are. It is called for each scrape, one at a time,
	// with a context that ends after lookTime.
	Look func(context.Context) (State, error)
	Log  *slog.Logger
}

// lookTime is how long a look may take.
const lookTime = 10 * time.Second

// Watch gathers the metrics. Safe for concurrent use.
type Watch struct {
	o        Options
	registry *prometheus.Registry
	commits  *prometheus.HistogramVec
	writes   *prometheus.HistogramVec
	tables   []described
}

// New makes ready; it looks at nothing yet.
func New(o Options) *Watch {
	w := &Watch{o: o, registry: prometheus.NewRegistry()}
	w.commits = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: commitSeconds.Name, Help: commitSeconds.Help, Buckets: prometheus.ExponentialBuckets(0.0005, 2, 15), // to 8 s
	}, commitSeconds.Labels)
	w.writes = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: commitWrites.Name, Help: commitWrites.Help, Buckets: prometheus.ExponentialBuckets(1, 2, 8), // to 128
	}, commitWrites.Labels)
	for i := range table {
		m := &table[i]
		w.tables = append(w.tables, described{entry: m, desc: prometheus.NewDesc(m.Name, m.Help, m.Labels, nil)})
	}
	w.registry.MustRegister(w.commits, w.writes, collector{w}, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return w
}

// Committed notes that a database made writes durable.
func (w *Watch) Committed(database string) func(writes int, took time.Duration) {
	seconds, shared := w.commits.WithLabelValues(database), w.writes.WithLabelValues(database)
	return func(writes int, took time.Duration) {
		seconds.Observe(max(0, took.Seconds()))
		shared.Observe(float64(writes))
	}
}

// Metrics answers a scrape.
func (w *Watch) Metrics() http.Handler {
	return promhttp.HandlerFor(w.registry, promhttp.HandlerOpts{
		ErrorLog: slog.NewLogLogger(w.o.Log.Handler(), slog.LevelWarn), ErrorHandling: promhttp.ContinueOnError,
		MaxRequestsInFlight: 2, Timeout: 2 * lookTime,
	})
}

// described is an entry of the table with what Prometheus calls it.
type described struct {
	entry *entry
	desc  *prometheus.Desc
}

// collector reads the state when a scrape comes.
type collector struct{ w *Watch }

// Describe is prometheus.Collector.Describe.
func (c collector) Describe(to chan<- *prometheus.Desc) {
	for _, t := range c.w.tables {
		to <- t.desc
	}
}

// Collect is prometheus.Collector.Collect. Where the state cannot be read, the
// scrape says so and gives the rest.
func (c collector) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), lookTime)
	defer cancel()
	state, err := c.w.o.Look(ctx)
	if err != nil {
		to <- prometheus.NewInvalidMetric(c.w.tables[0].desc, err)
		return
	}
	for _, t := range c.w.tables {
		kind := prometheus.GaugeValue
		if t.entry.Kind == Counter {
			kind = prometheus.CounterValue
		}
		t.entry.read(&state, func(value float64, labels ...string) {
			to <- prometheus.MustNewConstMetric(t.desc, kind, value, labels...)
		})
	}
}
