package firehose_test

import (
	"context"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"hearth"
	"hearth/access"
	"hearth/archive"
	"hearth/db"
	"hearth/firehose"
	"hearth/firehose/mix"
	"hearth/ingest"
	"hearth/match"
	"hearth/network"
	"hearth/network/bluesky"
	"hearth/query"
	"hearth/replay"
)

// station is a flow of the frozen posts, decoded beforehand, with a window
// beside it where one is wanted.
type station struct {
	b       *testing.B
	store   *db.DB
	archive *archive.Archive
	window  *replay.Window
	sources *ingest.Sources
	crew    *ingest.Crew
	set     *match.Set
	batches []network.Batch
}

const perBatch = 512

func newStation(b *testing.B, monitors, posts int, windowed bool) *station {
	b.Helper()
	s := &station{b: b, crew: ingest.NewCrew(0)}
	dir := b.TempDir()
	open := func(name string, pageSize int, schemas ...db.Schema) *db.DB {
		d, err := db.Open(b.Context(), filepath.Join(dir, name), db.Options{Schemas: schemas, PageSize: pageSize})
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { d.Close() })
		return d
	}
	quiet := slog.New(slog.DiscardHandler)
	s.store = open("archive.db", 0, archive.Schema(), ingest.ArchiveSchema())
	state := open("hearth.db", 0, access.StateSchema(), ingest.StateSchema())
	var err error
	if s.archive, err = archive.Open(b.Context(), s.store, archive.Options{}); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.archive.Close() })
	if windowed {
		s.window, err = replay.Open(b.Context(), open("replay.db", replay.PageSize, replay.Schema()), replay.Options{
			Age: 48 * time.Hour, Size: 20 << 30, Rules: match.KeyRules, Clock: hearth.SystemClock, Log: quiet,
		})
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { s.window.Close() })
	}
	world := mix.NewWorld()
	s.set = setOf(b, world.Monitors(monitors))
	stream := world.Posts(monitors)
	for range posts / perBatch {
		batch := network.Batch{Frames: perBatch, Cursor: "c"}
		for range perBatch {
			var e network.Event
			if _, err := bluesky.DecodeLine(string(stream.Next(nil)), &e); err != nil {
				b.Fatal(err)
			}
			e.Post = e.Post.Clone()
			batch.Events = append(batch.Events, e)
		}
		s.batches = append(s.batches, batch)
	}
	s.sources = ingest.NewSources(ingest.Options{
		State: state, Archive: s.archive, Store: s.store, Crew: s.crew, Window: s.window, Clock: hearth.SystemClock, Log: quiet,
	})
	return s
}

func setOf(b *testing.B, queries []string) *match.Set {
	var standing []match.Standing
	for i, text := range queries {
		q, problems := query.Parse(text)
		if q == nil {
			b.Fatalf("%s: %v", text, problems)
		}
		standing = append(standing, match.Standing{ID: hearth.MonitorID(i + 1), Query: q})
	}
	return match.NewSet(standing)
}

func (s *station) flow() *ingest.Flow {
	f, err := ingest.NewFlow(s.b.Context(), ingest.FlowOptions{
		Workspace: 1, Source: 1, Archive: s.archive, Store: s.store, Crew: s.crew, Clock: hearth.SystemClock, Log: slog.New(slog.DiscardHandler),
		Queries: func() *match.Set { return s.set }, Window: s.window,
	})
	if err != nil {
		s.b.Fatal(err)
	}
	return f
}

