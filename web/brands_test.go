package web_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"hearth"
	"hearth/access"
)

// The rail narrows the pages to a brand, and only to one that is there.
func TestTheRailNarrowsThePagesToABrand(t *testing.T) {
	t.Parallel()
	_, ann := owned(t)
	ann.follow("/settings/workspace/brands", "do", "add", "name", "Lumen")
	ann.follow("/settings/workspace/brands", "do", "add", "name", "Lumen <b>Tea", "parent", "1")
	holds(t, ann.sees("/settings/workspace"), `<li class="deep-1">`, "Lumen &lt;b&gt;Tea")
	ann.follow("/monitors/save", "name", "Of Lumen Tea", "q", "tea", "of", "", "of", "2")
	ann.follow("/monitors/save", "name", "Of nobody", "q", "coffee", "of", "")
	holds(t, ann.sees("/monitors/1"), `value="2" checked`)
	page := ann.follow("/brands/enter", "id", "1", "back", "/monitors")
	holds(t, page, "Of Lumen Tea", `<bdi>Lumen</bdi>`)
	if strings.Contains(page, "Of nobody") {
		t.Error("what is of no brand is shown")
	}
	if answer, body := ann.gets("/monitors/2"); answer.StatusCode != 404 || !strings.Contains(body, "one brand only") {
		t.Errorf("a monitor of no brand answers %d", answer.StatusCode)
	}
	if answer, _ := ann.sends("/brands/enter", "id", "99"); answer.StatusCode != 404 {
		t.Errorf("a brand that there is not answers %d", answer.StatusCode)
	}
	holds(t, ann.follow("/brands/enter", "id", "0", "back", "/monitors"), "Of Lumen Tea", "Of nobody", "All brands")
}

// Somebody who has a brand only finds pages that work, with what is theirs.
func TestSomebodyWithABrandOnlyFindsTheirPages(t *testing.T) {
	t.Parallel()
	_, ann := owned(t)
	ben := ann.invited("ben", access.Viewer)
	ann.follow("/settings/workspace/brands", "do", "add", "name", "Lumen")
	ann.follow("/monitors/save", "name", "Of Lumen", "q", "tea", "of", "1")
	ann.follow("/monitors/save", "name", "Of nobody", "q", "coffee", "of", "")
	ann.follow("/settings/team/2", "do", "brand", "brand", "1", "role", "lead", "version", "1")
	ann.follow("/settings/team/2", "do", "role", "role", "none", "version", "2")
	ben.follow("/sign-in", "name", "ben", "password", secret)
	for _, path := range []string{"/", "/mentions", "/monitors", "/monitors/1", "/lists", "/alerts", "/incidents", "/watching", "/compare", "/voices", "/audience", "/wall", "/notices", "/settings/workspace", "/settings/account"} {
		if page := ben.sees(path); strings.Contains(page, "Of nobody") {
			t.Errorf("%s shows a monitor that is not theirs", path)
		}
	}
	holds(t, ben.sees("/monitors"), "Of Lumen")
	for _, path := range []string{"/monitors/2", "/mentions?monitor=2"} {
		if answer, _ := ben.gets(path); answer.StatusCode != 404 {
			t.Errorf("%s answers %d", path, answer.StatusCode)
		}
	}
	rail := ben.sees("/mentions")
	for _, path := range []string{"/sources", "/topics", "/status"} {
		if strings.Contains(rail, `href="`+path+`"`) {
			t.Errorf("the rail leads to %s, where they may not go", path)
		}
	}
	holds(t, rail, `href="/monitors"`, `href="/voices"`, `href="/campaigns"`, `href="/help"`)
	for _, path := range []string{"/sources", "/status", "/settings/team", "/settings/audit"} {
		if answer, _ := ben.gets(path); answer.StatusCode != 403 {
			t.Errorf("%s answers %d", path, answer.StatusCode)
		}
	}
}

// proves TN4 for copies: whoever has a brand only is told of the copies that its
// monitors caught, and counts hold no others.
func TestSomebodyWithABrandOnlyIsToldOfItsCopiesOnly(t *testing.T) {
	t.Parallel()
	h, ann := owned(t)
	ben := ann.invited("ben", access.Viewer)
	ann.follow("/settings/workspace/brands", "do", "add", "name", "Lumen")
	ann.follow("/monitors/save", "name", "Of Lumen", "q", "tea", "of", "1")
	ann.follow("/monitors/save", "name", "Of nobody", "q", "coffee", "of", "")
	ann.follow("/settings/team/2", "do", "brand", "brand", "1", "role", "lead", "version", "1")
	ann.follow("/settings/team/2", "do", "role", "role", "none", "version", "2")
	ben.follow("/sign-in", "name", "ben", "password", secret)
	var posts []hearth.Post
	for i := range 10 {
		what := "tea"
		if i >= 6 {
			what = "coffee"
		}
		posts = append(posts, hearth.Post{
			Network: "bluesky", ID: fmt.Sprint(what, i), Author: hearth.Author{ID: fmt.Sprint("did:", what, i), Handle: fmt.Sprint(what, i, ".example")},
			Text:      "Lumen gives away five hundred kettles for " + what + " today only! I got mine at the harbour, hurry and claim yours before it is over",
			Published: now.Add(-time.Hour - time.Duration(i)*time.Minute), // the foreign ones first
		})
	}
	h.arrive(posts...)
	h.copied()
	holds(t, ann.sees("/copies?network=bluesky&id=tea0"), "10 posts tell the same text", "10 people", "coffee9.example")
	page := ben.sees("/copies?network=bluesky&id=tea0")
	holds(t, page, "6 posts tell the same text", "6 people", "tea5.example")
	shown := ben.sees("/mentions?monitor=1&show=texts")
	holds(t, shown, "told 6 times by 6")
	campaigns := ben.sees("/campaigns?monitor=1&period=30d&whole=1")
	holds(t, campaigns, "6 posts", "6 accounts")
	for _, page := range []string{page, shown, campaigns} {
		if strings.Contains(page, "coffee6") || strings.Contains(page, "for coffee today") {
			t.Error("they are told of posts that are not theirs")
		}
	}
	if answer, _ := ben.gets("/copies?network=bluesky&id=coffee9"); answer.StatusCode != 404 {
		t.Errorf("the copies of a post that is not theirs answer %d", answer.StatusCode)
	}
	if _, body := ben.gets("/campaigns/list?monitor=2&period=30d"); strings.Contains(body, "coffee6") || strings.Contains(body, "for coffee today") {
		t.Error("they are told of the campaigns of a monitor that is not theirs")
	}
}
