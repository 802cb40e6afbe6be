package access

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"hearth"
	"hearth/db"
)

// Brand is a name under which a company speaks.
type Brand struct {
	ID       BrandID
	Version  int64
	Name     string
	Created  time.Time
	Archived time.Time // zero: it is in use
}

const mostBrands = 1000 // of a workspace

const selectBrand = `SELECT id, version, name, created, archived FROM brand`

func scanBrand(row db.Scanner) (b Brand, err error) {
	var created, archived int64
	err = row.Scan(&b.ID, &b.Version, &b.Name, &created, &archived)
	b.Created, b.Archived = db.FromMicros(created), db.FromMicros(archived)
	return b, err
}

func readBrand(tx *db.Tx, ws hearth.WorkspaceID, id BrandID) (Brand, error) {
	b, err := scanBrand(tx.QueryRow(selectBrand+` WHERE workspace_id = ? AND id = ?`, int64(ws), int64(id)))
	if errors.Is(err, sql.ErrNoRows) {
		err = hearth.Errorf(hearth.NotFound, "There is no brand %d.", id)
	}
	return b, err
}

// Brands lists the brands of the workspace by name, the archived among them; but
// none that is not the actor's.
func (a *Access) Brands(ctx context.Context, by Actor) (list []Brand, err error) {
	if err := by.Check(ReadBrands); err != nil {
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
				list = append(list, b)
			}
			return err
		})
	})
	return list, err
}

// AddBrand makes a brand.
func (a *Access) AddBrand(ctx context.Context, by Actor, name string) (b Brand, err error) {
	if err := by.Check(WriteBrands); err != nil {
		return b, err
	}
	if b.Name, err = checkName(name); err != nil {
		return b, err
	}
	b.Version, b.Created = 1, a.o.Clock()
	err = a.o.State.Write(ctx, func(tx *db.Tx) error {
		if err := brandNameIsFree(tx, by.Workspace, b.Name, 0); err != nil {
			return err
		}
		if err := tx.QueryRow(`SELECT coalesce(max(id), 0) + 1 FROM brand WHERE workspace_id = ?`, int64(by.Workspace)).Scan(&b.ID); err != nil {
			return err
		}
		if b.ID > mostBrands {
			return hearth.Errorf(hearth.Invalid, "There are %d brands already, which is the limit here.", mostBrands)
		}
		_, err := tx.Exec(`INSERT INTO brand (workspace_id, id, version, name, created, archived) VALUES (?, ?, 1, ?, ?, 0)`,
			int64(by.Workspace), int64(b.ID), b.Name, db.Micros(b.Created))
		if err != nil {
			return err
		}
		return a.audit(tx, by, "brand.add", Of("brand", b.ID), nil, named{b.Name})
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
	return a.editBrand(ctx, by, "brand.rename", id, version, func(b *Brand) (err error) {
		b.Name, err = checkName(name)
		return err
	})
}

// ArchiveBrand puts a brand away; nothing of it is lost.
func (a *Access) ArchiveBrand(ctx context.Context, by Actor, id BrandID, version int64) (Brand, error) {
	return a.editBrand(ctx, by, "brand.archive", id, version, func(b *Brand) error {
		b.Archived = a.o.Clock()
		return nil
	})
}

// RestoreBrand takes a brand out of the archive.
func (a *Access) RestoreBrand(ctx context.Context, by Actor, id BrandID, version int64) (Brand, error) {
	return a.editBrand(ctx, by, "brand.restore", id, version, func(b *Brand) error {
		b.Archived = time.Time{}
		return nil
	})
}

// brandState is a brand in the audit log.
type brandState struct {
	Name     string `json:"name"`
	Archived bool   `json:"archived,omitempty"`
}

func (a *Access) editBrand(ctx context.Context, by Actor, verb string, id BrandID, version int64, change func(*Brand) error) (b Brand, err error) {
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
		was := brandState{b.Name, !b.Archived.IsZero()}
		if err := change(&b); err != nil {
			return err
		}
		if b.Archived.IsZero() {
			if err := brandNameIsFree(tx, by.Workspace, b.Name, id); err != nil {
				return err
			}
		}
		b.Version++
		_, err := tx.Exec(`UPDATE brand SET name = ?, archived = ?, version = ? WHERE workspace_id = ? AND id = ?`,
			b.Name, db.Micros(b.Archived), b.Version, int64(by.Workspace), int64(id))
		if err != nil {
			return err
		}
		return a.audit(tx, by, verb, Of("brand", id), was, brandState{b.Name, !b.Archived.IsZero()})
	})
	return b, err
}
