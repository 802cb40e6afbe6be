package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"golang.org/x/sync/errgroup"

	"hearth"
	"hearth/access"
	"hearth/alert"
	"hearth/analysis"
	"hearth/analysis/sentiment"
	"hearth/analysis/standard"
	"hearth/api"
	"hearth/archive"
	"hearth/backup"
	"hearth/bots"
	"hearth/copies"
	"hearth/db"
	"hearth/disk"
	"hearth/ingest"
	"hearth/jobs"
	"hearth/match"
	"hearth/monitor"
	"hearth/network/all"
	"hearth/outbound"
	"hearth/outbox"
	"hearth/pairing"
	"hearth/quality"
	"hearth/reanalysis"
	"hearth/replay"
	"hearth/tag"
	"hearth/topic"
	"hearth/watch"
	"hearth/web"
)

// Server is Hearth, built and ready.
type Server struct {
	config  Config
	log     *slog.Logger
	key     string
	started time.Time
	phase   atomic.Pointer[string]

	state    *db.DB
	store    *db.DB
	archive  *archive.Archive
	access   *access.Access
	shelf    *db.DB // of window; nil: there is none
	window   *replay.Window
	sources  *ingest.Sources
	imports  *ingest.Imports
	uploads  *ingest.Uploads
	letters  *ingest.LetterRuns
	monitors *monitor.Monitors
	tags     *tag.Tags
	copies   *copies.Copies
	bots     *bots.Bots
	quality  *quality.Checks
	taught   *quality.Calibrations
	topics   *topic.Topics
	again    *reanalysis.Reanalyses
	backups  *backup.Backups
	alerts   *alert.Alerts
	outbox   *outbox.Outbox
	wording  *web.Wording
	disk     *disk.Guard
	hooks    hooks
	out      *outbound.Outbound
	watch    *watch.Watch
	index    struct {
		sync.Mutex
		size int64
		at   time.Time
	}
	reading atomic.Bool // the sources are read
	process *jobs.Process
	jobs    *jobs.Queue
	unlock  func() error // of the data directory, where no database locks it
	pairing *pairing.Pairing
	gate    *gate
	face    *api.API
	handler http.Handler

	stopping chan struct{} // closed when streams shall end
	closed   atomic.Bool
}

// The phases of a server's life.
const (
	phaseStarting = "starting"
	phaseRunning  = "running"
	phaseStopping = "stopping"
	phaseAlone    = "not running" // opened by a command for itself
)

// Build opens and checks everything and starts nothing. On an error nothing
// stays open. Close it, also after Run.
func Build(ctx context.Context, config Config) (_ *Server, err error) {
	if config.Clock == nil {
		config.Clock = hearth.SystemClock
	}
	if config.Version == "" {
		config.Version = Version()
	}
	s := &Server{config: config, log: config.logger(), stopping: make(chan struct{})}
	s.started = config.Clock()
	s.enter(phaseStarting)
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
		}
	}()
	if s.key, err = newKey(config.Random); err != nil {
		return nil, err
	}
	if err := makeHome(config.Data); err != nil {
		return nil, err
	}
	s.watch = watch.New(watch.Options{Look: s.watched, Log: s.log})
	limits := disk.Standard
	if config.DiskLimits != "" {
		if limits, err = disk.ParseLimits(config.DiskLimits); err != nil {
			return nil, err
		}
	}
	s.disk = disk.New(disk.Options{Dir: config.Data, Limits: limits, Log: s.log})
	if err := s.open(ctx); err != nil {
		return nil, err
	}
	if err := s.assemble(ctx); err != nil {
		return nil, err
	}
	if err := s.serveFaces(); err != nil {
		return nil, err
	}
	return s, nil
}

// open opens the databases and the archive. The lock on the first of them keeps
// a second process away from the whole directory.
func (s *Server) open(ctx context.Context) (err error) {
	home := s.config.home()
	if db.IsURL(home) { // the directory is still one process's: its keys, its note
		if s.unlock, err = db.Lock(filepath.Join(s.config.Data, stateFile)); err != nil {
			return err
		}
	}
	s.pairing = newPairing(home, &s.config)
	options := s.options("state", stateSchemas())
	options.Locked = s.pairing.Look
	if s.state, err = db.Open(ctx, db.At(home, stateStore), options); err != nil {
		return err
	}
	if s.store, err = db.Open(ctx, db.At(home, archiveStore), s.options("archive", archiveSchemas())); err != nil {
		return err
	}
	if err := s.openShelf(ctx); err != nil {
		return err
	}
	if err := s.join(ctx); err != nil {
		return err
	}
	if s.archive, err = archive.Open(ctx, s.store, archive.Options{Clock: s.config.Clock}); err != nil {
		return err
	}
	return s.openWindow(ctx)
}

