package e2e_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"hearth"
)

// pages are all pages there are, with a name for the picture.
var pages = []struct{ name, path string }{
	{"home", "/"},
	{"compare", "/compare"},
	{"voices", "/voices"},
	{"campaigns", "/campaigns?period=30d"},
	{"audience", "/audience"},
	{"lists", "/lists"},
	{"list-new", "/lists/new"},
	{"rule-new", "/lists/rules/new"},
	{"wall", "/wall"},
	{"mentions", "/mentions"},
	{"mentions-monitor", "/mentions?monitor=1&lang=de"},
	{"mentions-wrong", "/mentions?q=coffee+AND+sentimet:negative"},
	{"mentions-none", "/mentions?q=nobodysaysthis"},
	{"monitors", "/monitors"},
	{"monitor", "/monitors/1"},
	{"monitor-new", "/monitors/new?q=coffee+AND+late"},
	{"sources", "/sources"},
	{"source-new", "/sources/new?network=mastodon"},
	{"sign-in", "/sign-in"},
	{"status", "/status"},
	{"settings", "/settings"},
	{"jobs", "/settings/jobs"},
	{"help", "/help"},
	{"help-found", "/help?q=wildcard"},
	{"help-chapter", "/help/query#wildcards"},
	{"reference", "/api/docs"},
	{"reference-group", "/api/docs/monitors"},
	{"style", "/style"},
}

// TestEveryPageIsSoundAndAccessible: at a desk and on a phone, light and dark,
// and readable at 320 px.
func TestEveryPageIsSoundAndAccessible(t *testing.T) {
	w := visit(t)
	for _, d := range []device{desk, phone, {"narrow", 320, 640}} {
		for _, theme := range []string{"light", "dark"} {
			if d.name == "narrow" && theme == "dark" {
				continue
			}
			t.Run(d.name+"-"+theme, func(t *testing.T) {
				tb := w.look(t, d, theme)
				for _, p := range pages {
					tb.open(p.path)
					tb.shot(p.name)
					tb.sound()
					tb.accessible()
				}
			})
		}
	}
}

// TestAPersonExploresMentions by pointer.
func TestAPersonExploresMentions(t *testing.T) {
	w := visit(t)
	tb := w.look(t, desk, "light")
	tb.open("/mentions")
	tb.until(`document.querySelectorAll(".post").length >= 40`)

	// A monitor.
	eval[any](tb, `const s = document.querySelector("select[name=monitor]"); s.value = [...s.options].find((o) => o.text === "Kaffora").value; s.dispatchEvent(new Event("change", {bubbles: true})); 0`)
	tb.until(`location.search.includes("monitor=") && document.title.startsWith("Kaffora")`)
	tb.settle()

	// A facet, and what is shown has its value.
	tb.do(chromedp.Click(chromedp.CSS(`#f-lang + ul a`)))
	tb.until(`location.search.includes("lang=")`)
	tb.settle()
	lang := eval[string](tb, `document.querySelector(".chip.on bdi").textContent`)
	if wrong := eval[int64](tb, fmt.Sprintf(`[...document.querySelectorAll(".post .facts")].filter((f) => !f.textContent.includes(%q)).length`, lang)); wrong > 0 {
		t.Errorf("%d posts are not in %s", wrong, lang)
	}
	tb.do(chromedp.Click(chromedp.CSS(`.chip.on`)))
	tb.until(`!location.search.includes("lang=")`)
	tb.settle()

	// Older ones come below.
	before := eval[int64](tb, `document.querySelectorAll(".post").length`)
	tb.do(chromedp.Click(chromedp.CSS(`[data-older]`)))
	tb.until(fmt.Sprintf(`document.querySelectorAll(".post").length > %d`, before))
	if twice := eval[int64](tb, `(() => { const ids = [...document.querySelectorAll(".post")].map((p) => p.id); return ids.length - new Set(ids).size; })()`); twice > 0 {
		t.Errorf("%d posts are shown twice", twice)
	}

	// A post, in the sheet; it can be opened again below as well.
	tb.do(chromedp.Click(chromedp.CSS(`.post .open`)))
	tb.until(`document.getElementById("sheet").open && document.querySelector("#sheet .pairs")`)
	tb.shot("sheet")
	tb.accessible()
	tb.key(kb.Escape)
	tb.until(`!document.getElementById("sheet").open`)

	// A bar of the chart leads to its posts.
	href := eval[string](tb, `document.querySelector("#volume tbody a:not([href=''])").getAttribute("href")`)
	tb.open(href)
	tb.until(`document.querySelector(".chip.on")`)
	tb.sound()
}

