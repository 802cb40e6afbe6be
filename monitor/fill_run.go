package monitor

import (
	"context"
	"fmt"
	"time"

	"hearth"
	"hearth/archive"
	"hearth/db"
	"hearth/ingest"
	"hearth/match"
	"hearth/query"
)

const fillPage = 250

// run is one search of the past at work.
type run struct {
	m     *Monitors
	mon   *filling
	query *query.Query
	set   *match.Set // of the query alone
	fill  Fill       // as it was last committed
	pace  *Pace
	held  func(*db.Tx) error // see RunWhile

	until, oldest time.Time // between which stored posts stand
	stored        int64     // how many they are
}

// fill searches the past of one monitor: what is stored, then the replay window,
// then the networks. Each step commits what it found with the place it came to,
// so a broken-off search goes on there, and finds nothing twice.
func (m *Monitors) fill(ctx context.Context, mon *filling, held func(*db.Tx) error) error {
	q, err := m.parse(mon.workspace, mon.Query)
	if err != nil {
		return nil // said when it was read at the start
	}
	f, err := m.fillOf(ctx, mon.workspace, &mon.Monitor)
	if err != nil || f.State == FillDone || f.State == FillCancelled || f.State == FillPaused {
		return err
	}
	r := &run{m: m, mon: mon, held: held, query: q, set: match.NewSet([]match.Standing{{ID: mon.ID, Query: q}}), fill: f, pace: m.Pace()}
	defer m.announce(mon.workspace, mon.ID)
	if err := r.measure(ctx); err != nil {
		return fmt.Errorf("searching the past of monitor %d: %w", mon.ID, err)
	}
	for {
		if m.o.Room != nil {
			if err := m.o.Room(); err != nil {
				return err
			}
		}
		begun := m.o.Clock()
		more, err := r.step(ctx)
		if err != nil {
			return fmt.Errorf("searching the past of monitor %d: %w", mon.ID, err)
		}
		if !more {
			return r.end(ctx)
		}
		if err := r.pace.Rest(ctx, m.o.Clock().Sub(begun)); err != nil {
			return err
		}
	}
}

// end keeps what the change of a query did, now that its past is searched.
func (r *run) end(ctx context.Context) error {
	if r.fill.State != FillDone {
		return nil
	}
	if err := r.m.keepEffect(ctx, r.mon.workspace, &r.mon.Monitor); err != nil && ctx.Err() == nil {
		r.m.o.Log.Warn("what a change of a monitor did could not be kept; it is compared when it is asked for",
			"workspace", r.mon.workspace, "monitor", r.mon.ID, "error", err)
	}
	return nil
}

// step does the next piece of work. It reports false when the search is over or
// is not to go on.
func (r *run) step(ctx context.Context) (more bool, err error) {
	switch r.fill.Stage {
	case FillWindow:
		return r.lookAtWindow(ctx)
	case FillNetworks:
		return r.searchNetworks(ctx)
	}
	return r.searchStored(ctx)
}

// measure counts what there is to be gone through.
func (r *run) measure(ctx context.Context) (err error) {
	r.until = r.m.o.Clock()
	if r.stored, r.oldest, err = r.m.storedSince(ctx, r.mon.workspace, r.fill.Since); err != nil {
		return err
	}
	r.fill.Total = r.stored
	if r.m.o.Past == nil {
		return nil
	}
	window, err := r.m.o.Past.WindowPosts(ctx, r.mon.workspace, r.fill.Since)
	r.fill.Total += window
	return err
}

// storedSince is how many posts are stored since then, about, and when the
// oldest of them was published.
func (m *Monitors) storedSince(ctx context.Context, ws hearth.WorkspaceID, since time.Time) (posts int64, oldest time.Time, err error) {
	err = m.o.Store.Read(ctx, func(tx *db.Tx) error {
		if since.IsZero() {
			return tx.QueryRow(`SELECT coalesce(sum(posts), 0) FROM total WHERE workspace_id = ? AND monitor_id = 0`, ws).Scan(&posts)
		}
		return eachCount(tx, ws, 0, quarterOf(since.UnixMicro()), maxQuarter, func(_, _, n int64) error {
			posts += n
			return nil
		})
	})
	if err != nil || posts == 0 {
		return posts, oldest, err
	}
	page, err := m.o.Archive.Search(ctx, ws, archive.Search{From: since, Limit: 1, Oldest: true})
	if err == nil && len(page.Posts) > 0 {
		oldest = timeOf(&page.Posts[0].Stored)
	}
	return posts, oldest, err
}