// options are those of a database, whose commits are watched under a name.
func (s *Server) options(name string, schemas []db.Schema) db.Options {
	return db.Options{Schemas: schemas, Clock: s.config.Clock, Committed: s.watch.Committed(name)}
}

// stateSchemas are the tables of the state, archiveSchemas those of the archive.
func stateSchemas() []db.Schema {
	return []db.Schema{pairing.Schema(), access.StateSchema(), jobs.StateSchema(), ingest.StateSchema(), monitor.StateSchema(), alert.Schema(), outbox.Schema(), tag.StateSchema(), copies.StateSchema(), bots.StateSchema(), quality.Schema(), topic.Schema()}
}

func archiveSchemas() []db.Schema {
	return []db.Schema{pairing.Schema(), jobs.LeaseSchema(), archive.Schema(), ingest.ArchiveSchema(), monitor.ArchiveSchema(), tag.ArchiveSchema(), copies.ArchiveSchema(), bots.ArchiveSchema(), reanalysis.Schema()}
}

// assemble makes the capabilities.
func (s *Server) assemble(ctx context.Context) (err error) {
	allow, err := exceptions(s.config.Allow)
	if err != nil {
		return err
	}
	s.out = outbound.New(outbound.Config{Allow: allow, UserAgent: userAgent, Clock: s.config.Clock})
	if err := s.openAccess(ctx); err != nil {
		return err
	}
	if err := s.joinProcesses(ctx); err != nil {
		return err
	}
	networks := s.config.Networks
	if networks == nil {
		networks = all.Networks()
	}
	sealer, err := sealer(s.config.Data, s.config.Random)
	if err != nil {
		return err
	}
	s.sources = ingest.NewSources(ingest.Options{
		State: s.state, Archive: s.archive, Store: s.store, Networks: networks, Analyzers: standard.Analyzers(),
		Layer:   func(ctx context.Context, ws hearth.WorkspaceID) *analysis.Layer { return s.taught.Layer(ctx, ws) },
		Queries: func(ws hearth.WorkspaceID) *match.Set { return s.monitors.Queries(ws) },
		Out:     s.out, Clock: s.config.Clock, Log: s.log, Sealer: sealer, Leases: s.process.Leases(s.store), Window: s.window,
		Callbacks: s.hooks.addresses, Secrets: s.config.Random, Room: s.disk.Room,
	})
	s.monitors, err = monitor.New(ctx, monitor.Options{
		State: s.state, Archive: s.archive, Store: s.store, Clock: s.config.Clock, Log: s.log,
		Past: ingest.NewPast(s.sources), Room: s.disk.RoomForHistory,
	})
	if err != nil {
		return err
	}
	s.topics = topic.New(topic.Options{State: s.state, Archive: s.archive, Monitors: s.monitors, Clock: s.config.Clock, Log: s.log})
	s.tags = tag.New(tag.Options{State: s.state, Store: s.store, Archive: s.archive, Monitors: s.monitors, Clock: s.config.Clock, Log: s.log})
	s.copies = copies.New(copies.Options{State: s.state, Store: s.store, Archive: s.archive, Posts: monitor.NewPosts(s.monitors), Clock: s.config.Clock})
	s.bots = bots.New(bots.Options{State: s.state, Store: s.store, Archive: s.archive, Monitors: s.monitors, Clock: s.config.Clock, Log: s.log})
	if err := s.bots.Refresh(ctx); err != nil {
		return err
	}
	judged := quality.Options{State: s.state, Archive: s.archive, Monitors: s.monitors, Tags: s.tags, Clock: s.config.Clock}
	s.quality, s.taught = quality.New(judged), quality.NewCalibrations(judged, score())
	s.again = reanalysis.New(reanalysis.Options{
		State: s.state, Store: s.store, Archive: s.archive, Monitors: s.monitors, Analyzers: standard.Analyzers(), Layer: s.taught.Layer,
		Room: s.disk.RoomForHistory, Clock: s.config.Clock, Log: s.log,
	})
	if err := s.openOutbox(sealer); err != nil {
		return err
	}
	s.imports, s.letters = ingest.NewImports(s.sources), ingest.NewLetterRuns(s.sources, s.jobs)
	s.uploads = ingest.NewUploads(ingest.UploadOptions{
		Imports: s.imports, Jobs: s.jobs, State: s.state, Dir: filepath.Join(s.config.Data, uploadsDir), Formats: all.Formats(), Detect: all.Detect,
		Clock: s.config.Clock, Room: s.disk.Room,
	})
	s.backups = backup.New(backup.Options{State: s.state, Store: s.store, Version: s.config.Version, Clock: s.config.Clock, Free: func(dir string) int64 {
		free, _ := disk.Space(dir)
		return free
	}})
	s.hooks.public = s.config.WebhooksURL
	s.hooks.handler = newHookHandler(s.sources, s.log, func() bool { return s.disk.RoomForDeliveries() != nil })
	return nil
}

