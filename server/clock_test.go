package server_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"hearth"
	"hearth/client"
	"hearth/db/dbtest"
	"hearth/network/bluesky/fake"
)

// wall is a clock that somebody sets.
type wall struct{ off atomic.Int64 }

func (w *wall) clock() time.Time {
	return hearth.SystemClock().Round(0).Add(time.Duration(w.off.Load()))
}

func (w *wall) step(d time.Duration) { w.off.Add(int64(d)) }

// Two processes share a database, and somebody sets their clocks, of one or of
// both, by an hour or a year, to and fro. The source stays with the one that
// reads it, over one connection; what is said is kept once; and what is due
// every six hours is done once for each time that its hour comes.
//
// proves F12, I28, I29 for the whole program
func TestClocksThatJumpStealNoSourceAndLoseNoSchedule(t *testing.T) {
	t.Parallel()
	database := dbtest.Postgres(t).Home()
	host := fake.New(fake.Options{})
	network := httptest.NewServer(host)
	t.Cleanup(func() { network.CloseClientConnections(); network.Close() })
	var walls [2]*wall
	var servers [2]*running
	for i := range servers {
		walls[i] = new(wall)
		walls[i].step(time.Date(2026, 11, 2, 7, 30, 0, 0, time.UTC).Sub(hearth.SystemClock())) // what is due every six hours is due at 12:00
		config := configIn(t.TempDir())
		config.DB, config.Clock, config.Allow = database, walls[i].clock, []string{"127.0.0.1:*"}
		servers[i] = start(t, config)
	}
	if _, err := servers[0].AddMonitor(t.Context(), client.MonitorDraft{Name: "Acme", Query: "acme"}); err != nil {
		t.Fatal(err)
	}
	_, err := servers[0].AddSource(t.Context(), client.SourceDraft{Network: "bluesky", Settings: map[string]string{
		"endpoint": "ws" + strings.TrimPrefix(network.URL, "http"), "appview": network.URL,
	}})
	if err != nil {
		t.Fatal(err)
	}
	source := func(r *running) client.Source {
		list, err := r.Sources(t.Context())
		if err != nil || len(list) != 1 {
			t.Fatal(list, err)
		}
		return list[0]
	}
	eventually(t, "one reads and the other leaves it alone", func() bool {
		return host.Connections() == 1 && (source(servers[0]).State == "elsewhere") != (source(servers[1]).State == "elsewhere")
	})
	reader, other := 0, 1
	if source(servers[0]).State == "elsewhere" {
		reader, other = 1, 0
	}
	schedule := func() client.Schedule {
		list, err := servers[other].Schedules(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range list {
			if s.Name == "purge-monitors" {
				return s
			}
		}
		t.Fatalf("there is no such schedule among %+v", list)
		return client.Schedule{}
	}
	eventually(t, "both have made their schedules", func() bool { list, err := servers[other].Schedules(t.Context()); return err == nil && len(list) > 1 })

	said, fired := 0, schedule().Fired
	after := func(what string, fires int64, happen func()) {
		t.Helper()
		happen()
		for range 5 {
			host.Publish(&hearth.Post{Network: "bluesky", Author: hearth.Author{ID: "did:plc:ann"}, Text: fmt.Sprint("acme ", said)})
			said++
		}
		fired += fires
		var src client.Source
		var due client.Schedule
		t.Cleanup(func() {
			if t.Failed() {
				t.Logf("%s: %d things were said, fired should be %d; %+v, %+v, %v", what, said, fired, src, due, walls[other].clock())
			}
		})
		eventually(t, what+": everything is kept and what is due is done", func() bool {
			src = source(servers[reader])
			due = schedule()
			return src.Counters.Stored >= int64(said) && due.Fired >= fired && !due.Last.After(walls[other].clock())
		})
		// Those that must not fire had their time while what was said was kept; the
		// last step below is one that fires, and counts all that came before it.
		if now := schedule().Fired; now != fired {
			t.Errorf("%s: it has fired %d times, want %d", what, now, fired)
		}
		if src.Counters.Stored != int64(said) || src.Counters.Duplicates > 0 || src.Counters.Gaps > 0 {
			t.Errorf("%s: %d things were said, and the source counts %+v", what, said, src.Counters)
		}
		if state := source(servers[other]).State; state != "elsewhere" || host.Connections() != 1 {
			t.Errorf("%s: the source was stolen: it is %s here, and was connected %d times", what, state, host.Connections())
		}
	}
	step := func(d time.Duration) func() { return func() { walls[0].step(d); walls[1].step(d) } }
	const hour, year = time.Hour, 365 * 24 * time.Hour
	after("an hour ahead", 0, step(hour))
	after("an hour back", 0, step(-hour))
	after("six hours ahead", 1, step(6*hour))
	after("only the reader's is put back by an hour", 0, func() { walls[reader].step(-hour) })
	after("and forward", 0, func() { walls[reader].step(hour) })
	after("a year ahead", 1, step(year))
	after("and back", 0, step(-year))
	after("six hours later", 1, step(6*hour))
}

// A clock that goes wrong makes signatures look old or early: they are refused
// and counted for what they are, and taken again when the clock is right.
//
// proves F12 for the windows of signatures, WHI1
func TestADeliveryIsRefusedWhileTheClockIsWrong(t *testing.T) {
	t.Parallel()
	w := new(wall)
	config := hookConfig(t.TempDir())
	config.Clock = w.clock
	r := start(t, config)
	src, sender := r.addHook("shop")
	send := func() int {
		t.Helper()
		status, err := sender.Send(t.Context(), "application/json", `{"text":"The kettle broke"}`)
		if err != nil {
			t.Fatal(err)
		}
		return status
	}
	if got := send(); got != http.StatusNoContent {
		t.Fatalf("while it is right: %d", got)
	}
	refused := int64(0)
	for _, step := range []time.Duration{time.Hour, -time.Hour, 365 * 24 * time.Hour, 6 * time.Minute, -6 * time.Minute} {
		w.step(step)
		if got := send(); got != http.StatusUnauthorized {
			t.Errorf("off by %v: %d", step, got)
		}
		refused++
		w.step(-step)
		if got := send(); got != http.StatusNoContent {
			t.Errorf("right again after %v: %d", step, got)
		}
	}
	src, err := r.Source(t.Context(), src.ID)
	if err != nil {
		t.Fatal(err)
	}
	told := int64(0)
	for _, reason := range src.Deliveries.Refused {
		told += reason.Count
	}
	if told != refused || src.Deliveries.Accepted != refused+1 {
		t.Errorf("%d were refused, and the source says %+v", refused, src.Deliveries)
	}
	t.Logf("%+v", src.Deliveries.Refused)
}
