package monitor_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"hearth"
	"hearth/access"
	"hearth/archive"
	"hearth/monitor"
)

// proves M13: who is really answered ranks before who is answered by a farm, and
// the card shows the posts that earned the rank.
func TestVoicesAreRankedByTrustedResponse(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.run()
	pie := h.listen("pie")[0]
	charts, trusted := monitor.NewCharts(h.monitors), monitor.NewTrusted(h.monitors)
	n := 0
	say := func(author, words string, change func(*hearth.Post)) string {
		n++
		id := fmt.Sprint("post", n)
		e := at(entry(archive.Create, id, author, words), noon.Add(-time.Duration(n)*time.Minute))
		e.Post.Author.Handle = author + ".example"
		if change != nil {
			change(e.Post)
		}
		h.arrive(e)
		return id
	}
	hers := say("ann", "How to bake a pie", func(p *hearth.Post) { p.Sentiment = hearth.Positive; p.Author.Followers = hearth.KnownCount(300) })
	more := say("ann", "Another pie", nil)
	spam := say("farmer", "Buy this pie", nil)
	for i := range 12 {
		person := fmt.Sprint("person", i)
		say(person, "pie, indeed", func(p *hearth.Post) { p.InReplyTo = hers })
		if i < 6 {
			say(person, "that pie, too", func(p *hearth.Post) { p.Quotes = more })
		}
		say(person, "pie among us", func(p *hearth.Post) { p.Mentions = []string{fmt.Sprintf("@person%d.example", (i+1)%12)} })
		for range 3 {
			say(fmt.Sprint("bot", i), "pie pie", func(p *hearth.Post) { p.RepostOf = spam })
		}
	}
	h.settle()

	voices := func() monitor.Voices {
		v, err := charts.Voices(t.Context(), owner, monitor.VoiceSearch{Monitor: pie})
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	labels := func(v monitor.Voices) (list []string) {
		for _, one := range v.Voices {
			list = append(list, one.Label)
		}
		return list
	}
	v := voices()
	equal(t, "without trusted people the reach decides", labels(v), "farmer.example", "ann.example")
	if v.Trusted != 0 || v.People != 26 || v.Posts != v.Of || int(v.Posts) != n {
		t.Errorf("%+v", v)
	}
	for _, who := range []string{"person1", "@Person4.example", "nobody"} {
		if _, err := trusted.Add(t.Context(), owner, monitor.Person{Network: "bluesky", Author: who, Note: "a customer"}); err != nil {
			t.Fatal(err)
		}
	}
	v = voices() // the list changed: worked out anew
	equal(t, "trust decides", labels(v), "ann.example", "farmer.example")
	ann, farmer := &v.Voices[0], &v.Voices[1]
	if v.Trusted != 2 || !ann.Confirmed || farmer.Confirmed || farmer.Rank != 0 || ann.Amplifiers != 12 || ann.Low >= ann.Rank || ann.High < ann.Rank {
		t.Errorf("%d trusted, %+v, %+v", v.Trusted, ann, farmer)
	}
	if ann.H != 2 || ann.Posts != 2 || ann.Positive != 1 || ann.Followers != hearth.KnownCount(300) {
		t.Errorf("ann: %+v", ann)
	}
	if len(ann.Earned) != 2 || ann.Earned[0].Key.ID != hers || ann.Earned[0].Amplifiers != 12 || ann.Earned[1].Amplifiers != 6 {
		t.Errorf("what earned the rank: %+v", ann.Earned)
	}
	if found := h.found(monitor.Selection{Query: ann.Query, Monitor: pie, From: v.From, To: v.To}); found != int64(ann.Posts) {
		t.Errorf("%s finds %d posts, want %d", ann.Query, found, ann.Posts)
	}

	if err := trusted.Remove(t.Context(), owner, "bluesky", "@person4.EXAMPLE"); err != nil {
		t.Fatal(err)
	}
	list, err := trusted.List(t.Context(), owner)
	if err != nil || len(list) != 2 {
		t.Errorf("%+v, %v", list, err)
	}
	h.arrive(entry(archive.DeleteAuthor, "", "ann", ""))
	if err := h.archive.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.settle()
	h.clock.advance(6 * time.Minute)
	if strings.Contains(fmt.Sprint(labels(voices())), "ann") {
		t.Error("an erased author is still shown")
	}
}

func TestTrustedPeopleAreRefusedWithASentence(t *testing.T) {
	t.Parallel()
	h := open(t)
	trusted := monitor.NewTrusted(h.monitors)
	for _, p := range []monitor.Person{{}, {Network: "bluesky"}, {Network: "bluesky", Author: "@"}, {Network: "bluesky", Author: strings.Repeat("x", 600)},
		{Network: "bluesky", Author: "x", Note: strings.Repeat("x", 600)}} {
		_, err := trusted.Add(t.Context(), owner, p)
		wantCode(t, fmt.Sprintf("%.40v", p), err, hearth.Invalid)
	}
	wantCode(t, "nobody", trusted.Remove(t.Context(), owner, "bluesky", "x"), hearth.NotFound)
	if _, err := trusted.Add(t.Context(), owner, monitor.Person{Network: "bluesky", Author: "x"}); err != nil {
		t.Fatal(err)
	}
	wantCode(t, "another workspace's", trusted.Remove(t.Context(), access.LocalOwner(here+1), "bluesky", "x"), hearth.NotFound)
	_, err := monitor.NewCharts(h.monitors).Voices(t.Context(), access.Limited(here, 1, access.ReadMonitors), monitor.VoiceSearch{})
	wantCode(t, "voices without leave to read posts", err, hearth.Denied)
}

// proves M12, and that every number of a comparison leads to its posts.
func TestAComparisonShowsShareOfVoiceAndSentiment(t *testing.T) {
	t.Parallel()
	h := open(t)
	pie, cake := h.crowd(200)
	tea := h.listen("tea")[0]
	c := monitor.NewComparisons(h.monitors)
	one, err := c.Create(t.Context(), owner, " Sweets ", []hearth.MonitorID{cake, pie, tea})
	if err != nil || one.Name != "Sweets" || one.Version != 1 {
		t.Fatal(one, err)
	}
	got, err := c.Compare(t.Context(), owner, monitor.CompareSearch{Comparison: one.ID, From: noon.AddDate(0, 0, -14), To: noon})
	if err != nil {
		t.Fatal(err)
	}
	var posts int64
	share := 0.0
	for i, p := range got.Parts {
		posts += p.Posts
		share += p.Voice.Value
		if p.Monitor != one.Monitors[i] || p.Posts != p.Positive+p.Neutral+p.Negative+p.Unknown {
			t.Errorf("%+v", p)
		}
		for k, n := range []int64{p.Positive, p.Neutral, p.Negative, p.Unknown} {
			if found := h.found(monitor.Selection{Query: p.Queries[k], Monitor: p.Monitor, From: got.From, To: got.To}); found != n {
				t.Errorf("%s of %s: %d, the search finds %d", p.Queries[k], p.Name, n, found)
			}
		}
		if known := p.Posts - p.Unknown; p.NegativeShare.N != known || p.NegativeShare.Low > p.NegativeShare.Value || p.NegativeShare.High < p.NegativeShare.Value {
			t.Errorf("%+v", p.NegativeShare)
		}
		if p.Voice.Low > p.Voice.Value || p.Voice.High < p.Voice.Value || p.Voice.High <= p.Voice.Low {
			t.Errorf("%+v", p.Voice)
		}
	}
	if posts != got.Posts || posts == 0 || share < .999999 || share > 1.000001 || got.Before == 0 {
		t.Errorf("%d posts in parts, %d in all, shares %g, %d before", posts, got.Posts, share, got.Before)
	}

	name := "Sweet things"
	changed, err := c.Change(t.Context(), owner, one.ID, 1, monitor.ComparisonEdit{Name: &name, Monitors: []hearth.MonitorID{pie, cake}})
	if err != nil || changed.Version != 2 {
		t.Fatal(changed, err)
	}
	_, err = c.Change(t.Context(), owner, one.ID, 1, monitor.ComparisonEdit{Name: &name})
	wantCode(t, "a change of an old version", err, hearth.Conflict)
	_, err = c.Create(t.Context(), owner, name, []hearth.MonitorID{pie, cake})
	wantCode(t, "a name that is taken", err, hearth.Conflict)
	for what, ids := range map[string][]hearth.MonitorID{"one monitor": {pie}, "one twice": {pie, cake, pie}} {
		_, err = c.Create(t.Context(), owner, what, ids)
		wantCode(t, what, err, hearth.Invalid)
	}
	_, err = c.Create(t.Context(), owner, "others'", []hearth.MonitorID{pie, 99})
	wantCode(t, "a monitor that is not there", err, hearth.NotFound)
	if err := h.monitors.Remove(t.Context(), owner, cake); err != nil {
		t.Fatal(err)
	}
	list, err := c.List(t.Context(), owner)
	if err != nil || len(list) != 1 || list[0].Name != name || !slices.Equal(list[0].Monitors, []hearth.MonitorID{pie}) {
		t.Errorf("%+v, %v", list, err)
	}
	_, err = c.Get(t.Context(), access.LocalOwner(here+1), one.ID)
	wantCode(t, "another workspace's", err, hearth.NotFound)
	if err := c.Remove(t.Context(), owner, one.ID); err != nil {
		t.Fatal(err)
	}
	wantCode(t, "removed twice", c.Remove(t.Context(), owner, one.ID), hearth.NotFound)
	if again, err := c.Create(t.Context(), owner, name, []hearth.MonitorID{pie, tea}); err != nil || again.ID == one.ID {
		t.Errorf("%+v, %v", again, err)
	}
}
