package web

import (
	"strings"
	"testing"

	"hearth/docs"
	"hearth/manual"
)

// TestEveryPlaceHasHelpThatIsThere: every place of the rail has a chapter, and
// what pages link to exists.
func TestEveryPlaceHasHelpThatIsThere(t *testing.T) {
	t.Parallel()
	m, err := manual.Read(docs.Pages)
	if err != nil {
		t.Fatal(err)
	}
	for page, to := range helpLinks {
		if !m.Has(to) {
			t.Errorf("help_links.go sends %s to %s, which the manual does not have", page, to)
		}
		here := false
		for _, r := range Routes() {
			here = here || r.Path == page || r.Path == page+"{$}" || strings.HasPrefix(r.Path, page+"/")
		}
		if !here {
			t.Errorf("help_links.go has a line for %s, which is no page", page)
		}
	}
	for _, d := range rail() {
		for _, p := range d.Places {
			if helpFor(p.Path) == manual.Home {
				t.Errorf("%s has no help: add its chapter to help_links.go", p.Path)
			}
		}
	}
	for path, want := range map[string]string{"/monitors/7": "/help/pages#monitors", "/monitors/new": "/help/query#tutorial", "/monitorsx": "/help", "/": "/help/pages#home", "/nowhere": "/help"} {
		if got := helpFor(path); got != want {
			t.Errorf("%s leads to %s, not %s", path, got, want)
		}
	}
}

func TestEachPlaceHasAKeyOfItsOwn(t *testing.T) {
	t.Parallel()
	taken := map[string]string{"b": "the bell"}
	for _, d := range rail() {
		for _, p := range d.Places {
			if before := taken[p.Go]; before != "" && p.Go != "" {
				t.Errorf("g %s leads to %s and to %s", p.Go, before, p.Path)
			}
			taken[p.Go] = p.Path
		}
	}
}
