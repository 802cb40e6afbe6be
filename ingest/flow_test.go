package ingest_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"hearth"
	"hearth/analysis"
	"hearth/archive"
	"hearth/db"
	"hearth/db/dbtest"
	"hearth/ingest"
	"hearth/network"
)

func TestOnlyWhatAMonitorWantsIsStoredAndEveryEventIsCounted(t *testing.T) {
	t.Parallel()
	h := open(t, dbtest.Home(t))
	h.listen("apple AND pie", `"number 7"`)
	p := h.flow(h.flowOptions(), batch("c1", numbered(0, 500, 10)...), batch("c2", numbered(500, 500, 10)...))
	want := ingest.Counters{Frames: 1000, Events: 1000, Unwanted: 899, Stored: 101, Matched: 101}
	if p.Counters != want {
		t.Errorf("counters %+v, want %+v", p.Counters, want)
	}
	if p.Cursor != "c2" {
		t.Errorf("cursor %q", p.Cursor)
	}
	rows := h.rows()
	for i := 1; i < len(rows); i++ {
		if rows[i-1].Post.ID >= rows[i].Post.ID {
			t.Fatalf("posts are stored out of order: %s before %s", rows[i-1].Post.ID, rows[i].Post.ID)
		}
	}
	if seven := rows[1]; seven.Post.ID != "p000007" || !slices.Equal(seven.Monitors, []hearth.MonitorID{2}) || seven.Source != 1 {
		t.Errorf("row 2 is %s of monitors %v and source %d", seven.Post.ID, seven.Monitors, seven.Source)
	}
}

// proves I6
func TestAFlowGoesOnFromWhatWasCommitted(t *testing.T) {
	t.Parallel()
	h := open(t, dbtest.Home(t))
	h.listen("pie")
	h.flow(h.flowOptions(), batch("c1", create("a", "pie one")))
	p := h.flow(h.flowOptions(), batch("c2", create("a", "pie one"), create("b", "pie two"), create("c", "cake")))
	want := ingest.Counters{Frames: 4, Events: 4, Unwanted: 1, Duplicates: 1, Stored: 2, Matched: 3}
	if p.Counters != want {
		t.Errorf("counters %+v, want %+v", p.Counters, want)
	}
	if got := h.texts(); !slices.Equal(got, []string{"pie one", "pie two"}) {
		t.Errorf("stored %q", got)
	}
}

func TestABatchWithoutACursorLeavesThePlaceAsItWas(t *testing.T) {
	t.Parallel()
	h := open(t, dbtest.Home(t))
	h.listen("pie")
	h.flow(h.flowOptions(), batch("c1", create("a", "pie")))
	if p := h.flow(h.flowOptions(), batch("", create("b", "pie"))); p.Cursor != "c1" || p.Counters.Stored != 2 {
		t.Errorf("progress %+v", p)
	}
}

func TestEditsAndDeletionsCountOnlyForKeptPosts(t *testing.T) {
	t.Parallel()
	h := open(t, dbtest.Home(t))
	h.listen("pie")
	p := h.flow(h.flowOptions(), batch("c1",
		create("kept", "apple pie"), create("other", "cake"),
		edited("kept", "r1", "apple cake"),           // no longer matches: stored all the same
		edited("other", "r2", "cake and pie"),        // matches now: stored
		edited("stranger", "r3", "cake"),             // never kept: counted
		event(network.Delete, "stranger", "ann", ""), // likewise
	), batch("c2",
		edited("kept", "r1", "apple cake"), // the same edit again
		event(network.Delete, "other", "ann", ""),
		event(network.Delete, "kept", "mallory", ""), // not hers
	))
	want := ingest.Counters{Frames: 9, Events: 9, Unwanted: 1, UnknownPosts: 2, Duplicates: 1, Swallowed: 1, Stored: 4, Matched: 2}
	if p.Counters != want {
		t.Errorf("counters %+v, want %+v", p.Counters, want)
	}
	if got := h.texts(); !slices.Equal(got, []string{"apple pie", "apple cake"}) {
		t.Errorf("stored %q", got)
	}
	rows := h.rows()
	if last := rows[len(rows)-1]; last.Op != archive.Delete || last.Replaces == 0 {
		t.Errorf("the last row is %s of %d", last.Op, last.Replaces)
	}
}