// hear lets all posts come in once, a batch each so often; 0: as fast as it goes.
func (s *station) hear(each time.Duration) {
	f := s.flow()
	var next <-chan time.Time
	if each > 0 {
		tick := time.NewTicker(each)
		defer tick.Stop()
		next = tick.C
	}
	for i := range s.batches {
		if each > 0 {
			<-next
		}
		if err := f.Take(s.b.Context(), &s.batches[i]); err != nil {
			s.b.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		s.b.Fatal(err)
	}
}

// BenchmarkWindow looks through a window of the frozen posts with all
// processors: for one rare monitor, which passes over most blocks by their
// summaries; for one that no summary can deny; and for a hundred monitors.
func BenchmarkWindow(b *testing.B) {
	const posts = 200 * perBatch
	s := newStation(b, 1_000, posts, true)
	s.hear(0)
	world := mix.NewWorld()
	for _, c := range []struct {
		name    string
		queries []string
	}{
		{"rare", world.Monitors(1)},
		{"undeniable", []string{"qu* AND zy*"}},
		{"hundred", world.Monitors(100)},
	} {
		b.Run(c.name, func(b *testing.B) {
			past, set := ingest.NewPast(s.sources), setOf(b, c.queries)
			var seen, passed, found int64
			b.ReportAllocs()
			for b.Loop() {
				for look := (ingest.Look{Queries: set, Blocks: 16}); ; {
					looked, err := past.Look(b.Context(), 1, look)
					if err != nil {
						b.Fatal(err)
					}
					seen, passed, found = seen+looked.Seen, passed+looked.Passed, found+int64(len(looked.Posts))
					if look.Before = looked.Next; !looked.More {
						break
					}
				}
			}
			b.ReportMetric(float64(seen)/b.Elapsed().Seconds(), "posts/s")
			b.ReportMetric(100*float64(passed)/float64(seen), "%passed")
			b.ReportMetric(float64(found)/float64(b.N), "found")
		})
	}
	st, err := s.window.Status(b.Context(), 1)
	if err != nil || st.Posts != posts {
		b.Fatalf("%+v, %v", st, err)
	}
	b.Logf("%.0f bytes a post", float64(st.Bytes)/float64(st.Posts))
}

// BenchmarkBesideLive is the live flow at 10,000 monitors: without a window, with
// one, and with one that is looked through meanwhile as the search of the past
// does. "saturated" is as fast as it goes, "once" for five seconds at the speed of
// the big networks together. The three take turns, so that what else the machine
// does meets all of them. The costs are in percent of what the flow takes alone,
// by the clock and of the processors; "once" says them in percent of one
// processor, too.
func BenchmarkBesideLive(b *testing.B) {
	alone, windowed := newStation(b, 10_000, 140*perBatch, false), newStation(b, 10_000, 140*perBatch, true)
	for _, s := range []*station{alone, windowed} { // what matches is stored now, and a duplicate from here on
		s.hear(0)
	}
	for _, pace := range []struct {
		name string
		each time.Duration
	}{{"saturated", 0}, {"once", perBatch * time.Second / firehose.Once}} {
		b.Run(pace.name, func(b *testing.B) {
			var took, spent [3]time.Duration
			timed := func(which int, do func(time.Duration)) {
				begun, before := hearth.SystemClock(), firehose.ProcessorTime()
				do(pace.each)
				took[which] += hearth.SystemClock().Sub(begun)
				spent[which] += firehose.ProcessorTime() - before
			}
			for b.Loop() {
				timed(0, alone.hear)
				timed(1, windowed.hear)
				ctx, stop := context.WithCancel(b.Context())
				var looking sync.WaitGroup
				looking.Go(func() { lookOnAndOn(ctx, windowed) })
				timed(2, windowed.hear)
				stop()
				looking.Wait()
			}
			if posts := float64(b.N * len(alone.batches) * perBatch); pace.each == 0 {
				b.ReportMetric(posts/took[0].Seconds(), "alone/s")
				b.ReportMetric(posts/took[1].Seconds(), "window/s")
				b.ReportMetric(100*(took[1].Seconds()/took[0].Seconds()-1), "%window")
				b.ReportMetric(100*(took[2].Seconds()/took[1].Seconds()-1), "%looking")
				b.ReportMetric(float64(spent[0])/posts, "alone-cpu-ns")
				b.ReportMetric(float64(spent[1]-spent[0])/posts, "window-cpu-ns")
			} else {
				of := func(d time.Duration) float64 { return 100 * d.Seconds() / took[0].Seconds() }
				b.ReportMetric(of(spent[0]), "%core-alone")
				b.ReportMetric(of(spent[1]-spent[0]), "%core-window")
				b.ReportMetric(of(spent[2]-spent[1]), "%core-looking")
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

// lookOnAndOn looks through the window as the search of the past does under full
// load: with one processor, resting ten times as long as it worked.
func lookOnAndOn(ctx context.Context, s *station) {
	past, set := ingest.NewPast(s.sources), setOf(s.b, []string{"qu* AND zy*"})
	for look := (ingest.Look{Queries: set, Blocks: 2, Processors: 1}); ctx.Err() == nil; {
		begun := hearth.SystemClock()
		looked, err := past.Look(ctx, 1, look)
		if err != nil {
			return
		}
		if look.Before = looked.Next; !looked.More {
			look.Before = 0
		}
		select {
		case <-ctx.Done():
		case <-time.After(10 * hearth.SystemClock().Sub(begun)):
		}
	}
}
