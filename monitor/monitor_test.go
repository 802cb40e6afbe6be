package monitor_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hearth"
	"hearth/access"
	"hearth/archive"
	"hearth/monitor"
	"hearth/query"
)

func TestAnUnsoundQueryIsRefusedWithAllItsProblems(t *testing.T) {
	t.Parallel()
	h := open(t)
	_, err := h.monitors.Create(t.Context(), owner, monitor.Draft{Name: "n", Query: "lnag:en AND (pie OR AND cake"})
	wantCode(t, "Create", err, hearth.Invalid)
	var problems *monitor.QueryError
	if !errors.As(err, &problems) || len(problems.Diagnostics) < 3 {
		t.Fatalf("problems %+v", problems)
	}
	if problems.Diagnostics[0].Code != query.UnknownField || !strings.Contains(err.Error(), "lnag") {
		t.Errorf("%v", err)
	}
	if list, _ := h.monitors.List(t.Context(), owner); len(list) != 0 {
		t.Error("it was saved")
	}
}

func TestAMonitorKeepsWhatWasWrittenAndEveryVersion(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	mon, err := h.monitors.Create(ctx, owner, monitor.Draft{Name: " Pies ", Query: "Apple  (Pie OR tart)"})
	if err != nil {
		t.Fatal(err)
	}
	if mon.Name != "Pies" || mon.Query != "Apple  (Pie OR tart)" || mon.Canonical != "apple AND (pie OR tart)" || mon.Version != 1 {
		t.Errorf("%+v", mon)
	}
	wider := "apple AND (pie OR tart OR crumble)"
	changed, err := h.monitors.Change(ctx, owner, mon.ID, 1, monitor.Edit{Query: &wider})
	if err != nil || changed.Version != 2 {
		t.Fatalf("%+v, %v", changed, err)
	}
	_, err = h.monitors.Change(ctx, owner, mon.ID, 1, monitor.Edit{Query: &wider})
	wantCode(t, "a change of an old version", err, hearth.Conflict)
	if same, err := h.monitors.Change(ctx, owner, mon.ID, 2, monitor.Edit{Query: &wider}); err != nil || same.Version != 2 {
		t.Errorf("a change that changes nothing: %+v, %v", same, err)
	}
	if paused, err := h.monitors.Pause(ctx, owner, mon.ID); err != nil || !paused.Paused || paused.Version != 3 {
		t.Errorf("%+v, %v", paused, err)
	}
	versions, err := h.monitors.Versions(ctx, owner, mon.ID)
	if err != nil || len(versions) != 3 || !versions[0].Paused || versions[2].Canonical != "apple AND (pie OR tart)" {
		t.Errorf("%+v, %v", versions, err)
	}
}

func TestAMonitorListensAtOnceAndOnlyWhileItIsAwake(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	id := h.listen("pie")[0]
	awake := func() bool { return h.monitors.Queries(here).Len() == 1 }
	if !awake() || h.monitors.Queries(2).Len() != 0 {
		t.Error("it does not listen, or in a neighbour's workspace")
	}
	h.monitors.Pause(ctx, owner, id)
	if awake() || h.newMonitors(0).Queries(here).Len() != 0 {
		t.Error("it listens in its sleep")
	}
	h.monitors.Resume(ctx, owner, id)
	if !awake() || h.newMonitors(0).Queries(here).Len() != 1 {
		t.Error("it does not wake up")
	}
	if err := h.monitors.Remove(ctx, owner, id); err != nil || awake() {
		t.Errorf("it listens after its removal (%v)", err)
	}
	_, err := h.monitors.Get(ctx, owner, id)
	wantCode(t, "Get of a removed one", err, hearth.NotFound)
	if list, err := h.monitors.Removed(ctx, owner); err != nil || len(list) != 1 {
		t.Errorf("%+v, %v", list, err)
	}
	if mon, err := h.monitors.Restore(ctx, owner, id); err != nil || mon.Name != "pie" || !awake() {
		t.Errorf("%+v, %v", mon, err)
	}
}

