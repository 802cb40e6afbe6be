package web

import (
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"hearth"
	"hearth/access"
	"hearth/archive"
	"hearth/monitor"
	"hearth/query"
)

// monitorPage is the editor: a monitor that is there, or one to be.
type monitorPage struct {
	ID        int64 // 0: not saved yet
	Version   int64
	Title     string
	Name      string
	NameWhy   string // what is wrong with it
	Bar       queryBar
	Write     bool
	Saved     bool
	Link      string // to its mentions
	Accuracy  string // address of how right the analysis is
	Preview   string // address of the preview
	Theirs    *theirs
	Brands    []brandChoice
	BrandsWhy string
	Fill      *fillPart
	Versions  []versionRow

	// Only of a new one:
	Industries []industryShown
	Dialects   []choice
	Imported   []string // what was changed on the way
	Source     string   // what was imported
}

// theirs is how somebody else left a monitor while it was being edited here.
type theirs struct{ Name, Query string }

type industryShown struct {
	Title   string
	Starter []starterShown
}

type starterShown struct{ Name, Query, Link string }

// versionRow is one version in the history of a monitor.
type versionRow struct {
	Version int64
	When    moment
	What    string // what was changed
	Diff    string // address of what it did; "": the query is the same
}

// monitorID reads the number of a monitor.
func monitorID(text string) (hearth.MonitorID, error) {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || id <= 0 {
		return 0, hearth.Errorf(hearth.NotFound, "There is no such monitor.")
	}
	return hearth.MonitorID(id), nil
}

// newMonitor is the page on which a monitor begins: empty, from a template, or
// with what the address says.
func (web *Web) newMonitor(v *visit) error {
	p := v.newMonitorPage(v.query("name"), v.query("q"))
	p.Source = v.query("source")
	if dialect := query.Dialect(v.query("dialect")); p.Source != "" {
		if !slices.Contains(dialects[:], dialect) {
			return hearth.Errorf(hearth.Invalid, "Queries of Brandwatch, Talkwalker and Meltwater can be imported.")
		}
		text, notes := query.Import(dialect, p.Source)
		p.Bar = v.writtenBar(text)
		for _, n := range notes {
			p.Imported = append(p.Imported, n.Message)
		}
		if len(notes) == 0 {
			p.Imported = []string{v.say("monitor.imported")}
		}
	}
	return v.showCharts("monitor", p.Title, p)
}

var dialects = [...]query.Dialect{query.Brandwatch, query.Talkwalker, query.Meltwater}

func (v *visit) newMonitorPage(name, text string) *monitorPage {
	p := &monitorPage{Title: v.say("monitors.new"), Name: name, Bar: v.writtenBar(text), Write: v.by.CheckSome(access.WriteMonitors) == nil, Preview: "/monitors/preview", Brands: v.livingBrands(v.by.At())}
	for _, in := range monitor.Starters(v.lang) {
		shown := industryShown{Title: in.Title}
		for _, s := range in.Starters {
			shown.Starter = append(shown.Starter, starterShown{s.Name, s.Query, addParameter(addParameter("/monitors/new", "name", s.Name), "q", s.Query)})
		}
		p.Industries = append(p.Industries, shown)
	}
	for _, d := range dialects {
		name := string(d)
		p.Dialects = append(p.Dialects, choice{name, strings.ToUpper(name[:1]) + name[1:], name == v.query("dialect")})
	}
	return p
}

// writtenBar is a query bar with a query that is no look at posts.
func (v *visit) writtenBar(text string) queryBar {
	b := v.queryBar(look{Query: text}, nil)
	b.Look, b.Fields = lookPath, v.completions(false)
	if q, diagnostics := v.web.o.Monitors.Parse(v.by.Workspace, text); q == nil && text != "" { // it is to listen
		b.Wrong, b.Reading, b.Problems = true, "", problemsOf(text, diagnostics)
	}
	return b
}

// monitor is the page of one monitor.
func (web *Web) monitor(v *visit) error {
	id, err := monitorID(v.r.PathValue("id"))
	if err != nil {
		return err
	}
	m, err := web.o.Monitors.Get(v.ctx(), v.by, id)
	if err != nil {
		return err
	}
	p, err := v.monitorPage(&m)
	if err != nil {
		return err
	}
	if v.part() {
		return v.block(200, "monitor", "past", p)
	}
	p.Saved = v.query("saved") != ""
	return v.showCharts("monitor", p.Title, p)
}

