package ingest

import (
	"context"
	crand "crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"runtime/debug"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	"hearth"
	"hearth/analysis"
	"hearth/archive"
	"hearth/bus"
	"hearth/db"
	"hearth/jobs"
	"hearth/match"
	"hearth/network"
	"hearth/outbound"
	"hearth/replay"
)

// Options of the intake. State, Archive, Store, Clock and Log are required.
type Options struct {
	State     *db.DB // hearth.db, with StateSchema
	Archive   *archive.Archive
	Store     *db.DB // archive.db, with ArchiveSchema
	Networks  []network.Network
	Analyzers []analysis.Analyzer
	Layer     func(context.Context, hearth.WorkspaceID) *analysis.Layer // nil: none

	// Queries are a workspace's standing queries as they are now; nil means
	// that nobody listens.
	Queries func(hearth.WorkspaceID) *match.Set

	Out   *outbound.Outbound // the way out of networks: each source has limits and secrets of its own there
	HTTP  *http.Client       // instead of Out, for recorded exchanges; without both, http.DefaultClient
	Clock hearth.Clock
	Log   *slog.Logger

	// Room is nil while what is read may be kept; else a source rests with its
	// error as the trouble, and an import breaks off. Nil: always.
	Room func() error

	// Sealer keeps the secrets among the settings; nil refuses secrets.
	Sealer *Sealer

	// Crew matches and analyses; nil means one of its own. Share one between
	// sources and imports.
	Crew *Crew

	// Window keeps every post that sources read, for a while; nil: there is none.
	Window *replay.Window

	// Callbacks are the addresses at which networks send deliveries; nil means
	// none. They may become known only when the server listens.
	Callbacks func() Callbacks

	// Secrets are random bytes for secrets; nil means the system's.
	Secrets io.Reader

	// Leases, of Store, let one of several processes read a source; nil: this is
	// the only process.
	Leases *jobs.Leases

	// Random spreads retries, in [0, 1); nil means the runtime's.
	Random func() float64
}

func (o Options) withDefaults() Options {
	if o.Crew == nil {
		o.Crew = NewCrew(0)
	}
	if o.HTTP == nil {
		o.HTTP = http.DefaultClient
	}
	if o.Random == nil {
		o.Random = rand.Float64
	}
	if o.Callbacks == nil {
		o.Callbacks = func() Callbacks { return Callbacks{} }
	}
	if o.Secrets == nil {
		o.Secrets = crand.Reader
	}
	if o.Queries == nil {
		o.Queries = func(hearth.WorkspaceID) *match.Set { return nil }
	}
	return o
}

// Sources are the configured streams of all workspaces: their rows, their
// running and their health, and the dead letters that they and imports leave.
type Sources struct {
	o        Options
	networks map[string]*network.Network
	changes  bus.Topic[Change]
	changed  chan struct{}     // a wake-up, at most one waits
	reader   *jobs.Lease       // see share.go; Run's
	free     map[sourceKey]int // looks at which a source was left to others; Run's

	mu      sync.Mutex
	running map[sourceKey]*runner
	graves  map[hearth.WorkspaceID]*graves
	doors   map[sourceKey]*door

	bodies *semaphore.Weighted // memory of deliveries that are being taken
}

type sourceKey struct {
	workspace hearth.WorkspaceID
	id        hearth.SourceID
}

// NewSources makes ready; Run reads.
func NewSources(o Options) *Sources {
	s := &Sources{
		o: o.withDefaults(), networks: map[string]*network.Network{}, changed: make(chan struct{}, 1),
		running: map[sourceKey]*runner{}, free: map[sourceKey]int{}, graves: map[hearth.WorkspaceID]*graves{}, doors: map[sourceKey]*door{},
		bodies: semaphore.NewWeighted(bodiesAtOnce),
	}
	for i := range o.Networks {
		s.networks[o.Networks[i].Name] = &o.Networks[i]
	}
	return s
}

