package e2e_test

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestAPersonCorrectsByOneKey: the post stays where it is, filters and numbers
// follow, and it is taken back.
func TestAPersonCorrectsByOneKey(t *testing.T) {
	visit(t) // says why there is no browser
	w := &world{}
	if err := w.build(browserPath()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.end)
	w.own(t)
	tb := w.look(t, desk, "light")
	tb.signIn()
	corrected := func() int64 {
		tb.open("/mentions?period=all&q=corrected:yes")
		return eval[int64](tb, `document.querySelectorAll(".posts > .post").length`)
	}
	before := corrected()
	tb.open("/mentions?period=all&q=sentiment:neutral")
	tb.key("j")
	tb.until(`document.querySelector(".post.at")`)
	link := eval[string](tb, `document.querySelector(".post.at .open").getAttribute("href")`)
	tb.key("3")
	tb.until(`document.querySelector(".post.at .feeling.negative") && document.querySelector(".post.at .quick-done")`)
	tb.shot("corrected")
	tb.accessible()
	tb.sound()
	if got := eval[string](tb, `document.querySelector(".post.at .open").getAttribute("href")`); got != link {
		t.Errorf("the reader is at %s, was at %s", got, link)
	}
	tb.key("z")
	tb.until(`document.querySelector(".post.at .feeling.neutral") && !document.querySelector(".post.at .corrected")`)
	tb.key("1")
	tb.until(`document.querySelector(".post.at .feeling.positive")`)
	if n := corrected(); n != before+1 {
		t.Errorf("%d corrected posts are found, were %d", n, before)
	}

	// On its page it says who said so; there it is taken back.
	for _, d := range []device{desk, phone} {
		for _, theme := range []string{"light", "dark"} {
			tb := w.look(t, d, theme)
			tb.signIn()
			tb.open(link)
			tb.until(`document.querySelector(".say-machine")`)
			tb.do(chromedp.Click(chromedp.CSS(`.say-history summary`)))
			eval[any](tb, `document.querySelector(".says").scrollIntoView(); 0`)
			tb.shot("says-" + d.name + "-" + theme)
			tb.accessible()
			tb.sound()
			tb.open("/mentions?period=all")
			tb.do(chromedp.Click(chromedp.CSS(`summary:has(+ .tag-all)`)))
			tb.shot("all-" + d.name + "-" + theme)
			tb.accessible()
			tb.sound()
		}
	}
	tb.open(link)
	tb.do(chromedp.Click(chromedp.CSS(`.say-machine button`)))
	tb.until(`!document.querySelector(".say-machine") && document.querySelector(".did")`)
	tb.settle()
	if n := corrected(); n != before {
		t.Errorf("taken back, %d corrected posts are found, were %d", n, before)
	}

	// Twenty posts drawn by chance are judged, by one key each.
	tb.open("/monitors/1/accuracy")
	tb.do(chromedp.Click(chromedp.CSS(`button[name=field][value=sentiment]`)))
	tb.until(`document.querySelector(".check-say")`)
	tb.settle()
	check := eval[string](tb, `location.pathname + location.search`)
	for i := range 6 {
		tb.key("123"[i%3 : i%3+1])
		tb.until(fmt.Sprintf(`document.querySelector(".check-far progress").value === %d && document.querySelector(".did")`, i+1))
		tb.settle()
	}
	for _, d := range []device{desk, phone} {
		for _, theme := range []string{"light", "dark"} {
			tb := w.look(t, d, theme)
			tb.signIn()
			for name, path := range map[string]string{"check": check, "accuracy": "/monitors/1/accuracy"} {
				tb.open(path)
				tb.shot(name + "-" + d.name + "-" + theme)
				tb.accessible()
				tb.sound()
			}
		}
	}
}
