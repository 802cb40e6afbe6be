package web

import (
	"math"
	"net/url"
	"strconv"
	"strings"
	"time"

	"hearth"
	"hearth/access"
	"hearth/alert"
)

// rulesPage lists how each monitor is watched.
type rulesPage struct {
	Tabs []link
	Rows []ruleRow
	None *emptyState
}

type ruleRow struct {
	Name, Link string
	Off        bool
	Budget     string
	Kinds      string
	Quiet      int64
}

// budgets are the numbers of alerts a week that can be chosen.
var budgets = [...]float64{0.25, 0.5, 1, 2, 3, 5, 7, 14}

// budgetAt is the place among budgets that is nearest.
func budgetAt(b float64) int {
	best := 0
	for i := range budgets {
		if math.Abs(budgets[i]-b) < math.Abs(budgets[best]-b) {
			best = i
		}
	}
	return best
}

// budgetWords says how many alerts a week that is.
func (v *visit) budgetWords(b float64) string {
	switch {
	case b < 0.375:
		return v.say("budget.month")
	case b < 0.75:
		return v.say("budget.fortnight")
	}
	return v.say("budget.week", "n", int64(math.Round(b)))
}

// rules is the list of what is watched how.
func (web *Web) rules(v *visit) error {
	monitors, err := web.o.Monitors.List(v.ctx(), v.by)
	if err != nil {
		return err
	}
	p := &rulesPage{Tabs: v.crisisTabs("/watching")}
	for i := range monitors {
		r, err := web.o.Alerts.Rule(v.ctx(), v.by, monitors[i].ID)
		if hearth.ErrorCode(err) == hearth.NotFound {
			continue
		}
		if err != nil {
			return err
		}
		p.Rows = append(p.Rows, ruleRow{
			Name: shorten(60, monitors[i].Name), Link: rulePath(monitors[i].ID), Off: r.Rule.Off, Budget: v.budgetWords(r.Rule.Budget),
			Kinds: v.kindsOf(&r.Rule), Quiet: int64(len(r.Rule.Quiet)),
		})
	}
	if len(p.Rows) == 0 {
		p.None = &emptyState{Title: v.say("alerts.nomonitor.title"), Sentence: v.say("alerts.nomonitor.sentence"), Action: v.say("monitors.new"), Link: "/monitors/new"}
	}
	return v.show("rules", v.say("watching.tab"), p)
}

func (v *visit) kindsOf(r *alert.Rule) string {
	var kinds []string
	for _, k := range [...]struct {
		on   bool
		name alert.Kind
	}{{r.Volume, alert.Volume}, {r.Negative, alert.Negative}, {r.Drift, alert.Drift}} {
		if k.on {
			kinds = append(kinds, v.name("alert-kind", string(k.name)))
		}
	}
	return strings.Join(kinds, " · ")
}

func rulePath(id hearth.MonitorID) string { return "/watching/" + id.String() }

// rulePage is how one monitor is watched.
type rulePage struct {
	ID, Version int64
	Name        string
	Write       bool
	Saved       bool
	Conflict    bool
	Theirs      string // what somebody else saved meanwhile
	Why         string // what is wrong with no single field
	Wrong       map[string]string
	Rule        alert.Rule
	Stop        int
	Stops       []string
	StopsData   string
	Budget      string
	Zone        string
	Threshold   string
	Quiet       []quietRow
	Campaigns   []campaignRow
}

type quietRow struct {
	N        int
	From, To string
	Days     []choice
}

type campaignRow struct {
	N              int
	Name, From, To string
}

// rule is the page of one monitor's rule.
func (web *Web) rule(v *visit) error {
	id, err := monitorID(v.r.PathValue("id"))
	if err != nil {
		return err
	}
	p, r, err := v.rulePage(id)
	if err != nil {
		return err
	}
	v.fillRule(p, &r.Rule)
	p.Saved = v.query("did") == "saved"
	return v.show("rule", v.say("watching.of", "name", p.Name), p)
}

func (v *visit) rulePage(id hearth.MonitorID) (*rulePage, alert.MonitorRule, error) {
	m, err := v.web.o.Monitors.Get(v.ctx(), v.by, id)
	if err != nil {
		return nil, alert.MonitorRule{}, err
	}
	r, err := v.web.o.Alerts.Rule(v.ctx(), v.by, id)
	if err != nil {
		return nil, r, err
	}
	p := &rulePage{ID: int64(id), Version: r.Version, Name: shorten(60, m.Name), Write: v.by.CheckSome(access.WriteAlerts) == nil, Wrong: map[string]string{}}
	if r.Version == 0 && v.zone != time.UTC {
		r.Rule.Zone = v.zone.String() // where nobody decided, whoever looks is probably at home
	}
	return p, r, nil
}

const (
	wallTime = "2006-01-02T15:04"
	spare    = 1 // empty lines to write into
)

