package archive

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"hearth"
	"hearth/archive/index"
	"hearth/db"
	"hearth/fault"
)

// Limits of the appender. A request larger than maxGroupRows is one group.
const (
	maxWaiting   = 64   // requests waiting for the appender; further callers wait to enter
	maxGroup     = 64   // requests that share a commit
	maxGroupRows = 4096 // entries after which a group is closed
)

// request is one call of Append on its way.
type request struct {
	workspace hearth.WorkspaceID
	rows      []prepared
	with      func(*db.Tx, []Result) error
	results   []Result
	err       error
	done      chan struct{}
	state     atomic.Int32 // see below; moves away from waiting once
}

const (
	waiting   = iota
	taken     // by the appender: the outcome will come
	withdrawn // by its caller, whose context ended
)

// prepared is an entry with everything that can be worked out before the
// transaction.
type prepared struct {
	op      Op
	key     storeKey
	body    []byte
	content content    // post shares the entry's memory
	terms   index.List // of a Create or Update
	catch   Catch
}

// Append stores entries, and whatever with writes, in one transaction and
// returns after it is on the disk. Calls made at the same moment share the
// commit; an error of one undoes that one alone. with (which may be nil) sees
// one result for each entry, in order, and must be quick. If ctx ends before
// the transaction began nothing is stored; once it has begun, Append waits for
// its outcome.
//
// An entry that changes nothing (a duplicate, an edit that names another
// author, a post whose deletion came first) is no error: its Result says so. An
// entry that cannot be stored at all (no network or id) is an Invalid error for
// the whole call; ingest checks posts before.
func (a *Archive) Append(ctx context.Context, ws hearth.WorkspaceID, entries []Entry, with func(tx *db.Tx, results []Result) error) ([]Result, error) {
	if ws <= 0 {
		return nil, hearth.Errorf(hearth.Internal, "A post was appended without a workspace.")
	}
	r := &request{workspace: ws, with: with, done: make(chan struct{}), results: make([]Result, len(entries))}
	var err error
	if r.rows, err = a.prepare(ws, entries); err != nil {
		return nil, err
	}
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-a.stopped:
		return nil, errClosed
	case a.requests <- r:
	}
	select {
	case <-r.done:
	case <-ctx.Done():
		if r.state.CompareAndSwap(waiting, withdrawn) {
			return nil, ctx.Err()
		}
		<-r.done
	case <-a.stopped:
		if r.state.CompareAndSwap(waiting, withdrawn) {
			return nil, errClosed
		}
		<-r.done
	}
	if r.err != nil {
		return nil, r.err
	}
	return r.results, nil
}

var errClosed = &hearth.Error{Code: hearth.Unavailable, Message: "The archive is closing; try again in a moment."}

// prepare packs the entries on the caller's goroutine.
func (a *Archive) prepare(ws hearth.WorkspaceID, entries []Entry) ([]prepared, error) {
	now := a.clock()
	rows := make([]prepared, len(entries))
	t := a.termers.Get().(*termer)
	defer a.termers.Put(t)
	bodies := make([]byte, 0, 256*len(entries))
	var scratch []byte
	var terms index.Terms
	var store index.Store
	for i := range entries {
		e, p := &entries[i], &rows[i]
		if e.Post == nil || e.Op > Show {
			return nil, hearth.Errorf(hearth.Internal, "Entry %d of a batch has no post or an unknown kind.", i+1)
		}
		p.op, p.catch = e.Op, e.Catch
		p.content = content{
			revision: e.Revision, at: e.At.UTC(), received: now, source: e.Source, monitors: e.Monitors,
			judged: e.Judged,
		}
		post := e.Post
		switch e.Op {
		case Create, Update:
			p.content.post = *post
		case Delete, Hide, Show:
			p.content.post = hearth.Post{Network: post.Network, ID: post.ID, Author: hearth.Author{ID: post.Author.ID}}
		default:
			p.content.post = hearth.Post{Network: post.Network, Author: hearth.Author{ID: post.Author.ID}}
		}
		named := post.ID // what happened to
		if p.op == HideAuthor || p.op == ShowAuthor || p.op == DeleteAuthor {
			named = post.Author.ID
		}
		if post.Network == "" || named == "" {
			return nil, hearth.Errorf(hearth.Invalid, "Entry %d of a batch (%s) does not name its network and id.", i+1, p.op)
		}
		if a.consumers.Load() > 0 {
			p.content.own()
		}
		p.key = keyOf(p.content.post.Key())
		from := len(bodies)
		bodies, scratch = a.packer.pack(bodies, scratch, &p.content)
		p.body = bodies[from:len(bodies):len(bodies)]
		if e.Op == Create || e.Op == Update {
			t.post(&terms, ws, &p.content, e.Doc)
			p.terms = store.Copy(&terms)
		}
	}
	return rows, nil
}

