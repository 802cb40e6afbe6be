package ingest

import (
	"context"
	"database/sql"
	"errors"
	"net/http"
	"strings"

	"hearth"
	"hearth/archive"
	"hearth/db"
	"hearth/fault"
	"hearth/network"
)

const (
	// maxWaiting and maxWaitingBytes are what may wait to be read of one source;
	// more is to be sent again.
	maxWaiting      = 100_000
	maxWaitingBytes = 1 << 30
	// keptDeliveries bounds the names that are kept of deliveries that were read,
	// keptBytes the bodies of those that left dead letters, and keptFor how long.
	keptDeliveries = 1_000_000
	keptBytes      = 256 << 20
	keptFor        = 7 * 24 * 60 * 60 * 1_000_000 // µs

	bytesName = "sha256 " // begins the name of a delivery that has no signed id
)

// place is a row of delivery_place.
type place struct {
	last, read, emptied                   int64
	waiting, waitingBytes, kept, received int64
}

func readPlace(tx *db.Tx, key sourceKey) (p place, err error) {
	err = tx.QueryRow(`
		SELECT last_seq, read_seq, emptied_seq, waiting, waiting_bytes, kept_bytes, received FROM delivery_place
		WHERE workspace_id = ? AND source_id = ?`, key.workspace, key.id).
		Scan(&p.last, &p.read, &p.emptied, &p.waiting, &p.waitingBytes, &p.kept, &p.received)
	if errors.Is(err, sql.ErrNoRows) {
		return place{}, nil
	}
	return p, err
}

func writePlace(tx *db.Tx, key sourceKey, p *place) error {
	_, err := tx.Exec(`
		INSERT INTO delivery_place (workspace_id, source_id, last_seq, read_seq, emptied_seq, waiting, waiting_bytes, kept_bytes, received)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (workspace_id, source_id) DO UPDATE SET
			last_seq = excluded.last_seq, read_seq = excluded.read_seq, emptied_seq = excluded.emptied_seq, waiting = excluded.waiting,
			waiting_bytes = excluded.waiting_bytes, kept_bytes = excluded.kept_bytes, received = excluded.received`,
		key.workspace, key.id, p.last, p.read, p.emptied, p.waiting, p.waitingBytes, p.kept, p.received)
	return err
}

func (s *Sources) deliveryPlace(ctx context.Context, key sourceKey) (p place, err error) {
	err = s.o.Store.Read(ctx, func(tx *db.Tx) (err error) {
		p, err = readPlace(tx, key)
		return err
	})
	return p, err
}

// storeDelivery puts a delivery on the disk; stored is false if it was there
// already. Deliveries that come at the same moment share a commit.
func (s *Sources) storeDelivery(ctx context.Context, key sourceKey, name string, d *network.Delivery) (stored bool, err error) {
	header, now := marshal(d.Header), db.Micros(d.Received)
	body := d.Body
	if body == nil {
		body = []byte{}
	}
	err = s.o.Store.Write(ctx, func(tx *db.Tx) error {
		if strings.HasPrefix(name, bytesName) {
			_, err := tx.Exec(`UPDATE delivery SET name = NULL WHERE workspace_id = ? AND source_id = ? AND name = ? AND received < ?`,
				key.workspace, key.id, name, now-knownFor.Microseconds())
			if err != nil {
				return err
			}
		}
		var seq int64
		err := tx.QueryRow(`SELECT seq FROM delivery WHERE workspace_id = ? AND source_id = ? AND name = ?`, key.workspace, key.id, name).Scan(&seq)
		if !errors.Is(err, sql.ErrNoRows) {
			return err // nil: it is there
		}
		p, err := readPlace(tx, key)
		if err != nil {
			return err
		}
		if p.waiting >= maxWaiting || p.waitingBytes+int64(len(body)) > maxWaitingBytes {
			return hearth.Errorf(hearth.Unavailable, "Too many deliveries wait to be read (%d); send it again later.", p.waiting)
		}
		p.last++
		p.waiting++
		p.waitingBytes += int64(len(body))
		p.received = now
		_, err = tx.Exec(`
			INSERT INTO delivery (workspace_id, source_id, seq, name, received, tries, size, header, body) VALUES (?, ?, ?, ?, ?, 0, ?, ?, ?)`,
			key.workspace, key.id, p.last, name, now, len(body), header, body)
		if err != nil {
			return err
		}
		stored = true
		if err := writePlace(tx, key, &p); err != nil {
			return err
		}
		return fault.Point("ingest.delivery.stored")
	})
	return stored && err == nil, err
}