// Networks are the networks that can be read, in the order given.
func (s *Sources) Networks() []network.Network { return s.o.Networks }

// Change is told on the bus when a source was added, changed, removed, started
// or stopped.
type Change struct {
	Source hearth.SourceID
}

// Changes is where changes of sources are told.
func (s *Sources) Changes() *bus.Topic[Change] { return &s.changes }

// lookEvery is how late a change is noticed if its wake-up is lost.
const lookEvery = 5 * time.Second

// Run reads all sources that are not paused until ctx ends, following changes
// as they are made. It returns when all of them have stopped and everything
// they took is committed: with nil after ctx, or with the error for which the
// process must stop: db.ErrUnknownOutcome, or damage to our own data.
func (s *Sources) Run(ctx context.Context) error {
	if err := s.TidyLetters(ctx); err != nil {
		return err
	}
	if err := s.forgetRemoved(ctx); err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var group sync.WaitGroup
	defer s.retire()
	defer group.Wait()
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	for {
		if err := s.follow(ctx, cancel, &group); err != nil && ctx.Err() == nil {
			s.o.Log.Error("the list of sources cannot be read; those that run go on", "error", err)
		}
		select {
		case <-ctx.Done():
			if cause := context.Cause(ctx); fatal(cause) {
				return cause
			}
			return nil
		case <-s.changed:
		case <-s.othersLooked():
		case <-ticker.C:
		}
	}
}

// announce tells everybody about a change and lets Run look at the sources.
func (s *Sources) announce(ws hearth.WorkspaceID, id hearth.SourceID) {
	s.changes.Publish(ws, Change{Source: id})
	select {
	case s.changed <- struct{}{}:
	default:
	}
}

// follow starts what should run and does not, and stops what should not. A
// source whose settings changed is stopped here and started again when its
// runner has ended: a source never has two readers. What another process reads is
// left to it.
func (s *Sources) follow(ctx context.Context, cancel context.CancelCauseFunc, group *sync.WaitGroup) error {
	wanted, err := s.wanted(ctx)
	if err != nil {
		return err
	}
	elsewhere, err := s.elsewhere(ctx)
	if err != nil {
		return err
	}
	if err := s.attend(ctx, elsewhere); err != nil {
		return err
	}
	share := share(len(wanted), elsewhere)
	defer s.give(share)
	for key, src := range s.missing(wanted) {
		if elsewhere[leaseOf(key)] {
			delete(s.free, key)
			continue
		}
		if !s.mayTake(key, share) {
			continue
		}
		lease, err := s.lease(ctx, key)
		if errors.Is(err, jobs.ErrHeld) {
			continue
		}
		if err != nil {
			return err
		}
		delete(s.free, key)
		s.start(ctx, cancel, group, key, src, lease)
	}
	return nil
}

// missing stops the runners that are not wanted any more and gives the sources
// that have none.
func (s *Sources) missing(wanted map[sourceKey]Source) map[sourceKey]Source {
	s.mu.Lock()
	defer s.mu.Unlock()
	for key, r := range s.running {
		if src, ok := wanted[key]; !ok || src.Version != r.source.Version {
			r.stop()
		}
		delete(wanted, key)
	}
	return wanted
}

// start begins to read a source.
func (s *Sources) start(ctx context.Context, cancel context.CancelCauseFunc, group *sync.WaitGroup, key sourceKey, src Source, lease *jobs.Lease) {
	rctx, stop := context.WithCancel(ctx)
	if lease != nil {
		rctx, stop = lease.Within(ctx)
	}
	r := newRunner(key, src, stop, s.o.Clock())
	r.lease = lease
	s.mu.Lock()
	s.running[key] = r
	s.mu.Unlock()
	group.Go(func() {
		defer s.ended(r)
		if err := s.run(rctx, r); err != nil {
			cancel(err)
		}
	})
}

