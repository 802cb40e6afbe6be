package ingest_test

import (
	"context"
	"fmt"
	"net/http/httptest"
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
	"hearth/network"
	"hearth/network/bluesky"
	"hearth/network/bluesky/fake"
)

// world is a Bluesky of our own and the sources that listen to it.
type world struct {
	*house
	bluesky  *fake.Server
	settings map[string]string
	sources  *ingest.Sources
	stop     func()
}

func newWorld(t *testing.T, h *house, networks ...network.Network) *world {
	t.Helper()
	w := &world{house: h, bluesky: fake.New(fake.Options{Clock: hearth.SystemClock})}
	server := httptest.NewServer(w.bluesky)
	t.Cleanup(server.Close)
	w.settings = map[string]string{"endpoint": "ws" + strings.TrimPrefix(server.URL, "http"), "appview": server.URL}
	o := h.options()
	o.Networks = append([]network.Network{bluesky.Network()}, networks...)
	o.HTTP = server.Client()
	o.Random = func() float64 { return 0 }
	w.sources = ingest.NewSources(o)
	w.run(t)
	return w
}

// run runs the sources until the test ends or stop is called.
func (w *world) run(t *testing.T) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- w.sources.Run(ctx) }()
	stopped := false
	w.stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		select {
		case err := <-ended:
			if err != nil {
				t.Error(err)
			}
		case <-time.After(time.Minute):
			t.Error("the sources do not stop")
		}
	}
	t.Cleanup(w.stop)
}

// again is the sources of another run of the program.
func (w *world) again() *ingest.Sources {
	o := w.options()
	o.Networks = []network.Network{bluesky.Network()}
	return ingest.NewSources(o)
}

func (w *world) add(t *testing.T) ingest.Source {
	t.Helper()
	src, err := w.sources.Add(t.Context(), owner, ingest.Draft{Network: "bluesky", Settings: w.settings})
	if err != nil {
		t.Fatal(err)
	}
	within(t, 10*time.Second, "a connection is made", func() bool { return w.bluesky.Connections() > 0 })
	return src
}

func (w *world) status(t *testing.T, id hearth.SourceID) ingest.Status {
	t.Helper()
	st, err := w.sources.StatusOf(t.Context(), owner, id)
	if err != nil {
		t.Fatal(err)
	}
	return st
}

func (w *world) publish(text string) string {
	return w.bluesky.Publish(&hearth.Post{Text: text, Author: hearth.Author{ID: "did:plc:ann"}})
}

func TestASourceBringsInWhatIsWantedWithItsAuthor(t *testing.T) {
	t.Parallel()
	h := open(t, dbtest.Home(t))
	h.listen("pie", "author:ann.example")
	w := newWorld(t, h)
	w.bluesky.SetProfile("did:plc:ann", fake.Profile{Handle: "ann.example", Name: "Ann"})
	w.publish("pie before anybody listens")
	src := w.add(t)
	for i := range 200 {
		w.bluesky.Publish(&hearth.Post{Text: fmt.Sprintf("number %d", i), Author: hearth.Author{ID: "did:plc:bo"}})
	}
	w.publish("by her handle alone") // which the stream does not tell
	id := w.publish("apple pie")
	within(t, 10*time.Second, "what only the author's handle matches is stored", func() bool { return slices.Contains(h.texts(), "by her handle alone") })
	within(t, 10*time.Second, "the pie is stored", func() bool { return slices.Contains(h.texts(), "apple pie") })
	got, err := h.archive.Get(t.Context(), here, hearth.Key{Network: "bluesky", ID: id})
	if err != nil {
		t.Fatal(err)
	}
	if got.Post.Author.Handle != "ann.example" || got.Source != src.ID || !slices.Equal(got.Monitors, []hearth.MonitorID{1, 2}) {
		t.Errorf("stored %+v", got)
	}
	w.bluesky.Delete(id)
	within(t, 10*time.Second, "the deletion is obeyed", func() bool { return !slices.Contains(h.texts(), "apple pie") })
	within(t, 10*time.Second, "the status follows", func() bool {
		st := w.status(t, src.ID)
		return st.State == ingest.Listening && st.HasAge && st.Age < time.Minute && st.Progress.Counters.Stored == 3
	})
	w.stop()
	h.balanced(w.status(t, src.ID).Progress.Counters)
}

