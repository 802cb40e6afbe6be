package e2e_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/serviceworker"
	"github.com/chromedp/chromedp"
)

// fakeSubscription lets the browser subscribe though no message service is in
// reach: Chromium without Google's has none. The keys are those of RFC 8291,
// section 5.
const fakeSubscription = `(() => {
  const given = {endpoint: "https://push.acme.example/device", expirationTime: null, keys: {p256dh: "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4", auth: "BTBZMqHH6r4Tts7J_aSIgg"}};
  PushManager.prototype.subscribe = async function (options) {
    if (!options.userVisibleOnly || options.applicationServerKey.length !== 65 || options.applicationServerKey[0] !== 4) throw new Error("no key of P-256");
    window.localStorage.setItem("fake", "1");
    return {...given, options};
  };
  PushManager.prototype.getSubscription = async () => window.localStorage.getItem("fake") ? {...given, options: {}, unsubscribe: async () => { window.localStorage.removeItem("fake"); return true; }} : null;
})()`

// TestADeviceTellsWhatHappens: somebody lets their browser tell them, tries it,
// reads what it tells, and removes it; where there is no connection a page says
// so, and no page that was theirs is kept.
func TestADeviceTellsWhatHappens(t *testing.T) {
	visit(t) // says why there is no browser
	w := &world{}
	if err := w.begin(browserPath()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.end)
	w.own(t)
	for _, d := range []device{desk, phone} {
		t.Run(d.name, func(t *testing.T) {
			tb := w.look(t, d, map[device]string{desk: "light", phone: "dark"}[d])
			if err := call(tb.ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: fakeSubscription}); err != nil {
				t.Fatal(err)
			}
			grant := browser.SetPermissionParams{Permission: &browser.PermissionDescriptor{Name: "notifications"}, Setting: browser.PermissionSettingGranted, Origin: w.address}
			if err := call(tb.ctx, browser.SetPermission, grant); err != nil {
				t.Fatal(err)
			}
			registrations := tb.registrations()

			tb.signIn()
			tb.icons()
			tb.open("/notices")
			tb.until(`document.querySelector("form[data-tell]") && !document.querySelector("form[data-tell]").hidden && document.querySelector("[data-cannot]").hidden`)
			tb.click(`.tell-here summary`)
			tb.shot("tell")
			tb.accessible()
			tb.sound()
			tb.submit("form[data-tell]")
			tb.until(`location.search === "?did=device" && document.querySelector(".did") && !document.querySelector("form[data-tell]")`)
			tb.shot("tells")
			tb.sound()

			tb.open("/settings/account")
			tb.until(`document.querySelectorAll(".devices li").length === 1`)
			eval[any](tb, `document.querySelector("#devices").scrollIntoView(); 0`)
			tb.shot("devices")
			tb.accessible()
			tb.sound()
			tb.act(`document.querySelector(".devices [value=test]")`, "form.requestSubmit()")
			tb.until(`location.search === "?did=device-test"`)

			// What was sent is what the worker is handed.
			list, err := w.api.Dispatches(t.Context(), 0, "", 0, 1)
			if err != nil || len(list.Dispatches) != 1 {
				t.Fatalf("the test is not sent: %+v, %v", list, err)
			}
			sent, err := w.api.Dispatch(t.Context(), list.Dispatches[0].ID)
			if err != nil {
				t.Fatal(err)
			}
			var to serviceworker.RegistrationID
			select {
			case to = <-registrations:
			case <-time.After(patience):
				t.Fatal("there is no worker")
			}
			tb.until(`navigator.serviceWorker.controller?.state === "activated"`)
			const shown = `navigator.serviceWorker.ready.then((r) => r.getNotifications()).then((l) => l.map((n) => n.title + " " + n.data.link + " " + n.tag + " " + n.requireInteraction))`
			tb.tells(to, sent.Body, shown, []string{sent.Title + " " + w.address + "/notices /notices false"})
			// Whatever else arrives leads nowhere but here.
			for _, text := range []string{`{"title":"x","link":"https://elsewhere.example/","tag":"a"}`, `{"title":"x","link":"//elsewhere.example/","tag":"b"}`, `{"title":"x","link":"javascript:alert(1)","tag":"c"}`, `not JSON`} {
				eval[any](tb, `navigator.serviceWorker.ready.then((r) => r.getNotifications()).then((l) => l.forEach((n) => n.close()))`)
				tb.tells(to, text, `navigator.serviceWorker.ready.then((r) => r.getNotifications()).then((l) => l.map((n) => n.data.link))`, []string{w.address + "/notices"})
			}

			tb.keepsNothing()

			tb.act(`document.querySelector("form[data-untell]")`, "requestSubmit()")
			tb.until(`location.search === "?did=device-out" && !document.querySelector(".devices li") && localStorage.getItem("hearth-told") === null`)
			tb.sound()
			if d == desk {
				return // the server is still needed
			}
			w.stop[len(w.stop)-1]()
			w.stop = w.stop[:len(w.stop)-1]
			tb.do(chromedp.Navigate(w.address + "/settings/account"))
			tb.until(`document.title.startsWith("No connection") && getComputedStyle(document.querySelector(".door")).display`)
			tb.shot("offline")
			tb.accessible()
			tb.sound()
			tb.forgive()
		})
	}
}

