package monitor_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strconv"
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

// BenchmarkCharts is the charts of a monitor with a million posts of a year.
// HEARTH_BENCH_POSTS asks for another number.
func BenchmarkCharts(b *testing.B) {
	h := open(b)
	posts := 1_000_000
	if n, err := strconv.Atoi(os.Getenv("HEARTH_BENCH_POSTS")); err == nil {
		posts = n
	}
	pie := h.listen("pie")[0]
	h.million(b, posts, pie)
	from := noon.AddDate(-1, 0, 0)
	zone := time.FixedZone("half", 5*3600+1800)
	charts := monitor.NewCharts(h.monitors)
	for _, c := range []struct {
		name string
		ask  func() error
	}{
		{"LocalDaysOfAYearBySentiment", func() error {
			_, err := charts.Series(b.Context(), owner, monitor.SeriesSearch{Monitors: []hearth.MonitorID{pie}, Step: monitor.Day, Split: monitor.BySentiment, Zone: zone, From: from, To: noon})
			return err
		}},
		{"HoursOfAMonthFiltered", func() error {
			_, err := charts.Series(b.Context(), owner, monitor.SeriesSearch{Monitors: []hearth.MonitorID{pie}, Step: monitor.Hour, Query: "lang:fi", From: noon.AddDate(0, -1, 0), To: noon, Before: true})
			return err
		}},
		{"DaysOfAMonthByWord", func() error {
			_, err := charts.Series(b.Context(), owner, monitor.SeriesSearch{Monitors: []hearth.MonitorID{pie}, Step: monitor.Day, Query: "crust", From: noon.AddDate(0, -1, 0), To: noon})
			return err
		}},
		{"TopsOfAYear", func() error {
			_, err := charts.Tops(b.Context(), owner, monitor.TopsSearch{Monitor: pie, From: from, To: noon})
			return err
		}},
		{"AudienceOfAMonth", func() error {
			_, err := charts.Audience(b.Context(), owner, monitor.AudienceSearch{Monitor: pie, From: noon.AddDate(0, -1, 0), To: noon})
			return err
		}},
		{"CompareOfAMonth", func() error {
			_, err := monitor.NewComparisons(h.monitors).Compare(b.Context(), owner, monitor.CompareSearch{Monitors: []hearth.MonitorID{pie}, From: noon.AddDate(0, -1, 0), To: noon})
			return err
		}},
		{"VoicesMadeAnew", func() error {
			h.clock.advance(time.Hour)
			_, err := charts.Voices(b.Context(), owner, monitor.VoiceSearch{Monitor: pie, From: from, To: noon})
			return err
		}},
		{"VoicesAgain", func() error {
			_, err := charts.Voices(b.Context(), owner, monitor.VoiceSearch{Monitor: pie, From: from, To: noon})
			return err
		}},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				if err := c.ask(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// million stores posts of a year, as a busy brand has them, and counts them.
func (h *house) million(b *testing.B, posts int, id hearth.MonitorID) {
	b.Helper()
	dice := rand.New(rand.NewPCG(1, 2))
	year := 365 * 24 * time.Hour
	entries := make([]archive.Entry, 0, 2000)
	for i := range posts {
		author := int(math.Pow(float64(posts)/3, dice.Float64()))
		e := at(entry(archive.Create, fmt.Sprint("p", i), fmt.Sprint("a", author), []string{"pie", "pie crust", "a pie #baking", "pie again"}[dice.IntN(4)]),
			noon.Add(-year+time.Duration(i)*(year/time.Duration(posts))))
		e.Post.Lang = []string{"en", "fi", "de", "ja", "pt", "es", ""}[dice.IntN(7)]
		e.Post.Sentiment = []hearth.Sentiment{hearth.Positive, hearth.Negative, hearth.Neutral, ""}[dice.IntN(4)]
		if dice.IntN(3) == 0 {
			e.Post.InReplyTo = fmt.Sprint("p", dice.IntN(i+1))
		}
		if dice.IntN(4) == 0 {
			e.Post.Links = []string{fmt.Sprintf("https://site%d.example/%d", dice.IntN(300), dice.IntN(3000))}
		}
		e.Monitors = []hearth.MonitorID{id}
		if entries = append(entries, e); len(entries) == cap(entries) || i == posts-1 {
			if _, err := h.archive.Append(b.Context(), here, entries, nil); err != nil {
				b.Fatal(err)
			}
			entries = entries[:0]
		}
	}
	consumer, err := h.monitors.Consumer(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithCancel(b.Context())
	done := make(chan error, 1)
	go func() { done <- h.archive.Consume(ctx, consumer) }()
	within(b, 30*time.Minute, "everything is counted", func() bool {
		c, err := h.monitors.Count(b.Context(), owner, monitor.CountSearch{})
		return err != nil || c.Total == int64(posts)
	})
	stop()
	<-done
}
