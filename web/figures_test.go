package web_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"hearth"
	"hearth/archive"
	"hearth/monitor"
)

// coffee is invented posts of an afternoon: every third is German and
// negative, every fourth has a hashtag and a link.
func coffee(n int) (posts []hearth.Post) {
	for i := range n {
		p := hearth.Post{
			Network: "demo", ID: fmt.Sprint("p", i), Text: fmt.Sprint("coffee number ", i), Lang: "en", Sentiment: hearth.Positive,
			Author: hearth.Author{ID: fmt.Sprint("a", i%5), Name: fmt.Sprint("Author ", i%5)}, Published: now.Add(-time.Duration(i) * 20 * time.Minute),
		}
		if i%3 == 0 {
			p.Lang, p.Sentiment = "de", hearth.Negative
		}
		if i%4 == 0 {
			p.Hashtags, p.Links = []string{"roast"}, []string{"https://shop.example/beans"}
		}
		posts = append(posts, p)
	}
	return posts
}

// facetNumbers reads the facets of a page: field and value, and how often.
func facetNumbers(root *html.Node) map[string]string {
	numbers := map[string]string{}
	each(root, func(n *html.Node) {
		if n.Data != "section" || attribute(n, "class") != "facet" {
			return
		}
		field := attribute(n, "aria-labelledby")
		var label string
		each(n, func(n *html.Node) {
			switch {
			case n.Data == "bdi" && n.FirstChild != nil:
				label = n.FirstChild.Data
			case attribute(n, "class") == "facet-n":
				numbers[field+" "+label] = n.FirstChild.Data
			}
		})
	})
	return numbers
}

// Whatever way the figures of a look are found, by roll-ups or by a search,
// they are the same.
func TestFiguresByRollUpsAreThoseOfASearch(t *testing.T) {
	t.Parallel()
	h := open(t)
	if _, err := h.monitors.Create(t.Context(), owner, monitor.Draft{Name: "Coffee", Query: "coffee"}); err != nil {
		t.Fatal(err)
	}
	h.arrive(coffee(24)...)
	fast, root := h.page("/mentions/figures?monitor=1")
	byTiles := facetNumbers(root)
	if want := `fields=tag&#43;bot&#43;copies&#43;topic"`; !strings.Contains(fast, want) {
		t.Errorf("a search is asked for more than tags, bots, copies and topics: %v", regexp.MustCompile(`fields=[^"&]*`).FindAllString(fast, -1))
	}
	_, root = h.page("/mentions/facets?monitor=1&fields=sentiment+network+lang+author+hashtag+link+is")
	bySearch := facetNumbers(root)
	if len(bySearch) < 10 || bySearch["f-lang German"] != "8" || bySearch["f-hashtag #roast"] != "6" {
		t.Fatalf("the search finds %v", bySearch)
	}
	for name, n := range bySearch {
		if byTiles[name] != n {
			t.Errorf("%s is %s by search and %q by roll-ups", name, n, byTiles[name])
		}
	}

	page, root := h.page("/mentions/figures?monitor=1&lang=de")
	if got := facetNumbers(root); got["f-sentiment negative"] != "8" || len(got) == 0 || got["f-lang English"] != "" {
		t.Errorf("of German posts: %v", got)
	}
	holds(t, page, `<span class="stat-value">8</span>`, "fields=author&#43;hashtag&#43;link&#43;tag")
	page, _ = h.page("/mentions/figures?monitor=1&q=number")
	holds(t, page, `<span class="stat-value">24</span>`)
	page, _ = h.page("/mentions?monitor=1&side=1") // without script everything is there
	holds(t, page, "f-lang", "f-hashtag")
	if strings.Contains(page, "/mentions/facets") {
		t.Error("a page for browsers without script waits for a part")
	}
}

func TestAPostShowsWhatItsEditsChanged(t *testing.T) {
	t.Parallel()
	h := open(t)
	was := hearth.Post{Network: "demo", ID: "e", Text: "The coffee is <b>fine</b> today", Author: hearth.Author{ID: "a"}, Published: now.Add(-time.Hour)}
	h.arrive(was)
	page, _ := h.page("/post?network=demo&id=e")
	if strings.Contains(page, "Edited") {
		t.Error("a post that nobody edited has a history")
	}
	is := was
	is.Text = "The coffee is <i>awful</i> today"
	if _, err := h.archive.Append(t.Context(), here, []archive.Entry{{Op: archive.Update, Post: &is, Revision: "2", At: now}}, nil); err != nil {
		t.Fatal(err)
	}
	page, _ = h.page("/post?network=demo&id=e")
	holds(t, page, "Edited once", "<del><bdi>&lt;b&gt;fine&lt;/b&gt; </bdi></del>", "<ins><bdi>&lt;i&gt;awful&lt;/i&gt; </bdi></ins>")
}
