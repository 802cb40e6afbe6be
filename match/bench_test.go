package match_test

import (
	"fmt"
	"testing"

	"hearth"
	"hearth/firehose/mix"
	"hearth/match"
	"hearth/network"
	"hearth/network/bluesky"
	"hearth/query"
	"hearth/text"
)

// BenchmarkMatch asks sets of 100 to 100,000 monitors of the frozen mix. The
// posts are decoded and cut beforehand: this is the matching alone.
func BenchmarkMatch(b *testing.B) {
	w := mix.NewWorld()
	for _, n := range []int{100, 1_000, 10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var standing []match.Standing
			for i, s := range w.Monitors(n) {
				standing = append(standing, match.Standing{ID: hearth.MonitorID(i + 1), Query: parse(b, s)})
			}
			set := match.NewSet(standing)
			posts, docs := decoded(b, w.Posts(n), 4000)
			sc := match.NewScratch()
			var wanted []int32
			hits, i := 0, 0
			b.ReportAllocs()
			for b.Loop() {
				k := i % len(posts)
				wanted = set.Wanted(sc, &posts[k], &docs[k], wanted[:0])
				if len(wanted) > 0 {
					hits++
				}
				i++
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "posts/s")
			b.ReportMetric(100*float64(hits)/float64(i), "%hit")
		})
	}
}

// BenchmarkPut changes one monitor of 10,000.
func BenchmarkPut(b *testing.B) {
	w := mix.NewWorld()
	live := match.NewLive()
	var standing []match.Standing
	for i, s := range w.Monitors(10_000) {
		standing = append(standing, match.Standing{ID: hearth.MonitorID(i + 1), Query: parse(b, s)})
	}
	live.Replace(standing)
	i := 0
	for b.Loop() {
		live.Put(hearth.MonitorID(1+i%10_000), standing[(i*7)%10_000].Query)
		i++
	}
}

func decoded(b *testing.B, stream *mix.Posts, n int) ([]hearth.Post, []text.Doc) {
	posts, docs := make([]hearth.Post, n), make([]text.Doc, n)
	for i := range posts {
		var ev network.Event
		if _, err := bluesky.DecodeLine(string(stream.Next(nil)), &ev); err != nil {
			b.Fatal(err)
		}
		posts[i] = ev.Post.Clone()
		query.AddPost(&docs[i], &posts[i])
	}
	return posts, docs
}
