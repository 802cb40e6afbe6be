package e2e_test

import (
	"context"
	_ "embed"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// tab is a page that somebody looks at.
type tab struct {
	t   *testing.T
	w   *world
	ctx context.Context

	mu         sync.Mutex
	complaints []string // what the browser complained of
	expected   string   // a complaint that a walk provokes; "": none
}

// device is what somebody looks with.
type device struct {
	name          string
	width, height int64
}

var (
	desk  = device{"desk", 1440, 900}
	phone = device{"phone", 390, 844}
)

// cutOff is what the browser says of the manifest's icon when a page is left while the
// icon is on its way. TestADeviceTellsWhatHappens looks at the icons themselves.
const cutOff = "(Download error or resource isn't a valid image)"

// patience is how long anything may take on a machine that does much else.
const patience = time.Minute

// look opens a browser of its own: one that is shared draws the tab in front
// only, and the others do not answer. At the end of the test it must have had no complaint.
func (w *world) look(t *testing.T, d device, theme string) *tab {
	t.Helper()
	browser, closeBrowser := chromedp.NewExecAllocator(context.Background(),
		chromedp.ExecPath(w.chromium), chromedp.NoSandbox, chromedp.Headless, chromedp.DisableGPU, chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck,
		chromedp.Flag("hide-scrollbars", true), chromedp.WSURLReadTimeout(patience))
	ctx, leave := chromedp.NewContext(browser)
	t.Cleanup(func() { leave(); closeBrowser() })
	if err := chromedp.Do(ctx); err != nil { // without a deadline: it would end the browser
		t.Fatal(err)
	}
	tb := &tab{t: t, w: w, ctx: ctx}
	tb.do(chromedp.EmulateViewport(d.width, d.height, func(p *emulation.SetDeviceMetricsOverrideParams, touch *emulation.SetTouchEmulationEnabledParams) {
		p.Mobile, touch.Enabled = d == phone, d == phone
	}))
	if err := call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: theme}, {Name: "prefers-reduced-motion", Value: "reduce"},
	}}); err != nil {
		t.Fatal(err)
	}
	// Breaches of the policy, and how much the layout moves, from the first
	// script on.
	const watch = `window.breaches = []; document.addEventListener("securitypolicyviolation", (e) => window.breaches.push(e.violatedDirective + " " + e.blockedURI + " " + e.sample));
window.moved = 0; window.movers = []; window.touched = -1000;
  const place = (r) => [r.x, r.y, r.width, r.height].map(Math.round).join(" ");
const called = (n) => n ? n.nodeName + (n.id ? "#" + n.id : "") + (n.className ? "." + n.className : "") : "what is gone";
new PerformanceObserver((l) => l.getEntries().forEach((e) => {
  if (e.hadRecentInput || Math.abs(e.startTime - window.touched) < 500) return; // as somebody's own click
  window.moved += e.value;
  e.sources.forEach((s) => window.movers.push(e.value.toFixed(3) + " after " + Math.round(e.startTime) + " ms: " + called(s.node) + " from " + place(s.previousRect) + " to " + place(s.currentRect)));
})).observe({type: "layout-shift", buffered: true});`
	if err := call(ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: watch}); err != nil {
		t.Fatal(err)
	}
	messages := chromedp.Console(ctx)
	go func() {
		for m, err := range messages {
			if err != nil {
				return
			}
			if !m.IsException() && m.Type != chromedp.ConsoleError && m.Type != chromedp.ConsoleWarning {
				continue
			}
			if c := m.String() + " at " + m.URL; !strings.Contains(c, cutOff) {
				tb.complain(c)
			}
		}
	}()
	t.Cleanup(func() {
		tb.mu.Lock()
		defer tb.mu.Unlock()
		for _, c := range tb.complaints {
			if tb.expected != "" && strings.Contains(c, tb.expected) {
				continue
			}
			t.Error("the browser complains: " + c)
		}
	})
	return tb
}

// call sends a command of the protocol.
func call[P, R any](ctx context.Context, c cdp.Command[P, R], params P) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	_, err := chromedp.Call(ctx, c, params)
	return err
}

func (tb *tab) complain(c string) {
	tb.mu.Lock()
	defer tb.mu.Unlock()
	tb.complaints = append(tb.complaints, c)
}

func (tb *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	tb.t.Helper()
	ctx, cancel := context.WithTimeout(tb.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		tb.t.Fatal(err)
	}
}

// open goes to a page and waits until everything on it is there.
func (tb *tab) open(path string) {
	tb.t.Helper()
	tb.do(chromedp.Navigate(tb.w.address + path))
	tb.settle()
}

