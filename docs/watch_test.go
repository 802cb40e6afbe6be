package docs_test

import (
	"strings"
	"testing"

	"hearth/watch"
)

// TestEveryMetricIsInTheManual compares the table of operating.md with the
// metrics there are.
func TestEveryMetricIsInTheManual(t *testing.T) {
	t.Parallel()
	page := read(t, "operating.md")
	for _, m := range watch.Metrics() {
		labels := "–"
		if len(m.Labels) > 0 {
			labels = "`" + strings.Join(m.Labels, "`, `") + "`"
		}
		line := "| `" + m.Name + "` | " + string(m.Kind) + " | " + labels + " | " + m.Help + " |"
		if !strings.Contains(page, line+"\n") {
			t.Errorf("operating.md lacks the line\n%s", line)
		}
	}
	if got, want := strings.Count(page, "| `hearth_"), len(watch.Metrics()); got != want {
		t.Errorf("operating.md has %d metrics, there are %d", got, want)
	}
}
