package access

import (
	"context"

	"hearth"
	"hearth/db"
)

// Scope is the part of a workspace in which an actor may do something: all of it,
// or what belongs to some of its brands. What belongs to no brand is of the whole
// workspace. A verb asks for it first and leaves out the rest before it counts,
// sorts or says anything (TN4).
type Scope struct {
	loose  bool             // what belongs to no brand, and to those that no role differs for
	brands map[BrandID]bool // whose role differs: whether it allows it
	within map[BrandID]bool // what is looked at, by choice; nil: everything
}

// Scope is where the actor has a permission, a Denied error if nowhere.
func (a Actor) Scope(p Permission) (Scope, error) {
	s := Scope{loose: a.mayAt(p), within: a.within}
	if a.known && a.Workspace > 0 && p.OfBrands() && len(a.brands) > 0 {
		s.brands = make(map[BrandID]bool, len(a.brands))
		for id := range a.brands {
			s.brands[id] = a.mayFor(p, id)
		}
	}
	if s.loose {
		return s, nil
	}
	for _, allowed := range s.brands {
		if allowed {
			return s, nil
		}
	}
	return Scope{}, a.Check(p)
}

// MaySome says whether the actor has a permission anywhere, for what is shown.
func (a Actor) MaySome(p Permission) bool {
	_, err := a.Scope(p)
	return err == nil
}

// CheckSome is MaySome as an error.
func (a Actor) CheckSome(p Permission) error {
	_, err := a.Scope(p)
	return err
}

// Whole says whether the scope is the whole workspace, so that nothing is left
// out.
func (s Scope) Whole() bool {
	if !s.loose || s.within != nil {
		return false
	}
	for _, allowed := range s.brands {
		if !allowed {
			return false
		}
	}
	return true
}

// Bound says whether something of the workspace is out of the scope by right, and
// not only by choice.
func (s Scope) Bound() bool {
	s.within = nil
	return !s.Whole()
}

// Allows says whether what belongs to a brand is allowed.
func (s Scope) Allows(id BrandID) bool {
	allowed, differs := s.brands[id]
	return allowed || !differs && s.loose
}

// Sees says whether something that belongs to these brands is in the scope: one
// of them suffices.
func (s Scope) Sees(brands []BrandID) bool {
	if len(brands) == 0 {
		return s.loose && s.within == nil
	}
	for _, id := range brands {
		if s.Allows(id) && (s.within == nil || s.within[id]) {
			return true
		}
	}
	return false
}

// Holds says whether something that belongs to these brands is wholly in the
// scope, so that a change of it changes nothing of anybody else's. What is looked
// at by choice does not matter for it.
func (s Scope) Holds(brands []BrandID) bool {
	if len(brands) == 0 {
		return s.loose
	}
	for _, id := range brands {
		if !s.Allows(id) {
			return false
		}
	}
	return true
}

// Narrow is the actor looking at a brand and its sub-brands only; 0 is
// everything. A brand that is not the actor's is as one that there is not. It
// takes no right away and gives none: what belongs to no brand by its kind, such
// as sources, is as before.
func (a *Access) Narrow(ctx context.Context, brand BrandID, by Actor) (Actor, error) {
	by.within, by.at = nil, 0
	if brand == 0 {
		return by, nil
	}
	err := a.o.State.Read(ctx, func(tx *db.Tx) error {
		if err := by.reachesBrand(tx, brand); err != nil {
			return err
		}
		parents, err := brandParents(tx, by.Workspace)
		if err != nil {
			return err
		}
		by.within, by.at = map[BrandID]bool{}, brand
		for id := range parents {
			if parents.under(id, brand) {
				by.within[id] = true
			}
		}
		return nil
	})
	return by, err
}

// At is the brand that the actor looks at by choice; 0 is all.
func (a Actor) At() BrandID { return a.at }

// noBrand is the answer for a brand that there is not, or not for the asker.
func noBrand(id BrandID) error {
	return hearth.Errorf(hearth.NotFound, "There is no brand %d.", id)
}

// reachesBrand is nil if there is a brand and the actor may see it; a brand that
// is not theirs is as one that there is not.
func (a Actor) reachesBrand(tx *db.Tx, id BrandID) error {
	if a.CheckBrand(ReadBrands, id) != nil {
		return noBrand(id)
	}
	_, err := readBrand(tx, a.Workspace, id)
	return err
}

// CheckBrands is nil if there are such brands and the actor may see them, or has
// a permission for them. It is for what is given to brands, in the transaction
// that gives it.
func CheckBrands(tx *db.Tx, by Actor, p Permission, ids []BrandID) error {
	for _, id := range ids {
		err := by.reachesBrand(tx, id)
		if err != nil && by.CheckBrand(p, id) == nil {
			_, err = readBrand(tx, by.Workspace, id)
		}
		if err != nil {
			return &hearth.Error{Code: hearth.Invalid, Field: "brands", Message: err.Error() + " See: hearth brand list"}
		}
	}
	return nil
}
