package ingest

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"

	"hearth"
	"hearth/archive"
	"hearth/db"
	"hearth/match"
	"hearth/network"
)

// writer is a flow's second half. It belongs to one goroutine.
type writer struct {
	f        *Flow
	o        *FlowOptions
	scratch  *match.Scratch
	progress Progress  // committed
	pending  pending   // not yet
	patience time.Time // until then posts are not completed
	nameless nameless

	// What the pending entries hold: posts and authors that will be there when
	// the deletions and edits behind them are written.
	present map[hearth.Key]struct{}
	authors map[author]struct{}
}

type author struct{ network, id string }

// pending is what the next commit writes.
type pending struct {
	docs    []*candidate
	entries []archive.Entry
	rows    []int64
	letters []letter
	gaps    []network.Gap
	graves  []byte // hashes of deletions
	cursor  network.Cursor
	counts  Counters
	newest  time.Time
	row     int64
}

// urgent says whether there is more than a cursor to write.
func (p *pending) urgent() bool {
	return len(p.entries) > 0 || len(p.letters) > 0 || len(p.gaps) > 0
}

const (
	// cursorEvery is how long a cursor may wait when nothing else is written: a
	// crash reads that much again.
	cursorEvery = time.Second
	// A network that takes longer than slowCompletion to complete posts is not
	// asked again for completionPause: what it leaves out must not hold up what
	// it sends.
	slowCompletion  = time.Second
	completionPause = 20 * time.Second
	// maxGroup is about how many entries share a commit.
	maxGroup = 4096
)

// run writes until the flow is closed or fails.
func (w *writer) run(ctx context.Context) {
	defer close(w.f.done)
	timer := time.NewTimer(cursorEvery)
	defer timer.Stop()
	for {
		var err error
		select {
		case j, open := <-w.f.jobs:
			if !open {
				err = w.commit(ctx)
				if err != nil {
					w.f.end(err)
				}
				return
			}
			err = w.take(ctx, j)
		case <-timer.C:
			err = w.commit(ctx)
			timer.Reset(cursorEvery)
		}
		if err != nil {
			w.f.end(err)
			w.discard()
			return
		}
	}
}

// discard lets go of what a failed flow still holds. Its cursor was never
// committed.
func (w *writer) discard() {
	for range w.f.jobs {
	}
}

// take prepares a job and those that wait behind it, and commits if there is
// something to commit.
func (w *writer) take(ctx context.Context, j *job) error {
	for {
		if err := w.prepare(ctx, j); err != nil {
			return err
		}
		if len(w.pending.entries) >= maxGroup {
			break
		}
		next, ok := w.next()
		if !ok {
			break
		}
		j = next
	}
	if w.pending.urgent() {
		return w.commit(ctx)
	}
	return nil
}

// next is a job that waits already.
func (w *writer) next() (*job, bool) {
	select {
	case j, open := <-w.f.jobs:
		return j, open && j != nil
	default:
		return nil, false
	}
}

// prepare adds a job to what is pending.
func (w *writer) prepare(ctx context.Context, j *job) error {
	p := &w.pending
	p.counts.add(&j.counts)
	p.letters = append(p.letters, j.letters...)
	p.gaps = append(p.gaps, j.gaps...)
	if j.cursor != "" {
		p.cursor = j.cursor
	}
	p.row = max(p.row, j.row)
	if j.newest.After(p.newest) {
		p.newest = j.newest
	}
	if len(j.candidates) == 0 {
		return nil
	}
	if w.o.Complete != nil {
		w.complete(ctx, j)
	}
	there, err := w.lookUp(ctx, j)
	if err != nil {
		return err
	}
	for _, c := range j.candidates {
		w.admit(c, there)
	}
	return nil
}

// complete fills in what the network left out of the posts that are wanted and
// decides about them again, for a handle can make a query match or not.
func (w *writer) complete(ctx context.Context, j *job) {
	posts := make([]*hearth.Post, 0, len(j.candidates))
	for _, c := range j.candidates {
		if c.doc != nil && c.verdict == kept {
			posts = append(posts, c.post)
		}
	}
	if len(posts) == 0 {
		return
	}
	before := make([]hearth.Author, len(posts))
	for i, p := range posts {
		before[i] = p.Author
	}
	begun := w.o.Clock()
	if begun.Before(w.patience) {
		w.countNameless(posts)
		return
	}
	w.completeUntilPanic(ctx, append(posts[:len(posts):len(posts)], w.nameless.again()...))
	w.countNameless(posts)
	if now := w.o.Clock(); now.Sub(begun) > slowCompletion {
		w.patience = now.Add(completionPause)
	}
	set := w.f.queries()
	i := 0
	for _, c := range j.candidates {
		if c.doc == nil || c.verdict != kept {
			continue
		}
		if c.post.Author != before[i] {
			w.decideAgain(set, c)
		}
		i++
	}
}

// countNameless counts posts that are kept without their authors' names, and
// remembers whom to ask about again.
func (w *writer) countNameless(posts []*hearth.Post) {
	if w.o.Nameless == nil {
		return
	}
	w.nameless.settle(w.o.Nameless)
	for _, p := range posts {
		if w.o.Nameless(p) {
			w.pending.counts.Nameless++
			w.nameless.note(p)
		}
	}
}

func (w *writer) completeUntilPanic(ctx context.Context, posts []*hearth.Post) {
	defer func() {
		if r := recover(); r != nil {
			w.o.Log.Error("completing posts failed; they are kept as they are", "panic", fmt.Sprint(r), "stack", string(debug.Stack()))
		}
	}()
	w.o.Complete(ctx, posts)
}

