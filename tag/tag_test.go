package tag_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"hearth"
	"hearth/access"
	"hearth/archive"
	"hearth/db"
	"hearth/db/dbtest"
	"hearth/ingest"
	"hearth/monitor"
	"hearth/tag"
)

const here = hearth.DefaultWorkspace

var (
	ann  = access.Limited(here, 5, access.TagPosts, access.ReadPosts, access.ReadMonitors)
	noon = time.Date(2031, 5, 4, 12, 0, 0, 0, time.UTC)
)

// proves the parity half of G2: the same tags on the other engine.
func TestTheSuiteOnPostgreSQL(t *testing.T) { dbtest.Again(t) }

type house struct {
	t        *testing.T
	store    *db.DB
	archive  *archive.Archive
	monitors *monitor.Monitors
	tags     *tag.Tags
}

func open(t *testing.T) *house {
	t.Helper()
	home := dbtest.Home(t)
	state, err := db.Open(t.Context(), db.At(home, "hearth"), db.Options{Schemas: []db.Schema{access.StateSchema(), ingest.StateSchema(), monitor.StateSchema(), tag.StateSchema()}})
	if err != nil {
		t.Fatal(err)
	}
	h := &house{t: t}
	h.store, err = db.Open(t.Context(), db.At(home, "archive"), db.Options{Schemas: []db.Schema{archive.Schema(), ingest.ArchiveSchema(), monitor.ArchiveSchema(), tag.ArchiveSchema()}})
	if err != nil {
		t.Fatal(err)
	}
	clock := func() time.Time { return noon }
	if h.archive, err = archive.Open(t.Context(), h.store, archive.Options{Clock: clock}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		h.archive.Close()
		h.store.Close()
		state.Close()
	})
	log := slog.New(slog.DiscardHandler)
	if h.monitors, err = monitor.New(t.Context(), monitor.Options{State: state, Archive: h.archive, Store: h.store, Clock: clock, Log: log}); err != nil {
		t.Fatal(err)
	}
	h.tags = tag.New(tag.Options{State: state, Store: h.store, Archive: h.archive, Monitors: h.monitors, Clock: clock, Log: log})
	return h
}

// run does the runs until the test ends, or stop.
func (h *house) run(held func(*db.Tx) error) (stop func()) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(h.t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- h.tags.Run(ctx, held) }()
	stop = func() {
		cancel()
		if err := <-ended; err != nil {
			h.t.Error(err)
		}
		ended <- nil
	}
	h.t.Cleanup(stop)
	return stop
}

func free(*db.Tx) error { return nil }

func (h *house) arrive(from, to int, text string) {
	h.t.Helper()
	var entries []archive.Entry
	for i := from; i < to; i++ {
		entries = append(entries, archive.Entry{Post: &hearth.Post{Network: "demo", ID: fmt.Sprint("p", i), Text: text, Published: noon.Add(time.Duration(i) * time.Second)}})
	}
	if _, err := h.archive.Append(h.t.Context(), here, entries, nil); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) start(query string, c tag.Change) tag.Run {
	h.t.Helper()
	r, err := h.tags.Start(h.t.Context(), ann, monitor.Selection{Query: query}, c)
	if err != nil {
		h.t.Fatal(err)
	}
	if r.Begun.IsZero() || !r.Written.Equal(r.Begun) {
		h.t.Errorf("a run that has just begun, at %s, was last written at %s", r.Begun, r.Written)
	}
	return r
}

func (h *house) steer(id int64, step tag.Step) {
	h.t.Helper()
	if _, err := h.tags.Steer(h.t.Context(), ann, id, step); err != nil {
		h.t.Fatal(err)
	}
}

