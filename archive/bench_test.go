package archive_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"hearth"
	"hearth/archive"
	"hearth/db"
	"hearth/db/dbtest"
	"hearth/firehose/mix"
	"hearth/network"
	"hearth/network/bluesky"
	"hearth/query"
)

// stream makes posts like those of a real network, analysed: the mix of the
// firehose measurement with the record keys that Bluesky gives, which rise
// with time.
type stream struct {
	posts *mix.Posts
	line  []byte
	n     int64
}

func newStream() *stream { return &stream{posts: mix.NewWorld().Posts(1000)} }

func (s *stream) next() hearth.Post {
	s.n++
	s.line = s.posts.Next(s.line[:0])
	var e network.Event
	if _, err := bluesky.DecodeLine(string(s.line), &e); err != nil {
		panic(err)
	}
	p := e.Post.Clone()
	p.Published = start.Add(time.Duration(s.n) * 1777 * time.Microsecond)
	key := tid(p.Published.UnixMicro(), s.n)
	at := strings.LastIndexByte(p.ID, '/') + 1
	p.URL = strings.Replace(p.URL, p.ID[at:], key, 1)
	p.ID = p.ID[:at] + key
	p.Author.Handle = "name" + strconv.FormatInt(s.n*7919%50_000, 36) + ".bsky.social"
	p.Sentiment = []hearth.Sentiment{hearth.Neutral, hearth.Positive, hearth.Negative}[s.n%3]
	p.SentimentScore = hearth.KnownNumber(float64(s.n%200)/100 - 1)
	if s.n%4 == 0 {
		p.Intent = []hearth.Intent{hearth.Intents[s.n%5]}
	}
	p.Spam = hearth.False
	return p
}

// tid is a record key (atproto.com/specs/tid).
func tid(micros, clock int64) string {
	n := micros<<10 | clock&1023
	var b [13]byte
	for i := 12; i >= 0; i-- {
		b[i] = "234567abcdefghijklmnopqrstuvwxyz"[n&31]
		n >>= 5
	}
	return string(b[:])
}

func (s *stream) batch(n int) []archive.Entry {
	entries := make([]archive.Entry, n)
	for i := range entries {
		p := s.next()
		entries[i] = archive.Entry{Op: archive.Create, Revision: p.ID[len(p.ID)-13:], Post: &p,
			Monitors: []hearth.MonitorID{hearth.MonitorID(1 + s.n%20)}, Source: 1, At: p.Published}
	}
	return entries
}

// BenchmarkAppend stores posts from four goroutines in batches of 500, with
// the index written and merged beside it.
func BenchmarkAppend(b *testing.B) {
	const batches = 64
	source := newStream()
	var work [][]archive.Entry
	for range batches {
		work = append(work, source.batch(500))
	}
	b.ReportAllocs()
	b.ResetTimer()
	posts, trips := 0, int64(0)
	for range b.N {
		b.StopTimer()
		s := newStore(b)
		trips -= s.db.RoundTrips()
		b.StartTimer()
		next := make(chan []archive.Entry)
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				for entries := range next {
					if _, err := s.Append(context.Background(), ws, entries, nil); err != nil {
						panic(err)
					}
				}
			})
		}
		for _, w := range work {
			next <- w
		}
		close(next)
		wg.Wait()
		if err := s.Indexed(context.Background()); err != nil {
			b.Fatal(err)
		}
		posts += batches * 500
		trips += s.db.RoundTrips()
	}
	b.ReportMetric(float64(trips)/float64(posts)*500, "trips/batch")
	b.ReportMetric(float64(posts)/b.Elapsed().Seconds(), "posts/s")
}

// BenchmarkKeepEverything stores HEARTH_BENCH_POSTS posts (200,000), made
// before, from two goroutines, while a consumer follows the log and the index
// is written and merged. It reports the processor time as well, and the size.
func BenchmarkKeepEverything(b *testing.B) {
	n := benchPosts(200_000)
	source := newStream()
	var work [][]archive.Entry
	for range n / 1000 {
		work = append(work, source.batch(1000))
	}
	for range b.N {
		s := newStore(b, seen)
		ctx, cancel := context.WithCancel(context.Background())
		consumed := make(chan struct{})
		go func() { s.Consume(ctx, follower()); close(consumed) }()
		runtime.GC()
		began, spent := hearth.SystemClock(), cpuTime()
		next := make(chan []archive.Entry)
		var wg sync.WaitGroup
		for range 2 {
			wg.Go(func() {
				for entries := range next {
					if _, err := s.Append(context.Background(), ws, entries, nil); err != nil {
						panic(err)
					}
				}
			})
		}
		for _, entries := range work {
			next <- entries
		}
		close(next)
		wg.Wait()
		if err := s.Indexed(ctx); err != nil {
			b.Fatal(err)
		}
		tick := time.NewTicker(time.Millisecond)
		for at := hearth.Seq(0); int(at) != n; <-tick.C {
			at, _ = s.Position(ctx, "follower")
		}
		tick.Stop()
		took := hearth.SystemClock().Sub(began)
		cancel()
		<-consumed
		s.close()
		spent = cpuTime() - spent
		b.ReportMetric(float64(n)/took.Seconds(), "posts/s")
		b.ReportMetric(float64(spent.Microseconds())/float64(n), "cpu-µs/post")
		b.ReportMetric(float64(fileSize(b, s.path))/float64(n), "B/post")
		for table, size := range tableSizes(b, s.path) {
			b.ReportMetric(size/float64(n), "B-"+table)
		}
	}
}

