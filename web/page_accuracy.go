package web

import (
	"slices"
	"strconv"

	"hearth"
	"hearth/access"
	"hearth/archive"
	"hearth/quality"
)

// accuracyPage says how often the analysis is right about a monitor's posts.
type accuracyPage struct {
	Monitor string
	Back    string // to the monitor
	At      string // of the page, where a check is begun
	Fields  []accuracyRow
	May     bool // check
	Check   *checkPart
}

type accuracyRow struct {
	Field, Title string
	Share        string // "": nothing was judged
	Between      string
	Judged       string
	Silent       string
	Corrected    string
	CorrectedAt  string
	Low, Width   int // of the interval, in percent
	Value        int
	GoOn         string // the check that is not at its end; "": none
	Open         int
}

// checkPart is a check with the post that is to be judged.
type checkPart struct {
	Number  int64
	Title   string
	About   string
	Answer  string // where answers go
	Done    int
	Of      int
	Place   int
	Post    *card // nil: it is at its end, or the post is gone
	Gone    bool
	Empty   bool     // nothing could be drawn
	Machine string   // what the analysis says; "" where it is not told before
	Choices []choice // Value is the answer, Label the word
	Keys    []string // of the choices
	Before  *undo    // what was just said
	Close   string
}

func accuracyPath(id hearth.MonitorID) string { return monitorPath(id) + "/accuracy" }

func (web *Web) accuracy(v *visit) error {
	id, err := monitorID(v.r.PathValue("id"))
	if err != nil {
		return err
	}
	mon, err := web.o.Monitors.Get(v.ctx(), v.by, id)
	if err != nil {
		return err
	}
	p := &accuracyPage{Monitor: shorten(80, mon.Name), Back: monitorPath(id), At: accuracyPath(id), May: v.by.May(access.TagPosts)}
	if check := v.queryNumber("check"); check > 0 && p.May {
		if p.Check, err = v.checkPart(id, check); err != nil {
			return err
		}
		return v.show("accuracy", p.Check.Title, p)
	}
	list, err := web.o.Checks.Accuracy(v.ctx(), v.by, id)
	if err != nil {
		return err
	}
	for i := range list {
		p.Fields = append(p.Fields, v.accuracyRow(id, &list[i]))
	}
	return v.show("accuracy", v.say("accuracy.title"), p)
}

func (v *visit) accuracyRow(id hearth.MonitorID, a *quality.Accuracy) accuracyRow {
	row := accuracyRow{
		Field: string(a.Field), Title: v.say("correct.field." + string(a.Field)), Open: a.Open,
		Corrected:   v.say("accuracy.corrected", "n", a.Corrected, "of", v.number(a.Of)),
		CorrectedAt: look{Monitor: id, Query: "corrected:" + string(a.Field), Period: "all"}.at("/mentions"),
	}
	if a.Open > 0 {
		row.GoOn = addParameter(accuracyPath(id), "check", strconv.FormatInt(a.Latest, 10))
	}
	if a.Silent > 0 {
		row.Silent = v.say("accuracy.silent", "n", a.Silent)
	}
	if a.Right.N > 0 {
		percent := func(share float64) int { return int(100*share + 0.5) }
		row.Share, row.Between = v.percent(a.Right.Value), v.say("accuracy.between", "low", v.percent(a.Right.Low), "high", v.percent(a.Right.High))
		row.Judged = v.say("accuracy.judged", "n", a.Right.N)
		row.Value, row.Low, row.Width = percent(a.Right.Value), percent(a.Right.Low), percent(a.Right.High)-percent(a.Right.Low)
	}
	return row
}

// startCheck draws posts to be judged.
func (web *Web) startCheck(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	id, err := monitorID(v.r.PathValue("id"))
	if err != nil {
		return err
	}
	check, err := web.o.Checks.Start(v.ctx(), v.by, id, archive.Field(form.Get("field")))
	if err != nil {
		return err
	}
	return v.back(addParameter(accuracyPath(id), "check", strconv.FormatInt(check.ID, 10)))
}

