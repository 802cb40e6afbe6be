package web

import (
	"path"
	"slices"
	"strings"
	"time"

	"hearth"
	"hearth/access"
	"hearth/copies"
	"hearth/monitor"
	"hearth/query"
)

// mentionsPage is what was heard: the posts that a monitor caught, or all that
// are kept, narrowed by a query and facets.
type mentionsPage struct {
	Bar      queryBar
	Monitors []choice
	All      bool // no monitor is chosen
	Periods  []link
	Bots     *withoutBots
	Shows    []link // each post, each text once, each person once
	Chips    []chip
	Posts    []card
	Older    string // address of the next page; "": there is none
	Newest   string // address of the first page; "" on it
	Partial  bool
	Live     string // address of the live stream; "" where nothing new can come
	Figures  string // address of charts and facets
	Side     *figures
	SideLink string // shows them without script
	TagAt    string // where all that is shown is tagged or corrected; "": not by this visitor
	Correct  []correction
	Export   []link
	Look     map[string]string // fields that the forms carry along
	None     *emptyState
	Setup    bool      // there is nothing at all yet
	Examples []example // of queries, where the query is wrong
}

// link is a place to go to.
type link struct {
	Label, Href string
	Here        bool
}

// chip is a filter that is on, and the address without it.
type chip struct{ Set, Label, Without string }

// example is a query and what it means.
type example struct{ Query, Means, Href string }

// exampleQueries show what the language can do.
var exampleQueries = [...]string{`coffee AND sentiment:negative`, `"cold brew" OR espresso*`, `(late OR broken) NEAR/5 delivery`, `#coffee AND lang:de AND NOT is:repost`}

// emptyState teaches what would be here.
type emptyState struct{ Title, Sentence, Action, Link, Example string }

// mentionsShown is how many posts a page has, or some more; fillTime is how
// long they are looked for before it is shown as it is.
const (
	mentionsShown = 40
	fillTime      = 150 * time.Millisecond
)

// mentions is the page of mentions.
func (web *Web) mentions(v *visit) error {
	l := readLook(v.r.URL.Query(), v.now)
	list, err := web.o.Monitors.List(v.ctx(), v.by)
	if err != nil {
		return err
	}
	p := &mentionsPage{All: l.Monitor == 0, Look: map[string]string{}}
	for _, m := range list {
		p.Monitors = append(p.Monitors, choice{m.ID.String(), shorten(60, m.Name), m.ID == l.Monitor})
	}
	p.Bar = v.queryBar(l, list)
	v.fillChips(p, l)
	if !p.Bar.Wrong {
		if err := v.fillPosts(p, l, len(list) == 0); err != nil && !p.Bar.blame(err) {
			return err
		}
	}
	if p.Bar.Wrong {
		for _, text := range exampleQueries {
			if q, _ := query.Parse(text); q != nil {
				p.Examples = append(p.Examples, example{text, q.ExplainIn(v.lang), l.with(func(l *look) { l.Query = text }).at("/mentions")})
			}
		}
	}
	title := v.say("nav.mentions")
	if i := slices.IndexFunc(list, func(m monitor.Monitor) bool { return m.ID == l.Monitor }); i >= 0 {
		title = shorten(60, list[i].Name)
	}
	if v.part() {
		return v.block(200, "mentions", "results", p)
	}
	if v.query("side") != "" && !p.Bar.Wrong { // for browsers without script
		if p.Side, err = v.figures(l); err != nil {
			return err
		}
		if len(p.Side.Missing) > 0 {
			p.Side.Rest = ""
			more, err := v.foundFacets(l, p.Side.Missing)
			if err != nil {
				return err
			}
			p.Side.Facets = append(p.Side.Facets, more...)
		}
	}
	return v.showCharts("mentions", title, p)
}

// mentionsExport gives everything of a look as a file.
func (web *Web) mentionsExport(v *visit) error {
	format := strings.TrimPrefix(path.Ext(v.r.URL.Path), ".")
	l := readLook(v.r.URL.Query(), v.now)
	l.From, l.To = l.span() // what is asked for, should it take four eyes, is of this time
	if l.Period != "" && !l.From.IsZero() {
		l.Period = ""
	}
	v.remember(again{Path: l.at(v.r.URL.Path)})
	return web.o.Export(v.w, v.r, v.by, l.selection(), format)
}

