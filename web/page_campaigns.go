package web

import (
	"math"
	"net/url"
	"slices"
	"strings"
	"time"

	"hearth"
	"hearth/access"
	"hearth/bots"
	"hearth/copies"
	"hearth/query"
)

// campaignsPage is what many pass on in the posts of a monitor.
type campaignsPage struct {
	frame
	List  *campaignList
	Part  string // where the list is, which takes a moment
	Whole string // the page with it, for browsers without script
	Owned *ownedAccounts
}

// ownedAccounts were just said to be ours; it can be taken back.
type ownedAccounts struct {
	N        int
	Accounts []accountName
	Back     string
}

type accountName struct{ Network, Author string }

// campaignList is the campaigns, or why there are none.
type campaignList struct {
	Finding string
	Basis   string
	Chance  string
	Rows    []campaignLine
	None    *emptyState
}

// campaignLine is a campaign in the list.
type campaignLine struct {
	Title, Link, Poster string
	Coordinated, Muted  bool
	Posts, Accounts     int
	When                moment
	Span                string
	Bars                []timelineBar
}

// timelineBar is posts of a stretch of time, as SVG has them.
type timelineBar struct{ X, Y, Width, Height string }

// campaignPage is one campaign.
type campaignPage struct {
	campaignLine
	Network  string
	Why      []string
	From, To moment
	Most     int // posts of the highest bar
	Step     string
	Members  []campaignMember
	More     int // accounts that are not shown
	Posts    []card
	Links    []string
	ID       string
	Back     string // the list
	Here     string // this page
	All      string // its posts in Mentions
	Write    bool
}

// campaignMember is an account that takes part.
type campaignMember struct {
	Name, Network string
	Posts, All    int
	Share         string
	Bar           string
	First         moment
	InStep        bool
	Bot           *automation
}

const (
	timelineBars = 48
	shownMembers = 50
)

// campaigns is the page.
func (web *Web) campaigns(v *visit) error { return v.campaignsPage(nil) }

func (v *visit) campaignsPage(owned *ownedAccounts) error {
	f, err := v.frame("/campaigns", "30d")
	if err != nil {
		return err
	}
	p := &campaignsPage{frame: f, Owned: owned}
	if f.None == nil {
		p.Part = strings.Replace(f.at(), "/campaigns", "/campaigns/list", 1)
		p.Whole = f.at("whole", "1")
		if v.query("whole") != "" {
			if p.List, err = v.campaignList(&f); err != nil {
				return err
			}
		}
	}
	return v.show("campaigns", v.say("nav.campaigns"), p)
}

// campaignsList is the part of the page that takes a moment.
func (web *Web) campaignsList(v *visit) error {
	f, err := v.frame("/campaigns", "30d")
	if err != nil {
		return err
	}
	l := &campaignList{None: f.None}
	if f.None == nil {
		if l, err = v.campaignList(&f); err != nil {
			return err
		}
	}
	return v.block(200, "campaigns", "campaign-list", l)
}

// found are the campaigns of the page's monitor and time.
func (v *visit) found(f *frame) (copies.Campaigns, error) {
	s := copies.CampaignSearch{Monitor: f.monitor}
	if from, _ := f.span(); !from.IsZero() {
		s.To = v.now.Truncate(quarter).Add(quarter)
		s.From = s.To.Add(from.Sub(f.look.now).Truncate(quarter))
	} else {
		s.From = time.Unix(0, 0)
	}
	return v.web.o.Copies.Campaigns(v.ctx(), v.by, s)
}

