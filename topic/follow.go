package topic

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"hearth"
	groups "hearth/analysis/topic"
	"hearth/archive"
	"hearth/db"
	"hearth/fault"
	"hearth/query"
	"hearth/text"
)

const (
	followRows  = 500
	lookEvery   = 5 * time.Second
	gather      = time.Second // so that few commits take in many rows
	longestRest = 2 * time.Second

	hour        = int64(time.Hour / time.Microsecond)
	keptGroups  = 14 * 24 * hour // without a new post
	leastPosts  = 3              // of a group that is kept when nothing comes any more
	checkpoints = 2000           // posts between two
	mostModels  = 32             // workspaces whose words are held at once
)

// follower sorts what is new in the log. It belongs to one goroutine.
type follower struct {
	t      *Topics
	at     hearth.Seq // that the models are of
	models map[hearth.WorkspaceID]*model
	reader groups.Reader
	doc    text.Doc
}

// model is what is known of a workspace's posts.
type model struct {
	*groups.Model
	revision int64
	last     int64 // id
	since    int   // posts since the last checkpoint
	apart    map[int64]bool
	stale    bool // there is something to label
}

// Run sorts what is stored into topics until ctx ends. One process at a time should
// run it; two would do no harm but work twice.
func (t *Topics) Run(ctx context.Context) error {
	f := &follower{t: t, models: map[hearth.WorkspaceID]*model{}}
	for ctx.Err() == nil {
		began := t.o.Clock()
		at, more, err := f.round(ctx)
		if errors.Is(err, db.ErrUnknownOutcome) {
			return err
		}
		if err != nil && ctx.Err() == nil {
			t.o.Log.Warn("sorting posts into topics stands still; it is tried again", "error", err)
			clear(f.models)
		}
		t.rest(ctx, at, more && err == nil, min(longestRest, t.o.Clock().Sub(began)))
	}
	return nil
}

// rest waits as long as the work took, and where nothing is left to do until
// something comes.
func (t *Topics) rest(ctx context.Context, at hearth.Seq, more bool, worked time.Duration) {
	if !more {
		soon, cancel := context.WithTimeout(ctx, lookEvery)
		defer cancel()
		if t.o.Archive.Wait(soon, at) != nil {
			return
		}
		worked = gather
	}
	soon, cancel := context.WithTimeout(ctx, worked)
	defer cancel()
	<-soon.Done()
}

// Catch sorts everything that is stored, and labels it. It is for tests and tools.
func (t *Topics) Catch(ctx context.Context) error { return t.catch(ctx, func(float64) {}) }

func (t *Topics) catch(ctx context.Context, progress func(share float64)) error {
	head, err := t.o.Archive.Head(ctx)
	if err != nil {
		return err
	}
	f := &follower{t: t, models: map[hearth.WorkspaceID]*model{}}
	for {
		at, more, err := f.round(ctx)
		if err != nil || !more {
			return err
		}
		progress(min(1, float64(at)/float64(max(1, head))))
	}
}

// round takes in some rows, and labels when there are no more.
func (f *follower) round(ctx context.Context) (at hearth.Seq, more bool, err error) {
	if at, err = f.t.Place(ctx); err != nil {
		return at, false, err
	}
	if at != f.at { // another process was at work
		clear(f.models)
		f.at = at
	}
	last := at
	var rows []archive.Stored
	err = f.t.o.Archive.ReadLog(ctx, 0, at, followRows, func(s *archive.Stored) error {
		last = s.Seq
		rows = append(rows, *s)
		return nil
	})
	if hearth.ErrorCode(err) == hearth.Damaged && last == at {
		f.t.o.Log.Error("a damaged row is in no topic", "row", at+1, "error", err)
		last, err = at+1, nil
	}
	if err != nil && last == at {
		return at, false, err
	}
	if last == at {
		return at, false, f.labelAll(ctx)
	}
	if err := f.take(ctx, at, last, rows); err != nil {
		return at, false, err
	}
	return last, true, nil
}

// sorting is what comes of some rows of a workspace.
type sorting struct {
	m       *model
	posts   []sorted
	known   map[hearth.Seq]sorted // where a version is that is replaced
	gone    []hearth.Seq
	touched map[int64]int64 // groups, with the time of the earliest new post
	merged  []groups.Merging
	forgot  []int64
}

type sorted struct {
	seq    hearth.Seq
	topic  int64
	at     int64
	person int64
}

