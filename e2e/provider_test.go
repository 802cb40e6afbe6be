package e2e_test

import (
	"net"
	"testing"

	"hearth"
	"hearth/access/openid/fake"
)

// TestSomebodySignsInByAProvider: an owner sets a provider up and tries it, connects
// with it, and signs in by it; then somebody lies, and nobody comes in.
func TestSomebodySignsInByAProvider(t *testing.T) {
	visit(t) // says why there is no browser
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at := l.Addr().String() // providers send people back to an address that is known before
	l.Close()
	w := &world{settings: map[string]string{"listen": at, "address": "http://" + at, "allow": "127.0.0.1:*"}}
	if err := w.begin(browserPath()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.end)
	link, err := w.api.SetUpLink(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range []device{desk, phone} {
		t.Run(d.name, func(t *testing.T) {
			idp := fake.New(hearth.SystemClock)
			t.Cleanup(idp.Close)
			idp.Ask, idp.Client.Redirect = true, "http://"+at+"/sign-in/provider/back"
			tb := w.look(t, d, map[device]string{desk: "light", phone: "dark"}[d])
			tb.expected = "status of 403" // of the page that refuses
			there := func() {
				t.Helper()
				tb.until(`document.querySelector("#yes")`)
				tb.click(`#yes`)
			}
			if d == desk {
				tb.open(link.Path)
			} else {
				tb.open("/sign-in")
			}
			tb.fill("name", "ann")
			tb.fill("password", "a lamp beside the window")
			tb.submit("main form[action='/sign-in'], main form[action='/set-up']")
			tb.until(`document.querySelector("form[action='/sign-out']")`)

			tb.open("/settings/sign-in")
			tb.shot("providers-first")
			tb.accessible()
			tb.open("/settings/sign-in/new")
			tb.shot("provider-new")
			tb.accessible()
			tb.fill("name", "Acme "+d.name)
			tb.fill("issuer", idp.URL)
			tb.fill("client_id", idp.Client.ID)
			tb.fill("secret", idp.Client.Secret)
			tb.submit("#provider")
			tb.until(`location.search === "?did=saved" && document.querySelector("[name=do][value=try]")`)
			tb.click(`[name=do][value=try]`)
			tb.until(`document.querySelector(".trial .dot.good")`)
			tb.shot("provider-tried")
			tb.accessible()
			tb.click(`[name=do][value=on]`)
			tb.until(`location.search.startsWith("?did=on")`)
			tb.sound()

			tb.open("/settings/account")
			tb.act(`[...document.querySelectorAll("#identities [name=provider]")].find((b) => b.textContent.includes("`+d.name+`"))`, "click()")
			there()
			tb.settle()
			tb.until(`location.search === "?did=connected" && document.querySelector(".identities li")`)
			eval[any](tb, `document.querySelector("#identities").scrollIntoView(); 0`)
			tb.shot("connected")
			tb.accessible()

			tb.open("/prove?back=%2Fsettings%2Fkeys")
			tb.shot("prove-provider")
			tb.accessible()
			tb.act(`[...document.querySelectorAll("[name=prove-id]")].find((b) => b.textContent.includes("`+d.name+`"))`, "click()")
			there()
			tb.until(`location.pathname === "/settings/keys"`)
			tb.settle()

			signIn := func() {
				t.Helper()
				tb.act(`[...document.querySelectorAll("form.providers button")].find((b) => b.textContent.includes("`+d.name+`"))`, "click()")
			}
			tb.click(`form[action='/sign-out'] button`)
			tb.until(`location.pathname === "/sign-in"`)
			tb.open("/sign-in?back=%2Fsettings%2Fsign-in")
			tb.shot("sign-in-provider")
			tb.accessible()
			tb.sound()
			signIn()
			there()
			tb.until(`location.pathname === "/settings/sign-in" && document.querySelector(".providers li")`)
			tb.shot("providers")
			tb.accessible()
			tb.sound()

			tb.click(`form[action='/sign-out'] button`)
			tb.until(`location.pathname === "/sign-in"`)
			idp.Lies(fake.Lie{Claims: func(_ *fake.Provider, c fake.Claims) { c["nonce"] = fake.Hostile }})
			signIn()
			there()
			tb.until(`location.pathname === "/sign-in/provider/back" && document.querySelector(".field-why")`)
			tb.shot("refused")
			tb.accessible()
			tb.sound()
			tb.open("/settings/account")
			tb.until(`location.pathname === "/sign-in"`)
		})
	}
}
