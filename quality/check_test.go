package quality_test

import (
	"context"
	"fmt"
	"log/slog"
	"math"
	"slices"
	"testing"
	"time"

	"hearth"
	"hearth/access"
	"hearth/archive"
	"hearth/db"
	"hearth/db/dbtest"
	"hearth/ingest"
	"hearth/monitor"
	"hearth/quality"
	"hearth/tag"
)

const here = hearth.DefaultWorkspace

var (
	ann  = access.Limited(here, 5, access.TagPosts, access.ReadPosts, access.ReadMonitors)
	noon = time.Date(2031, 5, 4, 12, 0, 0, 0, time.UTC)
)

// proves the parity half of G2: the same checks on the other engine.
func TestTheSuiteOnPostgreSQL(t *testing.T) { dbtest.Again(t) }

type house struct {
	t        *testing.T
	archive  *archive.Archive
	monitors *monitor.Monitors
	tags     *tag.Tags
	checks   *quality.Checks
	options  quality.Options
	seed     int64
}

func open(t *testing.T) *house {
	t.Helper()
	home := dbtest.Home(t)
	state, err := db.Open(t.Context(), db.At(home, "hearth"), db.Options{Schemas: []db.Schema{access.StateSchema(), ingest.StateSchema(), monitor.StateSchema(), tag.StateSchema(), quality.Schema()}})
	if err != nil {
		t.Fatal(err)
	}
	store, err := db.Open(t.Context(), db.At(home, "archive"), db.Options{Schemas: []db.Schema{archive.Schema(), ingest.ArchiveSchema(), monitor.ArchiveSchema(), tag.ArchiveSchema()}})
	if err != nil {
		t.Fatal(err)
	}
	h := &house{t: t}
	clock := func() time.Time { return noon }
	if h.archive, err = archive.Open(t.Context(), store, archive.Options{Clock: clock}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		h.archive.Close()
		store.Close()
		state.Close()
	})
	log := slog.New(slog.DiscardHandler)
	if h.monitors, err = monitor.New(t.Context(), monitor.Options{State: state, Archive: h.archive, Store: store, Clock: clock, Log: log}); err != nil {
		t.Fatal(err)
	}
	h.tags = tag.New(tag.Options{State: state, Store: store, Archive: h.archive, Monitors: h.monitors, Clock: clock, Log: log})
	h.options = quality.Options{State: state, Archive: h.archive, Monitors: h.monitors, Tags: h.tags, Clock: clock, Seed: func() int64 { h.seed++; return h.seed }}
	h.checks = quality.New(h.options)
	if _, err := h.monitors.Create(t.Context(), access.LocalOwner(here), monitor.Draft{Name: "Pie", Query: "pie"}); err != nil {
		t.Fatal(err)
	}
	return h
}

// arrive lets a monitor catch n posts; mood says what the analysis says of each.
func (h *house) arrive(n int, mood func(i int) hearth.Sentiment) {
	h.t.Helper()
	var entries []archive.Entry
	for i := range n {
		p := &hearth.Post{Network: "demo", ID: fmt.Sprint("p", i), Text: "pie", Published: noon.Add(-time.Duration(i) * time.Minute), Sentiment: mood(i)}
		entries = append(entries, archive.Entry{Post: p, Monitors: []hearth.MonitorID{1}})
	}
	if _, err := h.archive.Append(h.t.Context(), here, entries, nil); err != nil {
		h.t.Fatal(err)
	}
	h.settle()
}

// settle waits until everything is counted.
func (h *house) settle() {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(h.t.Context(), 2*time.Minute)
	ended := make(chan error, 1)
	go func() { ended <- h.monitors.Run(ctx) }()
	defer func() { cancel(); <-ended }()
	head, err := h.archive.Head(ctx)
	for err == nil {
		var counts monitor.Counts
		if counts, err = h.monitors.Count(ctx, access.LocalOwner(here), monitor.CountSearch{}); counts.Upto >= head {
			return
		}
		select {
		case <-ctx.Done():
			h.t.Fatalf("%d of %d rows are counted", counts.Upto, head)
		case <-time.After(time.Millisecond):
		}
	}
	h.t.Fatal(err)
}

func (h *house) start() quality.Check {
	h.t.Helper()
	c, err := h.checks.Start(h.t.Context(), ann, 1, archive.SentimentField)
	if err != nil {
		h.t.Fatal(err)
	}
	return c
}

func (h *house) answer(id int64, place int, answer string) quality.Check {
	h.t.Helper()
	c, err := h.checks.Answer(h.t.Context(), ann, id, place, answer)
	if err != nil {
		h.t.Fatal(err)
	}
	return c
}

func (h *house) accuracy() quality.Accuracy {
	h.t.Helper()
	list, err := h.checks.Accuracy(h.t.Context(), ann, 1)
	if err != nil {
		h.t.Fatal(err)
	}
	return list[slices.IndexFunc(list, func(a quality.Accuracy) bool { return a.Field == archive.SentimentField })]
}

