package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"hearth"
	"hearth/access"
	"hearth/monitor"
	"hearth/tag"
)

const listsPath = "/lists"

// listsPage is what queries share and what tags posts: lists, rules, and the work
// that tags many posts.
type listsPage struct {
	Done    *listDone
	Lists   []listRow
	Removed []listRow
	Rules   []tagRuleRow
	Runs    []runRow
	Write   bool // lists and rules
	Tag     bool
	None    *emptyState
	Every   string // when the work is looked at again; "": not
}

// listDone is what a form has just done.
type listDone struct {
	Sentence string
	Removed  int64 // the list that was taken away, and can be brought back; 0: none
}

// listRow is a list.
type listRow struct {
	ID      int64
	Name    string
	Kind    string // in words
	Icon    string
	N       int
	Changed moment
	Use     string // in a query
}

// tagRuleRow is a rule.
type tagRuleRow struct {
	ID     int64
	Name   string
	Query  string
	From   string // the monitor whose posts it looks at; "": all
	Tags   []string
	Paused bool
	Stop   bool
}

// runRow is tagging of many posts.
type runRow struct {
	ID      int64
	What    string
	State   string
	Reason  string
	Percent int
	Going   bool
	Left    string
	Looked  int64
	Changed int64
	When    moment
	Steps   []choice // what can be done about it, and its label
}

// runsShown is how many pieces of work the page names.
const runsShown = 12

// lists is the page of lists and rules.
func (web *Web) lists(v *visit) error {
	lists, err := web.o.Lists.List(v.ctx(), v.by)
	if err != nil {
		return err
	}
	var removed []monitor.List
	if v.by.May(access.ReadMonitors) {
		if removed, err = web.o.Lists.Removed(v.ctx(), v.by); err != nil {
			return err
		}
	}
	p := &listsPage{Lists: v.listRows(lists), Removed: v.listRows(removed), Write: v.by.May(access.WriteMonitors), Tag: v.by.MaySome(access.TagPosts)}
	if err := v.fillRules(p); err != nil {
		return err
	}
	if err := v.fillRuns(p); err != nil {
		return err
	}
	switch did := v.query("did"); did {
	case "removed":
		p.Done = &listDone{v.name("lists-did", did), v.queryNumber("id")}
	case "saved", "restored", "begun", "rule-saved", "rule-removed":
		p.Done = &listDone{Sentence: v.name("lists-did", did)}
	}
	if len(lists)+len(removed)+len(p.Rules)+len(p.Runs) == 0 {
		p.None = &emptyState{Title: v.say("lists.none.title"), Sentence: v.say("lists.none.sentence"), Example: `list:"street names" AND sentiment:negative`}
		if p.Write {
			p.None.Action, p.None.Link = v.say("lists.new"), listsPath+"/new"
		}
	}
	return v.show("lists", v.say("nav.lists"), p)
}

var listIcons = map[monitor.ListKind]string{monitor.WordList: "quote", monitor.AuthorList: "at-sign", monitor.SiteList: "globe"}

func (v *visit) listRows(lists []monitor.List) (rows []listRow) {
	for i := range lists {
		l := &lists[i]
		rows = append(rows, listRow{
			ID: l.ID, Name: shorten(80, l.Name), Kind: v.say("lists-kind."+string(l.Kind), "n", len(l.Entries)), Icon: listIcons[l.Kind],
			N: len(l.Entries), Changed: v.when(l.Changed), Use: "list:" + quoted(hearth.Visible(l.Name)),
		})
	}
	return rows
}

func (v *visit) fillRules(p *listsPage) error {
	if !v.by.May(access.ReadMonitors) {
		return nil // rules are the whole workspace's
	}
	rules, err := v.web.o.Rules.List(v.ctx(), v.by)
	if err != nil {
		return err
	}
	names, err := v.monitorNames()
	if err != nil {
		return err
	}
	for i := range rules {
		r := &rules[i]
		row := tagRuleRow{ID: r.ID, Name: shorten(80, r.Name), Query: shorten(200, r.Query), Paused: r.Paused, Stop: r.Stop}
		if r.Monitor != 0 {
			row.From = names[r.Monitor]
		}
		for _, t := range r.Tags {
			row.Tags = append(row.Tags, shorten(60, t))
		}
		p.Rules = append(p.Rules, row)
	}
	return nil
}

func (v *visit) monitorNames() (map[hearth.MonitorID]string, error) {
	list, err := v.web.o.Monitors.List(v.ctx(), v.by)
	names := map[hearth.MonitorID]string{}
	for i := range list {
		names[list[i].ID] = shorten(80, list[i].Name)
	}
	return names, err
}

