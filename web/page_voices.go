package web

import (
	"math"
	"slices"
	"strings"

	"hearth"
	"hearth/access"
	"hearth/bots"
	"hearth/monitor"
)

// voicesPage is who is listened to on the topic of a monitor, and the people
// whom the ranking trusts.
type voicesPage struct {
	frame
	Ranking *ranking
	Part    string // where the ranking is, which takes a moment
	Whole   string // the page with it, for browsers without script
	Trusted []trustedLine
	Write   bool
	Removed *trustedLine // can be brought back
	Form    trustForm
}

// ranking is the voices as a picture, as a list, and one of them in full.
type ranking struct {
	Finding string
	Basis   string // what it was worked out from
	Dots    []voiceDot
	Rows    []voiceRow
	Card    *voiceCard
	None    *emptyState
}

// voiceDot is a voice in the picture.
type voiceDot struct {
	X, Y, Label, Link    string
	Named, Left          bool // the name is shown; on its left side
	Unknown, Unconfirmed bool // the followers are not known; trust does not reach it
	Here                 bool
}

type voiceRow struct {
	Place              int
	Name, Network      string
	Link               string
	Here               bool
	Bar, From, To      string
	Amplifiers, H      int
	Followers          string
	Unconfirmed, Known bool // Known: the workspace trusts them
	Bot                *automation
}

// voiceCard is one voice and what earned its rank.
type voiceCard struct {
	voiceRow
	Sentence string
	Chips    []string
	Explain  []string
	Posts    []earnedPost
	Mentions string
	Author   string // for the list of trusted people
	Label    string
	Write    bool
	Back     string
}

type earnedPost struct {
	Post       card
	Amplifiers int
}

type trustedLine struct {
	Network, Author, Note string
	Added                 moment
}

type trustForm struct {
	Network, Author, Note, Why string
	Networks                   []choice
	Back                       string
}

const namedDots = 6

// voices is the page.
func (web *Web) voices(v *visit) error { return v.voicesPage(200, nil) }

func (v *visit) voicesPage(status int, wrong *trustForm) error {
	f, err := v.frame("/voices", "30d")
	if err != nil {
		return err
	}
	p := &voicesPage{frame: f, Write: v.by.Check(access.WriteMonitors) == nil}
	if f.None == nil {
		voice := v.query("voice")
		p.Part = addParameter(strings.Replace(f.at(), "/voices", "/voices/ranking", 1), "voice", voice)
		p.Whole = addParameter(addParameter(f.at(), "voice", voice), "whole", "1")
		if v.query("whole") != "" {
			if p.Ranking, err = v.ranking(&f); err != nil {
				return err
			}
		}
	}
	list, err := v.web.o.Trusted.List(v.ctx(), v.by)
	if err != nil {
		return err
	}
	for _, one := range list {
		p.Trusted = append(p.Trusted, trustedLine{one.Network, one.Author, one.Note, v.when(one.Added)})
	}
	if v.query("removed") != "" && p.Write {
		p.Removed = &trustedLine{Network: v.query("network"), Author: v.query("removed"), Note: v.query("note")}
	}
	if wrong != nil {
		p.Form = *wrong
	}
	p.Form.Back = f.at()
	for _, n := range v.web.o.Sources.Networks() {
		p.Form.Networks = append(p.Form.Networks, choice{n.Name, n.Title, n.Name == p.Form.Network})
	}
	return v.block(status, "voices", "shell", v.shell(v.say("nav.voices"), false, p))
}

// voicesRanking is the part of the page that takes a moment.
func (web *Web) voicesRanking(v *visit) error {
	f, err := v.frame("/voices", "30d")
	if err != nil {
		return err
	}
	r := &ranking{None: f.None}
	if f.None == nil {
		if r, err = v.ranking(&f); err != nil {
			return err
		}
	}
	return v.block(200, "voices", "ranking", r)
}

