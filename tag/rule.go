package tag

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"hearth"
	"hearth/access"
	"hearth/archive"
	"hearth/db"
	"hearth/monitor"
)

// Rules tag what arrives, by queries. A rule looks at every post that is stored
// from the moment it was made or changed, and at edits; it sets tags and never
// takes one away.
type Rules struct{ t *Tags }

// NewRules keeps them beside the tags.
func NewRules(t *Tags) *Rules { return &Rules{t} }

// Rule is one of them.
type Rule struct {
	ID      int64
	Version int64 // rises with each change; a change names the version it saw
	RuleDraft
	Created time.Time
	Changed time.Time

	since hearth.Seq
}

// RuleDraft is a rule to be.
type RuleDraft struct {
	Name    string           `json:"name"`
	Query   string           `json:"query,omitempty"`   // "": every post of the monitor
	Monitor hearth.MonitorID `json:"monitor,omitempty"` // only what it catches on arrival; 0: all posts
	Tags    []string         `json:"tags"`
	Place   int64            `json:"place,omitempty"` // rules are asked in this order, those of one place by number
	Stop    bool             `json:"stop,omitempty"`  // no later rule is asked about a post that matches
	Paused  bool             `json:"paused,omitempty"`
}

// Trial is what a rule would do to what is stored.
type Trial struct {
	Matches int64         // posts that it selects
	Changes int64         // of them, those that lack a tag of it
	Exact   bool          // false: counting took too long, or was judged by a sample
	Posts   []archive.Hit // the newest that it would change, at most five
}

const (
	mostRules    = 500
	trialSamples = 5
)

// List gives the rules in the order in which they are asked.
func (r *Rules) List(ctx context.Context, by access.Actor) (list []Rule, err error) {
	if err := by.Check(access.ReadMonitors); err != nil {
		return nil, err
	}
	err = r.t.o.State.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(selectRule+` WHERE workspace_id = ? AND removed IS NULL ORDER BY place, id`, by.Workspace)
		if err != nil {
			return err
		}
		return db.EachRow(rows, func() error {
			rule, err := scanRule(rows)
			list = append(list, rule)
			return err
		})
	})
	return list, err
}

// Create makes a rule. It looks at what is stored from now on; Apply has it look at
// the past.
func (r *Rules) Create(ctx context.Context, by access.Actor, d RuleDraft) (rule Rule, err error) {
	if err := by.Check(access.WriteMonitors); err != nil {
		return rule, err
	}
	if err := r.check(ctx, by, &d); err != nil {
		return rule, err
	}
	rule = Rule{Version: 1, RuleDraft: d, Created: r.t.o.Clock()}
	rule.Changed = rule.Created
	if rule.since, err = r.t.o.Archive.Head(ctx); err != nil {
		return rule, err
	}
	err = r.t.o.State.Write(ctx, func(tx *db.Tx) error {
		var there int
		err := tx.QueryRow(`SELECT coalesce(max(id), 0) + 1, count(*) FILTER (WHERE removed IS NULL) FROM tag_rule WHERE workspace_id = ?`, by.Workspace).Scan(&rule.ID, &there)
		if err != nil {
			return err
		}
		if there >= mostRules {
			return hearth.Errorf(hearth.Invalid, "There are %d rules, which is the limit; remove one first.", there)
		}
		if err := rule.write(tx, by.Workspace); err != nil {
			return err
		}
		return access.Record(tx, rule.Created, by, "rule.create", access.Of("rule", rule.ID), nil, rule.RuleDraft)
	})
	r.t.ruled()
	return rule, err
}

// Change makes another rule of one. Version is the one the change was made on; if
// it has another by now nothing is changed, the error is a Conflict and rule is how
// it stands.
func (r *Rules) Change(ctx context.Context, by access.Actor, id, version int64, d RuleDraft) (rule Rule, err error) {
	if err := by.Check(access.WriteMonitors); err != nil {
		return rule, err
	}
	if err := r.check(ctx, by, &d); err != nil {
		return rule, err
	}
	head, err := r.t.o.Archive.Head(ctx)
	if err != nil {
		return rule, err
	}
	err = r.t.o.State.Write(ctx, func(tx *db.Tx) error {
		if rule, err = readRule(tx, by.Workspace, id); err != nil {
			return err
		}
		if rule.Version != version {
			return hearth.Errorf(hearth.Conflict, "The rule “%s” was changed by somebody else meanwhile (it is at version %d, you saw %d). Look at it again.",
				rule.Name, rule.Version, version)
		}
		before := rule.RuleDraft
		rule.RuleDraft, rule.Changed, rule.since = d, r.t.o.Clock(), head
		rule.Version++
		if err := rule.write(tx, by.Workspace); err != nil {
			return err
		}
		return access.Record(tx, rule.Changed, by, "rule.change", access.Of("rule", id), before, d)
	})
	r.t.ruled()
	return rule, err
}