// searchStored asks the archive for the next page.
func (r *run) searchStored(ctx context.Context) (more bool, err error) {
	begun := r.m.o.Clock()
	page, err := r.m.o.Archive.Search(ctx, r.mon.workspace, archive.Search{Query: r.query, From: r.fill.Since, Limit: fillPage, Cursor: r.fill.cursor})
	if err != nil {
		return false, err
	}
	posts := make([]*archive.Stored, len(page.Posts))
	for i := range page.Posts {
		posts[i] = &page.Posts[i].Stored
	}
	return r.commit(ctx, posts, func(next *Fill, _ int64) {
		next.Worked += r.m.o.Clock().Sub(begun)
		next.Found += int64(len(posts))
		next.cursor = page.Next
		if n := len(posts); n > 0 {
			next.Reached = timeOf(posts[n-1])
		}
		if page.Next != "" {
			next.Looked = max(next.Looked, r.storedTo(next.Reached))
			return
		}
		next.Looked = r.stored
		r.afterStored(next)
	})
}

// storedTo guesses how many stored posts are newer than at.
func (r *run) storedTo(at time.Time) int64 {
	span := r.until.Sub(r.oldest)
	if at.IsZero() || span <= 0 {
		return 0
	}
	return int64(float64(r.stored) * min(1, max(0, float64(r.until.Sub(at))/float64(span))))
}

func (r *run) afterStored(next *Fill) {
	next.cursor = ""
	switch {
	case r.m.o.Past == nil:
		next.State = FillDone
	case r.m.o.Past.HasWindow():
		next.Stage, next.Reached = FillWindow, time.Time{}
	default:
		next.note(noWindow)
		next.Stage, next.Reached = FillNetworks, time.Time{}
	}
}

// note adds what a person should know, once.
func (f *Fill) note(text string) {
	for _, known := range f.Notes {
		if known == text {
			return
		}
	}
	if len(f.Notes) < maxNotes {
		f.Notes = append(f.Notes[:len(f.Notes):len(f.Notes)], text)
	}
}

const maxNotes = 20

// take stores what was found outside the archive, and gives the stored posts
// that others brought in, as far as the query selects them as they are now.
func (r *run) take(ctx context.Context, finds ingest.Finds) (brought int64, others []*archive.Stored, err error) {
	results, err := r.m.o.Past.Remember(ctx, r.mon.workspace, r.set, finds)
	if err != nil {
		return 0, nil, err
	}
	var seqs []hearth.Seq
	for _, result := range results {
		if result.Stored {
			brought++
		} else if result.Seq > 0 {
			seqs = append(seqs, result.Seq)
		}
	}
	if len(seqs) == 0 {
		return brought, nil, nil
	}
	stored, err := r.m.o.Archive.BySeq(ctx, r.mon.workspace, seqs)
	for i := range stored {
		s := &stored[i]
		if s.Op.HasVersion() && !s.Erased && r.query.Match(&s.Post) {
			others = append(others, s)
		}
	}
	return brought, others, err
}

// commit notes hits among stored posts, and how far the search has come: change
// is given how many of the hits are new. It reports false when the search is
// over, or was paused, cancelled or overtaken by another query.
func (r *run) commit(ctx context.Context, hits []*archive.Stored, change func(next *Fill, fresh int64)) (more bool, err error) {
	now := r.m.o.Clock()
	err = r.m.o.Store.Write(ctx, func(tx *db.Tx) error {
		if err := r.held(tx); err != nil {
			return err
		}
		stands, err := readFill(tx, r.mon.workspace, &r.mon.Monitor)
		if err != nil {
			return err
		}
		if stands.State == FillCancelled || stands.State == FillPaused || stands.version > r.mon.queryVersion {
			more = false
			return nil
		}
		fresh, err := addHits(tx, r.mon.workspace, r.mon.ID, hits)
		if err != nil {
			return err
		}
		next := stands
		next.version, next.State, next.Written, next.Total = r.mon.queryVersion, FillRunning, now, r.fill.Total
		if next.Begun.IsZero() {
			next.Begun = now
		}
		change(&next, fresh)
		next.Total = max(next.Total, next.Looked)
		more = next.State == FillRunning
		if err := writeFill(tx, r.mon.workspace, &next); err != nil {
			return err
		}
		r.fill = next
		return nil
	})
	return more && err == nil, err
}