func TestNamesAndLimitsAreKept(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.monitors = h.newMonitors(2)
	ids := h.listen("pie", "cake")
	_, err := h.monitors.Create(t.Context(), owner, monitor.Draft{Name: "bread", Query: "bread"})
	wantCode(t, "a third of two", err, hearth.Invalid)
	name := "pie"
	_, err = h.monitors.Change(t.Context(), owner, ids[1], 1, monitor.Edit{Name: &name})
	wantCode(t, "a name that is taken", err, hearth.Conflict)
	if _, err := h.monitors.Create(t.Context(), access.LocalOwner(2), monitor.Draft{Name: "pie", Query: "pie"}); err != nil {
		t.Errorf("a neighbour's: %v", err)
	}
	_, err = h.monitors.Create(t.Context(), owner, monitor.Draft{Name: "  ", Query: "pie"})
	wantCode(t, "no name", err, hearth.Invalid)
}

func TestMonitorsAreKeptApartByWorkspaceAndPermission(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	id := h.listen("pie")[0]
	h.run()
	h.arrive(post("a", "pie"))
	h.settle()
	neighbour := access.LocalOwner(2)
	_, err := h.monitors.Get(ctx, neighbour, id)
	wantCode(t, "Get", err, hearth.NotFound)
	_, err = h.monitors.Mentions(ctx, neighbour, monitor.MentionSearch{Monitor: id})
	wantCode(t, "Mentions", err, hearth.NotFound)
	_, err = h.monitors.Pause(ctx, neighbour, id)
	wantCode(t, "Pause", err, hearth.NotFound)
	wantCode(t, "Remove", h.monitors.Remove(ctx, neighbour, id), hearth.NotFound)
	if counts, err := h.monitors.Count(ctx, neighbour, monitor.CountSearch{}); err != nil || counts.Total != 0 {
		t.Errorf("a neighbour counts %+v, %v", counts, err)
	}
	reader := access.Limited(here, 7, access.ReadMonitors)
	_, err = h.monitors.Create(ctx, reader, monitor.Draft{Name: "n", Query: "lnag:x"})
	wantCode(t, "a reader's Create", err, hearth.Denied)
	_, err = h.monitors.Mentions(ctx, reader, monitor.MentionSearch{Monitor: id})
	wantCode(t, "Mentions without posts.read", err, hearth.Denied)
}

func TestMentionsAreListedNewestFirstWithAllWhoCaughtThem(t *testing.T) {
	t.Parallel()
	h := open(t)
	ids := h.listen("pie", "apple")
	h.run()
	for i := range 40 {
		words := "cake"
		if i%2 == 0 {
			words = "apple pie"
		}
		h.arrive(at(post(fmt.Sprintf("p%02d", i), words), noon.Add(time.Duration(i*37%40)*time.Minute)))
	}
	h.settle()
	got := h.mentions(ids[0])
	if len(got) != 20 {
		t.Fatalf("%d mentions", len(got))
	}
	page, err := h.monitors.Mentions(t.Context(), owner, monitor.MentionSearch{Monitor: ids[0], Limit: 20})
	if err != nil || !slices.IsSortedFunc(page.Mentions, func(a, b monitor.Mention) int { return b.Post.Published.Compare(a.Post.Published) }) {
		t.Errorf("not the newest first (%v)", err)
	}
	equal(t, "who caught it", page.Mentions[0].Monitors, ids...)
	page, err = h.monitors.Mentions(t.Context(), owner, monitor.MentionSearch{Monitor: ids[0], From: noon.Add(10 * time.Minute), To: noon.Add(20 * time.Minute)})
	for _, m := range page.Mentions {
		if m.Post.Published.Before(noon.Add(10*time.Minute)) || !m.Post.Published.Before(noon.Add(20*time.Minute)) {
			t.Errorf("outside the window: %v", m.Post.Published)
		}
	}
	if len(page.Mentions) == 0 || err != nil {
		t.Errorf("%d in the window, %v", len(page.Mentions), err)
	}
	_, err = h.monitors.Mentions(t.Context(), owner, monitor.MentionSearch{Monitor: ids[0], Cursor: "nonsense"})
	wantCode(t, "a cursor that is none", err, hearth.Invalid)
	h.recounted()
}

