package alert

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"hearth"
	"hearth/access"
	"hearth/db"
	"hearth/monitor"
	"hearth/query"
)

// Rule says how a monitor is watched. Monitors without one have StandardRule.
type Rule struct {
	Off      bool    `json:"off,omitempty"` // nothing is raised; what is usual is learned on
	Volume   bool    `json:"volume"`        // raise when there is much more than usual
	Negative bool    `json:"negative"`      // raise when much more of it is negative than usual
	Drift    bool    `json:"drift"`         // raise when it rises slowly, over days
	Budget   float64 `json:"budget"`        // about so many alerts a week, of each of the three
	Zone     string  `json:"zone"`          // of the hours, days and quiet times, an IANA name

	// Own is a query: posts it matches are the own campaign's and do not count
	// for volume and drift. They do for the negative share. "": none.
	Own string `json:"own,omitempty"`

	// Campaigns are planned: no volume alerts meanwhile.
	Campaigns []Campaign `json:"campaigns,omitempty"`

	// Quiet are times in which only "all hands" leaves the house; the rest waits
	// until they are over. The screen shows everything at once.
	Quiet []Quiet `json:"quiet,omitempty"`

	Threshold int64 `json:"threshold"` // posts in an alert that would be a crisis
}

// Campaign is a stretch in which more is expected.
type Campaign struct {
	Name string    `json:"name"`
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

// Quiet is a time of the day, on some days. To may lie on the day after.
type Quiet struct {
	Days []time.Weekday `json:"days,omitempty"` // on which it begins; none: every day
	From string         `json:"from"`           // 22:00
	To   string         `json:"to"`             // 07:00
}

// StandardRule is how a monitor is watched if nobody says anything else.
func StandardRule() Rule {
	return Rule{Volume: true, Negative: true, Drift: true, Budget: 0.5, Zone: "UTC", Threshold: 1000}
}

// MonitorRule is the rule of a monitor, and its version: 0 if it is the standard
// one.
type MonitorRule struct {
	Monitor hearth.MonitorID
	Version int64
	Rule    Rule
	Changed time.Time
}

const (
	mostBudget    = 50
	mostCampaigns = 20
	mostQuiet     = 20
	mostThreshold = 100_000_000
	clockTime     = "15:04"
)

func (r *Rule) check() error {
	switch {
	case !(r.Budget > 0 && r.Budget <= mostBudget):
		return wrong("budget", "The budget is a number of alerts a week, more than 0 and at most 50; 0.5 is one in two weeks.")
	case r.Threshold < 1 || r.Threshold > mostThreshold:
		return wrong("threshold", "The size that would be a crisis is a number of posts, from 1 to 100,000,000.")
	case len(r.Campaigns) > mostCampaigns || len(r.Quiet) > mostQuiet:
		return wrong("campaigns", "There can be at most 20 campaigns and 20 quiet times.")
	}
	if _, err := time.LoadLocation(r.Zone); err != nil || r.Zone == "" || r.Zone == "Local" {
		return wrong("zone", "There is no time zone \""+r.Zone+"\"; write it like Europe/Helsinki.")
	}
	if r.Own != "" {
		if q, problems := query.Parse(r.Own); q == nil {
			return wrong("own", "The query for your own campaign has an error: "+problems[0].Message)
		}
	}
	for _, c := range r.Campaigns {
		if c.Name == "" || len(c.Name) > 200 || !c.From.Before(c.To) || c.To.Sub(c.From) > 92*24*time.Hour {
			return wrong("campaigns", "A campaign needs a name and must begin before it ends, at most 92 days later.")
		}
	}
	for _, q := range r.Quiet {
		from, err := time.Parse(clockTime, q.From)
		to, err2 := time.Parse(clockTime, q.To)
		if err != nil || err2 != nil || from.Equal(to) {
			return wrong("quiet", "A quiet time goes from one time of the day to another, like 22:00 and 07:00.")
		}
		if slices.ContainsFunc(q.Days, func(d time.Weekday) bool { return d < time.Sunday || d > time.Saturday }) {
			return wrong("quiet", "The days of a quiet time are numbers from 0, Sunday, to 6, Saturday.")
		}
	}
	return nil
}

// zone is where the rule's hours are; check has read it.
func (r *Rule) zone() *time.Location {
	if zone, err := time.LoadLocation(r.Zone); err == nil && r.Zone != "" {
		return zone
	}
	return time.UTC
}

// campaign says whether a moment lies in one.
func (r *Rule) campaign(at time.Time) bool {
	return slices.ContainsFunc(r.Campaigns, func(c Campaign) bool { return !at.Before(c.From) && at.Before(c.To) })
}

// QuietUntil is when the quiet time that at lies in is over, zero if it lies in
// none. Clocks that jump lengthen or shorten it; it always ends at the time on
// the wall.
func (r *Rule) QuietUntil(at time.Time) (until time.Time) {
	local := at.In(r.zone())
	for _, q := range r.Quiet {
		for back := 0; back <= 1; back++ {
			day := local.AddDate(0, 0, -back)
			if len(q.Days) > 0 && !slices.Contains(q.Days, day.Weekday()) {
				continue
			}
			from, to := onDay(day, q.From), onDay(day, q.To)
			if q.To <= q.From {
				to = onDay(day.AddDate(0, 0, 1), q.To)
			}
			if !at.Before(from) && at.Before(to) && to.After(until) {
				until = to
			}
		}
	}
	return until.UTC()
}

// onDay is a time of the day on the wall.
func onDay(day time.Time, at string) time.Time {
	t, err := time.Parse(clockTime, at)
	if err != nil {
		return day
	}
	return time.Date(day.Year(), day.Month(), day.Day(), t.Hour(), t.Minute(), 0, 0, day.Location())
}

// Rule gives a monitor's rule.
func (a *Alerts) Rule(ctx context.Context, by access.Actor, monitor hearth.MonitorID) (MonitorRule, error) {
	if err := by.CheckSome(access.ReadAlerts); err != nil {
		return MonitorRule{}, err
	}
	if _, err := a.o.Monitors.Get(ctx, by, monitor); err != nil {
		return MonitorRule{}, err
	}
	var r MonitorRule
	err := a.o.State.Read(ctx, func(tx *db.Tx) (err error) {
		r, err = readRule(tx, by.Workspace, monitor)
		return err
	})
	return r, err
}

// SetRule gives a monitor another rule. Version is that of the rule it shall
// replace.
func (a *Alerts) SetRule(ctx context.Context, by access.Actor, of hearth.MonitorID, version int64, rule Rule) (MonitorRule, error) {
	if err := by.CheckSome(access.WriteAlerts); err != nil {
		return MonitorRule{}, err
	}
	if _, err := a.o.Monitors.Get(ctx, by, of); err != nil {
		return MonitorRule{}, err
	}
	if err := rule.check(); err != nil {
		return MonitorRule{}, err
	}
	var r MonitorRule
	err := a.o.State.Write(ctx, func(tx *db.Tx) error {
		if seen, err := monitor.SeenBy(tx, by, access.WriteAlerts); err != nil {
			return err
		} else if !seen.Holds(of) {
			return notWholly()
		}
		now, err := readRule(tx, by.Workspace, of)
		if err != nil {
			return err
		}
		if now.Version != version {
			return hearth.Errorf(hearth.Conflict, "Somebody changed the rule meanwhile: it is version %d, you saw %d. Look at it again.", now.Version, version)
		}
		r = MonitorRule{Monitor: of, Version: version + 1, Rule: rule, Changed: a.o.Clock()}
		_, err = tx.Exec(`
			INSERT INTO alert_rule (workspace_id, monitor_id, version, rule, changed, changed_by) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT (workspace_id, monitor_id) DO UPDATE SET version = excluded.version, rule = excluded.rule,
				changed = excluded.changed, changed_by = excluded.changed_by`,
			int64(by.Workspace), int64(of), r.Version, written(&rule), db.Micros(r.Changed), int64(by.User))
		if err != nil {
			return err
		}
		return access.Record(tx, r.Changed, by, "alert.rule.set", access.Of("monitor", of), &now.Rule, &rule)
	})
	return r, err
}

// readRule is a monitor's rule, the standard one if nobody set another.
func readRule(tx *db.Tx, ws hearth.WorkspaceID, monitor hearth.MonitorID) (MonitorRule, error) {
	r := MonitorRule{Monitor: monitor, Rule: StandardRule()}
	var text string
	var changed int64
	err := tx.QueryRow(`SELECT version, rule, changed FROM alert_rule WHERE workspace_id = ? AND monitor_id = ?`,
		int64(ws), int64(monitor)).Scan(&r.Version, &text, &changed)
	if errors.Is(err, sql.ErrNoRows) {
		return r, nil
	}
	if err != nil {
		return r, err
	}
	r.Changed, r.Rule = db.FromMicros(changed), Rule{}
	return r, read(text, &r.Rule, "rule")
}
