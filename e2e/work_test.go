package e2e_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestWhatAPersonBringsIsSortedComparedSavedAndTakenBack: a file comes in
// through the browser, which says what it refuses; a list becomes part of a
// monitor; two monitors are compared, and a share leads to its posts; a backup is
// made; and the file is taken back.
func TestWhatAPersonBringsIsSortedComparedSavedAndTakenBack(t *testing.T) {
	_, tb := private(t)
	file := filepath.Join(t.TempDir(), "posts.ndjson")
	text := `{"network":"demo","id":"1","text":"The Morrow kettle is wonderful, I love it.","author":{"id":"a","handle":"ann.example"},"published":"2026-11-01T10:00:00Z"}
{"network":"demo","id":"2","text":"My Morrow kettle leaks, what a disappointment.","author":{"id":"b","handle":"ben.example"},"published":"2026-11-02T10:00:00Z"}
{"network":"demo","id":"3","text":"Does the Tessel toaster fit two slices?","author":{"id":"c","handle":"cat.example"},"published":"2026-11-03T10:00:00Z"}
this is no post
`
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}

	tb.open("/settings/data")
	tb.put("#file", file)
	tb.submit("form[enctype]")
	tb.until(`location.pathname.startsWith("/settings/data/") && document.querySelector("#import [name=do][value=accept], #import [name=do][value=import]")`)
	tb.shot("looked-through")
	tb.accessible()
	tb.do(chromedp.Click(chromedp.CSS(`#import [name=do][value=accept], #import [name=do][value=import]`)))
	tb.until(`document.querySelector("#import [name=do][value=undo]")`)
	tb.shot("imported")
	tb.accessible()
	imported := eval[string](tb, `location.pathname`)

	tb.open("/lists/new")
	tb.fill("name", "kettles")
	eval[any](tb, `document.querySelector("main textarea").value = "morrow\nkettle"; 0`)
	tb.submit("main form.edit")
	tb.until(`location.pathname === "/lists" && document.querySelector(".did")`)
	tb.settle()
	tb.shot("list")
	tb.accessible()

	for name, q := range map[string]string{"Kettles": `list:"kettles"`, "Toasters": "tessel"} {
		tb.open("/monitors/new")
		tb.fill("name", name)
		eval[any](tb, `(() => { const f = document.querySelector("textarea[name=q]"); f.focus(); f.value = `+"`"+q+"`"+`; f.dispatchEvent(new Event("input", {bubbles: true})); })(); 0`)
		tb.until(`document.querySelector("#preview .stat-value")`)
		tb.settle()
		tb.submit(".edit")
		tb.until(`document.querySelector(".did")`)
		tb.settle()
	}
	tb.open("/mentions?period=all&q=list:%22kettles%22")
	tb.until(`document.querySelectorAll(".posts > .post").length === 2`)

	tb.open("/compare?period=all")
	tb.until(`document.querySelector(".voice a[href]")`)
	tb.shot("compared")
	tb.accessible()
	tb.open(eval[string](tb, `[...document.querySelectorAll(".voice-posts a")].map((a) => a.getAttribute("href"))[0]`))
	tb.until(`document.querySelectorAll(".posts > .post").length > 0`)

	tb.open("/settings/data")
	tb.fill("directory", t.TempDir())
	tb.submit("section[aria-labelledby=backups] form.edit")
	tb.until(`document.querySelector("#making .jobs .dot.good")`)
	tb.shot("backed-up")
	tb.accessible()

	tb.open(imported)
	tb.do(chromedp.Click(chromedp.CSS(`#import [name=do][value=undo]`)))
	tb.until(`document.readyState === "complete" && !document.querySelector("#import [name=do][value=undo]")`)
	tb.settle()
	tb.open("/mentions?period=all")
	tb.until(`document.querySelectorAll(".posts > .post").length === 0`)
	tb.sound()
}
