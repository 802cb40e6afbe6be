package access

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"hearth"
	"hearth/db"
)

// Brand is a name under which a company speaks. Brands may stand below another:
// whoever may do something for a brand may do it for those below, unless they have
// another role there.
type Brand struct {
	ID       BrandID
	Version  int64
	Parent   BrandID // the brand above; 0: none
	Name     string
	Created  time.Time
	Archived time.Time // zero: it is in use
}

const mostBrands = 1000 // of a workspace

const selectBrand = `SELECT id, version, parent, name, created, archived FROM brand`

func scanBrand(row db.Scanner) (b Brand, err error) {
	var created, archived int64
	err = row.Scan(&b.ID, &b.Version, &b.Parent, &b.Name, &created, &archived)
	b.Created, b.Archived = db.FromMicros(created), db.FromMicros(archived)
	return b, err
}

func readBrand(tx *db.Tx, ws hearth.WorkspaceID, id BrandID) (Brand, error) {
	b, err := scanBrand(tx.QueryRow(selectBrand+` WHERE workspace_id = ? AND id = ?`, int64(ws), int64(id)))
	if errors.Is(err, sql.ErrNoRows) {
		err = noBrand(id)
	}
	return b, err
}

// Brands lists the brands of the workspace by name, the archived among them; but
// none that is not the actor's, and no parent that is not.
func (a *Access) Brands(ctx context.Context, by Actor) (list []Brand, err error) {
	if err := by.CheckSome(ReadBrands); err != nil {
		return nil, err
	}
	err = a.o.State.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(selectBrand+` WHERE workspace_id = ? ORDER BY name, id LIMIT ?`, int64(by.Workspace), mostBrands)
		if err != nil {
			return err
		}
		return db.EachRow(rows, func() error {
			b, err := scanBrand(rows)
			if by.CheckBrand(ReadBrands, b.ID) == nil {
				if by.CheckBrand(ReadBrands, b.Parent) != nil {
					b.Parent = 0
				}
				list = append(list, b)
			}
			return err
		})
	})
	return list, err
}

// AddBrand makes a brand, below another or, with parent 0, below none.
func (a *Access) AddBrand(ctx context.Context, by Actor, name string, parent BrandID) (b Brand, err error) {
	if err := by.Check(WriteBrands); err != nil {
		return b, err
	}
	if b.Name, err = checkName(name); err != nil {
		return b, err
	}
	b.Version, b.Created, b.Parent = 1, a.o.Clock(), parent
	err = a.o.State.Write(ctx, func(tx *db.Tx) error {
		if err := brandNameIsFree(tx, by.Workspace, b.Name, 0); err != nil {
			return err
		}
		if err := checkParent(tx, by.Workspace, 0, parent); err != nil {
			return err
		}
		if err := tx.QueryRow(`SELECT coalesce(max(id), 0) + 1 FROM brand WHERE workspace_id = ?`, int64(by.Workspace)).Scan(&b.ID); err != nil {
			return err
		}
		if b.ID > mostBrands {
			return hearth.Errorf(hearth.Invalid, "There are %d brands already, which is the limit here.", mostBrands)
		}
		_, err := tx.Exec(`INSERT INTO brand (workspace_id, id, version, parent, name, created, archived) VALUES (?, ?, 1, ?, ?, ?, 0)`,
			int64(by.Workspace), int64(b.ID), int64(parent), b.Name, db.Micros(b.Created))
		if err != nil {
			return err
		}
		return a.audit(tx, by, "brand.add", Of("brand", b.ID), nil, b.state())
	})
	return b, err
}

func brandNameIsFree(tx *db.Tx, ws hearth.WorkspaceID, name string, but BrandID) error {
	var n int64
	err := tx.QueryRow(`SELECT count(*) FROM brand WHERE workspace_id = ? AND name = ? AND archived = 0 AND id <> ?`, int64(ws), name, int64(but)).Scan(&n)
	if err == nil && n > 0 {
		err = taken(name)
	}
	return err
}

// RenameBrand gives a brand another name.
func (a *Access) RenameBrand(ctx context.Context, by Actor, id BrandID, version int64, name string) (Brand, error) {
	return a.editBrand(ctx, by, "brand.rename", id, version, func(_ *db.Tx, b *Brand) (err error) {
		b.Name, err = checkName(name)
		return err
	})
}

// MoveBrand puts a brand below another, or with parent 0 below none. Those below
// it go with it; roles that come from above change with it.
func (a *Access) MoveBrand(ctx context.Context, by Actor, id BrandID, version int64, parent BrandID) (Brand, error) {
	if err := by.Check(WriteBrands); err != nil { // it changes who may do what
		return Brand{}, err
	}
	return a.editBrand(ctx, by, "brand.move", id, version, func(tx *db.Tx, b *Brand) error {
		b.Parent = parent
		return checkParent(tx, by.Workspace, id, parent)
	})
}

// ArchiveBrand puts a brand away; nothing of it is lost.
func (a *Access) ArchiveBrand(ctx context.Context, by Actor, id BrandID, version int64) (Brand, error) {
	return a.editBrand(ctx, by, "brand.archive", id, version, func(_ *db.Tx, b *Brand) error {
		b.Archived = a.o.Clock()
		return nil
	})
}

// RestoreBrand takes a brand out of the archive.
func (a *Access) RestoreBrand(ctx context.Context, by Actor, id BrandID, version int64) (Brand, error) {
	return a.editBrand(ctx, by, "brand.restore", id, version, func(_ *db.Tx, b *Brand) error {
		b.Archived = time.Time{}
		return nil
	})
}

// brandState is a brand in the audit log.
type brandState struct {
	Name     string  `json:"name"`
	Parent   BrandID `json:"parent,omitempty"`
	Archived bool    `json:"archived,omitempty"`
}

func (b *Brand) state() brandState { return brandState{b.Name, b.Parent, !b.Archived.IsZero()} }

func (a *Access) editBrand(ctx context.Context, by Actor, verb string, id BrandID, version int64, change func(*db.Tx, *Brand) error) (b Brand, err error) {
	if err := by.CheckBrand(WriteBrands, id); err != nil {
		return b, err
	}
	err = a.o.State.Write(ctx, func(tx *db.Tx) error {
		if b, err = readBrand(tx, by.Workspace, id); err != nil {
			return err
		}
		if b.Version != version {
			return changedMeanwhile(b.Version, version)
		}
		was := b.state()
		if err := change(tx, &b); err != nil {
			return err
		}
		if b.Archived.IsZero() {
			if err := brandNameIsFree(tx, by.Workspace, b.Name, id); err != nil {
				return err
			}
		}
		b.Version++
		_, err := tx.Exec(`UPDATE brand SET name = ?, parent = ?, archived = ?, version = ? WHERE workspace_id = ? AND id = ?`,
			b.Name, int64(b.Parent), db.Micros(b.Archived), b.Version, int64(by.Workspace), int64(id))
		if err != nil {
			return err
		}
		return a.audit(tx, by, verb, Of("brand", id), was, b.state())
	})
	return b, err
}
