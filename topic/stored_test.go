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
