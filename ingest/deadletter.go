package ingest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"time"

	"hearth"
	"hearth/access"
	"hearth/archive"
	"hearth/db"
	"hearth/network"
)

// DeadLetter is a record that could not be read or kept.
type DeadLetter struct {
	ID      int64
	Source  hearth.SourceID // 0: an import's
	Import  string          // "": a source's
	Line    int64           // in the imported file; else 0
	Post    bool            // Raw is a post document, else bytes as the network or file had them
	Reason  string          // for a person
	Error   string          // what letters of the same reason have in common
	Raw     []byte          // at most 64 KiB of it
	Size    int64           // of the whole
	Noticed time.Time

	delivery int64 // that it came in; 0: none
}

// Whole says whether all bytes are kept.
func (d *DeadLetter) Whole() bool { return int64(len(d.Raw)) == d.Size }

// DeadLetterPage is one page of dead letters, the newest first.
type DeadLetterPage struct {
	Letters    []DeadLetter
	Total      int64 // those of the workspace
	CrowdedOut int64 // older ones that had to make room
	Next       int64 // Before of the page that follows; 0: there is none
}

// DeadLetterSearch says which dead letters are meant.
type DeadLetterSearch struct {
	Source hearth.SourceID // 0: any
	Import string          // "": any
	Error  string          // "": any
	Before int64           // 0: from the newest on
	Limit  int             // 0: 50; at most 1,000
}

// DeadLetters gives a page of dead letters.
func (s *Sources) DeadLetters(ctx context.Context, by access.Actor, q DeadLetterSearch) (DeadLetterPage, error) {
	var page DeadLetterPage
	if err := by.Check(access.ReadOperations); err != nil {
		return page, err
	}
	limit := pageLimit(q.Limit)
	err := s.o.Store.Read(ctx, func(tx *db.Tx) error {
		err := tx.QueryRow(`
			SELECT (SELECT count(*) FROM dead_letter WHERE workspace_id = ?1 AND dismissed = 0),
			       coalesce((SELECT crowded_out FROM dead_letter_room WHERE workspace_id = ?1), 0)`, by.Workspace).
			Scan(&page.Total, &page.CrowdedOut)
		if err != nil {
			return err
		}
		rows, err := tx.Query(selectLetter+`
			WHERE workspace_id = ?1 AND dismissed = 0 AND (?2 = 0 OR id < ?2) AND (?3 = 0 OR source_id = ?3) AND (?4 = '' OR import_id = ?4)
				AND (?5 = '' OR error = ?5)
			ORDER BY id DESC LIMIT ?6`, by.Workspace, q.Before, q.Source, q.Import, q.Error, limit+1)
		if err != nil {
			return err
		}
		return db.EachRow(rows, func() error {
			d, err := scanLetter(rows)
			page.Letters = append(page.Letters, d)
			return err
		})
	})
	if len(page.Letters) > limit {
		page.Letters = page.Letters[:limit]
		page.Next = page.Letters[limit-1].ID
	}
	return page, err
}

// DismissDeadLetter puts one aside that nobody needs any more. It is thrown away
// after DismissedKept; until then RestoreDeadLetter brings it back.
func (s *Sources) DismissDeadLetter(ctx context.Context, by access.Actor, id int64) error {
	return s.putAside(ctx, by, "dead-letter.dismiss", id, db.Micros(s.o.Clock()))
}

// RestoreDeadLetter brings back one that was dismissed.
func (s *Sources) RestoreDeadLetter(ctx context.Context, by access.Actor, id int64) error {
	return s.putAside(ctx, by, "dead-letter.restore", id, 0)
}

// putAside dismisses a letter, or brings it back where dismissed is 0.
func (s *Sources) putAside(ctx context.Context, by access.Actor, verb string, id, dismissed int64) error {
	if err := by.Check(access.WriteSources); err != nil {
		return err
	}
	if err := access.Note(ctx, s.o.State, s.o.Clock(), by, verb, access.Of("dead-letter", id), nil, nil); err != nil {
		return err
	}
	return s.o.Store.Write(ctx, func(tx *db.Tx) error {
		was := "dismissed = 0"
		if dismissed == 0 {
			was = "dismissed > 0"
		}
		done, err := tx.Exec(`UPDATE dead_letter SET dismissed = ?, dismissal = 0 WHERE workspace_id = ? AND id = ? AND `+was, dismissed, by.Workspace, id)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 1 {
			return err
		}
		return noLetter(id)
	})
}

