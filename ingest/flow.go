package ingest

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"hearth"
	"hearth/analysis"
	"hearth/archive"
	"hearth/db"
	"hearth/jobs"
	"hearth/match"
	"hearth/network"
	"hearth/replay"
)

// FlowOptions say where a flow's posts come from and go to. Archive, Store, Crew,
// Clock and Log are required.
type FlowOptions struct {
	Workspace hearth.WorkspaceID
	Source    hearth.SourceID

	Archive   *archive.Archive
	Store     *db.DB // the archive's file, with ArchiveSchema
	Crew      *Crew
	Clock     hearth.Clock
	Log       *slog.Logger
	Analyzers []analysis.Analyzer
	Layer     func(context.Context) *analysis.Layer // over the analyzers' models; nil: none

	// Queries are the standing queries as they are now; nil means none.
	Queries func() *match.Set

	// Everything keeps posts that no query wants, too.
	Everything bool

	// Complete fills in what the network's stream leaves out, for posts that
	// somebody wants; nil means nothing is missing.
	Complete func(context.Context, []*hearth.Post)

	// Nameless is network.Network.Nameless; may be nil.
	Nameless func(*hearth.Post) bool

	// Window takes every post that was read, wanted or not; nil: there is none.
	Window *replay.Window

	// Committed is told after each commit what has come of the source so far;
	// it must be quick. May be nil.
	Committed func(Progress)

	lease  *jobs.Lease // under which a source is read; nil: nobody else could
	graves *graves     // shared by the sources of a workspace; nil: its own
	cache  *cache      // what the network learns; nil: nothing
	record record      // nil: a source's
	begin  Progress
	old    bool // of an import: events may be older than what is stored

	room func() error // nil while posts may be kept; nil: always

	delivered bool // batches come from deliveries too
}

// Progress is how far a flow has come: all of it durable.
type Progress struct {
	Cursor   network.Cursor
	Counters Counters
	Newest   time.Time // of the newest event, by the network's clock
	Written  time.Time // when it was committed

	row int64 // the last record of an import, or delivery, that was dealt with
}

// Flow is the one way in: it takes batches, lets the crew match and analyse
// them and hands what is wanted to its writer, which commits it while the next
// batch is matched. Take is for one goroutine.
type Flow struct {
	o     FlowOptions
	empty *match.Set
	task  task
	jobs  chan *job
	done  chan struct{} // closed when the writer has ended

	failed  chan struct{} // closed with the first failure
	fail    sync.Once
	err     error // valid once failed is closed
	closing sync.Once

	progress atomic.Pointer[Progress]
}

// queueLength is how many batches may wait for the writer. With the one that is
// being matched and those being written that is what a flow holds in memory.
const queueLength = 4

// NewFlow starts a flow and its writer, which goes on from where the source
// stands in the archive. Close ends it.
func NewFlow(ctx context.Context, o FlowOptions) (*Flow, error) {
	if o.record == nil {
		o.record = recordSource
		if o.delivered {
			o.record = recordDelivered
		}
		begin, err := readProgress(ctx, o.Store, o.Workspace, o.Source)
		if err != nil {
			return nil, err
		}
		o.begin = begin
	}
	if o.graves == nil {
		o.graves = newGraves()
	}
	if err := o.graves.load(ctx, o.Store, o.Workspace); err != nil {
		return nil, err
	}
	f := &Flow{
		o: o, empty: match.NewSet(nil),
		jobs: make(chan *job, queueLength), done: make(chan struct{}), failed: make(chan struct{}),
	}
	f.task = task{
		analyzers: o.Analyzers, models: Models(o.Analyzers), everything: o.Everything, log: o.Log, window: o.Window, workspace: o.Workspace, source: o.Source,
	}
	f.progress.Store(&o.begin)
	w := &writer{f: f, o: &f.o, progress: o.begin, present: map[hearth.Key]struct{}{}, authors: map[author]struct{}{}}
	go w.run(context.WithoutCancel(ctx))
	return f, nil
}

// Progress is what is committed by now.
func (f *Flow) Progress() Progress { return *f.progress.Load() }

// Take matches a batch and hands on what is wanted. It returns when nothing of
// the batch's memory is needed any more, waiting while the writer is behind.
// That it returned says nothing about durability; Progress does. After an error
// the flow takes nothing more: read again from the committed cursor.
func (f *Flow) Take(ctx context.Context, b *network.Batch) error {
	return f.take(ctx, b, nil, 0)
}

// take is Take for an import: rows are the records of the events, last is the
// last record of the batch. Of a delivery, last is its number.
func (f *Flow) take(ctx context.Context, b *network.Batch, rows []int64, last int64) error {
	select {
	case <-f.failed:
		return f.err
	default:
	}
	j := f.match(ctx, b, rows)
	j.row = last
	if f.o.delivered {
		for i := range j.letters {
			j.letters[i].delivery = last
		}
	}
	select {
	case f.jobs <- j:
		return nil
	case <-f.failed:
		return f.err
	case <-ctx.Done():
		// The batch is lost to this flow; taking a later one would commit a
		// cursor beyond it.
		f.end(ctx.Err())
		return ctx.Err()
	}
}

