package access_test

import (
	"slices"
	"testing"
	"time"

	"hearth"
	"hearth/access"
)

// tree is brands below each other: Lumen with Lumen Tea and below that Lumen
// Green, and Vesper beside them.
type tree struct{ lumen, tea, green, vesper access.BrandID }

func (h *house) tree() (t tree) {
	h.t.Helper()
	add := func(name string, above access.BrandID) access.BrandID {
		b, err := h.AddBrand(h.t.Context(), operator, name, above)
		if err != nil {
			h.t.Fatal(err)
		}
		return b.ID
	}
	t.lumen = add("Lumen", 0)
	t.tea = add("Lumen Tea", t.lumen)
	t.green = add("Lumen Green", t.tea)
	t.vesper = add("Vesper", 0)
	return t
}

// joined is somebody who came by an invitation.
func (h *house) joined(name string, d access.InvitationDraft) access.Actor {
	h.t.Helper()
	_, token, err := h.Invite(h.t.Context(), operator, d)
	if err != nil {
		h.t.Fatal(err)
	}
	e, err := h.AcceptInvitation(h.t.Context(), home, token, access.Draft{Name: name, Password: "another lamp by the door"})
	if err != nil {
		h.t.Fatal(err)
	}
	return h.actor(e)
}

func (h *house) version(user hearth.UserID) int64 {
	h.t.Helper()
	list, err := h.Users(h.t.Context(), operator)
	if err != nil {
		h.t.Fatal(err)
	}
	i := slices.IndexFunc(list, func(m access.Member) bool { return m.User == user })
	return list[i].Version
}

func brands(ids ...access.BrandID) []access.BrandID { return ids }

// proves TN1, TN4: a role for a brand reaches what belongs to it and to those
// below it, and nothing else.
func TestARoleForABrandReachesItAndThoseBelow(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.owner()
	b := h.tree()
	ben := h.joined("ben", access.InvitationDraft{Role: access.Lead, Brand: b.tea})
	if ben.Role != access.None || ben.May(access.ReadPosts) || ben.Check(access.ReadMonitors) == nil {
		t.Errorf("somebody with one brand has the role %q and rights in the workspace", ben.Role)
	}
	s, err := ben.Scope(access.WriteMonitors)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		of           []access.BrandID
		sees, change bool
	}{
		{brands(), false, false}, {brands(b.lumen), false, false}, {brands(b.vesper), false, false},
		{brands(b.tea), true, true}, {brands(b.green), true, true}, {brands(b.tea, b.vesper), true, false}, {brands(b.tea, b.green), true, true},
		{brands(999), false, false},
	} {
		if s.Sees(c.of) != c.sees || s.Holds(c.of) != c.change {
			t.Errorf("what belongs to %v: seen %v, changed %v", c.of, s.Sees(c.of), s.Holds(c.of))
		}
	}
	for _, p := range []access.Permission{access.WriteUsers, access.ReadUsers, access.ReadSources, access.ReadAudit, access.ReadChannels, access.ReadOperations} {
		if ben.MaySome(p) {
			t.Errorf("a role for a brand gives %s, which is of the workspace", p)
		}
	}
	list, err := h.Brands(t.Context(), ben)
	if err != nil || len(list) != 2 || list[1].ID != b.tea || list[1].Parent != 0 || list[0].Parent != b.tea {
		t.Errorf("their brands are %+v, %v", list, err)
	}
}

func TestABrandCanBeTakenAwayFromSomebodyOfTheWorkspace(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.owner()
	b := h.tree()
	ben := h.joined("ben", access.InvitationDraft{Role: access.Lead})
	if s, err := ben.Scope(access.ReadMonitors); err != nil || !s.Whole() {
		t.Fatalf("before: %+v, %v", s, err)
	}
	e, err := h.ChangeBrandRole(t.Context(), operator, ben.User, h.version(ben.User), b.tea, access.None)
	if err != nil || e.Brands[b.tea] != access.None {
		t.Fatal(e, err)
	}
	if h.Holds(t.Context(), ben) {
		t.Error("what they were before still holds")
	}
	ben = h.signedIn("ben")
	s, err := ben.Scope(access.ReadMonitors)
	if err != nil || s.Whole() || s.Sees(brands(b.green)) || !s.Sees(brands(b.vesper)) || !s.Sees(nil) || !s.Sees(brands(b.tea, b.lumen)) || s.Holds(brands(b.tea, b.lumen)) {
		t.Errorf("after: %+v, %v", s, err)
	}
}

func (h *house) signedIn(name string) access.Actor {
	h.t.Helper()
	e, err := h.SignIn(h.t.Context(), home, name, "another lamp by the door")
	if err != nil {
		h.t.Fatal(err)
	}
	return h.actor(e)
}

