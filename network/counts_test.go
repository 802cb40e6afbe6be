package network_test

import (
	"testing"

	"hearth"
	"hearth/network"
)

func TestCountsAreNamedAnewWhenOneHasDoubled(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	for likes := range int64(100_000) {
		names[network.Grown(hearth.Engagement{Likes: hearth.KnownCount(likes), Views: hearth.KnownCount(likes * 1000)})] = true
	}
	if len(names) != 15 {
		t.Errorf("%d names for a hundred thousand likes", len(names))
	}
	few, many := hearth.KnownCount(7), hearth.KnownCount(8)
	if network.Grown(hearth.Engagement{}) != "" || network.Grown(hearth.Engagement{Likes: few, Replies: few}) != "" {
		t.Error("few are named")
	}
	if network.Grown(hearth.Engagement{Likes: many}) == network.Grown(hearth.Engagement{Replies: many}) {
		t.Error("likes and replies are one")
	}
}