// waitingDelivery is a delivery to be read.
type waitingDelivery struct {
	network.Delivery
	seq   int64
	tries int
}

// waitingAfter are the deliveries behind a place, in order: some, and at least
// one if there is any.
func (s *Sources) waitingAfter(ctx context.Context, key sourceKey, seq int64) (list []waitingDelivery, err error) {
	const atOnce, bytesAtOnce = 64, 4 << 20
	bytes := 0
	err = s.o.Store.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(`
			SELECT seq, received, tries, header, body FROM delivery
			WHERE workspace_id = ? AND source_id = ? AND seq > ? ORDER BY seq LIMIT ?`, key.workspace, key.id, seq, atOnce)
		if err != nil {
			return err
		}
		defer rows.Close()
		for bytes < bytesAtOnce && rows.Next() {
			var d waitingDelivery
			var received int64
			var header string
			if err := rows.Scan(&d.seq, &received, &d.tries, &header, &d.Body); err != nil {
				return err
			}
			d.Received = db.FromMicros(received)
			if err := unmarshal(header, &d.Header); err != nil {
				return err
			}
			if d.Header == nil {
				d.Header = http.Header{}
			}
			bytes += len(d.Body)
			list = append(list, d)
		}
		return rows.Err()
	})
	return list, err
}

// noteTry counts a try that may fail, before it is made.
func (s *Sources) noteTry(ctx context.Context, key sourceKey, seq int64) error {
	return s.o.Store.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(`UPDATE delivery SET tries = tries + 1 WHERE workspace_id = ? AND source_id = ? AND seq = ?`, key.workspace, key.id, seq)
		return err
	})
}

// recordDelivered is the record of a source to which a network sends: that of
// any source, and how far its deliveries were read.
func recordDelivered(tx *db.Tx, o *FlowOptions, next *Progress, p *pending, results []archive.Result) error {
	if err := recordSource(tx, o, next, p, results); err != nil || p.row == 0 {
		return err
	}
	key := sourceKey{o.Workspace, o.Source}
	at, err := readPlace(tx, key)
	if err != nil || p.row <= at.read {
		return err
	}
	var n, bytes int64
	err = tx.QueryRow(`
		SELECT count(*), coalesce(sum(size), 0) FROM delivery
		WHERE workspace_id = ? AND source_id = ? AND seq > ? AND seq <= ?`, key.workspace, key.id, at.read, p.row).Scan(&n, &bytes)
	if err != nil {
		return err
	}
	kept, err := emptyRead(tx, key, at.read, p)
	if err != nil {
		return err
	}
	at.read = p.row
	at.waiting -= n
	at.waitingBytes -= bytes
	at.kept += kept
	if err := writePlace(tx, key, &at); err != nil {
		return err
	}
	return fault.Point("ingest.delivery.settled")
}

// emptyRead drops the bodies of what was read just now: it is in the archive,
// where erasure finds it. Those of deliveries that left dead letters stay; it
// gives their bytes.
func emptyRead(tx *db.Tx, key sourceKey, from int64, p *pending) (kept int64, err error) {
	const read = ` WHERE workspace_id = ?1 AND source_id = ?2 AND seq > ?3 AND seq <= ?4`
	const drop = `UPDATE delivery SET body = ?5` + read + ` AND seq NOT IN (
		SELECT delivery FROM dead_letter WHERE workspace_id = ?1 AND source_id = ?2 AND delivery > ?3)`
	if _, err := tx.Exec(drop, key.workspace, key.id, from, p.row, []byte{}); err != nil || len(p.letters) == 0 {
		return 0, err
	}
	err = tx.QueryRow(`SELECT coalesce(sum(length(body)), 0) FROM delivery`+read, key.workspace, key.id, from, p.row).Scan(&kept)
	return kept, err
}

