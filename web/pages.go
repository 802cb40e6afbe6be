package web

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"path"
	"strings"

	"hearth"
)

//go:embed pages/*.html parts/*.html
var templates embed.FS

// pages are the templates of all pages in all languages, parsed once. A page
// has the parts of parts/ and its own file.
type pages struct {
	set  map[string]map[string]*template.Template // by language, by page
	mark string                                   // stands where the nonce will; nobody outside knows it
}

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
	Charts      bool     // the page needs the chart library
	Workspace   string   // its name
	Workspaces  []choice // to which somebody may go, with the one where they are
	In          string   // its number, of somebody who is signed in
	User        string   // who is signed in; "": nobody by name
	Bell        *bell    // nil: who looks may not see notices
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
	p := &pages{set: map[string]map[string]*template.Template{}, mark: "nonce" + mark}
	names, err := templates.ReadDir("pages")
	if err != nil {
		return nil, err
	}
	for lang, w := range all {
		base := template.New("").Funcs(template.FuncMap{
			"t": w.say, "name": w.name, "language": w.language, "number": w.number, "percent": w.percent, "decimal": w.decimal,
			"icon": pictures.icon, "asset": files.address, "nonce": func() string { return p.mark },
			"visible": hearth.Visible, "shorten": shorten, "initials": initials, "args": args,
			"percentOf": func(n int) string { return w.percent(float64(n) / 100) },
		})
		if base, err = base.ParseFS(templates, "parts/*.html"); err != nil {
			return nil, err
		}
		p.set[lang] = map[string]*template.Template{}
		for _, e := range names {
			own, err := base.Clone()
			if err != nil {
				return nil, err
			}
			if own, err = own.ParseFS(templates, path.Join("pages", e.Name())); err != nil {
				return nil, err
			}
			p.set[lang][strings.TrimSuffix(e.Name(), ".html")] = own
		}
	}
	return p, nil
}

// render writes one block of a page with the nonce of the response.
func (p *pages) render(lang, page, block, nonce string, data any) ([]byte, error) {
	set := p.set[lang][page]
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
