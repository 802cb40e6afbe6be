package ingest

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"hearth"
	"hearth/access"
	"hearth/archive"
	"hearth/db"
	"hearth/fault"
)

// Get gives what is known of an import.
func (im *Imports) Get(ctx context.Context, by access.Actor, id string) (r Report, err error) {
	if err := by.Check(access.ReadPosts); err != nil {
		return r, err
	}
	err = im.s.o.Store.Read(ctx, func(tx *db.Tx) (err error) {
		r, err = readImport(tx, importKey{by.Workspace, id})
		return err
	})
	return r, err
}

// List gives the workspace's imports, the newest first.
func (im *Imports) List(ctx context.Context, by access.Actor) (list []Report, err error) {
	if err := by.Check(access.ReadPosts); err != nil {
		return nil, err
	}
	err = im.s.o.Store.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(selectImport+` WHERE workspace_id = ? ORDER BY begun DESC, id LIMIT ?`, by.Workspace, maxImportLists)
		if err != nil {
			return err
		}
		return db.EachRow(rows, func() error {
			r, err := scanImport(rows)
			list = append(list, r)
			return err
		})
	})
	return list, err
}

// Undo erases every post that the import stored and gives their number. Broken
// off, it is finished by calling it again. The same posts may be imported again,
// or come from a source.
func (im *Imports) Undo(ctx context.Context, by access.Actor, id string) (erased int, err error) {
	if err := by.Check(access.WritePosts); err != nil {
		return 0, err
	}
	key := importKey{by.Workspace, id}
	if !im.begin(key) {
		return 0, hearth.Errorf(hearth.Conflict, "This import is still at work; wait until it has ended.")
	}
	defer im.end(key)
	if err := im.noteUndo(ctx, by, key); err != nil {
		return 0, err
	}
	if err := im.mark(ctx, key, ImportUndoing); err != nil {
		return 0, err
	}
	for {
		n, more, err := im.undoSome(ctx, key)
		erased += n
		if err != nil {
			return erased, err
		}
		if !more {
			return erased, im.mark(ctx, key, ImportUndone)
		}
	}
}

// noteUndo leaves the line of the audit log, once somebody else has approved where
// that is wanted. Who goes on with what broke off needs nobody again.
func (im *Imports) noteUndo(ctx context.Context, by access.Actor, key importKey) error {
	var was Report
	err := im.s.o.Store.Read(ctx, func(tx *db.Tx) (err error) {
		was, err = readImport(tx, key)
		return err
	})
	if err != nil {
		return err
	}
	now, object := im.s.o.Clock(), access.Of("import", key.id)
	if was.State == ImportUndoing {
		return access.Note(ctx, im.s.o.State, now, by, "import.undo", object, nil, nil)
	}
	return access.NoteClaimed(ctx, im.s.o.State, now, by, access.Action{
		Area: access.AreaErasure, Verb: "import.undo", Object: object, Needs: access.WritePosts,
	})
}

func (im *Imports) mark(ctx context.Context, key importKey, state string) error {
	now := im.s.o.Clock()
	return im.s.o.Store.Write(ctx, func(tx *db.Tx) error {
		r, err := readImport(tx, key)
		if err != nil {
			return err
		}
		r.State = state
		return writeImport(tx, key, &r, now)
	})
}

// undoSome erases a batch of posts first and forgets their rows after that:
// erasing twice does no harm.
func (im *Imports) undoSome(ctx context.Context, key importKey) (erased int, more bool, err error) {
	var seqs []hearth.Seq
	var last int64
	err = im.s.o.Store.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(`SELECT row, seq FROM import_row WHERE workspace_id = ? AND import_id = ? ORDER BY row LIMIT ?`,
			key.workspace, key.id, undoBatch)
		if err != nil {
			return err
		}
		return db.EachRow(rows, func() error {
			var seq hearth.Seq
			err := rows.Scan(&last, &seq)
			seqs = append(seqs, seq)
			return err
		})
	})
	if err != nil || len(seqs) == 0 {
		return 0, false, err
	}
	stored, err := im.s.o.Archive.BySeq(ctx, key.workspace, seqs)
	if err != nil {
		return 0, false, err
	}
	var keys []hearth.Key
	for i := range stored {
		if op := stored[i].Op; !stored[i].Erased && (op == archive.Create || op == archive.Update) {
			keys = append(keys, stored[i].Post.Key())
		}
	}
	if len(keys) > 0 {
		if erased, err = im.s.o.Archive.Erase(ctx, key.workspace, keys, archive.UndoneImport); err != nil {
			return erased, false, err
		}
	}
	if err := fault.Point("ingest.undo.erased"); err != nil {
		return erased, false, err
	}
	err = im.s.o.Store.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(`DELETE FROM import_row WHERE workspace_id = ? AND import_id = ? AND row <= ?`, key.workspace, key.id, last)
		return err
	})
	return erased, true, err
}

const selectImport = `
SELECT id, name, format, state, reason, records, counters, begun, written FROM import`

func readImport(tx *db.Tx, key importKey) (Report, error) {
	r, err := scanImport(tx.QueryRow(selectImport+` WHERE workspace_id = ? AND id = ?`, key.workspace, key.id))
	if errors.Is(err, sql.ErrNoRows) {
		return r, hearth.Errorf(hearth.NotFound, "There is no import %s.", quote(key.id))
	}
	return r, err
}

func scanImport(row db.Scanner) (r Report, err error) {
	var counters string
	var begun, written int64
	if err = row.Scan(&r.ID, &r.Name, &r.Format, &r.State, &r.Reason, &r.Records, &counters, &begun, &written); err != nil {
		return r, err
	}
	r.Begun, r.Written = db.FromMicros(begun), db.FromMicros(written)
	return r, unmarshal(counters, &r.Counters)
}

func writeImport(tx *db.Tx, key importKey, r *Report, now time.Time) error {
	_, err := tx.Exec(`
		UPDATE import SET format = ?, state = ?, reason = ?, records = ?, counters = ?, written = ?
		WHERE workspace_id = ? AND id = ?`,
		r.Format, r.State, r.Reason, r.Records, marshal(r.Counters), db.Micros(now), key.workspace, key.id)
	return err
}
