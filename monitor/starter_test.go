package monitor_test

import (
	"testing"

	"hearth/monitor"
	"hearth/query"
)

func TestEveryTemplateIsASoundQueryWithNothingToMend(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"en", "de", "fi", "zh"} {
		industries := monitor.Starters(lang)
		if len(industries) < 8 {
			t.Fatalf("only %d industries", len(industries))
		}
		for _, in := range industries {
			if in.Title == "" || len(in.Starters) == 0 {
				t.Errorf("%s: an industry has no title or no templates", lang)
			}
			for _, s := range in.Starters {
				q, problems := query.Parse(s.Query)
				if q == nil || len(problems) > 0 || s.Name == "" {
					t.Errorf("%s: %q: %v", s.Name, s.Query, problems)
				}
			}
		}
	}
	if monitor.Starters("xx")[0].Title != monitor.Starters("en")[0].Title {
		t.Error("a language without templates does not get the English ones")
	}
}