// proves I41 for edits, deletions, hiding and erasing
func TestEditsDeletionsAndHidingMoveMentionsAndCounts(t *testing.T) {
	t.Parallel()
	h := open(t)
	ids := h.listen("pie", "cake")
	h.run()
	h.arrive(post("a", "pie"), post("b", "pie"), post("c", "cake"), entry(archive.Create, "d", "bob", "pie and cake"))
	h.settle()
	equal(t, "pies", sorted(h.mentions(ids[0])), "a", "b", "d")
	h.arrive(edit(1, "a", "cake instead"), entry(archive.Delete, "b", "ann", ""), entry(archive.HideAuthor, "", "bob", ""))
	if err := h.archive.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.settle()
	equal(t, "pies", h.mentions(ids[0]))
	equal(t, "cakes", sorted(h.mentions(ids[1])), "a", "c")
	if got := h.total(0); got != 2 {
		t.Errorf("%d posts in all", got)
	}
	h.recounted()
	h.arrive(entry(archive.ShowAuthor, "", "bob", ""))
	if err := h.archive.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := h.archive.Erase(t.Context(), here, []hearth.Key{{Network: "bluesky", ID: "c"}}, "asked to"); err != nil {
		t.Fatal(err)
	}
	h.settle()
	equal(t, "pies", h.mentions(ids[0]), "d")
	equal(t, "cakes", sorted(h.mentions(ids[1])), "a", "d")
	h.recounted()
	h.arrive(entry(archive.Hide, "d", "bob", ""))
	h.settle()
	equal(t, "pies", h.mentions(ids[0]))
	equal(t, "cakes", h.mentions(ids[1]), "a")
	h.recounted()
	h.arrive(entry(archive.Show, "d", "bob", ""))
	h.settle()
	equal(t, "pies", h.mentions(ids[0]), "d")
	h.recounted()
}

func sorted(ids []string) []string {
	slices.Sort(ids)
	return ids
}