func (v *visit) campaignList(f *frame) (*campaignList, error) {
	found, err := v.found(f)
	if err != nil {
		return nil, err
	}
	l := &campaignList{Basis: v.say("campaigns.basis", "n", found.Posts, "people", v.number(int64(found.People)))}
	if !found.All {
		l.Basis = v.say("campaigns.basis.newest", "n", found.Posts, "people", v.number(int64(found.People)))
	}
	if len(found.Campaigns) == 0 {
		l.None = &emptyState{Title: v.say("campaigns.none.title"), Sentence: v.say("campaigns.none.sentence")}
		if f.Period != "90d" && f.Period != "all" {
			l.None.Action, l.None.Link = v.say("period.90d"), f.at("period", "90d")
		}
		return l, nil
	}
	coordinated := 0
	for i := range found.Campaigns {
		if found.Campaigns[i].Coordinated {
			coordinated++
		}
		l.Rows = append(l.Rows, v.campaignLine(f, &found.Campaigns[i]))
	}
	slices.SortStableFunc(l.Rows, func(a, b campaignLine) int {
		switch {
		case a.Muted == b.Muted:
			return 0
		case b.Muted:
			return -1
		}
		return 1
	})
	l.Finding = v.say("campaigns.finding", "n", len(found.Campaigns), "coordinated", coordinated)
	l.Chance = v.chance(&found)
	return l, nil
}

// chance says how much of what was found chance makes.
func (v *visit) chance(found *copies.Campaigns) string {
	if found.Weight == 0 {
		return v.say("campaigns.chance.none")
	}
	expected := v.decimal(found.Expected, 1)
	if found.Expected >= 10 {
		expected = v.number(int64(math.Round(found.Expected)))
	}
	return v.say("campaigns.chance", "n", found.Pairs, "expected", expected, "weight", found.Weight)
}

func (v *visit) campaignLine(f *frame, c *copies.Campaign) campaignLine {
	line := campaignLine{
		Title: shorten(160, c.Title), Poster: shorten(40, c.Poster), Coordinated: c.Coordinated, Muted: c.Muted, Posts: c.Posts, Accounts: len(c.Accounts),
		When: v.when(c.From), Span: v.span(max(time.Second, c.To.Sub(c.From))),
		Link: strings.Replace(f.at(), "/campaigns", "/campaigns/"+url.PathEscape(c.ID), 1),
	}
	line.Bars, _ = timeline(c)
	return line
}

// timeline is how many posts each stretch of a campaign has.
func timeline(c *copies.Campaign) (bars []timelineBar, most int) {
	var counts [timelineBars]int
	whole := c.To.Sub(c.From) + 1
	for _, at := range c.Times {
		i := min(timelineBars-1, int(float64(timelineBars)*float64(at.Sub(c.From))/float64(whole)))
		counts[i]++
		most = max(most, counts[i])
	}
	for i, n := range counts {
		if n == 0 {
			continue
		}
		high := float64(n) / float64(most)
		bars = append(bars, timelineBar{
			X: percentage(float64(i) / timelineBars), Width: percentage(0.8 / timelineBars), Y: percentage(1 - high), Height: percentage(high),
		})
	}
	return bars, most
}