// appendLoop commits requests in groups until ctx ends.
func (a *Archive) appendLoop(ctx context.Context) {
	defer close(a.stopped)
	var group []*request
	for {
		select {
		case <-ctx.Done():
			return
		case r := <-a.requests:
			group = a.gather(append(group[:0], r))
			a.commit(slices.DeleteFunc(group, func(r *request) bool {
				return !r.state.CompareAndSwap(waiting, taken)
			}))
		}
	}
}

// gather adds the requests that wait already.
func (a *Archive) gather(group []*request) []*request {
	rows := len(group[0].rows)
	for len(group) < maxGroup && rows < maxGroupRows {
		select {
		case r := <-a.requests:
			group = append(group, r)
			rows += len(r.rows)
		default:
			return group
		}
	}
	return group
}

// commit writes a group in one transaction and answers each request.
func (a *Archive) commit(group []*request) {
	if len(group) == 0 {
		return
	}
	err := a.write(context.Background(), func(l *log) error {
		for _, r := range group {
			r.err = l.alone(len(group) > 1, func() error { return l.request(r) })
			if r.err != nil && (len(group) == 1 || errors.Is(r.err, errAborted)) {
				return r.err
			}
		}
		return fault.Point("archive.append.written")
	})
	for _, r := range group {
		if r.err == nil {
			r.err = err
		}
		close(r.done)
	}
}

// errAborted says that SQLite gave the whole transaction up.
var errAborted = errors.New("the transaction was aborted")

// log appends rows within one transaction.
type log struct {
	a         *Archive
	tx        *db.Tx
	workspace hearth.WorkspaceID
	first     hearth.Seq // head before the transaction
	next      hearth.Seq // number of the next row
	now       time.Time
	unsettled bool // an author's posts have to follow

	added   []index.Addition // to the posts that can be found
	removed []index.Doc      // from them
	undone  []index.Doc      // of added, by a later row of the transaction
	rows    []Stored         // for recent
	unkept  bool             // a row could not be kept for recent

	foreseen foreseen // of the request that is written
}

// write runs f with the log in one transaction, and tells those who follow it
// once that is on the disk.
func (a *Archive) write(ctx context.Context, f func(*log) error) error {
	return a.db.Write(ctx, func(tx *db.Tx) error {
		l, err := a.openLog(tx)
		if err != nil {
			return err
		}
		if err := f(l); err != nil {
			return err
		}
		return l.close()
	})
}

// keep notes a row for those who read the log as it grows, if its content owns
// its memory.
func (l *log) keep(r row, c *content) {
	if !c.owned || l.a.consumers.Load() == 0 {
		l.unkept = true
		return
	}
	l.rows = append(l.rows, r.stored(c))
}

