package web

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"hearth"
	"hearth/access"
	"hearth/topic"
)

// topicsPage is what the posts of a monitor are about.
type topicsPage struct {
	frame
	List, Said   string // the parts that take a moment
	Ranking      *topicRanking
	Saying       *sayingShown
	Whole        string // the page with both, for browsers without script
	Muted        bool
	All, OnMuted string // the lists of those that are not muted, and of those that are
}

// topicRanking is the list.
type topicRanking struct {
	Basis  string
	Behind string // what is not sorted yet; "": nothing
	Rows   []topicRow
	Muted  int
	None   *emptyState
}

type topicRow struct {
	ID                        int64
	Name, Link                string
	People, Change, Mood      string
	All                       string // the posts in Mentions
	Negative, Bar, From, To   string // Negative "": nobody's sentiment is known
	Between                   string
	New, Rising, Named, Muted bool
	Posts                     []card
}

// sayingShown is what is said more and less.
type sayingShown struct {
	More, Less []saidRow
	Thin       bool // there is too little to compare with
	Basis      string
}

type saidRow struct {
	Text, Lang, Link string
	N                int64
	Before           string
}

// topicPage is one topic.
type topicPage struct {
	frame
	Row      topicRow
	Version  int64
	Stats    []stat
	Chart    *chart
	Phrases  []string
	Drifted  string
	Parts    []topicPart
	Others   []choice // that can be merged into it
	Posts    []card
	Next     string
	Write    bool
	Typed    string // the name in the form
	Why      string
	Did      string // what was just done
	Undo     []input
	UndoPath string
	Back     string
	Label    string
}

type topicPart struct {
	ID    int64
	Name  string
	Posts int64
}

const (
	topicsPath  = "/topics"
	topicPeriod = "7d"
	sampleRoom  = 180
	farDrift    = 0.35
	mergeOffer  = 40
	manyBehind  = 500 // rows: fewer are sorted in a moment
)

// topics is the page.
func (web *Web) topics(v *visit) error {
	f, err := v.frame(topicsPath, topicPeriod)
	if err != nil {
		return err
	}
	p := &topicsPage{frame: f, Muted: v.query("muted") != ""}
	if f.None == nil {
		p.All, p.OnMuted = f.at(), f.at("muted", "1")
		at := p.All
		if p.Muted {
			at = p.OnMuted
		}
		p.List, p.Said = strings.Replace(at, topicsPath, topicsPath+"/list", 1), strings.Replace(at, topicsPath, topicsPath+"/said", 1)
		p.Whole = addParameter(at, "whole", "1")
		if v.query("whole") != "" {
			if p.Ranking, err = v.topicRanking(&f, p.Muted); err != nil {
				return err
			}
			if p.Saying, err = v.saying(&f); err != nil {
				return err
			}
		}
	}
	return v.show("topics", v.say("nav.topics"), p)
}

// topicList is the ranking, which takes a moment.
func (web *Web) topicList(v *visit) error {
	f, err := v.frame(topicsPath, topicPeriod)
	if err != nil || f.None != nil {
		return v.topicBlock("topic-list", &topicRanking{None: f.None}, err)
	}
	r, err := v.topicRanking(&f, v.query("muted") != "")
	return v.topicBlock("topic-list", r, err)
}

// topicSaid is what is said more and less.
func (web *Web) topicSaid(v *visit) error {
	f, err := v.frame(topicsPath, topicPeriod)
	if err != nil || f.None != nil {
		return v.topicBlock("said", &sayingShown{Thin: true}, err)
	}
	s, err := v.saying(&f)
	return v.topicBlock("said", s, err)
}

func (v *visit) topicBlock(block string, data any, err error) error {
	if err != nil {
		return err
	}
	return v.block(200, "topics", block, data)
}

// topicSearch is the monitor and the time of a page.
func topicSearch(f *frame) topic.Search {
	s := topic.Search{Monitor: f.monitor}
	s.From, s.To = f.span()
	if s.To.IsZero() {
		s.To = f.look.now.Add(quarter)
	}
	if s.From.IsZero() {
		s.From = s.To.AddDate(-1, 0, 0)
	}
	return s
}