func (v *visit) fillRuns(p *listsPage) error {
	if !v.by.MaySome(access.ReadPosts) {
		return nil
	}
	runs, err := v.web.o.Tags.Runs(v.ctx(), v.by)
	if err != nil {
		return err
	}
	for i := range runs[:min(len(runs), runsShown)] {
		r := &runs[i]
		row := runRow{
			ID: r.ID, State: v.say("lists-run." + string(r.State)), Reason: shorten(200, v.ours(r.Reason)), Looked: r.Looked, Changed: r.Changed, When: v.when(r.Begun),
			Going: r.State == tag.Running || r.State == tag.Undoing || r.State == tag.Paused,
		}
		var what []string
		for _, t := range r.Change.Set {
			what = append(what, "+ "+shorten(60, t))
		}
		for _, t := range r.Change.Drop {
			what = append(what, "− "+shorten(60, t))
		}
		row.What = strings.Join(append(what, v.correctedWords(r.Change.Correct)...), ", ")
		if r.Total > 0 {
			row.Percent = int(min(100, 100*r.Looked/r.Total))
		}
		if r.Left > 0 && r.State != tag.Paused {
			row.Left = v.say("jobs.left", "span", v.span(r.Left))
		}
		if row.Going && r.State != tag.Paused {
			p.Every = "every 2s"
		}
		if p.Tag {
			row.Steps = v.stepsOf(r.State)
		}
		p.Runs = append(p.Runs, row)
	}
	return nil
}

// stepsOf is what can be done about a run in a state.
func (v *visit) stepsOf(s tag.State) (list []choice) {
	steps := map[tag.State][]tag.Step{
		tag.Running: {tag.Pause, tag.Cancel, tag.Undo}, tag.Paused: {tag.Resume, tag.Cancel, tag.Undo},
		tag.Finished: {tag.Undo}, tag.Cancelled: {tag.Undo}, tag.Failed: {tag.Undo},
	}
	for _, step := range steps[s] {
		list = append(list, choice{string(step), v.say("lists-step." + string(step)), false})
	}
	return list
}

// listPage is a list that is changed, or is to be.
type listPage struct {
	ID    int64 // 0: it is to be
	Title string
	Form  *fieldset
	Uses  []link
	Use   string
	Taken *takenLines // what came of what was typed
	Now   string      // the entries as somebody else has them now; "": nobody has
	Write bool
}

// takenLines is what became of typed lines.
type takenLines struct {
	Sentence string
	Refused  []refusedLine
}

type refusedLine struct {
	Line         int
	Text, Reason string
}

func (web *Web) newList(v *visit) error {
	return v.show("list", v.say("lists.new"), &listPage{Title: v.say("lists.new"), Form: v.listForm(nil), Write: v.by.May(access.WriteMonitors)})
}

// list is the page of one list.
func (web *Web) list(v *visit) error {
	l, p, err := v.readList(v.r.PathValue("id"))
	if err != nil {
		return err
	}
	return v.show("list", shorten(80, l.Name), p)
}

func (v *visit) readList(text string) (l monitor.List, p *listPage, err error) {
	id, err := idOf(text, v.say("lists.gone"))
	if err != nil {
		return l, nil, err
	}
	l, uses, err := v.web.o.Lists.Get(v.ctx(), v.by, id)
	if err != nil {
		return l, nil, err
	}
	p = &listPage{ID: id, Title: shorten(80, l.Name), Form: v.listForm(&l), Use: "list:" + quoted(hearth.Visible(l.Name)), Write: v.by.May(access.WriteMonitors)}
	for _, u := range uses {
		p.Uses = append(p.Uses, link{Label: shorten(80, u.Name), Href: "/monitors/" + u.Monitor.String()})
	}
	return l, p, nil
}

// mostListText is the characters of a list that a form sends.
const mostListText = 2_000_000

// listForm is the form of a list; nil: of one that is to be.
func (v *visit) listForm(l *monitor.List) *fieldset {
	f := &fieldset{ID: "list", Action: listsPath, Submit: v.say("act.save"), Icon: "save", Cancel: listsPath}
	name := input{Name: "name", Label: v.say("lists.name"), Help: v.say("lists.name.help"), Required: true, Max: 200}
	text := input{Name: "text", Label: v.say("lists.entries"), Help: v.say("lists.entries.help"), Lines: 12, Max: mostListText}
	if l != nil {
		f.Action = listsPath + "/" + strconv.FormatInt(l.ID, 10)
		f.Hidden = []doorField{{Name: "version", Value: strconv.FormatInt(l.Version, 10)}}
		name.Value, text.Value = l.Name, strings.Join(l.Entries, "\n")
		f.Fields = []input{name, text}
		return f
	}
	kind := input{Name: "kind", Label: v.say("lists.kind")}
	for _, k := range []monitor.ListKind{monitor.WordList, monitor.AuthorList, monitor.SiteList} {
		kind.Choices = append(kind.Choices, choice{string(k), v.say("lists-of." + string(k)), k == monitor.WordList})
	}
	f.Fields = []input{name, kind, text}
	return f
}

