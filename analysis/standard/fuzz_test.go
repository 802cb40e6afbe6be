package standard_test

import (
	"reflect"
	"testing"

	"hearth"
	"hearth/analysis"
	"hearth/analysis/analysistest"
	"hearth/analysis/standard"
	"hearth/text"
)

// FuzzAnalyzers asks of any text that no analyzer fails on it, that the answer
// is one of those the query language knows, and that asking again, with what was
// found given, changes nothing.
func FuzzAnalyzers(f *testing.F) {
	for _, post := range analysistest.Posts(true) {
		f.Add(post.Title, post.Text, post.Lang)
	}
	f.Add("a@b.", "www.\xff.:-)", "x-")
	f.Add("", "ไม่ไม่ 不不 not", "th")
	all := standard.Analyzers()
	f.Fuzz(func(t *testing.T, title, s, lang string) {
		post := &hearth.Post{Title: title, Text: s, Lang: lang}
		var doc text.Doc
		analysistest.Read(&doc, post)
		analysis.Run(all, []analysis.Item{{Post: post, Doc: &doc}})
		switch post.Sentiment {
		case "", hearth.Negative, hearth.Neutral, hearth.Positive:
		default:
			t.Errorf("sentiment %q", post.Sentiment)
		}
		if v := post.SentimentScore; v.V < -1 || v.V > 1 || v.Known != (post.Sentiment != "") {
			t.Errorf("score %v with sentiment %q", v, post.Sentiment)
		}
		if len(post.Intent) > len(hearth.Intents) || lang != "" && post.Lang != lang {
			t.Errorf("%q, %q", post.Intent, post.Lang)
		}
		again := *post
		analysis.Run(all, []analysis.Item{{Post: &again, Doc: &doc}})
		if lang != "" && !reflect.DeepEqual(again, *post) {
			t.Errorf("asking again changed\n%+v to\n%+v", *post, again)
		}
	})
}
