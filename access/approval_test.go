package access_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"hearth"
	"hearth/access"
)

// four is a house with four eyes on everything: two owners, an admin and an agent.
type four struct {
	*house
	ann, ben, cleo, dan access.Actor
}

func openFour(t testing.TB) *four {
	h := open(t)
	f := &four{house: h, ann: h.owner()}
	f.ben = f.joins("ben", access.Owner)
	f.cleo = f.joins("cleo", access.Admin)
	f.dan = f.joins("dan", access.Agent)
	f.set(f.ann, access.Areas()...)
	return f
}

// joins lets somebody in, before four eyes are on.
func (f *four) joins(name string, role access.Role) access.Actor {
	f.t.Helper()
	_, token, err := f.Invite(f.t.Context(), f.ann, access.InvitationDraft{Role: role})
	if err != nil {
		f.t.Fatal(err)
	}
	e, err := f.AcceptInvitation(f.t.Context(), home, token, access.Draft{Name: name, Password: "another lamp by the door"})
	if err != nil {
		f.t.Fatal(err)
	}
	return f.actor(e)
}

func (f *four) set(by access.Actor, areas ...access.Area) {
	f.t.Helper()
	now, err := f.FourEyes(f.t.Context(), by)
	if err == nil {
		_, err = f.SetFourEyes(f.t.Context(), by, now.Version, areas)
	}
	if err != nil {
		f.t.Fatal(err)
	}
}

func (f *four) member(user hearth.UserID) access.Member {
	f.t.Helper()
	users, err := f.Users(f.t.Context(), f.ann)
	if err != nil {
		f.t.Fatal(err)
	}
	for _, m := range users {
		if m.User == user {
			return m
		}
	}
	f.t.Fatalf("there is no user %d", user)
	return access.Member{}
}

// promote asks to give somebody a role, and wants that it takes another person.
func (f *four) promote(by access.Actor, user hearth.UserID, role access.Role) access.ApprovalID {
	f.t.Helper()
	m := f.member(user)
	_, err := f.ChangeRole(f.t.Context(), by, user, m.Version, role)
	return f.asked(err)
}

// asked is the request that an error speaks of.
func (f *four) asked(err error) access.ApprovalID {
	f.t.Helper()
	var a *access.Asked
	if !errors.As(err, &a) || a.Request <= 0 || hearth.ErrorCode(err) != hearth.Denied {
		f.t.Fatalf("%v, want a request", err)
	}
	return a.Request
}

func (f *four) state(by access.Actor, id access.ApprovalID) access.Approval {
	f.t.Helper()
	r, err := f.Approval(f.t.Context(), by, id)
	if err != nil {
		f.t.Fatal(err)
	}
	return r
}

// audited wants the newest lines of the audit log to say this.
func (f *four) audited(verbs ...string) {
	f.t.Helper()
	page, err := f.AuditLog(f.t.Context(), f.ann, access.AuditSearch{Limit: len(verbs)})
	if err != nil {
		f.t.Fatal(err)
	}
	for i, verb := range verbs {
		if i >= len(page.Lines) || page.Lines[i].Verb != verb {
			f.t.Errorf("line %d from the end does not say %s", i, verb)
		}
	}
}

func (f *four) approve(by access.Actor, id access.ApprovalID) {
	f.t.Helper()
	if r, err := f.Approve(f.t.Context(), by, id, ""); err != nil || r.State != access.ApprovalGiven {
		f.t.Fatalf("%v, %v", r.State, err)
	}
}

