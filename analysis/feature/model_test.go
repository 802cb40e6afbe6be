package feature_test

import (
	"testing"

	"pgregory.net/rapid"

	"hearth"
	"hearth/analysis/feature"
	"hearth/analysis/feature/fit"
	"hearth/text"
)

func TestLexiconFindsTheLongestEntry(t *testing.T) {
	t.Parallel()
	l, err := feature.ReadLexicon(feature.MakeLexicon([]feature.Entry{
		{Lang: "en", Phrase: "good", Value: 20},
		{Lang: "en", Phrase: "good for nothing", Value: -30},
		{Lang: "en", Phrase: "good", Value: -1},
		{Lang: "de", Phrase: "gift", Value: -20},
		{Lang: "zh", Phrase: "好", Value: 10},
		{Lang: "zh", Phrase: "好不好", Value: 1},
	}))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		lang, text   string
		value, taken int
		all          int
	}{
		{"en", "good", 20, 1, 1},
		{"en", "Good for you", 20, 1, 1},
		{"en", "good for nothing", -30, 3, 2},
		{"en", "bad", 0, 0, 0},
		{"en", "for nothing", 0, 0, 0},
		{"en", "gift", 0, 0, 0},
		{"de", "Gift", -20, 1, 1},
		{"zh", "好不好", 1, 3, 2},
		{"zh", "好的", 10, 1, 1},
	} {
		var (
			doc   text.Doc
			words feature.Words
		)
		doc.Add(text.Text, c.text)
		words.Read(&doc)
		value, taken := l.Longest(&doc, words.List, 0, feature.LangHash(c.lang))
		_, all := l.All(&doc, words.List, 0, feature.LangHash(c.lang))
		if value != c.value || taken != c.taken || all != c.all {
			t.Errorf("%s %q: got %d of %d words and %d entries, want %d of %d and %d", c.lang, c.text, value, taken, all, c.value, c.taken, c.all)
		}
	}
}

// TestAHeadLearnsWhatItIsShown fits a head to a rule and asks it back through
// the file format.
func TestAHeadLearnsWhatItIsShown(t *testing.T) {
	t.Parallel()
	var (
		v        fit.Vocabulary
		examples []fit.Example
	)
	post := func(i int) ([]uint64, bool) {
		yes := i%2 == 0
		features := []uint64{feature.Mix(1, uint64(i%7)), feature.Mix(2, uint64(i%11)), feature.Mix(3, 0)}
		if yes {
			features = append(features, feature.Mix(4, 4))
		}
		return features, yes
	}
	for i := range 400 {
		features, yes := post(i)
		e := fit.Example{Features: v.Number(features), Weight: 1}
		if yes {
			e.Targets[0], e.Targets[1] = 1, fit.Skip
		}
		examples = append(examples, e)
	}
	o := fit.Options{Outputs: 2, Epochs: 10, Keep: 100, Rare: 1, Rate: 0.1, Seed: 1}
	head := fit.Train(&v, examples, o)
	again := fit.Train(&v, examples, o)
	file := head.Append(nil)
	if string(again.Append(nil)) != string(file) {
		t.Error("the same examples and seed gave another head")
	}
	read, rest, err := feature.ReadHead(append(file, "rest"...))
	if err != nil || string(rest) != "rest" {
		t.Fatal(err, rest)
	}
	for i := range 20 {
		features, yes := post(1000 + i)
		var scores [feature.MaxOutputs]float32
		read.Score(append(features, 12345), &scores)
		if (scores[0] > 0) != yes {
			t.Errorf("post %d: score %f, want yes %t", i, scores[0], yes)
		}
	}
}

func TestDamagedModelsAreRefused(t *testing.T) {
	t.Parallel()
	lexicon := feature.MakeLexicon([]feature.Entry{{Lang: "en", Phrase: "good", Value: 20}})
	head := (&feature.Head{Outputs: 1, Buckets: 1, Units: []float32{1}, Biases: []float32{0}, Table: make([]byte, 12)}).Append(nil)
	if _, _, err := feature.ReadHead(head); err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		cut := rapid.IntRange(0, len(head)-1).Draw(t, "cut")
		if _, _, err := feature.ReadHead(head[:cut]); hearth.ErrorCode(err) != hearth.Damaged {
			t.Errorf("a head of %d of %d bytes: %v", cut, len(head), err)
		}
		cut = rapid.IntRange(0, len(lexicon)-1).Draw(t, "cut")
		if _, err := feature.ReadLexicon(lexicon[:cut]); hearth.ErrorCode(err) != hearth.Damaged {
			t.Errorf("a lexicon of %d of %d bytes: %v", cut, len(lexicon), err)
		}
	})
}