func TestASourceSurvivesEveryFaultOfItsNetwork(t *testing.T) {
	t.Parallel()
	h := open(t, dbtest.Home(t))
	h.listen("pie")
	w := newWorld(t, h)
	w.bluesky.Inject(fake.Fault{Kind: fake.Garbage, After: 20}, fake.Fault{Kind: fake.Duplicate, After: 30}, fake.Fault{Kind: fake.Cut, After: 40, Size: 10})
	w.bluesky.Inject(fake.Fault{Kind: fake.Unknown, After: 3}, fake.Fault{Kind: fake.Close, After: 30})
	w.bluesky.Inject(fake.Fault{Kind: fake.TooSlow, After: 5})
	src := w.add(t)
	const posts = 400
	var want []string
	for i := range posts {
		text := fmt.Sprintf("pie %d", i)
		want = append(want, text)
		w.publish(text)
	}
	within(t, 30*time.Second, "all posts are stored", func() bool { return len(h.texts()) >= posts })
	if got := h.texts(); !slices.Equal(got, want) {
		t.Errorf("%d posts are stored, not the %d that were published", len(got), len(want))
	}
	w.stop()
	c := w.status(t, src.ID).Progress.Counters
	h.balanced(c)
	if c.Stored != posts || c.Rejects == 0 || c.Duplicates == 0 {
		t.Errorf("counters %+v", c)
	}
	if n := w.bluesky.Connections(); n < 4 {
		t.Errorf("%d connections: a fault did not fire", n)
	}
	if len(h.letters()) != int(c.Rejects) {
		t.Errorf("%d letters for %d rejects", len(h.letters()), c.Rejects)
	}
}

func TestWhatComesOutOfOrderOrTooLargeIsCountedAndNothingIsLost(t *testing.T) {
	t.Parallel()
	h := open(t, dbtest.Home(t))
	h.listen("pie")
	w := newWorld(t, h)
	w.bluesky.Inject(fake.Fault{Kind: fake.Reorder, After: 10}, fake.Fault{Kind: fake.Binary, After: 20}, fake.Fault{Kind: fake.Reorder, After: 25})
	w.bluesky.Inject(fake.Fault{Kind: fake.Oversized, After: 10, Size: 8 << 20}, fake.Fault{Kind: fake.Duplicate, After: 12})
	w.settings["protocol"] = "v1"
	src := w.add(t)
	const posts = 300
	want := map[string]bool{}
	for i := range posts {
		text := fmt.Sprintf("pie %d", i)
		want[text] = true
		w.publish(text)
	}
	within(t, 30*time.Second, "all posts are stored", func() bool { return len(h.texts()) >= posts })
	for _, text := range h.texts() {
		if !want[text] {
			t.Errorf("%q is stored twice or was never published", text)
		}
		delete(want, text)
	}
	w.stop()
	c := w.status(t, src.ID).Progress.Counters
	h.balanced(c)
	if c.Rejects == 0 || len(want) != 0 {
		t.Errorf("%d are missing, counters %+v", len(want), c)
	}
}

// proves I8
func TestWhatTheNetworkForgotBecomesAVisibleGap(t *testing.T) {
	t.Parallel()
	h := open(t, dbtest.Home(t))
	h.listen("pie")
	w := newWorld(t, h)
	src := w.add(t)
	w.publish("pie one")
	within(t, 10*time.Second, "the first is stored", func() bool { return len(h.texts()) == 1 })
	if _, err := w.sources.Pause(t.Context(), owner, src.ID); err != nil {
		t.Fatal(err)
	}
	within(t, 10*time.Second, "the source is paused", func() bool { return w.status(t, src.ID).State == ingest.Paused && !w.sources.Running(owner, src.ID) })
	for i := range 50 {
		w.publish(fmt.Sprintf("pie lost %d", i))
	}
	w.bluesky.Forget(10)
	if _, err := w.sources.Resume(t.Context(), owner, src.ID); err != nil {
		t.Fatal(err)
	}
	within(t, time.Minute, "the rest is stored", func() bool { return len(h.texts()) == 11 })
	within(t, 10*time.Second, "the gap is shown", func() bool {
		st := w.status(t, src.ID)
		return len(st.Gaps) == 1 && st.Gaps[0].Reason != "" && st.Progress.Counters.Gaps == 1
	})
}

func TestAPausedSourceReadsNothingAndGoesOnWhereItStopped(t *testing.T) {
	t.Parallel()
	h := open(t, dbtest.Home(t))
	h.listen("pie")
	w := newWorld(t, h)
	src := w.add(t)
	w.publish("pie one")
	within(t, 10*time.Second, "the first is stored", func() bool { return len(h.texts()) == 1 })
	paused, err := w.sources.Pause(t.Context(), owner, src.ID)
	if err != nil || !paused.Paused || paused.Version != src.Version+1 {
		t.Fatalf("%+v, %v", paused, err)
	}
	within(t, 10*time.Second, "it stops", func() bool { return !w.sources.Running(owner, src.ID) })
	w.publish("pie two")
	if _, err := w.sources.Resume(t.Context(), owner, src.ID); err != nil {
		t.Fatal(err)
	}
	within(t, time.Minute, "the second is stored", func() bool { return slices.Equal(h.texts(), []string{"pie one", "pie two"}) })
}

