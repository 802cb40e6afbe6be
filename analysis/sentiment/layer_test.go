package sentiment_test

import (
	"testing"

	"hearth"
	"hearth/analysis"
	"hearth/analysis/sentiment"
	"hearth/query"
	"hearth/text"
)

func TestALayerMovesWhatIsCloseAndLeavesWhatIsClear(t *testing.T) {
	t.Parallel()
	a, score := sentiment.Analyzer(), sentiment.Scorer()
	layer := &analysis.Layer{Sentiment: map[string][3]float64{"": {}, "en": {1.5, 0, -1.5}}}
	judged := func(words, lang string, layer *analysis.Layer) hearth.Sentiment {
		p := hearth.Post{Text: words, Lang: lang}
		var doc text.Doc
		query.AddPost(&doc, &p)
		a.Run([]analysis.Item{{Post: &p, Doc: &doc, Layer: layer}})
		return p.Sentiment
	}
	moved := 0
	for _, words := range []string{"The shop opens at nine on Monday.", "They changed the recipe again.", "Waiting for the parcel since Tuesday.", "The meeting is at noon."} {
		post := hearth.Post{Text: words, Lang: "en"}
		p, ok := score(&post)
		if !ok {
			t.Fatalf("nothing is heard of %q", words)
		}
		q := layer.Shift("en", p)
		if sum := q[0] + q[1] + q[2]; sum < .999 || sum > 1.001 || q[0] <= p[0] {
			t.Errorf("%v becomes %v", p, q)
		}
		if judged(words, "en", nil) != judged(words, "en", layer) {
			moved++
		}
		if judged(words, "de", nil) != judged(words, "de", layer) {
			t.Errorf("%q moved in a language that was not taught", words)
		}
	}
	if moved == 0 {
		t.Error("nothing was moved")
	}
	if got := judged("I love it, wonderful, the best ever! 😍", "en", layer); got != hearth.Positive {
		t.Errorf("what is clear became %q", got)
	}
}