func (v *visit) topicRanking(f *frame, muted bool) (*topicRanking, error) {
	s := topicSearch(f)
	s.Muted, s.Limit = muted, 30
	found, err := v.web.o.Topics.List(v.ctx(), v.by, s)
	if err != nil {
		return nil, err
	}
	r := &topicRanking{Basis: v.say("topics.basis", "n", found.Posts, "of", v.number(found.Of)), Muted: found.Muted}
	if !found.Read {
		r.Basis += " " + v.say("topics.newest")
	}
	if found.Behind > manyBehind {
		r.Behind = v.say("topics.behind", "n", found.Behind)
	}
	for i := range found.Topics {
		r.Rows = append(r.Rows, v.topicRow(f, &found.Topics[i]))
	}
	if len(r.Rows) == 0 {
		r.None = &emptyState{Title: v.say("topics.none.title"), Sentence: v.say("topics.none.sentence"), Action: v.say("period.90d"), Link: f.at("period", "90d")}
	}
	return r, nil
}

func (v *visit) topicRow(f *frame, t *topic.Topic) topicRow {
	row := topicRow{
		ID: int64(t.ID), Name: shorten(120, t.Name), Link: topicAt(f, t.ID), People: v.say("topics.people", "n", t.People),
		New: t.New, Rising: t.Rising && !t.New, Named: t.Named, Muted: t.Muted, Change: v.say("topics.before", "n", t.PeopleBefore),
	}
	all := f.look.with(func(l *look) { l.Query = "topic:" + strconv.FormatInt(int64(t.ID), 10) })
	row.All = all.at("/mentions")
	switch {
	case t.People > t.PeopleBefore:
		row.Mood = "up"
	case t.People < t.PeopleBefore:
		row.Mood = "down"
	}
	if t.Known > 0 {
		row.Negative = v.say("topics.negative", "share", v.percent(t.Share.Value))
		row.Between = v.say("topics.between", "low", v.percent(t.Share.Low), "high", v.percent(t.Share.High), "n", t.Known)
		row.Bar, row.From, row.To = percentage(t.Share.Value), percentage(t.Share.Low), percentage(t.Share.High)
	}
	for i := range t.Samples {
		row.Posts = append(row.Posts, v.newCard(t.Samples[i].Seq, &t.Samples[i].Post, nil, sampleRoom))
	}
	return row
}

// topicAt is the address of a topic in the time looked at.
func topicAt(f *frame, id topic.ID) string {
	return strings.Replace(f.at(), f.path, topicsPath+"/"+strconv.FormatInt(int64(id), 10), 1)
}

func (v *visit) saying(f *frame) (*sayingShown, error) {
	found, err := v.web.o.Topics.Said(v.ctx(), v.by, topicSearch(f))
	if err != nil {
		return nil, err
	}
	s := &sayingShown{Basis: v.say("topics.said.basis", "n", found.Posts, "before", v.number(found.PostsBefore)), Thin: len(found.More)+len(found.Less) == 0}
	rows := func(list []topic.Said) (rows []saidRow) {
		for _, one := range list {
			l := f.look.with(func(l *look) { l.Query = one.Query })
			rows = append(rows, saidRow{Text: shorten(60, one.Text), Lang: one.Lang, Link: l.at("/mentions"), N: one.Posts, Before: v.say("topics.said.before", "n", one.Before)})
		}
		return rows
	}
	s.More, s.Less = rows(found.More), rows(found.Less)
	return s, nil
}

// oneTopic is the page of a topic.
func (web *Web) oneTopic(v *visit) error { return v.topicPage(200, "", "") }

