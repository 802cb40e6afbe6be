package web

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"path"
	"strings"
	"sync"

	"hearth"
)

//go:embed pages/*.html parts/*.html
var templates embed.FS

// pages are the templates of all pages in all languages. A page has the parts of
// parts/ and its own file. It is made ready when somebody first looks at it: all of
// them in all languages would take some fifty megabytes, and most of a start.
type pages struct {
	names map[string]bool
	mark  string // stands where the nonce will; nobody outside knows it

	mu    sync.Mutex
	parts map[string]*template.Template // by language; cloned, never executed
	ready map[pageKey]*template.Template
}

type pageKey struct{ lang, page string }

// shell is what surrounds a page.
type shell struct {
	Lang, Theme string
	Title       string
	Path        string // and query: where to come back to
	Zone        string
	Tour        *tour  // nil: none
	Help        string // where the manual tells of the page
	Rail        []district
	Languages   []choice
	Themes      []choice
	Charts      bool          // the page needs the chart library
	Workspace   string        // its name
	Workspaces  []choice      // to which somebody may go, with the one where they are
	In          string        // its number, of somebody who is signed in
	Brands      []brandChoice // that somebody may see
	Brand       string        // that is looked at, or that all are
	AllBrands   bool
	Person      string // the number of who is signed in
	Session     string // and of their session
	User        string // who is signed in; "": nobody by name
	Bell        *bell  // nil: who looks may not see notices
	Page        any
}

// choice is one of several things to choose from.
type choice struct {
	Value, Label string
	Chosen       bool
}

func readPages(all map[string]*words, files *assets, pictures icons) (*pages, error) {
	mark, err := newNonce(nil)
	if err != nil {
		return nil, err
	}
	p := &pages{
		names: map[string]bool{}, mark: "nonce" + mark,
		parts: map[string]*template.Template{}, ready: map[pageKey]*template.Template{},
	}
	names, err := templates.ReadDir("pages")
	if err != nil {
		return nil, err
	}
	for _, e := range names {
		p.names[strings.TrimSuffix(e.Name(), ".html")] = true
	}
	for lang, w := range all {
		base := template.New("").Funcs(template.FuncMap{
			"t": w.say, "ours": w.ours, "name": w.name, "language": w.language, "number": w.number, "percent": w.percent, "decimal": w.decimal,
			"icon": pictures.icon, "asset": files.address, "nonce": func() string { return p.mark },
			"visible": hearth.Visible, "shorten": shorten, "initials": initials, "args": args,
			"percentOf": func(n int) string { return w.percent(float64(n) / 100) },
		})
		if base, err = base.ParseFS(templates, "parts/*.html"); err != nil {
			return nil, err
		}
		p.parts[lang] = base
	}
	return p, nil
}

// page is the templates of one page in a language, nil if there is no such.
func (p *pages) page(lang, name string) (*template.Template, error) {
	if p.parts[lang] == nil || !p.names[name] {
		return nil, nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	key := pageKey{lang, name}
	if set := p.ready[key]; set != nil {
		return set, nil
	}
	set, err := p.parts[lang].Clone()
	if err != nil {
		return nil, err
	}
	if set, err = set.ParseFS(templates, path.Join("pages", name+".html")); err != nil {
		return nil, err
	}
	p.ready[key] = set
	return set, nil
}

// render writes one block of a page with the nonce of the response.
func (p *pages) render(lang, page, block, nonce string, data any) ([]byte, error) {
	set, err := p.page(lang, page)
	if err != nil {
		return nil, fmt.Errorf("reading the page %q: %w", page, err)
	}
	if set == nil {
		return nil, fmt.Errorf("there is no page %q", page)
	}
	var b bytes.Buffer
	if err := set.ExecuteTemplate(&b, block, data); err != nil {
		return nil, err
	}
	return bytes.ReplaceAll(b.Bytes(), []byte(p.mark), []byte(nonce)), nil
}

// args gives a part several things by position.
func args(values ...any) []any { return values }

// shorten is at most n characters of a text from outside, made visible.
func shorten(n int, s string) string {
	s = hearth.Visible(s)
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}

// initials are the one or two letters that stand for a name.
func initials(name string) string {
	var letters []rune
	for _, word := range strings.Fields(hearth.Visible(name)) {
		for _, r := range word {
			if isLetter(r) {
				letters = append(letters, r)
				break
			}
		}
		if len(letters) == 2 || len(letters) == 1 && letters[0] > 0x2e80 { // one sign is a word
			break
		}
	}
	if len(letters) == 0 {
		return "·"
	}
	return strings.ToUpper(string(letters))
}