func TestTwoRunsOfTheProgramReadAStreamOnce(t *testing.T) {
	t.Parallel()
	h := open(t, dbtest.Home(t))
	h.listen("pie")
	w := newWorld(t, h)
	w.add(t)
	w.publish("pie one")
	within(t, 10*time.Second, "the first is stored", func() bool { return len(h.texts()) == 1 })
	w.stop()
	w.publish("pie two")
	w.sources = w.again()
	w.run(t)
	within(t, time.Minute, "the second is stored", func() bool { return slices.Equal(h.texts(), []string{"pie one", "pie two"}) })
}

func TestAChangedSourceGoesOnWithItsNewSettings(t *testing.T) {
	t.Parallel()
	h := open(t, dbtest.Home(t))
	h.listen("pie")
	w := newWorld(t, h)
	src := w.add(t)
	w.publish("pie one")
	within(t, 10*time.Second, "the first is stored", func() bool { return len(h.texts()) == 1 })
	if _, err := w.sources.Change(t.Context(), owner, src.ID, src.Version, ingest.Draft{Settings: w.settings, KeepEverything: true}); err != nil {
		t.Fatal(err)
	}
	within(t, 10*time.Second, "it connects again", func() bool { return w.bluesky.Connections() == 2 })
	w.publish("cake")
	within(t, 10*time.Second, "what nobody wants is kept", func() bool { return slices.Equal(h.texts(), []string{"pie one", "cake"}) })
}

func TestWhatANetworkLearnsIsKnownAfterARestart(t *testing.T) {
	t.Parallel()
	h := open(t, dbtest.Home(t))
	h.listen("pie")
	w := newWorld(t, h)
	w.bluesky.SetProfile("did:plc:ann", fake.Profile{Handle: "ann.example"})
	w.add(t)
	w.publish("pie one")
	w.publish("pie two")
	within(t, 10*time.Second, "they are stored", func() bool { return len(h.texts()) == 2 })
	w.stop()
	asked := w.bluesky.ProfileCalls()
	w.sources = w.again()
	w.run(t)
	w.publish("pie three")
	within(t, time.Minute, "the third is stored", func() bool { return len(h.texts()) == 3 })
	rows := h.rows()
	if now := w.bluesky.ProfileCalls(); now != asked || rows[2].Post.Author.Handle != "ann.example" {
		t.Errorf("asked %d times, then %d; the author is %q", asked, now, rows[2].Post.Author.Handle)
	}
}

func TestASourceThatPanicsOrFailsIsRetriedAndSaysWhy(t *testing.T) {
	t.Parallel()
	h := open(t, dbtest.Home(t))
	tries := 0
	bad := network.Network{Name: "bad", Title: "Bad", Stream: func(ctx context.Context, _ *network.Session, _ network.Cursor, emit func(*network.Batch) error) error {
		tries++
		switch tries {
		case 1:
			panic("surprise")
		case 2:
			return hearth.Errorf(hearth.Invalid, "The address is wrong.")
		}
		return nil
	}}
	w := newWorld(t, h, bad)
	src, err := w.sources.Add(t.Context(), owner, ingest.Draft{Network: "bad"})
	if err != nil {
		t.Fatal(err)
	}
	within(t, 10*time.Second, "it is retrying", func() bool {
		st := w.status(t, src.ID)
		return st.State == ingest.Retrying && strings.Contains(st.Trouble, "surprise") && !st.RetryAt.IsZero()
	})
	within(t, 10*time.Second, "it has failed for good", func() bool {
		st := w.status(t, src.ID)
		return st.State == ingest.Failed && st.Trouble == "The address is wrong."
	})
}

