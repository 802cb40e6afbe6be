package archive

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"hearth"
	"hearth/db"
	"hearth/text"
)

//go:embed schema/*.sql
var schemaFiles embed.FS

// Schema is the archive's tables, for db.Options.
func Schema() db.Schema { return db.SchemaIn(schemaFiles, "archive", "schema") }

// Op is what a row of the log says happened, with the meanings of network.Op.
// Append takes all but Annotate; Hide and Show the archive adds by itself as well, one
// row for each post that HideAuthor or ShowAuthor touches, so that a reader of the
// log never has to look for an author's posts.
type Op uint8

const (
	Create       Op = iota // a new post
	Update                 // a new version of it
	Delete                 // it is gone: the content of all its versions is erased
	HideAuthor             // the author's posts are not shown
	ShowAuthor             // and shown again
	DeleteAuthor           // the author is gone: all posts are erased, late ones swallowed
	Hide                   // one post is not shown any more
	Show                   // and shown again
	Annotate               // what people, rules or a newer analysis say of it makes a new version; see Annotate and Rejudge
)

// HasVersion says that a row holds a version of a post, unless it was erased.
func (op Op) HasVersion() bool { return op == Create || op == Update || op == Annotate }

var opNames = [...]string{"create", "update", "delete", "hide-author", "show-author", "delete-author", "hide", "show", "annotate"}

func (op Op) String() string {
	if int(op) < len(opNames) {
		return opNames[op]
	}
	return fmt.Sprintf("op %d", uint8(op))
}

// Entry is one event to be stored. For Delete, Hide and Show only Post.Network, Post.ID and
// Post.Author.ID count, for the author events only Post.Network and
// Post.Author.ID. The archive keeps nothing of it after Append returned.
type Entry struct {
	Op       Op
	Revision string             // the network's name for this version, "" if it has none
	Post     *hearth.Post       // analysed
	Doc      *text.Doc          // the post's text, cut as query.AddPost does; nil: the archive cuts it
	Monitors []hearth.MonitorID // that matched it on arrival
	Source   hearth.SourceID
	At       time.Time // when it happened, by the network's clock
	Judged   Judged    // by which models; the zero value if they did not judge it

	// Catch is asked about an Update if annotations of the post make another one
	// of it. Nil: Monitors as they are.
	Catch Catch
}

// Result says what became of an entry.
type Result struct {
	Seq    hearth.Seq // of the row that now stands for it: its own, or the one that made it needless
	Stored bool
	Reason string // why not, for people: a duplicate, swallowed by a deletion, …
}

// Stored is a row of the log as readers see it.
type Stored struct {
	Seq       hearth.Seq
	Workspace hearth.WorkspaceID
	Op        Op

	// Post is the version that a Create, Update or Annotate stored and that a Show shows
	// again. A Delete, Hide or author event has the names it came with. It is
	// empty in a row that was erased since.
	Post     hearth.Post
	Revision string
	Monitors []hearth.MonitorID // that matched on arrival
	Source   hearth.SourceID
	At       time.Time // when it happened, by the network's clock; may be zero
	Received time.Time // when it was appended, by ours; of an Annotate, the version that it annotates

	// Replaces is the version that this row replaces, hides, shows or erases;
	// zero if there was none.
	Replaces hearth.Seq

	Hidden bool // as things stand now: it, or all its author's posts, is not shown. Not set by ReadLog
	Erased bool // the content was taken away

	Judged Judged // by which models
	base   *hearth.Post
}

// Archive is open on one database. It may be used by many goroutines at once.
// There is one for a file; on PostgreSQL several processes may each have one (see
// shared.go).
type Archive struct {
	searchTime time.Duration
	sampleSize int
	db         *db.DB
	clock      hearth.Clock
	packer     *packer

	finder  *finder
	termers sync.Pool // of *termer

	consumers atomic.Int32 // that run
	recent    recent

	requests chan *request // to the appender
	head     atomic.Int64  // last committed seq
	wake     wake

	authors atomic.Int64 // rows of author_state: 0 spares looking

	unsettled chan struct{} // holds a token while authors may be pending
	settling  sync.Mutex    // one Settle at a time

	stop    context.CancelFunc
	stopped chan struct{} // closed when the appender takes nothing any more
	running sync.WaitGroup
}

// Options of Open.
type Options struct {
	Clock      hearth.Clock  // nil means hearth.SystemClock
	SearchTime time.Duration // how long one search may take; 0 means five seconds
}