func TestCountsSpreadOverTimeAndDimensions(t *testing.T) {
	t.Parallel()
	h := open(t)
	id := h.listen("pie")[0]
	h.run()
	for i := range 48 {
		e := at(post(fmt.Sprint("p", i), "pie"), noon.Add(time.Duration(i)*30*time.Minute))
		e.Post.Sentiment = []hearth.Sentiment{hearth.Positive, hearth.Negative, ""}[i%3]
		e.Post.Lang = []string{"fi-FI", "en"}[i%2]
		if i%4 == 0 {
			e.Post.Intent = []hearth.Intent{hearth.Complaint, hearth.Asking}
		}
		h.arrive(e)
	}
	h.arrive(post("q", "cake"))
	h.settle()
	count := func(s monitor.CountSearch) monitor.Counts {
		t.Helper()
		c, err := h.monitors.Count(t.Context(), owner, s)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	if c := count(monitor.CountSearch{Monitor: id}); c.Total != 48 || len(c.Buckets) != 0 {
		t.Errorf("%+v", c)
	}
	if c := count(monitor.CountSearch{}); c.Total != 49 {
		t.Errorf("%+v", c)
	}
	c := count(monitor.CountSearch{Monitor: id, Interval: monitor.Hour})
	if len(c.Buckets) != 24 || !c.Buckets[0].Start.Equal(noon) || c.Buckets[0].Posts != 2 {
		t.Errorf("%+v", c)
	}
	c = count(monitor.CountSearch{Monitor: id, Interval: monitor.Day, By: monitor.BySentiment})
	equal(t, "days", c.Buckets,
		monitor.Bucket{Start: noon.Add(-12 * time.Hour), Value: "", Posts: 8},
		monitor.Bucket{Start: noon.Add(-12 * time.Hour), Value: "negative", Posts: 8},
		monitor.Bucket{Start: noon.Add(-12 * time.Hour), Value: "positive", Posts: 8},
		monitor.Bucket{Start: noon.Add(12 * time.Hour), Value: "", Posts: 8},
		monitor.Bucket{Start: noon.Add(12 * time.Hour), Value: "negative", Posts: 8},
		monitor.Bucket{Start: noon.Add(12 * time.Hour), Value: "positive", Posts: 8})
	c = count(monitor.CountSearch{Monitor: id, By: monitor.ByIntent})
	equal(t, "intents", c.Buckets, monitor.Bucket{Value: "", Posts: 36},
		monitor.Bucket{Value: "complaint", Posts: 12}, monitor.Bucket{Value: "question", Posts: 12})
	if c.Total != 48 {
		t.Errorf("a post with two intents counts twice: %d", c.Total)
	}
	c = count(monitor.CountSearch{Monitor: id, By: monitor.ByLanguage, From: noon, To: noon.Add(time.Hour)})
	equal(t, "languages", c.Buckets, monitor.Bucket{Value: "en", Posts: 1}, monitor.Bucket{Value: "fi", Posts: 1})
	helsinki, err := time.LoadLocation("Europe/Helsinki")
	if err != nil {
		t.Skip("this machine has no time zones")
	}
	c = count(monitor.CountSearch{Monitor: id, Interval: monitor.Week, Zone: helsinki})
	equal(t, "weeks", c.Buckets, monitor.Bucket{Start: time.Date(2026, 11, 2, 0, 0, 0, 0, helsinki), Posts: 48})
	_, err = h.monitors.Count(t.Context(), owner, monitor.CountSearch{Interval: "fortnight"})
	wantCode(t, "an interval that is none", err, hearth.Invalid)
	h.recounted()
}

func TestANewMonitorFindsItsPast(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.listen("cake")
	stop := h.run()
	entries := make([]archive.Entry, 1200)
	for i := range entries {
		words := "cake"
		if i%3 == 0 {
			words = "pie and cake"
		}
		entries[i] = at(post(fmt.Sprintf("p%04d", i), words), noon.Add(time.Duration(i)*time.Second))
	}
	h.arrive(entries...)
	h.settle()
	id := h.listen("pie")[0]
	h.arrive(post("new", "pie"))
	h.settle()
	if got := len(h.mentions(id)); got != 401 {
		t.Errorf("%d mentions", got)
	}
	f, err := h.monitors.Filling(t.Context(), owner, id)
	if err != nil || f.State != monitor.FillDone || f.Found < 400 || f.Reached.IsZero() {
		t.Errorf("%+v, %v", f, err)
	}
	h.recounted()

	// An edit of a post that was found in the past moves it as any other.
	h.arrive(edit(1, "p0000", "bread"))
	h.settle()
	if got := len(h.mentions(id)); got != 400 {
		t.Errorf("%d mentions after an edit", got)
	}
	h.recounted()
	before := h.dump()
	if err := h.monitors.Rebuild(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.settle()
	if after := h.dump(); after != before {
		t.Error("a rebuild gives other tables")
	}
	stop()
}

func TestAChangedMonitorFindsThePastOfItsNewQuery(t *testing.T) {
	t.Parallel()
	h := open(t)
	id := h.listen("pie")[0]
	other := h.listen("cake")[0]
	h.run()
	h.arrive(post("a", "pie"), post("b", "cake"))
	h.settle()
	wider := "pie OR cake"
	if _, err := h.monitors.Change(t.Context(), owner, id, 1, monitor.Edit{Query: &wider}); err != nil {
		t.Fatal(err)
	}
	h.settle()
	equal(t, "mentions", sorted(h.mentions(id)), "a", "b")
	if _, err := h.monitors.Pause(t.Context(), owner, id); err != nil {
		t.Fatal(err)
	}
	h.arrive(post("c", "cake"))
	h.settle()
	equal(t, "mentions in its sleep", sorted(h.mentions(id)), "a", "b")
	if _, err := h.monitors.Resume(t.Context(), owner, id); err != nil {
		t.Fatal(err)
	}
	h.settle()
	equal(t, "mentions after its sleep", sorted(h.mentions(id)), "a", "b", "c")
	equal(t, "the other's", sorted(h.mentions(other)), "b", "c")
	h.recounted()
}

func TestACancelledSearchOfThePastKeepsWhatItFound(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.arrive(post("a", "pie"))
	id := h.listen("pie")[0]
	if err := h.monitors.CancelFill(t.Context(), owner, id); err != nil {
		t.Fatal(err)
	}
	h.run()
	h.settle()
	equal(t, "mentions", h.mentions(id))
	if f, err := h.monitors.Filling(t.Context(), owner, id); err != nil || f.State != monitor.FillCancelled {
		t.Errorf("%+v, %v", f, err)
	}
}

func TestASearchOfThePastEndsWhenItIsCancelled(t *testing.T) {
	t.Parallel()
	h := open(t)
	const posts = 6000
	entries := make([]archive.Entry, posts)
	for i := range entries {
		entries[i] = post(fmt.Sprint("p", i), "pie")
	}
	h.arrive(entries...)
	id := h.listen("pie")[0]
	h.run()
	within(t, time.Minute, "it has begun", func() bool {
		f, err := h.monitors.Filling(t.Context(), owner, id)
		return err == nil && f.State == monitor.FillRunning
	})
	if err := h.monitors.CancelFill(t.Context(), owner, id); err != nil {
		t.Fatal(err)
	}
	f, err := h.monitors.Filling(t.Context(), owner, id)
	if err != nil || f.State != monitor.FillCancelled || f.Found == 0 || f.Found == posts {
		t.Fatalf("%+v, %v", f, err)
	}
	h.settle()
	h.arrive(post("new", "pie"))
	h.settle()
	if again, err := h.monitors.Filling(t.Context(), owner, id); err != nil || again.Found != f.Found || h.total(id) != f.Found+1 {
		t.Errorf("%+v, %v, %d counted", again, err, h.total(id))
	}
	h.recounted()
}

func TestWhatWasErasedAMomentAgoIsNotListed(t *testing.T) {
	t.Parallel()
	h := open(t)
	id := h.listen("pie")[0]
	stop := h.run()
	h.arrive(post("a", "pie"), post("b", "pie"), entry(archive.Create, "c", "bob", "pie"))
	h.settle()
	stop() // the counting is late
	h.arrive(entry(archive.Delete, "a", "ann", ""), entry(archive.HideAuthor, "", "bob", ""))
	equal(t, "mentions", h.mentions(id), "b")
}

func TestARemovedMonitorIsClearedAwayAfterItsTime(t *testing.T) {
	t.Parallel()
	h := open(t)
	ids := h.listen("pie", "cake")
	h.run()
	h.arrive(post("a", "pie and cake"))
	h.settle()
	if err := h.monitors.Remove(t.Context(), owner, ids[0]); err != nil {
		t.Fatal(err)
	}
	purge := func() {
		t.Helper()
		if err := h.monitors.Purge(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	purge()
	if !strings.Contains(h.dump(), fmt.Sprintf("mention %d %d ", here, ids[0])) {
		t.Error("it was cleared away too early")
	}
	h.clock.advance(31 * 24 * time.Hour)
	purge()
	if strings.Contains(h.dump(), fmt.Sprintf("mention %d %d ", here, ids[0])) {
		t.Error("it was not cleared away")
	}
	_, err := h.monitors.Restore(t.Context(), owner, ids[0])
	wantCode(t, "Restore", err, hearth.NotFound)
	h.recounted()
	h.arrive(edit(1, "a", "cake"), post("b", "pie"))
	h.settle()
	h.recounted()
	if err := h.monitors.Rebuild(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.settle()
	h.recounted()
	if mon, err := h.monitors.Create(t.Context(), owner, monitor.Draft{Name: "pie", Query: "pie"}); err != nil || mon.ID <= ids[1] {
		t.Errorf("an id was given twice: %+v, %v", mon, err)
	}
}

func TestAPreviewShowsMeaningAndVolume(t *testing.T) {
	t.Parallel()
	h := open(t)
	for i := range 70 {
		h.arrive(at(post(fmt.Sprint("p", i), "apple pie"), noon.Add(-time.Duration(i)*2*time.Hour)))
	}
	h.arrive(at(post("old", "apple pie"), noon.Add(-30*24*time.Hour)))
	p, err := h.monitors.Preview(t.Context(), owner, "Apple  pie")
	if err != nil {
		t.Fatal(err)
	}
	if !p.Sound() || p.Canonical != "apple AND pie" || p.Explain == "" || p.Cost != 2 || len(p.Diagnostics) != 1 {
		t.Errorf("%+v", p)
	}
	if p.Posts != 70 || !p.Exact || len(p.Samples) != 10 || p.Samples[0].Post.ID != "p0" || p.PerDay < 10 || p.PerDay > 13 {
		t.Errorf("%d posts, %v a day, %d samples", p.Posts, p.PerDay, len(p.Samples))
	}
	p, err = h.monitors.Preview(t.Context(), owner, "apple AND")
	if err != nil || p.Sound() || len(p.Diagnostics) == 0 {
		t.Errorf("%+v, %v", p, err)
	}
	p, err = h.monitors.Preview(t.Context(), access.Limited(here, 7, access.ReadMonitors), "pie")
	if err != nil || !p.Sound() || p.Posts != 0 || len(p.Samples) != 0 {
		t.Errorf("without posts.read: %+v, %v", p, err)
	}
}

func TestADiffJoinsToBothQueries(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "OR", "b", "(c", "d)"}), 0, 12)
		from, to := strings.Join(words.Draw(t, "from"), " "), strings.Join(words.Draw(t, "to"), " ")
		var a, b strings.Builder
		for _, p := range monitor.Diff(from, to) {
			if p.Kind != monitor.Inserted {
				a.WriteString(p.Text)
			}
			if p.Kind != monitor.Deleted {
				b.WriteString(p.Text)
			}
		}
		if a.String() != from+" " || b.String() != to+" " {
			t.Fatalf("%q → %q gives %q → %q", from, to, a.String(), b.String())
		}
	})
}
