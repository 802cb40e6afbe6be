package copies_test

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"hearth"
	"hearth/access"
	"hearth/archive"
	"hearth/copies"
	"hearth/monitor"
)

var owner = access.LocalOwner(here)

// posts is a house with monitors, whose searches know copies.
func (h *house) posts() *monitor.Posts {
	h.t.Helper()
	m, err := monitor.New(h.t.Context(), monitor.Options{
		State: h.state, Archive: h.archive, Store: h.store, Clock: func() time.Time { return h.now }, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		h.t.Fatal(err)
	}
	p := monitor.NewPosts(m)
	copies.New(copies.Options{State: h.state, Store: h.store, Archive: h.archive, Posts: p, Clock: func() time.Time { return h.now }})
	return p
}

// found is the ids that a search finds and what Count says, which must agree.
func (h *house) found(p *monitor.Posts, s monitor.Selection) string {
	h.t.Helper()
	page, err := p.Search(h.t.Context(), owner, monitor.PageSearch{Selection: s, Limit: 1000})
	if err != nil {
		h.t.Fatalf("%+v: %v", s, err)
	}
	var ids []string
	for i := range page.Posts {
		ids = append(ids, page.Posts[i].Post.ID)
	}
	counts, err := p.Count(h.t.Context(), owner, s, 0)
	if err != nil || !counts.Exact || counts.Total != len(ids) {
		h.t.Errorf("%q finds %d posts and counts %d (exact: %v), %v", s.Query, len(ids), counts.Total, counts.Exact, err)
	}
	slices.Sort(ids)
	return strings.Join(ids, " ")
}

// told is six posts: three tell one text, two another, and one its own.
func told(h *house) {
	h.arrive(
		create(post("g1", "ann", giveaway, noon)), create(post("g2", "bob", edited, noon.Add(time.Minute))), create(post("g3", "cem", giveaway, noon.Add(48*time.Hour))),
		create(post("w1", "dee", weather, noon)), create(post("w2", "eve", "RT "+weather, noon.Add(time.Hour))),
		create(post("s1", "fay", "Nobody else ever wrote that the lighthouse keeper grows tomatoes beside his door", noon)),
	)
	h.fold(copies.Consumer())
}

func TestSearchesFindPostsByTheirCopies(t *testing.T) {
	t.Parallel()
	h := open(t)
	told(h)
	p := h.posts()
	for query, want := range map[string]string{
		"copies:yes": "g1 g2 g3 w1 w2", "copies:no": "s1", "copies:>=3": "g1 g2 g3", "copies:2": "w1 w2", "copies:(1 OR 3)": "g1 g2 g3 s1",
		"copies:<3": "s1 w1 w2", "copies:[2 TO 3]": "g1 g2 g3 w1 w2", "copies:>3": "", "copies:0": "", "copies:<=1": "s1", "copies:[1 TO 2]": "s1 w1 w2",
		"copies:>=1": "g1 g2 g3 s1 w1 w2", "copies:>0": "g1 g2 g3 s1 w1 w2", "copies:<1": "", "copies:999999999999999": "",
		"copy:g2": "g1 g2 g3", "copy:w1": "w1 w2", "copy:s1": "s1", "copy:(w1 OR s1)": "s1 w1 w2",
		"copies:yes AND NOT copy:g1": "w1 w2", "station OR copy:w2": "g2 w1 w2", "harbour AND copies:yes": "g1 g3", "(tomatoes OR ferry) AND NOT copies:yes": "s1",
	} {
		if got := h.found(p, monitor.Selection{Query: query}); got != want {
			t.Errorf("%s finds %q, not %q", query, got, want)
		}
	}
	if got := h.found(p, monitor.Selection{Query: "copies:>=3", From: noon.Add(24 * time.Hour)}); got != "g3" {
		t.Errorf("of a time it finds %q: what is outside counts, and is not shown", got)
	}
	facets, err := p.Facets(t.Context(), owner, monitor.Selection{Query: "copies:yes"}, []string{"author"}, 10)
	if err != nil || len(facets) != 1 || len(facets[0].Values) != 5 || !facets[0].Exact {
		t.Errorf("the authors of copies are %+v, %v", facets, err)
	}
	exported := 0
	if err := p.Export(t.Context(), owner, monitor.Selection{Query: "copy:w2"}, func(*archive.Stored) error { exported++; return nil }); err != nil || exported != 2 {
		t.Errorf("%d posts are exported, %v", exported, err)
	}
}

func TestWhatLeavesOrIsEditedCountsNoMore(t *testing.T) {
	t.Parallel()
	h := open(t)
	told(h)
	p := h.posts()
	if got := h.found(p, monitor.Selection{Query: "copies:>=3"}); got != "g1 g2 g3" {
		t.Fatalf("at first it finds %q", got)
	}
	h.arrive(archive.Entry{Op: archive.Delete, Post: post("g2", "bob", "", noon)}, archive.Entry{Op: archive.Update, Revision: "2", Post: post("w2", "eve", "I take it all back, the ferry does not leave before the evening of the day after", noon.Add(time.Hour))})
	h.fold(copies.Consumer())
	if got := h.found(p, monitor.Selection{Query: "copies:yes"}); got != "g1 g3" {
		t.Errorf("after a deletion and an edit it finds %q", got)
	}
	if got := h.found(p, monitor.Selection{Query: "copies:no"}); got != "s1 w1 w2" {
		t.Errorf("told once are %q", got)
	}
}

func TestChartsCountCopies(t *testing.T) {
	t.Parallel()
	h := open(t)
	told(h)
	m, err := monitor.New(t.Context(), monitor.Options{State: h.state, Archive: h.archive, Store: h.store, Clock: func() time.Time { return h.now }, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	copies.New(copies.Options{State: h.state, Store: h.store, Archive: h.archive, Posts: monitor.NewPosts(m), Clock: func() time.Time { return h.now }})
	ctx, end := t.Context(), make(chan struct{})
	go func() { defer close(end); m.Run(ctx) }()
	t.Cleanup(func() { <-end })
	head, err := h.archive.Head(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for late := time.After(2 * time.Minute); ; {
		s, err := monitor.NewCharts(m).Series(ctx, owner, monitor.SeriesSearch{Step: monitor.Day, From: noon.Truncate(24 * time.Hour), To: noon.Truncate(24*time.Hour).AddDate(0, 0, 3), Query: "copies:yes", Before: true})
		if err != nil {
			t.Fatal(err)
		}
		if s.Upto >= head {
			if got := fmt.Sprint(s.Lines[0].Points, s.Exact); got != "[4 0 1] true" {
				t.Errorf("the copies of three days are %s", got)
			}
			break
		}
		select {
		case <-late:
			t.Fatal("the posts are not counted")
		case <-time.After(time.Millisecond):
		}
	}
}

func TestACopyOfNoPostIsSaid(t *testing.T) {
	t.Parallel()
	h := open(t)
	told(h)
	p := h.posts()
	_, err := p.Search(t.Context(), owner, monitor.PageSearch{Selection: monitor.Selection{Query: "copy:nowhere"}})
	if hearth.ErrorCode(err) != hearth.Invalid || !strings.Contains(err.Error(), "nowhere") {
		t.Errorf("a copy of no post: %v", err)
	}
}
