package web_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"hearth"
	"hearth/copies"
	"hearth/monitor"
)

// copied waits until all that has arrived was compared.
func (h *house) copied() {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(h.t.Context(), time.Minute)
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- h.copies.Run(ctx) }()
	defer func() { cancel(); <-ended }()
	head, err := h.archive.Head(ctx)
	if err != nil {
		h.t.Fatal(err)
	}
	for late := time.After(2 * time.Minute); ; {
		at, err := h.archive.Position(ctx, copies.Consumer().Name)
		if err != nil {
			h.t.Fatal(err)
		}
		if at >= head {
			return
		}
		select {
		case <-late:
			h.t.Fatalf("%d of %d rows are compared", at, head)
		case <-time.After(time.Millisecond):
		}
	}
}

// giveaway is a text that eight accounts copy, all within minutes, four times over,
// among posts of other people.
func giveaway() (posts []hearth.Post) {
	for round := range 4 {
		for bot := range 8 {
			posts = append(posts, hearth.Post{
				Network: "bluesky", ID: fmt.Sprintf("g%d-%d", round, bot), Author: hearth.Author{ID: fmt.Sprint("did:bot", bot), Handle: fmt.Sprintf("bot%d.example", bot)},
				Text:      "Brewlytic gives away five hundred coffee grinders today only! I got mine <b>now</b>, hurry and claim yours \u202e" + strings.Repeat("!", bot),
				Links:     []string{"https://gift-claim.example/now"},
				Published: now.Add(-time.Duration(10+30*round)*time.Hour + time.Duration(bot)*time.Minute),
			})
		}
	}
	random, words := rand.New(rand.NewPCG(1, 1)), strings.Fields("harbour ferry ticket refund kettle morning platform delivery machine voucher counter window receipt cashier napkin saucer teapot barista pastry lantern village marble anchor yellow thunder paper island")
	for i := range 160 {
		said := "coffee"
		for range 9 {
			said += " " + words[random.IntN(len(words))]
		}
		posts = append(posts, hearth.Post{
			Network: "bluesky", ID: fmt.Sprint("o", i), Author: hearth.Author{ID: fmt.Sprint("did:person", i%40), Handle: fmt.Sprintf("person%d.example", i%40)},
			Text: said, Published: now.Add(-time.Duration(i) * time.Hour),
		})
	}
	return posts
}

func TestMentionsShowEachTextOnce(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.arrive(giveaway()...)
	h.copied()
	page, _ := h.page("/mentions?q=grinders&show=texts")
	holds(t, page, "told 32 times by 8", "Each text once", "/copies?id=g0-7")
	if n := strings.Count(page, "<article"); n != 1 {
		t.Errorf("%d posts stand for one text", n)
	}
	page, _ = h.page("/mentions?q=grinders&show=people")
	if n := strings.Count(page, "<article"); n != 8 {
		t.Errorf("%d posts stand for eight people", n)
	}
	page, _ = h.page("/mentions?q=grinders")
	if n := strings.Count(page, "<article"); n != 32 {
		t.Errorf("%d posts of 32 are shown", n)
	}
	page, _ = h.page("/copies?network=bluesky&id=g0-3")
	holds(t, page, "32 posts tell the same text", "8 people", "&lt;b&gt;now")
}

func TestCampaignsAreShownWithWhatChanceMakes(t *testing.T) {
	t.Parallel()
	h := open(t)
	page, _ := h.page("/campaigns")
	holds(t, page, "No monitor listens yet")
	h.listen(monitor.Draft{Name: "Coffee", Query: "coffee"})
	page, _ = h.page("/campaigns?whole=1")
	holds(t, page, "Nobody copies")
	h.arrive(giveaway()...)
	h.copied()
	h.advance(time.Hour) // what was found is given again for some minutes

	page, _ = h.page("/campaigns?monitor=1&period=30d&whole=1")
	holds(t, page, "1 text was passed on by many; in step: 1", "From 192 posts by 48 people.", "32 posts", "8 accounts", "Coordinated does not mean fake")
	if said := regexp.MustCompile(`Expected by chance: [^<]*`).FindString(page); said != "Expected by chance: 0.6 of 28 pairs." {
		t.Errorf("of chance it says %q", said)
	}
	link := regexp.MustCompile(`/campaigns/[a-z0-9]+\?[^"]*`).FindString(page)
	if link == "" {
		t.Fatal("no campaign is linked to")
	}
	link = strings.ReplaceAll(link, "&amp;", "&")
	page, _ = h.page(link)
	holds(t, page, "Brewlytic gives away", "28 pairs of accounts shared the same", "bot7.example", "&lt;b&gt;now", "gift-claim.example", "100%")
	if strings.Contains(page, "\u202e") || strings.Contains(page, "person1.example") {
		t.Error("what misleads is not written out, or somebody else takes part")
	}
	page = h.follow(link, "do", "mute")
	holds(t, page, "Muted", "No longer mute")
	h.follow(link, "do", "unmute")

	answer, page := h.send(link, "do", "own")
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("saying whose accounts they are answers %d", answer.StatusCode)
	}
	holds(t, page, "8 accounts are ours")
	page, _ = h.page("/campaigns?monitor=1&period=30d&whole=1")
	holds(t, page, "Nobody copies")
	again := []string{"do", "disown"}
	for bot := range 8 {
		again = append(again, "network", "bluesky", "author", fmt.Sprint("did:bot", bot))
	}
	h.follow(link, again...)
	page, _ = h.page("/campaigns?monitor=1&period=30d&whole=1")
	holds(t, page, "1 text was passed on by many")
	if answer, _ := h.get("/campaigns/none?monitor=1"); answer.StatusCode != http.StatusNotFound {
		t.Errorf("a campaign that is not there answers %d", answer.StatusCode)
	}
}