func TestACheckDrawsTwentyPostsAndItsAnswersAreTheAccuracy(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.arrive(300, func(i int) hearth.Sentiment { return hearth.Neutral })
	c := h.start()
	if len(c.Posts) != quality.Size || c.Of != 300 {
		t.Fatalf("it draws %d of %d", len(c.Posts), c.Of)
	}
	seen := map[string]bool{}
	for _, d := range c.Posts {
		if seen[d.Key.ID] || d.Machine != "neutral" || d.Answer != "" {
			t.Errorf("it draws %+v", d)
		}
		seen[d.Key.ID] = true
	}
	for place := 1; place <= 15; place++ {
		h.answer(c.ID, place, "neutral")
	}
	h.answer(c.ID, 16, "negative")
	h.answer(c.ID, 17, quality.Other)
	a := h.accuracy()
	if a.Right.N != 17 || math.Abs(a.Right.Value-15.0/17) > 1e-12 || a.Right.Low < .6 || a.Right.High > .98 || a.Open != 3 || a.Corrected != 0 || a.Of != 300 {
		t.Errorf("it is %+v", a)
	}
	p, err := h.archive.Get(t.Context(), here, c.Posts[15].Key)
	if err != nil || p.Post.Sentiment != hearth.Negative || len(p.Post.Corrections) != 1 {
		t.Errorf("what is wrong was not corrected: %+v, %v", p.Post, err)
	}
	h.settle()
	if a := h.accuracy(); a.Corrected != 1 {
		t.Errorf("%d posts are corrected", a.Corrected)
	}
	// Answering anew takes the word before back.
	if again := h.answer(c.ID, 16, "neutral"); !again.Posts[15].Right() {
		t.Errorf("it is %+v", again.Posts[15])
	}
	h.answer(c.ID, 17, "")
	if p, err = h.archive.Get(t.Context(), here, c.Posts[15].Key); err != nil || p.Post.Sentiment != hearth.Neutral {
		t.Errorf("the correction still stands: %+v, %v", p.Post, err)
	}
	if a := h.accuracy(); a.Right.N != 16 || a.Right.Value != 1 {
		t.Errorf("it is %+v", a)
	}
}

func TestWhatWasCorrectedIsAnsweredAndSilenceIsNoPartOfTheShare(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.arrive(10, func(i int) hearth.Sentiment {
		return []hearth.Sentiment{hearth.Neutral, ""}[i%2]
	})
	if _, err := h.tags.Set(t.Context(), ann, []hearth.Key{{Network: "demo", ID: "p0"}}, tag.Change{Correct: []tag.Correction{{Field: archive.SentimentField, Value: "positive"}}}); err != nil {
		t.Fatal(err)
	}
	h.settle()
	c := h.start()
	if len(c.Posts) != 10 {
		t.Fatalf("it draws %d", len(c.Posts))
	}
	for _, d := range c.Posts {
		switch {
		case d.Key.ID == "p0" && (d.Answer != "positive" || d.Machine != "neutral" || d.By != 5):
			t.Errorf("the corrected post is %+v", d)
		case d.Machine == "":
			h.answer(c.ID, d.Place, "positive")
		}
	}
	if a := h.accuracy(); a.Right.N != 1 || a.Right.Value != 0 || a.Silent != 5 || a.Open != 4 {
		t.Errorf("it is %+v", a)
	}
}

// Drawing is fair: over many draws each post comes about as often as any other,
// whatever people corrected, and the same seed draws the same.
func TestEachPostIsAsLikelyAsAnyOther(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.arrive(60, func(i int) hearth.Sentiment { return hearth.Neutral })
	often := map[string]int{}
	const draws = 150
	for range draws {
		for _, d := range h.start().Posts {
			often[d.Key.ID]++
		}
	}
	expected := float64(draws) * quality.Size / 60
	chi := 0.0
	for i := range 60 {
		d := float64(often[fmt.Sprint("p", i)]) - expected
		chi += d * d / expected
	}
	if chi > 100 { // 59 degrees of freedom; the seeds are fixed
		t.Errorf("χ² is %.1f", chi)
	}
	h.seed = 0
	first := h.start()
	h.seed = 0
	if again := h.start(); !slices.EqualFunc(first.Posts, again.Posts, func(a, b quality.Drawn) bool { return a.Key == b.Key }) {
		t.Error("the same seed draws others")
	}
}

func TestWhatCannotBeCheckedIsRefused(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	h.arrive(3, func(i int) hearth.Sentiment { return hearth.Neutral })
	c := h.start()
	wrong := func(what string, err error, code hearth.Code) {
		t.Helper()
		if hearth.ErrorCode(err) != code {
			t.Errorf("%s: %v", what, err)
		}
	}
	_, err := h.checks.Start(ctx, ann, 1, "tag")
	wrong("a field that is not analysed", err, hearth.Invalid)
	_, err = h.checks.Start(ctx, ann, 9, archive.SpamField)
	wrong("a monitor that is not there", err, hearth.NotFound)
	_, err = h.checks.Answer(ctx, ann, c.ID, 4, "neutral")
	wrong("a place that is not there", err, hearth.NotFound)
	_, err = h.checks.Answer(ctx, ann, c.ID, 1, "angry\x00")
	wrong("an answer that is none", err, hearth.Invalid)
	_, err = h.checks.Get(ctx, ann, 99)
	wrong("a check that is not there", err, hearth.NotFound)
	other := access.Limited(here+1, 5, access.TagPosts, access.ReadPosts, access.ReadMonitors)
	_, err = h.checks.Get(ctx, other, c.ID)
	wrong("somebody else's check", err, hearth.NotFound)
	reader := access.Limited(here, 6, access.ReadPosts, access.ReadMonitors)
	_, err = h.checks.Answer(ctx, reader, c.ID, 1, "neutral")
	wrong("a reader", err, hearth.Denied)
}
