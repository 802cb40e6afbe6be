package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"hearth"
	"hearth/access"
)

const nasty = `<script>tripwire()</script>`

func TestAListIsMadeChangedTakenAwayAndBroughtBack(t *testing.T) {
	t.Parallel()
	h := open(t)
	page, _ := h.page("/lists")
	holds(t, page, "Nothing is shared yet", `href="/lists/new"`)
	page = h.follow("/lists", "name", "street names "+nasty, "kind", "words", "text", "bean juice\nmorning mud")
	holds(t, page, "The list is saved.", "2 words", "street names &lt;script&gt;")
	if strings.Contains(page, nasty) {
		t.Error("the name of a list became markup")
	}
	page, _ = h.page("/lists/1")
	holds(t, page, "&#34;bean juice&#34;\n&#34;morning mud&#34;", `name="version" value="1"`)

	// What cannot be an entry is named, and the rest is kept.
	answer, page := h.send("/lists/1", "version", "1", "name", "street names", "text", "bean juice\n...\nmud")
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("a list with a bad line answers %d", answer.StatusCode)
	}
	holds(t, page, "2 entries are kept; 1 lines are not:", "line 2")

	// Somebody who saw an older version is shown both texts.
	answer, page = h.send("/lists/1", "version", "1", "name", "street names", "text", "mine only")
	if answer.StatusCode != http.StatusConflict {
		t.Fatalf("an old version answers %d", answer.StatusCode)
	}
	holds(t, page, "Somebody was quicker", ">mine only</textarea>", "&#34;bean juice&#34;\nmud", `name="version" value="2"`)

	holds(t, h.follow("/lists/1", "do", "remove"), "The list is removed.", "1 removed list")
	holds(t, h.follow("/lists/1", "do", "restore"), "The list is back.", "2 words")
	answer, page = h.send("/lists", "name", "", "kind", "sites", "text", "news.example")
	if answer.StatusCode != http.StatusUnprocessableEntity {
		t.Fatalf("a list without a name answers %d", answer.StatusCode)
	}
	holds(t, page, ">news.example</textarea>", `<option value="sites" selected`)
	if answer, _ := h.send("/lists/9", "do", "remove"); answer.StatusCode != http.StatusNotFound {
		t.Errorf("a list that is not there answers %d", answer.StatusCode)
	}
}

func TestARuleIsTriedSavedAppliedAndTakenAway(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.arrive(hearth.Post{Network: "demo", ID: "1", Text: "the coffee is cold " + nasty, Published: now.Add(-time.Hour), Author: hearth.Author{ID: "a"}}, post("2", "tea"))
	answer, page := h.send("/lists/rules", "name", "", "query", "coffee", "tags", "drinks, cold", "do", "try")
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("a trial answers %d", answer.StatusCode)
	}
	holds(t, page, "It finds 1 post of the last 30 days and would change 1:", "the coffee is cold", `value="drinks, cold"`)
	if strings.Contains(page, nasty) {
		t.Error("a post became markup")
	}
	answer, page = h.send("/lists/rules", "name", "Drinks", "query", "coffee AND (", "tags", "drinks", "how", "stop")
	if answer.StatusCode != http.StatusUnprocessableEntity {
		t.Fatalf("a bad query answers %d", answer.StatusCode)
	}
	holds(t, page, `value="Drinks"`, `value="stop" checked`)
	holds(t, h.follow("/lists/rules", "name", "Drinks", "query", "coffee", "tags", "drinks, cold", "how", "stop"), "The rule is saved", "Drinks", "the last for its posts")
	page, _ = h.page("/lists/rules/1")
	holds(t, page, "Apply to the past", `value="drinks, cold"`)
	holds(t, h.follow("/lists/rules/1", "do", "apply", "days", "7"), "The tagging has begun", "&#43; drinks, &#43; cold", "running")
	holds(t, h.follow("/lists/runs", "run", "1", "do", "pause"), "paused")
	holds(t, h.follow("/lists/runs", "run", "1", "do", "cancel"), "cancelled")
	holds(t, h.follow("/lists/rules/1", "version", "1", "name", "Drinks", "query", "coffee", "tags", "drinks", "how", "paused"), "resting")
	if page := h.follow("/lists/rules/1", "do", "remove"); strings.Contains(page, `href="/lists/rules/1"`) {
		t.Error("a removed rule is still shown")
	}
}

func TestPostsAreTaggedOneByOneAndAllThatASearchFinds(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.arrive(post("1", "coffee"), post("2", "tea"))
	page := h.follow("/post/tags?network=demo&id=1", "set", "urgent, <b>bold</b>")
	holds(t, page, "urgent", "&lt;b&gt;bold&lt;/b&gt;", "Take away urgent")
	page = h.follow("/post/tags?network=demo&id=1&drop=urgent")
	if strings.Contains(page, "Take away urgent") {
		t.Error("the tag is still there")
	}
	page, _ = h.page("/mentions?q=tea")
	holds(t, page, `action="/mentions/tag?q=tea"`)
	holds(t, h.follow("/mentions/tag?q=tea", "set", "drinks", "drop", ""), "The tagging has begun", "&#43; drinks")
	if answer, _ := h.send("/mentions/tag?q=tea", "set", "", "drop", ""); answer.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("tagging with nothing answers %d", answer.StatusCode)
	}
}

func TestWhoMayOnlyLookIsOfferedNoTagging(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.arrive(post("1", "coffee"))
	h.follow("/lists", "name", "names", "kind", "words", "text", "mud")
	h.actor = func(*http.Request) (access.Actor, error) {
		return access.Limited(here, 9, access.ReadPosts, access.ReadMonitors), nil
	}
	for path, part := range map[string]string{"/lists": "/lists/new", "/lists/1": "textarea", "/post?network=demo&id=1": "/post/tags", "/mentions": "/mentions/tag"} {
		if page, _ := h.page(path); strings.Contains(page, part) {
			t.Errorf("%s offers %s to somebody who may not", path, part)
		}
	}
	if answer, _ := h.send("/post/tags?network=demo&id=1", "set", "x"); answer.StatusCode != http.StatusForbidden && answer.StatusCode != http.StatusUnauthorized {
		t.Errorf("tagging answers %d", answer.StatusCode)
	}
}
