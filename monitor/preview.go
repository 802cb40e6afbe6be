package monitor

import (
	"context"
	"errors"
	"time"

	"hearth"
	"hearth/access"
	"hearth/archive"
	"hearth/query"
)

// Preview says what a query means and what it would have caught lately.
type Preview struct {
	Diagnostics []query.Diagnostic // every problem; with an error among them nothing else is there
	Canonical   string
	Explain     string // in English
	Cost        int    // points

	Days    int     // how far back was looked
	Posts   int64   // stored posts of that time that match
	PerDay  float64 // of the days that the archive covers
	Exact   bool    // false: counting took too long; Posts is judged by a sample, or at least so many
	Low     int64   // between these Posts is, nineteen times out of twenty; equal: at least so many if not Exact
	High    int64
	Buckets []Bucket      // by day, UTC
	Samples []archive.Hit // the newest matches
}

// Sound says whether the query can be saved.
func (p *Preview) Sound() bool { return p.Canonical != "" }

const (
	previewDays    = 7
	previewSamples = 10
	previewBudget  = 2 * time.Second // for each of count and samples
)

// Preview checks a query and asks it of the stored posts of the last days. The
// archive holds what some monitor wanted (or all, if a source keeps
// everything), so a new subject may bring more than the preview says.
func (m *Monitors) Preview(ctx context.Context, by access.Actor, text string) (p Preview, err error) {
	if err := by.CheckSome(access.ReadMonitors); err != nil {
		return p, err
	}
	q, diagnostics := m.Parse(by.Workspace, text)
	p.Diagnostics = diagnostics
	if q == nil {
		return p, nil
	}
	p.Canonical, p.Explain, p.Cost, p.Days = q.String(), q.Explain(), q.Cost, previewDays
	if err := checkWide(by); err != nil {
		return p, nil // what it means may be known, what is stored may not
	}
	now := m.o.Clock()
	search := archive.Search{Query: q, From: now.Add(-previewDays * 24 * time.Hour), To: now.Add(24 * time.Hour)}
	if err := m.previewCount(ctx, by.Workspace, search, &p); err != nil {
		return p, err
	}
	return p, m.previewSamples(ctx, by.Workspace, search, &p)
}

func (m *Monitors) previewCount(ctx context.Context, ws hearth.WorkspaceID, search archive.Search, p *Preview) error {
	ctx, cancel := context.WithTimeout(ctx, previewBudget)
	defer cancel()
	counts, err := m.o.Archive.Count(ctx, ws, search, 24*time.Hour)
	if err != nil {
		return outOfTime(ctx, err)
	}
	p.Posts, p.Exact = int64(counts.Total), counts.Exact
	p.Low, p.High = int64(counts.Low), int64(counts.High)
	for _, b := range counts.Buckets {
		if b.Count == 0 {
			continue
		}
		p.Buckets = append(p.Buckets, Bucket{Start: b.Start, Posts: int64(b.Count)})
	}
	days, err := m.coveredDays(ctx, ws, search)
	if err != nil {
		return outOfTime(ctx, err)
	}
	p.PerDay = float64(p.Posts) / days
	return nil
}

// coveredDays is for how many of the days searched the archive has any posts.
func (m *Monitors) coveredDays(ctx context.Context, ws hearth.WorkspaceID, search archive.Search) (float64, error) {
	oldest, err := m.o.Archive.Search(ctx, ws, archive.Search{From: search.From, Limit: 1, Oldest: true})
	if err != nil || len(oldest.Posts) == 0 {
		return previewDays, err
	}
	covered := m.o.Clock().Sub(timeOf(&oldest.Posts[0].Stored)).Hours() / 24
	return min(previewDays, max(1, covered)), nil
}

func (m *Monitors) previewSamples(ctx context.Context, ws hearth.WorkspaceID, search archive.Search, p *Preview) error {
	ctx, cancel := context.WithTimeout(ctx, previewBudget)
	defer cancel()
	search.Limit = previewSamples
	page, err := m.o.Archive.Search(ctx, ws, search)
	p.Samples = page.Posts
	return outOfTime(ctx, err)
}

// outOfTime lets a preview be incomplete where time ran out.
func outOfTime(ctx context.Context, err error) error {
	if err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return nil
	}
	return err
}