func (s *Sources) ended(r *runner) {
	r.stop()
	s.release(r)
	s.mu.Lock()
	delete(s.running, r.key)
	s.mu.Unlock()
	s.announce(r.key.workspace, r.key.id)
}

// wanted is every source that should run, of all workspaces.
func (s *Sources) wanted(ctx context.Context) (map[sourceKey]Source, error) {
	all := map[sourceKey]Source{}
	err := s.o.State.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(selectSource + ` WHERE removed IS NULL AND paused = 0`) // all workspaces: the program's own loop
		if err != nil {
			return err
		}
		return db.EachRow(rows, func() error {
			src, ws, err := scanSource(rows)
			all[sourceKey{ws, src.ID}] = src
			return err
		})
	})
	return all, err
}

// run reads one source until ctx ends, again and again. Its error is one that
// the process must stop for.
func (s *Sources) run(ctx context.Context, r *runner) error {
	n, ok := s.networks[r.source.Network]
	if !ok || n.Stream == nil && n.Webhook == nil {
		r.failed("This Hearth cannot read the network "+quote(r.source.Network)+".", s.o.Clock())
		<-ctx.Done()
		return nil
	}
	for attempt := 0; ; attempt++ {
		heard, err := s.stream(ctx, r, n)
		switch {
		case fatal(err):
			return err
		case ctx.Err() != nil, errors.Is(err, jobs.ErrFenced):
			if errors.Is(err, jobs.ErrFenced) || errors.Is(context.Cause(ctx), jobs.ErrFenced) {
				s.o.Log.Warn("another process reads a source now; of what this one read since, nothing is kept", "workspace", r.key.workspace, "source", r.key.id)
			}
			return nil // another process reads it, if it is to be read
		case err == nil:
			err = errors.New("the network ended the stream")
		}
		if permanent(err) {
			r.failed(err.Error(), s.o.Clock())
			s.o.Log.Error("a source needs a person", "workspace", r.key.workspace, "source", r.key.id, "network", n.Name, "error", err)
			<-ctx.Done()
			return nil
		}
		if heard {
			attempt = 0
		}
		wait := backoff(attempt, s.o.Random())
		r.retrying(err, s.o.Clock(), wait)
		s.o.Log.Warn("a source broke off and will be tried again",
			"workspace", r.key.workspace, "source", r.key.id, "network", n.Name, "in", wait, "error", err)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(wait):
		}
	}
}

// stream reads a source until its stream breaks. heard says that it gave
// anything at all.
func (s *Sources) stream(ctx context.Context, r *runner, n *network.Network) (heard bool, err error) {
	r.starting(s.o.Clock())
	cache, err := loadCache(ctx, s.o.Store, r.key.workspace, r.key.id)
	if err != nil {
		return false, err
	}
	r.knows(cache)
	session, err := s.session(r, n, cache)
	if err != nil {
		return false, err
	}
	if session.Callback, err = s.callback(ctx, r.key, n); err != nil {
		return false, err
	}
	options := s.flowOptions(r.key.workspace, r.key.id)
	options.Everything = r.source.KeepEverything
	options.Committed = r.committed
	options.cache = cache
	options.lease = r.lease
	options.delivered = n.Webhook != nil
	if n.Complete != nil {
		options.Complete = func(ctx context.Context, posts []*hearth.Post) { n.Complete(ctx, session, posts) }
		options.Nameless = n.Nameless
	}
	flow, err := NewFlow(ctx, options)
	if err != nil {
		return false, err
	}
	r.committed(flow.Progress())
	rd := &reading{s: s, r: r, n: n, session: session, flow: flow}
	err = rd.run(ctx)
	if closing := flow.Close(); closing != nil {
		err = closing // what the writer says is the cause of what the stream says
	}
	return rd.heard, err
}