func (v *visit) ranking(f *frame) (*ranking, error) {
	s := monitor.VoiceSearch{Monitor: f.monitor}
	if from, _ := f.span(); !from.IsZero() {
		s.To = v.now.Truncate(quarter).Add(quarter)
		s.From = s.To.Add(from.Sub(f.look.now).Truncate(quarter))
	}
	found, err := v.web.o.Charts.Voices(v.ctx(), v.by, s)
	if err != nil {
		return nil, err
	}
	r := &ranking{Basis: v.say("voices.basis", "n", found.Posts, "of", v.number(found.Of), "people", found.People, "trusted", found.Trusted)}
	if len(found.Voices) == 0 {
		r.None = &emptyState{Title: v.say("voices.none.title"), Sentence: v.say("voices.none.sentence"), Action: v.say("period.90d"), Link: f.at("period", "90d")}
		return r, nil
	}
	trusted, err := v.web.o.Trusted.List(v.ctx(), v.by)
	if err != nil {
		return nil, err
	}
	most, widest, largest := 0.0, 0.0, 1.0
	for i := range found.Voices {
		one := &found.Voices[i]
		most, widest = max(most, one.Rank), max(widest, one.Rank, one.High)
		largest = max(largest, math.Log10(float64(one.Followers.N)+1))
	}
	type spot struct{ x, y float64 }
	var named []spot
	chosen := max(0, slices.IndexFunc(found.Voices, func(one monitor.Voice) bool { return voiceName(&one) == v.query("voice") }))
	for i := range found.Voices {
		one := &found.Voices[i]
		row := voiceRow{
			Place: i + 1, Name: voiceLabel(one), Network: one.Network, Link: f.at("voice", voiceName(one)) + "#voice", Here: i == chosen,
			Bar: percentage(one.Rank / widest), From: percentage(one.Low / widest), To: percentage(one.High / widest),
			Amplifiers: one.Amplifiers, H: one.H, Followers: "–", Unconfirmed: found.Trusted > 0 && !one.Confirmed,
			Known: slices.ContainsFunc(trusted, func(p monitor.Person) bool { return p.Network == one.Network && p.Author == one.Author }),
		}
		if one.Followers.Known {
			row.Followers = v.number(one.Followers.N)
		}
		x := math.Sqrt(one.Rank / max(most, math.SmallestNonzeroFloat64))
		y := math.Log10(float64(one.Followers.N)+1) / largest
		// A name that would stand on another one is left to the list.
		near := slices.ContainsFunc(named, func(p spot) bool { return math.Abs(p.x-x) < 0.25 && math.Abs(p.y-y) < 0.06 })
		name := i == chosen || i < namedDots && !near
		if name {
			named = append(named, spot{x, y})
		}
		r.Dots = append(r.Dots, voiceDot{
			X: percentage(x), Y: percentage(1 - y), Label: row.Name, Link: row.Link, Named: name, Left: x > 0.6,
			Unknown: !one.Followers.Known, Unconfirmed: row.Unconfirmed, Here: i == chosen,
		})
		r.Rows = append(r.Rows, row)
	}
	var accounts []bots.Account
	for i := range found.Voices {
		accounts = append(accounts, bots.Account{Network: found.Voices[i].Network, Author: found.Voices[i].Author})
	}
	automated, err := v.automations(accounts)
	if err != nil {
		return nil, err
	}
	for i := range automated {
		r.Rows[i].Bot = &automated[i]
	}
	r.Finding = v.say("voices.finding", "name", voiceLabel(&found.Voices[0]), "n", found.Voices[0].Amplifiers)
	r.Card, err = v.voiceCard(f, &found, chosen, r.Rows[chosen])
	return r, err
}

// voiceName names a voice in an address.
func voiceName(one *monitor.Voice) string { return one.Network + ":" + one.Author }

// voiceLabel is the name for people; an id that nobody reads is cut short.
func voiceLabel(one *monitor.Voice) string {
	if one.Label == one.Author {
		return short(one.Author)
	}
	return shorten(40, one.Label)
}

// voiceCard shows why a voice stands where it stands.
func (v *visit) voiceCard(f *frame, found *monitor.Voices, i int, row voiceRow) (*voiceCard, error) {
	one := &found.Voices[i]
	c := &voiceCard{
		voiceRow: row, Author: one.Author, Label: shorten(200, one.Label), Write: v.by.Check(access.WriteMonitors) == nil, Back: f.at("voice", voiceName(one)),
		Sentence: v.say("voices.sentence", "n", one.Amplifiers, "posts", one.Posts),
		Mentions: f.look.with(func(l *look) { l.Query = one.Query }).at("/mentions"),
	}
	chip := func(is bool, key string) {
		if is {
			c.Chips = append(c.Chips, v.name("voice", key))
		}
	}
	chip(row.Known, "trusted")
	chip(found.Trusted > 0 && one.Confirmed, "confirmed")
	chip(row.Unconfirmed, "unconfirmed")
	chip(one.Constraint > 0 && one.Constraint < 0.2, "bridge")
	chip(one.Posts >= 5 && 2*one.Negative > one.Posts, "critical")
	chip(one.Posts >= 5 && 2*one.Positive > one.Posts, "warm")
	c.Explain = []string{
		v.say("voices.explain.rank", "rank", v.decimal(one.Rank, 1), "reach", v.decimal(one.Reach, 1), "low", v.decimal(one.Low, 1), "high", v.decimal(one.High, 1)),
		v.say("voices.explain.h", "h", one.H), v.say("voices.explain.followers"),
	}
	if found.Trusted > 0 {
		c.Explain = append(c.Explain, v.say("voices.explain.trust", "share", v.percent(one.Trusted)))
	}
	for _, e := range one.Earned {
		post, err := v.web.o.Posts.Get(v.ctx(), v.by, e.Key)
		if hearth.ErrorCode(err) == hearth.NotFound {
			continue // gone since it was worked out
		}
		if err != nil {
			return nil, err
		}
		c.Posts = append(c.Posts, earnedPost{v.newCard(post.Seq, &post.Post, nil, 200), e.Amplifiers})
	}
	return c, nil
}

// trust puts somebody on the list of trusted people, or takes them off.
func (web *Web) trust(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	p := monitor.Person{Network: form.Get("network"), Author: form.Get("author"), Note: form.Get("note")}
	back := form.Get("back")
	if !strings.HasPrefix(back, "/voices?") {
		back = "/voices"
	}
	if form.Get("do") == "remove" {
		if err := web.o.Trusted.Remove(v.ctx(), v.by, p.Network, p.Author); err != nil {
			return err
		}
		return v.back(addParameter(addParameter(addParameter(back, "removed", p.Author), "network", p.Network), "note", p.Note))
	}
	_, err = web.o.Trusted.Add(v.ctx(), v.by, p)
	if hearth.ErrorCode(err) == hearth.Invalid {
		return v.voicesPage(statuses[hearth.Invalid], &trustForm{Network: p.Network, Author: p.Author, Note: p.Note, Why: err.Error()})
	}
	if err != nil {
		return err
	}
	return v.back(back)
}