func (v *visit) topicPage(status int, typed, why string) error {
	id, err := idOf(v.r.PathValue("id"), v.say("topics.gone"))
	if err != nil {
		return err
	}
	f, err := v.frame(topicsPath+"/"+strconv.FormatInt(id, 10), topicPeriod)
	if err != nil {
		return err
	}
	p := &topicPage{frame: f, Write: v.by.Check(access.WriteMonitors) == nil, Typed: typed, Why: why, Back: f.at()}
	if f.None != nil {
		return v.showAt(status, "topic", v.say("nav.topics"), p)
	}
	s := topicSearch(&f)
	d, err := v.web.o.Topics.Get(v.ctx(), v.by, topic.ID(id), s)
	if err != nil {
		return err
	}
	p.Row, p.Version, p.Label = v.topicRow(&f, &d.Topic), d.Topic.Version, shorten(120, d.Topic.Label)
	if typed == "" && why == "" && d.Topic.Named {
		p.Typed = d.Topic.Name
	}
	p.Stats = []stat{
		{Name: v.say("topics.stat.people"), Value: v.number(d.Topic.People), Beside: p.Row.Change, Mood: p.Row.Mood, Explain: []string{v.say("topics.stat.people.how")}},
		{Name: v.say("topics.stat.posts"), Value: v.number(d.Topic.Posts), Beside: v.say("topics.before", "n", d.Topic.PostsBefore), Explain: []string{v.say("topics.stat.posts.how")}},
	}
	if d.Topic.Known > 0 {
		p.Stats = append(p.Stats, stat{Name: v.say("topics.stat.negative"), Value: v.percent(d.Topic.Share.Value), Beside: p.Row.Between, Explain: []string{v.say("topics.stat.negative.how")}})
	}
	if d.Drift >= farDrift {
		p.Drifted = v.say("topics.drifted", "share", v.percent(d.Drift))
	}
	for _, phrase := range d.Topic.Phrases {
		p.Phrases = append(p.Phrases, shorten(60, phrase.Text))
	}
	for _, part := range d.Parts {
		p.Parts = append(p.Parts, topicPart{int64(part.ID), shorten(120, part.Name), part.Posts})
	}
	if d.Topic.Posts > 0 {
		p.Chart = v.topicChart(&d)
	}
	s.Limit = 20
	page, err := v.web.o.Topics.Posts(v.ctx(), v.by, d.Topic.ID, s, v.query("cursor"))
	if err != nil {
		return err
	}
	for i := range page.Posts {
		p.Posts = append(p.Posts, v.newCard(page.Posts[i].Seq, &page.Posts[i].Post, nil, listed))
	}
	if page.Next != "" {
		p.Next = f.at("cursor", page.Next)
	}
	if p.Write {
		if err := v.topicOffers(p, s, d.Topic.ID); err != nil {
			return err
		}
	}
	v.topicDid(p, id)
	return v.block(status, "topic", "shell", v.shell(p.Row.Name, true, p))
}

// topicOffers are the topics that can be merged into one.
func (v *visit) topicOffers(p *topicPage, s topic.Search, id topic.ID) error {
	s.Limit = mergeOffer
	others, err := v.web.o.Topics.List(v.ctx(), v.by, s)
	for i := range others.Topics {
		if o := &others.Topics[i]; o.ID != id {
			p.Others = append(p.Others, choice{strconv.FormatInt(int64(o.ID), 10), shorten(80, o.Name), false})
		}
	}
	return err
}

// topicDid says what was done a moment ago, and how to undo it.
func (v *visit) topicDid(p *topicPage, id int64) {
	did, at := v.query("did"), topicsPath+"/"+strconv.FormatInt(id, 10)
	undo := func(path string, fields ...input) {
		p.UndoPath = path
		p.Undo = append(fields, input{Name: "version", Value: strconv.FormatInt(p.Version, 10)}, input{Name: "back", Value: p.Back})
	}
	switch did {
	case "named":
		undo(at, input{Name: "do", Value: "name"}, input{Name: "name", Value: shorten(200, v.query("was"))})
	case "muted":
		undo(at, input{Name: "do", Value: "unmute"})
	case "unmuted":
		undo(at, input{Name: "do", Value: "mute"})
	case "merged":
		part, err := strconv.ParseInt(v.query("part"), 10, 64)
		if err != nil {
			return
		}
		undo(topicsPath+"/"+strconv.FormatInt(part, 10), input{Name: "do", Value: "split"})
	case "split":
		fields := []input{{Name: "do", Value: "merge"}}
		for _, piece := range v.r.URL.Query()["piece"] {
			fields = append(fields, input{Name: "part", Value: piece})
		}
		undo(at, fields...)
	default:
		return
	}
	if p.Did = v.say("topics.did." + did); !p.Write {
		p.Undo = nil
	}
}

