package ingest

import (
	"context"
	"fmt"
	"log/slog"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"hearth"
	"hearth/analysis"
	"hearth/archive"
	"hearth/match"
	"hearth/network"
	"hearth/query"
	"hearth/replay"
	"hearth/text"
)

// Crew is the working space that flows share: as many workers as processors,
// each with its matcher's scratch and documents. A flow borrows workers for one
// batch at a time, so idle sources hold none.
type Crew struct {
	idle chan *worker
	docs docPool
	busy atomic.Int64 // ns that workers have worked
}

// NewCrew makes a crew of size workers; 0 means one for each processor.
func NewCrew(size int) *Crew {
	if size <= 0 {
		size = runtime.GOMAXPROCS(0)
	}
	c := &Crew{idle: make(chan *worker, size)}
	for range size {
		c.idle <- &worker{docs: &c.docs, doc: new(text.Doc), scratch: match.NewScratch()}
	}
	return c
}

// verdict is what the workers say of one event.
type verdict uint8

const (
	unwanted  verdict = iota // no query could match it
	undecided                // no query did match it
	kept                     // goes to the archive
	passed                   // goes to the archive if what it names is there
	poisoned                 // goes to the dead letters
	renamed                  // tells nothing about stored posts
)

// candidate is an event on its way to the archive. Its post is a copy of its
// own.
type candidate struct {
	op       network.Op
	verdict  verdict
	at       time.Time
	post     *hearth.Post
	doc      *text.Doc // nil for deletions and authors
	monitors []hearth.MonitorID
	revision string
	row      int64 // of an import
	judged   archive.Judged
}

// poison is an event that cannot be kept, and why.
type poison struct {
	raw    []byte
	reason string
	row    int64
}

// task is one batch under the workers' hands. The slices have one place for
// each event, so that nobody waits for anybody and the order is kept.
type task struct {
	events     []network.Event
	rows       []int64 // of an import: the row of each event
	set        *match.Set
	analyzers  []analysis.Analyzer
	models     archive.Judged // their versions
	layer      *analysis.Layer
	everything bool // keep what no query wants too
	log        *slog.Logger

	window    *replay.Window // nil: none
	workspace hearth.WorkspaceID
	source    hearth.SourceID
	received  time.Time

	verdicts   []verdict
	candidates []*candidate
	poisons    []*poison
}

func (t *task) row(i int) int64 {
	if t.rows == nil {
		return 0
	}
	return t.rows[i]
}

// worker looks at events. It belongs to one goroutine at a time.
type worker struct {
	docs    *docPool
	scratch *match.Scratch
	doc     *text.Doc // for the next post; changes hands when the post is kept

	t      *task
	held   []held          // posts of this chunk that somebody may want
	wanted []int32         // the places in the set, of all held posts
	items  []analysis.Item // of all held posts
	ids    []hearth.MonitorID
	sheet  replay.Sheet // for the window
}

// held is a post between matching and decision. It is a copy, so that analysis
// writes nothing into the network's memory; its strings are still the batch's.
type held struct {
	event     int
	post      *hearth.Post
	doc       *text.Doc
	from, to  int // worker.wanted[from:to]
	isPoisons bool
	judged    archive.Judged
}

// chunk is how many events a worker takes at a time: enough to make analysis in
// batches worth while, few enough to share a batch evenly.
const chunk = 64

// look works on events [from, to).
func (w *worker) look(ctx context.Context, t *task, from, to int) {
	w.t = t
	w.held, w.wanted, w.items = w.held[:0], w.wanted[:0], w.items[:0]
	for i := from; i < to; {
		i = w.cutUntilPanic(i, to)
	}
	if t.window != nil {
		_ = t.window.Take(ctx, t.workspace, &w.sheet) // ctx's; the batch ends by it, too
	}
	if len(w.held) > 0 {
		w.analyse()
		for i := 0; i < len(w.held); {
			i = w.decideUntilPanic(i)
		}
		clear(w.items)
		clear(w.held)
	}
	w.t = nil
}

// cutUntilPanic cuts and matches events from i on and says where to go on.
func (w *worker) cutUntilPanic(i, to int) (next int) {
	defer func() {
		if r := recover(); r != nil {
			w.poison(next, "reading its text", r)
			w.renew()
			next++
		}
	}()
	for next = i; next < to; next++ {
		w.cut(next)
	}
	return next
}

// maxTextBytes is beyond what any post within the limits can need; a longer one
// is not even cut.
const maxTextBytes = 4 * 202_000

