package server

import (
	"context"
	"fmt"
	"net/http"
	"net/http/pprof"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"hearth"
	"hearth/access"
	"hearth/client"
	"hearth/db"
	"hearth/ingest"
	"hearth/outbound"
	"hearth/watch"
	"hearth/web"
)

// watchOver puts what machines look at before the pages.
func (s *Server) watchOver(mux *http.ServeMux) {
	mux.Handle("GET /healthz", watch.Alive())
	mux.Handle("GET /readyz", watch.Readiness(s.checks, func(r *http.Request) bool { _, err := s.gate.reader(r); return err == nil }))
	mux.Handle("GET /metrics", s.forReaders(s.watch.Metrics()))
	if s.config.Pprof {
		mux.Handle("GET /debug/pprof/", s.forReaders(http.HandlerFunc(pprof.Index)))
		mux.Handle("GET /debug/pprof/profile", s.forReaders(http.HandlerFunc(pprof.Profile)))
		mux.Handle("GET /debug/pprof/trace", s.forReaders(http.HandlerFunc(pprof.Trace)))
		mux.Handle("GET /debug/pprof/symbol", s.forReaders(http.HandlerFunc(pprof.Symbol)))
	}
}

// forReaders lets in whom the status page lets in.
func (s *Server) forReaders(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := s.gate.reader(r); err != nil {
			w.Header().Set("WWW-Authenticate", `Basic realm="hearth"`)
			http.Error(w, err.Error(), http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// checks is what readiness asks for.
func (s *Server) checks(ctx context.Context) []watch.Check {
	phase := *s.phase.Load()
	checks := []watch.Check{{Name: "server", OK: phase == phaseRunning}}
	if phase != phaseRunning {
		checks[0].Detail = "The server is " + phase + "."
	}
	stores := watch.Check{Name: "stores", OK: true}
	for _, d := range []*db.DB{s.state, s.store} {
		select {
		case <-d.Broken():
			stores.OK, stores.Detail = false, "A commit was not confirmed; the server stops. Look at the disk, then start it again."
		default:
			if err := d.Read(ctx, func(tx *db.Tx) error { var n int; return tx.QueryRow("SELECT 1").Scan(&n) }); err != nil {
				stores.OK, stores.Detail = false, "A database cannot be read: "+err.Error()
			}
		}
	}
	checks = append(checks, stores, watch.Check{Name: "sources", OK: s.reading.Load()})
	if !s.reading.Load() {
		checks[len(checks)-1].Detail = "The sources are not read."
	}
	disk := watch.Check{Name: "disk", OK: true}
	if s.disk.Room() != nil {
		disk.OK, disk.Detail = false, s.disk.Trouble()
	}
	return append(checks, disk)
}

// watched is what the metrics show, of all workspaces.
func (s *Server) watched(ctx context.Context) (watch.State, error) {
	st := watch.State{Version: s.config.Version, Ready: watch.Ready(s.checks(ctx)), Index: s.indexSize(ctx)}
	all, err := s.access.Workspaces(ctx, access.LocalOwner(hearth.DefaultWorkspace))
	if err != nil {
		return st, err
	}
	for i := range all {
		if err := s.watchedWorkspace(ctx, &st, all[i].ID); err != nil {
			return st, err
		}
	}
	st.Files = s.files(ctx)
	st.Disk = s.disk.Free()
	st.Out = watchedOut(s.out)
	return st, s.watchedLog(ctx, &st)
}

// watchedWorkspace adds what there is of a workspace.
func (s *Server) watchedWorkspace(ctx context.Context, st *watch.State, ws hearth.WorkspaceID) error {
	owner := access.LocalOwner(ws)
	sources, err := s.sources.Status(ctx, owner)
	if err != nil {
		return err
	}
	for i := range sources {
		st.Sources = append(st.Sources, watchedSource(ws, &sources[i]))
	}
	letters, err := s.sources.DeadLetters(ctx, owner, ingest.DeadLetterSearch{Limit: 1})
	if err != nil {
		return err
	}
	st.DeadLetters += letters.Total
	st.DeadJobs += s.deadJobs(ws)
	if set := s.monitors.Queries(ws); set != nil {
		st.Queries += set.Len()
	}
	for name, age := range s.backupAges(ws) {
		st.Backups = append(st.Backups, watch.Backup{Workspace: ws.String(), Schedule: name, Age: age})
	}
	window, ok, err := s.sources.Window(ctx, owner)
	if ok && err == nil {
		st.Replay = append(st.Replay, watch.Replay{Workspace: ws.String(), Posts: window.Posts, Bytes: window.Bytes, Reach: window.To.Sub(window.From)})
	}
	return err
}

// indexSizeKept is how long a size of the index is taken for the present one.
const indexSizeKept = 5 * time.Minute

// indexSize is how large the token index is, or lately was; below zero where
// nobody knows.
func (s *Server) indexSize(ctx context.Context) int64 {
	s.index.Lock()
	defer s.index.Unlock()
	now := hearth.SystemClock()
	if s.index.at.IsZero() || now.Sub(s.index.at) > indexSizeKept {
		size, err := s.archive.IndexSize(ctx)
		if err != nil {
			return -1
		}
		s.index.size, s.index.at = size, now
	}
	return s.index.size
}

// watchedLog adds the log's length and how far its consumers are behind.
func (s *Server) watchedLog(ctx context.Context, st *watch.State) error {
	head, err := s.archive.Head(ctx)
	if err != nil {
		return err
	}
	st.Rows = int64(head)
	list, err := s.consumers(ctx)
	for _, c := range list {
		one := watch.Consumer{Name: c.Name, Lag: c.Behind, Age: -1}
		if c.BehindSeconds != nil {
			one.Age = time.Duration(*c.BehindSeconds * float64(time.Second))
		}
		st.Consumers = append(st.Consumers, one)
	}
	return err
}

// consumers are all that follow the log, and how far behind it they are.
func (s *Server) consumers(ctx context.Context) (list []client.Consumer, err error) {
	for _, c := range []struct {
		name  string
		place func(context.Context) (hearth.Seq, error)
	}{{"monitor", s.monitors.Place}, {"alerts", s.alerts.Place}, {"tag-rules", s.tags.Place}, {"copies", s.copies.Place}, {"bots", s.bots.Place}, {"topics", s.topics.Place}} {
		at, err := c.place(ctx)
		if err != nil {
			return nil, fmt.Errorf("looking how far %s is: %w", c.name, err)
		}
		lag, err := s.archive.Lag(ctx, at)
		if err != nil {
			return nil, err
		}
		one := client.Consumer{Name: c.name, At: int64(at), Behind: lag.Rows}
		if lag.Age >= 0 {
			seconds := lag.Age.Seconds()
			one.BehindSeconds = &seconds
		}
		list = append(list, one)
	}
	return list, nil
}

func watchedSource(ws hearth.WorkspaceID, s *ingest.Status) watch.Source {
	c := &s.Progress.Counters
	src := watch.Source{
		Workspace: ws.String(), ID: strconv.FormatInt(int64(s.ID), 10), Network: s.Network, State: string(s.State), Records: c.Frames, Events: c.Events, Matched: c.Matched,
		Stored: c.Stored, Duplicates: c.Duplicates, Unwanted: c.Unwanted + c.Undecided, Unreadable: c.Rejects + c.Poisoned, Gaps: c.Gaps, Age: -1,
	}
	if s.HasAge {
		src.Age = s.Age
	}
	if d := s.Deliveries; d != nil {
		src.Delivers, src.Delivered, src.Waiting = true, d.Accepted, d.Waiting
	}
	return src
}

func watchedOut(o *outbound.Outbound) watch.Out {
	t := o.Totals()
	out := watch.Out{
		Calls: t.Calls, Failed: t.Failed, Limited: t.Limited, Retries: t.Retries, Waits: t.Waits, Refused: t.Refused, Bytes: t.Bytes, Waited: t.Waited,
	}
	for _, h := range o.Snapshot() {
		out.Hosts++
		if h.Breaker != outbound.Closed {
			out.Broken++
		}
		for _, l := range h.Limits {
			out.Waiting += l.Waiting
		}
	}
	return out
}

// files are the databases of the data directory and what belongs to them; of a
// database elsewhere, each store.
func (s *Server) files(ctx context.Context) (list []watch.File) {
	for _, store := range []struct {
		name string
		db   *db.DB
	}{{stateStore, s.state}, {archiveStore, s.store}} {
		if store.db == nil || !store.db.Shared() {
			continue
		}
		if size, err := store.db.Size(ctx); err == nil {
			list = append(list, watch.File{Name: store.name, Size: size})
		}
	}
	for _, name := range []string{stateFile, archiveFile, replayFile} {
		for _, suffix := range []string{"", "-wal"} {
			if info, err := os.Stat(filepath.Join(s.config.Data, name+suffix)); err == nil {
				list = append(list, watch.File{Name: name + suffix, Size: info.Size()})
			}
		}
	}
	return list
}

// machine is what the page of health shows of the process and its stores.
func (s *Server) machine(ctx context.Context) web.Machine {
	m := web.Machine{Ready: watch.Ready(s.checks(ctx)), Memory: int64(readMemory().held)}
	for _, f := range s.files(ctx) {
		m.Stores = append(m.Stores, web.Store{Name: f.Name, Size: f.Size})
	}
	switch {
	case s.disk.Room() != nil:
		m.Room = web.Full
	case s.disk.RoomForHistory() != nil:
		m.Room = web.Short
	}
	return m
}