// streamUntilPanic turns a network's panic into its error.
func streamUntilPanic(ctx context.Context, n *network.Network, session *network.Session, from network.Cursor, emit func(*network.Batch) error, log *slog.Logger) (err error) {
	defer func() {
		if r := recover(); r != nil {
			log.Error("a network failed while reading", "network", n.Name, "panic", fmt.Sprint(r), "stack", string(debug.Stack()))
			err = hearth.Errorf(hearth.Internal, "Hearth failed while reading from %s: %v", n.Title, r)
		}
	}()
	return n.Stream(ctx, session, from, emit)
}

func (s *Sources) session(r *runner, n *network.Network, cache network.Cache) (*network.Session, error) {
	settings, err := s.opened(r.key, n, r.source.Settings)
	if err != nil {
		return nil, err
	}
	if settings, err = network.Settings(n.Fields, settings); err != nil {
		return nil, err
	}
	session := &network.Session{
		Settings: settings, HTTP: s.client(r.key, n, settings), Clock: s.o.Clock, Cache: cache,
		Log:     s.o.Log.With("workspace", r.key.workspace, "source", r.key.id, "network", n.Name),
		Authors: func() []string { return authorsOf(s.o.Queries(r.key.workspace)) },
		Resting: r.resting,
	}
	if s.o.Out != nil {
		session.Dial = func(ctx context.Context, address string) (net.Conn, error) {
			return s.o.Out.DialContext(ctx, outbound.Mail, "tcp", address)
		}
	}
	return session, nil
}

const mostAuthors = 1_000 // that networks are told of

// authorsOf are the authors that standing queries name.
func authorsOf(set *match.Set) []string {
	if set == nil {
		return nil
	}
	return set.Authors(mostAuthors)
}

// client is the way out of one source.
func (s *Sources) client(key sourceKey, n *network.Network, settings map[string]string) *http.Client {
	if s.o.Out == nil {
		return s.o.HTTP
	}
	scope := network.Scope(n.Fields, settings)
	scope.Workspace, scope.Account = key.workspace, accountOf(key.id)
	return s.o.Out.For(outbound.Stream, scope)
}

func (s *Sources) flowOptions(ws hearth.WorkspaceID, id hearth.SourceID) FlowOptions {
	return FlowOptions{
		Workspace: ws, Source: id, Archive: s.o.Archive, Store: s.o.Store, Crew: s.o.Crew, Clock: s.o.Clock, Log: s.o.Log,
		Analyzers: s.o.Analyzers, Queries: func() *match.Set { return s.o.Queries(ws) }, graves: s.gravesOf(ws),
		Window: s.o.Window, room: s.o.Room, Layer: s.o.layer(ws),
	}
}

// layer is what is on in a workspace; nil: nothing ever is.
func (o *Options) layer(ws hearth.WorkspaceID) func(context.Context) *analysis.Layer {
	if o.Layer == nil {
		return nil
	}
	return func(ctx context.Context) *analysis.Layer { return o.Layer(ctx, ws) }
}

func (s *Sources) gravesOf(ws hearth.WorkspaceID) *graves {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.graves[ws] == nil {
		s.graves[ws] = newGraves()
	}
	return s.graves[ws]
}

// fatal says that the process must stop: what is on the disk is not known, or
// not what it should be.
func fatal(err error) bool {
	return errors.Is(err, db.ErrUnknownOutcome) || hearth.ErrorCode(err) == hearth.Damaged
}

// permanent says that trying again cannot help until a person changes
// something.
func permanent(err error) bool {
	switch hearth.ErrorCode(err) {
	case hearth.Invalid, hearth.Denied:
		return true
	}
	return false
}

// The waits between tries: doubled each time, and spread so that many sources
// do not come back at the same moment.
const (
	firstWait   = time.Second
	longestWait = 2 * time.Minute
)

func backoff(attempt int, random float64) time.Duration {
	wait := longestWait
	if attempt < 7 {
		wait = min(longestWait, firstWait<<attempt)
	}
	return wait/2 + time.Duration(random*float64(wait/2))
}