// saveList makes a list, changes one, takes one away or brings one back.
func (web *Web) saveList(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	var id int64
	if text := v.r.PathValue("id"); text != "" {
		if id, err = idOf(text, v.say("lists.gone")); err != nil {
			return err
		}
	}
	switch form.Get("do") {
	case "remove":
		if err := web.o.Lists.Remove(v.ctx(), v.by, id); err != nil {
			return v.listRefused(id, err, nil)
		}
		return v.back(listsPath + "?did=removed&id=" + strconv.FormatInt(id, 10))
	case "restore":
		if _, err := web.o.Lists.Restore(v.ctx(), v.by, id); err != nil {
			return err
		}
		return v.back(listsPath + "?did=restored")
	}
	var l monitor.List
	var taken monitor.Taken
	if id == 0 {
		l, taken, err = web.o.Lists.Create(v.ctx(), v.by, monitor.ListDraft{Kind: monitor.ListKind(form.Get("kind")), Name: form.Get("name"), Text: form.Get("text")})
	} else {
		name, text := form.Get("name"), form.Get("text")
		version, _ := strconv.ParseInt(form.Get("version"), 10, 64)
		l, taken, err = web.o.Lists.Change(v.ctx(), v.by, id, version, monitor.ListEdit{Name: &name, Text: &text})
	}
	if err != nil {
		return v.listRefused(id, err, form)
	}
	if len(taken.Refused) == 0 {
		return v.back(listsPath + "?did=saved")
	}
	_, p, err := v.readList(strconv.FormatInt(l.ID, 10))
	if err != nil {
		return err
	}
	p.Taken = v.takenOf(&taken)
	return v.showAt(http.StatusOK, "list", p.Title, p)
}

// linesShown is how many refused lines a page names.
const linesShown = 50

func (v *visit) takenOf(taken *monitor.Taken) *takenLines {
	t := &takenLines{Sentence: v.say("lists.taken", "n", taken.Taken, "refused", len(taken.Refused))}
	for _, r := range taken.Refused[:min(len(taken.Refused), linesShown)] {
		t.Refused = append(t.Refused, refusedLine{r.Line, shorten(120, r.Text), r.Reason})
	}
	return t
}

// listRefused shows a form again with what is wrong. Where somebody else was
// quicker both texts are shown, and the next try is made on theirs.
func (v *visit) listRefused(id int64, err error, form url.Values) error {
	p := &listPage{Title: v.say("lists.new"), Form: v.listForm(nil), Write: true}
	if id != 0 {
		now, page, gone := v.readList(strconv.FormatInt(id, 10))
		if gone != nil {
			return gone
		}
		if p = page; hearth.ErrorCode(err) == hearth.Conflict && form != nil {
			p.Now = visibleLines(strings.Join(now.Entries, "\n"))
		}
	}
	status, shown := p.Form.refused(err, form)
	if !shown {
		return err
	}
	return v.showAt(status, "list", p.Title, p)
}

// steerRun pauses, resumes, cancels or undoes tagging.
func (web *Web) steerRun(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	id, err := idOf(form.Get("run"), v.say("lists.run.gone"))
	if err != nil {
		return err
	}
	if _, err := web.o.Tags.Steer(v.ctx(), v.by, id, tag.Step(form.Get("do"))); err != nil {
		return err
	}
	return v.back(listsPath + "#runs")
}

// tagsOf reads tags as people type them: separated by commas or lines.
func tagsOf(text string) (tags []string) {
	for _, t := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == '，' || r == '\n' || r == '\r' }) {
		if t = strings.TrimSpace(t); t != "" && !slices.Contains(tags, t) {
			tags = append(tags, t)
		}
	}
	return tags
}

// tagMany begins to tag everything that a look at the mentions shows.
func (web *Web) tagMany(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	l := readLook(v.r.URL.Query(), v.now)
	c := tag.Change{Set: tagsOf(form.Get("set")), Drop: tagsOf(form.Get("drop")), Correct: correctionOf(form).Correct}
	if _, err := web.o.Tags.Start(v.ctx(), v.by, l.selection(), c); err != nil {
		return err
	}
	return v.back(listsPath + "?did=begun#runs")
}

// tagPost sets a tag of one post, or takes it away.
func (web *Web) tagPost(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	key := hearth.Key{Network: v.query("network"), ID: v.query("id")}
	c := tag.Change{Set: tagsOf(form.Get("set"))}
	if drop := v.query("drop"); drop != "" {
		c.Drop = []string{drop}
	}
	if _, err := web.o.Tags.Set(v.ctx(), v.by, []hearth.Key{key}, c); err != nil {
		return err
	}
	return v.back("/post?" + url.Values{"network": {key.Network}, "id": {key.ID}}.Encode() + "#tags")
}