// openLog begins to append within a write transaction.
func (a *Archive) openLog(tx *db.Tx) (*log, error) {
	l := &log{a: a, tx: tx, now: a.clock()}
	if a.db.Shared() {
		o, err := look(tx)
		if err != nil {
			return nil, err
		}
		if o.authors {
			a.authors.CompareAndSwap(0, 1)
		}
		// The head may be of a write that shares this commit: nobody is told.
		l.first, l.next = o.head, o.head+1
		return l, nil
	}
	var head int64
	if err := tx.QueryRow("SELECT seq FROM log_head WHERE id = 1").Scan(&head); err != nil {
		return nil, fmt.Errorf("reading the head of the log: %w", err)
	}
	l.first, l.next = hearth.Seq(head), hearth.Seq(head)+1
	return l, nil
}

// close writes the new head and has the rows announced after the commit.
func (l *log) close() error {
	head := l.next - 1
	if head == l.first {
		return nil
	}
	if _, err := l.tx.Exec("UPDATE log_head SET seq = ? WHERE id = 1", int64(head)); err != nil {
		return fmt.Errorf("moving the head of the log: %w", err)
	}
	c := &change{first: l.first + 1, last: head, removed: l.removed, added: l.added}
	if len(l.undone) > 0 {
		c.added = slices.DeleteFunc(c.added, func(a index.Addition) bool { return slices.Contains(l.undone, a.Doc) })
	}
	l.tx.AfterCommit(func() {
		fault.Point("archive.append.committed")
		if l.unkept {
			l.a.recent.forget()
		} else {
			l.a.recent.add(l.rows)
		}
		l.a.finder.hand(c)
		l.a.moveHead(head)
		if l.unsettled {
			signal(l.a.unsettled)
		}
		fault.Point("archive.append.announced")
	})
	return nil
}

// alone runs f so that its failure undoes nothing else, if others share the
// transaction.
func (l *log) alone(others bool, f func() error) error {
	if !others {
		return f()
	}
	before, added, removed, undone, rows := l.next, len(l.added), len(l.removed), len(l.undone), len(l.rows)
	if _, err := l.tx.Exec("SAVEPOINT request"); err != nil {
		return errors.Join(errAborted, err)
	}
	err := f()
	if err != nil {
		l.next, l.added, l.removed, l.undone, l.rows = before, l.added[:added], l.removed[:removed], l.undone[:undone], l.rows[:rows]
		if _, e := l.tx.Exec("ROLLBACK TO request"); e != nil {
			return errors.Join(errAborted, err)
		}
	}
	if _, e := l.tx.Exec("RELEASE request"); e != nil {
		return errors.Join(errAborted, e)
	}
	return err
}

// request writes one request.
func (l *log) request(r *request) error {
	l.workspace = r.workspace
	l.added = slices.Grow(l.added, len(r.rows))
	if l.a.consumers.Load() > 0 {
		l.rows = slices.Grow(l.rows, len(r.rows))
	}
	for from := 0; from < len(r.rows); from += foreseenRows {
		to := min(from+foreseenRows, len(r.rows))
		if err := l.store(r.rows[from:to], r.results[from:to]); err != nil {
			return err
		}
	}
	if r.with == nil {
		return nil
	}
	return r.with(l.tx, r.results)
}

// store writes some rows of a request.
func (l *log) store(rows []prepared, results []Result) error {
	if err := l.foresee(rows); err != nil {
		return err
	}
	for i := 0; i < len(rows); {
		if n := l.newPosts(rows[i:]); n > 0 {
			if err := l.storeMany(rows[i:i+n], results[i:i+n]); err != nil {
				return err
			}
			i += n
			continue
		}
		var err error
		if results[i], err = l.fold(&rows[i]); err != nil {
			return fmt.Errorf("storing %s %s: %w", rows[i].op, rows[i].content.post.ID, err)
		}
		i++
	}
	return nil
}

// newPosts is how many of the first rows are posts that are not there.
func (l *log) newPosts(rows []prepared) int {
	n := 0
	for n < len(rows) && rows[n].op == Create && l.isNew(&rows[n]) {
		delete(l.foreseen.posts, rows[n].key) // the same post again is not new
		n++
	}
	return n
}
