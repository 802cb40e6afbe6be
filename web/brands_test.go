package web_test

import (
	"strings"
	"testing"

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
	for _, path := range []string{"/sources", "/topics", "/campaigns", "/status"} {
		if strings.Contains(rail, `href="`+path+`"`) {
			t.Errorf("the rail leads to %s, where they may not go", path)
		}
	}
	holds(t, rail, `href="/monitors"`, `href="/voices"`, `href="/help"`)
	for _, path := range []string{"/sources", "/status", "/settings/team", "/settings/audit"} {
		if answer, _ := ben.gets(path); answer.StatusCode != 403 {
			t.Errorf("%s answers %d", path, answer.StatusCode)
		}
	}
}
