package match_test

import (
	"slices"
	"testing"

	"hearth/match"
)

func TestTheAuthorsThatQueriesAskForAreKnown(t *testing.T) {
	t.Parallel()
	live := match.NewLive()
	live.Replace([]match.Standing{
		{ID: 1, Query: parse(t, "tea AND (author:Ann.Example OR author:@bo.example)")},
		{ID: 2, Query: parse(t, "coffee AND NOT author:cy.example AND author:dd*")},
		{ID: 3, Query: parse(t, "author:eve.example")},
	})
	live.Remove(3)
	got := live.Snapshot().Authors(100)
	slices.Sort(got)
	if want := []string{"ann.example", "bo.example", "cy.example"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if n := len(live.Snapshot().Authors(2)); n != 2 {
		t.Errorf("%d of at most 2", n)
	}
}