// decideAgain asks the queries about a completed post. One that matched by what
// it lacked is let go.
func (w *writer) decideAgain(set *match.Set, c *candidate) {
	defer func() {
		if r := recover(); r != nil { // the first decision stands
			w.scratch = nil
			w.o.Log.Error("deciding about a completed post failed; its monitors stay as they were", "panic", fmt.Sprint(r), "stack", string(debug.Stack()))
		}
	}()
	if w.scratch == nil {
		w.scratch = match.NewScratch()
	}
	wanted := set.Wanted(w.scratch, c.post, c.doc, nil)
	was := len(c.monitors) > 0
	c.monitors = set.Decide(w.scratch, c.post, c.doc, wanted, c.monitors[:0])
	switch is := len(c.monitors) > 0; {
	case is && !was:
		w.pending.counts.Matched++
	case was && !is:
		w.pending.counts.Matched--
		if w.o.Everything {
			return
		}
		c.verdict = undecided
		if c.op == network.Update {
			c.verdict = passed
		}
	}
}

// admit makes an entry of a candidate, or counts why not.
func (w *writer) admit(c *candidate, there lookedUp) {
	p := &w.pending
	key, by := c.post.Key(), author{c.post.Network, c.post.Author.ID}
	op := archive.Create
	if c.op == network.Update {
		op = archive.Update // a post's first row too: so the same edit read again is known
	}
	switch c.op {
	case network.Create, network.Update:
		switch known := w.isPresent(key, there); {
		case c.verdict == undecided:
			p.counts.Undecided++
			w.o.Crew.docs.put(c.doc)
			return
		case c.op == network.Update && known:
		case c.verdict == passed:
			p.counts.UnknownPosts++
			w.o.Crew.docs.put(c.doc)
			return
		case !known && w.o.graves.holds(c.post):
			p.counts.Deleted++
			w.o.Crew.docs.put(c.doc)
			return
		}
		w.present[key] = struct{}{}
		w.authors[by] = struct{}{}
	case network.Delete:
		op = archive.Delete
		if !w.isPresent(key, there) {
			p.graves = w.o.graves.dig(c.post, p.graves)
			p.counts.UnknownPosts++
			return
		}
	case network.Hide, network.Show:
		op = otherOps[c.op]
		if !w.isPresent(key, there) {
			p.counts.UnknownPosts++
			return
		}
	default:
		if _, ok := w.authors[by]; !ok && !there.authors[by] {
			p.counts.UnknownAuthors++
			return
		}
		op = otherOps[c.op]
	}
	p.entries = append(p.entries, archive.Entry{
		Op: op, Revision: c.revision, Post: c.post, Doc: c.doc, Monitors: c.monitors, Source: w.o.Source, At: c.at, Judged: c.judged, Catch: w.catch,
	})
	p.docs = append(p.docs, c)
	p.rows = append(p.rows, c.row)
}

var otherOps = [...]archive.Op{
	network.Hide:         archive.Hide,
	network.Show:         archive.Show,
	network.HideAuthor:   archive.HideAuthor,
	network.ShowAuthor:   archive.ShowAuthor,
	network.DeleteAuthor: archive.DeleteAuthor,
}

// catch asks the queries about an edit of a post that people or rules annotated.
func (w *writer) catch(_ *db.Tx, v *archive.Annotated) ([]hearth.MonitorID, error) {
	return w.f.queries().Catches(v.After), nil
}

func (w *writer) isPresent(key hearth.Key, there lookedUp) bool {
	if _, ok := w.present[key]; ok {
		return true
	}
	return there.posts[key]
}

// lookUp asks the archive about posts that are edited or deleted and authors to
// whom something happened. What waits in front of it is in present and authors.
func (w *writer) lookUp(ctx context.Context, j *job) (lookedUp, error) {
	var keys []hearth.Key
	var people []author
	for _, c := range j.candidates {
		switch c.op {
		case network.Update, network.Delete, network.Hide, network.Show:
			keys = append(keys, c.post.Key())
		case network.HideAuthor, network.ShowAuthor, network.DeleteAuthor:
			people = append(people, author{c.post.Network, c.post.Author.ID})
		}
	}
	return lookUp(ctx, w.o.Archive, w.o.Workspace, keys, people)
}

// commit writes what is pending in one transaction with where it was read to.
func (w *writer) commit(ctx context.Context) error {
	p := &w.pending
	if p.counts == (Counters{}) && p.cursor == "" && !p.urgent() {
		return nil
	}
	if w.o.room != nil && p.urgent() {
		if err := w.o.room(); err != nil {
			return err
		}
	}
	now := w.o.Clock()
	next := Progress{Cursor: p.cursor, Counters: w.progress.Counters, Newest: w.progress.Newest, Written: now, row: p.row}
	if p.cursor == "" {
		next.Cursor = w.progress.Cursor
	}
	if p.newest.After(next.Newest) {
		next.Newest = p.newest
	}
	_, err := w.o.Archive.Append(ctx, w.o.Workspace, p.entries, func(tx *db.Tx, results []archive.Result) error {
		next.Counters = w.progress.Counters
		next.Counters.add(&p.counts)
		for _, r := range results {
			next.Counters.count(r)
		}
		return w.o.record(tx, w.o, &next, p, results)
	})
	if err != nil {
		return fmt.Errorf("storing what was read: %w", err)
	}
	w.committed(next)
	return nil
}

func (w *writer) committed(next Progress) {
	p := &w.pending
	w.progress = next
	for _, c := range p.docs {
		w.o.Crew.docs.put(c.doc)
	}
	clear(p.docs)
	clear(p.entries)
	*p = pending{docs: p.docs[:0], entries: p.entries[:0], rows: p.rows[:0]}
	clear(w.present)
	clear(w.authors)
	w.f.progress.Store(&next)
	if w.o.Committed != nil {
		w.o.Committed(next)
	}
}
