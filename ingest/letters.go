package ingest

import (
	"database/sql"
	"errors"
	"time"

	"hearth"
	"hearth/db"
	"hearth/fault"
)

// What a dead letter's bytes are.
const (
	rawLetter  = "raw"  // as the network or file had them
	postLetter = "post" // a post document
)

// letter is a dead letter about to be written.
type letter struct {
	kind     string
	reason   string
	raw      []byte
	size     int   // of the whole, where raw was cut
	row      int64 // of an import
	delivery int64 // that it came in; 0: none
}

const (
	// maxLetterBytes of a dead letter are kept.
	maxLetterBytes = 64 << 10
	// maxReasonBytes of its reason are.
	maxReasonBytes = 1000
	// maxLettersBytes is the room of a workspace's dead letters. The oldest go
	// when it is full; how many is counted.
	maxLettersBytes = 64 << 20
	// letterOverhead stands for a letter's columns in that sum.
	letterOverhead = 256
)

// writeLetters adds dead letters of a source or an import.
func writeLetters(tx *db.Tx, ws hearth.WorkspaceID, source hearth.SourceID, importID string, letters []letter, now time.Time) error {
	if len(letters) == 0 {
		return nil
	}
	var last, bytes, crowded int64
	err := tx.QueryRow(`SELECT last_id, bytes, crowded_out FROM dead_letter_room WHERE workspace_id = ?`, ws).
		Scan(&last, &bytes, &crowded)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	for i := range letters {
		l := &letters[i]
		raw := l.raw[:min(len(l.raw), maxLetterBytes)]
		if raw == nil {
			raw = []byte{}
		}
		last++
		_, err := tx.Exec(`
			INSERT INTO dead_letter (workspace_id, id, source_id, import_id, line, kind, reason, error, raw, size, noticed, delivery)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			ws, last, source, importID, l.row, l.kind, shorten(l.reason, maxReasonBytes), errorOf(l.reason), raw, l.size, db.Micros(now), l.delivery)
		if err != nil {
			return err
		}
		bytes += int64(len(raw)) + letterOverhead
	}
	if err := fault.Point("ingest.letters.written"); err != nil {
		return err
	}
	freed, gone, err := crowdOut(tx, ws, bytes-maxLettersBytes)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`
		INSERT INTO dead_letter_room (workspace_id, last_id, bytes, crowded_out) VALUES (?, ?, ?, ?)
		ON CONFLICT (workspace_id) DO UPDATE SET
			last_id = excluded.last_id, bytes = excluded.bytes, crowded_out = excluded.crowded_out`,
		ws, last, bytes-freed, crowded+gone)
	return err
}

// crowdOut removes letters until at least excess bytes are free: those that
// were dismissed, then the oldest of the others, which it counts.
func crowdOut(tx *db.Tx, ws hearth.WorkspaceID, excess int64) (freed, gone int64, err error) {
	for freed < excess {
		var id, size int64
		const first = `SELECT id, length(raw) FROM dead_letter WHERE workspace_id = ? AND dismissed `
		err := tx.QueryRow(first+`> 0 ORDER BY dismissed, id LIMIT 1`, ws).Scan(&id, &size)
		unread := errors.Is(err, sql.ErrNoRows)
		if unread {
			err = tx.QueryRow(first+`= 0 ORDER BY id LIMIT 1`, ws).Scan(&id, &size)
		}
		if errors.Is(err, sql.ErrNoRows) {
			break
		}
		if err != nil {
			return 0, 0, err
		}
		if _, err := removeLetter(tx, ws, id); err != nil {
			return 0, 0, err
		}
		freed += size + letterOverhead
		if unread {
			gone++
		}
	}
	return freed, gone, nil
}

// removeLetter takes a letter away, and the body of the delivery that it came
// in unless another letter needs it. It gives the bytes of the letter.
func removeLetter(tx *db.Tx, ws hearth.WorkspaceID, id int64) (size int64, err error) {
	key, delivery := sourceKey{workspace: ws}, int64(0)
	err = tx.QueryRow(`DELETE FROM dead_letter WHERE workspace_id = ? AND id = ? RETURNING length(raw), source_id, delivery`, ws, id).
		Scan(&size, &key.id, &delivery)
	if err != nil || delivery == 0 {
		return size, err
	}
	return size, emptyDelivery(tx, key, delivery)
}

// shorten cuts a text for people at a character's end.
func shorten(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && s[limit]&0xC0 == 0x80 {
		limit--
	}
	return s[:limit] + "…"
}