// take sorts rows and moves the place, in one transaction.
func (f *follower) take(ctx context.Context, from, to hearth.Seq, rows []archive.Stored) error {
	work := map[hearth.WorkspaceID]*sorting{}
	var order []hearth.WorkspaceID
	for i := range rows {
		s := &rows[i]
		w := work[s.Workspace]
		if w == nil {
			m, err := f.model(ctx, s.Workspace, from)
			if err != nil {
				return err
			}
			w = &sorting{m: m, known: map[hearth.Seq]sorted{}, touched: map[int64]int64{}}
			work[s.Workspace] = w
			order = append(order, s.Workspace)
		}
		if err := f.row(ctx, w, s); err != nil {
			return err
		}
	}
	err := f.t.o.State.Write(ctx, func(tx *db.Tx) error {
		done, err := tx.Exec(`UPDATE topic_place SET seq = ? WHERE id = 1 AND seq = ?`, to, from)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, hearth.Errorf(hearth.Unavailable, "Another process sorts posts into topics."))
		}
		for _, ws := range order {
			if err := work[ws].write(tx, ws, to); err != nil {
				return fmt.Errorf("workspace %d: %w", ws, err)
			}
		}
		return fault.Point("topic.sort.written")
	})
	if err != nil {
		clear(f.models) // they know more than what is stored
		return err
	}
	if err := fault.Point("topic.sort.committed"); err != nil {
		return err
	}
	f.at = to
	for _, w := range work {
		w.m.stale = true
		if w.m.since >= checkpoints {
			w.m.since = 0
		}
	}
	return nil
}

// row takes in one row of the log.
func (f *follower) row(ctx context.Context, w *sorting, s *archive.Stored) error {
	if s.Op.HasVersion() && !s.Erased {
		one := sorted{seq: s.Seq, at: timeOf(s), person: personOf(&s.Post)}
		if s.Op == archive.Annotate && s.Replaces != 0 { // the same text
			old, err := f.find(ctx, w, s.Workspace, s.Replaces)
			if err != nil {
				return err
			}
			one.topic = old.topic
		} else {
			query.AddPost(&f.doc, &s.Post)
			f.reader.Read(&f.doc, s.Post.Lang)
			at := min(one.at, s.Received.UnixMicro())
			w.tidy(at)
			if g := w.m.Sort(&f.reader, at, func() int64 { w.m.last++; return w.m.last }); g != nil {
				one.topic = g.ID
			}
			w.m.since++
		}
		if one.topic != 0 {
			w.posts = append(w.posts, one)
			w.known[s.Seq] = one
			if first, ok := w.touched[one.topic]; !ok || one.at < first {
				w.touched[one.topic] = one.at
			}
		}
	}
	switch s.Op {
	case archive.Create, archive.Update, archive.Annotate, archive.Delete:
		if s.Replaces != 0 {
			w.gone = append(w.gone, s.Replaces)
		}
	}
	return nil
}

// tidy merges and forgets, once an hour by the time of the posts.
func (w *sorting) tidy(at int64) {
	newest := w.m.Newest()
	if newest == math.MinInt64 || at/hour <= newest/hour {
		return
	}
	for _, done := range w.m.Merge(func(a, b *groups.Group) bool { return w.m.apart[a.ID] || w.m.apart[b.ID] }) {
		w.merged = append(w.merged, done)
		if _, ok := w.touched[done.Into]; !ok {
			w.touched[done.Into] = math.MaxInt64
		}
	}
	w.forgot = append(w.forgot, w.m.Forget(at-keptGroups)...)
}

// find is where a version was sorted to.
func (f *follower) find(ctx context.Context, w *sorting, ws hearth.WorkspaceID, seq hearth.Seq) (old sorted, err error) {
	if one, ok := w.known[seq]; ok {
		return one, nil
	}
	err = f.t.o.State.Read(ctx, func(tx *db.Tx) error {
		err := tx.QueryRow(`SELECT topic_id FROM topic_post WHERE workspace_id = ? AND seq = ?`, ws, seq).Scan(&old.topic)
		if errors.Is(err, errNoRows) {
			return nil
		}
		return err
	})
	return old, err
}

// timeOf is when a post counts, in µs, as monitors count it.
func timeOf(s *archive.Stored) int64 {
	if s.Post.Published.IsZero() {
		return s.Received.UnixMicro()
	}
	return s.Post.Published.UnixMicro()
}

// personOf is a hash of who wrote a post; a post by nobody is its own person.
func personOf(p *hearth.Post) int64 {
	who := p.Author.ID
	if who == "" {
		who = "@" + p.Author.Handle
	}
	if who == "@" {
		who = "\x00" + p.ID
	}
	return int64(text.Hash(p.Network + "\x00" + who))
}