// TestAQueryIsWrittenWithHelp: colours, offers, what is wrong and what it means.
func TestAQueryIsWrittenWithHelp(t *testing.T) {
	w := visit(t)
	tb := w.look(t, desk, "light")
	tb.open("/mentions")
	field := chromedp.CSS(`.query textarea`)
	tb.do(chromedp.SendKeys(field, "kaffora AND sentimet:x"))
	tb.until(`document.querySelector(".query-paint .bad")?.textContent.includes("sentimet") && document.querySelector("#reading .bad")`)
	tb.shot("wrong")
	eval[any](tb, `document.querySelector(".query textarea").value = ""; 0`)
	tb.do(chromedp.SendKeys(field, "kaffora AND senti"))
	tb.until(`!document.querySelector(".query-offers").hidden && document.querySelector(".query-offers li").textContent.startsWith("sentiment:")`)
	tb.key(kb.Tab)
	tb.do(chromedp.SendKeys(field, "neg"))
	tb.until(`document.querySelector(".query-offers li")?.textContent === "negative"`)
	tb.shot("offers")
	tb.key(kb.Enter)
	tb.until(`document.querySelector(".query textarea").value.trim() === "kaffora AND sentiment:negative" && document.querySelector("#reading .meaning")`)
	tb.key(kb.Enter)
	tb.until(`location.search.includes("q=kaffora")`)
	tb.settle()
	if other := eval[int64](tb, `document.querySelectorAll(".post .feeling:not(.negative)").length`); other > 0 {
		t.Errorf("%d posts are not negative", other)
	}
	if eval[int64](tb, `document.querySelectorAll(".post mark").length`) == 0 {
		t.Error("no word of the query is marked")
	}
	tb.sound()
}

// TestEverythingCanBeDoneWithKeys: without a pointer.
func TestEverythingCanBeDoneWithKeys(t *testing.T) {
	w := visit(t)
	tb := w.look(t, desk, "dark")
	tb.open("/mentions")
	tb.key("j")
	tb.key("j")
	tb.until(`document.querySelectorAll(".post")[1].classList.contains("at")`)
	tb.key("k")
	tb.until(`document.querySelectorAll(".post")[0].classList.contains("at")`)
	tb.key(kb.Enter)
	tb.until(`document.getElementById("sheet").open`)
	tb.key(kb.Escape)
	tb.until(`!document.getElementById("sheet").open`)
	tb.key("?")
	tb.until(`document.getElementById("keys").open`)
	tb.shot("keys")
	tb.accessible()
	tb.key(kb.Escape)
	tb.until(`!document.getElementById("keys").open`)
	tb.key("/")
	tb.until(`document.getElementById("palette").open && document.querySelector(".palette-items a")`)
	eval[any](tb, `document.querySelector("#palette input").select()`) // the protocol types the slash all the same
	tb.key("stat")
	tb.until(`document.querySelectorAll(".palette-items a")[1]?.getAttribute("href") === "/status"`)
	tb.shot("palette")
	tb.accessible()
	tb.key(kb.ArrowDown)
	tb.key(kb.ArrowDown)
	tb.key(kb.Enter)
	tb.until(`location.pathname === "/status"`)
	tb.settle()
	tb.key("g")
	tb.key("m")
	tb.until(`location.pathname === "/mentions"`)
	tb.settle()
	tb.sound()
}

// TestWhatIsNewAnnouncesItselfAndMovesNothing.
func TestWhatIsNewAnnouncesItselfAndMovesNothing(t *testing.T) {
	w := visit(t)
	tb := w.look(t, desk, "light")
	tb.open("/mentions?q=zanzibar")
	fresh := func(n int) hearth.Post {
		return hearth.Post{Network: "bluesky", ID: fmt.Sprintf("new-%s-%d", t.Name(), n), Text: "A zanzibar roast, please", Author: hearth.Author{ID: "z", Name: "Zora"}, Published: hearth.SystemClock()}
	}
	if err := w.bring(t.Context(), fresh(1)); err != nil {
		t.Fatal(err)
	}
	tb.until(`document.querySelector(".fresh:not([hidden])")?.textContent.trim() === "1 new"`)
	if n := eval[int64](tb, `document.querySelectorAll(".post").length`); n != 0 {
		t.Errorf("%d posts came in by themselves", n)
	}
	if err := w.bring(t.Context(), fresh(2), fresh(3)); err != nil {
		t.Fatal(err)
	}
	tb.until(`document.querySelector(".fresh:not([hidden])")?.textContent.trim() === "3 new"`)
	tb.shot("fresh")
	tb.key("n")
	tb.until(`document.querySelectorAll(".post").length === 3 && document.querySelector(".fresh").hidden`)
	tb.sound()
}

