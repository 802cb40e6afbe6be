package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"hearth"
	"hearth/access"
	"hearth/tag"
)

const tagRulesPath = "/lists/rules"

// tagRulePage is a rule that is changed, or is to be.
type tagRulePage struct {
	ID    int64 // 0: it is to be
	Title string
	Form  *fieldset
	Trial *trial
	Spans []choice // how far back it may be applied
	Write bool
	Apply bool
}

// trial is what a rule would do to what is stored.
type trial struct {
	Sentence string
	Estimate bool
	Posts    []card
}

func (web *Web) newTagRule(v *visit) error {
	form, err := v.tagRuleForm(nil)
	if err != nil {
		return err
	}
	return v.show("tag-rule", v.say("rules.new"), &tagRulePage{Title: v.say("rules.new"), Form: form, Write: v.by.May(access.WriteMonitors)})
}

// tagRule is the page of one rule.
func (web *Web) tagRule(v *visit) error {
	p, err := v.readTagRule(v.r.PathValue("id"))
	if err != nil {
		return err
	}
	return v.show("tag-rule", p.Title, p)
}

func (v *visit) readTagRule(text string) (*tagRulePage, error) {
	id, err := idOf(text, v.say("rules.gone"))
	if err != nil {
		return nil, err
	}
	rules, err := v.web.o.Rules.List(v.ctx(), v.by)
	if err != nil {
		return nil, err
	}
	for i := range rules {
		if rules[i].ID != id {
			continue
		}
		form, err := v.tagRuleForm(&rules[i])
		if err != nil {
			return nil, err
		}
		p := &tagRulePage{ID: id, Title: shorten(80, rules[i].Name), Form: form, Write: v.by.May(access.WriteMonitors)}
		p.Apply = p.Write && v.by.May(access.TagPosts)
		for _, days := range []int{7, 30, 90} {
			p.Spans = append(p.Spans, choice{strconv.Itoa(days), v.say("rules.since", "n", days), days == 30})
		}
		p.Spans = append(p.Spans, choice{"", v.say("rules.always"), false})
		return p, nil
	}
	return nil, hearth.Errorf(hearth.NotFound, "%s", v.say("rules.gone"))
}

// tagRuleForm is the form of a rule; nil: of one that is to be.
func (v *visit) tagRuleForm(r *tag.Rule) (*fieldset, error) {
	names, err := v.web.o.Monitors.List(v.ctx(), v.by)
	if err != nil {
		return nil, err
	}
	f := &fieldset{ID: "rule", Action: tagRulesPath, Submit: v.say("act.save"), Icon: "save", Cancel: listsPath + "#rules"}
	var d tag.RuleDraft
	if r != nil {
		d = r.RuleDraft
		f.Action = tagRulesPath + "/" + strconv.FormatInt(r.ID, 10)
		f.Hidden = []doorField{{Name: "version", Value: strconv.FormatInt(r.Version, 10)}}
	}
	from := input{Name: "monitor", Label: v.say("rules.monitor"), Help: v.say("rules.monitor.help"), Choices: []choice{{"", v.say("rules.every"), d.Monitor == 0}}}
	for i := range names {
		from.Choices = append(from.Choices, choice{names[i].ID.String(), shorten(80, names[i].Name), names[i].ID == d.Monitor})
	}
	place := ""
	if d.Place != 0 {
		place = strconv.FormatInt(d.Place, 10)
	}
	f.Fields = []input{
		{Name: "name", Label: v.say("rules.name"), Value: d.Name, Required: true, Max: 200},
		{Name: "query", Label: v.say("rules.query"), Value: d.Query, Help: v.say("rules.query.help"), Max: 10_000, Lines: 3},
		from,
		{Name: "tags", Label: v.say("rules.tags"), Value: strings.Join(d.Tags, ", "), Help: v.say("rules.tags.help"), Required: true, Max: 4000},
		{Name: "place", Label: v.say("rules.place"), Value: place, Help: v.say("rules.place.help"), Type: "number"},
		{Name: "how", Label: v.say("rules.how"), Several: []choice{{"stop", v.say("rules.stop"), d.Stop}, {"paused", v.say("rules.paused"), d.Paused}}},
	}
	return f, nil
}