// until waits until a run is in a state.
func (h *house) until(id int64, state tag.State) tag.Run {
	h.t.Helper()
	deadline := time.Now().Add(2 * time.Minute)
	for {
		r, err := h.tags.Get(h.t.Context(), ann, id)
		if err != nil {
			h.t.Fatal(err)
		}
		if r.State == state {
			return r
		}
		if time.Now().After(deadline) {
			h.t.Fatalf("the run is not %s: %+v", state, r)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func (h *house) count(query string) int64 {
	h.t.Helper()
	n, err := monitor.NewPosts(h.monitors).Count(h.t.Context(), ann, monitor.Selection{Query: query, Exact: true}, 0)
	if err != nil {
		h.t.Fatal(err)
	}
	return int64(n.Total)
}

// proves the bulk half of M15
func TestARunTagsEverythingAndIsUndoneAsIfItHadNeverBeen(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.arrive(0, 700, "apple pie")
	h.arrive(700, 900, "cake")
	var some []hearth.Key
	for i := range 100 {
		some = append(some, hearth.Key{Network: "demo", ID: fmt.Sprint("p", i)})
	}
	done, err := h.tags.Set(t.Context(), ann, append(some, hearth.Key{Network: "demo", ID: "nobody"}), tag.Change{Set: []string{" fruit "}})
	if err != nil || done.Changed != 100 || done.Missing != 1 || done.Run == 0 {
		t.Fatalf("%+v, %v", done, err)
	}
	h.run(free)
	r := h.until(h.start("apple", tag.Change{Set: []string{"Fruit", "sweet"}}).ID, tag.Finished)
	if r.Total != 700 || r.Looked < 700 || r.Changed != 700 {
		t.Errorf("it did %+v", r)
	}
	if fruit, sweet := h.count("tag:fruit"), h.count("tag:sweet AND apple"); fruit != 700 || sweet != 700 {
		t.Errorf("%d have the one tag, %d the other", fruit, sweet)
	}
	h.steer(r.ID, tag.Undo)
	h.until(r.ID, tag.Undone)
	if fruit, sweet := h.count("tag:fruit"), h.count("tag:sweet"); fruit != 100 || sweet != 0 {
		t.Errorf("undone, %d have the one tag, %d the other", fruit, sweet)
	}
	away := h.until(h.start("tag:fruit", tag.Change{Drop: []string{"FRUIT"}}).ID, tag.Finished)
	if n := h.count("tag:fruit"); n != 0 {
		t.Errorf("%d are still tagged", n)
	}
	h.steer(away.ID, tag.Undo)
	h.until(away.ID, tag.Undone)
	if n := h.count("tag:fruit"); n != 100 {
		t.Errorf("%d have what was taken away again", n)
	}
	said, err := h.tags.Said(t.Context(), ann, some[0])
	if err != nil || len(said) != 3 || said[0].By.User != 5 || said[1].Undone.IsZero() || said[2].Was != "fruit" {
		t.Errorf("what was said of it: %+v, %v", said, err)
	}
}

func TestAPausedRunGoesOnWhereItStoodAndACancelledOneDoesNot(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.arrive(0, 1000, "apple")
	steps := make(chan struct{})
	go func() { steps <- struct{}{} }() // one page only
	stop := h.run(func(*db.Tx) error {
		select {
		case <-steps:
			return nil
		default:
			return hearth.Errorf(hearth.Unavailable, "not now")
		}
	})
	r := h.start("apple", tag.Change{Set: []string{"fruit"}})
	for {
		if now, err := h.tags.Get(t.Context(), ann, r.ID); err != nil {
			t.Fatal(err)
		} else if now.Looked > 0 {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	h.steer(r.ID, tag.Pause)
	stop()
	if n := h.count("tag:fruit"); n != 200 {
		t.Fatalf("%d are tagged after one page", n)
	}
	h.run(free)
	h.steer(r.ID, tag.Resume)
	if done := h.until(r.ID, tag.Finished); done.Looked != 1000 || h.count("tag:fruit") != 1000 {
		t.Errorf("it did %+v", done)
	}
	if _, err := h.tags.Steer(t.Context(), ann, r.ID, tag.Cancel); hearth.ErrorCode(err) != hearth.Conflict {
		t.Errorf("what is done was cancelled: %v", err)
	}
}

func TestWhatIsNoTagIsRefused(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.arrive(0, 1, "apple")
	p0 := []hearth.Key{{Network: "demo", ID: "p0"}}
	for _, c := range []tag.Change{{}, {Set: []string{" "}}, {Set: []string{"\u200b"}}, {Set: []string{strings.Repeat("x", 101)}}, {Drop: []string{"a\u0007b"}}, {Set: slices.Repeat([]string{"x"}, 21)}} {
		if _, err := h.tags.Set(t.Context(), ann, p0, c); hearth.ErrorCode(err) != hearth.Invalid {
			t.Errorf("%+v: %v", c, err)
		}
	}
	if _, err := h.tags.Start(t.Context(), ann, monitor.Selection{Query: "a AND"}, tag.Change{Set: []string{"x"}}); hearth.ErrorCode(err) != hearth.Invalid {
		t.Errorf("an unsound query: %v", err)
	}
	reader := access.Limited(here, 6, access.ReadPosts)
	if _, err := h.tags.Set(t.Context(), reader, p0, tag.Change{Set: []string{"x"}}); hearth.ErrorCode(err) != hearth.Denied {
		t.Errorf("a reader: %v", err)
	}
}
