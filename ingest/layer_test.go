package ingest_test

import (
	"context"
	"testing"

	"hearth"
	"hearth/analysis"
	"hearth/db/dbtest"
	"hearth/ingest"
)

func TestALayerHoldsForWhatIsTakenAfterItWasSwitchedOn(t *testing.T) {
	t.Parallel()
	h := open(t, dbtest.Home(t))
	h.listen("pie")
	on := false
	o := h.flowOptions()
	o.Layer = func(context.Context) *analysis.Layer {
		if !on {
			return nil
		}
		return &analysis.Layer{}
	}
	o.Analyzers = []analysis.Analyzer{{Name: "told", Run: func(items []analysis.Item) {
		for _, it := range items {
			it.Post.Sentiment = hearth.Neutral
			if it.Layer != nil {
				it.Post.Sentiment = hearth.Negative
			}
		}
	}}}
	f, err := ingest.NewFlow(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"before", "after"} {
		on = id == "after"
		if err := f.Take(t.Context(), batch(id, create(id, "pie"))); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	want := map[string]hearth.Sentiment{"before": hearth.Neutral, "after": hearth.Negative}
	for _, r := range h.rows() {
		if r.Post.Sentiment != want[r.Post.ID] {
			t.Errorf("%s is %s", r.Post.ID, r.Post.Sentiment)
		}
		delete(want, r.Post.ID)
	}
	if len(want) > 0 {
		t.Errorf("not stored: %v", want)
	}
}