// Close waits until everything taken is committed, the last cursor too, or
// until the flow has failed, and returns that error. A flow that was started
// must be closed; nothing is taken after it.
func (f *Flow) Close() error {
	f.closing.Do(func() { close(f.jobs) })
	<-f.done
	select {
	case <-f.failed:
		if errors.Is(f.err, context.Canceled) || errors.Is(f.err, context.DeadlineExceeded) {
			return nil // the reader's end, not the writer's failure
		}
		return f.err
	default:
		return nil
	}
}

func (f *Flow) end(err error) {
	f.fail.Do(func() {
		f.err = err
		close(f.failed)
	})
}

// match shares the batch among workers and gathers what they found, in order.
func (f *Flow) match(ctx context.Context, b *network.Batch, rows []int64) *job {
	t := &f.task
	n := len(b.Events)
	t.events, t.rows, t.set = b.Events, rows, f.queries()
	if f.o.Layer != nil {
		t.layer = f.o.Layer(ctx)
	}
	t.verdicts = resize(t.verdicts, n)
	t.candidates = resize(t.candidates, n)
	t.poisons = resize(t.poisons, n)
	if f.o.Window != nil {
		t.received = f.o.Clock()
	}
	f.fork(ctx, n)
	j := gather(t, b)
	t.events, t.rows, t.set = nil, nil, nil
	return j
}

func (f *Flow) queries() *match.Set {
	if f.o.Queries != nil {
		if set := f.o.Queries(); set != nil {
			return set
		}
	}
	return f.empty
}

// fork runs workers over chunks of the task until there are none left.
func (f *Flow) fork(ctx context.Context, n int) {
	var taken atomic.Int64
	work := func() {
		w := <-f.o.Crew.idle
		begun := f.o.Clock()
		defer func() {
			f.o.Crew.busy.Add(int64(f.o.Clock().Sub(begun)))
			f.o.Crew.idle <- w
		}()
		for {
			to := int(taken.Add(chunk))
			from := to - chunk
			if from >= n {
				return
			}
			w.look(ctx, &f.task, from, min(to, n))
		}
	}
	helpers := min(cap(f.o.Crew.idle), (n+chunk-1)/chunk) - 1
	if helpers <= 0 {
		work()
		return
	}
	var wg sync.WaitGroup
	for range helpers {
		wg.Go(work)
	}
	work()
	wg.Wait()
}

// job is what is left of a batch after matching: nothing in it points into the
// network's memory.
type job struct {
	candidates []*candidate
	letters    []letter
	gaps       []network.Gap
	cursor     network.Cursor
	counts     Counters
	newest     time.Time
	row        int64 // the last record of the batch, or its delivery
}

func gather(t *task, b *network.Batch) *job {
	j := &job{cursor: network.Cursor(strings.Clone(string(b.Cursor)))}
	c := &j.counts
	c.Frames, c.Events = int64(b.Frames), int64(len(t.events))
	c.Rejects, c.Gaps = int64(len(b.Rejects)), int64(len(b.Gaps))
	wanted := 0
	for _, v := range t.verdicts {
		switch v {
		case unwanted:
			c.Unwanted++
		case undecided:
			c.Undecided++
		case renamed:
			c.Renamed++
		case poisoned:
			c.Poisoned++
		default:
			wanted++
		}
	}
	if n := len(t.events); n > 0 {
		j.newest = t.events[n-1].At
	}
	j.gatherCandidates(t, wanted)
	j.gatherTroubles(t, b)
	return j
}

func (j *job) gatherCandidates(t *task, wanted int) {
	if wanted == 0 {
		return
	}
	j.candidates = make([]*candidate, 0, wanted)
	for i, c := range t.candidates {
		if c == nil {
			continue
		}
		t.candidates[i] = nil
		c.revision, c.at = strings.Clone(t.events[i].Revision), t.events[i].At
		if len(c.monitors) > 0 {
			j.counts.Matched++
		}
		j.candidates = append(j.candidates, c)
	}
}

func (j *job) gatherTroubles(t *task, b *network.Batch) {
	for i := range b.Rejects {
		r := &b.Rejects[i]
		raw := append([]byte(nil), r.Raw[:min(len(r.Raw), maxLetterBytes)]...)
		j.letters = append(j.letters, letter{kind: rawLetter, reason: strings.Clone(r.Reason), raw: raw, size: len(r.Raw), row: r.Line})
	}
	if j.counts.Poisoned > 0 {
		for i, p := range t.poisons {
			if p != nil {
				t.poisons[i] = nil
				j.letters = append(j.letters, letter{kind: postLetter, reason: p.reason, raw: p.raw, size: len(p.raw), row: p.row})
			}
		}
	}
	for _, g := range b.Gaps {
		j.gaps = append(j.gaps, network.Gap{
			From: strings.Clone(g.From), To: strings.Clone(g.To), Reason: strings.Clone(g.Reason),
		})
	}
}

// resize gives n zero values, reusing memory.
func resize[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	s = s[:n]
	clear(s)
	return s
}
