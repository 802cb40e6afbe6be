package access_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hearth"
	"hearth/access"
)

// proves ID3
func TestOneOfManyWhoUseTheSetUpLinkBecomesTheOwner(t *testing.T) {
	t.Parallel()
	h := open(t)
	token, err := h.SetUpLink(t.Context(), operator)
	if err != nil {
		t.Fatal(err)
	}
	var won atomic.Int64
	var all sync.WaitGroup
	for i := range 16 {
		all.Go(func() {
			_, err := h.SetUp(t.Context(), home, token, access.Draft{Name: "ann" + string(rune('a'+i)), Password: password})
			if err == nil {
				won.Add(1)
			} else if code := hearth.ErrorCode(err); code != hearth.Denied && code != hearth.Conflict {
				t.Errorf("somebody who came too late is told: %v", err)
			}
		})
	}
	all.Wait()
	if won.Load() != 1 {
		t.Fatalf("%d became the owner", won.Load())
	}
	if _, err := h.SetUpLink(t.Context(), operator); hearth.ErrorCode(err) != hearth.Conflict {
		t.Errorf("another link, with an owner: %v", err)
	}
}

func TestASetUpLinkEndsAfterADayAndWhenAnotherIsMade(t *testing.T) {
	t.Parallel()
	h := open(t)
	draft := access.Draft{Name: "ann", Password: password}
	first, err := h.SetUpLink(t.Context(), operator)
	if err != nil {
		t.Fatal(err)
	}
	second, err := h.SetUpLink(t.Context(), operator)
	if err != nil {
		t.Fatal(err)
	}
	_, err = h.SetUp(t.Context(), home, first, draft)
	wantCode(t, "the link before", err, hearth.Denied)
	h.clock.advance(24 * time.Hour)
	_, err = h.SetUp(t.Context(), home, second, draft)
	wantCode(t, "a link of yesterday", err, hearth.Denied)
	if needs, err := h.NeedsSetUp(t.Context()); err != nil || !needs {
		t.Errorf("after no set-up: %v, %v", needs, err)
	}
}

func TestWhoSetsUpIsSignedInAsOwner(t *testing.T) {
	t.Parallel()
	h := open(t)
	by := h.owner()
	if by.Role != access.Owner || by.Name != "ann" || by.Workspace != here || by.Kind != access.User {
		t.Errorf("the owner is %+v", by)
	}
	if needs, err := h.NeedsSetUp(t.Context()); err != nil || needs {
		t.Errorf("after the set-up: %v, %v", needs, err)
	}
	e, err := h.SignIn(t.Context(), home, " ANN ", password)
	if err != nil {
		t.Fatal(err)
	}
	if again := h.actor(e); again.User != by.User || again.Session == by.Session {
		t.Errorf("signed in as %+v", again)
	}
}

func TestAPasswordThatAnybodyGuessesIsRefused(t *testing.T) {
	t.Parallel()
	h := open(t)
	token, err := h.SetUpLink(t.Context(), operator)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []string{"", "short", "aaaaaaaaaaaaaaaa", "abcabcabcabcabc", "correcthorsebatterystaple", "annabelle1234", "0123456789012", "qwertyuiopasdf", "hearth-hearth", "\xff\xfe text that is none"} {
		_, err := h.SetUp(t.Context(), home, token, access.Draft{Name: "annabelle", Password: p})
		wantCode(t, p, err, hearth.Invalid)
	}
}