// settle waits until nothing is on its way any more.
func (tb *tab) settle() {
	tb.t.Helper()
	tb.until(`document.readyState === "complete" && !document.querySelector(".figures-wait, .skeleton.fill, .htmx-request")`)
}

// until waits for a condition, written in JavaScript.
func (tb *tab) until(condition string) {
	tb.t.Helper()
	for deadline := time.NewTimer(patience); ; {
		if ok, err := chromedp.Run(tb.ctx, chromedp.Evaluate[bool]("Boolean("+condition+")")); err == nil && ok {
			return
		}
		select {
		case <-deadline.C:
			tb.shot("failed")
			tb.t.Fatalf("at %s this does not come true: %s", eval[string](tb, "location.href"), condition)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// eval is the value of an expression in JavaScript.
func eval[T any](tb *tab, expression string) T {
	tb.t.Helper()
	v, err := chromedp.Run(tb.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		tb.t.Fatalf("%.100s: %v", expression, err)
	}
	return v
}

// act does something to an element, once the page is there and has it.
func (tb *tab) act(element, what string) {
	tb.t.Helper()
	tb.until(`document.readyState === "complete" && ` + element)
	eval[any](tb, "window.touched = performance.now(); "+element+"."+what+"; 0")
}

// click clicks on the first element that a selector finds.
func (tb *tab) click(selector string) {
	tb.t.Helper()
	tb.act(`document.querySelector("`+selector+`")`, "click()")
}

// fill writes into the field of a form.
func (tb *tab) fill(name, text string) {
	tb.t.Helper()
	if strings.ContainsAny(name+text, "'\\") {
		tb.t.Fatal("this cannot be written into a script")
	}
	tb.act(`document.querySelector("main [name='`+name+`']")`, `value = '`+text+`'`)
}

// put chooses a file of this machine.
func (tb *tab) put(field, path string) {
	tb.t.Helper()
	tb.do(chromedp.SetUploadFiles(chromedp.CSS(field), []string{path}))
}

// submit sends a form.
func (tb *tab) submit(form string) {
	tb.t.Helper()
	tb.do(chromedp.WaitVisible(chromedp.CSS(form)))
	tb.act(`document.querySelector("`+form+`")`, "requestSubmit()")
}

// key presses keys as if on the page.
func (tb *tab) key(keys string) {
	tb.t.Helper()
	tb.do(chromedp.KeyEvent(keys))
}

// shot keeps a picture.
func (tb *tab) shot(name string) {
	tb.t.Helper()
	picture, err := chromedp.Run(tb.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		tb.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(tb.t.ArtifactDir(), name+".png"), picture, 0o644); err != nil {
		tb.t.Fatal(err)
	}
}

//go:embed testdata/axe.min.js
var axe string

// accessible looks the page through by the rules of WCAG 2.2 AA.
func (tb *tab) accessible() {
	tb.t.Helper()
	eval[any](tb, axe+";0")
	found := eval[[]string](tb, `axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]})
		.then((r) => r.violations.map((v) => v.id + ": " + v.help + " — " + v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160) + " " + (n.any[0]?.message || n.failureSummary || "")).join(" | ")))`)
	for _, f := range found {
		tb.t.Errorf("axe at %s: %s", eval[string](tb, "location.pathname"), f)
	}
}

// sound checks what every page must hold: nothing broke the policy, nothing is
// wider than the window, nothing moved while it came.
func (tb *tab) sound() {
	tb.t.Helper()
	if breaches := eval[[]string](tb, "window.breaches"); len(breaches) > 0 {
		tb.t.Errorf("the policy was breached: %q", breaches)
	}
	if wide := eval[int64](tb, "document.documentElement.scrollWidth - document.documentElement.clientWidth"); wide > 0 {
		tb.t.Errorf("%s is %d px wider than the window", eval[string](tb, "location.pathname"), wide)
	}
	if squeezed := eval[[]string](tb, `[...document.querySelectorAll(".segments")].filter(s => s.clientWidth && s.clientWidth < 200 && s.scrollWidth > s.clientWidth).map(s => s.ariaLabel)`); len(squeezed) > 0 {
		tb.t.Errorf("there is no room to choose in %q of %s", squeezed, eval[string](tb, "location.pathname"))
	}
	if moved := eval[float64](tb, "window.moved"); moved > 0.1 {
		tb.t.Errorf("the layout of %s moved by %.3f: %s", eval[string](tb, "location.pathname"), moved, strings.Join(eval[[]string](tb, "window.movers"), "; "))
	}
}
