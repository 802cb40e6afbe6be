package monitor

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"hearth"
	"hearth/archive"
	"hearth/db"
)

// Consumer is what turns the log into mentions and counts; Run feeds it. It is
// given for tests and tools that feed it themselves.
func (m *Monitors) Consumer(ctx context.Context) (archive.Consumer, error) {
	var build int64
	err := m.o.Store.Read(ctx, func(tx *db.Tx) error {
		return tx.QueryRow(`SELECT number FROM monitor_build WHERE id = 1`).Scan(&build)
	})
	f := &folder{build: build}
	return archive.Consumer{Name: fmt.Sprintf("monitor.%d", build), Apply: f.apply}, err
}

// folder folds rows of the log into the derived tables of one build.
type folder struct {
	build      int64
	dimensions dimensions
	namer      namer
}

// Place is the last row of the log that is counted.
func (m *Monitors) Place(ctx context.Context) (hearth.Seq, error) {
	consumer, err := m.Consumer(ctx)
	if err != nil {
		return 0, err
	}
	return m.o.Archive.Position(ctx, consumer.Name)
}

// errOldBuild ends a consumer whose tables were dropped under it.
var errOldBuild = &hearth.Error{Code: hearth.Unavailable, Message: "The counts are being built anew."}

func (f *folder) apply(_ context.Context, tx *db.Tx, rows []archive.Stored) error {
	var build int64
	var head hearth.Seq
	if err := tx.QueryRow(`SELECT number, seq FROM monitor_build WHERE id = 1`).Scan(&build, &head); err != nil {
		return err
	}
	if build != f.build {
		return errOldBuild
	}
	f.dimensions.begin()
	b := batch{
		tx: tx, dimensions: &f.dimensions, names: newNames(tx, &f.namer), head: head, moved: newRollups(),
		unwritten: map[tallyKey]bool{}, known: map[hearth.WorkspaceID]*extras{},
	}
	if err := b.readExtras(rows); err != nil {
		return err
	}
	if err := b.expectNames(rows); err != nil {
		return err
	}
	for i := range rows {
		if err := b.row(&rows[i]); err != nil {
			return fmt.Errorf("counting row %d: %w", rows[i].Seq, err)
		}
	}
	if err := b.flush(); err != nil {
		return err
	}
	if err := b.moved.write(tx); err != nil {
		return err
	}
	if err := b.names.flush(); err != nil {
		return err
	}
	_, err := tx.Exec(`UPDATE monitor_build SET seq = ?1 WHERE id = 1 AND seq < ?1`, rows[len(rows)-1].Seq)
	return err
}

// batch is one call of apply.
type batch struct {
	tx         *db.Tx
	dimensions *dimensions
	names      *names
	head       hearth.Seq // taken in before
	moved      *rollups
	known      map[hearth.WorkspaceID]*extras

	// What is to be written, many rows at once: each by itself would be a round
	// trip to a server.
	unwritten map[tallyKey]bool
	tallies   []any
	mentions  []any
}

// tallyKey names a version.
type tallyKey struct {
	workspace hearth.WorkspaceID
	seq       hearth.Seq
}

// expectNames looks the names of all new versions up.
func (b *batch) expectNames(rows []archive.Stored) error {
	for i := range rows {
		s := &rows[i]
		if s.Op.HasVersion() && !s.Erased && len(b.monitorsOf(s)) > 0 {
			b.names.expect(s.Workspace, &s.Post)
		}
	}
	return b.names.look()
}

// flush writes what is to be written.
func (b *batch) flush() error {
	clear(b.unwritten)
	if _, err := b.tx.Many(`INSERT INTO tally (workspace_id, seq, at, dimension_id, hidden, monitors, names) VALUES (?, ?, ?, ?, ?, ?, ?)`, b.tallies); err != nil {
		return err
	}
	b.tallies = b.tallies[:0]
	if _, err := b.tx.Many(`INSERT INTO mention (workspace_id, monitor_id, at, seq) VALUES (?, ?, ?, ?)`, b.mentions); err != nil {
		return err
	}
	b.mentions = b.mentions[:0]
	return nil
}

// settle writes what is to be written if a version is among it that changes now.
func (b *batch) settle(ws hearth.WorkspaceID, seq hearth.Seq) error {
	if b.unwritten[tallyKey{ws, seq}] {
		return b.flush()
	}
	return nil
}

// extras is what the rows themselves do not say: monitors that found them
// later, and monitors that are gone.
type extras struct {
	hits   map[hearth.Seq][]hearth.MonitorID
	purged map[hearth.MonitorID]bool
}

