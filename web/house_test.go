package web_test

import (
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/html"

	"hearth"
	"hearth/access"
	"hearth/alert"
	"hearth/archive"
	"hearth/bots"
	"hearth/client"
	"hearth/copies"
	"hearth/db"
	"hearth/ingest"
	"hearth/jobs"
	"hearth/match"
	"hearth/monitor"
	"hearth/network"
	"hearth/outbound"
	"hearth/outbox"
	"hearth/quality"
	"hearth/query"
	"hearth/reanalysis"
	"hearth/tag"
	"hearth/text"
	"hearth/topic"
	"hearth/web"
)

const here = hearth.DefaultWorkspace

var (
	owner = access.LocalOwner(here)
	now   = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
)

// house is the pages over real stores.
type house struct {
	access   *access.Access
	t        *testing.T
	state    *db.DB
	web      *web.Web
	archive  *archive.Archive
	monitors *monitor.Monitors
	copies   *copies.Copies
	bots     *bots.Bots
	sources  *ingest.Sources
	jobs     *jobs.Queue
	alerts   *alert.Alerts
	rooms    *alert.Incidents
	outbox   *outbox.Outbox
	imports  *ingest.Imports
	uploads  *ingest.Uploads
	letters  *ingest.LetterRuns
	store    *db.DB
	actor    func(*http.Request) (access.Actor, error)
	topics   *topic.Topics
	again    *reanalysis.Reanalyses
	checks   *quality.Checks
	view     web.View
	viewErr  error
	stopping chan struct{}
	later    atomic.Int64 // that the clock is ahead of now
}

