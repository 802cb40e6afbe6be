package mix

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"
)

// TestTheMixIsFrozen fails when any output changes: raise Version then, and say
// so in bench/README.md, because figures no longer compare.
func TestTheMixIsFrozen(t *testing.T) {
	w := NewWorld()
	h := sha256.New()
	for _, m := range w.Monitors(1000) {
		h.Write([]byte(m + "\n"))
	}
	posts := w.Posts(1000)
	size := 0
	for range 1000 {
		frame := posts.Next(nil)
		size += len(frame)
		h.Write(frame)
	}
	if mean := size / 1000; mean < 600 || mean > 850 {
		t.Errorf("frames are %d bytes on average, want 650–800", mean)
	}
	const want = "27717286af62d5fb"
	if got := hex.EncodeToString(h.Sum(nil))[:16]; got != want {
		t.Errorf("the mix of version %d has changed: %s, was %s", Version, got, want)
	}
}

func TestMonitorsHaveTheSharesTheyPromise(t *testing.T) {
	near, star, or := 0, 0, 0
	list := NewWorld().Monitors(2000)
	for _, m := range list {
		if strings.Contains(m, "NEAR/") {
			near++
		}
		if strings.Contains(m, "*") {
			star++
		}
		if strings.HasPrefix(m, "(q") && strings.Contains(m, "AND NOT") {
			or++
		}
	}
	if near < 50 || star < 150 || or < 1100 {
		t.Errorf("of %d monitors %d have NEAR, %d a wildcard, %d are brand lists", len(list), near, star, or)
	}
}
