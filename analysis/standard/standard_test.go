package standard_test

import (
	"testing"

	"hearth"
	"hearth/analysis"
	"hearth/analysis/analysistest"
	"hearth/analysis/standard"
	"hearth/text"
)

func TestAnalyzersReadWhatTheOnesBeforeFound(t *testing.T) {
	t.Parallel()
	post := &hearth.Post{Text: "Seit drei Tagen keine Antwort von euch, das ist einfach nur peinlich. Wann bekomme ich mein Geld zurück?"}
	var doc text.Doc
	analysistest.Read(&doc, post)
	analysis.Run(standard.Analyzers(), []analysis.Item{{Post: post, Doc: &doc}})
	if post.Lang != "de" || post.Sentiment != hearth.Negative || !has(post, hearth.Complaint) || !has(post, hearth.Asking) {
		t.Errorf("got %q, %q, %q", post.Lang, post.Sentiment, post.Intent)
	}
}

func has(p *hearth.Post, want hearth.Intent) bool {
	for _, intent := range p.Intent {
		if intent == want {
			return true
		}
	}
	return false
}

func BenchmarkAll(b *testing.B) {
	all := standard.Analyzers()
	analysistest.Benchmark(b, analysis.Analyzer{Name: "all", Adds: []string{"lang"}, Run: func(items []analysis.Item) { analysis.Run(all, items) }})
}
