package ingest

import (
	"cmp"
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"hearth"
	"hearth/archive"
	"hearth/db"
	"hearth/match"
	"hearth/network"
	"hearth/query"
	"hearth/replay"
	"hearth/text"
)

// Past is where posts are found that nobody wanted when they were read, or that
// were never read: the replay window and the networks' own search. It finds
// them by the same matching as live ones. Those that are remembered are history:
// they have no source, so nobody is alerted and nothing is answered by itself.
// Safe for concurrent use.
type Past struct {
	s      *Sources
	blocks chan *replay.Block // for reuse
}

// NewPast looks into the past of the sources.
func NewPast(s *Sources) *Past {
	return &Past{s: s, blocks: make(chan *replay.Block, 2*cap(s.o.Crew.idle))}
}

// Finds is posts of the past that a query may want, records that could not be
// read, and what cannot be had. It shares nobody's memory.
type Finds struct {
	Posts   []replay.Entry
	Rejects []network.Reject
	Gaps    []network.Gap
}

// Remember stores what is found, as far as a query wants it once it is
// analysed, and says what became of the posts that were wanted. What is stored
// already, was deleted or is erased is not stored again, so remembering twice
// does no harm.
func (p *Past) Remember(ctx context.Context, ws hearth.WorkspaceID, queries *match.Set, finds Finds) (results []archive.Result, err error) {
	if len(finds.Posts) == 0 && len(finds.Rejects) == 0 {
		return nil, nil
	}
	options := p.s.flowOptions(ws, 0)
	options.Queries = func() *match.Set { return queries }
	options.Window = nil
	options.Complete = p.completer(ws, finds.Posts)
	options.record = func(tx *db.Tx, o *FlowOptions, next *Progress, pending *pending, did []archive.Result) error {
		results = append(results, did...)
		return writeLetters(tx, ws, 0, "", pending.letters, next.Written)
	}
	flow, err := NewFlow(ctx, options)
	if err != nil {
		return nil, err
	}
	b := network.Batch{Frames: len(finds.Posts) + len(finds.Rejects), Rejects: finds.Rejects}
	for i := range finds.Posts {
		b.Events = append(b.Events, finds.Posts[i].Event)
	}
	err = flow.Take(ctx, &b)
	if closing := flow.Close(); err == nil {
		err = closing
	}
	return results, err
}

// completer completes posts by the networks of the sources that read them.
func (p *Past) completer(ws hearth.WorkspaceID, entries []replay.Entry) func(context.Context, []*hearth.Post) {
	sources := make(map[hearth.Key]hearth.SourceID, len(entries))
	for i := range entries {
		sources[entries[i].Event.Post.Key()] = entries[i].Source
	}
	return func(ctx context.Context, posts []*hearth.Post) {
		of := map[hearth.SourceID][]*hearth.Post{}
		for _, post := range posts {
			id := sources[post.Key()]
			of[id] = append(of[id], post)
		}
		for id, posts := range of {
			if n, session, err := p.session(ctx, ws, id); err == nil && n.Complete != nil {
				n.Complete(ctx, session, posts)
			} // the source may be gone: the posts stay as they are
		}
	}
}

