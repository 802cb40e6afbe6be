package monitor_test

import (
	"slices"
	"testing"

	"hearth"
	"hearth/archive"
	"hearth/monitor"
)

// tag sets a tag of posts, as verbs do.
func (h *house) tag(run int64, tag string, ids ...string) {
	h.t.Helper()
	var posts []archive.Notes
	for _, id := range ids {
		posts = append(posts, archive.Notes{Key: post(id, "").Post.Key(), Notes: []archive.Note{{Field: archive.TagField, Value: tag}}})
	}
	if _, err := h.archive.Annotate(h.t.Context(), here, posts, archive.Author{User: 1, Run: run}, h.monitors.Catch, nil); err != nil {
		h.t.Fatal(err)
	}
}

func TestAMonitorOfATagCatchesWhatIsTaggedAndLosesWhatIsNot(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.run()
	ids := h.listen("pie", "tag:vip", "pie AND NOT tag:vip")
	h.arrive(post("1", "pie"), post("2", "cake"), post("3", "pie"))
	h.tag(7, "vip", "1", "2")
	h.settle()
	want := func(when string, lists ...[]string) {
		t.Helper()
		for i, list := range lists {
			got := h.mentions(ids[i])
			slices.Sort(got)
			if !slices.Equal(got, list) {
				t.Errorf("%s monitor %d has %q, want %q", when, i+1, got, list)
			}
		}
		h.recounted()
	}
	want("tagged:", []string{"1", "3"}, []string{"1", "2"}, []string{"3"})
	if _, err := h.archive.UndoRun(t.Context(), here, 7, 1, h.monitors.Catch); err != nil {
		t.Fatal(err)
	}
	h.settle()
	want("undone:", []string{"1", "3"}, nil, []string{"1", "3"})
}

// A monitor that sleeps, or had another query once, keeps its mentions.
func TestTaggingKeepsMentionsThatAreThereForAnotherReason(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.run()
	ids := h.listen("pie", "cake")
	h.arrive(post("1", "pie and cake"))
	h.settle()
	if _, err := h.monitors.Pause(t.Context(), owner, ids[0]); err != nil {
		t.Fatal(err)
	}
	mon, err := h.monitors.Get(t.Context(), owner, ids[1])
	if err != nil {
		t.Fatal(err)
	}
	other := "crumble"
	if _, err := h.monitors.Change(t.Context(), owner, mon.ID, mon.Version, monitor.Edit{Query: &other}); err != nil {
		t.Fatal(err)
	}
	h.tag(0, "vip", "1")
	h.settle()
	for _, id := range ids {
		if got := h.mentions(id); !slices.Equal(got, []string{"1"}) {
			t.Errorf("monitor %d has %q", id, got)
		}
	}
	h.recounted()
}

func TestATaggedPostIsNotNewToThoseWhoFollowedIt(t *testing.T) {
	t.Parallel()
	h := open(t)
	pie, vip := h.listen("pie", "tag:vip")[0], hearth.MonitorID(2)
	h.arrive(post("1", "pie"))
	all := followed(t, h, monitor.FollowSearch{Monitor: pie})
	tagged := followed(t, h, monitor.FollowSearch{Monitor: vip})
	both := followed(t, h, monitor.FollowSearch{Monitor: pie, Removals: true})
	h.tag(0, "vip", "1")
	h.arrive(post("2", "pie"))
	for _, id := range []string{"1", "2"} {
		if f := next(t, all); f.Mention.Post.ID != id || len(f.Mention.Post.Tags) > 0 {
			t.Errorf("the follower of pie is told %+v, want %s", f.Mention.Post, id)
		}
	}
	if f := next(t, tagged); f.Mention.Post.ID != "1" {
		t.Errorf("the follower of the tag is told %+v", f.Mention)
	}
	next(t, both)
	if f := next(t, both); f.Gone == 0 {
		t.Errorf("who is told of removals is not told that the version was replaced, but %+v", f)
	}
	if f := next(t, both); f.Mention == nil || !slices.Equal(f.Mention.Post.Tags, []string{"vip"}) {
		t.Errorf("nor of the new one, but %+v", f)
	}
}
