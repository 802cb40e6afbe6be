package monitor_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"hearth"
	"hearth/archive"
	"hearth/db"
	"hearth/db/dbtest"
	"hearth/ingest"
	"hearth/match"
	"hearth/monitor"
	"hearth/network"
	"hearth/replay"
)

// past is a house whose sources feed a window and whose networks can be
// searched.
type past struct {
	*house
	sources *ingest.Sources
	window  *replay.Window // nil: none
	crew    *ingest.Crew
	source  hearth.SourceID
	library *library
}

// library is a network that remembers what it was told and can be searched.
type library struct {
	mu      sync.Mutex
	posts   []hearth.Post // the newest last
	page    int
	fail    error
	gap     string // said with the last page
	wanted  []network.Wanted
	cursors []network.Cursor
	block   chan struct{} // where not nil, a page waits for it
}

func (l *library) network() network.Network {
	return network.Network{
		Name: "town", Title: "Town library",
		Stream: func(ctx context.Context, _ *network.Session, _ network.Cursor, _ func(*network.Batch) error) error {
			<-ctx.Done()
			return ctx.Err()
		},
		Search: l.search,
	}
}

func (l *library) search(ctx context.Context, _ *network.Session, want network.Wanted, from network.Cursor, emit func(*network.Batch) error) error {
	l.mu.Lock()
	l.wanted, l.cursors = append(l.wanted, want), append(l.cursors, from)
	posts, page, block := slices.Clone(l.posts), l.page, l.block
	l.mu.Unlock()
	at := 0
	fmt.Sscan(string(from), &at)
	slices.Reverse(posts)
	for at < len(posts) {
		if block != nil {
			select {
			case <-block:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		b := network.Batch{Frames: 1}
		for range min(page, len(posts)-at) {
			p := posts[at]
			at++
			if slices.ContainsFunc(want.Phrases, func(s string) bool { return strings.Contains(p.Text, s) }) {
				b.Events = append(b.Events, network.Event{Op: network.Create, At: p.Published, Post: p})
			}
		}
		b.Cursor = network.Cursor(fmt.Sprint(at))
		if at == len(posts) && l.gap != "" {
			b.Gaps = append(b.Gaps, network.Gap{Reason: l.gap})
		}
		if err := emit(&b); err != nil {
			return err
		}
	}
	return l.fail
}

func openPast(t testing.TB, dir string, windowed bool) *past {
	t.Helper()
	p := &past{house: openIn(t, dir), crew: ingest.NewCrew(2), library: &library{page: 10}}
	if windowed {
		d, err := db.Open(t.Context(), filepath.Join(dir, "replay.db"), db.Options{Schemas: []db.Schema{replay.Schema()}})
		if err != nil {
			t.Fatal(err)
		}
		p.window, err = replay.Open(t.Context(), d, replay.Options{
			Age: 48 * time.Hour, Size: 1 << 30, Rules: match.KeyRules, BlockBytes: 16 << 10, Clock: p.clock.Now, Log: slog.New(slog.DiscardHandler),
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			p.window.Close()
			d.Close()
		})
	}
	p.sources = ingest.NewSources(ingest.Options{
		State: p.state, Archive: p.archive, Store: p.store, Networks: []network.Network{p.library.network()}, Crew: p.crew, Window: p.window,
		Queries: func(ws hearth.WorkspaceID) *match.Set { return p.monitors.Queries(ws) }, Clock: p.clock.Now, Log: slog.New(slog.DiscardHandler),
	})
	var err error
	p.monitors, err = monitor.New(t.Context(), monitor.Options{
		State: p.state, Archive: p.archive, Store: p.store, Clock: p.clock.Now, Log: slog.New(slog.DiscardHandler), Past: ingest.NewPast(p.sources),
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// addSource makes the library a source.
func (p *past) addSource() {
	p.t.Helper()
	src, err := p.sources.Add(p.t.Context(), owner, ingest.Draft{Network: "town"})
	if err != nil {
		p.t.Fatal(err)
	}
	p.source = src.ID
}

// hear lets events come in as a source's do.
func (p *past) hear(events ...network.Event) {
	p.t.Helper()
	f, err := ingest.NewFlow(p.t.Context(), ingest.FlowOptions{
		Workspace: here, Source: 9, Archive: p.archive, Store: p.store, Crew: p.crew, Clock: p.clock.Now, Log: slog.New(slog.DiscardHandler),
		Queries: func() *match.Set { return p.monitors.Queries(here) }, Window: p.window,
	})
	if err != nil {
		p.t.Fatal(err)
	}
	for chunk := range slices.Chunk(events, 500) {
		if err := f.Take(p.t.Context(), &network.Batch{Events: chunk, Frames: len(chunk), Cursor: "c"}); err != nil {
			p.t.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		p.t.Fatal(err)
	}
}

func said(op network.Op, id, text string) network.Event {
	return network.Event{Op: op, At: noon, Revision: text, Post: hearth.Post{Network: "town", ID: id, Text: text, Author: hearth.Author{ID: "ann"}, Published: noon}}
}

// talk is n posts of which one in every speaks of a walrus.
func talk(n, every int) (events []network.Event) {
	for i := range n {
		text := fmt.Sprint("nothing to see in number ", i)
		if i%every == 0 {
			text = fmt.Sprint("a walrus, number ", i)
		}
		events = append(events, said(network.Create, fmt.Sprintf("p%05d", i), text))
	}
	return events
}

func (p *past) filling(id hearth.MonitorID) monitor.Fill {
	p.t.Helper()
	f, err := p.monitors.Filling(p.t.Context(), owner, id)
	if err != nil {
		p.t.Fatal(err)
	}
	return f
}

// proves M4 and I11: posts of the window become mentions, as history.
func TestANewMonitorFindsWhatNobodyWantedWhenItWasSaid(t *testing.T) {
	t.Parallel()
	p := openPast(t, t.TempDir(), true)
	p.listen("cake")
	p.hear(talk(3000, 100)...)
	p.hear(said(network.Create, "both", "cake for a walrus"), said(network.Update, "p00100", "a walrus, edited"),
		said(network.Delete, "p00200", ""), said(network.Create, "gone", "cake and walrus"))
	if n, err := p.archive.Erase(t.Context(), here, []hearth.Key{{Network: "town", ID: "gone"}}, "asked for"); err != nil || n != 1 {
		t.Fatal(n, err)
	}
	p.run()
	p.settle()
	id := p.listen("walrus")[0]
	p.settle()

	got := p.mentions(id)
	if len(got) != 30 || slices.Contains(got, "p00200") || slices.Contains(got, "gone") || !slices.Contains(got, "both") {
		t.Errorf("%d mentions: %v", len(got), got)
	}
	f := p.filling(id)
	if f.State != monitor.FillDone || f.Found != 30 || f.Brought != 29 || f.Share() != 1 || f.Looked < 3000 || len(f.Notes) != 0 {
		t.Errorf("%+v", f)
	}
	err := p.archive.ReadLog(t.Context(), here, 0, 10_000, func(s *archive.Stored) error {
		if strings.HasPrefix(s.Post.ID, "p0") && (s.Source != 0 || !slices.Equal(s.Monitors, []hearth.MonitorID{id})) {
			t.Errorf("%s has source %d and monitors %v", s.Post.ID, s.Source, s.Monitors)
		}
		if s.Post.ID == "p00100" && s.Post.Text != "a walrus, edited" {
			t.Errorf("%s says %q", s.Post.ID, s.Post.Text)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	p.recounted()

	// Once more finds nothing twice.
	if _, err := p.monitors.Fill(t.Context(), owner, id, time.Time{}); err != nil {
		t.Fatal(err)
	}
	p.settle()
	if again := p.filling(id); again.State != monitor.FillDone || again.Found != 30 || again.Brought != 0 || len(p.mentions(id)) != 30 {
		t.Errorf("again: %+v, %d mentions", again, len(p.mentions(id)))
	}
	p.recounted()
}

func TestTheNetworksOwnSearchIsAskedAndItsTroubleSaid(t *testing.T) {
	t.Parallel()
	p := openPast(t, t.TempDir(), false)
	p.addSource()
	for i := range 100 {
		e := said(network.Create, fmt.Sprint("old", i), "nothing")
		if i%10 == 0 {
			e.Post.Text = "an old walrus"
		}
		p.library.posts = append(p.library.posts, e.Post)
	}
	p.library.posts = append(p.library.posts, said(network.Create, "hat", "an old walrus with a hat").Post)
	p.run()
	id := p.listen(`"old walrus" NOT hat`)[0]
	p.settle()
	if got := p.mentions(id); len(got) != 10 {
		t.Errorf("mentions %v", got)
	}
	f := p.filling(id)
	if f.Found != 10 || f.Brought != 10 || len(f.Notes) != 1 || !strings.Contains(f.Notes[0], "no replay window") {
		t.Errorf("%+v", f)
	}
	want := p.library.wanted[0]
	if !slices.Equal(want.Phrases, []string{"old walrus"}) || !want.Until.Equal(noon) || !want.Since.Equal(noon.Add(-30*24*time.Hour)) {
		t.Errorf("asked for %+v", want)
	}

	p.library.mu.Lock()
	p.library.fail, p.library.gap = errors.New("the library is closed"), "Older books are lent out."
	p.library.mu.Unlock()
	other := p.listen("walrus OR lang:xx")[0]
	third := p.listen("walrus AND old")[0]
	p.settle()
	if f := p.filling(third); f.State != monitor.FillDone || len(f.Notes) != 3 || !strings.Contains(f.Notes[1], "lent out") ||
		!strings.Contains(f.Notes[2], "the library is closed") {
		t.Errorf("%+v", f)
	}
	if f := p.filling(other); f.State != monitor.FillDone || len(f.Notes) != 2 || !strings.Contains(f.Notes[1], "names no words") {
		t.Errorf("%+v", f)
	}
	p.recounted()
}

func TestASearchOfThePastRestsAndGoesOnOverARestart(t *testing.T) {
	t.Parallel()
	p := openPast(t, t.TempDir(), true)
	p.addSource()
	p.hear(talk(500, 50)...)
	for i := range 60 {
		p.library.posts = append(p.library.posts, said(network.Create, fmt.Sprint("old", i), "an old walrus").Post)
	}
	p.library.block = make(chan struct{})
	stop := p.run()
	id := p.listen("walrus")[0]
	p.library.block <- struct{}{}
	within(t, time.Minute, "the first page of the network is noted", func() bool { return p.filling(id).Found >= 20 })
	if _, err := p.monitors.PauseFill(t.Context(), owner, id); err != nil {
		t.Fatal(err)
	}
	p.library.block <- struct{}{} // its page comes too late to be noted
	stop()
	f := p.filling(id)
	if f.State != monitor.FillPaused || f.Stage != monitor.FillNetworks || f.Found != 20 {
		t.Fatalf("%+v", f)
	}
	close(p.library.block)
	p.run()
	if _, err := p.monitors.ResumeFill(t.Context(), owner, id); err != nil {
		t.Fatal(err)
	}
	p.settle()
	if got := len(p.mentions(id)); got != 70 {
		t.Errorf("%d mentions", got)
	}
	p.recounted()
}

// proves F2 for the search of the past: however often it is broken off, what it
// finds counts once.
func TestABrokenOffSearchOfThePastFindsEverythingOnce(t *testing.T) {
	t.Parallel()
	p := openPast(t, t.TempDir(), true)
	p.addSource()
	p.hear(talk(4000, 20)...)
	for i := range 200 {
		p.library.posts = append(p.library.posts, said(network.Create, fmt.Sprintf("p%05d", 20*i+20*100), "a walrus again").Post)
	}
	id := p.listen("walrus")[0]
	stopped := 0
	for p.filling(id).State != monitor.FillDone {
		before := p.filling(id)
		stop := p.run()
		within(t, time.Minute, "it goes on", func() bool {
			f := p.filling(id)
			return f.Looked != before.Looked || f.Stage != before.Stage || f.State == monitor.FillDone
		})
		stop()
		stopped++
	}
	if stopped < 3 {
		t.Errorf("it was broken off %d times only", stopped)
	}
	p.run()
	p.settle()
	if got := len(p.mentions(id)); got != 300 {
		t.Errorf("%d mentions, not 200 of the window and 100 of the network", got)
	}
	p.recounted()
}

// proves I7, F11 for searches of the past: a process that was replaced without
// noticing can note nothing any more, and the one that replaced it goes on.
func TestAReplacedProcessNotesNothingOfAPastItSearches(t *testing.T) {
	t.Parallel()
	p := openPast(t, dbtest.Home(t), false)
	p.addSource()
	for i := range 60 {
		p.library.posts = append(p.library.posts, said(network.Create, fmt.Sprint("old", i), "an old walrus").Post)
	}
	id := p.listen("walrus")[0]
	replaced := errors.New("another process has taken this over")
	asked := 0
	err := p.monitors.RunWhile(t.Context(), func(*db.Tx) error {
		if asked++; asked > 3 {
			return replaced
		}
		return nil
	})
	if !errors.Is(err, replaced) || asked != 4 {
		t.Fatalf("the zombie ended with %v after %d questions", err, asked)
	}
	f := p.filling(id)
	if f.State != monitor.FillRunning || f.Found == 0 || f.Found >= 60 {
		t.Fatalf("it left %+v: the test is blind, or the refused transaction counts", f)
	}
	p.run()
	p.settle()
	// What the refused page had brought is stored: it is not brought again.
	if f = p.filling(id); f.State != monitor.FillDone || f.Found > 60 || len(p.mentions(id)) != 60 {
		t.Errorf("after the one that replaced it: %+v, %d mentions", f, len(p.mentions(id)))
	}
	p.recounted()
}
