package monitor

import (
	"context"
	"slices"

	"hearth"
	"hearth/access"
	"hearth/archive"
	"hearth/match"
	"hearth/query"
	"hearth/text"
)

// FollowSearch says which posts are followed: those that a monitor catches, or
// that a query matches, or with neither all.
type FollowSearch struct {
	Monitor hearth.MonitorID
	Query   *query.Query

	// After is the row of the log behind which to begin; Now means with what
	// arrives from now on.
	After hearth.Seq

	// Removals tells, too, of posts that are not to be shown any more.
	Removals bool
}

// Now is the place in the log at which following begins with what is new.
const Now hearth.Seq = -1

// Followed is one thing that happened to the posts that are followed. Follow
// can be resumed after Seq.
type Followed struct {
	Seq     hearth.Seq
	Mention *Mention   // nil: Gone tells of a removal
	Gone    hearth.Seq // the version that is edited, hidden or erased: Seq of an earlier mention

	replaces hearth.Seq // the version that an annotated mention replaces
}

const followRows = 500

// Follow calls each with posts as they are committed, in the order of the log,
// until ctx ends or each fails, and returns that error. It starts anywhere in
// the log, so a reader who was away misses nothing. It returns a NotFound error
// when the monitor is not there (any more).
func (m *Monitors) Follow(ctx context.Context, by access.Actor, s FollowSearch, each func(*Followed) error) error {
	if err := by.CheckSome(access.ReadPosts); err != nil {
		return err
	}
	at := s.After
	if at == Now {
		var err error
		if at, err = m.o.Archive.Head(ctx); err != nil {
			return err
		}
	}
	f := follower{search: s}
	if s.Query != nil {
		f.set, f.scratch = match.NewSet([]match.Standing{{ID: 1, Query: s.Query}}), match.NewScratch()
	}
	for {
		if s.Monitor != 0 {
			if _, err := m.Get(ctx, by, s.Monitor); err != nil {
				return err
			}
		}
		head, err := m.o.Archive.Head(ctx) // before reading: what comes later wakes us
		if err != nil {
			return err
		}
		// What may be seen is asked anew behind the rows that are read: a monitor may
		// have gone to another brand (TN5).
		if f.sees, err = m.sight(ctx, by); err != nil {
			return err
		}
		f.upto = head
		found, last, err := m.readFollowed(ctx, by.Workspace, at, &f)
		if err != nil {
			return err
		}
		for i := range found {
			if err := each(&found[i]); err != nil {
				return err
			}
		}
		if last > at {
			at = last
			continue
		}
		at = max(at, head) // nothing of this workspace stands up to there
		if err := m.o.Archive.Wait(ctx, at); err != nil {
			return err
		}
	}
}

// readFollowed reads the next rows of the log; nothing is held open while they
// are handed out.
func (m *Monitors) readFollowed(ctx context.Context, ws hearth.WorkspaceID, after hearth.Seq, f *follower) (found []Followed, last hearth.Seq, err error) {
	var shown, annotated []hearth.Seq
	err = m.o.Archive.ReadLog(ctx, ws, after, followRows, func(s *archive.Stored) error {
		if s.Seq > f.upto {
			return nil
		}
		last = s.Seq
		if s.Op == archive.Annotate && !f.search.Removals {
			annotated = append(annotated, s.Replaces)
		}
		if f.search.Removals && s.Replaces != 0 && s.Op != archive.Show {
			found = append(found, Followed{Seq: s.Seq, Gone: s.Replaces})
		}
		if f.wants(s) {
			mention := mentionOf(s, f.sees.only(s.Monitors))
			version := s.Seq
			if s.Op == archive.Show {
				version = s.Replaces
			}
			mention.Seq = version
			one := Followed{Seq: s.Seq, Mention: &mention}
			if s.Op == archive.Annotate {
				one.replaces = s.Replaces
			}
			found = append(found, one)
			shown = append(shown, version)
		}
		return nil
	})
	if err == nil {
		found, err = m.dropForeign(ctx, ws, found, f)
	}
	if err != nil || len(shown) == 0 {
		return found, last, err
	}
	if found, err = m.dropKnown(ctx, ws, found, annotated, f); err != nil {
		return nil, last, err
	}
	hidden, err := m.hiddenOf(ctx, ws, shown)
	found = slices.DeleteFunc(found, func(f Followed) bool { return f.Mention != nil && hidden[f.Mention.Seq] })
	return found, last, err
}

// dropForeign leaves out removals of posts that the follower never saw.
func (m *Monitors) dropForeign(ctx context.Context, ws hearth.WorkspaceID, found []Followed, f *follower) ([]Followed, error) {
	if f.sees.whole || !f.search.Removals {
		return found, nil
	}
	var gone []hearth.Seq
	for i := range found {
		if found[i].Mention == nil {
			gone = append(gone, found[i].Gone)
		}
	}
	versions, err := m.o.Archive.BySeq(ctx, ws, gone)
	if err != nil {
		return nil, err
	}
	known := map[hearth.Seq]bool{}
	for i := range versions {
		known[versions[i].Seq] = f.sees.any(versions[i].Monitors)
	}
	return slices.DeleteFunc(found, func(one Followed) bool { return one.Mention == nil && !known[one.Gone] }), nil
}

// dropKnown leaves out posts that were only tagged, if they were followed before:
// whoever is not told of removals would take them for new.
func (m *Monitors) dropKnown(ctx context.Context, ws hearth.WorkspaceID, found []Followed, annotated []hearth.Seq, f *follower) ([]Followed, error) {
	if len(annotated) == 0 {
		return found, nil
	}
	versions, err := m.o.Archive.BySeq(ctx, ws, annotated)
	if err != nil {
		return nil, err
	}
	known := map[hearth.Seq]bool{}
	for i := range versions {
		known[versions[i].Seq] = f.wants(&versions[i])
	}
	return slices.DeleteFunc(found, func(one Followed) bool { return one.replaces != 0 && known[one.replaces] }), nil
}

// hiddenOf is those of the versions that are not to be shown as things stand.
func (m *Monitors) hiddenOf(ctx context.Context, ws hearth.WorkspaceID, seqs []hearth.Seq) (map[hearth.Seq]bool, error) {
	rows, err := m.o.Archive.BySeq(ctx, ws, seqs)
	hidden := map[hearth.Seq]bool{}
	for i := range rows {
		if rows[i].Hidden || rows[i].Erased {
			hidden[rows[i].Seq] = true
		}
	}
	return hidden, err
}

// follower decides which rows somebody follows.
type follower struct {
	search  FollowSearch
	sees    sight
	upto    hearth.Seq // rows behind it wait for the next turn
	set     *match.Set
	scratch *match.Scratch
	doc     text.Doc
	wanted  []int32
	ids     []hearth.MonitorID
}

func (f *follower) wants(s *archive.Stored) bool {
	switch s.Op {
	case archive.Create, archive.Update, archive.Annotate, archive.Show:
	default:
		return false
	}
	if s.Erased || f.search.Monitor != 0 && !slices.Contains(s.Monitors, f.search.Monitor) {
		return false
	}
	if !f.sees.whole && !f.sees.any(s.Monitors) {
		return false
	}
	if f.set == nil {
		return true
	}
	f.doc.Reset()
	query.AddPost(&f.doc, &s.Post)
	f.wanted = f.set.Wanted(f.scratch, &s.Post, &f.doc, f.wanted[:0])
	f.ids = f.set.Decide(f.scratch, &s.Post, &f.doc, f.wanted, f.ids[:0])
	return len(f.ids) > 0
}
