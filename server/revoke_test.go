package server_test

import (
	"strings"
	"testing"
	"time"

	"hearth"
	"hearth/client"
)

// proves TN6, I34: who follows hears nothing any more once they may not.
func TestFollowingEndsWithTheRightToIt(t *testing.T) {
	t.Parallel()
	r := start(t, configIn(t.TempDir()))
	ctx := t.Context()
	ann := r.owner(t)
	made, err := ann.AddKey(ctx, client.KeyDraft{Name: "wall", Scopes: []string{"posts.read"}})
	if err != nil {
		t.Fatal(err)
	}
	program, err := client.New(r.address, client.Options{Key: made.Token})
	if err != nil {
		t.Fatal(err)
	}
	phone := r.visitor(t)
	if _, err := phone.SignIn(ctx, "ann", password); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Import(ctx, strings.NewReader(posts(1)), client.ImportOptions{Name: "a.ndjson"}, nil); err != nil {
		t.Fatal(err)
	}
	for name, one := range map[string]struct {
		who    *client.Client
		revoke func() error
	}{
		"a key":     {program, func() error { return ann.RevokeKey(ctx, made.Key.ID) }},
		"a session": {phone, func() error { return ann.EndOtherSessions(ctx) }},
	} {
		heard, ended := make(chan int64, 100), make(chan error, 1)
		go func() {
			ended <- one.who.Follow(ctx, client.FollowRequest{Search: client.Search{Query: "coffee"}, After: -1}, func(h *client.Hit) error {
				heard <- h.Seq
				return nil
			})
		}()
		select {
		case <-heard:
		case err := <-ended:
			t.Fatalf("%s: %v", name, err)
		}
		if err := one.revoke(); err != nil {
			t.Fatal(err)
		}
		select {
		case err := <-ended:
			if hearth.ErrorCode(err) != hearth.Denied {
				t.Errorf("%s: the follower was told %v", name, err)
			}
		case <-time.After(time.Minute):
			t.Fatalf("%s: the stream goes on", name)
		}
	}
}