// follower does what the least consumer must: one small row for each post.
func follower() archive.Consumer {
	return archive.Consumer{Name: "follower", Apply: func(_ context.Context, tx *db.Tx, rows []archive.Stored) error {
		const one = "(?, ?, ?)"
		for part := range slices.Chunk(rows, 100) {
			args := make([]any, 0, 300)
			for _, r := range part {
				args = append(args, int64(r.Seq), int64(r.Workspace), int64(r.Seq))
			}
			if _, err := tx.Exec("INSERT INTO seen (n, workspace_id, seq) VALUES "+strings.Repeat(one+", ", len(part)-1)+one, args...); err != nil {
				return err
			}
		}
		return nil
	}}
}

func benchPosts(otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv("HEARTH_BENCH_POSTS")); err == nil {
		return n
	}
	return otherwise
}

func fileSize(b *testing.B, path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	return info.Size()
}

func tableSizes(b *testing.B, path string) map[string]float64 {
	sizes := map[string]float64{}
	d, err := db.Open(context.Background(), path, db.Options{Schemas: []db.Schema{archive.Schema(), seen}})
	if err != nil {
		b.Fatal(err)
	}
	defer d.Close()
	err = d.Read(context.Background(), func(tx *db.Tx) error {
		rows, err := tx.Query("SELECT name, sum(pgsize) FROM dbstat GROUP BY name HAVING sum(pgsize) > 100000")
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var name string
			var size float64
			if err := rows.Scan(&name, &size); err != nil {
				return err
			}
			sizes[name] = size
		}
		return rows.Err()
	})
	if err != nil {
		b.Fatal(err)
	}
	return sizes
}

// filled is an archive of HEARTH_BENCH_POSTS posts (100,000), kept between runs
// in HEARTH_BENCH_DIR if that is set. On PostgreSQL: HEARTH_TEST_ENGINE=postgres.
func filled(b *testing.B) *store {
	n := benchPosts(100_000)
	location := dbtest.Location(b)
	if dir := os.Getenv("HEARTH_BENCH_DIR"); dir != "" && !dbtest.OnPostgreSQL() {
		location = filepath.Join(dir, fmt.Sprintf("bench-%d.db", n))
	}
	s := openStore(b, location)
	if head, _ := s.Head(context.Background()); int(head) == n {
		return s
	}
	source := newStream()
	for range n / 1000 {
		if _, err := s.Append(context.Background(), ws, source.batch(1000), nil); err != nil {
			b.Fatal(err)
		}
	}
	if err := s.Indexed(context.Background()); err != nil {
		b.Fatal(err)
	}
	return s
}

// BenchmarkSearch asks for the newest 50 posts.
func BenchmarkSearch(b *testing.B) {
	s := filled(b)
	for _, words := range []string{
		"coffee", "phone AND broken", "\"phone update\"", "the AND lang:en", "appl*", "kahvi OR コーヒー OR 咖啡",
		"coffee AND sentiment:negative AND is:reply", "phone NEAR/3 broken", "coffee AND NOT (the OR and OR to)",
		"author:name5j.bsky.social", "has:link AND game", "raw:\"coffee!\"", "\"phone broken update coffee\"",
	} {
		q, diags := query.Parse(words)
		if q == nil {
			b.Fatal(diags)
		}
		b.Run(words, func(b *testing.B) {
			b.ReportAllocs()
			candidates, found := 0, 0
			trips := s.db.RoundTrips()
			for b.Loop() {
				page, err := s.Search(context.Background(), ws, archive.Search{Query: q})
				if err != nil {
					b.Fatal(err)
				}
				candidates, found = page.Candidates, len(page.Posts)
			}
			b.ReportMetric(float64(candidates), "candidates")
			b.ReportMetric(float64(found), "found")
			b.ReportMetric(float64(s.db.RoundTrips()-trips)/float64(b.N), "trips/op")
		})
	}
}

// BenchmarkCount counts by the hour.
func BenchmarkCount(b *testing.B) {
	s := filled(b)
	for _, words := range []string{"coffee", "the AND lang:en", "coffee AND sentiment:negative", "phone AND NOT broken", "appl*", "network:bluesky", "\"phone update\""} {
		q, diags := query.Parse(words)
		if q == nil {
			b.Fatal(diags)
		}
		b.Run(words, func(b *testing.B) {
			b.ReportAllocs()
			total := 0
			for b.Loop() {
				n, err := s.Count(context.Background(), ws, archive.Search{Query: q}, time.Hour)
				if err != nil {
					b.Fatal(err)
				}
				total = n.Total
			}
			b.ReportMetric(float64(total), "posts")
		})
	}
}