func TestWhatModeratorsHideIsKeptAndShownAgain(t *testing.T) {
	t.Parallel()
	h := open(t, dbtest.Home(t))
	h.listen("pie")
	p := h.flow(h.flowOptions(), batch("c1",
		create("kept", "apple pie"), event(network.Hide, "kept", "ann", ""), event(network.Hide, "kept", "ann", ""),
		event(network.Hide, "kept", "mallory", ""), event(network.Hide, "stranger", "ann", ""),
	))
	want := ingest.Counters{Frames: 5, Events: 5, UnknownPosts: 1, Swallowed: 2, Stored: 2, Matched: 1}
	if p.Counters != want {
		t.Errorf("counters %+v, want %+v", p.Counters, want)
	}
	p = h.flow(h.flowOptions(), batch("c2", event(network.Show, "kept", "ann", ""), edited("kept", "r1", "pear pie")))
	if rows := h.rows(); p.Counters.Stored != 4 || len(rows) != 4 || rows[1].Op != archive.Hide || rows[2].Op != archive.Show || rows[3].Op != archive.Update {
		t.Errorf("counters %+v, %d rows", p.Counters, len(rows))
	}
}

// proves F21 for deletions
func TestAPostWhoseDeletionCameFirstStaysDead(t *testing.T) {
	t.Parallel()
	h := open(t, dbtest.Home(t))
	h.listen("pie")
	p := h.flow(h.flowOptions(), batch("c1",
		event(network.Delete, "dead", "ann", ""), event(network.Delete, "alive", "mallory", ""),
		create("dead", "pie"), create("alive", "pie")))
	want := ingest.Counters{Frames: 4, Events: 4, UnknownPosts: 2, Deleted: 1, Stored: 1, Matched: 2}
	if p.Counters != want {
		t.Errorf("counters %+v, want %+v", p.Counters, want)
	}
	if rows := h.rows(); len(rows) != 1 || rows[0].Post.ID != "alive" {
		t.Errorf("%d rows", len(rows))
	}
}

func TestKeepingEverythingStoresWhatNobodyWantsAnalysed(t *testing.T) {
	t.Parallel()
	h := open(t, dbtest.Home(t))
	h.listen("pie")
	o := h.flowOptions()
	o.Everything = true
	o.Analyzers = []analysis.Analyzer{panicky("tripwire")}
	p := h.flow(o, batch("c1", numbered(0, 300, 10)...))
	if p.Counters.Stored != 300 || p.Counters.Matched != 30 {
		t.Errorf("counters %+v", p.Counters)
	}
	for _, r := range h.rows() {
		if r.Post.Sentiment != hearth.Positive {
			t.Fatalf("%s was stored without analysis", r.Post.ID)
		}
	}
}

func TestQueriesAboutWhatAnalysisFindsAreDecidedAfterIt(t *testing.T) {
	t.Parallel()
	h := open(t, dbtest.Home(t))
	h.listen("pie AND sentiment:negative", "cake AND sentiment:positive")
	o := h.flowOptions()
	o.Analyzers = []analysis.Analyzer{panicky("tripwire")}
	p := h.flow(o, batch("c1", create("a", "pie"), create("b", "cake"), create("c", "bread")))
	want := ingest.Counters{Frames: 3, Events: 3, Unwanted: 1, Undecided: 1, Stored: 1, Matched: 1}
	if p.Counters != want {
		t.Errorf("counters %+v, want %+v", p.Counters, want)
	}
}

