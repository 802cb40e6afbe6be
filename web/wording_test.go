package web_test

import (
	"strings"
	"testing"

	"hearth"
	"hearth/alert"
	"hearth/web"
)

// TestWhatLeavesByItselfIsWordedInEveryLanguage: no English word is left, numbers
// are written as the language does, and names stay as they are.
func TestWhatLeavesByItselfIsWordedInEveryLanguage(t *testing.T) {
	t.Parallel()
	wording, err := web.ReadWording()
	if err != nil {
		t.Fatal(err)
	}
	evidence := &alert.Evidence{Kinds: []alert.Kind{alert.Volume, alert.Negative, alert.Drift}, Minutes: 60, Count: 12345, Ratio: 6.5, Expected: 1900, Part: 0.4, Usual: 0.1,
		Terms: []alert.Term{{Text: "zwqx"}}, Authors: []alert.Voice{{Handle: "zwqx", Followers: 54321}}}
	about := alert.Facts{Subject: "Zwqx", Alert: evidence}
	changes := []alert.Fact{{What: alert.FactStatus, From: "open", To: "mitigated"}, {What: alert.FactGrew, To: "act", N: 4321}, {What: alert.FactOwner}, {What: alert.FactOver}}
	for _, lang := range []string{"de", "fi", "zh"} {
		foreign := englishOnly(t, lang)
		for name, e := range map[string]alert.Event{
			"an alert":                {Type: alert.AlertRaised, Class: alert.Act, Title: "More than usual: Zwqx", Text: "12,345 posts in the hour", Facts: about},
			"a crisis":                {Type: alert.AlertChanged, Class: alert.AllHands, Title: "All hands: Zwqx", Text: "12,345 posts in the hour", Facts: about},
			"one that is over":        {Type: alert.AlertOver, Class: alert.Watch, Title: "Over: Zwqx", Text: "12,345 posts in the hour", Facts: about},
			"an incident":             {Type: alert.IncidentChanged, Class: alert.Act, Title: "Incident changed: Zwqx", Text: "Status: mitigated, was open.", Facts: alert.Facts{Subject: "Zwqx", Changes: changes}},
			"publishing":              {Type: alert.IncidentChanged, Class: alert.Act, Title: "All scheduled publishing is held back.", Facts: alert.Facts{Changes: []alert.Fact{{What: alert.FactPaused}}}},
			"a source":                {Type: alert.SourceFailed, Class: alert.Act, Title: "A source needs you: Zwqx", Text: "There is no mail server configured.", Facts: alert.Facts{Subject: "Zwqx"}},
			"one that works":          {Type: alert.SourceRecovered, Class: alert.Act, Title: "A source works again", Facts: alert.Facts{Subject: "Zwqx"}},
			"a mention":               {Type: alert.MentionCreated, Title: "New mention on zwqx by @zwqx", Text: "zwqx", Post: &hearth.Post{Text: "zwqx"}},
			"one of an older version": {Type: alert.AlertRaised, Title: "More than usual: Zwqx"},
		} {
			title, text := wording.Event(lang, &e)
			if title == "" || strings.ContainsAny(title+text, "\u2068\u2069") || len(e.Text) > 0 && text == "" && name != "a source" {
				t.Errorf("%s in %s: %q, %q", name, lang, title, text)
			}
			if e.Facts.Subject != "" && !strings.Contains(title, "Zwqx") {
				t.Errorf("%s in %s is called %q", name, lang, title)
			}
			for _, word := range wordsOf(title + " " + text) {
				if key := foreign[word]; key != "" {
					t.Errorf("%s in %s says %q of %s: %q, %q", name, lang, word, key, title, text)
				}
			}
			if want := map[string]string{"de": "12.345", "fi": "12\u00a0345", "zh": "12,345"}[lang]; e.Facts.Alert != nil && !strings.Contains(text, want) {
				t.Errorf("%s in %s writes numbers otherwise: %q", name, lang, text)
			}
		}
	}
	if _, text := wording.Event("de", &alert.Event{Type: alert.MentionCreated, Title: "New mention on x", Text: "It was cancelled.", Post: &hearth.Post{}}); text != "It was cancelled." {
		t.Errorf("what a person wrote is translated: %q", text)
	}
}
