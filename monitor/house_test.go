package monitor_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"hearth"
	"hearth/access"
	"hearth/archive"
	"hearth/db"
	"hearth/db/dbtest"
	"hearth/ingest"
	"hearth/match"
	"hearth/monitor"
	"hearth/monitor/tile"
	"hearth/query"
	"hearth/text"
)

const here = hearth.DefaultWorkspace

var (
	owner = access.LocalOwner(here)
	noon  = time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC) // a Monday
)

// house is monitors on real files.
type house struct {
	t        testing.TB
	state    *db.DB
	store    *db.DB
	archive  *archive.Archive
	monitors *monitor.Monitors
	clock    *clock
	scratch  *match.Scratch
}

// clock is set by hand.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// proves the parity half of G2: the same counts on the other engine.
func TestTheSuiteOnPostgreSQL(t *testing.T) { dbtest.Again(t) }

func open(t testing.TB) *house { return openIn(t, dbtest.Home(t)) }

func openIn(t testing.TB, dir string) *house {
	t.Helper()
	h := &house{t: t, clock: &clock{now: noon}, scratch: match.NewScratch()}
	var err error
	if h.state, err = db.Open(t.Context(), db.At(dir, "hearth"), db.Options{Schemas: []db.Schema{access.StateSchema(), ingest.StateSchema(), monitor.StateSchema()}}); err != nil {
		t.Fatal(err)
	}
	h.store, err = db.Open(t.Context(), db.At(dir, "archive"), db.Options{Schemas: []db.Schema{archive.Schema(), ingest.ArchiveSchema(), monitor.ArchiveSchema()}})
	if err != nil {
		t.Fatal(err)
	}
	if h.archive, err = archive.Open(t.Context(), h.store, archive.Options{Clock: h.clock.Now}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		h.archive.Close()
		h.store.Close()
		h.state.Close()
	})
	h.monitors = h.newMonitors(0)
	return h
}

func (h *house) newMonitors(limit int) *monitor.Monitors {
	h.t.Helper()
	m, err := monitor.New(h.t.Context(), monitor.Options{
		State: h.state, Archive: h.archive, Store: h.store, Clock: h.clock.Now, Log: slog.New(slog.DiscardHandler), Limit: limit,
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return m
}

// listen creates monitors of the queries.
func (h *house) listen(queries ...string) (ids []hearth.MonitorID) {
	h.t.Helper()
	for _, q := range queries {
		mon, err := h.monitors.Create(h.t.Context(), owner, monitor.Draft{Name: q, Query: q})
		if err != nil {
			h.t.Fatal(err)
		}
		ids = append(ids, mon.ID)
	}
	return ids
}

// arrive stores entries as ingest does, with the monitors that match them now.
func (h *house) arrive(entries ...archive.Entry) []archive.Result {
	h.t.Helper()
	set := h.monitors.Queries(here)
	for i := range entries {
		e := &entries[i]
		if e.Op != archive.Create && e.Op != archive.Update {
			continue
		}
		var doc text.Doc
		query.AddPost(&doc, e.Post)
		wanted := set.Wanted(h.scratch, e.Post, &doc, nil)
		e.Monitors = set.Decide(h.scratch, e.Post, &doc, wanted, nil)
	}
	results, err := h.archive.Append(h.t.Context(), here, entries, nil)
	if err != nil {
		h.t.Fatal(err)
	}
	return results
}

// run runs the monitors until the test ends.
func (h *house) run() (stop func()) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(h.t.Context()))
	ended := make(chan error, 1)
	m := h.monitors
	go func() { ended <- m.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			h.t.Error(err)
		}
	})
	h.t.Cleanup(stop)
	return stop
}

// settle waits until everything stored is counted and the past of every monitor
// was searched.
func (h *house) settle() {
	h.t.Helper()
	within(h.t, 2*time.Minute, "everything is counted", func() bool {
		head, err := h.archive.Head(h.t.Context())
		if err != nil {
			h.t.Fatal(err)
		}
		counts, err := h.monitors.Count(h.t.Context(), owner, monitor.CountSearch{})
		if err != nil {
			h.t.Fatal(err)
		}
		if counts.Upto != head {
			return false
		}
		list, err := h.monitors.List(h.t.Context(), owner)
		if err != nil {
			h.t.Fatal(err)
		}
		for _, mon := range list {
			f, err := h.monitors.Filling(h.t.Context(), owner, mon.ID)
			if err != nil {
				h.t.Fatal(err)
			}
			if !mon.Paused && f.State != monitor.FillDone && f.State != monitor.FillCancelled {
				return false
			}
		}
		return true
	})
}

// recounted fails the test if any number differs from a recount.
func (h *house) recounted() {
	h.t.Helper()
	differences, err := h.monitors.Recount(h.t.Context(), here)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, d := range differences {
		h.t.Error(d)
	}
}