// proves TN7: a role changes once another person has approved exactly that, and
// once only.
func TestARoleChangesOnlyOnceSomebodyElseHasApproved(t *testing.T) {
	t.Parallel()
	f := openFour(t)
	id := f.promote(f.cleo, f.dan.User, access.Lead)
	if again := f.promote(f.cleo, f.dan.User, access.Lead); again != id {
		t.Errorf("asked twice it is request %d, and was %d", again, id)
	}
	if m := f.member(f.dan.User); m.Role != access.Agent {
		t.Fatalf("before anybody approved dan is %s", m.Role)
	}
	_, err := f.Approve(t.Context(), f.cleo, id, "")
	wantCode(t, "approving one's own", err, hearth.Denied)
	_, err = f.Approve(t.Context(), f.dan, id, "")
	wantCode(t, "approving without the right", err, hearth.Denied)
	_, err = f.Approve(t.Context(), operator, id, "")
	wantCode(t, "approving as the operator", err, hearth.Denied)
	f.approve(f.ann, id)
	if m := f.member(f.dan.User); m.Role != access.Agent {
		t.Fatalf("approved and not done, dan is %s", m.Role)
	}
	if other := f.promote(f.cleo, f.dan.User, access.Admin); other == id {
		t.Error("another content goes by the same request")
	}
	if other := f.promote(f.ben, f.dan.User, access.Lead); other == id {
		t.Error("another person goes by the same request")
	}
	version := f.member(f.dan.User).Version
	if m, err := f.ChangeRole(t.Context(), f.cleo, f.dan.User, version, access.Lead); err != nil || m.Role != access.Lead {
		t.Fatalf("%s, %v", m.Role, err)
	}
	if r := f.state(f.cleo, id); r.State != access.ApprovalUsed || r.Decider != "ann" {
		t.Errorf("the request is %s by %q", r.State, r.Decider)
	}
	_, err = f.ChangeRole(t.Context(), f.cleo, f.dan.User, version, access.Lead)
	wantCode(t, "the same again", err, hearth.Conflict)
	f.audited("user.role", "approval.use", "approval.ask", "approval.ask", "approval.approve", "approval.ask", "four-eyes.change")
}

// proves TN7: the rights of both count when it is done, not when it was approved.
func TestAnApprovalIsVoidOnceWhoGaveItMayNotAnyMore(t *testing.T) {
	t.Parallel()
	f := openFour(t)
	id := f.promote(f.ann, f.dan.User, access.Lead)
	f.approve(f.cleo, id)
	if _, err := f.DisableUser(t.Context(), f.ben, f.cleo.User, f.member(f.cleo.User).Version); err != nil {
		t.Fatal(err) // to keep somebody out takes nobody else
	}
	if again := f.promote(f.ann, f.dan.User, access.Lead); again == id {
		t.Error("the request of before goes on")
	}
	if r := f.state(f.ann, id); r.State != access.ApprovalVoid {
		t.Errorf("the request is %s", r.State)
	}
	if m := f.member(f.dan.User); m.Role != access.Agent {
		t.Errorf("dan is %s", m.Role)
	}
}

// proves that nobody approves more than they may give.
func TestAnAdminDoesNotApproveAnOwner(t *testing.T) {
	t.Parallel()
	f := openFour(t)
	id := f.promote(f.ann, f.dan.User, access.Owner)
	_, err := f.Approve(t.Context(), f.cleo, id, "")
	wantCode(t, "an admin", err, hearth.Denied)
	f.approve(f.ben, id)
	if _, err := f.ChangeRole(t.Context(), f.ann, f.dan.User, f.member(f.dan.User).Version, access.Owner); err != nil {
		t.Fatal(err)
	}
}

// proves that a request and an approval end: by time, by a refusal, by whoever asked.
func TestRequestsEnd(t *testing.T) {
	t.Parallel()
	f := openFour(t)
	t.Run("refused", func(t *testing.T) {
		id := f.promote(f.cleo, f.dan.User, access.Lead)
		f.approve(f.ann, id)
		if _, err := f.RefuseApproval(t.Context(), f.ben, id, "not this month"); err != nil {
			t.Fatal(err)
		}
		f.audited("approval.refuse")
		if again := f.promote(f.cleo, f.dan.User, access.Lead); again == id {
			t.Error("it goes on")
		}
	})
	t.Run("withdrawn", func(t *testing.T) {
		id := f.promote(f.cleo, f.dan.User, access.Analyst)
		_, err := f.WithdrawApproval(t.Context(), f.ann, id)
		wantCode(t, "withdrawing what another asked for", err, hearth.Denied)
		if _, err := f.WithdrawApproval(t.Context(), f.cleo, id); err != nil {
			t.Fatal(err)
		}
		f.audited("approval.withdraw")
		_, err = f.Approve(t.Context(), f.ann, id, "")
		wantCode(t, "approving what was withdrawn", err, hearth.Conflict)
	})
	t.Run("old", func(t *testing.T) {
		id := f.promote(f.cleo, f.dan.User, access.Author)
		f.approve(f.ann, id)
		f.clock.advance(24 * time.Hour)
		again := f.promote(f.cleo, f.dan.User, access.Author)
		if again == id {
			t.Error("it goes on")
		}
		if r := f.state(f.cleo, id); r.State != access.ApprovalExpired {
			t.Errorf("it is %s", r.State)
		}
	})
}

