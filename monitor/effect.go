package monitor

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"hearth"
	"hearth/access"
	"hearth/archive"
	"hearth/db"
	"hearth/ingest"
	"hearth/match"
	"hearth/query"
)

// Effect is what another query does to a monitor: which stored posts it
// gains and loses against the query before.
type Effect struct {
	From, To  int64  // versions; To is 0 for a query that is not saved
	FromQuery string // canonical
	ToQuery   string
	Words     []Piece // how the one became the other

	Gained, Lost, Kept int64         // stored posts
	Exact              bool          // false: counting took too long, they are at least so many
	GainedPosts        []archive.Hit // the newest, at most five
	LostPosts          []archive.Hit

	// WindowGained is how many posts of the replay window that are not stored
	// the query would bring in, judged by a sample of Sampled posts. Only of a
	// query that is not saved.
	WindowGained, Sampled int64

	Made time.Time // when it was worked out
}

const effectSamples = 5

// PreviewChange says what a query would gain and lose a monitor, before it is
// saved. An unsound query is a QueryError.
func (m *Monitors) PreviewChange(ctx context.Context, by access.Actor, id hearth.MonitorID, text string) (d Effect, err error) {
	if err := checkWide(by); err != nil {
		return d, err
	}
	mon, err := m.Get(ctx, by, id)
	if err != nil {
		return d, err
	}
	to, err := m.parse(by.Workspace, text)
	if err != nil {
		return d, err
	}
	from, err := m.parse(by.Workspace, mon.Query)
	if err != nil {
		return d, err
	}
	d = newEffect(from, to, mon.Version, 0)
	if err := m.compareStored(ctx, by.Workspace, from, to, &d); err != nil {
		return d, err
	}
	return d, m.compareWindow(ctx, by.Workspace, from, to, &d)
}

// Effect says what a change of a monitor did, between two of its versions: a
// zero to is the present one, a zero from the one before it with another query.
// What was worked out when the change's past had been searched is given as it
// was then; other pairs are compared now.
func (m *Monitors) Effect(ctx context.Context, by access.Actor, id hearth.MonitorID, from, to int64) (d Effect, err error) {
	if err := checkWide(by); err != nil {
		return d, err
	}
	versions, err := m.Versions(ctx, by, id)
	if err != nil {
		return d, err
	}
	a, b, err := pairOf(versions, from, to)
	if err != nil {
		return d, err
	}
	before, err := m.parse(by.Workspace, a.Query)
	if err != nil {
		return d, err
	}
	after, err := m.parse(by.Workspace, b.Query)
	if err != nil {
		return d, err
	}
	d = newEffect(before, after, a.Version, b.Version)
	kept, err := m.keptEffect(ctx, by.Workspace, id, &d)
	if err != nil || kept {
		return d, err
	}
	return d, m.compareStored(ctx, by.Workspace, before, after, &d)
}

// pairOf finds two versions in a list, the newest first.
func pairOf(versions []Version, from, to int64) (a, b *Version, err error) {
	for i := range versions {
		v := &versions[i]
		switch {
		case b == nil && (to == 0 || v.Version == to):
			b = v
		case b != nil && a == nil && (from == 0 && v.Canonical != b.Canonical || v.Version == from):
			a = v
		}
	}
	switch {
	case b == nil:
		return nil, nil, hearth.Errorf(hearth.NotFound, "There is no version %d of this monitor.", to)
	case a == nil && from == 0:
		return nil, nil, hearth.Errorf(hearth.NotFound, "Version %d is the first with its query; there is nothing to compare it with.", b.Version)
	case a == nil:
		return nil, nil, hearth.Errorf(hearth.NotFound, "There is no version %d before version %d of this monitor.", from, b.Version)
	}
	return a, b, nil
}

func newEffect(from, to *query.Query, before, after int64) Effect {
	f, t := from.String(), to.String()
	return Effect{From: before, To: after, FromQuery: f, ToQuery: t, Words: Diff(f, t)}
}

// compare asks the stored posts.
func (m *Monitors) compareStored(ctx context.Context, ws hearth.WorkspaceID, from, to *query.Query, d *Effect) error {
	d.Made, d.Exact = m.o.Clock(), true
	for _, side := range []struct {
		query *query.Query
		posts *int64
		hits  *[]archive.Hit
	}{{butNot(to, from), &d.Gained, &d.GainedPosts}, {butNot(from, to), &d.Lost, &d.LostPosts}, {both(from, to), &d.Kept, nil}} {
		counts, err := m.countStored(ctx, ws, archive.Search{Query: side.query, Exact: true})
		if err != nil {
			return err
		}
		*side.posts = int64(counts.Total)
		d.Exact = d.Exact && counts.Exact
		if side.hits == nil {
			continue
		}
		page, err := m.o.Archive.Search(ctx, ws, archive.Search{Query: side.query, Limit: effectSamples})
		if err != nil {
			return err
		}
		*side.hits = page.Posts
	}
	return nil
}

