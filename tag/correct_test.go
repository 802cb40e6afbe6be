package tag_test

import (
	"maps"
	"strings"
	"testing"

	"hearth"
	"hearth/archive"
	"hearth/monitor"
	"hearth/tag"
)

func correcting(words ...string) (c tag.Change) {
	for _, word := range words {
		field, value, _ := strings.Cut(word, "=")
		c.Correct = append(c.Correct, tag.Correction{Field: archive.Field(field), Value: value})
	}
	return c
}

func TestARunCorrectsEverythingAndIsUndoneAsIfItHadNeverBeen(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.arrive(0, 450, "apple pie")
	h.arrive(450, 500, "cake")
	p7 := hearth.Key{Network: "demo", ID: "p7"}
	done, err := h.tags.Set(t.Context(), ann, []hearth.Key{p7}, correcting("sentiment=positive", "lang=fi"))
	if err != nil || done.Changed != 1 || done.Run == 0 {
		t.Fatalf("%+v, %v", done, err)
	}
	if again, err := h.tags.Set(t.Context(), ann, []hearth.Key{p7}, correcting("sentiment=positive")); err != nil || again.Same != 1 {
		t.Errorf("said twice: %+v, %v", again, err)
	}
	h.run(free)
	r := h.until(h.start("apple", correcting("sentiment=negative", "intent=complaint")).ID, tag.Finished)
	if r.Total != 450 || r.Changed != 450 || len(r.Change.Correct) != 2 {
		t.Errorf("it did %+v", r)
	}
	for query, want := range map[string]int64{"sentiment:negative": 450, "intent:complaint": 450, "corrected:yes": 450, "lang:fi": 1, "sentiment:positive": 0, "correctedby:5": 450} {
		if got := h.count(query); got != want {
			t.Errorf("%s: %d posts, want %d", query, got, want)
		}
	}
	h.steer(r.ID, tag.Undo)
	h.until(r.ID, tag.Undone)
	for query, want := range map[string]int64{"sentiment:negative": 0, "intent:complaint": 0, "corrected:yes": 1, "lang:fi": 1, "sentiment:positive": 1} {
		if got := h.count(query); got != want {
			t.Errorf("undone, %s: %d posts, want %d", query, got, want)
		}
	}
	said, err := h.tags.Said(t.Context(), ann, p7)
	if err != nil || len(said) != 4 || said[2].Was != "positive" || said[2].Value != "negative" || said[2].UndoneBy != 5 {
		t.Errorf("what was said of it: %+v, %v", said, err)
	}
}

func TestWhatIsNoCorrectionIsRefused(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.arrive(0, 1, "apple")
	p0 := []hearth.Key{{Network: "demo", ID: "p0"}}
	for _, c := range []tag.Change{
		correcting("sentiment=angry"), correcting("lang=\u202een"), correcting("spam=maybe"), correcting("intent=complaint,praise"), correcting("text=x"),
		correcting("tag=x"), correcting("sentiment=negative", "sentiment=positive"), correcting("=x"),
	} {
		if _, err := h.tags.Set(t.Context(), ann, p0, c); hearth.ErrorCode(err) != hearth.Invalid {
			t.Errorf("%+v: %v", c, err)
		}
	}
	if n := h.count("corrected:yes"); n != 0 {
		t.Errorf("%d posts were corrected", n)
	}
}

func TestFacetsCountSpamAndWhatPeopleCorrected(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.arrive(0, 4, "apple pie")
	for id, c := range map[string]tag.Change{
		"p1": correcting("spam=true", "lang=fi"), "p2": correcting("spam=true"), "p3": correcting("spam=false"),
	} {
		if _, err := h.tags.Set(t.Context(), ann, []hearth.Key{{Network: "demo", ID: id}}, c); err != nil {
			t.Fatal(err)
		}
	}
	posts := monitor.NewPosts(h.monitors)
	facets, err := posts.Facets(t.Context(), ann, monitor.Selection{Exact: true}, []string{"spam", "corrected"}, 10)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]map[string]int{"spam": {"true": 2, "false": 1}, "corrected": {"yes": 3, "spam": 3, "lang": 1}}
	if len(facets) != 2 {
		t.Fatalf("%d facets", len(facets))
	}
	for _, f := range facets {
		got := map[string]int{}
		for _, v := range f.Values {
			got[v.Value] = v.Count
			if n := h.count(f.Field + ":" + v.Value); n != int64(v.Count) {
				t.Errorf("%s:%s finds %d posts, its facet says %d", f.Field, v.Value, n, v.Count)
			}
		}
		if !f.Exact || !maps.Equal(got, want[f.Field]) {
			t.Errorf("%s is %v, want %v", f.Field, got, want[f.Field])
		}
	}
	if _, err := posts.Facets(t.Context(), ann, monitor.Selection{}, []string{"shoe"}, 10); hearth.ErrorCode(err) != hearth.Invalid || !strings.Contains(err.Error(), "bot, copies, corrected, spam") {
		t.Errorf("a facet that is none: %v", err)
	}
}