func (v *visit) monitorPage(m *monitor.Monitor) (*monitorPage, error) {
	p := &monitorPage{
		ID: int64(m.ID), Version: m.Version, Title: shorten(60, m.Name), Name: m.Name, Bar: v.writtenBar(m.Query),
		Write: v.by.CheckSome(access.WriteMonitors) == nil, Link: look{Monitor: m.ID}.at("/mentions"), Preview: "/monitors/preview",
		Brands: v.livingBrands(m.Brands...),
	}
	if v.by.May(access.ReadPosts) { // it is of the whole workspace
		p.Accuracy = accuracyPath(m.ID)
	}
	fill, err := v.web.o.Monitors.Filling(v.ctx(), v.by, m.ID)
	if err != nil {
		return nil, err
	}
	p.Fill = v.fillPart(m, &fill)
	versions, err := v.web.o.Monitors.Versions(v.ctx(), v.by, m.ID)
	if err != nil {
		return nil, err
	}
	for i := range versions[:min(shownVersions, len(versions))] {
		row := versionRow{Version: versions[i].Version, When: v.when(versions[i].Changed)}
		if i+1 == len(versions) {
			row.What = v.say("monitor.version.first")
		} else {
			row.What = v.whatChanged(&versions[i+1], &versions[i])
			if versions[i].Canonical != versions[i+1].Canonical {
				row.Diff = monitorPath(m.ID) + "/diff?from=" + strconv.FormatInt(versions[i+1].Version, 10) + "&to=" + strconv.FormatInt(versions[i].Version, 10)
			}
		}
		p.Versions = append(p.Versions, row)
	}
	return p, nil
}

const shownVersions = 50

func (v *visit) whatChanged(from, to *monitor.Version) string {
	var what []string
	if from.Name != to.Name {
		what = append(what, v.say("monitor.version.name", "from", shorten(40, from.Name), "to", shorten(40, to.Name)))
	}
	if from.Query != to.Query {
		what = append(what, v.say("monitor.version.query"))
	}
	switch {
	case to.Paused && !from.Paused:
		what = append(what, v.say("monitor.version.paused"))
	case !to.Paused && from.Paused:
		what = append(what, v.say("monitor.version.resumed"))
	}
	if len(what) == 0 {
		what = append(what, v.say("monitor.version.restored"))
	}
	return strings.Join(what, " · ")
}

// saveMonitor saves what the editor sends. What is wrong is said at its field
// and nothing that was written is lost.
func (web *Web) saveMonitor(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	name, text := form.Get("name"), strings.TrimSpace(form.Get("q"))
	saved, err := v.keepMonitor(form.Get("id"), form.Get("version"), name, text, brandsOf(form))
	if err == nil {
		return v.back(addParameter(monitorPath(saved.ID), "saved", "1"))
	}
	code := hearth.ErrorCode(err)
	if field, _ := faultOf(err); code != hearth.Invalid && code != hearth.Conflict && field != "brands" {
		return err
	}
	p := v.newMonitorPage(name, text)
	if id, bad := monitorID(form.Get("id")); bad == nil {
		m, gone := web.o.Monitors.Get(v.ctx(), v.by, id)
		if gone != nil {
			return gone
		}
		if p, gone = v.monitorPage(&m); gone != nil {
			return gone
		}
		if code == hearth.Conflict && strconv.FormatInt(m.Version, 10) != form.Get("version") {
			p.Theirs = &theirs{m.Name, m.Query}
		}
		p.Name, p.Bar = name, v.writtenBar(text)
	}
	if brands := brandsOf(form); brands != nil {
		p.Brands = v.livingBrands(*brands...)
	}
	var unsound *monitor.QueryError
	field, _ := faultOf(err)
	switch {
	case field == "brands":
		p.BrandsWhy = err.Error()
	case !errors.As(err, &unsound) && p.Theirs == nil: // an unsound query says so at its words
		p.NameWhy = err.Error()
	}
	return v.block(statuses[code], "monitor", "shell", v.shell(p.Title, true, p))
}

