package web

import (
	"sync"
	"testing"
)

func TestEveryPageCanBeReadInEveryLanguage(t *testing.T) {
	t.Parallel()
	all, err := readWords()
	if err != nil {
		t.Fatal(err)
	}
	files, err := readAssets()
	if err != nil {
		t.Fatal(err)
	}
	p, err := readPages(all, files, readIcons())
	if err != nil {
		t.Fatal(err)
	}
	if len(p.names) < 10 || len(p.ready) > 0 {
		t.Fatalf("%d pages, of which %d are ready before anybody has looked", len(p.names), len(p.ready))
	}
	var lookers sync.WaitGroup
	for range 3 { // who look at the same time
		lookers.Go(func() {
			for lang := range all {
				for name := range p.names {
					if set, err := p.page(lang, name); err != nil || set == nil {
						t.Errorf("%s in %s: %v", name, lang, err)
					}
				}
			}
		})
	}
	lookers.Wait()
	if set, err := p.page("en", "../web"); set != nil || err != nil {
		t.Errorf("a page that there is not: %v, %v", set, err)
	}
}