func TestSourcesAreKeptApartByWorkspaceAndPermission(t *testing.T) {
	t.Parallel()
	h := open(t, dbtest.Home(t))
	w := newWorld(t, h)
	src := w.add(t)
	ctx := t.Context()
	if _, err := w.sources.Get(ctx, access.LocalOwner(2), src.ID); hearth.ErrorCode(err) != hearth.NotFound {
		t.Errorf("a neighbour's Get: %v", err)
	}
	if _, err := w.sources.Pause(ctx, access.LocalOwner(2), src.ID); hearth.ErrorCode(err) != hearth.NotFound {
		t.Errorf("a neighbour's Pause: %v", err)
	}
	if err := w.sources.Remove(ctx, access.LocalOwner(2), src.ID); hearth.ErrorCode(err) != hearth.NotFound {
		t.Errorf("a neighbour's Remove: %v", err)
	}
	reader := access.Limited(here, 7, access.ReadSources)
	if _, err := w.sources.Pause(ctx, reader, src.ID); hearth.ErrorCode(err) != hearth.Denied {
		t.Errorf("a reader's Pause: %v", err)
	}
	if list, err := w.sources.List(ctx, reader); err != nil || len(list) != 1 {
		t.Errorf("a reader's List: %v, %v", list, err)
	}
	if _, err := w.sources.List(ctx, access.Actor{}); hearth.ErrorCode(err) != hearth.Denied {
		t.Errorf("nobody's List: %v", err)
	}
}

func TestASourceIsChangedOnlyInTheVersionThatWasSeen(t *testing.T) {
	t.Parallel()
	h := open(t, dbtest.Home(t))
	w := newWorld(t, h)
	src := w.add(t)
	ctx := t.Context()
	draft := ingest.Draft{Name: "Our ears", Settings: w.settings}
	changed, err := w.sources.Change(ctx, owner, src.ID, src.Version, draft)
	if err != nil || changed.Name != "Our ears" || changed.Version != 2 {
		t.Fatalf("%+v, %v", changed, err)
	}
	draft.Name = "Theirs"
	if _, err := w.sources.Change(ctx, owner, src.ID, src.Version, draft); hearth.ErrorCode(err) != hearth.Conflict {
		t.Errorf("a change of an old version: %v", err)
	}
	if _, err := w.sources.Add(ctx, owner, ingest.Draft{Network: "bluesky", Name: "Our ears", Settings: w.settings}); hearth.ErrorCode(err) != hearth.Conflict {
		t.Errorf("a second source of the name: %v", err)
	}
	if _, err := w.sources.Add(ctx, owner, ingest.Draft{Network: "bluesky", Settings: map[string]string{"nonsense": "1"}}); hearth.ErrorCode(err) != hearth.Invalid {
		t.Errorf("an unknown setting: %v", err)
	}
	if err := w.sources.Remove(ctx, owner, src.ID); err != nil {
		t.Fatal(err)
	}
	if again, err := w.sources.Add(ctx, owner, ingest.Draft{Network: "bluesky", Name: "Our ears", Settings: w.settings}); err != nil || again.ID == src.ID {
		t.Errorf("after a removal: %+v, %v", again, err)
	}
}

func TestAccountsOfStrangersLeaveNoTrace(t *testing.T) {
	t.Parallel()
	h := open(t, dbtest.Home(t))
	h.listen("pie")
	w := newWorld(t, h)
	src := w.add(t)
	w.publish("pie one")
	w.bluesky.SetAccount("did:plc:stranger", "deleted")
	w.bluesky.SetAccount("did:plc:stranger2", "takendown")
	w.bluesky.SetAccount("did:plc:ann", "takendown")
	w.publish("pie two")
	within(t, 10*time.Second, "everything is stored", func() bool { return w.status(t, src.ID).Progress.Counters.Events >= 5 })
	c := w.status(t, src.ID).Progress.Counters
	if c.UnknownAuthors != 2 {
		t.Errorf("counters %+v", c)
	}
	for _, r := range h.rows() {
		if r.Op == archive.HideAuthor && r.Post.Author.ID != "did:plc:ann" || r.Op == archive.DeleteAuthor {
			t.Errorf("a stranger is in the log: %s %s", r.Op, r.Post.Author.ID)
		}
	}
}

// proves I37: damage to our own data stops everything, loudly.
func TestDamageToOurOwnDataStopsTheSources(t *testing.T) {
	t.Parallel()
	h := open(t, dbtest.Home(t))
	h.flow(h.flowOptions(), batch("c1", create("a", "pie")))
	err := h.store.Write(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(`UPDATE source_cursor SET counters = 'nonsense'`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	o := h.options()
	o.Networks = []network.Network{bluesky.Network()}
	sources := ingest.NewSources(o)
	if _, err := sources.Add(t.Context(), owner, ingest.Draft{Network: "bluesky"}); err != nil {
		t.Fatal(err)
	}
	if err := sources.Run(t.Context()); hearth.ErrorCode(err) != hearth.Damaged {
		t.Errorf("the sources ended with %v", err)
	}
}
