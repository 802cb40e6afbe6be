package demo_test

import (
	"testing"

	"hearth/demo"
	"hearth/query"
)

func TestEveryMonitorOfTheDemoBelongsToABrandThatIsThere(t *testing.T) {
	t.Parallel()
	brands := map[string]bool{"": true}
	for _, b := range demo.Brands() {
		if !brands[b.Above] {
			t.Errorf("%s stands below %q, which is not made before it", b.Name, b.Above)
		}
		brands[b.Name] = true
	}
	used := map[string]bool{}
	for _, m := range demo.Monitors() {
		owners := demo.OwnersOf(m.Name)
		if len(owners) == 0 {
			t.Errorf("%s belongs to no brand", m.Name)
		}
		for _, name := range owners {
			if used[name] = true; !brands[name] {
				t.Errorf("%s belongs to %s, which there is not", m.Name, name)
			}
		}
	}
	for _, b := range demo.Brands() {
		if !used[b.Name] {
			t.Errorf("nothing belongs to %s", b.Name)
		}
	}
}

func TestTheRulesOfTheDemoUseEveryListOnce(t *testing.T) {
	t.Parallel()
	there := map[string]bool{}
	for _, l := range demo.Lists() {
		there[query.ListKey(l.Name)] = true
	}
	any, _ := query.Parse("a")
	used := map[string]bool{}
	for _, r := range demo.Rules() {
		q, problems := query.ParseWith(r.Query, func(string) *query.Query { return any })
		if q == nil {
			t.Errorf("%s: %+v", r.Name, problems)
			continue
		}
		for _, key := range q.UsesLists() {
			if used[key] = true; !there[key] {
				t.Errorf("%s uses the list %q, which there is not", r.Name, key)
			}
		}
	}
	if len(used) != len(there) {
		t.Errorf("of the lists %v only %v are used", there, used)
	}
}