// proves TK1, TN6: a key for a brand may what its permissions name, there only,
// as long as the brand is where it was.
func TestAKeyForABrandActsForItOnly(t *testing.T) {
	t.Parallel()
	h := open(t)
	ann := h.owner()
	b := h.tree()
	_, _, err := h.AddKey(t.Context(), ann, access.KeyDraft{Name: "greedy", Brand: b.tea, Scopes: []access.Permission{access.ReadMonitors, access.ReadAudit}})
	if hearth.ErrorCode(err) != hearth.Invalid {
		t.Errorf("a key for a brand that reads the audit log: %v", err)
	}
	_, _, err = h.AddKey(t.Context(), ann, access.KeyDraft{Name: "nowhere", Brand: 99, Scopes: []access.Permission{access.ReadMonitors}})
	if hearth.ErrorCode(err) != hearth.NotFound {
		t.Errorf("a key for a brand that there is not: %v", err)
	}
	k, token, err := h.AddKey(t.Context(), ann, access.KeyDraft{Name: "till", Brand: b.tea, Scopes: []access.Permission{access.ReadMonitors}, Life: time.Hour})
	if err != nil || k.Brand != b.tea {
		t.Fatal(k, err)
	}
	till, err := h.KeyActor(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	s, err := till.Scope(access.ReadMonitors)
	if err != nil || !s.Sees(brands(b.green)) || s.Sees(nil) || s.Sees(brands(b.lumen)) {
		t.Errorf("the key sees %+v, %v", s, err)
	}
	if till.MaySome(access.WriteMonitors) || till.May(access.ReadMonitors) {
		t.Error("the key may more than it was made for")
	}
	if !h.Holds(t.Context(), till) {
		t.Fatal("the key does not hold")
	}
	green := slices.IndexFunc(must(h.Brands(t.Context(), operator)), func(one access.Brand) bool { return one.ID == b.green })
	if _, err := h.MoveBrand(t.Context(), operator, b.green, must(h.Brands(t.Context(), operator))[green].Version, b.vesper); err != nil {
		t.Fatal(err)
	}
	if h.Holds(t.Context(), till) {
		t.Error("a brand went elsewhere, and the key acts as before")
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestLookingAtABrandGivesAndTakesNoRight(t *testing.T) {
	t.Parallel()
	h := open(t)
	ann := h.owner()
	b := h.tree()
	narrow, err := h.Narrow(t.Context(), b.tea, ann)
	if err != nil || narrow.At() != b.tea || !narrow.May(access.WriteSources) {
		t.Fatal(err)
	}
	s, err := narrow.Scope(access.WriteMonitors)
	if err != nil || s.Whole() || s.Sees(nil) || s.Sees(brands(b.lumen)) || !s.Sees(brands(b.green, b.vesper)) || !s.Holds(brands(b.green, b.vesper)) {
		t.Errorf("narrowed: %+v, %v", s, err)
	}
	wide, err := h.Narrow(t.Context(), 0, narrow)
	if s, _ := wide.Scope(access.ReadPosts); err != nil || !s.Whole() {
		t.Errorf("wide again: %+v, %v", s, err)
	}
	ben := h.joined("ben", access.InvitationDraft{Role: access.Viewer, Brand: b.tea})
	for _, id := range []access.BrandID{b.lumen, b.vesper, 999} {
		_, err := h.Narrow(t.Context(), id, ben)
		if hearth.ErrorCode(err) != hearth.NotFound || err.Error() != "There is no brand "+id.String()+"." {
			t.Errorf("brand %d for somebody whose it is not: %v", id, err)
		}
	}
}

func TestBrandsStandInATreeWithoutCircles(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.owner()
	b := h.tree()
	move := func(id, above access.BrandID) error {
		list := must(h.Brands(t.Context(), operator))
		i := slices.IndexFunc(list, func(one access.Brand) bool { return one.ID == id })
		_, err := h.MoveBrand(t.Context(), operator, id, list[i].Version, above)
		return err
	}
	for _, above := range []access.BrandID{b.lumen, b.green, b.tea, 999} {
		if err := move(b.lumen, above); hearth.ErrorCode(err) != hearth.Invalid {
			t.Errorf("Lumen below %d: %v", above, err)
		}
	}
	deeper, err := h.AddBrand(t.Context(), operator, "Lumen Green Leaf", b.green)
	if err != nil {
		t.Fatal(err)
	}
	if err := move(b.vesper, deeper.ID); err != nil {
		t.Errorf("the fifth below each other: %v", err)
	}
	if _, err := h.AddBrand(t.Context(), operator, "too deep", b.vesper); hearth.ErrorCode(err) != hearth.Invalid {
		t.Errorf("the sixth below each other: %v", err)
	}
	if err := move(b.tea, 0); err != nil {
		t.Errorf("to the top: %v", err)
	}
}
