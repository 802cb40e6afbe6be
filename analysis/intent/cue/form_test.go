package cue_test

import (
	"testing"

	"hearth/analysis/feature"
	"hearth/analysis/intent/cue"
	"hearth/text"
)

func TestFormsOfEnglishSuggestions(t *testing.T) {
	t.Parallel()
	cues, err := cue.New()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		text string
		want int
	}{
		{"Allow guests to book a table for two.", cue.Ordered},
		{"The menu is long. And also add a vegan dish.", cue.Ordered},
		{"Give us a map of the pitches", cue.Ordered},
		{"Please at least show the price before the last page", cue.Asked},
		{"It would really be very nice if the lamp had a dimmer.", cue.Nice},
		{"If the lid closed by itself it would be great", cue.Nice},
		{"A lid that closes by itself would be great", cue.Nice},
		{"It will be useful if the kettle beeps", cue.Nice},
		{"There should be a way to pause the delivery.", cue.Should},
		{"The ferry should also have a ramp.", cue.Should},
		{"I'd love to see a smaller bottle", cue.Liking},
		{"Could you add a bench by the pier?", cue.Could},
		{"The queue could be shortened and improved", 0},
		{"The timetable could be improved", cue.Improved},
		{"We need a bigger locker", cue.Needing},
		{"The doors should close slower", cue.Ought},

		{"That would be great.", 0},
		{"Support your local library", 0},
		{"Add me on the other network", 0},
		{"Let me know when you are there", 0},
		{"Please tell me when it opens", 0},
		{"I should sleep more", 0},
		{"They should have known", 0},
		{"The bridge opens at nine and closes at ten.", 0},
		{"", 0},
	} {
		var (
			doc   text.Doc
			words feature.Words
		)
		doc.Add(text.Text, c.text)
		words.Read(&doc)
		if got := cues.Read(&doc, words.List, feature.LangHash("en")).Forms; got&c.want != c.want || c.want == 0 && got != 0 {
			t.Errorf("%q has the forms %b, want %b", c.text, got, c.want)
		}
		if got := cues.Read(&doc, words.List, feature.LangHash("de")).Forms; got != 0 {
			t.Errorf("%q has the forms %b when it is not English", c.text, got)
		}
	}
}
