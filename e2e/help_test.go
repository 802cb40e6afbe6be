package e2e_test

import (
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// TestHelpIsOneKeyAway: from a page to its chapter, by search to a section, and
// to a route of the API that is tried.
func TestHelpIsOneKeyAway(t *testing.T) {
	w := visit(t)
	tb := w.look(t, desk, "light")
	tb.open("/sources")
	tb.key("h")
	tb.until(`location.pathname === "/help/sources" && document.querySelector(".prose h1")`)
	tb.open("/help")
	tb.do(chromedp.SendKeys(chromedp.CSS(`.help-search input`), "wildcard"))
	tb.until(`document.querySelector(".found a")?.getAttribute("href") === "/help/query#wildcards"`)
	tb.do(chromedp.Click(chromedp.CSS(`.found a`)))
	tb.until(`location.hash === "#wildcards" && document.querySelector(":target")`)
	tb.sound()

	// What is sent is what was filled in; the answer is shown as text.
	tb.open("/api/docs/monitors")
	eval[any](tb, `window.fetch = async (a, r) => { window.sent = r.method + " " + a + " " + r.headers.Authorization; return new Response('{"name":"<b>x</b>"}'); };
		document.querySelector("[data-try-key] input").value = "hk_invented";
		const f = document.querySelector("form[data-method=GET][data-path='/api/monitors/{id}']"); f.closest("details").open = true; f.elements.id.value = "1/2"; f.requestSubmit(); 0`)
	tb.until(`document.querySelector(".api-answer:not([hidden]) code")?.textContent.includes("<b>x</b>")`)
	if sent := eval[string](tb, `window.sent`); sent != "GET /api/monitors/1%2F2 Bearer hk_invented" {
		t.Errorf("%s was sent", sent)
	}
	tb.sound()
}

// TestAPageOnPaperHasNoButtons and nothing of the frame.
func TestAPageOnPaperHasNoButtons(t *testing.T) {
	w := visit(t)
	tb := w.look(t, desk, "dark")
	tb.open("/mentions")
	if err := call(tb.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"}); err != nil {
		t.Fatal(err)
	}
	shown := eval[[]string](tb, `[...document.querySelectorAll("button, .button, .rail, .bottom, .bar")].filter((e) => e.checkVisibility()).map((e) => e.outerHTML.slice(0, 80))`)
	if len(shown) > 0 {
		t.Errorf("on paper stand %q", shown)
	}
	if n := eval[int64](tb, `[...document.querySelectorAll(".post")].filter((e) => e.checkVisibility()).length`); n < 10 {
		t.Errorf("only %d posts are on paper", n)
	}
	tb.shot("paper")
}