// both selects what two queries select.
func both(a, b *query.Query) *query.Query {
	return &query.Query{Root: query.And{Parts: append(partsOf(a), partsOf(b)...)}, Cost: a.Cost + b.Cost}
}

// butNot selects what one query selects and another does not.
func butNot(a, b *query.Query) *query.Query {
	return &query.Query{Root: query.And{Parts: append(partsOf(a), query.Not{Part: b.Root})}, Cost: a.Cost + b.Cost}
}

// partsOf is a query's parts that must all hold.
func partsOf(q *query.Query) []query.Node {
	if and, ok := q.Root.(query.And); ok {
		return append([]query.Node(nil), and.Parts...)
	}
	return []query.Node{q.Root}
}

// compareWindow judges by the newest posts of the window what the query would
// bring in. Posts that are stored are counted there.
func (m *Monitors) compareWindow(ctx context.Context, ws hearth.WorkspaceID, from, to *query.Query, d *Effect) error {
	if m.o.Past == nil || !m.o.Past.HasWindow() {
		return nil
	}
	looked, err := m.o.Past.Look(ctx, ws, ingest.Look{Queries: match.NewSet([]match.Standing{{ID: 1, Query: to}}), Blocks: sampleBlocks})
	if err != nil || looked.Seen == 0 {
		return err
	}
	posts, err := m.o.Past.WindowPosts(ctx, ws, time.Time{})
	if err != nil {
		return err
	}
	var keys []hearth.Key
	for i := range looked.Posts {
		if p := &looked.Posts[i].Event.Post; !from.Match(p) {
			keys = append(keys, p.Key())
		}
	}
	stored, err := m.o.Archive.Known(ctx, ws, keys)
	if err != nil {
		return err
	}
	found := 0
	for i := range keys {
		if !stored[i] {
			found++
		}
	}
	d.Sampled = looked.Seen
	d.WindowGained = int64(float64(found)*float64(posts)/float64(looked.Seen) + 0.5)
	return nil
}

// keepEffect works out what a change did, once its past was searched, and
// keeps it with the version. Nothing changed, nothing is kept.
func (m *Monitors) keepEffect(ctx context.Context, ws hearth.WorkspaceID, mon *Monitor) error {
	by := access.LocalOwner(ws) // the program's own work
	versions, err := m.Versions(ctx, by, mon.ID)
	if err != nil {
		return err
	}
	_, b, err := pairOf(versions, 0, mon.queryVersion)
	if hearth.ErrorCode(err) == hearth.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	d, err := m.Effect(ctx, by, mon.ID, 0, b.Version)
	if err != nil {
		return err
	}
	return m.o.Store.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(`
			INSERT INTO monitor_effect (workspace_id, monitor_id, version, base, made, gained, lost, kept, exact, gained_posts, lost_posts)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (workspace_id, monitor_id, version, base) DO NOTHING`,
			ws, mon.ID, d.To, d.From, db.Micros(d.Made), d.Gained, d.Lost, d.Kept, db.Truth(d.Exact), seqsText(d.GainedPosts), seqsText(d.LostPosts))
		return err
	})
}

// keptEffect reads what was kept with a version; false: nothing was.
func (m *Monitors) keptEffect(ctx context.Context, ws hearth.WorkspaceID, id hearth.MonitorID, d *Effect) (bool, error) {
	var made int64
	var gained, lost string
	err := m.o.Store.Read(ctx, func(tx *db.Tx) error {
		return tx.QueryRow(`
			SELECT made, gained, lost, kept, exact, gained_posts, lost_posts FROM monitor_effect
			WHERE workspace_id = ? AND monitor_id = ? AND version = ? AND base = ?`, ws, id, d.To, d.From).
			Scan(&made, &d.Gained, &d.Lost, &d.Kept, &d.Exact, &gained, &lost)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	d.Made = db.FromMicros(made)
	if d.GainedPosts, err = m.postsOf(ctx, ws, gained); err != nil {
		return false, err
	}
	d.LostPosts, err = m.postsOf(ctx, ws, lost)
	return err == nil, err
}

func seqsText(hits []archive.Hit) string {
	seqs := make([]hearth.Seq, len(hits))
	for i := range hits {
		seqs[i] = hits[i].Seq
	}
	b, err := json.Marshal(seqs)
	if err != nil {
		panic(err) // numbers
	}
	return string(b)
}

// postsOf is the stored posts of seqsText that are still to be shown.
func (m *Monitors) postsOf(ctx context.Context, ws hearth.WorkspaceID, text string) (hits []archive.Hit, err error) {
	var seqs []hearth.Seq
	if err := json.Unmarshal([]byte(text), &seqs); err != nil {
		return nil, hearth.Errorf(hearth.Damaged, "What is kept of a monitor's change cannot be read (%v). Restore archive.db from a backup.", err)
	}
	stored, err := m.o.Archive.BySeq(ctx, ws, seqs)
	for i := range stored {
		if s := &stored[i]; !s.Erased && !s.Hidden {
			hits = append(hits, archive.Hit{Stored: *s})
		}
	}
	return hits, err
}
