package watch_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"hearth/watch"
)

// scrape is the text that a scrape gets.
func scrape(t *testing.T, w *watch.Watch) string {
	t.Helper()
	answer := httptest.NewRecorder()
	w.Metrics().ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestEveryMetricOfTheTableIsScraped(t *testing.T) {
	t.Parallel()
	w := watch.New(watch.Options{Log: slog.New(slog.DiscardHandler), Look: func(context.Context) (watch.State, error) {
		return watch.State{
			Ready: true, Disk: 1, Backups: []watch.Backup{{Workspace: "1", Schedule: "nightly", Age: time.Hour}, {Workspace: "1", Schedule: "weekly", Age: -1}},
			Sources: []watch.Source{{Workspace: "1", ID: "1", Network: "demo", State: "listening", Events: 7}, {Workspace: "2", ID: "2", Network: "demo", Age: -1, Delivers: true, Delivered: 5, Waiting: 2}},
			Index:   900, Replay: []watch.Replay{{Workspace: "2", Posts: 8, Bytes: 90, Reach: time.Minute}},
			Files: []watch.File{{Name: "archive.db", Size: 5}}, Consumers: []watch.Consumer{{Name: "monitor", Lag: 3}},
		}, nil
	}})
	w.Committed("archive")(3, 2*time.Millisecond)
	w.Committed("archive")(1, -time.Second) // the clock went back
	text := scrape(t, w)
	name := regexp.MustCompile(`^hearth_[a-z_]+$`)
	for _, m := range watch.Metrics() {
		if !name.MatchString(m.Name) || m.Kind == watch.Counter != strings.HasSuffix(m.Name, "_total") || !strings.HasSuffix(m.Help, ".") {
			t.Errorf("%s is not named or described as it should be", m.Name)
		}
		if !strings.Contains(text, "# HELP "+m.Name+" "+m.Help+"\n# TYPE "+m.Name+" "+string(m.Kind)+"\n") {
			t.Errorf("%s is not there", m.Name)
		}
	}
	for _, line := range []string{
		`hearth_source_events_total{network="demo",source="1",workspace="1"} 7`, `hearth_commit_seconds_count{database="archive"} 2`, `hearth_commit_seconds_sum{database="archive"} 0.002`,
		`hearth_source_age_seconds{network="demo",source="1",workspace="1"} 0`, `hearth_consumer_lag_rows{consumer="monitor"} 3`, `hearth_backup_age_seconds{schedule="nightly",workspace="1"} 3600`,
		`hearth_deliveries_total{network="demo",source="2",workspace="2"} 5`, `hearth_deliveries_waiting{network="demo",source="2",workspace="2"} 2`, `hearth_index_bytes 900`,
		`hearth_replay_posts{workspace="2"} 8`, `hearth_replay_bytes{workspace="2"} 90`, `hearth_replay_reach_seconds{workspace="2"} 60`, `hearth_commit_writes_count{database="archive"} 2`,
	} {
		if !strings.Contains(text, line+"\n") {
			t.Errorf("there is no %s", line)
		}
	}
	if strings.Contains(text, `schedule="weekly"`) {
		t.Error("a schedule without a good backup has an age")
	}
	if strings.Contains(text, `hearth_source_age_seconds{network="demo",source="2",workspace="2"}`) {
		t.Error("a source that has read nothing has an age")
	}
}

func TestAScrapeGivesTheRestWhereTheStateCannotBeRead(t *testing.T) {
	t.Parallel()
	w := watch.New(watch.Options{Log: slog.New(slog.DiscardHandler), Look: func(context.Context) (watch.State, error) {
		return watch.State{}, errors.New("the database does not answer")
	}})
	w.Committed("archive")(1, time.Millisecond)
	if text := scrape(t, w); !strings.Contains(text, "hearth_commit_seconds_count") || strings.Contains(text, "hearth_ready") {
		t.Errorf("%s", text)
	}
}
