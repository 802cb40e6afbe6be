package monitor_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"hearth"
	"hearth/archive"
	"hearth/monitor"
)

// BenchmarkCounting is what a stored post costs the counting: one monitor in
// ten catches each.
func BenchmarkCounting(b *testing.B) {
	h := open(b)
	const posts = 50_000
	entries := make([]archive.Entry, 0, 2000)
	for i := range posts {
		e := at(post(fmt.Sprint("p", i), "pie"), noon.Add(time.Duration(i)*time.Second/10))
		e.Post.Lang = []string{"en", "fi", "de", "ja"}[i%4]
		e.Post.Sentiment = []hearth.Sentiment{hearth.Positive, hearth.Negative, hearth.Neutral}[i%3]
		e.Monitors = []hearth.MonitorID{hearth.MonitorID(1 + i%100)}
		if entries = append(entries, e); len(entries) == cap(entries) {
			if _, err := h.archive.Append(b.Context(), here, entries, nil); err != nil {
				b.Fatal(err)
			}
			entries = entries[:0]
		}
	}
	for b.Loop() {
		if err := h.monitors.Rebuild(b.Context()); err != nil {
			b.Fatal(err)
		}
		consumer, err := h.monitors.Consumer(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		ctx, stop := context.WithCancel(b.Context())
		seen := 0
		done := make(chan error, 1)
		go func() { done <- h.archive.Consume(ctx, consumer) }()
		tick := time.NewTicker(2 * time.Millisecond)
		for ; seen < posts; <-tick.C {
			counts, err := h.monitors.Count(b.Context(), owner, monitor.CountSearch{})
			if err != nil {
				b.Fatal(err)
			}
			seen = int(counts.Total)
		}
		tick.Stop()
		stop()
		if err := <-done; !errors.Is(err, context.Canceled) {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(posts)*float64(b.N)/b.Elapsed().Seconds(), "posts/s")
}

// BenchmarkDashboard is a year of a busy monitor by day and sentiment.
func BenchmarkDashboard(b *testing.B) {
	h := open(b)
	h.listen("pie")
	b.Logf("%d posts", h.fillYear(b, 1))
	for _, c := range []struct {
		name string
		s    monitor.CountSearch
	}{
		{"TotalOfAYear", monitor.CountSearch{Monitor: 1}},
		{"DaysOfAYear", monitor.CountSearch{Monitor: 1, Interval: monitor.Day, By: monitor.BySentiment, From: noon.AddDate(-1, 0, 0)}},
		{"HoursOfAMonth", monitor.CountSearch{Monitor: 1, Interval: monitor.Hour, By: monitor.ByLanguage, From: noon.AddDate(0, -1, 0)}},
		{"LocalDaysOfAYear", monitor.CountSearch{Monitor: 1, Interval: monitor.Day, By: monitor.BySentiment, From: noon.AddDate(-1, 0, 0), Zone: time.FixedZone("local", 7200)}},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				if _, err := h.monitors.Count(b.Context(), owner, c.s); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