// cut sorts one event and asks the set about posts.
func (w *worker) cut(i int) {
	t, e := w.t, &w.t.events[i]
	switch e.Op {
	case network.Create, network.Update:
	case network.Delete, network.Hide, network.Show, network.HideAuthor, network.ShowAuthor, network.DeleteAuthor:
		w.pass(i)
		return
	case network.Rename:
		t.verdicts[i] = renamed
		return
	default:
		w.refuse(i, fmt.Sprintf("The network reported an event of an unknown kind (%d).", e.Op))
		return
	}
	if len(e.Post.Text)+len(e.Post.Title) > maxTextBytes {
		w.refuse(i, "The post is longer than any post may be.")
		return
	}
	w.doc.Reset()
	query.AddPost(w.doc, &e.Post)
	from := len(w.wanted)
	w.wanted = t.set.Wanted(w.scratch, &e.Post, w.doc, w.wanted)
	if t.window != nil {
		w.sheet.Keys = w.scratch.AppendKeys(w.sheet.Keys, &e.Post, w.doc)
		w.sheet.Add(e, t.source, t.received)
	}
	if len(w.wanted) == from && !t.everything && e.Op == network.Create {
		t.verdicts[i] = unwanted
		return
	}
	if err := e.Post.Check(); err != nil {
		w.wanted = w.wanted[:from]
		w.refuse(i, "The post is not within the limits: "+err.Error())
		return
	}
	post := e.Post
	w.held = append(w.held, held{event: i, post: &post, doc: w.doc, from: from, to: len(w.wanted), judged: t.models.By(&post)})
	w.items = append(w.items, analysis.Item{Post: &post, Doc: w.doc, Layer: t.layer})
	w.doc = w.docs.get()
}

// analyse runs the analyzers over all held posts. If one of them panics it
// finds the post that did it by going one by one: analyzers never overwrite
// what they set, so a second run does no harm.
func (w *worker) analyse() {
	if w.analysesUntilPanic(w.items) == nil {
		return
	}
	for i := range w.items {
		if r := w.analysesUntilPanic(w.items[i : i+1]); r != nil {
			w.poison(w.held[i].event, "analysing it", r)
			w.held[i].isPoisons = true
		}
	}
}

func (w *worker) analysesUntilPanic(items []analysis.Item) (trouble any) {
	defer func() { trouble = recover() }()
	analysis.Run(w.t.analyzers, items)
	return nil
}

func (w *worker) decideUntilPanic(i int) (next int) {
	defer func() {
		if r := recover(); r != nil {
			w.poison(w.held[next].event, "deciding which monitors it matches", r)
			w.renew()
			next++
		}
	}()
	for next = i; next < len(w.held); next++ {
		w.decide(&w.held[next])
	}
	return next
}

// decide keeps the post, with a copy of everything it points to, or lets it go.
func (w *worker) decide(h *held) {
	if h.isPoisons {
		return
	}
	t, e := w.t, &w.t.events[h.event]
	w.ids = t.set.Decide(w.scratch, h.post, h.doc, w.wanted[h.from:h.to], w.ids[:0])
	if len(w.ids) == 0 && !t.everything && e.Op == network.Create {
		t.verdicts[h.event] = undecided
		w.docs.put(h.doc)
		return
	}
	v := kept
	if len(w.ids) == 0 && e.Op == network.Update && !t.everything {
		v = passed
	}
	post := h.post.Clone()
	restring(h.doc, &post)
	t.verdicts[h.event] = v
	t.candidates[h.event] = &candidate{
		op: e.Op, verdict: v, post: &post, doc: h.doc, row: t.row(h.event), judged: h.judged,
		monitors: append([]hearth.MonitorID(nil), w.ids...),
	}
}

// pass hands an event on that carries no text.
func (w *worker) pass(i int) {
	e := &w.t.events[i]
	if w.t.window != nil {
		w.sheet.Bury(e)
	}
	post := hearth.Post{Network: e.Post.Network, ID: e.Post.ID, Author: hearth.Author{ID: e.Post.Author.ID}}
	post = post.Clone()
	w.t.verdicts[i] = passed
	w.t.candidates[i] = &candidate{op: e.Op, verdict: passed, post: &post, row: w.t.row(i)}
}

// refuse makes a dead letter of an event.
func (w *worker) refuse(i int, reason string) {
	w.t.verdicts[i] = poisoned
	w.t.candidates[i] = nil
	w.t.poisons[i] = &poison{raw: hearth.AppendPost(nil, &w.t.events[i].Post), reason: reason, row: w.t.row(i)}
}

func (w *worker) poison(i int, during string, trouble any) {
	w.t.log.Error("a post made the program fail and is kept as a dead letter",
		"during", during, "panic", fmt.Sprint(trouble), "stack", string(debug.Stack()))
	w.refuse(i, fmt.Sprintf("Hearth failed while %s: %v", during, trouble))
}

// renew replaces working space that a panic may have left half written.
func (w *worker) renew() {
	w.scratch, w.doc = match.NewScratch(), new(text.Doc)
}

// restring lets the streams of a document point into the post's own memory
// instead of the batch's. The contents are equal.
func restring(d *text.Doc, p *hearth.Post) {
	for i := range d.Streams {
		s := &d.Streams[i]
		switch s.Field {
		case text.Title:
			s.Source = p.Title
		case text.Text:
			s.Source = p.Text
		default:
			for _, m := range p.Media {
				if m.Alt == s.Source {
					s.Source = m.Alt
					break
				}
			}
		}
	}
}

// docPool keeps documents for reuse, until the garbage collector finds them idle.
// Those that one long post has blown up are let go.
type docPool struct{ idle sync.Pool }

const maxDocTokens = 4096

func (p *docPool) get() *text.Doc {
	if d, ok := p.idle.Get().(*text.Doc); ok {
		return d
	}
	return new(text.Doc)
}

func (p *docPool) put(d *text.Doc) {
	if d == nil || cap(d.Tokens) > maxDocTokens {
		return
	}
	d.Reset()
	p.idle.Put(d)
}
