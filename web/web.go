package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"

	"hearth"
	"hearth/access"
	"hearth/alert"
	"hearth/bots"
	"hearth/client"
	"hearth/copies"
	"hearth/docs"
	"hearth/ingest"
	"hearth/jobs"
	"hearth/manual"
	"hearth/manual/reference"
	"hearth/monitor"
	"hearth/outbox"
	"hearth/quality"
	"hearth/reanalysis"
	"hearth/tag"
	"hearth/topic"
)

// Options are what the pages speak with. All are required but Random.
type Options struct {
	Clock hearth.Clock
	Log   *slog.Logger

	Access   *access.Access
	Monitors *monitor.Monitors
	Posts    *monitor.Posts
	Charts   *monitor.Charts
	Sources  *ingest.Sources
	Jobs     *jobs.Queue
	Imports  *ingest.Imports
	Uploads  *ingest.Uploads
	Letters  *ingest.LetterRuns

	Comparisons *monitor.Comparisons
	Trusted     *monitor.Trusted
	Lists       *monitor.Lists
	Tags        *tag.Tags
	Copies      *copies.Copies
	Bots        *bots.Bots
	Checks      *quality.Checks
	Topics      *topic.Topics

	Calibrations *quality.Calibrations
	Reanalyses   *reanalysis.Reanalyses

	Rules *tag.Rules

	Alerts    *alert.Alerts
	Incidents *alert.Incidents
	Outbox    *outbox.Outbox

	// Actor says who asks; an error is the answer.
	Actor func(*http.Request) (access.Actor, error)

	// Look gives what the status page shows to whoever asks; its error is the
	// answer.
	Look func(*http.Request) (View, error)

	// Export streams a selection as a file, csv or ndjson; its error is the
	// answer.
	Export func(w http.ResponseWriter, r *http.Request, by access.Actor, s monitor.Selection, format string) error

	// Demo says that the invented world is shown, and how to find one's way in it.
	Demo bool

	// Description is the OpenAPI document; asked for once.
	Description func() ([]byte, error)

	// Stopping is closed when streams shall end. Nil: never.
	Stopping <-chan struct{}

	// Random makes nonces; nil: the system's.
	Random io.Reader

	// Wording is the words of the pages, where they are read already; nil: New
	// reads them.
	Wording *Wording
}

// View is what the status page shows.
type View struct {
	Status  client.Status
	Letters []client.DeadLetter // the latest
	Machine Machine
}

// Web answers browsers. Make one with New; it is safe for concurrent use.
type Web struct {
	o         Options
	words     map[string]*words
	pages     *pages
	assets    *assets
	manual    func() (*manual.Manual, error)
	reference func() ([]reference.Group, error)
	iconNames []string // sorted
	heavy     chan struct{}
	open      chan struct{} // streams
	rooms     rooms
	mux       http.Handler
}

// How many requests of a class are answered at once.
const (
	heavyAtOnce   = 8
	streamsAtOnce = 512
)

// New makes the handler of the pages. Its error is a defect in what is built
// in: a template that cannot be parsed, a catalog that cannot be read.
func New(o Options) (*Web, error) {
	web := &Web{o: o, heavy: make(chan struct{}, heavyAtOnce), open: make(chan struct{}, streamsAtOnce)}
	var err error
	wording := o.Wording
	if wording == nil {
		if wording, err = ReadWording(); err != nil {
			return nil, err
		}
	}
	web.words = wording.all
	if web.assets, err = readAssets(); err != nil {
		return nil, err
	}
	// Both are read when somebody first asks: they take some megabytes.
	web.manual = sync.OnceValues(func() (*manual.Manual, error) { return manual.Read(docs.Pages) })
	web.reference = sync.OnceValues(web.readReference)
	pictures := readIcons()
	web.iconNames = slices.Sorted(maps.Keys(pictures))
	if web.pages, err = readPages(web.words, web.assets, pictures); err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	for _, r := range Routes() {
		mux.Handle(r.Method+" "+r.Path, web.serve(r))
	}
	mux.Handle("GET /static/", web.assets)
	mux.Handle("GET /", web.serve(page("/", (*Web).nowhere)))
	web.mux = http.NewCrossOriginProtection().Handler(mux)
	return web, nil
}

// ServeHTTP answers a browser.
func (web *Web) ServeHTTP(w http.ResponseWriter, r *http.Request) { web.mux.ServeHTTP(w, r) }

var errBusy = &hearth.Error{Code: hearth.Unavailable, Message: "Too much is being looked up at once; try again in a moment."}

// serve keeps what a route declares.
func (web *Web) serve(route Route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if route.Deadline > 0 {
			ctx, cancel := context.WithTimeout(r.Context(), route.Deadline)
			defer cancel()
			r = r.WithContext(ctx)
		}
		r.Body = http.MaxBytesReader(w, r.Body, route.Body)
		v, err := web.newVisit(route, w, r)
		if err == nil {
			err = web.within(route, func() error { return web.answer(route, v) })
		}
		if err != nil {
			v.refuse(err)
		}
	})
}

// within keeps the places of a class.
func (web *Web) within(route Route, do func() error) error {
	var places chan struct{}
	switch route.Class {
	case Heavy:
		places = web.heavy
	case Stream:
		places = web.open
	default:
		return do()
	}
	select {
	case places <- struct{}{}:
		defer func() { <-places }()
		return do()
	case <-time.After(time.Second):
		return errBusy
	}
}

// answer runs the handler. A panic is a defect: it is answered as one and ends
// no other request.
func (web *Web) answer(route Route, v *visit) (err error) {
	defer func() {
		switch p := recover(); p {
		case nil:
		case http.ErrAbortHandler: // a file broke off, and must not look whole
			panic(p)
		default:
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	for _, p := range route.Needs {
		if err := v.by.CheckSome(p); err != nil {
			return err
		}
	}
	err = route.handle(web, v)
	if errors.Is(err, context.DeadlineExceeded) {
		return hearth.Errorf(hearth.Unavailable, "This took too long; ask for a shorter time or a narrower query.")
	}
	if errors.Is(err, context.Canceled) {
		return nil // nobody is there any more
	}
	return err
}

// nowhere answers what is not there.
func (web *Web) nowhere(*visit) error {
	return hearth.Errorf(hearth.NotFound, "There is nothing at this address. The pages that are there stand on the left.")
}
