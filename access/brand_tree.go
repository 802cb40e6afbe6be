package access

import (
	"fmt"

	"hearth"
	"hearth/db"
)

// deepest is how many brands may stand above each other.
const deepest = 5

// parents is the tree of a workspace's brands: of each, the one above it; 0 is
// none.
type parents map[BrandID]BrandID

func brandParents(tx *db.Tx, ws hearth.WorkspaceID) (parents, error) {
	rows, err := tx.Query(`SELECT id, parent FROM brand WHERE workspace_id = ?`, int64(ws))
	if err != nil {
		return nil, err
	}
	tree := parents{}
	err = db.EachRow(rows, func() error {
		var id, above BrandID
		err := rows.Scan(&id, &above)
		tree[id] = above
		return err
	})
	return tree, err
}

// path is a brand and those above it, from it upwards. It ends after deepest
// steps whatever stands in the table.
func (t parents) path(id BrandID) (path []BrandID) {
	for id != 0 && len(path) < deepest {
		path = append(path, id)
		id = t[id]
	}
	return path
}

// under says whether a brand is another, or stands below it.
func (t parents) under(id, top BrandID) bool {
	for _, at := range t.path(id) {
		if at == top {
			return true
		}
	}
	return false
}

// inherit gives every brand the role of the nearest one above it that has one.
func (t parents) inherit(given map[BrandID]Role) map[BrandID]Role {
	if len(given) == 0 {
		return nil
	}
	roles := make(map[BrandID]Role, len(given))
	for id := range t {
		for _, at := range t.path(id) {
			if role, ok := given[at]; ok {
				roles[id] = role
				break
			}
		}
	}
	return roles
}

// inheritedRoles is somebody's roles by brand, sub-brands among them.
func inheritedRoles(tx *db.Tx, ws hearth.WorkspaceID, user hearth.UserID) (map[BrandID]Role, error) {
	given, err := brandRoles(tx, ws, user)
	if err != nil || len(given) == 0 {
		return nil, err
	}
	tree, err := brandParents(tx, ws)
	return tree.inherit(given), err
}

// checkParent is nil if a brand may stand below another.
func checkParent(tx *db.Tx, ws hearth.WorkspaceID, id, above BrandID) error {
	if above == 0 {
		return nil
	}
	b, err := readBrand(tx, ws, above)
	if err != nil {
		return wrongParent(err.Error())
	}
	if !b.Archived.IsZero() {
		return wrongParent("The brand above is archived; restore it first, or choose another.")
	}
	tree, err := brandParents(tx, ws)
	if err != nil {
		return err
	}
	if id != 0 && tree.under(above, id) {
		return wrongParent("A brand cannot stand below itself.")
	}
	if len(tree.path(above))+tree.height(id) > deepest {
		return wrongParent(fmt.Sprintf("Brands stand at most %d deep; choose one further up.", deepest))
	}
	return nil
}

// height is how many brands stand in the longest path down from one, itself
// counted; of a new one it is 1.
func (t parents) height(id BrandID) int {
	highest := 1
	if id == 0 {
		return highest
	}
	for other := range t {
		for i, at := range t.path(other) {
			if at == id {
				highest = max(highest, i+1)
			}
		}
	}
	return highest
}

func wrongParent(sentence string) error {
	return &hearth.Error{Code: hearth.Invalid, Field: "parent", Message: sentence}
}
