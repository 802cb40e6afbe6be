package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"hearth"
	"hearth/access"
	"hearth/ingest"
	"hearth/monitor"
)

// steady is some posts a day for so many days, and more in the last one.
func steady(days, each, today int) (posts []hearth.Post) {
	for d := range days {
		n := each
		if d == 0 {
			n = today
		}
		for i := range n {
			posts = append(posts, hearth.Post{
				Network: "demo", ID: fmt.Sprint("d", d, "-", i), Text: "coffee again", Author: hearth.Author{ID: "a"}, Hashtags: []string{fmt.Sprint("tag", min(d, 1))},
				Published: now.Add(-time.Duration(d)*24*time.Hour - time.Duration(i)*time.Minute),
			})
		}
	}
	return posts
}

func TestTheStartSaysWhatNeedsSomebody(t *testing.T) {
	t.Parallel()
	h := open(t)
	page, _ := h.page("/")
	holds(t, page, "Nothing needs you right now", "Let Hearth listen somewhere", "/sources")

	h.listen(monitor.Draft{Name: "Coffee", Query: "coffee"}, monitor.Draft{Name: "Tea", Query: "tea"})
	h.arrive(steady(20, 6, 60)...)
	page, _ = h.page("/")
	holds(t, page, "Coffee is talked about much more than usual", "10.0 times the usual", "usual: 6 to 6", "24 hours to 12:15", "coffee again")
	page, _ = h.page("/home/rising")
	holds(t, page, "#tag0", "0 in the week before", "/mentions?hashtag=tag0&amp;monitor=1&amp;period=24h")
	if strings.Contains(page, "#tag1") {
		t.Error("what is as usual is said to rise")
	}

	h.actor = func(*http.Request) (access.Actor, error) { return access.Limited(here, 2, access.ReadMonitors), nil }
	page, _ = h.page("/")
	if strings.Contains(page, "coffee again") || strings.Contains(page, "Let Hearth listen") || !strings.Contains(page, "10.0 times the usual") {
		t.Error("the start does not keep to what a visitor may read")
	}
}

func TestTooFewDaysAreNoUsual(t *testing.T) {
	t.Parallel()
	h := open(t)
	if _, err := h.sources.Add(t.Context(), owner, ingest.Draft{Network: "invented", Name: "Here", Settings: map[string]string{"server": "here"}}); err != nil {
		t.Fatal(err)
	}
	h.listen(monitor.Draft{Name: "Coffee", Query: "coffee"})
	h.arrive(steady(4, 5, 50)...)
	page, _ := h.page("/")
	holds(t, page, "Too few days to tell", "Nothing needs you right now", "Listen for a rival")
}

// The wall shows the monitors that its address names, and nothing of others.
func TestTheWallShowsItsMonitorsOnly(t *testing.T) {
	t.Parallel()
	h := open(t)
	page, _ := h.page("/wall")
	holds(t, page, "No monitor listens yet")
	h.listen(monitor.Draft{Name: "Coffee", Query: "coffee"}, monitor.Draft{Name: "German", Query: "lang:de"})
	h.arrive(coffee(24)...)
	page, _ = h.page("/wall?m=2")
	holds(t, page, `data-theme="dark"`, `<bdi>German</bdi>`, `<p class="board-n">8</p>`, "100% negative", "coffee number 0", "/wall/live?m=2")
	if strings.Contains(page, "<bdi>Coffee</bdi>") || strings.Contains(page, "coffee number 1<") {
		t.Error("the wall shows a monitor that it was not asked for")
	}
	page, _ = h.page("/wall", "HX-Request", "true")
	holds(t, page, `<p class="board-n">24</p>`)
	if strings.Contains(page, "<html") {
		t.Error("a part of the wall is a whole page")
	}
}
