package e2e_test

import (
	"testing"

	"hearth/client"
)

// TestModelsAreTaughtAndPostsJudgedAgain: people judge posts drawn by chance, a version
// is made of it and switched on, what it would change is tried, done, and undone.
func TestModelsAreTaughtAndPostsJudgedAgain(t *testing.T) {
	visit(t) // says why there is no browser
	w := &world{}
	if err := w.build(browserPath()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.end)
	w.own(t)
	for range 3 {
		check, err := w.api.StartCheck(t.Context(), client.CheckDraft{Monitor: 1, Field: "sentiment"})
		if err != nil {
			t.Fatal(err)
		}
		for i, d := range check.Posts {
			if _, err := w.api.AnswerCheck(t.Context(), check.ID, client.CheckAnswer{Place: d.Place, Answer: []string{"negative", "neutral", "negative", "positive"}[i%4]}); err != nil {
				t.Fatal(err)
			}
		}
	}
	tb := w.look(t, desk, "light")
	tb.signIn()
	tb.open("/settings/models")
	tb.click("button[value=make]")
	tb.until(`document.querySelector(".taught .taught-finding")`)
	tb.settle()
	tb.click(".taught button[name=version]")
	tb.until(`document.querySelector(".did button") && document.querySelector(".taught .chip.tagged")`)
	tb.settle()
	tb.open("/settings/reanalysis")
	tb.click(`.again-form button:not([formaction])`)
	tb.until(`document.querySelector("#trial")`)
	tb.settle()
	tb.shot("trial")
	tb.click(`.again-form button[formaction]`)
	tb.until(`location.pathname === "/settings/reanalysis/1" && document.querySelector(".dot.good") && document.querySelector(".again-table")`)
	tb.settle()
	for _, d := range []device{desk, phone, {"narrow", 320, 640}} {
		for _, theme := range []string{"light", "dark"} {
			if d.name == "narrow" && theme == "dark" {
				continue
			}
			tb := w.look(t, d, theme)
			tb.signIn()
			for name, path := range map[string]string{
				"models": "/settings/models", "model": "/settings/models/sentiment", "agains": "/settings/reanalysis/try?monitor=1", "again": "/settings/reanalysis/1",
			} {
				tb.open(path)
				tb.shot(name + "-" + d.name + "-" + theme)
				if name == "models" {
					eval[any](tb, `document.querySelector("#taught").scrollIntoView(); 0`)
					tb.shot("taught-" + d.name + "-" + theme)
				}
				if name == "agains" {
					eval[any](tb, `document.querySelector("#trial").scrollIntoView(); 0`)
					tb.shot("tried-" + d.name + "-" + theme)
				}
				if name == "again" {
					eval[any](tb, `document.querySelector("#again-what").scrollIntoView(); 0`)
					tb.shot("changed-" + d.name + "-" + theme)
				}
				tb.accessible()
				tb.sound()
			}
		}
	}
	tb.click("button[value=undo]")
	tb.until(`document.querySelector(".dot.wait")`)
	tb.settle()
}
