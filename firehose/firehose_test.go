package firehose_test

import (
	"strings"
	"testing"

	"hearth"
	"hearth/firehose"
)

func TestAMeasurementGoesTheWholeWay(t *testing.T) {
	t.Parallel()
	r, err := firehose.Run(t.Context(), firehose.Options{Count: 200, Most: 6000, Dir: t.TempDir(), Clock: hearth.SystemClock})
	if err != nil {
		t.Fatal(err)
	}
	if r.Posts != 6000 || r.Monitors != 200 || r.Unreadable != 0 {
		t.Errorf("measured %d posts against %d monitors, %d unreadable", r.Posts, r.Monitors, r.Unreadable)
	}
	if r.Matched < 30 || r.Matched > 90 || r.Stored != r.Matched {
		t.Errorf("%d posts matched and %d were stored, want about 1 %% of 6,000 and all of those", r.Matched, r.Stored)
	}
	if r.PostsPerSecond <= 0 || r.Stages.Decode <= 0 || r.Stages.Match <= 0 {
		t.Errorf("figures are missing: %+v", r)
	}
}

func TestEverythingIsKeptIfAsked(t *testing.T) {
	t.Parallel()
	r, err := firehose.Run(t.Context(), firehose.Options{Count: 50, Most: 3000, Everything: true, Dir: t.TempDir(), Clock: hearth.SystemClock})
	if err != nil {
		t.Fatal(err)
	}
	if r.Stored != 3000 {
		t.Errorf("%d of 3,000 posts were stored", r.Stored)
	}
}

func TestGivenQueriesAndPostsAreMeasured(t *testing.T) {
	t.Parallel()
	posts := `{"network":"test","id":"1","text":"a cup of coffee"}
{"network":"test","id":"2","text":"a cup of tea"}
not a post
`
	r, err := firehose.Run(t.Context(), firehose.Options{Monitors: []string{"coffee"}, Posts: strings.NewReader(posts), Dir: t.TempDir(), Clock: hearth.SystemClock})
	if err != nil {
		t.Fatal(err)
	}
	if r.Posts != 3 || r.Unreadable != 1 || r.Matched != 1 || r.Mix != 0 {
		t.Errorf("got %+v", r)
	}
	_, err = firehose.Run(t.Context(), firehose.Options{Monitors: []string{"fine", "( broken"}, Clock: hearth.SystemClock})
	if hearth.ErrorCode(err) != hearth.Invalid || !strings.Contains(err.Error(), "Monitor 2") {
		t.Errorf("a broken monitor gives %v", err)
	}
}

// BenchmarkFlow is the whole way at 10,000 monitors.
func BenchmarkFlow(b *testing.B) {
	for b.Loop() {
		r, err := firehose.Run(b.Context(), firehose.Options{Dir: b.TempDir(), Clock: hearth.SystemClock})
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(r.PostsPerSecond, "posts/s")
		b.ReportMetric(r.AllocsPerPost, "allocs/post")
	}
}

// BenchmarkEverything is the same with every post kept.
func BenchmarkEverything(b *testing.B) {
	for b.Loop() {
		r, err := firehose.Run(b.Context(), firehose.Options{Everything: true, Dir: b.TempDir(), Clock: hearth.SystemClock})
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(r.PostsPerSecond, "posts/s")
		b.ReportMetric(r.BytesPerStored, "B/stored")
	}
}
