package ingest_test

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"
	"unsafe"

	"hearth"
	"hearth/access"
	"hearth/analysis"
	"hearth/archive"
	"hearth/db"
	"hearth/db/dbtest"
	"hearth/ingest"
	"hearth/jobs"
	"hearth/match"
	"hearth/network"
	"hearth/query"
)

const here = hearth.DefaultWorkspace

// proves the parity half of G2: the same way of a post on the other engine.
func TestTheSuiteOnPostgreSQL(t *testing.T) { dbtest.Again(t) }

// house is everything ingest stands on, on real files.
type house struct {
	t       testing.TB
	state   *db.DB
	store   *db.DB
	archive *archive.Archive
	live    *match.Live
	crew    *ingest.Crew
	clock   hearth.Clock
	log     *slog.Logger
}

func open(t testing.TB, dir string) *house {
	t.Helper()
	h := &house{t: t, live: match.NewLive(), crew: ingest.NewCrew(2), clock: hearth.SystemClock, log: slog.New(slog.DiscardHandler)}
	var err error
	if h.state, err = db.Open(t.Context(), db.At(dir, "hearth"), db.Options{Schemas: []db.Schema{access.StateSchema(), jobs.StateSchema(), ingest.StateSchema()}}); err != nil {
		t.Fatal(err)
	}
	h.store, err = db.Open(t.Context(), db.At(dir, "archive"), db.Options{Schemas: []db.Schema{jobs.LeaseSchema(), archive.Schema(), ingest.ArchiveSchema()}})
	if err != nil {
		t.Fatal(err)
	}
	if h.archive, err = archive.Open(t.Context(), h.store, archive.Options{Clock: h.clock, SearchTime: time.Minute}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.close)
	return h
}

func (h *house) close() {
	h.archive.Close()
	h.store.Close()
	h.state.Close()
}

// listen makes monitor 1, 2, … of the queries.
func (h *house) listen(queries ...string) {
	h.t.Helper()
	for i, text := range queries {
		q, problems := query.Parse(text)
		if q == nil {
			h.t.Fatalf("%s: %v", text, problems)
		}
		h.live.Put(hearth.MonitorID(i+1), q)
	}
}

func (h *house) options() ingest.Options {
	return ingest.Options{
		State: h.state, Archive: h.archive, Store: h.store, Clock: h.clock, Log: h.log, Crew: h.crew,
		Queries: func(hearth.WorkspaceID) *match.Set { return h.live.Snapshot() },
	}
}

func (h *house) flowOptions() ingest.FlowOptions {
	return ingest.FlowOptions{
		Workspace: here, Source: 1, Archive: h.archive, Store: h.store, Crew: h.crew, Clock: h.clock, Log: h.log,
		Queries: h.live.Snapshot,
	}
}

// flow takes the batches and gives what came of them.
func (h *house) flow(o ingest.FlowOptions, batches ...*network.Batch) ingest.Progress {
	h.t.Helper()
	f, err := ingest.NewFlow(h.t.Context(), o)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, b := range batches {
		if err := f.Take(h.t.Context(), b); err != nil {
			h.t.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		h.t.Fatal(err)
	}
	p := f.Progress()
	h.balanced(p.Counters)
	return p
}

func (h *house) balanced(c ingest.Counters) {
	h.t.Helper()
	if c.Ended() != c.Events {
		h.t.Errorf("%d events were read but the ends of %d are known: %+v", c.Events, c.Ended(), c)
	}
}

// log is all rows of the archive's log.
func (h *house) rows() (rows []archive.Stored) {
	h.t.Helper()
	err := h.archive.ReadLog(context.Background(), here, 0, 1_000_000, func(s *archive.Stored) error {
		rows = append(rows, *s)
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return rows
}

// texts is the texts of the stored posts, erased ones left out.
func (h *house) texts() (texts []string) {
	h.t.Helper()
	for _, r := range h.rows() {
		if (r.Op == archive.Create || r.Op == archive.Update) && !r.Erased {
			texts = append(texts, r.Post.Text)
		}
	}
	return texts
}

var noon = time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)

func event(op network.Op, id, author, text string) network.Event {
	return network.Event{
		Op: op, At: noon,
		Post: hearth.Post{Network: "bluesky", ID: id, Text: text, Author: hearth.Author{ID: author}, Published: noon},
	}
}

func create(id, text string) network.Event { return event(network.Create, id, "ann", text) }

func edited(id, revision, text string) network.Event {
	e := event(network.Update, id, "ann", text)
	e.Revision = revision
	return e
}

func batch(cursor string, events ...network.Event) *network.Batch {
	return &network.Batch{Events: events, Cursor: network.Cursor(cursor), Frames: len(events)}
}

// numbered is n posts, one in every of which speaks of pie.
func numbered(from, n, every int) []network.Event {
	events := make([]network.Event, n)
	for i := range events {
		text := fmt.Sprintf("nothing to see in number %d", from+i)
		if (from+i)%every == 0 {
			text = fmt.Sprintf("apple pie number %d", from+i)
		}
		events[i] = create(fmt.Sprintf("p%06d", from+i), text)
	}
	return events
}

// within polls until the condition holds.
func within(t testing.TB, d time.Duration, what string, condition func() bool) {
	t.Helper()
	deadline := time.NewTimer(d)
	defer deadline.Stop()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !condition() {
		select {
		case <-deadline.C:
			t.Fatalf("not within %v: %s", d, what)
		case <-tick.C:
		}
	}
}

// panicky is an analyzer that fails on the word of the query language's own
// example of trouble.
func panicky(word string) analysis.Analyzer {
	return analysis.Analyzer{Name: "panicky", Version: 1, Run: func(items []analysis.Item) {
		for _, it := range items {
			for i := range it.Doc.Tokens {
				if string(it.Doc.PlainOf(&it.Doc.Tokens[i])) == word {
					panic("cannot bear " + word)
				}
			}
			it.Post.Sentiment = hearth.Positive
		}
	}}
}

var owner = access.LocalOwner(here)

// unsafeString shares the memory of b, as decoders do.
func unsafeString(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
