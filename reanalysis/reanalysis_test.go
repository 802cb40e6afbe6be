package reanalysis_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"hearth"
	"hearth/access"
	"hearth/analysis"
	"hearth/archive"
	"hearth/db"
	"hearth/db/dbtest"
	"hearth/ingest"
	"hearth/monitor"
	"hearth/reanalysis"
)

const here = hearth.DefaultWorkspace

var (
	lead = access.Limited(here, 7, access.ReadPosts, access.ReadMonitors, access.WriteMonitors)
	ann  = access.Limited(here, 5, access.ReadPosts, access.ReadMonitors)
	noon = time.Date(2031, 5, 4, 12, 0, 0, 0, time.UTC)
)

// proves the parity half of G2: the same on the other engine.
func TestTheSuiteOnPostgreSQL(t *testing.T) { dbtest.Again(t) }

// house is an archive with a monitor of pies, and models that can be exchanged.
type house struct {
	t        testing.TB
	state    *db.DB
	store    *db.DB
	archive  *archive.Archive
	monitors *monitor.Monitors
}

func open(t testing.TB) *house {
	t.Helper()
	home := dbtest.Home(t)
	h := &house{t: t}
	var err error
	if h.state, err = db.Open(t.Context(), db.At(home, "hearth"), db.Options{Schemas: []db.Schema{access.StateSchema(), ingest.StateSchema(), monitor.StateSchema()}}); err != nil {
		t.Fatal(err)
	}
	if h.store, err = db.Open(t.Context(), db.At(home, "archive"), db.Options{Schemas: []db.Schema{archive.Schema(), ingest.ArchiveSchema(), monitor.ArchiveSchema(), reanalysis.Schema()}}); err != nil {
		t.Fatal(err)
	}
	clock := func() time.Time { return noon }
	if h.archive, err = archive.Open(t.Context(), h.store, archive.Options{Clock: clock, SearchTime: time.Minute}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		h.archive.Close()
		h.store.Close()
		h.state.Close()
	})
	if h.monitors, err = monitor.New(t.Context(), monitor.Options{State: h.state, Archive: h.archive, Store: h.store, Clock: clock, Log: slog.New(slog.DiscardHandler)}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.monitors.Create(t.Context(), access.LocalOwner(here), monitor.Draft{Name: "Pies", Query: "pie"}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.monitors.Create(t.Context(), access.LocalOwner(here), monitor.Draft{Name: "Sad pies", Query: "pie sentiment:negative"}); err != nil {
		t.Fatal(err)
	}
	return h
}

// models say by a version: the first finds every pie good, the second those with bad
// in it bad, and what is for sale spam.
func models(version int) []analysis.Analyzer {
	say := func(field string, run func(*hearth.Post)) analysis.Analyzer {
		return analysis.Analyzer{Name: field, Version: version, Adds: []string{field}, Run: func(items []analysis.Item) {
			for i := range items {
				run(items[i].Post)
			}
		}}
	}
	return []analysis.Analyzer{
		say("lang", func(p *hearth.Post) {
			if p.Lang == "" {
				p.Lang = "en"
			}
		}),
		say("sentiment", func(p *hearth.Post) {
			if p.Sentiment != "" {
				return
			}
			p.Sentiment, p.SentimentScore = hearth.Positive, hearth.KnownNumber(.5)
			if version > 1 && strings.Contains(p.Text, "bad") {
				p.Sentiment, p.SentimentScore = hearth.Negative, hearth.KnownNumber(-.5)
			}
			if strings.Contains(p.Text, "poison") && version > 1 {
				panic("not this one")
			}
		}),
		say("intent", func(p *hearth.Post) {
			if version > 1 && strings.Contains(p.Text, "why") {
				p.Intent = []hearth.Intent{hearth.Asking}
			}
		}),
		say("spam", func(p *hearth.Post) { p.Spam = hearth.BoolOf(version > 1 && strings.Contains(p.Text, "sale")) }),
	}
}

func (h *house) reanalyses(version int) *reanalysis.Reanalyses {
	return reanalysis.New(reanalysis.Options{
		State: h.state, Store: h.store, Archive: h.archive, Monitors: h.monitors, Analyzers: models(version),
		Clock: func() time.Time { return noon }, Log: slog.New(slog.DiscardHandler),
	})
}

// arrive stores posts as the models of a version judge them.
func (h *house) arrive(version, from, to int, text func(i int) string) {
	h.t.Helper()
	judged := ingest.Models(models(version))
	var entries []archive.Entry
	set := h.monitors.Queries(here)
	for i := from; i < to; i++ {
		post := &hearth.Post{Network: "demo", ID: fmt.Sprint("p", i), Text: text(i), Published: noon.Add(time.Duration(i) * time.Second), Author: hearth.Author{ID: "ann"}}
		by := judged.By(post)
		analysis.Run(models(version), []analysis.Item{{Post: post}})
		entries = append(entries, archive.Entry{Post: post, Judged: by, Monitors: set.Catches(post)})
	}
	if _, err := h.archive.Append(h.t.Context(), here, entries, nil); err != nil {
		h.t.Fatal(err)
	}
}

// run does re-analyses until the test ends, or stop.
func (h *house) run(r *reanalysis.Reanalyses) (stop func()) {
	return h.runWhile(r, func(*db.Tx) error { return nil })
}

func (h *house) runWhile(r *reanalysis.Reanalyses, held func(*db.Tx) error) (stop func()) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(h.t.Context()))
	ended := make(chan error, 2)
	go func() { ended <- r.Run(ctx, held) }()
	stop = func() {
		cancel()
		if err := <-ended; err != nil {
			h.t.Error(err)
		}
		ended <- nil
	}
	h.t.Cleanup(stop)
	return stop
}

