package e2e_test

import (
	"fmt"
	"testing"
	"time"

	"hearth/client"
)

// crisis lets the crisis of the demo's world begin and waits until it is an
// alert. The monitor is the one that the world is known for.
func (w *world) crisis(t *testing.T) client.Alert {
	t.Helper()
	if err := w.listen(t.Context()); err != nil {
		t.Fatal(err)
	}
	monitors, err := w.api.Monitors(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var safety int64
	for _, m := range monitors {
		if m.Name == "Ember One safety" {
			safety = m.ID
		}
	}
	deadline := time.NewTimer(2 * time.Minute)
	defer deadline.Stop()
	for {
		if err := w.burst(t.Context(), 100); err != nil {
			t.Fatal(err)
		}
		page, err := w.api.Alerts(t.Context(), client.AlertSearch{Monitor: safety, Same: true})
		if err != nil {
			t.Fatal(err)
		}
		if len(page.Alerts) > 0 {
			return page.Alerts[0]
		}
		select {
		case <-deadline.C:
			t.Fatal("the crisis of the demo raises no alert")
		case <-time.After(500 * time.Millisecond):
		}
	}
}

// TestAnAlertBecomesAnIncident: the brewing crisis of the demo's world raises
// an alert; somebody reads why, judges it, makes an incident of it, works the
// checklist, drafts, and closes it with a report.
func TestAnAlertBecomesAnIncident(t *testing.T) {
	visit(t) // says why there is no browser
	w := &world{}
	if err := w.build(browserPath()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.end)
	w.own(t)
	if _, err := w.api.AddChannel(t.Context(), client.ChannelDraft{Kind: "webhook", Name: "Ticket system", Address: "https://hooks.acme.example/in", Class: "act"}); err != nil {
		t.Fatal(err)
	}
	tb := w.look(t, desk, "light")
	tb.signIn()
	tb.open("/alerts")
	tb.shot("alerts-none")
	tb.accessible()
	one := w.crisis(t)
	path := fmt.Sprintf("/alerts/%d", one.ID)
	if one.SameAs != 0 {
		path = fmt.Sprintf("/alerts/%d", one.SameAs) // told for the monitor that saw it first
	}
	t.Log(one.Evidence.Sentence)

	tb.open("/alerts")
	tb.until(`document.querySelectorAll(".events > li").length > 0`)
	tb.key("j")
	tb.until(`document.querySelector(".events > li.at")`)
	tb.open(path)
	tb.until(`document.querySelectorAll(".stream .post").length > 0`)
	tb.click(`#vote [value=useful]`)
	tb.until(`location.search.includes("did=voted")`)
	tb.settle()
	tb.key("i")
	tb.until(`location.pathname === "/incidents/1" && document.querySelector(".did")`)
	tb.settle()

	tb.click(`.step`)
	tb.until(`document.querySelector(".steps .done")`)
	tb.settle()
	eval[any](tb, `document.querySelector(".note-form textarea").value = "Quality management knows since ten past two."; 0`)
	tb.submit(".note-form")
	tb.until(`document.querySelector(".timeline .note")`)
	tb.settle()
	tb.click(`[action='/publishing'] [value=pause]`)
	tb.until(`document.querySelector("[action='/publishing'] [value=resume]")`)
	tb.settle()
	tb.sound()
	tb.accessible()

	for _, d := range []device{desk, phone, {"narrow", 320, 640}} {
		for _, theme := range []string{"light", "dark"} {
			if d.name == "narrow" && theme == "dark" {
				continue
			}
			t.Run(d.name+"-"+theme, func(t *testing.T) {
				other := w.look(t, d, theme)
				other.signIn()
				for _, p := range []struct{ name, path string }{
					{"alerts", "/alerts"}, {"alert", path}, {"incidents", "/incidents?new=1"}, {"incident", "/incidents/1"}, {"watching", "/watching"}, {"rule", "/watching/5"}, {"notices", "/notices"}, {"channels", "/settings/channels?new=webhook"}, {"channel", "/settings/channels/1"},
				} {
					other.open(p.path)
					other.shot(p.name)
					other.sound()
					other.accessible()
				}
			})
		}
	}

	tb.click(`[value=resume]`)
	tb.until(`document.querySelector("[action='/publishing'] [value=pause]")`)
	tb.settle()
	tb.click(`button[value=closed]`)
	tb.until(`document.querySelector("textarea[name=report]")?.value.includes("What went well:")`)
	tb.settle()
	tb.shot("closed")
	tb.sound()
	tb.accessible()
}
