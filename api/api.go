package api

import (
	"context"
	"log/slog"
	"net/http"
	"reflect"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"hearth"
	"hearth/access"
	"hearth/alert"
	"hearth/backup"
	"hearth/bots"
	"hearth/client"
	"hearth/copies"
	"hearth/ingest"
	"hearth/jobs"
	"hearth/monitor"
	"hearth/network"
	"hearth/outbox"
	"hearth/quality"
	"hearth/reanalysis"
	"hearth/tag"
	"hearth/topic"
)

// Options are what the routes speak with. All are required.
type Options struct {
	Version      string
	Access       *access.Access
	Sources      *ingest.Sources
	Imports      *ingest.Imports
	Uploads      *ingest.Uploads
	LetterRuns   *ingest.LetterRuns
	Monitors     *monitor.Monitors
	Tags         *tag.Tags
	Copies       *copies.Copies
	Bots         *bots.Bots
	Checks       *quality.Checks
	Calibrations *quality.Calibrations
	Reanalyses   *reanalysis.Reanalyses
	Topics       *topic.Topics
	Backups      *backup.Backups
	Jobs         *jobs.Queue
	Alerts       *alert.Alerts
	Incidents    *alert.Incidents
	Outbox       *outbox.Outbox
	Formats      []network.Format
	Detect       func(file string, head []byte) (network.Format, bool) // of a file nobody named the format of
	Clock        hearth.Clock
	Log          *slog.Logger

	// Actor says who asks; an error is the answer.
	Actor func(*http.Request) (access.Actor, error)

	// Stopping is closed when streams shall end.
	Stopping <-chan struct{}

	// Room is nil while anything new may be kept. Nil: always.
	Room func() error

	// State says what the server itself knows.
	State func() State

	// Consumers says how far all that follow the log are behind it.
	Consumers func(context.Context) ([]client.Consumer, error)
}

// State is what the server knows of itself.
type State struct {
	Started time.Time
	State   string // starting, running, stopping
	Storage client.Storage
	Rows    hearth.Seq // the last row of the log
	Trouble []string   // what needs a person
}

// The limits of a request.
const (
	requestTime  = 30 * time.Second
	readTime     = 30 * time.Second // of a body that is no stream
	stepTime     = time.Minute      // of each step of a stream
	uploadTime   = 10 * time.Minute // of silence of whoever sends a file
	aliveEvery   = 15 * time.Second // an empty line on a silent stream
	largestBody  = 8 << 20          // a query of 1 MiB, escaped, fits
	heavyAtOnce  = 8                // searches, counts and exports
	largestLimit = 1000
)

// API answers requests. Make one with New.
type API struct {
	o     Options
	huma  huma.API
	mux   *http.ServeMux
	heavy chan struct{}
	open  map[string]bool // patterns of mux that need no credential
}

// New makes the handler of everything below /api/.
func New(o Options) *API {
	exactNames()
	a := &API{o: o, mux: http.NewServeMux(), heavy: make(chan struct{}, heavyAtOnce), open: map[string]bool{}}
	config := huma.DefaultConfig("Hearth", o.Version)
	config.Info.Description = "Everything that the screens and the command line do. Errors are problem documents; lists go by cursors; streams are NDJSON. With the header Hearth-Brand: NUMBER a request looks at that brand, and those below it, only. What takes four eyes is answered with a problem of the field approval and the number of a request; once somebody else has approved it, send the same again. The header Hearth-Because says why, percent-encoded."
	config.DocsPath, config.SchemasPath, config.CreateHooks = "", "", nil
	config.OpenAPIPath = "/openapi"
	config.RejectUnknownQueryParameters = true
	config.Formats = map[string]huma.Format{"application/json": strictJSON, "json": strictJSON}
	config.Transformers = []huma.Transformer{asProblem}
	config.Components.Schemas.RegisterTypeAlias(reflect.TypeFor[client.Post](), reflect.TypeFor[postSchema]())
	config.Components.Schemas.Schema(reflect.TypeFor[client.Problem](), true, "Problem")
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"key":     {Type: "http", Scheme: "bearer", Description: "An API key, or the server's own key from server.json in the data directory."},
		"session": {Type: "apiKey", In: "cookie", Name: "__Host-hearth-session", Description: "A person's session; hearth-session without TLS."},
	}
	config.Security = []map[string][]string{{"key": {}}, {"session": {}}}
	a.huma = humago.NewWithPrefix(a.mux, "/api", config)
	a.queries()
	a.sources()
	a.hosts()
	a.monitors()
	a.posts()
	a.charts()
	a.comparisons()
	a.lists()
	a.tags()
	a.checks()
	a.calibrations()
	a.reanalyses()
	a.rules()
	a.voices()
	a.copies()
	a.bots()
	a.topics()
	a.imports()
	a.uploads()
	a.backups()
	a.jobs()
	a.monitorLetters()
	a.alerts()
	a.outbox()
	a.status()
	a.sessions()
	a.account()
	a.passkeys()
	a.providers()
	a.users()
	a.workspaces()
	a.keys()
	a.audit()
	a.approvals()
	a.mux.HandleFunc("/api/", func(w http.ResponseWriter, r *http.Request) {
		writeProblem(w, http.StatusNotFound, problemOf(hearth.Errorf(hearth.NotFound, "There is nothing at %s %s. See /api/openapi.json.", r.Method, r.URL.Path)))
	})
	return a
}

