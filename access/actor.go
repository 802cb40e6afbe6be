package access

import (
	"maps"
	"slices"
	"time"

	"hearth"
)

// Kind says by what an actor is known.
type Kind string

const (
	Local Kind = "local" // the operator on this machine, or the program itself
	User  Kind = "user"  // a person who signed in
	Key   Kind = "key"   // a program with an API key
)

// Actor is who calls a verb, and in which workspace. The zero Actor may do
// nothing. It says what held when it was asked for; whoever holds it for more
// than two seconds asks Access.Holds again.
type Actor struct {
	Workspace hearth.WorkspaceID
	User      hearth.UserID // 0: no person; of a key, who made it
	Kind      Kind
	Name      string    // as the audit log and people name them
	Role      Role      // of a user; "" of others
	Session   SessionID // of a user
	Key       KeyID     // of a key
	Address   string    // from where the request came; "" where nobody knows

	may    map[Permission]bool // in the whole workspace; nil: everything
	brands map[BrandID]Role    // where it differs from that, sub-brands among them
	limits map[Permission]bool // of a key: what its brands' roles are cut to; nil: nothing is cut
	within map[BrandID]bool    // what is looked at, by choice; nil: everything
	at     BrandID             // the uppermost of within
	proved time.Time           // when the person last proved who they are
	why    string              // they ask, where it takes four eyes; see Because
	form   string              // sealed, by which they came; see Access.Through
	known  bool
}

// LocalOwner acts for whoever runs the binary on this machine. It may do
// everything in its workspace.
func LocalOwner(workspace hearth.WorkspaceID) Actor {
	return Actor{Workspace: workspace, Kind: Local, Name: "operator", known: true}
}

// Limited acts with the named permissions only.
func Limited(workspace hearth.WorkspaceID, user hearth.UserID, permissions ...Permission) Actor {
	may := make(map[Permission]bool, len(permissions))
	for _, p := range permissions {
		may[p] = true
	}
	return Actor{Workspace: workspace, User: user, may: may, known: true}
}

// From is the actor with the address from which the request came.
func (a Actor) From(address string) Actor {
	a.Address = address
	return a
}

// In is the actor at work in another workspace. Only the operator may be
// anywhere; anybody else acts there with no permission.
func (a Actor) In(workspace hearth.WorkspaceID) Actor {
	if a.Kind != Local && workspace != a.Workspace {
		return Actor{}
	}
	a.Workspace = workspace
	return a
}

// Check is nil if the actor has the permission in the whole workspace, else a
// Denied error. The zero Actor has none. Whoever has a role for a brand only has
// none either: a verb that lets them in asks Scope.
func (a Actor) Check(p Permission) error {
	if a.May(p) {
		return nil
	}
	return hearth.Errorf(hearth.Denied, "You do not have the permission %q in this workspace.", p)
}

// May is Check as a statement.
func (a Actor) May(p Permission) bool {
	if !a.mayAt(p) {
		return false
	}
	if p.OfBrands() {
		for id := range a.brands {
			if !a.mayFor(p, id) {
				return false // there is a brand that is not theirs
			}
		}
	}
	return true
}

// mayAt says whether the actor has the permission in the workspace, for what no
// role for a brand decides.
func (a Actor) mayAt(p Permission) bool {
	return a.known && a.Workspace > 0 && (a.may == nil || a.may[p])
}

// CheckBrand is nil if the actor has the permission for what belongs to a
// brand. The role for the brand counts, where there is one, else that in the
// workspace.
func (a Actor) CheckBrand(p Permission, brand BrandID) error {
	allowed := a.mayAt(p)
	if _, differs := a.brands[brand]; differs {
		allowed = a.known && a.Workspace > 0 && a.mayFor(p, brand)
	}
	if allowed {
		return nil
	}
	return hearth.Errorf(hearth.Denied, "You do not have the permission %q for this brand.", p)
}

// mayFor says whether the role for a brand gives a permission.
func (a Actor) mayFor(p Permission, brand BrandID) bool {
	return a.brands[brand].May(p) && (a.limits == nil || a.limits[p])
}

// Permissions lists what the actor may do somewhere, in the order of Grants.
func (a Actor) Permissions() (list []Permission) {
	for _, g := range Grants() {
		if a.MaySome(g.Permission) {
			list = append(list, g.Permission)
		}
	}
	return list
}

// Brands lists the brands for which the actor's role differs from the one in the
// workspace, their sub-brands among them.
func (a Actor) Brands() map[BrandID]Role { return maps.Clone(a.brands) }

// person is nil for somebody who signed in, else a Denied error: what belongs
// to a person, nobody else may change.
func (a Actor) person() error {
	if a.known && a.Kind == User && a.User > 0 && a.Session > 0 {
		return nil
	}
	return hearth.Errorf(hearth.Denied, "Only a person who is signed in can do this; sign in first.")
}

// CheckPerson is nil for somebody who is signed in, else a Denied error. It
// stands before what belongs to a person and to nobody else.
func (a Actor) CheckPerson() error { return a.person() }

// freshFor is how long a proof of who somebody is lets them do what could harm.
const freshFor = 15 * time.Minute

// ErrProve asks a person to prove again who they are: by Access.Prove or
// ProveByPasskey.
var ErrProve = &hearth.Error{Code: hearth.Denied, Field: "proof",
	Message: "Please confirm that it is you: enter your password again, or use a passkey."}

// CheckFresh is nil if the person proved who they are in the last minutes, else
// ErrProve. The operator and keys have nothing to prove again. It stands before
// what opens secrets, takes everything away or changes how people sign in.
func (a Actor) CheckFresh(now time.Time) error {
	if a.Kind != User || now.Sub(a.proved) <= freshFor {
		return nil
	}
	return ErrProve
}

// scoped is what is left of permissions when only those named are meant.
func scoped(list []Permission) map[Permission]bool {
	may := make(map[Permission]bool, len(list))
	for _, g := range Grants() {
		if slices.Contains(list, g.Permission) {
			may[g.Permission] = true
		}
	}
	return may
}
