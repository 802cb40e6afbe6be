package e2e_test

import "testing"

// TestTheFirstMinutesOfANewHouse: by the one-time link somebody becomes the
// owner, writes a monitor with a look at what it would have heard, takes its
// removal back, signs out and in again.
func TestTheFirstMinutesOfANewHouse(t *testing.T) {
	visit(t) // says why there is no browser
	w := &world{}
	if err := w.begin(browserPath()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.end)
	link, err := w.api.SetUpLink(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	tb := w.look(t, desk, "light")
	tb.open(link.Path)
	tb.shot("set-up")
	tb.accessible()
	tb.fill("name", "ann")
	tb.fill("password", "a lamp beside the window")
	tb.submit("main form")
	tb.until(`location.pathname === "/"`)
	tb.settle()
	tb.shot("first-start")
	tb.accessible()

	tb.open("/monitors")
	tb.shot("monitors-none")
	tb.open("/monitors/new")
	tb.fill("name", "Coffee")
	eval[any](tb, `(() => { const f = document.querySelector("textarea[name=q]"); f.focus(); f.value = "coffee OR espresso"; f.dispatchEvent(new Event("input", {bubbles: true})); })(); 0`)
	tb.until(`document.querySelector("#preview .stat-value")`)
	tb.settle()
	tb.submit(".edit")
	tb.until(`location.pathname === "/monitors/1" && document.querySelector(".did")`)
	tb.settle()
	tb.shot("monitor-saved")
	tb.accessible()

	tb.open("/monitors")
	tb.click(`.tick input`)
	tb.click(`.bulk [value=remove]`)
	tb.until(`document.querySelector(".did [value=restore]")`)
	tb.shot("monitor-removed")
	tb.accessible()
	tb.click(`.did [value=restore]`)
	tb.until(`document.querySelector(".monitors .open")`)

	tb.click(`form[action='/sign-out'] button`)
	tb.until(`location.pathname === "/sign-in"`)
	tb.open("/monitors")
	tb.until(`location.pathname === "/sign-in"`)
	tb.fill("name", "ann")
	tb.fill("password", "a lamp beside the window")
	tb.submit("main form")
	tb.until(`location.pathname !== "/sign-in"`)
	tb.open("/monitors")
	tb.until(`document.querySelector(".monitors .open").textContent === "Coffee"`)
	tb.sound()
}
