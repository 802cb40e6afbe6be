package monitor_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"hearth"
	"hearth/access"
	"hearth/archive"
	"hearth/monitor"
	"hearth/query"
)

// followed runs Follow and gives what it tells until the test ends.
func followed(t *testing.T, h *house, s monitor.FollowSearch) <-chan monitor.Followed {
	t.Helper()
	told := make(chan monitor.Followed, 1000)
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		err := h.monitors.Follow(ctx, owner, s, func(f *monitor.Followed) error {
			told <- *f
			return nil
		})
		if !errors.Is(err, context.Canceled) && hearth.ErrorCode(err) != hearth.NotFound { // its monitor may be removed meanwhile
			t.Error(err)
		}
	}()
	t.Cleanup(func() {
		cancel()
		<-ended
	})
	return told
}

func next(t *testing.T, told <-chan monitor.Followed) monitor.Followed {
	t.Helper()
	select {
	case f := <-told:
		return f
	case <-time.After(10 * time.Second):
		t.Fatal("nothing is told")
		return monitor.Followed{}
	}
}

func TestFollowingTellsEveryMentionOnceAndInOrder(t *testing.T) {
	t.Parallel()
	h := open(t)
	id := h.listen("pie")[0]
	h.arrive(post("before", "pie"))
	all := followed(t, h, monitor.FollowSearch{Monitor: id})
	told := next(t, all)
	if told.Mention.Post.ID != "before" {
		t.Errorf("%+v", told)
	}
	for i := range 100 {
		h.arrive(post(fmt.Sprint("cake", i), "cake"), post(fmt.Sprint("pie", i), "pie"))
	}
	at := told.Seq
	for i := range 100 {
		told := next(t, all)
		if told.Mention.Post.ID != fmt.Sprint("pie", i) || told.Seq <= at {
			t.Fatalf("%d: %+v", i, told)
		}
		at = told.Seq
		if i == 49 {
			resumed := followed(t, h, monitor.FollowSearch{Monitor: id, After: at})
			if f := next(t, resumed); f.Mention.Post.ID != "pie50" {
				t.Errorf("resumed with %s", f.Mention.Post.ID)
			}
		}
	}
}

func TestFollowingAQueryFromNowOnTellsRemovalsIfAsked(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.arrive(post("before", "pie"))
	q, _ := query.Parse("pie AND NOT cake")
	all := followed(t, h, monitor.FollowSearch{Query: q, After: monitor.Now, Removals: true})
	// Following may begin a moment later than the first posts.
	var first monitor.Followed
	for i := 0; first.Mention == nil; i++ {
		h.arrive(post(fmt.Sprint("warm", i), "pie"))
		select {
		case first = <-all:
		case <-time.After(20 * time.Millisecond):
		}
	}
	h.arrive(post("both", "pie and cake"), post("a", "pie"))
	told := first
	for told.Mention == nil || told.Mention.Post.ID != "a" {
		if told.Mention != nil && (told.Mention.Post.ID == "before" || told.Mention.Post.ID == "both") {
			t.Errorf("told of %s", told.Mention.Post.ID)
		}
		told = next(t, all)
	}
	h.arrive(entry(archive.Delete, "a", "ann", ""))
	if gone := next(t, all); gone.Gone != told.Mention.Seq || gone.Mention != nil {
		t.Errorf("%+v after %d", gone, told.Mention.Seq)
	}
}

func TestFollowingShowsNobodyWhoIsHiddenAndEndsWithItsMonitor(t *testing.T) {
	t.Parallel()
	h := open(t)
	id := h.listen("pie")[0]
	h.arrive(entry(archive.HideAuthor, "", "bob", ""), entry(archive.Create, "x", "bob", "pie"), post("a", "pie"))
	if f := next(t, followed(t, h, monitor.FollowSearch{Monitor: id})); f.Mention.Post.ID != "a" {
		t.Errorf("%+v", f.Mention)
	}
	err := h.monitors.Follow(t.Context(), access.Limited(here, 7, access.ReadMonitors), monitor.FollowSearch{}, nil)
	wantCode(t, "without posts.read", err, hearth.Denied)
	if err := h.monitors.Remove(t.Context(), owner, id); err != nil {
		t.Fatal(err)
	}
	err = h.monitors.Follow(t.Context(), owner, monitor.FollowSearch{Monitor: id}, nil)
	wantCode(t, "of a removed monitor", err, hearth.NotFound)
}