// campaign is the page of one.
func (web *Web) campaign(v *visit) error {
	f, c, found, err := v.foundCampaign()
	if err != nil {
		return err
	}
	line := v.campaignLine(&f, c)
	p := &campaignPage{
		campaignLine: line, Network: c.First.Network, From: v.when(c.From), To: v.when(c.To), ID: c.ID, Back: f.at(), Here: line.Link,
		Write: v.by.Check(access.WriteMonitors) == nil,
	}
	_, p.Most = timeline(c)
	p.Step = v.span(max(time.Second, c.To.Sub(c.From)/timelineBars))
	if c.Texts > 1 {
		p.Why = append(p.Why, v.say("campaign.why.texts", "n", c.Posts, "accounts", len(c.Accounts), "texts", c.Texts, "span", line.Span))
	} else {
		p.Why = append(p.Why, v.say("campaign.why.size", "n", c.Posts, "accounts", len(c.Accounts), "span", line.Span))
	}
	if c.Coordinated {
		p.Why = append(p.Why, v.say("campaign.why.pairs", "n", c.Edges, "weight", found.Weight), v.chance(&found), v.say("campaign.why.not"))
	} else {
		p.Why = append(p.Why, v.say("campaign.why.copied"))
	}
	for i := range c.Accounts {
		if i == shownMembers {
			p.More = len(c.Accounts) - i
			break
		}
		a := &c.Accounts[i]
		p.Members = append(p.Members, campaignMember{
			Name: shorten(40, a.Label), Network: a.Network, Posts: a.Posts, All: a.All, Share: v.percent(a.Share), Bar: percentage(a.Share), First: v.when(a.First), InStep: a.InStep,
		})
	}
	likely := 0
	var accounts []bots.Account
	for i := range p.Members {
		accounts = append(accounts, bots.Account{Network: c.Accounts[i].Network, Author: c.Accounts[i].Author})
	}
	automated, err := v.automations(accounts)
	if err != nil {
		return err
	}
	for i := range automated {
		if p.Members[i].Bot = &automated[i]; automated[i].Band == "likely" || automated[i].Band == "declared" {
			likely++
		}
	}
	if likely > 0 {
		p.Why = append(p.Why, v.say("bots.campaign", "n", likely, "of", len(p.Members)))
	}
	for _, l := range c.Links {
		p.Links = append(p.Links, shorten(80, l))
	}
	var ids []string
	for _, key := range c.Samples {
		ids = append(ids, query.IDValue(key.ID).String())
	}
	if len(ids) > 0 {
		all := f.look.with(func(l *look) { l.Query = "copy:(" + strings.Join(ids, " OR ") + ")" })
		p.All = all.at("/mentions")
	}
	for _, key := range c.Samples {
		post, err := web.o.Posts.Get(v.ctx(), v.by, key)
		if hearth.ErrorCode(err) == hearth.NotFound {
			continue // gone since it was worked out
		}
		if err != nil {
			return err
		}
		p.Posts = append(p.Posts, v.newCard(post.Seq, &post.Post, nil, 200))
	}
	return v.show("campaign", v.say("nav.campaigns"), p)
}

// foundCampaign is the campaign that the address names.
func (v *visit) foundCampaign() (f frame, c *copies.Campaign, found copies.Campaigns, err error) {
	if f, err = v.frame("/campaigns", "30d"); err != nil {
		return f, nil, found, err
	}
	if f.None == nil {
		if found, err = v.found(&f); err != nil {
			return f, nil, found, err
		}
	}
	for i := range found.Campaigns {
		if found.Campaigns[i].ID == v.r.PathValue("id") {
			return f, &found.Campaigns[i], found, nil
		}
	}
	return f, nil, found, hearth.Errorf(hearth.NotFound, "There is no such campaign in this time. Choose a longer one, or look at the list.")
}

// actOnCampaign mutes one, or says that its accounts are ours.
func (web *Web) actOnCampaign(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	switch do := form.Get("do"); do {
	case "mute", "unmute":
		if err := web.o.Copies.Mute(v.ctx(), v.by, v.r.PathValue("id"), do == "mute"); err != nil {
			return err
		}
		return v.back("/campaigns/" + url.PathEscape(v.r.PathValue("id")) + "?" + v.r.URL.RawQuery)
	case "own":
		_, c, _, err := v.foundCampaign()
		if err != nil {
			return err
		}
		list := c.Accounts[:min(len(c.Accounts), 500)]
		if err := web.o.Copies.Own(v.ctx(), v.by, list, false); err != nil {
			return err
		}
		owned := &ownedAccounts{N: len(list), Back: "/campaigns/" + url.PathEscape(c.ID) + "?" + v.r.URL.RawQuery}
		for i := range list {
			owned.Accounts = append(owned.Accounts, accountName{list[i].Network, list[i].Author})
		}
		return v.campaignsPage(owned)
	case "disown":
		var list []copies.Account
		for i, network := range form["network"] {
			if i < len(form["author"]) {
				list = append(list, copies.Account{Network: network, Author: form["author"][i]})
			}
		}
		if err := web.o.Copies.Own(v.ctx(), v.by, list, true); err != nil {
			return err
		}
		return v.back("/campaigns?" + v.r.URL.RawQuery)
	}
	return hearth.Errorf(hearth.Invalid, "Nothing is known to be done.")
}
