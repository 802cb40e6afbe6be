package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"hearth/docs"
	"hearth/manual"
)

// TestTheManualIsShownWholeAndAsText: every chapter stands in the list, and what
// it says reaches the page.
func TestTheManualIsShownWholeAndAsText(t *testing.T) {
	t.Parallel()
	h := open(t)
	m, err := manual.Read(docs.Pages)
	if err != nil {
		t.Fatal(err)
	}
	index, _ := h.page("/help")
	for _, c := range m.Chapters {
		if !strings.Contains(index, `href="/help/`+c.Name+`"`) {
			t.Errorf("the list does not lead to %s", c.Name)
		}
		_, root := h.page("/help/" + c.Name)
		ids, said := map[string]bool{}, 0
		var links []string
		each(root, func(n *html.Node) {
			if id := attribute(n, "id"); id != "" {
				if ids[id] {
					t.Errorf("%s has the anchor %s twice", c.Name, id)
				}
				ids[id] = true
			}
			if n.Data == "a" {
				links = append(links, attribute(n, "href"))
			}
			if n.Type == html.TextNode {
				said += len(n.Data)
			}
		})
		for _, heading := range c.Contents {
			if !ids[heading.ID] {
				t.Errorf("%s lacks the anchor %s", c.Name, heading.ID)
			}
		}
		for _, to := range links {
			if anchor, ok := strings.CutPrefix(to, "#"); ok && anchor != "main" && !ids[anchor] {
				t.Errorf("%s links to %s, which it does not have", c.Name, to)
			}
			if rest, ok := strings.CutPrefix(to, "/help/"); ok && !m.Has(rest) {
				t.Errorf("%s links to %s, which is not there", c.Name, to)
			}
		}
		if source, _ := docs.Pages.ReadFile(c.Name + ".md"); said < len(source)/2 {
			t.Errorf("%s shows %d bytes of %d", c.Name, said, len(source))
		}
	}
}

func TestTheManualIsSearched(t *testing.T) {
	t.Parallel()
	h := open(t)
	if body, _ := h.page("/help?q=Wildcard"); !strings.Contains(body, `href="/help/query#wildcards"`) || !strings.Contains(body, "<mark>") {
		t.Error("wildcards are not found")
	}
	if body, _ := h.page("/help?q=zyzzyva"); !strings.Contains(body, `class="empty"`) {
		t.Error("nothing found is not said")
	}
	answer, body := h.get("/help?q=wildcard", "HX-Request", "true")
	if answer.StatusCode != http.StatusOK || !strings.HasPrefix(body, `<div id="help-found"`) {
		t.Errorf("htmx gets %d %.60s", answer.StatusCode, body)
	}
	for _, s := range append(polyglots, strings.Repeat("a", 5000), "\xff") {
		_, root := h.page("/help?q=" + url.QueryEscape(s))
		each(root, func(n *html.Node) {
			if n.Data == "script" && n.FirstChild != nil || n.Data == "img" {
				t.Errorf("%.40q became markup", s)
			}
		})
	}
	if answer, body := h.get("/help/no-such-chapter"); answer.StatusCode != http.StatusNotFound || !strings.Contains(body, "no such chapter") {
		t.Errorf("an unknown chapter answers %d", answer.StatusCode)
	}
	if body, _ := h.page("/palette?q=wildcard"); !strings.Contains(body, `href="/help/query#wildcards"`) {
		t.Error("the palette does not find it")
	}
}
