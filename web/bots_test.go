package web_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"hearth"
	"hearth/bots"
)

// judged waits until all that has arrived was counted to its authors, and judges them.
func (h *house) judged() {
	h.t.Helper()
	h.copied()
	ctx, cancel := context.WithTimeout(h.t.Context(), 2*time.Minute)
	defer cancel()
	head, err := h.archive.Head(ctx)
	if err != nil {
		h.t.Fatal(err)
	}
	following, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- h.archive.Consume(following, bots.Consumer()) }()
	for at := hearth.Seq(-1); at < head; {
		if at, err = h.archive.Position(ctx, bots.Consumer().Name); err != nil {
			h.t.Fatal(err)
		}
		select {
		case err := <-ended:
			h.t.Fatalf("following the log ended at %d of %d: %v", at, head, err)
		case <-time.After(time.Millisecond):
		}
	}
	stop()
	<-ended
	if err := h.bots.Judge(ctx); err != nil {
		h.t.Fatal(err)
	}
	if err := h.bots.Refresh(ctx); err != nil {
		h.t.Fatal(err)
	}
}

// owls are six posts each of two accounts, by nothing but copying, and one of somebody.
func owls() (posts []hearth.Post) {
	for n := range 6 {
		for owl := range 2 {
			posts = append(posts, hearth.Post{
				Network: "bluesky", ID: fmt.Sprintf("owl%d-%d", owl, n), Author: hearth.Author{ID: fmt.Sprint("did:owl", owl), Handle: fmt.Sprintf("owl%d.example", owl)},
				Text:      "Brewlytic gives away five hundred coffee grinders today only! I got mine now, hurry and claim yours",
				Links:     []string{"https://<b>gift</b>.example/now", "https://gift.example/now"},
				Published: now.Add(-time.Duration(10+n*5+n*n)*time.Hour + time.Duration(owl)*time.Minute),
			})
		}
	}
	return append(posts, hearth.Post{
		Network: "bluesky", ID: "ann", Author: hearth.Author{ID: "did:ann", Handle: "ann.example"}, Text: "My grinders are older than I am, and I like that", Published: now.Add(-time.Hour),
	})
}

// proves M8 on the pages: the reasons stand on the post, a person's word holds and can
// be taken back, and nothing is left out unless somebody asks.
func TestLikelyBotsAreSaidAndLeftOutOnlyOnRequest(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.arrive(owls()...)
	h.judged()
	owl := "/post?network=bluesky&id=owl1-2"
	page, _ := h.page(owl)
	holds(t, page, "Likely bot", "4.0 points by 6 posts", "6 of 6 texts are near-copies of other accounts’ texts", "6 of 6 texts are near-copies of each other", "Who writes here?", `>&#43;2</span>`, "A person", "/help/bots")
	if strings.Contains(page, "says that a person writes here") {
		t.Error("nobody said so yet")
	}

	all, _ := h.page("/mentions?q=grinders")
	if n := strings.Count(all, "<article"); n != 13 {
		t.Errorf("%d posts are shown, not all 13", n)
	}
	holds(t, all, "Without likely bots", "bots=without")
	people, _ := h.page("/mentions?q=grinders&bots=without")
	if n := strings.Count(people, "<article"); n != 1 {
		t.Errorf("%d posts are shown without likely bots, not 1", n)
	}
	holds(t, people, `aria-current="true">Without likely bots`, "12 posts are left out", "older than I am")
	only, _ := h.page("/mentions?bot=likely")
	if n := strings.Count(only, "<article"); n != 12 {
		t.Errorf("%d posts of likely bots are shown, not 12", n)
	}
	holds(t, only, "Automated", "Likely bot")
	facets, _ := h.page("/mentions/facets?q=grinders&fields=bot")
	holds(t, facets, "Likely bot", "Unlikely bot", ">12<")

	h.say("owl1-2", "human")
	page, _ = h.page(owl)
	holds(t, page, "Unlikely bot", "says that a person writes here", "Take it back", `value="human" aria-pressed="true"`)
	people, _ = h.page("/mentions?q=grinders&bots=without")
	if n := strings.Count(people, "<article"); n != 7 {
		t.Errorf("%d posts are shown after somebody said that a person writes there, not 7", n)
	}
	h.say("owl1-2", "")
	page, _ = h.page(owl)
	holds(t, page, "Likely bot")
}

// say presses a button below an author.
func (h *house) say(id, says string) {
	h.t.Helper()
	answer, _ := h.send("/post/automation?network=bluesky&id="+id, "says", says)
	if answer.StatusCode != http.StatusSeeOther {
		h.t.Fatalf("saying %q of the author of %s answers %d", says, id, answer.StatusCode)
	}
}

// proves TN4 for bots: whoever has a brand only is told no figures, which come of posts
// of the whole workspace; what they count, find and leave out is of their own posts.
func TestSomebodyWithABrandOnlyLearnsNothingOfOtherPostsByBots(t *testing.T) {
	t.Parallel()
	h, ann, ben := brandOnly(t)
	posts := owls() // on coffee
	for owl := range 2 {
		p := posts[owl].Clone()
		p.ID, p.Text, p.Published = fmt.Sprint("tea", owl), strings.ReplaceAll(p.Text, "coffee", "tea"), p.Published.Add(time.Minute)
		posts = append(posts, p)
	}
	posts = append(posts, hearth.Post{Network: "bluesky", ID: "cup", Author: hearth.Author{ID: "did:ben", Handle: "ben.example"}, Text: "A cup of tea, and the day may begin", Published: now.Add(-time.Hour)})
	h.arrive(posts...)
	h.judged()
	holds(t, ann.sees("/post?network=bluesky&id=tea0"), "Likely bot", "7 of 7 posts link to", "Who writes here?")

	page := ben.sees("/post?network=bluesky&id=tea0")
	holds(t, page, "1 post here", "gives away five hundred tea grinders")
	campaigns := ben.sees("/campaigns?monitor=1&period=30d&whole=1")
	voices := ben.sees("/voices?monitor=1&period=30d&whole=1")
	for _, page := range []string{page, campaigns, voices} {
		for _, word := range []string{"of 7", "Who writes here?", "points", "kept here"} {
			if strings.Contains(page, word) {
				t.Errorf("they are told %q, which counts posts that are not theirs", word)
			}
		}
	}
	people := ben.sees("/mentions?monitor=1&bots=without&period=30d")
	holds(t, people, "2 posts are left out", "the day may begin")
	if n := strings.Count(people, "<article"); n != 1 {
		t.Errorf("%d posts are shown without likely bots, not 1", n)
	}
	facets := ben.sees("/mentions/facets?monitor=1&period=30d&fields=bot")
	holds(t, facets, "Likely bot", ">2<", ">1<")
	if only := ben.sees("/mentions?bot=likely&period=30d"); strings.Count(only, "<article") != 2 {
		t.Errorf("of likely bots they find %d posts, not their 2", strings.Count(only, "<article"))
	}
	if answer, _ := ben.sends("/post/automation?network=bluesky&id=tea0", "says", "human"); answer.StatusCode != http.StatusForbidden {
		t.Errorf("saying who writes, for the whole workspace, answers %d", answer.StatusCode)
	}
}
