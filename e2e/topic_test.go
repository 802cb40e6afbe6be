package e2e_test

import (
	"net/url"
	"testing"
	"time"

	"hearth/client"
)

// TestTopicsAndCopiesAreLookedThrough: what the shared world speaks of, a topic, and a
// text that several posts tell, at a desk and on a phone.
func TestTopicsAndCopiesAreLookedThrough(t *testing.T) {
	w := visit(t)
	w.follows(t, "topics")
	w.follows(t, "copies")
	const monitor = 1
	for late := time.After(2 * time.Minute); ; { // labels come when nothing is left to sort
		ranking, err := w.api.Topics(t.Context(), client.TopicSearch{Monitor: monitor})
		if err != nil {
			t.Fatal(err)
		}
		if len(ranking.Topics) > 0 {
			break
		}
		select {
		case <-late:
			t.Fatalf("the world has no topics: %d of %d posts are sorted", ranking.Posts, ranking.Of)
		case <-time.After(50 * time.Millisecond):
		}
	}
	copied := ""
	search := client.CollapsedRequest{SearchRequest: client.SearchRequest{Search: client.Search{Monitor: monitor}, Limit: 20}, Show: "texts"}
	for copied == "" { // page by page, as a person reads
		found, err := w.api.Collapsed(t.Context(), search)
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range found.Posts {
			if one.Copies != nil && one.Copies.Posts > 2 {
				copied = "/copies?" + url.Values{"network": {one.Post.Network}, "id": {one.Post.ID}}.Encode()
			}
		}
		if search.Cursor = found.Next; found.Next == "" {
			break
		}
	}
	if copied == "" {
		t.Fatal("nobody copies in the world")
	}
	for _, d := range []device{desk, phone} {
		for _, theme := range []string{"light", "dark"} {
			t.Run(d.name+"-"+theme, func(t *testing.T) {
				tb := w.look(t, d, theme)
				tb.open("/topics?monitor=1&period=7d")
				tb.until(`document.querySelector(".topics a.open") && document.querySelector(".said-part:not(:has(.skeleton))")`)
				tb.settle()
				tb.shot("topics")
				tb.sound()
				tb.accessible()
				eval[any](tb, `document.querySelector(".topics a.open").click(); 0`)
				tb.until(`location.pathname.startsWith("/topics/") && document.querySelector(".posts article")`)
				tb.settle()
				tb.shot("topic")
				tb.sound()
				tb.accessible()
				tb.open(copied)
				tb.until(`document.querySelectorAll(".posts article").length > 2`)
				tb.settle()
				tb.shot("copies")
				tb.sound()
				tb.accessible()
			})
		}
	}
}
