package tag_test

import (
	"fmt"
	"testing"
	"time"

	"hearth"
	"hearth/access"
	"hearth/monitor"
	"hearth/tag"
)

var lead = access.Limited(here, 7, access.WriteMonitors, access.ReadMonitors, access.TagPosts, access.ReadPosts)

func (h *house) rule(d tag.RuleDraft) tag.Rule {
	h.t.Helper()
	r, err := tag.NewRules(h.tags).Create(h.t.Context(), lead, d)
	if err != nil {
		h.t.Fatal(err)
	}
	return r
}

// becomes waits until a query finds so many posts.
func (h *house) becomes(query string, want int64) {
	h.t.Helper()
	deadline := time.Now().Add(2 * time.Minute)
	for h.count(query) != want {
		if time.Now().After(deadline) {
			h.t.Fatalf("%s finds %d, want %d", query, h.count(query), want)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// proves the rules of M15
func TestRulesTagWhatArrivesInOrder(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.arrive(0, 10, "apple pie")
	list, _, err := monitor.NewLists(h.monitors).Create(t.Context(), lead, monitor.ListDraft{Kind: monitor.WordList, Name: "fruit", Text: "apple"})
	if err != nil {
		t.Fatal(err)
	}
	h.rule(tag.RuleDraft{Name: "second", Query: "pie", Tags: []string{"late"}, Place: 2})
	h.rule(tag.RuleDraft{Name: "first", Query: "list:fruit", Tags: []string{"fruit"}, Place: 1, Stop: true})
	chain := h.rule(tag.RuleDraft{Name: "third", Query: "tag:late", Tags: []string{"chained"}, Place: 3})
	h.rule(tag.RuleDraft{Name: "asleep", Query: "pie", Tags: []string{"asleep"}, Place: 0, Paused: true})
	h.run(free)
	h.arrive(10, 20, "apple pie")
	h.arrive(20, 25, "pear pie")
	h.becomes("tag:fruit", 10)
	h.becomes("tag:chained", 5)
	if late, asleep := h.count("tag:late"), h.count("tag:asleep"); late != 5 || asleep != 0 {
		t.Errorf("%d are late, %d asleep: a rule that stops does not, or one that rests works", late, asleep)
	}
	// What is in the list before a post comes holds for the post, however close they are.
	const cakes = 40
	for i := range cakes {
		fruit := fmt.Sprint("fruit", i)
		if list, _, err = monitor.NewLists(h.monitors).Change(t.Context(), lead, list.ID, list.Version, monitor.ListEdit{Add: fruit}); err != nil {
			t.Fatal(err)
		}
		h.arrive(25+i, 26+i, fruit+" cake")
	}
	h.becomes("tag:fruit AND cake", cakes)
	if err := tag.NewRules(h.tags).Remove(t.Context(), lead, chain.ID); err != nil {
		t.Fatal(err)
	}
	_, err = tag.NewRules(h.tags).Change(t.Context(), lead, chain.ID, 1, chain.RuleDraft)
	if hearth.ErrorCode(err) != hearth.NotFound {
		t.Errorf("a removed rule: %v", err)
	}
}

func TestARuleIsTriedOnThePastAppliedAndUndone(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.arrive(0, 300, "apple")
	h.arrive(300, 400, "cake")
	rules := tag.NewRules(h.tags)
	if _, err := h.tags.Set(t.Context(), ann, []hearth.Key{{Network: "demo", ID: "p3"}}, tag.Change{Set: []string{"Fruit"}}); err != nil {
		t.Fatal(err)
	}
	d := tag.RuleDraft{Name: "fruit", Query: "apple", Tags: []string{`fruit`}}
	trial, err := rules.Try(t.Context(), lead, d, time.Time{})
	if err != nil || trial.Matches != 300 || trial.Changes != 299 || len(trial.Posts) != 5 {
		t.Errorf("tried: %d match, %d change, %v", trial.Matches, trial.Changes, err)
	}
	if n := h.count("tag:fruit"); n != 1 {
		t.Fatalf("a trial tagged %d", n)
	}
	rule := h.rule(d)
	h.run(free)
	run, err := rules.Apply(t.Context(), lead, rule.ID, noon.Add(100*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	if done := h.until(run.ID, tag.Finished); done.Changed != 200 || h.count("tag:fruit") != 201 {
		t.Errorf("applied: %+v", done)
	}
	h.steer(run.ID, tag.Undo)
	h.until(run.ID, tag.Undone)
	h.arrive(400, 401, "apple")
	h.becomes("tag:fruit AND id:p400", 1) // the rule has seen all that the undoing wrote
	if n := h.count("tag:fruit"); n != 2 {
		t.Errorf("undone, %d are tagged: the rule said again what was undone", n)
	}
	want := func(what string, err error, code hearth.Code) {
		t.Helper()
		if hearth.ErrorCode(err) != code {
			t.Errorf("%s: %v", what, err)
		}
	}
	_, err = rules.Create(t.Context(), lead, tag.RuleDraft{Name: "x", Tags: []string{"x"}})
	want("a rule about nothing", err, hearth.Invalid)
	_, err = rules.Create(t.Context(), lead, tag.RuleDraft{Name: "x", Query: "a AND", Tags: []string{"x"}})
	want("an unsound query", err, hearth.Invalid)
	_, err = rules.Create(t.Context(), lead, tag.RuleDraft{Name: "x", Query: "a", Monitor: 9, Tags: []string{"x"}})
	want("a monitor that is not there", err, hearth.NotFound)
	_, err = rules.Create(t.Context(), ann, d)
	want("somebody who may not", err, hearth.Denied)
	_, err = rules.Change(t.Context(), lead, rule.ID, rule.Version+1, d)
	want("a version nobody saw", err, hearth.Conflict)
}