// count takes the log in until nothing is left, and checks all counts.
func (h *house) counts() {
	h.t.Helper()
	ctx, cancel := context.WithCancel(h.t.Context())
	done := make(chan error, 1)
	go func() { done <- h.monitors.RunWhile(ctx, func(*db.Tx) error { return nil }) }()
	defer func() { cancel(); <-done }()
	h.until("the counts are settled", func() bool {
		wrong, err := h.monitors.Recount(h.t.Context(), here)
		if hearth.ErrorCode(err) == hearth.Unavailable {
			return false
		}
		if err != nil || len(wrong) > 0 {
			h.t.Fatalf("counts: %v, %v", wrong, err)
		}
		return true
	})
}

func (h *house) until(what string, ok func() bool) {
	h.t.Helper()
	deadline := time.Now().Add(2 * time.Minute)
	for !ok() {
		if time.Now().After(deadline) {
			h.t.Fatal(what, "never")
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func (h *house) ended(r *reanalysis.Reanalyses, id int64, state reanalysis.State) (c reanalysis.Changes) {
	h.t.Helper()
	h.until(string(state), func() bool {
		var err error
		c, err = r.Get(h.t.Context(), ann, id)
		return err == nil && c.Run.State == state
	})
	return c
}

func (h *house) found(query string) int64 {
	h.t.Helper()
	n, err := monitor.NewPosts(h.monitors).Count(h.t.Context(), lead, monitor.Selection{Query: query, Exact: true}, 0)
	if err != nil {
		h.t.Fatal(err)
	}
	return int64(n.Total)
}

func (h *house) want(counts map[string]int64) {
	h.t.Helper()
	for query, want := range counts {
		if got := h.found(query); got != want {
			h.t.Errorf("%s: %d posts, want %d", query, got, want)
		}
	}
}

func (h *house) correct(id string, mood hearth.Sentiment) {
	h.t.Helper()
	notes := []archive.Notes{{Key: hearth.Key{Network: "demo", ID: id}, Notes: []archive.Note{{Field: archive.SentimentField, Value: string(mood)}}}}
	if _, err := h.archive.Annotate(h.t.Context(), here, notes, archive.Author{User: 5}, h.monitors.Catch, nil); err != nil {
		h.t.Fatal(err)
	}
}

func pies(i int) string {
	return fmt.Sprint([]string{"a bad pie ", "a good pie ", "why is the pie ", "cake for sale "}[i%4], i)
}

func TestNewModelsJudgeTheArchiveAgainOnceAndSayWhatChanged(t *testing.T) {
	t.Parallel()
	h := open(t)
	old := h.reanalyses(1)
	stop := h.run(old)
	h.until("the models are known", func() bool { return h.rows("SELECT count(*) FROM reanalysis_models") == 1 })
	h.arrive(1, 0, 1200, pies)
	stop()
	if list, err := old.List(t.Context(), ann); err != nil || len(list) != 0 {
		t.Fatalf("an empty archive was judged again: %+v, %v", list, err)
	}
	h.correct("p0", hearth.Neutral)
	h.correct("p4", hearth.Negative) // as the new models will say
	if _, err := h.archive.Erase(t.Context(), here, []hearth.Key{{Network: "demo", ID: "p8"}}, "asked for"); err != nil {
		t.Fatal(err)
	}
	now := h.reanalyses(2)
	stop = h.run(now)
	var list []reanalysis.Run
	h.until("a run is there", func() bool { list, _ = now.List(t.Context(), ann); return len(list) > 0 })
	c := h.ended(now, list[0].ID, reanalysis.Finished)
	stop()
	if c.Run.Looked != 1199 || c.Run.Total != 1199 || c.Run.Changed != 299+300+300 || c.Run.Kept != 1 || c.Run.By != 0 || !c.Run.Whole {
		t.Errorf("it did %+v", c.Run)
	}
	h.want(map[string]int64{"sentiment:positive": 900, "sentiment:negative": 298, "sentiment:neutral": 1, "intent:question": 300, "spam:true": 300})
	h.counts()
	var said []string
	for _, m := range c.Moves {
		said = append(said, fmt.Sprintf("%s %s %s>%s %d/%d", m.Field, m.Lang, m.Was, m.Becomes, m.Posts, len(m.Examples)))
	}
	if got := strings.Join(said, "; "); got != "sentiment en positive>negative 297/3; intent en >question 300/3; spam en false>true 300/3" {
		t.Errorf("what changed: %s", got)
	}
	if len(c.Figures) != 2 || c.Figures[0] != (reanalysis.Figure{Monitor: 1, PostsBefore: 899, PostsAfter: 899, SaidBefore: 899, SaidAfter: 899, NegativeBefore: 1, NegativeAfter: 298}) ||
		c.Figures[1].PostsBefore != 1 || c.Figures[1].PostsAfter != 298 {
		t.Errorf("figures %+v", c.Figures)
	}
	models, drawn, err := now.Models(t.Context(), ann)
	if err != nil || drawn == 0 || len(models) != 4 || len(models[1].Judged) != 1 || models[1].Judged[0] != (reanalysis.Share{Version: 2, Posts: drawn}) {
		t.Errorf("models %+v of %d, %v", models, drawn, err)
	}
	// The same program once more: nothing is to be done.
	again := h.reanalyses(2)
	stop = h.run(again)
	h.arrive(2, 2000, 2001, pies)
	stop()
	if list, _ := again.List(t.Context(), ann); len(list) != 1 {
		t.Errorf("%d runs", len(list))
	}
	// Undone, all is as before, but for what arrived since.
	if _, err := again.Steer(t.Context(), lead, c.Run.ID, reanalysis.Undo); err != nil {
		t.Fatal(err)
	}
	stop = h.run(again)
	h.ended(again, c.Run.ID, reanalysis.Undone)
	stop()
	h.want(map[string]int64{"sentiment:positive": 1197, "sentiment:negative": 2, "sentiment:neutral": 1, "intent:question": 0, "spam:true": 0, "corrected:yes": 2})
	h.counts()
	models, drawn, err = again.Models(t.Context(), ann)
	if err != nil || len(models) != 4 {
		t.Fatalf("undone, models %+v, %v", models, err)
	}
	if last := models[1].Judged[len(models[1].Judged)-1]; last.Version != 1 || last.Posts < drawn-1 { // one arrived since
		t.Errorf("undone, models %+v of %d", models[1].Judged, drawn)
	}
}

func (h *house) rows(query string) (n int64) {
	h.t.Helper()
	if err := h.store.Read(h.t.Context(), func(tx *db.Tx) error { return tx.QueryRow(query).Scan(&n) }); err != nil {
		h.t.Fatal(err)
	}
	return n
}

var errDied = errors.New("it died")

// A run that is cut off in any page, and goes on, has the same end as one that is not,
// and so has its undoing: what a page changed and how far it is are one transaction.
func TestARunGoesOnWhereItStoodAndCountsNothingTwice(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.arrive(1, 0, 900, pies)
	r := h.reanalyses(2)
	one, err := r.Start(t.Context(), lead, monitor.Selection{Query: "pie"})
	if err != nil || one.Total != 675 {
		t.Fatalf("%+v, %v", one, err)
	}
	// The program's own comes to what is not a pie.
	if deaths := h.dying(func() bool { return h.rows("SELECT count(*) FROM reanalysis_run WHERE state = 'done'") == 2 }); deaths == 0 {
		t.Fatal("it never died")
	}
	c, err := r.Get(t.Context(), ann, 1)
	if err != nil || c.Run.State != reanalysis.Finished || c.Run.Looked != 675 {
		t.Fatalf("%+v, %v", c.Run, err)
	}
	h.want(map[string]int64{"sentiment:negative": 225, "intent:question": 225, "spam:true": 225})
	h.wantVersions(900 + 675)
	h.counts()
	for id := range int64(2) {
		if _, err := r.Steer(t.Context(), lead, 2-id, reanalysis.Undo); err != nil {
			t.Fatal(err)
		}
		if deaths := h.dying(func() bool {
			return h.rows("SELECT count(*) FROM reanalysis_run WHERE state = 'undone'") == id+1
		}); deaths == 0 {
			t.Fatalf("undoing run %d, it never died", 2-id)
		}
	}
	h.want(map[string]int64{"sentiment:positive": 900, "sentiment:negative": 0, "intent:question": 0, "spam:true": 0})
	h.wantVersions(900 + 2*675)
	h.counts()
}

// wantVersions says how many versions of posts were written.
func (h *house) wantVersions(want hearth.Seq) {
	h.t.Helper()
	if head, err := h.archive.Head(h.t.Context()); err != nil || head != want {
		h.t.Errorf("the log has %d rows, want %d: %v", head, want, err)
	}
}

// dying does re-analyses that die in every second page, until it is over, and says how
// often they did.
func (h *house) dying(over func() bool) (deaths int64) {
	h.t.Helper()
	var died atomic.Int64
	for !over() {
		var asked atomic.Int64
		ctx, cancel := context.WithCancel(h.t.Context())
		ended := make(chan error, 1)
		go func() {
			ended <- h.reanalyses(2).Run(ctx, func(*db.Tx) error {
				if asked.Add(1) > 2 { // it dies within a page, which is then undone
					died.Add(1)
					cancel()
					return errDied
				}
				return nil
			})
		}()
		h.until("it dies or is done", func() bool { return ctx.Err() != nil || over() })
		cancel()
		if err := <-ended; err != nil {
			h.t.Fatal(err)
		}
	}
	return died.Load()
}

func TestPeopleSteerARunAndTryItFirst(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.arrive(1, 0, 700, func(i int) string {
		if i == 13 {
			return "poison pie"
		}
		return "a bad pie"
	})
	r := h.reanalyses(2)
	trial, err := r.Try(t.Context(), lead, monitor.Selection{Monitor: 1})
	if err == nil && (trial.Total != 0 || trial.Looked != 0) {
		t.Errorf("a monitor that has counted nothing yet: %+v", trial)
	}
	if trial, err = r.Try(t.Context(), lead, monitor.Selection{}); err != nil || trial.Total != 700 || trial.Looked < 100 || trial.Changed < trial.Looked-1 || trial.Bytes == 0 || len(trial.Moves) != 1 {
		t.Errorf("the trial is %+v, %v", trial, err)
	}
	h.want(map[string]int64{"sentiment:negative": 0})
	for _, verb := range []func() error{
		func() error { _, err := r.Start(t.Context(), ann, monitor.Selection{}); return err },
		func() error { _, err := r.Try(t.Context(), ann, monitor.Selection{}); return err },
		func() error { _, err := r.Steer(t.Context(), ann, 1, reanalysis.Pause); return err },
	} {
		if err := verb(); hearth.ErrorCode(err) != hearth.Denied {
			t.Errorf("somebody who may not: %v", err)
		}
	}
	one, err := r.Start(t.Context(), lead, monitor.Selection{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Start(t.Context(), lead, monitor.Selection{}); hearth.ErrorCode(err) != hearth.Conflict {
		t.Errorf("a second one over everything: %v", err)
	}
	if _, err := r.Steer(t.Context(), lead, one.ID, reanalysis.Pause); err != nil {
		t.Fatal(err)
	}
	stop := h.run(r)
	other, err := r.Start(t.Context(), lead, monitor.Selection{Query: "nothing"})
	if err != nil {
		t.Fatal(err)
	}
	h.ended(r, other.ID, reanalysis.Finished)
	if c, _ := r.Get(t.Context(), ann, one.ID); c.Run.State == reanalysis.Paused && c.Run.Looked != 0 {
		t.Errorf("paused, it did %+v", c.Run)
	}
	stop()
	list, _ := r.List(t.Context(), ann)
	// The program's own took the place of the one that stood.
	own := slices.IndexFunc(list, func(one reanalysis.Run) bool { return one.Whole && one.By == 0 })
	if len(list) != 3 || own < 0 {
		t.Fatalf("the runs are %+v", list)
	}
	stop = h.run(r)
	c := h.ended(r, list[own].ID, reanalysis.Finished)
	stop()
	if c.Run.Skipped != 1 || c.Run.Changed != 699 {
		t.Errorf("it did %+v", c.Run)
	}
	h.want(map[string]int64{"sentiment:negative": 699})
	if _, err := r.Steer(t.Context(), lead, 77, reanalysis.Undo); hearth.ErrorCode(err) != hearth.NotFound {
		t.Errorf("a run that is not there: %v", err)
	}
}

// Whatever people say and networks do while a run goes on, a person's word holds and
// every count is what the archive holds.
func TestCountsAreExactWhilePeopleSpeakDuringARun(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.arrive(1, 0, 600, pies)
	r := h.reanalyses(2)
	stop := h.run(r)
	dice := rand.New(rand.NewPCG(1, 2))
	spoken := map[string]hearth.Sentiment{}
	moods := []hearth.Sentiment{hearth.Negative, hearth.Neutral, hearth.Positive}
	for range 40 {
		id, mood := fmt.Sprint("p", dice.IntN(600)), moods[dice.IntN(3)]
		h.correct(id, mood)
		p, err := h.archive.Get(t.Context(), here, hearth.Key{Network: "demo", ID: id})
		if err != nil {
			t.Fatal(err)
		}
		if len(p.Post.Corrections) > 0 { // else the models said the same, and may say something else
			spoken[id] = mood
		}
	}
	h.ended(r, 1, reanalysis.Finished)
	stop()
	for id, mood := range spoken {
		if p, err := h.archive.Get(t.Context(), here, hearth.Key{Network: "demo", ID: id}); err != nil || p.Post.Sentiment != mood {
			t.Errorf("%s says %s, and a person said %s: %v", id, p.Post.Sentiment, mood, err)
		}
	}
	h.counts()
}