// answerCheck says what a post is.
func (web *Web) answerCheck(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	id, err := monitorID(v.r.PathValue("id"))
	if err != nil {
		return err
	}
	number, err := idOf(form.Get("check"), v.say("accuracy.gone"))
	if err != nil {
		return err
	}
	place, err := strconv.Atoi(form.Get("place"))
	if err != nil {
		return hearth.Errorf(hearth.NotFound, "%s", v.say("accuracy.gone"))
	}
	answer := form.Get("answer")
	if _, err := web.o.Checks.Answer(v.ctx(), v.by, number, place, answer); err != nil {
		return err
	}
	to := addParameter(accuracyPath(id), "check", form.Get("check"))
	if answer == "" {
		return v.back(addParameter(to, "place", strconv.Itoa(place)))
	}
	return v.back(addParameter(to, "said", strconv.Itoa(place)))
}

// blind are the fields of which what the analysis says is told afterwards, so
// that it does not sway who judges.
var blind = []archive.Field{archive.SentimentField, archive.SpamField}

// checkPart shows the first post that nobody has judged, or the one that is asked for.
func (v *visit) checkPart(id hearth.MonitorID, number int64) (*checkPart, error) {
	check, err := v.web.o.Checks.Get(v.ctx(), v.by, number)
	if err == nil && check.Monitor != id {
		err = hearth.Errorf(hearth.NotFound, "%s", v.say("accuracy.gone"))
	}
	if err != nil {
		return nil, err
	}
	field := v.say("correct.field." + string(check.Field))
	p := &checkPart{
		Number: number, Title: v.say("accuracy.check", "field", field), About: v.say("accuracy.about", "n", len(check.Posts), "of", v.number(check.Of)),
		Answer: accuracyPath(id) + "/answer", Of: len(check.Posts), Close: accuracyPath(id), Empty: len(check.Posts) == 0,
	}
	next := -1
	for i := range check.Posts {
		d := &check.Posts[i]
		if d.Answer != "" {
			p.Done++
		} else if next < 0 && d.Post != nil {
			next = i
		}
		if d.Answer != "" && int64(d.Place) == v.queryNumber("said") {
			p.Before = v.justSaid(&check, d, p.Answer)
		}
	}
	if at := v.queryNumber("place"); at > 0 {
		next = slices.IndexFunc(check.Posts, func(d quality.Drawn) bool { return int64(d.Place) == at })
	}
	if next < 0 {
		return p, nil
	}
	d := &check.Posts[next]
	p.Place = d.Place
	if d.Post == nil {
		p.Gone = true
		return p, nil
	}
	post := *d.Post
	if slices.Contains(blind, check.Field) {
		post.Sentiment, post.Intent, post.Corrections = "", nil, nil
		p.Choices = v.sayable(check.Field, &hearth.Post{})
		p.Keys = map[archive.Field][]string{archive.SentimentField: {"1", "2", "3"}, archive.SpamField: {"y", "x"}}[check.Field]
		if check.Field == archive.SpamField {
			slices.Reverse(p.Choices) // spam first: y
		}
	} else {
		p.Machine = v.sayingOf(check.Field, d.Machine)
		right := d.Machine
		if right == "" {
			right = archive.NoLanguage
		}
		p.Choices, p.Keys = []choice{{right, v.say("accuracy.right"), false}, {quality.Other, v.say("accuracy.wrong"), false}}, []string{"y", "x"}
	}
	c := v.newCard(0, &post, nil, unabridged)
	p.Post = &c
	return p, nil
}

// justSaid words an answer, with the form that takes it back.
func (v *visit) justSaid(check *quality.Check, d *quality.Drawn, to string) *undo {
	sentence := v.say("accuracy.said.wrong", "machine", v.sayingOf(check.Field, d.Machine))
	switch {
	case d.Machine == "":
		sentence = v.say("accuracy.said.silent")
	case d.Right():
		sentence = v.say("accuracy.said.right", "machine", v.sayingOf(check.Field, d.Machine))
	}
	return &undo{Sentence: sentence, Action: to, Fields: []doorField{
		{Name: "check", Value: strconv.FormatInt(check.ID, 10)}, {Name: "place", Value: strconv.Itoa(d.Place)}, {Name: "answer", Value: ""},
	}}
}
