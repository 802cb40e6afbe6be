package monitor_test

import (
	"strings"
	"testing"
	"time"

	"hearth"
	"hearth/access"
	"hearth/archive"
	"hearth/monitor"
)

func TestAPostIsShownAsItWasBeforeEachEdit(t *testing.T) {
	t.Parallel()
	h := open(t)
	posts := monitor.NewPosts(h.monitors)
	key := hearth.Key{Network: "bluesky", ID: "a"}
	history := func(by access.Actor) string {
		list, err := posts.History(t.Context(), by, key)
		if err != nil {
			return string(hearth.ErrorCode(err))
		}
		var texts []string
		for _, s := range list {
			texts = append(texts, s.Post.Text)
		}
		return strings.Join(texts, "|")
	}
	h.arrive(post("a", "pie"), post("b", "cake"), edit(1, "a", "pie and cream"))
	arrive := func(minute time.Duration, e archive.Entry) {
		e.At = noon.Add(minute * time.Minute)
		h.arrive(e)
		if err := h.archive.Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	arrive(10, entry(archive.HideAuthor, "", "ann", ""))
	if got := history(owner); got != "not-found" {
		t.Errorf("of a hidden post: %s", got)
	}
	arrive(11, entry(archive.ShowAuthor, "", "ann", ""))
	arrive(12, edit(2, "a", "no pie"))
	if got := history(owner); got != "no pie|pie and cream|pie" {
		t.Errorf("history: %s", got)
	}
	if got := history(access.LocalOwner(owner.Workspace + 1)); got != "not-found" {
		t.Errorf("another workspace reads %s", got)
	}
	if got := history(access.Limited(owner.Workspace, 2, access.ReadMonitors)); got != "denied" {
		t.Errorf("who may not read posts: %s", got)
	}
	arrive(13, entry(archive.Delete, "a", "ann", ""))
	if got := history(owner); got != "not-found" {
		t.Errorf("of a deleted post: %s", got)
	}
}