func (v *visit) fillRule(p *rulePage, r *alert.Rule) {
	p.Rule, p.Zone, p.Threshold, p.Stop = *r, r.Zone, strconv.FormatInt(r.Threshold, 10), budgetAt(r.Budget)
	p.Budget = v.budgetWords(r.Budget)
	for _, b := range budgets {
		p.Stops = append(p.Stops, v.budgetWords(b))
	}
	p.StopsData = strings.Join(p.Stops, "|")
	for i := range len(r.Quiet) + spare {
		row := quietRow{N: i}
		var q alert.Quiet
		if i < len(r.Quiet) {
			q = r.Quiet[i]
		}
		row.From, row.To = q.From, q.To
		for d := time.Monday; d <= time.Saturday+1; d++ {
			day := d % 7
			on := i < len(r.Quiet) && len(q.Days) == 0
			for _, has := range q.Days {
				on = on || has == day
			}
			row.Days = append(row.Days, choice{strconv.Itoa(int(day)), v.name("weekday", strconv.Itoa(int(day))), on})
		}
		p.Quiet = append(p.Quiet, row)
	}
	zone, err := time.LoadLocation(r.Zone)
	if err != nil {
		zone = time.UTC
	}
	for i := range len(r.Campaigns) + spare {
		row := campaignRow{N: i}
		if i < len(r.Campaigns) {
			c := r.Campaigns[i]
			row = campaignRow{i, shorten(200, c.Name), wall(c.From, zone), wall(c.To, zone)}
		}
		p.Campaigns = append(p.Campaigns, row)
	}
}

func wall(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return ""
	}
	return t.In(zone).Format(wallTime)
}

// onWall is the inverse of wall; what cannot be read is no time.
func onWall(text string, zone *time.Location) time.Time {
	t, err := time.ParseInLocation(wallTime, text, zone)
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}

// saveRule changes how a monitor is watched. What is wrong is said at its field
// and nothing that was written is lost.
func (web *Web) saveRule(v *visit) error {
	id, err := monitorID(v.r.PathValue("id"))
	if err != nil {
		return err
	}
	form, err := v.form()
	if err != nil {
		return err
	}
	p, now, err := v.rulePage(id)
	if err != nil {
		return err
	}
	version, err := strconv.ParseInt(form.Get("version"), 10, 64)
	if err != nil {
		return hearth.Errorf(hearth.Invalid, "This form is too old; open the page again.")
	}
	rule := readRuleForm(form, &now.Rule)
	_, err = web.o.Alerts.SetRule(v.ctx(), v.by, id, version, rule)
	if err == nil {
		return v.back(rulePath(id) + "?did=saved")
	}
	code := hearth.ErrorCode(err)
	if code != hearth.Invalid && code != hearth.Conflict {
		return err
	}
	v.fillRule(p, &rule)
	p.Threshold = form.Get("threshold")
	if code == hearth.Conflict {
		p.Conflict = true
		p.Theirs = v.budgetWords(now.Rule.Budget) + " · " + v.kindsOf(&now.Rule)
	} else if field, why := faultOf(err); field != "" {
		p.Wrong[field] = why
	} else {
		p.Why = why
	}
	return v.block(statuses[code], "rule", "shell", v.shell(p.Name, false, p))
}

// readRuleForm is the rule that a form says; what it has no field for stays.
func readRuleForm(form url.Values, now *alert.Rule) alert.Rule {
	r := alert.Rule{
		Off: form.Get("on") == "", Volume: form.Get("volume") != "", Negative: form.Get("negative") != "", Drift: form.Get("drift") != "",
		Budget: now.Budget, Zone: strings.TrimSpace(form.Get("zone")), Own: strings.TrimSpace(form.Get("own")),
	}
	if stop, err := strconv.Atoi(form.Get("budget")); err == nil && stop >= 0 && stop < len(budgets) && stop != budgetAt(now.Budget) {
		r.Budget = budgets[stop]
	}
	r.Threshold, _ = strconv.ParseInt(strings.TrimSpace(form.Get("threshold")), 10, 64)
	const most = 32 // lines; the verb refuses fewer
	for i := range most {
		n := strconv.Itoa(i)
		q := alert.Quiet{From: form.Get("from-" + n), To: form.Get("to-" + n)}
		if q.From == "" && q.To == "" {
			continue
		}
		for _, day := range form["day-"+n] {
			if d, err := strconv.Atoi(day); err == nil {
				q.Days = append(q.Days, time.Weekday(d))
			}
		}
		if len(q.Days) == 7 {
			q.Days = nil // every day
		}
		r.Quiet = append(r.Quiet, q)
	}
	zone, err := time.LoadLocation(r.Zone)
	if err != nil {
		zone = time.UTC
	}
	for i := range most {
		n := strconv.Itoa(i)
		c := alert.Campaign{Name: strings.TrimSpace(form.Get("campaign-" + n))}
		c.From, c.To = onWall(form.Get("begins-"+n), zone), onWall(form.Get("ends-"+n), zone)
		if c.Name != "" || !c.From.IsZero() || !c.To.IsZero() {
			r.Campaigns = append(r.Campaigns, c)
		}
	}
	return r
}