func (b *batch) readExtras(rows []archive.Stored) error {
	from, to := rows[0].Seq, rows[len(rows)-1].Seq
	for i := range rows {
		ws := rows[i].Workspace
		if b.known[ws] != nil {
			continue
		}
		purged, err := readPurged(b.tx, ws)
		if err != nil {
			return err
		}
		hits, err := readHits(b.tx, ws, from, to)
		if err != nil {
			return err
		}
		b.known[ws] = &extras{hits: hits, purged: purged}
	}
	return nil
}

func readPurged(tx *db.Tx, ws hearth.WorkspaceID) (map[hearth.MonitorID]bool, error) {
	rows, err := tx.Query(`SELECT monitor_id FROM monitor_purged WHERE workspace_id = ?`, ws)
	if err != nil {
		return nil, err
	}
	purged := map[hearth.MonitorID]bool{}
	err = db.EachRow(rows, func() error {
		var id hearth.MonitorID
		err := rows.Scan(&id)
		purged[id] = true
		return err
	})
	return purged, err
}

func readHits(tx *db.Tx, ws hearth.WorkspaceID, from, to hearth.Seq) (map[hearth.Seq][]hearth.MonitorID, error) {
	rows, err := tx.Query(`SELECT seq, monitor_id FROM monitor_hit WHERE workspace_id = ? AND seq BETWEEN ? AND ?`, ws, from, to)
	if err != nil {
		return nil, err
	}
	var hits map[hearth.Seq][]hearth.MonitorID
	err = db.EachRow(rows, func() error {
		var seq hearth.Seq
		var id hearth.MonitorID
		err := rows.Scan(&seq, &id)
		if hits == nil {
			hits = map[hearth.Seq][]hearth.MonitorID{}
		}
		hits[seq] = append(hits[seq], id)
		return err
	})
	return hits, err
}

// row folds one row in. What happens to an author happens to each of the posts
// in rows of their own.
func (b *batch) row(s *archive.Stored) error {
	switch s.Op {
	case archive.Create, archive.Update, archive.Annotate:
		if err := b.take(s.Workspace, s.Replaces); err != nil {
			return err
		}
		if s.Erased {
			return nil
		}
		return b.put(s)
	case archive.Delete:
		return b.take(s.Workspace, s.Replaces)
	case archive.Hide:
		return b.veil(s.Workspace, s.Replaces, true)
	case archive.Show:
		return b.veil(s.Workspace, s.Replaces, false)
	}
	return nil
}

// put counts a version.
func (b *batch) put(s *archive.Stored) error {
	late := s.Seq <= b.head // a dead letter, given again
	if late {
		if gone, err := b.cameTooLate(s); err != nil || gone {
			return err
		}
	}
	id, err := b.dimensions.id(b.tx, dimensionOf(s.Workspace, &s.Post))
	if err != nil {
		return err
	}
	t := tally{
		workspace: s.Workspace, seq: s.Seq, at: timeOf(s).UnixMicro(), dimension: id,
		hidden: late && s.Hidden, monitors: b.monitorsOf(s),
	}
	if len(t.monitors) > 0 {
		if t.names, err = b.names.put(s.Workspace, &s.Post); err != nil {
			return err
		}
	}
	b.unwritten[tallyKey{t.workspace, t.seq}] = true
	b.tallies = append(b.tallies, t.workspace, t.seq, t.at, t.dimension, db.Truth(t.hidden), idsText(t.monitors), packIDs(t.names))
	if t.hidden {
		return nil
	}
	return b.count(&t, +1)
}

// cameTooLate says whether a version was replaced or erased, or counted,
// before its row could be taken in.
func (b *batch) cameTooLate(s *archive.Stored) (bool, error) {
	var n int
	err := b.tx.QueryRow(`
		SELECT (SELECT count(*) FROM tally_missed WHERE workspace_id = ?1 AND seq = ?2)
		     + (SELECT count(*) FROM tally WHERE workspace_id = ?1 AND seq = ?2)`, s.Workspace, s.Seq).Scan(&n)
	return n > 0, err
}

// monitorsOf is who caught a version: on arrival or later, without those that
// are gone.
func (b *batch) monitorsOf(s *archive.Stored) []hearth.MonitorID {
	extra := b.known[s.Workspace]
	ids := append(slices.Clone(s.Monitors), extra.hits[s.Seq]...)
	ids = slices.DeleteFunc(ids, func(id hearth.MonitorID) bool { return id <= 0 || extra.purged[id] })
	slices.Sort(ids)
	return slices.Compact(ids)
}

