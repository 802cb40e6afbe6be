package ingest

import (
	"context"
	"database/sql"
	"errors"

	"hearth"
	"hearth/archive"
	"hearth/db"
	"hearth/fault"
	"hearth/network"
)

// record writes where a flow has come to, in the transaction of the posts that
// it read on the way.
type record func(tx *db.Tx, o *FlowOptions, next *Progress, p *pending, results []archive.Result) error

// recordSource is the record of a source: cursor and counters, gaps, dead
// letters and what the network learnt.
func recordSource(tx *db.Tx, o *FlowOptions, next *Progress, p *pending, _ []archive.Result) error {
	if o.lease != nil {
		if err := o.lease.Hold(tx); err != nil {
			return err
		}
	}
	_, err := tx.Exec(`
		INSERT INTO source_cursor (workspace_id, source_id, cursor, counters, newest, written) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (workspace_id, source_id) DO UPDATE SET
			cursor = excluded.cursor, counters = excluded.counters, newest = excluded.newest, written = excluded.written`,
		o.Workspace, o.Source, string(next.Cursor), marshal(next.Counters), db.Micros(next.Newest), db.Micros(next.Written))
	if err != nil {
		return err
	}
	if err := fault.Point("ingest.cursor.written"); err != nil {
		return err
	}
	if err := writeGaps(tx, o, p.gaps, db.Micros(next.Written)); err != nil {
		return err
	}
	if err := writeLetters(tx, o.Workspace, o.Source, "", p.letters, next.Written); err != nil {
		return err
	}
	if err := writeGraves(tx, sourceKey{o.Workspace, o.Source}, p.graves, next.Written); err != nil {
		return err
	}
	if o.cache != nil {
		return o.cache.write(tx, o.Workspace, o.Source, next.Written)
	}
	return nil
}

func writeGaps(tx *db.Tx, o *FlowOptions, gaps []network.Gap, now int64) error {
	for _, g := range gaps {
		_, err := tx.Exec(`
			INSERT INTO source_gap (workspace_id, source_id, id, place_from, place_to, reason, noticed)
			SELECT ?1, ?2, coalesce(max(id), 0) + 1, ?3, ?4, ?5, ?6
			FROM source_gap WHERE workspace_id = ?1 AND source_id = ?2`,
			o.Workspace, o.Source, shorten(g.From, maxReasonBytes), shorten(g.To, maxReasonBytes), shorten(g.Reason, maxReasonBytes), now)
		if err != nil {
			return err
		}
	}
	if len(gaps) == 0 {
		return nil
	}
	_, err := tx.Exec(`
		DELETE FROM source_gap WHERE workspace_id = ?1 AND source_id = ?2
			AND id <= (SELECT max(id) FROM source_gap WHERE workspace_id = ?1 AND source_id = ?2) - ?3`,
		o.Workspace, o.Source, maxGaps)
	return err
}

// maxGaps of a source are kept, the newest; all of them are counted.
const maxGaps = 10_000

// readProgress is where a source stands; the zero Progress if it never read.
func readProgress(ctx context.Context, d *db.DB, ws hearth.WorkspaceID, id hearth.SourceID) (p Progress, err error) {
	err = d.Read(ctx, func(tx *db.Tx) error {
		p, err = progressIn(tx, ws, id)
		return err
	})
	return p, err
}

func progressIn(tx *db.Tx, ws hearth.WorkspaceID, id hearth.SourceID) (p Progress, err error) {
	var counters string
	var newest, written int64
	err = tx.QueryRow(`
		SELECT cursor, counters, newest, written FROM source_cursor
		WHERE workspace_id = ? AND source_id = ?`, ws, id).Scan(&p.Cursor, &counters, &newest, &written)
	if errors.Is(err, sql.ErrNoRows) {
		return Progress{}, nil
	}
	if err != nil {
		return Progress{}, err
	}
	p.Newest, p.Written = db.FromMicros(newest), db.FromMicros(written)
	return p, unmarshal(counters, &p.Counters)
}

// gapsIn are a source's newest gaps, the newest first.
func gapsIn(tx *db.Tx, ws hearth.WorkspaceID, id hearth.SourceID, limit int) (gaps []Gap, err error) {
	rows, err := tx.Query(`
		SELECT place_from, place_to, reason, noticed FROM source_gap
		WHERE workspace_id = ? AND source_id = ? ORDER BY id DESC LIMIT ?`, ws, id, limit)
	if err != nil {
		return nil, err
	}
	err = db.EachRow(rows, func() error {
		var g Gap
		var noticed int64
		err := rows.Scan(&g.From, &g.To, &g.Reason, &noticed)
		g.Noticed = db.FromMicros(noticed)
		gaps = append(gaps, g)
		return err
	})
	return gaps, err
}