// proves that nobody is locked out: it takes two owners to switch four eyes on, and
// two stay.
func TestFourEyesTakeTwoOwners(t *testing.T) {
	t.Parallel()
	h := open(t)
	f := &four{house: h, ann: h.owner()}
	_, err := h.SetFourEyes(t.Context(), f.ann, 0, []access.Area{access.AreaRoles})
	wantCode(t, "a lone owner", err, hearth.Conflict)
	f.ben = f.joins("ben", access.Owner)
	f.cleo = f.joins("cleo", access.Admin)
	_, err = h.SetFourEyes(t.Context(), f.cleo, 0, []access.Area{access.AreaRoles})
	wantCode(t, "an admin", err, hearth.Denied)
	f.set(f.ann, access.AreaRoles)
	_, err = h.DisableUser(t.Context(), f.ann, f.ben.User, f.member(f.ben.User).Version)
	wantCode(t, "disabling the second owner", err, hearth.Conflict)
	_, err = h.ChangeRole(t.Context(), f.ann, f.ben.User, f.member(f.ben.User).Version, access.Admin)
	wantCode(t, "demoting the second owner", err, hearth.Conflict)
}

// proves that to want less takes four eyes itself, and to want more does not.
func TestSwitchingFourEyesOffTakesFourEyes(t *testing.T) {
	t.Parallel()
	f := openFour(t)
	off := func(by access.Actor) error {
		now, err := f.FourEyes(t.Context(), by)
		if err == nil {
			_, err = f.SetFourEyes(t.Context(), by, now.Version, []access.Area{access.AreaExports})
		}
		return err
	}
	id := f.asked(off(f.ann))
	if now, _ := f.FourEyes(t.Context(), f.ann); len(now.Areas) != len(access.Areas()) {
		t.Fatalf("it is %v already", now.Areas)
	}
	_, err := f.Approve(t.Context(), f.cleo, id, "")
	wantCode(t, "an admin", err, hearth.NotFound)
	f.approve(f.ben, id)
	if err := off(f.ann); err != nil {
		t.Fatal(err)
	}
	now, err := f.FourEyes(t.Context(), f.ann)
	if err != nil || len(now.Areas) != 1 || now.Owners != 2 {
		t.Fatalf("%+v, %v", now, err)
	}
	f.set(f.ann, access.Areas()...)
}

