package access_test

import (
	"testing"
	"time"

	"hearth"
	"hearth/access"
	"hearth/db"
)

func TestAPersonSaysWhoTheyAreAndHowTheyRead(t *testing.T) {
	t.Parallel()
	h := open(t)
	ann := h.owner()
	was, err := h.Account(t.Context(), ann)
	if err != nil || was.Profile.FullName != "Ann Example" || len(was.Workspaces) != 1 || was.Workspaces[0].Role != access.Owner {
		t.Fatalf("%+v, %v", was, err)
	}
	want := access.Profile{FullName: "Ann <b>Example</b>", Mail: "ann@acme.example", Language: "fi", Zone: "Europe/Helsinki", Theme: "dark"}
	if err := h.ChangeAccount(t.Context(), ann, was.Version, want); err != nil {
		t.Fatal(err)
	}
	now, err := h.Account(t.Context(), ann)
	if err != nil || now.Profile != want || now.Version != was.Version+1 || now.Name != "ann" {
		t.Errorf("%+v, %v", now, err)
	}
	wantCode(t, "a change of what was seen before", h.ChangeAccount(t.Context(), ann, was.Version, want), hearth.Conflict)
	wantCode(t, "the operator's own", h.ChangeAccount(t.Context(), operator, 1, want), hearth.Denied)
	for field, p := range map[string]access.Profile{
		"full_name": {FullName: " "}, "mail": {FullName: "Ann", Mail: "nobody"}, "language": {FullName: "Ann", Language: "<script>"},
		"zone": {FullName: "Ann", Zone: "../etc/passwd"}, "theme": {FullName: "Ann", Theme: "pink"},
	} {
		err := h.ChangeAccount(t.Context(), ann, now.Version, p)
		wantCode(t, "a wrong "+field, err, hearth.Invalid)
		if e, ok := err.(*hearth.Error); ok && e.Field != field {
			t.Errorf("a wrong %s is said to be %q", field, e.Field)
		}
	}
}

func TestWhoeverLooksAfterPeopleSignsThemOutEverywhere(t *testing.T) {
	t.Parallel()
	h := open(t)
	ann := h.owner()
	ben := h.invited(ann, "ben", access.Lead)
	wantCode(t, "a lead", h.SignOutUser(t.Context(), ben, ann.User), hearth.Denied)
	wantCode(t, "somebody who is not there", h.SignOutUser(t.Context(), ann, 99), hearth.NotFound)
	if err := h.SignOutUser(t.Context(), ann, ben.User); err != nil {
		t.Fatal(err)
	}
	if h.Holds(t.Context(), ben) || !h.Holds(t.Context(), ann) {
		t.Error("the wrong sessions ended")
	}
	if _, err := h.SignIn(t.Context(), home, "ben", password); err != nil {
		t.Errorf("they may sign in again: %v", err)
	}
}

// TestWhatIsOverIsForgotten: sessions, tickets, guesses and places go; what still
// holds stays.
func TestWhatIsOverIsForgotten(t *testing.T) {
	t.Parallel()
	h := open(t)
	ann := h.owner()
	ben := h.invited(ann, "ben", access.Lead)
	if _, err := h.ResetLink(t.Context(), operator, "ben", false); err != nil {
		t.Fatal(err)
	}
	if _, err := h.SignIn(t.Context(), from("198.51.100.9"), "nobody", "wrong wrong wrong"); err == nil {
		t.Fatal("nobody came in")
	}
	counts := func() (n [4]int64) {
		for i, table := range []string{"session", "ticket", "attempt", "familiar"} {
			err := h.state.Read(t.Context(), func(tx *db.Tx) error { return tx.QueryRow(`SELECT count(*) FROM ` + table).Scan(&n[i]) })
			if err != nil {
				t.Fatal(err)
			}
		}
		return n
	}
	before := counts()
	if err := h.Tidy(t.Context()); err != nil {
		t.Fatal(err)
	}
	if after := counts(); after != before || before[0] < 2 || before[1] < 1 || before[2] < 1 || before[3] < 1 {
		t.Fatalf("of what holds there is %v left of %v", after, before)
	}
	h.clock.advance(13 * time.Hour)
	again, err := h.SignIn(t.Context(), home, "ann", password)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Tidy(t.Context()); err != nil {
		t.Fatal(err)
	}
	// Those that are idle stay: they say where somebody may be told.
	if n := counts(); n[0] != before[0]+1 || !h.Holds(t.Context(), h.actor(again)) || h.Holds(t.Context(), ben) {
		t.Errorf("%d sessions are left", n[0])
	}
	h.clock.advance(7*24*time.Hour - time.Hour)
	if err := h.Tidy(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := counts(); n[0] != 1 {
		t.Errorf("after a week %d sessions are left", n[0])
	}
	h.clock.advance(91 * 24 * time.Hour)
	if err := h.Tidy(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := counts(); n != [4]int64{} {
		t.Errorf("after three months there is %v left", n)
	}
}

// invited is somebody who has come in by an invitation.
func (h *house) invited(by access.Actor, name string, role access.Role) access.Actor {
	h.t.Helper()
	_, token, err := h.Invite(h.t.Context(), by, access.InvitationDraft{Role: role})
	if err != nil {
		h.t.Fatal(err)
	}
	e, err := h.AcceptInvitation(h.t.Context(), home, token, access.Draft{Name: name, Password: password})
	if err != nil {
		h.t.Fatal(err)
	}
	return h.actor(e)
}
