package e2e_test

import (
	"testing"
)

// private is a house of its own for a walk, with its owner signed in.
func private(t *testing.T) *world {
	t.Helper()
	visit(t) // says why there is no browser
	w := &world{}
	if err := w.begin(browserPath()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for i := len(w.stop) - 1; i >= 0; i-- {
			w.stop[i]()
		}
	})
	return w
}

// TestPeopleAreLookedAfter walks through the settings.
func TestPeopleAreLookedAfter(t *testing.T) {
	w := private(t)
	link, err := w.api.SetUpLink(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ann := w.look(t, desk, "light")
	ann.open(link.Path)
	ann.fill("name", "ann")
	ann.fill("full_name", "Ann Example")
	ann.fill("password", "a lamp beside the window")
	ann.submit("main form")
	ann.until(`location.pathname === "/"`)
	for _, p := range []struct{ name, path string }{{"settings", "/settings"}, {"account", "/settings/account"}, {"prove", "/prove?back=/settings"}} {
		ann.open(p.path)
		ann.shot(p.name)
		ann.sound()
		ann.accessible()
	}
	ann.open("/settings/account")
	ann.submit(`form[action='/settings/account/app']`)
	ann.until(`document.querySelector(".qr")`)
	ann.shot("app")
	ann.sound()
	ann.accessible()
}