// proves I37, F24
func TestAPostThatMakesAnalysisPanicBecomesADeadLetter(t *testing.T) {
	t.Parallel()
	h := open(t, dbtest.Home(t))
	h.listen("pie")
	o := h.flowOptions()
	o.Analyzers = []analysis.Analyzer{panicky("tripwire")}
	events := numbered(0, 200, 2)
	events[50].Post.Text = "pie with a tripwire in it"
	p := h.flow(o, batch("c1", events...))
	if p.Counters.Poisoned != 1 || p.Counters.Stored != 99 {
		t.Errorf("counters %+v", p.Counters)
	}
	letters := h.letters()
	if len(letters) != 1 || !letters[0].Post || !strings.Contains(letters[0].Reason, "cannot bear tripwire") {
		t.Fatalf("letters %+v", letters)
	}
	var post hearth.Post
	if err := hearth.DecodePost(string(letters[0].Raw), &post); err != nil || post.ID != "p000050" {
		t.Errorf("the letter holds %q (%v)", post.ID, err)
	}
}

func TestWhatIsBeyondTheLimitsIsRefusedWithAReason(t *testing.T) {
	t.Parallel()
	h := open(t, dbtest.Home(t))
	h.listen("pie")
	p := h.flow(h.flowOptions(), batch("c1",
		create("long", "pie "+strings.Repeat("a ", 120_000)),
		create("huge", strings.Repeat("pie ", 300_000)),
		create("", "pie without a name"),
		create("fine", "pie"),
		network.Event{Op: 99, Post: hearth.Post{Network: "bluesky", ID: "odd"}}))
	if p.Counters.Poisoned != 4 || p.Counters.Stored != 1 {
		t.Errorf("counters %+v", p.Counters)
	}
	for _, l := range h.letters() {
		if l.Reason == "" || int64(len(l.Raw)) > 64<<10 || l.Size < int64(len(l.Raw)) {
			t.Errorf("letter %+v", l)
		}
	}
}

func TestRejectsAndGapsCommitWithTheCursor(t *testing.T) {
	t.Parallel()
	h := open(t, dbtest.Home(t))
	b := batch("c1")
	b.Frames = 2
	b.Rejects = []network.Reject{{Raw: []byte("{broken"), Reason: "It is no JSON."}}
	b.Gaps = []network.Gap{{From: "5", To: "9", Reason: "The host forgot them."}}
	p := h.flow(h.flowOptions(), b)
	want := ingest.Counters{Frames: 2, Rejects: 1, Gaps: 1}
	if p.Counters != want || p.Cursor != "c1" {
		t.Errorf("progress %+v", p)
	}
	letters := h.letters()
	if len(letters) != 1 || string(letters[0].Raw) != "{broken" || letters[0].Reason != "It is no JSON." || letters[0].Source != 1 {
		t.Errorf("letters %+v", letters)
	}
}

func TestPlacesWithoutPostsAreWrittenSeldom(t *testing.T) {
	t.Parallel()
	h := open(t, dbtest.Home(t))
	h.listen("pie")
	o := h.flowOptions()
	written := 0
	o.Committed = func(ingest.Progress) { written++ }
	var batches []*network.Batch
	for i := range 500 {
		batches = append(batches, batch(fmt.Sprint(i), create(fmt.Sprint("p", i), "cake")))
	}
	p := h.flow(o, batches...)
	if p.Cursor != "499" || p.Counters.Unwanted != 500 {
		t.Errorf("progress %+v", p)
	}
	if written > 20 { // once a second, and at the end
		t.Errorf("%d commits for nothing", written)
	}
}

func TestEndlessGapsAreCountedAndBounded(t *testing.T) {
	t.Parallel()
	h := open(t, dbtest.Home(t))
	b := batch("c1")
	for i := range 10_100 {
		b.Gaps = append(b.Gaps, network.Gap{From: fmt.Sprint(i), Reason: "It forgot."})
	}
	if p := h.flow(h.flowOptions(), b); p.Counters.Gaps != 10_100 {
		t.Errorf("%d are counted", p.Counters.Gaps)
	}
	var n int
	err := h.store.Read(t.Context(), func(tx *db.Tx) error {
		return tx.QueryRow(`SELECT count(*) FROM source_gap`).Scan(&n)
	})
	if err != nil || n != 10_000 {
		t.Errorf("%d are kept, %v", n, err)
	}
}

