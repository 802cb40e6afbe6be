package web_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"hearth"
	"hearth/access"
	"hearth/analysis"
	"hearth/analysis/standard"
	"hearth/db"
	"hearth/manual"
	"hearth/monitor"
)

// inventedModels find the word "awful" negative, and everything else as it was.
func inventedModels() []analysis.Analyzer {
	card := "# Model card: sentiment\n\nMade for tests, made on 2026-10-05.\n\n| set | posts |\n|---|---|\n| invented posts | 12 |\n"
	say := func(field string, run func(*hearth.Post)) analysis.Analyzer {
		return analysis.Analyzer{Name: field, Version: 2, Card: strings.ReplaceAll(card, "sentiment", field), Adds: []string{field}, Run: func(items []analysis.Item) {
			for i := range items {
				run(items[i].Post)
			}
		}}
	}
	nothing := func(*hearth.Post) {}
	return []analysis.Analyzer{say("lang", nothing), say("intent", nothing), say("spam", nothing), say("sentiment", func(p *hearth.Post) {
		if p.Sentiment == "" && strings.Contains(p.Text, "awful") {
			p.Sentiment, p.SentimentScore = hearth.Negative, hearth.KnownNumber(-.5)
		}
	})}
}

// judging runs re-analyses while something is done.
func (h *house) judging(do func()) {
	h.t.Helper()
	ctx, stop := context.WithCancel(h.t.Context())
	ended := make(chan error, 1)
	go func() { ended <- h.again.Run(ctx, func(*db.Tx) error { return nil }) }()
	do()
	stop()
	if err := <-ended; err != nil {
		h.t.Error(err)
	}
}

func awful(n int) (posts []hearth.Post) {
	for i := range n {
		text := "The coffee is fine"
		if i%3 == 0 {
			text = "The coffee is awful"
		}
		posts = append(posts, hearth.Post{Network: "demo", ID: fmt.Sprint("c", i), Text: fmt.Sprint(text, " ", i), Lang: "en", Author: hearth.Author{ID: "<b>a"}, Published: now.Add(-time.Duration(i) * time.Minute)})
	}
	return posts
}

func TestModelsShowWhatJudgesAndTheirCards(t *testing.T) {
	t.Parallel()
	h := open(t)
	page, _ := h.page("/settings/models")
	holds(t, page, "Sentiment", "Version 2", "Made on 5 Oct", "Nothing was learnt yet", `href="/settings/models/sentiment"`)
	h.arrive(awful(9)...)
	page, _ = h.page("/settings/models")
	holds(t, page, "9 posts drawn by chance", "judged by version 2, the present one", "nobody knows which")
	page, _ = h.page("/settings/models/sentiment")
	holds(t, page, "Sentiment: data, scores and limits", "<table", "invented ", "12")
	page, _ = h.page("/settings/models/sentiment", "Cookie", "lang=fi")
	holds(t, page, "Mallien kortit ovat englanniksi")
	if r, _ := h.get("/settings/models/nosuch"); r.StatusCode != http.StatusNotFound {
		t.Errorf("a model that is not there answers %d", r.StatusCode)
	}
	h.actor = func(*http.Request) (access.Actor, error) {
		return access.Limited(here, 5, access.ReadPosts, access.ReadMonitors), nil
	}
	page, _ = h.page("/settings/models")
	for _, part := range []string{`value="make"`, `value="switch"`} {
		if strings.Contains(page, part) {
			t.Errorf("who may not teach is shown %s", part)
		}
	}
	page, _ = h.page("/settings/reanalysis")
	if strings.Contains(page, "Judge them again") {
		t.Error("who may not judge again is offered it")
	}
	if r, _ := h.post("/settings/models", url.Values{"do": {"make"}}); r.StatusCode != http.StatusUnauthorized {
		t.Errorf("and teaching answers %d", r.StatusCode)
	}
}

// TestTheCardsOfTheModelsCanBeShown: what a card may hold is what the manual shows.
func TestTheCardsOfTheModelsCanBeShown(t *testing.T) {
	t.Parallel()
	for _, a := range standard.Analyzers() {
		if a.Card == "" {
			continue
		}
		if card, err := manual.Blocks(a.Name, []byte(a.Card)); err != nil || len(card) < 4 {
			t.Errorf("the card of %s: %d blocks, %v", a.Name, len(card), err)
		}
	}
}

