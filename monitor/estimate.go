package monitor

import (
	"context"
	"time"

	"hearth"
	"hearth/access"
	"hearth/archive"
	"hearth/ingest"
	"hearth/match"
)

// Estimate says what a search of the past would go through and find, before it
// is begun.
type Estimate struct {
	Since      time.Time // how far back it would go; zero: all the way
	Stored     int64     // stored posts to be gone through, about
	Window     int64     // posts of the replay window
	WindowFrom time.Time // when the oldest of them was read; zero: there are none
	Networks   []string  // names of the sources whose networks would be asked
	Phrases    []string  // for these

	FoundStored int64 // stored posts that match
	Exact       bool  // false: counting them took too long; they are judged by a sample, or are at least so many
	FoundLow    int64 // between these they are, nineteen times out of twenty; equal: at least so many if not Exact
	FoundHigh   int64
	FoundWindow int64 // posts of the window that match, judged by a sample
	Sampled     int64 // how many posts the sample had

	Takes time.Duration // for what is stored and the window, while little else is to be done; 0: nobody can tell
	Notes []string      // what a person should know, a sentence each
}

const (
	estimateBudget = 2 * time.Second
	sampleBlocks   = 4
)

// EstimateFill says what a search of the past for a monitor would be. It counts
// what is stored and looks at a sample of the window's newest posts.
func (m *Monitors) EstimateFill(ctx context.Context, by access.Actor, id hearth.MonitorID, since time.Time) (e Estimate, err error) {
	if err := checkWide(by); err != nil {
		return e, err
	}
	mon, err := m.Get(ctx, by, id)
	if err != nil {
		return e, err
	}
	q, err := m.parse(by.Workspace, mon.Query)
	if err != nil {
		return e, err
	}
	e.Since = since
	begun := m.o.Clock()
	if e.Stored, _, err = m.storedSince(ctx, by.Workspace, since); err != nil {
		return e, err
	}
	counts, err := m.countStored(ctx, by.Workspace, archive.Search{Query: q, From: since})
	if err != nil {
		return e, err
	}
	e.FoundStored, e.Exact = int64(counts.Total), counts.Exact
	e.FoundLow, e.FoundHigh = int64(counts.Low), int64(counts.High)
	e.Takes = m.o.Clock().Sub(begun)
	if counts.Sampled > 0 {
		e.Takes = time.Duration(float64(e.Takes) * float64(counts.Of) / float64(counts.Sampled))
	}
	if m.o.Past == nil {
		return e, nil
	}
	if err := m.sampleWindow(ctx, by.Workspace, match.NewSet([]match.Standing{{ID: id, Query: q}}), &e); err != nil {
		return e, err
	}
	sources, err := m.o.Past.Searches(ctx, by.Workspace)
	if err != nil {
		return e, err
	}
	e.Phrases = q.Phrases()
	for i := range sources {
		e.Networks = append(e.Networks, sources[i].Name)
	}
	if len(e.Networks) > 0 && len(e.Phrases) == 0 {
		e.Networks = nil
		e.Notes = append(e.Notes, noWords)
	}
	return e, nil
}

// countStored counts stored posts for a while.
func (m *Monitors) countStored(ctx context.Context, ws hearth.WorkspaceID, search archive.Search) (archive.Counts, error) {
	ctx, cancel := context.WithTimeout(ctx, estimateBudget)
	defer cancel()
	counts, err := m.o.Archive.Count(ctx, ws, search, 0)
	return counts, outOfTime(ctx, err)
}

// sampleWindow looks at the newest blocks and judges the others by them.
func (m *Monitors) sampleWindow(ctx context.Context, ws hearth.WorkspaceID, set *match.Set, e *Estimate) (err error) {
	if !m.o.Past.HasWindow() {
		e.Notes = append(e.Notes, noWindow)
		return nil
	}
	st, err := m.o.Past.Window(ctx, ws)
	if err != nil {
		return err
	}
	if e.WindowFrom = st.From; e.Since.After(st.From) {
		e.WindowFrom = e.Since
	}
	begun := m.o.Clock()
	looked, err := m.o.Past.Look(ctx, ws, ingest.Look{Queries: set, Since: e.Since, Blocks: sampleBlocks})
	if err != nil {
		return err
	}
	if e.Window, err = m.o.Past.WindowPosts(ctx, ws, e.Since); err != nil || looked.Seen == 0 {
		return err
	}
	e.Sampled = looked.Seen
	scale := float64(e.Window) / float64(looked.Seen)
	e.FoundWindow = int64(float64(len(looked.Posts))*scale + 0.5)
	e.Takes += time.Duration(float64(m.o.Clock().Sub(begun)) * scale)
	return nil
}

// What a person should know of a search of the past.
const (
	noWindow = "There is no replay window: posts that no monitor wanted when they were read are not kept. hearth serve --replay 48h keeps them."
	noWords  = "The query names no words that networks could be asked for, so their own search is left out."
)
