package e2e_test

import (
	"strconv"
	"testing"

	"hearth/client"
)

// TestARoomFollowsWhatOthersDo: while somebody writes at an incident, a
// colleague ticks steps, notes and changes the level. It all shows without a
// reload, and what was being written stays.
func TestARoomFollowsWhatOthersDo(t *testing.T) {
	visit(t) // says why there is no browser
	w := &world{}
	if err := w.build(browserPath()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.end)
	w.own(t)
	one, err := w.api.OpenIncident(t.Context(), client.IncidentDraft{Title: "Lids <b>come</b> off"})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range []device{desk, phone} {
		tb := w.look(t, d, "light")
		tb.signIn()
		tb.open("/incidents/1")
		tb.until(`document.querySelector(".room-here").textContent !== ""`)
		eval[any](tb, `document.body.dataset.same = "1"; document.querySelector("#room-statement textarea").value = "We are looking into it."; document.querySelector(".note-form textarea").value = "half a note"; 0`)
		before := eval[int](tb, `document.querySelectorAll(".steps .done").length`)
		step := one.Runbook[before].Text
		if _, err := w.api.MarkIncident(t.Context(), one.ID, client.IncidentMark{Step: before + 1, Text: step, Done: true}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.api.NoteIncident(t.Context(), one.ID, "Told by a colleague on "+d.name); err != nil {
			t.Fatal(err)
		}
		tb.until(`document.querySelectorAll(".steps .done").length === ` + strconv.Itoa(before+1))
		tb.until(`!document.querySelector("#timeline-news .fresh").hidden || document.querySelector("#room-timeline").textContent.includes("on ` + d.name + `")`)
		tb.sound()
		tb.accessible()
		tb.shot("room-news-" + d.name)
		eval[any](tb, `document.querySelector("#timeline-news .fresh:not([hidden])")?.click(); 0`)
		tb.until(`document.querySelector("#room-timeline").textContent.includes("Told by a colleague on ` + d.name + `")`)
		if kept := eval[string](tb, `[document.body.dataset.same, document.querySelector("#room-statement textarea").value, document.querySelector(".note-form textarea").value].join("|")`); kept != "1|We are looking into it.|half a note" {
			t.Errorf("%s: of what was written there is %q", d.name, kept)
		}
		// Others only ticked and noted, so saving this text is no conflict.
		tb.submit("#room-statement")
		tb.until(`document.querySelector(".did")`)
		tb.settle()
		tb.sound()
		eval[any](tb, `const s = document.querySelector("#room-statement textarea"); s.value = ""; s.closest("form").requestSubmit(); 0`)
		tb.until(`document.querySelector("#room-statement textarea")?.value === ""`)
		tb.settle()
		tb.shot("room-" + d.name)
	}
}
