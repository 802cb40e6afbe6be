package topic_test

import (
	"strconv"
	"strings"
	"testing"

	"hearth"
	"hearth/monitor"
	"hearth/topic"
)

// proves M9: every number of a topic leads to its posts.
func TestSearchesFindThePostsOfATopic(t *testing.T) {
	t.Parallel()
	h := open(t)
	fill(h)
	h.settle()
	posts := monitor.NewPosts(h.monitors)
	s := h.search()
	count := func(query string) int64 {
		t.Helper()
		n, err := posts.Count(t.Context(), owner, monitor.Selection{Query: query, From: s.From, To: s.To}, 0)
		if err != nil || !n.Exact {
			t.Fatalf("%s: %+v, %v", query, n, err)
		}
		return int64(n.Total)
	}
	r := h.list()
	one, other := r.Topics[0], r.Topics[1]
	id := "topic:" + strconv.FormatInt(int64(one.ID), 10)
	if n := count(id); n != one.Posts || n == 0 {
		t.Errorf("the topic has %d posts, a search finds %d", one.Posts, n)
	}
	if n := count(`topic:"` + strings.ToUpper(one.Name) + `"`); n != one.Posts {
		t.Errorf("by its name a search finds %d posts of %d", n, one.Posts)
	}
	if n := count("brand AND NOT " + id); n != r.Of-one.Posts {
		t.Errorf("without it a search finds %d of %d", n, r.Of-one.Posts)
	}
	if err := h.topics.Merge(t.Context(), owner, one.ID, []topic.ID{other.ID}); err != nil {
		t.Fatal(err)
	}
	if n := count(id); n != one.Posts+other.Posts {
		t.Errorf("with its part the topic has %d posts, a search finds %d", one.Posts+other.Posts, n)
	}
	_, err := posts.Count(t.Context(), owner, monitor.Selection{Query: `topic:"no such thing"`}, 0)
	if hearth.ErrorCode(err) != hearth.Invalid || !strings.Contains(err.Error(), "no such thing") {
		t.Errorf("a topic that there is not: %v", err)
	}
}

// proves M9: the facet of topics counts what topic: finds, within any query and time.
func TestTheFacetOfTopicsCountsWhatTheirSearchesFind(t *testing.T) {
	t.Parallel()
	h := open(t)
	fill(h)
	h.settle()
	posts := monitor.NewPosts(h.monitors)
	s := h.search()
	listed := h.list().Topics
	milk, other := listed[0], listed[1]
	// facet is the counts by topic, after each was compared with its search.
	facet := func(s monitor.Selection) map[string]int {
		t.Helper()
		found, err := posts.Facets(t.Context(), owner, s, []string{"topic", "network"}, 50)
		if err != nil || len(found) != 2 || found[1].Field != "topic" || !found[1].Exact {
			t.Fatalf("%+v: %+v, %v", s, found, err)
		}
		counts := map[string]int{}
		for _, v := range found[1].Values {
			within := s
			if within.Query = "topic:" + v.Value; s.Query != "" {
				within.Query = "(" + s.Query + ") AND topic:" + v.Value
			}
			n, err := posts.Count(t.Context(), owner, within, 0)
			if err != nil || n.Total != v.Count || !n.Exact || v.Count == 0 {
				t.Errorf("%+v: topic %s has %d posts, a search finds %+v, %v", s, v.Value, v.Count, n, err)
			}
			counts[v.Label] = v.Count
		}
		return counts
	}
	all := facet(monitor.Selection{From: s.From, To: s.To})
	for _, one := range listed {
		if all[one.Name] != int(one.Posts) {
			t.Errorf("the facet has %d posts of %q, the page %d", all[one.Name], one.Name, one.Posts)
		}
	}
	for _, query := range []string{"brand", "steam", "sentiment:negative", `raw:"brand"`, "brand AND NOT pump", "topic:" + strconv.FormatInt(int64(milk.ID), 10)} {
		within := facet(monitor.Selection{Query: query})
		if len(within) == 0 {
			t.Errorf("%s: no topic is counted", query)
		}
		if app := h.about("password"); query == "sentiment:negative" && (app == nil || within[milk.Name] == 0 || within[app.Name] != 0) {
			t.Errorf("%s: %v", query, within)
		}
	}
	facet(monitor.Selection{Monitor: h.monitor, Query: "steam"})
	if none, err := posts.Facets(t.Context(), owner, monitor.Selection{Query: "nobodysaysthis"}, []string{"topic"}, 5); err != nil || len(none[0].Values) != 0 {
		t.Errorf("of no posts the facet is %+v, %v", none, err)
	}

	names, err := h.topics.Names(t.Context(), owner)
	if err != nil || len(names) < 2 {
		t.Fatalf("the names are %v, %v", names, err)
	}
	if err := h.topics.Merge(t.Context(), owner, milk.ID, []topic.ID{other.ID}); err != nil {
		t.Fatal(err)
	}
	if merged := facet(monitor.Selection{From: s.From, To: s.To}); merged[milk.Name] != int(milk.Posts+other.Posts) || merged[other.Name] != 0 {
		t.Errorf("after both were merged the facet is %v", merged)
	}
	muted := true
	d, err := h.topics.Get(t.Context(), owner, milk.ID, s)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.topics.Change(t.Context(), owner, milk.ID, d.Topic.Version, topic.Edit{Muted: &muted}); err != nil {
		t.Fatal(err)
	}
	if left := facet(monitor.Selection{From: s.From, To: s.To}); left[milk.Name] != 0 {
		t.Errorf("a muted topic is listed: %v", left)
	}
	left, err := h.topics.Names(t.Context(), owner)
	if err != nil || len(left) != len(names)-2 {
		t.Errorf("of %v, one muted and one part of it, the names are %v, %v", names, left, err)
	}
}