func (v *visit) keepMonitor(id, version, name, text string, brands *[]access.BrandID) (monitor.Monitor, error) {
	if id == "" {
		d := monitor.Draft{Name: name, Query: text}
		if brands != nil {
			d.Brands = *brands
		}
		return v.web.o.Monitors.Create(v.ctx(), v.by, d)
	}
	number, err := monitorID(id)
	if err != nil {
		return monitor.Monitor{}, err
	}
	seen, err := strconv.ParseInt(version, 10, 64)
	if err != nil {
		return monitor.Monitor{}, hearth.Errorf(hearth.Invalid, "This form is too old; open the monitor again.")
	}
	return v.web.o.Monitors.Change(v.ctx(), v.by, number, seen, monitor.Edit{Name: &name, Query: &text, Brands: brands})
}

// previewPart is what a query would have caught lately.
type previewPart struct {
	Stats   []stat
	Chart   *chart
	Samples []card
	Effect  *effectPart // against what is saved
	Empty   bool        // there is no query yet
	Wrong   bool
}

// effectPart is what a change would do, or did.
type effectPart struct {
	Words                []monitor.Piece
	Gained, Lost, Kept   int64
	Exact                bool
	Window               int64
	GainedPosts, LostOld []card
	Same                 bool // the query means the same
}

// previewMonitor answers while somebody writes.
func (web *Web) previewMonitor(v *visit) error {
	text := strings.TrimSpace(v.query("q"))
	if len(text) > longestQuery {
		return hearth.Errorf(hearth.Invalid, "This query is too long to be looked at while it is written; save it and look at what it catches.")
	}
	p := &previewPart{Empty: text == ""}
	if p.Empty {
		return v.block(200, "monitor", "preview", p)
	}
	found, err := web.o.Monitors.Preview(v.ctx(), v.by, text)
	if err != nil {
		return err
	}
	if p.Wrong = !found.Sound(); p.Wrong {
		return v.block(200, "monitor", "preview", p)
	}
	v.fillPreview(p, &found)
	if id, bad := monitorID(v.query("id")); bad == nil {
		m, err := web.o.Monitors.Get(v.ctx(), v.by, id)
		if err != nil {
			return err
		}
		if m.Canonical != found.Canonical {
			effect, err := web.o.Monitors.PreviewChange(v.ctx(), v.by, id, text)
			if err != nil {
				return err
			}
			p.Effect = v.effectPart(&effect)
		}
	}
	return v.block(200, "monitor", "preview", p)
}

func (v *visit) fillPreview(p *previewPart, found *monitor.Preview) {
	posts := stat{Name: v.say("monitor.preview.posts", "n", found.Days), Value: v.number(found.Posts), Explain: []string{v.say("monitor.preview.posts.how")}}
	switch {
	case found.Exact:
	case found.Low < found.High:
		posts.Value = "≈ " + posts.Value
		posts.Explain = append(posts.Explain, v.say("facet.between", "low", v.number(found.Low), "high", v.number(found.High)))
	default:
		posts.Value = v.say("monitor.atleast", "n", found.Posts)
	}
	p.Stats = []stat{
		posts,
		{Name: v.say("monitor.preview.perday"), Value: "≈ " + v.number(int64(math.Round(found.PerDay))), Explain: []string{v.say("monitor.preview.perday.how")}},
		{Name: v.say("monitor.preview.cost"), Value: v.number(int64(found.Cost)), Explain: []string{v.say("monitor.preview.cost.how")}},
	}
	c := chart{ID: "preview", Height: "low", Finding: v.say("monitor.preview.chart"), Columns: []string{v.say("chart.all")}}
	spec := chartSpec{Kind: "bars", Series: []chartSeries{{Name: v.say("chart.all"), Role: "main"}}}
	const dayLong = 24 * time.Hour
	counts := map[time.Duration]int64{} // by day before today
	today := v.now.UTC().Truncate(dayLong)
	for _, b := range found.Buckets {
		counts[today.Sub(b.Start.UTC().Truncate(dayLong))] += b.Posts
	}
	for i := found.Days; i >= 0; i-- {
		back := time.Duration(i) * dayLong
		day := today.Add(-back)
		spec.Labels = append(spec.Labels, v.day(day))
		spec.Series[0].Values = append(spec.Series[0].Values, float64(counts[back]))
		c.Rows = append(c.Rows, chartRow{Label: v.day(day), Cells: []string{v.number(counts[back])}})
	}
	c.Spec = specText(spec)
	p.Chart = &c
	p.Samples = v.hitCards(found.Samples)
}

