package e2e_test

import (
	"strings"
	"testing"
	"time"

	"hearth"
)

// private is a house of its own for a walk, with the owner ann signed in.
func private(t *testing.T) (*world, *tab) {
	t.Helper()
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
	ann := w.look(t, desk, "light")
	ann.open(link.Path)
	ann.comeIn("ann", "Ann Example")
	return w, ann
}

// comeIn answers the door of a set-up or an invitation.
func (tb *tab) comeIn(name, full string) {
	tb.t.Helper()
	tb.fill("name", name)
	tb.fill("full_name", full)
	tb.fill("password", "a lamp beside the window")
	tb.submit("main form")
	tb.until(`!location.pathname.match("set-up|invitation")`)
	tb.settle()
}

// TestSomebodyIsInvitedSeesWhatTheirRoleMayAndIsSignedOut in two browsers: the
// owner at a desk, an agent on a phone.
func TestSomebodyIsInvitedSeesWhatTheirRoleMayAndIsSignedOut(t *testing.T) {
	w, ann := private(t)
	ann.open("/settings/team/invite")
	ann.submit("#invite")
	ann.until(`document.getElementById("once")`)
	ann.shot("invited")
	link := eval[string](ann, `document.getElementById("once").textContent.trim()`)
	if !strings.HasPrefix(link, w.address+"/invitation/") {
		t.Fatalf("the link leads to %s", link)
	}

	ben := w.look(t, phone, "dark")
	ben.open(strings.TrimPrefix(link, w.address))
	ben.shot("invitation")
	ben.comeIn("ben", "Ben Example")
	ben.open("/settings")
	ben.until(`document.querySelector("a[href='/settings/team']") && !document.querySelector("a[href='/settings/keys'], a[href='/settings/audit']")`)
	ben.shot("settings-agent")
	ben.open("/settings/team")
	ben.until(`!document.querySelector("a[href='/settings/team/invite']")`)

	ann.open("/settings/team")
	ann.shot("team-two")
	ann.act(`[...document.querySelectorAll(".people .open")].find((a) => a.textContent === "Ben Example")`, "click()")
	ann.until(`document.querySelector("h1").textContent === "Ben Example"`)
	ann.shot("member")
	ann.sound()
	ann.accessible()
	ann.act(`document.querySelector("main input[value='sign-out']")`, "form.requestSubmit()")
	begun := hearth.SystemClock()
	ben.until(`location.pathname === "/sign-in"`) // with nothing done in that browser
	t.Logf("the other browser was out after %v", hearth.SystemClock().Sub(begun).Round(time.Millisecond))
	ann.until(`document.querySelector(".did")?.textContent.includes("signed out everywhere")`)
	ann.sound()
}

// TestTheSettingsOfPeopleAreSoundAndAccessible, with something on every page.
func TestTheSettingsOfPeopleAreSoundAndAccessible(t *testing.T) {
	w, ann := private(t)
	send := func(path, form string) {
		t.Helper()
		ann.open(path)
		ann.submit(form)
	}
	ann.open("/settings/workspace")
	for _, brand := range []string{"Lumen Tea", "Lumen Coffee"} {
		eval[any](ann, `document.querySelector("#brand [name=name]").value = "`+brand+`"; 0`)
		ann.submit("#brand")
		ann.until(`document.querySelector(".brands")?.textContent.includes("` + brand + `")`)
	}
	ann.open("/settings/teams/new")
	ann.fill("name", "Evening shift")
	eval[any](ann, `document.querySelector("[name=member]").checked = true; 0`)
	ann.submit("#team")
	ann.until(`document.querySelector(".did")`)
	ann.open("/settings/keys/new")
	ann.fill("name", "Reports")
	eval[any](ann, `document.querySelectorAll("[name=scopes]").forEach((c, i) => { c.checked = i < 3; }); 0`)
	ann.shot("key-new")
	ann.sound()
	ann.accessible()
	ann.submit("#key")
	ann.until(`document.getElementById("once")`)
	ann.shot("key-made")
	ann.sound()
	ann.accessible()
	send("/settings/account", "form[action='/settings/account/app']")
	ann.until(`document.querySelector(".qr")`)
	ann.shot("app")
	ann.sound()
	ann.accessible()

	ben := w.look(t, phone, "dark")
	ben.open("/sign-in")
	ben.fill("name", "ann")
	ben.fill("password", "a lamp beside the window")
	ben.submit("main form")
	ben.until(`location.pathname !== "/sign-in"`)
	for _, p := range []struct{ name, path string }{
		{"settings", "/settings"}, {"account", "/settings/account"}, {"prove", "/prove?back=/settings"}, {"team", "/settings/team"}, {"member", "/settings/team/1"}, {"invite", "/settings/team/invite"},
		{"one-team", "/settings/teams/1"}, {"roles", "/settings/roles"}, {"keys", "/settings/keys"}, {"workspace", "/settings/workspace"}, {"audit", "/settings/audit"}, {"chain", "/settings/audit/chain"},
	} {
		for _, tb := range []*tab{ann, ben} {
			tb.open(p.path)
			if p.name == "audit" {
				tb.until(`document.querySelector(".chain-said.whole")`)
			}
			device := "desk"
			if tb == ben {
				device = "phone"
			}
			tb.shot(p.name + "-" + device)
			tb.sound()
			tb.accessible()
		}
	}
}