// session is a network as one of its sources reads it.
func (p *Past) session(ctx context.Context, ws hearth.WorkspaceID, id hearth.SourceID) (*network.Network, *network.Session, error) {
	var src Source
	err := p.s.o.State.Read(ctx, func(tx *db.Tx) (err error) {
		src, err = readSource(tx, ws, id)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	n := p.s.networks[src.Network]
	if n == nil {
		return nil, nil, hearth.Errorf(hearth.Unavailable, "This Hearth does not know the network %s.", quote(src.Network))
	}
	cache, err := loadCache(ctx, p.s.o.Store, ws, id)
	if err != nil {
		return nil, nil, err
	}
	session, err := p.s.session(&runner{key: sourceKey{ws, id}, source: src}, n, cache)
	return n, session, err
}

// Searches is the sources whose networks can be asked for the past, in the order
// of their ids.
func (p *Past) Searches(ctx context.Context, ws hearth.WorkspaceID) (list []Source, err error) {
	all, err := p.s.wanted(ctx)
	for key, src := range all {
		if n := p.s.networks[src.Network]; key.workspace == ws && n != nil && n.Search != nil {
			list = append(list, p.s.shown(src))
		}
	}
	slices.SortFunc(list, func(a, b Source) int { return cmp.Compare(a.ID, b.ID) })
	return list, err
}

// Search asks a source's network for the past, from a cursor on, and calls each
// with what the queries may want of every batch, how many posts were in it, and
// the cursor from which to go on. An error of each ends it and is returned.
func (p *Past) Search(ctx context.Context, ws hearth.WorkspaceID, source hearth.SourceID, want network.Wanted, from network.Cursor, queries *match.Set,
	each func(finds Finds, looked int, next network.Cursor) error) (err error) {
	n, session, err := p.session(ctx, ws, source)
	if err != nil {
		return err
	}
	if n.Search == nil {
		return hearth.Errorf(hearth.Unavailable, "%s cannot be searched.", n.Title)
	}
	defer func() {
		if r := recover(); r != nil {
			p.s.o.Log.Error("a network failed while being searched", "network", n.Name, "panic", fmt.Sprint(r), "stack", string(debug.Stack()))
			err = hearth.Errorf(hearth.Internal, "Hearth failed while searching %s: %v", n.Title, r)
		}
	}()
	l := looker{queries: queries, scratch: match.NewScratch(), doc: new(text.Doc)}
	return n.Search(ctx, session, want, from, func(b *network.Batch) error {
		now := p.s.o.Clock()
		var finds Finds
		for i := range b.Events {
			e := &b.Events[i]
			if e.Op == network.Create || e.Op == network.Update {
				l.look(&replay.Entry{Event: *e, Source: source, Received: now}, &finds)
			}
		}
		for _, r := range b.Rejects {
			finds.Rejects = append(finds.Rejects, network.Reject{Raw: slices.Clone(r.Raw), Reason: strings.Clone(r.Reason), Line: r.Line})
		}
		for _, g := range b.Gaps {
			finds.Gaps = append(finds.Gaps, network.Gap{From: strings.Clone(g.From), To: strings.Clone(g.To), Reason: strings.Clone(g.Reason)})
		}
		return each(finds, len(b.Events)+len(b.Rejects), network.Cursor(strings.Clone(string(b.Cursor))))
	})
}

// looker looks for what the queries may want. It belongs to one goroutine.
type looker struct {
	queries *match.Set
	scratch *match.Scratch
	doc     *text.Doc
	wanted  []int32
}

// look keeps a copy of the entry if a query may want it. A post that makes the
// program fail is left out: as a live one it is a dead letter.
func (l *looker) look(e *replay.Entry, finds *Finds) {
	defer func() {
		if recover() != nil {
			l.scratch, l.doc = match.NewScratch(), new(text.Doc)
		}
	}()
	p := &e.Event.Post
	if len(p.Text)+len(p.Title) > maxTextBytes {
		return
	}
	l.doc.Reset()
	query.AddPost(l.doc, p)
	if l.wanted = l.queries.Wanted(l.scratch, p, l.doc, l.wanted[:0]); len(l.wanted) == 0 {
		return
	}
	kept := *e
	kept.Event.Post, kept.Event.Revision = p.Clone(), strings.Clone(e.Event.Revision)
	finds.Posts = append(finds.Posts, kept)
}

// Busy is the time that processors have worked on live posts and imports so
// far, and how many processors there are: what is left may look into the past.
func (p *Past) Busy() (time.Duration, int) {
	return time.Duration(p.s.o.Crew.busy.Load()), cap(p.s.o.Crew.idle)
}
