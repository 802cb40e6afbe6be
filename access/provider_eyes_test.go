package access_test

import (
	"testing"
	"time"

	"hearth/access"
)

// eyesAtTheInn is a provider whose groups give roles, in a house with two owners
// that keeps four eyes on roles.
func eyesAtTheInn(t *testing.T) (*inn, *four) {
	t.Helper()
	i := openInn(t, time.Minute)
	f := &four{house: i.house, ann: i.owner()}
	f.ben = f.joins("ben", access.Owner)
	i.add(func(d *access.ProviderDraft) {
		d.Admit, d.Claim = access.Viewer, "groups"
		d.Groups = []access.Group{{Name: "support", Role: access.Agent}, {Name: "heads", Role: access.Lead}}
	})
	f.set(f.ann, access.AreaRoles)
	return i, f
}

// proves TN7 for roles that come from a provider's groups.
func TestARoleOfAGroupWaitsForFourEyes(t *testing.T) {
	t.Parallel()
	i, f := eyesAtTheInn(t)
	role := func(groups ...string) access.Role {
		t.Helper()
		i.idp.Person["groups"] = groups
		arrival, err := i.signIn()
		if err != nil {
			t.Fatal(err)
		}
		return i.actor(arrival.Entry).Role
	}
	waiting := func() access.Approval {
		t.Helper()
		page, err := f.Approvals(t.Context(), f.ann, access.ApprovalSearch{Open: true})
		if err != nil || len(page.Approvals) != 1 {
			t.Fatalf("%+v, %v", page, err)
		}
		return page.Approvals[0]
	}
	if got := role("support"); got != access.Viewer {
		t.Fatalf("who is new begins as %s", got)
	}
	first := waiting()
	if got := role("support"); got != access.Viewer || waiting().ID != first.ID || !waiting().MayApprove {
		t.Fatalf("signing in again makes somebody %s, and %+v of request %d", got, waiting(), first.ID)
	}
	f.approve(f.ann, first.ID)
	if got := role("heads"); got != access.Viewer {
		t.Fatalf("what was approved of one group makes a %s of another", got)
	}
	if got := role("support"); got != access.Agent {
		t.Fatalf("approved, it is %s", got)
	}
	second := waiting() // for heads, from a viewer
	if _, err := f.RefuseApproval(t.Context(), f.ben, second.ID, ""); err != nil {
		t.Fatal(err)
	}
	if got := role("heads"); got != access.Agent {
		t.Fatalf("unapproved it is %s", got)
	}
	f.approve(f.ben, waiting().ID)
	if got := role("heads"); got != access.Lead {
		t.Fatalf("approved it is %s", got)
	}
	if got := role("support"); got != access.Agent {
		t.Errorf("a lesser role waits: %s", got)
	}
}

// proves TN7 for how people come in.
func TestWhatAProviderAdmitsTakesFourEyes(t *testing.T) {
	t.Parallel()
	i, f := eyesAtTheInn(t)
	at, err := i.Providers(t.Context(), f.ann)
	if err != nil {
		t.Fatal(err)
	}
	d := i.draft()
	d.Issuer, d.Secret = "", ""
	d.Admit, d.Claim, d.Groups = access.Viewer, "groups", []access.Group{{Name: "support", Role: access.Admin}}
	_, err = i.ChangeProvider(t.Context(), f.ann, i.at.ID, at[0].Version, d)
	id := f.asked(err)
	if r := f.state(f.ben, id); !r.MayApprove || r.Verb != "provider.change" {
		t.Errorf("the other owner sees %+v", r)
	}
	f.approve(f.ben, id)
	changed, err := i.ChangeProvider(t.Context(), f.ann, i.at.ID, at[0].Version, d)
	if err != nil || changed.Groups[0].Role != access.Admin {
		t.Fatalf("approved: %+v, %v", changed, err)
	}
	other := i.draft()
	other.Name, other.Issuer = "Elsewhere", "https://id.elsewhere.example"
	_, err = i.AddProvider(t.Context(), f.ann, other)
	f.asked(err)
	d.Enabled = false
	if _, err := i.ChangeProvider(t.Context(), f.ann, i.at.ID, changed.Version, d); err != nil {
		t.Errorf("to keep people out waits for somebody: %v", err)
	}
}