// topicChart is the trend of a topic.
func (v *visit) topicChart(d *topic.Detail) *chart {
	c := &chart{
		ID: "trend", Height: "high", Finding: v.say("topics.trend", "n", d.Topic.People), About: v.say("topics.trend.about"),
		Columns: []string{v.say("topics.stat.people"), v.say("topics.stat.posts"), v.say("sentiment.negative")},
	}
	spec := chartSpec{Kind: "bars", Series: []chartSeries{{Name: v.say("sentiment.negative"), Role: "negative"}, {Name: v.say("topics.others"), Role: "neutral"}}}
	for _, point := range d.Points {
		label := v.day(point.Start)
		if d.Width < 24*time.Hour {
			label += " " + point.Start.In(v.zone).Format("15:04")
		}
		spec.Labels = append(spec.Labels, label)
		spec.Series[0].Values = append(spec.Series[0].Values, float64(point.Negative))
		spec.Series[1].Values = append(spec.Series[1].Values, float64(point.Posts-point.Negative))
		c.Rows = append(c.Rows, chartRow{Label: label, Cells: []string{v.number(point.People), v.number(point.Posts), v.number(point.Negative)}})
	}
	c.Spec = specText(spec)
	return c
}

// changeTopic names, mutes, merges or splits a topic.
func (web *Web) changeTopic(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	n, err := idOf(v.r.PathValue("id"), v.say("topics.gone"))
	if err != nil {
		return err
	}
	id := topic.ID(n)
	version, _ := strconv.ParseInt(form.Get("version"), 10, 64)
	back := form.Get("back")
	if !strings.HasPrefix(back, topicsPath+"/") && !strings.HasPrefix(back, topicsPath+"?") {
		back = topicsPath + "/" + strconv.FormatInt(n, 10)
	}
	done := func(pairs ...string) error {
		at, err := url.Parse(back)
		if err != nil {
			return v.back(topicsPath)
		}
		values := at.Query()
		for _, name := range []string{"did", "was", "part", "piece", "cursor"} {
			values.Del(name)
		}
		for i := 0; i+1 < len(pairs); i += 2 {
			values.Add(pairs[i], pairs[i+1])
		}
		at.RawQuery = values.Encode()
		return v.back(at.String())
	}
	switch form.Get("do") {
	case "name":
		name := form.Get("name")
		err := web.o.Topics.Change(v.ctx(), v.by, id, version, topic.Edit{Name: &name})
		if code := hearth.ErrorCode(err); code == hearth.Invalid || code == hearth.Conflict {
			return v.topicPage(statuses[code], name, err.Error())
		}
		if err != nil {
			return err
		}
		return done("did", "named", "was", form.Get("was"))
	case "mute", "unmute":
		muted := form.Get("do") == "mute"
		if err := web.o.Topics.Change(v.ctx(), v.by, id, version, topic.Edit{Muted: &muted}); err != nil {
			return err
		}
		return done("did", form.Get("do")+"d")
	case "merge":
		var parts []topic.ID
		for _, text := range form["part"] {
			part, err := idOf(text, v.say("topics.gone"))
			if err != nil {
				return err
			}
			parts = append(parts, topic.ID(part))
		}
		err := web.o.Topics.Merge(v.ctx(), v.by, id, parts)
		if hearth.ErrorCode(err) == hearth.Invalid {
			return v.topicPage(statuses[hearth.Invalid], "", err.Error())
		}
		if err != nil {
			return err
		}
		return done("did", "merged", "part", form.Get("part"))
	case "split":
		pieces, err := web.o.Topics.Split(v.ctx(), v.by, id)
		if hearth.ErrorCode(err) == hearth.Invalid {
			return v.topicPage(statuses[hearth.Invalid], "", err.Error())
		}
		if err != nil {
			return err
		}
		if strings.HasPrefix(back, topicsPath+"/"+strconv.FormatInt(n, 10)+"?") || back == topicsPath+"/"+strconv.FormatInt(n, 10) {
			pairs := []string{"did", "split"}
			for _, piece := range pieces {
				pairs = append(pairs, "piece", strconv.FormatInt(int64(piece), 10))
			}
			return done(pairs...)
		}
		return done()
	}
	return &hearth.Error{Code: hearth.Invalid, Field: "do", Message: v.say("topics.gone")}
}