// tidyDeliveries drops what need not be kept of deliveries that were read, a
// part at a time; more says that there is more to do.
func (s *Sources) tidyDeliveries(ctx context.Context, key sourceKey) (more bool, err error) {
	const part = 500
	now := db.Micros(s.o.Clock())
	err = s.o.Store.Write(ctx, func(tx *db.Tx) error {
		p, err := readPlace(tx, key)
		if err != nil || p.read == 0 {
			return err
		}
		var gone, freed int64
		err = tx.QueryRow(`
			SELECT count(*), coalesce(sum(CASE WHEN seq > ?1 THEN held ELSE 0 END), 0) FROM (
				SELECT seq, length(body) AS held, received FROM delivery WHERE workspace_id = ?2 AND source_id = ?3 AND seq <= ?4 ORDER BY seq LIMIT ?5
			) AS oldest WHERE received < ?6 OR seq <= ?7`,
			p.emptied, key.workspace, key.id, p.read, part, now-keptFor, p.last-keptDeliveries).Scan(&gone, &freed)
		if err != nil {
			return err
		}
		if gone > 0 {
			_, err := tx.Exec(`
				DELETE FROM delivery WHERE workspace_id = ?1 AND source_id = ?2 AND seq IN (
					SELECT seq FROM delivery WHERE workspace_id = ?1 AND source_id = ?2 AND seq <= ?3 ORDER BY seq LIMIT ?4
				) AND (received < ?5 OR seq <= ?6)`,
				key.workspace, key.id, p.read, part, now-keptFor, p.last-keptDeliveries)
			if err != nil {
				return err
			}
			p.kept -= freed
		}
		emptied, err := emptyBodies(tx, key, &p, part)
		if err != nil || gone == 0 && !emptied {
			return err
		}
		more = gone == part || p.kept > keptBytes
		return writePlace(tx, key, &p)
	})
	return more && err == nil, err
}

// emptyBodies drops the oldest bodies where they take too much room; their
// names stay.
func emptyBodies(tx *db.Tx, key sourceKey, p *place, part int) (emptied bool, err error) {
	if p.kept <= keptBytes {
		return false, nil
	}
	rows, err := tx.Query(`
		SELECT seq, length(body) FROM delivery WHERE workspace_id = ? AND source_id = ? AND seq > ? AND seq <= ? ORDER BY seq LIMIT ?`,
		key.workspace, key.id, p.emptied, p.read, part)
	if err != nil {
		return false, err
	}
	from := p.emptied
	err = db.EachRow(rows, func() error {
		var seq, size int64
		if err := rows.Scan(&seq, &size); err != nil || p.kept <= keptBytes {
			return err
		}
		p.emptied, p.kept = seq, p.kept-size
		return nil
	})
	if err != nil || p.emptied == from {
		return false, err
	}
	_, err = tx.Exec(`UPDATE delivery SET body = ? WHERE workspace_id = ? AND source_id = ? AND seq > ? AND seq <= ?`,
		[]byte{}, key.workspace, key.id, from, p.emptied)
	return true, err
}

// emptyDelivery drops the body of a delivery that was read and that no dead
// letter needs.
func emptyDelivery(tx *db.Tx, key sourceKey, seq int64) error {
	var others int64
	err := tx.QueryRow(`SELECT count(*) FROM dead_letter WHERE workspace_id = ? AND source_id = ? AND delivery = ?`, key.workspace, key.id, seq).Scan(&others)
	if err != nil || others > 0 {
		return err
	}
	p, err := readPlace(tx, key)
	if err != nil || seq > p.read || seq <= p.emptied {
		return err
	}
	var held int64
	err = tx.QueryRow(`SELECT length(body) FROM delivery WHERE workspace_id = ? AND source_id = ? AND seq = ?`, key.workspace, key.id, seq).Scan(&held)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := tx.Exec(`UPDATE delivery SET body = ? WHERE workspace_id = ? AND source_id = ? AND seq = ?`, []byte{}, key.workspace, key.id, seq); err != nil {
		return err
	}
	p.kept -= held
	return writePlace(tx, key, &p)
}

// keptDelivery is a delivery whose body is still there, nil if it is not.
func (s *Sources) keptDelivery(ctx context.Context, key sourceKey, seq int64) (*waitingDelivery, error) {
	list, err := s.waitingAfter(ctx, key, seq-1)
	if err != nil || len(list) == 0 || list[0].seq != seq || len(list[0].Body) == 0 {
		return nil, err
	}
	return &list[0], nil
}

// forgetDeliveries drops everything that came for a source.
func forgetDeliveries(tx *db.Tx, key sourceKey) error {
	for _, table := range []string{
		`DELETE FROM delivery WHERE workspace_id = ? AND source_id = ?`,
		`DELETE FROM delivery_place WHERE workspace_id = ? AND source_id = ?`,
	} {
		if _, err := tx.Exec(table, key.workspace, key.id); err != nil {
			return err
		}
	}
	return nil
}
