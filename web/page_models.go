package web

import (
	"net/http"
	"regexp"
	"strconv"
	"time"

	"hearth"
	"hearth/access"
	"hearth/manual"
	"hearth/quality"
	"hearth/reanalysis"
)

const modelsPath = "/settings/models"

// modelsPage is what judges posts, and what the workspace's people taught it.
type modelsPage struct {
	Models   []modelRow
	Basis    string // of the shares; "": no post is there
	Versions []taughtRow
	On       int64 // the version that holds; 0: none
	State    string
	May      bool // teach
	Why      string
	Did      *undo
	Look     string // where posts are judged again; "": not for this visitor
}

// modelRow is one analyzer.
type modelRow struct {
	Name, Link, Title, About string
	Version                  int
	Made                     string
	Share                    string // of posts that this version judged
	Percent                  int
	Older                    []string // shares of other versions
}

// taughtRow is a version of what people taught.
type taughtRow struct {
	Version       int64
	When          moment
	Who           string
	On            bool
	Basis         string
	Before, After taughtShare
	Finding       string
	Moves         []string
	Moved         string
}

// taughtShare is how many answers are right, with the interval for its picture.
type taughtShare struct {
	Share, Between    string
	Value, Low, Width int // percent
}

// models is the page.
func (web *Web) models(v *visit) error { return v.modelsPage(http.StatusOK, "") }

func (v *visit) modelsPage(status int, why string) error {
	p := &modelsPage{May: v.by.May(access.WriteMonitors), Why: why, Look: againPath}
	list, drawn, err := v.web.o.Reanalyses.Models(v.ctx(), v.by)
	if err != nil {
		return err
	}
	if drawn > 0 {
		p.Basis = v.say("models.basis", "n", drawn)
	}
	for i := range list {
		p.Models = append(p.Models, v.modelRow(&list[i], drawn))
	}
	versions, err := v.web.o.Calibrations.List(v.ctx(), v.by)
	if err != nil {
		return err
	}
	people := v.people()
	p.State = v.say("models.taught.off")
	for i := range versions {
		row := v.taughtRow(&versions[i], people)
		if row.On {
			p.On, p.State = row.Version, v.say("models.taught.on", "version", strconv.FormatInt(row.Version, 10), "n", versions[i].Answers)
		}
		p.Versions = append(p.Versions, row)
	}
	p.Did = v.taughtDone()
	return v.showAt(status, "models", v.say("models.title"), p)
}

var madeOn = regexp.MustCompile(`made on (\d{4}-\d{2}-\d{2})`)

func (v *visit) modelRow(m *reanalysis.Model, drawn int64) modelRow {
	row := modelRow{
		Name: m.Name, Link: modelsPath + "/" + m.Name, Title: v.say("correct.field." + string(m.Field)),
		About: v.name("models-about", string(m.Field)), Version: m.Version,
	}
	if found := madeOn.FindStringSubmatch(m.Card); found != nil {
		if day, err := time.Parse(time.DateOnly, found[1]); err == nil {
			row.Made = v.say("models.made", "day", v.day(day))
		}
	}
	if drawn == 0 {
		return row
	}
	row.Share = v.percent(0)
	for _, s := range m.Judged {
		share := float64(s.Posts) / float64(drawn)
		switch s.Version {
		case m.Version:
			row.Share, row.Percent = v.percent(share), int(100*share+0.5)
		case 0:
			row.Older = append(row.Older, v.say("models.unknown", "share", v.percent(share)))
		default:
			row.Older = append(row.Older, v.say("models.older", "share", v.percent(share), "version", strconv.Itoa(s.Version)))
		}
	}
	return row
}

