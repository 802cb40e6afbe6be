package e2e_test

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/webauthn"
)

// TestSomebodySignsInWithAPasskey: they add one on their account, sign out, and a
// touch of the device lets them in again; then they remove it.
func TestSomebodySignsInWithAPasskey(t *testing.T) {
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
	w.address = strings.Replace(w.address, "127.0.0.1", "localhost", 1) // passkeys belong to names
	for _, d := range []device{desk, phone} {
		t.Run(d.name, func(t *testing.T) {
			tb := w.look(t, d, map[device]string{desk: "light", phone: "dark"}[d])
			if err := call(tb.ctx, webauthn.Enable, webauthn.EnableParams{}); err != nil {
				t.Fatal(err)
			}
			if err := call(tb.ctx, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
				Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportInternal,
				HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true,
			}}); err != nil {
				t.Fatal(err)
			}
			if d == desk {
				tb.open(link.Path)
			} else {
				tb.open("/sign-in")
			}
			tb.fill("name", "ann")
			tb.fill("password", "a lamp beside the window")
			tb.submit("main form")
			tb.until(`document.querySelector("form[action='/sign-out']")`)

			tb.open("/settings/account")
			tb.accessible()
			tb.submit("form[action='/settings/account/passkeys']")
			tb.until(`document.querySelector("#passkey") && !document.querySelector("#passkey").hidden`)
			tb.shot("passkey-new")
			tb.accessible()
			tb.fill("name", "Ann’s "+d.name)
			tb.submit("#passkey")
			tb.until(`location.search === "?did=passkey" && document.querySelector(".passkeys li")`)
			eval[any](tb, `document.querySelector("#passkeys").scrollIntoView(); 0`)
			tb.shot("passkey-added")
			tb.click(`.rename summary`)
			tb.shot("passkey-rename")
			tb.accessible()
			tb.sound()

			tb.click(`form[action='/sign-out'] button`)
			tb.until(`location.pathname === "/sign-in" && !document.querySelector("form[data-passkey]").hidden`)
			tb.open("/sign-in?back=%2Fsettings%2Faccount")
			tb.shot("sign-in-passkey")
			tb.accessible()
			tb.sound()
			tb.submit("form[data-passkey]")
			tb.until(`location.pathname === "/settings/account"`)
			tb.until(`[...document.querySelectorAll(".passkeys li")].some((li) => li.textContent.includes("Ann’s ` + d.name + `"))`)

			tb.open("/prove?back=%2Fsettings%2Faccount%23passkeys")
			tb.until(`!document.querySelector("form[data-passkey]").hidden`)
			tb.shot("prove-passkey")
			tb.accessible()
			tb.sound()
			tb.submit("form[data-passkey]")
			tb.until(`location.pathname === "/settings/account"`)

			tb.click(`form[action='/settings/account/passkeys/remove'] button`)
			tb.until(`location.search === "?did=passkey-out" && !document.querySelector(".passkeys li")`)
		})
	}
}