// saveTagRule saves a rule, tries one, applies one to the past or takes one away.
func (web *Web) saveTagRule(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	var id int64
	if text := v.r.PathValue("id"); text != "" {
		if id, err = idOf(text, v.say("rules.gone")); err != nil {
			return err
		}
	}
	d := tag.RuleDraft{Name: form.Get("name"), Query: strings.TrimSpace(form.Get("query")), Tags: tagsOf(form.Get("tags"))}
	for _, how := range form["how"] {
		d.Stop, d.Paused = d.Stop || how == "stop", d.Paused || how == "paused"
	}
	if n, err := strconv.ParseInt(form.Get("monitor"), 10, 64); err == nil {
		d.Monitor = hearth.MonitorID(n)
	}
	if n, err := strconv.ParseInt(form.Get("place"), 10, 64); err == nil {
		d.Place = n
	}
	switch form.Get("do") {
	case "remove":
		if err := web.o.Rules.Remove(v.ctx(), v.by, id); err != nil {
			return err
		}
		return v.back(listsPath + "?did=rule-removed#rules")
	case "apply":
		if _, err := web.o.Rules.Apply(v.ctx(), v.by, id, v.since(form.Get("days"))); err != nil {
			return err
		}
		return v.back(listsPath + "?did=begun#runs")
	case "try":
		return v.tryTagRule(id, d, form)
	}
	if id == 0 {
		_, err = web.o.Rules.Create(v.ctx(), v.by, d)
	} else {
		version, _ := strconv.ParseInt(form.Get("version"), 10, 64)
		_, err = web.o.Rules.Change(v.ctx(), v.by, id, version, d)
	}
	if err != nil {
		return v.tagRuleRefused(id, err, form, nil)
	}
	return v.back(listsPath + "?did=rule-saved#rules")
}

// tryTagRule shows what a rule, as it is typed, would do to the last thirty days.
func (v *visit) tryTagRule(id int64, d tag.RuleDraft, form url.Values) error {
	if strings.TrimSpace(d.Name) == "" {
		d.Name = "…" // it is not saved, and needs none yet
	}
	t, err := v.web.o.Rules.Try(v.ctx(), v.by, d, v.since("30"))
	if err != nil {
		return v.tagRuleRefused(id, err, form, nil)
	}
	shown := &trial{Sentence: v.say("rules.trial", "n", t.Matches, "changes", t.Changes), Estimate: !t.Exact}
	for i := range t.Posts {
		hit := &t.Posts[i]
		shown.Posts = append(shown.Posts, v.newCard(hit.Seq, &hit.Post, nil, listed))
	}
	return v.tagRuleRefused(id, nil, form, shown)
}

// tagRuleRefused shows a form again as it was typed, with what is wrong or what
// a trial says.
func (v *visit) tagRuleRefused(id int64, err error, typed url.Values, t *trial) error {
	p := &tagRulePage{Title: v.say("rules.new"), Write: true}
	var wrong error
	if id != 0 {
		p, wrong = v.readTagRule(strconv.FormatInt(id, 10))
	} else {
		p.Form, wrong = v.tagRuleForm(nil)
	}
	if wrong != nil {
		return wrong
	}
	p.Trial = t
	status := http.StatusOK
	if err != nil {
		var shown bool
		if status, shown = p.Form.refused(err, typed); !shown {
			return err
		}
	} else {
		p.Form.typed(typed)
	}
	return v.showAt(status, "tag-rule", p.Title, p)
}

// since is the beginning of a span that a form names by days; zero: always.
func (v *visit) since(days string) time.Time {
	if n, err := strconv.Atoi(days); err == nil && n > 0 && n < 36_600 {
		return v.now.AddDate(0, 0, -n)
	}
	return time.Time{}
}
