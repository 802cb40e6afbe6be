package web

import (
	"net/http"
	"slices"
	"strings"

	"hearth/access"
)

// place is a page on the rail.
type place struct {
	Path, Icon string
	Key        string   // of the catalog: its name
	Go         string   // g and this letter go there
	Also       []string // where the addresses of its other pages begin
	Here       bool
}

// district is a part of the rail.
type district struct {
	Key    string // of the catalog; "" has no heading
	Places []place
}

// rail is the way through the house: the four phases, and what grows beside
// them. Only what is built stands here.
func rail() []district {
	return []district{
		{Places: []place{
			{Path: "/", Icon: "house", Key: "nav.home", Go: "h"},
			{Path: "/mentions", Icon: "messages-square", Key: "nav.mentions", Go: "m"},
			{Path: "/monitors", Icon: "radio", Key: "nav.monitors", Go: "o"},
			{Path: "/lists", Icon: "tags", Key: "nav.lists", Go: "l"},
			{Path: "/alerts", Also: []string{"/incidents", "/watching"}, Icon: "siren", Key: "nav.alerts", Go: "a"},
			{Path: "/compare", Icon: "git-compare", Key: "nav.compare", Go: "c"},
			{Path: "/topics", Icon: "message-circle", Key: "nav.topics", Go: "t"},
			{Path: "/voices", Icon: "megaphone", Key: "nav.voices", Go: "v"},
			{Path: "/campaigns", Icon: "layers", Key: "nav.campaigns", Go: "p"},
			{Path: "/audience", Icon: "users", Key: "nav.audience", Go: "d"},
			{Path: "/wall", Icon: "tv-minimal", Key: "nav.wall", Go: "w"},
			{Path: "/sources", Icon: "rss", Key: "nav.sources", Go: "u"},
		}},
		{Key: "nav.house", Places: []place{
			{Path: "/status", Icon: "activity", Key: "nav.status", Go: "s"},
			{Path: "/settings", Icon: "settings", Key: "nav.settings", Go: "e"},
			{Path: "/help", Icon: "book-open", Key: "nav.help", Go: "i"},
		}},
	}
}

// rail is the rail with where somebody is, and without where they may not go.
func (v *visit) rail() []district {
	path, all, routes := v.r.URL.Path, rail(), Routes()
	for i := range all {
		all[i].Places = slices.DeleteFunc(all[i].Places, func(p place) bool { return p.Path != "/" && !v.opens(routes, p.Path, false) })
		for k := range all[i].Places {
			p := &all[i].Places[k]
			p.Here = slices.ContainsFunc(append([]string{p.Path}, p.Also...), func(at string) bool { return at == path || strings.HasPrefix(path, at+"/") })
		}
	}
	return all
}

// opens says whether a page would not be refused; whole: it asks for the right to
// the whole workspace, not to some of its brands.
func (v *visit) opens(routes []Route, path string, whole bool) bool {
	i := slices.IndexFunc(routes, func(r Route) bool { return r.Path == path && r.Method == http.MethodGet })
	return i >= 0 && !slices.ContainsFunc(routes[i].Needs, func(need access.Permission) bool {
		return whole && !v.by.May(need) || !v.by.MaySome(need)
	})
}

// thumbs is how many places have room on the bar of a phone.
const thumbs = 2

// Thumbs are the places on the bar of a phone: the first of all.
func (s *shell) Thumbs() (list []place) {
	for _, d := range s.Rail {
		list = append(list, d.Places...)
	}
	return list[:min(thumbs, len(list))]
}