// serveFaces puts the API and the pages behind the gate.
func (s *Server) serveFaces() error {
	s.gate = newGate(s.key, s.access, &s.config.Settings)
	s.gate.open = s.config.openPages
	s.face = api.New(api.Options{
		Version: s.config.Version, Access: s.access, Sources: s.sources, Imports: s.imports, Uploads: s.uploads, LetterRuns: s.letters, Monitors: s.monitors, Tags: s.tags, Topics: s.topics, Copies: s.copies, Bots: s.bots, Checks: s.quality, Calibrations: s.taught, Reanalyses: s.again, Jobs: s.jobs, Backups: s.backups, Alerts: s.alerts, Incidents: alert.NewIncidents(s.alerts), Outbox: s.outbox, Formats: all.Formats(), Detect: all.Detect,
		Clock: s.config.Clock, Log: s.log, Actor: s.gate.narrowed, State: s.look, Consumers: s.consumers, Stopping: s.stopping, Room: s.disk.Room,
	})
	mux := http.NewServeMux()
	mux.Handle("/api/", s.face)
	pages, err := web.New(web.Options{
		Access: s.access,
		Clock:  s.config.Clock, Log: s.log, Monitors: s.monitors, Posts: monitor.NewPosts(s.monitors), Charts: monitor.NewCharts(s.monitors), Sources: s.sources, Jobs: s.jobs, Imports: s.imports, Uploads: s.uploads, Letters: s.letters,
		Comparisons: monitor.NewComparisons(s.monitors), Trusted: monitor.NewTrusted(s.monitors), Lists: monitor.NewLists(s.monitors), Tags: s.tags, Topics: s.topics, Copies: s.copies, Bots: s.bots, Rules: tag.NewRules(s.tags), Checks: s.quality, Calibrations: s.taught, Reanalyses: s.again,
		Alerts: s.alerts, Incidents: alert.NewIncidents(s.alerts), Outbox: s.outbox,
		Actor: s.gate.reader, Look: s.view, Demo: s.config.openPages, Description: func() ([]byte, error) { return json.Marshal(s.face.OpenAPI()) }, Export: s.face.ExportFor, Stopping: s.stopping, Random: s.config.Random,
		Wording: s.wording,
	})
	if err != nil {
		return fmt.Errorf("making the pages: %w", err)
	}
	mux.Handle("/", pages)
	mux.Handle("GET /api/docs", pages)
	mux.Handle("GET /api/docs/", pages)
	s.watchOver(mux)
	s.handler = s.gate.guard(mux)
	return nil
}

// shownLetters is how many dead letters the status page shows.
const shownLetters = 5

// view is what the status page shows to whoever asks.
func (s *Server) view(r *http.Request) (v web.View, err error) {
	by, err := s.gate.reader(r)
	if err != nil {
		return v, err
	}
	if v.Status, err = s.face.StatusFor(r.Context(), by); err != nil {
		return v, err
	}
	v.Letters, err = s.face.LettersFor(r.Context(), by, shownLetters)
	v.Machine = s.machine(r.Context())
	return v, err
}

// Capabilities are the structs whose methods are the verbs.
func (s *Server) Capabilities() []any {
	return []any{s.access, s.sources, s.imports, s.uploads, s.letters, s.monitors, s.backups, monitor.NewPosts(s.monitors), monitor.NewCharts(s.monitors), monitor.NewComparisons(s.monitors), monitor.NewTrusted(s.monitors), monitor.NewLists(s.monitors), s.tags, s.topics, tag.NewRules(s.tags), s.copies, s.bots, s.quality, s.taught, s.again, s.jobs, s.alerts, alert.NewIncidents(s.alerts), s.outbox}
}