func TestWhatPeopleTaughtIsMadeSwitchedAndSwitchedBack(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.listen(monitor.Draft{Name: "<i>Coffee</i>", Query: "coffee"})
	h.arrive(awful(30)...)
	r, body := h.post("/settings/models", url.Values{"do": {"make"}})
	if r.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("with nothing judged: %d", r.StatusCode)
	}
	holds(t, body, "There are 0 judged posts, and 20 are needed", `role="alert"`)
	for range 2 {
		h.check(20)
	}
	page := h.follow("/settings/models", "do", "make")
	holds(t, page, "Version 1 is made.", "Switch on", "judged posts · ", "Right without it", "Right with it", "None is on")
	page = h.follow("/settings/models", "do", "switch", "version", "1", "was", "0")
	holds(t, page, "Version 1 is on for what arrives", "Switch off", `name="version" value="0"`, `name="was" value="1"`)
	page = h.follow("/settings/models", "do", "switch", "version", "0", "was", "1")
	holds(t, page, "It is off: the shared models judge alone", `name="version" value="1"`)
	if r, _ := h.post("/settings/models", url.Values{"do": {"switch"}, "version": {"7"}}); r.StatusCode != http.StatusNotFound {
		t.Errorf("a version that is not there answers %d", r.StatusCode)
	}
}

// check judges posts of the first monitor that are drawn by chance, all as negative.
func (h *house) check(n int) {
	h.t.Helper()
	list, err := h.monitors.List(h.t.Context(), owner)
	if err != nil || len(list) == 0 {
		h.t.Fatal(list, err)
	}
	checks := h.checks
	one, err := checks.Start(h.t.Context(), owner, list[0].ID, "sentiment")
	if err != nil {
		h.t.Fatal(err)
	}
	for _, d := range one.Posts[:min(n, len(one.Posts))] {
		if _, err := checks.Answer(h.t.Context(), owner, one.ID, d.Place, "negative"); err != nil {
			h.t.Fatal(err)
		}
	}
}

func TestStoredPostsAreTriedJudgedAgainAndUndone(t *testing.T) {
	t.Parallel()
	h := open(t)
	page, _ := h.page("/settings/reanalysis")
	holds(t, page, "Nothing was judged again yet", "Try on a sample")
	h.listen(monitor.Draft{Name: "<i>Coffee</i>", Query: "coffee"})
	h.arrive(awful(30)...)
	page, _ = h.page("/settings/reanalysis/try?query=coffee&monitor=0&from=&to=")
	holds(t, page, "Of 30 posts that were tried, of 30, 10 would say something else.", "negative", `value="coffee"`)
	r, body := h.get("/settings/reanalysis/try?query=" + url.QueryEscape(`sentimet:"<i>`))
	if r.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("a wrong query answers %d", r.StatusCode)
	}
	holds(t, body, `aria-invalid="true"`, `&lt;i&gt;`)
	if _, body = h.get("/settings/reanalysis/try?from=soon"); !strings.Contains(body, "A day is written as 2026-11-22.") {
		t.Error("a wrong day is not named")
	}
	h.judging(func() {
		page = h.follow("/settings/reanalysis", "query", "coffee", "monitor", "0")
		holds(t, page, "It has begun.")
		page = h.until("/settings/reanalysis/1", "<span>done</span>")
		holds(t, page, "30 of 30 posts", "10 changed", "nothing", "negative", `href="/post?`, "sentiment%3Anegative")
		page, _ = h.page("/settings/reanalysis")
		holds(t, page, "coffee", "10 changed", `value="undo"`)
		h.follow("/settings/reanalysis/1", "do", "undo")
		page = h.until("/settings/reanalysis/1", `<span>undone</span>`)
	})
	if strings.Contains(page, `value="undo"`) {
		t.Error("what was undone can be undone")
	}
	if r, _ := h.post("/settings/reanalysis/1", url.Values{"do": {"pause"}}); r.StatusCode != http.StatusConflict {
		t.Errorf("what has ended is paused: %d", r.StatusCode)
	}
	if r, _ := h.post("/settings/reanalysis/1", url.Values{"do": {"explode"}}); r.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("an unknown step answers %d", r.StatusCode)
	}
	if r, _ := h.get("/settings/reanalysis/9"); r.StatusCode != http.StatusNotFound {
		t.Errorf("one that is not there answers %d", r.StatusCode)
	}
}
