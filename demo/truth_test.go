package demo_test

import (
	"slices"
	"testing"

	"hearth"
	"hearth/analysis"
	"hearth/analysis/standard"
	"hearth/demo"
	"hearth/query"
	"hearth/text"
)

// What the analyzers make of the invented world is near what was meant. The
// world is not a measure of them (its sentences are few and plain); it must not
// show nonsense either.
func TestTheAnalyzersSeeWhatWasMeant(t *testing.T) {
	t.Parallel()
	type count struct{ right, all int }
	counts := map[string]*count{}
	tally := func(what string, right bool) {
		c := counts[what]
		if c == nil {
			c = &count{}
			counts[what] = c
		}
		if c.all++; right {
			c.right++
		}
	}
	analyzers := standard.Analyzers()
	for _, e := range demo.NewWorld(1).LastDays(now, 25) {
		if e.Kind != demo.Posted || e.Post.Network == "feed" || e.Post.Network == "hackernews" {
			continue
		}
		p := e.Post.Clone()
		said := p.Lang
		p.Lang = ""
		var doc text.Doc
		query.AddPost(&doc, &p)
		analysis.Run(analyzers, []analysis.Item{{Post: &p, Doc: &doc}})
		tally("lang "+said, p.Lang == said)
		if want := e.Truth.Sentiment; want != "" {
			tally("sentiment "+string(want), p.Sentiment == want)
		}
		if want := e.Truth.Intent; want != "" {
			tally("intent "+string(want), slices.Contains(p.Intent, want))
		}
	}
	for what, least := range map[string]float64{
		"sentiment " + string(hearth.Positive): 0.8, "sentiment " + string(hearth.Negative): 0.8,
		"intent " + string(hearth.Complaint): 0.75, "intent " + string(hearth.Asking): 0.8, "intent " + string(hearth.Praise): 0.6,
		"intent " + string(hearth.Suggestion): 0.5, "intent " + string(hearth.Purchase): 0.6, // weak yet, and shown as it is
		"lang en": 0.95, "lang de": 0.95, "lang fi": 0.95, "lang zh": 0.95,
	} {
		if c := counts[what]; c == nil || float64(c.right) < least*float64(c.all) {
			t.Errorf("%s: %+v, at least %.2f wanted", what, c, least)
		}
	}
	for what, c := range counts {
		t.Logf("%-20s %.3f of %d", what, float64(c.right)/float64(c.all), c.all)
	}
}