// forgetLetter takes away a letter that was read.
func forgetLetter(tx *db.Tx, ws hearth.WorkspaceID, id int64) error {
	size, err := removeLetter(tx, ws, id)
	if errors.Is(err, sql.ErrNoRows) {
		return noLetter(id)
	}
	if err != nil {
		return err
	}
	_, err = tx.Exec(`UPDATE dead_letter_room SET bytes = bytes - ? WHERE workspace_id = ?`, size+letterOverhead, ws)
	return err
}

// ReplayDeadLetter sends a dead letter through the flow again, after a new
// version of Hearth can read it or a setting was changed. If it is read now,
// the letter is gone and what is in it is stored (or not wanted); if not, the
// letter stays and the error is the reason. A letter whose bytes were cut can
// be replayed only while the delivery that it came in is kept.
func (s *Sources) ReplayDeadLetter(ctx context.Context, by access.Actor, id int64) error {
	if err := by.Check(access.WriteSources); err != nil {
		return err
	}
	d, err := s.letter(ctx, by.Workspace, id)
	if err != nil {
		return err
	}
	batch, err := s.reread(ctx, by.Workspace, &d)
	if err != nil {
		return err
	}
	if err := access.Note(ctx, s.o.State, s.o.Clock(), by, "dead-letter.replay", access.Of("dead-letter", id), nil, nil); err != nil {
		return err
	}
	return s.replay(ctx, by.Workspace, &d, batch)
}

// letter is a letter that was not dismissed.
func (s *Sources) letter(ctx context.Context, ws hearth.WorkspaceID, id int64) (d DeadLetter, err error) {
	err = s.o.Store.Read(ctx, func(tx *db.Tx) (err error) {
		d, err = scanLetter(tx.QueryRow(selectLetter+` WHERE workspace_id = ? AND id = ? AND dismissed = 0`, ws, id))
		if errors.Is(err, sql.ErrNoRows) {
			return noLetter(id)
		}
		return err
	})
	return d, err
}

// reread decodes a letter's bytes again.
func (s *Sources) reread(ctx context.Context, ws hearth.WorkspaceID, d *DeadLetter) (*network.Batch, error) {
	if b, err := s.rereadDelivery(ctx, ws, d); b != nil || err != nil {
		return b, err
	}
	if !d.Whole() {
		return nil, hearth.Errorf(hearth.Invalid, "Only the first %d of %d bytes of this dead letter were kept, so it cannot be replayed.", len(d.Raw), d.Size)
	}
	b := new(network.Batch)
	if d.Post {
		if err := hearth.DecodePost(string(d.Raw), &b.Add().Post); err != nil {
			return nil, err
		}
		return b, nil
	}
	var decode func([]byte, *network.Batch)
	if d.Source != 0 {
		src, err := s.sourceOf(ctx, ws, d.Source)
		if err != nil {
			return nil, err
		}
		if n := s.networks[src.Network]; n != nil {
			decode = n.Decode
			if decode == nil && n.Webhook != nil {
				session, err := s.doorSession(ctx, sourceKey{ws, d.Source}, src, n)
				if err != nil {
					return nil, err
				}
				decode = func(raw []byte, b *network.Batch) {
					n.Webhook.Read(session, &network.Delivery{Header: http.Header{}, Body: raw, Received: d.Noticed}, b)
				}
			}
		}
	}
	if decode == nil {
		return nil, hearth.Errorf(hearth.Invalid, "This dead letter can only be read in its file or stream; import or read that again.")
	}
	if err := s.readAgain(func() { decode(d.Raw, b) }); err != nil {
		return nil, err
	}
	if len(b.Rejects) > 0 {
		return nil, hearth.Errorf(hearth.Invalid, "It still cannot be read: %s", b.Rejects[0].Reason)
	}
	return b, nil
}

