package analysistest

import (
	"slices"
	"testing"

	"hearth"
	"hearth/analysis"
	"hearth/text"
)

// Benchmark measures posts a second and allocations a post of the analyzer on
// Posts, one core; they have their language unless the analyzer adds it. Reading
// the texts is not counted.
func Benchmark(b *testing.B, a analysis.Analyzer) {
	b.Helper()
	posts := Posts(!slices.Contains(a.Adds, "lang"))
	items := make([]analysis.Item, len(posts))
	given := make([]hearth.Post, len(posts))
	copy(given, posts)
	for i := range posts {
		doc := &text.Doc{}
		Read(doc, &posts[i])
		items[i] = analysis.Item{Post: &posts[i], Doc: doc}
	}
	a.Run(items)
	b.ReportAllocs()
	b.ResetTimer()
	for n := 0; n < b.N; n += len(items) {
		copy(posts, given)
		a.Run(items)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "posts/s")
}