// dump is the derived tables, without numbers that depend on the order in which
// they were made.
func (h *house) dump() string {
	h.t.Helper()
	var b strings.Builder
	err := h.store.Read(h.t.Context(), func(tx *db.Tx) error {
		for _, q := range []string{
			`SELECT 'tally', t.workspace_id, t.seq, t.at, t.hidden, t.monitors, d.network, d.lang, d.sentiment, d.kind, d.intents
			 FROM tally t JOIN dimension d ON d.id = t.dimension_id ORDER BY 2, 3`,
			`SELECT 'mention', workspace_id, monitor_id, at, seq, '', '', '', '', '', 0 FROM mention ORDER BY 2, 3, 4, 5`,
			`SELECT 'total', t.workspace_id, t.monitor_id, t.posts, 0, '', d.network, d.lang, d.sentiment, d.kind, d.intents
			 FROM total t JOIN dimension d ON d.id = t.dimension_id ORDER BY 2, 3, 7, 8, 9, 10, 11`,
			`SELECT 'name', workspace_id, kind, posts, 0, network, text, '', '', '', 0 FROM name ORDER BY 2, 3, 6, 7`,
		} {
			rows, err := tx.Query(q)
			if err != nil {
				return err
			}
			for rows.Next() {
				var table string
				var ws, a, c, d int64
				var e, f, g, i, j, k string
				if err := rows.Scan(&table, &ws, &a, &c, &d, &e, &f, &g, &i, &j, &k); err != nil {
					return err
				}
				fmt.Fprintln(&b, table, ws, a, c, d, e, f, g, i, j, k)
			}
			if err := rows.Err(); err != nil {
				return err
			}
			rows.Close()
		}
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return b.String()
}

// mentions is the ids of a monitor's posts, the newest first.
func (h *house) mentions(id hearth.MonitorID) (ids []string) {
	h.t.Helper()
	search := monitor.MentionSearch{Monitor: id, Limit: 7}
	for {
		page, err := h.monitors.Mentions(h.t.Context(), owner, search)
		if err != nil {
			h.t.Fatal(err)
		}
		for _, m := range page.Mentions {
			ids = append(ids, m.Post.ID)
		}
		if page.Next == "" {
			return ids
		}
		search.Cursor = page.Next
	}
}

func (h *house) total(id hearth.MonitorID) int64 {
	h.t.Helper()
	counts, err := h.monitors.Count(h.t.Context(), owner, monitor.CountSearch{Monitor: id})
	if err != nil {
		h.t.Fatal(err)
	}
	return counts.Total
}

func entry(op archive.Op, id, author, words string) archive.Entry {
	return archive.Entry{Op: op, At: noon, Post: &hearth.Post{
		Network: "bluesky", ID: id, Text: words, Published: noon, Author: hearth.Author{ID: author},
	}}
}

func post(id, words string) archive.Entry { return entry(archive.Create, id, "ann", words) }

func at(e archive.Entry, t time.Time) archive.Entry {
	e.Post.Published = t
	return e
}

// edit is the n-th edit of a post.
func edit(n int, id, words string) archive.Entry {
	e := entry(archive.Update, id, "ann", words)
	e.Revision, e.At = fmt.Sprint("r", n), noon.Add(time.Duration(n)*time.Second)
	return e
}

func within(t testing.TB, d time.Duration, what string, condition func() bool) {
	t.Helper()
	deadline := time.NewTimer(d)
	defer deadline.Stop()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for !condition() {
		select {
		case <-deadline.C:
			t.Fatalf("not within %v: %s", d, what)
		case <-tick.C:
		}
	}
}

func equal[T comparable](t testing.TB, what string, got []T, want ...T) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func wantCode(t testing.TB, what string, err error, code hearth.Code) {
	t.Helper()
	var e *hearth.Error
	if !errors.As(err, &e) || e.Code != code || e.Message == "" {
		t.Errorf("%s: %v, want %s", what, err, code)
	}
}

// fillYear writes the roll-ups of a year in which every hour has posts of forty
// kinds, spread over its quarters, and twenty names each tile.
func (h *house) fillYear(t testing.TB, id hearth.MonitorID) (posts int64) {
	t.Helper()
	err := h.store.Write(t.Context(), func(tx *db.Tx) error {
		for d := range 40 {
			_, err := tx.Exec(`
				INSERT INTO dimension (id, workspace_id, network, lang, sentiment, kind, intents) VALUES (?, 1, 'bluesky', ?, ?, ?, 0) ON CONFLICT DO NOTHING`,
				d+1, string([]byte{'a', byte('a' + d%10)}), []string{"", "positive", "negative", "neutral"}[d%4], []string{"original", "reply"}[d/20])
			if err != nil {
				return err
			}
		}
		var moves, named []tile.Entry
		for i := range uint64(6 * 40 * 3) {
			moves = append(moves, tile.Entry{Key: (i/30)<<32 + i%30 + 1, Posts: 1})
			posts += 1464
		}
		for i := range uint64(2000) {
			named = append(named, tile.Entry{Key: i*7 + 1, Posts: 1 + int64(i%3)})
		}
		counts, err := tile.Merge(nil, moves)
		if err != nil {
			return err
		}
		names, err := tile.Merge(nil, named)
		if err != nil {
			return err
		}
		last := noon.Unix() / (6 * 3600)
		for i := range int64(1464) {
			_, err := tx.Exec(`INSERT INTO tile (workspace_id, monitor_id, start, counts, names) VALUES (1, ?, ?, ?, ?)`, id, last-i, counts, names)
			if err != nil {
				return err
			}
		}
		_, err = tx.Exec(`INSERT INTO total (workspace_id, monitor_id, dimension_id, posts) VALUES (1, ?, 1, ?)`, id, posts)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return posts
}