// rereadDelivery decodes the delivery that a letter came in: all of it, with the
// headers it came with, if the letter is cut or is all of it. What was stored of
// it before is stored already; what cannot be read in other places of it has
// letters of its own. It gives nil where there is no such delivery.
func (s *Sources) rereadDelivery(ctx context.Context, ws hearth.WorkspaceID, d *DeadLetter) (*network.Batch, error) {
	if d.delivery == 0 || d.Post {
		return nil, nil
	}
	key := sourceKey{ws, d.Source}
	w, err := s.keptDelivery(ctx, key, d.delivery)
	if err != nil || w == nil || d.Whole() && int64(len(w.Body)) != d.Size {
		return nil, err
	}
	src, err := s.sourceOf(ctx, ws, d.Source)
	if err != nil {
		return nil, err
	}
	n := s.networks[src.Network]
	if n == nil || n.Webhook == nil {
		return nil, nil
	}
	session, err := s.doorSession(ctx, key, src, n)
	if err != nil {
		return nil, err
	}
	b := new(network.Batch)
	if err := s.readAgain(func() { n.Webhook.Read(session, &w.Delivery, b) }); err != nil {
		return nil, err
	}
	for i := range b.Rejects {
		if int64(len(b.Rejects[i].Raw)) == d.Size {
			return nil, hearth.Errorf(hearth.Invalid, "It still cannot be read: %s", b.Rejects[i].Reason)
		}
	}
	b.Rejects = nil
	return b, nil
}

// readAgain calls a network's code that has failed before.
func (s *Sources) readAgain(read func()) (err error) {
	defer func() {
		if trouble := recover(); trouble != nil {
			s.o.Log.Error("a network failed while reading a dead letter", "panic", fmt.Sprint(trouble), "stack", string(debug.Stack()))
			err = hearth.Errorf(hearth.Invalid, "It still cannot be read: Hearth failed (%v). This is a defect in Hearth, please report it.", trouble)
		}
	}()
	read()
	return nil
}

// replay takes the batch through a flow of its own that forgets the letter in
// the transaction of what it stores and moves no cursor.
func (s *Sources) replay(ctx context.Context, ws hearth.WorkspaceID, d *DeadLetter, b *network.Batch) error {
	var reason string
	options := s.flowOptions(ws, d.Source)
	options.Everything = d.Import != ""
	options.record = func(tx *db.Tx, o *FlowOptions, next *Progress, p *pending, _ []archive.Result) error {
		if len(p.letters) > 0 {
			reason = p.letters[0].reason
			return errStillDead
		}
		return forgetLetter(tx, ws, d.ID)
	}
	if d.Source != 0 {
		if src, err := s.sourceOf(ctx, ws, d.Source); err == nil {
			options.Everything = src.KeepEverything
		}
	}
	flow, err := NewFlow(ctx, options)
	if err != nil {
		return err
	}
	b.Cursor = "replay" // so that even a batch without posts is recorded
	if err := flow.Take(ctx, b); err != nil {
		flow.Close()
		return err
	}
	if err := flow.Close(); !errors.Is(err, errStillDead) {
		return err
	}
	return hearth.Errorf(hearth.Invalid, "It still cannot be kept: %s", reason)
}

var errStillDead = errors.New("the letter is still dead")

func (s *Sources) sourceOf(ctx context.Context, ws hearth.WorkspaceID, id hearth.SourceID) (src Source, err error) {
	err = s.o.State.Read(ctx, func(tx *db.Tx) (err error) {
		src, err = readSource(tx, ws, id)
		return err
	})
	return src, err
}

const selectLetter = `
SELECT id, source_id, import_id, line, kind, reason, error, raw, size, noticed, delivery FROM dead_letter`

func scanLetter(row db.Scanner) (d DeadLetter, err error) {
	var kind string
	var noticed int64
	err = row.Scan(&d.ID, &d.Source, &d.Import, &d.Line, &kind, &d.Reason, &d.Error, &d.Raw, &d.Size, &noticed, &d.delivery)
	d.Post, d.Noticed = kind == postLetter, db.FromMicros(noticed)
	return d, err
}

func noLetter(id int64) error {
	return hearth.Errorf(hearth.NotFound, "There is no dead letter %d.", id)
}

func pageLimit(limit int) int {
	switch {
	case limit <= 0:
		return 50
	case limit > 1000:
		return 1000
	}
	return limit
}