// TestEverythingReadsAndFormsWorkWithoutScript.
func TestEverythingReadsAndFormsWorkWithoutScript(t *testing.T) {
	w := visit(t)
	tb := w.look(t, desk, "light")
	if err := call(tb.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		t.Fatal(err)
	}
	tb.do(chromedp.Navigate(w.address+"/mentions"), chromedp.WaitVisible(chromedp.CSS(".post")))
	tb.do(chromedp.Click(chromedp.CSS(`#figures a`)), chromedp.WaitVisible(chromedp.CSS(`.facet a`)))
	tb.do(chromedp.SendKeys(chromedp.CSS(`.query textarea`), "kaffora"), chromedp.Click(chromedp.CSS(`.bar .button`)), chromedp.WaitVisible(chromedp.CSS(`.meaning`)))
	tb.do(chromedp.Click(chromedp.CSS(`.post .open`)), chromedp.WaitVisible(chromedp.CSS(`.detail .pairs`)))
	tb.shot("post")
	tb.do(chromedp.Click(chromedp.CSS(`.rail .menu summary`)), chromedp.SetValue(chromedp.CSS(`select[name=lang]`), "fi"), chromedp.SetValue(chromedp.CSS(`select[name=theme]`), "dark"),
		chromedp.Click(chromedp.CSS(`.rail .menu .look .button`)), chromedp.WaitVisible(chromedp.CSS(`html[lang=fi][data-theme=dark] .rail`)))
}

// hostileTexts would run, load or ask for something if they became markup.
var hostileTexts = []string{
	`<script>window.tripped=1</script>`, `"><img src=x onerror=window.tripped=1>`, `'><svg/onload=window.tripped=1>`, `javascript:window.tripped=1`,
	`</title><script>window.tripped=1</script>`, `</textarea><script>window.tripped=1</script>`, `<iframe srcdoc="<script>parent.tripped=1</script>">`,
	`<b hx-get="/trip" hx-trigger="load">x</b>`, `<b data-hx-get="/trip" data-hx-trigger="load">x</b>`, `<math><mtext><table><mglyph><style><img src=x onerror=window.tripped=1>`,
	`{{constructor.constructor('window.tripped=1')()}}`, `${window.tripped=1}`, `<details open ontoggle=window.tripped=1>`, `<a href="&#106;avascript:window.tripped=1" autofocus onfocus=window.tripped=1>x</a>`,
	`"]}'><script>window.tripped=1</script>`, `{a|window.tripped=1}`, `</script><script>window.tripped=1</script>`, `<!--><img src=x onerror=window.tripped=1>-->`,
	"\u202e<script>window.tripped=1</script>\u202c", `<style>@import"/trip"</style>`, `<meta http-equiv=refresh content="0;url=/trip">`, `<base href="/trip/">`, `<form action=/trip><button autofocus>x`,
}

// proves BR1, BR2 and BR3 in a browser: no text from outside runs, loads or
// asks for anything, wherever it is shown.
func TestHostilePostsRunNothing(t *testing.T) {
	w := visit(t)
	var posts []hearth.Post
	for i, s := range hostileTexts {
		posts = append(posts, hearth.Post{
			Network: "bluesky", ID: fmt.Sprintf("hostile-%d-%s", i, s), URL: s, Title: s, Text: "qqhostile " + s, Author: hearth.Author{ID: s, Handle: s, Name: s, URL: s},
			Item: s, Root: "hostile", Published: w.now.Add(-time.Duration(i) * time.Minute), Links: []string{s}, Hashtags: []string{s}, Tags: []string{s},
			Media: []hearth.Media{{Type: "image", URL: s, Alt: s}}, Sentiment: hearth.Negative, Intent: []hearth.Intent{hearth.Complaint},
		})
	}
	long := hearth.Post{Network: "bluesky", ID: "qqlong", Text: "qqlong " + strings.Repeat("W", 2000), Author: hearth.Author{ID: "qqlong", Name: strings.Repeat("N\u0301", 200)}}
	if err := w.bring(t.Context(), append(posts, long)...); err != nil {
		t.Fatal(err)
	}
	hand := w.look(t, phone, "dark")
	for _, path := range []string{"/mentions?q=qqlong&period=all", "/post?network=bluesky&id=qqlong"} {
		hand.open(path)
		hand.sound()
	}
	tb := w.look(t, desk, "light")
	tb.open("/mentions?q=qqhostile&period=all")
	if n := eval[int64](tb, `document.querySelectorAll(".post").length`); n != int64(len(posts)) {
		t.Fatalf("%d posts are shown, want %d", n, len(posts))
	}
	if seen := strings.Count(eval[string](tb, `document.body.textContent`), "tripped"); seen < 2*len(posts) {
		t.Errorf("the texts are shown %d times: the page is not filled with them", seen)
	}
	tb.shot("hostile")
	check := func(where string) {
		t.Helper()
		if eval[bool](tb, `Boolean(window.tripped)`) || eval[int64](tb, `performance.getEntriesByType("resource").map((e) => new URL(e.name).pathname).filter((p) => p.includes("trip") || p === "/x").length`) > 0 {
			t.Errorf("a text ran or loaded something at %s", where)
		}
		tb.sound()
	}
	check("mentions")
	links := eval[[]string](tb, `[...document.querySelectorAll(".post .open")].map((a) => a.getAttribute("href"))`)
	for i, link := range links {
		if i%4 == 0 {
			tb.open(link)
			check(link)
		}
	}
	tb.open("/mentions?q=qqhostile&period=all")
	tb.do(chromedp.Click(chromedp.CSS(`.post .open`)))
	tb.until(`document.querySelector("#sheet .pairs")`)
	check("the sheet")
}