func TestCompletedPostsAreDecidedAgain(t *testing.T) {
	t.Parallel()
	h := open(t, dbtest.Home(t))
	h.listen("pie AND author:ann.example", "pie AND NOT author:bob.example")
	o := h.flowOptions()
	handles := map[string]string{"ann": "ann.example", "bob": "bob.example"}
	o.Complete = func(_ context.Context, posts []*hearth.Post) {
		for _, p := range posts {
			p.Author.Handle = handles[p.Author.ID]
		}
	}
	p := h.flow(o, batch("c1", create("a", "pie"), event(network.Create, "b", "bob", "pie")))
	want := ingest.Counters{Frames: 2, Events: 2, Undecided: 1, Stored: 1, Matched: 1}
	if p.Counters != want {
		t.Errorf("counters %+v, want %+v", p.Counters, want)
	}
	rows := h.rows()
	if len(rows) != 1 || rows[0].Post.Author.Handle != "ann.example" || !slices.Equal(rows[0].Monitors, []hearth.MonitorID{1, 2}) {
		t.Errorf("rows %+v", rows)
	}
}

func TestACompleterThatPanicsCostsNothing(t *testing.T) {
	t.Parallel()
	h := open(t, dbtest.Home(t))
	h.listen("pie")
	o := h.flowOptions()
	o.Complete = func(context.Context, []*hearth.Post) { panic("no answer") }
	if p := h.flow(o, batch("c1", create("a", "pie"))); p.Counters.Stored != 1 {
		t.Errorf("counters %+v", p.Counters)
	}
}

// The network owns a batch's memory: what is stored must not change with it.
func TestNothingStoredSharesTheBatchesMemory(t *testing.T) {
	t.Parallel()
	h := open(t, dbtest.Home(t))
	h.listen("pie")
	f, err := ingest.NewFlow(t.Context(), h.flowOptions())
	if err != nil {
		t.Fatal(err)
	}
	var b network.Batch
	line := make([]byte, 0, 64)
	for i := range 2000 {
		line = fmt.Appendf(line[:0], "pie %06d", i)
		b.Reset()
		e := b.Add()
		*e = create(fmt.Sprintf("p%d", i), unsafeString(line))
		e.Post.Hashtags = append(e.Post.Hashtags, unsafeString(line))
		e.Revision = unsafeString(line)
		b.Cursor = network.Cursor(unsafeString(line))
		if err := f.Take(t.Context(), &b); err != nil {
			t.Fatal(err)
		}
		copy(line, "XXXXXXXXXX")
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	for i, r := range h.rows() {
		if want := fmt.Sprintf("pie %06d", i); r.Post.Text != want || r.Post.Hashtags[0] != want || r.Revision != want {
			t.Fatalf("row %d holds %q, %q and %q", i, r.Post.Text, r.Post.Hashtags[0], r.Revision)
		}
	}
	if c := f.Progress().Cursor; c != "pie 001999" {
		t.Errorf("cursor %q", c)
	}
}

func TestAFlowThatLostABatchTakesNothingMore(t *testing.T) {
	t.Parallel()
	h := open(t, dbtest.Home(t))
	h.listen("pie")
	f, err := ingest.NewFlow(t.Context(), h.flowOptions())
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Take(t.Context(), batch("c1", create("a", "pie"))); err != nil {
		t.Fatal(err)
	}
	h.archive.Close()
	for i := 0; ; i++ {
		if err = f.Take(t.Context(), batch(fmt.Sprint("c", i+2), create(fmt.Sprint("b", i), "pie"))); err != nil {
			break
		}
	}
	if again := f.Take(t.Context(), batch("z", create("z", "pie"))); !errors.Is(again, err) && again == nil {
		t.Errorf("after %v the flow took another batch", err)
	}
	if f.Close() == nil {
		t.Error("closing says that all is well")
	}
	if c := f.Progress().Cursor; c != "" && c != "c1" {
		t.Errorf("progress claims %q", c)
	}
}

func (h *house) letters() []ingest.DeadLetter {
	h.t.Helper()
	page, err := ingest.NewSources(h.options()).DeadLetters(h.t.Context(), owner, ingest.DeadLetterSearch{Limit: 1000})
	if err != nil {
		h.t.Fatal(err)
	}
	return page.Letters
}
