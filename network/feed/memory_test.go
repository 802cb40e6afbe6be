package feed

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestACursorHoldsTheWholeMemory(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := memory{
			address: digest("https://blog.example"), at: rapid.String().Draw(t, "at"), etag: rapid.String().Draw(t, "etag"),
			modified: rapid.String().Draw(t, "modified"), due: time.UnixMilli(rapid.Int64Range(0, 1<<42).Draw(t, "due")),
			interval: time.Duration(rapid.Int64Range(0, 1<<30).Draw(t, "interval")) * time.Millisecond, newest: rapid.String().Draw(t, "newest"),
			day: rapid.Int64Range(0, 1<<20).Draw(t, "day"), fresh: rapid.Int64Range(0, maxFresh).Draw(t, "fresh"), marked: rapid.Bool().Draw(t, "marked"),
			failures: rapid.IntRange(0, maxFailures).Draw(t, "failures"),
			skip:     skip{hours: rapid.Uint32Range(0, allHours).Draw(t, "hours"), days: rapid.Uint8Range(0, allDays).Draw(t, "days")},
		}
		for range rapid.IntRange(0, 5).Draw(t, "n") {
			m.known = append(m.known, known{id: rapid.Uint64().Draw(t, "id"), version: rapid.Uint32().Draw(t, "version")})
		}
		got, err := remember(m.cursor(), "https://blog.example")
		if diff := cmp.Diff(m, got, cmp.AllowUnexported(memory{}, known{}, skip{})); err != nil || diff != "" {
			t.Fatalf("%v %s", err, diff)
		}
	})
}