func (v *visit) hitCards(hits []archive.Hit) (list []card) {
	for i := range hits {
		list = append(list, v.newCard(hits[i].Seq, &hits[i].Post, hits[i].Highlights, listed))
	}
	return list
}

func (v *visit) effectPart(e *monitor.Effect) *effectPart {
	return &effectPart{
		Words: e.Words, Gained: e.Gained, Lost: e.Lost, Kept: e.Kept, Exact: e.Exact, Window: e.WindowGained,
		GainedPosts: v.hitCards(e.GainedPosts), LostOld: v.hitCards(e.LostPosts), Same: e.FromQuery == e.ToQuery,
	}
}

// monitorDiff says what a change of a monitor did.
func (web *Web) monitorDiff(v *visit) error {
	id, err := monitorID(v.r.PathValue("id"))
	if err != nil {
		return err
	}
	effect, err := web.o.Monitors.Effect(v.ctx(), v.by, id, v.queryNumber("from"), v.queryNumber("to"))
	if err != nil {
		return err
	}
	p := struct {
		Link   string
		Effect *effectPart
	}{monitorPath(id), v.effectPart(&effect)}
	if v.part() {
		return v.block(200, "monitor-diff", "effect", p.Effect)
	}
	return v.show("monitor-diff", v.say("monitor.diff"), p)
}

// fillPart is how far the search of the past is.
type fillPart struct {
	ID         int64
	State      string // in words
	Running    bool
	Paused     bool
	Again      bool // it can be begun anew
	Percent    int
	Beside     string
	Notes      []string
	Link       string // where the part is asked for again
	EstimateAt string // address of the estimate
}

func (v *visit) fillPart(m *monitor.Monitor, f *monitor.Fill) *fillPart {
	p := &fillPart{
		ID: int64(m.ID), State: v.name("fill", f.State), Percent: int(100 * f.Share()), Link: monitorPath(m.ID), Notes: f.Notes,
		Running: f.State == monitor.FillRunning || f.State == monitor.FillWaiting, Paused: f.State == monitor.FillPaused,
	}
	p.Again = !p.Running && !p.Paused && !m.Paused
	p.Beside = v.say("monitor.fill.found", "n", f.Found, "brought", f.Brought)
	if left := f.Left(); left > 0 {
		p.Beside = v.say("monitor.fill.left", "span", v.span(left)) + " · " + p.Beside
	}
	if p.Again {
		p.EstimateAt = monitorPath(m.ID) + "/estimate"
	}
	return p
}

// estimateShown is what a search of the past would be.
type estimateShown struct {
	ID       int64
	Sentence string
	Networks []string
	Notes    []string
}

// estimate says what a search of the past would go through, before it is begun.
func (web *Web) estimate(v *visit) error {
	id, err := monitorID(v.r.PathValue("id"))
	if err != nil {
		return err
	}
	e, err := web.o.Monitors.EstimateFill(v.ctx(), v.by, id, time.Time{})
	if err != nil {
		return err
	}
	shown := estimateShown{ID: int64(id), Networks: e.Networks, Notes: e.Notes}
	shown.Sentence = v.say("monitor.estimate", "stored", e.Stored, "window", e.Window, "n", e.FoundStored+e.FoundWindow)
	if v.part() {
		return v.block(200, "monitor", "estimate", shown)
	}
	return v.show("monitor-estimate", v.say("monitor.past"), shown)
}

// steerFill pauses, resumes, cancels or begins the search of the past.
func (web *Web) steerFill(v *visit) error {
	id, err := monitorID(v.r.PathValue("id"))
	if err != nil {
		return err
	}
	form, err := v.form()
	if err != nil {
		return err
	}
	switch form.Get("do") {
	case "pause":
		_, err = web.o.Monitors.PauseFill(v.ctx(), v.by, id)
	case "resume":
		_, err = web.o.Monitors.ResumeFill(v.ctx(), v.by, id)
	case "cancel":
		err = web.o.Monitors.CancelFill(v.ctx(), v.by, id)
	case "begin":
		_, err = web.o.Monitors.Fill(v.ctx(), v.by, id, time.Time{})
	default:
		err = hearth.Errorf(hearth.Invalid, "The search of the past can be begun, paused, resumed and cancelled.")
	}
	if err != nil {
		return err
	}
	return v.back(monitorPath(id) + "#past")
}
