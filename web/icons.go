package web

import (
	_ "embed"
	"fmt"
	"html/template"
	"regexp"
)

//go:embed static/vendor/lucide.svg
var sprite string

// icons are the pictures of the pages by name, ready to stand in one. This is
// the only place of the room that hands markup to the templates, and none of it
// comes from outside.
type icons map[string]template.HTML

var symbol = regexp.MustCompile(`<symbol id="i-([a-z0-9-]+)" viewBox="0 0 24 24">(.*)</symbol>`)

func readIcons() icons {
	set := icons{}
	for _, m := range symbol.FindAllStringSubmatch(sprite, -1) {
		set[m[1]] = template.HTML(`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">` + m[2] + `</svg>`)
	}
	return set
}

// icon is a picture that says nothing by itself: words stand beside it or in
// the label of what it is in.
func (i icons) icon(name string) (template.HTML, error) {
	if s, ok := i[name]; ok {
		return s, nil
	}
	return "", fmt.Errorf("there is no icon %q", name)
}
