package web_test

import (
	"strings"
	"testing"

	"hearth"
)

func TestAPostWithoutATimeSaysSo(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.arrive(hearth.Post{Network: "bluesky", ID: "u1", Text: "qqundated"})
	for _, path := range []string{"/mentions?q=qqundated&period=all", "/post?network=bluesky&id=u1"} {
		page, _ := h.page(path)
		holds(t, page, "undated")
		if strings.Contains(page, "never") {
			t.Errorf("%s says that the post was never written", path)
		}
	}
}