// OpenAPI describes every route.
func (s *Server) OpenAPI() *huma.OpenAPI { return s.face.OpenAPI() }

// Handler answers requests; the key or loopback rules of the listener hold.
func (s *Server) Handler() http.Handler { return s.handler }

// Key is the secret of the local owner.
func (s *Server) Key() string { return s.key }

func (s *Server) enter(phase string) { s.phase.Store(&phase) }

// look is what the status says about the server itself.
func (s *Server) look() api.State {
	st := api.State{Started: s.started, State: *s.phase.Load()}
	st.Storage.Directory = s.config.Data
	for _, d := range []*db.DB{s.state, s.store, s.shelf} {
		if d == nil {
			continue
		}
		if size, err := d.Size(context.Background()); err == nil {
			st.Storage.Used += size
		}
	}
	if head, err := s.archive.Head(context.Background()); err == nil {
		st.Rows = head
	}
	st.Storage.Free = s.disk.Free()
	if trouble := s.disk.Trouble(); trouble != "" {
		st.Trouble = append(st.Trouble, trouble)
	}
	if dead := s.deadJobs(hearth.DefaultWorkspace); dead > 0 {
		st.Trouble = append(st.Trouble, fmt.Sprintf("%d jobs failed for good. See: hearth job list --state dead", dead))
	}
	if n := s.uncounted(); n > 0 {
		st.Trouble = append(st.Trouble, fmt.Sprintf("%d stored posts could not be counted. See: hearth monitor letters", n))
	}
	return st
}

// Timeouts of the listener. Streams lengthen them step by step.
const (
	headerTime = 10 * time.Second
	readTime   = time.Minute
	writeTime  = 90 * time.Second
	idleTime   = 15 * time.Second
	maxHeader  = 16 << 10
	maxClients = 1024
)

// Run listens, reads the sources and keeps the counts until ctx ends; ready is
// told the address. Then it drains: requests end, what was read is committed,
// within Settings.Drain. A nil error means that everything is safe on disk.
func (s *Server) Run(ctx context.Context, ready func(address string)) error {
	listener, err := net.Listen("tcp", s.config.Listen)
	if err != nil {
		return hearth.Errorf(hearth.Conflict, "Hearth cannot listen at %s: %v. Stop what listens there or choose another address with --listen.", s.config.Listen, listenCause(err))
	}
	defer listener.Close()
	address := "http://" + reachable(listener.Addr())
	left := note{Address: address, Key: s.key, Process: os.Getpid(), Started: s.started}
	if err := left.write(s.config.Data); err != nil {
		return err
	}
	defer removeNote(s.config.Data)
	s.discardWindow()

	if err := s.hooks.listen(s.config.Webhooks, s.log, s.config.Clock); err != nil {
		return err
	}
	defer s.hooks.close()

	work, stopWork := context.WithCancelCause(context.WithoutCancel(ctx))
	defer stopWork(nil)
	server := &http.Server{
		Handler: s.handler, ReadHeaderTimeout: headerTime, ReadTimeout: readTime, WriteTimeout: writeTime,
		IdleTimeout: idleTime, MaxHeaderBytes: maxHeader, ErrorLog: errorLog(s.log, s.config.Clock),
	}
	newCrowd(maxClients).watch(server)
	var group errgroup.Group
	group.Go(func() error {
		err := server.Serve(listener)
		if errors.Is(err, http.ErrServerClosed) {
			return nil
		}
		stopWork(err)
		return err
	})
	group.Go(func() error { s.disk.Run(work, s.config.reserve()); return nil })
	group.Go(func() error { giveBack(work); return nil })
	group.Go(func() error { s.markHead(work); return nil })
	group.Go(func() error { return s.fail(stopWork, "taking webhooks", s.hooks.serve()) })
	group.Go(func() error {
		s.reading.Store(true)
		defer s.reading.Store(false)
		return s.fail(stopWork, "reading the sources", s.sources.Run(work))
	})
	group.Go(func() error { return s.fail(stopWork, "keeping the counts", s.keepCounts(work)) })
	group.Go(func() error { return s.fail(stopWork, "finding copies", s.findCopies(work)) })
	group.Go(func() error { return s.fail(stopWork, "judging accounts", s.judgeAccounts(work)) })
	group.Go(func() error { return s.fail(stopWork, "telling queries of bots", s.bots.Follow(work)) })
	group.Go(func() error { return s.fail(stopWork, "tagging", s.tagPosts(work)) })
	group.Go(func() error { return s.fail(stopWork, "sorting posts into topics", s.sortTopics(work)) })
	group.Go(func() error { return s.fail(stopWork, "judging the archive anew", s.judgeAgain(work)) })
	group.Go(func() error { return s.fail(stopWork, "sending", s.outbox.Run(work)) })
	group.Go(func() error { return s.fail(stopWork, "watching for alerts", s.watchForAlerts(work)) })
	group.Go(func() error { return s.fail(stopWork, "following the monitors", s.watchMonitors(work)) })
	group.Go(func() error { return s.fail(stopWork, "looking after the other processes", s.process.Run(work)) })
	group.Go(func() error { return s.fail(stopWork, "doing the jobs", s.work(work)) })
	s.enter(phaseRunning)
	s.log.Info("listening", "address", address, "data", s.config.Data, "version", s.config.Version)
	if ready != nil {
		ready(address)
	}

	select {
	case <-ctx.Done():
	case <-work.Done():
	case <-s.state.Broken():
		stopWork(db.ErrUnknownOutcome)
	case <-s.store.Broken():
		stopWork(db.ErrUnknownOutcome)
	}
	return s.drain(server, &group, stopWork)
}

