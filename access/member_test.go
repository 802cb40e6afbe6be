package access_test

import (
	"testing"

	"hearth"
	"hearth/access"
)

// proves the rule behind TN6: what somebody began goes on only while they still
// may do it.
func TestWhoLeftMayNotStillDoWhatTheyBegan(t *testing.T) {
	t.Parallel()
	h := open(t)
	ann := h.owner()
	_, token, err := h.Invite(t.Context(), ann, access.InvitationDraft{Role: access.Admin})
	if err != nil {
		t.Fatal(err)
	}
	e, err := h.AcceptInvitation(t.Context(), home, token, access.Draft{Name: "ben", Password: "another lamp by the door"})
	if err != nil {
		t.Fatal(err)
	}
	ben := h.actor(e)
	still := func(who hearth.UserID, want bool) {
		t.Helper()
		got, err := h.Still(t.Context(), here, who, access.WriteChannels)
		if err != nil || got != want {
			t.Errorf("user %d: %v, %v; want %v", who, got, err, want)
		}
	}
	still(0, true) // the operator
	still(ann.User, true)
	still(ben.User, true)
	still(99, false)
	users, err := h.Users(t.Context(), ann)
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range users {
		if u.User == ben.User {
			changed, err := h.ChangeRole(t.Context(), ann, u.User, u.Version, access.Viewer)
			if err != nil {
				t.Fatal(err)
			}
			still(ben.User, false)
			if changed, err = h.ChangeRole(t.Context(), ann, u.User, changed.Version, access.Admin); err != nil {
				t.Fatal(err)
			}
			still(ben.User, true)
			if _, err = h.DisableUser(t.Context(), ann, u.User, changed.Version); err != nil {
				t.Fatal(err)
			}
		}
	}
	still(ben.User, false)
}
