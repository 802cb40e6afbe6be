package monitor_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"hearth"
	"hearth/access"
	"hearth/archive"
	"hearth/monitor"
)

// branded is a house with two brands, and somebody who has the first one only.
type branded struct {
	*house
	access      *access.Access
	tea, coffee access.BrandID
}

func openBranded(t *testing.T) *branded {
	t.Helper()
	h := &branded{house: open(t)}
	var err error
	h.access, err = access.Open(t.Context(), access.Options{State: h.state, Clock: h.clock.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range []string{"Tea", "Coffee"} {
		b, err := h.access.AddBrand(t.Context(), owner, name, 0)
		if err != nil {
			t.Fatal(err)
		}
		*[]*access.BrandID{&h.tea, &h.coffee}[i] = b.ID
	}
	return h
}

// of is a key for a brand.
func (h *branded) of(brand access.BrandID, scopes ...access.Permission) access.Actor {
	h.t.Helper()
	_, token, err := h.access.AddKey(h.t.Context(), owner, access.KeyDraft{Name: "till", Brand: brand, Scopes: scopes})
	if err != nil {
		h.t.Fatal(err)
	}
	by, err := h.access.KeyActor(h.t.Context(), token)
	if err != nil {
		h.t.Fatal(err)
	}
	return by
}

func (h *branded) make(name, query string, brands ...access.BrandID) hearth.MonitorID {
	h.t.Helper()
	mon, err := h.monitors.Create(h.t.Context(), owner, monitor.Draft{Name: name, Query: query, Brands: brands})
	if err != nil {
		h.t.Fatal(err)
	}
	return mon.ID
}

var reading = []access.Permission{access.ReadPosts, access.ReadMonitors}

// answers is everything that somebody is told, without places in the log.
func (h *branded) answers(by access.Actor) string {
	h.t.Helper()
	ctx := h.t.Context()
	posts, charts, comparisons := monitor.NewPosts(h.monitors), monitor.NewCharts(h.monitors), monitor.NewComparisons(h.monitors)
	var out []any
	add := func(v any, err error) { out = append(out, v, fmt.Sprint(err)) }
	list, err := h.monitors.List(ctx, by)
	add(list, err)
	add(h.monitors.Summaries(ctx, by))
	removed, err := h.monitors.Removed(ctx, by)
	add(len(removed), err)
	compared, err := comparisons.List(ctx, by)
	add(len(compared), err)
	for _, q := range []string{"", "cup", "milk OR sugar"} {
		page, err := posts.Search(ctx, by, monitor.PageSearch{Selection: monitor.Selection{Query: q}})
		for i := range page.Posts {
			page.Posts[i].Seq = 0
		}
		add(page, err)
		add(posts.Count(ctx, by, monitor.Selection{Query: q}, time.Hour))
		add(posts.Facets(ctx, by, monitor.Selection{Query: q}, []string{"author", "lang"}, 10))
		for _, split := range []monitor.Dimension{monitor.ByNothing, monitor.ByNetwork, monitor.ByLanguage} {
			s, err := charts.Series(ctx, by, monitor.SeriesSearch{Query: q, Step: monitor.Hour, Split: split, Before: true})
			s.Upto = 0
			add(s, err)
		}
		var exported []string
		err = posts.Export(ctx, by, monitor.Selection{Query: q}, func(s *archive.Stored) error {
			exported = append(exported, fmt.Sprint(s.Post.ID, s.Monitors))
			return nil
		})
		slices.Sort(exported)
		add(exported, err)
	}
	tops, err := charts.Tops(ctx, by, monitor.TopsSearch{})
	tops.Upto = 0
	add(tops, err)
	for _, id := range []string{"tea 1", "both 1", "coffee 1", "none 1", "nobody"} {
		s, err := posts.Get(ctx, by, hearth.Key{Network: "bluesky", ID: id})
		s.Seq = 0
		add(s, err)
		history, err := posts.History(ctx, by, hearth.Key{Network: "bluesky", ID: id})
		add(len(history), err)
	}
	document, err := json.Marshal(out)
	if err != nil {
		h.t.Fatal(err)
	}
	return string(document)
}

// arriving is posts of tea, of both, of coffee and of neither.
func arriving(n int) (mine, others []archive.Entry) {
	mine = []archive.Entry{post(fmt.Sprint("tea ", n), "a cup of tea with milk"), post(fmt.Sprint("both ", n), "tea or coffee with sugar, that is the cup")}
	others = []archive.Entry{post(fmt.Sprint("coffee ", n), "a cup of coffee with milk"), post(fmt.Sprint("none ", n), "a cup of water")}
	return mine, others
}

// proves TN3, TN4, I31, I32: what belongs to another brand, and what no monitor
// of theirs caught, changes no byte of what somebody with a brand is told.
func TestWhatIsNotOfTheirBrandChangesNothingForThem(t *testing.T) {
	t.Parallel()
	ask := func(foreign bool) (string, *branded) {
		h := openBranded(t)
		h.run()
		h.make("Tea", "tea", h.tea) // 1 in both worlds
		if foreign {
			h.make("Coffee", "coffee", h.coffee)
			h.make("All", "cup")
			h.make("Coffee and tea", "sugar", h.coffee)
			id := h.make("Gone", "milk", h.coffee)
			if err := h.monitors.Remove(t.Context(), owner, id); err != nil {
				t.Fatal(err)
			}
			if _, err := monitor.NewComparisons(h.monitors).Create(t.Context(), owner, "Cups", []hearth.MonitorID{1, 2}); err != nil {
				t.Fatal(err)
			}
		}
		h.settle() // so that all posts are caught on arrival
		for n := range 3 {
			mine, others := arriving(n)
			if h.arrive(mine...); foreign {
				h.arrive(others...)
			}
		}
		h.settle()
		return h.answers(h.of(h.tea, reading...)), h
	}
	alone, _ := ask(false)
	among, h := ask(true)
	if alone != among {
		at := 0
		for at < min(len(alone), len(among)) && alone[at] == among[at] {
			at++
		}
		at = max(0, at-100)
		t.Errorf("what is not theirs changes what they are told:\n%.400s\n%.400s", alone[at:], among[at:])
	}
	if h.answers(owner) == among {
		t.Fatal("the owner is told the same, so nothing was hidden at all")
	}
}

// proves TN1, I31: a monitor of another brand, or of the whole workspace, is as
// one that there is not, and one that is theirs only in part is not theirs to change.
func TestSomebodyWithABrandChangesItsMonitorsOnly(t *testing.T) {
	t.Parallel()
	h := openBranded(t)
	ctx := t.Context()
	tea, both, coffee, all := h.make("Tea", "tea", h.tea), h.make("Both", "both", h.tea, h.coffee), h.make("Coffee", "coffee", h.coffee), h.make("All", "cup")
	by := h.of(h.tea, access.ReadPosts, access.ReadMonitors, access.WriteMonitors)
	name := "another name"
	verbs := map[string]func(hearth.MonitorID) error{
		"Change": func(id hearth.MonitorID) error {
			version := int64(1)
			if mon, err := h.monitors.Get(ctx, owner, id); err == nil {
				version = mon.Version
			}
			_, err := h.monitors.Change(ctx, by, id, version, monitor.Edit{Name: &name})
			return err
		},
		"Pause":      func(id hearth.MonitorID) error { _, err := h.monitors.Pause(ctx, by, id); return err },
		"Resume":     func(id hearth.MonitorID) error { _, err := h.monitors.Resume(ctx, by, id); return err },
		"CancelFill": func(id hearth.MonitorID) error { return h.monitors.CancelFill(ctx, by, id) },
		"Remove":     func(id hearth.MonitorID) error { return h.monitors.Remove(ctx, by, id) },
	}
	for verb, do := range verbs {
		missing := do(99)
		for _, id := range []hearth.MonitorID{coffee, all} {
			if err := do(id); hearth.ErrorCode(err) != hearth.NotFound || err.Error() != fmt.Sprintf("There is no monitor %d.", id) {
				t.Errorf("%s of what is not theirs: %v; of what there is not: %v", verb, err, missing)
			}
		}
		if err := do(both); hearth.ErrorCode(err) != hearth.Denied {
			t.Errorf("%s of what is theirs in part: %v", verb, err)
		}
	}
	for _, verb := range []string{"Change", "Pause", "Resume", "CancelFill", "Remove"} {
		if err := verbs[verb](tea); err != nil {
			t.Errorf("%s of what is theirs: %v", verb, err)
		}
	}
	if _, err := h.monitors.Restore(ctx, by, tea); err != nil {
		t.Error(err)
	}
	got, err := h.monitors.Get(ctx, by, both)
	if err != nil || !slices.Equal(got.Brands, []access.BrandID{h.tea}) {
		t.Errorf("they are shown the brands %v (%v)", got.Brands, err)
	}
	for _, brands := range [][]access.BrandID{nil, {h.coffee}, {h.tea, h.coffee}, {99}} {
		if _, err := h.monitors.Create(ctx, by, monitor.Draft{Name: fmt.Sprint(brands), Query: "x", Brands: brands}); err == nil {
			t.Errorf("they made a monitor of the brands %v", brands)
		}
	}
	if _, err := h.monitors.Create(ctx, by, monitor.Draft{Name: "Green tea", Query: `"green tea"`, Brands: []access.BrandID{h.tea}}); err != nil {
		t.Error(err)
	}
}

// proves TN5: a stream asks again what its reader may see.
func TestAStreamTellsOfABrandsPostsOnly(t *testing.T) {
	t.Parallel()
	h := openBranded(t)
	tea := h.make("Tea", "tea", h.tea)
	h.make("Coffee", "coffee", h.coffee)
	by := h.of(h.tea, reading...)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	told := make(chan string, 100)
	ended := make(chan error, 1)
	go func() {
		ended <- h.monitors.Follow(ctx, by, monitor.FollowSearch{Removals: true}, func(f *monitor.Followed) error {
			if f.Mention != nil {
				told <- fmt.Sprint(f.Mention.Post.ID, f.Mention.Monitors)
			} else {
				told <- fmt.Sprint("gone ", f.Gone)
			}
			return nil
		})
	}()
	next := func() string {
		select {
		case s := <-told:
			return s
		case <-ctx.Done():
			return "nothing"
		}
	}
	mine, others := arriving(1)
	h.arrive(others...)
	h.arrive(entry(archive.Delete, "coffee 1", "ann", ""))
	h.arrive(mine...)
	if a, b := next(), next(); a != fmt.Sprintf("tea 1[%d]", tea) || b != fmt.Sprintf("both 1[%d]", tea) {
		t.Errorf("told of %q and %q", a, b)
	}
	brands := []access.BrandID{h.coffee}
	if _, err := h.monitors.Change(ctx, owner, tea, 1, monitor.Edit{Brands: &brands}); err != nil {
		t.Fatal(err)
	}
	mine, _ = arriving(2)
	h.arrive(mine...)
	h.make("New tea", `"with milk"`, h.tea)
	h.arrive(post("tea 3", "tea with milk"))
	if got := next(); got != "tea 3[3]" {
		t.Errorf("after the monitor went to another brand: %q", got)
	}
	cancel()
	<-ended
}

// Somebody who sees all and looks at a brand sees what its people see.
func TestLookingAtABrandShowsWhatItsPeopleSee(t *testing.T) {
	t.Parallel()
	h := openBranded(t)
	h.run()
	h.make("Tea", "tea", h.tea)
	h.make("Coffee", "coffee", h.coffee)
	mine, others := arriving(1)
	h.arrive(append(mine, others...)...)
	h.settle()
	narrow, err := h.access.Narrow(t.Context(), h.tea, owner)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := h.answers(narrow), h.answers(h.of(h.tea, reading...)); got != want {
		t.Errorf("told %.600s\nnot %.600s", got, want)
	}
	mon, err := h.monitors.Create(t.Context(), narrow, monitor.Draft{Name: "Chai", Query: "chai"})
	if err != nil || !slices.Equal(mon.Brands, []access.BrandID{h.tea}) {
		t.Errorf("a monitor made there belongs to %v (%v)", mon.Brands, err)
	}
}