// keepsNothing looks at what is on the device: the page that says that there is
// no connection, and what it is drawn with.
func (tb *tab) keepsNothing() {
	tb.t.Helper()
	kept := eval[[]string](tb, `caches.keys().then((names) => Promise.all(names.map(async (n) => (await (await caches.open(n)).keys()).map((r) => new URL(r.url).pathname)))).then((l) => l.flat())`)
	for _, path := range kept {
		if path != "/offline" && !strings.HasPrefix(path, "/static/") {
			tb.t.Errorf("the device keeps %s", path)
		}
	}
	if len(kept) != 3 {
		tb.t.Errorf("the device keeps %q", kept)
	}
}

// icons looks whether those of the manifest are pictures, each as large as it says.
func (tb *tab) icons() {
	tb.t.Helper()
	sizes := eval[[]string](tb, `fetch(document.querySelector("link[rel=manifest]").href).then((r) => r.json()).then((m) => Promise.all(m.icons.filter((i) => i.type === "image/png").map(async (i) => { const p = await createImageBitmap(await (await fetch(i.src)).blob()); return i.sizes + " " + p.width + "x" + p.height; })))`)
	if len(sizes) == 0 {
		tb.t.Error("the manifest names no icon")
	}
	for _, s := range sizes {
		if said, is, _ := strings.Cut(s, " "); said != is {
			tb.t.Errorf("an icon of %s says that it is of %s", is, said)
		}
	}
}

// forgive drops the complaints that there is no connection, which there is not.
func (tb *tab) forgive() {
	tb.mu.Lock()
	defer tb.mu.Unlock()
	tb.complaints = slices.DeleteFunc(tb.complaints, func(c string) bool {
		return strings.Contains(c, "net::ERR_")
	})
}

// tells hands a message to the worker, as the browser's message service does,
// and waits until what is shown is as it should be. A worker that is not ready yet
// is not told, and no answer says so.
func (tb *tab) tells(to serviceworker.RegistrationID, text, expression string, want []string) {
	tb.t.Helper()
	for deadline := time.NewTimer(patience); ; {
		if err := call(tb.ctx, serviceworker.DeliverPushMessage, serviceworker.DeliverPushMessageParams{Origin: tb.w.address, RegistrationID: to, Data: text}); err != nil {
			tb.t.Fatal(err)
		}
		got := eval[[]string](tb, expression)
		if slices.Equal(got, want) {
			return
		}
		select {
		case <-deadline.C:
			tb.t.Fatalf("%q does not become %q", got, want)
		case <-time.After(250 * time.Millisecond):
		}
	}
}

// registrations gives the number of the worker, once it is there.
func (tb *tab) registrations() <-chan serviceworker.RegistrationID {
	tb.t.Helper()
	found := make(chan serviceworker.RegistrationID, 1)
	events := chromedp.Events(tb.ctx, serviceworker.WorkerRegistrationUpdated)
	go func() {
		for e, err := range events {
			if err != nil {
				return
			}
			for _, r := range e.Registrations {
				if !r.IsDeleted {
					select {
					case found <- r.RegistrationID:
					default:
					}
				}
			}
		}
	}()
	if err := call(tb.ctx, serviceworker.Enable, struct{}{}); err != nil {
		tb.t.Fatal(err)
	}
	return found
}
