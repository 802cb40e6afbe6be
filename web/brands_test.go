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

// An invitation and a key are for a brand, where the forms are told so.
func TestInvitationsAndKeysAreForABrand(t *testing.T) {
	t.Parallel()
	h, ann := owned(t)
	for _, form := range []string{"/settings/team/invite", "/settings/keys/new"} {
		if strings.Contains(ann.sees(form), `name="brand"`) {
			t.Errorf("%s asks for a brand where there is none", form)
		}
	}
	ann.follow("/settings/workspace/brands", "do", "add", "name", "Lumen <b>Tea")
	holds(t, ann.sees("/settings/team/invite"), `name="brand"`, "All brands", "Lumen &lt;b&gt;Tea")
	_, page := ann.sends("/settings/team/invite", "role", "agent", "brand", "1", "mail", "ben@example.com", "days", "7")
	holds(t, page, "The role holds for Lumen &lt;b&gt;Tea only.")
	holds(t, ann.sees("/settings/team"), "ben@example.com", "<bdi>Lumen &lt;b&gt;Tea</bdi>")
	if i, err := h.access.Invitations(t.Context(), ann.acts()); err != nil || len(i) != 1 || i[0].Brand != 1 {
		t.Errorf("the invitations are %+v; %v", i, err)
	}
	if answer, _ := ann.sends("/settings/team/invite", "role", "agent", "brand", "x", "days", "7"); answer.StatusCode != 404 {
		t.Errorf("an invitation for no brand answers %d", answer.StatusCode)
	}
	_, page = ann.sends("/settings/keys", "name", "reports", "days", "30", "brand", "1", "scopes", "posts.read")
	if !strings.Contains(page, "hk_") {
		t.Fatalf("no key is shown: %s", page)
	}
	holds(t, ann.sees("/settings/keys"), "reports", "<bdi>Lumen &lt;b&gt;Tea</bdi>")
}

