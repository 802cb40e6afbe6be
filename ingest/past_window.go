package ingest

import (
	"context"
	"runtime"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"hearth"
	"hearth/match"
	"hearth/replay"
	"hearth/text"
)

// Look says where and for what to look in the replay window.
type Look struct {
	Queries    *match.Set
	Before     int64     // Next of the Looked before; 0: begin with the newest post
	Since      time.Time // only posts received then or later; zero: all
	Blocks     int       // read about so many, then give what was found
	Processors int       // use so many; 0: all
}

// Looked is what came of a Look.
type Looked struct {
	Finds
	Seen    int64     // posts, those that were passed over by their summary included
	Passed  int64     // of these, passed over
	Reached time.Time // when the oldest of them was received; zero: there were none
	Next    int64     // where to go on
	More    bool      // there may be more
}

// passedBlocks that are only passed over cost as much as one that is read.
const passedBlocks = 64

// HasWindow says whether there is a replay window at all.
func (p *Past) HasWindow() bool { return p.s.o.Window != nil }

// Window says what the window holds of a workspace.
func (p *Past) Window(ctx context.Context, ws hearth.WorkspaceID) (replay.Status, error) {
	if p.s.o.Window == nil {
		return replay.Status{}, nil
	}
	return p.s.o.Window.Status(ctx, ws)
}

// WindowPosts is how many posts of the window were received since.
func (p *Past) WindowPosts(ctx context.Context, ws hearth.WorkspaceID, since time.Time) (int64, error) {
	if p.s.o.Window == nil {
		return 0, nil
	}
	return p.s.o.Window.Posts(ctx, ws, since)
}

// Look looks at the next blocks of the window, the newest first. What was read
// before the first call is found; what its network took back since is not.
func (p *Past) Look(ctx context.Context, ws hearth.WorkspaceID, o Look) (looked Looked, err error) {
	w := p.s.o.Window
	if w == nil {
		return looked, nil
	}
	if o.Before == 0 {
		if err := w.Flush(ctx); err != nil {
			return looked, err
		}
	}
	if o.Processors <= 0 {
		o.Processors = runtime.GOMAXPROCS(0)
	}
	looked.Next, looked.More = o.Before, true
	group, gctx := errgroup.WithContext(ctx)
	group.SetLimit(o.Processors)
	var mu sync.Mutex
	for cost := 0; cost < o.Blocks*passedBlocks && gctx.Err() == nil; {
		b := p.block()
		there, err := w.Before(gctx, ws, looked.Next, o.Since, b)
		if err != nil || !there {
			p.putBlock(b)
			looked.More = err != nil
			if err != nil {
				group.Go(func() error { return err })
			}
			break
		}
		looked.Next, looked.Reached = b.ID, b.First
		looked.Seen += int64(b.Posts)
		if !o.Queries.MayHold(b.MayHold) {
			looked.Passed += int64(b.Posts)
			p.putBlock(b)
			cost++
			continue
		}
		cost += passedBlocks
		group.Go(func() error {
			defer p.putBlock(b)
			finds, err := p.lookAt(gctx, b, &o)
			mu.Lock()
			defer mu.Unlock()
			looked.Posts = append(looked.Posts, finds.Posts...)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return looked, err
	}
	return looked, p.bury(ctx, ws, &looked)
}

// lookAt looks at all posts of a block.
func (p *Past) lookAt(ctx context.Context, b *replay.Block, o *Look) (finds Finds, err error) {
	there, err := p.s.o.Window.Load(ctx, b)
	if err != nil || !there {
		return finds, err
	}
	l := looker{queries: o.Queries, scratch: match.NewScratch(), doc: new(text.Doc)}
	var e replay.Entry // outside of the loop, which would make one for each post
	for b.Next(&e) {
		if !e.Received.Before(o.Since) {
			l.look(&e, &finds)
		}
	}
	return finds, nil
}

// bury takes out what is dead.
func (p *Past) bury(ctx context.Context, ws hearth.WorkspaceID, looked *Looked) error {
	if len(looked.Posts) == 0 {
		return nil
	}
	dead, err := p.s.o.Window.Dead(ctx, ws, looked.Posts)
	if err != nil {
		return err
	}
	living := looked.Posts[:0]
	for i := range looked.Posts {
		if !dead[i] {
			living = append(living, looked.Posts[i])
		}
	}
	looked.Posts = living
	return nil
}

func (p *Past) block() *replay.Block {
	select {
	case b := <-p.blocks:
		return b
	default:
		return new(replay.Block)
	}
}

func (p *Past) putBlock(b *replay.Block) {
	select {
	case p.blocks <- b:
	default:
	}
}
