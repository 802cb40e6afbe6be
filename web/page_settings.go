package web

import (
	"hearth"
)

// settingsPage is the way to everything that is set up once.
type settingsPage struct {
	Districts []settingsDistrict
	None      *emptyState
}

// settingsDistrict is settings of one kind.
type settingsDistrict struct {
	Title  string
	Places []settingsPlace
}

// settingsPlace is a page of the settings, with what it is for.
type settingsPlace struct{ Path, Icon, Title, About string }

// settingsPlaces are the pages below Settings in the order shown. Each has
// settings-title.NAME and settings-about.NAME in the catalogs, and each district
// settings-district.NAME.
var settingsPlaces = []struct {
	district string
	places   []struct{ path, icon, name string }
}{
	{"you", []struct{ path, icon, name string }{
		{accountPath, "user-round", "account"},
	}},
	{"people", []struct{ path, icon, name string }{
		{teamPath, "users", "team"},
		{"/settings/roles", "shield", "roles"},
		{approvalsPath, "eye", "approvals"},
		{workspacePath, "building-2", "workspace"},
		{providersPath, "lock", "sign-in"},
	}},
	{"house", []struct{ path, icon, name string }{
		{channelsPath, "webhook", "channels"},
		{modelsPath, "wand-sparkles", "models"},
		{againPath, "history", "reanalysis"},
		{"/settings/data", "hard-drive", "data"},
		{keysPath, "key", "keys"},
		{auditPath, "clipboard-list", "audit"},
		{"/settings/jobs", "layers", "jobs"},
		{"/status", "activity", "health"},
	}},
}

// settings shows those places that whoever looks may enter.
func (web *Web) settings(v *visit) error {
	p := &settingsPage{}
	for _, d := range settingsPlaces {
		district := settingsDistrict{Title: v.name("settings-district", d.district)}
		for _, place := range d.places {
			if v.mayEnter(place.path) {
				district.Places = append(district.Places, settingsPlace{place.path, place.icon, v.name("settings-title", place.name), v.name("settings-about", place.name)})
			}
		}
		if len(district.Places) > 0 {
			p.Districts = append(p.Districts, district)
		}
	}
	if v.account.User == 0 {
		p.None = &emptyState{Title: v.say("settings.none.title"), Sentence: v.say("settings.none.sentence"), Action: v.say("door.sign-in"), Link: "/sign-in?back=%2Fsettings"}
	}
	return v.show("settings", v.say("nav.settings"), p)
}

// mayEnter says whether the page at a path is there and open to whoever looks.
func (v *visit) mayEnter(path string) bool {
	if path == accountPath && v.account.User == 0 || path == providersPath && v.by.Workspace != hearth.DefaultWorkspace {
		return false
	}
	return v.opens(Routes(), path, true)
}
