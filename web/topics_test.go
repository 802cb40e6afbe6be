package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"hearth"
	"hearth/monitor"
)

// speak lets twelve people say the same about coffee, and others other things.
func (h *house) speak() {
	h.t.Helper()
	var posts []hearth.Post
	for i := range 12 {
		posts = append(posts, hearth.Post{
			Network: "demo", ID: fmt.Sprint("lid", i), Text: "coffee <b>lid</b> samovar leaks" + strings.Repeat(" hm", i), Lang: "en", Sentiment: hearth.Negative,
			Author: hearth.Author{ID: fmt.Sprint("l", i), Name: "<i>Ann</i>"}, Published: now.Add(-time.Duration(i) * time.Hour),
		}, hearth.Post{
			Network: "demo", ID: fmt.Sprint("bun", i), Text: "coffee bakery cinnamon bun" + strings.Repeat(" mm", i), Lang: "en",
			Author: hearth.Author{ID: fmt.Sprint("b", i)}, Published: now.Add(-time.Duration(i) * time.Hour),
		})
	}
	h.arrive(posts...)
	if err := h.topics.Catch(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
}

// proves M9
func TestTopicsAreListedNamedMergedSplitAndMutedOnPages(t *testing.T) {
	t.Parallel()
	h := open(t)
	page, _ := h.page("/topics")
	holds(t, page, "No monitor listens yet")
	h.listen(monitor.Draft{Name: "Coffee", Query: "coffee"})
	page, _ = h.page("/topics?whole=1")
	holds(t, page, "No topic yet", "three people")
	h.speak()
	page, _ = h.page("/topics?whole=1")
	holds(t, page, "10 people", "0 before", "New", "100% negative", "&lt;i&gt;Ann&lt;/i&gt;", "samovar", "19 posts of 24")
	if strings.Contains(page, "<b>lid") || strings.Contains(page, "<i>Ann") {
		t.Error("words of posts became markup")
	}
	list, _ := h.page("/topics/list?monitor=1")
	said, _ := h.page("/topics/said?monitor=1")
	holds(t, list, "samovar")
	holds(t, said, "Nothing stands out")
	at := list[strings.Index(list, "/topics/"):]
	at = at[:strings.IndexAny(at, "?")]
	page, _ = h.page(at + "?monitor=1&period=7d")
	holds(t, page, "10 people speak of it", "All posts of the topic", `name="version" value="1"`, "Take in another topic")

	back := at + "?monitor=1&period=7d"
	page = h.follow(back, "do", "name", "version", "1", "name", "The lid", "back", back)
	holds(t, page, "Saved.", "The lid", "Undo")
	answer, page := h.send(back, "do", "name", "version", "1", "name", "Too late", "back", back)
	if answer.StatusCode != http.StatusConflict {
		t.Errorf("who is too late: %d", answer.StatusCode)
	}
	holds(t, page, `value="Too late"`, "changed by somebody else")
	number := strings.TrimPrefix(at, "/topics/")
	facets, _ := h.page("/mentions/facets?fields=topic&period=7d")
	holds(t, facets, "The lid", ">10<", "topic="+number)
	page, _ = h.page("/mentions?topic=" + number)
	holds(t, page, "The lid", `\&#34;the lid\&#34;`)
	if n := strings.Count(page, "<article"); n != 10 {
		t.Errorf("of the topic %d posts are shown, not 10", n)
	}
	page = h.follow(back, "do", "mute", "version", "2", "back", back)
	holds(t, page, "Muted.", "Undo", "List again")
	page, _ = h.page("/topics?whole=1&muted=1")
	holds(t, page, "The lid", "All topics")
	page = h.follow(back, "do", "unmute", "version", "3", "back", back)
	holds(t, page, "It is listed again.")
	other := page[strings.Index(page, `<select name="part"><option value="`)+len(`<select name="part"><option value="`):]
	other = other[:strings.Index(other, `"`)]
	page = h.follow(back, "do", "merge", "part", other, "back", back)
	holds(t, page, "Merged.", "Merged into it", "19 people speak of it")
	page = h.follow("/topics/"+other, "do", "split", "back", back)
	holds(t, page, "10 people speak of it")
	if answer, _ := h.get("/topics/999?monitor=1"); answer.StatusCode != http.StatusNotFound {
		t.Errorf("a topic that is not there: %d", answer.StatusCode)
	}
}
