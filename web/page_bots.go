package web

import (
	"math"
	"net/url"
	"strings"
	"time"

	"hearth"
	"hearth/access"
	"hearth/bots"
	"hearth/monitor"
)

// automationPath takes what people say of an account.
const automationPath = "/post/automation"

// automation is how likely an account is automated, as pages show it.
type automation struct {
	Band    string // likely, …
	Shown   bool   // beside a name: declared, likely and possible are worth a word there
	Basis   string
	Reasons []automationReason
	Said    string // what a person says; "": nobody did
	When    moment
	SayAt   string // where it is said; "": not by this visitor
	Says    string // human or automated, of what was said
}

// automationReason is one reason and the points it gives, "" for none.
type automationReason struct{ Points, Words string }

// automations are those of some accounts, in their order; nil where the visitor may
// not see what the whole workspace keeps.
func (v *visit) automations(accounts []bots.Account) ([]automation, error) {
	if !v.by.May(access.ReadPosts) || len(accounts) == 0 {
		return nil, nil
	}
	found, err := v.web.o.Bots.Of(v.ctx(), v.by, accounts)
	if err != nil {
		return nil, err
	}
	list := make([]automation, len(found))
	for i := range found {
		l, a := &found[i], &list[i]
		a.Band = string(l.Band)
		a.Shown = a.Band == "declared" || a.Band == "likely" || a.Band == "possible"
		if l.Posts > 0 {
			a.Basis = v.say("bots.basis", "n", l.Posts, "score", v.decimal(l.Score, 1))
		}
		if l.Judged.IsZero() {
			a.Basis = v.say("bots.not-yet")
		}
		for k := range l.Reasons {
			r := &l.Reasons[k]
			why := automationReason{Words: v.say("bots.why."+string(r.Kind), "n", r.N, "of", r.Of, "site", shorten(60, r.Site), "step", v.step(r.Every))}
			if r.Points != 0 {
				why.Points = v.signed(r.Points)
			}
			a.Reasons = append(a.Reasons, why)
		}
		if l.Said != bots.Nothing {
			a.Says, a.When = string(l.Said), v.when(l.At)
			a.Said = v.say("bots.said."+a.Says, "name", v.sayerName(l.By, v.people()))
		}
	}
	return list, nil
}

// signed is points with their sign, and half ones with a digit more.
func (v *visit) signed(points float64) string {
	digits := 0
	if points != math.Trunc(points) {
		digits = 1
	}
	if points > 0 {
		return "+" + v.decimal(points, digits)
	}
	return v.decimal(points, digits)
}

// step words the step of a beat, which a rounder length of time would make wrong: 1 h 30 min.
func (v *visit) step(d time.Duration) string {
	if d = d.Round(time.Second); d >= 10*time.Minute {
		d = d.Round(time.Minute)
	}
	var words []string
	for _, unit := range [...]struct {
		of   time.Duration
		name string
	}{{time.Hour, "span.hours"}, {time.Minute, "span.minutes"}, {time.Second, "span.seconds"}} {
		n := d / unit.of
		if d -= n * unit.of; n > 0 {
			words = append(words, v.say(unit.name, "n", int(n)))
		}
	}
	return strings.Join(words, " ")
}

// fillAutomation says it of the author of a post.
func (v *visit) fillAutomation(page *postPage, key hearth.Key, p *hearth.Post) error {
	account := bots.AccountOf(p)
	if account.Author == "" {
		return nil
	}
	list, err := v.automations([]bots.Account{account})
	if err != nil || len(list) == 0 {
		return err
	}
	page.Bot = &list[0]
	if v.by.May(access.TagPosts) {
		page.Bot.SayAt = automationPath + "?" + url.Values{"network": {key.Network}, "id": {key.ID}}.Encode()
	}
	return nil
}

// sayAutomation says that a person or a program writes at the account of a post.
func (web *Web) sayAutomation(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	key := hearth.Key{Network: v.query("network"), ID: v.query("id")}
	hit, err := web.o.Posts.Get(v.ctx(), v.by, key)
	if err != nil {
		return err
	}
	if err := web.o.Bots.Say(v.ctx(), v.by, bots.AccountOf(&hit.Post), bots.Says(form.Get("says"))); err != nil {
		return err
	}
	return v.back(postLink(key) + "#automation")
}

// withoutBots is the switch that leaves likely bots out of a look.
type withoutBots struct {
	On   bool
	Href string
	Left string // how many posts are left out
}

func (v *visit) withoutBots(l look) (*withoutBots, error) {
	w := &withoutBots{On: l.NoBots, Href: l.with(func(l *look) { l.NoBots = !l.NoBots }).at("/mentions")}
	if !w.On {
		return w, nil
	}
	all := l.with(func(l *look) { l.NoBots = false }).selection()
	left, exact, err := v.fromBots(all)
	w.Left = v.say("bots.left", "n", left, "posts", v.number(int64(left)))
	if !exact {
		w.Left = v.say("bots.left.about", "n", left, "posts", v.number(int64(left)))
	}
	return w, err
}

// fromBots counts the posts of a selection that likely and declared bots wrote.
func (v *visit) fromBots(s monitor.Selection) (n int, exact bool, err error) {
	found, err := v.web.o.Posts.Facets(v.ctx(), v.by, s, []string{"bot"}, facetTop)
	if err != nil {
		return 0, false, err
	}
	exact = true
	for _, f := range found {
		exact = exact && f.Exact
		for _, value := range f.Values {
			if value.Value == "likely" || value.Value == "declared" {
				n += value.Count
			}
		}
	}
	return n, exact, nil
}
