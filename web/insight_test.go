package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"hearth"
	"hearth/monitor"
)

// listen makes monitors.
func (h *house) listen(drafts ...monitor.Draft) {
	h.t.Helper()
	for _, d := range drafts {
		if _, err := h.monitors.Create(h.t.Context(), owner, d); err != nil {
			h.t.Fatal(err)
		}
	}
}

func TestAComparisonIsKeptChangedAndTakenBack(t *testing.T) {
	t.Parallel()
	h := open(t)
	page, _ := h.page("/compare")
	holds(t, page, "No monitor listens yet")
	h.listen(monitor.Draft{Name: "Coffee", Query: "coffee"})
	page, _ = h.page("/compare")
	holds(t, page, "Two are needed to compare")
	h.listen(monitor.Draft{Name: "Ten to nineteen", Query: "1?"}, monitor.Draft{Name: "Nobody", Query: "nobodysaysthis"})
	page, _ = h.page("/compare")
	holds(t, page, "None of these monitors caught anything")
	h.arrive(coffee(24)...)

	page, _ = h.page("/compare?m=1&m=2&period=7d")
	holds(t, page, "Coffee is heard most: 71%", "Ten to nineteen 29%", "24 posts", "10 posts", "33% negative", "/mentions?monitor=1&amp;sentiment=negative", `name="m" value="1" checked`)
	if strings.Contains(page, `name="m" value="3" checked`) {
		t.Error("a monitor is ticked that is not compared")
	}

	answer, page := h.send("/compare/save", "name", "", "m", "1", "m", "2")
	if answer.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("a comparison without a name: %d", answer.StatusCode)
	}
	holds(t, page, "A comparison needs a name", `name="m" value="2" checked`)
	page = h.follow("/compare/save", "name", "Rivals", "m", "1", "m", "2")
	holds(t, page, "Saved.", `name="version" value="1"`, "<bdi>Rivals</bdi>")
	page = h.follow("/compare/save", "id", "1", "version", "1", "name", "All three", "m", "1", "m", "2", "m", "3")
	holds(t, page, "All three", `name="version" value="2"`, "Nobody")
	answer, page = h.send("/compare/save", "id", "1", "version", "1", "name", "Late", "m", "1", "m", "2")
	if answer.StatusCode != http.StatusConflict {
		t.Errorf("who is too late: %d", answer.StatusCode)
	}
	holds(t, page, `value="Late"`, `name="version" value="2"`)

	page = h.follow("/compare/save", "do", "remove", "id", "1")
	holds(t, page, "“All three” was removed", `name="name" value="All three"`)
	page = h.follow("/compare/save", "name", "All three", "m", "1", "m", "2", "m", "3")
	holds(t, page, "<bdi>All three</bdi>")
	if answer, _ := h.get("/compare?id=77"); answer.StatusCode != http.StatusNotFound {
		t.Errorf("a comparison that is not there answers %d", answer.StatusCode)
	}
}

func TestTheAudienceIsShownTogetherOnly(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.listen(monitor.Draft{Name: "Coffee", Query: "coffee"})
	h.arrive(coffee(24)...) // of five people
	page, _ := h.page("/audience?period=7d")
	holds(t, page, "Too few people to speak of")
	if strings.Contains(page, "German") {
		t.Error("something is said of five people")
	}
	posts := coffee(60)
	for i := range posts {
		posts[i].Author.ID += string(rune('a' + i%7))
		posts[i].ID += "more"
		posts[i].Published = now.Add(-time.Duration(i) * time.Second)
	}
	h.arrive(posts...)
	page, root := h.page("/audience?period=7d")
	holds(t, page, "Most is said on Sun around 11:00", "German")
	sum := 0
	each(root, func(n *html.Node) {
		if n.Data == "td" && strings.HasPrefix(attribute(n, "class"), "h") {
			sum++
		}
	})
	if sum != 7*24 {
		t.Errorf("the week has %d hours", sum)
	}
	page, _ = h.page("/audience?period=7d", "Cookie", "zone=Asia/Tokyo")
	holds(t, page, "Most is said on Sun around 20:00")
	if page, _ = h.page("/audience?" + url.Values{"monitor": {"99"}, "period": {"forever"}}.Encode()); !strings.Contains(page, `value="1" selected`) {
		t.Error("an address that cannot be read leads nowhere")
	}
}

// listened makes a person whom twelve others answer.
func listened(who string) (posts []hearth.Post) {
	first := hearth.Post{Network: "demo", ID: "first-" + who, Text: "coffee, as it should be", Published: now.Add(-time.Hour), Author: hearth.Author{ID: who, Name: who, Handle: who, Followers: hearth.KnownCount(321)}}
	posts = append(posts, first)
	for i := range 12 {
		id := fmt.Sprint("answer", i, who)
		posts = append(posts, hearth.Post{Network: "demo", ID: id, Text: "coffee indeed", InReplyTo: first.ID, Published: now.Add(-time.Minute), Author: hearth.Author{ID: "of" + id, Handle: "h" + id}})
	}
	return posts
}

func TestVoicesShowThePostsThatEarnedTheRank(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.listen(monitor.Draft{Name: "Coffee", Query: "coffee"})
	page, _ := h.page("/voices/ranking")
	holds(t, page, "Nobody is amplified yet")
	h.arrive(append(listened("ann"), listened("bea")[:7]...)...)
	page, _ = h.page("/voices/ranking?period=7d")
	holds(t, page, "ann is listened to most: 12 people respond", "12 different people responded", "coffee, as it should be", "by 12 people", "Followers: 321", "voice=demo%3Abea#voice")
	page, _ = h.page("/voices?period=7d&whole=1&voice=demo:bea")
	holds(t, page, "6 different people responded", `<bdi>bea</bdi>`)

	page = h.follow("/voices/trust", "network", "demo", "author", "@hanswer0ann", "note", "A customer", "back", "/voices?period=7d")
	holds(t, page, "1 trusted person", "A customer")
	page = h.follow("/voices/trust", "do", "remove", "network", "demo", "author", "@hanswer0ann", "note", "A customer", "back", "//evil.example")
	holds(t, page, "is not trusted any more", "0 trusted people", `name="note" value="A customer"`)
	answer, page := h.send("/voices/trust", "network", "demo", "author", "@", "note", "kept")
	if answer.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("nobody is trusted: %d", answer.StatusCode)
	}
	holds(t, page, "Name a network and an author", `value="kept"`)
}
