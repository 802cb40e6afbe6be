package copies

import (
	"testing"
	"time"

	"hearth/copies/coordination"
)

func TestACampaignHoldsOnlyTheWavesThatItsAccountsMade(t *testing.T) {
	t.Parallel()
	e := &evidence{windows: []time.Duration{time.Hour, time.Hour, time.Hour}, own: map[[2]string]bool{}}
	for range 60 {
		e.accounts = append(e.accounts, Account{Network: "bluesky", All: 10})
	}
	begun := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	post := func(account, object int, after time.Duration) {
		e.posts = append(e.posts, seenPost{account: account, object: object, cluster: int64(object + 1), at: begun.Add(after)})
	}
	const day = 24 * time.Hour
	for object := range 3 { // two accounts in step, a third passes each on, and weeks of people who say the same
		at := time.Duration(object) * 9 * day
		post(0, object, at)
		post(1, object, at+20*time.Minute)
		post(2, object, at+70*time.Minute)
		for person := 3; person < 60; person++ {
			post(person, object, at+time.Duration(person)*8*time.Hour)
		}
		post(0, object, at+30*day) // one of them alone
	}
	taken := make([]bool, len(e.posts))
	c, ok := e.inStep([]int{0, 1}, []coordination.Edge{{A: 0, B: 1, Weight: 3}}, taken)
	if !ok || c.Posts != 9 || len(c.Accounts) != 3 || c.Texts != 3 || !c.Coordinated {
		t.Errorf("found %v: %d posts of %d accounts in %d texts, want 9 of 3 in 3", ok, c.Posts, len(c.Accounts), c.Texts)
	}
	for i, own := range taken {
		if near := e.posts[i].account < 3 && e.posts[i].at.Sub(begun)%(9*day) < 2*time.Hour; own != near {
			t.Errorf("post %d of account %d is taken: %v", i, e.posts[i].account, own)
		}
	}
}