// Open starts the archive on a database that was opened with Schema. It
// refuses, with a Damaged error, a log whose head disagrees with its rows or a
// consumer that has read further than the log goes.
func Open(ctx context.Context, d *db.DB, o Options) (*Archive, error) {
	if o.Clock == nil {
		o.Clock = hearth.SystemClock
	}
	if o.SearchTime <= 0 {
		o.SearchTime = 5 * time.Second
	}
	p, err := newPacker()
	if err != nil {
		return nil, fmt.Errorf("opening the archive: %w", err)
	}
	a := &Archive{db: d, clock: o.Clock, searchTime: o.SearchTime, sampleSize: sampleSize, packer: p, requests: make(chan *request, maxWaiting),
		unsettled: make(chan struct{}, 1), stopped: make(chan struct{})}
	if err := d.Read(ctx, a.checkStart); err != nil {
		return nil, fmt.Errorf("opening the archive: %w", err)
	}
	a.termers.New = func() any { return new(termer) }
	a.finder = newFinder(a)
	if err := a.finder.load(ctx); err != nil {
		return nil, fmt.Errorf("opening the archive's index: %w", err)
	}
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	a.stop = stop
	a.running.Go(func() { a.appendLoop(running) })
	a.running.Go(func() { a.finder.run(running) })
	a.running.Go(func() { a.finder.house(running) })
	a.running.Go(func() { a.settleLoop(running) })
	if d.Shared() {
		a.running.Go(func() { a.watch(running) })
	}
	return a, nil
}

// Close ends what Open started, after the appends that were accepted. It does
// not close the database.
func (a *Archive) Close() error {
	a.stop()
	a.running.Wait()
	return a.finder.close()
}

// checkStart proves the part of I26 that is about the log.
func (a *Archive) checkStart(tx *db.Tx) error {
	head, err := CheckLog(tx)
	if err != nil {
		return err
	}
	var authors int64
	if err := tx.QueryRow("SELECT count(*) FROM author_state").Scan(&authors); err != nil {
		return err
	}
	a.authors.Store(authors)
	a.head.Store(int64(head))
	return nil
}

// CheckLog gives the number of the log's last row. It is a Damaged error if the
// head disagrees with the rows or a consumer has read further than the log goes.
func CheckLog(tx *db.Tx) (hearth.Seq, error) {
	var head, last int64
	if err := tx.QueryRow("SELECT seq FROM log_head WHERE id = 1").Scan(&head); err != nil {
		return 0, err
	}
	if err := tx.QueryRow("SELECT coalesce(max(seq), 0) FROM post").Scan(&last); err != nil {
		return 0, err
	}
	if head != last {
		return 0, hearth.Errorf(hearth.Damaged, "The archive's log ends at row %d but should end at row %d: "+
			"the file is older than its own marker or was changed from outside. Restore archive.db from a backup.", last, head)
	}
	var consumer string
	var at int64
	err := tx.QueryRow("SELECT consumer, seq FROM consumer_position WHERE seq > ? LIMIT 1", head).Scan(&consumer, &at)
	if err == nil {
		return 0, hearth.Errorf(hearth.Damaged, "%s has read the archive up to row %d, but it ends at row %d: rows were lost. "+
			"Restore archive.db from a backup.", consumer, at, head)
	}
	if !errors.Is(err, errNoRows) {
		return 0, err
	}
	return hearth.Seq(head), nil
}

// Head is the number of the last row of the log, 0 if it is empty.
func (a *Archive) Head(ctx context.Context) (hearth.Seq, error) {
	if a.db.Shared() {
		if err := a.refresh(ctx); err != nil {
			return 0, err
		}
	}
	return hearth.Seq(a.head.Load()), nil
}

// Wait returns when the log goes beyond after, or with ctx's error.
func (a *Archive) Wait(ctx context.Context, after hearth.Seq) error {
	for {
		next := a.wake.next()
		if hearth.Seq(a.head.Load()) > after {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-next:
		}
	}
}

// wake wakes everybody who waits for the next event.
type wake struct {
	mu sync.Mutex
	ch chan struct{}
}

// next is closed by the next call of all.
func (w *wake) next() <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ch == nil {
		w.ch = make(chan struct{})
	}
	return w.ch
}

func (w *wake) all() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ch != nil {
		close(w.ch)
		w.ch = nil
	}
}
