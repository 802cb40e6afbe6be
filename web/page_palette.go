package web

import (
	"strings"

	"hearth/access"
)

// palettePage is what the command palette offers for what is typed.
type palettePage struct {
	Typed    string
	Places   []place
	Monitors []link
	Manual   []helpFound
}

// How many of each the palette offers.
const (
	paletteMonitors = 8
	paletteManual   = 4
)

// palette finds places and monitors by a piece of their name, and sections of
// the manual.
func (web *Web) palette(v *visit) error {
	p := &palettePage{Typed: shorten(80, strings.TrimSpace(v.query("q")))}
	wanted := strings.ToLower(p.Typed)
	for _, d := range v.rail() {
		for _, at := range d.Places {
			if strings.Contains(strings.ToLower(v.say(at.Key)), wanted) {
				p.Places = append(p.Places, at)
			}
		}
	}
	if v.by.CheckSome(access.ReadMonitors) == nil {
		list, err := web.o.Monitors.List(v.ctx(), v.by)
		if err != nil {
			return err
		}
		for _, m := range list {
			if len(p.Monitors) < paletteMonitors && strings.Contains(strings.ToLower(m.Name), wanted) {
				p.Monitors = append(p.Monitors, link{Label: shorten(60, m.Name), Href: look{Monitor: m.ID}.at("/mentions")})
			}
		}
	}
	var err error
	if p.Manual, err = web.findHelp(p.Typed, paletteManual); err != nil {
		return err
	}
	if v.part() {
		return v.block(200, "palette", "main", p)
	}
	return v.show("palette", v.say("palette.open"), p)
}