func open(t *testing.T) *house {
	t.Helper()
	h := &house{t: t, stopping: make(chan struct{}), view: web.View{Status: client.Status{State: "running", Storage: client.Storage{Free: -1}}}}
	// Package testing keeps what cleanups name until all tests have ended; a
	// hundred houses, each with its templates, are some gigabytes.
	t.Cleanup(func() { *h = house{} })
	h.actor = func(*http.Request) (access.Actor, error) { return owner, nil }
	clock := func() time.Time { return now.Add(time.Duration(h.later.Load())) }
	log := slog.New(slog.DiscardHandler)
	dir := t.TempDir()
	state, err := db.Open(t.Context(), db.At(dir, "hearth"), db.Options{Schemas: []db.Schema{access.StateSchema(), ingest.StateSchema(), monitor.StateSchema(), jobs.StateSchema(), alert.Schema(), outbox.Schema(), tag.StateSchema(), copies.StateSchema(), bots.StateSchema(), quality.Schema(), topic.Schema()}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { state.Close() })
	store, err := db.Open(t.Context(), db.At(dir, "archive"), db.Options{Schemas: []db.Schema{archive.Schema(), ingest.ArchiveSchema(), monitor.ArchiveSchema(), jobs.LeaseSchema(), tag.ArchiveSchema(), copies.ArchiveSchema(), bots.ArchiveSchema(), reanalysis.Schema()}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	h.store = store
	if h.archive, err = archive.Open(t.Context(), store, archive.Options{Clock: clock}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.archive.Close() })
	h.monitors, err = monitor.New(t.Context(), monitor.Options{State: state, Archive: h.archive, Store: store, Clock: clock, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	sealer, err := ingest.NewSealer(make([]byte, ingest.SealKeySize))
	if err != nil {
		t.Fatal(err)
	}
	h.sources = ingest.NewSources(ingest.Options{
		State: state, Archive: h.archive, Store: store, Clock: clock, Log: log, Sealer: sealer, Networks: []network.Network{invented()},
	})
	h.access, err = access.Open(t.Context(), access.Options{State: state, Clock: clock, Log: log, Seal: make([]byte, access.SealSize)})
	if err != nil {
		t.Fatal(err)
	}
	h.queue(state, clock, log)
	keys, err := outbox.NewPushKeys([]byte("an invented secret of 32 bytes!!"))
	if err != nil {
		t.Fatal(err)
	}
	h.outbox = outbox.New(outbox.Options{
		State: state, Out: outbound.New(outbound.Config{Clock: clock}), Clock: clock, Log: log, Push: &keys, Events: alert.EventTypes(),
		Seal: sealer.Seal, Open: sealer.Open, Address: "https://hearth.acme.example",
	})
	h.alerts = alert.New(alert.Options{State: state, Archive: h.archive, Monitors: h.monitors, Clock: clock, Log: log})
	h.rooms = alert.NewIncidents(h.alerts)
	h.topics = topic.New(topic.Options{State: state, Archive: h.archive, Monitors: h.monitors, Clock: clock, Log: log})
	tags := tag.New(tag.Options{State: state, Store: store, Archive: h.archive, Monitors: h.monitors, Clock: clock, Log: log})
	h.bots = bots.New(bots.Options{State: state, Store: store, Archive: h.archive, Monitors: h.monitors, Clock: clock, Log: log})
	h.copies = copies.New(copies.Options{State: state, Store: store, Archive: h.archive, Posts: monitor.NewPosts(h.monitors), Clock: clock})
	judged := quality.Options{State: state, Archive: h.archive, Monitors: h.monitors, Tags: tags, Clock: clock}
	h.checks = quality.New(judged)
	taught := quality.NewCalibrations(judged, func(p *hearth.Post) ([3]float64, bool) { return [3]float64{.4, .3, .3}, true })
	h.again = reanalysis.New(reanalysis.Options{State: state, Store: store, Archive: h.archive, Monitors: h.monitors, Analyzers: inventedModels(), Clock: clock, Log: log})
	h.web, err = web.New(web.Options{
		Calibrations: taught, Reanalyses: h.again,
		Access: h.access, Alerts: h.alerts, Incidents: h.rooms, Outbox: h.outbox,
		Clock: clock, Log: log, Monitors: h.monitors, Posts: monitor.NewPosts(h.monitors), Charts: monitor.NewCharts(h.monitors), Sources: h.sources, Stopping: h.stopping,
		Jobs: h.jobs, Imports: h.imports, Uploads: h.uploads, Letters: h.letters,
		Comparisons: monitor.NewComparisons(h.monitors), Trusted: monitor.NewTrusted(h.monitors), Lists: monitor.NewLists(h.monitors), Tags: tags, Rules: tag.NewRules(tags), Topics: h.topics,
		Copies: h.copies, Bots: h.bots, Checks: h.checks,
		Actor: func(r *http.Request) (access.Actor, error) { return h.actor(r) },
		Export: func(w http.ResponseWriter, _ *http.Request, _ access.Actor, s monitor.Selection, format string) error {
			fmt.Fprintf(w, "%s of %s", format, s.Query)
			return nil
		},
		Description: func() ([]byte, error) { return []byte(description), nil },
		Look:        func(*http.Request) (web.View, error) { return h.view, h.viewErr },
	})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// advance puts the clock forward.
func (h *house) advance(d time.Duration) { h.later.Add(int64(d)) }

// arrive stores posts as ingest does and waits until they are counted.
func (h *house) arrive(posts ...hearth.Post) {
	h.t.Helper()
	h.arriveFrom(0, posts...)
}

// arriveFrom is arrive of what a source brought.
func (h *house) arriveFrom(source hearth.SourceID, posts ...hearth.Post) {
	h.t.Helper()
	var entries []archive.Entry
	set, scratch := h.monitors.Queries(here), match.NewScratch()
	for i := range posts {
		var doc text.Doc
		query.AddPost(&doc, &posts[i])
		wanted := set.Wanted(scratch, &posts[i], &doc, nil)
		entries = append(entries, archive.Entry{Op: archive.Create, Source: source, Post: &posts[i], Monitors: set.Decide(scratch, &posts[i], &doc, wanted, nil)})
	}
	if _, err := h.archive.Append(h.t.Context(), here, entries, nil); err != nil {
		h.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(h.t.Context(), time.Minute)
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- h.monitors.Run(ctx) }()
	defer func() { cancel(); <-ended }()
	head, err := h.archive.Head(ctx)
	if err != nil {
		h.t.Fatal(err)
	}
	for {
		counts, err := h.monitors.Count(ctx, owner, monitor.CountSearch{})
		if err != nil {
			h.t.Fatalf("counting: %v", err)
		}
		if counts.Upto >= head {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

// get asks for a page as a browser without script does; headers come in pairs.
func (h *house) get(path string, headers ...string) (*http.Response, string) {
	h.t.Helper()
	return h.ask(httptest.NewRequest("GET", path, nil), headers...)
}

func (h *house) ask(r *http.Request, headers ...string) (*http.Response, string) {
	h.t.Helper()
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.web.ServeHTTP(w, r)
	answer := w.Result()
	body := io.Reader(answer.Body)
	if answer.Header.Get("Content-Encoding") == "gzip" {
		unpacked, err := gzip.NewReader(body)
		if err != nil {
			h.t.Fatal(err)
		}
		body = unpacked
	}
	all, err := io.ReadAll(body)
	if err != nil {
		h.t.Fatal(err)
	}
	return answer, string(all)
}

// page is a page as a browser reads it.
func (h *house) page(path string, headers ...string) (string, *html.Node) {
	h.t.Helper()
	answer, body := h.get(path, headers...)
	if answer.StatusCode != http.StatusOK {
		h.t.Fatalf("%s answers %d: %s", path, answer.StatusCode, body)
	}
	root, err := html.Parse(strings.NewReader(body))
	if err != nil {
		h.t.Fatal(err)
	}
	return body, root
}

func each(n *html.Node, do func(*html.Node)) {
	do(n)
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		each(c, do)
	}
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// post sends a form as a browser does from a page of ours.
func (h *house) post(path string, form url.Values) (*http.Response, string) {
	h.t.Helper()
	return h.ask(httptest.NewRequest("POST", path, strings.NewReader(form.Encode())), "Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site", "same-origin")
}
