package web

// settingsPage is the way to everything that is set up once.
type settingsPage struct{ Places []settingsPlace }

// settingsPlace is a page of the settings, with what it is for.
type settingsPlace struct{ Path, Icon, Title, About string }

// settingsPlaces are the pages below Settings in the order shown. Each has
// settings.NAME.title and settings.NAME.about in the catalogs.
var settingsPlaces = []struct{ path, icon, name string }{
	{"/settings/jobs", "layers", "jobs"},
	{"/status", "activity", "health"},
}

// settings shows those places that whoever looks may enter.
func (web *Web) settings(v *visit) error {
	p := &settingsPage{}
	for _, place := range settingsPlaces {
		if v.mayEnter(place.path) {
			p.Places = append(p.Places, settingsPlace{place.path, place.icon, v.name("settings-title", place.name), v.name("settings-about", place.name)})
		}
	}
	return v.show("settings", v.say("nav.settings"), p)
}

// mayEnter says whether the page at a path is there and open to whoever looks.
func (v *visit) mayEnter(path string) bool {
	for _, r := range Routes() {
		if r.Path != path || r.Method != "GET" {
			continue
		}
		for _, p := range r.Needs {
			if v.by.Check(p) != nil {
				return false
			}
		}
		return true
	}
	return false
}