func (v *visit) taughtRow(c *quality.Calibration, people map[int64]string) taughtRow {
	row := taughtRow{
		Version: c.ID, When: v.when(c.At), On: c.On, Who: v.say("models.by-night"),
		Basis: v.say("models.answers", "n", c.Answers),
	}
	before, after := c.Shares()
	row.Before, row.After = v.taughtShare(before.Value, before.Low, before.High), v.taughtShare(after.Value, after.Low, after.High)
	if c.By != 0 {
		row.Who = v.sayerName(c.By, people)
	}
	switch more := c.RightAfter - c.RightBefore; {
	case more > 0:
		row.Finding = v.say("models.better", "n", more)
	case more < 0:
		row.Finding = v.say("models.worse", "n", -more)
	default:
		row.Finding = v.say("models.same")
	}
	for _, m := range c.Moves {
		row.Moves = append(row.Moves, v.say("models.move", "n", m.Posts, "from", v.name("sentiment", string(m.From)), "to", v.name("sentiment", string(m.To))))
	}
	row.Moved = v.say("models.moved", "n", c.Looked)
	if len(c.Moves) == 0 {
		row.Moved = v.say("models.moved.none", "n", c.Looked)
	}
	return row
}

func (v *visit) taughtShare(value, low, high float64) taughtShare {
	percent := func(share float64) int { return int(100*share + 0.5) }
	return taughtShare{
		Share: v.percent(value), Between: v.say("models.between", "low", v.percent(low), "high", v.percent(high)),
		Value: percent(value), Low: percent(low), Width: percent(high) - percent(low),
	}
}

// taughtDone is what the address says was done.
func (v *visit) taughtDone() *undo {
	version := strconv.FormatInt(v.queryNumber("version"), 10)
	switch v.query("did") {
	case "made":
		return &undo{Sentence: v.say("models.did.made", "version", version)}
	case "switched":
		sentence := v.say("models.did.on", "version", version)
		if version == "0" {
			sentence = v.say("models.did.off")
		}
		return &undo{Sentence: sentence, Action: modelsPath, Fields: []doorField{
			{Name: "do", Value: "switch"}, {Name: "version", Value: strconv.FormatInt(v.queryNumber("was"), 10)}, {Name: "was", Value: version},
		}}
	}
	return nil
}

// teach makes a version of what people said, or has one hold.
func (web *Web) teach(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	switch form.Get("do") {
	case "make":
		one, err := web.o.Calibrations.Fit(v.ctx(), v.by)
		if hearth.ErrorCode(err) == hearth.Invalid {
			return v.modelsPage(http.StatusUnprocessableEntity, err.Error())
		}
		if err != nil {
			return err
		}
		return v.back(modelsPath + "?did=made&version=" + strconv.FormatInt(one.ID, 10) + "#taught")
	case "switch":
		version, err := strconv.ParseInt(form.Get("version"), 10, 64)
		if err != nil || version < 0 {
			return hearth.Errorf(hearth.NotFound, "There is no such calibration.")
		}
		if err := web.o.Calibrations.Switch(v.ctx(), v.by, version); err != nil {
			return err
		}
		to := addParameter(modelsPath+"?did=switched", "version", strconv.FormatInt(version, 10))
		return v.back(addParameter(to, "was", form.Get("was")) + "#taught")
	}
	return hearth.Errorf(hearth.Invalid, "A calibration can be made and switched.")
}

// modelPage is the card of a model.
type modelPage struct {
	Title string
	Card  []manual.Block
}

// model shows a card.
func (web *Web) model(v *visit) error {
	list, _, err := web.o.Reanalyses.Models(v.ctx(), v.by)
	if err != nil {
		return err
	}
	for i := range list {
		m := &list[i]
		if m.Name != v.r.PathValue("name") {
			continue
		}
		card, err := manual.Blocks(m.Name, []byte(m.Card))
		if err != nil {
			return err
		}
		if len(card) > 0 && card[0].Level == 1 {
			card = card[1:] // the page has its own title
		}
		title := v.say("models.card.title", "model", v.say("correct.field."+string(m.Field)))
		return v.show("model", title, &modelPage{Title: title, Card: card})
	}
	return hearth.Errorf(hearth.NotFound, "There is no such model.")
}
