package tag

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"hearth"
	"hearth/archive"
	"hearth/db"
	"hearth/match"
	"hearth/query"
)

// consumer is the name under which rules follow the log.
const consumer = "tag.rules"

const followRows = 500

// asked is the rules of a workspace, ready to be asked.
type asked struct {
	rules []Rule     // in the order in which they are asked
	set   *match.Set // of those with a query
}

// followLog asks the rules about what is stored, until ctx ends. A rule says a thing
// of a post once, so a row that is read again after a crash changes nothing.
func (t *Tags) followLog(ctx context.Context, held func(*db.Tx) error) error {
	for ctx.Err() == nil {
		err := t.followOnce(ctx, held)
		if errors.Is(err, db.ErrUnknownOutcome) {
			return err
		}
		if err != nil && ctx.Err() == nil {
			t.o.Log.Warn("rules stand still; it is tried again", "error", err)
			t.rest(ctx, lookEvery)
		}
	}
	return nil
}

// errBeyond ends a reading of the log.
var errBeyond = errors.New("beyond what is asked")

// Place is the last row of the log that the rules were asked about; where there are
// none, its end.
func (t *Tags) Place(ctx context.Context) (hearth.Seq, error) {
	rules, since, err := t.readRules(ctx)
	if err != nil {
		return 0, err
	}
	if len(rules) == 0 {
		return t.o.Archive.Head(ctx)
	}
	at, err := t.o.Archive.Position(ctx, consumer)
	return max(at, since), err
}

// followOnce takes in the next rows, or waits for them. It looks how far the log goes
// before it reads the rules: whatever somebody changed before a row came, a list that a
// rule names too, holds for that row.
func (t *Tags) followOnce(ctx context.Context, held func(*db.Tx) error) error {
	head, err := t.o.Archive.Head(ctx)
	if err != nil {
		return err
	}
	rules, since, err := t.readRules(ctx)
	if err != nil {
		return err
	}
	if len(rules) == 0 {
		t.rest(ctx, lookEvery)
		return nil
	}
	from, err := t.o.Archive.Position(ctx, consumer)
	if err != nil {
		return err
	}
	at, last := max(from, since), max(from, since)
	var rows []archive.Stored
	err = t.o.Archive.ReadLog(ctx, 0, at, followRows, func(s *archive.Stored) error {
		if s.Seq > head {
			return errBeyond
		}
		last = s.Seq
		if s.Op.HasVersion() && !s.Erased && rules[s.Workspace] != nil {
			rows = append(rows, *s)
		}
		return nil
	})
	if hearth.ErrorCode(err) == hearth.Damaged {
		t.o.Log.Error("no rule can look at a damaged row", "row", last+1, "error", err)
		last, err = last+1, nil
	}
	if err != nil && !errors.Is(err, errBeyond) {
		return err
	}
	if last == at {
		soon, cancel := context.WithTimeout(ctx, lookEvery)
		defer cancel()
		t.o.Archive.Wait(soon, at) // whatever ends it, the next turn looks
		return nil
	}
	if err := t.o.Store.Read(ctx, held); err != nil {
		return err
	}
	if err := t.ask(ctx, rules, rows); err != nil {
		return err
	}
	return t.o.Archive.MoveConsumer(ctx, consumer, from, last)
}

// ask has each rule tag those of the rows that it selects.
func (t *Tags) ask(ctx context.Context, rules map[hearth.WorkspaceID]*asked, rows []archive.Stored) error {
	type saying struct {
		workspace hearth.WorkspaceID
		rule      int64
	}
	posts := map[saying][]hearth.Key{}
	for i := range rows {
		s := &rows[i]
		a := rules[s.Workspace]
		caught := a.set.Catches(&s.Post)
		for _, r := range a.rules {
			if s.Seq <= r.since || r.Query != "" && !slices.Contains(caught, hearth.MonitorID(r.ID)) || r.Monitor != 0 && !slices.Contains(s.Monitors, r.Monitor) {
				continue
			}
			of := saying{s.Workspace, r.ID}
			posts[of] = append(posts[of], s.Post.Key())
			if r.Stop {
				break
			}
		}
	}
	for ws, a := range rules {
		for _, r := range a.rules {
			keys := posts[saying{ws, r.ID}]
			if len(keys) == 0 {
				continue
			}
			c := Change{Set: r.Tags}
			if _, err := t.o.Archive.Annotate(ctx, ws, c.notes(unique(keys)), archive.Author{Rule: r.ID}, t.o.Monitors.Catch, nil); err != nil {
				return err
			}
		}
	}
	return nil
}

func unique(keys []hearth.Key) []hearth.Key {
	seen := make(map[hearth.Key]bool, len(keys))
	return slices.DeleteFunc(keys, func(k hearth.Key) bool {
		was := seen[k]
		seen[k] = true
		return was
	})
}

// readRules reads the rules that are to be asked, and the row behind which the first
// of them looks.
func (t *Tags) readRules(ctx context.Context) (rules map[hearth.WorkspaceID]*asked, since hearth.Seq, err error) {
	rules = map[hearth.WorkspaceID]*asked{}
	standing := map[hearth.WorkspaceID][]match.Standing{}
	err = t.o.State.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(`SELECT workspace_id, id, version, place, name, query, monitor_id, tags, stop, paused, since, created, changed FROM tag_rule WHERE removed IS NULL AND paused = 0`) // all workspaces: the program's own loop
		if err != nil {
			return err
		}
		return db.EachRow(rows, func() error {
			var ws hearth.WorkspaceID
			rule, err := scanRule(first{rows, &ws})
			if err != nil {
				return err
			}
			if rule.Query != "" {
				var q *query.Query
				if q, _ = t.o.Monitors.Parse(ws, rule.Query); q == nil {
					return nil // its list is gone; the page of rules says so
				}
				standing[ws] = append(standing[ws], match.Standing{ID: hearth.MonitorID(rule.ID), Query: q})
			}
			if rules[ws] == nil {
				rules[ws] = &asked{}
			}
			if len(rules) == 1 && len(rules[ws].rules) == 0 || rule.since < since {
				since = rule.since
			}
			rules[ws].rules = append(rules[ws].rules, rule)
			return nil
		})
	})
	for ws, a := range rules {
		a.set = match.NewSet(standing[ws])
		slices.SortFunc(a.rules, func(a, b Rule) int { return cmp.Or(cmp.Compare(a.Place, b.Place), cmp.Compare(a.ID, b.ID)) })
	}
	return rules, since, err
}

// ruled lets followLog see that the rules have changed.
func (t *Tags) ruled() {
	select {
	case t.changed <- struct{}{}:
	default:
	}
}

// rest waits for a change of the rules, or for a while.
func (t *Tags) rest(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-t.changed:
	case <-timer.C:
	}
}
