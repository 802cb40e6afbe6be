package e2e_test

import (
	"strings"
	"testing"

	"hearth"
	"hearth/client"
	"hearth/demo"
)

// TestTheCopiedGiveawayIsFoundMutedAndTakenBack: three weeks of the invented world,
// among them the giveaway that forty accounts copied.
func TestTheCopiedGiveawayIsFoundMutedAndTakenBack(t *testing.T) {
	w, ann := private(t)
	var monitor int64
	for i, draft := range demo.Monitors()[:2] {
		m, err := w.api.AddMonitor(t.Context(), draft)
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			monitor = m.ID
		}
	}
	now := hearth.SystemClock()
	var posts []hearth.Post
	copied, others, people := 0, 0, map[string]bool{}
	for _, e := range demo.NewWorld(1).History(now) {
		if e.Kind != demo.Posted || e.At.Before(now.AddDate(0, 0, -21)) {
			continue
		}
		if strings.Contains(e.Post.Text, "gift-claim.example") {
			copied++
			people[e.Post.Author.ID] = true
		} else if others++; others%5 != 0 { // a fifth of what else is said will do
			continue
		}
		posts = append(posts, e.Post)
	}
	if err := w.bring(t.Context(), posts...); err != nil {
		t.Fatal(err)
	}
	w.follows(t, "copies")
	found, err := w.api.Campaigns(t.Context(), client.CampaignsRequest{Monitor: monitor, From: now.AddDate(0, 0, -30)})
	if err != nil {
		t.Fatal(err)
	}
	var giveaway client.Campaign
	for _, c := range found.Campaigns {
		if c.Coordinated && strings.Contains(c.Title, "gives away") {
			giveaway = c
		}
	}
	if giveaway.Posts != copied || !giveaway.Coordinated || len(giveaway.Accounts) != len(people) {
		t.Errorf("the giveaway is %d posts of %d accounts, coordinated: %t; not %d of %d", giveaway.Posts, len(giveaway.Accounts), giveaway.Coordinated, copied, len(people))
	}
	for _, d := range []device{desk, phone} {
		for _, theme := range []string{"light", "dark"} {
			t.Run(d.name+"-"+theme, func(t *testing.T) {
				tb := w.look(t, d, theme)
				tb.open("/sign-in")
				tb.fill("name", "ann")
				tb.fill("password", "a lamp beside the window")
				tb.submit("main form")
				tb.until(`location.pathname === "/"`)
				tb.open("/campaigns?monitor=1&period=30d")
				tb.until(`document.querySelector(".campaign-rows a")`)
				tb.settle()
				tb.shot("campaigns")
				tb.sound()
				tb.accessible()
				tb.open("/campaigns/" + giveaway.ID + "?monitor=1&period=30d")
				tb.settle()
				tb.shot("campaign")
				tb.sound()
				tb.accessible()
			})
		}
	}
	ann.open("/campaigns/" + giveaway.ID + "?monitor=1&period=30d")
	ann.click(`button[value=mute]`)
	ann.until(`document.querySelector("button[value=unmute]")`)
	ann.click(`button[value=unmute]`)
	ann.until(`document.querySelector("button[value=mute]")`)
}