// exactNames makes huma take names in exactly the case they are described in.
// It has this as a setting of the whole program only.
var exactNames = sync.OnceFunc(func() { huma.ValidateStrictCasing = true })

// OpenAPI is the description of all routes.
func (a *API) OpenAPI() *huma.OpenAPI { return a.huma.OpenAPI() }

// ServeHTTP finds out who asks and answers. A handler that panics answers as a
// defect and harms no other request.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	defer func() {
		trouble := recover()
		if trouble == nil {
			return
		}
		if trouble == http.ErrAbortHandler {
			panic(trouble)
		}
		a.o.Log.Error("a request made the program fail", "method", r.Method, "path", r.URL.Path, "panic", trouble, "stack", stack())
		writeProblem(w, http.StatusInternalServerError, problemOf(hearth.Errorf(hearth.Internal, "Hearth failed while answering; the log says more.")))
	}()
	_, pattern := a.mux.Handler(r)
	actor, err := a.o.Actor(r)
	if err != nil && a.open[pattern] {
		actor, err = access.Actor{}, nil // whatever they brought, they need nothing here
	}
	if code := hearth.ErrorCode(err); code == hearth.NotFound || code == hearth.Invalid { // the workspace or brand that they name
		writeProblem(w, statuses[code], problemOf(err))
		return
	}
	if err != nil {
		w.Header().Set("WWW-Authenticate", `Bearer realm="hearth"`)
		writeProblem(w, http.StatusUnauthorized, problemOf(err))
		return
	}
	if err := a.room(r); err != nil {
		w.Header().Set("Retry-After", "60")
		writeProblem(w, http.StatusServiceUnavailable, problemOf(err))
		return
	}
	a.mux.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), visitKey{}, visit{actor, w, r})))
}

// visitKey finds the visit in a request's context.
type visitKey struct{}

// visit is one request: who asks, and what their browser keeps.
type visit struct {
	by access.Actor
	w  http.ResponseWriter
	r  *http.Request
}

func visitOf(ctx context.Context) visit {
	v, _ := ctx.Value(visitKey{}).(visit)
	return v
}

func actorOf(ctx context.Context) access.Actor { return visitOf(ctx).by }

// body is the answer of a route: one document.
type body[T any] struct{ Body T }

// route adds a route whose answer is one document.
func route[I, O any](a *API, v verb, do func(ctx context.Context, by access.Actor, in *I) (O, error)) {
	huma.Register(a.huma, a.operation(v), func(ctx context.Context, in *I) (*body[O], error) {
		ctx, cancel := context.WithTimeout(ctx, requestTime)
		defer cancel()
		if v.heavy {
			leave, err := a.enter(ctx)
			if err != nil {
				return nil, a.trouble(ctx, err)
			}
			defer leave()
		}
		out, err := do(ctx, actorOf(ctx), in)
		if err != nil {
			return nil, a.trouble(ctx, err)
		}
		return &body[O]{out}, nil
	})
}

// act adds a route that answers nothing.
func act[I any](a *API, v verb, do func(ctx context.Context, by access.Actor, in *I) error) {
	v.status = http.StatusNoContent
	huma.Register(a.huma, a.operation(v), func(ctx context.Context, in *I) (*struct{}, error) {
		ctx, cancel := context.WithTimeout(ctx, requestTime)
		defer cancel()
		if err := do(ctx, actorOf(ctx), in); err != nil {
			return nil, a.trouble(ctx, err)
		}
		return nil, nil
	})
}

// enter waits for a place among the heavy requests.
func (a *API) enter(ctx context.Context) (leave func(), err error) {
	select {
	case a.heavy <- struct{}{}:
		return func() { <-a.heavy }, nil
	case <-ctx.Done():
		return nil, hearth.Errorf(hearth.Unavailable, "Too many searches run at once; try again in a moment.")
	}
}

// byID is the input of routes about one thing.
type byID struct {
	ID int64 `path:"id" minimum:"1"`
}