// Remove takes a rule away; what it tagged stays so.
func (r *Rules) Remove(ctx context.Context, by access.Actor, id int64) error {
	if err := by.Check(access.WriteMonitors); err != nil {
		return err
	}
	now := r.t.o.Clock()
	err := r.t.o.State.Write(ctx, func(tx *db.Tx) error {
		rule, err := readRule(tx, by.Workspace, id)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE tag_rule SET removed = ?, version = version + 1 WHERE workspace_id = ? AND id = ?`, db.Micros(now), by.Workspace, id); err != nil {
			return err
		}
		return access.Record(tx, now, by, "rule.remove", access.Of("rule", id), rule.RuleDraft, nil)
	})
	r.t.ruled()
	return err
}

// Try says what a rule would do to what is stored from a time on; zero: all of it.
func (r *Rules) Try(ctx context.Context, by access.Actor, d RuleDraft, from time.Time) (trial Trial, err error) {
	if err := by.Check(access.ReadPosts); err != nil {
		return trial, err
	}
	if err := r.check(ctx, by, &d); err != nil {
		return trial, err
	}
	s := monitor.Selection{Query: d.Query, Monitor: d.Monitor, From: from}
	all, err := r.t.posts.Count(ctx, by, s, 0)
	if err != nil {
		return trial, err
	}
	s.Query = d.lacking()
	some, err := r.t.posts.Count(ctx, by, s, 0)
	if err != nil {
		return trial, err
	}
	page, err := r.t.posts.Search(ctx, by, monitor.PageSearch{Selection: s, Limit: trialSamples})
	return Trial{Matches: int64(all.Total), Changes: int64(some.Total), Exact: all.Exact && some.Exact, Posts: page.Posts}, err
}

// lacking is the query for posts that the rule selects and that lack a tag of it.
func (d *RuleDraft) lacking() string {
	var tags []string
	for _, tag := range d.Tags {
		tags = append(tags, `tag:"`+strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(tag)+`"`)
	}
	without := "NOT (" + strings.Join(tags, " AND ") + ")"
	if d.Query == "" {
		return "published:>=0001-01-01 AND " + without
	}
	return "(" + d.Query + ") AND " + without
}

// Apply has a rule look at what is stored from a time on, in the background; zero:
// all of it. The run is undone like any other.
func (r *Rules) Apply(ctx context.Context, by access.Actor, id int64, from time.Time) (run Run, err error) {
	for _, p := range []access.Permission{access.WriteMonitors, access.TagPosts} {
		if err := by.Check(p); err != nil {
			return run, err
		}
	}
	var rule Rule
	err = r.t.o.State.Read(ctx, func(tx *db.Tx) error {
		rule, err = readRule(tx, by.Workspace, id)
		return err
	})
	if err != nil {
		return run, err
	}
	s := monitor.Selection{Query: rule.Query, Monitor: rule.Monitor, From: from}
	counts, err := r.t.posts.Count(ctx, by, s, 0)
	if err != nil {
		return run, err
	}
	run = Run{State: Running, Rule: id, Selection: s, Change: Change{Set: rule.Tags}, Total: int64(counts.Total), By: by.User, Begun: r.t.o.Clock()}
	if err := access.Note(ctx, r.t.o.State, run.Begun, by, "rule.apply", access.Of("rule", id), nil, noted{Set: rule.Tags, Query: rule.Query}); err != nil {
		return run, err
	}
	if err := r.t.insert(ctx, by.Workspace, &run); err != nil {
		return run, err
	}
	r.t.wake()
	return run, nil
}

// check tidies a draft and says what is wrong with it.
func (r *Rules) check(ctx context.Context, by access.Actor, d *RuleDraft) error {
	d.Name = strings.TrimSpace(strings.ToValidUTF8(d.Name, "\uFFFD"))
	if d.Name == "" || len(d.Name) > 200 {
		return &hearth.Error{Code: hearth.Invalid, Field: "name", Message: "A rule needs a name of 1 to 200 bytes."}
	}
	c := Change{Set: d.Tags}
	if err := c.check(); err != nil {
		return err
	}
	d.Tags = c.Set
	if d.Query == "" && d.Monitor == 0 {
		return &hearth.Error{Code: hearth.Invalid, Field: "query", Message: "Say which posts: by a query, a monitor, or both."}
	}
	if d.Query != "" {
		if q, problems := r.t.o.Monitors.Parse(by.Workspace, d.Query); q == nil {
			return &monitor.QueryError{Diagnostics: problems}
		}
	}
	if d.Monitor == 0 {
		return nil
	}
	_, err := r.t.o.Monitors.Get(ctx, access.LocalOwner(by.Workspace), d.Monitor)
	return err
}

const selectRule = `
SELECT id, version, place, name, query, monitor_id, tags, stop, paused, since, created, changed FROM tag_rule`

func readRule(tx *db.Tx, ws hearth.WorkspaceID, id int64) (Rule, error) {
	rule, err := scanRule(tx.QueryRow(selectRule+` WHERE workspace_id = ? AND id = ? AND removed IS NULL`, ws, id))
	if errors.Is(err, sql.ErrNoRows) {
		return rule, hearth.Errorf(hearth.NotFound, "There is no rule %s.", strconv.FormatInt(id, 10))
	}
	return rule, err
}

func scanRule(row db.Scanner) (r Rule, err error) {
	var tags string
	var created, changed int64
	if err = row.Scan(&r.ID, &r.Version, &r.Place, &r.Name, &r.Query, &r.Monitor, &tags, &r.Stop, &r.Paused, &r.since, &created, &changed); err != nil {
		return r, err
	}
	r.Created, r.Changed = db.FromMicros(created), db.FromMicros(changed)
	return r, json.Unmarshal([]byte(tags), &r.Tags)
}

func (r *Rule) write(tx *db.Tx, ws hearth.WorkspaceID) error {
	tags, err := json.Marshal(r.Tags)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`
		INSERT INTO tag_rule (workspace_id, id, version, place, name, query, monitor_id, tags, stop, paused, since, created, changed)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (workspace_id, id) DO UPDATE SET version = excluded.version, place = excluded.place, name = excluded.name, query = excluded.query,
			monitor_id = excluded.monitor_id, tags = excluded.tags, stop = excluded.stop, paused = excluded.paused, since = excluded.since, changed = excluded.changed`,
		ws, r.ID, r.Version, r.Place, r.Name, r.Query, r.Monitor, string(tags), db.Truth(r.Stop), db.Truth(r.Paused), r.since, db.Micros(r.Created), db.Micros(r.Changed))
	return err
}