// proves that whoever asks with a key or on the machine goes the same way, and that
// a key approves nothing.
func TestKeysAndTheOperatorAskAsWell(t *testing.T) {
	t.Parallel()
	f := openFour(t)
	id := f.promote(operator, f.dan.User, access.Lead)
	f.approve(f.cleo, id)
	if m, err := f.ChangeRole(t.Context(), operator, f.dan.User, f.member(f.dan.User).Version, access.Lead); err != nil || m.Role != access.Lead {
		t.Fatal(err)
	}
	_, token, err := f.AddKey(t.Context(), f.ann, access.KeyDraft{Name: "sync", Scopes: []access.Permission{access.ReadApprovals, access.WriteApprovals, access.WriteUsers}})
	if err != nil {
		t.Fatal(err)
	}
	key, err := f.KeyActor(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	id = f.promote(f.cleo, f.dan.User, access.Agent)
	_, err = f.Approve(t.Context(), key, id, "")
	wantCode(t, "a key", err, hearth.Denied)
	if page, err := f.Approvals(t.Context(), key, access.ApprovalSearch{Open: true}); err != nil || len(page.Approvals) != 1 {
		t.Errorf("%d, %v", len(page.Approvals), err)
	}
}

// proves TN4: who may not decide a request does not learn of it, nor how many there
// are.
func TestRequestsOfOthersAreSeenByThoseWhoMayDecideThem(t *testing.T) {
	t.Parallel()
	f := openFour(t)
	id := f.promote(f.cleo, f.dan.User, access.Lead)
	_, err := f.Approval(t.Context(), f.dan, id)
	wantCode(t, "an agent", err, hearth.NotFound)
	for _, one := range []struct {
		by            access.Actor
		shown         int
		waiting       int64
		own, approves bool
	}{{f.dan, 0, 0, false, false}, {f.cleo, 1, 0, true, false}, {f.ann, 1, 1, false, true}} {
		page, err := f.Approvals(t.Context(), one.by, access.ApprovalSearch{})
		if err != nil || len(page.Approvals) != one.shown || page.Waiting != one.waiting {
			t.Errorf("%s: %d, %d waiting, %v", one.by.Name, len(page.Approvals), page.Waiting, err)
		}
		for _, r := range page.Approvals {
			if r.Own != one.own || r.MayApprove != one.approves {
				t.Errorf("%s: own %v, approves %v", one.by.Name, r.Own, r.MayApprove)
			}
		}
	}
}

// proves that a reason is given once, and is not changed under the eyes of whoever
// decides; and that a form comes back to whoever sent it only.
func TestAReasonIsGivenOnceAndAFormComesBack(t *testing.T) {
	t.Parallel()
	f := openFour(t)
	by := f.Through(f.cleo, []byte("role=lead"))
	id := f.promote(by, f.dan.User, access.Lead)
	f.audited("approval.ask")
	if _, err := f.ExplainApproval(t.Context(), f.cleo, id, "She leads the evening team from May on."); err != nil {
		t.Fatal(err)
	}
	_, err := f.ExplainApproval(t.Context(), f.cleo, id, "Something else")
	wantCode(t, "another reason", err, hearth.Conflict)
	f.audited("approval.explain")
	if r := f.state(f.cleo, id); r.Form != nil {
		t.Error("the form comes back before anybody has approved")
	}
	f.approve(f.ann, id)
	if r := f.state(f.cleo, id); string(r.Form) != "role=lead" {
		t.Errorf("the form is %q", r.Form)
	}
	if r := f.state(f.ann, id); r.Form != nil {
		t.Error("the form comes to somebody else")
	}
	if other := f.promote(f.cleo.Because("A reason from the start"), f.dan.User, access.Admin); f.state(f.ann, other).Why != "A reason from the start" {
		t.Error("the reason is lost")
	}
}

// proves TN7 for the log of what was done: it leaves as a file once another person
// has approved exactly that.
func TestTheAuditLogLeavesOnlyOnceSomebodyElseHasApproved(t *testing.T) {
	t.Parallel()
	f := openFour(t)
	var out strings.Builder
	export := func(s access.AuditSearch) error { return f.ExportAudit(t.Context(), f.ann, s, "csv", &out) }
	id := f.asked(export(access.AuditSearch{Verb: "user.role"}))
	if out.Len() > 0 {
		t.Errorf("%q leaves unapproved", out.String())
	}
	page, err := f.Approvals(t.Context(), f.ben, access.ApprovalSearch{Open: true})
	if err != nil || page.Waiting != 1 || len(page.Approvals) != 1 || !page.Approvals[0].MayApprove {
		t.Fatalf("%+v, %v", page, err)
	}
	f.approve(f.ben, id)
	if other := f.asked(export(access.AuditSearch{})); other == id {
		t.Error("all of it goes by the request for a part")
	}
	if err := export(access.AuditSearch{Verb: "user.role"}); err != nil || !strings.HasPrefix(out.String(), "id,at,") {
		t.Errorf("approved: %q, %v", out.String(), err)
	}
	f.audited("audit.export", "approval.use")
}