// Somebody who has a brand only finds pages that work, with what is theirs.
func TestSomebodyWithABrandOnlyFindsTheirPages(t *testing.T) {
	t.Parallel()
	_, _, ben := brandOnly(t)
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
	for _, path := range []string{"/sources", "/status"} {
		if strings.Contains(rail, `href="`+path+`"`) {
			t.Errorf("the rail leads to %s, where they may not go", path)
		}
	}
	holds(t, rail, `href="/monitors"`, `href="/voices"`, `href="/topics"`, `href="/campaigns"`, `href="/help"`)
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
	h, ann, ben := brandOnly(t)
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

// brandOnly is a house where ben has the brand of the first monitor only (tea), and the
// second (coffee) is of nobody.
func brandOnly(t *testing.T) (h *house, ann, ben *person) {
	t.Helper()
	h, ann = owned(t)
	ben = ann.invited("ben", access.Viewer)
	ann.follow("/settings/workspace/brands", "do", "add", "name", "Lumen")
	ann.follow("/monitors/save", "name", "Of Lumen", "q", "tea", "of", "1")
	ann.follow("/monitors/save", "name", "Of nobody", "q", "coffee", "of", "")
	ann.follow("/settings/team/2", "do", "brand", "brand", "1", "role", "lead", "version", "1")
	ann.follow("/settings/team/2", "do", "role", "role", "none", "version", "2")
	ben.follow("/sign-in", "name", "ben", "password", secret)
	return h, ann, ben
}

// proves TN4 for topics: whoever has a brand only sees those of its monitors, counted
// over what these caught, and called by words that posts say which they see.
func TestSomebodyWithABrandOnlySeesTopicsOfItsMonitors(t *testing.T) {
	t.Parallel()
	h, ann, ben := brandOnly(t)
	var posts []hearth.Post
	for i := range 16 {
		what, whose := "tea", "samovar"
		if i%2 == 1 {
			what, whose = "coffee", "zanzibar"
		}
		posts = append(posts, hearth.Post{
			Network: "bluesky", ID: fmt.Sprint(what, i), Lang: "en", Author: hearth.Author{ID: fmt.Sprint("did:", what, i), Handle: fmt.Sprint(what, i, ".example")},
			Text:      what + " parcel courier depot delayed shipment " + whose + strings.Repeat(" hm", i),
			Published: now.Add(-time.Hour - time.Duration(i)*time.Minute),
		})
	}
	h.arrive(posts...)
	if err := h.topics.Catch(t.Context()); err != nil {
		t.Fatal(err)
	}
	whole := ann.sees("/topics?monitor=2&whole=1")
	holds(t, whole, "zanzibar")
	id := whole[strings.Index(whole, `href="/topics/`)+len(`href="/topics/`):]
	id = id[:strings.IndexAny(id, `?"`)]
	page := ben.sees("/topics?monitor=1&whole=1")
	holds(t, page, "6 people", "parcel", "6 posts of 8", "/mentions?monitor=1&amp;q=topic%3A"+id)
	facets := ben.sees("/mentions/facets?fields=topic&period=7d")
	holds(t, facets, "Topic "+id, ">6<")
	mentions := ben.sees("/mentions?topic=" + id)
	if n := strings.Count(mentions, "<article"); n != 6 {
		t.Errorf("of the topic they find %d posts, not their 6", n)
	}
	for _, page := range []string{facets, mentions} {
		if strings.Contains(page, "zanzibar") {
			t.Error("they are told a word that none of their posts says")
		}
	}
	one := ben.sees("/topics/" + id + "?monitor=1&period=7d")
	holds(t, one, "6 people", "tea4.example")
	for _, page := range []string{page, one} {
		if strings.Contains(page, "zanzibar") || strings.Contains(page, "coffee") || strings.Contains(page, `name="do" value="mute"`) {
			t.Error("they are told of posts that are not theirs, or may change a topic")
		}
	}
	for _, path := range []string{"/topics/" + id + "?monitor=2", "/topics/list?monitor=2", "/topics/said?monitor=2"} {
		if answer, body := ben.gets(path); answer.StatusCode < 400 && strings.Contains(body, "zanzibar") {
			t.Errorf("%s answers %d with posts that are not theirs", path, answer.StatusCode)
		}
	}
	for path, n := range map[string]int{"/mentions?q=topic:" + id: 6, "/mentions?q=topic:999": 0, "/mentions?monitor=1&q=topic:" + id: 6} {
		if got := strings.Count(ben.sees(path), "<article"); got != n {
			t.Errorf("%s shows them %d posts, not %d", path, got, n)
		}
	}
	if got := strings.Count(ann.sees("/mentions?q=topic:"+id), "<article"); got != 14 { // the first two begin no topic
		t.Errorf("the whole topic has %d posts", got)
	}
}

// proves TN4 for copies: and copy: of somebody who has a brand only.
func TestSomebodyWithABrandOnlySearchesAmongTheirCopies(t *testing.T) {
	t.Parallel()
	h, ann, ben := brandOnly(t)
	var posts []hearth.Post
	for i := range 8 {
		what := "tea"
		if i >= 3 {
			what = "coffee"
		}
		posts = append(posts, hearth.Post{
			Network: "bluesky", ID: fmt.Sprint(what, i), Author: hearth.Author{ID: fmt.Sprint("did:", what, i), Handle: fmt.Sprint(what, i, ".example")},
			Text:      "Lumen gives away five hundred kettles for " + what + " today only! I got mine at the harbour, hurry and claim yours before it is over",
			Published: now.Add(-time.Hour - time.Duration(i)*time.Minute),
		})
	}
	posts = append(posts, hearth.Post{Network: "bluesky", ID: "alone", Text: "tea with nobody on a bench by the long canal behind the old gasworks of the town", Author: hearth.Author{ID: "did:alone"}, Published: now.Add(-time.Hour)})
	h.arrive(posts...)
	h.copied()
	f := func(who *person, query string, n int) {
		t.Helper()
		if got := strings.Count(who.sees("/mentions?q="+query), "<article"); got != n {
			t.Errorf("%s finds %d posts, not %d", query, got, n)
		}
	}
	f(ann, "copies:8", 8)
	f(ann, "copies:3", 0)
	f(ben, "copies:8", 0)
	f(ben, "copies:3", 3)
	f(ben, "copies:yes", 3)
	f(ben, "copies:no", 1)
	f(ann, "copy:coffee5", 8)
	f(ben, "copy:tea0", 3)
	holds(t, ben.sees("/mentions?q=copy:coffee5"), "There is no post with the id coffee5")
	holds(t, ben.sees("/copies?network=bluesky&id=tea1"), "/mentions?period=all&amp;q=copy%3Atea1")
	facets := ben.sees("/mentions/facets?fields=copies")
	holds(t, facets, "Told more than once", "Told once")
}