// take stops counting a version.
func (b *batch) take(ws hearth.WorkspaceID, seq hearth.Seq) error {
	if seq == 0 {
		return nil
	}
	if err := b.settle(ws, seq); err != nil {
		return err
	}
	t := tally{workspace: ws, seq: seq}
	var ids string
	var names []byte
	err := b.tx.QueryRow(`
		DELETE FROM tally WHERE workspace_id = ? AND seq = ? RETURNING at, dimension_id, hidden, monitors, names`, ws, seq).
		Scan(&t.at, &t.dimension, &t.hidden, &ids, &names)
	if errors.Is(err, sql.ErrNoRows) {
		_, err := b.tx.Exec(`INSERT INTO tally_missed (workspace_id, seq) VALUES (?, ?) ON CONFLICT DO NOTHING`, ws, seq)
		return err
	}
	if err != nil {
		return err
	}
	if err := t.read(ids, names); err != nil {
		return err
	}
	b.names.take(ws, t.names)
	if t.hidden {
		return nil
	}
	return b.count(&t, -1)
}

// veil hides a version or shows it again.
func (b *batch) veil(ws hearth.WorkspaceID, seq hearth.Seq, hide bool) error {
	if err := b.settle(ws, seq); err != nil {
		return err
	}
	t := tally{workspace: ws, seq: seq}
	var ids string
	var names []byte
	err := b.tx.QueryRow(`
		UPDATE tally SET hidden = ?1 WHERE workspace_id = ?2 AND seq = ?3 AND hidden <> ?1
		RETURNING at, dimension_id, monitors, names`, db.Truth(hide), ws, seq).Scan(&t.at, &t.dimension, &ids, &names)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := t.read(ids, names); err != nil {
		return err
	}
	if hide {
		return b.count(&t, -1)
	}
	return b.count(&t, +1)
}

// tally is one version as it is counted.
type tally struct {
	workspace hearth.WorkspaceID
	seq       hearth.Seq
	at        int64
	dimension int64
	hidden    bool
	monitors  []hearth.MonitorID
	names     []int64 // rising; none if no monitor caught it
}

// read takes the lists of a row in.
func (t *tally) read(monitors string, names []byte) (err error) {
	if t.monitors, err = idsOf(monitors); err != nil {
		return err
	}
	t.names, err = unpackIDs(names)
	return err
}

// count adds a visible version to, or takes it from, mentions and roll-ups.
func (b *batch) count(t *tally, by int64) error {
	b.moved.add(t, 0, by)
	purged := b.known[t.workspace].purged
	if by > 0 {
		b.unwritten[tallyKey{t.workspace, t.seq}] = true
	}
	for _, id := range t.monitors {
		if purged[id] {
			continue
		}
		b.moved.add(t, id, by)
		if by > 0 {
			b.mentions = append(b.mentions, t.workspace, id, t.at, t.seq)
			continue
		}
		const drop = `DELETE FROM mention WHERE workspace_id = ? AND monitor_id = ? AND at = ? AND seq = ?`
		if _, err := b.tx.Exec(drop, t.workspace, id, t.at, t.seq); err != nil {
			return err
		}
	}
	return nil
}

func idsText(ids []hearth.MonitorID) string {
	if len(ids) == 0 {
		return "[]"
	}
	b, err := json.Marshal(ids)
	if err != nil {
		panic(err) // numbers
	}
	return string(b)
}

func idsOf(s string) (ids []hearth.MonitorID, err error) {
	if s == "[]" {
		return nil, nil
	}
	if err := json.Unmarshal([]byte(s), &ids); err != nil {
		return nil, hearth.Errorf(hearth.Damaged, "The monitors of a counted post cannot be read (%v). Rebuild the counts.", err)
	}
	return ids, nil
}

// Rebuild drops everything derived from the log and counts it anew, in the
// background. Until that has caught up, numbers are too low.
func (m *Monitors) Rebuild(ctx context.Context) error {
	err := m.o.Store.Write(ctx, func(tx *db.Tx) error {
		for _, statement := range [...]string{
			`UPDATE monitor_build SET number = number + 1, seq = 0 WHERE id = 1`,
			`DELETE FROM total`, `DELETE FROM tile`, `DELETE FROM name`, `DELETE FROM mention`, `DELETE FROM tally`, `DELETE FROM tally_missed`, `DELETE FROM dimension`,
		} { // all workspaces: the tables as a whole
			if _, err := tx.Exec(statement); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	select {
	case m.rebuilt <- struct{}{}:
	default:
	}
	return nil
}