// fillChips words the choices that the address holds.
func (v *visit) fillChips(p *mentionsPage, l look) {
	for _, period := range periods {
		p.Periods = append(p.Periods, link{v.say("period." + period.name), l.with(func(l *look) {
			l.Period, l.From, l.To = period.name, time.Time{}, time.Time{}
		}).at("/mentions"), period.name == l.Period})
	}
	for _, show := range [...]copies.Show{copies.EachPost, copies.EachText, copies.EachPerson} {
		asked := show
		if show == copies.EachPost {
			asked = ""
		}
		p.Shows = append(p.Shows, link{v.name("show", string(show)), l.with(func(l *look) { l.Show = asked }).at("/mentions"), l.Show == asked})
	}
	if l.Period == "" {
		label := v.betweenDays(l.From, l.To)
		p.Chips = append(p.Chips, chip{v.say("facet.time"), label, l.with(func(l *look) { l.Period, l.From, l.To = "", time.Time{}, time.Time{} }).at("/mentions")})
	}
	for _, f := range l.Facets {
		label := f.Value
		if f.Field == "topic" {
			label = v.topicName(f.Value)
		}
		p.Chips = append(p.Chips, chip{v.say("facet." + f.Field), v.facetLabel(f.Field, f.Value, label), l.toggle(f).at("/mentions")})
	}
	for name, values := range l.values() {
		if len(values) == 1 && name != "q" && name != "monitor" && name != "cursor" {
			p.Look[name] = values[0]
		}
	}
	p.Figures = l.with(func(*look) {}).at("/mentions/figures")
	if v.by.MaySome(access.TagPosts) {
		p.TagAt = l.with(func(*look) {}).at("/mentions/tag")
		p.Correct = v.correctable()
	}
	p.SideLink = addParameter(l.at("/mentions"), "side", "1")
	for _, format := range []string{"csv", "ndjson"} {
		p.Export = append(p.Export, link{Label: v.say("export." + format), Href: l.with(func(*look) {}).at("/mentions/export." + format)})
	}
}

// betweenDays words a stretch of time.
func (v *visit) betweenDays(from, to time.Time) string {
	word := func(t time.Time) string {
		if t.IsZero() {
			return "…"
		}
		t = t.In(v.zone)
		if t.Hour() == 0 && t.Minute() == 0 {
			return v.day(t)
		}
		return v.day(t) + " " + t.Format("15:04")
	}
	return word(from) + " – " + word(to)
}

// fillPosts asks for a page of posts.
func (v *visit) fillPosts(p *mentionsPage, l look, noMonitors bool) (err error) {
	if p.Bots, err = v.withoutBots(l); err != nil {
		return err
	}
	search := monitor.PageSearch{Selection: l.selection(), Limit: mentionsShown, Cursor: l.Cursor}
	for begun := v.web.o.Clock(); ; {
		found, err := v.once(l.Show, search)
		if err != nil {
			return err
		}
		for i := range found.Posts {
			h := &found.Posts[i].Hit
			c := v.newCard(h.Seq, &h.Post, h.Highlights, listed)
			c.Copies = v.copiesNote(&found.Posts[i])
			c.Quick = v.quick(&h.Post)
			p.Posts = append(p.Posts, c)
		}
		p.Partial, search.Cursor = found.Partial, found.Next
		// A page may be shorter than asked for; a few together fill ours.
		if found.Next == "" || len(p.Posts) >= mentionsShown || v.web.o.Clock().Sub(begun) > fillTime {
			break
		}
	}
	if search.Cursor != "" {
		older := l
		older.Cursor = search.Cursor
		p.Older = older.at("/mentions")
	}
	if l.Cursor != "" {
		p.Newest = l.with(func(*look) {}).at("/mentions")
	}
	if len(p.Posts) == 0 && l.Cursor == "" {
		p.Setup = noMonitors && l.Query == "" && len(l.Facets) == 0
		p.None = v.nothingFound(l, p.Setup)
	}
	if l.Cursor == "" && l.To.IsZero() {
		// What comes after the last row that is counted is new.
		counts, err := v.web.o.Monitors.Count(v.ctx(), v.by, monitor.CountSearch{Monitor: l.Monitor, From: v.now, To: v.now})
		if err != nil {
			return err
		}
		p.Live = l.at("/mentions/live")
		if counts.Upto > 0 {
			p.Live = addParameter(p.Live, "after", counts.Upto.String())
		}
	}
	return nil
}

func (v *visit) nothingFound(l look, setup bool) *emptyState {
	switch {
	case setup:
		return &emptyState{
			Title: v.say("mentions.setup.title"), Sentence: v.say("mentions.setup.sentence"), Action: v.say("nav.sources"), Link: "/sources",
			Example: "hearth source add bluesky && hearth monitor add Coffee 'coffee OR espresso'",
		}
	case l.Period != "all" && l.Period != "":
		return &emptyState{
			Title: v.say("mentions.none.title"), Sentence: v.say("mentions.none.sentence"), Action: v.say("mentions.none.action"),
			Link: l.with(func(l *look) { l.Period = "all" }).at("/mentions"), Example: "coffee AND sentiment:negative",
		}
	}
	return &emptyState{
		Title: v.say("mentions.none.title"), Sentence: v.say("mentions.none.ever"), Action: v.say("mentions.none.clear"),
		Link: look{Monitor: l.Monitor, Period: l.Period}.at("/mentions"), Example: "coffee AND sentiment:negative",
	}
}

// facetLabel words a value of a facet.
func (v *visit) facetLabel(field, value, label string) string {
	switch field {
	case "lang":
		return v.language(value)
	case "sentiment", "intent", "network", "bot":
		return v.name(field, value)
	case "copies":
		return v.name("copied", value)
	case "is":
		return v.name("kind", value)
	case "topic":
		if label == value {
			return v.say("topics.number", "n", value)
		}
	case "hashtag":
		return "#" + shorten(40, value)
	}
	return shorten(40, label)
}

// monitorName is the name of a monitor in a list; "" where it is not there.
func monitorName(list []monitor.Monitor, id hearth.MonitorID) string {
	for i := range list {
		if list[i].ID == id {
			return list[i].Name
		}
	}
	return ""
}