// fail stops everything when one part cannot go on.
func (s *Server) fail(stop context.CancelCauseFunc, doing string, err error) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return nil
	}
	err = fmt.Errorf("%s: %w", doing, err)
	stop(err)
	return err
}

// drain ends everything in order: nothing new, streams, requests, sources.
func (s *Server) drain(server *http.Server, group *errgroup.Group, stopWork context.CancelCauseFunc) error {
	s.enter(phaseStopping)
	s.log.Info("stopping")
	close(s.stopping)
	ctx, cancel := context.WithTimeout(context.Background(), s.config.Drain)
	defer cancel()
	s.hooks.drain(ctx) // before the readers end
	stopWork(nil)
	if err := server.Shutdown(ctx); err != nil {
		server.Close()
	}
	done := make(chan error, 1)
	go func() { done <- group.Wait() }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return hearth.Errorf(hearth.Unavailable, "Stopping took longer than %s and was cut off; the next start reads on from what is committed.", s.config.Drain)
	}
}

// Close closes what Build opened. Whatever was acknowledged is on disk.
func (s *Server) Close() error {
	if s.closed.Swap(true) {
		return nil
	}
	var errs []error
	if s.window != nil {
		errs = append(errs, s.window.Close())
	}
	if s.process != nil {
		errs = append(errs, s.leave())
	}
	if s.archive != nil {
		errs = append(errs, s.archive.Close())
	}
	errs = append(errs, s.part())
	for _, d := range []*db.DB{s.shelf, s.store, s.state} {
		if d != nil {
			errs = append(errs, d.Close())
		}
	}
	if s.unlock != nil {
		errs = append(errs, s.unlock())
	}
	return errors.Join(errs...)
}

// reachable is the address that a client on this machine can use.
func reachable(a net.Addr) string {
	host, port, err := net.SplitHostPort(a.String())
	if err != nil {
		return a.String()
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}

func listenCause(err error) error {
	var op *net.OpError
	if errors.As(err, &op) {
		return op.Err
	}
	return err
}

// Serve builds, runs and closes a server.
func Serve(ctx context.Context, config Config, ready func(address string)) error {
	s, err := Build(ctx, config)
	if err != nil {
		return explainTaken(err, config.Data)
	}
	return errors.Join(s.Run(ctx, ready), s.Close())
}

// explainTaken says who has the data directory, where a note tells.
func explainTaken(err error, dir string) error {
	left, _ := readNote(dir)
	if hearth.ErrorCode(err) != hearth.Conflict || left == nil {
		return err
	}
	return hearth.Errorf(hearth.Conflict, "Another Hearth (process %d) runs on %s and answers at %s. Stop it first, or choose another data directory with --data.",
		left.Process, dir, left.Address)
}

// score is what the shared model makes of a post. It is made ready when it is first
// asked for.
func score() quality.Score {
	ready := sync.OnceValue(sentiment.Scorer)
	return func(p *hearth.Post) ([3]float64, bool) { return ready()(p) }
}
